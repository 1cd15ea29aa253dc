package inventory

import (
	"context"
	"database/sql"
	"fmt"

	"replatform/crawler/catalog"
)

// AddWorth stores what is known of old pages, of no file (see SaveImport), all in one
// transaction. An entry replaces the one of the same key, source, period and URL. The
// keys need not belong to known pages.
func (p *Project) AddWorth(ctx context.Context, worth []Worth) error {
	err := p.writer.tx(ctx, func(ctx context.Context) error {
		for _, v := range worth {
			if err := p.writer.addWorth(ctx, v, 0); err != nil {
				return err
			}
		}
		return nil
	})
	return nameError(fmt.Sprintf("storing the worth of %d addresses", len(worth)), err)
}

func (w *writer) addWorth(ctx context.Context, v Worth, reading int) error {
	if err := checkKey(v.Key); err != nil {
		return err
	}
	return w.exec(ctx, `
		INSERT INTO worth (key, source, period, url, reading, clicks, impressions, sessions, revenue, currency, linking_sites)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (key, source, period, url, reading) DO UPDATE SET clicks = excluded.clicks, impressions = excluded.impressions,
			sessions = excluded.sessions, revenue = excluded.revenue, currency = excluded.currency,
			linking_sites = excluded.linking_sites`,
		keyText(v.Key), word(v.Source), word(v.Period), address(v.URL), reading, v.Clicks, v.Impressions, v.Sessions, v.Revenue,
		word(v.Currency), v.LinkingSites)
}

// Worth hands out every stored entry, ordered by key, source, period and URL. Files may
// tell of the same visits: what may be added up is CountedWorth's.
func (p *Project) Worth(ctx context.Context, fn func(Worth) error) error {
	err := each(ctx, p.reader, `
		SELECT key, source, period, url, clicks, impressions, sessions, revenue, currency, linking_sites
		FROM worth ORDER BY key, source, period, url, reading`, nil, func(rows *sql.Rows) error {
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
//   - Addresses of one page are added, and so are periods of one source that do not
//     overlap.
//   - Where two files of one source may tell of the same visits to an address, one of
//     them counts, for each figure by itself: a file that does not tell a figure takes
//     none away. Files tell of the same visits when their periods share a day. Logs are
//     more exact: they do when they hold the same requests, so that rotated logs and
//     those of several hosts are added.
//   - Of such files the one with the longer period counts, then the later period, then
//     the newer file. An unknown period counts only where nothing else is known. A report
//     without what stands behind the question mark counts only for paths behind which
//     the shop has one page.
//   - Links have no period: the largest number counts.
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
		type place struct {
			key    catalog.Key
			source string
		}
		type money struct {
			place
			currency string
		}
		sums, revenues := map[place]Worth{}, map[money]float64{} // of one source
		err = eachCounted(ctx, tx, al, false, func(v Worth) error {
			at := place{al.key(v.Key), v.Source}
			sums[at] = sums[at].Plus(v)
			if v.Revenue != 0 {
				revenues[money{at, v.Currency}] += v.Revenue
			}
			return nil
		})
		if err != nil {
			return err
		}
		for at, v := range sums {
			t := totals[at.key]
			t.Key = at.key
			t.Clicks, t.Impressions = max(t.Clicks, v.Clicks), max(t.Impressions, v.Impressions)
			t.Sessions, t.LinkingSites = max(t.Sessions, v.Sessions), max(t.LinkingSites, v.LinkingSites)
			totals[at.key] = t
		}
		for at, v := range revenues {
			t := totals[at.key]
			if v > t.Revenue || v == t.Revenue && v > 0 && at.currency < t.Currency {
				t.Revenue, t.Currency = v, at.currency
			}
			totals[at.key] = t
		}
		return nil
	})
	return totals, nameError("adding up the worth of addresses", err)
}

// CountedWorth hands out every stored entry with those of its figures that count for
// the sums over its source (see WorthTotals); the others are 0. It is ordered by key,
// source, period and URL.
func (p *Project) CountedWorth(ctx context.Context, fn func(Worth) error) error {
	err := p.read(ctx, func(tx *sql.Tx) error {
		al, err := readAliases(ctx, tx, catalog.Old)
		if err != nil {
			return err
		}
		return eachCounted(ctx, tx, al, false, fn)
	})
	return nameError("reading what of the worth of addresses counts", err)
}

// plus adds the figures that may be added over time.
func (v Worth) plus(o Worth) Worth {
	v.Clicks += o.Clicks
	v.Impressions += o.Impressions
	v.Sessions += o.Sessions
	v.Revenue += o.Revenue
	return v
}
