package boost

import (
	"math"
	"math/rand/v2"
	"testing"
)

// What the features moved and the mean of all rows are together the score.
func TestWeighAddsUp(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	d := &Data{Width: 3}
	for range 800 {
		a, b, c := r.Float32(), r.Float32(), r.Float32()
		d.X = append(d.X, a, b, c)
		y := float32(0)
		if a > 0.6 || a > 0.3 && b > 0.5 {
			y = 1
		}
		d.Y, d.Weight = append(d.Y, y), append(d.Weight, 1)
	}
	m := Train(d, []string{"a", "b", "c"}, Options{Trees: 20, Leaves: 6, Rate: 0.2, MinWeight: 5, L2: 1, Rows: 1, Columns: 1})
	means := NewMeans(m, d.X)
	var by [3]float64
	var total float64
	for i := 0; i < len(d.X); i += 3 {
		sum := 0.0
		mean := means.Weigh(d.X[i:i+3], func(f int, z float64) { sum += z; by[f] += math.Abs(z) })
		if raw := m.Raw(d.X[i : i+3]); math.Abs(mean+sum-raw) > 1e-6 {
			t.Fatalf("row %d: mean %v and weights %v are not the score %v", i/3, mean, sum, raw)
		}
		total += sum
	}
	if math.Abs(total) > 1e-3 {
		t.Errorf("the weights of all rows add up to %v, not to nothing", total)
	}
	if by[0] < by[1] || by[1] < by[2] {
		t.Errorf("the feature that decides most does not weigh most: %v", by)
	}
}

func TestTrainFromABase(t *testing.T) {
	d := &Data{Width: 1}
	for i := range 200 {
		d.X, d.Weight = append(d.X, float32(i%2)), append(d.Weight, 1)
		d.Y, d.Base = append(d.Y, float32(i%2)), append(d.Base, float64(8*(i%2)-4))
	}
	m := Train(d, []string{"x"}, Options{Trees: 5, Leaves: 2, Rate: 0.1, MinWeight: 1, L2: 1, Rows: 1, Columns: 1})
	// The base is right already: there is next to nothing to add.
	for _, x := range []float32{0, 1} {
		if z := m.Raw([]float32{x}); math.Abs(z) > 0.5 {
			t.Errorf("the model adds %v to what is right already", z)
		}
	}
}
