package demoshop

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// newProduct is one product of the new shop.
type newProduct struct {
	id       int
	good     *good
	handle   string // as the platform stores it, unescaped
	title    string
	vendor   string
	kind     string // product type
	body     string // HTML
	tags     []string
	options  []newOption
	variants []newVariant
	draft    bool
	published,
	updated string // RFC 3339
	collections []string // handles
}

type newOption struct {
	name   string
	values []string
}

type newVariant struct {
	id        int
	options   []string
	sku       string
	barcode   string
	price     int
	available bool
}

// path is the path of the product page, percent-encoded.
func (p *newProduct) path() string { return "/products/" + url.PathEscape(p.handle) }

const firstNewID = 8412000417231

// newCatalogue makes the new shop's products, and says for each good which
// products continue it: usually one, none for what was not carried over, several
// for a page that was split (the first option first).
func newCatalogue(seed uint64, goods []good) (all []newProduct, continues map[int][]int) {
	r := rand.New(rand.NewPCG(seed, 0x6e6577))
	continues = make(map[int][]int)
	handles := make(map[string]int)
	var orphanSKUs []string // numbers of goods that left, some are given out again
	id := firstNewID
	add := func(p newProduct) {
		id += 32769 + r.IntN(90)*32
		p.id = id
		for i := range p.variants {
			p.variants[i].id = 44100000000000 + id%1000000000*10 + i
		}
		p.handle = uniqueHandle(handles, handleOf(r, &p))
		p.published = fmt.Sprintf("2026-09-%02dT10:%02d:00+09:00", 1+len(all)%28, len(all)%60)
		p.updated = fmt.Sprintf("2026-10-%02dT18:%02d:00+09:00", 1+len(all)%28, len(all)%60)
		continues[p.good.n] = append(continues[p.good.n], len(all))
		all = append(all, p)
	}
	for i := range goods {
		g := &goods[i]
		switch g.fate {
		case discontinued, hidden, membersOnly:
			orphanSKUs = append(orphanSKUs, g.model)
			continue
		}
		if g.pages == splitBySize {
			for k, size := range g.sizes {
				p := describe(r, g)
				p.title += " " + size
				p.variants = []newVariant{{options: []string{"Default Title"}, price: withTax(g.net+k*200, departments[g.dept].food), available: !g.sold}}
				p.options = []newOption{{"Title", []string{"Default Title"}}}
				if k == 0 {
					p.variants[0].sku, p.variants[0].barcode = g.model+"-"+size, g.jan
				}
				add(p)
			}
			continue
		}
		p := describe(r, g)
		p.draft = g.fate == drafted
		sku := newSKU(r, g)
		if g.fate == arrives && len(orphanSKUs) > 0 && r.IntN(3) == 0 {
			sku = orphanSKUs[0]
			orphanSKUs = orphanSKUs[1:]
		}
		price := g.gross()
		if r.IntN(100) < 20 { // rounded up to the next hundred
			price = (price + 99) / 100 * 100
		}
		p.options, p.variants = newVariants(r, g, sku, price)
		if g.jan != "" && r.IntN(100) < 60 {
			p.variants[0].barcode = g.jan
		}
		if g.fate == succeeded {
			p.title += " II"
			p.variants[0].barcode = ""
			for i := range p.variants {
				p.variants[i].sku = ""
			}
		}
		add(p)
	}
	return all, continues
}

// describe writes title, vendor and text in the manner of the new shop.
func describe(r *rand.Rand, g *good) newProduct {
	d := departments[g.dept]
	series, material, noun := g.series.ja, g.material.ja, g.noun.ja
	switch r.IntN(10) {
	case 0, 1, 2:
		noun = g.noun.other()
	case 3:
		noun, material = g.noun.other(), g.material.other()
	case 4:
		material = g.material.other()
	case 5:
		series = g.series.other()
	}
	title := series + " " + material + noun
	if r.IntN(4) == 0 {
		title = noun + " " + material + "（" + series + "）"
	}
	if g.spec != "" {
		title += " " + g.spec
	}
	if r.IntN(100) < 15 {
		title += " | " + makers[g.maker].ja
	}
	p := newProduct{
		good: g, title: title, vendor: makers[g.maker].ja, kind: d.smalls[g.small].other(),
		tags: []string{g.material.ja, g.noun.ja},
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<p>%s</p>\n<p>%s「%s」の%s。", newSentences[r.IntN(len(newSentences))], p.vendor, g.series.ja, g.noun.ja)
	fmt.Fprintf(&b, "素材は%sです。", g.material.ja)
	if g.spec != "" {
		fmt.Fprintf(&b, "サイズ・内容量：%s。", g.spec)
	}
	b.WriteString("</p>")
	p.body = b.String()
	return p
}

// newSKU keeps, reformats, drops or replaces the old number.
func newSKU(r *rand.Rand, g *good) string {
	switch n := r.IntN(100); {
	case n < 55:
		return g.model
	case n < 68:
		return strings.ToLower(g.model)
	case n < 78:
		return strings.ReplaceAll(g.model, "-", "")
	case n < 92:
		return ""
	}
	return fmt.Sprintf("TZ%05d", 20000+g.n)
}

func newVariants(r *rand.Rand, g *good, sku string, price int) ([]newOption, []newVariant) {
	variant := func(opts []string, suffix string) newVariant {
		v := newVariant{options: opts, price: price, available: !g.sold && r.IntN(8) != 0}
		if sku != "" {
			v.sku = sku + suffix
		}
		return v
	}
	var opts []newOption
	var out []newVariant
	if len(g.colours) > 0 {
		o := newOption{name: "カラー"}
		for _, c := range g.colours {
			o.values = append(o.values, colours[c].ja)
		}
		opts = append(opts, o)
	}
	if len(g.sizes) > 0 {
		opts = append(opts, newOption{"サイズ", g.sizes})
	}
	switch {
	case len(g.colours) > 0 && len(g.sizes) > 0:
		for _, c := range g.colours {
			for _, s := range g.sizes {
				out = append(out, variant([]string{colours[c].ja, s}, "-"+colours[c].code+"-"+s))
			}
		}
	case len(g.colours) > 0:
		for _, c := range g.colours {
			out = append(out, variant([]string{colours[c].ja}, "-"+colours[c].code))
		}
	case len(g.sizes) > 0:
		for _, s := range g.sizes {
			out = append(out, variant([]string{s}, "-"+s))
		}
	default:
		v := variant([]string{"Default Title"}, "")
		v.available = !g.sold
		return []newOption{{"Title", []string{"Default Title"}}}, []newVariant{v}
	}
	return opts, out
}

// handleOf picks one of the three ways in which owners get their handles: Latin
// words, the item number, or the Japanese title as the platform keeps it.
func handleOf(r *rand.Rand, p *newProduct) string {
	n := r.IntN(100)
	switch {
	case n < 25:
		return titleHandle(p.title)
	case n < 45 && p.variants[0].sku != "":
		return asciiSlug(p.variants[0].sku)
	}
	return p.good.slugWords()
}

// titleHandle lowers the title and turns runs of blanks and signs into hyphens;
// Japanese letters stay. This is what is known of Shopify's handles for titles in
// Japanese (https://shopify.dev/docs/api/liquid/basics, product links in public
// code), applied after folding widths, which the platform's rule does not tell.
func titleHandle(title string) string {
	var b strings.Builder
	gap := false
	for _, c := range strings.ToLower(norm.NFKC.String(title)) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c >= 'ぁ' && c <= 'ゖ', c >= 'ァ' && c <= 'ヶ', c == 'ー', c >= '一' && c <= '鿿':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(c)
		default:
			gap = true
		}
	}
	return b.String()
}

// uniqueHandle counts on for a handle that is taken: potion, potion-1.
func uniqueHandle(taken map[string]int, h string) string {
	n := taken[h]
	taken[h]++
	if n == 0 {
		return h
	}
	return uniqueHandle(taken, fmt.Sprintf("%s-%d", h, n))
}
