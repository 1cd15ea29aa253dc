package extract

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/text/unicode/norm"

	"replatform/crawler/catalog"
)

// quick reads the product without laying the page out, which costs most of the time
// that a page takes. It does so only where the layout could add nothing: JSON-LD
// gives the whole product, a heading of the page says the same name and the first
// amount behind it the same price, and nothing else that the page shows or marks
// up would be taken instead or besides. A document tree is built only for the
// selectors of h that could add something. In every other case quick returns false,
// and m is as it was but for what it has learnt from the head.
//
// A test holds the products that it reads against those of the whole tree.
func (m *merger) quick(rd *Reader, s *scanner, body []byte, h Hints, ld []*entity) bool {
	if len(s.jsonld) == 0 || m.needsTree(s, h) {
		return false
	}
	main := m.chooseMain(productEntities(ld))
	if main == nil || !complete(s, main, m.shop) {
		return false
	}
	trail := crumbsOf(ld, m.r)
	if len(trail) == 0 {
		return false
	}
	g := rd.glance(s, m, &main.p, h.Type == catalog.ProductP)
	defer rd.keep(s, g)
	if !g.agrees() {
		return false
	}
	rd.learn(g)
	e := g.evidence()
	if !g.sure && (e.list > 0 || e.product < g.againstAtMost()+1) {
		return false
	}
	m.data = []*draft{main}
	if m.hints = m.selected(body, main, h); m.hints == nil {
		m.data = nil
		return false
	}
	m.sight = &sight{v: &view{}, buy: -1, box: -1, best: -1, name: heading{at: -1}}
	m.images()
	if len(m.out.Images) == 0 {
		m.out.Sources = nil
		m.data, m.hints, m.sight = nil, nil, nil
		return false
	}
	m.name()
	price := main.p.Price
	if price.Tax == "" {
		price.Tax = g.tax
	}
	m.usePrice(price, main.source)
	m.useListPrice(main.p.ListPrice, main.source)
	m.rest()
	m.currency()
	m.res.Breadcrumb = trail
	m.out.Breadcrumb = trail
	m.out.Set("breadcrumb", "json-ld")
	m.conclude(e)
	m.res.Type = catalog.ProductP
	m.res.Product = m.out
	return true
}

// selected is what the selectors of h find beside the product of d; nil where they
// cannot be asked.
func (m *merger) selected(body []byte, d *draft, h Hints) *draft {
	p := &d.p
	ask := Hints{Currency: h.Currency, Image: h.Image, ListPrice: h.ListPrice}
	if p.GTIN == "" {
		ask.GTIN = h.GTIN
	}
	if p.MPN == "" {
		ask.MPN = h.MPN
	}
	if p.Brand == "" {
		ask.Brand = h.Brand
	}
	if len(p.Variants) == 0 {
		ask.Options = h.Options
	}
	if len(ask.Image)+len(ask.ListPrice)+len(ask.GTIN)+len(ask.MPN)+len(ask.Brand)+len(ask.Options) == 0 {
		return &draft{source: "selector"}
	}
	root, err := parseTree(body)
	if err != nil {
		return nil
	}
	sel := &selection{doc: goquery.NewDocumentFromNode(root)}
	found := sel.fromHints(ask)
	if sel.err() != nil {
		return nil
	}
	return found
}

// needsTree says whether something on the page can be read from its whole tree alone:
// other syntaxes of structured data, and objects of the platform.
func (m *merger) needsTree(s *scanner, h Hints) bool {
	for _, g := range h.Globals {
		if g.Kind != "" && g.Kind != "assign" {
			return true
		}
		for _, text := range s.code {
			if strings.Contains(text, g.Name) {
				return true
			}
		}
	}
	return s.marksProduct
}

// noteMarkup looks whether microdata or RDFa of the page may tell of a product.
// Types that never do are passed over.
func (s *scanner) noteMarkup() {
	for _, a := range s.attrs {
		switch int(a.keyEnd - a.key) {
		case len("typeof"):
			s.marksProduct = s.marksProduct || equalLower(s.page[a.key:a.keyEnd], "typeof")
		case len("itemtype"): // itemprop is as long
			if equalLower(s.page[a.key:a.keyEnd], "itemprop") {
				v := attrValue(s.page[a.val:a.valEnd])
				s.marksCode = s.marksCode || v == "mpn" || slices.Contains(gtinProps[:], v)
				continue
			}
			if !equalLower(s.page[a.key:a.keyEnd], "itemtype") {
				continue
			}
			switch term(attrValue(s.page[a.val:a.valEnd])) {
			case "BreadcrumbList", "ListItem", "WebPage", "ItemPage", "Organization", "WebSite", "SearchAction", "Person", "PostalAddress",
				"ImageObject", "SiteNavigationElement", "WPHeader", "WPFooter", "Brand", "Store", "LocalBusiness", "OnlineStore":
			default:
				s.marksProduct = true
			}
		}
	}
}

// complete says whether d has every field that the layout of the page would be asked
// for. What it lacks of numbers and brand is looked for by glance.
func complete(s *scanner, d *draft, shop shopNames) bool {
	p := &d.p
	switch {
	case p.Name == "" || unfilled(p.Name) || shop.has(p.Name) || fold(p.Name) == "",
		p.Price.Amount == "" || p.Price.Currency == "" || d.high != "",
		p.Availability == "",
		p.Description == "" || strings.HasSuffix(p.Description, "…") || strings.HasSuffix(p.Description, "..."),
		p.SKU == "" || unfilled(p.SKU) || len(p.SKU) > 80 || fold(p.SKU) == fold(p.Name),
		len(p.Images) == 0,
		(p.GTIN == "" || p.MPN == "") && s.marksCode:
		return false
	}
	return true
}

// glance looks through the texts of a page, in their order, for what agrees with
// the product p of its structured data and what does not.
type glance struct {
	*scanner
	m    *merger
	p    *catalog.Product
	name string // folded name of the product

	single   string // the open run of text, as long as it is one piece that stands so in the page
	seen     facts  // what look says of single, where that is known
	line     []byte // the open run of text otherwise
	marks    []mark // where in the run which token begins
	parts    []seg  // the same, for labelIn
	prev     string // the run before it
	label    bool   // the last run ended in a label whose value may follow
	field    labelField
	heading  bool // a heading that is the name has ended
	title    []byte
	inTitle  bool
	trailing bool // the last piece of the run ended in white space
	sure     bool // the address says that it is a product
	lists    bool // a text heads a choice of order, or says that a list is empty
	skip     int  // inside an element whose text is not read
	struck   int

	confirmed bool // the first amount behind the heading is the price
	tax       catalog.TaxNote
	taxes     int // amounts that are the price
	higher    []float64
	percents  []float64
	pictures  int // that are links
	amounts   int
	inLink    bool
	body      catalog.PageType

	known  *lulls     // where nothing is to be weighed; nil where that is not known
	part   int        // of what was taken over, the first that is not behind yet
	notes  *lullNotes // gathers the same of this page; nil where it need not be known
	runs   int32      // of text that have ended
	labels int        // that runs were found to hold

	lacks  fieldSet   // fields that p has not, and that a label could give
	pay    float64    // price of p
	found  []amountAt // of the run that is looked at
	names  *names
	calls  []tagCalls // by event, what around has read
	again  lexer      // reads tags a second time
	reread int        // bytes of tags that it read
}

// maxReread bounds how much of a page is read again for what tags call their content.
const maxReread = 1 << 20

// mark is where the text of an event begins in a run.
type mark struct {
	at     int
	event  int
	struck bool
}

// agrees reads the page. It stops at the first thing that speaks against p.
func (g *glance) agrees() bool {
	g.lacks, g.pay = lacking(g.p), amountFloat(g.p.Price.Amount)
	if g.own != nil {
		g.notes = newLulls(len(g.events), g)
	} else {
		g.known = g.lull()
	}
	for i := 0; i < len(g.events); i++ {
		e := &g.events[i]
		if g.notes != nil && e.kind == textToken {
			g.notes.at(i, false, g)
		}
		switch e.kind {
		case textToken:
			if g.skip > 0 || e.tag == tagTextarea {
				continue
			}
			g.addText(i)
			continue
		case startToken, endToken:
			breaks := e.breaks()
			if breaks {
				if !g.endRun() {
					return false
				}
				if g.known != nil {
					if to := g.passOver(i); to > i {
						i = to
						e = &g.events[i]
					}
				}
			}
			if g.notes != nil {
				g.notes.at(i, breaks, g)
			}
			g.pass(e)
		}
	}
	if !g.endRun() || !g.heading || !g.confirmed {
		return false
	}
	for _, h := range g.higher {
		for _, p := range g.percents {
			if d := h*(100-p)/100 - g.pay; d < h*0.012 && d > -h*0.012 {
				return false // crossed out, or so it seems
			}
		}
	}
	return true
}

// breaks says whether a tag ends a run of text.
func (e *event) breaks() bool {
	switch e.tag {
	case tagBlock, tagHeading, tagForm, tagButton, tagOption, tagSelect, tagTextarea, tagBody:
		return true
	}
	return false
}

// pass keeps track of where the text of the page stands.
func (g *glance) pass(e *event) {
	opens := e.kind == startToken
	step := -1
	if opens {
		step = 1
	}
	if g.notes != nil && (e.tag.weighs() || e.tag == tagImg && g.inLink) {
		g.notes.weighed++
	}
	switch e.tag {
	case tagSelect, tagSVG:
		g.skip = max(0, g.skip+step)
	case tagStruck:
		g.struck = max(0, g.struck+step)
	case tagA:
		g.inLink = opens
	case tagImg:
		if g.inLink {
			g.pictures++
		}
	case tagBody:
		if opens {
			l := g.at(e)
			g.body = kindOfBody(l.get("class") + " " + l.get("id"))
		}
	case tagHeading:
		if !opens && g.inTitle && !g.heading && fold(string(g.title)) == g.name {
			g.heading = true
		}
		g.inTitle, g.title = opens, g.title[:0]
	}
}

// at reads the tag of an event once more, for its attributes.
func (g *glance) at(e *event) *lexer {
	l := &g.again
	*l = lexer{page: g.page, pos: int(e.start) - 1, attrs: l.attrs[:0]}
	l.next()
	g.reread += l.pos - int(e.start)
	return l
}

// addText appends the text of event i to the open run.
func (g *glance) addText(i int) {
	e := &g.events[i]
	raw := g.page[e.start:e.end]
	if len(g.marks) == 0 {
		text := trimSpaces(raw)
		if g.seen = look(text, g.lacks); g.seen.plain { // most runs are one such text
			if g.inTitle {
				g.title = append(append(g.title, ' '), text...)
			}
			g.single = text
			g.marks = append(g.marks, mark{0, i, g.struck > 0})
			g.trailing = isTagSpace(raw[len(raw)-1])
			return
		}
	}
	text := textValue(raw, false)
	if len(g.line) > 1<<16 {
		return
	}
	if !isASCII(text) {
		text = norm.NFKC.String(text)
	}
	if g.inTitle {
		g.title = append(append(g.title, ' '), text...)
	}
	if len(g.marks) == 0 {
		g.marks = append(g.marks, mark{0, i, g.struck > 0})
		if text = trimSpaces(text); isSqueezed(text) {
			g.single = text
		} else {
			g.line = appendSqueezed(g.line, text)
		}
		g.trailing = isTagSpace(raw[len(raw)-1])
		return
	}
	g.seen = facts{}
	if g.single != "" {
		g.line, g.single = append(g.line, g.single...), ""
	}
	if (e.gap || g.trailing) && len(g.line) > 0 {
		g.line = append(g.line, ' ')
	}
	g.trailing = false
	g.marks = append(g.marks, mark{len(g.line), i, g.struck > 0})
	g.line = appendSqueezed(g.line, text)
}

// endRun looks at the run that has ended.
func (g *glance) endRun() bool {
	if len(g.marks) == 0 {
		return true
	}
	text := g.single
	if text == "" {
		text = strings.TrimRight(string(g.line), " ")
	}
	ok := text == "" || g.agreesWith(text)
	g.line, g.marks, g.single = g.line[:0], g.marks[:0], ""
	if text != "" {
		g.prev = text
		g.runs++
	}
	return ok
}

func (g *glance) agreesWith(text string) bool {
	f := g.seen
	if !f.plain {
		if f = look(text, g.lacks); !f.plain {
			f = facts{digit: hasDigit(text), list: true, label: true}
		}
	}
	if g.notes != nil && (f.digit || g.label || f.list && len(text) <= maxListWords && saysList(text)) {
		g.notes.weighed++
	}
	labels := g.labels
	if !g.numbersKnown(text, f.label) {
		return false
	}
	if g.notes != nil && g.labels > labels {
		g.notes.weighed++
	}
	if g.heading && !g.confirmed && len(text) >= 6 && len(text) <= maxRelatedHead && beginsRelated(fold(text)) {
		return false // what stands behind it may be the price of another product
	}
	g.lists = g.lists || !g.sure && f.list && len(text) <= maxListWords && saysList(text)
	if f.digit && len(text) <= maxAmountText {
		if p := percentIn(text); p >= 3 && len(g.percents) < 20 {
			g.percents = append(g.percents, p)
		}
		return g.amountsAgree(text)
	}
	return true
}

// maxListWords is the longest text that may head a choice of order or stand in place of
// an empty list.
const maxListWords = 150

// listStarts are the letters with which the words begin that saysList looks for.
var listStarts = func() (t [256]bool) {
	for _, c := range []byte("nkabisotNKABISOT") {
		t[c] = true
	}
	return t
}()

// saysList says whether a short text may head a choice of order or stand in place
// of an empty list. Most are told by how their words begin.
func saysList(text string) bool {
	may, ascii := false, true
	for i, start := 0, true; i < len(text) && !may; i++ {
		c := text[i]
		if c >= utf8.RuneSelf {
			ascii = false
		}
		may = start && listStarts[c] && startsList(text[i:], i == 0)
		start = c == ' '
	}
	if !ascii {
		may = may || strings.Contains(text, "並") || strings.Contains(text, "表示") || strings.Contains(text, "ません") || strings.Contains(text, "0件")
	}
	if !may {
		return false
	}
	f := fold(text)
	for _, w := range sortLabels {
		if strings.HasPrefix(f, w) {
			return true
		}
	}
	return hasWord(f, emptyLists[:])
}

// startsList says whether the word at the start of text, whose first letter is one of
// listStarts, may be one that saysList looks for. first says that no text stands before.
func startsList(text string, first bool) bool {
	switch lowerByte(text[0]) {
	case 'n': // "no products", "no items", "no results", "no hay productos", "nessun prodotto"
		return len(text) > 3 && text[2] == ' ' && strings.IndexByte("pirhPIRH", text[3]) >= 0 || hasPrefixFold(text, "ness")
	case 'k', 'a', 'b': // "keine", "aucun", "brak"
		return hasPrefixFold(text, "keine") || hasPrefixFold(text, "aucun") || hasPrefixFold(text, "brak")
	case 'i': // "ingen", "inga", "items per page"
		return hasPrefixFold(text, "ing") || first && hasPrefixFold(text, "items per")
	case 's', 'o', 't':
		return first && (hasPrefixFold(text, "so") || hasPrefixFold(text, "or") || hasPrefixFold(text, "show") || hasPrefixFold(text, "tri"))
	}
	return false
}

func hasPrefixFold(s, lower string) bool {
	return len(s) >= len(lower) && equalLower(s[:len(lower)], lower)
}

// amountsAgree holds the amounts of money of a run against the price.
func (g *glance) amountsAgree(text string) bool {
	g.found = appendAmounts(g.found[:0], text, "")
	found, noted := g.found, false
	for k := range found {
		a := &found[k]
		if a.negative || a.Value == "" {
			continue
		}
		value := amountFloat(a.Value)
		if a.Sign == "" {
			// Without a sign it counts where the page calls it a price.
			if value > g.pay {
				if around, struck := g.around(a.start); struck || around&markOld != 0 {
					return false
				}
			}
			continue
		}
		g.amounts++
		first := g.heading && !g.confirmed
		same := value == g.pay
		higher := value > g.pay || a.High != "" && amountFloat(a.High) > g.pay
		if !first && !same && !higher {
			continue
		}
		if !noted && (first || same) {
			noteTax(found, text)
			noted = true
		}
		prevEnd := 0
		if k > 0 {
			prevEnd = found[k-1].end
		}
		around, struck := g.around(a.start)
		label := lastLabel(g.labelBefore(text[prevEnd:a.start], k))
		old := struck || around&markOld != 0 || label == labelOld
		if higher && old {
			return false
		}
		if higher && len(g.higher) < 200 {
			g.higher = append(g.higher, value)
		}
		if same && !old {
			if g.taxes > 0 && g.tax != a.Tax {
				return false
			}
			g.tax = a.Tax
			g.taxes++
		}
		if !first {
			continue
		}
		if !same || old || label == labelNo || a.High != "" || a.Tax == catalog.TaxExcluded || around&(markNoPrice|markExTax) != 0 || perUnit(text[a.end:]) {
			return false
		}
		g.confirmed = true
	}
	return true
}

// labelBefore is what may label the k-th amount of the last run: the text before
// it, or, at the start of the run, the short run before.
func (g *glance) labelBefore(before string, k int) string {
	label := fold(lastWords(before, 60))
	if label == "" && k == 0 && len(g.prev) <= 60 && !hasDigit(g.prev) {
		label = fold(g.prev)
	}
	return label
}

// lacking lists the fields of p that are missing.
func lacking(p *catalog.Product) (lacks fieldSet) {
	if p.GTIN == "" {
		lacks |= 1 << fieldGTIN
	}
	if p.MPN == "" {
		lacks |= 1<<fieldMPN | 1<<fieldModel
	}
	if p.Brand == "" {
		lacks |= 1 << fieldBrand
	}
	return lacks
}

// numbersKnown says whether a run has no label of a field that p lacks, with a
// value behind it. labelled says that there may be such a label.
func (g *glance) numbersKnown(text string, labelled bool) bool {
	if !labelled && !g.label {
		return true
	}
	if g.lacks == 0 || len(text) > 400 {
		g.label = false
		return true
	}
	var found, loose codes
	if g.label {
		g.label = false
		rest, _ := afterLabel(text)
		g.field.take(rest, true, &found, &loose)
	}
	low, prose := "", len(text) > 120
	for at := 0; at < len(text); {
		at = nextLabel(text, at, g.lacks)
		if at >= len(text) {
			break
		}
		if low == "" {
			if low = strings.ToLower(text); len(low) != len(text) {
				return true
			}
		}
		field, end, own, ok := labelIn(low, at, g.segs())
		at++
		if !ok {
			continue
		}
		g.labels++
		rest, strict := afterLabel(text[end:])
		strict = strict || own
		if rest == "" {
			g.label, g.field = true, field
			continue
		}
		if strict || !prose {
			field.take(rest, strict, &found, &loose)
		}
	}
	model := found.model
	if model == g.p.SKU {
		model = ""
	}
	return (g.p.GTIN != "" || found.gtin == "") && (g.p.MPN != "" || found.mpn == "" && model == "") && (g.p.Brand != "" || found.brand == "")
}

// segs is where the parts of the run begin.
func (g *glance) segs() []seg {
	g.parts = g.parts[:0]
	for _, m := range g.marks {
		g.parts = append(g.parts, seg{start: m.at})
	}
	return g.parts
}

// evidence is what is known to speak for and against a product page.
func (g *glance) evidence() evidence {
	var e evidence
	e.forCore(3, "a product with an offer in json-ld")
	isProduct, isList := ogKind(g.res)
	if isProduct {
		e.forCore(2.5, "og:type is product")
	}
	if isList {
		e.forList(2, "og:type is a group of products")
	}
	if g.m.og.p.Price.Amount != "" {
		e.forCore(1.5, "a price in meta elements")
	}
	if g.m.ctx.likeness(g.name) >= 4 {
		e.forProduct(1, "a heading that is the title")
	}
	switch g.body {
	case catalog.ProductP:
		e.forCore(2, "the page is named a product page")
	case catalog.Category:
		e.forList(2, "the page is named a list")
	}
	if g.res.Next != "" || g.res.Prev != "" {
		e.forList(1.5, "a next or previous page")
	}
	if (g.m.u.Path == "" || g.m.u.Path == "/") && g.m.u.RawQuery == "" {
		e.forList(3, "the home page")
	}
	return e
}

// againstAtMost bounds what could speak for a list beside what evidence knows.
func (g *glance) againstAtMost() float64 {
	bound := 0.0
	if g.amounts > 3 || g.pictures > 3 {
		bound += 1.75 + 0.75 // cards, and buttons in them
	}
	if g.lists {
		bound += 3 // a choice of order, an empty list
	}
	leaf := false
	for i := range g.res.Links {
		l := &g.res.Links[i]
		leaf = leaf || l.Text != "" && allDigits(l.Text)
		if strings.Contains(l.Raw, "?") && ordersList(l.Raw) {
			bound++
			break
		}
	}
	for i := range g.events {
		if e := &g.events[i]; e.tag == tagSelect && e.kind == startToken {
			bound++ // of order, for all that is known
			break
		}
	}
	if leaf {
		bound += 1.5 // page numbers
	}
	return bound
}

// ordersList says whether a link changes the order of a list.
func ordersList(ref string) bool {
	ref = strings.ToLower(ref)
	return strings.Contains(ref, "sort") || strings.Contains(ref, "order")
}
