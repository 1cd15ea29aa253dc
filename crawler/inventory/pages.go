package inventory

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"replatform/crawler/catalog"
)

// Filter says which pages are wanted. Empty lists want all. The lists are joined by
// "and", the entries of one list by "or".
type Filter struct {
	Side    catalog.Side
	Types   []catalog.PageType
	States  []PageState
	Keys    []catalog.Key // an alias's key wants the page that stands for it
	URLs    []string      // any spelling of the page
	Sources []string      // who knew the page

	WithAliases bool // aliases are listed too, as pages of their own in state Alias
	Internal    bool // also what a crawl asked for its own ends, see RuleProbeAbsent
}

const pageColumns = `p.id, p.side, p.key, p.type, p.url, p.state, p.rule, p.alias_of, p.status, p.redirect_to, p.title, p.description,
	p.canonical, p.robots, p.charset, p.lang, p.content_hash, p.error, p.depth, p.priority, p.fetched_at, p.seen_crawl, p.etag, p.last_modified`

func scanPage(row interface{ Scan(...any) error }) (Page, error) {
	var p Page
	var fetched string
	err := row.Scan(&p.ID, &p.Side, &p.Key, &p.Type, &p.URL, &p.State, &p.Rule, &p.AliasOf, &p.Status, &p.RedirectTo, &p.Title,
		&p.Description, &p.Canonical, &p.Robots, &p.Charset, &p.Lang, &p.ContentHash, &p.Error, &p.Depth, &p.Priority,
		&fetched, &p.SeenCrawl, &p.ETag, &p.LastModified)
	p.FetchedAt = parseMoment(fetched)
	return p, err
}

// pageChunk is how many pages Pages reads between two questions for their products
// and spellings.
const pageChunk = 256

// Pages hands the pages that f wants to fn, ordered by key, each with its product
// (nil when it has none) and with the spellings and sources of its aliases. An alias
// itself is not handed out unless f says so: the page that stands for it is (see the
// rules at resolve). All of it is one state of the file. fn may use the project,
// writing included, and ends the reading by an error.
func (p *Project) Pages(ctx context.Context, f Filter, fn func(Page, *catalog.Product) error) error {
	err := p.read(ctx, func(tx *sql.Tx) error {
		al, err := readAliases(ctx, tx, f.Side)
		if err != nil {
			return err
		}
		query, args, err := f.query(ctx, tx, al)
		if err != nil {
			return err
		}
		chunk := make([]Page, 0, pageChunk)
		flush := func() error {
			err := al.complete(ctx, tx, f, chunk, fn)
			chunk = chunk[:0]
			return err
		}
		err = each(ctx, tx, query, args, func(rows *sql.Rows) error {
			page, err := scanPage(rows)
			if err != nil {
				return err
			}
			if page.State == Alias && al.rep[page.ID].id == page.ID {
				page.AliasOf, page.State = "", settled(page.Status)
			}
			if !f.wants(page) {
				return nil
			}
			if chunk = append(chunk, page); len(chunk) < pageChunk {
				return nil
			}
			return flush()
		})
		if err != nil {
			return err
		}
		return flush()
	})
	return nameError(fmt.Sprintf("reading pages of the %s shop", f.Side), err)
}

// wants checks what the query does not.
func (f Filter) wants(p Page) bool {
	if !f.Internal && p.State == Skipped && (p.Rule == RuleProbeAbsent || p.Rule == RuleListing || p.Rule == RuleAlike) {
		return false
	}
	return len(f.States) == 0 || slices.Contains(f.States, p.State)
}

func (f Filter) query(ctx context.Context, tx *sql.Tx, al *aliases) (string, []any, error) {
	var b strings.Builder
	b.WriteString("SELECT " + pageColumns + " FROM page p WHERE p.side = ?")
	args := []any{string(f.Side)}
	in := func(column string, values any) {
		b.WriteString(" AND " + column + " IN (SELECT value FROM json_each(?))")
		args = append(args, jsonText(values))
	}
	if !f.WithAliases {
		var own []int64
		for id, r := range al.rep {
			if r.id == id {
				own = append(own, id)
			}
		}
		if len(own) == 0 {
			b.WriteString(" AND p.state <> 'alias'")
		} else {
			b.WriteString(" AND (p.state <> 'alias' OR p.id IN (SELECT value FROM json_each(?)))")
			args = append(args, jsonText(own))
		}
	}
	if len(f.Types) > 0 {
		in("p.type", f.Types)
	}
	if len(f.Keys) > 0 {
		keys := make([]string, len(f.Keys))
		for i, k := range f.Keys {
			k = catalog.Key(keyText(k))
			if !f.WithAliases {
				k = al.key(k)
			}
			keys[i] = string(k)
		}
		in("p.key", keys)
	}
	if len(f.URLs) > 0 {
		urls := make([]string, len(f.URLs))
		for i, u := range f.URLs {
			urls[i] = address(u)
		}
		ids := []int64{}
		err := each(ctx, tx, `SELECT page FROM spelling WHERE side = ? AND url IN (SELECT value FROM json_each(?))`,
			[]any{string(f.Side), jsonText(urls)}, func(rows *sql.Rows) error {
				var id int64
				if err := rows.Scan(&id); err != nil {
					return err
				}
				if r, ok := al.rep[id]; ok && !f.WithAliases {
					id = r.id
				}
				ids = append(ids, id)
				return nil
			})
		if err != nil {
			return "", nil, err
		}
		in("p.id", ids)
	}
	b.WriteString(" ORDER BY p.key")
	return b.String(), args, nil
}

// complete reads what belongs to the pages of chunk and hands them to fn.
func (al *aliases) complete(ctx context.Context, tx *sql.Tx, f Filter, chunk []Page, fn func(Page, *catalog.Product) error) error {
	if len(chunk) == 0 {
		return nil
	}
	ids := make([]int64, len(chunk))
	for i, page := range chunk {
		ids[i] = page.ID
	}
	products, err := readProducts(ctx, tx, ids)
	if err != nil {
		return err
	}
	if err := readSpellings(ctx, tx, chunk, al.members); err != nil {
		return err
	}
	for _, page := range chunk {
		if len(f.Sources) > 0 && !slices.ContainsFunc(page.Sources, func(s string) bool { return slices.Contains(f.Sources, s) }) {
			continue
		}
		if err := fn(page, products[page.ID]); err != nil {
			return err
		}
	}
	return nil
}

// readSpellings fills the spellings and sources of pages, those of the aliases that
// members names included.
func readSpellings(ctx context.Context, q querier, pages []Page, members map[int64][]int64) error {
	wanted := make(map[int64][]int, len(pages)) // page number → who wants its spellings
	for i, page := range pages {
		wanted[page.ID] = append(wanted[page.ID], i)
		for _, m := range members[page.ID] {
			wanted[m] = append(wanted[m], i)
		}
	}
	ids := make([]int64, 0, len(wanted))
	for id := range wanted {
		ids = append(ids, id)
	}
	err := each(ctx, q, `SELECT page, url, sources FROM spelling WHERE page IN (SELECT value FROM json_each(?))`,
		[]any{jsonText(ids)}, func(rows *sql.Rows) error {
			var id int64
			var u, sources string
			if err := rows.Scan(&id, &u, &sources); err != nil {
				return err
			}
			for _, i := range wanted[id] {
				pages[i].Spellings = append(pages[i].Spellings, u)
				if sources != "" {
					pages[i].Sources = append(pages[i].Sources, strings.Split(sources, ",")...)
				}
			}
			return nil
		})
	if err != nil {
		return err
	}
	for i := range pages {
		pages[i].Spellings = sortedSet(append(pages[i].Spellings, pages[i].URL))
		pages[i].Sources = sortedSet(pages[i].Sources)
	}
	return nil
}

func (p *Project) next(ctx context.Context, side catalog.Side, n int, inflight map[int64]bool) ([]Page, error) {
	q := p.writer.queueOf(side)
	pages, ok := q.first(side, n, inflight)
	if !ok && !q.isLong() || ok && len(pages) == 0 && len(inflight) == 0 { // another program may have added to it
		if err := p.writer.with(ctx, func() error { return p.load(ctx, side) }); err != nil {
			return nil, err
		}
		pages, ok = q.first(side, n, inflight)
	}
	if ok {
		return pages, nil
	}
	pages = nil
	busy := make([]int64, 0, len(inflight))
	for id := range inflight {
		busy = append(busy, id)
	}
	queue, err := p.queue(ctx)
	if err != nil {
		return nil, err
	}
	err = each(ctx, queue, nextQuery,
		[]any{string(side), jsonText(busy), n}, func(rows *sql.Rows) error {
			page := Page{Side: side, State: Queued}
			var fresh bool
			if err := rows.Scan(&page.ID, &page.Key, &page.Type, &page.URL, &page.Depth, &page.Priority, &page.Status, &page.ETag, &page.LastModified, &fresh); err != nil {
				return err
			}
			pages = append(pages, page)
			return nil
		})
	return pages, err
}

// queueColumns is what Next tells of a page, and whether it was never asked.
const queueColumns = `
	SELECT id, key, type, url, depth, priority, status, iif(kept, etag, ''), iif(kept, last_modified, ''), state = 'queued' FROM (
		SELECT *, etag || last_modified <> '' AND state IN ('done', 'alias') AND status = 200
			AND NOT EXISTS (SELECT 1 FROM product WHERE product.page = page.id AND product.visited = 0) AS kept
		FROM page)`

// nextQuery asks for the pages that are next in the queue.
const nextQuery = queueColumns + `
	WHERE side = ? AND due = 1 AND priority < 1000 AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY priority, depth, id LIMIT ?`

// queue is nextQuery, prepared once: a crawl asks it for every few pages.
func (p *Project) queue(ctx context.Context) (prepared, error) {
	p.nextMu.Lock()
	defer p.nextMu.Unlock()
	if p.nextStmt == nil {
		s, err := p.reader.PrepareContext(ctx, nextQuery)
		if err != nil {
			return prepared{}, err
		}
		p.nextStmt = s
	}
	return prepared{p.nextStmt}, nil
}

// prepared is a querier that has one query.
type prepared struct{ stmt *sql.Stmt }

func (q prepared) QueryContext(ctx context.Context, _ string, args ...any) (*sql.Rows, error) {
	return q.stmt.QueryContext(ctx, args...)
}

// PageByKey is the page with exactly this key, an alias as an alias, with its product
// (nil when it has none) and its own spellings. ErrNoPage when there is none.
func (p *Project) PageByKey(ctx context.Context, side catalog.Side, key catalog.Key) (Page, *catalog.Product, error) {
	var page Page
	var product *catalog.Product
	err := p.read(ctx, func(tx *sql.Tx) (err error) {
		page, product, err = onePage(ctx, tx, "p.side = ? AND p.key = ?", string(side), keyText(key))
		return err
	})
	return page, product, nameError(fmt.Sprintf("reading the page %q of the %s shop", key, side), err)
}

// PageByURL is the page that stands for the address: the one it is a spelling of or,
// where that is an alias, the page behind it. Spellings are those of the page
// itself. ErrNoPage when the address is not known.
func (p *Project) PageByURL(ctx context.Context, side catalog.Side, url string) (Page, *catalog.Product, error) {
	var page Page
	var product *catalog.Product
	err := p.read(ctx, func(tx *sql.Tx) error {
		next := func(where string, arg any) (node, bool, error) {
			n := node{}
			err := tx.QueryRowContext(ctx, "SELECT id, key, state, status, alias_of FROM page WHERE side = ? AND "+where, string(side), arg).
				Scan(&n.id, &n.key, &n.state, &n.status, &n.aliasOf)
			if err == sql.ErrNoRows {
				return n, false, nil
			}
			return n, err == nil, err
		}
		start, ok, err := next("id = (SELECT page FROM spelling WHERE side = page.side AND url = ?)", address(url))
		if err != nil {
			return err
		}
		if !ok {
			return ErrNoPage
		}
		_, reps, err := resolve(start, func(k catalog.Key) (node, bool, error) { return next("key = ?", string(k)) })
		if err != nil {
			return err
		}
		page, product, err = onePage(ctx, tx, "p.id = ?", reps[0].id)
		if err == nil && page.State == Alias {
			page.AliasOf, page.State = "", settled(page.Status)
		}
		return err
	})
	return page, product, nameError(fmt.Sprintf("reading the page of %.200q in the %s shop", url, side), err)
}

func onePage(ctx context.Context, tx *sql.Tx, where string, args ...any) (Page, *catalog.Product, error) {
	page, err := scanPage(tx.QueryRowContext(ctx, "SELECT "+pageColumns+" FROM page p WHERE "+where, args...))
	if err == sql.ErrNoRows {
		return page, nil, ErrNoPage
	}
	if err != nil {
		return page, nil, err
	}
	one := []Page{page}
	if err := readSpellings(ctx, tx, one, nil); err != nil {
		return page, nil, err
	}
	products, err := readProducts(ctx, tx, []int64{page.ID})
	return one[0], products[page.ID], err
}
