package pairing

import (
	"strings"

	"replatform/planner/match/internal/text"
)

// variantLists are the names of the variants of both shops' products, in the order of
// the shops, for products that have several.
type variantLists struct {
	words *names
	lists [2]map[int32]variantList
	// stood counts the certain pairs in which an old word stands where the new shop has a
	// new one, in lists of the same length; alone counts those in which it stands at all.
	stood map[uint64]int32
	alone [2]map[int32]int32
	taken map[int32]int32 // the certain pairs that were counted
}

// variantList are the variants of one product: how many, and the words of their names
// one after the other, the two of "Red / M" apart.
type variantList struct {
	count int
	words []int32
}

// like tells whether two lists can be laid beside each other.
func (l variantList) like(o variantList) bool {
	return l.count > 0 && l.count == o.count && len(l.words) == len(o.words)
}

func newVariantLists() *variantLists {
	return &variantLists{words: newNames(), lists: [2]map[int32]variantList{{}, {}}}
}

// add notes the variants of page i of a shop.
func (v *variantLists) add(s side, i int, r *Record) {
	if len(r.Variants) < 2 || len(r.Variants) > maxVariants || groupOf(r.Type) != products {
		return
	}
	list := variantList{count: len(r.Variants)}
	for k := range r.Variants {
		for _, word := range strings.Split(r.Variants[k].Title, " / ") {
			list.words = append(list.words, v.words.id(text.Alnum(text.Fold(word))))
		}
	}
	v.lists[s][int32(i)] = list
}

// HasVariants tells whether products of both shops have several variants.
func (m *Matching) HasVariants() bool {
	v := m.Corpus.variants
	return len(v.lists[oldSide]) > 0 && len(v.lists[newSide]) > 0
}

// LearnVariants learns from certain pairs which names of variants the new shop has in
// the place of those of the old one: 小 for S, Navy for 紺.
func (m *Matching) LearnVariants(pairs []Certain) {
	v := m.Corpus.variants
	v.stood, v.alone, v.taken = map[uint64]int32{}, [2]map[int32]int32{{}, {}}, map[int32]int32{}
	for _, p := range pairs {
		a, b := v.lists[oldSide][p.Old], v.lists[newSide][p.New]
		if !a.like(b) {
			continue
		}
		v.taken[p.Old] = p.New
		v.places(a, b, func(x, y int32) {
			v.stood[key2(x, y)]++
			v.alone[oldSide][x]++
			v.alone[newSide][y]++
		})
	}
}

// places hands out each two names that stand in each other's place, once.
func (v *variantLists) places(a, b variantList, fn func(x, y int32)) {
	met := make(map[uint64]bool, len(a.words))
	for k := range a.words {
		if key := key2(a.words[k], b.words[k]); !met[key] {
			met[key] = true
			fn(a.words[k], b.words[k])
		}
	}
}

// leastRenamed is in how many other certain pairs two names of variants must stand in
// each other's place to be taken for one.
const leastRenamed = 3

// renamed tells whether two names of variants mean the same in this move: they stand in
// each other's place in most of the certain pairs that have them. own takes the vote of
// the pair itself out.
func (v *variantLists) renamed(a, b int32, own bool) bool {
	if a < 0 || b < 0 {
		return false
	}
	n, o, w := v.stood[key2(a, b)], v.alone[oldSide][a], v.alone[newSide][b]
	if own {
		n, o, w = n-1, o-1, w-1
	}
	return n >= leastRenamed && 2*n > o && 2*n > w
}

// Variants says how the variants of the old item i and the new item j stand to each
// other, and how many the old one has. They are the same when there are as many, in the
// same order, and each has the same name or one that stands for it in this move.
func (m *Matching) Variants(i int, j int32) (level SignLevel, count int) {
	v := m.Corpus.variants
	a, b := v.lists[oldSide][int32(i)], v.lists[newSide][j]
	if a.count == 0 || b.count == 0 {
		return SignUnknown, 0
	}
	if !a.like(b) {
		return SignOther, a.count
	}
	partner, taken := v.taken[int32(i)]
	own := taken && partner == j
	level = SignSame
	for k, x := range a.words {
		switch y := b.words[k]; {
		case x >= 0 && x == y:
		case v.renamed(x, y, own):
			level = SignOwn
		default:
			return SignOther, a.count
		}
	}
	return level, a.count
}
