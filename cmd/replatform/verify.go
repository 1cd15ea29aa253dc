package main

import (
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

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
		},
		Action: t.verify,
	}
}

func (t *talk) verify(c *cli.Context) error {
	connect, err := t.connectTo(c.StringSlice("connect-to"))
	if err != nil {
		return err
	}
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log})
	if err != nil {
		return err
	}
	defer project.Close()
	opts := verify.Options{
		ConnectTo: connect, Rate: c.Float64("rate"), Concurrency: c.Int("concurrency"),
		Timeout: c.Duration("timeout"), CheckFinal: c.Bool("check-final"),
	}
	b := t.newBar("verify.bar", -1)
	began := time.Now()
	sum, err := planner.Verify(c.Context, project, opts, func(done, total int) { b.set(int64(done), int64(total)) })
	b.done()
	if err != nil {
		return err
	}
	if sum.Asked == 0 {
		return withHint(fmt.Errorf("the plan has no redirects to verify"), "hint.plan-first")
	}
	if t.json {
		if err := t.document(sum); err != nil {
			return err
		}
	}
	return t.verified(sum, time.Since(began))
}

// verified prints what verify found; findings are an error of their own.
func (t *talk) verified(sum planner.VerifySummary, took time.Duration) error {
	t.result("verify.done", sum.Asked, sum.OK, sum.Asked-sum.OK, took.Round(100*time.Millisecond).String())
	for _, p := range sum.Problems {
		t.result("verify.problem", p.Text().In(t.lang.code), p.Count, clean(p.Example))
	}
	if sum.OK < sum.Asked {
		return errFindings
	}
	return nil
}
