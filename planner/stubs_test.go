package planner

import (
	"path/filepath"
	"testing"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner/workaround"
)

// TestStubHostGolden holds the stub pages of a small shop against testdata/stub-host,
// which was read in both languages. The rule of TestStories says what is kept of each
// file.
func TestStubHostGolden(t *testing.T) {
	row := func(kind catalog.PageType, old, fresh, title string) inventory.PlanRow {
		return inventory.PlanRow{OldURL: "https://www.tsukiyo.example" + old, NewURL: "https://new-shop.example" + fresh, OldKey: catalog.Key(old), Type: kind,
			OldTitle: title, NewTitle: title, Action: ActionRedirect, Status: 301}
	}
	rows := []inventory.PlanRow{
		row(catalog.Home, "/", "/", "つきよの茶"),
		row(catalog.ProductP, "/?pid=186500101", "/products/sencha-gift", "煎茶ギフト 100g"),
		row(catalog.ProductP, "/?pid=186500102", "/products/yunomi-pair", `湯のみ "夫婦" <二客>`),
		row(catalog.Page, "/about.html", "/pages/about", "会社概要"),
		row(catalog.Page, "/guide/", "/pages/guide", "ご利用案内"),
		row(catalog.Article, "/blog/post", "/blogs/post", "日記"), // no file can stand for it
		{OldURL: "https://www.tsukiyo.example/?pid=186500105", OldKey: "gone", Type: catalog.ProductP, Action: ActionGone, Status: 410},
	}
	files := memorySink{}
	if _, err := StubHost(t.Context(), rows, workaround.Input{NewHome: "https://new-shop.example/", ShopName: text("つきよの茶", "Tsukiyo Tea"), Generated: storyMade}, files); err != nil {
		t.Fatal(err)
	}
	now := map[string]string{}
	for name, data := range files {
		now[name], _ = keptPart(name, data)
	}
	compareFolder(t, filepath.Join("testdata", "stub-host"), now)
}
