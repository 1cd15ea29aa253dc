package inventory

import (
	"context"
	"fmt"
	"strings"

	"replatform/crawler/catalog"
)

// SaveVisits stores what came of asking pages, all in one transaction: a killed
// program leaves each page either wholly stored or in the queue. For each visit:
//
//   - The page leaves the queue, unless State is Queued, which puts it back.
//   - A live answer (Done or Alias, and no status of 400 or more) replaces title and
//     the other facts, the links and the members. Any other answer keeps what an
//     earlier one said, so that a shop that is down does not wipe its own inventory.
//   - Product replaces what is stored; a field that it leaves empty keeps what a
//     feed of the same crawl said. Without Product the stored one stays, unless a
//     live answer makes the page one of another type.
//   - Type is taken over unless it is empty or Other.
//   - Found is stored as by Discover, Findings as by AddFindings.
//   - Links to pages that the shop does not have are left out.
//   - An Unchanged page keeps everything, is asked in this crawl all the same, and tells
//     again what it told last time, see unchanged.
//   - When the page an alias points to is not known, it is filed as Skipped under
//     RuleAliasTarget. A page that is its own alias is Done.
//
// ctx can end the work between two visits; nothing is stored then. A crawl that is
// being stopped hands in context.WithoutCancel.
func (p *Project) SaveVisits(ctx context.Context, side catalog.Side, visits []Visit) error {
	if len(visits) == 0 {
		return nil
	}
	_, err := p.inBatch(ctx, side, func(b *batch) error {
		for i := range visits {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := b.visit(&visits[i]); err != nil {
				return err
			}
		}
		// Links and alias targets may lead to pages that a later visit of the same
		// batch found.
		for i := range visits {
			if err := b.connect(&visits[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return nameError(fmt.Sprintf("storing %d pages of the %s shop", len(visits), side), err)
}

// alive says that the answer tells what the page is now.
func (v *Visit) alive() bool {
	return (v.State == Done || v.State == Alias) && v.Status < 400
}

func (b *batch) visit(v *Visit) error {
	if err := checkKey(v.Key); err != nil {
		return err
	}
	if v.Unchanged {
		return b.unchanged(v)
	}
	state, rule, aliasOf := v.State, word(v.Rule), keyText(v.AliasOf)
	switch state {
	case Queued, Done, Failed, Skipped:
		aliasOf = ""
	case Alias:
		if aliasOf == "" || aliasOf == keyText(v.Key) {
			state, aliasOf = Done, ""
		}
	default:
		return fmt.Errorf("page %s: unknown state %q", v.Key, v.State)
	}
	r, err := b.visited(v)
	if err != nil {
		return err
	}
	b.tally.count(r, -1)
	r.first, r.again = r.visited == 0, state == Queued
	r.state, r.rule, r.due, r.visited = state, rule, state == Queued, b.crawl
	if v.Type != "" && v.Type != catalog.Other {
		r.typ = v.Type
	}
	if u := address(v.URL); u != "" && len(u) <= maxURL {
		if r.url != u {
			r.url = strings.Clone(u)
		}
	}
	b.tally.count(r, 1)
	b.touch(r)
	alive := v.alive()
	if err := b.writeVisit(r, v, aliasOf); err != nil {
		return fmt.Errorf("storing the page %s: %w", r.key, err)
	}
	// The row in memory is written again by a discovery later in the batch.
	if alive || r.title == "" {
		r.title = strings.Clone(prose(v.Title))
	}
	if err := b.spell(r, r.url, "", v.Status); err != nil {
		return err
	}
	var goods string
	switch {
	case v.Product != nil:
		var p catalog.Product
		p, err = b.saveProduct(r, v.Product, true)
		goods = goodsOf(&p)
	case alive && v.Status != 0 && r.typ != catalog.ProductP && r.product:
		err = b.dropProduct(r)
	}
	if err != nil {
		return err
	}
	b.released(r, v, goods)
	for _, d := range v.Found {
		if err := b.discover(d); err != nil {
			return err
		}
	}
	for _, f := range v.Findings {
		if err := b.finding(f); err != nil {
			return err
		}
	}
	return nil
}

// writeVisit stores the answer with the page itself.
func (b *batch) writeVisit(r *pageRow, v *Visit, aliasOf string) error {
	title, description, canonical, lang := prose(v.Title), prose(v.Description), address(v.Canonical), prose(v.Lang)
	robots, etag, modified, findings := prose(v.Robots), prose(v.ETag), prose(v.LastModified), v.keptFindings()
	redirect, problem := address(v.RedirectTo), prose(v.Error)
	alive := v.alive()
	// The usual case writes what is not as it was when the page was found, see insert.
	if r.first && alive && r.state == Done && r.rule == "" && aliasOf == "" && redirect == "" && problem == "" &&
		robots == "" && etag == "" && modified == "" && findings == "" {
		return b.w.exec(b.ctx, `
			UPDATE page SET state = 'done', due = 0, priority = ?, type = ?, url = ?, rule = '', status = ?, title = ?, description = ?, canonical = ?,
				charset = ?, lang = ?, content_hash = ?, fetched_at = ?, visited_crawl = ?
			WHERE id = ?`,
			r.priority, string(r.typ), r.url, v.Status, title, description, canonical, word(v.Charset), lang, word(v.ContentHash),
			moment(v.FetchedAt), b.crawl, r.id)
	}
	// Facts of a dead answer only fill what nothing is known of.
	return b.w.exec(b.ctx, `
		UPDATE page SET type = ?1, url = ?2, state = ?3, due = ?4, rule = ?5, alias_of = ?6, status = ?7, redirect_to = ?8,
			title = CASE WHEN ?9 OR title = '' THEN ?10 ELSE title END,
			description = CASE WHEN ?9 OR description = '' THEN ?11 ELSE description END,
			canonical = CASE WHEN ?9 OR canonical = '' THEN ?12 ELSE canonical END,
			robots = CASE WHEN ?9 OR robots = '' THEN ?13 ELSE robots END,
			charset = CASE WHEN ?9 OR charset = '' THEN ?14 ELSE charset END,
			lang = CASE WHEN ?9 OR lang = '' THEN ?15 ELSE lang END,
			content_hash = CASE WHEN ?9 OR content_hash = '' THEN ?16 ELSE content_hash END,
			etag = CASE WHEN ?9 THEN ?17 ELSE etag END,
			last_modified = CASE WHEN ?9 THEN ?18 ELSE last_modified END,
			findings = CASE WHEN ?9 THEN ?19 ELSE findings END,
			error = ?20, fetched_at = ?21, visited_crawl = ?22, priority = ?23
		WHERE id = ?24`,
		string(r.typ), r.url, string(r.state), r.due, r.rule, aliasOf, v.Status, redirect,
		alive, title, description, canonical, robots, word(v.Charset), lang,
		word(v.ContentHash), etag, modified, findings, problem, moment(v.FetchedAt), b.crawl, r.priority, r.id)
}

// visited is the page that v is about. A crawl asks only pages that it discovered,
// but nothing is lost when one was not.
func (b *batch) visited(v *Visit) (*pageRow, error) {
	key := catalog.Key(keyText(v.Key))
	r, err := b.page(key)
	if err != nil || r != nil {
		return r, err
	}
	u := address(v.URL)
	if u == "" || len(u) > maxURL || len(key) > maxURL {
		return nil, fmt.Errorf("page %.200q is not known and has no usable address", key)
	}
	r = &pageRow{key: key, typ: catalog.Other, url: u, state: Queued, due: true, seen: b.crawl}
	return r, b.insert(r, 0)
}

// connect stores what leads from the page of v to other pages.
func (b *batch) connect(v *Visit) error {
	r, err := b.page(catalog.Key(keyText(v.Key)))
	if err != nil {
		return err
	}
	if v.Unchanged {
		return nil
	}
	if v.alive() {
		if err := b.links(r, v.Links); err != nil {
			return err
		}
		if err := b.members(r, v.Members); err != nil {
			return err
		}
	}
	if r.state != Alias {
		return nil
	}
	key := catalog.Key(keyText(v.AliasOf))
	target, err := b.page(key)
	if err != nil || target != nil {
		return err
	}
	u := address(v.RedirectTo)
	if u == "" {
		u = address(v.Canonical)
	}
	if u == "" || len(u) > maxURL || len(key) > maxURL {
		return nil // it stays an alias of nothing, and stands for itself
	}
	_, typ, _ := key.Parts()
	if typ == "" {
		typ = catalog.Other
	}
	target = &pageRow{key: key, typ: typ, url: u, state: Skipped, rule: RuleAliasTarget, depth: r.depth, priority: r.priority, seen: b.crawl}
	if err := b.insert(target, 0); err != nil {
		return err
	}
	return b.spell(target, u, "", 0)
}
