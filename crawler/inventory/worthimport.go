package inventory

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"replatform/crawler/catalog"
)

// metaImports is the name under which the list of imports is stored; the last
// maxImports are kept.
const (
	metaImports = "imports"
	maxImports  = 1000
)

// Import is what one file said of the old shop. A file is told from another by Name,
// Kind and Source; what it says of several periods is one Import each.
type Import struct {
	Name      string    `json:"name"`   // of the file, without its folder
	Kind      string    `json:"kind"`   // as recognised, a stable word
	Source    string    `json:"source"` // as Worth.Source and among Page.Sources
	Period    string    `json:"period,omitempty"`
	Rows      int       `json:"rows"`
	Refused   int       `json:"refused"`
	Addresses int       `json:"addresses"`       // different ones of the shop
	After     bool      `json:"after,omitempty"` // the figures are of the time after the switch (see SaveResults)
	At        time.Time `json:"at"`
	// Linking are the sites that the file names; Source, File and ReadAt are those of the
	// import. They stand in a table of their own.
	Linking []Linking `json:"-"`
}

func (i Import) same(o Import) bool {
	return i.Name == o.Name && i.Kind == o.Kind && i.Source == o.Source && i.Period == o.Period && i.After == o.After
}

// SaveImport stores what one file said, all in one transaction: the worth of
// addresses, the addresses themselves as sightings of pages of the old shop, the sites
// that link to them, and that the file was read. added is the number of new pages.
//
// The same file may be read again: entries of worth are replaced, not added, and those
// that the file no longer has go, unless another file told of the same source and
// period. When pages were added to a shop whose crawl had ended, the crawl counts as
// stopped: the next one asks the new pages only.
func (p *Project) SaveImport(ctx context.Context, imports []Import, worth []Worth, found []Discovery) (added int, err error) {
	b, err := p.inBatch(ctx, catalog.Old, func(b *batch) error {
		log, err := b.w.imports(b.ctx)
		if err != nil {
			return err
		}
		for _, im := range imports {
			others := slices.DeleteFunc(slices.Clone(log), im.same)
			alone := !slices.ContainsFunc(others, func(o Import) bool { return o.Source == im.Source && o.Period == im.Period && !o.After })
			if alone {
				if err := b.w.exec(b.ctx, `DELETE FROM worth WHERE source = ? AND period = ?`, word(im.Source), word(im.Period)); err != nil {
					return err
				}
			}
			im.Name = prose(im.Name)
			if log = append(others, im); len(log) > maxImports {
				log = log[1:]
			}
		}
		if err := b.w.replaceLinking(b.ctx, imports); err != nil {
			return err
		}
		for i, v := range worth {
			if i%256 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if err := b.w.addWorth(b.ctx, v); err != nil {
				return err
			}
		}
		for i, d := range found {
			if i%256 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if err := b.discover(d); err != nil {
				return err
			}
		}
		if b.added > 0 {
			if err := b.w.exec(b.ctx, `UPDATE shop SET state = 'stopped' WHERE side = ? AND state = 'done'`, string(catalog.Old)); err != nil {
				return err
			}
		}
		text, err := json.Marshal(log)
		if err != nil {
			return err
		}
		return b.w.exec(b.ctx, `INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
			metaImports, string(text))
	})
	if err != nil {
		return 0, nameError("storing what the file says", err)
	}
	return b.added, nil
}

func (w *writer) imports(ctx context.Context) ([]Import, error) {
	var text string
	if ok, err := w.row(ctx, `SELECT value FROM meta WHERE name = ?`, []any{metaImports}, &text); err != nil || !ok {
		return nil, err
	}
	return parseImports(text)
}

func parseImports(text string) ([]Import, error) {
	if text == "" {
		return nil, nil
	}
	var list []Import
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("reading the list of imports: %w", err)
	}
	return list, nil
}

// Imports lists the files that were imported, in the order in which they were.
func (p *Project) Imports(ctx context.Context) ([]Import, error) {
	text, err := p.Meta(ctx, metaImports)
	if err != nil {
		return nil, err
	}
	return parseImports(text)
}

// Standing is how the old shop's page of an address stands.
type Standing string

const (
	StandsAnswers  Standing = "answers"  // it answered with content, or another page stands for it that did
	StandsMoved    Standing = "moved"    // it redirects, and not to a page of the shop that answered
	StandsGone     Standing = "gone"     // it answered 404 or 410
	StandsFailed   Standing = "failed"   // it gave no usable answer
	StandsUnasked  Standing = "unasked"  // known from files or links, not asked yet
	StandsSkipped  Standing = "skipped"  // never asked: cart, search, robots.txt and so on
	StandsUnstored Standing = "unstored" // the project has no such page
)

// Standings lists all, the best first.
func Standings() []Standing {
	return []Standing{StandsAnswers, StandsMoved, StandsGone, StandsFailed, StandsUnasked, StandsSkipped, StandsUnstored}
}

// Stand says how the page of each key of the old shop stands; keys that are not in the
// map are unstored. Aliases stand as the page that stands for them.
func (p *Project) Stand(ctx context.Context) (map[catalog.Key]Standing, error) {
	out := map[catalog.Key]Standing{}
	err := p.read(ctx, func(tx *sql.Tx) error {
		var err error
		out, _, err = standings(ctx, tx)
		return err
	})
	return out, nameError("reading how old pages stand", err)
}

func standings(ctx context.Context, tx *sql.Tx) (map[catalog.Key]Standing, *aliases, error) {
	al, err := readAliases(ctx, tx, catalog.Old)
	if err != nil {
		return nil, nil, err
	}
	out := map[catalog.Key]Standing{}
	var later []catalog.Key // aliases, once their pages are known
	err = each(ctx, tx, `SELECT key, state, status FROM page WHERE side = ?`, []any{string(catalog.Old)}, func(rows *sql.Rows) error {
		var key catalog.Key
		var state PageState
		var status int
		if err := rows.Scan(&key, &state, &status); err != nil {
			return err
		}
		if state == Alias {
			if al.key(key) != key {
				later = append(later, key)
				return nil
			}
			state = settled(status)
		}
		out[key] = standing(state, status)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	for _, key := range later {
		if s, ok := out[al.key(key)]; ok {
			out[key] = s
		} else {
			out[key] = StandsMoved
		}
	}
	return out, al, nil
}

func standing(state PageState, status int) Standing {
	switch {
	case state == Skipped:
		return StandsSkipped
	case status == 404 || status == 410:
		return StandsGone
	case state == Failed:
		return StandsFailed
	case state == Queued && status == 0:
		return StandsUnasked
	case status >= 300 && status < 400:
		return StandsMoved
	case status >= 400:
		return StandsFailed
	}
	return StandsAnswers
}

// WorthShare is how the worth that one source tells of one period spreads over the
// pages of the old shop.
type WorthShare struct {
	Source string             `json:"source"`
	Period string             `json:"period,omitempty"` // "" unknown
	Pages  map[Standing]int   `json:"pages"`            // different pages by how they stand
	By     map[Standing]Worth `json:"-"`                // sums of figures; linking sites of several pages are added, so a site that links to two counts twice
}

// Total is the sum over all standings.
func (s WorthShare) Total() Worth {
	var t Worth
	for _, w := range s.By {
		t = t.Plus(w)
	}
	return t
}

// Plus adds figures of different addresses, linking sites too.
func (v Worth) Plus(o Worth) Worth {
	sites := v.LinkingSites + o.LinkingSites
	v = v.plus(o)
	v.LinkingSites = sites
	return v
}

// WorthShares says for every source and period how much of its worth is on pages that
// answer, on pages that are gone and so on: the shares covered. It is ordered by
// source and period.
func (p *Project) WorthShares(ctx context.Context) ([]WorthShare, error) {
	shares := map[[2]string]*WorthShare{}
	err := p.read(ctx, func(tx *sql.Tx) error {
		stand, al, err := standings(ctx, tx)
		if err != nil {
			return err
		}
		seen := map[[2]string]map[catalog.Key]bool{}
		return each(ctx, tx, `
			SELECT key, source, period, url, clicks, impressions, sessions, revenue, currency, linking_sites
			FROM worth`, nil, func(rows *sql.Rows) error {
			v, err := scanWorth(rows)
			if err != nil {
				return err
			}
			at := [2]string{v.Source, v.Period}
			s := shares[at]
			if s == nil {
				s = &WorthShare{Source: v.Source, Period: v.Period, Pages: map[Standing]int{}, By: map[Standing]Worth{}}
				shares[at], seen[at] = s, map[catalog.Key]bool{}
			}
			how, ok := stand[v.Key]
			if !ok {
				how = StandsUnstored
			}
			if key := al.key(v.Key); !seen[at][key] {
				seen[at][key] = true
				s.Pages[how]++
			}
			s.By[how] = s.By[how].Plus(v)
			return nil
		})
	})
	out := make([]WorthShare, 0, len(shares))
	for _, s := range shares {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b WorthShare) int {
		return cmp.Or(strings.Compare(a.Source, b.Source), strings.Compare(a.Period, b.Period))
	})
	return out, nameError("reading the shares of worth", err)
}
