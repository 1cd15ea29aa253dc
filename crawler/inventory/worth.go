package inventory

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"replatform/crawler/catalog"
)

// AddWorth stores what the owner's files say of old pages, all in one transaction.
// An entry replaces the one of the same key, source, period and URL, so the same
// file may be read twice. The keys need not belong to known pages.
func (p *Project) AddWorth(ctx context.Context, worth []Worth) error {
	err := p.writer.tx(ctx, func(ctx context.Context) error {
		for _, v := range worth {
			if err := p.writer.addWorth(ctx, v); err != nil {
				return err
			}
		}
		return nil
	})
	return nameError(fmt.Sprintf("storing the worth of %d addresses", len(worth)), err)
}

func (w *writer) addWorth(ctx context.Context, v Worth) error {
	if err := checkKey(v.Key); err != nil {
		return err
	}
	return w.exec(ctx, `
		INSERT INTO worth (key, source, period, url, clicks, impressions, sessions, revenue, currency, linking_sites)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (key, source, period, url) DO UPDATE SET clicks = excluded.clicks, impressions = excluded.impressions,
			sessions = excluded.sessions, revenue = excluded.revenue, currency = excluded.currency,
			linking_sites = excluded.linking_sites`,
		keyText(v.Key), word(v.Source), word(v.Period), address(v.URL), v.Clicks, v.Impressions, v.Sessions, v.Revenue,
		word(v.Currency), v.LinkingSites)
}

// Worth hands out every stored entry, ordered by key, source, period and URL.
func (p *Project) Worth(ctx context.Context, fn func(Worth) error) error {
	err := each(ctx, p.reader, `
		SELECT key, source, period, url, clicks, impressions, sessions, revenue, currency, linking_sites
		FROM worth ORDER BY key, source, period, url`, nil, func(rows *sql.Rows) error {
		v, err := scanWorth(rows)
		if err != nil {
			return err
		}
		return fn(v)
	})
	return nameError("reading the worth of addresses", err)
}

func scanWorth(rows *sql.Rows) (Worth, error) {
	var v Worth
	err := rows.Scan(&v.Key, &v.Source, &v.Period, &v.URL, &v.Clicks, &v.Impressions, &v.Sessions, &v.Revenue, &v.Currency, &v.LinkingSites)
	return v, err
}

// WorthTotals says for each old page what it is worth; aliases count for the page
// that stands for them. Source, Period and URL of the totals are empty. The rules:
//
//   - Addresses of one page, and periods of one source that do not overlap, are
//     added; linking sites of several periods are not, the largest counts.
//   - Of periods of one source that overlap, the longest counts, then the latest.
//     An unknown period counts only when nothing else is known.
//   - Sources are never added, since they measure the same visitors: for each
//     figure the largest counts. Revenues in different currencies are not added
//     either.
func (p *Project) WorthTotals(ctx context.Context) (map[catalog.Key]Worth, error) {
	totals := map[catalog.Key]Worth{}
	err := p.read(ctx, func(tx *sql.Tx) error {
		al, err := readAliases(ctx, tx, catalog.Old)
		if err != nil {
			return err
		}
		periods := map[string][]string{}
		err = each(ctx, tx, `SELECT DISTINCT source, period FROM worth`, nil, func(rows *sql.Rows) error {
			var source, period string
			if err := rows.Scan(&source, &period); err != nil {
				return err
			}
			periods[source] = append(periods[source], period)
			return nil
		})
		if err != nil {
			return err
		}
		counted := map[[2]string]bool{}
		for source, list := range periods {
			for _, period := range apart(list) {
				counted[[2]string{source, period}] = true
			}
		}
		type place struct {
			key            catalog.Key
			source, period string
			currency       string
		}
		sums := map[place]Worth{} // one source, one period, all addresses of the page
		err = each(ctx, tx, `
			SELECT key, source, period, url, clicks, impressions, sessions, revenue, currency, linking_sites
			FROM worth`, nil, func(rows *sql.Rows) error {
			v, err := scanWorth(rows)
			if err != nil || !counted[[2]string{v.Source, v.Period}] {
				return err
			}
			at := place{al.key(v.Key), v.Source, v.Period, v.Currency}
			s := sums[at]
			s.LinkingSites += v.LinkingSites
			sums[at] = s.plus(v)
			return nil
		})
		if err != nil {
			return err
		}
		bySource := map[place]Worth{} // one source, all periods
		for at, v := range sums {
			at.period = ""
			s := bySource[at]
			s.LinkingSites = max(s.LinkingSites, v.LinkingSites)
			bySource[at] = s.plus(v)
		}
		for at, v := range bySource {
			t := totals[at.key]
			t.Key = at.key
			t.Clicks, t.Impressions = max(t.Clicks, v.Clicks), max(t.Impressions, v.Impressions)
			t.Sessions, t.LinkingSites = max(t.Sessions, v.Sessions), max(t.LinkingSites, v.LinkingSites)
			if v.Revenue > t.Revenue || v.Revenue == t.Revenue && v.Revenue > 0 && at.currency < t.Currency {
				t.Revenue, t.Currency = v.Revenue, at.currency
			}
			totals[at.key] = t
		}
		return nil
	})
	return totals, nameError("adding up the worth of addresses", err)
}

// plus adds the figures that may be added over time.
func (v Worth) plus(o Worth) Worth {
	v.Clicks += o.Clicks
	v.Impressions += o.Impressions
	v.Sessions += o.Sessions
	v.Revenue += o.Revenue
	return v
}

// apart picks periods that do not overlap, the longest first.
func apart(periods []string) []string {
	type span struct {
		text        string
		first, last time.Time
	}
	spans := make([]span, 0, len(periods))
	for _, text := range periods {
		s := span{text: text}
		s.first, s.last, _ = PeriodDays(text) // zero: unknown
		spans = append(spans, s)
	}
	known := func(s span) bool { return !s.first.IsZero() }
	slices.SortFunc(spans, func(a, b span) int {
		if known(a) != known(b) {
			if known(a) {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.last.Sub(b.first), a.last.Sub(a.first)), b.last.Compare(a.last), strings.Compare(b.text, a.text))
	})
	var out []string
	var taken []span
	for _, s := range spans {
		if len(taken) > 0 && !known(s) {
			continue
		}
		overlaps := slices.ContainsFunc(taken, func(t span) bool {
			return !known(t) || !s.first.After(t.last) && !t.first.After(s.last)
		})
		if !overlaps {
			taken = append(taken, s)
			out = append(out, s.text)
		}
	}
	return out
}
