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
		if m.side == Outside && isHost(in.ShopName) {
			own.in.ShopName = Text{"【お店の名前】", "[name of the shop]"} // nobody signs a letter with a host
		}
		f, err := m.make(&own)
		if err != nil {
			return nil, fmt.Errorf("making %s: %w", m.id, err)
		}
		f.ID, f.Side = m.id, m.side
		if m.id != noticeID && m.side != Outside && len(f.Covers) == 0 {
			continue // nothing to carry: no folder that would only raise hopes
		}
		if in.NoForward && m.side == OldSide && m.id != noticeID && m.id != productTextID && m.id != linkTextsID {
			f.what = append([]Text{noForwardText}, f.what...)
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

func rank(s Strength) int {
	return slices.Index([]Strength{Permanent, InstantRefresh, Canonical, Script, Link, NoStrength}, s)
}

// isHost says that a shop's name is only the host of its address.
func isHost(name Text) bool {
	return name.JA == name.EN && strings.Contains(name.JA, ".") && !strings.ContainsAny(name.JA, " \t")
}

// maker makes one artefact.
type maker struct {
	id   string
	side Side
	caps Capabilities
	make func(*job) (*folder, error)
}

// plan chooses the artefacts by what the platforms can do.
func plan(in Input) []maker {
	var ms []maker
	src, dst := in.Source, in.Destination
	switch d, ok := dialectByID(src.TemplateLanguage); {
	case in.SourceClosed || in.OutsideOnly || src.Outbound == No: // what the terms forbid is never made
	case ok && d.source != nil && d.writable(src):
		ms = append(ms, maker{d.id, OldSide, src, d.source})
	default:
		if src.HeadPerPage == Yes {
			ms = append(ms, maker{headLinesID, OldSide, src, headLinesFolder})
		}
		if src.Script != No {
			ms = append(ms, maker{scriptBoxID, OldSide, src, scriptBoxFolder})
		}
	}
	if dst.Script != "" && dst.Script != No && (dst.HeadPerPage != No || dst.HeadSiteWide != No) {
		if d, ok := dialectByID(dst.TemplateLanguage); ok && d.destination != nil {
			ms = append(ms, maker{d.id, NewSide, dst, d.destination})
		} else {
			ms = append(ms, maker{headCodeID, NewSide, dst, headCodeFolder})
		}
	}
	if in.SourceClosed {
		return ms
	}
	if src.Outbound != No && !in.OutsideOnly {
		switch {
		case in.ProductFile != nil && src.ProductFile != "" && src.BodyText != No:
			ms = append(ms, maker{productTextID, OldSide, src, productTextFolder})
		case src.ProductFile == "" && src.ProductTexts != No:
			ms = append(ms, maker{linkTextsID, OldSide, src, linkTextsFolder})
		}
		ms = append(ms, maker{noticeID, OldSide, src, noticeFolder})
	}
	return append(ms, maker{outsideID, Outside, src, outsideFolder})
}

// SamePage returns a function that says whether the pointers made from in act at
// another spelling of a page as they do at the address that stands in in.Rows. Both
// are absolute addresses. It does not know every address that a platform answers:
// false means that this one is not known to show the page.
func SamePage(in Input) func(page, spelling string) bool {
	g := genericGrammar(in.Rows)
	if in.SourceClosed {
		g = arrivingGrammar(in)
	} else if d, ok := dialectByID(in.Source.TemplateLanguage); ok && d.source != nil && d.writable(in.Source) {
		g = d.grammar
		if d.shown != nil {
			g = *d.shown
		}
	}
	return func(page, spelling string) bool {
		key := g.key(page)
		return page == spelling || key != "" && key == g.key(spelling)
	}
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
		if err != nil || !strings.HasPrefix(origin, "https://") || strings.ContainsAny(rest, "?#") {
			return nil, fmt.Errorf("reading the address of the map files %q: %w", in.MapBase, ErrNewHome)
		}
		j.base = origin + strings.TrimSuffix(rest, "/") + "/"
	}
	return j, nil
}
