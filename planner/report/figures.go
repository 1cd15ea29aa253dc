package report

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func (c *composer) coverageFigure(lines []planner.CoverageLine, caption string) *figure {
	pages, clicks := bar{Label: c.say("col.pages")}, bar{Label: c.say("col.clicks")}
	total, totalClicks := 0, 0.0
	for _, l := range lines {
		total += l.Pages
		totalClicks += l.Clicks
	}
	t := &table{Caption: caption, Head: numeric(cols(c.say("col.strength"), c.say("col.carrier"), c.say("col.pages"), c.say("col.share")), 2)}
	known := c.p.Worth.Pages > 0
	if known {
		t.Head = append(t.Head, column{c.say("col.clicks"), true}, column{c.say("col.share-clicks"), true})
	}
	for _, s := range planner.Strengths() {
		n, w := 0, 0.0
		for _, l := range lines {
			if l.Strength != s {
				continue
			}
			n += l.Pages
			w += l.Clicks
			cells := []cell{{Text: c.say("strength." + s), Header: true, Class: s}, text(c.carrier(l.Carrier)), number(c.n(l.Pages)), number(c.share(l.Pages, total))}
			if known {
				cells = append(cells, number(c.n(int(l.Clicks))), number(c.share(int(l.Clicks), int(totalClicks))))
			}
			t.Rows = append(t.Rows, row{Cells: cells})
		}
		name := c.say("strength." + s)
		pages.Parts = append(pages.Parts, part{"s-" + s, name, float64(n), c.n(n)})
		clicks.Parts = append(clicks.Parts, part{"s-" + s, name, w, c.n(int(w))})
	}
	pages.Total, clicks.Total = c.n(total), c.n(int(totalClicks))
	bars := []bar{pages}
	if known && totalClicks > 0 {
		bars = append(bars, clicks)
	}
	return &figure{Chart: barChart(bars, true, caption), Table: t}
}

// statusGroups in the order in which they are drawn.
func statusGroups() []string { return []string{"2xx", "3xx", "4xx", "5xx", "none"} }

func (c *composer) inventoryFigure() *figure {
	caption := c.say("status.caption")
	headings := []string{c.say("col.type")}
	for _, s := range statusGroups() {
		headings = append(headings, c.say("status."+s))
	}
	t := &table{Caption: caption, Head: numeric(cols(headings...), 1)}
	var bars []bar
	for _, pt := range catalog.PageTypes() {
		of := c.p.ByStatus[pt]
		if len(of) == 0 {
			continue
		}
		b := bar{Label: c.say("type." + string(pt))}
		cells := []cell{head(b.Label)}
		total := 0
		for _, s := range statusGroups() {
			b.Parts = append(b.Parts, part{"st-" + s, c.say("status." + s), float64(of[s]), c.n(of[s])})
			cells = append(cells, number(c.n(of[s])))
			total += of[s]
		}
		b.Total = c.n(total)
		bars = append(bars, b)
		t.Rows = append(t.Rows, row{Cells: cells})
	}
	return &figure{Chart: barChart(bars, false, caption), Table: t}
}

// classOf is the match class of a page as it is counted.
func classOf(r inventory.PlanRow) string {
	if r.Class == "" {
		return "unmatched"
	}
	return string(r.Class)
}

func (c *composer) classFigure() *figure {
	classes := []string{"exact", "close", "broad", "none", "unmatched"}
	caption := c.say("map.classes")
	headings := []string{c.say("col.type")}
	for _, s := range classes {
		headings = append(headings, c.say("class."+s))
	}
	t := &table{Caption: caption, Head: numeric(cols(headings...), 1)}
	count := map[catalog.PageType]map[string]int{}
	for _, r := range c.pages {
		if count[r.Type] == nil {
			count[r.Type] = map[string]int{}
		}
		count[r.Type][classOf(r)]++
	}
	var bars []bar
	for _, pt := range catalog.PageTypes() {
		of := count[pt]
		if len(of) == 0 {
			continue
		}
		b := bar{Label: c.say("type." + string(pt))}
		cells := []cell{head(b.Label)}
		total := 0
		for _, s := range classes {
			b.Parts = append(b.Parts, part{"cl-" + s, c.say("class." + s), float64(of[s]), c.n(of[s])})
			cells = append(cells, number(c.n(of[s])))
			total += of[s]
		}
		b.Total = c.n(total)
		bars = append(bars, b)
		t.Rows = append(t.Rows, row{Cells: cells})
	}
	return &figure{Chart: barChart(bars, false, caption), Table: t}
}

// flowFigure shows pages, or their clicks, flowing from the type of the old page
// through the strength of the carrier to what its visitors meet.
func (c *composer) flowFigure(clicks bool) *figure {
	caption, unit := c.say("flow.caption"), c.say("col.pages")
	if clicks {
		caption, unit = c.say("flow.caption-clicks"), c.say("col.clicks")
	}
	sum := map[stream]float64{}
	for _, r := range c.pages {
		n := 1.0
		if clicks {
			w, _ := c.p.WorthIn(r.OldKey)
			if n = w.Clicks; n == 0 {
				continue
			}
		}
		via := "nopointer"
		if r.Action == planner.ActionRedirect || r.Action == planner.ActionGone {
			via = r.Strength
		}
		sum[stream{From: "t-" + string(r.Type), Via: via, To: "a-" + r.Action}] += n
	}
	var nodes []node
	var streams []stream
	for _, pt := range catalog.PageTypes() {
		for _, via := range append(planner.Strengths(), "nopointer") {
			for _, action := range actionOrder() {
				s := stream{From: "t-" + string(pt), Via: via, To: "a-" + action}
				if n := sum[s]; n > 0 {
					s.N = n
					streams = append(streams, s)
				}
			}
		}
	}
	name := map[string]string{}
	add := func(col int, id, label, colour string) {
		n := 0.0
		for _, s := range streams {
			if [3]string{s.From, s.Via, s.To}[col] == id {
				n += s.N
			}
		}
		if n > 0 {
			name[id] = label
			nodes = append(nodes, node{id, label + " " + c.n(int(n)), colour, col})
		}
	}
	for _, pt := range catalog.PageTypes() {
		add(0, "t-"+string(pt), c.say("type."+string(pt)), "c-phase")
	}
	for _, s := range planner.Strengths() {
		add(1, s, c.say("strength."+s), "s-"+s)
	}
	add(1, "nopointer", c.say("flow.nopointer"), "s-none")
	for _, a := range actionOrder() {
		add(2, "a-"+a, c.say("action."+a), "ac-"+a)
	}
	t := &table{Caption: caption, Head: append(cols(c.say("col.type"), c.say("col.strength"), c.say("col.action")), column{unit, true})}
	slices.SortStableFunc(streams, func(a, b stream) int { return cmp.Compare(b.N, a.N) })
	for _, s := range streams {
		t.Rows = append(t.Rows, row{Cells: []cell{head(name[s.From]), text(name[s.Via]), text(name[s.To]), number(c.n(int(s.N)))}})
	}
	return &figure{Chart: c.flowChart(nodes, streams, caption), Caption: caption, Table: t}
}

func actionOrder() []string {
	return []string{planner.ActionRedirect, planner.ActionKeep, planner.ActionAsk, planner.ActionGone, planner.ActionIgnore}
}

// Days that stand in for dates that are not known: a breach about three weeks before
// the cutover, the end of the old contract a year after it.
const (
	guessedBreach = -21
	guessedEnd    = 365
)

// dayNumbers are the days of a time from the cutover.
func (c *composer) dayNumbers(a planner.TaskAt) (from, to float64) {
	o, err := planner.ParseOffset(a.Offset)
	if err != nil {
		c.err = cmp.Or(c.err, err)
		return 0, 0
	}
	day := func(clock string, days int) float64 {
		cut, date := c.p.Clocks.Cutover, c.p.Clocks.Of(clock)
		if !cut.IsZero() && !date.IsZero() {
			return math.Round(date.Sub(cut).Hours()/24) + float64(days)
		}
		switch clock {
		case "B":
			return guessedBreach + float64(days)
		case "E", "D":
			return guessedEnd + float64(days)
		}
		return float64(days)
	}
	from = day(o.Clock, o.Days+o.Hours/24)
	to = from
	if o.UntilClock != "" {
		to = day(o.UntilClock, o.UntilDays)
	}
	return from, to
}

// edge is the first or the last day of a time of a task, as a time of its own.
func edge(a planner.TaskAt, last bool) planner.TaskAt {
	from, until, span := strings.Cut(a.Offset, "..")
	if last && span { // the day of the end is not known where a.Until is zero
		return planner.TaskAt{Offset: until, From: a.Until}
	}
	return planner.TaskAt{Offset: from, From: a.From}
}

func (c *composer) timelineFigure() *figure {
	caption := c.say("timeline.caption")
	t := &table{Caption: caption, Head: cols(c.say("col.phase"), c.say("col.from"), c.say("col.until"), c.say("col.tasks"))}
	t.Head[3].Num = true
	var spans []span
	for phase := range planner.Phases {
		var first, last planner.TaskAt
		low, high := math.Inf(1), math.Inf(-1)
		n := 0
		for _, task := range c.p.Tasks {
			if task.Phase != phase {
				continue
			}
			n++
			for _, a := range task.Times {
				from, to := c.dayNumbers(a)
				if from < low {
					low, first = from, a
				}
				if to > high {
					high, last = to, a
				}
			}
		}
		if n == 0 {
			continue
		}
		from, until := c.when(edge(first, false)), c.when(edge(last, true))
		spans = append(spans, span{Label: c.phase(phase), Title: c.phase(phase) + ": " + from + " … " + until, From: low, To: high})
		t.Rows = append(t.Rows, row{Cells: []cell{head(c.phase(phase)), text(from), text(until), number(c.n(n))}})
	}
	if len(spans) == 0 {
		return &figure{Table: t}
	}
	ticks := []float64{-60, -30, -14, 0, 14, 30, 90, 180, 365}
	if c.p.Facts["breach"] != string(planner.No) {
		ticks = []float64{-21, -7, 0, 14, 30, 90, 180, 365} // days closer than a week apart would overlap
	}
	return &figure{Chart: timeChart(spans, ticks, func(d float64) string {
		if d == 0 {
			return "T"
		}
		return c.printer.Sprintf("%+d", int(d))
	}, caption), Caption: caption, Table: t}
}
