package judge

import (
	"math"
	"testing"
)

func TestWeight(t *testing.T) {
	for _, test := range []struct {
		name                         string
		right, rights, wrong, wrongs int
		low, high                    float64
	}{
		{"seen on right pairs only", 80, 100, 0, 300, 3.5, 4.5},
		{"the more is seen, the more is proven", 800, 1000, 0, 3000, 5.8, 6.7},
		{"seen on wrong pairs only", 0, 100, 290, 300, -4, -2.8},
		{"as often on both", 50, 100, 150, 300, 0, 0},
		{"a difference that may be chance", 52, 100, 140, 300, 0, 0},
		{"nothing seen", 0, 0, 0, 0, 0, 0},
	} {
		if w := weight(test.right, test.rights, test.wrong, test.wrongs); w < test.low || w > test.high || math.IsNaN(w) {
			t.Errorf("%s: %+.2f, want %+.2f to %+.2f", test.name, w, test.low, test.high)
		}
	}
}
