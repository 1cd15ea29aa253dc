package main

import (
	"os"
	"runtime/debug"
	"testing"
)

func TestCollectAt(t *testing.T) {
	for _, tt := range []struct {
		live uint64
		want int
	}{{0, 400}, {10 << 20, 400}, {40 << 20, 400}, {50 << 20, 300}, {80 << 20, 150}, {100 << 20, 100}, {1 << 30, 100}, {1 << 40, 100}} {
		if got := collectAt(tt.live); got != tt.want {
			t.Errorf("with %d MB in use: %d percent, want %d", tt.live>>20, got, tt.want)
		}
	}
}

// TestSpendMemoryEnds: what comes after a crawl is collected as usual.
func TestSpendMemoryEnds(t *testing.T) {
	if os.Getenv("GOGC") != "" {
		t.Skip("GOGC sets the rate")
	}
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	stop := spendMemory()
	stop()
	if got := debug.SetGCPercent(100); got != 100 {
		t.Errorf("the rate stays at %d percent", got)
	}
}
