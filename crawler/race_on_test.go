//go:build race

package crawler_test

// raceEnabled: the test runs under the race detector, which multiplies memory and time.
const raceEnabled = true
