package lab

import "sort"

// Guess is the answer for one old item: a new item, -1 for none, and how sure.
type Guess struct {
	New        int32
	Confidence float64
	Published  bool // to be used without review
}

// Figures judge the guesses for one case.
type Figures struct {
	Old, Matchable, Predicted, Correct int
	Precision, Recall, F1              float64
	Coverage                           float64 // largest recall at which everything above a confidence has the precision asked for
	Abstain                            float64 // share of items without counterpart that were left alone
	Published                          int
	PublishedPrecision                 float64
	PublishedShare                     float64 // correct published rows against items with counterpart
	PublishedAbstain                   float64 // share of items without counterpart that no published row touches
	Bins                               []Bin
}

// Bin is one row of the calibration table.
type Bin struct {
	Low, High float64
	N, Right  int
}

var binEdges = []float64{0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0001}

// Judge computes the figures. precision is what Coverage asks for.
func Judge(truth []int32, guesses []Guess, precision float64) Figures {
	f := Figures{Old: len(truth)}
	type row struct {
		conf  float64
		right bool
	}
	var rows []row
	none, falseOnNone, pubRight, pubOnNone := 0, 0, 0, 0
	for b := 1; b < len(binEdges); b++ {
		f.Bins = append(f.Bins, Bin{Low: binEdges[b-1], High: binEdges[b]})
	}
	for i, t := range truth {
		if t >= 0 {
			f.Matchable++
		} else {
			none++
		}
		g := guesses[i]
		if g.New < 0 {
			continue
		}
		right := g.New == t
		rows = append(rows, row{g.Confidence, right})
		f.Predicted++
		if right {
			f.Correct++
		}
		if t < 0 {
			falseOnNone++
		}
		if g.Published {
			f.Published++
			if right {
				pubRight++
			}
			if t < 0 {
				pubOnNone++
			}
		}
		for b := range f.Bins {
			if g.Confidence >= f.Bins[b].Low && g.Confidence < f.Bins[b].High {
				f.Bins[b].N++
				if right {
					f.Bins[b].Right++
				}
			}
		}
	}
	f.Precision, f.Recall = ratio(f.Correct, f.Predicted), ratio(f.Correct, f.Matchable)
	if f.Precision+f.Recall > 0 {
		f.F1 = 2 * f.Precision * f.Recall / (f.Precision + f.Recall)
	}
	f.Abstain = ratio(none-falseOnNone, none)
	f.PublishedPrecision, f.PublishedShare = ratio(pubRight, f.Published), ratio(pubRight, f.Matchable)
	f.PublishedAbstain = ratio(none-pubOnNone, none)
	sort.SliceStable(rows, func(a, b int) bool { return rows[a].conf > rows[b].conf })
	right := 0
	for i := 0; i < len(rows); {
		j := i
		for ; j < len(rows) && rows[j].conf == rows[i].conf; j++ {
			if rows[j].right {
				right++
			}
		}
		if ratio(right, j) >= precision {
			f.Coverage = max(f.Coverage, ratio(right, f.Matchable))
		}
		i = j
	}
	return f
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
