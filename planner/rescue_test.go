package planner

import (
	"testing"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
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
