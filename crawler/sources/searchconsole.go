package sources

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// searchConsole reads the table of pages of a performance export. In compare mode
// each figure has a column for either period, whose names begin with the period; the
// first one is the newer.
type searchConsole struct {
	s       *session
	compare []pairOfColumns
}

// pairOfColumns are the figures of one period of a comparison.
type pairOfColumns struct {
	label               string
	clicks, impressions int
}

func searchConsoleSink(s *session) sink {
	f := &searchConsole{s: s}
	if _, plain := s.cols.at[fClicks]; !plain {
		f.compare = comparison(s.cols)
		s.rep.Used, s.rep.Ignored = s.cols.usedNames(), s.cols.ignoredNames()
	}
	for i, c := range f.compare {
		switch period := datesIn(c.label); {
		case period != "" && i == 0:
			s.told = period
		case period != "":
			s.toldBefore = period
		}
	}
	for _, n := range s.beside.narrowed {
		s.note(noteNarrowed, n)
	}
	return f
}

// comparison finds the columns "Last 28 days Clicks", "Previous 28 days Clicks" and
// so on, and marks them as used.
func comparison(c *columns) []pairOfColumns {
	var out []pairOfColumns
	for i, name := range c.header {
		n := normal(name)
		label, isClicks := cutSuffix(n, "clicks", "クリック数")
		isImpressions := false
		if !isClicks {
			label, isImpressions = cutSuffix(n, "impressions", "表示回数")
		}
		if !isClicks && !isImpressions || label == "" || c.taken[i] {
			continue
		}
		at := slices.IndexFunc(out, func(p pairOfColumns) bool { return p.label == label })
		if at < 0 {
			if len(out) == 2 {
				continue
			}
			at = len(out)
			out = append(out, pairOfColumns{label, -1, -1})
		}
		if isClicks {
			out[at].clicks = i
		} else {
			out[at].impressions = i
		}
		c.taken[i] = true
	}
	return out
}

func cutSuffix(s string, suffixes ...string) (string, bool) {
	for _, suffix := range suffixes {
		if rest, ok := strings.CutSuffix(s, suffix); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

func (f *searchConsole) row(r row) error {
	ref := r.get(fURL)
	if f.compare == nil {
		return f.s.place(r.line, ref, "", Figures{Clicks: f.s.number(r, fClicks), Impressions: f.s.number(r, fImpressions)})
	}
	for i, c := range f.compare {
		figures := Figures{Clicks: f.numberAt(r, c.clicks), Impressions: f.numberAt(r, c.impressions)}
		period := ""
		if i > 0 {
			if period = periodBefore; figures == (Figures{}) {
				continue
			}
		}
		before, refused := f.s.rep.Totals, f.s.rep.RefusedCount
		if err := f.s.place(r.line, ref, period, figures); err != nil || f.s.rep.RefusedCount > refused {
			return err // a row is refused once, not for each period
		}
		if i > 0 { // the sums are those of the newer period
			f.s.rep.Totals = before
		}
	}
	return nil
}

func (f *searchConsole) numberAt(r row, i int) float64 {
	if i < 0 {
		return 0
	}
	return max(0, f.s.numberOf(r.line, r.at(i)))
}

func (f *searchConsole) end() error { return nil }

// searchConsoleDates reads the daily figures: their sum is that of the property, and
// their days are the period of the pages.
type searchConsoleDates struct{ s *session }

func searchConsoleDatesSink(s *session) sink { return searchConsoleDates{s} }

func (f searchConsoleDates) row(r row) error {
	d := day(r.get(fDate))
	if d.IsZero() {
		return f.s.refuse(r.line, "%q is not a date", short(r.get(fDate)))
	}
	f.s.see(d)
	f.s.rep.Totals = f.s.rep.Totals.Plus(Figures{Clicks: f.s.number(r, fClicks), Impressions: f.s.number(r, fImpressions)})
	return nil
}

func (f searchConsoleDates) end() error {
	if f.s.beside != nil {
		f.s.beside.period = span(f.s.first, f.s.last)
		f.s.beside.whole = f.s.rep.Totals
	}
	return nil
}

// searchConsoleFilters reads what the figures were narrowed by when they were
// exported.
type searchConsoleFilters struct{ s *session }

func searchConsoleFiltersSink(s *session) sink { return searchConsoleFilters{s} }

func (f searchConsoleFilters) row(r row) error {
	if f.s.beside == nil {
		return nil
	}
	name, value := normal(r.get(fFilter)), r.get(fValue)
	period := datesIn(value)
	switch {
	case period != "":
		if f.s.beside.period == "" {
			f.s.beside.period = period
		}
	case name == "date" || name == "日付" || name == "期間": // "Last 28 days": the daily figures tell which
	case name == "search type" || name == "検索タイプ":
		if v := normal(value); v != "web" && v != "ウェブ" {
			f.s.beside.searchType = strings.Join(strings.Fields(v), "-")
		}
	case len(f.s.beside.narrowed) < maxNames:
		f.s.beside.narrowed = append(f.s.beside.narrowed, short(r.get(fFilter))+": "+short(value))
	}
	return nil
}

func (f searchConsoleFilters) end() error { return nil }

// datesIn finds a period in a text: two dates, the first not after the second.
func datesIn(text string) string {
	var found []time.Time
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;:~〜–—#", r) }) {
		pieces := []string{w}
		if day(w).IsZero() { // "20260723-20260922"
			pieces = strings.Split(w, "-")
		}
		for _, p := range pieces {
			if d := day(p); !d.IsZero() && len(p) >= 8 {
				found = append(found, d)
			}
		}
	}
	if len(found) < 2 || found[len(found)-1].Before(found[len(found)-2]) {
		return ""
	}
	return span(found[len(found)-2], found[len(found)-1])
}

// nothing counts the rows of a table that names no page of the shop.
type nothing struct{}

func nothingSink(*session) sink { return nothing{} }

func (nothing) row(row) error { return nil }
func (nothing) end() error    { return nil }

// detectAPI looks for the words of an answer of the API.
func detectAPI(text string) string {
	if t := strings.TrimLeft(text, "\uFEFF \t\r\n["); !strings.HasPrefix(t, "{") || !strings.Contains(text, `"rows"`) || !strings.Contains(text, `"keys"`) {
		return ""
	}
	return `a JSON object with "rows" and "keys"`
}

// apiRow is a row of an answer of the Search Console API (searchanalytics query).
type apiRow struct {
	Keys        []string `json:"keys"`
	Clicks      float64  `json:"clicks"`
	Impressions float64  `json:"impressions"`
}

// api reads answers of the Search Console API row by row: programs that gather them
// write files of any size.
type api struct {
	s    *session
	dec  *json.Decoder
	room *allowance
}

// readAPI reads one answer, several behind each other, or a list of them. Of the keys
// of a row the one that is an address is the page, one that is a date a day. Programs
// that store answers often keep the request, with its dates, beside the rows.
func readAPI(s *session, in io.Reader) error {
	s.rep.Used = []string{"keys", "clicks", "impressions"}
	room := newAllowance(decoded(in, s.rep.Charset))
	a := &api{s: s, dec: json.NewDecoder(room), room: room}
	for {
		tok, err := a.dec.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return a.fail(err)
		}
		switch tok {
		case json.Delim('{'):
			err = a.answer(false)
		case json.Delim('['):
			err = a.each(func() error {
				if err := a.open('{'); err != nil {
					return err
				}
				return a.answer(false)
			})
		default:
			err = fmt.Errorf("reading JSON before byte %d: an answer of the API is an object", a.dec.InputOffset())
		}
		if err != nil {
			return err
		}
	}
}

// fail says where the reading of JSON ended.
func (a *api) fail(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w at byte %d", ErrCutOff, a.dec.InputOffset())
	}
	return fmt.Errorf("reading JSON at byte %d: %w", a.dec.InputOffset(), err)
}

// open reads the beginning of an object or a list.
func (a *api) open(want json.Delim) error {
	tok, err := a.dec.Token()
	switch {
	case err != nil:
		return a.fail(err)
	case tok != want:
		return fmt.Errorf("reading JSON before byte %d: %v stands where %v should", a.dec.InputOffset(), tok, want)
	}
	return nil
}

// each reads what an open object or list holds, to its end.
func (a *api) each(fn func() error) error {
	for a.dec.More() {
		a.room.next()
		if err := a.s.ctx.Err(); err != nil {
			return fmt.Errorf("reading the file: %w", err)
		}
		if err := fn(); err != nil {
			return err
		}
	}
	if _, err := a.dec.Token(); err != nil {
		return a.fail(err)
	}
	return nil
}

// answer reads the members of an answer, or of the request beside one.
func (a *api) answer(request bool) error {
	return a.each(func() error {
		name, err := a.dec.Token()
		if err != nil {
			return a.fail(err)
		}
		switch {
		case name == "rows" && !request:
			if err := a.open('['); err != nil {
				return err
			}
			return a.each(a.row)
		case name == "request" && !request:
			if err := a.open('{'); err != nil {
				return err
			}
			return a.answer(true)
		}
		var value json.RawMessage
		if err := a.dec.Decode(&value); err != nil {
			return a.fail(err)
		}
		if name == "startDate" || name == "endDate" {
			a.s.see(day(strings.Trim(string(value), `"`)))
		}
		return nil
	})
}

func (a *api) row() error {
	s := a.s
	s.rep.Rows++
	var row apiRow
	err := a.dec.Decode(&row)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		return s.refuse(s.rep.Rows, "not a row of JSON")
	case err != nil:
		return a.fail(err)
	}
	page := ""
	for _, key := range row.Keys {
		if strings.HasPrefix(key, "http://") || strings.HasPrefix(key, "https://") {
			page = key
		} else if len(key) == len(time.DateOnly) {
			s.see(day(key))
		}
	}
	figures := Figures{Clicks: row.Clicks, Impressions: row.Impressions}
	if page == "" {
		s.unplaced(figures)
		return nil
	}
	return s.place(s.rep.Rows, page, "", figures)
}
