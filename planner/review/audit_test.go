package review

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"replatform/crawler/inventory"
)

func auditRows(n int) []AuditRow {
	var rows []AuditRow
	for i := range n {
		rows = append(rows, AuditRow{OldURL: oldURL(i), OldTitle: "=cmd|' /C calc'!A0", NewURL: newURL(i), NewTitle: "湯のみ", Class: "exact", Confidence: 0.99, Reason: "same name"})
	}
	return rows
}

func TestAuditIsADraw(t *testing.T) {
	draw := func(rows []AuditRow, n int, seed uint64) string {
		var b bytes.Buffer
		got, err := WriteAudit(&b, CSV, rows, n, seed, "en")
		check(t, err)
		if got != min(n, len(rows)) {
			t.Errorf("%d drawn of %d, asked for %d", got, len(rows), n)
		}
		return b.String()
	}
	rows := auditRows(200)
	first := draw(rows, 20, 1)
	slices.Reverse(rows)
	if draw(rows, 20, 1) != first {
		t.Error("the order of the rows changes the draw")
	}
	if draw(rows, 20, 2) == first {
		t.Error("two seeds draw the same rows")
	}
	if strings.Contains(first, "\n1,"+oldURL(1)+",=") || !strings.Contains(first, "'=cmd") {
		t.Error("a title can become a formula")
	}
	draw(rows[:5], 20, 1)
	// Every row is drawn about equally often.
	count := map[string]int{}
	for seed := range uint64(400) {
		for _, line := range strings.Split(draw(rows, 20, seed), "\n")[1:21] {
			count[strings.Split(line, ",")[1]]++
		}
	}
	if len(count) != 200 {
		t.Errorf("%d of 200 rows were ever drawn in 400 draws of 20", len(count))
	}
	for u, n := range count {
		if n < 15 || n > 75 { // 40 expected, standard deviation 6
			t.Errorf("%s was drawn %d times in 400 draws of a tenth", u, n)
		}
	}
}

func TestAuditComesBack(t *testing.T) {
	for _, format := range []Format{CSV, XLSX} {
		for lang, word := range map[string]string{"en": "yes", "ja": "はい"} {
			var b bytes.Buffer
			_, err := WriteAudit(&b, format, auditRows(300), 50, 7, lang)
			check(t, err)
			right := slices.Index(AuditColumns(), "right")
			var in bytes.Buffer
			if format == CSV {
				for i, line := range strings.Split(strings.TrimSpace(b.String()), "\n") {
					if i > 0 {
						f := strings.SplitN(line, ",", right+2)
						f[right] = word
						line = strings.Join(f, ",")
					}
					fmt.Fprintln(&in, line)
				}
			} else {
				book, err := excelize.OpenReader(&b)
				check(t, err)
				for i := range 50 {
					check(t, book.SetCellValue(book.GetSheetName(0), fmt.Sprintf("K%d", i+2), word))
				}
				check(t, book.Write(&in))
			}
			r, err := ReadAudit(&in, format, lang)
			check(t, err)
			if r.Population != 300 || r.Sample != 50 || r.Judged != 50 || r.Right != 50 || r.Precision != 1 || r.Low < 0.92 || r.Low > 0.94 || r.High < 0.999 {
				t.Errorf("%s, %s: %+v", format, lang, r)
			}
		}
	}
}

// Only pairs that are used unseen are audited: not the open ones, not those that a
// person settled, not those without counterpart.
func TestAuditedRows(t *testing.T) {
	p := newProject(t)
	fill(t, p, 6)
	var ms []inventory.Match
	for i := 1; i <= 6; i++ {
		ms = append(ms, inventory.Match{Old: oldKey(i), New: newKey(i), Class: inventory.Exact, Confidence: 0.99, Reason: "same name", ReasonJA: "名称一致", NeedsReview: i == 1})
	}
	ms[1].New, ms[1].Class = "", inventory.None
	check(t, p.SaveMatches(t.Context(), ms))
	check(t, p.Decide(t.Context(), inventory.Decision{Old: oldKey(3), Verdict: inventory.Accept}))
	rows, err := AuditedRows(t.Context(), p, "ja")
	check(t, err)
	var got []string
	for _, r := range rows {
		got = append(got, r.OldURL+" "+r.Reason)
	}
	slices.Sort(got)
	equalValues(t, "audited", []string{oldURL(4) + " 名称一致", oldURL(5) + " 名称一致", oldURL(6) + " 名称一致"}, got)
}

func FuzzReadAudit(f *testing.F) {
	f.Add([]byte("old_url,right,audit\nhttps://o.example/1,yes,\"1 of 2, seed 3\"\n"))
	f.Add([]byte("\xef\xbb\xbfright;old_url\nいいえ;x\n"))
	f.Add([]byte("old_url,right\n\"a\nb\",\"\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := ReadAudit(bytes.NewReader(in), CSV, "ja")
		if err == nil && (r.Judged < 1 || r.Right > r.Judged || r.Judged > r.Sample || r.Low > r.Precision || r.High < r.Precision-1e-9) {
			t.Fatalf("%+v", r)
		}
	})
}

// A pair that a checked sample found wrong is no longer used without review, until a
// person decides on it or the sheet is corrected.
func TestWrongPairsNeedReview(t *testing.T) {
	p := newProject(t)
	fill(t, p, 4)
	var ms []inventory.Match
	for i := 1; i <= 4; i++ {
		ms = append(ms, inventory.Match{Old: oldKey(i), New: newKey(i), Class: inventory.Exact, Confidence: 0.99, Reason: "same name", ReasonJA: "名称一致"})
	}
	check(t, p.SaveMatches(t.Context(), ms))
	check(t, p.Decide(t.Context(), inventory.Decision{Old: oldKey(3), Verdict: inventory.Accept}))
	read := func(words ...string) SavedAudit {
		t.Helper()
		var b strings.Builder
		b.WriteString("old_url,new_url,confidence,right\n")
		for i, word := range words {
			confidence := "0.99"
			if i == 1 {
				confidence = "" // of a sheet that lost the column: wrong all the same
			}
			fmt.Fprintf(&b, "%s,%s,%s,%s\n", oldURL(i+1), newURL(i+1), confidence, word)
		}
		rep, err := ReadAudit(strings.NewReader(b.String()), CSV, "en")
		check(t, err)
		saved, err := SaveAudit(t.Context(), p, rep, time.Now())
		check(t, err)
		return saved
	}
	unseen := func() []string {
		t.Helper()
		rows, err := AuditedRows(t.Context(), p, "en")
		check(t, err)
		var got []string
		for _, r := range rows {
			got = append(got, r.OldURL)
		}
		slices.Sort(got)
		return got
	}
	equalValues(t, "saved", SavedAudit{Stored: 3, ToReview: 2}, read("no", "no", "no", "yes"))
	equalValues(t, "used without review", []string{oldURL(4)}, unseen())
	d, err := openDeck(t.Context(), p, "")
	check(t, err)
	if r := d.byOld[oldKey(1)]; !r.open || !strings.Contains(d.show(r, "ja", false).Reason, "誤り") {
		t.Errorf("a wrong pair is open: %v, %q", r.open, d.show(r, "ja", false).Reason)
	}
	if r := d.byOld[oldKey(3)]; r.open {
		t.Error("a pair that a person accepted is open")
	}
	equalValues(t, "saved again", SavedAudit{Stored: 3, ToReview: 1}, read("yes", "no", "no", "yes"))
	equalValues(t, "used after the correction", []string{oldURL(1), oldURL(4)}, unseen())
}
