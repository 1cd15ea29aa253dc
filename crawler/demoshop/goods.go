package demoshop

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// good is one kind of goods as it lies on the shelf: what both shops sell,
// whatever each of them calls it.
type good struct {
	n        int // running number, in the order of arrival
	dept     int // index into departments
	small    int // index into its small categories
	maker    int // index into makers
	series   word
	material word
	noun     noun
	spec     string // one of noun.specs, or ""
	colours  []int  // indices into colours; empty when there is no choice
	sizes    []string
	net      int    // price in yen without tax
	model    string // the maker's number, "TY-1042"
	jan      string // 13 digits, "" for most
	sold     bool   // out of stock
	fate     fate
	pages    pageForm
}

// fate is what becomes of a good in the move.
type fate int

const (
	moves        fate = iota // sold in both shops
	discontinued             // old shop only
	succeeded                // old shop only, a newer model is in the new one
	hidden                   // in the old shop's file, not on its site
	membersOnly              // old shop, for logged-in members
	drafted                  // its product in the new shop is not published yet
	arrives                  // new shop only
)

// pageForm is how many pages a good has.
type pageForm int

const (
	onePage      pageForm = iota
	colourPages           // old shop: a page for each colour; new shop: one product
	splitBySize           // old shop: one page with sizes; new shop: a product for each
	campaignCopy          // old shop: the normal page and a copy for a campaign
)

const goodsByDefault = 236

// stock makes the goods of a seed. count is the number of goods that the old shop
// knows, hidden ones included; about a tenth as many again only arrive in the new.
func stock(seed uint64, count int) []good {
	if count <= 0 {
		count = goodsByDefault
	}
	r := rand.New(rand.NewPCG(seed, 0x7375636b))
	arriving := count/10 + 1
	seen := make(map[string]bool)
	goods := make([]good, 0, count+arriving)
	for n := 0; n < count+arriving; n++ {
		g := draw(r, n, seen)
		g.fate, g.pages = destiny(n, count, g)
		if g.pages == colourPages && len(g.colours) == 0 {
			g.colours = threeColours(r)
		}
		if g.pages == splitBySize {
			g.sizes = []string{"S", "M", "L"}
			g.colours = nil
		}
		goods = append(goods, g)
	}
	return goods
}

// draw picks one good whose description nobody has had before.
func draw(r *rand.Rand, n int, seen map[string]bool) good {
	g := good{n: n, dept: n % len(departments), maker: r.IntN(len(makers))}
	d := departments[g.dept]
	for try := 0; ; try++ {
		g.noun = d.nouns[r.IntN(len(d.nouns))]
		g.material = d.materials[r.IntN(len(d.materials))]
		g.series = series[r.IntN(len(series))]
		g.spec = ""
		if len(g.noun.specs) > 0 {
			g.spec = g.noun.specs[r.IntN(len(g.noun.specs))]
		}
		if try > 200 { // very large shops: the words are used up
			g.series = word{fmt.Sprintf("第%d作", n), "", fmt.Sprintf("no%d", n)}
		}
		key := g.series.ja + "|" + g.material.ja + "|" + g.noun.ja + "|" + g.spec
		if !seen[key] {
			seen[key] = true
			break
		}
	}
	g.small = g.noun.small
	g.net = (g.noun.low + r.IntN(g.noun.high-g.noun.low+1)) * 10
	g.model = fmt.Sprintf("%s-%d", makers[g.maker].code, 1000+n*7+r.IntN(7))
	if r.IntN(100) < 40 {
		g.jan = jan(r)
	}
	g.sold = r.IntN(100) < 9
	switch g.noun.axes {
	case byColour:
		if r.IntN(100) < 55 {
			g.colours = threeColours(r)
		}
	case bySize:
		g.sizes = clothSizes
	case byColourAndSize:
		g.colours, g.sizes = threeColours(r), clothSizes
	}
	return g
}

// destiny spreads the fates over the running numbers, so that every shop of some
// size has each of them.
func destiny(n, count int, g good) (fate, pageForm) {
	if n >= count {
		return arrives, onePage
	}
	switch n % 59 {
	case 7, 23, 41:
		return hidden, onePage
	case 11, 30, 37, 52:
		return discontinued, onePage
	case 17:
		return succeeded, onePage
	case 47:
		if n%118 == 47 {
			return membersOnly, onePage
		}
		return drafted, onePage
	case 3, 20, 44:
		return moves, campaignCopy
	case 26:
		return moves, splitBySize
	}
	if g.noun.axes == byColour && n%5 == 1 {
		return moves, colourPages
	}
	return moves, onePage
}

func threeColours(r *rand.Rand) []int {
	p := r.Perm(len(colours))
	return p[:3]
}

// jan makes a 13-digit code with the Japanese prefix 49 and a right check digit.
func jan(r *rand.Rand) string {
	digits := []byte("49")
	for len(digits) < 12 {
		digits = append(digits, byte('0'+r.IntN(10)))
	}
	sum := 0
	for i, d := range digits {
		w := 1
		if i%2 == 1 {
			w = 3
		}
		sum += int(d-'0') * w
	}
	return string(digits) + string(rune('0'+(10-sum%10)%10))
}

// gross adds consumption tax, rounded down to the yen.
func (g good) gross() int { return withTax(g.net, departments[g.dept].food) }

func withTax(net int, food bool) int {
	if food {
		return net * 108 / 100
	}
	return net * 110 / 100
}

// slugWords are the words for a handle in Latin letters.
func (g good) slugWords() string {
	s := g.series.slug + "-" + g.material.slug + "-" + g.noun.slug
	if spec := asciiSlug(g.spec); spec != "" {
		s += "-" + spec
	}
	return s
}

// asciiSlug keeps letters and digits and turns every run of others into a hyphen.
func asciiSlug(s string) string {
	var b strings.Builder
	gap := false
	for _, c := range strings.ToLower(s) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(c)
			continue
		}
		gap = true
	}
	return b.String()
}
