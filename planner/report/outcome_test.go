package report

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/xuri/excelize/v2"

	"replatform/planner"
)

// outcomes are one period of each kind: compared with the season taken out, without,
// with too few clicks, and not compared.
func outcomes() []planner.Outcome {
	figures := func(clicks float64) planner.OutcomeFigures {
		return planner.OutcomeFigures{Clicks: clicks, Impressions: 20 * clicks}
	}
	group := func(name string, pages int, before, after, ratio, low, high float64) planner.OutcomeGroup {
		return planner.OutcomeGroup{Group: name, Pages: pages, Before: figures(before), After: figures(after), Ratio: ratio, Low: low, High: high}
	}
	return []planner.Outcome{
		{Period: "2027-03-01/2027-03-10", Days: 10, Day: 9, Base: planner.OutcomeBase{Period: "2025-08-01/2026-10-31", Days: 457}, Addresses: 1000, OnOld: 44,
			Groups: []planner.OutcomeGroup{group("permanent", 20, 4570, 72, 0.72, 0.57, 0.91), group("none", 5, 457, 0, 0, 0, 0.3), group("new", 3, 0, 9, 0, 0, 0)},
			Total:  group("total", 28, 5027, 81, 0.736, 0.59, 0.92), Elsewhere: figures(7)},
		{Period: "2027-03-03/2027-03-30", Days: 28, Day: 29, Base: planner.OutcomeBase{Period: "2026-03-04/2026-03-31", Days: 28, SameDays: true}, Addresses: 40,
			Groups: []planner.OutcomeGroup{group("permanent", 20, 2800, 2600, 0.93, 0.88, 0.98)}, Total: group("total", 20, 2800, 2600, 0.93, 0.88, 0.98), Verdict: planner.VerdictGood},
		{Period: "2027-05-03/2027-05-30", Days: 28, Day: 90, Base: planner.OutcomeBase{Period: "2026-05-04/2026-05-31", Days: 28, SameDays: true}, Addresses: 4,
			Groups: []planner.OutcomeGroup{group("weaker", 3, 9, 7, 0.78, 0.29, 2.1)}, Total: group("total", 3, 9, 7, 0.78, 0.29, 2.1), Verdict: planner.VerdictUnclear},
		{Period: "2027-02-20/2027-03-20", Days: 29, Day: 19, Problem: planner.OutcomeTooEarly, Addresses: 12, Groups: []planner.OutcomeGroup{}, Total: planner.OutcomeGroup{Group: "total"}},
	}
}

// TestOutcome holds the section on the time after the switch, in both languages,
// against what was read and found right; plan.json stays valid, and the workbook has the
// figures as numbers.
func TestOutcome(t *testing.T) {
	p, _ := storyNamed(t, "own domain with a worker").build(t)
	p.Outcomes = outcomes()
	for _, lang := range Languages() {
		d, c, err := composeFor(p, lang, "x", Options{})
		if err != nil {
			t.Fatal(err)
		}
		d.Chapters = slices.DeleteFunc(d.Chapters, func(ch chapter) bool { return ch.ID != "monitoring" })
		d.Chapters[0].Blocks = d.Chapters[0].Blocks[:len(d.Chapters[0].Blocks)-2] // without the tasks
		var out bytes.Buffer
		if err := writeMarkdown(&out, d, c); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join("testdata", "golden", "outcome."+lang+".md")
		if *update {
			if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(out.String(), "\n")); diff != "" {
			t.Errorf("%s (-golden +now; -update writes it anew):\n%s", name, diff)
		}
	}

	var out bytes.Buffer
	if err := JSON(&out, p, Options{Version: 3}); err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("plan.schema.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("plan.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(v); err != nil {
		t.Error(err)
	}

	out.Reset()
	if err := XLSX(&out, p, "en", Options{}); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("Before and after", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+4+2+2+1 {
		t.Errorf("%d rows on the sheet", len(rows))
	}
	if got, want := rows[1][:12], []string{"2027-03-01/2027-03-10", "9", "2025-08-01/2026-10-31", "no", "led on by a 301", "20", "10", "7.2", "200", "144", "0.72", "0.57"}; !slices.Equal(got, want) {
		t.Errorf("the first row is %q, want %q", got, want)
	}
	if got := rows[9][13]; !strings.Contains(got, "begins before the switch") {
		t.Errorf("the period that is not compared says %q", got)
	}
}
