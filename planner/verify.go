package planner

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"replatform/crawler/inventory"
	"replatform/redirects"
	"replatform/redirects/verify"
)

// Kinds of proof.
const (
	proofLive   = "live"   // the address itself answered
	proofEngine = "engine" // another machine answered in its place, before DNS is switched
)

// VerifyOptions say what Verify asks and how.
type VerifyOptions struct {
	verify.Options
	Variants Variants      // http, https and www spellings that nobody has seen
	Sample   int           // ask only so many addresses, more likely those with worth; 0: all
	Since    time.Duration // leave out what was right within this time; 0: nothing
	Fresh    bool          // do not go on with an interrupted run
	// Compare gathers what has changed since the answers before this run.
	Compare bool
	// Engine is the redirect engine that answers at the machines of ConnectTo, noted with
	// their answers; "" not named.
	Engine string
}

// VerifySummary is what Verify found.
type VerifySummary struct {
	Asked    int       `json:"asked"` // old addresses
	OK       int       `json:"ok"`
	Problems []Problem `json:"problems,omitempty"` // in the order in which they were met
	// Resumed of Asked were answered in an interrupted run before this one, at most at
	// Began.
	Resumed int       `json:"resumed,omitempty"`
	Began   time.Time `json:"began"`
	// LeftOut were right within VerifyOptions.Since or are not in the sample.
	LeftOut int `json:"left_out,omitempty"`
	// Unplanned are pages with known worth that are in no row of the plan.
	Unplanned int `json:"unplanned,omitempty"`
	// Compared says that there were answers before this run to compare with.
	Compared bool     `json:"compared,omitempty"`
	Changes  []Change `json:"changes,omitempty"` // for VerifyOptions.Compare, by address
}

// Problem counts the addresses with one kind of wrong answer.
type Problem struct {
	Code    verify.Problem `json:"code"`
	Count   int            `json:"count"`
	Example string         `json:"example"` // the first of the old addresses, by length and alphabet; empty where none can be read
}

// Text is what the problem means.
func (p Problem) Text() Text { return textOf(p.Code.Text()) }

func textOf(t redirects.Text) Text { return text(t.JA, t.EN) }

// Add counts one answer.
func (s *VerifySummary) Add(r verify.Result) {
	s.Asked++
	if r.OK() {
		s.OK++
		return
	}
	for _, p := range append([]verify.Problem{r.Problem}, r.Also...) {
		i := slices.IndexFunc(s.Problems, func(have Problem) bool { return have.Code == p })
		if i < 0 {
			s.Problems = append(s.Problems, Problem{Code: p, Example: r.OldURL})
			i = len(s.Problems) - 1
		}
		s.Problems[i].Count++
		if e := &s.Problems[i].Example; *e == "" || r.OldURL != "" && cmp.Or(cmp.Compare(len(r.OldURL), len(*e)), cmp.Compare(r.OldURL, *e)) < 0 {
			*e = r.OldURL // answers come in no order; what is shown has one
		}
	}
}

// proofBatch is how many answers are stored at once: what an interrupted run asks again.
const proofBatch = 200

// Verify asks every old address of the plan that is redirected, gone or kept, in every
// spelling that is known, the most valuable pages first, and stores the answers as
// proof. A run that was interrupted goes on when Verify is called again with the same
// options: what it has asked counts as asked. progress may be nil.
func Verify(ctx context.Context, project *inventory.Project, opts VerifyOptions, progress func(done, total int)) (VerifySummary, error) {
	rows, unplanned, err := verifyRows(ctx, project, opts)
	if err != nil {
		return VerifySummary{}, err
	}
	asked := len(rows)
	if rows, err = leaveOut(ctx, project, rows, opts); err != nil {
		return VerifySummary{}, err
	}
	run, err := beginRun(ctx, project, opts)
	if err != nil {
		return VerifySummary{}, err
	}
	sum := VerifySummary{Began: run.Began, Unplanned: unplanned, LeftOut: asked - len(rows)}
	have, err := answersSince(ctx, project, run)
	if err != nil {
		return sum, err
	}
	var known []verify.Result
	open := rows[:0:0]
	for _, e := range rows {
		if p, ok := have[e.OldURL]; ok {
			known = append(known, resultOf(p, e))
		} else {
			open = append(open, e)
		}
	}
	sum.Resumed = len(known)
	c := &collector{project: project, sum: &sum, opts: opts, total: len(rows), progress: progress}
	if opts.Compare {
		if c.before, err = answersBefore(ctx, project, run.Began); err != nil {
			return sum, err
		}
		sum.Compared = len(c.before) > 0
	}
	for _, r := range known {
		if opts.Observe != nil {
			opts.Observe(r)
		}
		c.note(r)
	}
	if err := c.ask(ctx, open); err != nil {
		return sum, err
	}
	slices.SortFunc(sum.Changes, func(a, b Change) int { return strings.Compare(a.OldURL, b.OldURL) })
	return sum, run.end(ctx, project)
}

// collector takes the results of one run.
type collector struct {
	project  *inventory.Project
	sum      *VerifySummary
	opts     VerifyOptions
	total    int
	progress func(done, total int)
	before   map[string]inventory.Proof // nil: nothing to compare with
	batch    []inventory.Proof
	err      error
}

func (c *collector) note(r verify.Result) {
	c.sum.Add(r)
	if c.before != nil {
		if change, ok := changed(c.before, r); ok {
			c.sum.Changes = append(c.sum.Changes, change)
		}
	}
	if c.progress != nil {
		c.progress(c.sum.Asked, c.total)
	}
}

// ask asks the rows and stores the answers, also those that came before ctx ended.
func (c *collector) ask(ctx context.Context, rows []verify.Expect) error {
	asking, cancel := context.WithCancel(ctx)
	defer cancel()
	flush := func() {
		if err := c.project.SaveProofs(context.WithoutCancel(ctx), c.batch); err != nil && c.err == nil {
			c.err = fmt.Errorf("storing proofs: %w", err)
			cancel()
		}
		c.batch = c.batch[:0]
	}
	each := func(yield func(verify.Expect, error) bool) {
		for _, e := range rows {
			if !yield(e, nil) {
				return
			}
		}
	}
	err := verify.Run(asking, c.opts.Options, each, func(r verify.Result) {
		c.note(r)
		if c.batch = append(c.batch, proofOf(r, c.opts)); len(c.batch) >= proofBatch {
			flush()
		}
	})
	flush()
	if c.err != nil {
		return c.err
	}
	return err
}

// proofOf is a result in the form of the project. An answer that came from another
// machine than the one which the name leads to is no live proof.
func proofOf(r verify.Result, opts VerifyOptions) inventory.Proof {
	p := inventory.Proof{
		OldURL: r.OldURL, Kind: proofLive, Status: r.FirstStatus, Location: r.Location, Hops: len(r.Hops),
		Final: r.FinalURL, FinalCode: r.FinalStatus, OK: r.OK(), Problem: string(r.Problem), CheckedAt: r.CheckedAt.UTC(), AskedFor: AskedFor(r.Expect),
	}
	if to := connectedTo(r.OldURL, opts.ConnectTo); to != "" {
		p.Kind, p.ConnectTo, p.Engine = proofEngine, to, opts.Engine
	}
	return p
}

// connectedTo is the machine that answers for an address in ConnectTo; empty: its own.
func connectedTo(address string, connect map[string]string) string {
	if len(connect) == 0 {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	for _, host := range []string{strings.ToLower(u.Hostname()) + ":" + port, strings.ToLower(u.Host), strings.ToLower(u.Hostname())} {
		if to := connect[host]; to != "" {
			return to
		}
	}
	return ""
}

func resultOf(p inventory.Proof, e verify.Expect) verify.Result {
	return verify.Result{
		Expect: e, FirstStatus: p.Status, Location: p.Location, FinalURL: p.Final, FinalStatus: p.FinalCode,
		Problem: verify.Problem(p.Problem), CheckedAt: p.CheckedAt,
	}
}

// verifyRunMeta names what the project remembers of a run that has begun.
const verifyRunMeta = "verify.run"

// verifyRun is a run of Verify that is under way, or was interrupted.
type verifyRun struct {
	Began time.Time `json:"began"`
	// Asks is what the run asks and how; another one is another run.
	Asks string `json:"asks"`
}

// beginRun begins a run, or finds the interrupted one that it goes on with.
func beginRun(ctx context.Context, project *inventory.Project, opts VerifyOptions) (verifyRun, error) {
	plan, err := project.PlanMeta(ctx)
	if err != nil {
		return verifyRun{}, fmt.Errorf("reading the plan: %w", err)
	}
	var asks strings.Builder
	fmt.Fprintf(&asks, "plan %s, variants %s, sample %d, final %t, inspect %t", plan["generated"], opts.Variants, opts.Sample, opts.CheckFinal, opts.Inspect != nil)
	if opts.Engine != "" {
		fmt.Fprintf(&asks, ", engine %s", opts.Engine)
	}
	for _, host := range slices.Sorted(maps.Keys(opts.ConnectTo)) {
		fmt.Fprintf(&asks, ", %s=%s", host, opts.ConnectTo[host])
	}
	run := verifyRun{Asks: asks.String()}
	stored, err := project.Meta(ctx, verifyRunMeta)
	if err != nil {
		return run, fmt.Errorf("reading the last verification: %w", err)
	}
	var last verifyRun
	if stored != "" && json.Unmarshal([]byte(stored), &last) == nil && last.Asks == run.Asks && !opts.Fresh {
		return last, nil
	}
	// Times are stored to the millisecond. The run begins at the next one, so that no
	// answer of an earlier run can count as its own.
	run.Began = time.Now().UTC().Truncate(time.Millisecond).Add(time.Millisecond)
	select {
	case <-time.After(time.Until(run.Began)):
	case <-ctx.Done():
		return run, ctx.Err()
	}
	data, err := json.Marshal(run)
	if err != nil {
		return run, fmt.Errorf("storing the verification: %w", err)
	}
	if err := project.SetMeta(ctx, verifyRunMeta, string(data)); err != nil {
		return run, fmt.Errorf("storing the verification: %w", err)
	}
	return run, nil
}

func (r verifyRun) end(ctx context.Context, project *inventory.Project) error {
	if err := project.SetMeta(context.WithoutCancel(ctx), verifyRunMeta, ""); err != nil {
		return fmt.Errorf("storing the verification: %w", err)
	}
	return nil
}

// answersSince are the answers that an interrupted run has stored. Of an address that
// was asked live and on a test machine the newer one counts.
func answersSince(ctx context.Context, project *inventory.Project, run verifyRun) (map[string]inventory.Proof, error) {
	have := map[string]inventory.Proof{}
	err := project.Proofs(ctx, func(p inventory.Proof) error {
		if !p.CheckedAt.Before(run.Began) && !p.CheckedAt.Before(have[p.OldURL].CheckedAt) {
			have[p.OldURL] = p
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading proofs: %w", err)
	}
	return have, nil
}

// ErrNoPlan: the project has no plan yet, or one without addresses.
var ErrNoPlan = errors.New("the plan has no addresses yet")
