package inventory

import (
	"net/http"
	"testing"
	"time"

	"replatform/crawler/catalog"
)

// TestDiscoveryAfterVisitInOneBatch: a page that is visited and, later in the same
// batch, seen again at a smaller depth keeps what the visit said.
func TestDiscoveryAfterVisitInOneBatch(t *testing.T) {
	p := newProject(t)
	ctx := t.Context()
	key := catalog.MakeKey("colorme", catalog.Category, "12-0")
	other := catalog.MakeKey("colorme", catalog.Category, "13-0")
	url := "http://shop.example/?mode=cate&cbid=12&csid=0"
	if _, err := p.Discover(ctx, catalog.Old, []Discovery{
		{Key: key, Type: catalog.Category, URL: url, Source: "link", Depth: 5},
		{Key: other, Type: catalog.Category, URL: "http://shop.example/?mode=cate&cbid=13&csid=0", Source: "link", Depth: 0},
	}); err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC()
	err := p.SaveVisits(ctx, catalog.Old, []Visit{
		{Key: key, Type: catalog.Category, URL: url, State: Done, Status: http.StatusOK, Title: "お茶", FetchedAt: now},
		{Key: other, Type: catalog.Category, State: Done, Status: http.StatusOK, Title: "菓子", FetchedAt: now,
			Found: []Discovery{{Key: key, Type: catalog.Category, URL: url, Source: "link", Depth: 1}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	page, _, err := p.PageByKey(ctx, catalog.Old, key)
	if err != nil {
		t.Fatal(err)
	}
	if page.Title != "お茶" || page.Depth != 1 {
		t.Errorf("title %q, depth %d; want お茶 at depth 1", page.Title, page.Depth)
	}
}
