package sources

import "strings"

// analytics reads landing pages of Google Analytics 4: reports and explorations. Rows
// name paths; the host is that of its own column, else that of the shop.
type analytics struct {
	s     *session
	begun bool
}

// analyticsSink takes the name of the column at its word: "Landing page" has no query,
// "Landing page + query string" has it.
func analyticsSink(s *session) sink {
	if i, ok := s.cols.at[fURL]; ok {
		s.rep.PathsOnly = !strings.Contains(normal(s.cols.header[i]), "+")
	}
	return &analytics{s: s}
}

func (f *analytics) row(r row) error {
	figures := Figures{Sessions: f.s.number(r, fSessions), Revenue: f.s.number(r, fRevenue)}
	ref, first := r.get(fURL), !f.begun
	f.begun = true
	if d := day(r.get(fDate)); !d.IsZero() {
		f.s.see(d)
	}
	switch {
	case ref == "" && first: // explorations put the sums there
		f.s.rep.Whole = figures
		return nil
	case ref == "", strings.HasPrefix(ref, "(") && strings.HasSuffix(ref, ")"): // (not set), (other)
		f.s.unplaced(figures)
		return nil
	}
	if strings.Contains(ref, "?") {
		f.s.rep.PathsOnly = false
	}
	if host := r.get(fHost); host != "" && strings.HasPrefix(ref, "/") {
		if siteOf(host) == "" {
			f.s.unplaced(figures)
			return nil
		}
		ref = f.scheme() + "://" + strings.ToLower(host) + ref
	}
	return f.s.place(r.line, ref, "", figures)
}

func (f *analytics) scheme() string {
	if f.s.o.BaseURL != nil {
		return f.s.o.BaseURL.Scheme
	}
	return "https"
}

func (f *analytics) end() error { return nil }

// above reads a line above the names, or between tables, for the period: reports have
// "# Start date: 20260829" and "# End date: 20260925" in the language of the account,
// explorations "# 20260723-20260922".
func (s *session) above(line string) {
	if s.rep.Kind != Analytics {
		return
	}
	if period := datesIn(line); period != "" {
		s.told, s.dates = period, nil
		return
	}
	for _, w := range strings.FieldsFunc(line, func(r rune) bool { return r < '0' || r > '9' }) {
		if len(w) == len("20060102") && !day(w).IsZero() {
			s.dates = append(s.dates[max(0, len(s.dates)-1):], w)
		}
	}
	if n := len(s.dates); n >= 2 {
		if period := datesIn(s.dates[n-2] + " " + s.dates[n-1]); period != "" {
			s.told, s.dates = period, nil
		}
	}
}
