package report

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"replatform/planner"
	"replatform/planner/workaround"
)

// ofFallback says that a workaround belongs to the fallback where there is one: it
// stands in the old shop or outside, or is the edge of way C, while what else stands
// on the new side serves the chosen way.
func (c *composer) ofFallback(a planner.Artefact) bool {
	if a.Side == workaround.InFront {
		return c.p.Decision.Way != planner.WayC
	}
	return a.Side == workaround.OldSide || a.Side == workaround.Outside
}

func (c *composer) workarounds() []block {
	list := c.p.Artefacts
	if len(list) == 0 {
		if slices.Contains([]planner.Way{planner.WayE, planner.WayF, planner.WayG, planner.WayH, planner.WayI}, c.p.Decision.Certain()) {
			return []block{para(c.say("workarounds.none"))}
		}
		return nil
	}
	var out []block
	on := func(sides ...workaround.Side) bool {
		return slices.ContainsFunc(list, func(a planner.Artefact) bool { return slices.Contains(sides, a.Side) })
	}
	switch {
	case !on(workaround.InFront):
	case c.p.Decision.Way == planner.WayC:
		out = append(out, para(c.say("workarounds.front")))
	default:
		out = append(out, para(c.say("workarounds.front-fallback", string(c.p.Decision.Fallback))))
	}
	switch {
	case on(workaround.OldSide, workaround.NewSide):
		out = append(out, para(c.say("workarounds.intro")))
	case on(workaround.Outside):
		out = append(out, para(c.say("workarounds.none")))
	}
	for _, a := range list {
		out = append(out, c.workaround(a)...)
	}
	return out
}

// workaround describes one artefact: what it carries, how long it stays where it
// stands, what it cannot do and what has to be found out.
func (c *composer) workaround(a planner.Artefact) []block {
	out := []block{heading(c.in(a.Title))}
	if c.p.Decision.Fallback != "" && c.ofFallback(a) {
		out = append(out, small(c.say("workarounds.fallback", string(c.p.Decision.Fallback), string(c.p.Decision.Way))))
	}
	if a.Side == workaround.NewSide && c.p.Decision.Way == planner.WayC {
		out = append(out, small(c.say("workarounds.no-edge")))
	}
	t := &table{Head: cols(c.say("col.what"), c.say("col.value"))}
	if a.Strength != planner.StrengthNone {
		t.Rows = append(t.Rows, row{Cells: []cell{head(c.say("col.strength")), {Text: c.say("strength." + a.Strength), Class: a.Strength}}})
	}
	if a.Pages+a.Refused > 0 {
		t.Rows = append(t.Rows, rows([]cell{head(c.say("artefact.pages")), text(c.n(a.Pages))}, []cell{head(c.say("artefact.refused")), text(c.n(a.Refused))})...)
	} else {
		t.Rows = append(t.Rows, rows([]cell{head(c.say("artefact.pages")), text(c.say("artefact.general"))})...)
	}
	t.Rows = append(t.Rows, rows(
		[]cell{head(c.say("artefact.guide")), {Code: c.in(a.Guide)}},
		[]cell{head(c.say("artefact.files")), {Code: strings.Join(foldFiles(a.Files), ", ")}},
		[]cell{head(c.say("artefact.stays")), text(c.say("artefact.stays." + string(a.Side)))},
	)...)
	out = append(out, block{Kind: kindTable, Table: t})
	var limits []item
	for _, l := range a.Limits {
		note := l.Source
		if note != "" && l.Date != "n.d." {
			note += " · " + c.sourceDate(l.Date)
		}
		limits = append(limits, item{Text: c.in(l.Statement), Note: note})
	}
	if len(limits) > 0 {
		out = append(out, para(c.say("artefact.limits")), block{Kind: kindList, Items: limits})
	}
	var find []item
	for _, t := range a.Tasks {
		find = append(find, item{Text: c.in(t)})
	}
	if len(find) > 0 {
		out = append(out, para(c.say("artefact.find")), block{Kind: kindTicks, Items: find})
	}
	return out
}

// foldFrom is how many files of one folder are named one by one; more are counted.
const foldFrom = 8

// foldFiles names files in their order. Those of a folder that has many stand once, as
// the folder with their number: "map/ (64)"; those beside the plan are always named.
func foldFiles(files []string) []string {
	count := map[string]int{}
	for _, f := range files {
		count[path.Dir(f)]++
	}
	folded := map[string]bool{}
	var out []string
	for _, f := range files {
		dir := path.Dir(f)
		switch {
		case count[dir] <= foldFrom || dir == ".":
			out = append(out, f)
		case !folded[dir]:
			folded[dir] = true
			out = append(out, fmt.Sprintf("%s/ (%d)", dir, count[dir]))
		}
	}
	return out
}
