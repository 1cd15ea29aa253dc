package workaround

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"replatform/crawler/catalog"
	"replatform/crawler/demoshop"
	"replatform/planner/internal/browsertest"
)

// TestDemoShopInBrowser pastes the snippets into the built-in old shop, whose
// templates are evaluated by a Smarty of its own, and follows its pages to the
// built-in new shop.
func TestDemoShopInBrowser(t *testing.T) {
	types := map[demoshop.Kind]catalog.PageType{
		demoshop.KindHome: catalog.Home, demoshop.KindCategory: catalog.Category, demoshop.KindCategoryDropped: catalog.Category,
		demoshop.KindPage: catalog.Page, demoshop.KindPageDropped: catalog.Page,
	}
	var rows []Row
	for _, p := range demoshop.Truth(demoshop.Options{}) {
		u, err := url.Parse(p.OldURL)
		if err != nil {
			t.Fatal(err)
		}
		r := Row{OldURL: p.OldURL, OldID: u.Query().Get("pid"), NewURL: p.NewURL, Type: catalog.ProductP}
		if kind, ok := types[p.Kind]; ok {
			r.Type = kind
		}
		if p.Kind == demoshop.KindHidden || p.Kind == demoshop.KindMembers {
			continue // their pages do not show the template
		}
		rows = append(rows, r)
	}
	newHome := demoshop.New(demoshop.Options{}).StartURL()
	for _, tt := range []struct {
		name  string
		mode  string
		limit int
		files []string // templates that get a snippet
	}{
		{"map files", "shards", 20000, []string{"index", "product"}},
		{"chain in the product template", "chain", 100000, []string{"product"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := colormeInput(0)
			in.Rows, in.Complete, in.NewHome, in.NewSearch, in.NewCart = rows, true, newHome, "", ""
			in.Source.TemplateLimit = tt.limit
			files := memory{}
			all, err := Generate(t.Context(), in, files)
			if err != nil {
				t.Fatal(err)
			}
			if all[0].Mode != tt.mode {
				t.Fatalf("mode %s", all[0].Mode)
			}
			o := demoshop.Options{Snippets: map[string]string{}}
			for _, f := range tt.files {
				o.Snippets[f] = string(files["colorme-smarty/"+f+".html"])
			}
			old, next := demoshop.Old(o), demoshop.New(demoshop.Options{})
			hosts := map[string]http.Handler{host(mapHost): files}
			for _, s := range []*demoshop.Shop{old, next} {
				for _, h := range s.Hosts() {
					hosts[h] = s
				}
			}
			b := browsertest.Open(t, hosts)
			visited, kept := 0, 0
			for _, kind := range []catalog.PageType{catalog.ProductP, catalog.Category, catalog.Page, catalog.Home} {
				if kind != catalog.ProductP && len(tt.files) == 1 {
					continue
				}
				for _, r := range some(rows, kind, 40) {
					if r.NewURL == "" {
						if kept++; kept > 8 {
							continue
						}
						if got := b.Stays(r.OldURL); got != r.OldURL {
							t.Errorf("%s has no counterpart and leads to %s", r.OldURL, got)
						}
						if text := b.Text("document.body.innerText"); strings.Contains(text, "template error") {
							t.Fatalf("the snippet is not understood: %.200s", text)
						}
						continue
					}
					b.Visit(r.OldURL)
					if !b.Arrive(r.NewURL) {
						t.Fatalf("%s ends on %s, want %s", r.OldURL, b.Location(), r.NewURL)
					}
					visited++
				}
			}
			t.Logf("%d old pages end on their new page, %d without counterpart stay", visited, min(kept, 8))
		})
	}
}
