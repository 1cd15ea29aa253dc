package synth

import (
	"math/rand/v2"
	"strings"

	"replatform/planner/match/internal/pairing"
)

// sets are the variants in which made-up products are sold, as the old shop names them
// and as the new one does.
var sets = [][2][]string{
	{words("S M L"), words("小 中 大")},
	{words("S M L LL"), words("小 中 大 特大")},
	{words("レッド ブルー ブラック"), words("赤 青 黒")},
	{words("レッド ブルー ブラック ホワイト グリーン"), words("赤 青 黒 白 緑")},
	{words("100g 200g"), words("100g 200g")},
	{words("100g 200g 500g"), words("100g 200g 500g")},
	{words("箱なし 箱あり"), words("簡易包装 化粧箱")},
	{words("23cm 24cm 25cm 26cm"), words("23.0 24.0 25.0 26.0")},
}

// ListVariants gives two thirds of the families of a move made by New or Unseen variants
// on every page of theirs. The new shop has other names for many, in the same order, and
// now and then one less.
func (m *Move) ListVariants(seed uint64) error {
	r := rand.New(rand.NewPCG(seed, 0x6f7074))
	of := map[int]int{} // family → set
	second := map[int]bool{}
	for s, records := range [2][]pairing.Record{m.Old, m.New} {
		for i := range records {
			f := m.Goods[s][i].Family
			if f == 0 {
				continue
			}
			if _, ok := of[f]; !ok {
				of[f], second[f] = r.IntN(len(sets)*3/2), r.IntN(6) == 0
			}
			if of[f] >= len(sets) {
				continue
			}
			var vs []pairing.Variant
			for _, w := range sets[of[f]][s] {
				if s == 1 && r.IntN(30) == 0 {
					continue
				}
				if !second[f] {
					vs = append(vs, pairing.Variant{Title: w})
					continue
				}
				for _, size := range sets[0][s] {
					vs = append(vs, pairing.Variant{Title: strings.Join([]string{w, size}, " / ")})
				}
			}
			records[i].Variants = vs
		}
	}
	return nil
}
