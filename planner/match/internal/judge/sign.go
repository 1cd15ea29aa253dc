package judge

import (
	"math"
	"slices"

	"replatform/planner/match/internal/boost"
	"replatform/planner/match/internal/pairing"
)

// Sign is a kind of evidence that the models have not been trained on: how the pictures
// of two pages stand to each other, or their lists of variants. What it is worth is
// learnt on the move at hand without being told any right answer, in the manner of
// Fellegi and Sunter ("A Theory for Record Linkage", JASA 64, 1969): how often it is
// seen on pairs that are certain without it, against how often it is seen on the nearest
// pages that are certainly not meant.
type Sign struct {
	// Certain pairs that show the sign, and their Rivals that do.
	Certain, Rivals int
	// Weights are added to the log-odds of a pair, by the level of the sign; all are 0
	// when too few pairs are certain. Each is the least that the counts prove with a
	// confidence of 95 % (Wilson).
	Weights [pairing.SignLevels]float64

	level func(i int, j int32) pairing.SignLevel
}

// LeastSigns is how many pairs that show a sign must be certain, and how many of their
// rivals must show it, before it weighs. With fewer it only breaks ties, see breakTies.
const LeastSigns = 50

// certainWithout is the confidence from which on a pair is certain without signs.
const certainWithout = 0.99

// rivalsEach is how many of the candidates that a certain pair leaves over are looked
// at: those whose names are the nearest. Pages that have no counterpart meet such, and
// these often show the same picture in another size or colour.
const rivalsEach = 3

// learnSigns learns what pictures and lists of variants are worth.
func (o *Outcome) learnSigns() {
	m := o.Matching
	if !m.HasPictures() && !m.HasVariants() {
		return
	}
	certain := make([]int, len(o.Scores)) // for each old page which candidate is right, -1 unknown
	var pairs []pairing.Certain
	for i := range certain {
		if certain[i] = o.certain(i); certain[i] >= 0 {
			pairs = append(pairs, pairing.Certain{Old: int32(i), New: m.Cands[i][certain[i]].New})
		}
	}
	if m.HasPictures() {
		o.Pictures = o.learn(certain, func(i int, j int32) pairing.SignLevel {
			level, _ := m.Pictures(i, j)
			return level
		})
	}
	if m.HasVariants() {
		m.LearnVariants(pairs)
		o.Variants = o.learn(certain, func(i int, j int32) pairing.SignLevel {
			level, _ := m.Variants(i, j)
			return level
		})
	}
	for _, s := range []*Sign{o.Pictures, o.Variants} {
		if s == nil || s.Enough() {
			continue
		}
		for i := range o.Scores {
			o.breakTies(i, s)
		}
	}
}

// learn counts over the certain pairs.
func (o *Outcome) learn(certain []int, level func(i int, j int32) pairing.SignLevel) *Sign {
	s := &Sign{level: level}
	var right, wrong [pairing.SignLevels]int
	for i, best := range certain {
		if best < 0 {
			continue
		}
		seen := 0
		for k, c := range o.Matching.Cands[i] { // the nearest name first
			l := level(i, c.New)
			switch {
			case k == best && l != pairing.SignUnknown:
				right[l]++
				s.Certain++
			case k != best && seen < rivalsEach:
				seen++
				if l != pairing.SignUnknown {
					wrong[l]++
					s.Rivals++
				}
			}
		}
	}
	if s.Enough() {
		for l := range s.Weights {
			if l != int(pairing.SignUnknown) {
				s.Weights[l] = weight(right[l], s.Certain, wrong[l], s.Rivals)
			}
		}
	}
	return s
}

// Enough tells whether so much was seen that the sign weighs.
func (s *Sign) Enough() bool {
	return s != nil && s.Certain >= LeastSigns && s.Rivals >= LeastSigns
}

// Weight is what the sign adds to the log-odds of the old item i and the new item j.
func (s *Sign) Weight(i int, j int32) float64 {
	if s == nil {
		return 0
	}
	return s.Weights[s.level(i, j)]
}

// breakTies lets a sign decide between candidates of an old page that are as likely when
// they are looked at alone: of their scores, the one for which the sign speaks more has
// the higher one.
func (o *Outcome) breakTies(i int, s *Sign) {
	m, ps := o.Matching, o.Scores[i]
	for k := range ps {
		for l := k + 1; l < len(ps); l++ {
			if m.P1(i, k) != m.P1(i, l) || ps[k] == ps[l] {
				continue
			}
			c := s.level(i, m.Cands[i][k].New).Compare(s.level(i, m.Cands[i][l].New))
			if c > 0 && ps[k] < ps[l] || c < 0 && ps[k] > ps[l] {
				ps[k], ps[l] = ps[l], ps[k]
			}
		}
	}
}

// certain is which candidate of an old product is its counterpart for certain, -1 none.
func (o *Outcome) certain(i int) int {
	m := o.Matching
	if !m.IsProduct(i) {
		return -1
	}
	if right, ok := m.Told(i); ok {
		return slices.IndexFunc(m.Cands[i], func(c pairing.Candidate) bool { return c.New == right })
	}
	best := -1
	for k, p := range o.Scores[i] {
		if best < 0 || p > o.Scores[i][best] {
			best = k
		}
	}
	if best < 0 || o.Scales[m.Group(i)].Probability(float64(o.Scores[i][best])) < certainWithout || !m.NamesAgree(i, m.Cands[i][best].New) {
		return -1
	}
	return best
}

// weight is the logarithm of how much more often something is seen on right pairs than
// on wrong ones, or the other way round: the least that the counts prove.
func weight(right, rights, wrong, wrongs int) float64 {
	lowR, highR := Wilson(right, rights)
	lowW, highW := Wilson(wrong, wrongs)
	switch {
	case lowR > highW:
		return math.Log(lowR / highW)
	case highR < lowW:
		return math.Log(highR / lowW)
	}
	return 0
}

// Probability of the k-th candidate of the old item i, with what signs say of it.
func (o *Outcome) Probability(i, k int) float64 {
	p := o.Scales[o.Matching.Group(i)].Probability(float64(o.Scores[i][k]))
	j := o.Matching.Cands[i][k].New
	if w := o.Pictures.Weight(i, j) + o.Variants.Weight(i, j); w != 0 {
		return boost.Sigmoid(logOdds(p) + w)
	}
	return p
}
