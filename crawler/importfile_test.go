package crawler_test

import (
	"bytes"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/demoshop"
	"replatform/crawler/fetch"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
	"replatform/crawler/sources"
)

// importShop is a project with the old demo shop crawled, and what imports need.
type importShop struct {
	project  *inventory.Project
	reg      *platform.Registry
	products []string // addresses
	hidden   string   // answers 404, the product file knows it
}

func newImportShop(t *testing.T) *importShop {
	t.Helper()
	o := demoshop.Options{Scheme: "http", Goods: 40}
	shop := demoshop.Old(o)
	server := httptest.NewServer(demoshop.Mux(shop))
	t.Cleanup(server.Close)
	connect := map[string]string{}
	for _, h := range shop.Hosts() {
		connect[h] = server.Listener.Addr().String()
	}
	project, _ := crawlShop(t, shop.StartURL(), crawler.Config{Fetch: fetch.Options{ConnectTo: connect}})
	reg, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := &importShop{project: project, reg: reg}
	for _, p := range demoshop.Truth(o) {
		switch p.Kind {
		case demoshop.KindProduct:
			s.products = append(s.products, p.OldURL)
		case demoshop.KindHidden:
			s.hidden = p.OldURL
		}
	}
	return s
}

func (s *importShop) read(t *testing.T, name, data string, o crawler.ImportOptions) (crawler.Imported, error) {
	t.Helper()
	return crawler.ImportFile(t.Context(), name, bytes.NewReader([]byte(data)), o, s.project, s.reg)
}

func (s *importShop) pages(t *testing.T) map[string]inventory.Page {
	t.Helper()
	out := map[string]inventory.Page{}
	err := s.project.Pages(t.Context(), inventory.Filter{Side: catalog.Old}, func(p inventory.Page, _ *catalog.Product) error {
		out[p.URL] = p
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Every spelling of an address counts to its page; tracking goes, sections of a page
// too; other hosts are left out and named.
func TestImportSpellings(t *testing.T) {
	s := newImportShop(t)
	u := s.products[0]
	bare := strings.Replace(u, "http://www.", "https://", 1)
	rows := "Top pages,Clicks,Impressions,CTR,Position\n" +
		u + ",100,1000,10%,1\n" +
		bare + "&utm_source=mail&gclid=1,10,100,10%,1\n" +
		bare + "&gclid=2,1,10,10%,1\n" +
		u + "#reviews,5,50,10%,1\n" +
		strings.Replace(u, "http://", "http://user:pass@", 1) + ",2,20,10%,1\n" +
		"https://blog.example/?pid=1,7,70,10%,1\n" +
		"https://blog.example/?pid=2,1,70,10%,1\n" +
		strings.Replace(u, "www.", "", 1) + "&sort=n,3,30,10%,1\n"
	done, err := s.read(t, "pages.csv", rows, crawler.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if done.Pages != 1 || done.Known != 1 || done.Added != 0 || done.Foreign != 2 {
		t.Errorf("%d pages, %d known, %d added, %d foreign", done.Pages, done.Known, done.Added, done.Foreign)
	}
	if diff := cmp.Diff([]crawler.HostCount{{Host: "blog.example", Count: 2}}, done.ForeignHosts); diff != "" {
		t.Error(diff)
	}
	page := s.pages(t)[u]
	totals, err := s.project.WorthTotals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := totals[page.Key].Clicks; got != 121 {
		t.Errorf("%g clicks on the page, want 121", got)
	}
	var named []string
	for _, sp := range page.Spellings {
		if strings.Contains(sp, "utm_") || strings.Contains(sp, "gclid") || strings.Contains(sp, "#") || strings.Contains(sp, "user") {
			t.Errorf("the spelling %q was kept", sp)
		}
		if sp == bare || strings.HasSuffix(sp, "&sort=n") {
			named = append(named, sp)
		}
	}
	if len(named) != 2 {
		t.Errorf("spellings %v", page.Spellings)
	}
	if s := done.Figures; s.By[inventory.StandsAnswers].Clicks != 121 || s.Foreign.Clicks != 8 || s.Total().Clicks != 129 {
		t.Errorf("shares %+v", s)
	}
}

// A host that the owner names belongs to the shop from then on.
func TestImportHost(t *testing.T) {
	s := newImportShop(t)
	file := "old_url,clicks\nhttps://shop.old-name.example/?pid=" + s.products[0][strings.Index(s.products[0], "pid=")+4:] + ",9\n"
	done, err := s.read(t, "a.csv", file, crawler.ImportOptions{})
	if err != nil || done.Foreign != 1 {
		t.Fatalf("%d foreign, %v", done.Foreign, err)
	}
	for range 2 {
		done, err = s.read(t, "a.csv", file, crawler.ImportOptions{Hosts: []string{"shop.old-name.example"}})
		if err != nil || done.Foreign != 0 || done.Known != 1 {
			t.Fatalf("%d foreign, %d known, %v", done.Foreign, done.Known, err)
		}
	}
	if done, err = s.read(t, "a.csv", file, crawler.ImportOptions{}); err != nil || done.Foreign != 0 {
		t.Errorf("the host was not kept: %d foreign, %v", done.Foreign, err)
	}
}

// A product that is hidden by now is no page; once another file names its address, the
// product file says what was there.
func TestImportHiddenProduct(t *testing.T) {
	s := newImportShop(t)
	csv := string(demoshop.OldCSV(demoshop.Options{Scheme: "http", Goods: 40}))
	if _, err := s.read(t, "product.csv", csv, crawler.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.pages(t)[s.hidden]; ok {
		t.Fatal("a hidden product became a page")
	}
	if _, err := s.read(t, "list.txt", s.hidden+"\n", crawler.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.read(t, "product.csv", csv, crawler.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	page, ok := s.pages(t)[s.hidden]
	if !ok || page.Title == "" || page.State != inventory.Queued {
		t.Errorf("the hidden product: %+v", page)
	}
	if diff := cmp.Diff([]string{"csv", "list"}, page.Sources); diff != "" {
		t.Error(diff)
	}
}

// Periods that overlap are said; a file of another platform, and one that cannot be
// read, leave the project as it was.
func TestImportRefusals(t *testing.T) {
	s := newImportShop(t)
	row := "Top pages,Clicks,Impressions,CTR,Position\n" + s.products[0] + ",100,1000,10%,1\n"
	with := func(period string) crawler.ImportOptions {
		return crawler.ImportOptions{Options: sources.Options{Period: period}}
	}
	if _, err := s.read(t, "a.csv", row, with("2026-08-01/2026-10-31")); err != nil {
		t.Fatal(err)
	}
	done, err := s.read(t, "b.csv", row+s.products[1]+",1,1,1%,1\n", with("2026-10-01/2026-11-30"))
	if err != nil {
		t.Fatal(err)
	}
	want := []crawler.Overlap{{Source: "search-console", Period: "2026-10-01/2026-11-30", Stored: "2026-08-01/2026-10-31", Name: "a.csv"}}
	if diff := cmp.Diff(want, done.Overlaps); diff != "" {
		t.Error(diff)
	}
	before, err := s.project.WorthShares(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		data string
		o    crawler.ImportOptions
		is   error
	}{
		"other platform": {"Handle,Title,Variant SKU\ncup,Cup,1\n", crawler.ImportOptions{}, crawler.ErrOtherPlatform},
		"unknown":        {"name,colour\ncup,blue\n", crawler.ImportOptions{}, sources.ErrHeader},
		"strict":         {row + "nothing,1,1,1,1\n", crawler.ImportOptions{Options: sources.Options{Strict: true}}, sources.ErrRow},
	} {
		if _, err := s.read(t, "c.csv", tt.data, tt.o); !errors.Is(err, tt.is) {
			t.Errorf("%s: %v", name, err)
		}
	}
	after, err := s.project.WorthShares(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("refused files changed the project:\n%s", diff)
	}
	empty, err := inventory.Open(t.Context(), t.TempDir()+"/empty.replatform", inventory.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer empty.Close()
	if _, err := crawler.ImportFile(t.Context(), "a.csv", strings.NewReader(row), crawler.ImportOptions{}, empty, s.reg); !errors.Is(err, inventory.ErrNoShop) {
		t.Errorf("without a crawl: %v", err)
	}
}
