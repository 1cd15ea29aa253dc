package sources

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
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

// Miss is an address of which the log of a server says that its visitors did not get
// what they came for.
type Miss struct {
	Line   int    // of the first such request, counted from 1
	URL    string // absolute; as it was asked, but for what a path needs to become absolute
	Absent Hits   // answered 404 or 410
	Shown  Hits   // answered 200, where the caller expects something else
	Broken Hits   // answered with an error of the server, 500 to 599
}

// MissLog is what ReadMisses counts beside the Log of each part.
type MissLog struct {
	Broken    int `json:"broken"`     // requests answered with an error of the server
	NoAddress int `json:"no_address"` // requests for something that is no address
	Beyond    int `json:"beyond"`     // requests left out: for addresses beyond the most that are kept
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
// its new home page there, with no error in the log. fn is called once for each
// address, after the whole of a part was read, in the order in which the log first
// names them.
//
// Options.MaxAddresses bounds how many addresses are kept; robots, and what was answered
// 200, take no more than half of that. Requests for further ones are counted in
// MissLog.Beyond.
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
	log   *MissLog // of the whole file
}

// asked is an address of the log, also one that was always answered well.
type asked struct {
	Miss
	judged, odd bool // what the caller says of an answer 200
}

// begin makes room for a new part.
func (m *missReader) begin(k Kind) error {
	if k != AccessLog && k != FieldsLog && k != JSONLog {
		return fmt.Errorf("%w: it is %s", ErrNotLog, k)
	}
	m.at, m.order = make(map[string]*asked), nil
	return nil
}

func (m *missReader) count(l *logReader, q *request) {
	l.seeDay(q)
	if !bytes.Equal(q.method, get) {
		l.log.OtherMethods++
		return
	}
	absent, broken := string(q.status) == "404" || string(q.status) == "410", len(q.status) == 3 && q.status[0] == '5'
	shown := m.odd != nil && string(q.status) == "200"
	switch {
	case !absent && !broken && !shown:
		l.log.OtherAnswers++
		return
	case isAsset(q.target):
		l.log.Assets++
		return
	case hasMail(q.target) || hasMail(q.query):
		l.log.Private++
		return
	}
	robot := l.isRobot(q.agent)
	a := m.address(l, q, robot || shown)
	if a == nil {
		return
	}
	var hits *Hits
	switch {
	case absent:
		hits = &a.Absent
	case broken:
		hits = &a.Broken
		m.log.Broken++
	default:
		if !a.judged {
			a.judged, a.odd = true, m.odd(a.URL)
		}
		if !a.odd {
			l.log.OtherAnswers++
			return
		}
		hits = &a.Shown
	}
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

// address finds or makes the entry of a request's address; nil when it is none, or
// there is no room. Nobody but people may fill the last half: programs that try out
// thousands of addresses must not push them aside.
func (m *missReader) address(l *logReader, q *request, half bool) *asked {
	l.spell(q)
	if a := m.at[string(l.buf)]; a != nil {
		return a
	}
	room := l.s.kept.most
	if half {
		room /= 2
	}
	if len(m.at) >= room || len(l.buf) > maxLogTarget {
		m.log.Beyond++
		return nil
	}
	key := string(l.buf)
	u, reason := l.s.pageAddress(l.absolute(key))
	if reason != "" || u == "" {
		m.log.NoAddress++
		return nil
	}
	a := &asked{Miss: Miss{URL: strings.Clone(u)}}
	m.at[key] = a
	m.order = append(m.order, a)
	return a
}

// end hands the misses out.
func (m *missReader) end(ctx context.Context) error {
	for _, a := range m.order {
		if err := ctx.Err(); err != nil {
			return err
		}
		if a.Line == 0 {
			continue
		}
		if err := m.fn(a.Miss); err != nil {
			return err
		}
	}
	m.at, m.order = nil, nil
	return nil
}
