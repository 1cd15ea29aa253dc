package extract

import (
	"net/url"
	"strings"

	"replatform/crawler/catalog"
)

// merger puts the product together from what the sources say.
type merger struct {
	u       *url.URL
	res     *Result
	r       *refs
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

// set fills a text field from the first draft that has a plausible value.
func (m *merger) set(field string, to *string, pick func(*catalog.Product) string, plausible func(string) bool) {
	for _, list := range [...][]*draft{m.globals, m.data, {m.og, m.hints}} {
		for _, d := range list {
			if v := pick(&d.p); v != "" && !unfilled(v) && (plausible == nil || plausible(v)) {
				*to = v
				m.out.Set(field, d.source)
				return
			}
		}
	}
}

// fill gives an empty field what the page shows.
func (m *merger) fill(field string, to *string, shown string) {
	if *to == "" && shown != "" {
		*to = shown
		m.out.Set(field, "page")
	}
}

// unfilled recognises what a template left in place of a value.
func unfilled(v string) bool {
	return strings.Contains(v, "{{") || strings.Contains(v, "${") || strings.HasPrefix(v, "$") || strings.HasPrefix(v, "%%")
}

// name settles the name. Structured data comes first, but names of shops, and
// titles written for search engines, give way to the heading of the page.
func (m *merger) name() {
	h := m.sight.name
	for _, d := range m.ordered() {
		n := d.p.Name
		if n == "" || m.shop.has(n) || unfilled(n) {
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
	if p.Sources["sku"] == "og" && m.codes.sku != "" {
		// Open Graph gives the number of the advertisement, the page its own.
		p.SKU = ""
		delete(p.Sources, "sku")
	}
	m.fill("sku", &p.SKU, m.codes.sku)
	m.fill("sku", &p.SKU, m.codes.model)
	m.set("mpn", &p.MPN, func(x *catalog.Product) string { return x.MPN }, notName)
	m.fill("mpn", &p.MPN, m.codes.mpn)
	if m.codes.model != p.SKU {
		m.fill("mpn", &p.MPN, m.codes.model)
	}
	m.set("gtin", &p.GTIN, func(x *catalog.Product) string { return x.GTIN }, nil)
	m.fill("gtin", &p.GTIN, m.codes.gtin)
	m.set("brand", &p.Brand, func(x *catalog.Product) string { return x.Brand }, nil)
	m.fill("brand", &p.Brand, m.codes.brand)
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
