package inventory

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
)

// newProject makes an empty project in a folder of its own.
func newProject(t testing.TB) *Project {
	t.Helper()
	return openProject(t, filepath.Join(t.TempDir(), "shop.replatform"))
}

func openProject(t testing.TB, path string) *Project {
	t.Helper()
	p, err := Open(t.Context(), path, Options{Create: true, BusyTimeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t testing.TB, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// started is a project with an old shop whose crawl has begun.
func started(t testing.TB) *Project {
	t.Helper()
	p := newProject(t)
	check(t, p.StartCrawl(t.Context(), Shop{Side: catalog.Old, StartURL: "https://shop.example/"}))
	return p
}

func product(id int) catalog.Key {
	return catalog.MakeKey("colorme", catalog.ProductP, fmt.Sprint(id))
}

func productURL(id int) string { return fmt.Sprintf("https://shop.example/?pid=%d", id) }

// sighting of product id by a link.
func sighting(id int) Discovery {
	return Discovery{Key: product(id), Type: catalog.ProductP, URL: productURL(id), Source: "link", Depth: 2, Priority: 20}
}

// visit of product id that found it alive.
func visitOf(id int) Visit {
	return Visit{Key: product(id), Type: catalog.ProductP, URL: productURL(id), State: Done, Status: 200,
		Title: fmt.Sprintf("品 %d", id), FetchedAt: time.Date(2026, 11, 5, 9, 0, 0, 0, time.UTC)}
}

func discover(t testing.TB, p *Project, found ...Discovery) int {
	t.Helper()
	n, err := p.Discover(t.Context(), catalog.Old, found)
	check(t, err)
	return n
}

func save(t testing.TB, p *Project, visits ...Visit) {
	t.Helper()
	check(t, p.SaveVisits(t.Context(), catalog.Old, visits))
}

type listed struct {
	Page    Page
	Product *catalog.Product
}

func pages(t testing.TB, p *Project, f Filter) []listed {
	t.Helper()
	if f.Side == "" {
		f.Side = catalog.Old
	}
	var out []listed
	check(t, p.Pages(t.Context(), f, func(page Page, product *catalog.Product) error {
		out = append(out, listed{page, product})
		return nil
	}))
	return out
}

func keys(list []listed) []catalog.Key {
	out := make([]catalog.Key, 0, len(list))
	for _, l := range list {
		out = append(out, l.Page.Key)
	}
	return out
}

// onlyPage is the page with this key.
func onlyPage(t testing.TB, p *Project, key catalog.Key) Page {
	t.Helper()
	page, _, err := p.PageByKey(t.Context(), catalog.Old, key)
	check(t, err)
	return page
}

// intact asks SQLite whether the file is whole.
func intact(t testing.TB, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", dsn(path, "rw", time.Second))
	check(t, err)
	defer db.Close()
	for _, pragma := range []string{"integrity_check", "foreign_key_check"} {
		rows, err := db.QueryContext(context.Background(), "PRAGMA "+pragma)
		check(t, err)
		for rows.Next() {
			cols, err := rows.Columns()
			check(t, err)
			vals := make([]any, len(cols))
			for i := range vals {
				vals[i] = new(any)
			}
			check(t, rows.Scan(vals...))
			if first, _ := (*vals[0].(*any)).(string); pragma == "integrity_check" && first == "ok" {
				continue
			}
			t.Errorf("%s: %v", pragma, *vals[0].(*any))
		}
		check(t, rows.Err())
		check(t, rows.Close())
	}
}
