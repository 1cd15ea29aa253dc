package judge

import (
	"math"
	"testing"
)

func TestWilson(t *testing.T) {
	// Values as in R: binom::binom.wilson(x, n).
	for _, c := range []struct {
		right, n  int
		low, high float64
	}{{0, 0, 0, 1}, {10, 10, 0.7225, 1}, {0, 10, 0, 0.2775}, {95, 100, 0.8882, 0.9785}, {198, 200, 0.9643, 0.9973}} {
		low, high := Wilson(c.right, c.n)
		if math.Abs(low-c.low) > 5e-4 || math.Abs(high-c.high) > 5e-4 {
			t.Errorf("Wilson(%d, %d) = %.4f, %.4f, want %.4f, %.4f", c.right, c.n, low, high, c.low, c.high)
		}
	}
}

// labelled makes n labels with scores from low to high, of which every wrong-th is wrong.
func labelled(n int, low, high float64, wrong int) []Sample {
	var ss []Sample
	for i := range n {
		ss = append(ss, Sample{Z: low + (high-low)*float64(i)/float64(n), Weight: 1, Right: wrong == 0 || i%wrong != 0})
	}
	return ss
}

func TestAdapt(t *testing.T) {
	poor, rich := Scale{Slope: 1, Publish: never}, Scale{Slope: 1, Publish: 0.95}
	publishes := func(s Scale, z float64) bool { return s.Publish < 1 && s.Slope*z+s.Shift >= logOdds(s.Publish) }
	for name, c := range map[string]struct {
		scale    Scale
		labels   []Sample
		at       float64
		publish  bool
		lowerAt0 bool
	}{
		"few labels change nothing":                 {poor, labelled(9, -2, 6, 0), 6, false, false},
		"a poor move is opened by many right words": {poor, labelled(600, 0, 6, 0), 5, true, false},
		"not by a hundred":                          {poor, labelled(100, 0, 6, 0), 5, false, false},
		"not where one in twenty is wrong":          {poor, labelled(900, 0, 6, 20), 5.9, false, false},
		"a rich move stays open":                    {rich, labelled(60, -2, 6, 0), 5, true, false},
		"and is closed where words contradict":      {rich, labelled(200, 2, 6, 4), 4, false, true},
	} {
		got := adapt(c.scale, c.labels, DefaultPrecision)
		if p := publishes(got, c.at); p != c.publish {
			t.Errorf("%s: publishes at %v: %v, %+v", name, c.at, p, got)
		}
		if c.lowerAt0 && got.Probability(0.98) >= c.scale.Probability(0.98) {
			t.Errorf("%s: still as sure of itself as before: %+v", name, got)
		}
	}
}

const never = 2
