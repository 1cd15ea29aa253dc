package sources

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
)

// kept gathers the addresses of one part. Its size is bounded by the number of
// different addresses and of different linking sites, not by that of the rows.
type kept struct {
	most    int  // addresses
	room    int  // bytes
	full    bool // something was left out because there was no more room
	long    int  // requests left out because their address is longer than any
	list    []*Address
	at      map[place]int
	sites   map[uint64]struct{}      // hash of address and linking site
	linking map[string]*linkingSites // by address
	size    int                      // bytes of what is kept
	dropped int
	bare    int // products whose descriptions were left out
}

type place struct{ url, period string }

// addressCost is what an address takes beside its own letters.
const addressCost = 256

// maxAddress bounds one address: no search engine, shop or browser takes longer ones
// (2,000 is what most crawlers allow).
const maxAddress = 8 << 10

func newKept(most int) *kept {
	return &kept{most: most, room: maxKept, at: make(map[place]int), sites: make(map[uint64]struct{})}
}

// address finds or makes the entry of an address; nil when there is no room.
func (k *kept) address(line int, ref, period string) *Address {
	if i, ok := k.at[place{ref, period}]; ok {
		return k.list[i]
	}
	if len(k.list) >= k.most || k.size > k.room {
		k.full = k.full || k.size > k.room
		k.dropped++
		return nil
	}
	k.size += len(ref) + addressCost
	ref = strings.Clone(ref)
	k.at[place{ref, period}] = len(k.list)
	k.list = append(k.list, &Address{Line: line, URL: ref, Period: period})
	return k.list[len(k.list)-1]
}

// site notes that another site links to an address and says whether it is a new one.
func (k *kept) site(ref, host string) bool {
	d := xxhash.New()
	_, _ = d.WriteString(ref) // never fails
	_, _ = d.WriteString("\x00")
	_, _ = d.WriteString(host)
	h := d.Sum64()
	if _, known := k.sites[h]; known || len(k.sites) >= 20*k.most || k.size > k.room {
		return false
	}
	k.size += 16
	k.sites[h] = struct{}{}
	return true
}

// record makes a record one's own. Descriptions are what fills the memory first; when
// half of it is full, products are kept without.
func (k *kept) record(rec Record) *Record {
	if k.size > k.room/2 && rec.Product.Description != "" {
		rec.Product.Description = ""
		delete(rec.Product.Sources, "description")
		k.bare++
	}
	rec, size := own(rec)
	k.size += size
	return &rec
}

// keepRecord keeps a product, or an address of a list.
func (s *session) keepRecord(rec Record) {
	if !rec.Published {
		s.rep.Hidden++
	}
	if rec.URL == "" && rec.ID == "" {
		s.rep.NoAddress++
		return
	}
	ref := rec.URL
	if ref == "" { // the caller may know how addresses are built from identities
		ref = "id:" + rec.ID
	}
	if a := s.kept.address(rec.Line, ref, ""); a != nil {
		if a.Record == nil || a.Record.Product.Name == "" {
			a.Record = s.kept.record(rec)
		}
		if rec.URL == "" {
			a.URL = ""
		}
	}
}

// place keeps the figures that one row gives an address. period is that of the row's
// column, "" for that of the file.
func (s *session) place(line int, ref, period string, f Figures) error {
	u, reason := s.pageAddress(ref)
	if reason != "" {
		return s.refuse(line, reason, short(ref))
	}
	s.rep.Totals = s.rep.Totals.Plus(f)
	if a := s.kept.address(line, u, period); a != nil {
		a.Figures = a.Figures.Plus(f)
	}
	return nil
}

// pageAddress makes an address absolute; reason is a format with one %q for the
// address when it is none.
func (s *session) pageAddress(ref string) (u, reason string) {
	switch {
	case len(ref) > maxAddress:
		return "", "an address of more than 8 KiB: %q"
	case s.o.BaseURL != nil && !strings.HasPrefix(ref, "/") && !strings.Contains(ref, "://") && s.isOwn(siteOf(ref)):
		ref = s.o.BaseURL.Scheme + "://" + ref // "shop.example/x"
	}
	return s.made(ref)
}

// made makes absolute what is absolute or a path, see pageAddress.
func (s *session) made(ref string) (u, reason string) {
	if host, ok := plainRef(ref); ok {
		switch {
		case host != "":
			return ref, ""
		case s.o.BaseURL != nil && s.o.BaseURL.User == nil && isWeb(s.o.BaseURL):
			return s.o.BaseURL.Scheme + "://" + s.o.BaseURL.Host + ref, ""
		}
	}
	parsed := parsedAddress(ref)
	if parsed == nil {
		return "", "%q is not an address"
	}
	if u = s.resolved(parsed); u == "" {
		return "", "%q is a path, and the shop's address is not known"
	}
	return u, ""
}

// unplaced counts a row whose figures belong to no address.
func (s *session) unplaced(f Figures) {
	s.rep.UnplacedRows++
	s.rep.Unplaced = s.rep.Unplaced.Plus(f)
	s.rep.Totals = s.rep.Totals.Plus(f)
}

// number reads a figure of a column: "1,000", "12.5", "¥1,980", "". What is none is
// doubted and counts as 0. Nothing but revenue may be below 0: of what was given back.
func (s *session) number(r row, f field) float64 {
	v := s.numberOf(r.line, r.get(f))
	if v < 0 && f != fRevenue {
		s.doubt(r.line, "%q is less than nothing", short(r.get(f)))
		return 0
	}
	return v
}

func (s *session) numberOf(line int, text string) float64 {
	if text == "" || text == "-" || text == "—" || text == "～" || text == "N/A" {
		return 0
	}
	v, ok := figure(text)
	if !ok {
		s.doubt(line, "%q is not a number", short(text))
		return 0
	}
	return v
}

// see widens the period of the rows by a day.
func (s *session) see(day time.Time) {
	if day.IsZero() {
		return
	}
	if s.first.IsZero() || day.Before(s.first) {
		s.first = day
	}
	if day.After(s.last) {
		s.last = day
	}
}

// finish settles period, source and currency of everything that was kept, and the sums.
func (s *session) finish() {
	s.rep.Period = s.filePeriod()
	if s.beside != nil && s.rep.Kind == SearchConsolePages {
		s.rep.Whole = s.beside.whole
		if t := s.beside.searchType; t != "" {
			s.rep.Source += "-" + t
		}
	}
	if s.rep.Period == "" && s.rep.Totals != (Figures{}) && s.rep.Totals.LinkingSites == 0 {
		s.note(notePeriodUnknown)
	}
	switch {
	case s.kept.full:
		s.note(noteTooMuch, s.kept.room>>20, s.kept.dropped)
	case s.kept.dropped > 0:
		s.note(noteTooMany, s.kept.most, s.kept.dropped)
	}
	if s.kept.bare > 0 {
		s.note(noteBare, s.kept.room>>21, s.kept.bare)
	}
	if s.kept.long > 0 {
		s.note(noteLongTarget, s.kept.long, maxLogTarget)
	}
	s.rep.Dropped = s.kept.dropped + s.kept.long
	before, rows := s.beforePeriod(), len(s.kept.list)
	s.kept.list = slices.DeleteFunc(s.kept.list, func(a *Address) bool { return a.Period == periodBefore && before == "" })
	if len(s.kept.list) < rows {
		s.note(noteBeforeUnknown)
	}
	s.rep.Addresses = len(s.kept.list)
	s.nameLinking()
	for _, a := range s.kept.list {
		a.Source = s.rep.Source
		switch a.Period {
		case "":
			a.Period = s.rep.Period
		case periodBefore:
			a.Period, a.Before = before, true
			s.rep.Before = before
		}
		if a.Figures == (Figures{}) {
			a.Period = ""
		}
		if a.Figures.Revenue != 0 {
			a.Currency = s.currency
		}
	}
}

// periodBefore marks the figures of the time compared with until it is known.
const periodBefore = "before"

// filePeriod is the period of the figures: what the caller said, what the file or the
// file beside it says, what the dates of its rows span.
func (s *session) filePeriod() string {
	switch {
	case s.period != "":
		return s.period
	case s.told != "":
		return s.told
	case s.beside != nil && s.beside.period != "" && s.rep.Kind == SearchConsolePages:
		return s.beside.period
	}
	return span(s.first, s.last)
}

// beforePeriod is the period compared with: told, or as long as the other and just
// before it; "" when neither is known, and then its figures are of no use.
func (s *session) beforePeriod() string {
	switch {
	case s.toldBefore != "":
		return s.toldBefore
	case s.beside != nil && s.beside.before != "":
		return s.beside.before
	}
	first, last, ok := days(s.filePeriod())
	if !ok {
		return ""
	}
	n := int(last.Sub(first).Hours()/24) + 1
	return span(first.AddDate(0, 0, -n), first.AddDate(0, 0, -1))
}

// span writes a period.
func span(first, last time.Time) string {
	switch {
	case first.IsZero():
		return ""
	case first.Equal(last):
		return first.Format(time.DateOnly)
	}
	return first.Format(time.DateOnly) + "/" + last.Format(time.DateOnly)
}

// days reads a period.
func days(period string) (first, last time.Time, ok bool) {
	a, b, isSpan := strings.Cut(period, "/")
	if !isSpan {
		b = a
	}
	first, err1 := time.Parse(time.DateOnly, a)
	last, err2 := time.Parse(time.DateOnly, b)
	return first, last, err1 == nil && err2 == nil && !last.Before(first)
}

// ParsePeriod reads a period as a person writes it: "2025-08-01/2026-10-31",
// "2026-10-31". ok is false for anything else.
func ParsePeriod(text string) (period string, ok bool) {
	first, last, ok := days(strings.TrimSpace(text))
	return span(first, last), ok
}

// day reads a date: "2026-08-29", "2026/08/29", "20260829"; the zero time for anything
// else. A number of days since 1899-12-30 is how workbooks store dates
// (ECMA-376 part 1, 18.17.4).
func day(text string) time.Time {
	if text == "" || text[0] < '0' || text[0] > '9' {
		return time.Time{}
	}
	for _, layout := range []string{time.DateOnly, "2006/01/02", "2006/1/2", "20060102"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	if n, err := strconv.Atoi(text); err == nil && n > 30000 && n < 80000 {
		return time.Date(1899, 12, 30+n, 0, 0, 0, 0, time.UTC)
	}
	return time.Time{}
}

// siteOf is the host of an address, without "www."; "" when it has none. A site may
// also be written without a scheme.
func siteOf(ref string) string {
	plain := ref
	if !strings.HasPrefix(ref, "/") && !strings.Contains(ref, "://") {
		plain = "https://" + ref
	}
	if host, ok := plainRef(plain); ok && host != "" {
		if !strings.Contains(host, ".") {
			return ""
		}
		return strings.TrimPrefix(host, "www.")
	}
	u, err := url.Parse(ref)
	if err == nil && u.Host == "" && !strings.Contains(ref, "://") {
		u, err = url.Parse("https://" + ref)
	}
	if err != nil || u.Host == "" || !strings.Contains(u.Host, ".") {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

// isOwn says whether a site, as siteOf names it, is that of the shop.
func (s *session) isOwn(site string) bool {
	if s.o.BaseURL == nil || site == "" {
		return false
	}
	if s.own == "" {
		s.own = siteOf(s.o.BaseURL.String())
	}
	return site == s.own
}

// PeriodsOverlap says whether two periods share a day. An unknown one shares none that
// anybody knows of.
func PeriodsOverlap(a, b string) bool {
	first, last, ok := days(a)
	from, to, known := days(b)
	return ok && known && !first.After(to) && !from.After(last)
}
