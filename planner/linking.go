package planner

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner/workaround"
)

// linkingSites are the sites that link to the old shop by name, those first that link to
// the most pages, then those with the most links. of gives the addresses of a page of the
// old shop that moves or goes; ok is false for pages to which a link stays right, and for
// those that the plan does not know. Where several files tell of one site the largest
// number of links counts, since they count the same ones.
func linkingSites(ctx context.Context, project *inventory.Project, of func(catalog.Key) (oldURL, newURL string, ok bool)) ([]workaround.LinkingSite, error) {
	type found struct {
		workaround.LinkingSite
		at    map[string]int // of pages by old address
		whole int            // links to the shop, as a file tells the sum
		named bool           // a file says to which pages it links
	}
	sites := map[string]*found{}
	err := project.Linking(ctx, func(l inventory.Linking) error {
		s := sites[l.Site]
		if s == nil {
			s = &found{at: map[string]int{}}
			s.Site = l.Site
			sites[l.Site] = s
		}
		if l.Key == "" {
			s.whole, s.Targets = max(s.whole, l.Links), max(s.Targets, l.Targets)
		} else {
			s.named = true
			oldURL, newURL, ok := of(l.Key)
			if !ok {
				return nil
			}
			i, known := s.at[oldURL]
			if !known {
				i, s.at[oldURL] = len(s.Pages), len(s.Pages)
				s.Pages = append(s.Pages, workaround.LinkedPage{OldURL: oldURL, NewURL: newURL})
			}
			p := &s.Pages[i]
			p.Links = max(p.Links, l.Links)
			for _, from := range l.Pages {
				if !slices.Contains(p.From, from) {
					p.From = append(p.From, from)
				}
			}
		}
		if !slices.Contains(s.Sources, l.Source) {
			s.Sources = append(s.Sources, l.Source)
		}
		if !slices.Contains(s.Files, l.File) {
			s.Files = append(s.Files, l.File)
		}
		if day := l.ReadAt.Format(time.DateOnly); !l.ReadAt.IsZero() && day > s.Read {
			s.Read = day
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the sites that link to the old shop: %w", err)
	}
	var out []workaround.LinkingSite
	for _, s := range sites {
		if len(s.Pages) == 0 && (s.named || s.whole == 0 && s.Targets == 0) {
			continue // it links only to pages to which a link stays right
		}
		sum := 0
		for _, p := range s.Pages {
			sum += p.Links
		}
		s.Links = max(sum, s.whole)
		slices.SortStableFunc(s.Pages, func(a, b workaround.LinkedPage) int {
			return cmp.Or(cmp.Compare(b.Links, a.Links), strings.Compare(a.OldURL, b.OldURL))
		})
		out = append(out, s.LinkingSite)
	}
	slices.SortFunc(out, func(a, b workaround.LinkingSite) int {
		return cmp.Or(cmp.Compare(len(b.Pages), len(a.Pages)), cmp.Compare(b.Links, a.Links), cmp.Compare(b.Targets, a.Targets), strings.Compare(a.Site, b.Site))
	})
	return out, nil
}
