package report

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner"
)

func (c *composer) calendar() []block {
	out := []block{{Kind: kindTable, Table: c.clockTable(false)}, {Kind: kindFigure, Figure: c.timelineFigure()}}
	if c.p.Facts["breach"] == string(planner.No) {
		out = append(out, para(c.say("calendar.standard")))
	} else {
		out = append(out, para(c.say("calendar.breach")))
	}
	t := &table{Caption: c.say("calendar.caption"), Head: numeric(cols(c.say("col.phase"), c.say("col.owner-tasks"), c.say("col.other-tasks")), 1)}
	for phase := range planner.Phases {
		mine, others := 0, 0
		for _, task := range c.p.Tasks {
			if task.Phase != phase {
				continue
			}
			if task.Who[0] == "owner" || task.Who[0] == "staff" {
				mine++
			} else {
				others++
			}
		}
		if mine+others > 0 {
			t.Rows = append(t.Rows, row{Cells: []cell{head(c.phase(phase)), number(c.n(mine)), number(c.n(others))}})
		}
	}
	out = append(out, block{Kind: kindTable, Table: t})
	if s := c.busyCutover(); s != "" {
		out = append(out, para(s))
	}
	season := small(c.say("calendar.season"))
	if !dated(c.p) {
		return append(out, small(c.say("calendar.file-later")), season)
	}
	holidays := "calendar.holidays-unknown"
	switch {
	case c.holidays != nil:
		holidays = "calendar.holidays"
	case c.p.Facts["jp"] == string(planner.No):
		holidays = "calendar.holidays-abroad"
	}
	return append(out, small(c.join(c.say(holidays, c.p.Clocks.Location().String()), c.say("calendar.file"))), season)
}

// watchDays are the days after the cutover on which people have to be at hand.
const watchDays = 3

// busyCutover warns of days off at the cutover and right after it.
func (c *composer) busyCutover() string {
	cut := c.p.Clocks.Cutover
	if cut.IsZero() {
		return ""
	}
	var off []string
	for i := range watchDays + 1 {
		d := cut.AddDate(0, 0, i)
		if d.Weekday() == time.Saturday || d.Weekday() == time.Sunday || c.closed(d) != "" {
			off = append(off, c.shortDate(d))
		}
	}
	if len(off) == 0 {
		return ""
	}
	return c.say("calendar.off", strings.Join(off, c.say("and")))
}

func (c *composer) phase(n int) string { return c.say("phase." + string(rune('0'+n))) }

func (c *composer) carriedOver() []block {
	moves := func(known bool, yes, no string) string {
		if known {
			return c.say(yes)
		}
		return c.say(no)
	}
	t := &table{Caption: c.say("data.caption"), Head: numeric(cols(c.say("col.kind"), c.say("col.old"), c.say("col.new")), 1)}
	for _, pt := range []string{"product", "category", "page", "article"} {
		o, n := c.p.Old.Counts, c.p.New.Counts
		for k, v := range o.ByType {
			if string(k) == pt {
				t.Rows = append(t.Rows, row{Cells: []cell{head(c.say("type." + pt)), number(c.n(v)), number(c.n(n.ByType[k]))}})
			}
		}
	}
	return []block{{Kind: kindTable, Table: t}, para(moves(c.p.New.Counts.Pages > 0, "data.compare", "data.no-new"))}
}

func (c *composer) domain() []block {
	t := &table{Caption: c.say("dns.caption"), Head: cols(c.say("col.record"), c.say("col.before"), c.say("col.after"))}
	for _, r := range []string{"A / AAAA", "CNAME (www)"} {
		t.Rows = append(t.Rows, row{Cells: []cell{head(r), text(blank), text(c.say("dns.changes"))}})
	}
	for _, r := range []string{"MX", "TXT (SPF)", "DKIM", "_dmarc", "SRV"} {
		t.Rows = append(t.Rows, row{Cells: []cell{head(r), text(blank), text(c.say("dns.stays"))}})
	}
	out := []block{{Kind: kindTable, Table: t}}
	if d := c.p.Clocks.DomainExpiry; !d.IsZero() {
		out = append(out, para(c.say("domain.expiry", c.date(d))))
	}
	return out
}

func (c *composer) search() []block {
	host := c.p.Facts["host"]
	way := c.p.Decision.Way
	switch {
	case host == "kept":
		return []block{para(c.say("search.kept"))}
	case c.p.Facts["src.mall"] == string(planner.Yes):
		return []block{para(c.say("search.address-mall"))}
	case way == planner.WayD || way == planner.WayB2:
		return []block{para(c.say("search.address-yes"))}
	}
	return []block{para(c.say("search.address-no"))}
}

func (c *composer) notices() []block {
	t := &table{Head: cols(c.say("col.to"), c.say("col.when"), c.say("col.must"))}
	breach := c.p.Facts["breach"] != string(planner.No)
	for _, n := range c.texts.Notices {
		a, err := holds(c.p, n.When)
		if err != nil {
			c.err = cmp.Or(c.err, err)
			continue
		}
		if a.Applies == planner.No {
			continue
		}
		at := n.At
		if breach && len(n.Breach) > 0 {
			at = n.Breach
		}
		var times []planner.TaskAt
		for _, s := range at {
			when, err := c.p.Time(s)
			if err != nil && c.err == nil {
				c.err = err
			}
			times = append(times, when)
		}
		to := cell{Text: c.data(n.To), Header: true}
		switch {
		case a.Fallback:
			to.Note = c.say("mark.fallback", string(c.p.Decision.Fallback))
		case a.Applies == planner.Unknown:
			to.Note = c.say("mark.unknown")
		}
		t.Rows = append(t.Rows, row{Cells: []cell{to, text(c.whens(times)), text(c.parts(n.Say))}})
	}
	return []block{{Kind: kindTable, Table: t}}
}

// parts joins the parts of a notice that this case needs or may need.
func (c *composer) parts(list []sentence) string {
	var out []string
	for _, s := range list {
		a, err := holds(c.p, s.When)
		if err != nil {
			c.err = cmp.Or(c.err, err)
			continue
		}
		switch {
		case a.Applies == planner.No || a.Fallback:
		case a.Applies == planner.Unknown:
			out = append(out, c.in(s.text())+c.say("mark.part-unknown"))
		default:
			out = append(out, c.in(s.text()))
		}
	}
	return strings.Join(out, c.say("list.comma"))
}

// runbook is the order of the cutover: the tasks of that phase with the day before.
func (c *composer) runbook() []block {
	t := &table{Caption: c.say("runbook.caption"), Head: cols(tickBox, c.say("col.when"), c.say("col.step"), c.say("col.who"), c.say("col.check"))}
	for _, task := range c.cutoverTasks() {
		t.Rows = append(t.Rows, row{Cells: []cell{text(tickBox), text(c.whens(task.Times)), {Text: task.ID + " " + c.marked(task), Header: true}, text(c.who(task.Who)), text(c.in(task.Done))}})
	}
	return []block{{Kind: kindTable, Table: t}}
}

// cutoverTasks are the tasks of the cutover in the order in which they are done: day by
// day; within a day first what is switched, then the checks by their hour, then what
// is told to others, and last what may take until a later day.
func (c *composer) cutoverTasks() []planner.Task {
	list := slices.DeleteFunc(slices.Clone(c.p.Tasks), func(t planner.Task) bool { return t.Phase != cutoverPhase })
	hour := func(t planner.Task) int {
		o, err := planner.ParseOffset(t.Times[0].Offset)
		if err != nil {
			c.err = cmp.Or(c.err, err)
		}
		return o.Hours
	}
	checks := "" // the first task with an hour; ids count in the order of the work
	for _, t := range list {
		if hour(t) > 0 && (checks == "" || t.ID < checks) {
			checks = t.ID
		}
	}
	place := func(t planner.Task) int {
		switch {
		case hour(t) > 0:
			return 1
		case checks != "" && t.ID > checks:
			return 2
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, b planner.Task) int {
		x, xEnd := c.dayNumbers(a.Times[0])
		y, yEnd := c.dayNumbers(b.Times[0])
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(xEnd, yEnd), cmp.Compare(place(a), place(b)), cmp.Compare(hour(a), hour(b)), strings.Compare(a.ID, b.ID))
	})
	return list
}

// cutoverPhase is the phase of the cutover in the task catalogue.
const cutoverPhase = 6

func (c *composer) goNoGo() []block {
	points := func(list []sentence) []item {
		out, err := c.points(list)
		if err != nil && c.err == nil {
			c.err = err
		}
		return out
	}
	out := []block{heading(c.say("h.go")), {Kind: kindTicks, Items: points(c.texts.Limits.Go)}}
	if c.p.Facts["ways"] != string(planner.WayI) {
		out = append(out, para(c.protectedNow()))
	}
	if c.p.Facts["breach"] != string(planner.No) {
		out = append(out, para(c.data(c.texts.Limits.GoBreach)))
	}
	out = append(out, heading(c.say("h.back")), block{Kind: kindList, Items: points(c.texts.Limits.Back)}, heading(c.say("h.thresholds")))
	t := &table{Caption: c.say("thresholds.caption"), Head: cols(c.say("col.measure"), c.say("col.good"), c.say("col.look"), c.say("col.act"))}
	for _, m := range c.texts.Limits.Measures {
		a, err := holds(c.p, m.When)
		if err != nil && c.err == nil {
			c.err = err
		}
		if a.Applies != planner.No {
			what := head(c.data(m.What))
			if a.Applies == planner.Unknown {
				what.Note = c.say("mark.unknown")
			}
			t.Rows = append(t.Rows, row{Cells: []cell{what, {Text: c.data(m.Good), Class: "yes"}, {Text: c.data(m.Look), Class: "unknown"}, text(c.data(m.Act))}})
		}
	}
	return append(out, block{Kind: kindTable, Table: t})
}

func (c *composer) expectations() []block {
	t := &table{Caption: c.say("studies.caption"), Head: cols(c.say("col.study"), c.say("col.sample"), c.say("col.found"), c.say("col.caveat"))}
	for _, s := range c.texts.Limits.Studies {
		t.Rows = append(t.Rows, row{Cells: []cell{{Text: s.Name, Header: true}, text(c.data(s.Sample)), {Text: c.data(s.Found)}, {Text: c.data(s.Caveat), Code: s.Source}}})
	}
	out := []block{para(c.say("expect.none"))}
	if c.p.Facts["host"] == "kept" {
		out = append(out, para(c.say("expect.host-kept", string(c.p.Decision.Way))))
	}
	out = append(out, block{Kind: kindTable, Table: t}, small(c.say("studies.two")))
	chosen := c.p.Decision.Rung(c.p.Decision.Way)
	out = append(out, para(c.say("expect.way", string(chosen.Way), c.in(chosen.Keeps))))
	if slices.Contains([]planner.Way{planner.WayE, planner.WayF, planner.WayG, planner.WayH, planner.WayI}, c.p.Decision.Certain()) {
		out = append(out, para(c.say("expect.no-301", string(c.p.Decision.Certain()))))
	}
	if c.p.Worth.Pages > 0 {
		covered := c.clicksOf(func(r inventory.PlanRow) bool {
			return r.Action == planner.ActionKeep || r.Action == planner.ActionRedirect && r.Strength == planner.StrengthPermanent
		})
		out = append(out, para(c.say("expect.shop", c.share(int(covered), int(c.p.Worth.Clicks)), c.n(int(c.p.Worth.Clicks)))))
	} else {
		out = append(out, para(c.say("expect.shop-unknown")))
	}
	var open []item
	if d := c.p.Decision; byRefresh(d.Way) || byRefresh(d.Fallback) {
		open = append(open, item{Text: c.say("expect.unknown.1")}, item{Text: c.say("expect.unknown.2")})
	}
	return append(out, block{Kind: kindList, Items: append(open, item{Text: c.say("expect.unknown.3")})})
}

// byRefresh says that a way leads visitors on by a refresh or a canonical link.
func byRefresh(w planner.Way) bool { return w == planner.WayE || w == planner.WayF }

// blank is a line to write on.
const blank = "________"

// pointersOnOldSide says whether what leads visitors on is served by the old shop, so
// that it ends with the old contract; unknown where only the fallback needs it.
func (c *composer) pointersOnOldSide() planner.Answer {
	changes := func(f planner.FactSet) bool { return f["host"] == "changes" && !nothingOnOldSide(f) }
	switch {
	case changes(c.p.Facts):
		return planner.Yes
	case c.p.FallbackFacts != nil && changes(c.p.FallbackFacts):
		return planner.Unknown
	}
	return planner.No
}

// nothingOnOldSide says that the old platform takes no pointer at all, not even a
// link: nothing there hangs on its contract.
func nothingOnOldSide(f planner.FactSet) bool {
	return f["ways"] == string(planner.WayI) && f["src.links"] == string(planner.No)
}

// clicksOf adds the clicks of the pages whose first row fits.
func (c *composer) clicksOf(fits func(inventory.PlanRow) bool) float64 {
	sum := 0.0
	for _, r := range c.pages {
		if w, ok := c.p.WorthIn(r.OldKey); ok && fits(r) {
			sum += w.Clicks
		}
	}
	return sum
}

// protectedNow says how much of the known clicks leads to an exact or close target
// by a pointer that delivers, the figure that the go decision asks for.
func (c *composer) protectedNow() string {
	if c.p.Worth.Clicks == 0 {
		return c.say("go.unknown")
	}
	covered := c.clicksOf(func(r inventory.PlanRow) bool {
		if r.Action == planner.ActionKeep {
			return true
		}
		return r.Action == planner.ActionRedirect && r.Strength != planner.StrengthNone && (r.Class == inventory.Exact || r.Class == inventory.Close || r.Type == catalog.Home)
	})
	return c.say("go.now", c.share(int(covered), int(c.p.Worth.Clicks)), c.n(int(c.p.Worth.Clicks)))
}

func (c *composer) tasksOf(roles ...string) int {
	n := 0
	for _, t := range c.p.Tasks {
		if slices.ContainsFunc(t.Who, func(w string) bool { return slices.Contains(roles, w) }) {
			n++
		}
	}
	return n
}

func (c *composer) closing() []block {
	least, better := c.p.Clocks.KeepUntil()
	var out []block
	onOld := c.pointersOnOldSide()
	switch {
	case nothingOnOldSide(c.p.Facts):
		out = append(out, para(c.say("closing.nothing")))
	case onOld != planner.Yes:
		out = append(out, para(c.say("closing.front")))
	}
	if onOld == planner.No {
		return out
	}
	s := c.say("closing.rule")
	if !least.IsZero() {
		s = c.say("closing.dates", c.date(least), c.date(better))
	}
	if onOld == planner.Unknown {
		s = c.say("closing.if-fallback", string(c.p.Decision.Fallback), s)
	}
	return append(out, para(s))
}

func (c *composer) roles() []block {
	t := &table{Head: []column{{Text: c.say("col.role")}, {Text: c.say("col.tasks"), Num: true}, {Text: c.say("col.name")}, {Text: c.say("col.contact")}}}
	for _, r := range []string{"owner", "staff", "developer", "consultant", "adviser", "old-provider", "new-provider", "processor"} {
		n := c.tasksOf(r)
		name, contact := blank, blank
		switch {
		case r == "old-provider":
			name = c.in(c.p.Old.PlatformName)
		case r == "new-provider":
			name = c.in(c.p.New.PlatformName)
		case r == "consultant" && c.o.Brand.Name != "":
			name, contact = c.o.Brand.Name, c.o.Brand.Contact
		}
		t.Rows = append(t.Rows, row{Cells: []cell{head(c.say("role." + r)), number(c.n(n)), text(name), text(contact)}})
	}
	if c.p.Facts["own"] != string(planner.No) {
		t.Rows = append(t.Rows, row{Cells: []cell{head(c.say("role.registrar")), number("–"), text(blank), text(blank)}})
	}
	return []block{{Kind: kindTable, Table: t}}
}

func (c *composer) allTasks() []block {
	intro := c.say("tasks.intro", c.n(len(c.p.Tasks)))
	doubtful := 0
	for _, t := range c.p.Tasks {
		if t.Applies == planner.Unknown || t.Branch == planner.BranchFallback {
			doubtful++
		}
	}
	if doubtful > 0 {
		intro = c.join(intro, c.say("tasks.doubtful", c.n(doubtful)))
	}
	out := []block{para(intro)}
	for phase := range planner.Phases {
		t := &table{Head: cols(tickBox, c.say("col.task"), c.say("col.when"), c.say("col.who"), c.say("col.why"))}
		for _, task := range c.p.Tasks {
			if task.Phase != phase {
				continue
			}
			t.Rows = append(t.Rows, row{ID: "task-" + task.ID, Cells: []cell{text(tickBox),
				{Text: task.ID + " " + c.marked(task), Note: c.say("done.when", c.in(task.Done)), Header: true},
				text(c.whens(task.Times)), text(c.who(task.Who)), {Text: c.in(task.Why), Note: c.say("evidence.of", strings.Join(task.Evidence, ", "))}}})
		}
		if len(t.Rows) > 0 {
			out = append(out, heading(c.phase(phase)), block{Kind: kindTable, Table: t})
		}
	}
	return out
}

func (c *composer) fullMap() []block {
	if len(c.p.Rows) == 0 {
		return nil
	}
	return []block{para(c.say("full-map.intro", c.n(len(c.p.Rows)))), {Kind: kindMap, Rows: len(c.p.Rows)}}
}

func (c *composer) files() []block {
	t := &table{Head: cols(c.say("col.file"), c.say("col.contents"))}
	what := map[string]string{}
	paths := make([]string, len(c.p.Files))
	for i, f := range c.p.Files {
		paths[i], what[f.Path] = f.Path, c.in(f.What)
		if dir := path.Dir(f.Path); what[dir] == "" {
			what[dir] = what[f.Path]
		}
	}
	for _, f := range foldFiles(paths) {
		of, ok := what[f]
		if !ok {
			dir, _, _ := strings.Cut(f, "/ (")
			of = what[dir]
		}
		t.Rows = append(t.Rows, row{Cells: []cell{{Code: f}, text(of)}})
	}
	return []block{para(c.say("files.intro")), {Kind: kindTable, Table: t}}
}

func (c *composer) terms() []block {
	var items []item
	for _, t := range c.texts.Terms {
		if a, err := holds(c.p, t.When); err != nil || a.Applies == planner.No {
			c.err = cmp.Or(c.err, err)
			continue
		}
		items = append(items, item{Lead: c.data(t.Word), Text: c.data(t.Means)})
	}
	return []block{{Kind: kindTerms, Items: items}}
}

// platformFacts are the statements about the platforms that the ladder of ways rests
// on, each once.
func (c *composer) platformFacts() []planner.Fact {
	var out []planner.Fact
	for _, r := range c.p.Decision.Ladder {
		for _, f := range r.Facts {
			if f.Source != "" && !nothingKnown(f) && !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// nothingKnown says that a platform's file has neither an answer nor a page that was
// asked for one: nothing rests on such a fact.
func nothingKnown(f planner.Fact) bool {
	return f.Value == string(planner.Unknown) && !strings.HasPrefix(f.Source, "http")
}

// factName and factValue are a statement of a platform's file in words.
func (c *composer) factName(f planner.Fact) string { return c.or("fact."+f.Name, f.Name) }

func (c *composer) factValue(f planner.Fact) string {
	if f.Name == "arriving.limit" {
		if n, err := strconv.Atoi(f.Value); err == nil {
			return c.say("fact.rows", c.n(n))
		}
	}
	return c.or("fact."+f.Name+"."+f.Value, c.or("value."+f.Value, f.Value))
}

func (c *composer) grounds() []block {
	facts := &table{Caption: c.say("facts.of-platforms"), Head: cols(c.say("col.fact"), c.say("col.statement"), c.say("col.source"), c.say("col.date"), c.say("col.confidence"))}
	for _, f := range c.platformFacts() {
		facts.Rows = append(facts.Rows, row{Cells: []cell{head(c.factName(f)), text(c.factValue(f)), c.sourceCell(f.Source), text(c.sourceDate(f.Date)), text(c.or("evidence."+f.Confidence, f.Confidence))}})
	}
	t := &table{Caption: c.say("facts.general"), Head: cols("#", c.say("col.statement"), c.say("col.source"), c.say("col.date"), c.say("col.confidence"))}
	for _, e := range c.evidence {
		t.Rows = append(t.Rows, row{ID: "evidence-" + e.ID, Cells: []cell{head(e.ID), text(c.in(e.Statement)), c.sourceCell(e.Source), text(c.sourceDate(e.Date)), text(c.or("evidence."+e.Confidence, e.Confidence))}})
	}
	out := []block{para(c.say("evidence.intro"))}
	if len(facts.Rows) > 0 {
		out = append(out, block{Kind: kindTable, Table: facts})
	}
	return append(out, block{Kind: kindTable, Table: t})
}
