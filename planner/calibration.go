package planner

import (
	"replatform/crawler/inventory"
	"replatform/planner/match"
)

// Stated is how often the proposals of some confidence were right, as people found who
// settled them in review.
type Stated struct {
	Low, High float64 // of the confidence: from Low to less than High, 0 to 1
	Pairs     int
	Right     int
	Sum       float64 // of the stated confidences
}

// statedEdges are the bounds of the ranges of confidence; the last one includes 1.
var statedEdges = [...]float64{0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0001}

// calibration compares the confidence of proposals with what people decided on them:
// right is what was accepted, wrong what was rejected, exchanged for another page or
// found to be gone. Only proposals of the newest match count, since a decision changes
// the confidence of the matches after it, and none that rests on a person's word.
// Ranges without pairs are left out.
func calibration(matches []inventory.Match) []Stated {
	bins := make([]Stated, len(statedEdges)-1)
	for i := range bins {
		bins[i].Low, bins[i].High = statedEdges[i], min(statedEdges[i+1], 1)
	}
	for _, m := range matches {
		if m.Proposed == "" || m.Proposed != m.DecidedOn || m.Method == match.MethodPerson || m.Confidence <= 0 {
			continue
		}
		right := false
		switch m.Decision {
		case inventory.Accept, inventory.Pick:
			right = m.DecidedNew == m.DecidedOn
		case inventory.Reject, inventory.Gone:
		default:
			continue // ignore says nothing of the pair
		}
		for i := range bins {
			if m.Confidence >= statedEdges[i] && m.Confidence < statedEdges[i+1] {
				bins[i].Pairs++
				bins[i].Sum += m.Confidence
				if right {
					bins[i].Right++
				}
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
