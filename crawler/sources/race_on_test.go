//go:build race

package sources

// raceEnabled: under the race detector less is read.
const raceEnabled = true
