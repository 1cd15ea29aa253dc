package inventory

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"
	"time"

	"replatform/crawler/catalog"
)

// said is an entry of worth with the table of the file that says it.
type said struct {
	Worth
	reading int // Import.id, 0: of no file
}

// saying is what may tell of the same visits as another: a table of a file in one period.
type saying struct {
	reading int
	period  string
}

// counting decides which figures count, see WorthTotals.
type counting struct {
	imports map[int]*Import
	spans   map[string]span
	logs    map[[2]int]bool // pairs of tables that are logs and hold the same requests
	within  bool            // only sayings of the same period are compared
	// coarse are sources of which a table has paths only.
	coarse map[string]bool
	// split are the sayings that tell more pages apart where such a table has one path.
	split map[unit][]saying
}

type span struct {
	first, last time.Time
	known       bool
}

func spanOf(period string) (s span) {
	s.first, s.last, s.known = PeriodDays(period)
	return s
}

// meets says whether two periods share a day, or may: one is not known.
func (s span) meets(o span) bool {
	return !s.known || !o.known || !s.first.After(o.last) && !o.first.After(s.last)
}

// unit is what sayings are compared for: an address, or its path, of one source.
type unit struct{ source, url, period string }

// eachCounted hands out every entry of worth with the figures that count, the others 0,
// ordered by key, source, period and URL. within compares entries of the same period
// only.
func eachCounted(ctx context.Context, tx *sql.Tx, al *aliases, within bool, fn func(Worth) error) error {
	imports, err := readImports(ctx, tx)
	if err != nil {
		return err
	}
	c := &counting{imports: map[int]*Import{}, spans: map[string]span{}, logs: map[[2]int]bool{}, within: within, coarse: map[string]bool{}}
	for i := range imports {
		c.imports[imports[i].id] = &imports[i]
		c.coarse[imports[i].Source] = c.coarse[imports[i].Source] || imports[i].PathsOnly
	}
	if err := c.findSplit(ctx, tx, al); err != nil {
		return err
	}
	var of []said // one page
	flush := func() error {
		c.count(of)
		for _, s := range of {
			if err := fn(s.Worth); err != nil {
				return err
			}
		}
		of = of[:0]
		return nil
	}
	err = eachSaid(ctx, tx, func(s said) error {
		if len(of) > 0 && of[0].Key != s.Key {
			if err := flush(); err != nil {
				return err
			}
		}
		of = append(of, s)
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

func eachSaid(ctx context.Context, tx *sql.Tx, fn func(said) error) error {
	return each(ctx, tx, `
		SELECT key, source, period, url, clicks, impressions, sessions, revenue, currency, linking_sites, reading
		FROM worth ORDER BY key, source, period, url, reading`, nil, func(rows *sql.Rows) error {
		var s said
		if err := rows.Scan(&s.Key, &s.Source, &s.Period, &s.URL, &s.Clicks, &s.Impressions, &s.Sessions, &s.Revenue, &s.Currency,
			&s.LinkingSites, &s.reading); err != nil {
			return err
		}
		return fn(s)
	})
}

// findSplit finds the paths of which a table without queries has one row and another
// table rows of different pages.
func (c *counting) findSplit(ctx context.Context, tx *sql.Tx, al *aliases) error {
	if !slices.Contains(slices.Collect(maps.Values(c.coarse)), true) {
		return nil
	}
	pages := map[unit]catalog.Key{}
	err := eachSaid(ctx, tx, func(s said) error {
		if c.pathsOnly(s) {
			pages[unit{source: s.Source, url: pathOf(s.URL)}] = al.key(s.Key)
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.split = map[unit][]saying{}
	return eachSaid(ctx, tx, func(s said) error {
		at := unit{source: s.Source, url: pathOf(s.URL)}
		page, ok := pages[at]
		by := saying{s.reading, s.Period}
		if ok && !c.pathsOnly(s) && al.key(s.Key) != page && !slices.Contains(c.split[at], by) {
			c.split[at] = append(c.split[at], by)
		}
		return nil
	})
}

func (c *counting) pathsOnly(s said) bool {
	im := c.imports[s.reading]
	return im != nil && im.PathsOnly
}

// pathOf is an address without what stands behind the path.
func pathOf(url string) string {
	if end := strings.IndexAny(url, "?#"); end >= 0 {
		return url[:end]
	}
	return url
}

// count sets the figures that do not count to 0. The entries are those of one page.
func (c *counting) count(of []said) {
	if len(of) < 2 && c.split == nil {
		return
	}
	groups := map[unit][]*said{}
	for i := range of {
		s := &of[i]
		at := unit{source: s.Source, url: s.URL}
		if c.coarse[s.Source] {
			at.url = pathOf(s.URL)
			if c.pathsOnly(*s) && slices.ContainsFunc(c.split[at], func(by saying) bool { return c.mayShare(by, saying{s.reading, s.Period}) }) {
				s.Clicks, s.Impressions, s.Sessions, s.Revenue = 0, 0, 0, 0
			}
		}
		if c.within {
			at.period = s.Period
		}
		groups[at] = append(groups[at], s)
	}
	for _, group := range groups {
		if len(group) < 2 {
			continue
		}
		for _, figure := range []func(*said) *float64{
			func(s *said) *float64 { return &s.Clicks }, func(s *said) *float64 { return &s.Impressions },
			func(s *said) *float64 { return &s.Sessions }, func(s *said) *float64 { return &s.Revenue },
		} {
			c.choose(group, figure)
		}
		most := slices.MaxFunc(group, func(a, b *said) int { return cmp.Compare(a.LinkingSites, b.LinkingSites) })
		for _, s := range group {
			if s != most {
				s.LinkingSites = 0
			}
		}
	}
}

// choose leaves a figure to sayings of which no two may tell of the same visits.
func (c *counting) choose(group []*said, figure func(*said) *float64) {
	var by []saying
	for _, s := range group {
		if a := (saying{s.reading, s.Period}); *figure(s) != 0 && !slices.Contains(by, a) {
			by = append(by, a)
		}
	}
	if len(by) < 2 {
		return
	}
	slices.SortFunc(by, c.better)
	var taken []saying
	for _, a := range by {
		if !slices.ContainsFunc(taken, func(b saying) bool { return c.mayShare(a, b) }) {
			taken = append(taken, a)
		}
	}
	for _, s := range group {
		if !slices.Contains(taken, saying{s.reading, s.Period}) {
			*figure(s) = 0
		}
	}
}

func (c *counting) span(period string) span {
	s, ok := c.spans[period]
	if !ok {
		s = spanOf(period)
		c.spans[period] = s
	}
	return s
}

func (c *counting) requests(s saying) *Requests {
	if im := c.imports[s.reading]; im != nil {
		return im.Requests
	}
	return nil
}

// mayShare says whether two sayings of one source may tell of the same visits.
func (c *counting) mayShare(a, b saying) bool {
	if a == b {
		return false
	}
	if !c.span(a.period).meets(c.span(b.period)) {
		return false
	}
	x, y := c.requests(a), c.requests(b)
	if x == nil || y == nil {
		return true
	}
	pair := [2]int{min(a.reading, b.reading), max(a.reading, b.reading)}
	same, known := c.logs[pair]
	if !known {
		same = x.same(y)
		c.logs[pair] = same
	}
	return same
}

// better orders sayings: those that count before others first.
func (c *counting) better(a, b saying) int {
	x, y := c.span(a.period), c.span(b.period)
	if x.known != y.known {
		if x.known {
			return -1
		}
		return 1
	}
	people := func(s saying) int {
		if r := c.requests(s); r != nil {
			return r.People
		}
		return 0
	}
	coarse := func(s saying) int {
		if im := c.imports[s.reading]; im != nil && im.PathsOnly {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(y.last.Sub(y.first), x.last.Sub(x.first)), y.last.Compare(x.last), cmp.Compare(people(b), people(a)),
		cmp.Compare(coarse(a), coarse(b)), cmp.Compare(b.reading, a.reading), strings.Compare(b.period, a.period))
}
