package planner

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

func TestCalibration(t *testing.T) {
	n := 0
	pair := func(confidence float64, right bool) inventory.Judged {
		n++
		return inventory.Judged{Old: catalog.Key(fmt.Sprint("o", n)), New: "n", Source: inventory.JudgedReview, Confidence: confidence, Method: "name", Right: right}
	}
	sample := func(j inventory.Judged) inventory.Judged {
		j.Source, j.Method = inventory.JudgedSample, ""
		return j
	}
	person := pair(1, true)
	person.Method = "person"
	both := pair(0.97, true) // called wrong in the sample, and taken back by a decision
	drawn := sample(both)
	drawn.Confidence, drawn.Right = 0.96, false
	other := both // another page for the same old one
	other.New, other.Confidence, other.Right = "m", 0.55, false
	unknown := sample(pair(0, true)) // decides nothing, and hides no decision
	decided := unknown
	decided.Source, decided.Confidence = inventory.JudgedReview, 0.85
	got := calibration([]inventory.Judged{
		pair(0.62, true), pair(0.68, true), pair(0.66, false), pair(0.6, false), pair(0.42, false), pair(1, true), pair(0.95, true), pair(0.9499, true),
		person, both, drawn, other, unknown, decided, sample(pair(0.99, true)), sample(pair(0.91, true)),
	})
	want := []Stated{
		{0, 0.5, 1, 0, 0.42, 0, 0}, {0.5, 0.6, 1, 0, 0.55, 0, 0}, {0.6, 0.7, 4, 2, 2.56, 0, 0}, {0.8, 0.9, 1, 1, 0.85, 0, 0},
		{0.9, 0.95, 2, 2, 1.8599, 1, 1}, {0.95, 1, 4, 3, 3.9, 2, 1},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("calibration (-want +got):\n%s", diff)
	}
	if got := calibration(nil); len(got) != 0 {
		t.Errorf("of nothing: %+v", got)
	}
}
