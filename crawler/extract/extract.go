package extract

import (
	"net/url"
	"slices"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"replatform/crawler/catalog"
)

// Page reads the page at u. body is its content in UTF-8; h is what is known
// beforehand.
//
// The result is never nil, also beside an error: links and declarations are
// there even when the product could not be read ([ErrNesting]) or a selector of
// h does not compile.
func Page(u *url.URL, body []byte, h Hints) (*Result, error) {
	return NewReader().Page(u, body, h)
}

// read is Page; it always builds the tree unless quickly is set.
func (rd *Reader) read(u *url.URL, body []byte, h Hints, quickly bool) (*Result, error) {
	s := newScanner(body)
	s.events, s.attrs, s.spans, s.told, s.recalled = rd.events, rd.attrs, rd.spans, rd.told, rd.recalled
	s.record, s.earlier, s.res.Links = true, rd.earlier, rd.links
	s.run()
	rd.remember(s)
	defer rd.rate(s)
	m := &merger{u: u, res: s.res, r: s.finish(u, h.Charset, &rd.shared), hintCur: knownCode(h.Currency), out: &catalog.Product{}, scripts: s.code}
	ld := jsonLD(s.jsonld)
	m.shop = findShopNames(u, h, m.res, ld)
	m.ctx = newNameContext(u, m.res, m.shop)
	m.og = openGraph(m.res, m.shop)
	if quickly && m.quick(rd, s, body, h, ld) {
		return m.res, nil
	}
	rd.keep(s, nil)
	root, err := parseTree(body)
	if err != nil {
		return m.res, err
	}
	sel := &selection{doc: goquery.NewDocumentFromNode(root)}
	m.read(root, sel, h, ld)
	return m.res, sel.err()
}

// read fills the parts of the result that need the document tree.
func (m *merger) read(root *html.Node, sel *selection, h Hints, ld []*entity) {
	micro, microLoose := microdataSyntax.entities(root)
	rdfa, _ := rdfaSyntax.entities(root)
	m.view = newView(root)

	globals, typ := sel.fromGlobals(h.Globals, m.scripts, m.hintCur)
	m.globals = globals
	m.hints = sel.fromHints(h)

	var products []*draft
	for _, top := range [][]*entity{ld, micro, rdfa} {
		found := productEntities(top)
		products = append(products, found...)
		if d := m.chooseMain(found); d != nil {
			m.data = append(m.data, d)
		}
	}
	m.adoptLoose(micro, microLoose)

	known := ""
	for _, d := range append(append([]*draft(nil), m.globals...), m.data...) {
		if d.p.Name != "" {
			known = d.p.Name
			break
		}
	}
	m.sight = see(m.view, m.ctx, known, m.hintCur)
	m.codes = m.sight.readLabels()
	crumbSource := m.breadcrumb(sel, h, ld, micro, rdfa)

	if typ != "" {
		m.res.Reasons = []string{"the platform names the type of the page"}
		if typ == catalog.ProductP {
			m.res.Type, m.res.ProductScore = typ, 1
		} else if typ == catalog.Category {
			m.res.Type = typ
		}
	} else {
		m.judge(products, listsIn(ld))
	}
	if h.Type == catalog.ProductP && m.res.Type != catalog.ProductP {
		m.res.Reasons = append(m.res.Reasons, "its address is that of a product")
		m.res.Type = catalog.ProductP
	}
	if m.res.Type == catalog.Category {
		m.cards(sel, h)
	}
	if m.res.Type != catalog.ProductP {
		return
	}
	m.name()
	m.price()
	m.rest()
	m.currency()
	m.images()
	if len(m.res.Breadcrumb) > 0 {
		m.out.Breadcrumb = m.res.Breadcrumb
		m.out.Set("breadcrumb", crumbSource)
	}
	if m.out.Name == "" {
		m.res.Type = ""
		return
	}
	m.res.Product = m.out
}

// listsIn counts the lists that JSON-LD tells of, trails not counted.
func listsIn(top []*entity) int {
	n := 0
	for _, e := range top {
		if e.is("ItemList", "CollectionPage", "SearchResultsPage", "OfferCatalog") {
			n++
		}
		for _, x := range e.entities("mainEntity") {
			if x.is("ItemList", "OfferCatalog") {
				n++
			}
		}
	}
	return n
}

// adoptLoose gives the product of the page what its markup left outside of it,
// where there is only one of the kind: an offer, a number.
func (m *merger) adoptLoose(top []*entity, loose *entity) {
	var main *draft
	for _, d := range m.data {
		if d.source == "microdata" {
			main = d
		}
	}
	if main == nil {
		return
	}
	only := func(to *string, value func() string, props ...string) {
		n := 0
		for _, p := range props {
			n += len(loose.props[p])
		}
		if *to == "" && n == 1 {
			*to = value()
		}
	}
	only(&main.p.SKU, func() string { return codeOf(loose.text("sku")) }, "sku")
	only(&main.p.MPN, func() string { return codeOf(loose.text("mpn")) }, "mpn")
	only(&main.p.GTIN, func() string { return gtinOf(loose) }, gtinProps[:]...)
	if len(loose.props["productID"]) == 1 {
		identifiers(loose, &main.p)
	}
	only(&main.p.Brand, func() string { return cut(loose.text("brand"), 100) }, "brand")
	only(&main.p.Price.Currency, func() string { return currencyOf(loose.text("priceCurrency")) }, "priceCurrency")
	if main.p.Price.Amount != "" {
		return
	}
	var orphans []*entity
	for _, e := range top {
		if e.is("Offer", "AggregateOffer") && len(orphans) < 3 {
			orphans = append(orphans, e)
		}
	}
	if len(orphans) == 1 {
		offerOf(orphans[0], 0).fill(main)
		return
	}
	if len(orphans) == 0 && len(loose.props["price"]) == 1 {
		offerOf(loose, 0).fill(main)
	}
}

// breadcrumb reads the trail and returns its source: structured data, the
// platform's selectors, or the layout.
func (m *merger) breadcrumb(sel *selection, h Hints, ld, micro, rdfa []*entity) string {
	for _, s := range [...]struct {
		top  []*entity
		name string
	}{{ld, "json-ld"}, {micro, "microdata"}, {rdfa, "rdfa"}} {
		if trail := crumbsOf(s.top, m.r); len(trail) > 0 {
			m.res.Breadcrumb = trail
			return s.name
		}
	}
	for _, n := range sel.find("breadcrumb", h.Breadcrumb) {
		if name := cut(nodeText(n), 200); name != "" && len(m.res.Breadcrumb) < maxCrumbs {
			u, _ := m.r.resolve(attr(n, "href"))
			m.res.Breadcrumb = append(m.res.Breadcrumb, catalog.Crumb{Name: name, URL: u})
		}
	}
	if len(m.res.Breadcrumb) > 0 {
		return "selector"
	}
	m.res.Breadcrumb = m.view.crumbs(m.r)
	return "page"
}

// cards lists the products that a list shows: by the platform's selectors, or as
// the layout has them.
func (m *merger) cards(sel *selection, h Hints) {
	var refs []string
	for _, n := range sel.find("list_item", h.ListItem) {
		refs = append(refs, linkIn(n))
	}
	if len(refs) == 0 {
		roots := m.sight.roots
		slices.SortStableFunc(roots, func(a, b card) int { return int(a.root) - int(b.root) })
		for _, c := range roots {
			refs = append(refs, c.href)
		}
	}
	seen := make(map[string]bool)
	for _, ref := range refs {
		if abs, ok := m.r.resolve(ref); ok && !seen[abs] {
			seen[abs] = true
			m.res.Cards = append(m.res.Cards, abs)
		}
	}
}

// linkIn is the address of the first link that n is or holds.
func linkIn(n *html.Node) string {
	if href, ok := cardLink(n); ok {
		return href
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if href := linkIn(c); href != "" {
			return href
		}
	}
	return ""
}
