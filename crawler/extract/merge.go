package extract

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"replatform/crawler/catalog"
)

// merger puts the product together from what the sources say.
type merger struct {
	u       *url.URL
	res     *Result
	r       resolver
	shop    shopNames
	ctx     nameContext
	view    *view
	sight   *sight
	globals []*draft
	data    []*draft // JSON-LD, microdata, RDFa: one each at most
	og      *draft
	hints   *draft
	codes   codes
	scripts []string
	hintCur string // currency the shop is known to sell in
	out     *catalog.Product
}

// ordered lists the drafts, the most trusted source first.
func (m *merger) ordered() []*draft {
	all := append([]*draft(nil), m.globals...)
	all = append(all, m.data...)
	return append(all, m.og, m.hints)
}

// chooseMain picks, among the products that one syntax tells of, the one that
// the page is about; nil when none stands out.
func (m *merger) chooseMain(all []*draft) *draft {
	var best *draft
	bestScore, second := -100.0, -100.0
	first := ""
	open := 0
	for i, d := range all {
		score := m.mainScore(d)
		if !d.related && i == 0 {
			score += 0.3
		}
		if !d.related {
			open++
		}
		switch {
		case best == nil || score > bestScore:
			if best != nil && fold(best.p.Name) != fold(d.p.Name) {
				second = bestScore
			}
			best, bestScore = d, score
			first = fold(d.p.Name)
		case fold(d.p.Name) != first && score > second:
			second = score
		}
	}
	switch {
	case best == nil, best.related && bestScore < 2:
		return nil
	case bestScore >= 2.5:
	case open == 1 && bestScore >= -0.5:
	case open > 1 && bestScore >= 1 && bestScore > second+1:
	default:
		return nil
	}
	m.join(best, all)
	return best
}

// join completes the chosen product from others that are the same: a page may
// open the same product in two places, each with half of it, or list every
// variant as a product.
func (m *merger) join(best *draft, all []*draft) {
	name := fold(best.p.Name)
	for _, d := range all {
		if d == best || d.related {
			continue
		}
		same := name != "" && fold(d.p.Name) == name ||
			d.p.Name == "" && (d.entity == nil || d.entity.node == nil || m.view == nil || m.placed(d) >= 0)
		if !same {
			continue
		}
		a, b := &best.p, &d.p
		fill := func(to *string, from string) {
			if *to == "" {
				*to = from
			}
		}
		fill(&a.Name, b.Name)
		fill(&a.SKU, b.SKU)
		fill(&a.MPN, b.MPN)
		fill(&a.GTIN, b.GTIN)
		fill(&a.Brand, b.Brand)
		fill(&a.Description, b.Description)
		if a.Price.Amount == "" || b.Price.Amount != "" && d.p.Name != "" && amountLess(b.Price.Amount, a.Price.Amount) {
			if a.Price.Amount != "" && best.high == "" {
				best.high = a.Price.Amount
			}
			a.Price, a.ListPrice = b.Price, b.ListPrice
		}
		a.Availability = better(a.Availability, b.Availability)
		if len(a.Images) == 0 {
			a.Images = b.Images
		}
		if len(a.Variants) == 0 {
			a.Variants = b.Variants
		}
	}
}

// mainScore says how much speaks for d being the product of the page.
func (m *merger) mainScore(d *draft) float64 {
	score := 0.0
	if d.related {
		score -= 6
	}
	if len(d.names) > 1 {
		like := m.ctx.likeness(fold(d.p.Name))
		for _, n := range d.names[1:] {
			if l := m.ctx.likeness(fold(n)); l > like+1 {
				d.p.Name, like = n, l
			}
		}
	}
	if name := fold(d.p.Name); name != "" {
		score += m.ctx.likeness(name)
		if m.shop.has(d.p.Name) {
			score -= 4
		}
	}
	if d.url != "" {
		if abs, ok := m.r.resolve(d.url); ok {
			if au, err := url.Parse(abs); err == nil {
				canonical, _ := url.Parse(m.res.Canonical)
				switch {
				case sameURL(au, m.u) || m.res.Canonical != "" && sameURL(au, canonical):
					score += 3
				case au.Path != "" && au.Path != "/" && !strings.Contains(d.url, "#"):
					score--
				}
			}
		}
	}
	if d.offers > 0 || d.p.Price.Amount != "" {
		score += 0.5
	}
	if d.entity != nil && d.entity.node != nil && m.view != nil {
		score += m.placed(d)
	}
	return score
}

// placed judges where in the page a marked-up product stands.
func (m *merger) placed(d *draft) float64 {
	i, ok := m.view.index[d.entity.node]
	if !ok {
		return 0
	}
	n := &m.view.nodes[i]
	score := 0.0
	if n.all&inRelated != 0 {
		score -= 3
	}
	if n.all&(inCart|inChrome) != 0 {
		score -= 2
	}
	if n.own&inLink != 0 || n.all&inLink != 0 {
		score -= 2
	}
	h1 := 0
	for j := i; j <= n.end; j++ {
		if m.view.nodes[j].n.Data == "h1" {
			h1++
		}
	}
	if h1 > 0 {
		score += 2
	}
	// Sister elements of the same making are a list.
	if p := n.parent; p >= 0 && h1 == 0 {
		sisters := 0
		for c := m.view.nodes[p].n.FirstChild; c != nil; c = c.NextSibling {
			if c.Data == n.n.Data && (hasAttr(c, "itemscope") || hasAttr(c, "typeof")) {
				sisters++
			}
		}
		if sisters > 1 {
			score -= 2
		}
	}
	return score
}

// set fills a text field from the first draft that has a plausible value.
func (m *merger) set(field string, to *string, pick func(*catalog.Product) string, plausible func(string) bool) {
	for _, d := range m.ordered() {
		if v := pick(&d.p); v != "" && (plausible == nil || plausible(v)) {
			*to = v
			m.out.Set(field, d.source)
			return
		}
	}
}

// name settles the name. Structured data comes first, but names of shops, and
// titles written for search engines, give way to the heading of the page.
func (m *merger) name() {
	h := m.sight.name
	for _, d := range m.ordered() {
		n := d.p.Name
		if n == "" || m.shop.has(n) || strings.Contains(n, "{{") {
			continue
		}
		f := fold(n)
		if f == "" {
			continue
		}
		switch d.source {
		case "og":
			if h.at >= 0 && m.headingBeats(f, h) {
				continue
			}
		case "json-ld", "microdata", "rdfa":
			if h.at >= 0 && m.headingCorrects(f, h, d.source) {
				continue
			}
		}
		m.out.Name = n
		m.out.Set("name", d.source)
		return
	}
	if h.at >= 0 {
		m.out.Name = cut(h.text, maxName)
		m.out.Set("name", "page")
		return
	}
	if parts := titleParts(m.res.Title, m.shop); len(parts) > 0 && m.res.Type != catalog.Category {
		m.out.Name = cut(stripShop(m.res.Title, m.shop), maxName)
		m.out.Set("name", "title")
	}
}

// headingCorrects says whether the heading names the product better than
// structured data does. f is the name of the data, folded.
func (m *merger) headingCorrects(f string, h heading, source string) bool {
	if h.folded == f {
		return false
	}
	data, head := m.ctx.likeness(f), m.ctx.likeness(h.folded)
	switch {
	case strings.HasPrefix(f, h.folded+" "):
		return head >= 5 // "Hoodie - Blue, L" in the data of a page headed "Hoodie"
	case containsWords(h.folded, f):
		// <h1>Steel wheel <span itemprop="name">X 5</span></h1>
		return len(f) <= 3 || source != "json-ld" && m.view.nodes[h.at].n.Data == "h1" && head > data
	}
	return head >= data+2 && overlap(f, h.folded) < 0.3
}

// headingBeats says whether the heading names the product better than og:title
// does.
func (m *merger) headingBeats(og string, h heading) bool {
	switch {
	case og == h.folded:
		return true // same words; the heading has the right letters
	case containsWords(og, h.folded):
		return true // the title adds something
	case containsWords(h.folded, og):
		return len(og) < len(h.folded)/2 && len(og) < 8 // cut off at a quotation mark
	case strings.HasPrefix(h.folded, og):
		return true
	}
	return overlap(h.folded, og) >= 0.6 || h.score >= 7
}

// price settles the price the customer pays.
func (m *merger) price() {
	for _, d := range m.globals {
		if d.p.Price.Amount != "" {
			m.usePrice(d.p.Price, d.source)
			m.useListPrice(d.p.ListPrice, d.source)
			return
		}
	}
	var data []*draft
	for _, d := range append(append([]*draft(nil), m.data...), m.og, m.hints) {
		if d.p.Price.Amount != "" {
			data = append(data, d)
		}
	}
	var seen *priceSeen
	if m.sight.best >= 0 {
		seen = &m.sight.prices[m.sight.best]
	}
	if len(data) == 0 {
		if seen != nil {
			m.usePrice(catalog.Price{Amount: seen.Value, Currency: seen.Currency, Tax: seen.Tax}, "page")
		}
		m.useListPrice(catalog.Price{}, "page")
		return
	}
	d := m.pickData(data, seen)
	if d == nil {
		p := catalog.Price{Amount: seen.Value, Currency: seen.Currency, Tax: seen.Tax}
		if p.Currency == "" {
			p.Currency = data[0].p.Price.Currency
		}
		m.usePrice(p, "page")
		m.useListPrice(catalog.Price{}, "page")
		return
	}
	price := d.p.Price
	if seen != nil && seen.High != "" && !amountLess(price.Amount, seen.Value) && !amountLess(seen.High, price.Amount) {
		price.Amount = seen.Value // the page shows a range around it
	}
	if seen != nil && price.Tax == "" && amountEqual(seen.Value, price.Amount) {
		price.Tax = seen.Tax
	}
	m.usePrice(price, d.source)
	m.useListPrice(d.p.ListPrice, d.source)
}

// pickData chooses among the prices of structured data by what the page shows;
// nil means that the page is right and they are not.
func (m *merger) pickData(data []*draft, seen *priceSeen) *draft {
	if seen != nil {
		for _, d := range data {
			if amountEqual(d.p.Price.Amount, seen.Value) {
				return d
			}
		}
	}
	var low *draft
	for _, d := range data {
		if now, _, _ := m.sight.shown(d.p.Price.Amount); now && d.source != "selector" {
			return d
		}
		if low == nil || amountLess(d.p.Price.Amount, low.p.Price.Amount) {
			low = d
		}
	}
	if seen == nil {
		return low
	}
	_, old, ex := m.sight.shown(low.p.Price.Amount)
	if (old || ex) && seen.score >= 3 {
		return nil
	}
	// Minor units by mistake: 198000 for 1,980.00.
	if f := amountFloat(low.p.Price.Amount); f == 100*amountFloat(seen.Value) {
		return nil
	}
	return low
}

func (m *merger) usePrice(p catalog.Price, source string) {
	m.out.Price = p
	m.out.Set("price", source)
}

// useListPrice stores the price that is crossed out: as the source says it, or
// as the page shows it.
func (m *merger) useListPrice(p catalog.Price, source string) {
	pay := m.out.Price.Amount
	if pay == "" {
		return
	}
	if p.Amount != "" && amountLess(pay, p.Amount) {
		m.out.ListPrice = p
		m.out.Set("list_price", source)
		return
	}
	for _, d := range []*draft{m.og, m.hints} {
		if l := d.p.ListPrice; l.Amount != "" && amountLess(pay, l.Amount) {
			m.out.ListPrice = l
			m.out.Set("list_price", d.source)
			return
		}
	}
	if l := m.sight.listPrice(pay); l != "" {
		m.out.ListPrice = catalog.Price{Amount: l}
		m.out.Set("list_price", "page")
	}
}

// currency fills the currency of the prices where the source left it out.
func (m *merger) currency() {
	p := m.out
	if p.Price.Amount == "" {
		return
	}
	code, source := p.Price.Currency, p.Sources["price"]
	if code == "" {
		for _, d := range m.ordered() {
			if c := d.p.Price.Currency; c != "" {
				code, source = c, d.source
				break
			}
		}
	}
	if code == "" {
		code, source = m.currencySeen()
	}
	if code == "" {
		return
	}
	p.Set("currency", source)
	p.Price.Currency = code
	p.Price.Amount = normaliseAmount(p.Price.Amount, code)
	if p.ListPrice.Amount != "" {
		if p.ListPrice.Currency == "" {
			p.ListPrice.Currency = code
		}
		if p.ListPrice.Tax == "" {
			p.ListPrice.Tax = p.Price.Tax
		}
		p.ListPrice.Amount = normaliseAmount(p.ListPrice.Amount, code)
	}
	for i := range p.Variants {
		v := &p.Variants[i].Price
		if v.Amount != "" && v.Currency == "" {
			v.Currency = code
		}
	}
}

func normaliseAmount(a, currency string) string {
	whole, fraction, _ := strings.Cut(a, ".")
	return plainDecimal(whole, fraction, currency)
}

// currencySeen tells the currency from the signs on the page, then from what its
// scripts and forms name, then from language and host name.
func (m *merger) currencySeen() (code, source string) {
	signText := ""
	if b := m.sight.best; b >= 0 {
		if c := m.sight.prices[b].Currency; c != "" {
			return c, "page"
		}
		signText = m.sight.prices[b].Sign
	}
	if signText == "" {
		for i := range m.sight.prices {
			if p := &m.sight.prices[i]; amountEqual(p.Value, m.out.Price.Amount) && p.Sign != "" {
				if p.Currency != "" {
					return p.Currency, "page"
				}
				signText = p.Sign
				break
			}
		}
	}
	if c := m.declaredCurrency(signText); c != "" {
		return c, "page"
	}
	if m.hintCur != "" {
		return m.hintCur, "shop"
	}
	if c := guessCurrency(signText, m.res.Lang, m.u.Hostname()); c != "" {
		return c, "page"
	}
	return "", ""
}

// declaredCurrency finds the one currency that scripts, forms and other meta
// elements of the page name and that fits the sign.
func (m *merger) declaredCurrency(signText string) string {
	counts := make(map[string]int)
	for _, text := range m.scripts {
		countCurrencies(text, counts)
	}
	for i := range m.view.nodes {
		m.view.countCurrency(m.view.nodes[i].n, counts)
	}
	best, tie := "", false
	for c, n := range counts {
		if !signFits(signText, c) {
			continue
		}
		switch {
		case best == "" || n > counts[best]:
			best, tie = c, false
		case n == counts[best]:
			tie = true
		}
	}
	if tie {
		return ""
	}
	return best
}

// countCurrency counts the code that an element names: in a form, a choice of
// currencies, a link that changes it.
func (v *view) countCurrency(n *html.Node, counts map[string]int) {
	named := func(keys ...string) bool {
		for _, k := range keys {
			if strings.Contains(strings.ToLower(attr(n, k)), "currency") {
				return true
			}
		}
		return false
	}
	code, weight := "", 1
	switch n.Data {
	case "input", "meta", "button":
		if named("name", "property", "itemprop", "id", "class") {
			for _, k := range [...]string{"value", "content", "name"} {
				if code = knownCode(attr(n, k)); code != "" {
					break
				}
			}
			weight = 2
		}
	case "option":
		if code = knownCode(attr(n, "value")); hasAttr(n, "selected") {
			weight = 3
		}
	case "a":
		if _, after, ok := strings.Cut(attr(n, "href"), "currency="); ok && len(after) >= 3 {
			code = knownCode(after[:3])
		}
	default:
		if code = knownCode(attr(n, "data-currency")); code == "" {
			code = knownCode(attr(n, "data-currency-code"))
		}
		weight = 2
	}
	if code != "" {
		counts[code] += weight
	}
}

// countCurrencies counts codes that a script assigns to something named
// currency.
func countCurrencies(text string, counts map[string]int) {
	low := strings.ToLower(text)
	if len(low) != len(text) {
		low = text
	}
	for from, n := 0, 0; n < 50; n++ {
		i := strings.Index(low[from:], "currency")
		if i < 0 {
			return
		}
		from += i + len("currency")
		rest := text[from:min(len(text), from+40)]
		j := strings.IndexAny(rest, ":=,")
		if j < 0 || j > 14 {
			continue
		}
		rest = strings.TrimLeft(rest[j+1:], " \t\\\"'")
		if len(rest) >= 3 && isUpper(rest[:3]) && wordEnd(rest, 3) {
			if c := knownCode(rest[:3]); c != "" {
				counts[c]++
			}
		}
	}
}

// signFits says whether a currency is written with the sign.
func signFits(signText, code string) bool {
	switch signText {
	case "$":
		switch code {
		case "USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS", "BRL":
			return true
		}
		return false
	case "¥":
		return code == "JPY" || code == "CNY"
	case "kr", "kr.", "Kr", "Kr.":
		return code == "DKK" || code == "SEK" || code == "NOK" || code == "ISK"
	}
	return true
}

// images gathers the pictures, the main one first.
func (m *merger) images() {
	seen := make(map[string]bool)
	addAll := func(refs []string, source string) {
		for _, ref := range refs {
			abs, ok := m.r.resolve(ref)
			if !ok || seen[abs] || placeholderImage(abs) || len(m.out.Images) >= maxImages {
				continue
			}
			seen[abs] = true
			m.out.Images = append(m.out.Images, abs)
			m.out.Set("image", source)
		}
	}
	for _, d := range m.globals {
		addAll(d.p.Images, d.source)
	}
	// Open Graph is filled with the large picture where structured data names a
	// small one; some shops put their logo there.
	if !m.ogImageIsLogo() {
		addAll(m.og.p.Images, "og")
	}
	for _, d := range append(append([]*draft(nil), m.data...), m.hints) {
		addAll(d.p.Images, d.source)
	}
	if len(m.out.Images) == 0 {
		if src := m.sight.mainImage(); src != "" {
			addAll([]string{src}, "page")
		}
	}
	if len(m.out.Images) == 0 {
		addAll(m.og.p.Images, "og")
	}
}

// ogImageIsLogo recognises the picture that a shop puts on every page.
func (m *merger) ogImageIsLogo() bool {
	if len(m.og.p.Images) == 0 {
		return false
	}
	name := strings.ToLower(m.og.p.Images[0])
	if i := strings.IndexAny(name, "?#"); i >= 0 {
		name = name[:i]
	}
	name = name[strings.LastIndexByte(name, '/')+1:]
	for _, w := range [...]string{"logo", "ogp", "default", "og-image", "og_image", "ogimage", "share", "facebook", "site-image", "common"} {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// rest fills the fields where the first plausible value wins.
func (m *merger) rest() {
	p := m.out
	notName := func(s string) bool { return len(s) <= 80 && fold(s) != fold(p.Name) }
	m.set("sku", &p.SKU, func(x *catalog.Product) string { return x.SKU }, notName)
	if p.SKU == "" || m.overruled() {
		for _, v := range [...]string{m.codes.sku, m.codes.model} {
			if v != "" && p.SKU == "" {
				p.SKU = v
				p.Set("sku", "page")
			}
		}
	}
	m.set("mpn", &p.MPN, func(x *catalog.Product) string { return x.MPN }, notName)
	if v := m.codes.mpn; p.MPN == "" && v != "" {
		p.MPN = v
		p.Set("mpn", "page")
	} else if v := m.codes.model; p.MPN == "" && v != "" && v != p.SKU {
		p.MPN = v
		p.Set("mpn", "page")
	}
	m.set("gtin", &p.GTIN, func(x *catalog.Product) string { return x.GTIN }, nil)
	if v := m.codes.gtin; p.GTIN == "" && v != "" {
		p.GTIN = v
		p.Set("gtin", "page")
	}
	m.set("brand", &p.Brand, func(x *catalog.Product) string { return x.Brand }, func(s string) bool { return len(s) <= 100 })
	if v := m.codes.brand; p.Brand == "" && v != "" {
		p.Brand = v
		p.Set("brand", "page")
	}
	for _, d := range m.ordered() {
		if d.p.Availability != "" {
			p.Availability = d.p.Availability
			p.Set("availability", d.source)
			break
		}
	}
	if p.Availability == "" {
		if a := m.sight.stock(); a != "" {
			p.Availability = a
			p.Set("availability", "page")
		}
	}
	for _, d := range m.ordered() {
		if len(d.p.Variants) > 0 {
			p.Variants = d.p.Variants
			p.Set("variants", d.source)
			break
		}
	}
	for i := range p.Variants {
		if img := p.Variants[i].Image; img != "" {
			p.Variants[i].Image, _ = m.r.resolve(img)
		}
	}
	m.description()
}

// overruled says whether the SKU found is only the article number that Open
// Graph gives to advertising, and the page itself labels another.
func (m *merger) overruled() bool {
	if m.out.Sources["sku"] == "og" && m.codes.sku != "" {
		m.out.SKU = ""
		delete(m.out.Sources, "sku")
		return true
	}
	return false
}

// description takes the fullest text: Open Graph texts are cut short, so the
// page's own comes before them.
func (m *merger) description() {
	p := m.out
	var short, shortSource string
	for _, d := range m.ordered() {
		v := d.p.Description
		if v == "" {
			continue
		}
		if d.source == "og" || strings.HasSuffix(v, "…") || strings.HasSuffix(v, "...") {
			if len(v) > len(short) {
				short, shortSource = v, d.source
			}
			continue
		}
		p.Description = v
		p.Set("description", d.source)
		return
	}
	if v := m.sight.describe(); len(v) > len(short) {
		p.Description = v
		p.Set("description", "page")
	} else if short != "" {
		p.Description = short
		p.Set("description", shortSource)
	}
}
