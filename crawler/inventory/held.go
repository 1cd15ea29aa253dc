package inventory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"replatform/crawler/catalog"
)

// A crawl may hold addresses back of which it is not sure that they lead to an end.
// They stay in the queue under a priority that no other page has, so that Next leaves
// them out, and so that a killed crawl finds them where they were.
const (
	// HeldPriority: to be decided upon once everything else has been asked.
	HeldPriority = 1000
	// ParkedPriority: decided upon and put off.
	ParkedPriority = 2000
	// ReleasedPriority: was held and may be asked. No page gets it otherwise.
	ReleasedPriority = 25
)

// RuleAlike is the rule of addresses that were held to the end of a crawl: there are
// too many of their kind. Pages, Counts and the exports leave them out; the crawl
// reports how many there are.
const RuleAlike = "trap-alike"

// Held hands out what is held, the shortest address first and then by key: an order
// that does not hang on how the pages were found.
func (p *Project) Held(ctx context.Context, side catalog.Side, parked bool, fn func(Page) error) error {
	priority := HeldPriority
	if parked {
		priority = ParkedPriority
	}
	doing := fmt.Sprintf("reading what is held of the %s shop", side)
	if err := p.writer.with(ctx, func() error { return p.load(ctx, side) }); err != nil {
		return nameError(doing, err)
	}
	if pages, ok := p.writer.queueOf(side).heldBack(side, priority); ok {
		for _, page := range pages {
			if err := fn(page); err != nil {
				return nameError(doing, err)
			}
		}
		return nil
	}
	err := each(ctx, p.reader, `
		SELECT id, key, type, url, depth FROM page
		WHERE side = ? AND due = 1 AND state = 'queued' AND priority = ? ORDER BY length(url), key`,
		[]any{string(side), priority}, func(rows *sql.Rows) error {
			page := Page{Side: side, State: Queued}
			if err := rows.Scan(&page.ID, &page.Key, &page.Type, &page.URL, &page.Depth); err != nil {
				return err
			}
			return fn(page)
		})
	return nameError(doing, err)
}

// SetPriority gives pages that are to be asked another priority, all in one
// transaction.
func (p *Project) SetPriority(ctx context.Context, side catalog.Side, ids []int64, priority int) error {
	err := p.reorder(ctx, side, priority, func(q *queue) (chosen []*waiting) {
		for _, id := range ids {
			if w := q.pages[id]; w != nil {
				chosen = append(chosen, w)
			}
		}
		return chosen
	}, `UPDATE page SET priority = ?1 WHERE side = ?2 AND due = 1 AND id IN (SELECT value FROM json_each(?3))`,
		priority, string(side), jsonText(ids))
	return nameError(fmt.Sprintf("ordering the queue of the %s shop", side), err)
}

// Unpark holds again what was put off.
func (p *Project) Unpark(ctx context.Context, side catalog.Side) error {
	err := p.reorder(ctx, side, HeldPriority, func(q *queue) (chosen []*waiting) {
		for _, w := range q.pages {
			if w.priority == ParkedPriority {
				chosen = append(chosen, w)
			}
		}
		return chosen
	}, `UPDATE page SET priority = ?1 WHERE side = ?2 AND due = 1 AND priority = ?3`, HeldPriority, string(side), ParkedPriority)
	return nameError(fmt.Sprintf("ordering the queue of the %s shop", side), err)
}

// reorder gives pages of the queue another priority: those that chosen wants where it is
// in memory, those that query changes where it is not.
func (p *Project) reorder(ctx context.Context, side catalog.Side, priority int, chosen func(*queue) []*waiting, query string, args ...any) error {
	return p.writer.with(ctx, func() error {
		ok, err := p.requeue(ctx, side, priority, chosen)
		if err != nil || ok {
			return err
		}
		delete(p.writer.known, side) // what is remembered has the old priority
		return p.writer.inTurn(ctx, func(calm context.Context) error { return p.writer.exec(calm, query, args...) })
	})
}

// RefuseHeld files everything that is held or parked as Skipped under RuleAlike and
// stores the findings that say so, in one transaction.
func (p *Project) RefuseHeld(ctx context.Context, side catalog.Side, findings []Finding) error {
	err := p.writer.tx(ctx, func(calm context.Context) error {
		p.writer.forget(side)
		if err := p.writer.settle(calm, side); err != nil {
			return err
		}
		for _, step := range []string{
			`UPDATE page SET state = 'skipped', due = 0, rule = '` + RuleAlike + `'
				WHERE side = ? AND due = 1 AND priority >= 1000 AND state = 'queued'`,
			`UPDATE page SET due = 0 WHERE side = ? AND due = 1 AND priority >= 1000`, // folded in an earlier crawl
		} {
			if err := p.writer.exec(calm, step, string(side)); err != nil {
				return err
			}
		}
		for _, f := range findings {
			if err := p.writer.addFinding(calm, side, f); err != nil {
				return err
			}
		}
		return nil
	})
	return nameError(fmt.Sprintf("refusing what is held of the %s shop", side), err)
}

// ReplaceFindings stores findings in place of all that have one of the codes, in one
// transaction: what is found out at the end of a crawl can be found out again.
func (p *Project) ReplaceFindings(ctx context.Context, side catalog.Side, codes []string, findings []Finding) error {
	err := p.writer.tx(ctx, func(calm context.Context) error {
		for _, code := range codes {
			if err := p.writer.exec(calm, `DELETE FROM finding WHERE side = ? AND code = ?`, string(side), word(code)); err != nil {
				return err
			}
		}
		for _, f := range findings {
			if err := p.writer.addFinding(calm, side, f); err != nil {
				return err
			}
		}
		return nil
	})
	return nameError(fmt.Sprintf("storing findings of the %s shop", side), err)
}

// Goods hands out the pages of side that answered and show a product; goods is what tells
// it from others, as in Released.
func (p *Project) Goods(ctx context.Context, side catalog.Side, fn func(page int64, goods string) error) error {
	err := each(ctx, p.reader, `
		SELECT p.id, q.name || char(31) || q.sku || char(31) || q.price
		FROM page p JOIN product q ON q.page = p.id
		WHERE p.side = ? AND p.state = 'done' AND p.status = 200 AND q.name <> ''`,
		[]any{string(side)}, func(rows *sql.Rows) error {
			var page int64
			var goods string
			if err := rows.Scan(&page, &goods); err != nil {
				return err
			}
			return fn(page, goods)
		})
	return nameError(fmt.Sprintf("reading products of the %s shop", side), err)
}

// LinksFrom hands out which pages each page links to, of both shops. fn must not keep to.
func (p *Project) LinksFrom(ctx context.Context, fn func(from int64, to []int64) error) error {
	var to []int64
	err := each(ctx, p.reader, `SELECT page, targets FROM links`, nil, func(rows *sql.Rows) error {
		var from int64
		var targets sql.RawBytes
		if err := rows.Scan(&from, &targets); err != nil {
			return err
		}
		var err error
		if to, err = appendIDs(to[:0], targets); err != nil {
			return fmt.Errorf("reading the links of page %d: %w", from, err)
		}
		return fn(from, to)
	})
	return nameError("reading links", err)
}

// Redirects hands out the pages of side whose newest answer was a redirect, ordered by
// key, with where it pointed, absolute.
func (p *Project) Redirects(ctx context.Context, side catalog.Side, fn func(key catalog.Key, url, to string) error) error {
	err := each(ctx, p.reader, `
		SELECT key, url, redirect_to FROM page
		WHERE side = ? AND redirect_to <> '' AND status BETWEEN 300 AND 399
			AND NOT (state = 'skipped' AND rule IN ('`+RuleProbeAbsent+`', '`+RuleListing+`', '`+RuleAlike+`'))
		ORDER BY key`, []any{string(side)}, func(rows *sql.Rows) error {
		var key catalog.Key
		var u, to string
		if err := rows.Scan(&key, &u, &to); err != nil {
			return err
		}
		return fn(key, u, to)
	})
	return nameError(fmt.Sprintf("reading redirects of the %s shop", side), err)
}

// Declared hands out the pages that answered and declare a canonical address, both
// addresses absolute.
func (p *Project) Declared(ctx context.Context, side catalog.Side, fn func(url, canonical string) error) error {
	err := each(ctx, p.reader, `
		SELECT url, canonical FROM page
		WHERE side = ? AND canonical <> '' AND status = 200 AND (instr(url, '?') > 0 OR instr(canonical, '?') > 0)`,
		[]any{string(side)}, func(rows *sql.Rows) error {
			var u, canonical string
			if err := rows.Scan(&u, &canonical); err != nil {
				return err
			}
			return fn(u, canonical)
		})
	return nameError(fmt.Sprintf("reading canonical addresses of the %s shop", side), err)
}

// SaveCrawlState keeps what the crawl of side has decided about what it holds, JSON,
// until the side is reset.
func (p *Project) SaveCrawlState(ctx context.Context, side catalog.Side, state []byte) error {
	err := p.writer.tx(ctx, func(calm context.Context) error {
		return p.writer.exec(calm, `INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
			crawlState(side), string(state))
	})
	return nameError(fmt.Sprintf("storing where the crawl of the %s shop stands", side), err)
}

// CrawlState is what SaveCrawlState stored; nil when it stored nothing.
func (p *Project) CrawlState(ctx context.Context, side catalog.Side) ([]byte, error) {
	var state []byte
	err := p.reader.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = ?`, crawlState(side)).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return state, nameError(fmt.Sprintf("reading where the crawl of the %s shop stands", side), err)
}

func crawlState(side catalog.Side) string { return "crawl." + string(side) }
