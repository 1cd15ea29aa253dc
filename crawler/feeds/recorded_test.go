package feeds

import (
	"bufio"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"replatform/crawler/catalog"
)

// sharedDir finds the folder of test data that is kept beside the repository.
func sharedDir(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("REPLATFORM_SHARED")
	if root == "" {
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for ; filepath.Dir(dir) != dir; dir = filepath.Dir(dir) {
			if st, err := os.Stat(filepath.Join(dir, "shared")); err == nil && st.IsDir() {
				root = filepath.Join(dir, "shared")
				break
			}
		}
	}
	dir := filepath.Join(root, name)
	if _, err := os.Stat(dir); root == "" || err != nil {
		t.Skipf("the shared test data (%s) is not here", name)
	}
	return dir
}

// record is one answer of a recorded shop.
type record struct {
	Method       string `json:"method"`
	URL          string `json:"url"`
	Class        string `json:"class"`
	Status       int    `json:"status"`
	BodyEncoding string `json:"body_encoding"`
	Body         string `json:"body"`
}

func readRecording(t *testing.T, file string) []record {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var out []record
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 64<<20)
	for sc.Scan() {
		var r record
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		if r.BodyEncoding == "base64" {
			b, err := base64.StdEncoding.DecodeString(r.Body)
			if err != nil {
				t.Fatal(err)
			}
			r.Body = string(b)
		}
		out = append(out, r)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRecordedShops reads what real shop software sends for every feed address that
// crawlers try: sitemaps must be read, everything else refused, nothing in between.
func TestRecordedShops(t *testing.T) {
	if testing.Short() {
		t.Skip("reads thousands of recorded answers")
	}
	files, err := filepath.Glob(filepath.Join(sharedDir(t, "shops"), "*.jsonl.zst"))
	if err != nil || len(files) == 0 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".jsonl.zst")
		read, refused, entries := 0, 0, 0
		for _, r := range readRecording(t, file) {
			if r.Method != "GET" || r.Status != 200 || strings.HasPrefix(r.Class, "trap-") {
				continue // the traps are thousands of like pages
			}
			_, got, warnings, err := parse(t, r.Body, Limits{})
			switch {
			case errors.Is(err, ErrNotSitemap):
				refused++
				if r.Class == "sitemap" && !strings.HasSuffix(r.URL, ".xsl") {
					t.Errorf("%s: %s: %v", name, r.URL, err)
				}
			case err != nil:
				t.Errorf("%s: %s: %v", name, r.URL, err)
			default:
				read++
				entries += len(got)
				if len(warnings) > 0 {
					t.Errorf("%s: %s: %v", name, r.URL, warnings)
				}
			}
			for reader, f := range readers {
				if _, err := f([]byte(r.Body), nil); err == nil && r.Class != "api" && r.Class != "probe" {
					t.Errorf("%s: %s passes for %s", name, r.URL, reader)
				}
			}
		}
		t.Logf("%s: %d sitemaps and feeds with %d entries, %d other answers refused", name, read, entries, refused)
	}
}

// TestRecordedStoreAPI holds the products of the recorded WooCommerce shop against
// the list of its product pages.
func TestRecordedStoreAPI(t *testing.T) {
	dir := sharedDir(t, "shops")
	f, err := os.Open(filepath.Join(dir, "woo.truth.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	var products []Item
	for _, r := range readRecording(t, filepath.Join(dir, "woo.jsonl.zst")) {
		u, err := url.Parse(r.URL)
		if err != nil || r.Status != 200 || u.Path != "/wp-json/wc/store/v1/products" || u.Query().Get("per_page") != "100" {
			continue
		}
		base, err := url.Parse("http://127.0.0.1:18089" + r.URL)
		if err != nil {
			t.Fatal(err)
		}
		if products, err = WooStoreProducts([]byte(r.Body), base); err != nil {
			t.Fatal(err)
		}
		break
	}
	byPath := map[string]Item{}
	for _, p := range products {
		u, err := url.Parse(p.URL)
		if err != nil || p.Product.Name == "" || p.Product.Price.Currency == "" {
			t.Errorf("%+v: %v", p, err)
			continue
		}
		byPath[u.Path] = p
	}
	found, all := 0, 0
	for _, row := range rows[1:] {
		if row[column["type"]] != string(catalog.ProductP) {
			continue
		}
		all++
		u, err := url.Parse(row[column["url"]])
		if err != nil {
			t.Fatal(err)
		}
		p, ok := byPath[u.Path]
		if !ok {
			continue
		}
		found++
		for field, got := range map[string]string{"sku": p.Product.SKU, "price": p.Product.Price.Amount, "name": strings.ReplaceAll(p.Product.Name, "–", "-")} { // WordPress prints a dash for a hyphen
			i, ok := column[field]
			if !ok || row[i] == "" {
				continue
			}
			if got != row[i] && (field != "price" || less(got, row[i]) || less(row[i], got)) {
				t.Errorf("%s: %s %q, want %q", u.Path, field, got, row[i])
			}
		}
	}
	if found != all || all == 0 {
		t.Errorf("%d of %d products found", found, all)
	}
	t.Logf("%d of %d products found in the feed", found, all)
}
