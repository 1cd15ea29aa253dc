// Package crawler carries a shop from its start URL into the inventory of a
// project. Probe asks the start page and recognises the platform without writing
// anything; Crawl then asks every page once and stores what it finds; Target reads
// the new shop from its feeds or a product CSV.
//
// A crawl is a closure, not a walk: which pages it ends with depends on what the
// shop links to, not on the order of the answers. That is what lets a crawl that
// was killed be taken up again and end with the same inventory.
//
// What bounds it: addresses of traps are told by their form (frontier); addresses that
// no grammar knows wait until everything else has been asked, and then have to prove
// their worth family by family (gate); a shop that stops answering pauses the crawl.
// Everything that was left out is a finding that names the rule.
//
// The rooms below: fetch asks, frontier and platform name, extract and feeds read,
// inventory keeps.
package crawler
