package pairing

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// Limits of the search for candidates.
const (
	maxCandidates = 20    // kept of those found by name
	maxPerKey     = 12    // items looked at for one code
	shortlist     = 64    // compared fully
	leastPostings = 4000  // an eighth of the new items may be touched for one old item,
	mostPostings  = 20000 // within these bounds
)

// Candidate is one new item that may be the counterpart of an old one.
type Candidate struct {
	New int32
	Cos float32 // of the title grams
	Key bool    // shares a code
}

// index finds new items by the grams of their titles.
type index struct {
	start []uint32 // for each gram where its list begins in items
	items []int32
	size  []uint16 // number of grams of each item, kept apart because it is read often
	group []group
}

func buildIndex(side []item, grams int) *index {
	x := &index{start: make([]uint32, grams+1)}
	x.size, x.group = make([]uint16, len(side)), make([]group, len(side))
	for i := range side {
		x.size[i], x.group[i] = uint16(min(len(side[i].grams), 1<<16-1)), side[i].group
		for _, g := range side[i].grams {
			x.start[g+1]++
		}
	}
	for g := 1; g < len(x.start); g++ {
		x.start[g] += x.start[g-1]
	}
	x.items = make([]int32, x.start[len(x.start)-1])
	next := slices.Clone(x.start[:len(x.start)-1])
	for i := range side {
		for _, g := range side[i].grams {
			x.items[next[g]] = int32(i)
			next[g]++
		}
	}
	return x
}

func (x *index) list(g uint32) []int32 { return x.items[x.start[g]:x.start[g+1]] }

// Candidates finds for each old item the new items worth a closer look, best
// first.
func (c *Corpus) Candidates(ctx context.Context, workers int, progress func(done int)) ([][]Candidate, error) {
	x := buildIndex(c.sides[newSide], len(c.grams.df))
	byKey := make(map[uint64][]int32)
	for j := range c.sides[newSide] {
		for _, k := range c.sides[newSide][j].keys {
			if len(byKey[k]) < maxPerKey {
				byKey[k] = append(byKey[k], int32(j))
			}
		}
	}
	out := make([][]Candidate, len(c.sides[oldSide]))
	err := parallel(ctx, len(out), workers, progress, func() func(i int) {
		f := &finder{c: c, x: x, byKey: byKey, score: make([]float32, len(c.sides[newSide])), seen: make([]int32, len(c.sides[newSide]))}
		for i := range f.seen {
			f.seen[i] = -1
		}
		return func(i int) { out[i] = f.find(int32(i)) }
	})
	if err != nil {
		return nil, fmt.Errorf("finding candidates: %w", err)
	}
	return out, nil
}

// finder holds the working memory of one goroutine.
type finder struct {
	c     *Corpus
	x     *index
	byKey map[uint64][]int32
	score []float32
	seen  []int32 // last old item that touched the score
	hits  []int32
	short []hit
	cands []Candidate
	order []uint32
}

func (f *finder) find(i int32) []Candidate {
	o := &f.c.sides[oldSide][i]
	if o.group >= starts {
		return nil
	}
	news := f.c.sides[newSide]
	f.order = append(f.order[:0], o.grams...)
	slices.SortFunc(f.order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(len(f.x.list(a)), len(f.x.list(b))), cmp.Compare(a, b))
	})
	f.hits = f.hits[:0]
	budget := min(max(leastPostings, len(news)/8), mostPostings)
	for k, g := range f.order {
		list := f.x.list(g)
		if budget -= len(list); budget < 0 && k > 2 {
			break
		}
		w := f.c.grams.idf[g]
		w *= w
		for _, j := range list {
			if f.seen[j] != i {
				f.seen[j] = i
				f.score[j] = 0
				f.hits = append(f.hits, j)
			}
			f.score[j] += w
		}
	}
	cands := f.best(o)
	for _, k := range o.keys {
		for _, j := range f.byKey[k] {
			if !comparable(o.group, news[j].group) {
				continue
			}
			at := slices.IndexFunc(cands, func(c Candidate) bool { return c.New == j })
			if at < 0 {
				cos, _, _ := f.c.grams.cosine(o.grams, news[j].grams)
				cands = append(cands, Candidate{j, cos, true})
			} else {
				cands[at].Key = true
			}
		}
	}
	if o.group == pages && o.subject != 0 {
		for j := range news {
			if len(cands) >= 2*maxCandidates {
				break
			}
			if news[j].subject == o.subject && news[j].group == pages && !slices.ContainsFunc(cands, func(c Candidate) bool { return c.New == int32(j) }) {
				cos, _, _ := f.c.grams.cosine(o.grams, news[j].grams)
				cands = append(cands, Candidate{int32(j), cos, false})
			}
		}
	}
	slices.SortFunc(cands, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Cos, a.Cos), cmp.Compare(a.New, b.New))
	})
	return slices.Clone(cands)
}

// best keeps the hits with the highest cosine, in memory that the next call uses again.
func (f *finder) best(o *item) []Candidate {
	news := f.c.sides[newSide]
	f.short = f.short[:0]
	for _, j := range f.hits {
		h := hit{j, f.rough(j)}
		if len(f.short) == shortlist && h.worse(f.short[0]) {
			continue
		}
		if comparable(o.group, f.x.group[j]) {
			f.keep(h)
		}
	}
	cands := f.cands[:0]
	for _, h := range f.short {
		cos, _, _ := f.c.grams.cosine(o.grams, news[h.j].grams)
		cands = append(cands, Candidate{New: h.j, Cos: cos})
	}
	slices.SortFunc(cands, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Cos, a.Cos), cmp.Compare(a.New, b.New))
	})
	f.cands = cands
	return cands[:min(len(cands), maxCandidates)]
}

type hit struct {
	j int32
	s float32
}

// worse orders hits: lower scores first, then higher numbers.
func (a hit) worse(b hit) bool { return a.s < b.s || a.s == b.s && a.j > b.j }

// keep puts a hit into the short list, a heap with the worst on top, and drops the
// worst when the list is full. h must not be worse than that.
func (f *finder) keep(h hit) {
	q := f.short
	if len(q) < shortlist {
		q = append(q, h)
		for i := len(q) - 1; i > 0; {
			up := (i - 1) / 2
			if !q[i].worse(q[up]) {
				break
			}
			q[i], q[up] = q[up], q[i]
			i = up
		}
		f.short = q
		return
	}
	q[0] = h
	for i := 0; ; {
		down := 2*i + 1
		if down >= len(q) {
			return
		}
		if down+1 < len(q) && q[down+1].worse(q[down]) {
			down++
		}
		if !q[down].worse(q[i]) {
			return
		}
		q[i], q[down] = q[down], q[i]
		i = down
	}
}

// rough is a score for the short list: what was found, against the length.
func (f *finder) rough(j int32) float32 {
	return f.score[j] / float32(8+int(f.x.size[j]))
}

// parallel calls the work of every index from 0 to n, in some order, on several
// goroutines; each gets its own function from start.
func parallel(ctx context.Context, n, workers int, progress func(done int), start func() func(i int)) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	const chunk = 64
	workers = max(1, min(workers, (n+chunk-1)/chunk))
	var mu sync.Mutex
	next, done := 0, 0
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			work := start()
			for {
				mu.Lock()
				from := next
				next += chunk
				mu.Unlock()
				if from >= n || ctx.Err() != nil {
					return
				}
				to := min(from+chunk, n)
				for i := from; i < to; i++ {
					work(i)
				}
				mu.Lock()
				done += to - from
				if progress != nil {
					progress(done)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}
