// Package boost holds gradient-boosted decision trees for yes-or-no questions: the
// model and a trainer. The trainer is deterministic: the same rows
// and options give the same model.
package boost

import (
	"errors"
	"fmt"
	"math"
)

// Model is a sum of trees over a bias; its sigmoid is a probability.
type Model struct {
	Features []string // names, in the order of the rows
	Bias     float64
	Trees    []Tree
}

// Tree is stored as arrays: node n asks whether feature Feature[n] is at most
// Threshold[n], and goes on at Left[n] or Right[n]. Feature -1 marks a leaf whose
// value is Threshold[n].
type Tree struct {
	Feature   []int16
	Threshold []float32
	Left      []int16
	Right     []int16
}

// Raw is the log-odds of a row.
func (m *Model) Raw(x []float32) float64 {
	s := m.Bias
	for i := range m.Trees {
		t := &m.Trees[i]
		n := int16(0)
		for t.Feature[n] >= 0 {
			if x[t.Feature[n]] <= t.Threshold[n] {
				n = t.Left[n]
			} else {
				n = t.Right[n]
			}
		}
		s += float64(t.Threshold[n])
	}
	return s
}

// Score is the probability of a row.
func (m *Model) Score(x []float32) float64 { return Sigmoid(m.Raw(x)) }

// Sigmoid turns log-odds into a probability.
func Sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// ErrFeatures is returned by Check when a model was trained on other features.
var ErrFeatures = errors.New("model was trained on other features")

// Check tells whether the model is well formed and fits rows with the named
// features.
func (m *Model) Check(features []string) error {
	if len(m.Features) != len(features) {
		return fmt.Errorf("%w: %d instead of %d", ErrFeatures, len(m.Features), len(features))
	}
	for i := range features {
		if m.Features[i] != features[i] {
			return fmt.Errorf("%w: %q instead of %q", ErrFeatures, m.Features[i], features[i])
		}
	}
	for i := range m.Trees {
		t := &m.Trees[i]
		n := len(t.Feature)
		if n == 0 || len(t.Threshold) != n || len(t.Left) != n || len(t.Right) != n {
			return fmt.Errorf("tree %d: arrays of unequal length", i)
		}
		for k := range t.Feature {
			if int(t.Feature[k]) >= len(features) {
				return fmt.Errorf("tree %d: no feature %d", i, t.Feature[k])
			}
			// Children stand behind their parent, so that no walk can go in a circle.
			if t.Feature[k] >= 0 && (int(t.Left[k]) <= k || int(t.Right[k]) <= k || int(t.Left[k]) >= n || int(t.Right[k]) >= n) {
				return fmt.Errorf("tree %d: node %d leads nowhere", i, k)
			}
		}
	}
	return nil
}
