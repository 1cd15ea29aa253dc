// Package judge turns candidates and a trained model into decisions: one for every
// old page, with a confidence that can be taken at its word.
package judge

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"replatform/planner/match/internal/boost"
	"replatform/planner/match/internal/pairing"
)

// Brain is everything that was learnt from cases with known answers.
type Brain struct {
	About     string   // what this is and how it was made
	TrainedOn []string // cases whose answers it has seen
	First     *boost.Model
	Second    *boost.Model
	Products  Scales // for products
	Pages     Scales // for categories and other pages
}

// Scales are two: for moves where many old pages have a certain partner, and for
// those where few have, so that little could be learnt of the move itself and the
// score deserves less trust.
type Scales struct{ Rich, Poor Scale }

// Rich and poor moves are told apart by the share of old pages of a kind that have a
// certain partner. Between the two shares the scales are mixed.
const (
	PoorShare = 0.08
	RichShare = 0.16
)

// At is the scale for a share.
func (s Scales) At(share float64) Scale {
	t := (share - PoorShare) / (RichShare - PoorShare)
	switch {
	case t <= 0:
		return s.Poor
	case t >= 1:
		return s.Rich
	}
	between := func(a, b float64) float64 { return a + (b-a)*t }
	return Scale{
		Slope: between(s.Poor.Slope, s.Rich.Slope), Shift: between(s.Poor.Shift, s.Rich.Shift),
		Publish: between(s.Poor.Publish, s.Rich.Publish),
	}
}

// Scale turns the second model's score into a probability and says from where on
// pairs may be used without review.
type Scale struct {
	Slope, Shift float64 // of the log-odds
	Publish      float64 // probability; above 1 nothing is
}

// Probability of a score.
func (s Scale) Probability(p float64) float64 {
	return boost.Sigmoid(s.Slope*logOdds(p) + s.Shift)
}

// Accept is the probability from which on a candidate is taken as the answer. Below
// it the likelier answer is that there is none.
const Accept = 0.5

// Decode reads a brain and checks that its models fit the features of this program.
func Decode(r io.Reader) (*Brain, error) {
	b := new(Brain)
	if err := json.NewDecoder(r).Decode(b); err != nil {
		return nil, fmt.Errorf("reading model: %w", err)
	}
	names := pairing.FeatureNames()
	for _, m := range []struct {
		model *boost.Model
		names []string
	}{{b.First, names[:pairing.FeatureCount]}, {b.Second, names}} {
		if m.model == nil {
			return nil, fmt.Errorf("reading model: a part is missing")
		}
		if err := m.model.Check(m.names); err != nil {
			return nil, fmt.Errorf("reading model: %w", err)
		}
	}
	return b, nil
}

// Decision is the answer for one old item.
type Decision struct {
	New                int32 // -1 none
	Confidence         float64
	RunnerUp           int32 // -1 none
	RunnerUpConfidence float64
	Published          bool // may be used without review
	Near               bool // no counterpart was taken, but something came near
	Told               bool // a person said so
	Rule               *pairing.Rule
}

// Sure is the score of the first model from which on a pair may teach what is
// particular to this move.
const Sure = 0.9

// nearEnough is the probability from which on a person should see a candidate that
// was not taken.
const nearEnough = 0.12

// unlikeConfidence caps what is claimed of a pair whose names have nothing in common:
// an equal code alone may be a code that was given away again.
const unlikeConfidence = 0.7

// Options of Decide.
type Options struct {
	Workers  int
	Progress func(stage string, done, total int)
	// Precision that published pairs shall have, between 0 and 1; DefaultPrecision
	// when it is not.
	Precision float64
	// Known is what a person said of pages of these shops.
	Known []pairing.Known
	// Unsigned leaves out what pictures and lists of variants say, to measure what they
	// bring.
	Unsigned bool
}

// Outcome is what Decide came to, and by what.
type Outcome struct {
	Decisions []Decision
	Matching  *pairing.Matching
	Scores    [][]float32   // of the second model, for each old page and candidate
	Scales    map[int]Scale // for each kind of page
	Labels    map[int]int   // how many words of a person spoke on the scale of each kind
	Precision float64       // asked for
	Pictures  *Sign         // nil when one of the shops has no hashes of pictures
	Variants  *Sign         // nil when one of the shops has no products with several variants
}

// Decide prepares both shops, scores all candidates and decides.
func Decide(ctx context.Context, old, new pairing.Records, b *Brain, o Options) (*Outcome, error) {
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	precision := o.Precision
	if precision <= 0 || precision >= 1 {
		precision = DefaultPrecision
	}
	m, err := pairing.Prepare(ctx, old, new, o.Known, o.Workers, o.Progress)
	if err != nil {
		return nil, err
	}
	p1, err := m.ScoreAll(ctx, b.First, false, o.Workers, func(done int) { o.Progress("compare", done, 2*old.Len()) })
	if err != nil {
		return nil, err
	}
	m.First(p1)
	var labels map[int][]Sample
	var second pairing.Scorer = b.Second
	if len(o.Known) > 0 {
		// First what the model thinks of these pages when it has not heard the word.
		m.Relearn(Sure)
		second, labels = learn(m, b.Second)
		m.Obey(p1)
		m.First(p1)
	}
	m.Teach(Sure)
	p2, err := m.ScoreAll(ctx, second, true, o.Workers, func(done int) { o.Progress("compare", old.Len()+done, 2*old.Len()) })
	if err != nil {
		return nil, err
	}
	out := &Outcome{Matching: m, Scores: p2, Scales: make(map[int]Scale), Labels: make(map[int]int), Precision: precision}
	for i := range p2 {
		g := m.Group(i)
		if _, ok := out.Scales[g]; ok {
			continue
		}
		scales := b.Pages
		if m.IsProduct(i) {
			scales = b.Products
		}
		out.Scales[g] = adapt(scales.At(m.SeedShare(i)), labels[g], precision)
		out.Labels[g] = len(labels[g])
	}
	if !o.Unsigned {
		out.learnSigns()
	}
	out.choose()
	return out, nil
}

// choose decides from the scores.
func (o *Outcome) choose() {
	m := o.Matching
	o.Decisions = make([]Decision, len(o.Scores))
	rules := m.Rules()
	var open []option
	for i, ps := range o.Scores {
		d := &o.Decisions[i]
		if right, ok := m.Told(i); ok {
			*d = Decision{New: right, RunnerUp: -1, Published: right >= 0, Told: true}
			if right >= 0 {
				d.Confidence = 1
			}
			continue
		}
		open = open[:0]
		for k := range ps {
			if c := m.Cands[i][k].New; !m.Refused(i, c) {
				open = append(open, option{c, o.Probability(i, k)})
			}
		}
		var rule *pairing.Rule
		if k, ok := slices.BinarySearchFunc(rules, int32(i), func(r pairing.Rule, i int32) int { return cmp.Compare(r.Old, i) }); ok && !m.Refused(i, rules[k].New) {
			rule = &rules[k]
		}
		*d = choose(open, o.Scales[m.Group(i)].Publish, rule, o.Precision)
		if d.New >= 0 && d.Rule == nil && !m.NamesAgree(i, d.New) {
			d.Published = false
			d.Confidence = min(d.Confidence, unlikeConfidence)
		}
	}
}

// DefaultPrecision is what the bars of a brain are for.
const DefaultPrecision = 0.99

// PublishBar moves the brain's bar to another precision: the chance of an error is
// scaled.
func PublishBar(bar, precision float64) float64 {
	if bar >= 1 {
		return bar
	}
	return 1 - (1-bar)*(1-precision)/(1-DefaultPrecision)
}

// option is a new page that may be the answer.
type option struct {
	j int32
	p float64
}

// before orders options: the likelier first.
func (a option) before(b option) bool {
	return cmp.Or(cmp.Compare(b.p, a.p), cmp.Compare(a.j, b.j)) < 0
}

func choose(open []option, bar float64, rule *pairing.Rule, precision float64) Decision {
	bar = PublishBar(bar, precision)
	d := Decision{New: -1, RunnerUp: -1}
	best, next := option{j: -1}, option{j: -1}
	put := func(x option) {
		switch {
		case best.j < 0 || x.before(best):
			best, next = x, best
		case next.j < 0 || x.before(next):
			next = x
		}
	}
	found := rule == nil
	for _, x := range open {
		if rule != nil && x.j == rule.New {
			found = true
			x.p = max(x.p, rule.Confidence)
		}
		put(x)
	}
	if !found {
		put(option{rule.New, rule.Confidence})
	}
	if best.j < 0 {
		return d
	}
	if rule != nil && best.j == rule.New {
		d.Rule = rule
	}
	if best.p < Accept {
		d.RunnerUp, d.RunnerUpConfidence = best.j, best.p
		d.Near = best.p >= nearEnough
		return d
	}
	d.New, d.Confidence = best.j, best.p
	d.RunnerUp, d.RunnerUpConfidence = next.j, next.p
	d.Published = d.Confidence >= bar || d.Rule != nil && d.Rule.Confidence >= precision
	return d
}
