package match

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"replatform/crawler/catalog"
	"replatform/planner/match/internal/text"
)

// Match pairs every old item with its place among the new ones. The result has
// one pair for every old item, in their order. It returns an error only when ctx
// ends.
func Match(ctx context.Context, old, new []Item, opts Options) (*Result, error) {
	pairs := make([]Pair, len(old))
	byGTIN, bySKU, byName := map[string][]int{}, map[string][]int{}, map[string][]int{}
	oldGTIN, oldSKU, oldName := map[string]int{}, map[string]int{}, map[string]int{}
	for j := range new {
		it := &new[j]
		put(byGTIN, gtin(it.GTIN), j)
		put(bySKU, skuKey(it.SKU), j)
		put(byName, nameKey(it), j)
	}
	for i := range old {
		it := &old[i]
		oldGTIN[gtin(it.GTIN)]++
		oldSKU[skuKey(it.SKU)]++
		oldName[nameKey(it)]++
	}
	for i := range old {
		if i%1000 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("matching: %w", err)
			}
			if opts.Progress != nil {
				opts.Progress("match", i, len(old))
			}
		}
		pairs[i] = certain(i, old, new, byGTIN, bySKU, byName, oldGTIN, oldSKU, oldName)
	}
	return &Result{Pairs: pairs}, nil
}

func certain(i int, old, new []Item, byGTIN, bySKU, byName map[string][]int, oldGTIN, oldSKU, oldName map[string]int) Pair {
	it := &old[i]
	p := Pair{Old: i, New: -1, RunnerUp: -1, Fallback: -1, Class: None, Method: MethodNone, Evidence: []Evidence{{Code: NothingNear}}}
	try := func(method, code, key string, idx map[string][]int, count map[string]int, need float64) bool {
		hits := idx[key]
		if key == "" || len(hits) != 1 || !sameType(it, &new[hits[0]]) {
			return false
		}
		sim := dice(nameKey(it), nameKey(&new[hits[0]]))
		unique := count[key] == 1
		conf := 0.5
		if unique && sim >= need {
			conf = 0.99
		} else if sim >= need {
			conf = 0.9
		}
		p = Pair{Old: i, New: hits[0], RunnerUp: -1, Fallback: -1, Class: Exact, Method: method, Confidence: conf, NeedsReview: conf < 0.99,
			Evidence: []Evidence{{Code: code}, {Code: NameSimilarity, Value: sim}}}
		return conf > 0.5
	}
	if try(MethodGTIN, SameGTIN, gtin(it.GTIN), byGTIN, oldGTIN, 0.4) ||
		try(MethodSKU, SameSKU, skuKey(it.SKU), bySKU, oldSKU, 0.4) ||
		try(MethodName, SameName, nameKey(it), byName, oldName, 1) {
		return p
	}
	return p
}

func sameType(a, b *Item) bool { return pageType(a) == pageType(b) }

func pageType(it *Item) catalog.PageType {
	if it.Type == "" {
		return catalog.ProductP
	}
	return it.Type
}

func put(m map[string][]int, k string, j int) {
	if k != "" {
		m[k] = append(m[k], j)
	}
}

func gtin(s string) string {
	g, ok := catalog.NormaliseGTIN(s)
	if !ok {
		return ""
	}
	return strings.TrimLeft(g, "0")
}

func skuKey(s string) string { return letters(text.Fold(s)) }

func nameKey(it *Item) string {
	s := text.Fold(it.Title)
	for _, br := range []string{"【】", "[]", "★★"} {
		r := []rune(br)
		for {
			i := strings.IndexRune(s, r[0])
			if i < 0 {
				break
			}
			j := strings.IndexRune(s[i+len(string(r[0])):], r[1])
			if j < 0 {
				break
			}
			s = s[:i] + " " + s[i+len(string(r[0]))+j+len(string(r[1])):]
		}
	}
	if b := text.Fold(it.Brand); b != "" {
		s = strings.Replace(s, b, " ", 1)
	}
	return string(pageType(it)) + " " + letters(s)
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

func dice(a, b string) float64 {
	if a == b {
		return 1
	}
	ra, rb := []rune(a), []rune(b)
	if len(ra) < 2 || len(rb) < 2 {
		return 0
	}
	grams := map[[2]rune]int{}
	for i := 1; i < len(ra); i++ {
		grams[[2]rune{ra[i-1], ra[i]}]++
	}
	n := 0
	for i := 1; i < len(rb); i++ {
		g := [2]rune{rb[i-1], rb[i]}
		if grams[g] > 0 {
			grams[g]--
			n++
		}
	}
	return 2 * float64(n) / float64(len(ra)+len(rb)-2)
}
