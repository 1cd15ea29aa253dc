package boost

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// circle is a question that no single feature answers: is a point inside a circle?
func circle(n int, seed uint64) *Data {
	r := rand.New(rand.NewPCG(seed, 1))
	d := &Data{Width: 3}
	for range n {
		x, y, noise := r.Float32()*2-1, r.Float32()*2-1, r.Float32()
		d.X = append(d.X, x, y, noise)
		d.Weight = append(d.Weight, 1)
		in := float32(0)
		if x*x+y*y < 0.5 {
			in = 1
		}
		d.Y = append(d.Y, in)
	}
	return d
}

var testOptions = Options{Trees: 60, Leaves: 8, Rate: 0.2, MinWeight: 5, L2: 1, Rows: 0.8, Columns: 1, Seed: 3}

var names = []string{"x", "y", "noise"}

func TestTrainLearns(t *testing.T) {
	m := Train(circle(4000, 1), names, testOptions)
	test := circle(2000, 2)
	right := 0
	for i := range test.Y {
		if p := m.Score(test.X[i*3 : i*3+3]); (p > 0.5) == (test.Y[i] == 1) {
			right++
		}
	}
	if share := float64(right) / 2000; share < 0.95 {
		t.Errorf("%.3f of the points are told right, want 0.95", share)
	}
	if err := m.Check(names); err != nil {
		t.Error(err)
	}
}

func TestTrainIsDeterministic(t *testing.T) {
	a, b := Train(circle(500, 1), names, testOptions), Train(circle(500, 1), names, testOptions)
	if d := cmp.Diff(a, b); d != "" {
		t.Errorf("two trainings on the same rows differ:\n%s", d)
	}
}

func TestTrainKeepsTrends(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	d := &Data{Width: 1}
	for range 3000 { // rises, but for a dip that must not be followed
		x := r.Float32()
		p := float64(x)
		if x > 0.4 && x < 0.5 {
			p = 0
		}
		y := float32(0)
		if r.Float64() < p {
			y = 1
		}
		d.X, d.Y, d.Weight = append(d.X, x), append(d.Y, y), append(d.Weight, 1)
	}
	o := testOptions
	o.Rising = []int{0}
	m := Train(d, []string{"x"}, o)
	last := 0.0
	for x := float32(0); x <= 1; x += 0.01 {
		p := m.Score([]float32{x})
		if p < last-1e-9 {
			t.Fatalf("the score falls from %v to %v at %v", last, p, x)
		}
		last = p
	}
}

func TestCheckRefuses(t *testing.T) {
	good := func() *Model {
		return &Model{Features: []string{"x"}, Trees: []Tree{{
			Feature: []int16{0, -1, -1}, Threshold: []float32{0.5, -1, 1}, Left: []int16{1, 0, 0}, Right: []int16{2, 0, 0},
		}}}
	}
	if err := good().Check([]string{"x"}); err != nil {
		t.Fatal(err)
	}
	if err := good().Check([]string{"z"}); !errors.Is(err, ErrFeatures) {
		t.Errorf("another feature: %v", err)
	}
	for name, spoil := range map[string]func(*Tree){
		"circle":      func(t *Tree) { t.Left[0] = 0 },
		"out of tree": func(t *Tree) { t.Right[0] = 9 },
		"no feature":  func(t *Tree) { t.Feature[0] = 4 },
		"short array": func(t *Tree) { t.Left = t.Left[:1] },
		"no node":     func(t *Tree) { *t = Tree{} },
	} {
		m := good()
		spoil(&m.Trees[0])
		if m.Check([]string{"x"}) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
