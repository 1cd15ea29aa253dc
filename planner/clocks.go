package planner

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Clocks are the four dates that a plan is timed by; a zero time is not known. T is
// when the new shop takes orders and old addresses begin to point to it, B when the
// shop learnt of a breach, E the end of the old contract, D the expiry of the old
// domain. Each is midnight of a day in Zone.
type Clocks struct {
	Cutover, Breach, ContractEnd, DomainExpiry time.Time
	Zone                                       *time.Location // nil: UTC
}

// Letters of the clocks, in the order in which they are shown.
func clockLetters() []string { return []string{"B", "T", "E", "D"} }

// Of is the date of the clock with this letter.
func (c Clocks) Of(letter string) time.Time {
	switch letter {
	case "T":
		return c.Cutover
	case "B":
		return c.Breach
	case "E":
		return c.ContractEnd
	case "D":
		return c.DomainExpiry
	}
	return time.Time{}
}

// ClockDate is one clock with its date.
type ClockDate struct {
	Letter string
	Date   time.Time
}

// All lists the clocks in the order in which they are shown.
func (c Clocks) All() []ClockDate {
	var out []ClockDate
	for _, l := range clockLetters() {
		out = append(out, ClockDate{l, c.Of(l)})
	}
	return out
}

// DateFacts are what is worth saying of the clocks together.
const (
	keepDays     = 180 // days that pointers on the old side stay at least
	keepDaysGood = 365
)

// KeepUntil is the earliest day on which the old contract may end, and the better
// one: pointers stay at least 180 days after the cutover, better a year
// (https://support.google.com/webmasters/answer/9370220,
// https://developers.google.com/search/docs/crawling-indexing/site-move-with-url-changes).
// Both are zero while the cutover is not known.
func (c Clocks) KeepUntil() (least, better time.Time) {
	if c.Cutover.IsZero() {
		return
	}
	return c.Cutover.AddDate(0, 0, keepDays), c.Cutover.AddDate(0, 0, keepDaysGood)
}

// Offset is a time relative to a clock: "T-14", "B+0h", "T+7..T+30 monthly".
type Offset struct {
	Clock      string // T, B, E, D
	Days       int    // from the clock; for Hours, whole days are in Hours
	Hours      int
	InHours    bool
	UntilClock string // of a span; empty: one day
	UntilDays  int
	Label      string // test, final, latest, monthly …; empty none
}

var offsetForm = regexp.MustCompile(`^([TBED])([+-]\d{1,4})(h?)(?:\.\.([TBED])([+-]\d{1,4}))?(?: ([a-z-]+))?$`)

// ParseOffset reads the form that the task catalogue uses.
func ParseOffset(s string) (Offset, error) {
	m := offsetForm.FindStringSubmatch(s)
	if m == nil {
		return Offset{}, fmt.Errorf("%q is no time such as T-14 or B+0h", s)
	}
	o := Offset{Clock: m[1], UntilClock: m[4], Label: m[6]}
	n, err := strconv.Atoi(m[2])
	if err != nil {
		return Offset{}, fmt.Errorf("reading %q: %w", s, err)
	}
	if m[3] == "h" {
		o.Hours, o.InHours = n, true
	} else {
		o.Days = n
	}
	if m[5] != "" {
		if o.UntilDays, err = strconv.Atoi(m[5]); err != nil {
			return Offset{}, fmt.Errorf("reading %q: %w", s, err)
		}
	}
	return o, nil
}

// String is the form that ParseOffset reads, without the label.
func (o Offset) String() string {
	s := o.Clock + signed(o.Days)
	if o.InHours {
		s = o.Clock + signed(o.Hours) + "h"
	}
	if o.UntilClock != "" {
		s += ".." + o.UntilClock + signed(o.UntilDays)
	}
	return s
}

func signed(n int) string { return fmt.Sprintf("%+d", n) }

// On gives the days of the offset; ok is false where the clock is not known. until
// is zero for a single day, and for a span whose end is not known.
func (o Offset) On(c Clocks) (from, until time.Time, ok bool) {
	base := c.Of(o.Clock)
	if base.IsZero() {
		return time.Time{}, time.Time{}, false
	}
	if o.InHours {
		from = base.AddDate(0, 0, o.Hours/24)
	} else {
		from = base.AddDate(0, 0, o.Days)
	}
	if end := c.Of(o.UntilClock); !end.IsZero() {
		until = end.AddDate(0, 0, o.UntilDays)
	}
	return from, until, true
}

// order sorts offsets of different clocks while no dates are known: B lies before T,
// E a year after it.
func (o Offset) order() int {
	n := o.Days*24 + o.Hours
	switch o.Clock {
	case "B":
		return n - 30*24
	case "E", "D":
		return n + keepDaysGood*24
	}
	return n
}

// Location is the time zone of the plan.
func (c Clocks) Location() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}
