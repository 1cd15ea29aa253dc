package report

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"replatform/crawler/inventory"
	"replatform/planner"
)

// soffice finds LibreOffice: REPLATFORM_SOFFICE or the usual names. Without one the
// test is skipped, or fails when REPLATFORM_REQUIRE_ENGINES=1.
func soffice(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("tests with LibreOffice are left out of short runs")
	}
	if p := os.Getenv("REPLATFORM_SOFFICE"); p != "" {
		return p
	}
	for _, name := range []string{"soffice", "libreoffice"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	if os.Getenv("REPLATFORM_REQUIRE_ENGINES") == "1" {
		t.Fatal("no soffice found and REPLATFORM_REQUIRE_ENGINES=1")
	}
	t.Skip("no soffice found (REPLATFORM_SOFFICE names one)")
	return ""
}

// office is one LibreOffice with a profile of its own, so that none that a person has
// open is disturbed.
type office struct {
	t            *testing.T
	bin, profile string
}

func openOffice(t *testing.T) *office {
	return &office{t, soffice(t), (&url.URL{Scheme: "file", Path: t.TempDir()}).String()}
}

// convert opens files as LibreOffice does and writes them in another format; in names
// the filter that reads them, where the name does not tell. It returns the folder.
func (o *office) convert(to, in string, files ...string) string {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(o.t.Context(), 5*time.Minute)
	defer cancel()
	dir := o.t.TempDir()
	args := []string{"--headless", "--norestore", "--nolockcheck", "-env:UserInstallation=" + o.profile}
	if in != "" {
		args = append(args, "--infilter="+in)
	}
	args = append(append(args, "--convert-to", to, "--outdir", dir), files...)
	out, err := exec.CommandContext(ctx, o.bin, args...).CombinedOutput()
	if err != nil {
		o.t.Fatalf("%s %v: %v\n%s", o.bin, args, err, out)
	}
	return dir
}

// odsCell is one cell as LibreOffice understands it.
type odsCell struct {
	Type    string // float, percentage, date, string; empty: an empty cell
	Value   string // number or ISO date; of a string its text
	Formula string
	Links   []string
}

// odsBook is a workbook in LibreOffice's own format: its sheets in order, the ranges
// with filter buttons, and what else it would do by itself.
type odsBook struct {
	Names   []string
	Rows    map[string][][]odsCell
	Filters []string
	Active  []string // links to other data, scripts, objects
}

// most is how many copies of a cell or row are read: the format ends each row and sheet
// with one that stands for all that is empty.
const most = 2_000

func readODS(t *testing.T, path string) odsBook {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	b := odsBook{Rows: map[string][][]odsCell{}}
	part := func(name string) *xml.Decoder {
		f, err := z.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return xml.NewDecoder(bytes.NewReader(data))
	}
	attr := func(e xml.StartElement, name string) string {
		for _, a := range e.Attr {
			if a.Name.Local == name {
				return a.Value
			}
		}
		return ""
	}
	times := func(e xml.StartElement, name string) int {
		n, err := strconv.Atoi(attr(e, name))
		if err != nil {
			return 1
		}
		return min(n, most)
	}
	next := func(d *xml.Decoder) xml.Token {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			t.Fatal(err)
		}
		return tok
	}
	d := part("content.xml")
	sheet, repeatRow, repeatCell, lines, text := "", 1, 1, 0, false
	var row []odsCell
	var cell odsCell
	for tok := next(d); tok != nil; tok = next(d) {
		switch e := tok.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "table":
				sheet = attr(e, "name")
				b.Names = append(b.Names, sheet)
			case "table-row":
				row, repeatRow = nil, times(e, "number-rows-repeated")
			case "table-cell":
				cell = odsCell{Type: attr(e, "value-type"), Formula: attr(e, "formula")}
				cell.Value = attr(e, "value") + attr(e, "date-value")
				repeatCell, lines = times(e, "number-columns-repeated"), 0
			case "p":
				if text = cell.Type == "string"; text && lines > 0 {
					cell.Value += "\n"
				}
				lines++
			case "s":
				if text {
					cell.Value += strings.Repeat(" ", max(1, times(e, "c")))
				}
			case "tab":
				if text {
					cell.Value += "\t"
				}
			case "line-break":
				if text {
					cell.Value += "\n"
				}
			case "a":
				cell.Links = append(cell.Links, attr(e, "href"))
			case "database-range":
				if attr(e, "display-filter-buttons") == "true" {
					b.Filters = append(b.Filters, attr(e, "target-range-address"))
				}
			case "dde-link", "dde-source", "table-source", "cell-range-source", "script", "event-listener", "object", "object-ole", "plugin", "applet":
				b.Active = append(b.Active, e.Name.Local)
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "p":
				text = false
			case "table-cell":
				for range repeatCell {
					row = append(row, cell)
				}
			case "table-row":
				for len(row) > 0 && row[len(row)-1].Type == "" {
					row = row[:len(row)-1]
				}
				for range repeatRow {
					b.Rows[sheet] = append(b.Rows[sheet], row)
				}
			case "table":
				rows := b.Rows[sheet]
				for len(rows) > 0 && len(rows[len(rows)-1]) == 0 {
					rows = rows[:len(rows)-1]
				}
				b.Rows[sheet] = rows
			}
		case xml.CharData:
			if text {
				cell.Value += string(e)
			}
		}
	}
	return b
}

// everyField makes a plan whose rows hold hostile names in every field that a person
// could have filled in, and some that act when a spreadsheet evaluates them: they ask
// the server that counts.
func everyField(t *testing.T) (p *planner.Plan, o Options, asked *atomic.Int64) {
	t.Helper()
	asked = &atomic.Int64{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) })}}
	server.Start()
	t.Cleanup(server.Close)
	names := append(hostileNames(),
		fmt.Sprintf(`=WEBSERVICE("%s/webservice")`, server.URL), fmt.Sprintf(`=HYPERLINK("%s/hyperlink","x")`, server.URL),
		fmt.Sprintf(`=DDE("soffice";"%s/dde";"a1")`, server.URL), `=DDE("cmd","/C calc","A0")`, `=cmd|'/C calc'!A0`, "\r=1+1", "\n=1+1", "＝1+1", "＋1", "－1", "＠SUM(1)",
		"=1+1\";=2+2", "0123", "1e5", "2027-03-01", "TRUE", "1/2", "100%", "¥1,000", `{=1+1}`, "of:=1+1", "msoxl:=1+1")
	p, _ = storyNamed(t, "hostile shop").build(t)
	o.Proofs = map[string]inventory.Proof{}
	p.Rows = p.Rows[:len(names)]
	for i, name := range names {
		r := &p.Rows[i]
		r.OldTitle, r.NewTitle, r.Reason, r.ReasonJA, r.Note, r.NoteJA, r.DecidedBy = name, name, name, name, name, name, name
		r.NeedsReview = true // so that it stands on the sheet with links too
		r.NewURL = name
		if i%2 == 0 {
			r.OldURL = name
		}
	}
	o.Brand = Brand{Name: names[0] + names[3], Contact: names[3]}
	p.Old.Hosts = []string{names[3]}
	return p, o, asked
}

// wanted is what LibreOffice must show of a text: it ends lines with a line feed, begins
// none with one, and has no other characters below the space but the tab.
func wanted(s string) string {
	s = strings.TrimLeft(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"), "\n")
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' {
			return -1
		}
		return r
	}, s)
}

// TestWorkbookInLibreOffice opens plan.xlsx in LibreOffice and holds what that
// understands against what was written: sheets, filters, numbers, dates, texts that
// begin as formulas, links; and that nothing acts by itself. Then it holds the workbook
// that LibreOffice writes of it against ours, cell by cell. Frozen heads belong to the
// window, which a conversion does not open; TestXLSX reads those back.
func TestWorkbookInLibreOffice(t *testing.T) {
	office := openOffice(t)
	dir := t.TempDir()
	hostile, options, asked := everyField(t)
	dated, _ := storyNamed(t, "own domain with a worker").build(t)
	books := map[string][]byte{}
	var files []string
	for name, write := range map[string]func(io.Writer) error{
		"hostile": func(w io.Writer) error { return XLSX(w, hostile, "en", options) },
		"dated":   func(w io.Writer) error { return XLSX(w, dated, "ja", Options{}) },
	} {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name+".xlsx")
		if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		books[name] = out.Bytes()
		files = append(files, path)
	}
	ods, again := office.convert("ods", "", files...), office.convert("xlsx:Calc MS Excel 2007 XML", "", files...)
	for name, data := range books {
		ours, err := excelize.OpenReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := excelize.OpenFile(filepath.Join(again, name+".xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		b := readODS(t, filepath.Join(ods, name+".ods"))
		if diff := cmp.Diff(ours.GetSheetList(), b.Names); diff != "" {
			t.Errorf("%s: sheets (-ours +LibreOffice):\n%s", name, diff)
		}
		if len(b.Active) > 0 {
			t.Errorf("%s: LibreOffice found %v", name, b.Active)
		}
		for _, sheet := range b.Names {
			if !slices.ContainsFunc(b.Filters, func(at string) bool {
				return strings.HasPrefix(at, sheet+".A1:") || strings.HasPrefix(at, "'"+sheet+"'.A1:")
			}) {
				t.Errorf("%s: %s has no filters: %v", name, sheet, b.Filters)
			}
			want, err := ours.GetRows(sheet, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			back, err := theirs.GetRows(sheet, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			if len(b.Rows[sheet]) != len(want) || len(back) != len(want) {
				t.Errorf("%s: %s has %d rows, LibreOffice reads %d and writes %d", name, sheet, len(want), len(b.Rows[sheet]), len(back))
				continue
			}
			for y := range want {
				for x := range want[y] {
					at, err := excelize.CoordinatesToCellName(x+1, y+1)
					if err != nil {
						t.Fatal(err)
					}
					sameCell(t, name+" "+sheet+"!"+at, ours, theirs, sheet, at, want[y][x], at2(back, y, x), at2(b.Rows[sheet], y, x))
				}
			}
		}
		for _, f := range []*excelize.File{ours, theirs} {
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("LibreOffice asked the server of a name %d times", n)
	}
}

// at2 is the cell of a row that may be shorter.
func at2[T any](rows [][]T, y, x int) (v T) {
	if x < len(rows[y]) {
		return rows[y][x]
	}
	return v
}

// sameCell holds one cell of our workbook against what LibreOffice reads and writes.
func sameCell(t *testing.T, where string, ours, theirs *excelize.File, sheet, at, want, back string, read odsCell) {
	t.Helper()
	kind, err := ours.GetCellType(sheet, at)
	if err != nil {
		t.Fatal(err)
	}
	formula, err := theirs.GetCellFormula(sheet, at)
	if err != nil {
		t.Fatal(err)
	}
	if formula != "" || read.Formula != "" {
		t.Errorf("%s is a formula for LibreOffice: %q %q", where, formula, read.Formula)
	}
	for _, l := range read.Links {
		if u, err := url.Parse(l); err != nil || u.Scheme != "https" && u.Scheme != "http" || l != want {
			t.Errorf("%s leads to %q, its text is %q", where, l, want)
		}
	}
	if linked, target, err := ours.GetCellHyperLink(sheet, at); err != nil || linked != (len(read.Links) > 0) || linked && target != want {
		t.Errorf("%s: link %v to %q, LibreOffice has %v, %v", where, linked, target, read.Links, err)
	}
	if want == "" {
		if read.Value != "" || back != "" {
			t.Errorf("%s is empty, LibreOffice reads %+v and writes %q", where, read, back)
		}
		return
	}
	if kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
		if read.Type != "string" || wanted(read.Value) != wanted(want) {
			t.Errorf("%s is the text %q, LibreOffice reads %+v", where, want, read)
		}
		if wanted(back) != wanted(want) {
			t.Errorf("%s is the text %q, LibreOffice writes %q", where, want, back)
		}
		return
	}
	n, err := strconv.ParseFloat(want, 64)
	if err != nil {
		t.Errorf("%s is neither text nor number: %q of type %v", where, want, kind)
		return
	}
	if m, err := strconv.ParseFloat(back, 64); err != nil || m-n > 1e-9 || n-m > 1e-9 {
		t.Errorf("%s is the number %s, LibreOffice writes %q", where, want, back)
	}
	switch read.Type {
	case "date":
		day, err := excelize.ExcelDateToTime(n, false)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(read.Value, day.Format(time.DateOnly)) {
			t.Errorf("%s is the day %s, LibreOffice reads %q", where, day.Format(time.DateOnly), read.Value)
		}
	case "float", "percentage":
		if m, err := strconv.ParseFloat(read.Value, 64); err != nil || m-n > 1e-9 || n-m > 1e-9 {
			t.Errorf("%s is the number %s, LibreOffice reads %+v", where, want, read)
		}
	default:
		t.Errorf("%s is the number %s, LibreOffice reads %+v", where, want, read)
	}
}

// TestDatesInLibreOffice: the dates of the summary and of the tasks are the days that
// the plan names, and dates for LibreOffice.
func TestDatesInLibreOffice(t *testing.T) {
	office := openOffice(t)
	p, _ := storyNamed(t, "own domain with a worker").build(t)
	path := filepath.Join(t.TempDir(), "plan.xlsx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := XLSX(f, p, "en", Options{}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	b := readODS(t, filepath.Join(office.convert("ods", "", path), "plan.ods"))
	clocks := map[string]string{"T": "2027-03-01", "E": "2028-02-29", "D": "2027-06-30"}
	for _, r := range b.Rows["Summary"] {
		if day, ok := clocks[r[0].Value]; ok {
			if r[1].Type != "date" || r[1].Value != day {
				t.Errorf("%s is %+v, want %s", r[0].Value, r[1], day)
			}
			delete(clocks, r[0].Value)
		}
	}
	if len(clocks) > 0 {
		t.Errorf("the summary lacks %v", clocks)
	}
	seen := 0
	for _, r := range b.Rows["Tasks"][1:] {
		if r[0].Value == "V04" {
			seen++
			if r[4].Type != "date" || r[4].Value != "2027-02-19" {
				t.Errorf("V04 begins on %+v, want 2027-02-19", r[4])
			}
		}
	}
	if seen != 1 {
		t.Errorf("V04 stands there %d times", seen)
	}
}

// csvFilter reads a CSV as LibreOffice proposes it for a file with a byte order mark:
// comma, double quote, UTF-8, all columns of the standard kind, numbers and dates
// recognised (https://help.libreoffice.org/latest/en-US/text/shared/guide/csv_params.html).
const csvFilter = "CSV:44,34,76,1,,0,false,true,false"

// TestCSVInLibreOffice opens the map, the tasks and the refused rows with hostile names
// in every field: every row and column arrives, no cell is a formula, dates are dates.
func TestCSVInLibreOffice(t *testing.T) {
	office := openOffice(t)
	p, options, asked := everyField(t)
	for _, r := range p.Rows {
		p.Refused = append(p.Refused, planner.Refused{OldURL: r.OldURL, NewURL: r.NewURL, Code: "no-query", Reason: planner.Text{EN: r.Note}, Next: planner.Text{EN: r.OldTitle}})
	}
	dir := t.TempDir()
	written := map[string][][]string{}
	var files []string
	for name, write := range map[string]func(io.Writer) error{
		"redirect-map": func(w io.Writer) error { return MapCSV(w, p, options.Proofs, "en") },
		"tasks":        func(w io.Writer) error { return TasksCSV(w, p, "en") },
		"refused":      func(w io.Writer) error { return RefusedCSV(w, p.Refused, "en") },
	} {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name+".csv")
		if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		written[name] = lines
		files = append(files, path)
	}
	ods := office.convert("ods", csvFilter, files...)
	isDay := regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	days := 0
	for name, lines := range written {
		b := readODS(t, filepath.Join(ods, name+".ods"))
		if len(b.Names) != 1 || len(b.Active) > 0 {
			t.Fatalf("%s: sheets %v, active %v", name, b.Names, b.Active)
		}
		got := b.Rows[b.Names[0]]
		if len(got) != len(lines) {
			t.Fatalf("%s: LibreOffice reads %d lines, want %d", name, len(got), len(lines))
		}
		for y, line := range lines {
			if len(got[y]) > len(line) {
				t.Errorf("%s line %d: %d cells, want %d", name, y+1, len(got[y]), len(line))
			}
			for x, want := range line {
				c := at2(got, y, x)
				if c.Formula != "" || len(c.Links) > 0 {
					t.Errorf("%s line %d column %d: %q acts in LibreOffice: %+v", name, y+1, x+1, want, c)
				}
				switch {
				case isDay.MatchString(want) && name == "tasks":
					days++
					if c.Type != "date" || c.Value != want {
						t.Errorf("%s line %d: the day %s is %+v", name, y+1, want, c)
					}
				case c.Type == "string" && wanted(c.Value) != wanted(want) && wanted(c.Value) != strings.TrimPrefix(wanted(want), "'"):
					t.Errorf("%s line %d column %d: %q is %q in LibreOffice", name, y+1, x+1, want, c.Value)
				}
			}
		}
	}
	if days == 0 {
		t.Error("no day of the tasks was seen")
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("LibreOffice asked the server of a name %d times", n)
	}
}
