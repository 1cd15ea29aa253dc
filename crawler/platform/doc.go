// Package platform knows shop platforms: how each is recognised, how its addresses
// are built, what may be done on it when a shop leaves and when one arrives. It
// holds no knowledge in code. Every platform is one YAML file of statements in
// data/, each with its source, date and confidence; schema.json describes the form.
//
// Most callers need three functions: [Load] reads the files, [Registry.Recognise]
// names the platform of a page, and [Platform.Identify] tells which page an address
// is. The facts that a plan rests on are in [Platform.Leaving] and
// [Platform.Arriving]; a statement that nobody could establish has the value
// "unknown".
//
// The package asks nothing over the network and keeps no state: a Registry and its
// Platforms are never changed after Load and may be used by many goroutines.
package platform
