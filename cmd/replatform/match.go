package main

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/urfave/cli/v2"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner"
	"replatform/planner/match"
)

func matchCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name:  "match",
		Usage: "pair the pages of the old shop with those of the new one",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "old", Usage: "match the list in this CSV `FILE` instead of the project's old shop"},
			&cli.StringFlag{Name: "new", Usage: "… with the list in this CSV `FILE`"},
			&cli.BoolFlag{Name: "strict", Usage: "with --old and --new: refuse a list if any row is bad"},
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "with --old and --new, or --sample: write to `FILE`"},
			&cli.StringFlag{Name: "explain", Usage: "say how the old page at this `URL` came to its answer: candidates, evidence, weights"},
			&cli.IntFlag{Name: "sample", Usage: "draw `N` pairs at random from those used without review, as a .csv or .xlsx sheet to check by hand", DefaultText: "off"},
			&cli.Uint64Flag{Name: "seed", Usage: "with --sample: another `NUMBER` draws other pairs", Value: 1},
			&cli.StringFlag{Name: "sample-result", Usage: "read the checked sheet in `FILE`, say how many of all such pairs are right, and keep it for the plan"},
		},
		Action: t.match,
	}
}

func (t *talk) match(c *cli.Context) error {
	old, fresh := c.String("old"), c.String("new")
	switch {
	case (old == "") != (fresh == ""):
		return t.usagef("usage.two-lists")
	case c.IsSet("sample-result"):
		return t.matchSampleResult(c)
	case c.IsSet("explain") && c.IsSet("sample"):
		return t.usagef("usage.explain-or-sample")
	case c.IsSet("sample") && (c.Int("sample") < 1 || c.String("out") == ""):
		return t.usagef("usage.sample")
	}
	limitMemory()
	b := t.newBar("match.bar", -1)
	opts := match.Options{Log: t.log, Progress: t.stages(b)}
	if old != "" {
		defer b.done()
		return t.matchLists(c, old, fresh, opts)
	}
	if c.IsSet("explain") || c.IsSet("sample") {
		defer b.done()
		return t.matchProject(c, opts)
	}
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log})
	if err != nil {
		return err
	}
	defer project.Close()
	if _, err := project.Shop(c.Context, catalog.Old); err != nil {
		return withHint(err, "hint.crawl-first")
	}
	if _, err := project.Shop(c.Context, catalog.New); err != nil {
		return withHint(err, "hint.target-first")
	}
	counts, err := planner.MatchShops(c.Context, project, opts)
	b.done()
	if err != nil {
		return err
	}
	if err := t.matchCounts(counts); err != nil {
		return err
	}
	if err := t.unfinishedTarget(c.Context, project); err != nil || t.json {
		return err
	}
	return t.matchWorth(c.Context, project)
}

func (t *talk) matchCounts(n planner.MatchCounts) error {
	if t.json {
		return t.document(n)
	}
	t.result("match.done", n.Pages, n.Products)
	t.result("match.exact", n.Exact)
	t.result("match.close", n.Close)
	if n.Broad > 0 {
		t.result("match.broad", n.Broad)
	}
	t.result("match.review", n.Review)
	t.result("match.none", n.None)
	if n.Decided > 0 {
		t.result("match.decided", n.Decided)
	}
	if n.Taught > 0 {
		t.result("match.taught", n.Taught)
	}
	if n.Unasked > 0 {
		t.result("match.unasked", n.Unasked)
	}
	return nil
}

// matchLists pairs two CSV files; no project is needed.
func (t *talk) matchLists(c *cli.Context, oldName, newName string, opts match.Options) error {
	old, err := t.readItems(c, oldName)
	if err != nil {
		return err
	}
	fresh, err := t.readItems(c, newName)
	if err != nil {
		return err
	}
	switch {
	case c.IsSet("explain"):
		return t.matchExplain(c, &planner.MatchInput{Old: old, New: fresh}, c.String("explain"), opts)
	case c.IsSet("sample"):
		return t.sampleLists(c, old, fresh, opts)
	}
	return t.fileOrOut(c.String("out"), func(w io.Writer) error {
		pw, err := match.NewPairWriter(w, old, fresh, t.lang.code)
		if err != nil {
			return err
		}
		if err := match.Each(c.Context, old, fresh, opts, pw.Write); err != nil {
			return err
		}
		return pw.Flush()
	})
}

// limitMemory lets the garbage collector work harder before the program takes more
// than the memory of a small machine. Two lists of a million pages each stay below it;
// what needs more gets more. GOMEMLIMIT sets another limit (https://pkg.go.dev/runtime).
func limitMemory() {
	const limit = 3400 << 20
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit)
	}
}

// stages shows on the bar what the matching is doing and how far it is.
func (t *talk) stages(b *bar) func(stage string, done, total int) {
	last := ""
	return func(stage string, done, total int) {
		if stage != last {
			b.describe(t.lang.text("match.stage." + stage))
			last = stage
		}
		b.set(int64(done), int64(total))
	}
}

// readItems reads a list and names the first of the lines that cannot be used.
func (t *talk) readItems(c *cli.Context, name string) ([]match.Item, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("reading the list: %w", err)
	}
	defer f.Close()
	read := match.ReadItems
	bad := 0
	if !c.Bool("strict") {
		read = func(r io.Reader) ([]match.Item, error) {
			return match.ScanItems(r, func(e *match.RowError) error {
				if bad++; bad <= namedRows {
					t.say("csv.refused", clean(name), e.Line, clean(e.In(t.lang.code)))
				}
				return nil
			})
		}
	}
	items, err := read(f)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if bad > namedRows {
		t.say("match.more-rows", bad-namedRows)
	}
	return items, nil
}
