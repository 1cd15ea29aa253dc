package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"replatform/crawler/atomicfile"
	"replatform/crawler/fetch"
	"replatform/crawler/inventory"
	"replatform/planner"
	"replatform/redirects/verify"
)

func verifyCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name:  "verify",
		Usage: "ask every old URL live and compare with the plan; exit code 3 when one fails",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "connect-to", Usage: "ask `OLDHOST=ADDR`, so that a new set-up can be tested before DNS is switched; may be given again"},
			&cli.Float64Flag{Name: "rate", Usage: "requests per second to one host; 0 for no limit (your own server)", Value: defaultRate},
			&cli.IntFlag{Name: "concurrency", Usage: "requests under way at once", Value: fetch.DefaultConcurrency},
			&cli.DurationFlag{Name: "timeout", Usage: "give up one request after this time", Value: fetch.DefaultTimeout},
			&cli.BoolFlag{Name: "check-final", Usage: "ask the target pages too", Value: true},
			&cli.IntFlag{Name: "sample", Usage: "ask only `N` old URLs, chosen by chance, the same ones each time"},
			&cli.DurationFlag{Name: "since", Usage: "leave out what was right within this `TIME`, as in 24h; an interrupted run goes on so"},
			&cli.StringFlag{Name: "format", Usage: "write each answer as `table|json|junit`; the table has only those that are wrong"},
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write that into `FILE` instead of standard output"},
			&cli.StringFlag{Name: "map", Usage: "ask the rows of this `FILE` instead of the plan's; nothing is stored"},
			&cli.StringFlag{Name: "as", Usage: "`KIND` of that file where it is not recognised: " + kindList()},
			&cli.StringFlag{Name: "base", Usage: "address `URL` before targets that have no host"},
			&cli.StringFlag{Name: "host", Usage: "old `HOST` of rows that name none"},
		},
		Action: t.verify,
	}
}

func (t *talk) verify(c *cli.Context) error {
	connect, err := t.connectTo(c.StringSlice("connect-to"))
	if err != nil {
		return err
	}
	switch c.String("format") {
	case "", "table", "json", "junit":
	default:
		return t.usagef("usage.verify-format", c.String("format"))
	}
	opts := verify.Options{
		ConnectTo: connect, Rate: c.Float64("rate"), Concurrency: c.Int("concurrency"),
		Timeout: c.Duration("timeout"), CheckFinal: c.Bool("check-final"),
	}
	var results []verify.Result
	if c.String("format") != "" {
		opts.Observe = func(r verify.Result) { results = append(results, r) }
	}
	began := time.Now()
	ask := t.verifyPlan
	if c.String("map") != "" {
		ask = t.verifyFile
	}
	sum, err := ask(c, opts)
	if err != nil {
		return err
	}
	if c.String("format") != "" {
		if err := t.writeResults(c, results); err != nil {
			return err
		}
	} else if t.json {
		if err := t.document(sum); err != nil {
			return err
		}
	}
	if c.String("format") != "" && c.String("out") == "" {
		return t.tellVerified(t.say, sum, time.Since(began)) // standard output holds the answers
	}
	return t.verified(sum, time.Since(began))
}

// verifyPlan asks the rows of the plan and stores the answers.
func (t *talk) verifyPlan(c *cli.Context, opts verify.Options) (planner.VerifySummary, error) {
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log})
	if err != nil {
		return planner.VerifySummary{}, err
	}
	defer project.Close()
	chosen, err := chosenRows(c.Context, project, c.Int("sample"), c.Duration("since"))
	if err != nil {
		return planner.VerifySummary{}, err
	}
	if chosen.rows == 0 {
		return planner.VerifySummary{}, withHint(fmt.Errorf("the plan has no redirects to verify"), "hint.plan-first")
	}
	opts.Skip = chosen.skip
	b := t.newBar("verify.bar", -1)
	sum, err := planner.Verify(c.Context, project, opts, func(done, _ int) { b.set(int64(done), int64(chosen.rows-len(chosen.out))) })
	b.done()
	if len(chosen.out) > 0 {
		t.say("verify.skipped", len(chosen.out))
	}
	return sum, err
}

// choice is which rows of a plan are asked.
type choice struct {
	rows int             // that could be asked
	out  map[string]bool // old URLs left out
}

func (f choice) skip(e verify.Expect) bool { return f.out[e.OldURL] }

// chosenRows leaves out what was right lately, and all but a sample of the rest.
func chosenRows(ctx context.Context, project *inventory.Project, sample int, since time.Duration) (choice, error) {
	f := choice{out: map[string]bool{}}
	if since > 0 {
		limit := time.Now().Add(-since)
		err := project.Proofs(ctx, func(p inventory.Proof) error {
			if p.Kind == "live" {
				f.out[p.OldURL] = p.OK && p.CheckedAt.After(limit)
			}
			return nil
		})
		if err != nil {
			return f, fmt.Errorf("reading proofs: %w", err)
		}
	}
	right := f.out
	f.out = map[string]bool{}
	var ask []string
	err := project.Plan(ctx, func(r inventory.PlanRow) error {
		switch r.Action {
		case planner.ActionRedirect, planner.ActionGone, planner.ActionKeep:
		default:
			return nil
		}
		f.rows++
		if right[r.OldURL] {
			f.out[r.OldURL] = true
		} else {
			ask = append(ask, r.OldURL)
		}
		return nil
	})
	if err != nil {
		return f, fmt.Errorf("reading the plan: %w", err)
	}
	if sample > 0 && sample < len(ask) {
		// A fixed seed: two runs compare the same addresses.
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(ask), func(i, j int) { ask[i], ask[j] = ask[j], ask[i] })
		for _, old := range ask[sample:] {
			f.out[old] = true
		}
	}
	return f, nil
}

// verifyFile asks the rows of a file.
func (t *talk) verifyFile(c *cli.Context, opts verify.Options) (planner.VerifySummary, error) {
	var sum planner.VerifySummary
	if c.Duration("since") > 0 {
		return sum, t.usagef("usage.since-map")
	}
	m, err := t.mapFile(c, c.String("map"))
	if err != nil {
		return sum, err
	}
	if n := c.Int("sample"); n > 0 {
		total := 0
		for _, err := range m.Rules() {
			if err == nil {
				total++
			}
		}
		if n < total {
			asked := map[int]bool{}
			for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(total)[:n] {
				asked[i] = true
			}
			at := -1
			opts.Skip = func(verify.Expect) bool { at++; return !asked[at] }
		}
	}
	err = verify.Run(c.Context, opts, verify.Expectations(m, c.String("host")), func(r verify.Result) { count(&sum, r) })
	return sum, err
}

// writeResults writes every answer in the order of the rows.
func (t *talk) writeResults(c *cli.Context, results []verify.Result) error {
	slices.SortStableFunc(results, func(a, b verify.Result) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return strings.Compare(a.OldURL, b.OldURL)
	})
	write := func(w io.Writer) error {
		switch c.String("format") {
		case "json":
			return verify.WriteJSON(w, slices.Values(results))
		case "junit":
			return verify.WriteJUnit(w, "replatform verify", t.lang.code, slices.Values(results))
		}
		return verify.WriteTable(w, t.lang.code, slices.Values(results))
	}
	if name := c.String("out"); name != "" {
		if err := atomicfile.Write(name, 0o644, write); err != nil {
			return fmt.Errorf("writing the answers: %w", err)
		}
		return nil
	}
	return write(t.out)
}

// verified prints what verify found; findings are an error of their own.
func (t *talk) verified(sum planner.VerifySummary, took time.Duration) error {
	return t.tellVerified(t.result, sum, took)
}

func (t *talk) tellVerified(tell func(key string, args ...any), sum planner.VerifySummary, took time.Duration) error {
	tell("verify.done", sum.Asked, sum.OK, sum.Asked-sum.OK, took.Round(100*time.Millisecond).String())
	for _, p := range sum.Problems {
		tell("verify.problem", p.Text().In(t.lang.code), p.Count, clean(p.Example))
	}
	if sum.OK < sum.Asked {
		return errFindings
	}
	return nil
}
