package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"replatform/planner"
	"replatform/redirects/engine"
)

// feeData is one statement about a fee, of data/costs.yaml.
type feeData struct {
	About      string            `yaml:"about"` // old, new, edge, export
	When       planner.Condition `yaml:"when"`
	Engines    []string          `yaml:"engines"` // empty: hangs on no engine
	JA         string            `yaml:"ja"`
	EN         string            `yaml:"en"`
	Source     string            `yaml:"source"`
	Date       string            `yaml:"date"`
	Confidence string            `yaml:"confidence"`
}

// fees are the statements about fees that concern this move, in the order of the file.
func (t *texts) fees(p *planner.Plan) ([]feeData, error) {
	var out []feeData
	for _, f := range t.Fees {
		if len(f.Engines) > 0 && !slices.Contains(f.Engines, p.Engine) && !slices.Contains(f.Engines, p.FallbackEngine) {
			continue
		}
		a, err := f.When.Holds(p.Facts)
		if err != nil {
			return nil, fmt.Errorf("the fee of %s: %w", f.Source, err)
		}
		if a == planner.Yes { // of a platform that is not known nothing is told
			out = append(out, f)
		}
	}
	return out, nil
}

// cost lists what the move costs: for how long, and the amount where a source gives
// it. No amount is guessed.
func (c *composer) cost() []block {
	fees, err := c.texts.fees(c.p)
	if err != nil {
		c.err = cmp.Or(c.err, err)
		return nil
	}
	about := func(kind string) bool {
		return slices.ContainsFunc(fees, func(f feeData) bool { return f.About == kind })
	}
	span := c.say("cost.old-span-front")
	if c.pointersOnOldSide() == planner.Yes {
		span = c.say("cost.old-span")
		if least, better := c.p.Clocks.KeepUntil(); !least.IsZero() {
			span = c.say("keep.until", c.date(least), c.date(better))
		}
	}
	items := [][2]string{{c.say("cost.old"), span}, {c.say("cost.new"), c.say("cost.new-span")}}
	if e, ok := engine.Get(c.p.Engine, engine.Options{}); ok && c.p.Decision.Way == planner.WayC {
		items = append(items, [2]string{c.say("cost.edge", e.Instructions(c.code).Title), c.say("cost.edge-span")})
	}
	if about("export") {
		items = append(items, [2]string{c.say("cost.export"), c.say("cost.export-span")})
	}
	domain := "cost.domain"
	if own := c.p.Facts["own"]; own == string(planner.No) || own == string(planner.Yes) && c.p.Facts["host"] == "kept" { // the old address is lent, or goes on
		domain = "cost.domain-new"
	}
	items = append(items, [2]string{c.say(domain), c.say("cost.domain-span")},
		[2]string{c.say("cost.helpers"), c.say("cost.helpers-span", c.n(c.tasksOf("developer", "consultant")))},
		[2]string{c.say("cost.review"), c.say("cost.review-span", c.n(c.p.Pages.ByAction[planner.ActionAsk]))})
	t := &table{Caption: c.say("cost.caption"), Head: cols(c.say("col.item"), c.say("col.span"), c.say("col.amount"))}
	for _, r := range items {
		t.Rows = append(t.Rows, row{Cells: []cell{head(r[0]), text(r[1]), text(c.say("cost.unknown"))}})
	}
	out := []block{{Kind: kindTable, Table: t}}
	if len(fees) == 0 {
		return out
	}
	known := &table{Caption: c.say("cost.known"), Head: cols(c.say("col.item"), c.say("col.statement"), c.say("col.source"), c.say("col.date"), c.say("col.confidence"))}
	for _, f := range fees {
		said := planner.Text{JA: f.JA, EN: f.EN}
		known.Rows = append(known.Rows, row{Cells: []cell{head(c.say("cost.about." + f.About)), text(c.in(said)), {Code: f.Source}, text(c.sourceDate(f.Date)), text(c.or("evidence."+f.Confidence, f.Confidence))}})
	}
	return append(out, heading(c.say("h.cost-known")), block{Kind: kindTable, Table: known})
}

// sourceDate is the date of a source; pages often carry none.
func (c *composer) sourceDate(date string) string {
	if date == "n.d." {
		return c.say("date.none")
	}
	return c.statedDate(date)
}

// sourceCell shows where a statement is from. Some rest on something that has no
// page; what the data say of it is in English.
func (c *composer) sourceCell(source string) cell {
	if strings.HasPrefix(source, "https://") || strings.HasPrefix(source, "http://") {
		return cell{Code: source}
	}
	if source == "" {
		return cell{Text: "–"}
	}
	return cell{Text: c.say("source.note", source)}
}
