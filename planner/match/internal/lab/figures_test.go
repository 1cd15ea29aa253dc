package lab

import (
	"math"
	"testing"

	"replatform/planner/match/internal/judge"
)

func TestJudge(t *testing.T) {
	truth := []int32{0, 1, 2, 3, -1, -1}
	f := Judge(truth, []Guess{
		{0, 0.99, true},  // right
		{1, 0.95, true},  // right
		{9, 0.90, false}, // wrong page
		{-1, 0, false},   // missed
		{4, 0.85, true},  // there is none
		{-1, 0, false},   // left alone, rightly
	}, 0.99)
	for what, c := range map[string][2]float64{
		"precision":           {f.Precision, 0.5},
		"recall":              {f.Recall, 0.5},
		"F1":                  {f.F1, 0.5},
		"coverage":            {f.Coverage, 0.5},
		"abstain":             {f.Abstain, 0.5},
		"published precision": {f.PublishedPrecision, 2.0 / 3},
		"published share":     {f.PublishedShare, 0.5},
		"published abstain":   {f.PublishedAbstain, 0.5},
	} {
		if math.Abs(c[0]-c[1]) > 1e-9 {
			t.Errorf("%s is %v, want %v", what, c[0], c[1])
		}
	}
	n, right := 0, 0
	for _, b := range f.Bins {
		n, right = n+b.N, right+b.Right
	}
	if n != 4 || right != 2 {
		t.Errorf("the bins hold %d guesses, %d right; want 4 and 2", n, right)
	}
}

func TestEqualConfidencesStandTogether(t *testing.T) {
	f := Judge([]int32{0, 1}, []Guess{{0, 0.9, false}, {5, 0.9, false}}, 0.99)
	if f.Coverage != 0 {
		t.Errorf("coverage is %v: a right guess was taken without the wrong one of equal confidence", f.Coverage)
	}
}

func TestFitRecoversAScale(t *testing.T) {
	var ss []judge.Sample
	for i := range 20000 {
		z := float64(i%200)/20 - 5
		// Right as often as half the log-odds say.
		p := 1 / (1 + math.Exp(-(0.8*z + 0.5)))
		ss = append(ss, judge.Sample{Z: z, Weight: 1, Right: float64((i*7919)%20000)/20000 < p})
	}
	if s := fit(ss); math.Abs(s.Slope-0.8) > 0.05 || math.Abs(s.Shift-0.5) > 0.1 {
		t.Errorf("scale %+v, want slope 0.8 and shift 0.5", s)
	}
}
