package report

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner"
)

// TestFiguresAreOfTheProject recomputes every number of the summary from what the
// project holds: pages, actions, coverage and worth.
func TestFiguresAreOfTheProject(t *testing.T) {
	for _, s := range testStories() {
		t.Run(s.name, func(t *testing.T) {
			p, project := s.build(t)
			ctx := context.Background()
			type counted struct {
				Total, Pointed, Rows int
				ByAction, Strength   map[string]int
				ByType               map[catalog.PageType]int
				Clicks               float64
				Worth                int
			}
			want := counted{ByAction: map[string]int{}, Strength: map[string]int{}, ByType: map[catalog.PageType]int{}}
			totals, err := project.WorthTotals(ctx)
			if err != nil {
				t.Fatal(err)
			}
			seen := map[catalog.Key]bool{}
			err = project.Plan(ctx, func(r inventory.PlanRow) error {
				want.Rows++
				if seen[r.OldKey] {
					return nil
				}
				seen[r.OldKey] = true
				want.Total++
				want.ByAction[r.Action]++
				want.ByType[r.Type]++
				if w, ok := totals[r.OldKey]; ok {
					want.Worth++
					want.Clicks += w.Clicks
				}
				if r.Action == planner.ActionRedirect || r.Action == planner.ActionGone {
					want.Pointed++
					want.Strength[r.Strength]++
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := JSON(&out, p, Options{}); err != nil {
				t.Fatal(err)
			}
			var f PlanFile
			if err := json.Unmarshal(out.Bytes(), &f); err != nil {
				t.Fatal(err)
			}
			got := counted{Total: f.Pages.Total, Pointed: f.Pages.Pointed, Rows: len(f.Rows), ByAction: f.Pages.ByAction, ByType: f.Pages.ByType,
				Strength: map[string]int{}, Clicks: f.Worth.Clicks, Worth: f.Worth.Pages}
			for _, l := range f.Coverage {
				got.Strength[l.Strength] += l.Pages
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("figures (-project +plan):\n%s", diff)
			}
			counts, err := project.Counts(ctx, catalog.Old)
			if err != nil {
				t.Fatal(err)
			}
			if counts.Pages != f.Pages.Total {
				t.Errorf("the project has %d pages, the plan counts %d", counts.Pages, f.Pages.Total)
			}
			inventoryPages := 0
			for _, of := range f.Pages.ByStatus {
				for _, n := range of {
					inventoryPages += n
				}
			}
			if inventoryPages != counts.Pages {
				t.Errorf("the picture of the inventory shows %d pages, the project has %d", inventoryPages, counts.Pages)
			}
			// And the page prints these numbers.
			for _, lang := range Languages() {
				d, _, err := composeFor(p, lang, "x", Options{})
				if err != nil {
					t.Fatal(err)
				}
				w, err := newWords(lang)
				if err != nil {
					t.Fatal(err)
				}
				cards := map[string]bool{}
				for _, b := range d.Chapters[0].Blocks {
					for _, c := range b.Cards {
						cards[c.Figure+" "+c.Text] = true
					}
				}
				for _, a := range actionOrder() {
					if key := w.n(want.ByAction[a]) + " " + w.or("card."+a, "?"); !cards[key] {
						t.Errorf("%s: the summary has no card %q, only %v", lang, key, cards)
					}
				}
			}
		})
	}
}

// TestLanguagesAgree: both languages have the same chapters, blocks, ids and numbers.
func TestLanguagesAgree(t *testing.T) {
	for _, s := range testStories() {
		p, _ := s.build(t)
		shape := func(lang string) []string {
			d, _, err := composeFor(p, lang, "x", Options{})
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, c := range d.Chapters {
				out = append(out, c.No+" "+c.ID)
				for _, b := range c.Blocks {
					line := string(b.Kind)
					if b.Table != nil {
						line += " " + strings.Repeat("r", len(b.Table.Rows))
					}
					if b.Figure != nil {
						line += " " + strings.Repeat("f", len(b.Figure.Table.Rows))
					}
					for _, it := range b.Items {
						if b.Kind == kindTicks && len(it.Lead) <= 4 {
							line += " " + it.Lead // ids of tasks
						}
					}
					out = append(out, line)
				}
			}
			return out
		}
		if diff := cmp.Diff(shape("ja"), shape("en")); diff != "" {
			t.Errorf("%s (-ja +en):\n%s", s.name, diff)
		}
	}
}
