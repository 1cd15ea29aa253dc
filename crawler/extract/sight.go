package extract

import (
	"iter"
	"slices"
	"sort"
	"strings"

	"golang.org/x/net/html"
)

// sight is what a visitor sees of the product: found without any structured
// data, in the layout of the page.
type sight struct {
	v        *view
	ctx      nameContext
	names    []heading // best first
	name     heading   // the one chosen; at is -1 where there is none
	buys     []buyControl
	buy      int32 // the button of the product, -1 where there is none
	cardBuys int   // buttons in cards
	box      int32 // innermost element around name and button, -1 where unknown
	related  int   // first run of the blocks of other products
	prices   []priceSeen
	best     int    // index in prices of the price to pay, -1 where there is none
	roots    []card // blocks that look like one product of a list
	cards    int    // how many of them are no blocks of other products
}

// see reads the layout. known is the name that structured data gives the
// product, "" where there is none; it settles which heading is the product's.
func see(v *view, c nameContext, known, currency string) *sight {
	s := &sight{v: v, ctx: c, buy: -1, box: -1, best: -1, name: heading{at: -1}}
	s.buys = v.buyControls()
	s.names = v.headings(c)
	s.rateNames(fold(known))
	if s.name.at >= 0 {
		v.clearRegions(s.name.at, inChrome|inRelated|inCart|inReview|inHidden|inCrumbs|inDesc|inLink)
	}
	s.prices = v.seePrices(currency)
	v.noteDiscounts(s.prices)
	s.findCards()
	s.findRelated()
	s.countCards()
	s.chooseBuy()
	s.chooseBox()
	s.ratePrices()
	return s
}

// rateNames chooses the heading.
func (s *sight) rateNames(known string) {
	for i := range s.names {
		h := &s.names[i]
		if known != "" {
			switch {
			case h.folded == known:
				h.score += 4
			case containsWords(known, h.folded) || containsWords(h.folded, known):
				h.score += 1.5
			}
		}
		// The button follows the name at no great distance.
		for _, b := range s.buys {
			if d := b.at - h.at; d > 0 && d < 400 {
				h.score += 1 - float64(d)/400
				break
			}
		}
	}
	sort.SliceStable(s.names, func(i, j int) bool { return s.names[i].score > s.names[j].score })
	if len(s.names) == 0 {
		return
	}
	// Where the title only names the shop, a heading before the one button that
	// buys will do.
	least := 2.5
	if len(s.buys) == 1 && s.buys[0].strong {
		least = 1
	}
	if s.names[0].score >= least {
		s.name = s.names[0]
	}
}

// chooseBuy takes the button that stands nearest behind the name, or nearest to
// it where none follows.
func (s *sight) chooseBuy() {
	bestDistance := int32(1 << 30)
	for _, b := range s.buys {
		if b.card {
			s.cardBuys++
			continue
		}
		if int(s.v.nodes[b.at].run) > s.related {
			continue
		}
		d := b.at - s.name.at
		if s.name.at < 0 {
			d = b.at
		}
		if d < 0 {
			d = -d * 3
		}
		if !b.strong {
			d += 200
		}
		if disabled(s.v.nodes[b.at].n) {
			d += 20
		}
		if d < bestDistance {
			bestDistance, s.buy = d, b.at
		}
	}
}

// chooseBox finds the element that holds what belongs to the product: its name
// and its button, or, without a button, the first price behind the name.
func (s *sight) chooseBox() {
	if s.name.at < 0 {
		return
	}
	if s.buy >= 0 {
		s.box = s.v.commonAncestor(s.name.at, s.buy)
		return
	}
	s.box = s.v.nodes[s.name.at].parent
	from := int(s.v.nodes[s.name.at].run)
	for i := range s.prices {
		p := &s.prices[i]
		if p.card || p.no || p.run < from || p.run > from+60 || p.run >= s.related || p.score < 2 {
			continue
		}
		if a := s.v.commonAncestor(s.name.at, p.at); a >= 0 && s.v.nodes[a].n.Data != "body" && s.v.nodes[a].n.Data != "html" {
			s.box = a
		}
		return
	}
}

// card is a block that looks like one product of a list.
type card struct {
	root int32
	href string
}

// findCards finds blocks that repeat, each with its own link and either a price
// or a picture, and marks the prices and buttons in them.
func (s *sight) findCards() {
	groups := make(map[string][]card)
	note := func(from int32) {
		root, href := s.cardRoot(from)
		if root < 0 {
			return
		}
		key := s.signature(root)
		for _, c := range groups[key] {
			if c.root == root || c.href == href {
				return
			}
		}
		if len(groups[key]) < 1000 {
			groups[key] = append(groups[key], card{root, href})
		}
	}
	for i := range s.prices {
		if !s.prices[i].no {
			note(s.prices[i].at)
		}
	}
	for i := range s.v.nodes {
		if s.v.nodes[i].n.Data == "img" && s.v.nodes[i].all&inLink != 0 {
			note(int32(i))
		}
	}
	inCard := make(map[int32]bool)
	own := s.name.at >= 0 && s.ctx.likeness(s.name.folded) >= 4
	for _, g := range groups {
		if len(g) < 3 {
			continue
		}
		for _, c := range g {
			if own && s.v.inside(s.name.at, c.root) {
				continue
			}
			inCard[c.root] = true
			s.roots = append(s.roots, c)
		}
	}
	within := func(i int32) bool {
		for k := 0; k < 12 && i >= 0; k++ {
			if inCard[i] {
				return true
			}
			i = s.v.nodes[i].parent
		}
		return false
	}
	for i := range s.prices {
		s.prices[i].card = within(s.prices[i].at) || s.loneCard(s.prices[i].at)
	}
	alike := make(map[string]int)
	for i := range s.buys {
		alike[s.buttonSignature(s.buys[i].at)]++
	}
	for i := range s.buys {
		at := s.buys[i].at
		s.buys[i].card = within(at) || alike[s.buttonSignature(at)] >= 3 || s.loneCard(at)
	}
}

// loneCard says whether an element belongs to another product than the one of
// the heading: the block around it shows a picture and a text that lead to one
// and the same other page. Lists of one or two products are told by this.
func (s *sight) loneCard(i int32) bool {
	v := s.v
	if s.name.at < 0 {
		return false
	}
	for k := 0; k < 9 && i >= 0; k++ {
		n := &v.nodes[i]
		if v.inside(s.name.at, i) || n.end-i > 120 || n.n.Data == "body" {
			return false
		}
		if isBlock(n.n.Data) && n.end-i > 2 && v.cardLinks(i) {
			return true
		}
		i = n.parent
	}
	return false
}

// cardLinks says whether the block holds a picture link and a text link with the
// same address, or a link around a picture and a name.
func (v *view) cardLinks(i int32) bool {
	var picture, text []string
	for j := i; j <= v.nodes[i].end; j++ {
		href, ok := cardLink(v.nodes[j].n)
		if !ok || len(picture)+len(text) > 20 {
			continue
		}
		list := &text
		img, named := false, false
		for c := j + 1; c <= v.nodes[j].end; c++ {
			img = img || v.nodes[c].n.Data == "img"
			named = named || v.nodes[c].own&(inHeading|markName) != 0
		}
		if img && named {
			return true // one link around picture and name
		}
		if img {
			list = &picture
		}
		if list == &text && len(nodeText(v.nodes[j].n)) < 3 {
			continue
		}
		*list = append(*list, href)
	}
	for _, p := range picture {
		if slices.Contains(text, p) {
			return true
		}
	}
	return false
}

// findRelated marks the blocks that a heading such as "You may also like" begins,
// and finds from where on the page only shows other products.
func (s *sight) findRelated() {
	v := s.v
	s.related = len(v.runs)
	from := 0
	if s.name.at >= 0 {
		from = int(v.nodes[s.name.at].run)
	}
	for i := range v.runs {
		if !v.relatedHead(i) {
			continue
		}
		// The block that this heading opens, as far as it does not hold the name.
		top := v.runs[i].at
		for p := v.nodes[top].parent; p >= 0 && int(v.nodes[p].run) == i && !(s.name.at >= 0 && v.inside(s.name.at, p)); p = v.nodes[p].parent {
			top = p
		}
		if s.name.at >= 0 && v.inside(s.name.at, top) {
			continue
		}
		if v.nodes[top].end-top > 3 {
			v.setRegion(top, inRelated)
		}
		if i > from && i < s.related && s.othersFollow(i) {
			s.related = i
		}
	}
}

// othersFollow says whether cards, or pictures with links, follow run i soon.
func (s *sight) othersFollow(i int) bool {
	at := s.v.runs[i].at
	for _, c := range s.roots {
		if c.root > at && c.root < at+80 {
			return true
		}
	}
	for j := at + 1; j < at+60 && int(j) < len(s.v.nodes); j++ {
		n := &s.v.nodes[j]
		if n.n.Data == "img" && n.all&inLink != 0 {
			return true
		}
	}
	return false
}

// countCards counts the cards that make the page a list.
func (s *sight) countCards() {
	kept := s.roots[:0]
	for _, c := range s.roots {
		n := &s.v.nodes[c.root]
		if n.all&(inRelated|inChrome|inCart|inReview) == 0 && int(n.run) < s.related {
			kept = append(kept, c)
		}
	}
	s.roots = kept
	s.cards = len(kept)
}

// cardRoot climbs from an element to the innermost block that holds a link to
// another page, and returns it with the address of the link.
func (s *sight) cardRoot(i int32) (int32, string) {
	v := s.v
	for k := 0; k < 7 && i >= 0; k++ {
		n := &v.nodes[i]
		switch n.n.Data {
		case "body", "html", "form", "table", "tbody":
			if n.n.Data != "form" {
				return -1, ""
			}
		}
		if n.end-i > 150 {
			return -1, ""
		}
		if n.n.Data == "a" || isBlock(n.n.Data) {
			for j := i; j <= n.end; j++ {
				if href, ok := cardLink(v.nodes[j].n); ok {
					// The block around, where it holds nothing but this card.
					if p := n.parent; n.n.Data == "a" && p >= 0 && isBlock(v.nodes[p].n.Data) && v.nodes[p].end-p < 40 {
						return p, href
					}
					return i, href
				}
			}
		}
		i = n.parent
	}
	return -1, ""
}

// cardLink accepts links that can lead to a product: not to a picture, a place
// in the page, or a script.
func cardLink(n *html.Node) (string, bool) {
	if n.Data != "a" {
		return "", false
	}
	href := strings.TrimSpace(attr(n, "href"))
	if href == "" || href[0] == '#' {
		return "", false
	}
	low := strings.ToLower(href)
	if strings.HasPrefix(low, "javascript:") || strings.HasPrefix(low, "mailto:") || strings.HasPrefix(low, "tel:") {
		return "", false
	}
	path := low
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	for _, ext := range [...]string{".jpg", ".jpeg", ".png", ".gif", ".webp", ".pdf", ".svg"} {
		if strings.HasSuffix(path, ext) {
			return "", false
		}
	}
	return href, true
}

// signature tells blocks that the same template made: tag and first class of the
// block and of what holds it.
func (s *sight) signature(i int32) string {
	n := s.v.nodes[i].n
	sig := n.Data + "." + firstClass(n)
	if p := s.v.nodes[i].parent; p >= 0 {
		pn := s.v.nodes[p].n
		sig += "<" + pn.Data + "." + firstClass(pn)
	}
	return sig
}

// buttonSignature is the signature of a button: those of a list have no names of
// their own, or names that differ by a number.
func (s *sight) buttonSignature(i int32) string {
	n := s.v.nodes[i].n
	own := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, attr(n, "id")+"/"+attr(n, "name"))
	return s.signature(i) + own
}

// place is the signature of an element and three around it.
func (s *sight) place(i int32) string {
	sig := ""
	for k := 0; k < 4 && i >= 0; k++ {
		n := s.v.nodes[i].n
		sig += n.Data + "." + strings.Trim(firstClass(n), "-_") + "<"
		i = s.v.nodes[i].parent
	}
	return sig
}

func firstClass(n *html.Node) string {
	for f := range strings.FieldsSeq(attr(n, "class")) {
		return strings.TrimRight(f, "0123456789")
	}
	return ""
}

// ratePrices judges the amounts by their place and picks the price to pay.
func (s *sight) ratePrices() {
	v := s.v
	nameRun, buyRun := -1, -1
	if s.name.at >= 0 {
		nameRun = int(v.nodes[s.name.at].run)
	}
	if s.buy >= 0 {
		buyRun = int(v.nodes[s.buy].run)
	}
	for i := range s.prices {
		p := &s.prices[i]
		all := v.nodes[p.at].all
		if all&(inRelated|inCart) != 0 || p.run >= s.related {
			p.score -= 6
		}
		if all&inChrome != 0 {
			p.score -= 4
		}
		if all&inReview != 0 {
			p.score -= 3
		}
		if all&inHidden != 0 {
			p.score -= 2
		}
		if all&inLink != 0 {
			p.score -= 1.5
		}
		if all&inDesc != 0 {
			p.score -= 2
		}
		if p.card {
			p.score -= 4
		}
		if len(v.runs[p.run].text) > 120 {
			p.score -= 2
		}
		if s.box >= 0 && v.inside(p.at, s.box) {
			p.main = !p.card
			if v.nodes[s.box].n.Data != "body" {
				p.score += 2
			}
		}
		if nameRun >= 0 {
			d := p.run - nameRun
			switch {
			case d >= 0:
				p.score += 2 / (1 + float64(d)/15)
			default:
				p.score -= min(2, float64(-d)/20)
			}
		}
		if buyRun >= 0 {
			d := p.run - buyRun
			if d < 0 {
				d = -d
			}
			p.score += 2 / (1 + float64(d)/12)
		}
		if s.best < 0 || p.score > s.prices[s.best].score+0.01 {
			s.best = i
		}
	}
	if s.best >= 0 && (s.prices[s.best].score < 2 || s.prices[s.best].no) {
		s.best = -1
	}
	if s.best < 0 {
		return
	}
	s.firstOfScale()
	s.withTax()
}

// firstOfScale prefers, of a scale of prices for larger quantities, the first:
// it is for one.
func (s *sight) firstOfScale() {
	b := s.prices[s.best]
	place := s.place(b.at)
	for i := range s.prices[:s.best] {
		p := &s.prices[i]
		if p.score > b.score-1 && p.main == b.main && !p.old && b.run-p.run < 30 && s.place(p.at) == place {
			s.best = i
			return
		}
	}
}

// withTax prefers the price with tax where the best is one without and a
// somewhat higher one stands beside it.
func (s *sight) withTax() {
	b := s.prices[s.best]
	if !b.ex {
		return
	}
	for i := range s.prices {
		p := &s.prices[i]
		if p.no || p.ex || p.card || p.run < b.run-6 || p.run > b.run+6 || s.v.nodes[p.at].all&inStruck != 0 {
			continue
		}
		if ratio := amountFloat(p.Value) / amountFloat(b.Value); ratio > 1.02 && ratio < 1.3 {
			s.best = i
			return
		}
	}
}

// shown returns how the page shows an amount: as a price to pay, as an old or
// untaxed one, or not at all.
func (s *sight) shown(amount string) (now, old, ex bool) {
	for p := range s.showing(amount) {
		switch {
		case p.old:
			old = true
		case p.ex:
			ex = true
		default:
			now = true
		}
	}
	return now, old, ex
}

// payable is the first place where the page shows the amount as a price to pay, nil
// when there is none.
func (s *sight) payable(amount string) *priceSeen {
	for p := range s.showing(amount) {
		if !p.old && !p.ex && p.High == "" {
			return p
		}
	}
	return nil
}

// showing yields the places where the page shows an amount as one of its product.
func (s *sight) showing(amount string) iter.Seq[*priceSeen] {
	return func(yield func(*priceSeen) bool) {
		for i := range s.prices {
			p := &s.prices[i]
			if p.card || p.no || p.run >= s.related || s.v.nodes[p.at].all&(inRelated|inCart) != 0 {
				continue
			}
			if !amountEqual(p.Value, amount) && !amountEqual(p.High, amount) {
				continue
			}
			if !yield(p) {
				return
			}
		}
	}
}

// listPrice is the crossed-out price that belongs to the price to pay.
func (s *sight) listPrice(pay string) string {
	found, distance := "", 1<<30
	for i := range s.prices {
		p := &s.prices[i]
		if !p.old || p.card || p.no || p.run >= s.related || !amountLess(pay, p.Value) {
			continue
		}
		if s.v.nodes[p.at].all&(inRelated|inCart|inChrome) != 0 {
			continue
		}
		d := 0
		if s.best >= 0 {
			if d = p.run - s.prices[s.best].run; d < 0 {
				d = -d
			}
		}
		if d < distance && d < 40 {
			found, distance = p.Value, d
		}
	}
	return found
}
