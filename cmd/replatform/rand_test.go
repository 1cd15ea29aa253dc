package main

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

// newRand is a generator whose seed is printed, and can be given again in
// REPLATFORM_SEED.
func newRand(t *testing.T) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("REPLATFORM_SEED"), 10, 64); err == nil {
		seed = s
	}
	t.Logf("REPLATFORM_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, seed))
}
