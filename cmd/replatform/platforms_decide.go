package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"replatform/crawler/platform"
	"replatform/planner"
)

func platformsDecideCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name:  "decide",
		Usage: "by which way visitors of the old addresses can be led to the new shop; needs no project",
		Flags: []cli.Flag{
			platformsFlag(),
			&cli.StringFlag{Name: "from", Usage: "`PLATFORM` of the old shop", Required: true},
			&cli.StringFlag{Name: "to", Usage: "`PLATFORM` of the new shop", Required: true},
			&cli.StringFlag{Name: "domain", Usage: "the old shop's domain: `own|subdomain|unknown`"},
			&cli.StringFlag{Name: "domain-movable", Usage: "can that domain be pointed elsewhere: `yes|no|unknown`"},
			&cli.StringFlag{Name: "edge", Usage: "may a CDN or server stand in front of the new shop: `yes|no|unknown`"},
			&cli.BoolFlag{Name: "breach", Usage: "data has leaked: no time for two steps"},
			&cli.StringFlag{Name: "cutover", Usage: "`DATE` (2027-01-31) on which the new shop takes over"},
			&cli.StringFlag{Name: "contract-end", Usage: "`DATE` on which the old contract ends"},
			&cli.StringFlag{Name: "domain-end", Usage: "`DATE` on which the old domain expires"},
		},
		Action: t.platformsDecide,
	}
}

func (t *talk) platformsDecide(c *cli.Context) error {
	if c.NArg() > 0 {
		return t.usagef("usage.no-arguments", "platforms decide", c.Args().First())
	}
	opts, err := t.planOptions(c)
	if err != nil {
		return err
	}
	move := planner.Case{OwnDomain: opts.OwnDomain, Movable: opts.Movable, EdgeAllowed: opts.EdgeAllowed, Haste: opts.Haste}
	for name, into := range map[string]*time.Time{"cutover": &move.Cutover, "contract-end": &move.ContractEnd, "domain-end": &move.DomainEnd} {
		if v := c.String(name); v != "" {
			if *into, err = time.Parse(time.DateOnly, v); err != nil {
				return t.usagef("usage.date", name, v)
			}
		}
	}
	reg, err := loadPlatforms(c)
	if err != nil {
		return err
	}
	from, err := t.platformNamed(reg, c.String("from"))
	if err != nil {
		return err
	}
	to, err := t.platformNamed(reg, c.String("to"))
	if err != nil {
		return err
	}
	s := planner.Situate(from, to, move)
	d := planner.Decide(s)
	if t.json {
		return t.document(map[string]any{
			"from": from.ID, "to": to.ID, "own_domain": s.OwnDomain, "movable": s.Movable, "breach": s.Haste,
			"way": d.Way, "certain": d.Certain(), "ladder": d.Ladder, "open": d.Open(), "advice": d.Advice,
		})
	}
	t.sayDecision(from, to, s, d)
	return nil
}

// sayDecision prints the ladder from the top: what can be reached, what cannot and
// why, and what must be found out.
func (t *talk) sayDecision(from, to *platform.Platform, s planner.Situation, d planner.Decision) {
	lang := t.lang.code
	answer := func(a planner.Answer) string { return t.lang.text("answer." + string(a)) }
	t.line(clean(from.Name(lang)) + " → " + clean(to.Name(lang)))
	t.line(t.lang.text("decide.case", answer(s.OwnDomain), answer(s.Movable)))
	if s.Haste {
		t.line(t.lang.text("decide.breach"))
	}
	t.line("")
	certain := d.Rung(d.Certain())
	t.line(t.lang.text("decide.certain", string(certain.Way), certain.Name.In(lang)))
	t.line("  " + certain.Why.In(lang))
	t.line("  " + certain.Keeps.In(lang))
	if d.Fallback != "" {
		better := d.Rung(d.Way)
		t.line(t.lang.text("decide.better", string(better.Way), better.Name.In(lang)))
	}
	t.line("")
	t.line(t.lang.text("decide.ladder"))
	below := false
	for _, r := range d.Ladder {
		mark := t.lang.text("rung." + string(r.Reachable))
		if below && r.Reachable == planner.Yes {
			mark = t.lang.text("rung.lower")
		}
		if r.Way == d.Certain() {
			mark = t.lang.text("rung.taken")
			below = true
		}
		t.line(fmt.Sprintf("%-2s  %s  %s", r.Way, mark, r.Name.In(lang)))
		t.line("      " + r.Why.In(lang))
		for _, f := range r.Facts {
			if s := factLine(f, lang); s != "" {
				t.line("      - " + clean(s))
			}
		}
	}
	if open := d.Open(); len(open) > 0 {
		t.line("")
		t.line(t.lang.text("decide.open"))
		said := map[planner.Text]bool{}
		for _, r := range open {
			if said[r.Ask] {
				continue
			}
			said[r.Ask] = true
			t.line("- " + r.Ask.In(lang) + " " + t.lang.text("decide.opens", string(r.Way)))
			if r.Probe != "" {
				t.line("  " + t.lang.text("decide.probe", r.Probe))
			}
		}
	}
	if len(d.Advice) > 0 {
		t.line("")
		t.line(t.lang.text("decide.advice"))
		for _, a := range d.Advice {
			t.line("- " + a.In(lang))
		}
	}
}

// factLine is a fact of the decision in words, with what it rests on; empty for one
// that the platform's file does not state.
func factLine(f planner.Fact, lang string) string {
	if f.Source == "" && f.Date == "" {
		return ""
	}
	s := platform.Statement{Name: f.Name, Value: f.Value}
	return fmt.Sprintf("%s: %s (%s)", platform.LabelOf(f.Name).In(lang), s.ValueIn(lang),
		strings.Join([]string{platform.Trust(f.Confidence).In(lang), f.Date, f.Source}, ", "))
}
