package redirects

import (
	"errors"
	"fmt"
	"iter"
	"strings"
)

// Rule is one row of a redirect map.
type Rule struct {
	Line      int // where the row stands in its file, from 1; 0 when it has no file
	Source    Source
	Target    string // absolute http(s) URL in ASCII; "" for 410 and 451
	Status    int    // 301, 308, 302, 410 or 451
	KeepQuery bool   // the query of the request is added to the target
	Label     string // free text for people; never written into a server's configuration
}

// Gone tells whether the row says that the page is no more (410, 451) instead of
// pointing elsewhere.
func (r Rule) Gone() bool { return r.Status == 410 || r.Status == 451 }

// Permanent tells whether the status passes the worth of the old address on.
func (r Rule) Permanent() bool { return r.Status == 301 || r.Status == 308 }

// ParseTarget checks a target and brings it to the form in which it is sent:
// absolute, scheme and host in lower case, blanks and bytes above 0x7E
// percent-encoded, everything else as given. Errors: ErrNotURL (also for user
// names, other schemes, paths), ErrControl, ErrTooLong.
func ParseTarget(target string) (string, error) {
	raw := strings.Trim(target, " \t\r\n")
	scheme, host, rest, err := splitURL(raw)
	if err != nil {
		return "", fmt.Errorf("parsing target %s: %w", clip(raw), err)
	}
	if scheme == "" {
		return "", fmt.Errorf("parsing target %s: %w", clip(raw), ErrNotURL)
	}
	if rest == "" || rest[0] != '/' {
		rest = "/" + rest
	}
	return scheme + "://" + host + encodeUnsendable(rest), nil
}

// WithQuery returns the target of a rule with KeepQuery for a request with the
// given raw query: joined with "?" or "&", before a fragment.
func WithQuery(target, query string) string {
	if query == "" {
		return target
	}
	head, fragment, hasFragment := strings.Cut(target, "#")
	joint := "?"
	if strings.Contains(head, "?") {
		joint = "&"
	}
	head += joint + query
	if hasFragment {
		head += "#" + fragment
	}
	return head
}

// Map is a redirect map that can be walked any number of times, each time from
// its first row and in the same order. A walk that meets an error yields it with
// a zero Rule; it goes on afterwards only if the error concerns one row (RowError).
type Map interface {
	Rules() iter.Seq2[Rule, error]
}

// RowError is the error of one row; the rows after it are still readable.
type RowError struct {
	Line     int
	Err      error
	Old, New string // what the row has in place of its two addresses, for people; see NewRowError
	Partly   bool   // the row was read as a rule that stands beside this error, which says what the rule does not do
}

// NewRowError makes the error of a row that cannot be read. old and target are what
// stands in the places of its addresses, however wrong, or old is the whole row where
// they cannot be told apart: they let a person find the row and correct it. They are
// brought into one line of UTF-8 and cut after 500 bytes.
func NewRowError(line int, err error, old, target string) *RowError {
	return &RowError{Line: line, Err: err, Old: oneLine(old), New: oneLine(target)}
}

// Problem is the cause of a RowError that can be told in both languages.
type Problem struct{ Text }

// NewProblem makes a cause. Each call makes another one for errors.Is.
func NewProblem(en, ja string) error { return &Problem{Text{EN: en, JA: ja}} }

// Error is the English sentence.
func (p *Problem) Error() string { return p.EN }

// What says what is wrong with the row, in Japanese as far as the cause can.
func (e RowError) What() Text {
	var p *Problem
	if errors.As(e.Err, &p) {
		return Text{EN: e.Err.Error(), JA: p.JA}
	}
	return Text{EN: e.Err.Error(), JA: e.Err.Error()}
}

// oneLine is a piece of a file for a person's eye.
func oneLine(s string) string {
	const most = 500
	if len(s) > most {
		s = s[:most] + "…"
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\ufffd")), " ")
}

// Error says the line and what is wrong with it.
func (e *RowError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap gives errors.Is and errors.As the cause.
func (e *RowError) Unwrap() error { return e.Err }

// Slice is a Map in memory.
type Slice []Rule

// Rules walks the slice.
func (s Slice) Rules() iter.Seq2[Rule, error] {
	return func(yield func(Rule, error) bool) {
		for _, r := range s {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// MapFunc is a Map whose every walk calls the function anew.
type MapFunc func() iter.Seq2[Rule, error]

// Rules starts a walk.
func (f MapFunc) Rules() iter.Seq2[Rule, error] { return f() }

// Collect reads a whole map into memory and stops at the first error.
func Collect(m Map) (Slice, error) {
	var all Slice
	for r, err := range m.Rules() {
		if err != nil {
			return all, err
		}
		all = append(all, r)
	}
	return all, nil
}
