// Package synth makes up shop moves with known answers: an old shop, a new shop and
// which page became which. The same seed gives the same move. All brands, products
// and codes are invented. Benchmarks measure on these moves, tests use small ones,
// and the trainer adds them to the cases it learns from, so that the model sees more
// kinds of shops than there are real answers for.
package synth

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"strings"

	"replatform/crawler/catalog"
	"replatform/planner/match/internal/pairing"
)

// Move is a shop move with its answers.
type Move struct {
	Old, New []pairing.Record
	Truth    []int32 // for each old page the index of its counterpart, -1 none

	Goods [2][]Good // what the pages of Old and New show
}

// Good is what a page shows: a family of products, from 1 (0: no product), in a colour.
type Good struct{ Family, Colour int }

// style is how one move was done: the same chances hold for all of its pages.
type style struct {
	d                             domain
	skuOld, skuNew                float64 // chance that a code is shown
	skuReplaced, skuReformed      float64
	suffix                        int // 0 option letters, 1 running number, 2 unrelated numbers
	gtinOld, gtinNew, gtinWrong   float64
	tax                           float64 // ratio for all prices, 1 none
	priceKept, priceTax           float64
	perOption                     bool // options have prices of their own
	image                         int  // 0 by code, 1 by number, 2 mixed
	imageKept                     float64
	descOld, descNew, descEdited  float64
	descNamed                     bool // descriptions repeat the name
	brandOld, brandNew, brandSaid float64
	promoOld, promoNew            float64
	edit                          float64 // strength of the edits of titles
	short                         float64 // chance that an old title is the short name
	merged, split, copies         float64
	optionGone, gone, added       float64
	reuse                         float64 // codes of gone products given to new ones
	optionStyle                   int
	handle                        int // 0 title, 1 code, 2 number, 3 mixed
	sparse                        bool
	variants                      bool               // the new shop lists the variants of a product
	together                      float64            // families that are one page in either shop
	nameOld, nameNew              string             // shop name behind every title
	drop                          [2]map[string]bool // columns that a shop does not show at all
}

func between(r *rand.Rand, lo, hi float64) float64 { return lo + (hi-lo)*r.Float64() }

func newStyle(r *rand.Rand, d domain) style {
	s := style{d: d,
		skuOld: between(r, 0.5, 1), skuNew: between(r, 0.4, 1), skuReplaced: between(r, 0.02, 0.4), skuReformed: between(r, 0, 0.3), suffix: r.IntN(3),
		gtinOld: between(r, 0, 0.7), gtinNew: between(r, 0, 0.7), gtinWrong: between(r, 0, 0.04),
		tax: []float64{1, 1.1, 1.08, 1.2, 1 / 1.1}[r.IntN(5)], priceKept: between(r, 0.2, 0.9), priceTax: between(r, 0, 0.6), perOption: r.IntN(2) == 0,
		image: r.IntN(3), imageKept: between(r, 0.05, 0.6),
		descOld: between(r, 0.2, 0.95), descNew: between(r, 0.2, 0.95), descEdited: between(r, 0, 0.6), descNamed: r.IntN(3) > 0,
		brandOld: between(r, 0, 0.8), brandNew: between(r, 0.2, 0.95), brandSaid: between(r, 0.2, 0.8),
		promoOld: between(r, 0, 0.5), promoNew: between(r, 0, 0.12), edit: between(r, 0.2, 1.1), short: 0,
		merged: between(r, 0, 0.7), split: between(r, 0, 0.15), copies: between(r, 0, 0.05),
		optionGone: between(r, 0, 0.05), gone: between(r, 0.03, 0.2), added: between(r, 0.05, 0.25), reuse: between(r, 0, 0.5),
		optionStyle: r.IntN(4), handle: r.IntN(4), sparse: r.IntN(5) == 0,
	}
	s.variants, s.together = r.IntN(5) < 2, between(r, 0, 0.3)*float64(r.IntN(2))
	shopName := []string{" | " + d.brands[0] + " Online", " - " + d.brands[1] + " Store", "｜" + d.brands[0] + "公式"}[r.IntN(3)]
	switch r.IntN(6) {
	case 0:
		s.nameOld = shopName
	case 1:
		s.nameNew = shopName
	}
	for k := range s.drop {
		s.drop[k] = make(map[string]bool)
		for _, c := range []string{"sku", "gtin", "price", "brand", "category", "image", "description"} {
			s.drop[k][c] = r.IntN(14) == 0
		}
	}
	if d.models && r.IntN(2) == 0 {
		s.short = between(r, 0, 0.25)
	}
	if s.sparse { // a shop whose pages say little
		s.skuOld, s.skuNew = s.skuOld*between(r, 0, 0.5), s.skuNew*between(r, 0, 0.5)
		s.gtinOld, s.imageKept = 0, s.imageKept/3
	}
	return s
}

// product is one family before the move.
type product struct {
	family   int
	name     []string // words
	short    []string
	brand    string
	category string
	price    float64
	code     string
	desc     string
	options  []item // one without name when there are none
	gone     bool
	added    bool
}

type item struct {
	label  []string // option words
	colour int      // of its picture: sizes of one colour look alike
	code   string
	gtin   string
	price  float64
	gone   bool
}

// New makes up a move with about n old pages.
func New(seed uint64, n int) *Move {
	r := rand.New(rand.NewPCG(seed, 0x6d6f7665))
	st := newStyle(r, domains[r.IntN(len(domains))])
	st.d.traits, st.d.kinds = some(r, st.d.traits, 6), some(r, st.d.kinds, 4)
	g := &generator{r: r, s: st, m: &Move{}, names: make(map[string]bool), handles: make(map[string]int), oldBase: oldBase, newBase: newBase}
	g.make(n)
	return g.m
}

// make fills the move with about n old pages.
func (g *generator) make(n int) {
	g.promos()
	for len(g.m.Old) < n {
		g.move(g.product())
	}
	g.reuseCodes()
	g.otherPages()
	g.shuffle()
}

// some keeps a part of the words, at least the given number: shops whose names are
// made of few words have many that are nearly alike.
func some(r *rand.Rand, ws []string, least int) []string {
	n := least + r.IntN(max(1, len(ws)-least+1))
	out := make([]string, 0, n)
	for _, k := range r.Perm(len(ws))[:min(n, len(ws))] {
		out = append(out, ws[k])
	}
	return out
}

type generator struct {
	r       *rand.Rand
	s       style
	m       *Move
	names   map[string]bool
	handles map[string]int
	cats    []string // categories seen
	renamed map[string]string
	free    []string // codes of products that are gone
	serial  int
	family  int
	head    []string // promotion in use
	tail    []string
	lines   []string // names of product lines; without them names are made of a trade's words alone

	oldBase, newBase string // beginning of every address
}

func (g *generator) chance(p float64) bool { return g.r.Float64() < p }

func pick[T any](g *generator, xs []T) T { return xs[g.r.IntN(len(xs))] }

func (g *generator) promos() {
	head, tail := enPromo, enPromoTail
	if g.s.d.ja {
		head, tail = jaPromo, jaPromoTail
	}
	for range 2 + g.r.IntN(6) {
		g.head = append(g.head, pick(g, head))
		g.tail = append(g.tail, pick(g, tail))
	}
	g.renamed = make(map[string]string)
}

// product makes up a family. Names are composed so that many share most of their
// words, as those of a real shop do.
func (g *generator) product() product {
	d := g.s.d
	var p product
	for try := 0; ; try++ {
		p.name = p.name[:0]
		seen := map[string]bool{}
		for range 1 + g.r.IntN(3) + try/20 {
			if w := pick(g, d.traits); !seen[w] {
				seen[w] = true
				p.name = append(p.name, w)
			}
		}
		if len(g.lines) > 0 {
			p.name = append(p.name, pick(g, g.lines))
		}
		kind := pick(g, d.kinds)
		p.category = kind
		p.name = append(p.name, strings.Fields(kind)...)
		p.short = nil
		if d.models && g.chance(0.7) {
			m := g.pattern([]string{"AA-000", "A000", "AA00", "AAA-00A", "00A"}[g.r.IntN(5)])
			p.name = append([]string{m}, p.name...)
			p.short = []string{m}
			if g.chance(0.4) {
				p.short = append(p.short, strings.Fields(kind)...)
			}
		}
		if d.specs && g.chance(0.6) {
			p.name = append(p.name, g.spec())
		}
		if g.chance(0.4) {
			p.name = append(p.name, strings.Fields(pick(g, d.extras))...)
		}
		p.brand = pick(g, d.brands)
		if key := p.brand + strings.Join(p.name, " "); !g.names[key] || try > 60 {
			g.names[key] = true
			break
		}
	}
	p.price = g.round(d.prices[0] * math.Pow(d.prices[1]/d.prices[0], g.r.Float64()))
	p.code = g.pattern(d.codes)
	p.gone = g.chance(g.s.gone)
	p.added = !p.gone && g.chance(g.s.added)
	p.options = g.options(&p)
	p.desc = g.describe(&p)
	g.family++
	p.family = g.family
	return p
}

func (g *generator) options(p *product) []item {
	axes := enAxes
	if g.s.d.ja {
		axes = jaAxes
	}
	one := func(axis string) []option {
		os := pick(g, axes[axis])
		from := 0
		n := 2 + g.r.IntN(len(os)-1)
		if n < len(os) {
			from = g.r.IntN(len(os) - n + 1)
		} else {
			n = len(os)
		}
		return os[from : from+n]
	}
	var first, second []option
	axis := pick(g, g.s.d.axes)
	switch a := axis; a {
	case "none":
	case "color-size":
		first, second = one("color"), one("size")
	default:
		first = one(a)
	}
	var out []item
	add := func(label []string, suffix string, colour int) {
		it := item{label: label, code: p.code, gtin: g.gtin(), price: p.price, colour: colour}
		if suffix != "" {
			switch g.s.suffix {
			case 0:
				it.code += "-" + suffix
			case 1:
				it.code += fmt.Sprintf("-%d", len(out)+1)
			case 2:
				it.code = g.pattern(g.s.d.codes)
			}
			if g.s.perOption {
				it.price = g.round(p.price * (1 + 0.6*float64(len(out)%6)))
			}
			it.gone = !p.gone && !p.added && g.chance(g.s.optionGone)
		}
		out = append(out, it)
	}
	switch {
	case first == nil:
		add(nil, "", 0)
	case second == nil:
		for k, o := range first {
			if axis != "color" && axis != "shade" {
				k = 0
			}
			add([]string{o.name}, o.code, k)
		}
	default:
		for k, o := range first {
			for _, q := range second {
				add([]string{o.name, q.name}, o.code+"-"+q.code, k)
			}
		}
	}
	return out
}

func (g *generator) spec() string {
	n := []int{2, 4, 5, 8, 10, 12, 16, 18, 20, 24, 32, 40, 50, 64, 100, 120, 250, 500}[g.r.IntN(18)]
	units := words("W V GB cm mm m pcs TB")
	if g.s.d.ja {
		units = words("cm W mm L 畳 号 段 kg")
	}
	return fmt.Sprintf("%d%s", n, pick(g, units))
}

func (g *generator) pattern(p string) string {
	b := []byte(p)
	for i := range b {
		switch b[i] {
		case 'A':
			b[i] = "ABCDEFGHJKLMNPRSTUVWXYZ"[g.r.IntN(23)]
		case '0':
			b[i] = '0' + byte(g.r.IntN(10))
		}
	}
	return string(b)
}

func (g *generator) gtin() string {
	body := fmt.Sprintf("45%010d", g.r.Int64N(1e10))
	for c := '0'; c <= '9'; c++ {
		if _, ok := catalog.NormaliseGTIN(body + string(c)); ok {
			return body + string(c)
		}
	}
	return ""
}

func (g *generator) round(x float64) float64 {
	if g.s.d.ja {
		return math.Round(x/10) * 10
	}
	return math.Round(x) - 0.05
}

func (g *generator) describe(p *product) string {
	var b strings.Builder
	if g.s.descNamed || g.chance(0.3) {
		if g.s.d.ja {
			fmt.Fprintf(&b, "%sの%sです。", p.brand, strings.Join(p.name, " "))
		} else {
			fmt.Fprintf(&b, "%s %s. ", p.brand, strings.Join(p.name, " "))
		}
	}
	for range g.r.IntN(3) {
		b.WriteString(pick(g, g.s.d.phrases))
	}
	return b.String()
}

func (g *generator) shuffle() {
	m := g.m
	po, pn := g.r.Perm(len(m.Old)), g.r.Perm(len(m.New))
	old, new, truth := make([]pairing.Record, len(m.Old)), make([]pairing.Record, len(m.New)), make([]int32, len(m.Old))
	goods := [2][]Good{make([]Good, len(m.Old)), make([]Good, len(m.New))}
	for i, k := range pn {
		new[k], goods[1][k] = m.New[i], m.Goods[1][i]
	}
	for i, k := range po {
		old[k], goods[0][k] = m.Old[i], m.Goods[0][i]
		truth[k] = -1
		if m.Truth[i] >= 0 {
			truth[k] = int32(pn[m.Truth[i]])
		}
	}
	m.Old, m.New, m.Truth, m.Goods = old, new, truth, goods
}

func (g *generator) address(base, title, code string) string {
	g.serial++
	h := g.s.handle
	if h == 3 {
		h = g.r.IntN(3)
	}
	var s string
	switch {
	case h == 0:
		s = url.PathEscape(strings.ToLower(strings.Join(strings.Fields(title), "-")))
	case h == 1 && code != "":
		s = strings.ToLower(strings.ReplaceAll(code, " ", "-"))
	default:
		s = fmt.Sprintf("item-%d", 1000000+g.r.IntN(8999999))
	}
	if s == "" {
		s = fmt.Sprintf("item-%d", g.serial)
	}
	g.handles[s]++
	if n := g.handles[s]; n > 1 {
		s = fmt.Sprintf("%s-%d", s, n)
	}
	return base + s
}
