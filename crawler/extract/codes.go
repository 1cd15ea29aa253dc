package extract

import (
	"slices"
	"strings"

	"golang.org/x/net/html"

	"replatform/crawler/catalog"
)

// readMarked looks for numbers that no label names but the element that holds them:
// by its itemprop outside of any item, by a data attribute, by its class. Where
// several elements each give another value, they belong to a list.
func (s *sight) readMarked(found *codes) {
	var sku, mpn, gtin oneValue
	for i := range s.v.nodes {
		n := &s.v.nodes[i]
		if int(n.run) > s.related {
			break
		}
		if n.all&(inRelated|inCart|inReview|inChrome|inOption|inCrumbs) != 0 {
			continue
		}
		for k := range n.n.Attr {
			switch a := &n.n.Attr[k]; a.Key {
			case "itemprop":
				switch {
				case a.Val == "sku" || a.Val == "productID":
					sku.note(markedCode(n.n))
				case a.Val == "mpn":
					mpn.note(markedCode(n.n))
				case slices.Contains(gtinProps[:], a.Val):
					if g, ok := catalog.NormaliseGTIN(markedText(n.n)); ok {
						gtin.note(g)
					}
				}
			case "data-sku", "data-product-sku", "data-product-code", "data-item-code":
				if looksLikeCode(a.Val, true) {
					sku.note(a.Val)
				}
			case "class", "id":
				if namesCode(a.Val) {
					sku.note(markedCode(n.n))
				}
			}
		}
	}
	if found.sku == "" && found.model == "" {
		found.sku = sku.get()
	}
	if found.mpn == "" {
		found.mpn = mpn.get()
	}
	if found.gtin == "" {
		found.gtin = gtin.get()
	}
}

// oneValue is a value, as long as no other is noted.
type oneValue struct {
	value   string
	several bool
}

func (o *oneValue) note(v string) {
	if v == "" {
		return
	}
	o.several = o.several || o.value != "" && v != o.value
	o.value = v
}

func (o *oneValue) get() string {
	if o.several {
		return ""
	}
	return o.value
}

// markedCode is the number that an element stands for, a label before it taken off;
// "" where it holds anything else.
func markedCode(n *html.Node) string {
	v := unlabel(markedText(n), fieldSKU, fieldLooseSKU, fieldModel, fieldMPN)
	if !looksLikeCode(v, true) {
		return ""
	}
	return v
}

func markedText(n *html.Node) string {
	if v := squeeze(attr(n, "content")); v != "" {
		return v
	}
	if n.Data == "input" {
		return squeeze(attr(n, "value"))
	}
	if t := nodeText(n); len(t) <= 80 {
		return t
	}
	return ""
}

// namesCode says whether a class or id names the number of the product.
func namesCode(name string) bool {
	if len(name) < 3 || len(name) > 100 || !mayNameCode(name) {
		return false
	}
	for part := range strings.FieldsSeq(name) {
		words := splitNames(part)
		last := len(words) - 1
		if last < 0 {
			continue
		}
		switch words[last] {
		case "sku", "hinban", "itemcode", "productcode":
			return true
		case "code", "number":
			if last > 0 {
				switch words[last-1] {
				case "product", "item", "goods", "prod", "article":
					return true
				}
			}
		}
	}
	return false
}

// mayNameCode is false for most names, and cheap.
func mayNameCode(name string) bool {
	for i := 0; i+3 <= len(name); i++ {
		switch name[i] | 0x20 {
		case 's', 'c', 'n', 'h':
			for _, w := range [...]string{"sku", "code", "number", "hinban"} {
				if hasPrefixFold(name[i:], w) {
					return true
				}
			}
		}
	}
	return false
}

// addressNumber finds the number by which the shop itself knows the product, where
// no page names another: a form sends it along, and the address of the page holds
// it too.
func (s *sight) addressNumber() string {
	if len(s.ctx.numbers) == 0 {
		return ""
	}
	for i := range s.v.nodes {
		n := &s.v.nodes[i]
		if n.n.Data != "input" || n.all&(inRelated|inCart|inReview) != 0 || int(n.run) > s.related || !productParameter(attr(n.n, "name")) {
			continue
		}
		if v := squeeze(attr(n.n, "value")); slices.Contains(s.ctx.numbers, v) {
			return v
		}
	}
	return ""
}

// productParameter knows names of form fields that hold the number by which a shop
// knows a product.
func productParameter(name string) bool {
	switch noSeparators.Replace(strings.ToLower(name)) {
	case "product", "productid", "productsid", "prodid", "pid", "item", "itemid", "goodsid", "catalogid", "articleid", "artid", "shohinid", "branduid":
		return true
	}
	return false
}

// bareNumber finds a number without a label right beside the name: "#84682".
func (s *sight) bareNumber() string {
	if s.name.at < 0 {
		return ""
	}
	at := int(s.v.nodes[s.name.at].run)
	for i := max(0, at-3); i < min(len(s.v.runs), at+4); i++ {
		text := s.v.runs[i].text
		if len(text) < 4 || text[0] != '#' || s.v.nodes[s.v.runs[i].at].all&inLink != 0 {
			continue
		}
		if v := strings.TrimSpace(text[1:]); looksLikeCode(v, true) && hasDigit(v) {
			return v
		}
	}
	return ""
}

// formCode finds the number that the form of the buy button sends along, or that
// a link beside the product carries, where its name says that it is one.
func (s *sight) formCode() string {
	if s.box < 0 {
		return ""
	}
	first, last := s.box, s.v.nodes[s.box].end
	if s.v.nodes[s.box].n.Data == "body" {
		return ""
	}
	for i := first; i <= last; i++ {
		n := &s.v.nodes[i]
		if n.all&(inRelated|inCart|inReview|inChrome) != 0 || int(n.run) > s.related {
			continue
		}
		switch n.n.Data {
		case "input":
			if v := squeeze(attr(n.n, "value")); codeParameter(attr(n.n, "name")) && looksLikeCode(v, true) {
				return v
			}
		case "a":
			_, query, ok := strings.Cut(attr(n.n, "href"), "?")
			for pair := range strings.SplitSeq(query, "&") {
				if key, v, found := strings.Cut(pair, "="); ok && found && codeParameter(key) && looksLikeCode(v, true) {
					return v
				}
			}
		}
	}
	return ""
}

// codeParameter knows names of form fields that hold the number of an article.
func codeParameter(name string) bool {
	switch noSeparators.Replace(strings.ToLower(name)) {
	case "sku", "productcode", "itemcode", "itemno", "productno", "stockcode", "partno", "partnumber", "itemnumber", "productsku", "goodscode", "articlenumber":
		return true
	}
	return false
}
