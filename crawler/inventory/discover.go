package inventory

import (
	"context"
	"fmt"
	"strings"

	"replatform/crawler/catalog"
)

// FindingTooLong is the code under which Discover counts what it leaves out.
const FindingTooLong = "url-too-long"

// Discover stores sightings of pages, all in one transaction, and says how many pages
// are new. What a sighting does to a page that is known already:
//
//   - its spellings and sources are added, depth and priority become the smaller;
//   - a page that was skipped only for a rule is queued by a sighting without one;
//   - a sighting with NoFetch takes a page that is still to be asked out of the
//     queue as Done;
//   - what the sighting's Product says fills what the page itself did not say in
//     this crawl; the data of an earlier crawl is replaced;
//   - a page that was asked is otherwise left as it is.
//
// Addresses and keys longer than 8 KiB are counted in the finding "url-too-long" and
// not stored.
func (p *Project) Discover(ctx context.Context, side catalog.Side, found []Discovery) (added int, err error) {
	b, err := p.inBatch(ctx, side, func(b *batch) error {
		for i, d := range found {
			if i%256 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if err := b.discover(d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, nameError(fmt.Sprintf("storing %d addresses of the %s shop", len(found), side), err)
	}
	return b.added, nil
}

func (b *batch) discover(d Discovery) error {
	if err := checkKey(d.Key); err != nil {
		return err
	}
	key, url, source, rule := catalog.Key(keyText(d.Key)), address(d.URL), word(d.Source), word(d.Rule)
	if url == "" {
		return fmt.Errorf("page %s is named without an address", key)
	}
	if len(url) > maxURL || len(key) > maxURL {
		return b.finding(Finding{Code: FindingTooLong, Message: fmt.Sprintf("addresses of more than %d bytes are left out", maxURL)})
	}
	r, err := b.page(key)
	if err != nil {
		return err
	}
	if r == nil {
		r = &pageRow{key: key, typ: d.Type, url: url, state: Queued, due: true, title: prose(d.Title),
			depth: d.Depth, priority: d.Priority, seen: b.crawl}
		if r.typ == "" {
			r.typ = catalog.Other
		}
		switch {
		case rule != "":
			r.state, r.due, r.rule = Skipped, false, rule
		case d.NoFetch:
			r.state, r.due = Done, false
		}
		if err := b.insert(r, d.Status); err != nil {
			return err
		}
	} else if err := b.sight(r, d, rule); err != nil {
		return err
	}
	status := 0
	if d.NoFetch {
		status = d.Status
	}
	if err := b.spell(r, url, source, status); err != nil {
		return err
	}
	if s := address(d.Spelling); s != "" && s != url {
		if err := b.spell(r, s, source, 0); err != nil {
			return err
		}
	}
	if d.Product != nil {
		if r.priority == ReleasedPriority {
			b.w.lose(b.side)
		}
		if _, err := b.saveProduct(r, d.Product, false); err != nil {
			return err
		}
	}
	if d.Categories != nil {
		err := b.w.exec(b.ctx, `DELETE FROM membership WHERE side = ? AND product = ? AND source = 'feed' AND crawl < ?`,
			string(b.side), string(r.key), b.crawl)
		if err != nil {
			return err
		}
		for _, c := range d.Categories {
			if err := b.member(catalog.Key(keyText(c)), r.key, "feed"); err != nil {
				return err
			}
		}
	}
	return nil
}

// sight lets a sighting change a known page.
func (b *batch) sight(r *pageRow, d Discovery, rule string) error {
	next := *r
	next.depth, next.priority = min(r.depth, d.Depth), min(r.priority, d.Priority)
	if r.typ == catalog.Other && d.Type != "" {
		next.typ = d.Type
	}
	asked := r.visited > 0 && r.visited == b.crawl // a visit of this crawl has the last word on state and title
	if !asked {
		switch {
		case rule == "" && r.state == Skipped:
			next.state, next.due, next.rule = Queued, true, ""
		case rule != "" && r.state == Skipped && (r.seen < b.crawl || rule < r.rule):
			next.rule = rule
		}
		if rule == "" && d.NoFetch && next.due {
			next.state, next.due = Done, false
		}
		if title := prose(d.Title); title != "" && (r.title == "" || d.NoFetch) {
			next.title = strings.Clone(title)
		}
	}
	next.seen = max(r.seen, b.crawl)
	if next == *r {
		return nil
	}
	if r.priority == ReleasedPriority && (next.priority != r.priority || r.visited > 0 && next.typ != r.typ) {
		b.w.lose(b.side)
	}
	b.tally.count(r, -1)
	*r = next
	b.tally.count(r, 1)
	b.touch(r)
	status, fetched := 0, ""
	if d.NoFetch && r.state == Done && !asked {
		status, fetched = d.Status, b.now
	}
	return b.w.exec(b.ctx, `
		UPDATE page SET type = ?, state = ?, due = ?, rule = ?, title = ?, depth = ?, priority = ?, seen_crawl = ?,
			status = CASE WHEN ?9 <> 0 THEN ?9 ELSE status END,
			fetched_at = CASE WHEN ?10 <> '' THEN ?10 ELSE fetched_at END
		WHERE id = ?11`,
		string(r.typ), string(r.state), r.due, r.rule, r.title, r.depth, r.priority, r.seen, status, fetched, r.id)
}

// Next returns up to n pages that are to be asked, by priority, depth and id, leaving
// out those whose ID is in inflight. It changes nothing: a page leaves the queue only
// when SaveVisits stores what came of it, so pages that were in flight when a program
// was killed are asked again. State is Queued. Of the rest only what a fetcher needs is
// filled in: Key, Type, URL, Depth, Priority, Status of the newest answer, and ETag and
// LastModified where what is stored of the page may stay if it has not changed: the
// page answered 200 last time, and no feed has put its word in place of the page's.
func (p *Project) Next(ctx context.Context, side catalog.Side, n int, inflight map[int64]bool) ([]Page, error) {
	pages, err := p.next(ctx, side, n, inflight)
	return pages, nameError(fmt.Sprintf("reading the queue of the %s shop", side), err)
}
