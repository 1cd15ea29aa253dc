package judge

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/planner/match/internal/boost"
	"replatform/planner/match/internal/pairing"
)

func cands(js ...int32) []pairing.Candidate {
	var cs []pairing.Candidate
	for _, j := range js {
		cs = append(cs, pairing.Candidate{New: j})
	}
	return cs
}

func TestChoose(t *testing.T) {
	plain := Scale{Slope: 1, Publish: 0.95}
	rule := &pairing.Rule{New: 7, Kind: pairing.Subject, Confidence: 0.99}
	weak := &pairing.Rule{New: 7, Kind: pairing.Products, Confidence: 0.75}
	for name, c := range map[string]struct {
		cands  []pairing.Candidate
		scores []float32
		scale  Scale
		rule   *pairing.Rule
		want   Decision
	}{
		"nothing":          {want: Decision{New: -1, RunnerUp: -1}},
		"sure":             {cands(3, 4), []float32{0.1, 0.96}, plain, nil, Decision{New: 4, Confidence: 0.96, RunnerUp: 3, RunnerUpConfidence: 0.1, Published: true}},
		"likely":           {cands(3, 4), []float32{0.7, 0.1}, plain, nil, Decision{New: 3, Confidence: 0.7, RunnerUp: 4, RunnerUpConfidence: 0.1}},
		"near":             {cands(3, 4), []float32{0.4, 0.1}, plain, nil, Decision{New: -1, RunnerUp: 3, RunnerUpConfidence: 0.4, Near: true}},
		"far":              {cands(3), []float32{0.01}, plain, nil, Decision{New: -1, RunnerUp: 3, RunnerUpConfidence: 0.01}},
		"tie":              {cands(9, 4), []float32{0.8, 0.8}, plain, nil, Decision{New: 4, Confidence: 0.8, RunnerUp: 9, RunnerUpConfidence: 0.8}},
		"poor move":        {cands(3), []float32{0.999}, Scale{Slope: 1, Publish: 2}, nil, Decision{New: 3, Confidence: 0.999, RunnerUp: -1}},
		"rule":             {cands(3, 7), []float32{0.2, 0.3}, plain, rule, Decision{New: 7, Confidence: 0.99, RunnerUp: 3, RunnerUpConfidence: 0.2, Published: true, Rule: rule}},
		"rule, no scores":  {nil, nil, plain, rule, Decision{New: 7, Confidence: 0.99, RunnerUp: -1, Published: true, Rule: rule}},
		"rule overruled":   {cands(3), []float32{0.995}, plain, rule, Decision{New: 3, Confidence: 0.995, RunnerUp: 7, RunnerUpConfidence: 0.99, Published: true}},
		"weak rule":        {nil, nil, plain, weak, Decision{New: 7, Confidence: 0.75, RunnerUp: -1, Rule: weak}},
		"rule, model sure": {cands(7), []float32{0.999}, Scale{Slope: 1, Publish: 2}, rule, Decision{New: 7, Confidence: 0.999, RunnerUp: -1, Published: true, Rule: rule}},
	} {
		var open []option
		for k, cand := range c.cands {
			open = append(open, option{cand.New, c.scale.Probability(float64(c.scores[k]))})
		}
		got := choose(open, c.scale.Publish, c.rule, DefaultPrecision)
		near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-6 })
		if d := cmp.Diff(c.want, got, near); d != "" {
			t.Errorf("%s: (-want +got)\n%s", name, d)
		}
	}
}

func TestPublishBar(t *testing.T) {
	if b := PublishBar(0.95, 0.99); math.Abs(b-0.95) > 1e-12 {
		t.Errorf("the bar for the usual precision moved to %v", b)
	}
	if b := PublishBar(0.95, 0.995); math.Abs(b-0.975) > 1e-9 {
		t.Errorf("half the errors: bar %v, want 0.975", b)
	}
	if b := PublishBar(2, 0.5); b != 2 {
		t.Errorf("a poor move gets a bar of %v", b)
	}
}

func TestScalesAreMixed(t *testing.T) {
	s := Scales{Poor: Scale{Slope: 1, Publish: 2}, Rich: Scale{Slope: 2, Shift: 1, Publish: 0.9}}
	if got := s.At(0); got != s.Poor {
		t.Errorf("without certain pairs the scale is %+v", got)
	}
	if got := s.At(0.9); got != s.Rich {
		t.Errorf("with many certain pairs the scale is %+v", got)
	}
	if got := s.At((PoorShare + RichShare) / 2); math.Abs(got.Slope-1.5) > 1e-9 || got.Publish < 1 {
		t.Errorf("between, the scale is %+v", got)
	}
}

func TestProbabilityRisesWithTheScore(t *testing.T) {
	s := Scale{Slope: 1.3, Shift: -0.4}
	last := -1.0
	for _, p := range []float64{0, 1e-9, 0.1, 0.5, 0.9, 1} {
		q := s.Probability(p)
		if q < last || q < 0 || q > 1 {
			t.Errorf("Probability(%v) = %v after %v", p, q, last)
		}
		last = q
	}
}

func TestDecodeRefuses(t *testing.T) {
	other, err := json.Marshal(Brain{First: &boost.Model{Features: []string{"x"}}, Second: &boost.Model{}})
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]string{"no JSON": "x", "parts missing": "{}", "other features": string(other)} {
		if _, err := Decode(strings.NewReader(in)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := Decode(strings.NewReader(string(other))); !errors.Is(err, boost.ErrFeatures) {
		t.Errorf("other features: error is %v, want ErrFeatures", err)
	}
}
