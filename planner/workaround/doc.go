// Package workaround makes what a shop owner can paste or upload where the old
// platform cannot send a 301: template pieces, script maps, product texts and
// notices, each in a folder with instructions in Japanese and English.
//
// [Generate] serves most callers: it asks the capabilities of the two platforms,
// takes the strongest form that they allow, writes the files and says which rows
// each form covers, with what strength, and which it had to refuse. [AddNotices]
// and [RemoveNotices] rewrite a product export of the shop without touching a byte
// outside of the description columns.
//
// How much each form is worth to a search engine is Google's own ranking
// (https://developers.google.com/search/docs/crawling-indexing/301-redirects,
// 2026-04-14): an instant meta refresh is read as a permanent redirect, a script
// only after rendering, a visible link perhaps not at all. None replaces a 301.
//
// What the package does not do: it never logs in anywhere, uploads nothing and
// promises no ranking. Nothing in shared code asks for a platform by name. A
// platform's facts name a template language; the file of that dialect declares
// which variables tell the pages apart, and everything else follows.
package workaround
