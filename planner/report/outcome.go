package report

import (
	"time"

	"github.com/xuri/excelize/v2"

	"replatform/crawler/inventory"
	"replatform/planner"
)

// exportRows is how many rows a table has at most that Search Console's pages let one
// download (evidence F3.1); a file with so many has no tail.
const exportRows = 1000

// monitoring is what web search brought after the switch, as far as it was imported.
func (c *composer) monitoring() []block {
	out := []block{heading(c.say("h.outcome")), para(c.say("outcome.how")), {Kind: kindCode, Lines: []string{"replatform import --after FILE"}}}
	for _, o := range c.p.Outcomes {
		out = append(out, c.outcome(o)...)
	}
	if len(c.p.Outcomes) > 0 {
		out = append(out, block{Kind: kindList, Items: []item{{Text: c.say("outcome.note.perday")}, {Text: c.say("outcome.note.chance")},
			{Text: c.say("outcome.note.rows"), Note: c.say("evidence.of", "F3.1")}, {Text: c.say("outcome.note.old-names"), Note: c.say("evidence.of", "F1.1e")}, {Text: c.say("outcome.note.groups")}}})
	}
	return out
}

func (c *composer) outcome(o planner.Outcome) []block {
	out := []block{heading(c.outcomeTitle(o))}
	if o.Problem != "" {
		return append(out, para(c.say("outcome.problem."+o.Problem, c.n(o.Addresses))))
	}
	base := "outcome.base.other"
	if o.Base.SameDays {
		base = "outcome.base.same"
	}
	out = append(out, para(c.say(base, c.n(o.Days), c.period(o.Base.Period), c.n(o.Base.Days))), para(c.outcomeVerdict(o)))
	t := &table{Caption: c.say("outcome.caption"), Head: numeric(cols(c.say("outcome.col.group"), c.say("col.pages"), c.say("outcome.col.before"), c.say("outcome.col.after"),
		c.say("outcome.col.ratio"), c.say("outcome.col.range"), c.say("outcome.col.seen-before"), c.say("outcome.col.seen-after")), 1)}
	for _, g := range append(o.Groups[:len(o.Groups):len(o.Groups)], o.Total) {
		name := c.say("total")
		if g.Group != o.Total.Group {
			name = c.say("outcome.group." + g.Group)
		}
		ratio, chance := c.say("unknown"), "–"
		if g.Before.Clicks > 0 {
			ratio, chance = c.whole(g.Ratio), c.say("outcome.range", c.whole(g.Low), c.whole(g.High))
		}
		t.Rows = append(t.Rows, row{Chosen: g.Group == o.Total.Group, Cells: []cell{head(name), number(c.n(g.Pages)), number(c.aDay(g.Before.Clicks, o.Base.Days)), number(c.aDay(g.After.Clicks, o.Days)),
			number(ratio), number(chance), number(c.aDay(g.Before.Impressions, o.Base.Days)), number(c.aDay(g.After.Impressions, o.Days))}})
	}
	out = append(out, block{Kind: kindTable, Table: t})
	var notes []item
	if o.OnOld > 0 {
		notes = append(notes, item{Text: c.say("outcome.on-old", c.printer.Sprintf("%.0f", o.OnOld))})
	}
	if o.Elsewhere != (planner.OutcomeFigures{}) {
		notes = append(notes, item{Text: c.say("outcome.elsewhere", c.printer.Sprintf("%.0f", o.Elsewhere.Clicks))})
	}
	if o.Addresses >= exportRows {
		notes = append(notes, item{Text: c.say("outcome.cut", c.n(o.Addresses)), Note: c.say("evidence.of", "F3.1")})
	}
	if len(notes) > 0 {
		out = append(out, block{Kind: kindList, Items: notes})
	}
	return out
}

func (c *composer) outcomeTitle(o planner.Outcome) string {
	if o.Day > 0 {
		return c.say("outcome.title", c.n(o.Day), c.period(o.Period))
	}
	return c.period(o.Period)
}

// outcomeVerdict says what the clicks after the switch mean, and no more than the
// thresholds of the plan do.
func (c *composer) outcomeVerdict(o planner.Outcome) string {
	t := o.Total
	if t.Before.Clicks == 0 {
		return c.say("outcome.verdict.no-clicks")
	}
	s := c.say("outcome.ratio", c.whole(t.Ratio), c.whole(t.Low), c.whole(t.High))
	switch o.Verdict {
	case planner.VerdictGood, planner.VerdictLook, planner.VerdictAct, planner.VerdictUnclear:
		return c.join(s, c.say("outcome.verdict."+o.Verdict))
	}
	if o.Base.SameDays {
		return c.join(s, c.say("outcome.verdict.early"))
	}
	return c.join(s, c.say("outcome.verdict.season"))
}

// whole is a share in whole percent, also of more than one.
func (c *composer) whole(f float64) string { return c.printer.Sprintf("%.0f%%", 100*f) }

// aDay is a sum over days as an average.
func (c *composer) aDay(sum float64, days int) string {
	return c.printer.Sprintf("%.1f", sum/float64(days))
}

// period writes a period of days for people.
func (c *composer) period(p string) string {
	first, last, ok := inventory.PeriodDays(p)
	if !ok {
		return c.say("unknown")
	}
	day := func(t time.Time) string {
		if c.code == "ja" {
			return t.Format("2006年1月2日")
		}
		return t.Format("2 January 2006")
	}
	if first.Equal(last) {
		return day(first)
	}
	return c.say("outcome.period", day(first), day(last))
}

// outcomeSheet writes the time before and after the switch; there is no sheet where
// nothing of it was imported.
func (b *book) outcomeSheet() error {
	if len(b.p.Outcomes) == 0 {
		return nil
	}
	s, err := b.sheet("sheet.outcome", []float64{24, 10, 24, 10, 34, 10, 14, 14, 14, 14, 12, 12, 12, 40}, b.say("col.period"), b.say("outcome.col.day"), b.say("outcome.col.base"), b.say("outcome.col.same-days"),
		b.say("outcome.col.group"), b.say("col.pages"), b.say("outcome.col.before"), b.say("outcome.col.after"), b.say("outcome.col.seen-before"), b.say("outcome.col.seen-after"),
		b.say("outcome.col.ratio"), b.say("outcome.col.low"), b.say("outcome.col.high"), b.say("col.note"))
	if err != nil {
		return err
	}
	for _, o := range b.p.Outcomes {
		if o.Problem != "" {
			if err := s.row(o.Period, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, b.say("outcome.problem."+o.Problem, b.n(o.Addresses))); err != nil {
				return err
			}
			continue
		}
		same := b.say("answer.no")
		if o.Base.SameDays {
			same = b.say("answer.yes")
		}
		for _, g := range append(o.Groups[:len(o.Groups):len(o.Groups)], o.Total) {
			name, note := b.say("total"), b.outcomeVerdict(o)
			if g.Group != o.Total.Group {
				name, note = b.say("outcome.group."+g.Group), ""
			}
			var ratio, low, high any
			if g.Before.Clicks > 0 {
				ratio, low, high = excelize.Cell{Value: g.Ratio, StyleID: b.percent}, excelize.Cell{Value: g.Low, StyleID: b.percent}, excelize.Cell{Value: g.High, StyleID: b.percent}
			}
			err := s.row(o.Period, o.Day, o.Base.Period, same, name, g.Pages, g.Before.Clicks/float64(o.Base.Days), g.After.Clicks/float64(o.Days),
				g.Before.Impressions/float64(o.Base.Days), g.After.Impressions/float64(o.Days), ratio, low, high, note)
			if err != nil {
				return err
			}
		}
	}
	return s.done()
}
