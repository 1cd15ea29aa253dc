package inventory

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"replatform/crawler/catalog"
)

// Counts says in numbers what is known of a shop. Pages are counted as Pages hands
// them out: without aliases and without what a crawl asked for its own ends.
type Counts struct {
	Pages     int                      `json:"pages"`
	Spellings int                      `json:"spellings"` // addresses of these pages and of their aliases
	ByType    map[catalog.PageType]int `json:"by_type"`
	ByState   map[PageState]int        `json:"by_state"`  // of Pages; under "alias" the aliases, which Pages does not count
	BySource  map[string]int           `json:"by_source"` // a page known from two sources counts in both
	ByStatus  map[int]int              `json:"by_status"` // HTTP status; 0: never answered
	Products  int                      `json:"products"`  // product pages of which product data is known
	Orphans   int                      `json:"orphans"`   // see Page.Orphan
	Due       int                      `json:"due"`       // still to be asked, or to be asked again
	Unseen    int                      `json:"unseen"`    // known from an earlier crawl, named by nothing in the newest
}

// Counts counts the pages of side.
func (p *Project) Counts(ctx context.Context, side catalog.Side) (Counts, error) {
	c := Counts{ByType: map[catalog.PageType]int{}, ByState: map[PageState]int{}, BySource: map[string]int{}, ByStatus: map[int]int{}}
	err := p.read(ctx, func(tx *sql.Tx) error {
		al, err := readAliases(ctx, tx, side)
		if err != nil {
			return err
		}
		// The sources of all spellings that aliases give to the page that stands for
		// them, and how many there are. The spellings of the page itself are read with
		// it: a shop may have millions.
		type known struct {
			sources   string
			spellings int
		}
		of := make(map[int64]known)
		err = each(ctx, tx, `
			SELECT p.id, count(*), group_concat(DISTINCT s.sources)
			FROM page p JOIN spelling s ON s.page = p.id WHERE p.side = ? AND p.state = 'alias' GROUP BY p.id`, []any{string(side)}, func(rows *sql.Rows) error {
			var id int64
			var k known
			if err := rows.Scan(&id, &k.spellings, &k.sources); err != nil {
				return err
			}
			r, ok := al.rep[id]
			if !ok || r.id == id {
				return nil
			}
			had := of[r.id]
			k.sources += "," + had.sources
			k.spellings += had.spellings
			of[r.id] = k
			return nil
		})
		if err != nil {
			return err
		}
		split := map[string]Page{}
		var crawl int
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(crawl), 0) FROM shop WHERE side = ?`, string(side)).Scan(&crawl); err != nil {
			return err
		}
		return each(ctx, tx, `
			SELECT p.id, p.type, p.state, p.rule, p.status, p.due, p.seen_crawl, q.page IS NOT NULL,
				(SELECT count(*) FROM spelling s WHERE s.page = p.id),
				coalesce((SELECT group_concat(DISTINCT s.sources) FROM spelling s WHERE s.page = p.id), '')
			FROM page p LEFT JOIN product q ON q.page = p.id WHERE p.side = ?`, []any{string(side)}, func(rows *sql.Rows) error {
			var page Page
			var due, product bool
			var k known
			if err := rows.Scan(&page.ID, &page.Type, &page.State, &page.Rule, &page.Status, &due, &page.SeenCrawl, &product,
				&k.spellings, &k.sources); err != nil {
				return err
			}
			if page.State == Alias {
				if al.rep[page.ID].id != page.ID {
					c.ByState[Alias]++
					return nil
				}
				page.State = settled(page.Status)
			}
			if !(Filter{}).wants(page) {
				return nil
			}
			if more, ok := of[page.ID]; ok {
				k.spellings += more.spellings
				k.sources += "," + more.sources
			}
			c.Pages++
			c.Spellings += k.spellings
			c.ByType[page.Type]++
			c.ByState[page.State]++
			c.ByStatus[page.Status]++
			if product && page.Type == catalog.ProductP {
				c.Products++
			}
			if due {
				c.Due++
			}
			if page.SeenCrawl < crawl {
				c.Unseen++
			}
			words, ok := split[k.sources]
			if !ok {
				words = Page{Sources: sortedSet(strings.FieldsFunc(k.sources, func(r rune) bool { return r == ',' }))}
				split[k.sources] = words
			}
			for _, s := range words.Sources {
				c.BySource[s]++
			}
			if words.Orphan() {
				c.Orphans++
			}
			return nil
		})
	})
	return c, nameError(fmt.Sprintf("counting the %s shop", side), err)
}
