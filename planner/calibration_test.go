package planner

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

func TestCalibration(t *testing.T) {
	pair := func(confidence float64, decision string, chosen catalog.Key) inventory.Match {
		return inventory.Match{Old: "o", Proposed: "n", DecidedOn: "n", Confidence: confidence, Method: "name", Decision: decision, DecidedNew: chosen}
	}
	person := pair(1, inventory.Accept, "n")
	person.Method = "person"
	later := pair(0.65, inventory.Reject, "")
	later.Proposed = "another" // a later match proposes something else
	alone := pair(0.65, inventory.Gone, "")
	alone.Proposed, alone.DecidedOn = "", ""
	got := calibration([]inventory.Match{
		pair(0.62, inventory.Accept, "n"), pair(0.68, inventory.Pick, "n"), pair(0.66, inventory.Pick, "other"), pair(0.6, inventory.Reject, ""),
		pair(0.42, inventory.Gone, ""), pair(1, inventory.Accept, "n"), pair(0.95, inventory.Accept, "n"), pair(0.9499, inventory.Accept, "n"),
		pair(0.62, inventory.Ignore, ""), pair(0.62, "", ""), person, later, alone,
	})
	want := []Stated{{0, 0.5, 1, 0, 0.42}, {0.6, 0.7, 4, 2, 2.56}, {0.9, 0.95, 1, 1, 0.9499}, {0.95, 1, 2, 2, 1.95}}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("calibration (-want +got):\n%s", diff)
	}
	if got := calibration(nil); len(got) != 0 {
		t.Errorf("of nothing: %+v", got)
	}
}
