package sources

import (
	"slices"

	"github.com/cespare/xxhash/v2"
)

// Requests tell whether two logs hold the same requests: a log that was copied while it
// was still written to and again later, one that was joined from several. They are
// those of which the figures come, each made of time, host, address, answer and program;
// the visitor's address is not in it. Logs of two hosts, ports or machines have days in
// common but no requests.
type Requests struct {
	People int // how many
	// Sample are the smallest hashes of them, ascending and different, at most
	// MaxRequestSample: of the same requests every log chooses the same ones.
	Sample []uint64
}

// MaxRequestSample is the most that Requests.Sample holds: of a log of a year that of one
// day has two or three in it.
const MaxRequestSample = 1024

// requestSample gathers Requests.
type requestSample struct {
	people int
	small  []uint64
	limit  uint64 // once there are enough: the largest of them
	hash   xxhash.Digest
}

// add takes a request for an address as it is kept, without what it says of persons.
func (m *requestSample) add(q *request, address []byte) {
	m.people++
	m.hash.Reset()
	for _, part := range [...][]byte{q.stamp, address, q.status, q.agent} {
		_, _ = m.hash.Write(part) // never fails
		_, _ = m.hash.Write([]byte{0})
	}
	h := m.hash.Sum64()
	if m.limit > 0 && h >= m.limit {
		return
	}
	if m.small = append(m.small, h); len(m.small) >= 2*MaxRequestSample {
		m.cut()
	}
}

func (m *requestSample) cut() {
	slices.Sort(m.small)
	if m.small = slices.Compact(m.small); len(m.small) >= MaxRequestSample {
		m.small = m.small[:MaxRequestSample]
		m.limit = m.small[MaxRequestSample-1]
	}
}

// requests is nil when there were none.
func (m *requestSample) requests() *Requests {
	if m.people == 0 {
		return nil
	}
	m.cut()
	return &Requests{People: m.people, Sample: m.small}
}
