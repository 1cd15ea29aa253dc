package inventory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"replatform/crawler/catalog"
)

// JudgedSource is how a person came to judge a pair.
type JudgedSource string

const (
	JudgedReview JudgedSource = "review" // by a decision on the old page
	JudgedSample JudgedSource = "sample" // in a random sample of the pairs used without review
)

// Judged is a pair that a person called right or wrong. It stays as it is when the
// shops are crawled or matched again: the confidence of a later match has learnt from
// the word itself, so only the one stated before tells how far confidences hold.
type Judged struct {
	Old, New catalog.Key
	Source   JudgedSource
	Right    bool // the latest word
	// Confidence is that of the pair when it was first judged, or drawn for the
	// sample: 0 to 1; 0 unknown.
	Confidence float64
	Method     string // as Match.Method, at that moment; "" unknown
	At         time.Time
}

// SaveSample stores what a person found in a sample of pairs, all or none, each in
// place of an earlier word on the same pair in a sample. Source is taken as
// JudgedSample; both keys and a confidence from 0 to 1 are needed.
func (p *Project) SaveSample(ctx context.Context, sample []Judged) error {
	err := p.writer.tx(ctx, func(ctx context.Context) error {
		for _, j := range sample {
			j.Source = JudgedSample
			if err := p.writer.judge(ctx, j); err != nil {
				return fmt.Errorf("%s: %w", j.Old, err)
			}
		}
		return nil
	})
	return nameError(fmt.Sprintf("storing %d checked pairs", len(sample)), err)
}

// EachJudged hands out the pairs that people called right or wrong, ordered by old
// page, new page and source.
func (p *Project) EachJudged(ctx context.Context, fn func(Judged) error) error {
	err := p.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, `SELECT old_key, new_key, source, verdict = 'right', confidence, method, judged_at FROM judged
			ORDER BY old_key, new_key, source`, nil, func(rows *sql.Rows) error {
			var j Judged
			var at string
			if err := rows.Scan(&j.Old, &j.New, &j.Source, &j.Right, &j.Confidence, &j.Method, &at); err != nil {
				return err
			}
			j.At = parseMoment(at)
			return fn(j)
		})
	})
	return nameError("reading judged pairs", err)
}

// judge stores one word. Where the pair was judged before, the confidence of then stays:
// what a match states after a word is no longer independent of it.
func (w *writer) judge(ctx context.Context, j Judged) error {
	for _, k := range []catalog.Key{j.Old, j.New} {
		if err := checkKey(k); err != nil {
			return err
		}
	}
	if !isShare(j.Confidence) {
		return errors.New("a confidence lies between 0 and 1")
	}
	verdict := "wrong"
	if j.Right {
		verdict = "right"
	}
	if j.At.IsZero() {
		j.At = time.Now()
	}
	return w.exec(ctx, `
		INSERT INTO judged (old_key, new_key, source, verdict, confidence, method, judged_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (old_key, new_key, source) DO UPDATE SET verdict = excluded.verdict, judged_at = excluded.judged_at`,
		keyText(j.Old), keyText(j.New), string(j.Source), verdict, j.Confidence, word(j.Method), moment(j.At))
}

// isShare says whether f lies between 0 and 1; what is not a number does not.
func isShare(f float64) bool { return f >= 0 && f <= 1 }

// unjudge forgets what a decision said of a pair.
func (w *writer) unjudge(ctx context.Context, old, fresh catalog.Key) error {
	return w.exec(ctx, `DELETE FROM judged WHERE old_key = ? AND new_key = ? AND source = ?`, keyText(old), keyText(fresh), string(JudgedReview))
}
