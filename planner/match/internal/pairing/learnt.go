package pairing

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"replatform/planner/match/internal/text"
)

// learnt is what the two catalogues teach about this one move, without being
// told any right answer: from pairs that are certain anyway (unique equal codes and
// names that agree), and from siblings within one shop.
type learnt struct {
	partner []int32 // for each old item its certain partner, -1 none
	reverse map[int32]int32

	exchange map[uint64]int32 // word pairs left over in certain pairs: how often
	orphan   map[int32]int32  // how often an old word was left over at all, beside other left-over words
	seen     [2][]float32     // in how many certain pairs a word is in the title of each side
	swap     map[uint64]int32 // word pairs that tell siblings of one shop apart: how often

	cats   pairTable
	brands pairTable
	dirs   pairTable
	ratios ratioTable
	shapes map[uint64]bool // shapes of the codes of the old shop
	// schemes are the beginnings of shapes that a fair share of the old shop's codes
	// have: its numbering.
	schemes map[uint64]bool

	formChange float32 // share of certain pairs, known without codes, whose codes differ though both have one
	certain    int
}

// pairTable counts which names of the old shop stand with which of the new one.
type pairTable struct {
	both     map[uint64]int32
	old, new map[int32]int32
}

func newPairTable() pairTable {
	return pairTable{make(map[uint64]int32), make(map[int32]int32), make(map[int32]int32)}
}

func (t *pairTable) add(a, b int32) {
	if a < 0 || b < 0 {
		return
	}
	t.both[key2(a, b)]++
	t.old[a]++
	t.new[b]++
}

// support is how often b stands with a among the certain pairs with a, drawn
// towards nothing where there are few; -1 when a was never seen. own takes the
// pair's own vote out.
func (t *pairTable) support(a, b int32, own bool) float32 {
	if a < 0 || b < 0 {
		return -1
	}
	n, k := t.old[a], t.both[key2(a, b)]
	if own {
		n, k = n-1, k-1
	}
	if n <= 0 {
		return -1
	}
	return float32(k) / (float32(n) + 1)
}

// back is the same seen from the new side.
func (t *pairTable) back(a, b int32, own bool) float32 {
	if a < 0 || b < 0 {
		return -1
	}
	n, k := t.new[b], t.both[key2(a, b)]
	if own {
		n, k = n-1, k-1
	}
	if n <= 0 {
		return -1
	}
	return float32(k) / (float32(n) + 1)
}

// ratioTable counts price ratios new/old in steps of one per cent.
type ratioTable struct {
	n     map[int]int32
	total int32
}

func ratioStep(old, new float64) int { return int(math.Round(math.Log(new/old) * 100)) }

func (t *ratioTable) add(old, new float64) {
	if old > 0 && new > 0 {
		t.n[ratioStep(old, new)]++
		t.total++
	}
}

// share of certain pairs whose ratio is that of the two prices, within a per cent.
func (t *ratioTable) share(old, new float64, own bool) float32 {
	if old <= 0 || new <= 0 {
		return -1
	}
	s := ratioStep(old, new)
	k, n := t.n[s-1]+t.n[s]+t.n[s+1], t.total
	if own {
		k, n = k-1, n-1
	}
	return float32(k) / float32(n+4)
}

func key2(a, b int32) uint64 { return uint64(uint32(a))<<32 | uint64(uint32(b)) }

// exchanged tells whether other pairs of this move exchange x for y.
func (l *learnt) exchanged(lex *lexicon, x, y int32, own bool) bool {
	k := l.exchange[key2(x, y)]
	if own {
		k--
	}
	if k < 2 {
		return false
	}
	if s := l.swaps(x, y); s > 0 && k < 3*s {
		return false
	}
	if 4*k < l.orphan[x] {
		return false
	}
	// Words that nearly never are kept may be advertising on one side and a habit of
	// the other: then they only mean the same when one hardly is without the other.
	if int(x) < len(lex.keep[0]) && int(y) < len(lex.keep[1]) && lex.keep[0][x] < 0.15 && lex.keep[1][y] < 0.15 {
		return 2*float32(k) >= max(l.seen[0][x], l.seen[1][y])
	}
	return true
}

// swaps tells how often x and y tell siblings of one shop apart.
func (l *learnt) swaps(x, y int32) int32 {
	if x > y {
		x, y = y, x
	}
	return l.swap[key2(x, y)]
}

// Certain is a pair that is taken for right while learning.
type Certain struct{ Old, New int32 }

// seeds finds pairs that are right with hardly a doubt: a code, barcode or name
// that one item on each side has, and names that have something in common.
func (c *Corpus) seeds() []Certain {
	owner := make(map[uint64]int32)
	for j := range c.sides[newSide] {
		for _, k := range c.sides[newSide][j].keys {
			if c.keyCount[newSide][k] == 1 {
				owner[k] = int32(j)
			}
		}
	}
	names := [2]map[uint64]int32{c.uniqueNames(oldSide), c.uniqueNames(newSide)}
	var out []Certain
	for i := range c.sides[oldSide] {
		o := &c.sides[oldSide][i]
		votes := map[int32]int{}
		for _, k := range o.keys {
			if c.keyCount[oldSide][k] != 1 {
				continue
			}
			if j, ok := owner[k]; ok && comparable(o.group, c.sides[newSide][j].group) {
				votes[j]++
			}
		}
		best, n := int32(-1), 0
		for j, v := range votes {
			if v > n || v == n && j < best {
				best, n = j, v
			}
		}
		if best < 0 {
			h := c.nameHash(o)
			if i2, ok := names[oldSide][h]; ok && i2 == int32(i) {
				if j, ok := names[newSide][h]; ok && j >= 0 && comparable(o.group, c.sides[newSide][j].group) {
					best = j
				}
			}
		}
		if best < 0 {
			continue
		}
		cos, in, of := c.grams.cosine(o.grams, c.sides[newSide][best].grams)
		if cos >= 0.45 || max(in, of) >= 0.75 {
			out = append(out, Certain{int32(i), best})
		}
	}
	return out
}

// comparable tells whether an old page of one group may go to a new one of another.
func comparable(old, new group) bool {
	if old >= starts || new >= starts {
		return false
	}
	return old == new || old == pages && new == categories
}

// nameHash is a hash of the words of a title without advertising, in any order.
func (c *Corpus) nameHash(it *item) uint64 {
	var h uint64
	for _, t := range it.title {
		if !c.lex.promotion[c.lex.words[t.id]] {
			h += mix(uint64(uint32(c.lex.canon[t.id])) + 1)
		}
	}
	return h
}

// uniqueNames maps the hash of a name to its item, -1 when several have it.
func (c *Corpus) uniqueNames(s side) map[uint64]int32 {
	m := make(map[uint64]int32, len(c.sides[s]))
	for i := range c.sides[s] {
		h := c.nameHash(&c.sides[s][i])
		if h == 0 {
			continue
		}
		if _, ok := m[h]; ok {
			m[h] = -1
		} else {
			m[h] = int32(i)
		}
	}
	return m
}

func mix(x uint64) uint64 {
	x ^= x >> 31
	x *= 0x7fb5d329728ea185
	x ^= x >> 27
	x *= 0x81dadef4bc2dd44d
	x ^= x >> 33
	return x
}

// Learn takes what the certain pairs and the siblings teach. It may be called
// again with better pairs.
func (c *Corpus) Learn(pairs []Certain) {
	l := &learnt{
		reverse:  make(map[int32]int32, len(pairs)),
		exchange: make(map[uint64]int32),
		orphan:   make(map[int32]int32),
		cats:     newPairTable(), brands: newPairTable(), dirs: newPairTable(),
		ratios:  ratioTable{n: make(map[int]int32)},
		shapes:  make(map[uint64]bool),
		certain: len(pairs),
	}
	l.partner = make([]int32, len(c.sides[oldSide]))
	for i := range l.partner {
		l.partner[i] = -1
	}
	l.schemes = c.schemes()
	for i := range c.sides[oldSide] {
		if s := c.sides[oldSide][i].skuForm; s != 0 {
			l.shapes[s] = true
		}
	}
	c.learnt = nil // align must not use what is being replaced
	c.learnKeep(pairs, l)
	for _, p := range pairs {
		c.learnExchange(l, &c.sides[oldSide][p.Old], &c.sides[newSide][p.New])
	}
	c.learnKeep(pairs, l) // now that words that only changed their form are known
	l.swap = c.learnSiblings()
	differ, both := 0, 0
	for _, p := range pairs {
		o, n := &c.sides[oldSide][p.Old], &c.sides[newSide][p.New]
		l.partner[p.Old] = p.New
		l.reverse[p.New] = p.Old
		l.cats.add(o.cat, n.cat)
		l.brands.add(o.brand, n.brand)
		l.dirs.add(o.dir, n.dir)
		if o.money == n.money || o.money < 0 || n.money < 0 {
			l.ratios.add(o.price, n.price)
		}
		if o.sku != "" && n.sku != "" {
			both++
			if o.sku != n.sku {
				differ++
			}
		}
	}
	l.formChange = float32(differ) / float32(both+2)
	c.learnt = l
}

// schemes finds how the old shop numbers its goods: beginnings of shapes that at
// least a fiftieth of its item codes have.
func (c *Corpus) schemes() map[uint64]bool {
	count := make(map[uint64]int)
	n := 0
	for i := range c.sides[oldSide] {
		if h := head(c.sides[oldSide][i].sku); h != 0 {
			count[h]++
			n++
		}
	}
	out := make(map[uint64]bool)
	for h, k := range count {
		if k >= 5 && 50*k >= n {
			out[h] = true
		}
	}
	return out
}

// learnKeep estimates for each word the chance that it is in the title (or brand)
// of the counterpart as well. Advertising and the shop's name come out low.
func (c *Corpus) learnKeep(pairs []Certain, l *learnt) {
	lex := c.lex
	n := len(lex.words)
	seen := [2][]float32{make([]float32, n), make([]float32, n)}
	kept := [2][]float32{make([]float32, n), make([]float32, n)}
	for _, p := range pairs {
		it := [2]*item{&c.sides[oldSide][p.Old], &c.sides[newSide][p.New]}
		for s := range it {
			other := it[1-s]
			for _, t := range it[s].title {
				seen[s][t.id]++
				if c.says(other, t.id) || c.saysExchanged(l, other, t.id, side(s)) {
					kept[s][t.id]++
				}
			}
		}
	}
	l.seen = seen
	for s := range seen {
		lex.keep[s] = make([]float32, n)
		for id := range n {
			prior := float32(0.9)
			switch {
			case lex.promotion[lex.words[id]]:
				prior = 0.25
			case lex.df[1-s][id] == 0 && lex.df[s][id] >= 8 && lex.canon[id] == int32(id):
				prior = 0.5
			}
			const strength = 3
			lex.keep[s][id] = (kept[s][id] + strength*prior) / (seen[s][id] + strength)
		}
	}
}

// saysExchanged tells whether the title of a page has a word that the move exchanges
// for one of the other side.
func (c *Corpus) saysExchanged(l *learnt, it *item, id int32, s side) bool {
	if len(l.exchange) == 0 {
		return false
	}
	for _, t := range it.title {
		x, y := id, t.id
		if s == newSide {
			x, y = y, x
		}
		if l.exchange[key2(x, y)] >= 3 && l.exchanged(c.lex, x, y, false) {
			return true
		}
	}
	return false
}

// says tells whether a page has a word in its title or another field.
func (c *Corpus) says(it *item, id int32) bool {
	canon := c.lex.canon[id]
	for _, t := range it.title {
		if c.lex.canon[t.id] == canon {
			return true
		}
	}
	if c.lex.kinds[id] == text.CJK || c.lex.kinds[id] == text.Word {
		if w := c.lex.words[id]; len(w) >= 6 && strings.Contains(it.name, w) {
			return true
		}
	}
	_, ok := slices.BinarySearch(it.fields, canon)
	return ok
}

// learnExchange notes which words of a certain pair have no partner: where the
// same two meet again and again, they mean the same.
func (c *Corpus) learnExchange(l *learnt, o, n *item) {
	var olds, news []int32
	for _, t := range o.title {
		if !c.says(n, t.id) {
			olds = append(olds, t.id)
		}
	}
	for _, t := range n.title {
		if !c.says(o, t.id) {
			news = append(news, t.id)
		}
	}
	if len(news) == 0 || len(olds) == 0 || len(olds) > 4 || len(news) > 4 {
		return
	}
	for _, x := range olds {
		l.orphan[x]++
		if c.lex.kinds[x] == text.Qty || c.lex.kinds[x] == text.Num {
			continue
		}
		for _, y := range news {
			if c.lex.kinds[y] == text.Qty || c.lex.kinds[y] == text.Num {
				continue
			}
			l.exchange[key2(x, y)]++
			if rx, ry, ok := differ(c.lex.words[x], c.lex.words[y]); ok {
				ix, iy := c.lex.ids[rx], c.lex.ids[ry]
				if rx == c.lex.words[ix] && ry == c.lex.words[iy] {
					l.exchange[key2(ix, iy)]++
					l.orphan[ix]++
				}
			}
		}
	}
}

// learnSiblings finds, within each shop, titles that differ by one word, and counts
// which words stand there for each other: sizes, colours, flavours. The share of a
// word's titles in which it does so is kept as vary.
func (c *Corpus) learnSiblings() map[uint64]int32 {
	type entry struct {
		hash uint64
		item int32
		word int32
	}
	lex := c.lex
	swap := make(map[uint64]int32)
	varied := make([]float32, len(lex.words))
	count := make([]float32, len(lex.words))
	for s := range c.sides {
		var es []entry
		for i := range c.sides[s] {
			it := &c.sides[s][i]
			it.siblings = 0
			if it.group != products {
				continue
			}
			var sum uint64
			var w float32
			for _, t := range it.title {
				if lex.keep[s][t.id] < 0.35 {
					continue
				}
				sum += mix(uint64(uint32(lex.canon[t.id])) + 1)
				w += lex.idf[t.id]
				count[t.id]++
			}
			for _, t := range it.title {
				if lex.keep[s][t.id] < 0.35 || w-lex.idf[t.id] < 0.5 {
					continue
				}
				es = append(es, entry{sum - mix(uint64(uint32(lex.canon[t.id]))+1), int32(i), t.id})
			}
		}
		slices.SortFunc(es, func(a, b entry) int {
			return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.word, b.word), cmp.Compare(a.item, b.item))
		})
		for i := 0; i < len(es); {
			j := i
			for j < len(es) && es[j].hash == es[i].hash {
				j++
			}
			if g := es[i:j]; len(g) > 1 && len(g) <= 64 && es[i].word != es[j-1].word {
				for a := range g {
					varied[g[a].word]++
					c.sides[s][g[a].item].siblings += int32(len(g) - 1)
					for b := a + 1; b < len(g); b++ {
						if x, y := g[a].word, g[b].word; lex.canon[x] != lex.canon[y] {
							swap[key2(min(x, y), max(x, y))]++
						}
					}
				}
			}
			i = j
		}
	}
	lex.vary = make([]float32, len(lex.words))
	for id := range lex.words {
		if count[id] > 0 {
			lex.vary[id] = min(1, varied[id]/(count[id]+2))
		}
	}
	return swap
}
