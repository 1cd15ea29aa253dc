package main

import (
	"context"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/urfave/cli/v2"

	"replatform/crawler/atomicfile"
	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/redirects"
	"replatform/redirects/engine"
)

// compact makes the map smaller and says what each new or remaining row replaces.
func (t *talk) compact(c *cli.Context) error {
	if c.String("format") == "" {
		return t.usagef("usage.export-format")
	}
	e, audit, _, err := t.selected(c)
	if err != nil {
		return err
	}
	var others iter.Seq[redirects.Source]
	if c.String("map") == "" {
		if others, err = t.knownAddresses(c.Context, projectPath(c)); err != nil {
			return err
		}
	}
	small, err := engine.Compact(c.Context, e, audit.Accepted, engine.CompactOptions{Captures: c.Bool("captures"), Others: others})
	if err != nil {
		return err
	}
	if name := c.String("out"); name != "" {
		if err := writeMap(c.Context, name, small.Kept); err != nil {
			return err
		}
	}
	if t.json {
		err := t.document(map[string]any{
			"format": e.ID(), "rows": small.Rows, "kept": len(small.Kept), "written_before": small.Before, "written_after": small.After,
			"limit": small.Limit, "above_limit": small.Above, "asked": small.Asked, "dropped": small.Dropped,
			"captured": capturedRows(small), "declined": small.Declined,
		})
		if err == nil && small.Above > 0 {
			err = errFindings
		}
		return err
	}
	t.result("compact.done", small.Rows, len(small.Kept), e.ID(), small.Asked)
	instead := map[int]int{}
	for _, d := range small.Dropped {
		instead[d.By]++
	}
	for _, r := range small.Kept {
		if n := instead[r.Line]; n > 0 {
			t.result("compact.row", clean(r.Source.String()), clean(r.Target), n)
		}
	}
	for _, r := range capturedRows(small) {
		t.result("compact.captured", clean(r.OldURL), clean(r.Example))
	}
	for _, d := range small.Declined {
		t.result("compact.declined", clean(d.Source), clean(d.Target), d.Rows, clean(d.Because))
	}
	if small.Above > 0 {
		t.result("compact.above", e.ID(), small.Limit, small.Above)
		if !c.Bool("captures") && e.Capabilities().Captures.Value {
			t.result("compact.captures")
		}
		return errFindings
	}
	return nil
}

// capturedRow is a new row that answers for addresses that nobody has seen.
type capturedRow struct {
	OldURL  string `json:"old_url"`
	NewURL  string `json:"new_url"`
	Example string `json:"example"` // such an address
}

// capturedRows lists the new captured rows of a smaller map.
func capturedRows(small *engine.Compacted) []capturedRow {
	rows := []capturedRow{}
	for _, r := range small.Added {
		if c, ok, _ := r.Capture(); ok {
			rows = append(rows, capturedRow{r.Source.String(), r.Target, c.Fill(r.Source.String(), "999999")})
		}
	}
	return rows
}

// knownAddresses are all addresses of both shops.
func (t *talk) knownAddresses(ctx context.Context, name string) (iter.Seq[redirects.Source], error) {
	project, err := inventory.Open(ctx, name, inventory.Options{Log: t.log})
	if err != nil {
		return nil, err
	}
	defer project.Close()
	var all []redirects.Source
	for _, side := range []catalog.Side{catalog.Old, catalog.New} {
		err := project.Pages(ctx, inventory.Filter{Side: side}, func(p inventory.Page, _ *catalog.Product) error {
			if s, err := redirects.ParseSource(p.URL); err == nil {
				s.Host = "" // the rows of a plan are for any host
				all = append(all, s)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("reading the known addresses: %w", err)
		}
	}
	return slices.Values(all), nil
}

// writeMap writes a map as JSON lines.
func writeMap(ctx context.Context, name string, m redirects.Map) error {
	e, _ := engine.Get("json-lines", engine.Options{})
	return e.Write(ctx, oneFile(name), m)
}

// oneFile is a sink for an engine that writes a single file.
type oneFile string

// WriteFile writes it under the name of the sink.
func (f oneFile) WriteFile(_ string, write func(io.Writer) error) error {
	if err := atomicfile.Write(string(f), 0o644, write); err != nil {
		return fmt.Errorf("writing the map: %w", err)
	}
	return nil
}
