package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"replatform/crawler/atomicfile"
	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner"
	"replatform/planner/workaround"
)

func workaroundCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name:  "workaround",
		Usage: "make again a part of the workarounds that \"plan\" writes",
		Subcommands: []*cli.Command{
			{
				Name: "product-file", ArgsUsage: "FILE",
				Usage: "put links to the new shop into the texts of a fresh product export, or take them out",
				Flags: []cli.Flag{
					platformsFlag(),
					&cli.BoolFlag{Name: "undo", Usage: "take the links out again"},
					&cli.StringFlag{Name: "layout", Usage: "`LAYOUT` of the file: " + strings.Join(workaround.ProductFileLayouts(), "|") + " (by the old shop's platform otherwise)"},
					&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "`FILE` to write (beside the export otherwise)"},
					&cli.BoolFlag{Name: "strict", Usage: "write nothing if a line cannot be read"},
				},
				Action: t.workaroundProductFile,
			},
			{
				Name:  "stub-host",
				Usage: "write the old shop as pages for a host that serves files only",
				Flags: []cli.Flag{
					&cli.StringFlag{Name: "new-home", Usage: "`URL` of the new shop's home page (from the project otherwise)"},
					&cli.StringSliceFlag{Name: "origin", Usage: "a further `URL` (https://blog.example) to which rows may lead"},
					&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "folder `DIR`", Value: "stub-host"},
				},
				Action: t.workaroundStubHost,
			},
		},
	}
}

func (t *talk) workaroundProductFile(c *cli.Context) error {
	if c.NArg() != 1 {
		return t.usagef("usage.product-file")
	}
	name, undo := c.Args().First(), c.Bool("undo")
	data, err := os.ReadFile(name)
	if err != nil {
		return withHint(fmt.Errorf("reading the product export: %w", err), "hint.no-file")
	}
	layout := c.String("layout")
	if layout != "" && !slices.Contains(workaround.ProductFileLayouts(), layout) {
		return t.usagef("usage.layout", layout, strings.Join(workaround.ProductFileLayouts(), ", "))
	}
	var targets map[string]string
	if layout == "" || !undo {
		if layout, targets, err = t.productTargets(c, layout); err != nil {
			return err
		}
	}
	var out []byte
	var rep workaround.FileReport
	if undo {
		out, rep, err = workaround.RemoveNotices(layout, data)
	} else {
		out, rep, err = workaround.AddNotices(layout, data, func(id string) (string, bool) {
			a, ok := targets[id]
			return a, ok
		})
	}
	if err != nil {
		return withHint(err, "hint.product-file")
	}
	for _, p := range rep.Problems {
		t.say("product-file.problem", p.Line, p.Text.In(t.lang.code))
	}
	if len(rep.Problems) > 0 && c.Bool("strict") {
		return withHint(t.errorf("err.lines", len(rep.Problems), filepath.Base(name)), "hint.strict")
	}
	to := c.String("out")
	if to == "" {
		to = strings.TrimSuffix(name, filepath.Ext(name)) + map[bool]string{false: "-with-links.csv", true: "-without-links.csv"}[undo]
	}
	if sameFile(name, to) {
		return t.usagef("usage.same-file", to)
	}
	err = atomicfile.Write(to, 0o644, func(w io.Writer) error {
		_, err := w.Write(out)
		return err
	})
	if err != nil {
		return err
	}
	if t.json {
		if err := t.document(map[string]any{"file": to, "charset": rep.Charset, "products": rep.Records, "changed": rep.Changed,
			"same": rep.Same, "unknown": rep.Unknown, "problems": rep.Problems}); err != nil {
			return err
		}
	}
	t.result("product-file.done", rep.Records, rep.Changed, rep.Same, rep.Unknown, len(rep.Problems), rep.Charset)
	t.result("product-file.written", to)
	if len(rep.Problems) > 0 {
		return errFindings
	}
	return nil
}

// sameFile says that two names lead to one file, which must not be overwritten while
// it is the owner's only copy.
func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// productTargets gives for every product of the plan its new address, empty for one
// that must carry no link, and the layout of the old shop's export.
func (t *talk) productTargets(c *cli.Context, layout string) (string, map[string]string, error) {
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log})
	if err != nil {
		return "", nil, err
	}
	defer project.Close()
	if layout == "" {
		shop, err := project.Shop(c.Context, catalog.Old)
		if err != nil {
			return "", nil, err
		}
		reg, err := loadPlatforms(c)
		if err != nil {
			return "", nil, err
		}
		if p, ok := reg.Get(shop.Platform); ok {
			layout = planner.ProductFileLayout(p)
		}
		if layout == "" {
			return "", nil, withHint(t.errorf("err.layout", shop.Platform), "hint.layout")
		}
	}
	targets := map[string]string{}
	rows := 0
	err = project.Plan(c.Context, func(r inventory.PlanRow) error {
		rows++
		_, kind, id := r.OldKey.Parts()
		if kind != catalog.ProductP {
			return nil
		}
		if r.Action == planner.ActionRedirect {
			targets[id] = r.NewURL
		} else if _, ok := targets[id]; !ok {
			targets[id] = ""
		}
		return nil
	})
	if err != nil {
		return "", nil, err
	}
	if rows == 0 {
		return "", nil, withHint(t.errorf("err.no-plan"), "hint.plan-first")
	}
	return layout, targets, nil
}

func (t *talk) workaroundStubHost(c *cli.Context) error {
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log})
	if err != nil {
		return err
	}
	defer project.Close()
	var rows []inventory.PlanRow
	if err := project.Plan(c.Context, func(r inventory.PlanRow) error {
		rows = append(rows, r)
		return nil
	}); err != nil {
		return err
	}
	if len(rows) == 0 {
		return withHint(t.errorf("err.no-plan"), "hint.plan-first")
	}
	home := c.String("new-home")
	if home == "" {
		fresh, err := project.Shop(c.Context, catalog.New)
		if err != nil {
			return err
		}
		meta, err := project.PlanMeta(c.Context)
		if err != nil {
			return err
		}
		if home, err = planner.Rebase(fresh.StartURL, meta["new_base"]); err != nil {
			return err
		}
	}
	dir := c.String("out")
	a, err := planner.StubHost(c.Context, rows, workaround.Input{NewHome: home, Origins: c.StringSlice("origin"), Generated: time.Now()}, folderSink(dir))
	if err != nil {
		return err
	}
	n := map[workaround.Strength]int{}
	for _, cover := range a.Covers {
		n[cover.Strength]++
	}
	if t.json {
		return t.document(map[string]any{"folder": filepath.Join(dir, a.ID), "pages": n, "refused": len(a.Refused), "files": len(a.Files)})
	}
	for _, s := range []workaround.Strength{workaround.InstantRefresh, workaround.Script} {
		t.result("stub-host.covered", t.lang.text("strength."+string(s)), n[s])
	}
	t.result("stub-host.refused", len(a.Refused))
	t.result("stub-host.written", filepath.Join(dir, a.ID), filepath.Join(dir, a.ID, "README."+t.lang.code+".md"))
	return nil
}

// folderSink writes files below a folder, each whole or not at all.
type folderSink string

// WriteFile makes the folders on the way; names come from the sink's caller checked.
func (s folderSink) WriteFile(name string, data []byte) error {
	local := filepath.FromSlash(name)
	if !filepath.IsLocal(local) {
		return fmt.Errorf("writing %q: it lies outside of the folder", name)
	}
	path := filepath.Join(string(s), local)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return atomicfile.Write(path, 0o644, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
