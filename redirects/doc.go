// Package redirects holds a redirect map: which old address goes where, with
// which status. It parses sources byte by byte as a server would be asked for
// them, says what a map means (Resolver), finds what is wrong with it before it
// is exported (Audit), and drops rows that others already imply (Compact).
//
// Most callers need three steps: read the rules into a Map (Slice, OpenCSV), run
// Audit over it, and hand the accepted rest to one of the writers of
// redirects/engine. Package redirects/verify asks the live addresses afterwards.
//
// The package does not crawl, does not match pages and knows no shop platform.
// Maps are read as streams: a map of a million rows is walked several times but
// never held as text in memory by Audit.
package redirects
