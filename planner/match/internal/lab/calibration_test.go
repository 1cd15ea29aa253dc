package lab

import (
	"math"
	"strings"
	"testing"
)

func TestCalibration(t *testing.T) {
	c := NewCalibration()
	var truth []int32
	var gs []Guess
	for i := range int32(100) {
		truth = append(truth, i)
		g := Guess{New: i, Confidence: 0.85}
		if i%5 == 0 {
			g.New = i + 1000 // wrong: four in five are right
		}
		gs = append(gs, g)
	}
	truth, gs = append(truth, 7, 8), append(gs, Guess{New: -1}, Guess{New: 8, Confidence: 1})
	c.Add(truth, gs)
	// 100 pairs miss by 0.05, one by nothing.
	if e := c.Error(); math.Abs(e-5.0/101) > 1e-9 {
		t.Errorf("error %v", e)
	}
	var b strings.Builder
	if err := c.Write(&b, "Title"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"## Title", "| 0.80–0.90 | 100 | 0.850 | 0.800 | 0.711–0.867 |", "| 0.99–1.00 | 1 | 1.000 | 1.000 |", "bar [0.800, 1.000]", "line [0.850, 1.000]"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, b.String())
		}
	}
}
