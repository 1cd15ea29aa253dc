package planner

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

func TestPriority(t *testing.T) {
	scale := ScaleOf(map[catalog.Key]inventory.Worth{
		"a": {Clicks: 1000, Revenue: 1_000_000, LinkingSites: 40, Sessions: 400},
		"b": {Clicks: 1, Revenue: 100, LinkingSites: 1, Sessions: 1},
	})
	tests := []struct {
		name   string
		worth  inventory.Worth
		kind   catalog.PageType
		status int
		scale  WorthScale
		level  string
		en     string
	}{
		{name: "nothing imported", worth: inventory.Worth{}, kind: catalog.ProductP, status: 200, level: "", en: "no file has been read yet that tells what pages are worth"},
		{name: "most clicks", worth: inventory.Worth{Clicks: 1000}, kind: catalog.ProductP, status: 200, scale: scale, level: P0, en: "among the largest of the shop: clicks from search"},
		{name: "just at the middle of the scale", worth: inventory.Worth{Clicks: 32}, kind: catalog.ProductP, status: 200, scale: scale, level: P0, en: "among the largest of the shop: clicks from search"},
		{name: "just below it", worth: inventory.Worth{Clicks: 31}, kind: catalog.ProductP, status: 200, scale: scale, level: P1, en: "has clicks from search"},
		{name: "money and links", worth: inventory.Worth{Revenue: 10_000, LinkingSites: 20, Clicks: 2}, kind: catalog.ProductP, status: 200, scale: scale, level: P0, en: "among the largest of the shop: revenue, linking sites"},
		{name: "top of one measure is enough", worth: inventory.Worth{Revenue: 100, Sessions: 300}, kind: catalog.Article, status: 200, scale: scale, level: P0, en: "among the largest of the shop: visits"},
		{name: "one link", worth: inventory.Worth{LinkingSites: 1}, kind: catalog.Other, status: 200, scale: scale, level: P1, en: "has linking sites"},
		{name: "dead, but linked to", worth: inventory.Worth{LinkingSites: 2}, kind: catalog.ProductP, status: 404, scale: scale, level: P1, en: "has linking sites"},
		{name: "shown, never clicked", worth: inventory.Worth{Impressions: 9}, kind: catalog.Search, status: 200, scale: scale, level: P2, en: "is shown in search results, but not clicked"},
		{name: "no file names it", kind: catalog.Category, status: 200, scale: scale, level: P2, en: "no visit is known, but it can be found"},
		{name: "never answered", kind: catalog.ProductP, status: 0, scale: scale, level: P2, en: "no visit is known, but it can be found"},
		{name: "dead", kind: catalog.ProductP, status: 404, scale: scale, level: P3, en: "answers no page of its own in the old shop"},
		{name: "cart", kind: catalog.Cart, status: 200, scale: scale, level: P3, en: "a page for use within the shop"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			level, reason := Priority(tt.worth, tt.kind, tt.status, tt.scale)
			if level != tt.level || reason.EN != tt.en || reason.JA == "" {
				t.Errorf("%q, %q, %q; want %q, %q", level, reason.EN, reason.JA, tt.level, tt.en)
			}
		})
	}
}

// The same shop in another currency has the same priorities.
func TestPriorityHasNoUnit(t *testing.T) {
	revenues := []float64{3, 40, 55, 700, 12_000}
	levels := func(rate float64) (out []string) {
		worth := map[catalog.Key]inventory.Worth{}
		for i, r := range revenues {
			worth[catalog.Key(rune('a'+i))] = inventory.Worth{Revenue: r * rate}
		}
		for _, r := range revenues {
			level, _ := Priority(inventory.Worth{Revenue: r * rate}, catalog.ProductP, 200, ScaleOf(worth))
			out = append(out, level)
		}
		return out
	}
	want := []string{P1, P1, P1, P0, P0}
	for _, rate := range []float64{1, 157, 0.0064} {
		if diff := cmp.Diff(want, levels(rate)); diff != "" {
			t.Errorf("at %v:\n%s", rate, diff)
		}
	}
}

func TestPrioritise(t *testing.T) {
	row := func(key catalog.Key, url string, kind catalog.PageType) inventory.PlanRow {
		return inventory.PlanRow{OldKey: key, OldURL: url, Type: kind}
	}
	plan := &Plan{
		Rows: []inventory.PlanRow{
			row("cart", "/cart", catalog.Cart), row("quiet", "/?pid=1", catalog.ProductP), row("small", "/?pid=2", catalog.ProductP),
			row("big", "/?pid=3", catalog.ProductP), row("big", "/?mode=f&pid=3", catalog.ProductP), row("bigger", "/?pid=4", catalog.ProductP),
		},
		worth: map[catalog.Key]inventory.Worth{"small": {Clicks: 2}, "big": {Clicks: 700}, "bigger": {Clicks: 900}, "elsewhere": {Clicks: 1}},
	}
	b := &builder{plan: plan}
	b.prioritise(nil)
	if err := b.count(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got [][2]string
	for _, r := range plan.Rows {
		got = append(got, [2]string{r.Priority, r.OldURL})
	}
	want := [][2]string{{P0, "/?pid=4"}, {P0, "/?pid=3"}, {P0, "/?mode=f&pid=3"}, {P1, "/?pid=2"}, {P2, "/?pid=1"}, {P3, "/cart"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	lines := []PriorityLine{{P0, 2, Value{Clicks: 1600}}, {P1, 1, Value{Clicks: 2}}, {P2, 1, Value{}}, {P3, 1, Value{}}}
	if diff := cmp.Diff(lines, plan.Priorities); diff != "" {
		t.Error(diff)
	}
	// Clicks of a page that the plan does not hold are none of the plan's.
	for share, pages := range map[float64]int{0.5: 1, 0.9: 2, 0.999: 3, 1: 3} {
		if got := plan.Carrying(share); len(got) != pages {
			t.Errorf("%v of the clicks are carried by %d pages, want %d: %v", share, len(got), pages, got)
		}
	}
}
