package extract

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"replatform/crawler/catalog"
)

// sharedDir finds the folder of saved pages and recordings that lives beside the
// repository; tests that need it are skipped where it is absent.
func sharedDir(t testing.TB) string {
	t.Helper()
	if d := os.Getenv("REPLATFORM_SHARED"); d != "" {
		return d
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		d := filepath.Join(dir, "shared")
		if _, err := os.Stat(filepath.Join(d, "pages", "truth.csv")); err == nil {
			return d
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Skip("the folder of saved pages is not here; REPLATFORM_SHARED names it")
		}
		dir = up
	}
}

// readTable reads a CSV file with a head line.
func readTable(t testing.TB, file string) []map[string]string {
	t.Helper()
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not here", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("reading %s: %v", file, err)
	}
	var table []map[string]string
	for _, row := range rows[1:] {
		m := make(map[string]string, len(row))
		for i, v := range row {
			m[rows[0][i]] = strings.TrimSpace(v)
		}
		table = append(table, m)
	}
	return table
}

// tally counts, for one field, how often it was stated and how often read right.
type tally struct {
	field         string
	right, stated int
}

type scoreboard struct {
	order  []string
	fields map[string]*tally
	misses []string
}

func (s *scoreboard) note(field, file, want, got string, right bool) {
	if s.fields == nil {
		s.fields = make(map[string]*tally)
	}
	t := s.fields[field]
	if t == nil {
		t = &tally{field: field}
		s.fields[field] = t
		s.order = append(s.order, field)
	}
	t.stated++
	if right {
		t.right++
		return
	}
	s.misses = append(s.misses, fmt.Sprintf("%-9s %s\n            want %q\n            got  %q", field, file, want, got))
}

func (s *scoreboard) print(t *testing.T) {
	t.Helper()
	for _, f := range s.order {
		x := s.fields[f]
		t.Logf("%-15s %3d / %3d  %5.1f %%", f, x.right, x.stated, 100*float64(x.right)/float64(x.stated))
	}
	for _, m := range s.misses {
		t.Log(m)
	}
}

// floor fails the test when a field is read right less often than given.
func (s *scoreboard) floor(t *testing.T, field string, percent float64) {
	t.Helper()
	x := s.fields[field]
	if x == nil {
		t.Errorf("%s was never measured", field)
		return
	}
	if got := 100 * float64(x.right) / float64(x.stated); got < percent {
		t.Errorf("%s: %.1f %% right, the floor is %.1f %%", field, got, percent)
	}
}

func foldName(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(s)), " "))
}

func kindOf(t catalog.PageType) string {
	switch t {
	case catalog.ProductP:
		return "product"
	case catalog.Category:
		return "listing"
	}
	return "other"
}

func TestSharedPages(t *testing.T) {
	dir := filepath.Join(sharedDir(t), "pages")
	var board scoreboard
	for _, row := range readTable(t, filepath.Join(dir, "truth.csv")) {
		body, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(row["file"])))
		if err != nil {
			t.Fatal(err)
		}
		address := row["url"]
		if address == "" {
			address = row["canonical"]
		}
		if address == "" {
			address = "https://shop.example/page"
		}
		u, err := url.Parse(strings.ReplaceAll(address, " ", "%20"))
		if err != nil {
			t.Fatal(err)
		}
		res, err := Page(u, body, Hints{})
		if err != nil {
			t.Errorf("%s: %v", row["file"], err)
		}
		p := res.Product
		if p == nil {
			p = &catalog.Product{}
		}
		abs := func(ref string) string {
			s, _ := resolver{base: u}.resolve(ref)
			return s
		}
		file := row["file"]
		if w := row["name"]; w != "" {
			got, want := foldName(p.Name), foldName(w)
			// The list of truths shortens one name and says so.
			right := got == want || strings.Contains(row["note"], "name shortened here") && strings.HasPrefix(got, want)
			board.note("name", file, w, p.Name+" ("+p.Sources["name"]+")", right)
		}
		if w := row["price"]; w != "" {
			board.note("price", file, w, p.Price.Amount+" ("+p.Sources["price"]+")", amountEqual(p.Price.Amount, w))
		}
		if w := row["sku"]; w != "" {
			board.note("sku", file, w, p.SKU+" ("+p.Sources["sku"]+")", strings.EqualFold(p.SKU, w))
		}
		if w := row["gtin"]; w != "" {
			g, _ := catalog.NormaliseGTIN(w)
			board.note("gtin", file, w, p.GTIN, p.GTIN == g)
		}
		if w := row["image"]; w != "" {
			got := ""
			if len(p.Images) > 0 {
				got = p.Images[0]
			}
			board.note("image", file, abs(w), got+" ("+p.Sources["image"]+")", got == abs(w))
		}
		if w := row["canonical"]; w != "" {
			// The list of truths takes og:url where a page has no canonical link.
			got := res.Canonical
			if got == "" {
				got = abs(res.OG["og:url"])
			}
			board.note("canonical", file, abs(w), got, got == abs(w))
		}
		if w := row["currency"]; w != "" && row["price"] != "" {
			got := p.Price.Currency
			// A bare dollar sign names no currency; where the page says no more,
			// none is right, and counted apart.
			if got != "" {
				board.note("currency", file, w, got, got == w)
			}
			board.note("currency known", file, w, got, got != "")
		}
		board.note("page type", file, row["page_type"], kindOf(res.Type)+" "+strings.Join(res.Reasons, "; "), kindOf(res.Type) == row["page_type"])
	}
	board.print(t)
	// Two that count as wrong are not: of 1000bulbs.com the list of truths has a number
	// that stands nowhere on the page, of greatmusicproductsonline.com a name without
	// the colour that every place of the page gives.
	for field, percent := range map[string]float64{
		"name": 97, "price": 97, "sku": 95, "gtin": 95, "image": 97, "canonical": 97, "currency": 97, "currency known": 80, "page type": 97,
	} {
		board.floor(t, field, percent)
	}
}
