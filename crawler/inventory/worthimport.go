package inventory

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"

	"replatform/crawler/catalog"
)

// SaveImport stores what one file said, all in one transaction: the worth of
// addresses, the addresses themselves as sightings of pages of the old shop, the sites
// that link to them, and that the file was read. added is the number of new pages,
// replaced what an earlier reading of the same file had said: that goes, with the pages
// that only it had named. A file is the same when its content is, or when it is the newer
// content of a file at the same place with figures of the same time.
//
// When pages were added to a shop whose crawl had ended, the crawl counts as stopped:
// the next one asks the new pages only.
func (p *Project) SaveImport(ctx context.Context, imports []Import, found []Discovery) (added int, replaced []Import, err error) {
	imports = slices.Clone(imports)
	b, err := p.inBatch(ctx, catalog.Old, func(b *batch) error {
		var gone []int
		var err error
		if replaced, gone, err = b.w.addImports(b.ctx, imports); err != nil {
			return err
		}
		for _, im := range imports {
			if err := b.w.addLinking(b.ctx, im); err != nil {
				return err
			}
			for i, v := range im.Worth {
				if i%256 == 0 && ctx.Err() != nil {
					return ctx.Err()
				}
				if err := b.w.addWorth(b.ctx, v, im.id); err != nil {
					return err
				}
			}
		}
		for i, d := range found {
			if i%256 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if err := b.discover(d); err != nil {
				return err
			}
			if len(imports) > 0 {
				if err := b.name(imports[0].File, d.Key); err != nil {
					return err
				}
			}
		}
		if b.added > 0 {
			if err := b.w.exec(b.ctx, `UPDATE shop SET state = 'stopped' WHERE side = ? AND state = 'done'`, string(catalog.Old)); err != nil {
				return err
			}
		}
		_, _, err = b.unname(gone, replaced)
		return err
	})
	if err != nil {
		return 0, nil, nameError("storing what the file says", err)
	}
	return b.added, replaced, nil
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
// source and period. Where two files tell of the same visits of one period, one counts
// (see WorthTotals); periods are not compared with each other.
func (p *Project) WorthShares(ctx context.Context) ([]WorthShare, error) {
	shares := map[[2]string]*WorthShare{}
	err := p.read(ctx, func(tx *sql.Tx) error {
		stand, al, err := standings(ctx, tx)
		if err != nil {
			return err
		}
		seen := map[[2]string]map[catalog.Key]bool{}
		return eachCounted(ctx, tx, al, true, func(v Worth) error {
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
