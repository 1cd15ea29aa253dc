package sources

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
)

// Hits are requests for one address, by people and by robots.
type Hits struct {
	People int `json:"people"`
	Robots int `json:"robots"`
}

// Plus adds the requests of two addresses.
func (h Hits) Plus(o Hits) Hits { return Hits{h.People + o.People, h.Robots + o.Robots} }

// Any says whether anything was asked.
func (h Hits) Any() bool { return h.People > 0 || h.Robots > 0 }

func (h *Hits) add(robot bool) {
	if robot {
		h.Robots++
		return
	}
	h.People++
}

// Miss is an address of a server's log, with the requests whose visitors did not get what
// they came for.
type Miss struct {
	Line   int    // of the first such request, counted from 1; 0: there is none
	URL    string // absolute; as it was asked, but for what a path needs to become absolute
	Absent Hits   // answered 404 or 410
	Shown  Hits   // answered 200, where the caller expects something else
	Broken Hits   // answered with an error of the server, 500 to 599
	// Last is the time of the last request that got what it came for or did not; zero
	// where the log names no time.
	Last time.Time
	// Well says that this one got it: what was in vain before is mended.
	Well bool
}

// Vain are all requests that did not get what they came for.
func (m Miss) Vain() Hits { return m.Absent.Plus(m.Shown).Plus(m.Broken) }

// Joined is what two logs say of the same address: sums, and the later of the two last
// answers.
func (m Miss) Joined(o Miss) Miss {
	m.Absent, m.Shown, m.Broken = m.Absent.Plus(o.Absent), m.Shown.Plus(o.Shown), m.Broken.Plus(o.Broken)
	if m.Line == 0 {
		m.Line = o.Line
	}
	if !o.Last.Before(m.Last) {
		m.Last, m.Well = o.Last, o.Well
	}
	return m
}

// MissLog is what ReadMisses counts beside the Log of each part.
type MissLog struct {
	Broken    int `json:"broken"`     // requests answered with an error of the server
	NoAddress int `json:"no_address"` // requests for something that is no address
	Beyond    int `json:"beyond"`     // requests left out: for addresses beyond the most that are kept, or longer than 2 KiB
}

// ErrNotLog is matched by errors about files that are no access log.
var ErrNotLog = errors.New("not an access log")

// ReadMisses reads an access log, packed or not, in every form that ReadFile knows, and
// tells which addresses were answered 404, 410 or with an error of the server. Robots
// and people are told apart, assets and other methods than GET counted and left out, and
// visitors dropped, as ReadFile does. Report.Period is that of all requests.
//
// odd, when set, is asked once for each address that was answered 200, absolute; where
// it returns true that is a miss too: a shop whose old addresses are "/?id=1" finds
// its new home page there, with no error in the log. Other answers 200, 304 and
// redirects are what visitors came for; all others (a login, a ban) tell nothing. fn is
// called once for each address that has an answer that tells, also for those that were
// never missed, after the whole of a part was read, in the order in which the log first
// names them.
//
// Options.MaxAddresses bounds how many addresses are kept, and 512 MiB how much they may
// take; robots, and what was answered well, take no more than half of that. Requests in
// vain for further ones are counted in MissLog.Beyond.
//
// Errors: ErrNotLog, and those of ReadFile.
func ReadMisses(ctx context.Context, name string, f File, o Options, odd func(address string) bool, fn func(Miss) error) (Reading, error) {
	r := &reader{ctx: ctx, o: o, reading: Reading{Name: path.Base(strings.ReplaceAll(name, "\\", "/"))}}
	r.beside.misses = &missReader{odd: odd, fn: fn, log: &r.reading.Misses}
	err := r.file(f)
	return r.reading, err
}

// missReader gathers the misses of one part of a file.
type missReader struct {
	odd   func(address string) bool
	fn    func(Miss) error
	at    map[string]*asked
	order []*asked
	size  int      // bytes of what is in at
	log   *MissLog // of the whole file
	had   MissLog  // before this part
	sum   *xxhash.Digest
	bytes int64
}

// asked is an address of the log, also one that was always answered well.
type asked struct {
	Miss
	judged, odd bool // what the caller says of an answer 200
	tells       bool // there was an answer that tells something
	shortened   bool // something about a person was left out of the address
}

// begin makes room for a new part.
func (m *missReader) begin(k Kind) error {
	if k != AccessLog && k != FieldsLog && k != JSONLog {
		return fmt.Errorf("%w: it is %s", ErrNotLog, k)
	}
	m.at, m.order, m.size = make(map[string]*asked), nil, 0
	m.had, m.sum, m.bytes = *m.log, xxhash.New(), 0
	return nil
}

// watched is a part whose content is noted while it is read.
func (m *missReader) watched(in io.Reader) io.Reader { return io.TeeReader(in, m) }

// Write notes content. It never fails.
func (m *missReader) Write(b []byte) (int, error) {
	m.bytes += int64(len(b))
	return m.sum.Write(b)
}

// content is that of the part which was read.
func (m *missReader) content() Content { return Content{m.sum.Sum64(), m.bytes} }

// forget drops the part that was read.
func (m *missReader) forget() { *m.log, m.at, m.order = m.had, nil, nil }

func (m *missReader) count(l *logReader, q *request) {
	l.seeDay(q)
	if !bytes.Equal(q.method, get) {
		l.log.OtherMethods++
		return
	}
	absent, broken := string(q.status) == "404" || string(q.status) == "410", len(q.status) == 3 && q.status[0] == '5'
	shown := m.odd != nil && string(q.status) == "200"
	well := isWell(q.status)
	aside := isAsset(q.target) || hasMail(q.target) || hasMail(q.query)
	switch {
	case !absent && !broken && !well, aside && well && !shown:
		l.log.OtherAnswers++
		return
	case isAsset(q.target):
		l.log.Assets++
		return
	case aside:
		l.log.Private++
		return
	}
	robot := l.isRobot(q.agent)
	a, isAddress := m.address(l, q, robot || well)
	switch {
	case a == nil && well && !shown:
		l.log.OtherAnswers++
		return
	case a == nil:
		if isAddress {
			m.log.Beyond++
		} else {
			m.log.NoAddress++
		}
		return
	}
	var hits *Hits
	switch {
	case absent:
		hits = &a.Absent
	case broken:
		hits = &a.Broken
		m.log.Broken++
	case shown && a.judge(m.odd):
		hits, well = &a.Shown, false
	default:
		l.log.OtherAnswers++
		a.answered(l.when(q), true)
		return
	}
	a.answered(l.when(q), false)
	if a.Line == 0 {
		a.Line = l.line
	}
	hits.add(robot)
	switch {
	case broken:
	case robot:
		l.log.Robots++
	default:
		l.log.People++
	}
}

// isWell says whether a visitor got what he came for, or was led on to it.
func isWell(status []byte) bool {
	switch string(status) {
	case "200", "301", "302", "303", "304", "307", "308":
		return true
	}
	return false
}

// judge asks the caller once whether an answer 200 is a miss.
func (a *asked) judge(odd func(address string) bool) bool {
	if !a.judged {
		a.judged, a.odd = true, odd(a.URL)
	}
	return a.odd
}

// answered notes an answer; of two at the same time, or without one, the later line counts.
func (a *asked) answered(at time.Time, well bool) {
	if at.IsZero() {
		at = a.Last
	}
	if !at.Before(a.Last) {
		a.Last, a.Well, a.tells = at, well, true
	}
}

// address finds or makes the entry of a request's address; nil when it is none, or when
// there is no room. Nobody but people may fill the last half: programs that try out
// thousands of addresses must not push them aside.
func (m *missReader) address(l *logReader, q *request, half bool) (a *asked, isAddress bool) {
	l.spell(q)
	short := l.withoutPersonal()
	if short {
		l.log.Shortened++
	}
	if a := m.at[string(l.buf)]; a != nil {
		a.shortened = a.shortened || short
		return a, true
	}
	most, room := l.s.kept.most, l.s.kept.room
	if half {
		most, room = most/2, room/2
	}
	cost := 2*len(l.buf) + l.front + addressCost // as it stands in the log, and absolute
	if len(m.at) >= most || m.size+cost > room || len(l.buf) > maxLogTarget {
		return nil, true
	}
	key := string(l.buf)
	u, reason := l.s.pageAddress(l.absolute(key))
	if reason != "" || u == "" {
		return nil, false
	}
	a = &asked{Miss: Miss{URL: strings.Clone(u)}, shortened: short}
	m.at[key] = a
	m.order = append(m.order, a)
	m.size += cost
	return a, true
}

// end hands the misses out.
func (m *missReader) end(ctx context.Context) error {
	for _, a := range m.order {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !a.tells {
			continue
		}
		if err := m.fn(a.Miss); err != nil {
			return err
		}
	}
	m.at, m.order = nil, nil
	return nil
}
