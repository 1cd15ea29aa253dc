package workaround

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Generate writes every artefact that the capabilities allow and returns what it
// wrote, the strongest first. Each artefact is a folder named after its id, with
// README.ja.md and README.en.md. Rows that an artefact cannot carry are named in its
// Refused and in not-covered.csv of its folder, with the reason.
//
// The same input always gives the same bytes. Errors that a caller can act on are
// [ErrNewHome] and [ErrProductFile]; errors of the sink come back wrapped. After an error the sink may hold some of the files.
func Generate(ctx context.Context, in Input, sink Sink) ([]Artefact, error) {
	j, err := newJob(in)
	if err != nil {
		return nil, err
	}
	var out []Artefact
	for _, m := range plan(in) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		own := *j
		own.caps = m.caps
		f, err := m.make(&own)
		if err != nil {
			return nil, fmt.Errorf("making %s: %w", m.id, err)
		}
		f.ID = m.id
		if m.id != noticeID && len(f.Covers) == 0 {
			continue // nothing to carry: no folder that would only raise hopes
		}
		a, err := f.finish(in, sink)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	slices.SortStableFunc(out, func(a, b Artefact) int { return rank(a.Strength) - rank(b.Strength) })
	return out, nil
}

func rank(s Strength) int { return slices.Index([]Strength{InstantRefresh, Script, Link}, s) }

// maker makes one artefact.
type maker struct {
	id   string
	caps Capabilities
	make func(*job) (*folder, error)
}

// plan chooses the artefacts by what the platforms can do.
func plan(in Input) []maker {
	var ms []maker
	src, dst := in.Source, in.Destination
	if d, ok := dialectByID(src.TemplateLanguage); ok && d.source != nil && d.writable(src) {
		ms = append(ms, maker{d.id, src, d.source})
	} else if src.Script != No {
		ms = append(ms, maker{scriptBoxID, src, scriptBoxFolder})
	}
	if d, ok := dialectByID(dst.TemplateLanguage); ok && d.destination != nil && dst.Script != No &&
		(dst.HeadPerPage != No || dst.HeadSiteWide != No) {
		ms = append(ms, maker{d.id, dst, d.destination})
	}
	if in.ProductFile != nil && src.ProductFile != "" && src.BodyText != No {
		ms = append(ms, maker{productTextID, src, productTextFolder})
	}
	return append(ms, maker{noticeID, src, noticeFolder})
}

func newJob(in Input) (*job, error) {
	os, err := newOrigins(in.NewHome, in.Origins)
	if err != nil {
		return nil, err
	}
	j := &job{in: in, os: os, base: unsetBase}
	home, _ := os.parse(in.NewHome)
	j.home = os.full(home)
	if j.search, err = os.parseSearch(in.NewSearch); err != nil {
		return nil, err
	}
	if in.NewCart != "" {
		if _, code := os.parse(in.NewCart); code != "" {
			return nil, fmt.Errorf("reading the new cart %q (%s): %w", in.NewCart, code, ErrNewHome)
		}
	}
	if in.MapBase != "" {
		origin, rest, err := splitAddress(in.MapBase)
		if err != nil || strings.ContainsAny(rest, "?#") {
			return nil, fmt.Errorf("reading the address of the map files %q: %w", in.MapBase, ErrNewHome)
		}
		j.base = origin + strings.TrimSuffix(rest, "/") + "/"
	}
	return j, nil
}
