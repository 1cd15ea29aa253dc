package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"replatform/redirects"
	"replatform/redirects/dialect"
)

// kindList names the kinds of files that --as takes.
func kindList() string {
	var names []string
	for _, k := range dialect.Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

// mapFile opens a file of redirects in whatever form it has.
func (t *talk) mapFile(c *cli.Context, name string) (redirects.Map, error) {
	kind := dialect.Kind(c.String("as"))
	if kind == "" {
		var err error
		if kind, err = dialect.Detect(name); err != nil {
			return nil, t.dialectError(err)
		}
	}
	m, err := dialect.Open(name, kind, dialect.Options{Base: c.String("base")})
	return m, t.dialectError(err)
}

// dialectError adds what can be done about a file that is not recognised.
func (t *talk) dialectError(err error) error {
	if errors.Is(err, dialect.ErrUnknownKind) {
		return withHint(err, "hint.redirect-kind", kindList())
	}
	return err
}

// convert is export for a file named as an argument.
func (t *talk) convert(c *cli.Context) error {
	if c.Args().Len() != 1 || c.String("map") != "" {
		return t.usagef("usage.convert")
	}
	if err := c.Set("map", c.Args().First()); err != nil {
		return fmt.Errorf("taking the file: %w", err)
	}
	return t.export(c)
}
