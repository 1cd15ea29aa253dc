package frontier

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"replatform/crawler/catalog"
	"replatform/crawler/platform"
)

// sharedDir finds the folder of recordings that stands beside the repository; the
// test is skipped where there is none.
func sharedDir(t *testing.T, sub string) string {
	t.Helper()
	if dir := os.Getenv("REPLATFORM_SHARED"); dir != "" {
		return filepath.Join(dir, sub)
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "shared", sub)); err == nil {
			return filepath.Join(dir, "shared", sub)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Skipf("no folder shared/%s beside the repository", sub)
		}
		dir = parent
	}
}

// record is one recorded answer.
type record struct {
	URL    string `json:"url"`
	Class  string `json:"class"`
	Status int    `json:"status"`
}

func readRecording(t *testing.T, name string, fn func(record)) {
	t.Helper()
	f, err := os.Open(filepath.Join(sharedDir(t, "shops"), name+".jsonl.zst"))
	if err != nil {
		t.Skipf("recording %s: %v", name, err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f, zstd.WithDecoderMaxWindow(1<<27))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	r := bufio.NewReaderSize(z, 1<<20)
	for first := true; ; first = false {
		line, err := r.ReadBytes('\n')
		if len(line) == 0 && err != nil {
			return
		}
		if first {
			continue
		}
		var rec record
		if err := json.Unmarshal(line, &rec); err != nil {
			t.Fatal(err)
		}
		fn(rec)
	}
}

func truth(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(sharedDir(t, "shops"), name+".truth.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// TestRecordedShops holds the grammar against every address of five recorded shops:
// each product and category has a key of its own, spellings and sessions fold, and
// what is a trap is refused or folds into a page that is asked anyway.
func TestRecordedShops(t *testing.T) {
	shops := []struct{ recording, platform string }{
		{"opencart3", "opencart"}, {"woo", "woocommerce"}, {"phoenix", "oscommerce"},
		{"eccube2", "eccube2"}, {"prestashop", "prestashop"},
	}
	reg, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, shop := range shops {
		t.Run(shop.recording, func(t *testing.T) {
			p, _ := reg.Get(shop.platform)
			keys := New(p, "http://shop.example")
			identify := func(raw string) platform.Identity {
				u, err := url.Parse("http://shop.example" + raw)
				if err != nil {
					return platform.Identity{Rule: "unreadable"}
				}
				return keys.Identify(u)
			}
			byType := map[catalog.PageType]map[catalog.Key]bool{catalog.ProductP: {}, catalog.Category: {}}
			for _, row := range truth(t, shop.recording) {
				u, err := url.Parse(row[0])
				if err != nil {
					t.Fatal(err)
				}
				want := catalog.ProductP
				if row[1] == "category" {
					want = catalog.Category
				}
				id := identify(u.RequestURI())
				if id.Type != want || id.Rule != "" {
					t.Errorf("%s is %s, rule %q, want %s", row[0], id.Type, id.Rule, want)
				}
				if byType[want][id.Key] {
					t.Errorf("%s: key %s is taken", row[0], id.Key)
				}
				byType[want][id.Key] = true
			}
			asked := map[catalog.Key]bool{}
			ask := map[string]int{}
			refused := map[string]int{}
			var leaks []string
			readRecording(t, shop.recording, func(r record) {
				id := identify(r.URL)
				switch {
				case id.Rule != "":
					refused[r.Class]++
					if r.Class == "product" || r.Class == "category" {
						t.Errorf("%s %s is refused: %s", r.Class, r.URL, id.Rule)
					}
				case r.URL == "/order/": // the legal notice of EC-CUBE 2, not the checkout its name suggests
				case !asked[id.Key]:
					asked[id.Key] = true
					ask[r.Class]++
					if strings.HasPrefix(r.Class, "trap-") {
						leaks = append(leaks, r.Class+" "+r.URL+" → "+string(id.Key))
					}
				}
				if id.Type == catalog.ProductP && !byType[catalog.ProductP][id.Key] && r.Status == 200 {
					t.Errorf("%s is product %s, which the shop does not have", r.URL, id.Key)
				}
			})
			t.Logf("%d products, %d categories; pages to ask by class: %s; refused: %s",
				len(byType[catalog.ProductP]), len(byType[catalog.Category]), fmt.Sprint(ask), fmt.Sprint(refused))
			for _, l := range leaks {
				t.Errorf("would ask a trap: %s", l)
			}
		})
	}
}
