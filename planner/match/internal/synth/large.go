package synth

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"replatform/crawler/catalog"
	"replatform/planner/match/internal/text"
)

// department is how many old pages of a large shop are of one trade and were moved in
// one way.
const department = 20_000

// Large makes up a move of a shop of any size, with about n old products. It is made
// of departments, each a trade with habits of its own. A catalogue that grows brings
// new words with it, so every department has makers and product lines that only it
// has: one for about 25 pages, with invented names. The same seed gives the same move.
func Large(seed uint64, n int) *Move {
	whole := &Move{}
	for k := 0; len(whole.Old) < n; k++ {
		r := rand.New(rand.NewPCG(seed, uint64(k)+0x6c61726765))
		d := domains[k%len(domains)]
		lines := coined(r, d.ja, department/25)
		d.brands = append(append([]string(nil), d.brands...), coined(r, d.ja, 40)...)
		g := &generator{r: r, s: newStyle(r, d), m: &Move{}, names: make(map[string]bool), handles: make(map[string]int), lines: lines}
		g.oldBase, g.newBase = fmt.Sprintf("%s/d%d", oldBase, k), fmt.Sprintf("%s/d%d", newBase, k)
		g.make(min(department, n-len(whole.Old)))
		first := int32(len(whole.New))
		whole.New = append(whole.New, g.m.New...)
		whole.Old = append(whole.Old, g.m.Old...)
		for _, t := range g.m.Truth {
			if t >= 0 {
				t += first
			}
			whole.Truth = append(whole.Truth, t)
		}
	}
	return whole
}

// coined makes up n different words that can be read aloud.
func coined(r *rand.Rand, ja bool, n int) []string {
	syllables := words("ba be bi bo da de di do fa fe ka ke ki ko la le li lo ma me mi mo na ne no pa pe po ra re ri ro sa se so ta te to va ve vi vo za zo")
	if ja {
		syllables = words("ア イ ウ カ キ ク ケ コ サ シ ス セ ソ タ チ ト ナ ニ ノ ハ ヒ フ マ ミ ム メ モ ラ リ ル レ ロ ワ ン ガ ザ ダ バ パ")
	}
	seen := make(map[string]bool)
	var out []string
	for len(out) < n {
		var b strings.Builder
		for range 3 + r.IntN(3) {
			b.WriteString(syllables[r.IntN(len(syllables))])
		}
		if w := b.String(); !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}

// NearDuplicates is the share of the new products whose name differs from that of
// another new product by one word at most.
func (m *Move) NearDuplicates() float64 {
	var hashes []uint64 // of every name without one of its words, and of the whole
	sums := make([][]uint64, 0, len(m.New))
	for i := range m.New {
		if m.New[i].Type != catalog.ProductP {
			continue
		}
		var hs []uint64
		var sum uint64
		for _, t := range text.Tokens(text.Fold(m.New[i].Title), 48) {
			h := xxhash.Sum64String(t.Text)
			hs = append(hs, h)
			sum += h
		}
		for k := range hs {
			hs[k] = sum - hs[k]
		}
		hs = append(hs, sum)
		sums = append(sums, hs)
		hashes = append(hashes, hs...)
	}
	if len(sums) == 0 {
		return 0
	}
	slices.Sort(hashes)
	n := 0
	for _, hs := range sums {
		if slices.ContainsFunc(hs, func(h uint64) bool {
			k, _ := slices.BinarySearch(hashes, h)
			return k+1 < len(hashes) && hashes[k+1] == h
		}) {
			n++
		}
	}
	return float64(n) / float64(len(sums))
}
