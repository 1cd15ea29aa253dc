package sources

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// readWorth reads a file and gives the report of its first table.
func readWorth(t *testing.T, name string, data []byte) Report {
	t.Helper()
	r, err := ReadFile(t.Context(), name, bytes.NewReader(data), Options{BaseURL: mustURL(t, "https://shop.example/")}, func(Address) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return r.Tables[0]
}

// A workbook holds what was calculated, 19.9 × 3, and below zero what was given back.
func TestWorkbookNumbers(t *testing.T) {
	book := excelize.NewFile()
	defer book.Close()
	for i, row := range [][]any{{"URL", "売上"}, {"https://shop.example/?pid=1", 59.699999999999996}, {"https://shop.example/?pid=2", -500.25}, {"https://shop.example/?pid=3", 1.5e21}} {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	r := readWorth(t, "a.xlsx", b.Bytes())
	if got := r.Totals.Revenue; got < -440.551 || got > -440.549 {
		t.Errorf("revenue %g", got)
	}
	if r.DoubtCount != 1 || r.Doubts[0].Line != 4 { // no shop sells for so much
		t.Errorf("doubts %+v", r.Doubts)
	}
	if again := readWorth(t, "b.xlsx", b.Bytes()); r.Digest == "" || again.Digest != r.Digest {
		t.Errorf("digests %q and %q", r.Digest, again.Digest)
	}
}

// The same content is known whatever its name and however it is packed.
func TestDigest(t *testing.T) {
	table := "URL,clicks\nhttps://shop.example/?pid=1,5\n"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(table)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	plain := readWorth(t, "a.csv", []byte(table))
	if got := readWorth(t, "b.csv.gz", packed.Bytes()); len(plain.Digest) != 64 || got.Digest != plain.Digest {
		t.Errorf("digests %q and %q", plain.Digest, got.Digest)
	}
	if got := readWorth(t, "a.csv", []byte(table+"\n")); got.Digest == plain.Digest {
		t.Error("other content has the same digest")
	}
	sitemap := `<urlset><url><loc>https://shop.example/?pid=1</loc></url></urlset>`
	if a, b := readWorth(t, "s.xml", []byte(sitemap)), readWorth(t, "s.xml", []byte(sitemap+"<!-- b -->")); a.Digest == b.Digest {
		t.Error("what stands behind the end of XML is not in the digest")
	}
}

// Of the requests of people every log keeps the same ones, in whatever order they stand.
func TestRequests(t *testing.T) {
	lines := func(from, n int) []string {
		var out []string
		for i := range n {
			at := from + i
			out = append(out, fmt.Sprintf("203.0.113.5 - - [10/Oct/2026:%02d:%02d:%02d +0900] \"GET /?pid=%d HTTP/1.1\" 200 5120 \"-\" \"Mozilla/5.0 (X11) Firefox/144.0\"", at/3600, at/60%60, at%60, at%7))
		}
		return out
	}
	of := func(lines []string) *Requests {
		return readWorth(t, "access.log", []byte(strings.Join(lines, "\n")+"\n")).Requests
	}
	all := lines(0, 5000)
	a := of(all)
	if a.People != 5000 || len(a.Sample) != MaxRequestSample || !slices.IsSorted(a.Sample) {
		t.Fatalf("%d people, %d hashes", a.People, len(a.Sample))
	}
	turned := slices.Clone(all)
	slices.Reverse(turned)
	if b := of(turned); !slices.Equal(a.Sample, b.Sample) {
		t.Error("the order of the lines makes a difference")
	}
	// A log of an hour of it has those of its own that the whole one has.
	part := of(all[1000:2000])
	n := 0
	for _, h := range part.Sample {
		if _, ok := slices.BinarySearch(a.Sample, h); ok {
			n++
		}
	}
	if n < 100 || n > 350 {
		t.Errorf("%d of the fifth of a log are in its sample of %d", n, len(a.Sample))
	}
	if got := of([]string{`203.0.113.5 - - [10/Oct/2026:01:00:00 +0900] "GET /?pid=1 HTTP/1.1" 404 5 "-" "Mozilla/5.0 (X11) Firefox/144.0"`}); got != nil {
		t.Errorf("a log of nothing has %+v", got)
	}
}

func TestPathsOnly(t *testing.T) {
	for data, want := range map[string]bool{
		"Landing page,Sessions\n/a,5\n":                true,
		"ランディング ページ,セッション\n/a,5\n":                     true,
		"Landing page + query string,Sessions\n/a,5\n": false,
		"ランディング ページ + クエリ文字列,セッション\n/a,5\n":            false,
		"Landing page,Sessions\n/a,5\n/?pid=1,5\n":     false, // its rows say otherwise
		"URL,clicks\n/a,5\n":                           false,
	} {
		if got := readWorth(t, "a.csv", []byte(data)).PathsOnly; got != want {
			t.Errorf("%q: %t", data, got)
		}
	}
}
