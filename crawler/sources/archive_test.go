package sources

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/japanese"
)

// member is a file in an archive that a test makes.
type member struct {
	name, text string
	legacy     bool // the name is not marked as UTF-8
}

func zipped(t *testing.T, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		w, err := z.CreateHeader(&zip.FileHeader{Name: m.name, NonUTF8: m.legacy, Method: zip.Deflate})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, m.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The export of Search Console as it is downloaded: the pages with the period of the
// daily figures, in English and Japanese, compared and narrowed.
func TestSearchConsoleZip(t *testing.T) {
	for _, name := range []string{"english", "japanese", "japanese-dates", "compared"} {
		t.Run(name, func(t *testing.T) {
			r, list, err := readBytes(t, "export.zip", zipped(t, zipMembers(t, name+".txtar")...), Options{})
			if err != nil {
				t.Fatal(err)
			}
			checkGolden(t, "search-console-zip-"+name, told(r, list))
		})
	}
}

// zips has a txtar file for each archive, with the files that are in it: their Japanese
// names need not be names of files here.
const zips = "testdata/zips"

// zipMembers are the members of an archive. One is called as Windows does it in Japan:
// in CP932, with nothing that says so.
func zipMembers(t *testing.T, archive string) []member {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join(zips, archive))
	if err != nil || len(a.Files) == 0 {
		t.Fatalf("the archive %s has no files: %v", archive, err)
	}
	var members []member
	for _, file := range a.Files {
		m := member{name: file.Name, text: string(file.Data)}
		if m.name == "ページ.csv" {
			if m.name, err = japanese.ShiftJIS.NewEncoder().String(m.name); err != nil {
				t.Fatal(err)
			}
			m.legacy = true
		}
		members = append(members, m)
	}
	return members
}

// A workbook reads like the CSV it could be saved as; dates are numbers in it.
func TestWorkbook(t *testing.T) {
	book := excelize.NewFile()
	defer book.Close()
	set := func(sheet string, rows ...[]any) {
		if _, err := book.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			cell, err := excelize.CoordinatesToCellName(1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := book.SetSheetRow(sheet, cell, &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	set("クエリ", []any{"上位のクエリ", "クリック数", "表示回数", "CTR", "掲載順位"}, []any{"茶碗", 9, 90, 0.1, 2.2})
	set("ページ", []any{"上位のページ", "クリック数", "表示回数", "CTR", "掲載順位"},
		[]any{"https://shop.example/?pid=1", 1234, 15000, 0.05, 3.1}, []any{}, []any{"nothing", 1, 1, 1, 1})
	set("日付", []any{"日付", "クリック数", "表示回数", "CTR", "掲載順位"}, []any{46296, 700, 9, 0.1, 2}, []any{"2026-10-28", 800, 9, 0.1, 2})
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	r, list, err := readBytes(t, "export.xlsx", b.Bytes(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	checkGolden(t, "search-console-xlsx", told(r, list))
	if _, _, err := readBytes(t, "export.xlsx", b.Bytes()[:b.Len()/2], Options{}); !errors.Is(err, ErrCutOff) {
		t.Errorf("half a workbook: %v", err)
	}
}

// endless gives zeros, or a text again and again.
type endless struct {
	text string
	left int64
	at   int
}

func (e *endless) Read(b []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(b) && e.left > 0 {
		c := copy(b[n:min(len(b), n+int(min(e.left, 1<<30)))], e.text[e.at:])
		n, e.left, e.at = n+c, e.left-int64(c), (e.at+c)%len(e.text)
	}
	return n, nil
}

func TestHostileArchives(t *testing.T) {
	bomb := func(close func(io.Writer) io.WriteCloser) []byte {
		if raceEnabled { // 70 MB twice, one byte like the other
			return nil
		}
		var b bytes.Buffer
		w := close(&b)
		if _, err := io.WriteString(w, "URL\n"); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, &endless{text: "\n", left: 68 << 20}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	list := "URL\nhttps://shop.example/?pid=1\n"
	long := gzipped(t, "URL\n"+strings.Repeat("https://shop.example/?pid=1\n", 1000))
	encrypted := zipped(t, member{name: "a.csv", text: list})
	encrypted[6] |= 1                                              // general purpose flags of the local header
	encrypted[bytes.Index(encrypted, []byte("PK\x01\x02"))+8] |= 1 // and of the directory
	var many []member
	for range maxMembers + 1 {
		many = append(many, member{name: "x/"})
	}
	for name, tt := range map[string]struct {
		data []byte
		is   error
	}{
		"gzip bomb": {bomb(func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }), ErrBomb},
		"zip bomb": {bomb(func(w io.Writer) io.WriteCloser {
			z := zip.NewWriter(w)
			f, err := z.Create("urls.csv")
			if err != nil {
				t.Fatal(err)
			}
			return struct {
				io.Writer
				io.Closer
			}{f, z}
		}), ErrBomb},
		"too many members": {zipped(t, many...), ErrBomb},
		"gzip, cut off":    {long[:len(long)-20], ErrCutOff},
		"zip, cut off":     {zipped(t, member{name: "a.csv", text: list})[:60], ErrCutOff},
		"gzip, damaged":    {append(bytes.Clone(long[:len(long)-8]), "12345678"...), ErrArchive},
		"encrypted":        {encrypted, ErrArchive},
		"zip of nothing":   {zipped(t), ErrArchive},
		"zip of zips":      {zipped(t, member{name: "in.zip", text: string(zipped(t, member{name: "a.csv", text: list}))}), ErrNotText},
		"empty":            {nil, ErrNothing},
		"empty gzip":       {gzipped(t, ""), ErrNothing},
		"all rows refused": {[]byte("URL\nnonsense\n"), ErrNothing},
		"only queries":     {[]byte("Top queries,Clicks,Impressions,CTR,Position\ntea,1,1,1,1\n"), ErrNothing},
		"a picture":        {[]byte("\x89PNG\r\n"), ErrNotText},
	} {
		t.Run(name, func(t *testing.T) {
			if raceEnabled && strings.HasSuffix(name, " bomb") {
				t.Skip("not under the race detector, which it would take minutes")
			}
			_, got, err := readBytes(t, "file", tt.data, Options{})
			if !errors.Is(err, tt.is) {
				t.Errorf("error %v, want %v", err, tt.is)
			}
			if len(got) > 0 && tt.is != ErrNothing {
				t.Errorf("%d addresses were given all the same", len(got))
			}
		})
	}
}

// Samples in a charset that they are not in: no panic, no wrong address, a refusal or
// nothing read.
func TestWrongCharset(t *testing.T) {
	for _, sample := range []string{"search-console-ja.csv", "ga4-exploration-ja.csv", "base.csv"} {
		data, err := os.ReadFile(filepath.Join(samples, sample))
		if err != nil {
			t.Fatal(err)
		}
		for name, data := range map[string][]byte{
			"every second byte":  bytes.ReplaceAll(data, []byte("\xe3\x83"), []byte("\xe3")),
			"UTF-16 without end": append([]byte{0xff, 0xfe}, data...),
			"zeros":              append(bytes.Clone(data[:20]), make([]byte, 4096)...),
		} {
			_, list, err := readBytes(t, sample, data, Options{})
			if err == nil && len(list) > 0 {
				for _, a := range list {
					if !strings.HasPrefix(a.URL, "http") {
						t.Errorf("%s, %s: address %q", sample, name, a.URL)
					}
				}
			}
			if err == nil && len(list) == 0 {
				t.Errorf("%s, %s: nothing was read and there is no error", sample, name)
			}
		}
	}
}

// A file that ends in the middle of a row gives the rows before.
func TestCutOffTable(t *testing.T) {
	data := "Top pages,Clicks,Impressions,CTR,Position\nhttps://shop.example/?pid=1,80,1500,5%,3\nhttps://shop.exa"
	r, list, err := readBytes(t, "pages.csv", []byte(data), Options{})
	if err != nil || len(list) != 1 || r.Tables[0].RefusedCount != 1 {
		t.Errorf("%d addresses, refused %v, %v", len(list), r.Tables[0].Refused, err)
	}
	for name, data := range map[string]string{
		"API":      `{"rows":[{"keys":["https://shop.example/"],"clicks":1`,
		"merchant": `<rss xmlns:g="http://base.google.com/ns/1.0"><channel><item><g:link>https://shop.example/`,
	} {
		if _, list, err := readBytes(t, name, []byte(data), Options{}); !errors.Is(err, ErrCutOff) || len(list) > 0 {
			t.Errorf("%s, cut off: %d addresses, %v", name, len(list), err)
		}
	}
}

func TestPeriods(t *testing.T) {
	for text, want := range map[string]string{
		"2026-10-31": "2026-10-31", " 2025-08-01/2026-10-31 ": "2025-08-01/2026-10-31", "2026-10-31/2026-10-01": "", "soon": "",
	} {
		if got, ok := ParsePeriod(text); ok != (want != "") || ok && got != want {
			t.Errorf("%q is %q, %t", text, got, ok)
		}
	}
	for text, want := range map[string]string{
		"20260723-20260922": "2026-07-23/2026-09-22", "2026/08/01 - 2026/08/31": "2026-08-01/2026-08-31", "Last 28 days": "", "2026-08-01": "", "最終 2026-08-01〜2026-08-02": "2026-08-01/2026-08-02",
	} {
		if got := datesIn(text); got != want {
			t.Errorf("%q spans %q, want %q", text, got, want)
		}
	}
	if diff := cmp.Diff([]bool{true, false, false}, []bool{
		PeriodsOverlap("2026-01-01/2026-01-31", "2026-01-31"), PeriodsOverlap("2026-01-01/2026-01-31", "2026-02-01/2026-02-28"), PeriodsOverlap("", "2026-02-01"),
	}); diff != "" {
		t.Error(diff)
	}
}

// A row without an address is refused once, whichever of the periods compared has
// figures: the good row beside it is not lost.
func TestComparedRowIsRefusedOnce(t *testing.T) {
	for name, figures := range map[string]string{"newer": "3,30,0,0", "older": "0,0,4,40", "both": "3,30,4,40", "none": "0,0,0,0"} {
		t.Run(name, func(t *testing.T) {
			table := "Top pages,Last 28 days Clicks,Last 28 days Impressions,Previous 28 days Clicks,Previous 28 days Impressions\n" +
				"not an address," + figures + "\nhttps://shop.example/?pid=1,5,50,6,60\n"
			r, list, err := readBytes(t, "pages.csv", []byte(table), Options{Period: "2026-10-01/2026-10-28"})
			if err != nil {
				t.Fatal(err)
			}
			got := r.Tables[0]
			if got.Rows != 2 || got.RefusedCount != 1 || len(list) != 2 || got.Totals != (Figures{Clicks: 5, Impressions: 50}) {
				t.Errorf("%d rows, %d refused %v, totals %+v, addresses %+v", got.Rows, got.RefusedCount, got.Refused, got.Totals, list)
			}
		})
	}
}
