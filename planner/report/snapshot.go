package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/klauspost/compress/zstd"

	"replatform/planner"
)

// maxSnapshot bounds a snapshot once it is unpacked. A row of the map takes some 400
// bytes, so a million rows fit.
const maxSnapshot = 512 << 20

// ErrOtherNames is returned where one of two plans has pseudonyms and the other has not.
var ErrOtherNames = errors.New("one of the plans is anonymous, the other is not")

// VersionSummary is what a list of versions says of one.
type VersionSummary struct {
	Way      planner.Way `json:"way"`
	Fallback planner.Way `json:"fallback,omitempty"`
	Engine   string      `json:"engine,omitempty"`
	Cutover  string      `json:"cutover,omitempty"` // a day; empty: not set
	Pages    int         `json:"pages"`
	Redirect int         `json:"redirect"`
	Ask      int         `json:"ask"`
	Gone     int         `json:"gone"`
	Covered  int         `json:"covered"` // pages that something delivers
	Pointed  int         `json:"pointed"` // of so many that need it
}

// Snapshot is what of a plan has to be kept to compare it with another (see Diff): JSON
// in the form of plan.json, without the day on which it was made and without what is
// the same text in every plan, packed with Zstandard (RFC 8878). The same plan gives the
// same bytes.
func Snapshot(p *planner.Plan, o Options) ([]byte, VersionSummary, error) {
	f, err := planFile(p, o)
	if err != nil {
		return nil, VersionSummary{}, err
	}
	a := f.Pages.ByAction
	s := VersionSummary{Way: f.Way, Fallback: f.Fallback, Engine: f.Engine, Cutover: f.Clocks.Cutover, Pages: f.Pages.Total,
		Redirect: a[planner.ActionRedirect], Ask: a[planner.ActionAsk], Gone: a[planner.ActionGone], Pointed: f.Pages.Pointed}
	for _, l := range f.Coverage {
		if l.Strength != planner.StrengthNone {
			s.Covered += l.Pages
		}
	}
	f.Generated = time.Time{}
	f.Ladder, f.Advice, f.Decisions, f.Evidence, f.Findings, f.Files, f.Outcomes = nil, nil, nil, nil, nil, nil, nil
	tasks := make([]planner.Task, len(f.Tasks))
	for i, t := range f.Tasks {
		tasks[i] = planner.Task{ID: t.ID}
	}
	facts := make([]planner.OpenFact, len(f.OpenFacts))
	for i, x := range f.OpenFacts {
		facts[i] = planner.OpenFact{Key: x.Key}
	}
	f.Tasks, f.OpenFacts = tasks, facts
	data, err := json.Marshal(f)
	if err != nil {
		return nil, s, fmt.Errorf("keeping the plan: %w", err)
	}
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, s, fmt.Errorf("keeping the plan: %w", err)
	}
	defer enc.Close()
	return enc.EncodeAll(data, nil), s, nil
}

// ReadSnapshot reads what Snapshot made. Errors are ErrNotPlan.
func ReadSnapshot(packed []byte) (*PlanFile, error) { return readSnapshot(packed, maxSnapshot) }

func readSnapshot(packed []byte, most uint64) (*PlanFile, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(most))
	if err != nil {
		return nil, fmt.Errorf("reading a version: %w", err)
	}
	defer dec.Close()
	data, err := dec.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotPlan, err)
	}
	var f PlanFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotPlan, err)
	}
	if f.Version < 1 || f.Version > PlanVersion {
		return nil, fmt.Errorf("%w: version %d", ErrNotPlan, f.Version)
	}
	return &f, nil
}
