package inventory

import (
	"context"
	"database/sql/driver"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"replatform/crawler/catalog"
)

// batch is one transaction that adds to what is known of one shop.
type batch struct {
	ctx   context.Context
	w     *writer
	side  catalog.Side
	crawl int
	known *known
	// changed are the addresses to be written at the end: most are touched more than once.
	changed map[string]*spellingRow
	touched []*pageRow // what the queue has to be told of, some of it twice
	tally   tally      // what this batch adds
	added   int        // new pages
	now     string
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
	touched         bool // it is among those of the batch
	again           bool // its newest visit has put it back
	fed             bool // it cannot be asked with a condition any more
	first           bool // its newest visit is its first: no links and members of an earlier one are stored
}

type spellingRow struct {
	url     string
	page    int64 // 0: not stored yet
	sources string
	status  int
	was     int64 // page as stored
	changed bool  // to be written at the end of the batch
	moved   bool  // page or sources are among what has changed
}

// inBatch runs fn in one transaction and, once it is stored, adds to the sum.
func (p *Project) inBatch(ctx context.Context, side catalog.Side, fn func(*batch) error) (*batch, error) {
	b := &batch{w: p.writer, side: side, now: moment(time.Now()), crawl: 1,
		changed: make(map[string]*spellingRow)}
	err := p.writer.with(ctx, func() error {
		err := p.writer.inTurn(ctx, func(calm context.Context) (err error) {
			b.ctx = calm
			if b.known, err = b.w.recallSide(calm, side); err != nil {
				return err
			}
			if _, err := b.w.row(calm, `SELECT crawl FROM shop WHERE side = ?`, []any{string(side)}, &b.crawl); err != nil {
				return err
			}
			if err := fn(b); err != nil {
				return err
			}
			return b.writeSpellings()
		})
		if err != nil {
			delete(p.writer.known, side) // it holds what was not stored
			p.writer.queueOf(side).outdated(0)
			p.writer.lose(side)
			return err
		}
		p.writer.addToSum(side, b.tally)
		if length := p.writer.queueOf(side).stored(b); length > queueSize {
			return p.writer.spill(ctx, side)
		}
		return nil
	})
	return b, err
}

// page reads the page with this key; nil when there is none.
func (b *batch) page(key catalog.Key) (*pageRow, error) {
	if r, ok, sure := b.known.page(key); ok || sure {
		return r, nil
	}
	r := &pageRow{key: catalog.Key(strings.Clone(string(key)))}
	ok, err := b.w.row(b.ctx, `
		SELECT p.id, p.type, p.url, p.state, p.due, p.rule, p.title, p.depth, p.priority, p.seen_crawl, p.visited_crawl,
			EXISTS (SELECT 1 FROM product WHERE product.page = p.id)
		FROM page p WHERE p.side = ? AND p.key = ?`, []any{string(b.side), string(key)},
		&r.id, &r.typ, &r.url, &r.state, &r.due, &r.rule, &r.title, &r.depth, &r.priority, &r.seen, &r.visited, &r.product)
	if err != nil || !ok {
		return nil, err
	}
	r.priority = b.w.queueOf(b.side).ordered(r.id, r.priority)
	b.known.putPage(r)
	return r, nil
}

// touch notes that r has changed as far as the queue is concerned.
func (b *batch) touch(r *pageRow) {
	if !r.touched {
		r.touched = true
		b.touched = append(b.touched, r)
	}
}

// insert adds a page that is not there yet. r.id is filled in.
func (b *batch) insert(r *pageRow, status int) error {
	res, err := b.insertPage(r, status)
	if err != nil {
		return fmt.Errorf("storing the page %s: %w", r.key, err)
	}
	if r.id, err = res.LastInsertId(); err != nil {
		return err
	}
	r.key, r.url, r.title = catalog.Key(strings.Clone(string(r.key))), strings.Clone(r.url), strings.Clone(r.title)
	b.known.putPage(r)
	b.tally.count(r, 1)
	b.touch(r)
	b.added++
	return nil
}

func (b *batch) insertPage(r *pageRow, status int) (driver.Result, error) {
	if r.due && r.state == Queued && r.title == "" && status == 0 { // the usual case: what is left out is empty
		return b.w.change(b.ctx, `
			INSERT INTO page (side, key, type, url, state, due, depth, priority, first_crawl, seen_crawl)
			VALUES (?, ?, ?, ?, 'queued', 1, ?, ?, ?, ?)`,
			[]any{string(b.side), string(r.key), string(r.typ), r.url, r.depth, r.priority, b.crawl, r.seen})
	}
	fetched := ""
	if r.state == Done {
		fetched = b.now
	}
	return b.w.change(b.ctx, `
		INSERT INTO page (side, key, type, url, state, due, rule, title, status, depth, priority, first_crawl, seen_crawl, fetched_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		[]any{string(b.side), string(r.key), string(r.typ), r.url, string(r.state), r.due, r.rule, r.title,
			status, r.depth, r.priority, b.crawl, r.seen, fetched})
}

// spell notes that url is an address of page r, named by source. The newest sighting
// says which page an address belongs to. status, when set, is what the address
// itself answered.
func (b *batch) spell(r *pageRow, url, source string, status int) error {
	if len(url) > maxURL {
		return nil
	}
	s, err := b.spelling(url)
	if err != nil {
		return err
	}
	next := *s
	next.page, next.sources = r.id, joinWord(s.sources, source)
	if status != 0 {
		next.status = status
	}
	if next == *s {
		return nil
	}
	if !s.changed {
		b.changed[s.url], next.changed = s, true
	}
	next.moved = s.moved || next.page != s.page || next.sources != s.sources
	*s = next
	return nil
}

// spelling reads what is stored of an address; page is 0 when nothing is.
func (b *batch) spelling(url string) (*spellingRow, error) {
	if s, ok := b.changed[url]; ok {
		return s, nil
	}
	s, ok, sure := b.known.spelling(url)
	if ok {
		return s, nil
	}
	s = &spellingRow{url: strings.Clone(url)}
	if !sure {
		if _, err := b.w.row(b.ctx, `SELECT page, sources, status FROM spelling WHERE side = ? AND url = ?`,
			[]any{string(b.side), url}, &s.page, &s.sources, &s.status); err != nil {
			return nil, err
		}
	}
	s.was = s.page
	b.known.putSpelling(s)
	return s, nil
}

// writeSpellings stores the addresses that the batch has changed, each once, in the
// order of the table.
func (b *batch) writeSpellings() error {
	for _, url := range slices.Sorted(maps.Keys(b.changed)) {
		s := b.changed[url]
		var err error
		switch {
		case s.was == 0:
			err = b.w.exec(b.ctx, `INSERT INTO spelling (page, sources, status, side, url) VALUES (?, ?, ?, ?, ?)`,
				s.page, s.sources, s.status, string(b.side), url)
		case s.was != s.page:
			err = b.w.exec(b.ctx, `UPDATE spelling SET page = ?, sources = ?, status = ? WHERE side = ? AND url = ?`,
				s.page, s.sources, s.status, string(b.side), url)
		case s.moved:
			err = b.w.exec(b.ctx, `UPDATE spelling SET sources = ?, status = ? WHERE side = ? AND url = ?`,
				s.sources, s.status, string(b.side), url)
		default: // the index of page and sources stays as it is
			err = b.w.exec(b.ctx, `UPDATE spelling SET status = ? WHERE side = ? AND url = ?`, s.status, string(b.side), url)
		}
		if err != nil {
			return err
		}
		s.was, s.changed, s.moved = s.page, false, false
	}
	return nil
}

// finding adds f to what is known. Of several messages the first in the alphabet
// stays, so that the order of the crawl does not show.
func (b *batch) finding(f Finding) error {
	return b.w.addFinding(b.ctx, b.side, f)
}

// links replaces the links of page r.
func (b *batch) links(r *pageRow, keys []catalog.Key) error {
	ids := make([]int64, 0, len(keys))
	for _, k := range keys {
		to, _ := b.known.pages.Get(k) // what is known by it needs no cleaning
		if to == nil {
			var err error
			if to, err = b.page(catalog.Key(keyText(k))); err != nil {
				return err
			}
		}
		if to != nil && to.id != r.id {
			ids = append(ids, to.id)
		}
	}
	if len(ids) == 0 {
		if r.first {
			return nil
		}
		return b.w.exec(b.ctx, `DELETE FROM links WHERE page = ?`, r.id)
	}
	slices.Sort(ids)
	query := `INSERT OR REPLACE INTO links (page, targets) VALUES (?, ?)`
	if r.first {
		query = `INSERT INTO links (page, targets) VALUES (?, ?)`
	}
	return b.w.exec(b.ctx, query, r.id, idList(slices.Compact(ids)))
}

// idList writes numbers as JSON.
func idList(ids []int64) string {
	text := make([]byte, 0, 8*len(ids)+2)
	for _, id := range ids {
		text = append(text, ',')
		text = strconv.AppendInt(text, id, 10)
	}
	text[0] = '['
	return string(append(text, ']'))
}

// appendIDs appends the numbers that idList has written.
func appendIDs(ids []int64, text []byte) ([]int64, error) {
	end := len(text) - 1
	if end < 1 || text[0] != '[' || text[end] != ']' {
		return ids, fmt.Errorf("%.40q is no list", text)
	}
	var id int64
	digits := 0
	for i, c := range text[1:] {
		switch {
		case '0' <= c && c <= '9' && digits < 18:
			id, digits = 10*id+int64(c-'0'), digits+1
		case (c == ',' || i+1 == end) && digits > 0:
			ids, id, digits = append(ids, id), 0, 0
		case end > 1: // "[]" has no number
			return ids, fmt.Errorf("%.40q is no list of numbers, see byte %d", text, i+2)
		}
	}
	return ids, nil
}

// members replaces the products that the category page r shows.
func (b *batch) members(r *pageRow, keys []catalog.Key) error {
	if !r.first {
		err := b.w.exec(b.ctx, `DELETE FROM membership WHERE side = ? AND category = ? AND source = 'listing'`, string(b.side), string(r.key))
		if err != nil {
			return err
		}
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
