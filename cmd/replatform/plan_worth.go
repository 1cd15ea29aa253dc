package main

import (
	"fmt"

	"replatform/planner"
)

// carryShare is the share of the known clicks whose pages are named one by one.
const carryShare = 0.9

// namedPages is how many of these pages are printed; the plan has all of them.
const namedPages = 10

// worth prints which pages the shop lives on, and what of their worth is delivered.
func (t *talk) worth(p *planner.Plan) {
	if p.Worth.Pages == 0 {
		t.result("plan.worth.unknown")
		return
	}
	for _, line := range p.Priorities {
		t.result("plan.worth.priority", line.Priority, line.Pages, t.share(line.Clicks, p.Worth.Clicks), t.share(line.Revenue, p.Worth.Revenue))
	}
	pages := p.Carrying(carryShare)
	if len(pages) == 0 {
		return
	}
	t.result("plan.worth.carry", int(p.Worth.Clicks), len(pages), p.Pages.Total, int(100*carryShare))
	for i, r := range pages {
		if i == namedPages {
			t.result("plan.worth.more", len(pages)-i)
			break
		}
		w, _ := p.WorthIn(r.OldKey)
		t.result("plan.worth.page", r.Priority, int(w.Clicks), t.lang.text("action."+r.Action), clean(r.OldURL))
	}
}

// share is a part of a whole for people; unknown where the whole is.
func (t *talk) share(part, whole float64) string {
	if whole <= 0 {
		return t.lang.text("share.unknown")
	}
	return fmt.Sprintf("%.1f %%", 100*part/whole)
}

// coverageWorth prints the part of the value of all lines that one of them holds.
func (t *talk) coverageWorth(line planner.CoverageLine, lines []planner.CoverageLine) {
	var clicks, revenue float64
	for _, l := range lines {
		clicks += l.Clicks
		revenue += l.Revenue
	}
	if clicks > 0 || revenue > 0 {
		t.result("plan.worth.carrier", t.share(line.Clicks, clicks), t.share(line.Revenue, revenue))
	}
}
