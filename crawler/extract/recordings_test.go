package extract

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"replatform/crawler/catalog"
)

// answer is one line of a recorded shop.
type answer struct {
	URL          string              `json:"url"`
	Class        string              `json:"class"`
	Status       int                 `json:"status"`
	Headers      map[string][]string `json:"headers"`
	BodyEncoding string              `json:"body_encoding"`
	Body         string              `json:"body"`
	Base         string              `json:"base"` // first line only
}

// recorded calls fn for every HTML page of a recording, with its absolute URL.
func recorded(t *testing.T, file string, fn func(u *url.URL, a answer)) {
	t.Helper()
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not here", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := zstd.NewReader(f, zstd.WithDecoderMaxWindow(128<<20), zstd.WithDecoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	r := bufio.NewReaderSize(z, 1<<20)
	base := ""
	for {
		line, err := r.ReadBytes('\n')
		if len(line) > 0 && (base == "" || labelled(line)) {
			var a answer
			if err := json.Unmarshal(line, &a); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			if base == "" {
				base = a.Base
				continue
			}
			if a.BodyEncoding == "base64" {
				b, err := base64.StdEncoding.DecodeString(a.Body)
				if err != nil {
					t.Fatal(err)
				}
				a.Body = string(b)
			}
			if u, err := url.Parse(base + a.URL); err == nil && a.Status == 200 {
				fn(u, a)
			}
		}
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("reading %s: %v", file, err)
		}
	}
}

// labelled says whether a line is one of the classes that the test looks at; most
// of a recording is not, and decoding it takes long.
func labelled(line []byte) bool {
	head := line[:min(len(line), 2000)]
	for _, class := range []string{"product", "category", "home"} {
		if bytes.Contains(head, []byte(`"class":"`+class+`"`)) {
			return true
		}
	}
	return false
}

// TestRecordedShops holds the product and category pages of the recorded shops
// against what is in their databases.
func TestRecordedShops(t *testing.T) {
	dir := filepath.Join(sharedDir(t), "shops")
	var board scoreboard
	for _, shop := range []string{"opencart3", "woo", "phoenix", "eccube2", "prestashop"} {
		truth := make(map[string]map[string]string)
		for _, row := range readTable(t, filepath.Join(dir, shop+".truth.csv")) {
			truth[row["url"]] = row
		}
		recorded(t, filepath.Join(dir, shop+".jsonl.zst"), func(u *url.URL, a answer) {
			if a.Class != "product" && a.Class != "category" && a.Class != "home" {
				return
			}
			res, err := Page(u, []byte(a.Body), Hints{})
			if err != nil {
				t.Errorf("%s: %v", u, err)
			}
			row := truth[u.String()]
			if a.Class != "product" {
				got := kindOf(res.Type)
				board.note("not product", u.String(), "no product", got+" "+strings.Join(res.Reasons, "; "), got != "product")
				if a.Class == "category" {
					board.note("listing", u.String(), "listing", got+" "+strings.Join(res.Reasons, "; "), got == "listing")
				}
				return
			}
			p := res.Product
			board.note("product", u.String(), "product", kindOf(res.Type)+" "+strings.Join(res.Reasons, "; "), p != nil)
			if p == nil {
				p = &catalog.Product{}
			}
			if row == nil {
				return
			}
			board.note("name", u.String(), row["name"], p.Name+" ("+p.Sources["name"]+")", foldName(p.Name) == foldName(row["name"]))
			if row["price"] == "NULL" {
				return // the shop sets no price
			}
			board.note("price", u.String(), row["price"], p.Price.Amount+" ("+p.Sources["price"]+")", samePrice(p.Price.Amount, row["price"]))
		})
	}
	board.print(t)
	for field, percent := range map[string]float64{"product": 98, "not product": 98, "name": 98, "price": 97, "listing": 95} {
		board.floor(t, field, percent)
	}
}

// samePrice compares a shown price with the one of the database, which may be a
// range, lack tax, or be without a running discount.
func samePrice(shown, stored string) bool {
	lo, _, _ := strings.Cut(stored, "-")
	if amountEqual(shown, lo) {
		return true
	}
	a, b := amountFloat(shown), amountFloat(lo)
	return b > 0 && a > 0 && a/b > 0.25 && a/b < 1.3
}
