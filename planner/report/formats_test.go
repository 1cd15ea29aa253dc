package report

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/xuri/excelize/v2"

	"replatform/planner"
)

// TestJSONIsValid holds plan.json of every story against its schema, and shows that
// the schema refuses a wrong one.
func TestJSONIsValid(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("plan.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("plan.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range testStories() {
		p, _ := s.build(t)
		var out bytes.Buffer
		if err := JSON(&out, p, Options{}); err != nil {
			t.Fatal(err)
		}
		validate := func(data []byte) error {
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			return schema.Validate(v)
		}
		if err := validate(out.Bytes()); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
		for _, wrong := range [][2]string{{`"version": 1`, `"version": 2`}, {`"phase": 1`, `"phase": 17`}, {`"action": "redirect"`, `"action": "home"`}} {
			if !strings.Contains(out.String(), wrong[0]) {
				continue
			}
			if validate([]byte(strings.Replace(out.String(), wrong[0], wrong[1], 1))) == nil {
				t.Errorf("%s: the schema takes %s", s.name, wrong[1])
			}
		}
		back, err := ReadPlan(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if d := Diff(back, back); !d.Empty() || d.Rows.Same != len(p.Rows) {
			t.Errorf("%s: a plan differs from itself: %+v", s.name, d)
		}
	}
	for _, bad := range []string{"", "{}", `{"version":99,"$schema":"plan.schema.json"}`, "[]"} {
		if _, err := ReadPlan(strings.NewReader(bad)); !errors.Is(err, ErrNotPlan) {
			t.Errorf("ReadPlan(%q): %v", bad, err)
		}
	}
}

func TestDiff(t *testing.T) {
	a := &PlanFile{Way: "C", Fallback: "G", Pages: PagesFile{Total: 3, ByAction: map[string]int{"redirect": 2, "ask": 1}}, Facts: planner.FactSet{"members": "yes"},
		Tasks: []planner.Task{{ID: "P01"}, {ID: "V09"}},
		Rows:  []RowFile{{Old: "1", New: "x", Action: "redirect"}, {Old: "2", Action: "ask"}, {Old: "3", New: "z", Action: "redirect", Strength: "none"}, {Old: "4"}}}
	b := &PlanFile{Way: "G", Pages: PagesFile{Total: 3, ByAction: map[string]int{"redirect": 3}}, Facts: planner.FactSet{}, Clocks: ClocksFile{Cutover: "2027-03-01"},
		Tasks: []planner.Task{{ID: "P01"}, {ID: "E01"}},
		Rows:  []RowFile{{Old: "1", New: "x", Action: "redirect"}, {Old: "2", New: "y", Action: "redirect"}, {Old: "3", New: "z", Action: "redirect", Strength: "script"}, {Old: "5"}}}
	got := Diff(a, b)
	want := Difference{Way: &Change{"way", "C / G", "G"}, Dates: []Change{{"T", "", "2027-03-01"}},
		Figures: []Change{{"pages.ask", "1", "0"}, {"pages.redirect", "2", "3"}}, Facts: []Change{{"members", "yes", ""}},
		Tasks: ListChange{Added: []string{"E01"}, Removed: []string{"V09"}},
		Rows: RowsDifference{Added: []string{"5"}, Removed: []string{"4"}, Retarget: []RowChange{{"2", a.Rows[1], b.Rows[1]}},
			Carriers: []RowChange{{"3", a.Rows[2], b.Rows[2]}}, Proofs: []RowChange{}, Same: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Diff (-want +got):\n%s", diff)
	}
}

// TestCalendar reads the calendar back with the library and checks days, reminders
// and that names stay on their line.
func TestCalendar(t *testing.T) {
	for _, s := range testStories() {
		p, _ := s.build(t)
		for _, lang := range Languages() {
			var out bytes.Buffer
			err := Calendar(&out, p, lang, Options{})
			if !dated(p) {
				if !errors.Is(err, ErrNoDates) {
					t.Errorf("%s without dates: %v", s.name, err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			cal, err := ics.ParseCalendar(bytes.NewReader(out.Bytes()))
			if err != nil {
				t.Fatalf("%s: %v", s.name, err)
			}
			ids := map[string]bool{}
			days := map[string]string{}
			for _, e := range cal.Events() {
				if ids[e.Id()] {
					t.Errorf("%s: two events %s", s.name, e.Id())
				}
				ids[e.Id()] = true
				if len(e.Alarms()) != 1 {
					t.Errorf("%s: %s has %d reminders", s.name, e.Id(), len(e.Alarms()))
				}
				id, _, _ := strings.Cut(e.Id(), "@")
				days[id] = e.GetProperty(ics.ComponentPropertyDtStart).Value
			}
			for _, line := range strings.Split(out.String(), "\r\n") {
				if len(line) > 75 {
					t.Errorf("%s: a line of %d bytes: %q", s.name, len(line), line)
				}
			}
			want := map[string]string{"clock-T-Tp0": p.Clocks.Cutover.Format("20060102"), "V04-Tm10": p.Clocks.Cutover.AddDate(0, 0, -10).Format("20060102")}
			if !p.Clocks.Breach.IsZero() {
				want = map[string]string{"E06-Bp1": "20261125", "clock-B-Bp0": "20261124", "V04-Tm3": "20261212"}
			}
			for id, day := range want {
				if days[id] != day {
					t.Errorf("%s: %s on %s, want %s", s.name, id, days[id], day)
				}
			}
		}
	}
}

func TestTasksCSV(t *testing.T) {
	p, _ := storyNamed(t, "subdomain in a breach").build(t)
	var out bytes.Buffer
	if err := TasksCSV(&out, p, "ja"); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(TasksHeader(), lines[0]); diff != "" {
		t.Error(diff)
	}
	times := 0
	for _, task := range p.Tasks {
		times += len(task.Times)
	}
	if len(lines) != times+1 {
		t.Errorf("%d lines for %d times", len(lines)-1, times)
	}
	for _, l := range lines[1:] {
		if l[0] == "E07" && l[3] == "B+3" && l[4] != "2026-11-27" {
			t.Errorf("the first report is due on %q, want 2026-11-27", l[4])
		}
	}
}

// TestXLSX reads the workbook back: sheets, frozen heads, filters, typed cells, and
// that hostile names are text.
func TestXLSX(t *testing.T) {
	s := storyNamed(t, "hostile shop")
	p, _ := s.build(t)
	for _, lang := range Languages() {
		var out bytes.Buffer
		if err := XLSX(&out, p, lang, Options{}); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(&out)
		if err != nil {
			t.Fatal(err)
		}
		w, err := newWords(lang)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, k := range []string{"summary", "map", "review", "not-moved", "tasks", "evidence"} {
			want = append(want, w.or("sheet."+k, "?"))
		}
		if diff := cmp.Diff(want, f.GetSheetList()); diff != "" {
			t.Errorf("%s sheets:\n%s", lang, diff)
		}
		for _, name := range want {
			panes, err := f.GetPanes(name)
			if err != nil || !panes.Freeze || panes.YSplit != 1 {
				t.Errorf("%s %s: head is not frozen: %+v, %v", lang, name, panes, err)
			}
			rows, err := f.GetRows(name)
			if err != nil {
				t.Fatal(err)
			}
			for y := range rows {
				for x := range rows[y] {
					at, err := excelize.CoordinatesToCellName(x+1, y+1)
					if err != nil {
						t.Fatal(err)
					}
					if formula, err := f.GetCellFormula(name, at); err != nil || formula != "" {
						t.Errorf("%s %s!%s is a formula: %q, %v", lang, name, at, formula, err)
					}
				}
			}
		}
		rows, err := f.GetRows(want[1])
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != len(p.Rows)+1 {
			t.Errorf("%s: %d rows on the map, want %d", lang, len(rows)-1, len(p.Rows))
		}
		for i, r := range p.Rows {
			if rows[i+1][0] != r.OldURL {
				t.Errorf("%s: row %d has %q, want %q", lang, i, rows[i+1][0], r.OldURL)
			}
		}
		found := false
		for i, r := range p.Rows {
			if !strings.HasSuffix(r.OldURL, "pid=100000") {
				continue
			}
			found = true
			at := "K" + strconv.Itoa(i+2)
			if kind, err := f.GetCellType(want[1], at); err != nil || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
				t.Errorf("%s: clicks are of type %v, %v", lang, kind, err)
			}
			if v, err := f.GetCellValue(want[1], at); err != nil || v != "1000" {
				t.Errorf("%s: clicks of the first product are %q, %v", lang, v, err)
			}
		}
		if !found {
			t.Error("the first product is not on the map")
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestHostileNamesInCSV: no cell of a CSV for people begins as a formula.
func TestHostileNamesInCSV(t *testing.T) {
	p, _ := storyNamed(t, "hostile shop").build(t)
	var a, b bytes.Buffer
	if err := MapCSV(&a, p, nil, "ja"); err != nil {
		t.Fatal(err)
	}
	if err := TasksCSV(&b, p, "ja"); err != nil {
		t.Fatal(err)
	}
	for _, data := range []string{a.String(), b.String()} {
		lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(data, "\ufeff"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for i, l := range lines {
			for _, cell := range l {
				if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
					t.Errorf("line %d has a cell that begins as a formula: %q", i+1, cell)
				}
			}
		}
	}
}

// TestMarkdownIsOneTable: hostile names end neither a cell nor a line.
func TestMarkdownIsOneTable(t *testing.T) {
	p, _ := storyNamed(t, "hostile shop").build(t)
	var out bytes.Buffer
	if err := Markdown(&out, p, "en", "plan.ja.md", Options{}); err != nil {
		t.Fatal(err)
	}
	markup := regexp.MustCompile(`(^|[^\\])<[A-Za-z/!]`) // a "<" that is not escaped
	width := 0
	for i, line := range strings.Split(out.String(), "\n") {
		if strings.ContainsAny(line, "\r\x00") || markup.MatchString(line) {
			t.Errorf("line %d: %q", i+1, line)
		}
		if !strings.HasPrefix(line, "|") {
			width = 0
			continue
		}
		cells := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if width == 0 {
			width = cells
		}
		if cells != width {
			t.Errorf("line %d has %d cells, its table %d: %q", i+1, cells, width, line)
		}
	}
}

func TestBrand(t *testing.T) {
	dir := t.TempDir()
	write := func(name, data string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	png := "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
	write("logo.png", png)
	write("logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
	good := write("brand.yaml", "name: 引越し堂 <b>\ncontact: 03-0000-0000\ncolour: \"#A03060\"\nlogo: logo.png\ntexts:\n  - {chapter: summary, ja: 弊社より, en: \"from us <i>\"}\n")
	b, err := LoadBrand(good)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := storyNamed(t, "everything unknown").build(t)
	var out bytes.Buffer
	if err := HTML(&out, p, "en", "x.html", Options{Brand: b}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"--brand:#a03060", `src="data:image/png;base64,`, "引越し堂 &lt;b&gt; · 03-0000-0000", "from us &lt;i&gt;"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	out.Reset()
	dated, _ := storyNamed(t, "three products").build(t)
	if err := Calendar(&out, dated, "en", Options{Brand: b}); err != nil {
		t.Fatal(err)
	}
	cal, err := ics.ParseCalendar(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range cal.Events() {
		if got := e.GetProperty(ics.ComponentPropertyContact); got == nil || got.Value != "引越し堂 <b> · 03-0000-0000" {
			t.Errorf("%s has the contact %v", e.Id(), got)
		}
	}
	out.Reset()
	if err := XLSX(&out, dated, "en", Options{Brand: b}); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := f.GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(lines, func(l []string) bool {
		return slices.Equal(l, []string{"Prepared by", "引越し堂 <b>", "03-0000-0000"})
	}) {
		t.Error("the workbook does not name who prepared it")
	}
	for _, bad := range []string{"colour: red\n", "colour: \"#123456;}\"\n", "logo: logo.svg\n", "logo: none.png\n", "texts:\n  - {chapter: nowhere, ja: あ, en: a}\n",
		"texts:\n  - {chapter: summary}\n", "nonsense: 1\n"} {
		if _, err := LoadBrand(write("bad.yaml", bad)); !errors.Is(err, ErrBrand) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
