package review

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"replatform/crawler/catalog"
)

// maxFound is how many pages a search shows.
const maxFound = 20

// search finds pages of the new shop: those that hold every word of the query, in
// title, number or address. When none holds all, those that hold most. An empty
// query asks for the pages whose title is nearest to that of the old page. Pages of
// the type of the old page come first.
func (d *deck) search(query string, old catalog.Key) []*side {
	var kind catalog.PageType
	title := ""
	if r := d.byOld[old]; r != nil && r.old != nil {
		kind, title = r.old.kind, r.old.title
	}
	words := strings.Fields(fold(query))
	var score func(*side) float64
	if len(words) == 0 {
		want := pairsOf(fold(title))
		score = func(s *side) float64 { return overlap(want, s.text[:s.name]) }
	} else {
		whole := strings.Join(words, " ")
		score = func(s *side) float64 {
			n := 0.0
			for _, w := range words {
				if strings.Contains(s.text, w) {
					n++
				}
			}
			if n == 0 {
				return 0
			}
			if int(n) == len(words) {
				n++
			}
			if strings.HasPrefix(s.text, whole) {
				n += 0.5
			}
			if fold(s.sku) == whole {
				n += 5
			}
			return n
		}
	}
	type hit struct {
		s     *side
		score float64
	}
	var hits []hit
	for _, s := range d.list {
		v := score(s)
		if v <= 0 {
			continue
		}
		if s.kind == kind {
			v += 0.25
		}
		hits = append(hits, hit{s, v})
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(utf8.RuneCountInString(a.s.title), utf8.RuneCountInString(b.s.title)),
			cmp.Compare(a.s.key, b.s.key))
	})
	var out []*side
	for _, h := range hits[:min(len(hits), maxFound)] {
		out = append(out, h.s)
	}
	return out
}

// eachPair hands out the pairs of neighbouring characters, blanks left out.
func eachPair(s string, fn func([2]rune)) {
	var last rune
	for _, r := range s {
		if r == ' ' || r == '　' {
			continue
		}
		if last != 0 {
			fn([2]rune{last, r})
		}
		last = r
	}
}

func pairsOf(s string) map[[2]rune]bool {
	out := map[[2]rune]bool{}
	eachPair(s, func(p [2]rune) { out[p] = true })
	return out
}

// overlap is about the Dice coefficient of the pairs in want and in s; a pair that
// stands twice in s counts twice.
func overlap(want map[[2]rune]bool, s string) float64 {
	n, all := 0, 0
	eachPair(s, func(p [2]rune) {
		all++
		if want[p] {
			n++
		}
	})
	if len(want)+all == 0 {
		return 0
	}
	return 2 * float64(n) / float64(len(want)+all)
}
