package boost

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Options of Train.
type Options struct {
	Trees     int
	Leaves    int     // at most, for each tree
	Rate      float64 // learning rate
	MinWeight float64 // least weight of the rows in a leaf
	L2        float64
	Rows      float64 // share of the rows that each tree sees
	Columns   float64 // share of the features that each tree sees
	Seed      uint64
	// Rising lists features whose growth may only raise the score, Falling those
	// whose growth may only lower it.
	Rising, Falling []int
}

// Data is a table of rows with their answers.
type Data struct {
	Width  int
	X      []float32 // row after row
	Y      []float32 // 0 or 1
	Weight []float32
	Base   []float64 // when set: log-odds that each row begins with; the model adds to them
}

// Len is the number of rows.
func (d *Data) Len() int { return len(d.Y) }

const maxBins = 128

// Train fits a model to the data by gradient boosting with the logistic loss, on
// features cut into at most 128 bins.
func Train(d *Data, features []string, o Options) *Model {
	t := newTrainer(d, o)
	m := &Model{Features: features, Bias: t.bias}
	rng := rand.New(rand.NewPCG(o.Seed, 0x5eed))
	for range o.Trees {
		m.Trees = append(m.Trees, t.grow(rng))
	}
	return m
}

type trainer struct {
	o       Options
	d       *Data
	n       int
	bins    [][]uint8   // for each feature the bin of each row
	edges   [][]float32 // for each feature the upper edge of each bin but the last
	raw     []float64
	grad    []float32
	hess    []float32
	bias    float64
	trend   []int8
	columns []int
}

func newTrainer(d *Data, o Options) *trainer {
	t := &trainer{o: o, d: d, n: d.Len()}
	t.bins = make([][]uint8, d.Width)
	t.edges = make([][]float32, d.Width)
	t.trend = make([]int8, d.Width)
	for _, f := range o.Rising {
		t.trend[f] = 1
	}
	for _, f := range o.Falling {
		t.trend[f] = -1
	}
	col := make([]float32, t.n)
	for f := range d.Width {
		for i := range col {
			col[i] = d.X[i*d.Width+f]
		}
		t.edges[f] = cut(col)
		b := make([]uint8, t.n)
		for i, x := range col {
			k, _ := slices.BinarySearch(t.edges[f], x)
			b[i] = uint8(k)
		}
		t.bins[f] = b
	}
	var pos, all float64
	for i, y := range d.Y {
		pos += float64(y * d.Weight[i])
		all += float64(d.Weight[i])
	}
	p := min(max(pos/max(all, 1e-9), 1e-6), 1-1e-6)
	t.bias = math.Log(p / (1 - p))
	if d.Base != nil {
		t.bias = 0
		t.raw = slices.Clone(d.Base)
	} else {
		t.raw = slices.Repeat([]float64{t.bias}, t.n)
	}
	t.grad, t.hess = make([]float32, t.n), make([]float32, t.n)
	return t
}

// cut chooses the edges of the bins: every value where there are few, quantiles of
// the distinct values and of the rows where there are many.
func cut(col []float32) []float32 {
	s := slices.Clone(col)
	slices.Sort(s)
	distinct := slices.Compact(slices.Clone(s))
	var edges []float32
	if len(distinct) <= maxBins {
		for i := 1; i < len(distinct); i++ {
			edges = append(edges, distinct[i-1]+(distinct[i]-distinct[i-1])/2)
		}
		return edges
	}
	for k := 1; k < maxBins/2; k++ {
		edges = append(edges, s[k*len(s)/(maxBins/2)], distinct[k*len(distinct)/(maxBins/2)])
	}
	slices.Sort(edges)
	return slices.Compact(edges)
}

type sums struct{ g, h, w float64 }

type leaf struct {
	rows     []int32
	hist     []sums // columns × maxBins
	total    sums
	node     int
	gain     float64
	feature  int
	bin      int
	low, top float64 // bounds from monotone splits above
}

func (t *trainer) grow(rng *rand.Rand) Tree {
	d := t.d
	for i := range t.grad {
		p := Sigmoid(t.raw[i])
		w := d.Weight[i]
		t.grad[i] = float32(p)*w - d.Y[i]*w
		t.hess[i] = float32(max(p*(1-p), 1e-6)) * w
	}
	rows := make([]int32, 0, t.n)
	for i := range t.n {
		if t.o.Rows >= 1 || rng.Float64() < t.o.Rows {
			rows = append(rows, int32(i))
		}
	}
	t.columns = t.columns[:0]
	for f := range d.Width {
		if len(t.edges[f]) > 0 && (t.o.Columns >= 1 || rng.Float64() < t.o.Columns) {
			t.columns = append(t.columns, f)
		}
	}
	tree := Tree{}
	add := func() int {
		tree.Feature = append(tree.Feature, -1)
		tree.Threshold = append(tree.Threshold, 0)
		tree.Left = append(tree.Left, 0)
		tree.Right = append(tree.Right, 0)
		return len(tree.Feature) - 1
	}
	root := &leaf{rows: rows, node: add(), low: math.Inf(-1), top: math.Inf(1)}
	root.hist = t.histogram(rows)
	for _, i := range rows {
		root.total.g += float64(t.grad[i])
		root.total.h += float64(t.hess[i])
		root.total.w += float64(d.Weight[i])
	}
	t.seek(root)
	leaves := []*leaf{root}
	for len(leaves) < t.o.Leaves {
		best := -1
		for k, l := range leaves {
			if l.gain > 1e-7 && (best < 0 || l.gain > leaves[best].gain) {
				best = k
			}
		}
		if best < 0 {
			break
		}
		a, b := t.split(leaves[best], &tree, add)
		leaves[best] = a
		leaves = append(leaves, b)
	}
	for _, l := range leaves {
		tree.Threshold[l.node] = float32(t.o.Rate * t.value(l.total, l.low, l.top))
	}
	for i := range t.raw {
		t.raw[i] += t.walk(&tree, i)
	}
	return tree
}

// walk is the value of the tree for a training row. The thresholds are edges, so
// going by the row itself and going by its bins is the same.
func (t *trainer) walk(tree *Tree, i int) float64 {
	x := t.d.X[i*t.d.Width : (i+1)*t.d.Width]
	n := int16(0)
	for tree.Feature[n] >= 0 {
		if x[tree.Feature[n]] <= tree.Threshold[n] {
			n = tree.Left[n]
		} else {
			n = tree.Right[n]
		}
	}
	return float64(tree.Threshold[n])
}

func (t *trainer) histogram(rows []int32) []sums {
	h := make([]sums, len(t.columns)*maxBins)
	for c, f := range t.columns {
		bins, part := t.bins[f], h[c*maxBins:(c+1)*maxBins]
		for _, i := range rows {
			s := &part[bins[i]]
			s.g += float64(t.grad[i])
			s.h += float64(t.hess[i])
			s.w += float64(t.d.Weight[i])
		}
	}
	return h
}

func (t *trainer) value(s sums, low, top float64) float64 {
	return min(max(-s.g/(s.h+t.o.L2), low), top)
}

func (t *trainer) loss(s sums, v float64) float64 { return -(s.g*v + 0.5*(s.h+t.o.L2)*v*v) }

// seek finds the best split of a leaf.
func (t *trainer) seek(l *leaf) {
	l.gain = 0
	base := t.loss(l.total, t.value(l.total, l.low, l.top))
	for c, f := range t.columns {
		part := l.hist[c*maxBins:]
		var left sums
		for b := range t.edges[f] {
			left.g += part[b].g
			left.h += part[b].h
			left.w += part[b].w
			right := sums{l.total.g - left.g, l.total.h - left.h, l.total.w - left.w}
			if left.w < t.o.MinWeight {
				continue
			}
			if right.w < t.o.MinWeight {
				break
			}
			vl, vr := t.value(left, l.low, l.top), t.value(right, l.low, l.top)
			if t.trend[f] > 0 && vl > vr || t.trend[f] < 0 && vl < vr {
				continue
			}
			if gain := t.loss(left, vl) + t.loss(right, vr) - base; gain > l.gain+1e-9 {
				l.gain, l.feature, l.bin = gain, f, b
			}
		}
	}
}

func (t *trainer) split(l *leaf, tree *Tree, add func() int) (a, b *leaf) {
	a, b = &leaf{node: add(), low: l.low, top: l.top}, &leaf{node: add(), low: l.low, top: l.top}
	tree.Feature[l.node] = int16(l.feature)
	tree.Threshold[l.node] = t.edges[l.feature][l.bin]
	tree.Left[l.node], tree.Right[l.node] = int16(a.node), int16(b.node)
	bins := t.bins[l.feature]
	for _, i := range l.rows {
		to := b
		if int(bins[i]) <= l.bin {
			to = a
		}
		to.rows = append(to.rows, i)
		to.total.g += float64(t.grad[i])
		to.total.h += float64(t.hess[i])
		to.total.w += float64(t.d.Weight[i])
	}
	if dir := t.trend[l.feature]; dir != 0 {
		mid := (t.value(a.total, l.low, l.top) + t.value(b.total, l.low, l.top)) / 2
		if dir > 0 {
			a.top, b.low = mid, mid
		} else {
			a.low, b.top = mid, mid
		}
	}
	small, large := a, b
	if len(a.rows) > len(b.rows) {
		small, large = b, a
	}
	small.hist = t.histogram(small.rows)
	large.hist = l.hist
	for k := range large.hist {
		large.hist[k].g -= small.hist[k].g
		large.hist[k].h -= small.hist[k].h
		large.hist[k].w -= small.hist[k].w
	}
	t.seek(a)
	t.seek(b)
	return a, b
}
