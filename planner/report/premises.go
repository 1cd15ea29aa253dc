package report

import (
	"strings"

	"replatform/planner"
)

// premises says what the plan rests on: the shops as they were read and when, the files
// that tell the worth of pages with their periods, the way and the dates.
func (c *composer) premises() []block {
	p := c.p
	shop := func(s planner.ShopFacts) cell {
		out := cell{Text: strings.TrimSpace(s.Host0() + " – " + c.in(s.PlatformName))}
		read := c.say("premises.undated", c.n(s.Counts.Pages))
		if !s.FinishedAt.IsZero() {
			read = c.say("premises.read", c.date(s.FinishedAt.In(p.Clocks.Location())), c.n(s.Counts.Pages))
		}
		if s.Counts.Pages == 0 {
			read = c.say("premises.unread")
		}
		if s.Counts.Due > 0 {
			read = c.join(read, c.say("premises.unfinished", c.n(s.Counts.Due)))
		}
		out.Note = read
		return out
	}
	t := &table{Head: cols(c.say("col.what"), c.say("col.value"))}
	add := func(what string, value cell) {
		t.Rows = append(t.Rows, row{Cells: []cell{head(what), value}})
	}
	add(c.say("col.shop-old"), shop(p.Old))
	add(c.say("col.shop-new"), shop(p.New))
	if len(p.WorthSources) == 0 {
		add(c.say("premises.files"), text(c.say("premises.no-files")))
	}
	for _, s := range p.WorthSources {
		add(c.say("premises.files"), cell{Text: c.sourceName(s.Source), Note: c.say("premises.file", c.periods(s.Periods), c.n(s.Rows))})
	}
	way := string(p.Decision.Way) + " – " + c.in(p.Decision.Rung(p.Decision.Way).Name)
	if fb := p.Decision.Fallback; fb != "" {
		add(c.say("way.chosen"), cell{Text: way, Note: c.say("premises.fallback", string(fb), c.in(p.Decision.Rung(fb).Name))})
	} else {
		add(c.say("way.chosen"), text(way))
	}
	cutover := c.say("date.unset")
	if !p.Clocks.Cutover.IsZero() {
		cutover = c.date(p.Clocks.Cutover)
	}
	add(c.say("premises.cutover"), text(cutover))
	return []block{{Kind: kindTable, Table: t}, small(c.say("premises.numbers"))}
}
