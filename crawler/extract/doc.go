// Package extract reads one page of a shop: its links, what it declares about
// itself (title, canonical link, robots, refresh), and, where it is the page of
// a product, the product.
//
// Most callers need one function: [Page], or a [Reader] for the many pages of one
// shop. Where only the links and the declarations are wanted, [ScanLinks] gives them
// without building a document tree.
//
// The product is put together field by field from the sources below, the first
// that gives a plausible value wins, and [catalog.Product.Sources] says which
// one it was:
//
//  1. objects that the platform writes into the page (Hints.Globals)
//  2. JSON-LD
//  3. microdata
//  4. RDFa
//  5. Open Graph and product: meta elements
//  6. selectors of the platform (Hints)
//  7. what the page shows: headings, amounts of money, labels such as "SKU:"
//
// Amounts of the sources are held against what the page shows, because
// structured data of shops names list prices, prices without tax or nothing.
//
// The page is read once by a scanner of bytes, which finds links, declarations and
// scripts. Where JSON-LD then gives the whole product and nothing that the page
// shows speaks against it, the page is not laid out, and no document tree is built
// but for selectors that could add something: that is up to ten times cheaper and
// gives the same product.
//
// The package does not fetch, does not run scripts and does not know any
// platform by name: what is particular to a platform comes in through [Hints].
package extract
