// Package fetch asks a shop politely over HTTP and makes its answers readable.
//
// Two calls serve most needs: [New] with [Options], then [Client.Get] for each
// address. A Client keeps a pace per host, waits when a server asks for it,
// refuses addresses of private networks, caps every size after decompression and
// never follows a redirect: the target is in [Response.Location], for the caller
// to judge.
//
// Beside the client stand the readers that every answer needs first: [Decode]
// turns a body of any charset into UTF-8, [Resolve] turns what stands in an href
// into the address that a browser would ask, [ParseRobots] reads robots.txt by
// RFC 9309.
//
// The package keeps no cookies, sends no Referer, runs no scripts and does not
// speak through an HTTP proxy, because the address guard could not see the address
// that the proxy dials.
package fetch
