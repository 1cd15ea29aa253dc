package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sort"
	"strings"

	"github.com/urfave/cli/v2"

	"replatform/crawler/platform"
)

func platformsFlag() cli.Flag {
	return &cli.StringFlag{Name: "platforms", Usage: "read further platform files from `DIR`; they replace built-in ones of the same id"}
}

// loadPlatforms reads the built-in facts and those of --platforms.
func loadPlatforms(c *cli.Context) (*platform.Registry, error) {
	var dirs []fs.FS
	if dir := c.String("platforms"); dir != "" {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("reading platform files: %s is no folder", dir)
		}
		dirs = append(dirs, os.DirFS(dir))
	}
	reg, err := platform.Load(dirs...)
	if err != nil {
		return nil, fmt.Errorf("reading platform files: %w", err)
	}
	return reg, nil
}

func platformsCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name: "platforms", ArgsUsage: "[NAME…]",
		Usage: "what is known of a platform, with evidence",
		Flags: []cli.Flag{
			platformsFlag(),
			&cli.BoolFlag{Name: "matrix", Usage: "compare all platforms in two tables"},
			&cli.StringSliceFlag{Name: "can", Usage: "only platforms that can do `WORD` (see --capabilities); may be given again"},
			&cli.BoolFlag{Name: "capabilities", Usage: "list the words that --can takes"},
		},
		Subcommands: []*cli.Command{platformsDecideCommand(t), platformsProbeCommand(t), platformsCheckCommand(t)},
		Action:      t.platforms,
	}
}

func (t *talk) platforms(c *cli.Context) error {
	if c.Bool("capabilities") {
		return t.capabilities()
	}
	reg, err := loadPlatforms(c)
	if err != nil {
		return err
	}
	chosen := reg.All()
	if c.NArg() > 0 {
		chosen = nil
		for _, id := range c.Args().Slice() {
			p, err := t.platformNamed(reg, id)
			if err != nil {
				return err
			}
			chosen = append(chosen, p)
		}
	}
	switch {
	case len(c.StringSlice("can")) > 0:
		return t.platformsThatCan(chosen, c.StringSlice("can"))
	case c.Bool("matrix"):
		return t.matrix(chosen)
	case c.NArg() > 0:
		return t.showPlatforms(chosen)
	case t.json:
		return t.document(platformDocuments(chosen, false))
	}
	rows := make([][]string, 0, len(chosen))
	for _, p := range chosen {
		rows = append(rows, []string{p.ID, p.Name(t.lang.code), t.lang.text("kind." + string(p.Kind))})
	}
	return t.table(rows)
}

// platformNamed finds a platform, or says how to find its id.
func (t *talk) platformNamed(reg *platform.Registry, id string) (*platform.Platform, error) {
	p, ok := reg.Get(id)
	if !ok {
		return nil, withHint(t.errorf("err.platform", id), "hint.platforms")
	}
	return p, nil
}

func (t *talk) capabilities() error {
	var rows [][]string
	type word struct {
		Word string        `json:"word"`
		Name platform.Text `json:"name"`
	}
	var words []word
	for _, w := range platform.Capabilities() {
		rows = append(rows, []string{w.ID, w.Name.In(t.lang.code)})
		words = append(words, word{w.ID, w.Name})
	}
	if t.json {
		return t.document(words)
	}
	return t.table(rows)
}

// platformsThatCan sorts platforms by the answers to all words together: who can,
// who cannot, and of whom it is not known.
func (t *talk) platformsThatCan(list []*platform.Platform, words []string) error {
	var asked []platform.Capability
	for _, w := range words {
		cap, ok := platform.CapabilityByID(w)
		if !ok {
			var all []string
			for _, k := range platform.Capabilities() {
				all = append(all, k.ID)
			}
			return t.usagef("usage.capability", w, strings.Join(all, ", "))
		}
		asked = append(asked, cap)
	}
	type found struct {
		ID       string               `json:"id"`
		Names    platform.Text        `json:"names"`
		Evidence []platform.Statement `json:"evidence,omitempty"`
	}
	sorted := map[platform.YesNo][]found{platform.Yes: {}, platform.No: {}, platform.Unknown: {}}
	var rows [][]string
	for _, p := range list {
		f := found{ID: p.ID, Names: p.Names}
		all := platform.Yes
		row := []string{"  " + p.ID, p.Name(t.lang.code)}
		for _, cap := range asked {
			answer, s := cap.Of(p)
			if answer == platform.No || answer == platform.Unknown && all == platform.Yes {
				all = answer
			}
			f.Evidence = append(f.Evidence, s)
			row = append(row, s.ValueIn(t.lang.code), s.Confidence.In(t.lang.code), s.Date, s.URL)
		}
		sorted[all] = append(sorted[all], f)
		if all == platform.Yes {
			rows = append(rows, row)
		}
	}
	if t.json {
		return t.document(map[string]any{"asked": words, "can": sorted[platform.Yes], "cannot": sorted[platform.No], "unknown": sorted[platform.Unknown]})
	}
	var names []string
	for _, cap := range asked {
		names = append(names, cap.Name.In(t.lang.code))
	}
	t.line(t.lang.text("platforms.can", strings.Join(names, t.lang.text("list.and")), len(rows)))
	if err := t.table(rows); err != nil {
		return err
	}
	for _, rest := range []struct {
		key  string
		list []found
	}{{"platforms.cannot", sorted[platform.No]}, {"platforms.unknown", sorted[platform.Unknown]}} {
		var ids []string
		for _, f := range rest.list {
			ids = append(ids, f.ID)
		}
		t.line(t.lang.text(rest.key, len(ids), strings.Join(ids, " ")))
	}
	return nil
}

func (t *talk) matrix(list []*platform.Platform) error {
	if t.json {
		return t.document(platformDocuments(list, false))
	}
	var errs []error
	for i, m := range platform.Matrices() {
		if i > 0 {
			t.line("")
		}
		t.line(m.Title.In(t.lang.code))
		rows := [][]string{nil}
		for _, col := range m.Columns {
			rows[0] = append(rows[0], col.Head.In(t.lang.code))
		}
		for _, p := range list {
			var row []string
			for _, col := range m.Columns {
				row = append(row, col.Cell(p, t.lang.code))
			}
			rows = append(rows, row)
		}
		errs = append(errs, t.table(rows))
	}
	t.line("")
	t.line(platform.Legend(t.lang.code))
	return errors.Join(errs...)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// withoutCancel is the command's context without its end: for what must still be
// read after the user has stopped the command.
func withoutCancel(c *cli.Context) context.Context { return context.WithoutCancel(c.Context) }
