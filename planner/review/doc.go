// Package review lets a person settle the pairs of old and new pages that the
// matching left open: on a local web page driven by the keyboard, or in a spreadsheet
// that goes out and comes back.
//
// Most callers need Serve, which shows the page on the loopback interface until its
// context ends, or Export and Import for the sheet. Both read and write the project
// file alone; they ask no shop, make no pairs and write no plan. A word that is given
// is stored at once, by inventory.Project.Decide, which keeps it over new crawls and
// new matches.
//
// # Which rows are open
//
// A row is open when the matching marked it for review and nobody has given a word
// on it, and again when that word has lost its ground: the page that was accepted or
// picked has vanished, or what was rejected is no longer what is proposed.
package review
