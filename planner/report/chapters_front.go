package report

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner"
)

// orderStop is when the old shop stops taking orders after a breach, as task E12 says.
const orderStop = "B+1"

// summaryDecisions is how many decisions the summary names.
const summaryDecisions = 5

func (c *composer) cover() []block {
	var out []block
	if c.o.Brand.Name != "" {
		out = append(out, para(c.say("cover.by", c.o.Brand.signature())))
	}
	made := c.say("made", c.date(c.p.Generated.In(c.p.Clocks.Location())))
	if c.o.Version > 0 {
		made = c.say("version", c.n(c.o.Version)) + " · " + made
	}
	out = append(out, small(made+" · "+c.say("not-legal")))
	if c.o.Anonymous != nil {
		out = append(out, block{Kind: kindCallout, Text: c.say("anonymous.notice"), Items: []item{{Text: c.say("anonymous.what")}}})
	}
	return out
}

// summary is what an owner reads first. It fits on one printed page, so that it says
// everything once and shortly; what belongs to it stands in the chapters behind it:
// the clocks in full in the calendar, pictures and advice with the chosen way.
func (c *composer) summary() []block {
	p := c.p
	out := []block{para(c.say("summary.1", p.Old.Host0(), c.n(p.Pages.Total)))}
	if p.Facts["breach"] != string(planner.No) {
		out = append(out, block{Kind: kindCallout, Text: c.say("summary.breach"), Items: []item{{Text: c.say("summary.breach-text")}}})
	}
	chosen := p.Decision.Rung(p.Decision.Way)
	why := c.join(c.sentence(chosen.Why), c.sentence(chosen.Keeps))
	if chosen.Reachable == planner.Unknown {
		why = c.join(c.join(c.sentence(chosen.Why), c.say("way.open")), c.sentence(chosen.Keeps))
	}
	if p.Decision.Fallback != "" {
		why = c.join(why, c.fallback())
	}
	out = append(out, block{Kind: kindCallout, Text: c.say("way.is", string(p.Decision.Way), c.in(chosen.Name)), Items: []item{{Text: why}}},
		block{Kind: kindCards, Cards: c.cards(planner.ActionRedirect, planner.ActionAsk, planner.ActionGone, planner.ActionIgnore, planner.ActionKeep)},
		small(c.say("summary.terms")),
		heading(c.say("h.dates")), block{Kind: kindTable, Table: c.clockTable(true)})
	if p.Pages.Pointed > 0 {
		out = append(out, heading(c.say("h.coverage")), para(c.say("coverage.what", c.n(p.Pages.Pointed))),
			block{Kind: kindTable, Table: c.coverageFigure(p.Coverage, "").Table})
		if len(p.FallbackCoverage) > 0 {
			out = append(out, para(c.say("coverage.fallback-line", c.strengths(p.FallbackCoverage))))
		}
		if p.Worth.Pages == 0 {
			out = append(out, small(c.say("worth.unknown")))
		}
	}
	return append(out, heading(c.say("h.decide-now")), block{Kind: kindTable, Table: c.firstDecisions()},
		heading(c.say("h.in-short")), block{Kind: kindList, Items: c.inShort()})
}

// fallback names the way that is left if the chosen one turns out impossible.
func (c *composer) fallback() string {
	fb := c.p.Decision.Fallback
	s := c.say("way.fallback", string(fb), c.in(c.p.Decision.Rung(fb).Name))
	switch {
	case c.o.Anonymous != nil:
		return c.join(s, c.say("way.fallback-hidden"))
	case c.p.FallbackEngine != "" || slices.ContainsFunc(c.p.Artefacts, c.ofFallback):
		return c.join(s, c.say("way.fallback-files"))
	case slices.Contains([]planner.Way{planner.WayE, planner.WayF, planner.WayG}, fb):
		return c.join(s, c.say("way.fallback-nofiles"))
	}
	return s
}

// strengths counts pages by the strength of what delivers them, in one phrase.
func (c *composer) strengths(lines []planner.CoverageLine) string {
	var out []string
	for _, s := range planner.Strengths() {
		if n := c.pagesOf(lines, s); n > 0 {
			out = append(out, c.say("coverage.part", c.say("strength."+s), c.n(n)))
		}
	}
	return strings.Join(out, c.say("list.comma"))
}

// inShort says what is lost, what it costs and what is not known.
func (c *composer) inShort() []item {
	lost := []string{c.losses(c.p.Pages.ByAction[planner.ActionGone])}
	if n := c.undelivered(planner.ActionRedirect); n > 0 {
		if c.p.Engine == "" && c.p.Decision.Fallback != "" { // what would carry them hangs on the open question
			lost = append(lost, c.say("summary.undelivered-open", c.n(n)))
		} else {
			lost = append(lost, c.say("summary.undelivered", c.n(n)))
		}
	}
	if n := c.undelivered(planner.ActionGone); n > 0 && c.p.Facts["host"] == "kept" {
		lost = append(lost, c.say("summary.gone-404", c.n(n)))
	}
	if weak := c.pagesOf(c.p.Coverage, planner.StrengthRefresh, planner.StrengthCanonical, planner.StrengthScript, planner.StrengthLink); weak > 0 {
		lost = append(lost, c.say("summary.weak", c.n(weak)))
	}
	var out []item
	for i, s := range lost {
		it := item{Text: s}
		if i == 0 {
			it.Lead = c.say("lead", c.say("h.losses"))
		}
		out = append(out, it)
	}
	return append(out, item{Lead: c.say("lead", c.say("h.cost")), Text: c.say("summary.cost")},
		item{Lead: c.say("lead", c.say("h.unknown")), Text: c.say("summary.unknown", c.n(len(c.p.Questions)+len(c.p.OpenFacts)))})
}

// cards count the pages of each action; one that no page has is left out.
func (c *composer) cards(actions ...string) []card {
	var out []card
	for _, a := range actions {
		n := c.p.Pages.ByAction[a]
		switch {
		case n == 1:
			out = append(out, card{c.n(n), c.say("card." + a + ".one")})
		case n > 1:
			out = append(out, card{c.n(n), c.say("card." + a)})
		}
	}
	return out
}

// losses says how many pages have no counterpart, and what their visitors see where
// something answers for the old address.
func (c *composer) losses(gone int) string {
	if gone == 0 {
		return c.say("summary.losses-zero")
	}
	s := c.say("summary.losses", c.n(gone))
	for _, r := range c.pages {
		if r.Action == planner.ActionGone && r.Strength == planner.StrengthPermanent {
			return c.join(s, c.say("summary.losses-gone"))
		}
	}
	return s
}

// undelivered counts the pages of an action that no carrier delivers.
func (c *composer) undelivered(action string) int {
	n := 0
	for _, r := range c.pages {
		if r.Action == action && r.Strength == planner.StrengthNone {
			n++
		}
	}
	return n
}

// sees is what visitors of an old address find that leads nowhere.
func (c *composer) sees(r inventory.PlanRow) string {
	switch {
	case c.p.Facts["host"] != "kept" && planner.GoneBefore(r):
		return c.say("sees.dead")
	case r.Action == planner.ActionGone && r.Strength == planner.StrengthPermanent:
		return c.say("sees.gone")
	case c.p.Facts["host"] == "kept" && onHomePage(r.OldURL):
		return c.say("sees.home")
	case c.p.Facts["host"] == "kept":
		return c.say("sees.missing")
	}
	return c.say("sees.old")
}

// onHomePage says that an address names its page behind the question mark of the home
// page: a shop that does not know it shows its home page.
func onHomePage(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && (u.Path == "" || u.Path == "/")
}

// join puts two sentences after each other; Japanese needs no blank between them.
func (c *composer) join(a, b string) string {
	if c.code == "ja" {
		return a + b
	}
	return a + " " + b
}

// sentence writes a reason, which in a table is a fragment, as a sentence of its own.
func (c *composer) sentence(t planner.Text) string {
	s := c.in(t)
	if s == "" {
		return s
	}
	if c.code == "ja" {
		if strings.HasSuffix(s, "ため") {
			s += "です"
		}
		if !strings.HasSuffix(s, "。") && !strings.HasSuffix(s, "）") {
			s += "。"
		}
		return s
	}
	first, size := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[size:]
	if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "?") {
		s += "."
	}
	return s
}

func (c *composer) pagesOf(lines []planner.CoverageLine, strengths ...string) int {
	n := 0
	for _, l := range lines {
		if slices.Contains(strengths, l.Strength) {
			n += l.Pages
		}
	}
	return n
}

// firstDecisions are those that cannot wait, with what happens if nobody decides.
func (c *composer) firstDecisions() *table {
	list := slices.DeleteFunc(slices.Clone(c.decisions), func(d Decision) bool { return d.Applies != planner.Yes || d.Branch != planner.BranchMain })
	if len(list) > summaryDecisions {
		list = list[:summaryDecisions]
	}
	t := &table{Head: cols(c.say("col.decision"), c.say("col.default"), c.say("col.deadline"))}
	for _, d := range list {
		t.Rows = append(t.Rows, row{Cells: []cell{head(c.in(d.What)), text(c.in(d.Default)), text(c.when(d.Deadline))}})
	}
	return t
}

// clockTable lists the clocks; brief leaves out the reasons that the calendar gives.
func (c *composer) clockTable(brief bool) *table {
	t := &table{Head: cols(c.say("col.clock"), c.say("col.date"), c.say("col.meaning"))}
	full := func(key string) string {
		if brief {
			return c.say(key + ".brief")
		}
		return c.say(key)
	}
	if !brief {
		t.Caption = c.say("clocks.caption")
	}
	if c.p.Facts["breach"] != string(planner.No) {
		if stop, err := c.p.Time(orderStop); err == nil {
			t.Rows = append(t.Rows, row{Cells: []cell{head(c.offset(orderStop)), text(c.when(stop)), text(full("clock.stop"))}})
		}
	}
	for _, d := range c.p.Clocks.All() {
		if d.Letter == "B" && c.p.Facts["breach"] == string(planner.No) ||
			d.Letter == "D" && d.Date.IsZero() && c.p.Facts["own"] == string(planner.No) { // a lent address has no expiry of its own
			continue
		}
		date := text(c.date(d.Date))
		if d.Date.IsZero() {
			date = text(c.say("date.unset"))
			if !brief {
				date.Note = c.say("date.ask." + d.Letter)
			}
		}
		t.Rows = append(t.Rows, row{Cells: []cell{head(d.Letter), date, text(c.clockMeaning(d.Letter))}})
	}
	least, better := c.p.Clocks.KeepUntil()
	onOld := c.pointersOnOldSide()
	if c.p.Facts["host"] != "changes" {
		until := "T + 365"
		if !better.IsZero() {
			until = c.date(better)
		}
		t.Rows = append(t.Rows, row{Cells: []cell{head("301"), text(c.say("keep.front-until", until)), text(full("keep.front-why"))}})
	}
	if onOld != planner.No {
		until := "T + 180 / T + 365"
		if !least.IsZero() {
			until = c.say("keep.until", c.date(least), c.date(better))
		}
		why := full("keep.why")
		if onOld == planner.Unknown {
			why = c.join(why, c.say("mark.fallback", string(c.p.Decision.Fallback)))
		}
		t.Rows = append(t.Rows, row{Cells: []cell{head("E ≥"), text(until), text(why)}})
	}
	return t
}

// clockMeaning says what a clock stands for in this case.
func (c *composer) clockMeaning(letter string) string {
	if letter == "T" && c.p.Facts["ways"] == string(planner.WayI) {
		return c.say("clock.T-alone")
	}
	return c.say("clock." + letter)
}

func (c *composer) today() []block {
	var items []item
	for _, t := range c.p.Tasks {
		if t.Phase == 0 {
			items = append(items, c.tick(t))
		}
	}
	var first []item
	for _, t := range c.p.Tasks {
		if t.Phase > 0 && t.First && strings.HasPrefix(t.Times[0].Offset, "B") { // the others follow the cutover
			first = append(first, c.tick(t))
		}
	}
	out := []block{{Kind: kindTicks, Items: items}}
	if len(first) > 0 {
		out = append(out, heading(c.say("h.first")), block{Kind: kindTicks, Items: first})
	}
	return out
}

func (c *composer) decide() []block {
	t := &table{Head: cols(c.say("col.decision"), c.say("col.options"), c.say("col.default"), c.say("col.deadline"), c.say("col.effect"))}
	for _, d := range c.decisions {
		what := cell{Text: d.ID + " " + c.in(d.What), Header: true}
		switch {
		case d.Branch == planner.BranchFallback:
			what.Note = c.say("mark.fallback", string(c.p.Decision.Fallback))
		case d.Applies == planner.Unknown:
			what.Note = c.say("mark.unknown")
		}
		t.Rows = append(t.Rows, row{Cells: []cell{what, text(c.in(d.Options)), text(c.in(d.Default)),
			text(c.when(d.Deadline)), {Text: c.in(d.Effect), Note: c.say("evidence.of", strings.Join(d.Evidence, ", "))}}})
	}
	out := []block{{Kind: kindTable, Table: t}, heading(c.say("h.questions"))}
	if len(c.p.Questions) == 0 {
		out = append(out, para(c.say("questions.none")))
	} else {
		var items []item
		for _, q := range c.p.Questions {
			items = append(items, item{Lead: c.in(q.Ask), Note: c.in(q.Why)})
		}
		out = append(out, para(c.say("questions.intro")), block{Kind: kindNumbers, Items: items})
	}
	if ask := c.p.Pages.ByAction[planner.ActionAsk]; ask > 0 {
		out = append(out, para(c.say("questions.review", c.n(ask))))
	}
	if len(c.p.OpenFacts) > 0 {
		facts := &table{Caption: c.say("facts.caption"), Head: cols(c.say("col.question"), c.say("col.whom"), c.say("col.tasks"), c.say("col.flag"))}
		for _, f := range c.p.OpenFacts {
			option := cell{Text: "–"}
			switch o, ok := ownOptions()[f.Key]; {
			case ok:
				option = cell{Code: o}
			case !f.Settled:
				option = cell{Code: "--fact " + f.Key + "=" + strings.Join(f.Values, "|")}
			}
			facts.Rows = append(facts.Rows, row{Cells: []cell{head(c.in(f.Ask)), text(c.or("role."+f.Whom, f.Whom)), text(strings.Join(f.Tasks, " ")), option}})
		}
		out = append(out, heading(c.say("h.facts")), para(c.say("facts.intro")), block{Kind: kindTable, Table: facts})
	}
	return out
}

// ownOptions are the options of the command that answer a fact which is not given as
// --fact.
func ownOptions() map[string]string {
	return map[string]string{"own": "--domain own|subdomain", "own.movable": "--domain-movable yes|no"}
}

func (c *composer) way() []block {
	t := &table{Caption: c.say("way.caption"), Head: cols(c.say("col.way"), c.say("col.reachable"), c.say("col.why"))}
	for _, r := range c.p.Decision.Ladder {
		why := cell{Text: c.in(r.Why)}
		if r.Reachable == planner.Unknown && r.Ask != (planner.Text{}) {
			why.Note = c.in(r.Ask)
		}
		t.Rows = append(t.Rows, row{Chosen: r.Way == c.p.Decision.Way, Cells: []cell{head(string(r.Way) + " – " + c.in(r.Name)),
			{Text: c.say("answer." + string(r.Reachable)), Class: string(r.Reachable)}, why}})
	}
	chosen := c.p.Decision.Rung(c.p.Decision.Way)
	out := []block{para(c.say("way.intro")), {Kind: kindTable, Table: t}, para(c.say("way.known", string(chosen.Way), c.in(chosen.Keeps)))}
	if s := c.p.Situation; chosen.Way == planner.WayB && s.Destination.Limit > 0 {
		out = append(out, para(c.say("way.limit", c.n(s.Rows), c.n(s.Destination.Limit))))
	}
	if len(c.p.Decision.Advice) > 0 {
		var advice []item
		for _, t := range c.p.Decision.Advice {
			advice = append(advice, item{Text: c.sentence(t)})
		}
		out = append(out, block{Kind: kindList, Items: advice})
	}
	if c.p.Pages.Pointed == 0 {
		return out
	}
	out = append(out, heading(c.say("h.coverage")), block{Kind: kindFigure, Figure: c.coverageFigure(c.p.Coverage, c.caption("coverage.caption"))})
	if len(c.p.FallbackCoverage) > 0 {
		out = append(out, para(c.say("coverage.fallback")), block{Kind: kindFigure, Figure: c.coverageFigure(c.p.FallbackCoverage, c.caption("coverage.fallback-caption"))})
	}
	return out
}

// caption of a figure of pages, and of clicks where they are known.
func (c *composer) caption(key string) string {
	if c.p.Worth.Pages == 0 {
		key += ".pages"
	}
	return c.say(key)
}

func (c *composer) inventory() []block {
	t := &table{Caption: c.say("inventory.caption"), Head: numeric(cols(c.say("col.type"), c.say("col.old"), c.say("col.new")), 1)}
	for _, pt := range catalog.PageTypes() {
		o, n := c.p.Old.Counts.ByType[pt], c.p.New.Counts.ByType[pt]
		if o+n > 0 {
			t.Rows = append(t.Rows, row{Cells: []cell{head(c.say("type." + string(pt))), number(c.n(o)), number(c.n(n))}})
		}
	}
	t.Rows = append(t.Rows, row{Cells: []cell{head(c.say("total")), number(c.n(c.p.Old.Counts.Pages)), number(c.n(c.p.New.Counts.Pages))}})
	out := []block{para(c.say("inventory.what")), {Kind: kindTable, Table: t}}
	if c.p.Old.Counts.Pages > 0 {
		out = append(out, block{Kind: kindFigure, Figure: c.inventoryFigure()})
	}
	orphans := c.say("inventory.orphans-none")
	if n := c.p.Old.Counts.Orphans; n > 0 {
		orphans = c.say("inventory.orphans", c.n(n))
	}
	out = append(out, para(orphans), para(c.say("inventory.spellings", c.n(c.p.Old.Counts.Spellings), c.n(c.p.Old.Counts.Pages))))
	sources := &table{Caption: c.say("sources.caption"), Head: numeric(cols(c.say("col.source"), c.say("col.pages")), 1)}
	for _, name := range sortedKeys(c.p.Old.Counts.BySource) {
		sources.Rows = append(sources.Rows, row{Cells: []cell{head(c.sourceName(name)), number(c.n(c.p.Old.Counts.BySource[name]))}})
	}
	if len(sources.Rows) > 0 {
		out = append(out, block{Kind: kindTable, Table: sources})
	}
	out = append(out, heading(c.say("h.unreached")), para(c.unreached()))
	if f := c.findings(); len(f.Rows) > 0 {
		out = append(out, heading(c.say("h.findings")), block{Kind: kindTable, Table: f})
	}
	return out
}

// unreached counts the pages that could not be read, if there are any.
func (c *composer) unreached() string {
	failed, skipped, due := c.p.Old.Counts.ByState[inventory.Failed], c.p.Old.Counts.ByState[inventory.Skipped], c.p.Old.Counts.Due
	if failed+skipped+due == 0 {
		return c.say("unreached.none")
	}
	return c.say("unreached", c.n(failed), c.n(skipped), c.n(due))
}

func (c *composer) findings() *table {
	t := &table{Head: []column{{Text: c.say("col.finding")}, {Text: c.say("col.count"), Num: true}, {Text: c.say("col.example")}}}
	count, example := map[string]int{}, map[string]string{}
	for _, f := range c.p.Findings {
		count[f.Code] += f.Count
		if example[f.Code] == "" {
			example[f.Code] = c.findingExample(f)
		}
	}
	for _, code := range sortedKeys(count) {
		t.Rows = append(t.Rows, row{Cells: []cell{head(c.findingName(code)), number(c.n(count[code])), {Code: example[code]}}})
	}
	return t
}

// topPages is how many pages the chapter on worth names.
const topPages = 20

func (c *composer) worth() []block {
	if c.p.Worth.Pages == 0 {
		return []block{para(c.say("worth.none")), para(c.say("worth.how"))}
	}
	src := &table{Caption: c.say("worth.sources"), Head: []column{{Text: c.say("col.source")}, {Text: c.say("col.period")}, {Text: c.say("col.rows"), Num: true}, {Text: c.say("col.clicks"), Num: true}}}
	for _, s := range c.p.WorthSources {
		src.Rows = append(src.Rows, row{Cells: []cell{head(c.sourceName(s.Source)), text(c.periods(s.Periods)), number(c.n(s.Rows)), number(c.some(s.Clicks))}})
	}
	var list []inventory.PlanRow
	for _, r := range c.pages {
		if _, ok := c.p.WorthIn(r.OldKey); ok {
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b inventory.PlanRow) int {
		x, _ := c.p.WorthIn(a.OldKey)
		y, _ := c.p.WorthIn(b.OldKey)
		return cmp.Or(cmp.Compare(y.Revenue, x.Revenue), cmp.Compare(y.Clicks, x.Clicks), cmp.Compare(y.Sessions, x.Sessions), cmp.Compare(y.LinkingSites, x.LinkingSites))
	})
	if len(list) > topPages {
		list = list[:topPages]
	}
	top := &table{Caption: c.say("worth.top", c.n(len(list))), Head: append(cols(c.say("col.old-page"), c.say("col.action")), numeric(cols(c.say("col.revenue"), c.say("col.clicks"), c.say("col.sessions"), c.say("col.linking")), 0)...)}
	for _, r := range list {
		w, _ := c.p.WorthIn(r.OldKey)
		top.Rows = append(top.Rows, row{Cells: []cell{{Text: r.OldTitle, Code: readable(r.OldURL)}, {Text: c.say("action." + r.Action), Class: r.Strength}, number(c.money(w.Revenue, w.Currency)), number(c.some(w.Clicks)), number(c.some(w.Sessions)), number(c.some(w.LinkingSites))}})
	}
	return []block{para(c.say("worth.known", c.n(c.p.Worth.Pages), c.n(c.p.Pages.Total), c.n(int(c.p.Worth.Clicks)))), {Kind: kindTable, Table: src}, {Kind: kindTable, Table: top},
		{Kind: kindFigure, Figure: c.flowFigure(true)}}
}

// some writes a figure of worth. Sources that say nothing of a kind of worth give 0,
// which is not the same as none.
func (c *composer) some(f float64) string {
	if f == 0 {
		return "–"
	}
	return c.printer.Sprintf("%.0f", f)
}

// reviewRows is how many rows the summary of the map asks to check by hand.
const reviewRows = 20

func (c *composer) mapSummary() []block {
	out := []block{para(c.say("map.intro", c.n(len(c.p.Rows)), c.n(c.p.Pages.Total)))}
	if len(c.p.Rows) == 0 {
		return out
	}
	out = append(out, block{Kind: kindFigure, Figure: c.flowFigure(false)}, block{Kind: kindFigure, Figure: c.classFigure()})
	out = append(out, c.calibration()...)
	var review []inventory.PlanRow
	all := 0
	for _, r := range c.p.Rows {
		if r.Action == planner.ActionAsk {
			all++
			if len(review) < reviewRows {
				review = append(review, r)
			}
		}
	}
	if all > 0 {
		out = append(out, heading(c.say("h.review")), para(c.reviewIntro(all, len(review))))
		t := &table{Head: []column{{Text: c.say("col.old-page")}, {Text: c.say("col.candidate")}, {Text: c.say("col.confidence"), Num: true}, {Text: c.say("col.reason")}}}
		for _, r := range review {
			t.Rows = append(t.Rows, row{Cells: []cell{{Text: r.OldTitle, Code: readable(r.OldURL)}, newPage(r), number(c.percent(r.Confidence)), text(c.reason(r))}})
		}
		out = append(out, block{Kind: kindTable, Table: t})
	}
	if len(c.p.Refused) > 0 {
		out = append(out, heading(c.say("h.refused")), para(c.say("refused.intro", c.n(len(c.p.Refused)), c.carrier(c.p.Engine))))
	}
	return out
}

func (c *composer) reviewIntro(all, shown int) string {
	if all == shown {
		return c.say("review.all", c.n(all))
	}
	return c.say("review.intro", c.n(all), c.n(shown))
}

func newPage(r inventory.PlanRow) cell {
	if r.NewURL == "" {
		return text("–")
	}
	return cell{Text: r.NewTitle, Code: readable(r.NewURL)}
}

func (c *composer) notMoved() []block {
	type group struct{ action, reason, sees string }
	count := map[group]int{}
	example := map[group]string{}
	total := 0
	for _, r := range c.pages {
		if r.Action != planner.ActionGone && r.Action != planner.ActionIgnore {
			continue
		}
		total++
		g := group{r.Action, c.reason(r), c.sees(r)}
		count[g]++
		if example[g] == "" {
			example[g] = readable(r.OldURL)
		}
	}
	t := &table{Caption: c.say("not-moved.caption"), Head: []column{{Text: c.say("col.action")}, {Text: c.say("col.reason")}, {Text: c.say("col.pages"), Num: true}, {Text: c.say("col.sees")}, {Text: c.say("col.example")}}}
	groups := make([]group, 0, len(count))
	for g := range count {
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b group) int {
		return cmp.Or(cmp.Compare(a.action, b.action), cmp.Compare(count[b], count[a]), cmp.Compare(a.reason, b.reason), cmp.Compare(a.sees, b.sees))
	})
	for _, g := range groups {
		t.Rows = append(t.Rows, row{Cells: []cell{head(c.say("action." + g.action)), text(g.reason), number(c.n(count[g])), text(g.sees), {Code: example[g]}}})
	}
	return []block{para(c.say("not-moved.intro", c.n(total), c.n(c.p.Pages.Total))), {Kind: kindTable, Table: t}}
}

func (c *composer) proof() []block {
	ok, bad, by := 0, map[string]int{}, map[string]int{}
	asked := 0
	for _, r := range c.p.Rows {
		p, have := c.o.Proofs[r.OldURL]
		if !have {
			continue
		}
		asked++
		by[planner.ProofState(r, p)]++
		if p.OK {
			ok++
		} else {
			bad[p.Problem]++
		}
	}
	if asked == 0 {
		return append([]block{para(c.say("proof.none"))}, c.howToVerify()...)
	}
	t := &table{Caption: c.say("proof.caption"), Head: numeric(cols(c.say("col.result"), c.say("col.addresses")), 1),
		Rows: rows([]cell{head(c.say("proof.ok")), number(c.n(ok))})}
	for _, code := range sortedKeys(bad) {
		t.Rows = append(t.Rows, row{Cells: []cell{head(c.problemName(code)), number(c.n(bad[code]))}})
	}
	out := []block{para(c.say("proof.asked", c.n(asked), c.n(len(c.p.Rows)), c.n(ok))), {Kind: kindTable, Table: t}}
	who := &table{Caption: c.say("proof.by-caption"), Head: numeric(cols(c.say("col.asked"), c.say("col.addresses")), 1)}
	for _, state := range sortedKeys(by) {
		who.Rows = append(who.Rows, row{Cells: []cell{head(c.proofWords(state)), number(c.n(by[state]))}})
	}
	out = append(out, block{Kind: kindTable, Table: who})
	return append(out, c.howToVerify()...)
}

// howToVerify tells how old addresses are asked under the chosen way: where the host
// is kept before the DNS is switched too, and not by a program where nothing on the
// old side answers with a redirect.
func (c *composer) howToVerify() []block {
	switch c.p.Decision.Way {
	case planner.WayA, planner.WayB, planner.WayC:
		return []block{para(c.say("verify.how")), {Kind: kindCode, Lines: []string{"replatform verify --connect-to " + c.p.Old.Host0() + "=203.0.113.10:443"}}}
	case planner.WayB2, planner.WayD:
		return []block{para(c.say("verify.how-old")), {Kind: kindCode, Lines: []string{"replatform verify"}}}
	}
	return []block{para(c.say("verify.how-none"))}
}
