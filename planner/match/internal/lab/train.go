package lab

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"runtime"
	"sort"
	"sync"

	"replatform/planner/match/internal/boost"
	"replatform/planner/match/internal/judge"
	"replatform/planner/match/internal/pairing"
	"replatform/planner/match/internal/synth"
)

// Loaded is a case with its candidates found.
type Loaded struct {
	*Case
	Matching *pairing.Matching
	first    *boost.Data
}

// Load prepares cases for training.
func Load(ctx context.Context, cs []*Case) ([]*Loaded, error) {
	out := make([]*Loaded, len(cs))
	for i, c := range cs {
		m, err := pairing.Prepare(ctx, pairing.List(c.Old), pairing.List(c.New), nil, 0, nil)
		if err != nil {
			return nil, fmt.Errorf("case %s: %w", c.Name, err)
		}
		out[i] = &Loaded{Case: c, Matching: m}
		out[i].first = out[i].rows(false)
	}
	return out, nil
}

// Mixed makes up cases of every size: large ones, and many small ones, in which
// there is little to learn from and little to be mistaken for something else.
func Mixed(seed, large int) []*Case {
	cs := Invented(seed, large, 700)
	cs = append(cs, Invented(seed+1000, 2*large, 70)...)
	return append(cs, Invented(seed+2000, 3*large, 25)...)
}

// Invented makes up n cases, from the given seed on.
func Invented(seed, n, size int) []*Case {
	var cs []*Case
	for s := seed; s < seed+n; s++ {
		m := synth.New(uint64(s), size)
		cs = append(cs, &Case{Name: fmt.Sprintf("invented-%d", s), Old: m.Old, New: m.New, Truth: m.Truth})
	}
	return cs
}

// weight is what one old item of a case counts in training: every real case counts
// about the same, whatever its size; shops count most, for they are what this is for.
func (c *Case) weight() float64 {
	w := 2500 / float64(len(c.Old))
	switch c.Name[:2] {
	case "re":
		return 0.3 * w
	case "er":
		return 0.5 * w
	case "in":
		return 0.43
	}
	return w
}

// rows describes the candidates of a case. Of those that are wrong beyond doubt only
// a tenth is kept, with ten times the weight. Categories and fixed pages of shops,
// of which there are few, count fourfold.
func (l *Loaded) rows(second bool) *boost.Data {
	m := l.Matching
	n := pairing.FeatureCount
	if second {
		n = pairing.FeatureCount2
	}
	d := &boost.Data{Width: n}
	rng := rand.New(rand.NewPCG(uint64(len(l.Old)), 7))
	for i := range m.Cands {
		base := l.weight()
		if !m.IsProduct(i) && l.Name[:2] != "re" {
			base *= 4
		}
		for k, cand := range m.Cands[i] {
			if second && m.Hopeless(i, k) {
				continue
			}
			right := cand.New == l.Truth[i]
			w := base
			easy := k >= 3 && !cand.Key
			if second {
				easy = m.P1(i, k) < 0.004
			}
			if !right && easy {
				if rng.IntN(10) != 0 {
					continue
				}
				w *= 10
			}
			v := make([]float32, n)
			if second {
				m.Describe2(v, i, k)
			} else {
				m.Describe1(v, i, k)
			}
			d.X = append(d.X, v...)
			y := float32(0)
			if right {
				y = 1
			}
			d.Y = append(d.Y, y)
			d.Weight = append(d.Weight, float32(w))
		}
	}
	return d
}

var (
	firstOptions  = boost.Options{Trees: 80, Leaves: 16, Rate: 0.15, MinWeight: 5, L2: 3, Rows: 0.6, Columns: 0.4, Seed: 1}
	secondOptions = boost.Options{Trees: 150, Leaves: 16, Rate: 0.08, MinWeight: 5, L2: 3, Rows: 0.6, Columns: 0.4, Seed: 2}
)

func join(ds []*boost.Data, use func(i int) bool) *boost.Data {
	out := &boost.Data{Width: ds[0].Width}
	for i, d := range ds {
		if use(i) {
			out.X = append(out.X, d.X...)
			out.Y = append(out.Y, d.Y...)
			out.Weight = append(out.Weight, d.Weight...)
		}
	}
	return out
}

// folds is into how many parts the cases are cut where a model must not have seen
// the case that it scores.
const folds = 3

// Train makes a brain from cases. The second model learns from scores that the first
// one gives to cases it has not seen, and the scale from scores of the second one on
// cases it has not seen.
func Train(ctx context.Context, ls []*Loaded, log *slog.Logger) (*judge.Brain, error) {
	names := pairing.FeatureNames()
	b := &judge.Brain{}
	for _, l := range ls {
		b.TrainedOn = append(b.TrainedOn, l.Name)
	}
	for _, l := range ls {
		l.Matching.Restart() // an earlier training may have seen the case left out now
	}
	jobs := newJobs()
	firsts := make([]*boost.Data, len(ls))
	for i := range ls {
		firsts[i] = ls[i].first
	}
	for f := range folds {
		jobs.run(func() error {
			m := boost.Train(join(firsts, func(i int) bool { return i%folds != f }), names[:pairing.FeatureCount], firstOptions)
			for i := f; i < len(ls); i += folds {
				p, err := ls[i].Matching.ScoreAll(ctx, m, false, 1, nil)
				if err != nil {
					return err
				}
				ls[i].Matching.First(p)
				ls[i].Matching.Relearn(judge.Sure)
			}
			return nil
		})
	}
	jobs.run(func() error {
		b.First = boost.Train(join(firsts, func(int) bool { return true }), names[:pairing.FeatureCount], firstOptions)
		return nil
	})
	if err := jobs.wait(); err != nil {
		return nil, err
	}
	seconds := make([]*boost.Data, len(ls))
	for i := range ls {
		jobs.run(func() error { seconds[i] = ls[i].rows(true); return ctx.Err() })
	}
	if err := jobs.wait(); err != nil {
		return nil, err
	}
	unseen := make([][][]float32, len(ls))
	for f := range folds {
		jobs.run(func() error {
			m := boost.Train(join(seconds, func(i int) bool { return i%folds != f }), names, secondOptions)
			for i := f; i < len(ls); i += folds {
				p, err := ls[i].Matching.ScoreAll(ctx, m, true, 1, nil)
				if err != nil {
					return err
				}
				unseen[i] = p
			}
			return nil
		})
	}
	jobs.run(func() error {
		b.Second = boost.Train(join(seconds, func(int) bool { return true }), names, secondOptions)
		return nil
	})
	if err := jobs.wait(); err != nil {
		return nil, err
	}
	b.Products, b.Pages = scales(ls, unseen)
	log.Info("trained", "products", b.Products, "pages", b.Pages)
	return b, nil
}

// jobs runs functions on as many goroutines as there are processors.
type jobs struct {
	wg   sync.WaitGroup
	slot chan struct{}
	mu   sync.Mutex
	err  error
}

func newJobs() *jobs { return &jobs{slot: make(chan struct{}, runtime.GOMAXPROCS(0))} }

func (j *jobs) run(f func() error) {
	j.slot <- struct{}{}
	j.wg.Go(func() {
		defer func() { <-j.slot }()
		if err := f(); err != nil {
			j.mu.Lock()
			j.err = err
			j.mu.Unlock()
		}
	})
}

func (j *jobs) wait() error {
	j.wg.Wait()
	return j.err
}

// scales fits, for products and for other pages, in rich and in poor moves, the
// log-odds of being right on the log-odds of the score, and finds the bars for
// publishing.
func scales(ls []*Loaded, scores [][][]float32) (products, pages judge.Scales) {
	var ss [2][2][]judge.Sample // products or pages, poor or rich
	for c, l := range ls {
		w := l.weight()
		for i, ps := range scores[c] {
			best := -1
			for k := range ps {
				if best < 0 || ps[k] > ps[best] {
					best = k
				}
			}
			if best < 0 {
				continue
			}
			p := min(max(float64(ps[best]), 1e-6), 1-1e-6)
			kind, rich := 1, 0
			if l.Matching.IsProduct(i) {
				kind = 0
			}
			if l.Matching.SeedShare(i) >= (judge.PoorShare+judge.RichShare)/2 {
				rich = 1
			}
			ss[kind][rich] = append(ss[kind][rich], judge.Sample{Z: math.Log(p / (1 - p)), Weight: w, Right: l.Matching.Cands[i][best].New == l.Truth[i]})
		}
	}
	both := func(ss [2][]judge.Sample) judge.Scales {
		s := judge.Scales{Poor: fit(ss[0]), Rich: fit(ss[1])}
		s.Poor.Publish, s.Rich.Publish = never, bar(ss[1], s.Rich)
		return s
	}
	return both(ss[0]), both(ss[1])
}

// fit draws the scale of the samples towards leaving the scores as they are.
func fit(ss []judge.Sample) judge.Scale {
	s := judge.Fit(ss, judge.Scale{Slope: 1})
	// Few cases can look separable by chance.
	return judge.Scale{Slope: min(max(s.Slope, 0.6), 1.3), Shift: min(max(s.Shift, -1), 1)}
}

// bar finds the lowest probability from which on the pairs of rich moves have a
// precision of publishAim, the cases being weighted alike.
func bar(ss []judge.Sample, s judge.Scale) float64 {
	sort.SliceStable(ss, func(i, j int) bool { return ss[i].Z > ss[j].Z })
	var all, right float64
	best := math.Inf(1)
	for i := range ss {
		all += ss[i].Weight
		if ss[i].Right {
			right += ss[i].Weight
		}
		if i+1 < len(ss) && ss[i+1].Z == ss[i].Z {
			continue
		}
		if right/all >= publishAim {
			best = ss[i].Z
		}
	}
	p := boost.Sigmoid(s.Slope*best + s.Shift)
	return min(max(p, leastBar), mostBar)
}

const (
	publishAim = 0.996 // above 0.99, because a shop may be harder than those learnt from
	leastBar   = 0.9
	mostBar    = 0.999
	never      = 2 // the bar of poor moves
)
