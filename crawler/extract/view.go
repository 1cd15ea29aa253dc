package extract

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"
)

// flag is what an element is, told from its tag and its class and id names.
type flag uint32

const (
	inChrome    flag = 1 << iota // header, footer, navigation, side column: around the content
	inRelated                    // other products: related, recommended, recently seen
	inCart                       // the visitor's own cart, wish list
	inReview                     // opinions of customers
	inHidden                     // not shown, or not yet
	inStruck                     // crossed out
	inOption                     // choice of a form
	inLink                       // inside a link that leads to another page
	inHeading                    // inside a heading
	inCrumbs                     // breadcrumb trail
	inDesc                       // description of the product
	markPrice                    // named price
	markSale                     // named as the price to pay
	markOld                      // named as a price no longer asked
	markNoPrice                  // named as a saving, points, shipping, instalment
	markProduct                  // named after the product itself
	markName                     // named name, title
	markTier                     // price for larger quantities
	markExTax                    // named as a price without tax
)

// regionFlags are handed down to everything inside.
const regionFlags = inChrome | inRelated | inCart | inReview | inHidden | inStruck | inOption | inLink | inHeading | inCrumbs | inDesc

// info is one element of the view.
type info struct {
	n      *html.Node
	parent int32
	end    int32 // index of the last element inside
	own    flag  // flags of the element itself
	all    flag  // own and inherited regions
	run    int32 // index of the first run inside or after it
}

// run is a piece of text that stands together: the text of a block as far as no
// other block interrupts it.
type run struct {
	text string // normalised (NFKC), on one line
	at   int32  // the element it begins in
	segs []seg  // where in text which element's text begins
}

type seg struct {
	start int
	at    int32
}

// view is the document laid out flat, in the order of the page.
type view struct {
	nodes []info
	index map[*html.Node]int32
	runs  []run
	names map[string]flag // what class and id names of this page say, see nameFlags

	buf     strings.Builder
	segs    []seg
	pending bool // a blank is due before the next text
}

const maxViewNodes = 200000

// newView lays out the tree below root.
func newView(root *html.Node) *view {
	v := &view{index: make(map[*html.Node]int32, 1024), names: make(map[string]flag, 128)}
	v.visit(root, -1, 0)
	v.breakRun()
	return v
}

func (v *view) visit(n *html.Node, parent int32, inherited flag) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			if parent >= 0 {
				v.addText(c.Data, parent)
			}
		case html.ElementNode:
			if len(v.nodes) >= maxViewNodes {
				return
			}
			v.element(c, parent, inherited)
		}
	}
}

func (v *view) element(c *html.Node, parent int32, inherited flag) {
	if c.Data == "br" || c.Data == "hr" {
		v.breakRun()
	}
	i := int32(len(v.nodes))
	own := v.flagsOf(c)
	if c.Data == "body" || c.Data == "html" || c.Data == "main" {
		own &^= regionFlags // themes name the page itself after its columns
	}
	if parent >= 0 && c.Data == "a" && own&inLink != 0 && parentIsButton(c) {
		own &^= inLink
	}
	all := inherited&regionFlags | own
	v.nodes = append(v.nodes, info{n: c, parent: parent, own: own, all: all})
	v.index[c] = i
	block := isBlock(c.Data)
	if block {
		v.breakRun()
	}
	v.nodes[i].run = int32(len(v.runs))
	if !skipText(c) {
		if c.Data == "sup" || c.Data == "small" || c.Data == "span" || c.Data == "em" {
			v.splitCents(c)
		}
		v.visit(c, i, all)
	}
	if block {
		v.breakRun()
	}
	v.nodes[i].end = int32(len(v.nodes)) - 1
}

// splitCents puts the point back into "$24<sup>99</sup>".
func (v *view) splitCents(c *html.Node) {
	t := c.FirstChild
	if t == nil || t.NextSibling != nil || t.Type != html.TextNode || len(t.Data) != 2 || !isDigit(t.Data[0]) || !isDigit(t.Data[1]) {
		return
	}
	if c.Data != "sup" {
		cls := strings.ToLower(attr(c, "class"))
		if !strings.Contains(cls, "cent") && !strings.Contains(cls, "decimal") && !strings.Contains(cls, "fraction") {
			return
		}
	}
	s := v.buf.String()
	if s != "" && isDigit(s[len(s)-1]) && !v.pending && v.buf.Len() < maxAmountText {
		v.buf.WriteByte('.')
	}
}

// addText appends text to the open run.
func (v *view) addText(s string, at int32) {
	if v.buf.Len() > 1<<16 {
		return
	}
	if isASCII(s) {
		v.addWords(s, at)
		return
	}
	s = norm.NFKC.String(s)
	first := true
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			v.pending = true
			continue
		case unicode.IsControl(r), r == '\u200b', r == '\ufeff', r == unicode.ReplacementChar, r == '\u00ad':
			continue
		}
		if v.pending {
			v.pending = false
			if v.buf.Len() > 0 {
				v.buf.WriteByte(' ')
			}
		}
		if first {
			first = false
			v.segs = append(v.segs, seg{v.buf.Len(), at})
		}
		v.buf.WriteRune(r)
	}
}

// addWords is addText for ASCII.
func (v *view) addWords(s string, at int32) {
	first := true
	for i := 0; i < len(s); {
		if c := s[i]; c <= ' ' || c == 0x7f {
			v.pending = v.pending || unicode.IsSpace(rune(c))
			i++
			continue
		}
		end := i + 1
		for end < len(s) && s[end] > ' ' && s[end] != 0x7f {
			end++
		}
		if v.pending {
			v.pending = false
			if v.buf.Len() > 0 {
				v.buf.WriteByte(' ')
			}
		}
		if first {
			first = false
			v.segs = append(v.segs, seg{v.buf.Len(), at})
		}
		v.buf.WriteString(s[i:end])
		i = end
	}
}

// breakRun ends the open run.
func (v *view) breakRun() {
	v.pending = false
	if len(v.segs) == 0 {
		return
	}
	v.runs = append(v.runs, run{text: v.buf.String(), at: v.segs[0].at, segs: v.segs})
	v.buf.Reset()
	v.segs = nil
}

// at returns the element whose text stands at offset of the run.
func (r *run) elementAt(offset int) int32 {
	at := r.at
	for _, s := range r.segs {
		if s.start > offset {
			break
		}
		at = s.at
	}
	return at
}

// inside says whether element i is a or stands inside it.
func (v *view) inside(i, a int32) bool {
	return a >= 0 && i >= a && i <= v.nodes[a].end
}

// commonAncestor is the innermost element that holds both.
func (v *view) commonAncestor(a, b int32) int32 {
	for a >= 0 && !v.inside(b, a) {
		a = v.nodes[a].parent
	}
	return a
}

// clearRegions takes back region flags on the way from element i up: what holds
// the name of the product is content, whatever its class says.
func (v *view) clearRegions(i int32, mask flag) {
	top := int32(-1)
	for a := i; a >= 0; a = v.nodes[a].parent {
		if v.nodes[a].own&mask != 0 {
			v.nodes[a].own &^= mask
			top = a
		}
	}
	if top < 0 {
		return
	}
	for j := top; j <= v.nodes[top].end; j++ {
		n := &v.nodes[j]
		inherited := flag(0)
		if n.parent >= 0 {
			inherited = v.nodes[n.parent].all & regionFlags
		}
		n.all = inherited | n.own
	}
}

// setRegion gives element i, and all inside it, a region flag.
func (v *view) setRegion(i int32, f flag) {
	v.nodes[i].own |= f
	for j := i; j <= v.nodes[i].end; j++ {
		v.nodes[j].all |= f
	}
}

// parentIsButton is true for links that only script uses.
func parentIsButton(n *html.Node) bool {
	href := strings.TrimSpace(attr(n, "href"))
	return href == "" || href[0] == '#' || strings.HasPrefix(strings.ToLower(href), "javascript:")
}

// flagsOf tells what an element is from its tag, role, style, class and id.
func (v *view) flagsOf(n *html.Node) flag {
	var f flag
	switch n.Data {
	case "header", "footer", "nav", "aside":
		f |= inChrome
	case "del", "s", "strike":
		f |= inStruck
	case "option":
		f |= inOption
	case "a":
		if hasAttr(n, "href") {
			f |= inLink
		}
	case "h1", "h2", "h3", "h4", "h5", "h6":
		f |= inHeading
	case "html", "head", "body", "script", "style", "meta", "link":
		return f
	}
	for i := range n.Attr {
		switch a := &n.Attr[i]; a.Key {
		case "role":
			switch a.Val {
			case "navigation", "banner", "contentinfo", "complementary":
				f |= inChrome
			}
		case "style":
			s := strings.ToLower(a.Val)
			if strings.Contains(s, "line-through") {
				f |= inStruck
			}
			if strings.Contains(s, "display:none") || strings.Contains(s, "display: none") {
				f |= inHidden
			}
		case "hidden":
			f |= inHidden
		case "class", "id", "data-testid", "data-role", "data-hook":
			named, ok := v.names[a.Val]
			if !ok {
				named = nameFlags(a.Val)
				v.names[a.Val] = named
			}
			f |= named
		case "itemprop":
			if a.Val == "price" || a.Val == "lowPrice" {
				f |= markPrice
			}
			if a.Val == "description" {
				f |= inDesc
			}
		}
	}
	return f
}

// nameFlags reads class and id names. Shops of all languages name their
// elements in English, Japanese ones in romanised words besides.
func nameFlags(s string) flag {
	if len(s) > 400 {
		s = s[:400]
	}
	var f flag
	words := splitNames(s)
	low := strings.ToLower(s)
	var pairs pairSet // most words are told from a name by two of their letters
	pairs.add(low)
	has := func(w string) bool { return pairs.may(w) && strings.Contains(low, w) }
	product := false
	for _, w := range words {
		switch w {
		case "header", "footer", "nav", "navi", "gnavi", "navigation", "navbar", "menu", "megamenu", "topbar", "toolbar", "sidebar", "sidenav",
			"aside", "masthead", "newsletter", "copyright":
			f |= inChrome
		case "related", "upsell", "upsells", "crosssell", "crosssells", "crossselling", "similar", "recommend", "recommended", "recommends",
			"recommendation", "recommendations", "recent", "recently", "viewed", "history", "alsobought", "suggestions", "suggested",
			"bestseller", "bestsellers", "ranking", "accessories", "nosto", "relation", "osusume", "recents":
			f |= inRelated
		case "minicart", "basket", "minibasket", "shoppingcart", "cartsummary", "wishlist":
			f |= inCart
		case "review", "reviews", "comment", "comments", "testimonial", "testimonials":
			f |= inReview
		case "hidden", "hide", "invisible":
			f |= inHidden
		case "breadcrumb", "breadcrumbs", "crumb", "crumbs", "topicpath", "pankuzu":
			f |= inCrumbs
		case "price", "prices", "kakaku", "pricing", "preis", "prix", "cena", "precio", "prezzo", "amount":
			f |= markPrice
		case "special", "sale", "now", "final", "offer", "actual", "current", "reduced", "promo", "our", "selling", "discounted", "sales", "today":
			f |= markSale
		case "old", "was", "rrp", "retail", "msrp", "original", "before", "compare", "strike", "crossed", "teika", "previous", "uvp":
			f |= markOld
		case "save", "saving", "savings", "saved", "discount", "discounts", "points", "point", "shipping", "delivery", "postage", "instalment", "installment", "deposit", "percent", "percentage", "voucher", "coupon", "unitprice", "freight":
			f |= markNoPrice
		case "product", "item", "goods", "prod", "pdp", "shohin", "syouhin", "article", "productinfo", "iteminfo":
			product = true
		case "name", "title", "ttl", "heading", "headline", "itemname", "productname", "producttitle", "itemtitle", "goodsname", "pagetitle", "h1":
			f |= markName
		case "tier", "bulk", "quantity", "volume", "wholesale":
			f |= markTier
		case "description", "desc", "explain", "detailtext":
			f |= inDesc
		}
	}
	if product {
		f |= markProduct
	}
	if has("price") || has("kakaku") {
		f |= markPrice
		if has("oldprice") || has("old-price") || has("listprice") || has("list-price") || has("list_price") || has("wasprice") || has("retailprice") || has("price_old") || has("pricebefore") || has("price-was") {
			f |= markOld
		}
		if has("saleprice") || has("specialprice") || has("ourprice") || has("finalprice") || has("salesprice") || has("nowprice") || has("sellprice") || has("currentprice") || has("yourprice") {
			f |= markSale
		}
		if has("notax") || has("price-tax") || has("extax") || has("ex-tax") || has("excl") || has("withouttax") {
			f |= markExTax
		}
		if has("shipping") || has("delivery") || has("saving") || has("unit-price") || has("unit_price") {
			f |= markNoPrice
		}
	}
	if has("cross-sell") || has("crosssell") || has("up-sell") || has("upsell") || has("also-") || has("alsobuy") || has("also_") ||
		has("relatedproduct") || has("related-product") || has("recommend") || has("recently") || has("recentitem") || has("relateditem") || has("checkeditem") || has("whobought") || has("otheritem") {
		f |= inRelated
	}
	if has("minicart") || has("mini-cart") || has("mini_cart") || has("cart-summary") || has("headercart") || has("header-cart") || has("cart-dropdown") || has("top-cart") || has("topcart") || has("blockcart") {
		f |= inCart
	}
	if has("breadcrumb") || has("topicpath") || has("topic_path") || has("topic-path") || has("pankuzu") {
		f |= inCrumbs
	}
	if has("sidebar") || has("footer") || has("sidecolumn") || has("side-column") || has("leftcolumn") || has("rightcolumn") || has("side_area") || has("sidearea") {
		f |= inChrome
	}
	if has("productname") || has("product-name") || has("product_name") || has("itemname") || has("item-name") || has("item_name") || has("producttitle") || has("product-title") || has("product_title") || has("item-title") || has("item_title") || has("goodsname") || has("goods_name") || has("goods-name") || has("prodname") {
		f |= markName | markProduct
	}
	// "product-header" heads the product, not the page.
	if f&inChrome != 0 && product && !has("nav") && !has("menu") && !has("side") && !has("footer") {
		f &^= inChrome
	}
	return f
}

// pairSet holds the pairs of neighbouring bytes of a text, roughly.
type pairSet [1024]bool

func pairOf(a, b byte) int { return (int(a)*37 + int(b)) & 1023 }

func (p *pairSet) add(s string) {
	for i := 0; i+1 < len(s); i++ {
		p[pairOf(s[i], s[i+1])] = true
	}
}

// may is false for words of four bytes and more that are surely not in the text.
func (p *pairSet) may(w string) bool {
	return len(w) < 4 || p[pairOf(w[0], w[1])] && p[pairOf(w[2], w[3])]
}

// splitNames splits class and id names into lower-case words: at blanks, signs
// and inner capitals.
func splitNames(s string) []string {
	var words []string
	start := 0
	flush := func(end int) {
		if end > start && len(words) < 40 {
			words = append(words, strings.ToLower(s[start:end]))
		}
		start = end
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case !isASCIILetter(c) && !isDigit(c):
			flush(i)
			start = i + 1
		case i > start && c >= 'A' && c <= 'Z' && s[i-1] >= 'a' && s[i-1] <= 'z':
			flush(i)
		case i > start && isDigit(c) != isDigit(s[i-1]):
			flush(i)
		}
	}
	flush(len(s))
	return words
}
