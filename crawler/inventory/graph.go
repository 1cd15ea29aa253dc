package inventory

import (
	"context"
	"database/sql"
	"fmt"

	"replatform/crawler/catalog"
)

// Links hands out which page links to which, grouped by the linking page. Aliases
// are replaced by the pages that stand for them; a pair may come again for another
// address of the linking page, and never leads from a page to itself.
func (p *Project) Links(ctx context.Context, side catalog.Side, fn func(from, to catalog.Key) error) error {
	err := p.read(ctx, func(tx *sql.Tx) error {
		al, err := readAliases(ctx, tx, side)
		if err != nil {
			return err
		}
		var last catalog.Key
		seen := map[catalog.Key]bool{}
		return each(ctx, tx, `
			SELECT f.key, t.key FROM page f CROSS JOIN link ON link.from_page = f.id CROSS JOIN page t ON t.id = link.to_page
			WHERE f.side = ? ORDER BY f.key, t.key`, []any{string(side)}, func(rows *sql.Rows) error {
			var from, to catalog.Key
			if err := rows.Scan(&from, &to); err != nil {
				return err
			}
			if from != last {
				last = from
				clear(seen)
			}
			from, to = al.key(from), al.key(to)
			if seen[to] || from == to {
				return nil
			}
			seen[to] = true
			return fn(from, to)
		})
	})
	return nameError(fmt.Sprintf("reading links of the %s shop", side), err)
}

// Members hands out which category holds which product, each pair once, as category
// pages show it and as feeds say it. Aliases are replaced by the pages that stand for
// them, so the second page of a category counts as the category. A feed may name
// categories that are no known page.
func (p *Project) Members(ctx context.Context, side catalog.Side, fn func(category, product catalog.Key) error) error {
	err := p.read(ctx, func(tx *sql.Tx) error {
		al, err := readAliases(ctx, tx, side)
		if err != nil {
			return err
		}
		return al.eachMember(ctx, tx, side, fn)
	})
	return nameError(fmt.Sprintf("reading categories of the %s shop", side), err)
}

func (al *aliases) eachMember(ctx context.Context, tx *sql.Tx, side catalog.Side, fn func(category, product catalog.Key) error) error {
	seen := map[[2]catalog.Key]bool{}
	return each(ctx, tx, `SELECT DISTINCT category, product FROM membership WHERE side = ? ORDER BY category, product`,
		[]any{string(side)}, func(rows *sql.Rows) error {
			var pair [2]catalog.Key
			if err := rows.Scan(&pair[0], &pair[1]); err != nil {
				return err
			}
			pair[0], pair[1] = al.key(pair[0]), al.key(pair[1])
			if seen[pair] {
				return nil
			}
			seen[pair] = true
			return fn(pair[0], pair[1])
		})
}

// Spellings hands out every known address of side with the key of the page that
// stands for it, ordered by address. It is the quick way to look many addresses up.
func (p *Project) Spellings(ctx context.Context, side catalog.Side, fn func(url string, key catalog.Key) error) error {
	err := p.read(ctx, func(tx *sql.Tx) error {
		al, err := readAliases(ctx, tx, side)
		if err != nil {
			return err
		}
		return each(ctx, tx, `SELECT s.url, p.key FROM spelling s JOIN page p ON p.id = s.page WHERE s.side = ? ORDER BY s.url`,
			[]any{string(side)}, func(rows *sql.Rows) error {
				var u string
				var key catalog.Key
				if err := rows.Scan(&u, &key); err != nil {
					return err
				}
				return fn(u, al.key(key))
			})
	})
	return nameError(fmt.Sprintf("reading addresses of the %s shop", side), err)
}
