// Package domain reads what stands in the DNS of a shop's own domain and writes the
// runbook by which that domain is pointed at the new shop without losing mail.
//
// [Read] asks the zone's own name servers, once for each record, and changes
// nothing. [NewRunbook] turns what was read into steps with times, which follow from
// the TTLs of the very records that change; [Runbook.Markdown] writes them for a
// person, and [Zone.ZoneFile] writes the records for a DNS service. [Zone.Changes]
// compares two readings: after the switch it says whether mail still stands.
//
// A zone cannot be listed from outside. The package asks for the names that shops
// and mail services commonly use and says so; whatever was not answered is unknown,
// which is another word than absent.
package domain
