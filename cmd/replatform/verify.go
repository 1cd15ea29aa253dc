package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"replatform/crawler/atomicfile"
	"replatform/crawler/fetch"
	"replatform/crawler/inventory"
	"replatform/planner"
	"replatform/redirects/engine"
	"replatform/redirects/verify"
)

const verifyHelp = `Every spelling of every old URL that is known is asked, the pages with most worth first, and
the answers are held against the plan: one hop, 301, the planned target, which must answer 200,
name itself as canonical, be open to search engines, be a page at all and stand in the sitemap.

An interrupted verify goes on when the same command is given again. Exit code 0: all as planned;
3: something is wrong.

With --watch one run is made and compared with the answers before it: what broke, what was mended.
When nothing has changed nothing is printed, so that it can stand in a crontab.`

func verifyCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name:        "verify",
		Usage:       "ask every old URL live and compare with the plan; exit code 3 when one fails",
		Description: verifyHelp,
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "connect-to", Usage: "ask `OLDHOST=ADDR`, so that a new set-up can be tested before DNS is switched; may be given again"},
			&cli.BoolFlag{Name: "allow-private", Usage: "allow addresses of private networks"},
			&cli.StringFlag{Name: "engine", Usage: "the redirect `ENGINE` that answers at --connect-to: its answers count as proof of the rows that it carries"},
			&cli.Float64Flag{Name: "rate", Usage: "requests per second to one host; 0 for no limit (your own server)", Value: defaultRate},
			&cli.IntFlag{Name: "concurrency", Usage: "requests under way at once", Value: fetch.DefaultConcurrency},
			&cli.DurationFlag{Name: "timeout", Usage: "give up one request after this time", Value: fetch.DefaultTimeout},
			&cli.BoolFlag{Name: "check-final", Usage: "ask the target pages too", Value: true},
			&cli.BoolFlag{Name: "check-pages", Usage: "look at the target pages: canonical, noindex, robots.txt, soft 404, sitemap", Value: true},
			&cli.StringFlag{Name: "variants", Usage: "ask http for https and with and without www. too: `some|all|none` (some: of the most valuable pages)", Value: string(planner.VariantsSome)},
			&cli.IntFlag{Name: "sample", Usage: "ask only `N` old URLs, chosen by chance weighted by worth, the same ones each time", DefaultText: "off"},
			&cli.DurationFlag{Name: "since", Usage: "leave out what was right within this `TIME`, as in 24h", DefaultText: "off"},
			&cli.BoolFlag{Name: "fresh", Usage: "begin anew instead of going on with an interrupted verify"},
			&cli.BoolFlag{Name: "watch", Usage: "make one run and print only what has changed since the last, for cron"},
			&cli.StringFlag{Name: "format", Usage: "write each answer as `table|json|junit|html`; table and html have only those that are wrong"},
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
	opts, err := t.verifyOptions(c)
	if err != nil {
		return err
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
	suite := verify.Suite{Name: "replatform verify", Began: began, Took: time.Since(began)}
	suite.Host, _ = os.Hostname() // empty where it is not known, which the file says
	switch {
	case c.String("format") != "":
		if err := t.writeResults(c, suite, results); err != nil {
			return err
		}
	case t.json:
		if err := t.document(sum); err != nil {
			return err
		}
	}
	switch {
	case c.Bool("watch"):
		return t.watched(sum, suite.Took)
	case c.String("format") != "" && c.String("out") == "":
		return t.tellVerified(t.say, sum, suite.Took) // standard output holds the answers
	}
	return t.verified(sum, suite.Took)
}

func (t *talk) verifyOptions(c *cli.Context) (planner.VerifyOptions, error) {
	var opts planner.VerifyOptions
	connect, err := t.connectTo(c.StringSlice("connect-to"))
	if err != nil {
		return opts, err
	}
	switch c.String("format") {
	case "", "table", "json", "junit", "html":
	default:
		return opts, t.usagef("usage.verify-format", c.String("format"))
	}
	switch v := planner.Variants(c.String("variants")); v {
	case planner.VariantsNone, planner.VariantsSome, planner.VariantsAll:
		opts.Variants = v
	default:
		return opts, t.usagef("usage.variants", c.String("variants"))
	}
	if opts.Engine = c.String("engine"); opts.Engine != "" {
		if _, ok := engine.Get(opts.Engine, engine.Options{}); !ok {
			return opts, t.usagef("usage.engine", opts.Engine)
		}
		if len(connect) == 0 {
			return opts, t.usagef("usage.verify-engine")
		}
	}
	for _, name := range []string{"since", "watch", "fresh", "engine"} {
		if c.String("map") != "" && c.IsSet(name) {
			return opts, t.usagef("usage.plan-only", name)
		}
	}
	opts.Options = verify.Options{
		ConnectTo: connect, Rate: c.Float64("rate"), Concurrency: c.Int("concurrency"),
		Timeout: c.Duration("timeout"), CheckFinal: c.Bool("check-final"), AllowPrivate: c.Bool("allow-private"),
	}
	if opts.CheckFinal && c.Bool("check-pages") {
		opts.Inspect = planner.NewInspector().Inspect
	}
	opts.Sample, opts.Since, opts.Fresh, opts.Compare = c.Int("sample"), c.Duration("since"), c.Bool("fresh"), c.Bool("watch")
	return opts, nil
}

// verifyPlan asks the rows of the plan and stores the answers.
func (t *talk) verifyPlan(c *cli.Context, opts planner.VerifyOptions) (planner.VerifySummary, error) {
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log})
	if err != nil {
		return planner.VerifySummary{}, err
	}
	defer project.Close()
	b := t.newBar("verify.bar", -1)
	sum, err := planner.Verify(c.Context, project, opts, func(done, total int) { b.set(int64(done), int64(total)) })
	b.done()
	if errors.Is(err, planner.ErrNoPlan) {
		return sum, withHint(err, "hint.plan-first")
	}
	if sum.LeftOut > 0 {
		t.say("verify.skipped", sum.LeftOut)
	}
	if c.Context.Err() != nil {
		t.say("verify.goes-on", sum.Asked)
	}
	return sum, err
}

// verifyFile asks the rows of a file.
func (t *talk) verifyFile(c *cli.Context, opts planner.VerifyOptions) (planner.VerifySummary, error) {
	var sum planner.VerifySummary
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
	err = verify.Run(c.Context, opts.Options, verify.Expectations(m, c.String("host")), sum.Add)
	return sum, err
}

// writeResults writes every answer in the order of the rows.
func (t *talk) writeResults(c *cli.Context, suite verify.Suite, results []verify.Result) error {
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
			return verify.WriteJUnit(w, suite, t.lang.code, slices.Values(results))
		case "html":
			return verify.WriteHTML(w, suite, t.lang.code, slices.Values(results))
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
	tell("verify.done", sum.Asked, sum.OK, sum.Asked-sum.OK, t.lang.duration(took))
	if sum.Resumed > 0 {
		tell("verify.resumed", sum.Resumed, sum.Began.Local().Format("2006-01-02 15:04"))
	}
	for _, p := range sum.Problems {
		if p.Example == "" { // rows that cannot be read
			tell("verify.problem-rows", p.Text().In(t.lang.code), p.Count)
			continue
		}
		tell("verify.problem", p.Text().In(t.lang.code), p.Count, clean(p.Example))
		if p.Code == verify.Private || p.Code == verify.FinalPrivate {
			tell("verify.private")
		}
	}
	if sum.Unplanned > 0 {
		tell("verify.unplanned", sum.Unplanned)
	}
	if sum.OK < sum.Asked {
		return errFindings
	}
	return nil
}

// watched prints what has changed since the answers before; nothing when nothing has.
// The first run has none to compare with and is told whole.
func (t *talk) watched(sum planner.VerifySummary, took time.Duration) error {
	if !sum.Compared {
		return t.verified(sum, took)
	}
	for _, c := range sum.Changes {
		words := c.Now
		if c.Kind == planner.Mended {
			words = c.Before
		}
		t.result("verify.change."+c.Kind, clean(c.OldURL), words.Text().In(t.lang.code), c.Status, clean(c.Location), c.Since.Local().Format("2006-01-02 15:04"))
	}
	if len(sum.Changes) > 0 {
		t.result("verify.done", sum.Asked, sum.OK, sum.Asked-sum.OK, t.lang.duration(took))
	}
	if sum.OK < sum.Asked {
		return errFindings
	}
	return nil
}
