package inventory

import (
	"fmt"

	"replatform/crawler/catalog"
)

// keptFindings are the findings of a visit as they are stored with the page, "" where
// the page cannot be asked conditionally.
func (v *Visit) keptFindings() string {
	if len(v.Findings) == 0 || v.ETag == "" && v.LastModified == "" {
		return ""
	}
	kept := make([]Finding, len(v.Findings))
	for i, f := range v.Findings {
		kept[i] = Finding{Code: word(f.Code), URL: address(f.URL), Message: prose(f.Message), Count: f.Count}
	}
	return jsonText(kept)
}

// unchanged stores that the page of v is what it was. Whatever reading it would have
// told anew is taken from the file:
//
//   - the pages that it links to, and the one that it is an alias of, are seen in this
//     crawl; those that were held to the end of the last one are held again;
//   - its findings are added, as those of the side began anew;
//   - its product and its members are as of this crawl.
//
// Where a feed has meanwhile put its word in place of the page's product the page stays
// in the queue, to be asked without a condition.
func (b *batch) unchanged(v *Visit) error {
	r, err := b.visited(v)
	if err != nil {
		return err
	}
	var (
		aliasOf, findings, targets string
		byFeed                     bool
	)
	ok, err := b.w.row(b.ctx, `
		SELECT p.alias_of, p.findings, coalesce(l.targets, '[]'), coalesce(q.visited = 0, 0)
		FROM page p LEFT JOIN links l ON l.page = p.id LEFT JOIN product q ON q.page = p.id WHERE p.id = ?`,
		[]any{r.id}, &aliasOf, &findings, &targets, &byFeed)
	if err != nil {
		return fmt.Errorf("reading the unchanged page %s: %w", r.key, err)
	}
	if !ok {
		return fmt.Errorf("reading the unchanged page %s: it is gone", r.key)
	}
	if byFeed || r.visited == 0 {
		r.fed = true
		b.touch(r)
		return b.w.exec(b.ctx, `UPDATE page SET etag = '', last_modified = '' WHERE id = ?`, r.id)
	}
	b.tally.count(r, -1)
	r.due, r.visited, r.first = false, b.crawl, false
	b.tally.count(r, 1)
	b.touch(r)
	if err := b.w.exec(b.ctx, `UPDATE page SET due = 0, priority = ?, error = '', fetched_at = ?, visited_crawl = ? WHERE id = ?`,
		r.priority, moment(v.FetchedAt), b.crawl, r.id); err != nil {
		return fmt.Errorf("storing the page %s: %w", r.key, err)
	}
	if r.product {
		if err := b.w.exec(b.ctx, `UPDATE product SET crawl = ? WHERE page = ?`, b.crawl, r.id); err != nil {
			return err
		}
	}
	if err := b.w.exec(b.ctx, `UPDATE membership SET crawl = ? WHERE side = ? AND category = ? AND source = 'listing'`,
		b.crawl, string(b.side), string(r.key)); err != nil {
		return err
	}
	for _, f := range parseJSON[[]Finding](findings) {
		if err := b.finding(f); err != nil {
			return err
		}
	}
	keys, err := b.unseen(targets)
	if err != nil {
		return err
	}
	if aliasOf != "" && r.state == Alias {
		keys = append(keys, catalog.Key(aliasOf))
	}
	for _, key := range keys {
		to, err := b.page(key)
		if err != nil {
			return err
		}
		if to == nil {
			continue
		}
		if err := b.seeAgain(to); err != nil {
			return err
		}
	}
	return nil
}

// unseen are the pages, of those numbered in the JSON list targets, that this crawl has
// not seen, or that a link is to hold again.
func (b *batch) unseen(targets string) (keys []catalog.Key, err error) {
	if targets == "[]" {
		return nil, nil
	}
	s, err := b.w.stmt(b.ctx, `
		SELECT key FROM page WHERE id IN (SELECT value FROM json_each(?)) AND (seen_crawl < ? OR state = 'skipped' AND rule = '`+RuleAlike+`')`)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(b.ctx, targets, b.crawl)
	if err != nil {
		return nil, fmt.Errorf("reading the links of an unchanged page: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		keys = append(keys, catalog.Key(key))
	}
	return keys, rows.Err()
}

// seeAgain is the sighting of a known page by a link that stands as it stood.
func (b *batch) seeAgain(r *pageRow) error {
	d := Discovery{Depth: r.depth, Priority: r.priority}
	rule := r.rule
	if r.state == Skipped && r.rule == RuleAlike && r.visited < b.crawl {
		rule, d.Priority = "", min(r.priority, HeldPriority)
	}
	return b.sight(r, d, rule)
}
