package pairing

import (
	"cmp"
	"slices"
)

// Rule pairs: a few pages of a shop that no model can learn from their few
// examples, but that follow from something certain.

// RuleKind says which rule found a pair.
type RuleKind uint8

const (
	Subject  RuleKind = iota + 1 // standard pages on one subject
	Products                     // categories that share products
	Home                         // the start page of either shop
)

// Rule is a pair found by a rule.
type Rule struct {
	Old, New   int32
	Kind       RuleKind
	Confidence float64
}

// Confidence of the rules: on the shop cases that this package is measured on, no
// pair found by them is wrong; the figures are what is claimed of them.
const (
	subjectConfidence  = 0.99
	categoryConfidence = 0.99
	mergedConfidence   = 0.75 // a category that went into a wider one: for a person to see
)

// maxSubjectTitle is the length up to which a title may name a standard page. Longer
// ones are articles that mention the subject.
const maxSubjectTitle = 90

// Rules finds pairs of standard pages of shops, one on each side with that subject, of
// categories whose products went to each other, and of start pages.
func (m *Matching) Rules() []Rule {
	c := m.Corpus
	var out []Rule
	only := [2]map[int16]int32{}
	for s := range c.sides {
		only[s] = make(map[int16]int32)
		shop := slices.ContainsFunc(c.sides[s], func(it item) bool { return it.group == products })
		for i := range c.sides[s] {
			it := &c.sides[s][i]
			if !shop || it.group != pages || it.subject == 0 || len(it.name) > maxSubjectTitle {
				continue
			}
			if _, ok := only[s][it.subject]; ok {
				only[s][it.subject] = -1
			} else {
				only[s][it.subject] = int32(i)
			}
		}
	}
	for subject, i := range only[oldSide] {
		if j, ok := only[newSide][subject]; ok && i >= 0 && j >= 0 {
			out = append(out, Rule{i, j, Subject, subjectConfidence})
		}
	}
	home := slices.IndexFunc(c.sides[newSide], func(it item) bool { return it.group == starts })
	newCat := m.categoryPages(newSide)
	for i := range c.sides[oldSide] {
		it := &c.sides[oldSide][i]
		if it.group == starts && home >= 0 {
			out = append(out, Rule{int32(i), int32(home), Home, 1})
		}
		if it.group != categories {
			continue
		}
		if cat, conf := c.sharedCategory(it.cat); conf > 0 {
			if j, ok := newCat[cat]; ok && j >= 0 {
				out = append(out, Rule{int32(i), j, Products, conf})
			}
		}
	}
	slices.SortFunc(out, func(a, b Rule) int { return cmp.Compare(a.Old, b.Old) })
	return out
}

// sharedCategory is the new category to which most products of an old one went, and
// how sure it is that it took the place of the old one: very, when most of its
// products came from there; somewhat, when it holds those of other categories too.
// 0 means that there is none.
func (c *Corpus) sharedCategory(old int32) (int32, float64) {
	const least = 3 // products that say so
	best, n := int32(-1), int32(0)
	for b := range c.learnt.cats.new {
		if k := c.learnt.cats.both[key2(old, b)]; k > n || k == n && k > 0 && b < best {
			best, n = b, k
		}
	}
	if n < least || old < 0 {
		return -1, 0
	}
	to, from := c.learnt.cats.support(old, best, false), c.learnt.cats.back(old, best, false)
	switch {
	case to >= 0.6 && from >= 0.6:
		return best, categoryConfidence
	case to >= 0.7:
		return best, mergedConfidence
	}
	return -1, 0
}

// categoryPages maps the names of categories to their pages, -1 where two pages
// have one name.
func (m *Matching) categoryPages(s side) map[int32]int32 {
	out := make(map[int32]int32)
	for i := range m.Corpus.sides[s] {
		it := &m.Corpus.sides[s][i]
		if it.group != categories || it.cat < 0 {
			continue
		}
		if _, ok := out[it.cat]; ok {
			out[it.cat] = -1
		} else {
			out[it.cat] = int32(i)
		}
	}
	return out
}

// Fallbacks gives for every old item the new category page that is nearest to it,
// -1 where none is known: for a product the place where the products of its category
// went, for a category the place of the category above. counterpart tells where an
// old category page went itself, -1 nowhere.
func (m *Matching) Fallbacks(counterpart func(old int32) int32) []int32 {
	c := m.Corpus
	oldCat, newCat := m.categoryPages(oldSide), m.categoryPages(newSide)
	byCat := make(map[int32]int32)
	place := func(cat int32) int32 {
		if cat < 0 {
			return -1
		}
		if j, ok := byCat[cat]; ok {
			return j
		}
		j := m.categoryPlace(cat, oldCat, newCat, counterpart)
		byCat[cat] = j
		return j
	}
	out := make([]int32, len(c.sides[oldSide]))
	for i := range out {
		it := &c.sides[oldSide][i]
		out[i] = -1
		switch it.group {
		case products:
			out[i] = place(it.cat)
		case categories:
			if it.parent < 0 {
				continue
			}
			if up, ok := c.cats.ids[c.parents.words[it.parent]]; ok {
				out[i] = place(up)
			}
		}
	}
	return out
}

func (m *Matching) categoryPlace(cat int32, oldCat, newCat map[int32]int32, counterpart func(int32) int32) int32 {
	if i, ok := oldCat[cat]; ok && i >= 0 {
		if j := counterpart(i); j >= 0 {
			return j
		}
	}
	best, top := int32(-1), float32(0.3)
	for b := range m.Corpus.learnt.cats.new {
		if j, ok := newCat[b]; ok && j >= 0 {
			if s := m.Corpus.learnt.cats.support(cat, b, false); s > top || s == top && j < best {
				best, top = j, s
			}
		}
	}
	if best < 0 {
		if j, ok := newCat[cat]; ok {
			return j
		}
	}
	return best
}
