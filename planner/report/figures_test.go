package report

import (
	"bytes"
	"context"
	"database/sql"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner"
)

// TestFiguresAreOfTheProject recomputes every figure of plan.json and of the summary
// in HTML and XLSX with SQL from the project file alone.
func TestFiguresAreOfTheProject(t *testing.T) {
	for _, s := range append(testStories(), tangled()) {
		t.Run(s.name, func(t *testing.T) {
			p, project := s.build(t)
			want := figuresBySQL(t, project.Path())
			var out bytes.Buffer
			if err := JSON(&out, p, Options{}); err != nil {
				t.Fatal(err)
			}
			f, err := ReadPlan(bytes.NewReader(out.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, figuresOf(f), ofSummary); diff != "" {
				t.Errorf("figures (-project +plan.json):\n%s", diff)
			}
			// The fallback's carriers are not rows of the project; that it speaks of the
			// same pages can be told.
			sum := 0
			for _, l := range f.IfNo {
				sum += l.Pages
			}
			if len(f.IfNo) > 0 && sum != int(want["pages.pointed"]) {
				t.Errorf("under the fallback %d pages are counted, %v need a pointer", sum, want["pages.pointed"])
			}
			languages := Languages()
			if s.huge {
				languages = languages[:1]
			}
			for _, lang := range languages {
				summaryAgrees(t, p, lang, want)
				workbookAgrees(t, p, lang, want)
			}
		})
	}
}

// TestFiguresThatAreOff: a plan that counts one page or click more, or the value of a
// carrier under another, is found.
func TestFiguresThatAreOff(t *testing.T) {
	s := tangled()
	for name, spoil := range map[string]func(*PlanFile){
		"total":       func(f *PlanFile) { f.Pages.Total++ },
		"action":      func(f *PlanFile) { f.Pages.ByAction[planner.ActionAsk]++ },
		"type":        func(f *PlanFile) { f.Pages.ByType[catalog.ProductP]-- },
		"status":      func(f *PlanFile) { f.Pages.ByStatus[catalog.ProductP]["2xx"]++ },
		"coverage":    func(f *PlanFile) { f.Coverage[0].Pages++ },
		"clicks":      func(f *PlanFile) { f.Coverage[0].Clicks++ },
		"worth":       func(f *PlanFile) { f.Worth.Clicks-- },
		"worth pages": func(f *PlanFile) { f.Worth.Pages++ },
		"source":      func(f *PlanFile) { f.Worth.Sources[0].Rows++ },
		"inventory":   func(f *PlanFile) { f.Old.Counts.Spellings++ },
		"new shop":    func(f *PlanFile) { f.New.Counts.ByType[catalog.ProductP]++ },
		"orphans":     func(f *PlanFile) { f.Old.Counts.Orphans++ },
		"rows":        func(f *PlanFile) { f.Rows = f.Rows[1:] },
		"class":       func(f *PlanFile) { f.Pages.ByClass[inventory.Exact]++ },
		"findings":    func(f *PlanFile) { f.Findings[0].Count++ },
	} {
		p, project := s.build(t)
		var out bytes.Buffer
		if err := JSON(&out, p, Options{}); err != nil {
			t.Fatal(err)
		}
		f, err := ReadPlan(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		spoil(f)
		if cmp.Equal(figuresBySQL(t, project.Path()), figuresOf(f), ofSummary) {
			t.Errorf("%s: a figure that is off is not found", name)
		}
	}
}

// ofSummary leaves out the figures that plan.json does not hold.
var ofSummary = cmpopts.IgnoreMapEntries(func(name string, _ float64) bool { return strings.HasPrefix(name, "summary.") })

// tangled is a story whose project holds what makes counting hard: spellings, aliases,
// pages that failed or wait, worth of several sources and of pages that are not known,
// findings, decisions.
func tangled() story {
	var s story
	for _, x := range stories() {
		if x.name == "own domain with a worker" {
			s = x
		}
	}
	s.name = "tangled"
	s.more = func(t testing.TB, project *inventory.Project) {
		ctx := context.Background()
		check := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		key := func(i int) catalog.Key { return catalog.Key("colorme product " + strconv.Itoa(100000+i)) }
		address := func(i int, more string) string {
			return "https://www.tsukiyo.example/?pid=" + strconv.Itoa(100000+i) + more
		}
		var found []inventory.Discovery
		for i := range 8 {
			found = append(found, inventory.Discovery{Key: key(i), Type: catalog.ProductP, URL: address(i, "&utm_source=mail"), Source: "csv"},
				inventory.Discovery{Key: key(i), Type: catalog.ProductP, URL: address(i, "&mode=x"), Source: "sitemap"})
		}
		for i := 90; i < 95; i++ { // known from the sitemap alone, never asked
			found = append(found, inventory.Discovery{Key: key(i), Type: catalog.ProductP, URL: address(i, ""), Source: "sitemap"})
		}
		_, err := project.Discover(ctx, catalog.Old, found)
		check(err)
		check(project.SaveVisits(ctx, catalog.Old, []inventory.Visit{
			{Key: key(90), Type: catalog.ProductP, URL: address(90, ""), State: inventory.Failed, Error: "no answer", FetchedAt: made},
			{Key: key(91), Type: catalog.ProductP, URL: address(91, ""), State: inventory.Skipped, Rule: "robots", FetchedAt: made},
			{Key: key(92), Type: catalog.ProductP, URL: address(92, ""), State: inventory.Alias, AliasOf: key(0), Status: 301, FetchedAt: made},
			{Key: key(93), Type: catalog.ProductP, URL: address(93, ""), State: inventory.Done, Status: 500, FetchedAt: made},
		}))
		check(project.AddWorth(ctx, []inventory.Worth{
			{Key: key(0), Source: "ga4", Period: "2025-08-01/2026-10-31", Clicks: 5000, Sessions: 70, Revenue: 1200, Currency: "JPY"},
			{Key: key(1), Source: "search-console", Period: "2025-08-01/2026-10-31", URL: address(1, "&utm_source=mail"), Clicks: 11},
			{Key: key(92), Source: "search-console", Period: "2025-08-01/2026-10-31", Clicks: 13},
			{Key: "colorme product 777777", Source: "search-console", Period: "2025-08-01/2026-10-31", Clicks: 10_000},
			{Key: key(3), Source: "backlinks", Period: "2026-10-01/2026-10-31", LinkingSites: 4},
		}))
		check(project.AddFindings(ctx, catalog.Old, []inventory.Finding{
			{Side: catalog.Old, Code: "robots-hidden", URL: address(91, ""), Count: 3}, {Side: catalog.Old, Code: "robots-hidden", URL: address(90, ""), Count: 2},
			{Side: catalog.Old, Code: "page-cut", URL: address(1, ""), Count: 1}}))
		for _, d := range []inventory.Decision{{Old: key(6), Verdict: "accept", By: "owner"}, {Old: key(4), Verdict: "ignore", By: "owner"}} {
			check(project.Decide(ctx, d))
		}
	}
	return s
}

// TestLanguagesAgree: both languages have the same chapters, blocks, ids and numbers.
func TestLanguagesAgree(t *testing.T) {
	for _, s := range testStories() {
		p, _ := s.build(t)
		shape := func(lang string) []string {
			d, _, err := composeFor(p, lang, "x", Options{})
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, c := range d.Chapters {
				out = append(out, c.No+" "+c.ID)
				for _, b := range c.Blocks {
					line := string(b.Kind)
					if b.Table != nil {
						line += " " + strings.Repeat("r", len(b.Table.Rows))
					}
					if b.Figure != nil {
						line += " " + strings.Repeat("f", len(b.Figure.Table.Rows))
					}
					for _, it := range b.Items {
						if b.Kind == kindTicks && len(it.Lead) <= 4 {
							line += " " + it.Lead // ids of tasks
						}
					}
					out = append(out, line)
				}
			}
			return out
		}
		if diff := cmp.Diff(shape("ja"), shape("en")); diff != "" {
			t.Errorf("%s (-ja +en):\n%s", s.name, diff)
		}
	}
}

// TestCalibrationOfTheProject: what people found is compared with the confidence that was
// stated to them, as soon as there is enough, whatever a later match states.
func TestCalibrationOfTheProject(t *testing.T) {
	s := tangled()
	s.products, s.name = 400, "judged"
	type counts struct{ pairs, right, sampled int }
	want, sum := map[string]counts{}, counts{} // by the word for the range
	sampledRight := 0
	s.more = func(t testing.TB, project *inventory.Project) {
		ctx := context.Background()
		var all []inventory.Match
		if err := project.Matches(ctx, func(m inventory.Match) error { all = append(all, m); return nil }); err != nil {
			t.Fatal(err)
		}
		var sample []inventory.Judged
		for i, m := range all {
			if m.New == "" || i%5 == 0 {
				continue
			}
			name := "95%–100%"
			if m.Confidence < 0.7 {
				name = "60%–70%"
			}
			n, right := want[name], !(m.NeedsReview && i%2 == 0)
			if !m.NeedsReview && i%3 == 0 {
				right = i%2 == 0
				sample = append(sample, inventory.Judged{Old: m.Old, New: m.New, Confidence: m.Confidence, Right: right})
				n.sampled++
			}
			if n.pairs++; right {
				n.right++
			}
			want[name] = n
			if len(sample) > 0 && sample[len(sample)-1].Old == m.Old {
				continue
			}
			d := inventory.Decision{Old: m.Old, Verdict: inventory.Accept, By: "owner"}
			if !right {
				d.Verdict = inventory.Reject
			}
			if err := project.Decide(ctx, d); err != nil {
				t.Fatal(err)
			}
		}
		if err := project.SaveSample(ctx, sample); err != nil {
			t.Fatal(err)
		}
		for i := range all { // a later match states otherwise
			all[i].Confidence /= 2
		}
		if err := project.SaveMatches(ctx, all); err != nil {
			t.Fatal(err)
		}
	}
	p, project := s.build(t)
	for _, n := range want {
		sum.pairs, sum.sampled = sum.pairs+n.pairs, sum.sampled+n.sampled
	}
	if len(want) != 2 || sum.sampled == 0 || sum.sampled == sum.pairs {
		t.Fatalf("%+v", want)
	}
	db, err := sql.Open("sqlite", "file:"+project.Path()+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var stored counts
	err = db.QueryRow(`SELECT count(*), sum(source = 'sample'), sum(source = 'sample' AND verdict = 'right') FROM judged`).Scan(&stored.pairs, &stored.sampled, &sampledRight)
	if err != nil {
		t.Fatal(err)
	}
	if stored != sum {
		t.Fatalf("the project has %+v, want %+v", stored, sum)
	}
	d, c, err := composeFor(p, "en", "x", Options{})
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	said := map[string]bool{
		c.say("calibration.what", c.n(sum.pairs), c.n(sum.pairs-sum.sampled), c.n(sum.sampled)):               false,
		strings.SplitAfter(c.say("calibration.sample", c.n(sum.sampled), c.n(sampledRight), "", ""), ". ")[0]: false,
	}
	for _, ch := range d.Chapters {
		for _, b := range ch.Blocks {
			for text := range said {
				said[text] = said[text] || strings.HasPrefix(b.Text, text)
			}
			if b.Figure == nil || b.Figure.Table.Caption != c.say("calibration.caption") {
				continue
			}
			for i, r := range b.Figure.Table.Rows {
				n := want[r.Cells[0].Text]
				right := float64(n.right) / float64(n.pairs)
				if r.Cells[1].Text != c.n(n.pairs) || r.Cells[2].Text != c.n(n.sampled) || r.Cells[4].Text != c.printer.Sprintf("%.0f%%", 100*right) {
					t.Errorf("%v, the project has %v", r.Cells, n)
				}
				if got := b.Figure.Chart.Series[1].Values[i]; got != right {
					t.Errorf("the bar of %s is %v long, the project has %v", r.Cells[0].Text, got, n)
				}
				shown++
			}
		}
	}
	if shown != len(want) {
		t.Errorf("%d ranges are shown, want %v", shown, want)
	}
	for text, is := range said {
		if !is {
			t.Errorf("the plan does not say: %s", text)
		}
	}
	// With less than enough there is no picture, and the plan says so.
	q, _ := tangled().build(t)
	var out bytes.Buffer
	if err := Markdown(&out, q, "en", "x", Options{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "have judged in this project: 1, of them 1 by a decision in review and 0 in a random sample") || strings.Contains(out.String(), c.say("calibration.caption")) {
		t.Error("a plan with one judged pair compares confidences, or does not say why it doesn't")
	}
}
