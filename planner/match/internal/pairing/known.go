package pairing

import "slices"

// Known is what a person said of an old page: that New is right, that New is wrong,
// or, with Right and New -1, that there is no counterpart. New -1 without Right says
// nothing.
type Known struct {
	Old, New int32
	Right    bool
}

// told is all that is known, for looking up.
type told struct {
	right map[int32]int32 // old page → its counterpart, -1 none
	wrong map[uint64]bool // old and new page
}

func tell(known []Known) told {
	t := told{right: make(map[int32]int32), wrong: make(map[uint64]bool)}
	for _, k := range known {
		switch {
		case k.Right:
			t.right[k.Old] = k.New
		case k.New >= 0:
			t.wrong[key2(k.Old, k.New)] = true
		}
	}
	return t
}

// Told gives the counterpart that a person named for an old page, -1 when the word
// was that there is none.
func (m *Matching) Told(i int) (j int32, ok bool) {
	j, ok = m.told.right[int32(i)]
	return j, ok
}

// Refused tells whether a person said that the pair is wrong.
func (m *Matching) Refused(i int, j int32) bool { return m.told.wrong[key2(int32(i), j)] }

// Labelled lists the old pages of which something is known.
func (m *Matching) Labelled() []int {
	var out []int
	for i := range m.told.right {
		out = append(out, int(i))
	}
	for k := range m.told.wrong {
		out = append(out, int(k>>32))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// correct puts what is known in the place of what was found for certain.
func (t told) correct(found []Certain) []Certain {
	if len(t.right)+len(t.wrong) == 0 {
		return found
	}
	var out []Certain
	for _, p := range found {
		if _, ok := t.right[p.Old]; !ok && !t.wrong[key2(p.Old, p.New)] {
			out = append(out, p)
		}
	}
	for i, j := range t.right {
		if j >= 0 {
			out = append(out, Certain{i, j})
		}
	}
	slices.SortFunc(out, func(a, b Certain) int { return int(a.Old) - int(b.Old) })
	return out
}

// addKnown makes every counterpart that a person named a candidate.
func (m *Matching) addKnown() {
	c := m.Corpus
	for i, j := range m.told.right {
		if j < 0 || slices.ContainsFunc(m.Cands[i], func(x Candidate) bool { return x.New == j }) {
			continue
		}
		cos, _, _ := c.grams.cosine(c.sides[oldSide][i].grams, c.sides[newSide][j].grams)
		m.Cands[i] = append(m.Cands[i], Candidate{New: j, Cos: cos})
	}
}

// Obey overrides scores by what is known: a counterpart that was named has 1, its
// rivals and what was called wrong have 0.
func (m *Matching) Obey(scores [][]float32) {
	for _, i := range m.Labelled() {
		right, ok := m.Told(i)
		for k, cand := range m.Cands[i] {
			switch {
			case ok && cand.New == right:
				scores[i][k] = 1
			case ok, m.Refused(i, cand.New):
				scores[i][k] = 0
			}
		}
	}
}

// Score runs the second model over the candidates of one old page.
func (m *Matching) Score(s Scorer, i int) []float32 {
	v := make([]float32, FeatureCount2)
	out := make([]float32, len(m.Cands[i]))
	for k := range out {
		if !m.Hopeless(i, k) {
			m.Describe2(v, i, k)
			out[k] = float32(s.Score(v))
		}
	}
	return out
}

// Ignored tells whether the old page i is of a kind that is not matched.
func (m *Matching) Ignored(i int) bool { return m.Corpus.sides[oldSide][i].group == ignored }
