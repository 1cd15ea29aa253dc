// Package sources reads the files that a shop owner already has: what search engines,
// analytics, link databases and access logs say of the shop's addresses, product files
// of shop platforms, feeds, sitemaps, archives' indexes and plain lists. SOURCES.md
// lists every kind with the columns that tell it; it is written by WriteFormats, which
// `replatform import --formats` prints.
//
//	reading, err := sources.ReadFile(ctx, "export.zip", file, sources.Options{BaseURL: base},
//		func(a sources.Address) error { … })
//
// takes a file as it was downloaded (plain, gzip, zip, XLSX), recognises each part and
// hands out every address once, with the sum of its figures.
//
//	report, err := sources.ReadProducts(ctx, kind, file, sources.ReadOptions{BaseURL: base},
//		func(r sources.Record) error { … })
//
// reads product files and lists alone, row by row.
//
// Tables are read by the names in their first line, never by position: columns may
// stand in any order, unknown ones are reported and left alone. UTF-8, UTF-16,
// Shift_JIS (as Windows writes it), EUC-JP and ISO-2022-JP are told apart by their
// bytes, byte order marks in front are left out; fields may be separated by comma,
// semicolon or tab. A row that cannot be used is reported with its line number and the
// rest is read, unless Strict is set.
//
// The package opens no files, asks no network and knows no project. Reading is
// streaming: what is kept in memory is one product, the names already seen, and, for
// files whose variants stand apart from their products, those products; for ReadFile
// every different address and its sums, of which there may be a million. Archives are
// bounded by what comes out of them. Of access logs, addresses of visitors are never
// kept and never stand in a message.
package sources
