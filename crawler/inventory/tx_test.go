package inventory

import (
	"context"
	"testing"
	"time"
)

// TestWriterAfterCancel ends the context of a write at moments around its beginning: the
// next write finds no transaction open.
func TestWriterAfterCancel(t *testing.T) {
	p := started(t)
	discover(t, p, sighting(1))
	decision := Decision{Old: product(1), Verdict: Gone, By: "owner"}
	cancelled := 0
	for n := range 4000 {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			for from := time.Now(); time.Since(from) < time.Duration(n%60)*time.Microsecond; {
			}
			cancel()
		}()
		err := p.Decide(ctx, decision)
		cancel()
		if err != nil {
			cancelled++
		}
		if after := p.Decide(t.Context(), decision); after != nil {
			t.Fatalf("write %d ended with %v, the next one with %v", n, err, after)
		}
	}
	t.Logf("%d of 4000 writes were cut short", cancelled)
}
