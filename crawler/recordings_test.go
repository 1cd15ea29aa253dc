package crawler_test

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/fetch"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
)

// TestRecordings crawls every recorded shop and prints, for each, how many products
// of its truth list the inventory holds, once and under one key. A product counts as
// reachable when the recording has its page.
func TestRecordings(t *testing.T) {
	shops := filepath.Join(sharedFolder(t), "shops")
	truths, err := filepath.Glob(filepath.Join(shops, "*.truth.csv"))
	if err != nil || len(truths) == 0 {
		t.Fatalf("no truth lists in %s: %v", shops, err)
	}
	replay := buildReplay(t, shops)
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "shop\tplatform\tproducts\tfound\tonce\textra\tcategories\tfound\trequests\ttraps\tunknown\t")
	for _, truth := range truths {
		name := strings.TrimSuffix(filepath.Base(truth), ".truth.csv")
		t.Run(name, func(t *testing.T) {
			addr := startReplay(t, replay, filepath.Join(shops, name+".jsonl.zst"))
			project, shop := crawlShop(t, "http://"+addr+"/", crawler.Config{})
			r := compareWithTruth(t, project, truth, addr)
			stats := replayStats(t, addr)
			fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", name, shop.Platform, r.products, r.found, r.once, r.extra,
				r.categories, r.categoriesFound, stats.Requests, stats.traps(), stats.Unknown)
			// What cannot be spared: products, listings, and thirty to find out how the shop works.
			if limit := r.products + r.categories + 30; stats.Requests > limit {
				t.Errorf("%d requests, want at most %d", stats.Requests, limit)
			}
			for _, miss := range r.misses {
				t.Error(miss)
			}
		})
	}
	w.Flush()
	t.Log("\n" + table.String())
}

type comparison struct {
	products, found, once, extra int
	categories, categoriesFound  int
	misses                       []string
}

// compareWithTruth looks for every product and category of the list in the inventory.
func compareWithTruth(t *testing.T, project *inventory.Project, truth, addr string) comparison {
	t.Helper()
	f, err := os.Open(truth)
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
	type entry struct {
		key catalog.Key
		typ catalog.PageType
	}
	bySpelling := map[string][]entry{}
	products := 0
	err = project.Pages(t.Context(), inventory.Filter{Side: catalog.Old}, func(p inventory.Page, _ *catalog.Product) error {
		if p.State != inventory.Done || p.Status != http.StatusOK {
			return nil
		}
		if p.Type == catalog.ProductP {
			products++
		}
		for _, s := range p.Spellings {
			bySpelling[s] = append(bySpelling[s], entry{key: p.Key, typ: p.Type})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var r comparison
	matched := map[catalog.Key]bool{}
	for _, row := range rows[1:] {
		u := rebase(t, row[column["url"]], addr)
		hits := bySpelling[u]
		if i, ok := column["alt_url"]; ok && len(hits) == 0 && row[i] != "" {
			hits = bySpelling[rebase(t, row[i], addr)]
		}
		typ := catalog.PageType(row[column["type"]])
		ok := len(hits) == 1 && hits[0].typ == typ
		switch typ {
		case catalog.ProductP:
			r.products++
			if len(hits) > 0 {
				r.found++
			}
			if ok {
				r.once++
				matched[hits[0].key] = true
			} else {
				r.misses = append(r.misses, fmt.Sprintf("product %s %s: %d pages in the inventory (%v)", row[column["id"]], u, len(hits), hits))
			}
		case catalog.Category:
			r.categories++
			if len(hits) > 0 {
				r.categoriesFound++
			}
		}
	}
	r.extra = products - len(matched)
	if r.extra > 0 {
		r.misses = append(r.misses, fmt.Sprintf("%d pages taken for products are none of the list", r.extra))
	}
	return r
}

// crawlShop crawls into a fresh project without limits on the pace.
func crawlShop(t *testing.T, startURL string, cfg crawler.Config) (*inventory.Project, inventory.Shop) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	reg, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	cfg.StartURL, cfg.Registry = startURL, reg
	if cfg.Fetch.Concurrency == 0 {
		cfg.Fetch.Concurrency = 8
	}
	cfg.Fetch.Timeout = fetch.DefaultTimeout
	start, err := crawler.Probe(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	project, err := inventory.Open(ctx, filepath.Join(t.TempDir(), "shop.replatform"), inventory.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { project.Close() })
	sum, err := crawler.Crawl(ctx, start, project, catalog.Old)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Stopped != "" {
		t.Fatalf("crawl stopped: %s", sum.Stopped)
	}
	shop, err := project.Shop(ctx, catalog.Old)
	if err != nil {
		t.Fatal(err)
	}
	return project, shop
}

func rebase(t *testing.T, raw, addr string) string {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	u.Scheme, u.Host = "http", addr
	return u.String()
}

// buildReplay builds the server that plays recordings back.
func buildReplay(t *testing.T, shops string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "replay")
	cmd := exec.Command("go", "build", "-o", bin, ".")
	cmd.Dir = filepath.Join(shops, "replay")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the replay server: %v\n%s", err, out)
	}
	return bin
}

// startReplay serves a recording and returns its address.
func startReplay(t *testing.T, bin, recording string) string {
	t.Helper()
	cmd := exec.Command(bin, "-addr", "127.0.0.1:0", recording)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		for _, word := range strings.Fields(lines.Text()) {
			word = strings.TrimSuffix(strings.TrimPrefix(word, "http://"), "/")
			if strings.HasPrefix(word, "127.0.0.1:") && !strings.HasSuffix(word, ":0") {
				go func() {
					for lines.Scan() { // keep the pipe empty
					}
				}()
				return strings.TrimRight(word, ".,;")
			}
		}
	}
	t.Fatalf("the replay server did not say its address: %v", lines.Err())
	return ""
}

// stats is what the replay server counted, by class of page.
type stats struct {
	Requests int `json:"requests"`
	Unknown  int `json:"unknown_requests"`
	ByClass  map[string]struct {
		Requests int `json:"requests"`
	} `json:"by_class"`
	UnknownFirst []string `json:"unknown_examples"`
}

func replayStats(t *testing.T, addr string) stats {
	t.Helper()
	resp, err := http.Get("http://" + addr + "/__replay/stats")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var s stats
	if err := json.NewDecoder(resp.Body).Decode(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

// traps is how many requests went to pages that a crawler should leave alone.
func (s stats) traps() int {
	n := 0
	for name, c := range s.ByClass {
		if strings.HasPrefix(name, "trap-") {
			n += c.Requests
		}
	}
	return n
}

// sharedFolder finds the folder of shared test data beside the repository, or where
// REPLATFORM_SHARED says; without it the test is skipped.
func sharedFolder(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("REPLATFORM_SHARED"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		shared := filepath.Join(dir, "shared")
		if info, err := os.Stat(filepath.Join(shared, "shops")); err == nil && info.IsDir() {
			return shared
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Skip("the shared test data (shared/ beside the repository) is not here")
		}
		dir = parent
	}
}
