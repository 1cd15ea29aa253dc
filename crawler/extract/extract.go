package extract

import (
	"net/url"

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
	if len(body) > maxBody {
		body = body[:maxBody]
	}
	if u == nil {
		u = &url.URL{}
	}
	res, r := scan(u, body, h)
	root, err := parseTree(body)
	if err != nil {
		return res, err
	}
	sel := &selection{doc: goquery.NewDocumentFromNode(root)}
	m := &merger{u: u, res: res, r: r, hintCur: knownCode(h.Currency), out: &catalog.Product{}}
	m.read(root, sel, h)
	return res, sel.err()
}

// read fills the parts of the result that need the document tree.
func (m *merger) read(root *html.Node, sel *selection, h Hints) {
	jsonld, code := scriptTexts(root)
	m.scripts = code
	ld := jsonLD(jsonld)
	micro, microLoose := microdataSyntax.entities(root)
	rdfa, _ := rdfaSyntax.entities(root)
	m.shop = findShopNames(m.u, h, m.res, ld)
	m.ctx = newNameContext(m.u, m.res, m.shop)
	m.view = newView(root)

	globals, typ := sel.fromGlobals(h.Globals, code, m.hintCur)
	m.globals = globals
	m.og = openGraph(m.res, m.shop)
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
	m.breadcrumb(sel, h, ld, micro, rdfa)

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
		m.out.Set("breadcrumb", "page")
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

// adoptLoose gives the product of the page an offer that its markup left outside
// of it, where there is only one such offer.
func (m *merger) adoptLoose(top []*entity, loose *entity) {
	var main *draft
	for _, d := range m.data {
		if d.source == "microdata" {
			main = d
		}
	}
	if main == nil || main.p.Price.Amount != "" {
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

// breadcrumb reads the trail: from structured data, by the platform's selectors,
// or from the layout.
func (m *merger) breadcrumb(sel *selection, h Hints, sources ...[]*entity) {
	for _, top := range sources {
		if trail := crumbsOf(top, m.r); len(trail) > 0 {
			m.res.Breadcrumb = trail
			return
		}
	}
	for _, n := range sel.find("breadcrumb", h.Breadcrumb) {
		if name := cut(nodeText(n), 200); name != "" && len(m.res.Breadcrumb) < maxCrumbs {
			u, _ := m.r.resolve(attr(n, "href"))
			m.res.Breadcrumb = append(m.res.Breadcrumb, catalog.Crumb{Name: name, URL: u})
		}
	}
	if len(m.res.Breadcrumb) == 0 {
		m.res.Breadcrumb = m.view.crumbs(m.r)
	}
}
