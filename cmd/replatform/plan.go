package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // days in Asia/Tokyo on computers without a time zone database

	"github.com/urfave/cli/v2"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
	"replatform/planner"
	"replatform/planner/report"
	"replatform/redirects/engine"
)

func planCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name:  "plan",
		Usage: "decide the way and write the plan folder",
		Flags: append([]cli.Flag{
			platformsFlag(),
			&cli.StringFlag{Name: "to", Usage: "destination `PLATFORM` (from the new shop otherwise)"},
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "plan folder `DIR`", Value: "plan"},
			&cli.StringFlag{Name: "engine", Usage: "`ENGINE` that carries the redirects (chosen by the way otherwise)"},
			&cli.StringFlag{Name: "new-base", Usage: "the address `URL` that the new shop will have after the move"},
			&cli.StringFlag{Name: "domain", Usage: "the old shop's domain: `own|subdomain|unknown` (told from its host otherwise)"},
			&cli.StringFlag{Name: "domain-movable", Usage: "can that domain be pointed elsewhere: `yes|no|unknown`"},
			&cli.StringFlag{Name: "edge", Usage: "may a CDN or server stand in front of the new shop: `yes|no|unknown`"},
			&cli.StringFlag{Name: "map-base", Usage: "https address `URL` of the folder where script maps will be put, for workarounds"},
			&cli.StringFlag{Name: "product-file", Usage: "the old shop's fresh product export `FILE`, to put links into its texts"},
			&cli.StringFlag{Name: "new-cart", Usage: "address `URL` of the new shop's cart, for visitors of the old one, for workarounds"},
			&cli.StringSliceFlag{Name: "origin", Usage: "a further `URL` (https://blog.example) to which rows may lead; rows to other hosts are refused by workarounds"},
			&cli.BoolFlag{Name: "no-forward", Usage: "the old platform's terms forbid to move visitors on by themselves: canonical and visible links only"},
			&cli.BoolFlag{Name: "breach", Usage: "data has leaked: no time for two steps"},
			&cli.StringFlag{Name: "cutover", Usage: "T, the `DAY` (YYYY-MM-DD) on which the new shop takes orders"},
			&cli.StringFlag{Name: "breach-date", Usage: "B, the `DAY` on which the shop learnt of a breach; implies --breach"},
			&cli.StringFlag{Name: "contract-end", Usage: "E, the `DAY` on which the old contract ends"},
			&cli.StringFlag{Name: "domain-expiry", Usage: "D, the `DAY` on which the old domain expires"},
			&cli.StringFlag{Name: "tz", Usage: "time `ZONE` of these days", Value: "Asia/Tokyo"},
			&cli.StringSliceFlag{Name: "fact", Usage: "an answer about the shop, `KEY=VALUE` (members=yes); the plan lists the open ones"},
		}, documentFlags()...),
		Action:      t.plan,
		Subcommands: []*cli.Command{planVersionsCommand(t), planDiffCommand(t)},
	}
}

func (t *talk) plan(c *cli.Context) error {
	if slices.Equal(c.StringSlice("chapters"), []string{listChapters}) {
		return t.chapterList()
	}
	opts, err := t.planOptions(c)
	if err != nil {
		return err
	}
	doc, err := t.documentOptions(c)
	if err != nil {
		return err
	}
	reg, err := loadPlatforms(c)
	if err != nil {
		return err
	}
	if opts.To != "" {
		if _, ok := reg.Get(opts.To); !ok {
			return withHint(t.errorf("err.platform", opts.To), "hint.platforms")
		}
	}
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log})
	if err != nil {
		return err
	}
	defer project.Close()
	dir := c.String("out")
	if c.Bool("anonymise") {
		if doc.Anonymous, err = pseudonyms(c.Context, project); err != nil {
			return err
		}
		if !c.IsSet("out") {
			dir = anonymousFolder
		}
	}
	_, err = t.makePlan(c.Context, project, reg, opts, dir, doc)
	return err
}

func (t *talk) planOptions(c *cli.Context) (planner.Options, error) {
	o := planner.Options{To: c.String("to"), Engine: c.String("engine"), NewBase: c.String("new-base"),
		Haste: c.Bool("breach"), MapBase: c.String("map-base"), Generated: time.Now(),
		NewCart: c.String("new-cart"), Origins: c.StringSlice("origin"), NoForward: c.Bool("no-forward")}
	if err := t.planDates(c, &o); err != nil {
		return o, err
	}
	for _, f := range c.StringSlice("fact") {
		key, value, ok := strings.Cut(f, "=")
		if !ok {
			return o, t.usagef("usage.fact", f)
		}
		if err := planner.CheckFact(key, value); err != nil {
			return o, t.usagef("usage.fact-unknown", err.Error())
		}
		if o.Facts == nil {
			o.Facts = map[string]string{}
		}
		o.Facts[key] = value
	}
	// A page that is read over https runs no script from http
	// (https://www.w3.org/TR/mixed-content/).
	if base := o.MapBase; base != "" {
		if u, err := url.Parse(base); err != nil || !strings.EqualFold(u.Scheme, "https") || u.Host == "" {
			return o, t.usagef("usage.map-base", base)
		}
	}
	if name := c.String("product-file"); name != "" {
		data, err := os.ReadFile(name)
		if err != nil {
			return o, withHint(fmt.Errorf("reading the product export: %w", err), "hint.no-file")
		}
		o.ProductFile = data
	}
	for _, f := range []struct {
		name string
		into *planner.Answer
	}{{"domain-movable", &o.Movable}, {"edge", &o.EdgeAllowed}} {
		switch a := planner.Answer(c.String(f.name)); a {
		case "", planner.Yes, planner.No, planner.Unknown:
			*f.into = a
		default:
			return o, t.usagef("usage.answer", f.name, string(a))
		}
	}
	switch c.String("domain") {
	case "":
	case "own":
		o.OwnDomain = planner.Yes
	case "subdomain":
		o.OwnDomain = planner.No
	case "unknown":
		o.OwnDomain = planner.Unknown
	default:
		return o, t.usagef("usage.domain", c.String("domain"))
	}
	if o.Engine != "" {
		e, ok := engine.Get(o.Engine, engine.Options{})
		if !ok {
			return o, t.usagef("usage.engine", o.Engine)
		}
		if !e.Capabilities().Answers() {
			return o, t.usagef("usage.engine-file", o.Engine)
		}
	}
	return o, nil
}

// planDates reads the days that a plan is timed by.
func (t *talk) planDates(c *cli.Context, o *planner.Options) error {
	zone, err := time.LoadLocation(c.String("tz"))
	if err != nil {
		return t.usagef("usage.zone", c.String("tz"))
	}
	o.Clocks.Zone = zone
	for _, f := range []struct {
		name string
		into *time.Time
	}{{"cutover", &o.Clocks.Cutover}, {"breach-date", &o.Clocks.Breach}, {"contract-end", &o.Clocks.ContractEnd}, {"domain-expiry", &o.Clocks.DomainExpiry}} {
		s := c.String(f.name)
		if s == "" {
			continue
		}
		if *f.into, err = time.ParseInLocation(time.DateOnly, s, zone); err != nil {
			return t.usagef("usage.date", f.name, s)
		}
	}
	return nil
}

// makePlan builds the plan, writes its folder and says what it holds.
func (t *talk) makePlan(ctx context.Context, project *inventory.Project, reg *platform.Registry, opts planner.Options, dir string, doc report.Options) (*planner.Plan, error) {
	p, err := planner.Build(ctx, project, reg, opts)
	if err != nil {
		return nil, err
	}
	if doc.Proofs, err = planner.Proofs(ctx, project, p.Rows); err != nil {
		return nil, err
	}
	version, err := keepVersion(ctx, project, p, doc.Proofs)
	if err != nil {
		return nil, err
	}
	doc.Version = version.Same
	if err := report.Folder(ctx, p, dir, t.lang.code, doc); err != nil {
		return nil, err
	}
	if t.json {
		return p, t.document(map[string]any{
			"way": p.Decision.Way, "fallback": p.Decision.Fallback, "ladder": p.Decision.Ladder, "engine": p.Engine,
			"pages": p.Pages, "coverage": p.Coverage, "worth": p.Worth, "priorities": p.Priorities, "refused": len(p.Refused), "questions": p.Questions, "folder": dir, "version": version.Number,
		})
	}
	rung := p.Decision.Rung(p.Decision.Way)
	t.result("plan.way", string(rung.Way), rung.Name.In(t.lang.code))
	t.result("plan.why", rung.Why.In(t.lang.code))
	if p.Decision.Fallback != "" {
		fb := p.Decision.Rung(p.Decision.Fallback)
		t.result("plan.fallback", string(fb.Way), fb.Name.In(t.lang.code))
	}
	a := p.Pages.ByAction
	t.result("plan.pages", p.Pages.Total, a[planner.ActionRedirect], a[planner.ActionAsk], a[planner.ActionGone], a[planner.ActionIgnore], a[planner.ActionKeep])
	t.coverage(p.Coverage)
	if len(p.FallbackCoverage) > 0 {
		t.result("plan.coverage-fallback")
		t.coverage(p.FallbackCoverage)
	}
	t.worth(p)
	for _, o := range p.Outcomes {
		if o.Problem != "" {
			t.result("plan.outcome-none", o.Period)
			continue
		}
		t.result("plan.outcome", o.Day, o.Period, int(o.Total.After.Clicks), o.Days, o.Base.Period, int(o.Total.Before.Clicks), o.Base.Days)
	}
	if doc.Anonymous != nil {
		t.result("plan.anonymous")
	}
	if len(p.Refused) > 0 {
		t.result("plan.refused", len(p.Refused), p.Engine, filepath.Join(dir, "refused.csv"))
	}
	if n := len(p.Questions) + len(p.OpenFacts); n > 0 { // as the plan counts them
		t.result("plan.questions", n)
	}
	if version.Same == version.Number {
		t.result("plan.version", version.Number)
	} else {
		t.result("plan.version-same", version.Number, version.Same)
	}
	t.result("plan.written", dir, filepath.Join(dir, "plan.html"))
	return p, t.unfinished(ctx, project)
}

// unfinished says that a shop was not read to its end: what rests on it is not whole.
func (t *talk) unfinished(ctx context.Context, project *inventory.Project) error {
	old, err := project.Shop(ctx, catalog.Old)
	if err != nil {
		return err
	}
	counts, err := project.Counts(ctx, catalog.Old)
	if err != nil {
		return fmt.Errorf("counting pages: %w", err)
	}
	if old.State != inventory.Ended && counts.Due > 0 {
		t.say("unfinished.old", counts.Due, clean(old.StartURL))
	}
	return t.unfinishedTarget(ctx, project)
}

func (t *talk) unfinishedTarget(ctx context.Context, project *inventory.Project) error {
	fresh, err := project.Shop(ctx, catalog.New)
	if err != nil {
		return err
	}
	if fresh.State != inventory.Ended {
		t.say("unfinished.new", clean(fresh.StartURL))
		return nil
	}
	// A stage that cannot be read stands in the way of target, not of what is known.
	if staged, err := project.Staged(ctx, catalog.New); err == nil && staged.State != inventory.Ended {
		t.say("unfinished.again", clean(staged.StartURL))
	}
	return nil
}

// coverage prints how many pages are delivered by carriers of each strength.
func (t *talk) coverage(lines []planner.CoverageLine) {
	for _, line := range lines {
		if line.Strength == planner.StrengthNone {
			t.result("plan.uncovered", line.Pages)
		} else {
			t.result("plan.coverage", t.lang.text("strength."+line.Strength), line.Carrier, line.Pages)
		}
		t.coverageWorth(line, lines)
	}
}
