package inventory

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"replatform/crawler/catalog"
)

// freshShop stores a new shop of two linked products and a category.
func freshShop(t *testing.T, p *Project, name string) {
	t.Helper()
	ctx := t.Context()
	check(t, p.StartCrawl(ctx, Shop{Side: catalog.New, StartURL: "https://new.example/"}))
	at := func(id int) Visit {
		v := visitOf(id)
		v.URL, v.Title = fmt.Sprintf("https://new.example/%s/%d", name, id), name
		v.Product = &catalog.Product{Name: name, Variants: []catalog.Variant{{Title: "S"}}, Images: []string{v.URL + ".jpg"}}
		return v
	}
	one, two := at(1), at(2)
	_, err := p.Discover(ctx, catalog.New, []Discovery{{Key: two.Key, Type: two.Type, URL: two.URL, Source: "feed", Categories: []catalog.Key{"x category all"}}})
	check(t, err)
	one.Links = []catalog.Key{product(2)}
	one.Findings = []Finding{{Code: "soft-404", URL: one.URL}}
	check(t, p.SaveVisits(ctx, catalog.New, []Visit{one, two}))
}

// freshRows lists everything that was read of the new shop, pages by their addresses.
func freshRows(t *testing.T, p *Project) []string {
	t.Helper()
	var out []string
	for _, query := range []string{
		`SELECT 'shop', start_url FROM shop WHERE side = 'new'`,
		`SELECT 'page', url || title FROM page WHERE side = 'new'`,
		`SELECT 'spelling', s.url || ' of ' || p.url FROM spelling s JOIN page p ON p.id = s.page WHERE s.side = 'new'`,
		`SELECT 'product', q.name || ' of ' || p.url FROM product q JOIN page p ON p.id = q.page WHERE p.side = 'new'`,
		`SELECT 'variant', v.title || ' of ' || p.url FROM variant v JOIN page p ON p.id = v.page WHERE p.side = 'new'`,
		`SELECT 'link', f.url || ' to ' || t.url FROM link l JOIN page f ON f.id = l.from_page JOIN page t ON t.id = l.to_page WHERE f.side = 'new'`,
		`SELECT 'membership', category || product FROM membership WHERE side = 'new'`,
		`SELECT 'finding', url FROM finding WHERE side = 'new'`,
	} {
		check(t, each(t.Context(), p.reader, query+" ORDER BY 2", nil, func(rows *sql.Rows) error {
			var what, text string
			err := rows.Scan(&what, &text)
			out = append(out, what+" "+text)
			return err
		}))
	}
	return out
}

// TestTakeSide: what stands on the stage takes the place of the earlier reading, all of it
// at once; decisions and the old shop stay.
func TestTakeSide(t *testing.T) {
	p := started(t)
	ctx := t.Context()
	one := visitOf(1)
	one.Found, one.Links = []Discovery{sighting(2)}, []catalog.Key{product(2)}
	save(t, p, one)
	freshShop(t, p, "earlier")
	check(t, p.SaveMatches(ctx, []Match{{Old: product(1), New: product(1), Class: Exact, Confidence: 1}}))
	check(t, p.Decide(ctx, Decision{Old: product(1), Verdict: Accept, By: "owner"}))
	earlier := freshRows(t, p)

	if _, err := p.Staged(ctx, catalog.New); !errors.Is(err, ErrNoShop) {
		t.Fatalf("without a stage: %v", err)
	}
	stage, err := p.Stage(ctx, catalog.New)
	check(t, err)
	if err := p.TakeSide(ctx, stage, catalog.New); !errors.Is(err, ErrNoShop) {
		t.Fatalf("an empty stage: %v", err)
	}
	freshShop(t, stage, "later")
	_, err = stage.Discover(ctx, catalog.New, []Discovery{{Key: product(3), Type: catalog.ProductP, URL: "https://new.example/later/3", Source: "link", Priority: HeldPriority}})
	check(t, err)
	_, err = stage.Next(ctx, catalog.New, 10, nil)
	check(t, err)
	check(t, stage.Held(ctx, catalog.New, false, func(held Page) error {
		return stage.SetPriority(ctx, catalog.New, []int64{held.ID}, ParkedPriority)
	}))
	want := freshRows(t, stage)
	equal(t, "the earlier reading, while the later is under way", earlier, freshRows(t, p))
	check(t, p.TakeSide(ctx, stage, catalog.New))
	check(t, stage.Close())
	equal(t, "new shop", want, freshRows(t, p))
	var priority int
	check(t, p.reader.QueryRow(`SELECT priority FROM page WHERE side = 'new' AND state = 'queued'`).Scan(&priority))
	equal(t, "priority of what was put off", ParkedPriority, priority)
	equal(t, "old pages", []catalog.Key{product(1), product(2)}, keys(pages(t, p, Filter{})))
	var got []Match
	check(t, p.Matches(ctx, func(m Match) error { got = append(got, m); return nil }))
	if len(got) != 1 || got[0].Decision != Accept || got[0].Class != "" || got[0].NewMissing {
		t.Errorf("pairs: %+v", got)
	}

	// The shop goes on as if it had been read here, also in the same process.
	prog, err := p.Progress(ctx, catalog.New)
	check(t, err)
	equal(t, "products", 2, prog.Products)
	shop, err := p.Staged(ctx, catalog.New)
	check(t, err)
	equal(t, "staged", "https://new.example/", shop.StartURL)
	stage, err = p.Stage(ctx, catalog.New)
	check(t, err)
	check(t, p.TakeSide(ctx, stage, catalog.New))
	check(t, stage.Close())
	equal(t, "taken twice", want, freshRows(t, p))
	check(t, p.DropStage(catalog.New))
	check(t, p.DropStage(catalog.New))
	left, err := filepath.Glob(p.Path() + ".reading*")
	check(t, err)
	equal(t, "files left", 0, len(left))
	if _, err := os.Stat(p.Path()); err != nil {
		t.Error(err)
	}
}

// TestStagedTables: no table of what is read of a shop is forgotten when a shop is taken
// over.
func TestStagedTables(t *testing.T) {
	p := newProject(t)
	want := map[string]bool{}
	for _, table := range stagedTables {
		want[table.name] = true
	}
	got := map[string]bool{}
	check(t, each(t.Context(), p.reader, `
		SELECT DISTINCT s.name FROM sqlite_schema s, pragma_table_info(s.name) c WHERE s.type = 'table' AND c.name IN ('side', 'page')`,
		nil, func(rows *sql.Rows) error {
			var name string
			err := rows.Scan(&name)
			got[name] = true
			return err
		}))
	equal(t, "tables of a shop", got, want)
}
