// Package frontier decides what a crawl asks: which addresses belong to the shop,
// which are spellings of one page, and which are traps that have no end. It builds
// on the grammar of the shop's platform and adds what holds for any site.
//
// Most callers need two functions: [New] for the shop and [Keys.Identify] for every
// address. What Identify answers hangs on the address alone, never on what was seen
// before: a crawl that is killed and taken up again, or that finds its pages in
// another order, ends with the same keys. [LearnNoise] learns from whole sets of pages,
// so whoever acts upon it must do so at a moment that every run of a crawl comes to with
// the same pages. [FamilyOf] groups addresses that no grammar knows, so that spaces
// without end can be bounded.
package frontier
