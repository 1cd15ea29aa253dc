package synth

import (
	"fmt"
	"strconv"
	"strings"

	"replatform/crawler/catalog"
	"replatform/planner/match/internal/pairing"
)

const (
	oldBase = "https://old.shop.invalid"
	newBase = "https://new.shop.invalid"
)

// move puts a family into the old shop, the new one, or both.
func (g *generator) move(p product) {
	single := len(p.options) == 1
	merged := !single && g.chance(g.s.merged)
	together := merged && g.chance(g.s.together)
	split := !single && !merged && g.chance(g.s.split)
	pages := p.options // one old page each
	if split || together {
		pages = p.options[:1]
	}
	if split && g.s.suffix != 2 && g.chance(0.6) {
		p.options[0].code = p.code // the first option keeps the code of the whole
	}
	target := make([]int32, len(pages))
	for k := range target {
		target[k] = -1
	}
	switch {
	case p.gone:
		for _, o := range p.options {
			g.free = append(g.free, o.code)
		}
	case merged:
		first := p.options[0]
		whole := item{code: p.code, gtin: first.gtin, price: first.price, colour: first.colour}
		if g.s.suffix == 2 {
			whole.code = first.code
		}
		j := g.newPage(&p, whole, nil)
		if g.s.variants {
			g.list(&g.m.New[j], p.options)
		}
		for k := range target {
			target[k] = j
		}
	default:
		for k, o := range p.options {
			if o.gone && !split {
				continue
			}
			j := g.newPage(&p, o, o.label)
			if k < len(target) {
				target[k] = j
			}
		}
	}
	if p.added {
		return
	}
	twin := -1
	if g.chance(g.s.copies) {
		twin = g.r.IntN(len(pages))
	}
	for k, o := range pages {
		label := o.label
		if split || together {
			label = nil
		}
		if together && g.s.suffix != 2 {
			o.code = p.code
		}
		r := g.page(&p, o, label, true)
		if together && g.chance(0.5) {
			g.list(&r, p.options)
		}
		g.m.Old = append(g.m.Old, r)
		g.m.Goods[0] = append(g.m.Goods[0], Good{p.family, o.colour})
		g.m.Truth = append(g.m.Truth, target[k])
		if k == twin {
			g.m.Goods[0] = append(g.m.Goods[0], Good{p.family, o.colour})
			g.m.Old = append(g.m.Old, g.copyPage(r))
			g.m.Truth = append(g.m.Truth, target[k])
		}
	}
}

// list writes the variants of a family into its page, mostly with their codes.
func (g *generator) list(r *pairing.Record, options []item) {
	for _, o := range options {
		if o.gone {
			continue
		}
		v := pairing.Variant{Title: strings.Join(o.label, " / ")}
		if g.chance(0.7) {
			v.SKU = o.code
		}
		if g.chance(g.s.gtinNew) {
			v.GTIN = o.gtin
		}
		r.Variants = append(r.Variants, v)
	}
}

func (g *generator) newPage(p *product, o item, label []string) int32 {
	g.m.New = append(g.m.New, g.page(p, o, label, false))
	g.m.Goods[1] = append(g.m.Goods[1], Good{p.family, o.colour})
	return int32(len(g.m.New) - 1)
}

// copyPage is a campaign copy of a page: another address, more promotion.
func (g *generator) copyPage(r pairing.Record) pairing.Record {
	g.serial++
	r.URL = fmt.Sprintf("%s/?pid=%d", g.oldBase, 5000000+g.serial)
	r.Title = pick(g, g.head) + r.Title
	if g.chance(0.5) {
		r.SKU = ""
	}
	if g.chance(0.5) {
		r.GTIN = ""
	}
	return r
}

func (g *generator) page(p *product, o item, label []string, old bool) pairing.Record {
	s := &g.s
	r := pairing.Record{Type: catalog.ProductP, Currency: "USD"}
	if s.d.ja {
		r.Currency = "JPY"
	}
	r.Title = g.title(p, label, old)
	price := o.price
	shown := o.code
	if old {
		if g.chance(s.skuOld) {
			r.SKU = shown
		}
		if g.chance(s.gtinOld) {
			r.GTIN = o.gtin
		}
	} else {
		switch x := g.r.Float64(); {
		case x < s.skuReplaced:
			shown = g.pattern(string("WXYZ"[g.r.IntN(4)]) + "000000")
		case x < s.skuReplaced+s.skuReformed:
			shown = g.reform(shown)
		}
		if g.chance(s.skuNew) {
			r.SKU = shown
		}
		if g.chance(s.gtinNew) {
			r.GTIN = o.gtin
			if g.chance(s.gtinWrong) {
				r.GTIN = pick(g, p.options).gtin
			}
		}
		switch x := g.r.Float64(); {
		case x < s.priceKept:
		case x < s.priceKept+s.priceTax:
			price *= s.tax
		default:
			price *= between(g.r, 0.75, 1.25)
		}
	}
	r.Price = g.money(price)
	said := s.brandNew
	if old {
		said = s.brandOld
	}
	if g.chance(said) {
		r.Brand = p.brand
	}
	r.Category = g.category(p.category, old)
	r.Image = g.image(o.code, old)
	r.Description = g.description(p, old)
	g.serial++
	drop := s.drop[1]
	if old {
		drop = s.drop[0]
	}
	for name, field := range map[string]*string{"sku": &r.SKU, "gtin": &r.GTIN, "price": &r.Price, "brand": &r.Brand, "category": &r.Category, "image": &r.Image, "description": &r.Description} {
		if drop[name] {
			*field = ""
		}
	}
	if old {
		r.URL = fmt.Sprintf("%s/?pid=%d", g.oldBase, 1000000+g.serial*7)
	} else {
		r.URL = g.address(g.newBase+"/products/", r.Title, shown)
	}
	return r
}

func (g *generator) money(x float64) string {
	if g.s.d.ja {
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	return strconv.FormatFloat(x, 'f', 2, 64)
}

func (g *generator) reform(code string) string {
	switch g.r.IntN(5) {
	case 0:
		return strings.ToLower(code)
	case 1:
		return strings.ReplaceAll(code, "-", "")
	case 2:
		return strings.ReplaceAll(code, "-", "_")
	case 3:
		return pick(g, []string{"N", "N ", "S-"}) + code
	}
	return code + pick(g, []string{"-JP", "-EU", "-N", "_A"})
}

func (g *generator) category(c string, old bool) string {
	if _, ok := g.renamed[c]; !ok {
		g.cats = append(g.cats, c)
		name := c
		switch g.r.IntN(6) {
		case 0:
			name = strings.ToUpper(c)
		case 1:
			name = c + pick(g, map[bool][]string{true: {"・その他", "一覧", "特集"}, false: {" & More", "s", " Collection"}}[g.s.d.ja])
		case 2:
			name = g.swapWords(c, 1)
		}
		g.renamed[c] = name
	}
	if g.chance(0.1) {
		return ""
	}
	if old {
		return c
	}
	return g.renamed[c]
}

func (g *generator) image(code string, old bool) string {
	g.serial++
	stem := strings.ToLower(strings.ReplaceAll(code, " ", "-"))
	if old {
		if g.s.image == 1 || g.s.image == 2 && g.chance(0.5) {
			stem = strconv.Itoa(g.serial)
		}
		return g.oldBase + "/img/" + stem + ".jpg"
	}
	if !g.chance(g.s.imageKept) {
		return fmt.Sprintf("%s/files/%016x.jpg", g.newBase, g.r.Uint64())
	}
	return fmt.Sprintf("%s/files/%s.jpg?v=%d", g.newBase, stem, g.r.IntN(1e9))
}

func (g *generator) description(p *product, old bool) string {
	if old && !g.chance(g.s.descOld) || !old && !g.chance(g.s.descNew) {
		return ""
	}
	if !old && g.chance(g.s.descEdited) {
		if g.chance(0.3) {
			return pick(g, g.s.d.phrases)
		}
		return p.desc + pick(g, g.s.d.phrases)
	}
	return p.desc
}

// reuseCodes gives codes of products that are gone to new ones.
func (g *generator) reuseCodes() {
	used := make(map[int32]bool)
	for _, t := range g.m.Truth {
		used[t] = true
	}
	for j := range g.m.New {
		if len(g.free) > 0 && !used[int32(j)] && g.m.New[j].SKU != "" && g.chance(g.s.reuse) {
			k := g.r.IntN(len(g.free))
			g.m.New[j].SKU = g.free[k]
			g.free = append(g.free[:k], g.free[k+1:]...)
		}
	}
}

// otherPages adds categories and fixed pages.
func (g *generator) otherPages() {
	add := func(old, new string, t catalog.PageType, oldPath, newPath string) {
		j := int32(-1)
		if new != "" {
			j = int32(len(g.m.New))
			g.m.New = append(g.m.New, pairing.Record{URL: g.newBase + newPath, Type: t, Title: new})
			g.m.Goods[1] = append(g.m.Goods[1], Good{})
		}
		if old != "" {
			g.m.Old = append(g.m.Old, pairing.Record{URL: g.oldBase + oldPath, Type: t, Title: old})
			g.m.Goods[0] = append(g.m.Goods[0], Good{})
			g.m.Truth = append(g.m.Truth, j)
		}
	}
	for k, c := range g.cats {
		name := g.renamed[c]
		if g.chance(0.1) {
			name = ""
		}
		add(c, name, catalog.Category, fmt.Sprintf("/?mode=cate&cbid=%d", 100+k), fmt.Sprintf("/collections/c%d", k))
	}
	list := enPages
	if g.s.d.ja {
		list = jaPages
	}
	for k, p := range list {
		if g.chance(0.15) {
			continue
		}
		add(p[0], p[1], catalog.Page, fmt.Sprintf("/help/%d.html", k), fmt.Sprintf("/pages/p%d", k))
	}
}
