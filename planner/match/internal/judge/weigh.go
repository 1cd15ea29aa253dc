package judge

import (
	"replatform/planner/match/internal/boost"
	"replatform/planner/match/internal/pairing"
)

// Weights are how much each theme moved the log-odds of a candidate, numbered by
// pairing.Theme, against the average candidate of this shop.
type Weights [pairing.ThemeCount]float64

// weighRows is how many old pages are looked at for the average candidate.
const weighRows = 400

// Weigh takes the scores of the candidates of one old page apart: by the model that
// looks at each alone, and by the one that looks at it among the others.
func (o *Outcome) Weigh(b *Brain, i int) (alone, among []Weights) {
	m := o.Matching
	var x []float32
	v := make([]float32, pairing.FeatureCount2)
	for row := 0; row < len(m.Cands); row += max(1, len(m.Cands)/weighRows) {
		for k := range m.Cands[row] {
			m.Describe2(v, row, k)
			x = append(x, v...)
		}
	}
	var first []float32
	for r := 0; r < len(x); r += pairing.FeatureCount2 {
		first = append(first, x[r:r+pairing.FeatureCount]...)
	}
	means1, means2 := boost.NewMeans(b.First, first), boost.NewMeans(b.Second, x)
	for k := range m.Cands[i] {
		m.Describe2(v, i, k)
		var w1, w2 Weights
		means1.Weigh(v[:pairing.FeatureCount], func(f int, z float64) { w1[pairing.ThemeOf(f)] += z })
		means2.Weigh(v, func(f int, z float64) { w2[pairing.ThemeOf(f)] += z })
		alone, among = append(alone, w1), append(among, w2)
	}
	return alone, among
}
