package inventory

import (
	"context"
	"database/sql"
	"net/url"
	"slices"
	"strings"
	"time"

	"replatform/crawler/catalog"
)

// Result is what a file says of one address after the switch, of the old shop or of the
// new one. Results are no worth: they change nothing of what old pages count for.
type Result struct {
	URL         string // absolute
	Source      string // as Worth.Source
	Period      string // first/last day, or one day
	Clicks      float64
	Impressions float64
}

// SaveResults stores what a file that was written after the switch says, all in one
// transaction. What is stored of the same source, period and hosts is replaced, so that
// the same file may be read twice; results of other periods stay beside it. What the
// same file said as one of the time before goes (see SaveImport). No page is added to a
// shop.
func (p *Project) SaveResults(ctx context.Context, imports []Import, results []Result) error {
	type place struct{ source, period, host string }
	imports = slices.Clone(imports)
	for i := range imports {
		imports[i].After = true
	}
	_, err := p.inBatch(ctx, catalog.Old, func(b *batch) error {
		calm, w := b.ctx, b.w
		replaced, gone, err := w.addImports(calm, imports)
		if err != nil {
			return err
		}
		reading := func(r Result) int {
			at := slices.IndexFunc(imports, func(i Import) bool { return word(i.Source) == word(r.Source) && word(i.Period) == word(r.Period) })
			if at < 0 {
				return 0
			}
			return imports[at].id
		}
		cleared := map[place]bool{}
		for i, r := range results {
			if i%256 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			at := place{word(r.Source), word(r.Period), resultHost(r.URL)}
			if !cleared[at] {
				cleared[at] = true
				if err := w.exec(calm, `DELETE FROM result WHERE source = ? AND period = ? AND host = ?`, at.source, at.period, at.host); err != nil {
					return err
				}
			}
			if err := w.exec(calm, `
				INSERT INTO result (source, period, host, url, reading, clicks, impressions) VALUES (?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (source, period, host, url) DO UPDATE SET clicks = clicks + excluded.clicks, impressions = impressions + excluded.impressions`,
				at.source, at.period, at.host, address(r.URL), reading(r), r.Clicks, r.Impressions); err != nil {
				return err
			}
		}
		_, _, err = b.unname(gone, replaced)
		return err
	})
	return nameError("storing what the file says of the time after the switch", err)
}

func resultHost(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

// Results hands out what is known of the time after the switch, ordered by source,
// period, host and address.
func (p *Project) Results(ctx context.Context, fn func(Result) error) error {
	err := each(ctx, p.reader, `SELECT url, source, period, clicks, impressions FROM result ORDER BY source, period, host, url`, nil, func(rows *sql.Rows) error {
		var r Result
		if err := rows.Scan(&r.URL, &r.Source, &r.Period, &r.Clicks, &r.Impressions); err != nil {
			return err
		}
		return fn(r)
	})
	return nameError("reading results of the time after the switch", err)
}

// WorthByPeriod says for each period of a source what each old page was worth in it;
// aliases count for the page that stands for them, addresses of one page are added.
// Where two files tell of the same visits of one period, one counts.
func (p *Project) WorthByPeriod(ctx context.Context, source string) (map[string]map[catalog.Key]Worth, error) {
	out := map[string]map[catalog.Key]Worth{}
	err := p.read(ctx, func(tx *sql.Tx) error {
		al, err := readAliases(ctx, tx, catalog.Old)
		if err != nil {
			return err
		}
		return eachCounted(ctx, tx, al, true, func(v Worth) error {
			if v.Source != source {
				return nil
			}
			if out[v.Period] == nil {
				out[v.Period] = map[catalog.Key]Worth{}
			}
			key := al.key(v.Key)
			w := out[v.Period][key].Plus(v)
			w.Key, w.Source, w.Period = key, source, v.Period
			out[v.Period][key] = w
			return nil
		})
	})
	return out, nameError("reading the worth of periods", err)
}

// PeriodDays are the first and the last day of a period as Worth.Period has it; ok is
// false where it is not known.
func PeriodDays(period string) (first, last time.Time, ok bool) {
	a, b, isSpan := strings.Cut(period, "/")
	if !isSpan {
		b = a
	}
	first, err1 := time.Parse(time.DateOnly, a)
	last, err2 := time.Parse(time.DateOnly, b)
	if err1 != nil || err2 != nil || last.Before(first) {
		return time.Time{}, time.Time{}, false
	}
	return first, last, true
}
