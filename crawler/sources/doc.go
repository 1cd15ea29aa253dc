// Package sources reads the files that a shop owner already has: the product files
// of shop platforms and plain lists of addresses.
//
//	kind, err := sources.Recognise("products.csv", file)
//	report, err := sources.ReadProducts(ctx, kind, file, sources.ReadOptions{BaseURL: base},
//		func(r sources.Record) error { … })
//
// Files are read by the names in their first line, never by position: columns may
// stand in any order, unknown ones are reported and left alone. UTF-8, UTF-16,
// Shift_JIS (as Windows writes it) and EUC-JP are told apart by their bytes; fields
// may be separated by comma, semicolon or tab. A row that cannot be used is
// reported with its line number and the rest is read, unless ReadOptions.Strict.
//
// The package opens no files, asks no network and knows no project. Reading is
// streaming: what is kept in memory is one product, the names already seen, and, for
// files whose variants stand apart from their products, those products.
package sources
