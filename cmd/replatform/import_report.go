package main

import (
	"fmt"
	"strings"

	"replatform/crawler"
	"replatform/crawler/inventory"
	"replatform/crawler/sources"
)

// importDocument is what --json prints.
type importDocument struct {
	Files  []importedFile `json:"files,omitempty"`
	Failed []failedFile   `json:"failed,omitempty"`
	// Forgotten are what --forget has taken back.
	Forgotten []inventory.Import `json:"forgotten,omitempty"`
	Worth     worthKnown         `json:"worth"`
}

type failedFile struct {
	Name  string `json:"name"`
	Error string `json:"error"`
}

// importedFile is one file as --json prints it.
type importedFile struct {
	Name         string                                      `json:"name"`
	Archive      string                                      `json:"archive,omitempty"`
	Tables       []importedTable                             `json:"tables"`
	Left         []string                                    `json:"left,omitempty"`
	Pages        int                                         `json:"pages"`
	Known        int                                         `json:"known"`
	Added        int                                         `json:"added"`
	Foreign      int                                         `json:"foreign"`
	ForeignHosts []crawler.HostCount                         `json:"foreign_hosts,omitempty"`
	Homeless     int                                         `json:"without_address"`
	Figures      map[inventory.Standing]sources.Figures      `json:"figures"`
	FiguresElse  struct{ Foreign, Unplaced sources.Figures } `json:"figures_elsewhere"`
	Overlaps     []crawler.Overlap                           `json:"overlaps,omitempty"`
	Replaced     []inventory.Import                          `json:"replaced,omitempty"`
	HidesPages   bool                                        `json:"hides_pages,omitempty"`
}

type importedTable struct {
	Part     string             `json:"part,omitempty"`
	Kind     sources.Kind       `json:"kind"`
	Name     string             `json:"name"`
	Charset  string             `json:"charset"`
	Source   string             `json:"source,omitempty"`
	Period   string             `json:"period,omitempty"`
	Before   string             `json:"period_before,omitempty"`
	Rows     int                `json:"rows"`
	Passed   int                `json:"passed"`
	Refused  int                `json:"refused"`
	Lines    []sources.RowError `json:"refused_rows,omitempty"`
	Doubts   []sources.RowError `json:"doubts,omitempty"`
	Used     []string           `json:"columns_used"`
	Ignored  []string           `json:"columns_ignored"`
	Totals   sources.Figures    `json:"totals"`
	Whole    sources.Figures    `json:"property_totals"`
	Log      *sources.Log       `json:"log,omitempty"`
	Notes    []sources.Note     `json:"notes,omitempty"`
	Unplaced int                `json:"rows_without_address"`
}

func fileOf(d crawler.Imported) importedFile {
	f := importedFile{Name: d.Name, Archive: d.Archive, Left: d.Left, Pages: d.Pages, Known: d.Known, Added: d.Added, Foreign: d.Foreign,
		ForeignHosts: d.ForeignHosts, Homeless: d.Homeless, Figures: d.Figures.By, Overlaps: d.Overlaps,
		Replaced: d.Replaced, HidesPages: d.HidesPages}
	f.FiguresElse.Foreign, f.FiguresElse.Unplaced = d.Figures.Foreign, d.Figures.Nowhere
	for _, r := range d.Tables {
		f.Tables = append(f.Tables, importedTable{Part: r.Part, Kind: r.Kind, Name: r.Kind.String(), Charset: r.Charset, Source: r.Source,
			Period: r.Period, Before: r.Before, Rows: r.Rows, Passed: r.Passed, Refused: r.RefusedCount, Lines: r.Refused, Doubts: r.Doubts,
			Used: r.Used, Ignored: r.Ignored, Totals: r.Totals, Whole: r.Whole, Log: r.Log, Notes: r.Notes, Unplaced: r.UnplacedRows})
	}
	return f
}

// namedRows is how many refused rows of a table are printed one by one; --json has more.
const namedRows = 20

// sayImported prints what a file was taken for and what came of it.
func (t *talk) sayImported(d crawler.Imported) {
	for _, r := range d.Tables {
		t.sayTable(d.Name, r)
	}
	t.sayRows(d.Reading)
	if len(d.Left) > 0 {
		t.say("import.left", clean(strings.Join(d.Left, ", ")))
	}
	t.result("import.pages", d.Pages, d.Known, d.Added)
	if d.Homeless > 0 {
		t.result("import.homeless", d.Homeless)
	}
	if d.Foreign > 0 {
		var hosts []string
		for _, h := range d.ForeignHosts {
			hosts = append(hosts, fmt.Sprintf("%s (%d)", clean(h.Host), h.Count))
		}
		t.result("import.foreign", d.Foreign, strings.Join(hosts, ", "))
		t.sayForeign(d.ForeignHosts)
	}
	t.sayShares(d.Figures)
	t.sayReplaced(d.Replaced, d.Reading)
	if d.HidesPages {
		t.result("import.hides-pages")
	}
	for _, o := range d.Overlaps {
		switch {
		case o.Requests:
			t.result("import.same-requests", clean(o.Name))
		case o.Period == o.Stored:
			t.result("import.same-days", clean(o.Name))
		default:
			t.result("import.overlap", o.Period, o.Stored, clean(o.Name))
		}
	}
}

// sayForeign says what addresses on other hosts may mean: that the file is of the new shop,
// or that the old one answers there too.
func (t *talk) sayForeign(hosts []crawler.HostCount) {
	for _, h := range hosts {
		if h.NewShop {
			t.say("import.foreign-new", clean(h.Host))
			break
		}
	}
	for _, h := range hosts {
		if _, err := crawler.ParseHost(h.Host); err == nil && !h.NewShop {
			t.say("import.foreign-hint", clean(h.Host))
			break
		}
	}
}

// sayTable prints the recognition of one table.
func (t *talk) sayTable(file string, r sources.Report) {
	name := file
	if r.Part != "" {
		name += " / " + r.Part
	}
	period := t.period(r.Period, r.Totals)
	if r.Before != "" {
		period = t.lang.text("import.compared", r.Period, r.Before)
	}
	switch {
	case r.Kind.Idle():
		t.say("import.idle", clean(name), r.Kind.In(t.lang.code))
		return
	case r.Source == "": // what lies beside the pages
		t.say("import.beside", clean(name), r.Kind.In(t.lang.code))
		return
	case r.Totals == sources.Figures{}:
		t.result("import.table-plain", clean(name), r.Kind.In(t.lang.code), r.Charset)
	default:
		t.result("import.table", clean(name), r.Kind.In(t.lang.code), r.Charset, period)
	}
	t.result("import.rows", r.Rows, r.RefusedCount, r.Passed+r.Hidden, r.UnplacedRows)
	if n := len(r.Linking); n > 0 {
		t.result("import.linking", n)
	}
	if l := r.Log; l != nil {
		t.result("import.log", l.People, l.Visits, l.Robots, l.Assets, l.OtherMethods, l.OtherAnswers)
	}
	if r.Whole.Clicks > 0 {
		t.result("import.whole-clicks", t.share(r.Totals.Clicks, r.Whole.Clicks), int(r.Whole.Clicks))
	}
	if r.Whole.Sessions > 0 {
		t.result("import.whole-sessions", t.share(r.Totals.Sessions, r.Whole.Sessions), int(r.Whole.Sessions))
	}
	t.say("csv.used", clean(strings.Join(r.Used, ", ")))
	if len(r.Ignored) > 0 {
		t.say("csv.ignored", clean(strings.Join(r.Ignored, ", ")))
	}
	for _, n := range r.Notes {
		t.say("csv.note", clean(name), clean(n.In(t.lang.code)))
	}
}

// period says of which time figures are. Links are of no time: they stand.
func (t *talk) period(period string, f sources.Figures) string {
	switch {
	case period != "":
		return period
	case f.LinkingSites > 0 && f.Clicks == 0 && f.Sessions == 0:
		return t.lang.text("import.standing")
	}
	return t.lang.text("import.period-unknown")
}

// sayRows names the rows that could not be used, with file and line.
func (t *talk) sayRows(d sources.Reading) {
	for _, r := range d.Tables {
		name := d.Name
		if r.Part != "" {
			name += " / " + r.Part
		}
		for i, e := range append(r.Refused[:len(r.Refused):len(r.Refused)], r.Doubts...) {
			if i == namedRows {
				t.say("import.more-rows", r.RefusedCount+r.DoubtCount-i)
				break
			}
			t.say("csv.refused", clean(name), e.Line, clean(e.In(t.lang.code)))
		}
	}
}

// sayShares prints how the figures of one file spread.
func (t *talk) sayShares(s crawler.Shares) {
	all := s.Total()
	for _, m := range figureWords() {
		whole := m.of(all)
		if whole <= 0 {
			continue
		}
		var parts []string
		for _, how := range inventory.Standings() {
			if v := m.of(s.By[how]); v > 0 {
				parts = append(parts, t.lang.text("standing."+string(how), t.share(v, whole)))
			}
		}
		if v := m.of(s.Foreign); v > 0 {
			parts = append(parts, t.lang.text("standing.foreign", t.share(v, whole)))
		}
		if v := m.of(s.Nowhere); v > 0 {
			parts = append(parts, t.lang.text("standing.nowhere", t.share(v, whole)))
		}
		t.result("import.share", t.lang.text("figure."+m.name), int(whole), strings.Join(parts, t.lang.text("list.comma")))
	}
}

// figureWord is one figure of worth.
type figureWord struct {
	name string
	of   func(sources.Figures) float64
}

func figureWords() []figureWord {
	return []figureWord{
		{"clicks", func(f sources.Figures) float64 { return f.Clicks }},
		{"sessions", func(f sources.Figures) float64 { return f.Sessions }},
		{"revenue", func(f sources.Figures) float64 { return f.Revenue }},
		{"links", func(f sources.Figures) float64 { return f.LinkingSites }},
	}
}
