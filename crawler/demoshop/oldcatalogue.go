package demoshop

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"golang.org/x/text/width"
)

// oldProduct is one product page of the old shop.
type oldProduct struct {
	pid      int
	good     *good
	name     string // as the shop wrote it, decorations included
	model    string // 型番, "" for some
	jan      string
	net      int
	colour   int // index into colours for a page that is one colour, else -1
	variants []oldVariant
	stock    int // -1: not counted
	simple   string
	expl     string // HTML
	groups   []int  // indices into oldGroups
	members  bool
	hidden   bool
	campaign bool

	inCategory bool // reachable through its category
	inListing  bool // reachable through the complete listing
	inSitemap  bool
}

// oldVariant is one row of the option table.
type oldVariant struct {
	colour, size string
	net          int
	stock        int
	model        string
}

func (p *oldProduct) gross() int { return withTax(p.net, departments[p.good.dept].food) }

// total is the stock of all forms of the product, -1 when it is not counted.
func (p *oldProduct) total() int {
	if len(p.variants) == 0 {
		return p.stock
	}
	sum := 0
	for _, v := range p.variants {
		sum += v.stock
	}
	return sum
}

// soldOut reports whether nothing of the product can be bought.
func (p *oldProduct) soldOut() bool { return p.total() == 0 }

var oldGroups = []word{
	{"新入荷", "新着", "new"},
	{"送料無料の品", "", "free-shipping"},
	{"母の日特集", "母の日ギフト", "mothers-day"},
	{"今月のおすすめ", "", "monthly"},
	{"訳ありアウトレット", "アウトレット", "outlet"},
	{"店主の推し", "", "favourites"},
}

// groupKept says which groups have a collection in the new shop.
var groupKept = []bool{true, false, true, false, true, false}

const (
	campaignGroup = 3
	firstPID      = 158000123
)

// cbid and csid number the categories as the old platform does: the big one has a
// long number, the small ones are counted within it from 1.
func cbid(dept int) int { return 2600417 + dept*137 }
func gid(group int) int { return 2711903 + group*61 }

func oldCatalogue(seed uint64, goods []good) []oldProduct {
	r := rand.New(rand.NewPCG(seed, 0x6f6c64))
	pid := firstPID
	var all []oldProduct
	add := func(p oldProduct) {
		pid += 37 + r.IntN(9000)
		p.pid = pid
		p.jan = p.good.jan
		if p.colour >= 0 && p.jan != "" && p.colour != p.good.colours[0] {
			p.jan = "" // only the first colour carries the code
		}
		p.simple, p.expl = oldText(r, &p)
		all = append(all, p)
	}
	for i := range goods {
		g := &goods[i]
		if g.fate == arrives {
			continue
		}
		base := oldProduct{
			good: g, net: g.net, colour: -1, model: g.model,
			inCategory: true, inListing: true, inSitemap: true,
			hidden: g.fate == hidden, members: g.fate == membersOnly,
		}
		switch {
		case base.hidden, base.members:
			base.inCategory, base.inListing, base.inSitemap = false, false, false
		case g.n%37 == 5:
			base.inCategory, base.inListing = false, false
		case g.n%41 == 9:
			base.inCategory, base.inSitemap = false, false
		}
		if r.IntN(100) < 12 {
			base.model = ""
		}
		for k := range oldGroups {
			if k != campaignGroup && base.inCategory && r.IntN(100) < 7 {
				base.groups = append(base.groups, k)
			}
		}
		if g.pages == colourPages {
			for _, c := range g.colours {
				p := base
				p.colour = c
				if p.model != "" {
					p.model += "-" + colours[c].code
				}
				p.stock = stockLevel(r, g.sold)
				p.name = oldName(r, g, colours[c].ja)
				add(p)
			}
			continue
		}
		p := base
		p.stock = stockLevel(r, g.sold)
		p.variants = oldVariants(r, g, base.model)
		p.name = oldName(r, g, "")
		add(p)
	}
	// Campaign copies were made later than everything else.
	for i := range goods {
		g := &goods[i]
		if g.pages != campaignCopy || g.fate != moves {
			continue
		}
		p := oldProduct{
			good: g, net: g.net * 9 / 10, colour: -1, model: g.model, campaign: true,
			inListing: true, inSitemap: true, groups: []int{campaignGroup},
		}
		p.stock = stockLevel(r, false)
		p.variants = oldVariants(r, g, p.model)
		p.name = "【期間限定10％OFF】" + oldName(r, g, "")
		add(p)
	}
	return all
}

// stockLevel is -1 for goods that are not counted.
func stockLevel(r *rand.Rand, sold bool) int {
	switch {
	case sold:
		return 0
	case r.IntN(3) == 0:
		return -1
	}
	return 1 + r.IntN(40)
}

func oldVariants(r *rand.Rand, g *good, model string) []oldVariant {
	var out []oldVariant
	row := func(colour, size, code string, net int) {
		v := oldVariant{colour: colour, size: size, net: net, stock: r.IntN(12)}
		if g.sold {
			v.stock = 0
		}
		if model != "" {
			v.model = model + code
		}
		out = append(out, v)
	}
	for _, c := range g.colours {
		if len(g.sizes) == 0 {
			row(colours[c].ja, "", "-"+colours[c].code, g.net)
		}
		for _, s := range g.sizes {
			row(colours[c].ja, s, "-"+colours[c].code+"-"+s, g.net)
		}
	}
	if len(g.colours) == 0 {
		for i, s := range g.sizes {
			row("", s, "-"+s, g.net+i*200)
		}
	}
	return out
}

// oldName writes the title as the shop's staff did over the years: with and
// without the maker, decorated, in whatever width the keyboard stood.
func oldName(r *rand.Rand, g *good, colour string) string {
	parts := []string{g.series.ja, g.material.ja + "の" + g.noun.ja}
	if r.IntN(2) == 0 {
		parts[1] = g.material.ja + " " + g.noun.ja
	}
	if r.IntN(100) < 60 {
		parts = append([]string{makers[g.maker].ja}, parts...)
	}
	if g.spec != "" {
		parts = append(parts, g.spec)
	}
	if colour != "" {
		parts = append(parts, colour)
	}
	sep := []string{" ", " ", "　", "／"}[r.IntN(4)]
	name := strings.Join(parts, sep)
	switch r.IntN(10) {
	case 0, 1, 2:
		name = widenASCII(name)
	case 3:
		name = narrowKana(name)
	}
	if r.IntN(100) < 35 {
		name = oldPrefixes[r.IntN(len(oldPrefixes))] + name
	}
	if r.IntN(100) < 20 {
		name += oldSuffixes[r.IntN(len(oldSuffixes))]
	}
	return name
}

func widenASCII(s string) string {
	return strings.Map(func(c rune) rune {
		if c > ' ' && c < 0x7f {
			return c + 0xfee0
		}
		return c
	}, s)
}

func narrowKana(s string) string {
	var b strings.Builder
	for _, c := range s {
		if c >= 'ァ' && c <= 'ヶ' || c == 'ー' {
			b.WriteString(width.Narrow.String(string(c)))
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}

// oldText writes the short and the long description. The long one is HTML with
// bare line breaks, and holds characters of CP932 that JIS X 0208 lacks.
func oldText(r *rand.Rand, p *oldProduct) (simple, expl string) {
	g := p.good
	simple = fmt.Sprintf("%sの%s%s。", makers[g.maker].ja, g.material.ja, g.noun.ja)
	var b strings.Builder
	fmt.Fprintf(&b, "%s「%s」シリーズの%sです。<br />\r\n", makers[g.maker].ja, g.series.ja, g.noun.ja)
	b.WriteString(oldSentences[r.IntN(len(oldSentences))] + "<br>\r\n")
	b.WriteString(oldSentences[r.IntN(len(oldSentences))] + "\r\n")
	fmt.Fprintf(&b, "<ul>\r\n<li>①素材：%s</li>\r\n", g.material.ja)
	if g.spec != "" {
		fmt.Fprintf(&b, "<li>②サイズ・内容量：%s</li>\r\n", widenASCII(g.spec))
	}
	fmt.Fprintf(&b, "<li>③製造：㈱%s</li>\r\n", makers[g.maker].ja)
	b.WriteString("</ul>\r\n")
	fmt.Fprintf(&b, "お届けの目安：%d～%d営業日", 2+r.IntN(3), 6+r.IntN(5))
	if g.fate == succeeded {
		b.WriteString("<br />\r\n<b>※こちらの型は生産終了となりました。後継モデルを準備中です。</b>")
	}
	return simple, b.String()
}
