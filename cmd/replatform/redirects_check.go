package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"replatform/crawler/inventory"
	"replatform/planner"
	"replatform/redirects"
	"replatform/redirects/verify"
)

// check asks an engine on a test machine every row that it would honour.
func (t *talk) check(c *cli.Context) error {
	if c.String("format") == "" {
		return t.usagef("usage.export-format")
	}
	at := strings.TrimSuffix(strings.TrimPrefix(c.String("at"), "http://"), "/")
	if at == "" || strings.Contains(at, "/") {
		return t.usagef("usage.at")
	}
	_, audit, sel, err := t.selected(c)
	if err != nil {
		return err
	}
	refused := planner.RefusedRows(audit, sel)
	if c.String("map") == "" {
		return t.checkPlan(c, at, sel.Map(), len(refused))
	}
	var sum planner.VerifySummary
	began := time.Now()
	err = verify.Run(c.Context, checkOptions(c, at, sel.Map()), verify.Expectations(sel.Map(), c.String("host")), func(r verify.Result) {
		sum.Add(r)
	})
	if err != nil {
		return err
	}
	return t.checked(sum, len(refused), time.Since(began))
}

// checkPlan asks the rows of the plan under their own hosts and stores the answers.
func (t *talk) checkPlan(c *cli.Context, at string, m redirects.Map, refused int) error {
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log})
	if err != nil {
		return err
	}
	defer project.Close()
	var rows []inventory.PlanRow
	err = project.Plan(c.Context, func(r inventory.PlanRow) error {
		rows = append(rows, r)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the plan: %w", err)
	}
	own := planner.WithHosts(m, rows)
	var sum planner.VerifySummary
	var proofs []inventory.Proof
	began := time.Now()
	err = verify.Run(c.Context, checkOptions(c, at, own), verify.Expectations(own, c.String("host")), func(r verify.Result) {
		sum.Add(r)
		if i := r.Line - 2; i >= 0 && i < len(rows) {
			proofs = append(proofs, inventory.Proof{
				OldURL: rows[i].OldURL, Kind: "engine", Status: r.FirstStatus, Location: r.Location, Hops: len(r.Hops), Final: r.FinalURL,
				OK: r.OK(), Problem: string(r.Problem), CheckedAt: r.CheckedAt.UTC(), ConnectTo: at, AskedFor: planner.AskedFor(r.Expect), Engine: c.String("format"),
			})
		}
	})
	if saveErr := project.SaveProofs(context.WithoutCancel(c.Context), proofs); saveErr != nil {
		return cmp.Or(err, fmt.Errorf("storing proofs: %w", saveErr))
	}
	if err != nil {
		return err
	}
	return t.checked(sum, refused, time.Since(began))
}

// checkOptions send every host of the map to the engine.
func checkOptions(c *cli.Context, at string, m redirects.Map) verify.Options {
	o := verify.Options{ConnectTo: map[string]string{c.String("host"): "http://" + at}, Concurrency: c.Int("concurrency")}
	for r := range m.Rules() {
		if r.Source.Host != "" {
			o.ConnectTo[r.Source.Host] = "http://" + at
		}
	}
	return o
}

// checked prints what check found.
func (t *talk) checked(sum planner.VerifySummary, refused int, took time.Duration) error {
	if t.json {
		if err := t.document(sum); err != nil {
			return err
		}
	}
	err := t.verified(sum, took)
	if refused > 0 {
		t.result("check.refused", refused)
		return errFindings
	}
	return err
}
