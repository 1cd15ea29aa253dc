// Package demoshop holds shops that exist nowhere: the old and the new shop of
// "replatform demo", and the replicas that tests crawl. Each is an http.Handler
// that is built from a seed, asks no network and keeps nothing between requests.
//
//	old := demoshop.Old(demoshop.Options{})   // Color Me manner, EUC-JP, /?pid=N
//	next := demoshop.New(demoshop.Options{})  // Shopify manner, UTF-8, /products/handle
//	truth := demoshop.Truth(demoshop.Options{})
//	http.Serve(listener, demoshop.Mux(old, next))
//
// The same options always give the same bytes. All names, makers, goods and codes
// are invented, and all hosts end in .example (RFC 2606).
//
// A replica imitates what its platform is known to do: addresses, charset, robots
// file, markup, script globals, feeds. Where the platform's behaviour is not known
// (the status of a hidden product, the text of an error page) the replica does the
// simplest thing and the code says so; nothing may be concluded from it about the
// real platform.
package demoshop
