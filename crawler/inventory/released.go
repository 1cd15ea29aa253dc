package inventory

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"replatform/crawler/catalog"
)

// Released is a page that was held and then asked, as far as its worth is concerned.
type Released struct {
	ID     int64
	Key    catalog.Key
	URL    string
	Type   catalog.PageType
	Alone  bool   // answered with content of its own: 200, no alias
	Title  string // "" unless Alone
	Goods  string // what tells its product from others; "" when it shows none
	Queued bool   // not asked yet
}

// Released hands out every page of side that was held and released, ordered by key.
// ReleasedSince goes on from here.
func (p *Project) Released(ctx context.Context, side catalog.Side, fn func(Released) error) error {
	err := p.writer.with(ctx, func() error {
		p.writer.news[side] = &news{}
		return nil
	})
	if err != nil {
		return err
	}
	err = each(ctx, p.reader, `
		SELECT p.id, p.key, p.url, p.type, p.state = 'done' AND p.status = 200, p.title,
			coalesce(q.name || char(31) || q.sku || char(31) || q.price, ''), p.due
		FROM page p LEFT JOIN product q ON q.page = p.id AND q.name <> ''
		WHERE p.side = ? AND p.priority = ? ORDER BY p.key`,
		[]any{string(side), ReleasedPriority}, func(rows *sql.Rows) error {
			var r Released
			if err := rows.Scan(&r.ID, &r.Key, &r.URL, &r.Type, &r.Alone, &r.Title, &r.Goods, &r.Queued); err != nil {
				return err
			}
			if !r.Alone {
				r.Title, r.Goods = "", ""
			}
			return fn(r)
		})
	return nameError(fmt.Sprintf("reading pages of the %s shop", side), err)
}

// ReleasedSince hands out the released pages that were asked since Released or
// ReleasedSince was called last, in the order in which they were stored, and says whether
// any page has declared a canonical address meanwhile that Declared hands out. ok is
// false when that cannot be told, because another page of Released has changed, say: then
// Released has to be read anew.
func (p *Project) ReleasedSince(ctx context.Context, side catalog.Side) (list []Released, declared, ok bool, err error) {
	declared = true
	err = p.writer.with(ctx, func() error {
		if n := p.writer.news[side]; n != nil && !n.lost {
			list, declared, ok = n.list, n.declared, true
			p.writer.news[side] = &news{}
		}
		return nil
	})
	return list, declared, ok, err
}

// newsSize is how many pages are kept for ReleasedSince.
const newsSize = 1 << 15

// news is what has been stored since Released was read.
type news struct {
	list     []Released
	declared bool
	lost     bool // it does not tell all
}

// lose notes that what is stored now is told by nothing but Released.
func (w *writer) lose(side catalog.Side) {
	if n := w.news[side]; n != nil {
		n.list, n.lost = nil, true
	}
}

// released adds the visit of r to the news. goods is what tells its product from others.
func (b *batch) released(r *pageRow, v *Visit, goods string) {
	n := b.w.news[b.side]
	if n == nil || n.lost {
		return
	}
	if !r.first || v.Canonical != "" && (strings.Contains(r.url, "?") || strings.Contains(v.Canonical, "?")) {
		n.declared = true
	}
	switch {
	case r.priority != ReleasedPriority:
	case !r.first || r.product && v.Product == nil || len(n.list) == newsSize:
		b.w.lose(b.side)
	default:
		row := Released{ID: r.id, Key: r.key, URL: r.url, Type: r.typ, Alone: r.state == Done && v.Status == 200, Queued: r.due}
		if row.Alone {
			row.Title, row.Goods = r.title, goods
		}
		n.list = append(n.list, row)
	}
}

// goodsOf is what tells a product from others, as in the statements of Released and Goods.
func goodsOf(p *catalog.Product) string {
	if p.Name == "" {
		return ""
	}
	return p.Name + "\x1f" + p.SKU + "\x1f" + p.Price.Amount
}
