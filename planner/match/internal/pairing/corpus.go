package pairing

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"replatform/crawler/catalog"
	"replatform/planner/match/internal/text"
)

// Limits of what is read of one item.
const (
	maxTitleTokens = 48
	maxDescTokens  = 96
	maxSlugTokens  = 24
	maxKeys        = 24
)

// token of a title: the word and how it stood there.
type token struct {
	id    int32
	glued bool
}

// item is a record prepared for comparing.
type item struct {
	group    group
	category bool // the page is a category: pages may be paired with those too

	title   []token
	grams   []uint32 // of the title, sorted
	desc    []uint32 // grams of the description, sorted
	fields  []int32  // canonical words of brand, description, variants and address, sorted
	name    string   // title without blanks and marks
	brand   int32    // number of the brand, -1 unknown
	cat     int32    // number of the category (of a category page: of its name), -1 unknown
	parent  int32    // of a category page: number of the name of the category above, -1 unknown
	dir     int32    // number of the directory of the address, -1 unknown
	sku     string
	skuForm uint64 // shape of the code: which runs of letters and digits
	gtin    string
	image   string   // stem of the file name, letters and digits; "" when it is no name
	slug    string   // last part of the address, letters and digits
	keys    []uint64 // hashes of codes that may identify the item, sorted
	forms   []uint64 // hashes of the variants' codes and barcodes, sorted
	price   float64
	money   int32  // number of the currency, -1 unknown
	subject int16  // standard subject of a page, 0 none
	rawDesc uint64 // hash of the folded description

	siblings int32 // items of the same shop whose title differs by one word
}

// Corpus holds both shops, prepared.
type Corpus struct {
	lex     *lexicon
	sides   [2][]item
	grams   *gramTable // of titles
	descs   *gramTable // of descriptions
	brands  *names
	cats    *names
	dirs    *names
	money   *names
	parents *names // of categories above categories
	// pictures are nil when one of the shops has none.
	pictures *pictures
	variants *variantLists

	words   []token // working memory
	tokens  arena[token]
	numbers arena[uint32]
	ids     arena[int32]
	hashes  arena[uint64]

	keyCount [2]map[uint64]int32 // how many items have the key
	learnt   *learnt
}

// arena keeps many short lists in few large pieces of memory.
type arena[T any] struct{ free []T }

// keep copies a list. Appending to the copy does not touch its neighbours.
func (a *arena[T]) keep(list []T) []T {
	const piece = 1 << 15
	n := len(list)
	if n == 0 {
		return nil
	}
	if n > len(a.free) {
		a.free = make([]T, max(n, piece))
	}
	out := a.free[:n:n]
	a.free = a.free[n:]
	copy(out, list)
	return out
}

// names numbers folded names.
type names struct {
	ids   map[string]int32
	words []string
}

func newNames() *names { return &names{ids: make(map[string]int32)} }

func (n *names) id(s string) int32 {
	if s == "" {
		return -1
	}
	if id, ok := n.ids[s]; ok {
		return id
	}
	id := int32(len(n.words))
	n.ids[s] = id
	n.words = append(n.words, s)
	return id
}

// NewCorpus prepares both shops. progress is told how many pages have been read.
func NewCorpus(ctx context.Context, old, new Records, progress func(done int)) (*Corpus, error) {
	c := &Corpus{lex: newLexicon(), grams: newGramTable(), descs: newGramTable(), brands: newNames(), cats: newNames(), dirs: newNames(), money: newNames(), parents: newNames(), variants: newVariantLists()}
	recs := [2]Records{old, new}
	titles, leads := [2][]string{}, [2][][]token{}
	var shown pictures
	for s, rs := range recs {
		n := rs.Len()
		c.sides[s] = make([]item, n)
		titles[s], leads[s] = make([]string, n), make([][]token, n)
		for i := range n {
			if i%2000 == 0 {
				if err := ctx.Err(); err != nil {
					return nil, fmt.Errorf("preparing items: %w", err)
				}
				progress(s*old.Len() + i)
			}
			r := rs.At(i)
			titles[s][i], leads[s][i] = c.prepare(&c.sides[s][i], &r)
			shown.add(side(s), i, n, &r)
			c.variants.add(side(s), i, &r)
		}
	}
	c.splitRuns()
	var grams []uint32
	for s := range c.sides {
		c.keyCount[s] = make(map[uint64]int32)
		for i := range c.sides[s] {
			it := &c.sides[s][i]
			c.countWords(it, side(s))
			grams = titleGrams(grams[:0], it.title, c.lex, titles[s][i])
			c.grams.count(grams)
			it.grams = c.numbers.keep(grams)
			c.descs.count(it.desc)
			for _, k := range it.keys {
				c.keyCount[s][k]++
			}
		}
	}
	n := old.Len() + new.Len()
	c.lex.weigh(n)
	c.grams.weigh(n)
	c.descs.weigh(n)
	c.findBrands(leads)
	c.pictures = shown.counted()
	return c, nil
}

// prepare reads a record into it and gives its folded title, and the first words of
// its description, where a brand may stand.
func (c *Corpus) prepare(it *item, r *Record) (string, []token) {
	it.group = groupOf(r.Type)
	it.category = it.group == categories
	addr := readAddress(r.URL)
	title := text.Fold(r.Title)
	if title == "" {
		title = text.Fold(addr.words)
	}
	it.name = text.Alnum(title)
	c.words = c.words[:0]
	for _, t := range text.Tokens(dropPlural(title), maxTitleTokens) {
		c.words = append(c.words, token{c.lex.id(t.Text, t.Kind), t.Glued})
	}
	it.title = c.tokens.keep(c.words)
	desc := text.Fold(r.Description)
	it.desc = c.numbers.keep(textGrams(desc))
	if desc != "" {
		it.rawDesc = hash(text.Alnum(desc))
	}
	brand := text.Fold(r.Brand)
	it.brand = c.brands.id(text.Alnum(brand))
	it.cat = c.cats.id(lastStep(text.Fold(r.Category)))
	if it.category {
		it.cat, it.parent = c.cats.id(title), -1
		if up := steps(text.Fold(r.Category)); len(up) > 1 {
			parent := up[len(up)-2]
			if up[len(up)-1] != title {
				parent = up[len(up)-1]
			}
			it.parent = c.parents.id(parent)
		}
	}
	it.dir = c.dirs.id(addr.dir)
	it.slug = text.Alnum(text.Fold(addr.last))
	it.fields = c.ids.keep(c.fieldWords(brand, desc, text.Fold(addr.words), r.Variants))
	it.sku = text.Alnum(text.Fold(r.SKU))
	it.skuForm = shape(it.sku)
	it.gtin = gtinKey(r.GTIN)
	it.image = imageStem(r.Image)
	it.forms = c.hashes.keep(variantKeys(r.Variants))
	it.keys = c.hashes.keep(c.codeKeys(it, r, title, desc))
	it.price, _ = strconv.ParseFloat(strings.TrimSpace(r.Price), 64)
	if it.price < 0 || it.price > 1e12 || it.price != it.price {
		it.price = 0
	}
	it.money = c.money.id(r.Currency)
	if it.group == pages {
		it.subject = text.Subject(title, addr.words)
	}
	return title, leadWords(c.lex, desc)
}

// steps takes a category path apart: "food > tea > green tea".
func steps(path string) []string {
	var out []string
	for _, s := range strings.FieldsFunc(path, func(r rune) bool { return r == '>' || r == '›' || r == '»' || r == '|' }) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func lastStep(path string) string {
	if up := steps(path); len(up) > 0 {
		return up[len(up)-1]
	}
	return ""
}

// dropPlural takes away the "(s)" of "pc(s)".
func dropPlural(s string) string { return strings.ReplaceAll(s, "(s)", "") }

func (c *Corpus) fieldWords(brand, desc, addr string, vs []Variant) []int32 {
	var ids []int32
	add := func(s string, limit int) {
		for _, t := range text.Tokens(s, limit) {
			ids = append(ids, c.lex.canon[c.lex.id(t.Text, t.Kind)])
		}
	}
	add(brand, 8)
	add(desc, maxDescTokens)
	add(addr, maxSlugTokens)
	for i := range vs[:min(len(vs), maxVariants)] {
		add(text.Fold(vs[i].Title), 8)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (c *Corpus) countWords(it *item, s side) {
	for i, t := range it.title {
		first := true
		for _, u := range it.title[:i] {
			if u.id == t.id {
				first = false
				break
			}
		}
		if first {
			c.lex.df[s][t.id]++
		}
	}
}

// splitRuns cuts words that one shop wrote together, where their parts are words of
// their own in the other one.
func (c *Corpus) splitRuns() {
	lex := c.lex
	var seen [2][]int32
	seen[0], seen[1] = make([]int32, len(lex.words)), make([]int32, len(lex.words))
	for s := range c.sides {
		for i := range c.sides[s] {
			for _, t := range c.sides[s][i].title {
				seen[s][t.id]++
			}
		}
	}
	brand := make(map[string]bool)
	for _, b := range c.brands.words {
		brand[b] = true
	}
	whole := len(lex.words)
	parts := make([][]int32, whole)
	for id := range whole {
		if lex.kinds[id] != text.CJK || (seen[0][id] == 0) == (seen[1][id] == 0) {
			continue
		}
		there := seen[0] // titles of the shop that does not have the run
		if seen[0][id] > 0 {
			there = seen[1]
		}
		parts[id] = lex.split(int32(id), func(w string) bool {
			if brand[w] {
				return true
			}
			k, ok := lex.ids[w]
			return ok && int(k) < whole && lex.kinds[k] == text.CJK && (there[k] > 0 || seen[0][k]+seen[1][k] >= 3)
		})
	}
	for s := range c.sides {
		for i := range c.sides[s] {
			it := &c.sides[s][i]
			if !slices.ContainsFunc(it.title, func(t token) bool { return parts[t.id] != nil }) {
				continue
			}
			var out []token
			for _, t := range it.title {
				if parts[t.id] == nil || len(out) >= maxTitleTokens {
					out = append(out, t)
					continue
				}
				for k, p := range parts[t.id] {
					out = append(out, token{p, k > 0 || t.glued})
				}
			}
			it.title = out
		}
	}
}

// findBrands looks in the titles of items that state no brand for one that others
// state.
func (c *Corpus) findBrands(leads [2][][]token) {
	stated := make([]int32, len(c.brands.words))
	for s := range c.sides {
		for i := range c.sides[s] {
			if b := c.sides[s][i].brand; b >= 0 {
				stated[b]++
			}
		}
	}
	var b strings.Builder
	for s := range c.sides {
		for i := range c.sides[s] {
			it := &c.sides[s][i]
			if it.brand >= 0 {
				continue
			}
			it.brand = c.brandIn(it.title, stated, &b)
			if it.brand < 0 {
				it.brand = c.brandIn(leads[s][i], stated, &b)
			}
		}
	}
}

// brandIn finds the longest stated brand among the words of ts, -1 when there is
// none.
func (c *Corpus) brandIn(ts []token, stated []int32, b *strings.Builder) int32 {
	best, bestLen := int32(-1), 0
	for from := range ts {
		b.Reset()
		for n := 0; n < 4 && from+n < len(ts); n++ {
			b.WriteString(c.lex.words[ts[from+n].id])
			id, ok := c.brands.ids[b.String()]
			if ok && stated[id] >= 2 && b.Len() > bestLen {
				best, bestLen = id, b.Len()
			}
		}
	}
	return best
}

// leadWords are the first words of a description. A maker's name is often written
// there, in Japanese joined to what follows by a particle.
func leadWords(lex *lexicon, desc string) []token {
	var out []token
	for _, t := range text.Tokens(desc, 3) {
		w := t.Text
		if t.Kind == text.CJK {
			if i := strings.Index(w, "ノ"); i > 0 {
				w = w[:i]
			}
		}
		out = append(out, token{lex.id(w, t.Kind), t.Glued})
	}
	return out
}

type address struct {
	words string // the words of the path and of a readable query value
	last  string // last step of the path, or the identifying query value
	dir   string // the steps before it
}

// readAddress takes an address apart. Percent-encoding is resolved.
func readAddress(raw string) address {
	var a address
	if len(raw) > 2048 {
		raw = raw[:2048]
	}
	u, err := url.Parse(raw)
	if err != nil {
		return a
	}
	steps := strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' })
	if len(steps) > 0 {
		a.last = steps[len(steps)-1]
		if i := strings.LastIndexByte(a.last, '.'); i > 0 && len(a.last)-i <= 6 {
			a.last = a.last[:i]
		}
		a.dir = strings.ToLower(u.Host + "/" + strings.Join(steps[:len(steps)-1], "/"))
	}
	if u.RawQuery != "" {
		a.last = ""
		a.dir = strings.ToLower(u.Host + u.Path)
	}
	a.words = strings.NewReplacer("-", " ", "_", " ", "+", " ").Replace(a.last)
	return a
}

// gtinKey is a valid barcode without its leading zeros, so that the 12, 13 and 14
// digit forms of one number are equal (GS1 General Specifications: shorter forms
// are filled up with zeros).
func gtinKey(s string) string {
	g, ok := catalog.NormaliseGTIN(s)
	if !ok {
		return ""
	}
	return strings.TrimLeft(g, "0")
}

// imageStem is the file name of a picture without extension, in letters and
// digits.
func imageStem(raw string) string {
	if i := strings.IndexAny(raw, "?#"); i >= 0 {
		raw = raw[:i]
	}
	raw = raw[strings.LastIndexByte(raw, '/')+1:]
	if len(raw) > 200 {
		return ""
	}
	if i := strings.LastIndexByte(raw, '.'); i > 0 {
		raw = raw[:i]
	}
	if d, err := url.PathUnescape(raw); err == nil {
		raw = d
	}
	return text.Alnum(text.Fold(raw))
}
