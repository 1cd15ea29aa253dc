package inventory

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"replatform/crawler/catalog"
)

// SaveMatches replaces all proposed pairs. Decisions are not touched: they live in a
// table of their own, by old key.
func (p *Project) SaveMatches(ctx context.Context, matches []Match) error {
	err := p.writer.tx(ctx, func(calm context.Context) error {
		if err := p.writer.exec(calm, `DELETE FROM match`); err != nil {
			return err
		}
		for i, m := range matches {
			if i%256 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if err := checkKey(m.Old); err != nil {
				return err
			}
			if err := p.writer.exec(calm, `
				INSERT INTO match (old_key, new_key, class, confidence, method, reason, reason_ja, fallback, runner_up,
					runner_up_confidence, needs_review)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
				keyText(m.Old), keyText(m.New), word(string(m.Class)), m.Confidence, prose(m.Method), prose(m.Reason),
				prose(m.ReasonJA), keyText(m.Fallback), keyText(m.RunnerUp), m.RunnerUpConfidence, m.NeedsReview); err != nil {
				return fmt.Errorf("pair of %s: %w", m.Old, err)
			}
		}
		return nil
	})
	return nameError(fmt.Sprintf("storing %d pairs", len(matches)), err)
}

// Matches hands out every old page that has a proposed pair or a decision, ordered
// by key. A decision without a proposal, made before a crawl or a match lost the
// page, has an empty Class.
func (p *Project) Matches(ctx context.Context, fn func(Match) error) error {
	err := p.read(ctx, func(tx *sql.Tx) error {
		al, err := readAliases(ctx, tx, catalog.Old)
		if err != nil {
			return err
		}
		return each(ctx, tx, selectMatches, nil, func(rows *sql.Rows) error {
			m, err := scanMatch(rows)
			if err != nil {
				return err
			}
			if al.key(m.Old) != m.Old { // a page of its own no longer
				m.OldMissing = true
			}
			return fn(m)
		})
	})
	return nameError("reading pairs", err)
}

const selectMatches = `
	SELECT k.key, coalesce(m.new_key, ''), coalesce(m.class, ''), coalesce(m.confidence, 0), coalesce(m.method, ''),
		coalesce(m.reason, ''), coalesce(m.reason_ja, ''), coalesce(m.fallback, ''), coalesce(m.runner_up, ''),
		coalesce(m.runner_up_confidence, 0), coalesce(m.needs_review, 0),
		coalesce(d.decision, ''), coalesce(d.new_key, ''), coalesce(d.proposed, ''), coalesce(d.decided_by, ''), coalesce(d.decided_at, ''), coalesce(d.note, ''), coalesce(d.refused, '[]'),
		EXISTS (SELECT 1 FROM judged WHERE source = 'sample' AND verdict = 'wrong' AND old_key = k.key AND new_key = m.new_key),
		NOT EXISTS (SELECT 1 FROM page WHERE side = 'old' AND key = k.key),
		NOT EXISTS (SELECT 1 FROM page WHERE side = 'new' AND key = m.new_key AND status NOT IN (404, 410)),
		NOT EXISTS (SELECT 1 FROM page WHERE side = 'new' AND key = d.new_key AND status NOT IN (404, 410))
	FROM (SELECT old_key AS key FROM match UNION SELECT old_key FROM decision) k
	LEFT JOIN match m ON m.old_key = k.key
	LEFT JOIN decision d ON d.old_key = k.key
	ORDER BY k.key`

func scanMatch(rows *sql.Rows) (Match, error) {
	var m Match
	var at, refused string
	err := rows.Scan(&m.Old, &m.Proposed, &m.Class, &m.Confidence, &m.Method, &m.Reason, &m.ReasonJA, &m.Fallback, &m.RunnerUp,
		&m.RunnerUpConfidence, &m.NeedsReview, &m.Decision, &m.DecidedNew, &m.DecidedOn, &m.DecidedBy, &at, &m.Note, &refused,
		&m.FoundWrong, &m.OldMissing, &m.NewMissing, &m.DecidedNewMissing)
	if err == nil {
		err = json.Unmarshal([]byte(refused), &m.Refused)
	}
	if len(m.Refused) == 0 {
		m.Refused = nil
	}
	m.New, m.DecidedAt = m.Proposed, parseMoment(at)
	m.NeedsReview = m.NeedsReview || m.FoundWrong
	m.NewMissing = m.NewMissing && m.New != ""
	m.DecidedNewMissing = m.DecidedNewMissing && m.DecidedNew != ""
	if m.Decision == Accept {
		m.New, m.NewMissing = m.DecidedNew, m.DecidedNewMissing
	}
	return m, err
}

// Decide stores the user's word on old pages, all or none, each in place of an
// earlier word on the same page. What was proposed at that moment is noted with it, and
// the confidence of it with the judged pairs (EachJudged). A pick needs New; an accept
// without New accepts the present proposal and needs one; the others have no New.
func (p *Project) Decide(ctx context.Context, decisions ...Decision) error {
	err := p.writer.tx(ctx, func(ctx context.Context) error {
		for _, d := range decisions {
			if err := p.writer.decide(ctx, d); err != nil {
				return fmt.Errorf("%s: %w", d.Old, err)
			}
		}
		return nil
	})
	return nameError("storing decisions", err)
}

func (w *writer) decide(ctx context.Context, d Decision) error {
	if err := checkKey(d.Old); err != nil {
		return err
	}
	old := keyText(d.Old)
	if d.Verdict == "" {
		return w.takeBack(ctx, d.Old)
	}
	var proposed catalog.Key
	var confidence float64
	var method string
	if _, err := w.row(ctx, `SELECT new_key, confidence, method FROM match WHERE old_key = ?`, []any{old}, &proposed, &confidence, &method); err != nil {
		return err
	}
	chosen := d.New
	switch d.Verdict {
	case Accept:
		if chosen == "" {
			chosen = proposed
		}
		if chosen == "" {
			return fmt.Errorf("nothing is proposed that could be accepted")
		}
	case Pick:
		if chosen == "" {
			return fmt.Errorf("a pick names no page")
		}
	case Reject, Gone, Ignore:
		chosen = ""
	default:
		return fmt.Errorf("unknown decision %q", d.Verdict)
	}
	refused, err := w.refused(ctx, old, d.Verdict, proposed)
	if err != nil {
		return err
	}
	at := d.At
	if at.IsZero() {
		at = time.Now()
	}
	switch {
	case proposed == "":
	case d.Verdict == Ignore: // says nothing of the pair
		err = w.unjudge(ctx, d.Old, proposed)
	default:
		if !isShare(confidence) { // of another program
			confidence = 0
		}
		err = w.judge(ctx, Judged{Old: d.Old, New: proposed, Source: JudgedReview, Right: chosen == proposed, Confidence: confidence, Method: method, At: at})
	}
	if err != nil {
		return err
	}
	return w.exec(ctx, `
		INSERT INTO decision (old_key, decision, new_key, proposed, decided_by, decided_at, note, refused) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (old_key) DO UPDATE SET decision = excluded.decision, new_key = excluded.new_key,
			proposed = excluded.proposed, decided_by = excluded.decided_by, decided_at = excluded.decided_at,
			note = excluded.note, refused = excluded.refused`,
		old, d.Verdict, keyText(chosen), string(proposed), prose(d.By), moment(at), prose(d.Note), refused)
}

// takeBack drops the word on an old page, and what it said of the pair that was proposed
// then.
func (w *writer) takeBack(ctx context.Context, old catalog.Key) error {
	var proposed catalog.Key
	if _, err := w.row(ctx, `SELECT proposed FROM decision WHERE old_key = ?`, []any{keyText(old)}, &proposed); err != nil {
		return err
	}
	if err := w.unjudge(ctx, old, proposed); err != nil {
		return err
	}
	return w.exec(ctx, `DELETE FROM decision WHERE old_key = ?`, keyText(old))
}

// refused is the list of pages rejected for an old page, as JSON: one more after a
// rejection, none after any other word.
func (w *writer) refused(ctx context.Context, old, verdict string, proposed catalog.Key) (string, error) {
	if verdict != Reject {
		return "[]", nil
	}
	var before string
	if _, err := w.row(ctx, `SELECT refused FROM decision WHERE old_key = ?`, []any{old}, &before); err != nil {
		return "", err
	}
	var list []catalog.Key
	if before != "" {
		if err := json.Unmarshal([]byte(before), &list); err != nil {
			return "", fmt.Errorf("reading the rejected pages: %w", err)
		}
	}
	if proposed != "" && !slices.Contains(list, proposed) {
		list = append(list, proposed)
	}
	if len(list) == 0 {
		return "[]", nil
	}
	text, err := json.Marshal(list)
	return string(text), err
}
