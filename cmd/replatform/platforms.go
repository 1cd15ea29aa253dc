package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"sort"
	"text/tabwriter"

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
		Name: "platforms", ArgsUsage: "[NAME]",
		Usage:  "what is known of a platform, with evidence",
		Flags:  []cli.Flag{platformsFlag()},
		Action: t.platforms,
	}
}

func (t *talk) platforms(c *cli.Context) error {
	reg, err := loadPlatforms(c)
	if err != nil {
		return err
	}
	if c.NArg() == 0 {
		if t.json {
			return t.document(reg.All())
		}
		w := tabwriter.NewWriter(t.out, 0, 4, 2, ' ', 0)
		for _, p := range reg.All() {
			name := p.Names.EN
			if t.lang.code == "ja" {
				name = p.Names.JA
			}
			fmt.Fprintf(w, "%s\t%s\t%s\n", p.ID, name, t.lang.text("kind."+string(p.Kind)))
		}
		return w.Flush()
	}
	p, ok := reg.Get(c.Args().First())
	if !ok {
		return withHint(fmt.Errorf("unknown platform %q", c.Args().First()), "hint.platforms")
	}
	if t.json {
		return t.document(p)
	}
	name := p.Names.EN
	if t.lang.code == "ja" {
		name = p.Names.JA
	}
	fmt.Fprintf(t.out, "%s (%s)\n", name, p.ID)
	w := tabwriter.NewWriter(t.out, 0, 4, 2, ' ', 0)
	for _, f := range p.Statements() {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", f.Name, f.Value, f.Confidence, f.Date, f.URL)
	}
	return w.Flush()
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
