package report

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"replatform/planner"
)

// asks is what a question tells its reader to do: whom to ask, or where to look.
var asks = map[string]*regexp.Regexp{
	"ja": regexp.MustCompile(`確認|聞く|測|見れば|確かめ|調べ|読む|巡回すれば|作る|試す|問い合わせ|書き出し`),
	"en": regexp.MustCompile(`(?i)\b(ask|check|confirm|look|measure|see|list|read|tells?|find out|crawl|open|try|test|compare|export)\b`),
}

// TestUnknownNamesWhomToAsk: what a plan does not know becomes a question with somebody
// who can answer it. Each fact on which a task, a chapter, a notice, a measure or a
// decision hangs is among the open questions; each way that may turn out open says what
// is asked; each date that is not set says who sets it.
func TestUnknownNamesWhomToAsk(t *testing.T) {
	for _, s := range shownStories() {
		p, _ := s.build(t)
		open := map[string]planner.OpenFact{}
		for _, f := range p.OpenFacts {
			open[f.Key] = f
		}
		asked := func(what string, names []string) {
			t.Helper()
			if slices.ContainsFunc(names, func(name string) bool { return open[name].Key != "" }) {
				return
			}
			t.Errorf("%s: %s hangs on %v, which nobody is asked", s.name, what, names)
		}
		for _, task := range p.Tasks {
			for _, name := range task.Missing {
				if open[name].Key == "" {
					t.Errorf("%s: task %s waits for %q, which nobody is asked", s.name, task.ID, name)
				}
			}
			if task.Applies == planner.Unknown && len(task.Missing) == 0 {
				t.Errorf("%s: task %s may or may not apply, and nothing says what decides it", s.name, task.ID)
			}
		}
		for _, lang := range Languages() {
			c, err := newComposer(p, lang, Options{})
			if err != nil {
				t.Fatal(err)
			}
			doubt := func(what string, when planner.Condition) {
				t.Helper()
				if a, err := holds(p, when); err != nil {
					t.Error(err)
				} else if a.Applies == planner.Unknown {
					asked(what, when.Names())
				}
			}
			for _, ch := range c.texts.Chapters {
				doubt("chapter "+ch.No, ch.When)
				for _, point := range ch.Points {
					doubt("a point of chapter "+ch.No, point.When)
				}
			}
			for _, n := range c.texts.Notices {
				doubt("the notice to "+n.To.EN, n.When)
			}
			for _, m := range c.texts.Limits.Measures {
				doubt("the measure "+m.What.EN, m.When)
			}
			for _, d := range c.texts.Decisions {
				doubt("decision "+d.ID, d.When)
			}
			for _, f := range p.OpenFacts {
				if c.or("role."+f.Whom, "") == "" || c.in(f.Ask) == "" {
					t.Errorf("%s: %s asks nobody of the roles: %q", s.name, f.Key, f.Whom)
				}
			}
			for _, q := range p.Questions {
				if !asks[lang].MatchString(c.in(q.Ask)) || c.in(q.Why) == "" {
					t.Errorf("%s: the question %q says neither whom to ask nor where to look", s.name, c.in(q.Ask))
				}
			}
			for _, r := range p.Decision.Ladder {
				if r.Reachable == planner.Unknown && r.Ask == (planner.Text{}) && !slices.ContainsFunc(p.Decision.Ladder, func(o planner.Rung) bool { return o.Reachable == planner.Unknown && o.Ask != (planner.Text{}) }) {
					t.Errorf("%s: way %s is open and asks nothing", s.name, r.Way)
				}
			}
			for _, r := range c.clockTable(false).Rows {
				if r.Cells[1].Text == c.say("date.unset") && r.Cells[1].Note == "" {
					t.Errorf("%s: the date %s is not set, and nobody is asked for it", s.name, r.Cells[0].Text)
				}
			}
			d, _, err := composeFor(p, lang, "x", Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, ch := range d.Chapters {
				for _, b := range ch.Blocks {
					for _, it := range b.Items {
						if strings.HasSuffix(it.Note, "n.d.") {
							t.Errorf("%s %s: %q carries a date that nobody reads", s.name, ch.ID, it.Note)
						}
					}
				}
			}
			if c.err != nil {
				t.Error(c.err)
			}
		}
	}
}
