package extract

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"replatform/crawler/catalog"
)

// evidence gathers what speaks for a page of one product, and what for a list.
type evidence struct {
	product, list float64
	core          bool // something speaks for a product that a text page never has
	reasons       []string
}

// forCore notes what a page of text never has.
func (e *evidence) forCore(weight float64, format string, args ...any) {
	e.core = true
	e.forProduct(weight, format, args...)
}

func (e *evidence) forProduct(weight float64, format string, args ...any) {
	e.product += weight
	e.reasons = append(e.reasons, fmt.Sprintf("%+.1f ", weight)+fmt.Sprintf(format, args...))
}

func (e *evidence) forList(weight float64, format string, args ...any) {
	e.list += weight
	e.reasons = append(e.reasons, fmt.Sprintf("%+.1f ", -weight)+fmt.Sprintf(format, args...))
}

// judge decides what kind of page it is. products are all that structured data
// tells of, lists is how many lists it tells of.
func (m *merger) judge(products []*draft, lists int) {
	var e evidence
	s := m.sight
	if len(m.data) > 0 { // one source is enough; the others repeat it
		if d := m.data[0]; d.p.Price.Amount != "" || d.offers > 0 {
			e.forCore(3, "a product with an offer in %s", d.source)
		} else {
			e.forCore(2, "a product in %s", d.source)
		}
	}
	isProduct, isList := ogKind(m.res)
	if isProduct {
		e.forCore(2.5, "og:type is product")
	}
	if isList {
		e.forList(2, "og:type is a group of products")
	}
	if m.og.p.Price.Amount != "" {
		e.forCore(1.5, "a price in meta elements")
	}
	if s.buy >= 0 {
		e.forCore(2, "a buy button of its own")
	}
	if s.best >= 0 {
		w := 0.7
		if s.prices[s.best].main && s.prices[s.best].score >= 5 {
			w = 2
		}
		if s.prices[s.best].card {
			w = 0
		}
		if w > 0 {
			e.forProduct(w, "a price beside the heading")
		}
	}
	if s.name.at >= 0 && m.ctx.likeness(s.name.folded) >= 4 {
		e.forProduct(1, "a heading that is the title")
	}
	if m.codes.near {
		e.forCore(1, "an article number")
	}
	if m.hints.p.Name != "" && m.hints.p.Price.Amount != "" {
		e.forCore(2, "name and price where the platform puts them")
	}

	if m.hasQuantity() {
		e.forCore(1, "a field for the quantity")
	}
	switch m.bodyKind() {
	case catalog.ProductP:
		e.forCore(2, "the page is named a product page")
	case catalog.Category:
		e.forList(2, "the page is named a list")
	}
	// A page that declares its one product may show any number of others.
	weight := 1.0
	if len(m.data) > 0 || isProduct {
		weight = 0.5
	}
	switch {
	case s.cards >= 16:
		e.forList(3.5*weight, "%d product cards", s.cards)
	case s.cards >= 8:
		e.forList(2.5*weight, "%d product cards", s.cards)
	case s.cards >= 4:
		e.forList(1.5*weight, "%d product cards", s.cards)
	case s.cards == 3:
		e.forList(weight, "%d product cards", s.cards)
	}
	if s.cardBuys >= 3 {
		e.forList(1.5*weight, "%d buy buttons in cards", s.cardBuys)
	}
	if len(m.data) == 0 && len(products) >= 3 {
		e.forList(2.5, "%d products in structured data, none of them the page's", len(products))
	}
	if lists > 0 && len(m.data) == 0 {
		e.forList(1.5, "a list in structured data")
	}
	if m.emptyList() {
		e.forList(2, "a list without products")
	}
	if m.hasSort() {
		e.forList(2*weight, "a choice of order")
	}
	if m.res.Next != "" || m.res.Prev != "" {
		e.forList(1.5, "a next or previous page")
	} else if m.hasPager() {
		e.forList(1.5, "page numbers")
	}
	if (m.u.Path == "" || m.u.Path == "/") && m.u.RawQuery == "" {
		e.forList(3, "the home page")
	}
	m.conclude(e)
}

// conclude turns the evidence into type and score.
func (m *merger) conclude(e evidence) {
	diff := e.product - e.list
	m.res.Reasons = e.reasons
	m.res.ProductScore = math.Round(1000/(1+math.Exp(-(min(diff, e.product-1)-1.5)))) / 1000
	switch {
	case e.product >= 3 && diff >= 1 && (e.core || e.list < 1.5):
		m.res.Type = catalog.ProductP
	case e.list >= 2:
		m.res.Type = catalog.Category
	}
}

// hasQuantity says whether there is one field that asks how many.
func (m *merger) hasQuantity() bool {
	n := 0
	for i := range m.view.nodes {
		x := &m.view.nodes[i]
		if x.n.Data != "input" && x.n.Data != "select" || x.all&(inRelated|inCart) != 0 {
			continue
		}
		names := strings.ToLower(attr(x.n, "name") + " " + attr(x.n, "id"))
		if t := strings.ToLower(attr(x.n, "type")); t == "hidden" || t == "checkbox" || t == "radio" {
			continue
		}
		if strings.Contains(names, "qty") || strings.Contains(names, "quantity") || strings.Contains(names, "quantite") || strings.Contains(names, "kazu") || strings.Contains(names, "product_num") || strings.Contains(names, "amount") && x.n.Data == "input" {
			n++
		}
	}
	return n == 1 || n == 2 // the second one for small screens
}

// bodyKind reads the names that themes give the body by the kind of page.
func (m *merger) bodyKind() catalog.PageType {
	for i := range m.view.nodes {
		n := m.view.nodes[i].n
		if n.Data != "body" {
			continue
		}
		return kindOfBody(attr(n, "class") + " " + attr(n, "id"))
	}
	return ""
}

// kindOfBody reads the class and id names of a body element.
func kindOfBody(names string) catalog.PageType {
	names = strings.ToLower(names)
	for _, w := range [...]string{"product-view", "single-product", "product-detail", "product_detail", "productdetail", "template-product", "page-product", "product-page", "productpage", "product-product", "item-detail", "itemdetail", "item_detail", "goods_detail", "goodsdetail", "body-product", "type-product", "shopdetail"} {
		if strings.Contains(names, w) {
			return catalog.ProductP
		}
	}
	for _, w := range [...]string{"category", "listing", "productlist", "product_list", "product-list", "search", "collection", "tax-product", "products_list", "catalogsearch", "shopbrand", "itemlist"} {
		if strings.Contains(names, w) {
			return catalog.Category
		}
	}
	return ""
}

// emptyLists are what shops write where a list would be, folded.
var emptyLists = [...]string{"there are no products to list", "no products were found", "no products found", "no items found", "no products match", "no results found", "there are no products matching", "該当する商品がありません", "該当する商品はありません", "該当商品がありません", "お探しの商品は見つかりませんでした", "商品がありません", "商品が見つかりません", "該当件数0件", "keine artikel gefunden", "keine produkte", "aucun produit", "brak produktów", "ingen produkter", "inga produkter", "no hay productos", "nessun prodotto", "no products available yet"}

// emptyList finds the sentence that says that a list has nothing in it.
func (m *merger) emptyList() bool {
	for i := range m.view.runs {
		r := &m.view.runs[i]
		if len(r.text) < 150 && m.view.nodes[r.at].all&(inChrome|inCart|inReview|inRelated|inHidden) == 0 && hasWord(fold(r.text), emptyLists[:]) {
			return true
		}
	}
	return false
}

// sortLabels head a choice of order, folded.
var sortLabels = [...]string{"sort by", "sort", "order by", "並び替え", "並べ替え", "並び順", "表示順", "表示件数", "trier par", "trier", "sortieren", "sortieren nach", "sortowanie", "sortuj", "sorter", "sorter efter", "sortera", "ordina per", "ordenar por", "sorteren", "show per page", "items per page"}

// mayOrder is false for texts that do not begin as any of sortLabels does.
func mayOrder(text string) bool {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c >= utf8.RuneSelf:
			return true
		case isASCIILetter(c) || isDigit(c):
			return strings.IndexByte("soti", lowerByte(c)) >= 0
		}
	}
	return false
}

// hasSort finds the form or links by which visitors order a list.
func (m *merger) hasSort() bool {
	for i := range m.view.nodes {
		n := &m.view.nodes[i]
		switch n.n.Data {
		case "select":
			names := strings.ToLower(attr(n.n, "name") + " " + attr(n.n, "id") + " " + attr(n.n, "class"))
			if strings.Contains(names, "sort") || strings.Contains(names, "orderby") || strings.Contains(names, "order_by") || strings.Contains(names, "pagesize") || strings.Contains(names, "per_page") || strings.Contains(names, "perpage") || strings.Contains(names, "disp_number") || strings.Contains(names, "limiter") {
				return n.all&inReview == 0
			}
		case "a":
			href := attr(n.n, "href")
			if n.all&(inReview|inChrome|inRelated) != 0 || strings.IndexByte(href, '=') < 0 {
				continue
			}
			if href = strings.ToLower(href); strings.Contains(href, "sort=") || strings.Contains(href, "orderby=") || strings.Contains(href, "sort_by=") || strings.Contains(href, "order=p.") {
				return true
			}
		}
	}
	for i := range m.view.runs {
		r := &m.view.runs[i]
		if len(r.text) > 60 || m.view.nodes[r.at].all&(inReview|inRelated|inOption|inDesc) != 0 || i >= m.sight.related {
			continue
		}
		if !mayOrder(r.text) {
			continue
		}
		f := fold(r.text)
		for _, w := range sortLabels {
			if f == w || len(w) > 4 && strings.HasPrefix(f, w+" ") {
				return true
			}
		}
	}
	return false
}

// hasPager finds the numbers by which visitors leaf through a list.
func (m *merger) hasPager() bool {
	for i := range m.view.nodes {
		n := &m.view.nodes[i]
		if n.all&(inReview|inRelated) != 0 || int(n.run) > m.sight.related {
			continue
		}
		names := strings.ToLower(attr(n.n, "class") + " " + attr(n.n, "id"))
		if !strings.Contains(names, "pager") && !strings.Contains(names, "paginat") && !strings.Contains(names, "page-numbers") && !strings.Contains(names, "pagenavi") && !strings.Contains(names, "pagination") {
			continue
		}
		links := 0
		for j := int32(i); j <= n.end; j++ {
			if m.view.nodes[j].n.Data == "a" && allDigits(nodeText(m.view.nodes[j].n)) && nodeText(m.view.nodes[j].n) != "" {
				links++
			}
		}
		if links > 0 {
			return true
		}
	}
	return false
}
