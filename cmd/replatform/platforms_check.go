package main

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strings"

	"github.com/urfave/cli/v2"
	"go.yaml.in/yaml/v3"

	"replatform/crawler"
	"replatform/crawler/platform"
)

func platformsCheckCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name: "check", ArgsUsage: "DIR",
		Usage: "check platform files of your own: their form, their evidence and their examples",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "url", Usage: "also say which page of these platforms this `ADDRESS` is; may be given again"},
		},
		Action: t.platformsCheck,
	}
}

func (t *talk) platformsCheck(c *cli.Context) error {
	if c.NArg() != 1 {
		return t.usagef("usage.one-folder", "platforms check")
	}
	dir := c.Args().First()
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("reading platform files: %s is no folder", dir)
	}
	ids, err := platformIDs(os.DirFS(dir))
	if err != nil {
		return fmt.Errorf("reading platform files: %w", err)
	}
	reg, err := platform.Load(os.DirFS(dir))
	if err != nil {
		return t.sayFaults(err)
	}
	if len(ids) == 0 {
		return fmt.Errorf("reading platform files: there is no .yaml file in %s", dir)
	}
	wrong := 0
	for _, id := range ids {
		p, ok := reg.Get(id)
		if !ok {
			return fmt.Errorf("reading platform files: %q was not loaded", id)
		}
		examples, faults := p.TryExamples()
		stated, open := 0, [][]string{}
		for _, s := range p.Statements() {
			if s.Unknown() {
				open = append(open, []string{"  " + s.Label.In(t.lang.code), s.Ask.In(t.lang.code)})
			} else {
				stated++
			}
		}
		t.result("check.platform", clean(p.Name(t.lang.code)), p.ID, len(p.Markers), len(p.Patterns), examples, stated)
		for _, err := range faults {
			t.result("check.fault", clean(err.Error()))
		}
		wrong += len(faults)
		for _, address := range c.StringSlice("url") {
			if err := t.sayIdentity(p, address); err != nil {
				return err
			}
		}
		if len(open) > 0 && !t.quiet && !t.json {
			if err := t.section("platforms.open", open); err != nil {
				return err
			}
		}
	}
	if wrong > 0 {
		return errFindings
	}
	return nil
}

// sayFaults prints each fault of the files on a line of its own.
func (t *talk) sayFaults(err error) error {
	faults := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		faults = joined.Unwrap()
	}
	for _, f := range faults {
		fmt.Fprintln(t.err, clean(f.Error()))
	}
	return withHint(fmt.Errorf("reading platform files: %d faults", len(faults)), "hint.adding")
}

// sayIdentity prints what a platform takes an address for.
func (t *talk) sayIdentity(p *platform.Platform, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return fmt.Errorf("%w: %q", crawler.ErrBadStart, address)
	}
	id := p.Identify(u)
	if !id.Known {
		t.result("check.no-page", clean(address))
		return nil
	}
	_, _, key := id.Key.Parts()
	t.result("check.page", clean(address), t.lang.text("type."+string(id.Type)), clean(key))
	return nil
}

// platformIDs reads the ids of the platform files at the top of a folder, in the
// order of their names. Everything else about them is checked when they are loaded.
func platformIDs(dir fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, e := range entries {
		if ext := path.Ext(e.Name()); e.IsDir() || ext != ".yaml" && ext != ".yml" {
			continue
		}
		text, err := fs.ReadFile(dir, e.Name())
		if err != nil {
			return nil, err
		}
		var head struct {
			ID string `yaml:"id"`
		}
		if err := yaml.Unmarshal(text, &head); err == nil && strings.TrimSpace(head.ID) != "" {
			ids = append(ids, head.ID)
		}
	}
	return ids, nil
}
