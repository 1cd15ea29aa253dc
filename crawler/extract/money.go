package extract

import (
	"strings"

	"golang.org/x/net/html"

	"replatform/crawler/catalog"
)

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
	if price.Tax == "" {
		if seen == nil || !amountEqual(seen.Value, price.Amount) {
			seen = m.sight.payable(price.Amount)
		}
		if seen != nil {
			price.Tax = seen.Tax
		}
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
	if m.hintCur != "" && signFits(signText, m.hintCur) {
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
