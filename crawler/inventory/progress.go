package inventory

import (
	"context"
	"database/sql"
	"fmt"

	"replatform/crawler/catalog"
)

// Progress is how far a crawl has come. Each page counts once.
type Progress struct {
	Queued   int // still to be asked, or to be asked again
	Done     int
	Failed   int
	Skipped  int
	Aliases  int
	Products int // pages that hold a product and are neither queued nor aliases
}

// tally is Progress, or a change of it.
type tally Progress

// count adds n times the page r.
func (t *tally) count(r *pageRow, n int) {
	switch {
	case r.due || r.state == Queued:
		t.Queued += n
		return
	case r.state == Done:
		t.Done += n
	case r.state == Failed:
		t.Failed += n
	case r.state == Skipped:
		t.Skipped += n
	case r.state == Alias:
		t.Aliases += n
		return
	}
	if r.product {
		t.Products += n
	}
}

func (t *tally) add(d tally) {
	t.Queued += d.Queued
	t.Done += d.Done
	t.Failed += d.Failed
	t.Skipped += d.Skipped
	t.Aliases += d.Aliases
	t.Products += d.Products
}

// sum is the tally of one side as of one version of the file.
type sum struct {
	tally
	version int64
}

func (w *writer) addToSum(side catalog.Side, d tally) {
	if s, ok := w.sums[side]; ok {
		s.add(d)
		w.sums[side] = s
	}
}

// Progress counts the pages of side. It is cheap enough to ask after every batch of
// a crawl: what this process stores is added up as it goes, and the file is counted
// anew only when another program has written to it.
func (p *Project) Progress(ctx context.Context, side catalog.Side) (Progress, error) {
	var out Progress
	err := p.writer.with(ctx, func() error {
		var version int64 // changes when another connection commits, not by our own commits
		if _, err := p.writer.row(ctx, `PRAGMA data_version`, nil, &version); err != nil {
			return err
		}
		if s, ok := p.writer.sums[side]; ok && s.version == version {
			out = Progress(s.tally)
			return nil
		}
		s := sum{version: version}
		err := each(ctx, p.writer.conn, `
			SELECT p.state, p.due, q.page IS NOT NULL AS has, count(*)
			FROM page p LEFT JOIN product q ON q.page = p.id
			WHERE p.side = ? GROUP BY p.state, p.due, has`, []any{string(side)}, func(rows *sql.Rows) error {
			var r pageRow
			var n int
			if err := rows.Scan(&r.state, &r.due, &r.product, &n); err != nil {
				return err
			}
			s.count(&r, n)
			return nil
		})
		if err != nil {
			return err
		}
		p.writer.sums[side] = s
		out = Progress(s.tally)
		return nil
	})
	return out, nameError(fmt.Sprintf("counting the %s shop", side), err)
}
