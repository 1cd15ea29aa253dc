package planner

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"strings"
	"unicode"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

// propose finds targets for addresses that lack a row. Where nothing speaks for a page
// of the new shop nothing is proposed, least of all its home page.
func (m *Monitor) propose(ctx context.Context) error {
	wanted, lost := map[catalog.Key]bool{}, map[catalog.Key]bool{}
	for _, r := range m.report.Rows {
		switch r.Class {
		case MissUnmapped, MissPlanned:
			wanted[r.Key] = true
		case MissTarget:
			lost[r.Key] = true
		}
	}
	matches := map[catalog.Key]inventory.Match{}
	err := m.project.Matches(ctx, func(pair inventory.Match) error {
		if wanted[pair.Old] {
			matches[pair.Old] = pair
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading pairs: %w", err)
	}
	p := proposer{m: m, lost: lost}
	for i := range m.report.Rows {
		r := &m.report.Rows[i]
		pair, paired := matches[r.Key]
		switch {
		case r.Class == MissNotInForce && r.Reason == ReasonSpelling:
			r.Proposal = &MissProposal{NewURL: r.NewURL, Basis: BasisSpelling, Sure: true}
		case r.Class == MissUnmapped && paired:
			if r.Proposal = p.ofMatch(pair); r.Proposal == nil && pair.Decision == "" {
				r.Proposal = p.ofName(r)
			}
		case r.Class == MissUnmapped, r.Class == MissUnknownOld:
			r.Proposal = p.ofName(r)
		case r.Class == MissPlanned && r.Action == ActionGone && paired && pair.Decision == "":
			r.Proposal = p.second(pair) // the plan has it gone; people still come
		}
	}
	return nil
}

type proposer struct {
	m    *Monitor
	lost map[catalog.Key]bool // pages of the new shop that are missed themselves
}

// to makes a proposal; nil when the page cannot be led to.
func (p proposer) to(key catalog.Key, basis string, sure bool, confidence float64) *MissProposal {
	address := p.m.byKey[key]
	if address == "" || p.lost[key] {
		return nil
	}
	return &MissProposal{NewURL: address, NewKey: key, Basis: basis, Sure: sure, Confidence: confidence}
}

func (p proposer) ofMatch(pair inventory.Match) *MissProposal {
	switch pair.Decision {
	case inventory.Accept, inventory.Pick:
		return p.to(pair.DecidedNew, BasisMatch, true, pair.Confidence)
	case "":
	default: // a person has said that there is none, or not this one
		return nil
	}
	if to := p.to(pair.New, BasisMatch, !pair.NeedsReview, pair.Confidence); to != nil || p.lost[pair.New] {
		return to // where the right page is missing, a worse one is no help
	}
	return p.second(pair)
}

// minRunnerUp is the confidence below which the second best of the matching is mostly
// some other page.
const minRunnerUp = 0.5

func (p proposer) second(pair inventory.Match) *MissProposal {
	if pair.RunnerUpConfidence >= minRunnerUp {
		if to := p.to(pair.RunnerUp, BasisRunnerUp, false, pair.RunnerUpConfidence); to != nil {
			return to
		}
	}
	return p.to(pair.Fallback, BasisCategory, false, 0)
}

// ofName looks for the one page of the new shop whose address calls it the same.
func (p proposer) ofName(r *Missed) *MissProposal {
	u, err := url.Parse(r.OldURL)
	if err != nil {
		return nil
	}
	n, ok := nameIn(r.Type, u)
	if !ok {
		return nil
	}
	return p.to(p.m.names[n], BasisName, false, 0)
}

// nameOf is what an address calls a page.
type nameOf struct {
	typ  catalog.PageType
	name string
}

// minName is how long a name must be to say something: "12", "new" and "top" do not.
const minName = 4

// nameIn takes the name out of an address: the last word of its path, without an ending,
// in small letters. Numbers are none: each platform counts by itself.
func nameIn(t catalog.PageType, u *url.URL) (nameOf, bool) {
	name := strings.ToLower(path.Base(strings.TrimRight(u.Path, "/")))
	name = strings.TrimSuffix(name, path.Ext(name))
	letters := 0
	for _, r := range name {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return nameOf{t, name}, letters >= minName && u.RawQuery == ""
}
