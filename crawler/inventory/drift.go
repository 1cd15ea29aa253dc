package inventory

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"replatform/crawler/catalog"
)

// rememberPages keeps what the pages of a side are, for Drift.
const rememberPages = `
	INSERT INTO before (side, key, type, url, title, sku, price, currency)
	SELECT p.side, p.key, p.type, p.url, coalesce(nullif(q.name, ''), p.title), coalesce(q.sku, ''), coalesce(q.price, ''), coalesce(q.currency, '')
	FROM page p LEFT JOIN product q ON q.page = p.id
	WHERE p.side = ? AND p.state = 'done' AND p.status = 200 AND p.type <> 'feed'`

// Drift is what has changed in a shop between its last crawl and the one before. Each
// list is ordered by type and key.
type Drift struct {
	Compared  int      `json:"compared"`  // pages of the crawl before that the last one has asked again
	New       []Change `json:"new"`       // pages that were not there
	Gone      []Change `json:"gone"`      // answered 404 or 410, or say they do not exist
	Moved     []Change `json:"moved"`     // redirect, name another page as canonical, or are gone while a new page has the same product
	Renamed   []Change `json:"renamed"`   // another product name, or title where there is no product
	Priced    []Change `json:"priced"`    // another price
	Unlinked  []Change `json:"unlinked"`  // still answer, but no link, sitemap or feed names them
	Unreached int      `json:"unreached"` // gave no answer this time, or were not asked
}

// Any says whether anything has changed.
func (d Drift) Any() bool {
	return len(d.New)+len(d.Gone)+len(d.Moved)+len(d.Renamed)+len(d.Priced)+len(d.Unlinked) > 0
}

// Change is one page that has changed.
type Change struct {
	Key  catalog.Key      `json:"key"`
	Type catalog.PageType `json:"type"`
	URL  string           `json:"url"`
	Was  string           `json:"was,omitempty"` // title, name or price before
	Now  string           `json:"now,omitempty"` // the same now; of a moved page: its new address
}

// now is a page of before with what it is now.
type comparedPage struct {
	Change
	sku                 string
	title, price        string
	titleNow, priceNow  string
	state               PageState
	status              int
	aliasOf, redirectTo string
	seen, visited       bool
}

// Drift compares the last crawl of side with the one before. There is nothing to
// compare until a shop is crawled for the second time.
func (p *Project) Drift(ctx context.Context, side catalog.Side) (Drift, error) {
	d := Drift{New: []Change{}, Gone: []Change{}, Moved: []Change{}, Renamed: []Change{}, Priced: []Change{}, Unlinked: []Change{}}
	err := p.read(ctx, func(tx *sql.Tx) error {
		var crawl, remembered int
		err := tx.QueryRowContext(ctx, `SELECT coalesce(max(crawl), 0), (SELECT count(*) FROM before WHERE side = ?1) FROM shop WHERE side = ?1`,
			string(side)).Scan(&crawl, &remembered)
		if err != nil || remembered == 0 {
			return err
		}
		bySKU, byName, err := d.readNew(ctx, tx, side, crawl)
		if err != nil {
			return err
		}
		return each(ctx, tx, `
			SELECT b.key, b.type, b.url, b.title, b.sku, trim(b.price || ' ' || b.currency), p.state, p.status, p.alias_of, p.redirect_to,
				coalesce(nullif(q.name, ''), p.title), trim(coalesce(q.price, '') || ' ' || coalesce(q.currency, '')), p.seen_crawl >= ?2, p.visited_crawl >= ?2
			FROM before b JOIN page p ON p.side = b.side AND p.key = b.key LEFT JOIN product q ON q.page = p.id
			WHERE b.side = ?1 ORDER BY b.type, b.key`, []any{string(side), crawl}, func(rows *sql.Rows) error {
			var c comparedPage
			if err := rows.Scan(&c.Key, &c.Type, &c.URL, &c.title, &c.sku, &c.price, &c.state, &c.status, &c.aliasOf, &c.redirectTo,
				&c.titleNow, &c.priceNow, &c.seen, &c.visited); err != nil {
				return err
			}
			d.add(c, bySKU, byName)
			return nil
		})
	})
	if err != nil {
		return Drift{}, nameError(fmt.Sprintf("comparing the %s shop with its last crawl", side), err)
	}
	d.New = slices.DeleteFunc(d.New, func(c Change) bool { // found under their old name
		return slices.ContainsFunc(d.Moved, func(m Change) bool { return m.Now == c.URL })
	})
	slices.SortStableFunc(d.New, func(a, b Change) int { return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Key, b.Key)) })
	return d, nil
}

// readNew fills d.New and says which new page has a product number or name that no
// other new page has.
func (d *Drift) readNew(ctx context.Context, tx *sql.Tx, side catalog.Side, crawl int) (bySKU, byName map[string]string, err error) {
	bySKU, byName = map[string]string{}, map[string]string{}
	unique := func(m map[string]string, k, url string) {
		if k == "" {
			return
		}
		if _, taken := m[k]; taken {
			url = ""
		}
		m[k] = url
	}
	err = each(ctx, tx, `
		SELECT p.key, p.type, p.url, coalesce(nullif(q.name, ''), p.title), coalesce(q.sku, ''), coalesce(q.name, '')
		FROM page p LEFT JOIN product q ON q.page = p.id
		WHERE p.side = ?1 AND p.first_crawl = ?2 AND p.state = 'done' AND p.status = 200 AND p.type <> 'feed'`,
		[]any{string(side), crawl}, func(rows *sql.Rows) error {
			var c Change
			var sku, name string
			if err := rows.Scan(&c.Key, &c.Type, &c.URL, &c.Now, &sku, &name); err != nil {
				return err
			}
			unique(bySKU, sku, c.URL)
			unique(byName, oneLine(name), c.URL)
			d.New = append(d.New, c)
			return nil
		})
	return bySKU, byName, err
}

// add sorts one page into d.
func (d *Drift) add(c comparedPage, bySKU, byName map[string]string) {
	if !c.visited {
		d.Unreached++
		return
	}
	d.Compared++
	change := c.Change
	change.Was = c.title
	switch {
	case c.state == Alias || c.status >= 300 && c.status < 400:
		if change.Now = c.redirectTo; change.Now == "" {
			change.Now = c.aliasOf
		}
		d.Moved = append(d.Moved, change)
		return
	case c.status == 404 || c.status == 410 || c.state == Failed && c.status == 200:
		if change.Now = bySKU[c.sku]; c.sku == "" || change.Now == "" {
			change.Now = ""
			if c.Type == catalog.ProductP {
				change.Now = byName[oneLine(c.title)]
			}
		}
		if change.Now != "" {
			d.Moved = append(d.Moved, change)
			return
		}
		d.Gone = append(d.Gone, change)
		return
	case c.state != Done || c.status != 200:
		d.Compared--
		d.Unreached++
		return
	}
	if !c.seen {
		d.Unlinked = append(d.Unlinked, change)
	}
	if was, now := oneLine(c.title), oneLine(c.titleNow); was != now && now != "" {
		renamed := change
		renamed.Was, renamed.Now = was, now
		d.Renamed = append(d.Renamed, renamed)
	}
	if c.price != c.priceNow && c.priceNow != "" {
		priced := change
		priced.Was, priced.Now = c.price, c.priceNow
		d.Priced = append(d.Priced, priced)
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
