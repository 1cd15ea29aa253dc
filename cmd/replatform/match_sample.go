package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"replatform/crawler/inventory"
	"replatform/planner/match"
	"replatform/planner/review"
)

// sampleProject draws from the pairs that the project uses without review.
func (t *talk) sampleProject(c *cli.Context, project *inventory.Project) error {
	if err := anyMatch(c.Context, project); err != nil {
		return err
	}
	rows, err := review.AuditedRows(c.Context, project, t.lang.code)
	if err != nil {
		return err
	}
	return t.writeSample(c, rows)
}

// sampleLists matches two lists and draws from the pairs used without review.
func (t *talk) sampleLists(c *cli.Context, old, fresh []match.Item, opts match.Options) error {
	var rows []review.AuditRow
	price := func(it match.Item) string { return strings.TrimSpace(it.Price + " " + it.Currency) }
	err := match.Each(c.Context, old, fresh, opts, func(p match.Pair) error {
		if p.New < 0 || p.NeedsReview {
			return nil
		}
		a, b := old[p.Old], fresh[p.New]
		rows = append(rows, review.AuditRow{OldURL: a.URL, OldTitle: a.Title, OldPrice: price(a), NewURL: b.URL, NewTitle: b.Title, NewPrice: price(b),
			Class: string(p.Class), Confidence: p.Confidence, Reason: match.Reason(p.Evidence, t.lang.code)})
		return nil
	})
	if err != nil {
		return err
	}
	return t.writeSample(c, rows)
}

func (t *talk) writeSample(c *cli.Context, rows []review.AuditRow) error {
	name := c.String("out")
	format, err := review.FormatOf(name)
	if err != nil {
		return usageError{err}
	}
	n := 0
	err = t.fileOrOut(name, func(w io.Writer) error {
		n, err = review.WriteAudit(w, format, rows, c.Int("sample"), c.Uint64("seed"), t.lang.code)
		return err
	})
	if err != nil {
		return err
	}
	if t.json {
		return t.document(map[string]any{"rows": n, "population": len(rows), "file": name, "seed": c.Uint64("seed")})
	}
	t.result("sample.written", n, len(rows), name)
	t.result("sample.how", name)
	return nil
}

// matchSampleResult says what a checked sample shows, and keeps it in the project whose
// pairs were drawn.
func (t *talk) matchSampleResult(c *cli.Context) error {
	name := c.String("sample-result")
	format, err := review.FormatOf(name)
	if err != nil {
		return usageError{err}
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("reading the sample: %w", err)
	}
	defer f.Close()
	r, err := review.ReadAudit(f, format, t.lang.code)
	for _, p := range r.Problems {
		t.say("review.problem", name, p.Line, clean(p.Message))
	}
	switch {
	case errors.Is(err, review.ErrNothingJudged), errors.Is(err, review.ErrAuditHeader):
		return withHint(err, "hint.sample")
	case err != nil:
		return err
	}
	saved, ofProject, err := t.keepSample(c, r)
	if err != nil {
		return err
	}
	if t.json {
		return t.document(struct {
			review.AuditReport
			review.SavedAudit
		}{r, saved})
	}
	t.result("sample.found", r.Right, r.Judged, 100*r.Precision)
	t.result("sample.interval", 100*r.Low, 100*r.High)
	if r.Population > 0 {
		t.result("sample.population", r.Population)
	}
	if left := r.Sample - r.Judged; left > 0 {
		t.result("sample.left", left)
	}
	for _, u := range r.Wrong {
		t.result("sample.wrong", clean(u))
	}
	if saved.ToReview > 0 {
		t.result("sample.to-review", saved.ToReview)
	}
	if saved.Stored > 0 {
		t.result("sample.stored", saved.Stored)
	}
	if ofProject && saved.Stored < r.Judged {
		t.result("sample.not-stored", r.Judged-saved.Stored)
	}
	return nil
}

// keepSample stores the judged pairs in the project. A sample of two lists needs no
// project; then there may be none.
func (t *talk) keepSample(c *cli.Context, r review.AuditReport) (saved review.SavedAudit, ofProject bool, err error) {
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log})
	if errors.Is(err, inventory.ErrNotExist) {
		return saved, false, nil
	}
	if err != nil {
		return saved, false, err
	}
	defer project.Close()
	saved, err = review.SaveAudit(c.Context, project, r, time.Now())
	return saved, true, err
}
