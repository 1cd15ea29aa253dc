package main

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

// crawlHeap is how large the heap of a crawl may become before the garbage collector is
// as busy as it is by default.
const crawlHeap = 200 << 20

// spendMemory lets the garbage collector run at a fifth of its usual rate while a shop is
// read, as long as little memory is in use: pages are short-lived, and collecting them took
// a fifth of a crawl's time. That costs some 80 MB. The more there is that stays, such as
// what is known of a shop of millions of addresses, the nearer the rate comes to the usual
// one, so that a crawl of any size stays within the 500 MB that it may take. stop puts the
// rate back. GOGC sets another (https://pkg.go.dev/runtime).
func spendMemory() (stop func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	percent := collectAt(0)
	usual := debug.SetGCPercent(percent)
	end := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		for {
			select {
			case <-end:
				return
			case <-tick.C:
			}
			metrics.Read(live)
			if p := collectAt(live[0].Value.Uint64()); p != percent {
				percent = p
				debug.SetGCPercent(p) // takes effect at once
			}
		}
	})
	return func() {
		close(end)
		wg.Wait()
		debug.SetGCPercent(usual)
	}
}

// collectAt is how much the heap may grow beyond what is live, in percent: to crawlHeap,
// but to no more than five times and no less than twice what is live.
func collectAt(live uint64) (percent int) {
	const least, most, step = 100, 400, 25
	if live == 0 {
		return most
	}
	room := int64(crawlHeap) - int64(live)
	return min(most, max(least, int(room*100/int64(live))/step*step))
}
