package inventory

import (
	"context"
	"database/sql"
	"fmt"

	"replatform/crawler/catalog"
)

// AddFindings stores what the user should know of side. A finding with the code and
// URL of a stored one adds to its Count; of two messages the one that comes first in
// the alphabet stays, so that the order of a crawl does not show.
func (p *Project) AddFindings(ctx context.Context, side catalog.Side, findings []Finding) error {
	err := p.writer.tx(ctx, func(ctx context.Context) error {
		for _, f := range findings {
			if err := p.writer.addFinding(ctx, side, f); err != nil {
				return err
			}
		}
		return nil
	})
	return nameError(fmt.Sprintf("storing findings of the %s shop", side), err)
}

func (w *writer) addFinding(ctx context.Context, side catalog.Side, f Finding) error {
	url := address(f.URL)
	if len(url) > maxURL {
		url = ""
	}
	return w.exec(ctx, `
		INSERT INTO finding (side, code, url, message, count) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (side, code, url) DO UPDATE SET count = count + excluded.count,
			message = CASE WHEN message = '' OR excluded.message <> '' AND excluded.message < message
				THEN excluded.message ELSE message END`,
		string(side), word(f.Code), url, prose(f.Message), max(f.Count, 1))
}

// Findings lists what the user should know of side, ordered by code and URL.
func (p *Project) Findings(ctx context.Context, side catalog.Side) ([]Finding, error) {
	var out []Finding
	err := each(ctx, p.reader, `SELECT side, code, url, message, count FROM finding WHERE side = ? ORDER BY code, url`,
		[]any{string(side)}, func(rows *sql.Rows) error {
			var f Finding
			if err := rows.Scan(&f.Side, &f.Code, &f.URL, &f.Message, &f.Count); err != nil {
				return err
			}
			out = append(out, f)
			return nil
		})
	return out, nameError(fmt.Sprintf("reading findings of the %s shop", side), err)
}
