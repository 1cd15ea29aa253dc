package review

import (
	"cmp"
	"encoding/hex"
	"math/big"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"replatform/crawler/catalog"
)

// group is a set of rows that can be settled with one word.
type group struct {
	id   string
	kind string // names: the names differ in the same way; target: one new page is proposed for all
	// Of kind names: the words that only the old names have and only the new ones.
	gone, came []string
	code       likeness // of the numbers (SKU)
	price      likeness
	target     catalog.Key // of kind target
	rows       []*row
}

// likeness of two values.
type likeness string

const (
	unknown likeness = ""
	same    likeness = "same"
	differs likeness = "differs"
)

func alike(a, b string) likeness {
	switch {
	case a == "" || b == "":
		return unknown
	case fold(strings.TrimSpace(a)) == fold(strings.TrimSpace(b)):
		return same
	}
	return differs
}

// alikeCodes compares numbers of products: KZ-1025 is KZ1025.
func alikeCodes(a, b string) likeness {
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if kindOf(r) == noWord {
				return -1
			}
			return r
		}, fold(s))
	}
	return alike(bare(a), bare(b))
}

// alikePrices compares amounts; an unknown currency differs from none.
func alikePrices(a, b *side) likeness {
	if a.currency != "" && b.currency != "" && a.currency != b.currency {
		return differs
	}
	x, okX := amount(a.price)
	y, okY := amount(b.price)
	switch {
	case !okX || !okY:
		return alike(a.price, b.price)
	case x.Cmp(y) == 0:
		return same
	}
	return differs
}

// amount reads a plain decimal. Exponents are none: 1e999999999 is a short text and a
// number that fills the memory.
func amount(s string) (*big.Rat, bool) {
	if len(s) > 30 || strings.Trim(s, "0123456789.") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

// Bounds on what still is "differs only by".
const (
	maxDifferent = 4  // stretches
	maxDiffBytes = 90 // of these together
)

// groupRows finds the groups among the rows that have a proposal, and notes them in
// the rows. A group has at least two rows.
func groupRows(rows []*row, fresh map[catalog.Key]*side) map[string]*group {
	all := map[string]*group{}
	join := func(r *row, g group, signature ...string) {
		sum := xxhash.Sum64String(strings.Join(signature, "\x00"))
		g.id = g.kind[:1] + hex.EncodeToString([]byte{
			byte(sum >> 56), byte(sum >> 48), byte(sum >> 40), byte(sum >> 32), byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
		have, ok := all[g.id]
		if !ok {
			have = &g
			all[g.id] = have
		}
		have.rows = append(have.rows, r)
	}
	for _, r := range rows {
		to := fresh[r.match.Proposed]
		if r.old == nil || to == nil {
			continue
		}
		join(r, group{kind: "target", target: to.key}, string(to.key))
		if g, ok := nameGroup(r.old, to); ok {
			join(r, g, strings.Join(g.gone, "\x01"), strings.Join(g.came, "\x01"), string(g.code), string(g.price))
		}
	}
	for id, g := range all {
		if len(g.rows) < 2 {
			delete(all, id)
			continue
		}
		for _, r := range g.rows {
			r.groups = append(r.groups, id)
		}
	}
	return all
}

// nameGroup says in what the names of two pages differ, when that is little.
func nameGroup(old, fresh *side) (group, bool) {
	a, b := tokens(old.title), tokens(fresh.title)
	onlyA, onlyB := differ(a, b)
	g := group{kind: "names", code: alikeCodes(old.sku, fresh.sku), price: alikePrices(old, fresh)}
	size, common := 0, 0
	take := func(s string, list []token, only []bool) (out []string) {
		for _, d := range spans(list, only) {
			out = append(out, s[d.from:d.to])
			size += d.to - d.from
		}
		return out
	}
	g.gone, g.came = take(old.title, a, onlyA), take(fresh.title, b, onlyB)
	for _, only := range onlyA {
		if !only {
			common++
		}
	}
	if len(g.gone)+len(g.came) > maxDifferent || size > maxDiffBytes || common == 0 {
		return g, false
	}
	return g, true
}

// openRows are the rows of the group that are still open.
func (g *group) openRows() []*row {
	var out []*row
	for _, r := range g.rows {
		if r.open {
			out = append(out, r)
		}
	}
	return out
}

func (g *group) openCount() int {
	n := 0
	for _, r := range g.rows {
		if r.open {
			n++
		}
	}
	return n
}

// openGroups lists the groups with at least two open rows, the largest first.
func (d *deck) openGroups() []*group {
	count := map[*group]int{}
	var list []*group
	for _, g := range d.groups {
		if n := g.openCount(); n > 1 {
			count[g] = n
			list = append(list, g)
		}
	}
	slices.SortFunc(list, func(a, b *group) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a.id, b.id))
	})
	return list
}
