package review

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/japanese"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

func export(t testing.TB, p *inventory.Project, f Format, o ExportOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	_, err := Export(t.Context(), p, &b, f, o)
	check(t, err)
	return b.Bytes()
}

func records(t testing.TB, sheet []byte) [][]string {
	t.Helper()
	if !bytes.HasPrefix(sheet, []byte("\ufeff")) {
		t.Error("no byte order mark")
	}
	out, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(sheet, []byte("\ufeff")))).ReadAll()
	check(t, err)
	return out
}

func sheetOf(t testing.TB, rows [][]string) []byte {
	t.Helper()
	var b bytes.Buffer
	check(t, csv.NewWriter(&b).WriteAll(rows))
	return b.Bytes()
}

func column(t testing.TB, name string) int {
	t.Helper()
	for i, c := range SheetColumns() {
		if c == name {
			return i
		}
	}
	t.Fatalf("no column %s", name)
	return 0
}

// codes are the problems as "line code".
func codes(r ImportReport) []string {
	out := []string{}
	for _, p := range r.Problems {
		out = append(out, fmt.Sprintf("%d %s", p.Line, p.Code))
	}
	return out
}

// Each row of the sheet is changed in one way; the answer is what the project holds.
func TestImport(t *testing.T) {
	p := newProject(t)
	fill(t, p, 16)
	decision, decided, fresh, old := column(t, "decision"), column(t, "decided_new_url"), column(t, "new_url"), column(t, "old_url")
	rows := records(t, export(t, p, CSV, ExportOptions{Lang: "ja"}))
	equalValues(t, "header", SheetColumns(), rows[0])
	equalValues(t, "rows", 17, len(rows))
	set := func(row int, pairs ...any) {
		for i := 0; i < len(pairs); i += 2 {
			rows[row][pairs[i].(int)] = pairs[i+1].(string)
		}
	}
	set(1, decision, "採用")
	set(2, decision, " Accept ")
	set(3, decision, "却下")
	set(4, decision, "廃番")
	set(5, decision, "対象外")
	set(6, decision, "別ページ", decided, newURL(0))
	set(7, fresh, newURL(0))                                          // a changed address is a pick
	set(8, decision, "maybe")                                         // no such word
	set(9, old, "https://old.example/?pid=999", decision, "gone")     // no such page
	set(10, decision, "pick", decided, "https://new.example/nowhere") // no such page
	set(11, decision, "pick")                                         // names none
	set(12, decision, "gone", decided, newURL(0))                     // contradicts itself
	set(13, fresh, newURL(0), decided, newURL(1), decision, "pick")   // two pages
	set(14, decision, "accept", fresh, newURL(0))                     // a pick
	rows = append(rows, append([]string{}, rows[15]...), append([]string{}, rows[16]...))
	set(15, decision, "accept")
	set(17, decision, "gone") // the same page as 15, otherwise
	// 16 and 18 are without a word

	want := map[catalog.Key]string{oldKey(1): "accept shopify product yunomi-1", oldKey(2): "accept shopify product yunomi-2", oldKey(3): "reject ",
		oldKey(4): "gone ", oldKey(5): "ignore ", oldKey(6): "pick shopify product yunomi-0", oldKey(7): "pick shopify product yunomi-0",
		oldKey(14): "pick shopify product yunomi-0"}
	problems := []string{"9 unknown-word", "10 unknown-old", "11 unknown-new", "12 pick-empty", "13 page-and-word", "14 two-pages", "16 twice", "18 twice"}

	strict, err := Import(t.Context(), p, bytes.NewReader(sheetOf(t, rows)), CSV, ImportOptions{Lang: "en", Strict: true})
	if !errors.Is(err, ErrRefused) {
		t.Errorf("strict: %v", err)
	}
	equalValues(t, "strict problems", problems, codes(strict))
	equalValues(t, "strict saved", map[catalog.Key]string{}, saved(t, p))

	report, err := Import(t.Context(), p, bytes.NewReader(sheetOf(t, rows)), CSV, ImportOptions{Lang: "en", By: "sheet"})
	check(t, err)
	equalValues(t, "problems", problems, codes(report))
	equalValues(t, "numbers", [3]int{18, 8, 2}, [3]int{report.Rows, report.Saved, report.Unchanged})
	equalValues(t, "saved", want, saved(t, p))

	report, err = Import(t.Context(), p, bytes.NewReader(sheetOf(t, rows)), CSV, ImportOptions{Lang: "en", By: "sheet"})
	check(t, err)
	equalValues(t, "again: saved", 0, report.Saved)
	equalValues(t, "again", want, saved(t, p))
}

// A decision given in the project after the export is not overwritten in silence.
func TestImportConflict(t *testing.T) {
	p := newProject(t)
	fill(t, p, 6)
	decision := column(t, "decision")
	rows := records(t, export(t, p, CSV, ExportOptions{Lang: "en"}))
	check(t, p.Decide(t.Context(), inventory.Decision{Old: oldKey(1), Verdict: inventory.Gone}, inventory.Decision{Old: oldKey(2), Verdict: inventory.Gone},
		inventory.Decision{Old: oldKey(3), Verdict: inventory.Gone}))
	rows[1][decision] = "accept" // the project says gone
	rows[2][decision] = "gone"   // the same
	// 3: nothing is said in the sheet: the project's word stays
	rows[4][decision] = "accept" // and the proposal changes, see below
	m := inventory.Match{Old: oldKey(4), New: newKey(0), Class: inventory.Close, NeedsReview: true}
	check(t, p.SaveMatches(t.Context(), []inventory.Match{m}))
	report, err := Import(t.Context(), p, bytes.NewReader(sheetOf(t, rows)), CSV, ImportOptions{Lang: "en"})
	check(t, err)
	equalValues(t, "problems", []string{"2 decided-since", "5 proposal-since"}, codes(report))
	equalValues(t, "saved", map[catalog.Key]string{oldKey(1): "gone ", oldKey(2): "gone ", oldKey(3): "gone ",
		oldKey(4): "accept shopify product yunomi-4"}, saved(t, p))

	// All rows with their words: one is taken back, one changes, the rest stays.
	rows = records(t, export(t, p, CSV, ExportOptions{Lang: "en", All: true}))
	for _, r := range rows {
		switch r[column(t, "old_url")] {
		case oldURL(1):
			r[decision] = ""
		case oldURL(4):
			r[decision] = "ignore"
		}
	}
	report, err = Import(t.Context(), p, bytes.NewReader(sheetOf(t, rows)), CSV, ImportOptions{Lang: "en"})
	check(t, err)
	equalValues(t, "problems", []string{}, codes(report))
	equalValues(t, "saved", map[catalog.Key]string{oldKey(2): "gone ", oldKey(3): "gone ", oldKey(4): "ignore "}, saved(t, p))
}

func TestSheetForms(t *testing.T) {
	const csvText = "\"decision\",note,old_url\r\n採用,＝メモ,https://old.example/?pid=1\r\n,,\r\n廃番,\"複数\n行\",https://old.example/?pid=2\r\nおかしい,,https://old.example/?pid=3\r\n"
	sjis, err := japanese.ShiftJIS.NewEncoder().String(csvText)
	check(t, err)
	utf16 := []byte{0xff, 0xfe}
	for _, r := range csvText {
		utf16 = append(utf16, byte(r), byte(r>>8))
	}
	for name, text := range map[string]string{"UTF-8": csvText, "byte order mark": "\ufeff" + csvText, "Shift_JIS": sjis, "UTF-16": string(utf16),
		"semicolons": strings.ReplaceAll(csvText, ",", ";"), "tabs": strings.ReplaceAll(csvText, ",", "\t")} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			fill(t, p, 3)
			report, err := Import(t.Context(), p, strings.NewReader(text), CSV, ImportOptions{Lang: "ja"})
			check(t, err)
			equalValues(t, "problems", []string{"6 unknown-word"}, codes(report))
			equalValues(t, "saved", map[catalog.Key]string{oldKey(1): "accept shopify product yunomi-1", oldKey(2): "gone "}, saved(t, p))
		})
	}
	p := newProject(t)
	for name, want := range map[string]error{"": ErrSheetHeader, "a,b\n1,2\n": ErrSheetHeader, "old_url,title\n": ErrSheetHeader, "PK\x03\x04": ErrSheet} {
		if _, err := Import(t.Context(), p, strings.NewReader(name), CSV, ImportOptions{Lang: "en"}); !errors.Is(err, want) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := Import(t.Context(), p, strings.NewReader("no workbook"), XLSX, ImportOptions{Lang: "en"}); !errors.Is(err, ErrSheet) {
		t.Errorf("no workbook: %v", err)
	}
}

func TestWorkbook(t *testing.T) {
	p := newProject(t)
	fill(t, p, 4)
	hostile := productPage(oldKey(1), oldURL(1), catalog.Product{Name: `=HYPERLINK("http://evil.example","click")`, SKU: "+1", Price: catalog.Price{Amount: "-5"}})
	check(t, p.SaveVisits(t.Context(), catalog.Old, []inventory.Visit{hostile}))
	rows := records(t, export(t, p, CSV, ExportOptions{Lang: "en"}))
	equalValues(t, "guarded", []string{`'=HYPERLINK("http://evil.example","click")`, "'+1", "'-5"}, rows[1][1:4])

	book, err := excelize.OpenReader(bytes.NewReader(export(t, p, XLSX, ExportOptions{Lang: "ja"})))
	check(t, err)
	defer book.Close()
	equalValues(t, "sheets", []string{"確認", "使い方"}, book.GetSheetList())
	if f, err := book.GetCellFormula("確認", "B2"); err != nil || f != "" {
		t.Errorf("formula %q, %v", f, err)
	}
	name, err := book.GetCellValue("確認", "B2")
	check(t, err)
	equalValues(t, "name", `=HYPERLINK("http://evil.example","click")`, name)
	validations, err := book.GetDataValidations("確認")
	check(t, err)
	if len(validations) != 1 || validations[0].Sqref != "K2:K5" || !strings.Contains(validations[0].Formula1, "採用") {
		t.Errorf("choices: %+v", validations)
	}
	check(t, book.SetCellValue("確認", "K2", "採用"))
	check(t, book.SetCellValue("確認", "K3", "廃番"))
	check(t, book.SetCellValue("確認", "K5", "ん"))
	var b bytes.Buffer
	check(t, book.Write(&b))
	report, err := Import(t.Context(), p, &b, XLSX, ImportOptions{Lang: "en"})
	check(t, err)
	equalValues(t, "problems", []string{"5 unknown-word"}, codes(report))
	equalValues(t, "saved", map[catalog.Key]string{oldKey(1): "accept shopify product yunomi-1", oldKey(2): "gone "}, saved(t, p))
}

// No file makes the import panic.
func FuzzImport(f *testing.F) {
	p := newProject(f)
	fill(f, p, 2)
	f.Add([]byte("old_url,decision\nhttps://old.example/?pid=1,gone\n"), false)
	f.Add([]byte("\xff\xfeo\x00"), false)
	f.Add([]byte("PK\x03\x04"), true)
	f.Fuzz(func(t *testing.T, data []byte, workbook bool) {
		format := CSV
		if workbook {
			format = XLSX
		}
		report, err := Import(t.Context(), p, bytes.NewReader(data), format, ImportOptions{Lang: "en"})
		if n := report.Saved + report.Unchanged; err == nil && n > report.Rows {
			t.Errorf("%d of %d rows", n, report.Rows)
		}
	})
}

// What a reviewer notes in the sheet is stored with the decision, comes out again, and
// can be changed without another decision; without a decision it is reported.
func TestNotesAreKept(t *testing.T) {
	p := newProject(t)
	fill(t, p, 3)
	export := func() string {
		var b bytes.Buffer
		_, err := Export(t.Context(), p, &b, CSV, ExportOptions{Lang: "en", All: true})
		check(t, err)
		return b.String()
	}
	load := func(text string) ImportReport {
		r, err := Import(t.Context(), p, strings.NewReader(text), CSV, ImportOptions{Lang: "en", By: "Sakura"})
		check(t, err)
		return r
	}
	note := func(i int) (out string) {
		check(t, p.Matches(t.Context(), func(m inventory.Match) error {
			if m.Old == oldKey(i) {
				out = m.Decision + " " + m.Note
			}
			return nil
		}))
		return out
	}
	head := "old_url,decision,note\n"
	if r := load(head + oldURL(1) + ",accept,the same glaze\n" + oldURL(2) + ",gone,\n" + oldURL(3) + ",,ask Hana\n"); r.Saved != 2 || len(r.Problems) != 1 || r.Problems[0].Code != "note-without-word" {
		t.Errorf("%+v", r)
	}
	equalValues(t, "first note", "accept the same glaze", note(1))
	first := export()
	if !strings.Contains(first, ",the same glaze,") {
		t.Errorf("the note does not come out again:\n%s", first)
	}
	if r := load(first); r.Saved != 0 || r.Unchanged != 3 {
		t.Errorf("an untouched sheet changes something: %+v", r)
	}
	if r := load(strings.Replace(first, "the same glaze", "another glaze", 1)); r.Saved != 1 || len(r.Problems) != 0 {
		t.Errorf("%+v", r)
	}
	equalValues(t, "changed note", "accept another glaze", note(1))
	if r := load(first); r.Saved != 0 { // an older sheet, untouched: the newer note stays
		t.Errorf("%+v", r)
	}
	if r := load(strings.Replace(export(), "another glaze", "", 1)); r.Saved != 1 {
		t.Errorf("%+v", r)
	}
	equalValues(t, "note taken away", "accept ", note(1))
	if r := load(head + oldURL(2) + ",reject,was gone\n"); r.Saved != 1 {
		t.Errorf("%+v", r)
	}
	equalValues(t, "note with another word", "reject was gone", note(2))
}
