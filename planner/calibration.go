package planner

import (
	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner/match"
)

// Stated is how often the pairs of some confidence were right, as people found who
// settled them in review or checked a random sample of the pairs used without review.
type Stated struct {
	Low, High float64 // of the confidence: from Low to less than High, 0 to 1
	Pairs     int
	Right     int
	Sum       float64 // of the stated confidences
	// Of the pairs, those of a sample, and how many of them are right.
	Sampled, SampledRight int
}

// statedEdges are the bounds of the ranges of confidence; the last one includes 1.
var statedEdges = [...]float64{0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0001}

// calibration compares the confidence that pairs had when people judged them with what
// they found. A pair counts once, however often it was judged: as one of the sample if it
// was in one, since a decision after the sample would pick the pairs to count. A pair that
// rests on a person's word, and one whose confidence is unknown, count nowhere. Ranges
// without pairs are left out.
func calibration(judged []inventory.Judged) []Stated {
	type pair struct{ old, fresh catalog.Key }
	sampled := map[pair]bool{}
	for _, j := range judged {
		if j.Source == inventory.JudgedSample && j.Confidence > 0 {
			sampled[pair{j.Old, j.New}] = true
		}
	}
	bins := make([]Stated, len(statedEdges)-1)
	for i := range bins {
		bins[i].Low, bins[i].High = statedEdges[i], min(statedEdges[i+1], 1)
	}
	for _, j := range judged {
		ofSample := j.Source == inventory.JudgedSample
		if j.Confidence <= 0 || j.Method == match.MethodPerson || !ofSample && sampled[pair{j.Old, j.New}] {
			continue
		}
		for i := range bins {
			if j.Confidence >= statedEdges[i] && j.Confidence < statedEdges[i+1] {
				bins[i].add(j.Confidence, j.Right, ofSample)
			}
		}
	}
	out := bins[:0]
	for _, b := range bins {
		if b.Pairs > 0 {
			out = append(out, b)
		}
	}
	return out
}

func (s *Stated) add(confidence float64, right, sampled bool) {
	s.Pairs++
	s.Sum += confidence
	if sampled {
		s.Sampled++
	}
	if right {
		s.Right++
	}
	if right && sampled {
		s.SampledRight++
	}
}
