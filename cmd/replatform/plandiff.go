package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"replatform/planner/report"
)

func planDiffCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name: "diff", ArgsUsage: "[OLD [NEW]]",
		Usage:  "what changed between two plans: versions by number, plan folders or plan.json files; the newest versions where none is named",
		Action: t.planDiff,
	}
}

// shownChanges bounds how many rows of one kind are printed; --json has them all.
const shownChanges = 10

func (t *talk) planDiff(c *cli.Context) error {
	if c.NArg() > 2 {
		return t.usagef("usage.plan-diff")
	}
	before, after, err := t.planArguments(c)
	if err != nil {
		return err
	}
	d := report.Diff(before, after)
	if t.json {
		return t.document(d)
	}
	if d.Empty() {
		t.result("diff.none", d.Rows.Same)
		return nil
	}
	for _, change := range []*report.Change{d.Way, d.Engine} {
		if change != nil {
			t.change(*change)
		}
	}
	for _, list := range [][]report.Change{d.Dates, d.Figures, d.Facts} {
		for _, change := range list {
			t.change(change)
		}
	}
	if len(d.Tasks.Added) > 0 {
		t.result("diff.tasks-added", strings.Join(d.Tasks.Added, " "))
	}
	if len(d.Tasks.Removed) > 0 {
		t.result("diff.tasks-removed", strings.Join(d.Tasks.Removed, " "))
	}
	t.result("diff.rows", len(d.Rows.Added), len(d.Rows.Removed), len(d.Rows.Retarget), len(d.Rows.Carriers), len(d.Rows.Proofs), d.Rows.Same)
	for i, r := range d.Rows.Retarget {
		if i == shownChanges {
			t.result("diff.more", len(d.Rows.Retarget)-shownChanges)
			break
		}
		t.result("diff.retarget", clean(r.URL), clean(r.Old.Action+" "+r.Old.New), clean(r.New.Action+" "+r.New.New))
	}
	return nil
}

func (t *talk) change(c report.Change) {
	word := func(s string) string {
		if s == "" {
			return "–"
		}
		return clean(s)
	}
	t.result("diff.change", c.What, word(c.Old), word(c.New))
}
