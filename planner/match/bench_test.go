package match

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"replatform/planner/match/internal/lab"
	"replatform/planner/match/internal/synth"
)

// move gives a made-up shop move as items.
func move(seed uint64, n int) (old, new []Item, truth []int32) {
	m := synth.New(seed, n)
	for i := range m.Old {
		old = append(old, itemOf(&m.Old[i]))
	}
	for i := range m.New {
		new = append(new, itemOf(&m.New[i]))
	}
	return old, new, m.Truth
}

// BenchmarkMatch runs made-up moves of 10,000 and 100,000 old pages on one
// goroutine and reports, beside the time, the highest heap and how right the answer
// is:
//
//	go test -run NONE -bench Match -benchtime 1x ./planner/match
func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			old, new, truth := move(7, n)
			b.ResetTimer()
			for range b.N {
				peak := watchHeap()
				r, err := Match(b.Context(), old, new, Options{Workers: 1})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(peak())/(1<<20), "peak-MB")
				gs := make([]lab.Guess, len(r.Pairs))
				for i, p := range r.Pairs {
					gs[i] = lab.Guess{New: int32(p.New), Confidence: p.Confidence, Published: p.New >= 0 && !p.NeedsReview}
				}
				f := lab.Judge(truth, gs, 0.99)
				b.ReportMetric(f.F1, "F1")
				b.ReportMetric(f.PublishedPrecision, "published-precision")
				b.ReportMetric(f.PublishedShare, "published-share")
			}
		})
	}
}

// watchHeap samples the heap in use until the function it returns is called, which
// gives the highest value above that at the start.
func watchHeap() func() uint64 {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	start, top := m.HeapInuse, m.HeapInuse
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				top = max(top, m.HeapInuse)
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-done
		return top - start
	}
}
