package inventory

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"replatform/crawler/catalog"
)

// batch is one transaction that adds to what is known of one shop. It remembers
// what it has read and written: the links of pages that are stored together repeat
// each other (menus, footers), and each repetition then costs nothing.
type batch struct {
	ctx   context.Context
	w     *writer
	side  catalog.Side
	crawl int
	pages map[catalog.Key]*pageRow
	spelt map[string]*spellingRow
	tally tally // what this batch adds
	added int   // new pages
	now   string
}

// pageRow is what a batch has to know of a page to decide what a sighting changes.
type pageRow struct {
	id              int64
	key             catalog.Key
	typ             catalog.PageType
	url             string
	state           PageState
	due             bool
	rule            string
	title           string
	depth, priority int
	seen, visited   int
	product         bool // there is a product row
}

type spellingRow struct {
	page    int64
	sources string
	status  int
}

// inBatch runs fn in one transaction and, once it is stored, adds to the sum.
func (p *Project) inBatch(ctx context.Context, side catalog.Side, fn func(*batch) error) (*batch, error) {
	b := &batch{w: p.writer, side: side, now: moment(time.Now()), crawl: 1,
		pages: make(map[catalog.Key]*pageRow), spelt: make(map[string]*spellingRow)}
	err := p.writer.with(ctx, func() error {
		err := p.writer.inTurn(ctx, func(calm context.Context) error {
			b.ctx = calm
			if _, err := b.w.row(calm, `SELECT crawl FROM shop WHERE side = ?`, []any{string(side)}, &b.crawl); err != nil {
				return err
			}
			return fn(b)
		})
		if err == nil {
			p.writer.addToSum(side, b.tally)
		}
		return err
	})
	return b, err
}

// page reads the page with this key; nil when there is none.
func (b *batch) page(key catalog.Key) (*pageRow, error) {
	if r, ok := b.pages[key]; ok {
		return r, nil
	}
	r := &pageRow{key: key}
	ok, err := b.w.row(b.ctx, `
		SELECT p.id, p.type, p.url, p.state, p.due, p.rule, p.title, p.depth, p.priority, p.seen_crawl, p.visited_crawl,
			EXISTS (SELECT 1 FROM product WHERE product.page = p.id)
		FROM page p WHERE p.side = ? AND p.key = ?`, []any{string(b.side), string(key)},
		&r.id, &r.typ, &r.url, &r.state, &r.due, &r.rule, &r.title, &r.depth, &r.priority, &r.seen, &r.visited, &r.product)
	if err != nil || !ok {
		return nil, err
	}
	b.pages[key] = r
	return r, nil
}

// insert adds a page that is not there yet. r.id is filled in.
func (b *batch) insert(r *pageRow, status int) error {
	s, err := b.w.stmt(b.ctx, `
		INSERT INTO page (side, key, type, url, state, due, rule, title, status, depth, priority, first_crawl, seen_crawl, fetched_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	fetched := ""
	if r.state == Done {
		fetched = b.now
	}
	res, err := s.ExecContext(b.ctx, string(b.side), string(r.key), string(r.typ), r.url, string(r.state), r.due, r.rule, r.title,
		status, r.depth, r.priority, b.crawl, r.seen, fetched)
	if err != nil {
		return fmt.Errorf("storing the page %s: %w", r.key, err)
	}
	if r.id, err = res.LastInsertId(); err != nil {
		return err
	}
	b.pages[r.key] = r
	b.tally.count(r, 1)
	b.added++
	return nil
}

// spell notes that url is an address of page r, named by source. The newest sighting
// says which page an address belongs to. status, when set, is what the address
// itself answered.
func (b *batch) spell(r *pageRow, url, source string, status int) error {
	if len(url) > maxURL {
		return nil
	}
	s, ok := b.spelt[url]
	if !ok {
		s = &spellingRow{}
		found, err := b.w.row(b.ctx, `SELECT page, sources, status FROM spelling WHERE side = ? AND url = ?`,
			[]any{string(b.side), url}, &s.page, &s.sources, &s.status)
		if err != nil {
			return err
		}
		b.spelt[url] = s
		if !found {
			s.page, s.sources, s.status = r.id, source, status
			return b.w.exec(b.ctx, `INSERT INTO spelling (side, url, page, sources, status) VALUES (?, ?, ?, ?, ?)`,
				string(b.side), url, s.page, s.sources, s.status)
		}
	}
	next := spellingRow{page: r.id, sources: joinWord(s.sources, source), status: s.status}
	if status != 0 {
		next.status = status
	}
	if next == *s {
		return nil
	}
	*s = next
	return b.w.exec(b.ctx, `UPDATE spelling SET page = ?, sources = ?, status = ? WHERE side = ? AND url = ?`,
		s.page, s.sources, s.status, string(b.side), url)
}

// finding adds f to what is known. Of several messages the first in the alphabet
// stays, so that the order of the crawl does not show.
func (b *batch) finding(f Finding) error {
	return b.w.addFinding(b.ctx, b.side, f)
}

// links replaces the links of page r.
func (b *batch) links(r *pageRow, keys []catalog.Key) error {
	if err := b.w.exec(b.ctx, `DELETE FROM link WHERE from_page = ?`, r.id); err != nil {
		return err
	}
	ids := make([]int64, 0, len(keys))
	for _, k := range keys {
		to, err := b.page(catalog.Key(keyText(k)))
		if err != nil {
			return err
		}
		if to != nil && to.id != r.id {
			ids = append(ids, to.id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids) // neighbours in the table are written together
	return b.w.exec(b.ctx, `INSERT OR IGNORE INTO link (from_page, to_page) SELECT ?, value FROM json_each(?)`, r.id, jsonText(ids))
}

// members replaces the products that the category page r shows.
func (b *batch) members(r *pageRow, keys []catalog.Key) error {
	err := b.w.exec(b.ctx, `DELETE FROM membership WHERE side = ? AND category = ? AND source = 'listing'`, string(b.side), string(r.key))
	if err != nil {
		return err
	}
	for _, k := range keys {
		if err := b.member(r.key, catalog.Key(keyText(k)), "listing"); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) member(category, product catalog.Key, source string) error {
	return b.w.exec(b.ctx, `
		INSERT INTO membership (side, category, product, source, crawl) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (side, category, product, source) DO UPDATE SET crawl = excluded.crawl`,
		string(b.side), string(category), string(product), source, b.crawl)
}

// checkKey refuses what the caller cannot have meant.
func checkKey(k catalog.Key) error {
	if strings.TrimSpace(string(k)) == "" {
		return fmt.Errorf("a page without a key")
	}
	return nil
}
