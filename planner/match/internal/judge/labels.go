package judge

import (
	"math"
	"sort"

	"replatform/planner/match/internal/boost"
	"replatform/planner/match/internal/pairing"
)

// Sample is the best candidate of an old page of which somebody knows the truth.
type Sample struct {
	Z      float64 // log-odds of the second model's score
	Weight float64
	Right  bool
}

// logOdds of a score, which is kept off 0 and 1.
func logOdds(p float64) float64 {
	p = min(max(p, 1e-6), 1-1e-6)
	return math.Log(p / (1 - p))
}

// Fit is a logistic regression of being right on the log-odds of the score, by
// Newton's method, drawn towards prior: with few samples it stays there. The bar of
// prior is kept.
func Fit(samples []Sample, prior Scale) Scale {
	a, b := prior.Slope, prior.Shift
	for range 50 {
		const pull = 20.0
		ga, gb := pull*(prior.Slope-a), pull*(prior.Shift-b)
		haa, hab, hbb := pull, 0.0, pull
		for _, s := range samples {
			p := boost.Sigmoid(a*s.Z + b)
			y := 0.0
			if s.Right {
				y = 1
			}
			d := s.Weight * (y - p)
			ga += d * s.Z
			gb += d
			h := s.Weight * p * (1 - p)
			haa += h * s.Z * s.Z
			hab += h * s.Z
			hbb += h
		}
		det := haa*hbb - hab*hab
		da, db := (hbb*ga-hab*gb)/det, (haa*gb-hab*ga)/det
		// Where nearly all is certain, a full step would leap over the goal.
		da, db = min(max(da, -0.3), 0.3), min(max(db, -0.5), 0.5)
		a, b = a+da, b+db
		if math.Abs(da)+math.Abs(db) < 1e-9 {
			break
		}
	}
	return Scale{Slope: a, Shift: b, Publish: prior.Publish}
}

// samples looks at the old pages of which a person said something: what does the
// scorer, which has not seen the word on this page, say, and is it right? They come by
// kind of page. Pages of which only another candidate was called wrong teach nothing
// about the best one.
func samples(m *pairing.Matching, pages []int, scorer func(at int) pairing.Scorer) map[int][]Sample {
	out := make(map[int][]Sample)
	for at, i := range pages {
		ps := m.Score(scorer(at), i)
		best := -1
		for k := range ps {
			if best < 0 || ps[k] > ps[best] {
				best = k
			}
		}
		if best < 0 {
			continue
		}
		j := m.Cands[i][best].New
		right, known := m.Told(i)
		if !known && !m.Refused(i, j) {
			continue
		}
		g := m.Group(i)
		out[g] = append(out[g], Sample{Z: logOdds(float64(ps[best])), Weight: 1, Right: known && right == j})
	}
	return out
}

// leastLabels is how many words of a person it takes before they move the scale.
const leastLabels = 10

// adapt moves a scale by what the labels of this shop show, and sets the bar for
// publishing where they prove it: at the lowest score from which on the right ones
// among them are so many that, with a confidence of 95 %, precision is reached
// (Wilson's lower bound). Where labels contradict a bar, it is raised until they agree.
func adapt(scale Scale, labels []Sample, precision float64) Scale {
	if len(labels) < leastLabels {
		return scale
	}
	before := scale
	scale = Fit(labels, scale)
	scale.Slope = max(scale.Slope, 0.2) // a higher score never is a lower probability
	sort.SliceStable(labels, func(i, j int) bool { return labels[i].Z > labels[j].Z })
	proven, agreed := math.Inf(1), math.Inf(1)
	right, below := 0, 0
	for i, s := range labels {
		if s.Right {
			right++
		}
		if i+1 < len(labels) && labels[i+1].Z == s.Z {
			continue
		}
		if low, _ := Wilson(right, i+1); low >= precision {
			proven = s.Z
		}
		// The bar that came with the model is worth some cases of its own.
		const worth = 200
		if (float64(right)+worth*0.996)/float64(i+1+worth) >= precision {
			agreed, below = s.Z, i+1
		}
	}
	bar := math.Inf(1)
	if before.Publish < 1 {
		bar = (logOdds(PublishBar(before.Publish, precision)) - before.Shift) / before.Slope
		if below < len(labels) && agreed > bar {
			bar = agreed
		}
	}
	bar = min(bar, proven)
	scale.Publish = 2 // none is
	if !math.IsInf(bar, 1) {
		// PublishBar scales for the precision asked for; here that is done.
		scale.Publish = 1 - (1-boost.Sigmoid(scale.Slope*bar+scale.Shift))*(1-DefaultPrecision)/(1-precision)
	}
	return scale
}

// Wilson gives the interval in which the true share lies with a confidence of 95 %
// when right of n drawn at random were right (E. B. Wilson, "Probable Inference, the
// Law of Succession, and Statistical Inference", JASA 22, 1927).
func Wilson(right, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	const z = 1.959964
	p, m := float64(right)/float64(n), float64(n)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, middle-half), min(1, middle+half)
}
