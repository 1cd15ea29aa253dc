package planner

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner/match"
)

// A page that is gone in the old shop is left alone, unless people or other sites still
// lead there: then it goes where its pair says, or a person is asked.
func TestTreatGonePages(t *testing.T) {
	const target = "https://new.example/products/cup"
	urlOf := func(k catalog.Key) string {
		if k == "" {
			return ""
		}
		return target
	}
	for name, tt := range map[string]struct {
		status int
		worth  inventory.Worth
		match  inventory.Match
		paired bool
		action string
		url    string
	}{
		"worth nothing":           {status: 404, action: ActionIgnore},
		"impressions alone":       {status: 404, worth: inventory.Worth{Impressions: 900}, action: ActionIgnore},
		"clicks, no pair":         {status: 404, worth: inventory.Worth{Clicks: 3}, action: ActionAsk},
		"links, no pair, 410":     {status: 410, worth: inventory.Worth{LinkingSites: 1}, action: ActionAsk},
		"clicks and a sure pair":  {status: 404, worth: inventory.Worth{Clicks: 3}, match: inventory.Match{New: "new"}, paired: true, action: ActionRedirect, url: target},
		"clicks, pair to review":  {status: 404, worth: inventory.Worth{Clicks: 3}, match: inventory.Match{New: "new", NeedsReview: true}, paired: true, action: ActionAsk, url: target},
		"clicks, decided as gone": {status: 404, worth: inventory.Worth{Clicks: 3}, match: inventory.Match{Decision: inventory.Gone}, paired: true, action: ActionGone},
		"clicks, target picked":   {status: 404, worth: inventory.Worth{Clicks: 3}, match: inventory.Match{Decision: inventory.Pick, DecidedNew: "new"}, paired: true, action: ActionRedirect, url: target},
	} {
		t.Run(name, func(t *testing.T) {
			page := inventory.Page{Type: catalog.ProductP, State: inventory.Done, Status: tt.status}
			got := treat(page, tt.match, tt.paired, true, Visited(tt.worth), "https://new.example/", urlOf)
			if got.action != tt.action || got.newURL != tt.url {
				t.Errorf("%s to %q, want %s to %q", got.action, got.newURL, tt.action, tt.url)
			}
			if got.reason.EN == "" && tt.action == ActionAsk {
				t.Error("no reason")
			}
		})
	}
}

// Pages that are gone but still visited are paired as others are; without a
// counterpart a person has to look.
func TestMatchGonePages(t *testing.T) {
	project, err := inventory.Open(t.Context(), filepath.Join(t.TempDir(), "shop.replatform"), inventory.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer project.Close()
	key := func(platform, id string) catalog.Key { return catalog.MakeKey(platform, catalog.ProductP, id) }
	page := func(k catalog.Key, url string, status int, name, sku string) inventory.Visit {
		v := inventory.Visit{Key: k, Type: catalog.ProductP, URL: url, State: inventory.Done, Status: status, Title: name}
		if name != "" {
			v.Product = &catalog.Product{Name: name, SKU: sku, Price: catalog.Price{Amount: "900", Currency: "JPY"}}
		}
		return v
	}
	for _, step := range []error{
		project.StartCrawl(t.Context(), inventory.Shop{Side: catalog.Old, StartURL: "https://old.example/"}),
		project.StartCrawl(t.Context(), inventory.Shop{Side: catalog.New, StartURL: "https://new.example/"}),
		project.SaveVisits(t.Context(), catalog.Old, []inventory.Visit{
			page(key("colorme", "1"), "https://old.example/?pid=1", 200, "青い茶碗", "YH-1"),
			page(key("colorme", "2"), "https://old.example/?pid=2", 404, "", ""),
			page(key("colorme", "3"), "https://old.example/?pid=3", 404, "", ""),
		}),
		project.SaveVisits(t.Context(), catalog.New, []inventory.Visit{page(key("shopify", "cup"), "https://new.example/products/cup", 200, "青い茶碗", "YH-1")}),
		project.AddWorth(t.Context(), []inventory.Worth{{Key: key("colorme", "2"), Source: "logs", Sessions: 4}, {Key: key("colorme", "3"), Source: "search-console", Impressions: 4}}),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	if _, err := MatchShops(t.Context(), project, match.Options{}); err != nil {
		t.Fatal(err)
	}
	review := map[catalog.Key]bool{}
	err = project.Matches(t.Context(), func(m inventory.Match) error {
		review[m.Old] = m.NeedsReview
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[catalog.Key]bool{key("colorme", "1"): false, key("colorme", "2"): true}, review); diff != "" {
		t.Errorf("pairs and whether they need review (-want +got):\n%s", diff)
	}
}

// What a person decided holds for pages of every type, and for those that are gone.
func TestTreatDecidedPages(t *testing.T) {
	const home, target = "https://new.example/", "https://new.example/pages/look"
	urlOf := func(k catalog.Key) string { return map[catalog.Key]string{"look": target}[k] }
	words := map[string]struct {
		match  inventory.Match
		action string
		status int
		url    string
		reason string // English
	}{
		"pick":             {inventory.Match{Decision: inventory.Pick, DecidedNew: "look"}, ActionRedirect, 301, target, reasonPicked.EN},
		"pick of another":  {inventory.Match{Decision: inventory.Pick, DecidedNew: "look", Proposed: "other", Reason: "same name"}, ActionRedirect, 301, target, reasonPicked.EN},
		"accept":           {inventory.Match{Decision: inventory.Accept, New: "look", DecidedNew: "look", Reason: "same name"}, ActionRedirect, 301, target, "same name"},
		"gone":             {inventory.Match{Decision: inventory.Gone}, ActionGone, 410, "", reasonGone.EN},
		"ignore":           {inventory.Match{Decision: inventory.Ignore}, ActionIgnore, 0, "", reasonIgnored.EN},
		"pick, page since": {inventory.Match{Decision: inventory.Pick, DecidedNew: "vanished"}, ActionAsk, 0, "", reasonReview.EN},
	}
	pages := []inventory.Page{{Type: catalog.ProductP, Status: 404}, {Type: catalog.ProductP, State: inventory.Skipped}}
	for _, kind := range []catalog.PageType{catalog.Home, catalog.Search, catalog.Cart, catalog.Account, catalog.Feed, catalog.Image, catalog.ProductP, catalog.Category} {
		pages = append(pages, inventory.Page{Type: kind, State: inventory.Done, Status: 200})
	}
	for _, page := range pages {
		for name, want := range words {
			got := treat(page, want.match, true, true, false, home, urlOf)
			if got.action != want.action || got.status != want.status || got.newURL != want.url || got.reason.EN != want.reason {
				t.Errorf("%s, %d, %s: %s %d to %q, %q; want %s %d to %q, %q", page.Type, page.Status, name,
					got.action, got.status, got.newURL, got.reason.EN, want.action, want.status, want.url, want.reason)
			}
		}
	}
	// That a page does not lead to what was proposed says nothing of a cart.
	if got := treat(inventory.Page{Type: catalog.Cart}, inventory.Match{Decision: inventory.Reject}, true, true, false, home, urlOf); got.action != ActionIgnore {
		t.Errorf("a cart with a rejected pair: %s", got.action)
	}
}
