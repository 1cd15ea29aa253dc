package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/jp"

	"replatform/crawler/inventory"
	"replatform/planner"
	"replatform/redirects/engine"
)

// Options of the documents, all of them optional.
type Options struct {
	Proofs   map[string]inventory.Proof // by old address
	Brand    Brand
	Texts    []OwnText
	LeaveOut []string // ids of chapters that the documents are without (see LeaveOut)
	Version  int      // number of the version in its project; 0: none is named
	// Anonymous replaces the names of shops, hosts, pages and people in every file of
	// the plan folder; nil: they stay. It is for Folder alone.
	Anonymous *Pseudonyms
}

// composer makes the document of one plan in one language.
type composer struct {
	*words
	p         *planner.Plan
	o         Options
	texts     *texts
	decisions []Decision
	evidence  []planner.Evidence
	pages     []inventory.PlanRow // the first row of each page
	err       error               // first thing that went wrong while composing
}

func newComposer(p *planner.Plan, lang string, o Options) (*composer, error) {
	w, err := newWords(lang)
	if err != nil {
		return nil, err
	}
	t, err := loadTexts()
	if err != nil {
		return nil, err
	}
	c := &composer{words: w, p: p, o: o, texts: t}
	if p.Facts["jp"] == string(planner.Yes) {
		w.holidays = &cal.Calendar{}
		w.holidays.AddHoliday(jp.Holidays...)
	}
	if c.decisions, err = t.decisions(p); err != nil {
		return nil, err
	}
	if c.evidence, err = t.cited(p, c.decisions); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, r := range p.Rows {
		if !seen[string(r.OldKey)] {
			seen[string(r.OldKey)] = true
			c.pages = append(c.pages, r)
		}
	}
	return c, nil
}

// compose makes the document. otherFile is the name of the same document in the
// other language.
func (c *composer) compose(otherFile string) (*document, error) {
	p, lang := c.p, c.code
	d := &document{Lang: lang, Other: "en", OtherFile: otherFile, Title: c.say("title.of", p.Old.Host0()), Kicker: c.say("kicker"),
		Subline: c.in(p.Old.PlatformName) + " → " + c.in(p.New.PlatformName)}
	if lang == "en" {
		d.Other = "ja"
	}
	d.Cover = c.cover()
	var left []chapter
	for _, data := range c.texts.Chapters {
		ch, ok, err := c.chapter(data)
		if err != nil {
			return nil, fmt.Errorf("chapter %s: %w", data.No, err)
		}
		switch {
		case ok && slices.Contains(c.o.LeaveOut, data.ID):
			left = append(left, ch)
		case ok:
			d.Chapters = append(d.Chapters, ch)
		}
	}
	c.extract(d, left)
	if c.err != nil {
		return nil, c.err
	}
	return d, nil
}

// say is a text of the catalogue; a missing one is remembered as the error.
func (c *composer) say(key string, args ...any) string {
	s, err := c.t(key, args...)
	if err != nil && c.err == nil {
		c.err = err
	}
	return s
}

func (c *composer) data(t planner.TextData) string { return c.in(t.Text()) }

// builders are the parts of chapters that are counted from the project; a chapter
// whose builder returns nothing and that has no text of its own is left out.
func builders() map[string]func(*composer) []block {
	return map[string]func(*composer) []block{
		"premises": (*composer).premises, "summary": (*composer).summary, "today": (*composer).today, "decisions": (*composer).decide, "calendar": (*composer).calendar,
		"way": (*composer).way, "inventory": (*composer).inventory, "worth": (*composer).worth, "map": (*composer).mapSummary,
		"not-moved": (*composer).notMoved, "workarounds": (*composer).workarounds, "notices": (*composer).notices,
		"runbook": (*composer).runbook, "go": (*composer).goNoGo, "expectations": (*composer).expectations, "cost": (*composer).cost,
		"roles": (*composer).roles, "tasks": (*composer).allTasks, "full-map": (*composer).fullMap, "files": (*composer).files,
		"proof": (*composer).proof, "words": (*composer).terms, "evidence": (*composer).grounds, "domain": (*composer).domain,
		"closing": (*composer).closing, "monitoring": (*composer).monitoring, "search": (*composer).search, "data": (*composer).carriedOver,
	}
}

func (c *composer) chapter(data chapterData) (chapter, bool, error) {
	a, err := holds(c.p, data.When)
	if err != nil || a.Applies == planner.No {
		return chapter{}, false, err
	}
	ch := chapter{No: data.No, ID: data.ID, Title: c.data(data.Title)}
	if c.data(data.Intro) != "" {
		ch.Blocks = append(ch.Blocks, para(c.data(data.Intro)))
	}
	if a.Fallback {
		ch.Blocks = append(ch.Blocks, small(c.say("chapter.fallback", string(c.p.Decision.Fallback))))
	}
	if a.Applies == planner.Unknown {
		ch.Blocks = append(ch.Blocks, small(c.say("chapter.unknown", c.openQuestions(data.When))))
	}
	if build := builders()[data.ID]; build != nil {
		ch.Blocks = append(ch.Blocks, build(c)...)
	}
	points, err := c.points(data.Points)
	if err != nil {
		return chapter{}, false, err
	}
	if len(points) > 0 {
		ch.Blocks = append(ch.Blocks, block{Kind: kindList, Items: points})
	}
	if ticks := c.ticks(data.Tasks); len(ticks) > 0 && data.ID != "today" {
		ch.Blocks = append(ch.Blocks, heading(c.say("h.chapter-tasks")), block{Kind: kindTicks, Items: ticks})
	}
	ch.Blocks = slices.Concat(c.own(data.ID, true), ch.Blocks, c.own(data.ID, false))
	return ch, len(ch.Blocks) > 0, nil
}

// openQuestions are the questions behind a condition that is not settled.
func (c *composer) openQuestions(when planner.Condition) string {
	var out []string
	for _, f := range c.p.OpenFacts {
		if slices.Contains(when.Names(), f.Key) {
			out = append(out, c.say("quoted", c.in(f.Ask)))
		}
	}
	return strings.Join(out, c.say("quoted.join"))
}

func (c *composer) points(list []sentence) ([]item, error) {
	var out []item
	for _, s := range list {
		a, err := holds(c.p, s.When)
		if err != nil {
			return nil, err
		}
		if a.Applies == planner.No {
			continue
		}
		it := item{Text: c.in(s.text())}
		switch {
		case a.Fallback:
			it.Lead = c.say("mark.fallback", string(c.p.Decision.Fallback))
		case a.Applies == planner.Unknown:
			it.Lead = c.say("if-applies")
		}
		if len(s.Evidence) > 0 {
			it.Note = c.say("evidence.of", strings.Join(s.Evidence, ", "))
		}
		out = append(out, it)
	}
	return out, nil
}

// ticks are the tasks with these ids that the plan has, as a list to tick off.
func (c *composer) ticks(ids []string) []item {
	var out []item
	for _, id := range ids {
		i := slices.IndexFunc(c.p.Tasks, func(t planner.Task) bool { return t.ID == id })
		if i >= 0 {
			out = append(out, c.tick(c.p.Tasks[i]))
		}
	}
	return out
}

func (c *composer) tick(t planner.Task) item {
	return item{Lead: t.ID, Text: c.marked(t), Note: c.whens(t.Times) + " · " + c.who(t.Who) + " · " + c.say("done.when", c.in(t.Done))}
}

// marked is the title of a task with the doubt under which it stands.
func (c *composer) marked(t planner.Task) string {
	s := c.in(t.Title)
	if t.First {
		s = c.beside(s, c.say("mark.first"))
	}
	if t.Later {
		s = c.beside(s, c.say("mark.later"))
	}
	if t.Branch == planner.BranchFallback {
		s = c.beside(s, c.say("mark.fallback", string(c.p.Decision.Fallback)))
	} else if t.Applies == planner.Unknown {
		s = c.beside(s, c.say("mark.unknown"))
	}
	return s
}

func (c *composer) who(roles []string) string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = c.or("role."+r, r)
	}
	return strings.Join(out, c.say("and"))
}

// carrier is the name of what delivers a row.
func (c *composer) carrier(id string) string {
	for _, a := range c.p.Artefacts {
		if a.ID == id {
			return c.in(a.Title)
		}
	}
	if e, ok := engine.Get(id, engine.Options{}); ok {
		return e.Instructions(c.code).Title
	}
	return c.or("carrier."+id, id)
}

func (c *composer) reason(r inventory.PlanRow) string {
	if c.code == "ja" {
		return r.ReasonJA
	}
	return r.Reason
}

func (c *composer) note(r inventory.PlanRow) string {
	if c.code == "ja" {
		return r.NoteJA
	}
	return r.Note
}
