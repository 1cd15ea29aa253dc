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
// # A file of one's own
//
// Load takes further directories. A file there adds a platform or, with the id of a
// known one, replaces it. The smallest useful file names the platform, one source,
// and the form of its product addresses with an example of each side:
//
//	id: myshop
//	names: {ja: マイショップ, en: My Shop}
//	kind: hosted
//	sources:
//	  seen: {url: "https://myshop.example/", date: 2026-01-02}
//	urls:
//	  - type: product
//	    path: "/goods/{id}"
//	    where: {id: "[0-9]+"}
//	    key: "{id}"
//	    ask: "/goods/{id}"
//	    source: seen
//	    confidence: capture
//	    yes: {"/goods/12?ref=top": "12"}
//	    no: [/goods/, /news/12]
//
// A page that is either a product or a category, which the address does not tell,
// gets no pattern: its key then is its address, and its content decides.
//
// common.yaml holds what counts on every platform: the parameters of tracking
// services, and links that shop software of many makers uses to change something.
//
// The package asks nothing over the network and keeps no state: a Registry and its
// Platforms are never changed after Load and may be used by many goroutines.
package platform
