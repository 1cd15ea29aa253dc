package judge

import (
	"replatform/planner/match/internal/boost"
	"replatform/planner/match/internal/pairing"
)

// refined is a model with what the words of a person on this shop add to it.
type refined struct{ base, extra *boost.Model }

// Score is the probability of a row.
func (r refined) Score(x []float32) float64 { return boost.Sigmoid(r.base.Raw(x) + r.extra.Raw(x)) }

// leastRefine is how many old pages with a word it takes before the model is refined;
// fewer would teach it accidents.
const leastRefine = 40

// refineOptions are those of a cautious learner: few small trees that begin with what
// the model says and correct where it errs again and again.
var refineOptions = boost.Options{Trees: 60, Leaves: 6, Rate: 0.08, MinWeight: 8, L2: 10, Rows: 0.7, Columns: 0.4, Seed: 3}

// parts is into how many parts the pages are cut, so that each is judged by trees that
// have not seen the word on it.
const parts = 5

// learn refines the model by the words on this shop, and says how right it is, by kind
// of page, on pages whose word it has not seen.
func learn(m *pairing.Matching, base *boost.Model) (pairing.Scorer, map[int][]Sample) {
	pages := m.Labelled()
	if len(pages) < leastRefine {
		return base, samples(m, pages, func(int) pairing.Scorer { return base })
	}
	var part [parts]pairing.Scorer
	for p := range part {
		part[p] = refine(m, base, pages, func(at int) bool { return at%parts != p })
	}
	return refine(m, base, pages, func(int) bool { return true }), samples(m, pages, func(at int) pairing.Scorer { return part[at%parts] })
}

// refine trains on the pages that use tells.
func refine(m *pairing.Matching, base *boost.Model, pages []int, use func(at int) bool) pairing.Scorer {
	d := &boost.Data{Width: pairing.FeatureCount2}
	v := make([]float32, pairing.FeatureCount2)
	for at, i := range pages {
		if !use(at) {
			continue
		}
		right, known := m.Told(i)
		for k, cand := range m.Cands[i] {
			if m.Hopeless(i, k) || !known && !m.Refused(i, cand.New) {
				continue
			}
			m.Describe2(v, i, k)
			y := float32(0)
			if known && cand.New == right {
				y = 1
			}
			d.X, d.Y, d.Weight, d.Base = append(d.X, v...), append(d.Y, y), append(d.Weight, 1), append(d.Base, base.Raw(v))
		}
	}
	if d.Len() == 0 {
		return base
	}
	return refined{base, boost.Train(d, base.Features, refineOptions)}
}
