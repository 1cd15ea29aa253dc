package judge

import (
	"math"
	"slices"

	"replatform/planner/match/internal/boost"
	"replatform/planner/match/internal/pairing"
)

// Pictures is what it says in this move that two pages show the same picture, or
// another one. It is learnt without being told any right answer, in the manner of
// Fellegi and Sunter ("A Theory for Record Linkage", JASA 64, 1969): how often pictures
// agree on pairs that are certain without them, against how often they agree on the
// nearest pages that are certainly not meant.
type Pictures struct {
	// Certain pairs with pictures on both sides, and their Rivals with one.
	Certain, Rivals int
	// Weights are added to the log-odds of a pair, by pairing.PictureLevel; all are 0
	// when too few pairs are certain. The sample's error speaks against each: it is the
	// least that the counts prove with a confidence of 95 % (Wilson).
	Weights [pairing.PictureLevels]float64
}

// LeastPictures is how many pairs with pictures must be certain, and how many of their
// rivals must have one, before pictures weigh. With fewer they only break ties, see breakTies.
const LeastPictures = 50

// certainWithout is the confidence from which on a pair is certain without its picture.
const certainWithout = 0.99

// rivalsEach is how many of the candidates that a certain pair leaves over are looked
// at: those whose names are the nearest. Pages that have no counterpart meet such, and
// these often show the same picture in another size or colour.
const rivalsEach = 3

// learnPictures counts over the certain pairs.
func learnPictures(o *Outcome) *Pictures {
	m := o.Matching
	if !m.HasPictures() {
		return nil
	}
	p := new(Pictures)
	var certain, rivals [pairing.PictureLevels]int
	for i := range o.Scores {
		best := o.certain(i)
		if best < 0 {
			continue
		}
		if level, _ := m.Pictures(i, m.Cands[i][best].New); level != pairing.PictureUnknown {
			certain[level]++
			p.Certain++
		}
		seen := 0
		for k, c := range m.Cands[i] { // the nearest name first
			if k == best || seen == rivalsEach {
				continue
			}
			seen++
			if level, _ := m.Pictures(i, c.New); level != pairing.PictureUnknown {
				rivals[level]++
				p.Rivals++
			}
		}
	}
	if p.Enough() {
		for level := range p.Weights {
			if level != int(pairing.PictureUnknown) {
				p.Weights[level] = weight(certain[level], p.Certain, rivals[level], p.Rivals)
			}
		}
		return p
	}
	for i := range o.Scores {
		o.breakTies(i)
	}
	return p
}

// breakTies lets pictures decide between candidates of an old page that are as likely
// when they are looked at alone: of their scores, the one whose picture speaks more for
// it has the higher one.
func (o *Outcome) breakTies(i int) {
	m, ps := o.Matching, o.Scores[i]
	for k := range ps {
		for l := k + 1; l < len(ps); l++ {
			if m.P1(i, k) != m.P1(i, l) || ps[k] == ps[l] {
				continue
			}
			a, _ := m.Pictures(i, m.Cands[i][k].New)
			b, _ := m.Pictures(i, m.Cands[i][l].New)
			if c := a.Compare(b); c > 0 && ps[k] < ps[l] || c < 0 && ps[k] > ps[l] {
				ps[k], ps[l] = ps[l], ps[k]
			}
		}
	}
}

// Enough tells whether so much was seen that pictures weigh.
func (p *Pictures) Enough() bool { return p.Certain >= LeastPictures && p.Rivals >= LeastPictures }

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

// Probability of the k-th candidate of the old item i, with what its picture says.
func (o *Outcome) Probability(i, k int) float64 {
	p := o.Scales[o.Matching.Group(i)].Probability(float64(o.Scores[i][k]))
	if w := o.PictureWeight(i, k); w != 0 {
		return boost.Sigmoid(logOdds(p) + w)
	}
	return p
}

// PictureWeight is what the picture of the k-th candidate of the old item i adds to its
// log-odds.
func (o *Outcome) PictureWeight(i, k int) float64 {
	if o.Pictures == nil {
		return 0
	}
	level, _ := o.Matching.Pictures(i, o.Matching.Cands[i][k].New)
	return o.Pictures.Weights[level]
}
