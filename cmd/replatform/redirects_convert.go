package main

import (
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/urfave/cli/v2"

	"replatform/planner"
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
	if err == nil && c.Bool("drop-query") {
		m = withoutQueries(m)
	}
	return m, t.dialectError(err)
}

// withoutQueries is the map with no row that carries the query of a request over.
func withoutQueries(m redirects.Map) redirects.Map {
	return redirects.MapFunc(func() iter.Seq2[redirects.Rule, error] {
		return func(yield func(redirects.Rule, error) bool) {
			for r, err := range m.Rules() {
				r.KeepQuery = false
				if !yield(r, err) {
					return
				}
			}
		}
	})
}

// queriesKept says how many rows an engine would not honour because they carry the query
// of a request over, and what can be done.
func (t *talk) queriesKept(c *cli.Context, refused []planner.Refused) {
	n := 0
	for _, r := range refused {
		if r.Code == "keep-query" {
			n++
		}
	}
	if n > 0 {
		t.result("redirects.keep-query", n, c.String("format"))
	}
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
