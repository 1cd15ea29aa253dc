package sources

import (
	"os"
	"runtime"
	"testing"
	"time"
)

// stream is how the rows of a long file are numbered.
type stream struct {
	name   string
	number func(row int64) int64
	// pages is how many different numbers so many rows have.
	pages func(rows int) int
}

// streamPages is how many pages are named again and again.
const streamPages = 1000

func streams() (size int64, list []stream) {
	same := stream{"the same pages", func(row int64) int64 { return row % streamPages }, func(rows int) int { return min(rows, streamPages) }}
	fresh := stream{"new pages", func(row int64) int64 { return row }, func(rows int) int { return rows }}
	switch {
	case os.Getenv("REPLATFORM_LONG") == "1":
		return 5 << 30, []stream{{"old and new pages by turns", func(row int64) int64 {
			if row%2 == 0 {
				return row / 2 % streamPages
			}
			return streamPages + row/2
		}, func(rows int) int { return min((rows+1)/2, streamPages) + rows/2 }}}
	case testing.Short() || raceEnabled:
		return 2 << 20, []stream{same, fresh}
	}
	return 12 << 20, []stream{same, fresh}
}

// A file of any size of every kind is read in a bounded memory, whether its rows name the
// same pages again and again or each a new one. One kind at a time with 5 GB:
//
//	REPLATFORM_LONG=1 go test -v -timeout 1h -run 'TestHostileStreams/^ga4$' ./crawler/sources
func TestHostileStreams(t *testing.T) {
	size, list := streams()
	const most = 20_000
	eachSpecimen(t, func(t *testing.T, s specimen, _ []string) {
		for _, n := range list {
			f := newRowsFile(t, s, size, n.number)
			began := cpuTime()
			r, given, peak, err := streamed(t, f, Options{MaxAddresses: most})
			used := cpuTime() - began
			if (err != nil) != s.useless() {
				t.Errorf("%s: %v", n.name, err)
				continue
			}
			rows := int(f.rows)
			if s.after != "" {
				rows++
			}
			if got := rowsOf(r); got != rows && !s.partial {
				t.Errorf("%s: %d rows of %d", n.name, got, rows)
			}
			if want := min(n.pages(int(f.rows)), most); !s.idle && given != want {
				t.Errorf("%s: %d addresses, want %d", n.name, given, want)
			}
			if peak > streamMemory {
				t.Errorf("%s: %d MiB of memory, %d are allowed", n.name, peak>>20, streamMemory>>20)
			}
			speed := 0.0
			if used > 0 {
				speed = float64(f.size()) / 1e6 / used.Seconds()
			}
			t.Logf("%s: %d MiB read, %d rows, %d refused, memory at most %d MiB, %.0f MB per CPU second in %s",
				n.name, f.size()>>20, rowsOf(r), r.Tables[0].RefusedCount, peak>>20, speed, used.Round(time.Second))
		}
	})
}

// streamMemory is what reading a file of any size may take. A sitemap, of which at most
// 128 MiB are read, is kept whole; a set of a million identities takes 40 MiB.
const streamMemory = 320 << 20

// streamed reads a file and says how much memory was in use at most, beyond what was
// before.
func streamed(t *testing.T, f File, o Options) (r Reading, given int, peak uint64, err error) {
	t.Helper()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, reads := m.HeapAlloc, 0
	o.BaseURL = mustURL(t, "https://shop.example/")
	o.Progress = func(int64, int64) {
		if reads++; reads%8 == 0 {
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc-min(before, m.HeapAlloc))
		}
	}
	r, err = ReadFile(t.Context(), "file", f, o, func(Address) error {
		given++
		return nil
	})
	return r, given, peak, err
}
