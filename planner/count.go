package planner

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

// count counts pages: a page with several rows counts once, by the action and the
// carrier of its canonical spelling, which is its first row.
func (b *builder) count(context.Context) error {
	p := b.plan
	p.Pages = PageCounts{ByAction: map[string]int{}, ByClass: map[inventory.MatchClass]int{}, ByType: map[catalog.PageType]int{}}
	coverage, fallback := coverageCount{}, coverageCount{}
	byPriority := map[string]PriorityLine{}
	seen := map[catalog.Key]bool{}
	for _, r := range p.Rows {
		if seen[r.OldKey] {
			continue
		}
		seen[r.OldKey] = true
		p.Pages.Total++
		p.Pages.ByAction[r.Action]++
		p.Pages.ByType[r.Type]++
		if m, ok := b.matches[r.OldKey]; ok {
			p.Pages.ByClass[m.Class]++
		}
		worth := p.worth[r.OldKey]
		line := byPriority[r.Priority]
		line.Priority = r.Priority
		line.Pages++
		line.add(worth)
		byPriority[r.Priority] = line
		switch r.Action {
		case ActionRedirect, ActionGone:
			p.Pages.Pointed++
			coverage.add(r.Strength, r.Carrier, worth)
		case ActionKeep: // needs a pointer only if the name does not come along
			if r.Type == catalog.Home || takesOldName(p.Decision.Fallback) {
				continue
			}
		default:
			continue
		}
		if line, ok := b.fallback[r.OldKey]; ok {
			fallback.add(line.Strength, line.Carrier, worth)
		} else {
			fallback.add(StrengthNone, "", worth)
		}
	}
	p.Coverage = coverage.lines()
	if p.Decision.Fallback != "" {
		p.FallbackCoverage = fallback.lines()
	}
	for key, w := range p.worth {
		if seen[key] {
			p.Worth.Pages++
			p.Worth.add(w)
		}
	}
	for _, level := range Priorities() {
		if line, ok := byPriority[level]; ok {
			p.Priorities = append(p.Priorities, line)
		}
	}
	return nil
}

// coverageCount sums pages and their value by strength and carrier.
type coverageCount map[[2]string]CoverageLine

func (c coverageCount) add(strength, carrier string, worth inventory.Worth) {
	k := [2]string{strength, carrier}
	line := c[k]
	line.Strength, line.Carrier = strength, carrier
	line.Pages++
	line.Value.add(worth)
	c[k] = line
}

// lines lists the sums, the strongest first.
func (c coverageCount) lines() []CoverageLine {
	out := make([]CoverageLine, 0, len(c))
	for _, line := range c {
		out = append(out, line)
	}
	slices.SortFunc(out, func(x, y CoverageLine) int {
		if d := slices.Index(Strengths(), x.Strength) - slices.Index(Strengths(), y.Strength); d != 0 {
			return d
		}
		return strings.Compare(x.Carrier, y.Carrier)
	})
	return out
}

// ask gathers what must be found out: the unknowns of the ways down to the one that
// is certain, and those of the workarounds.
func (b *builder) ask(context.Context) error {
	p := b.plan
	if q, ok := b.askForNewBase(); ok {
		p.Questions = appendQuestion(p.Questions, q)
	}
	for _, r := range p.Decision.Ladder {
		if r.Reachable == Unknown && r.Ask != (Text{}) {
			q := Question{Ask: r.Ask, Why: text("方法 "+string(r.Way)+"（"+r.Name.JA+"）が使えるかどうか", "decides whether way "+string(r.Way)+" ("+r.Name.EN+") is open")}
			if len(r.Facts) > 0 {
				q.Fact = r.Facts[0]
			}
			p.Questions = appendQuestion(p.Questions, q)
		}
		if r.Way == p.Decision.Fallback || (r.Way == p.Decision.Way && p.Decision.Fallback == "") {
			break
		}
	}
	s := p.Situation.Source
	if s.After.Value == string(Unknown) && !(takesOldName(p.Decision.Way) && (p.Decision.Fallback == "" || takesOldName(p.Decision.Fallback))) {
		p.Questions = appendQuestion(p.Questions, Question{
			Ask: text("今のカートに確認：解約した後、商品ページと画像はいつまで表示されるか", "ask the old platform: how long do pages and pictures stay after the contract ends"),
			Why: text("旧契約をいつまで残すかが決まります", "decides how long the old contract must be kept"), Fact: s.After,
		})
	}
	for _, q := range b.tasks {
		p.Questions = appendQuestion(p.Questions, q)
	}
	return nil
}

// takesOldName says that under a way the new shop, or what stands in front of it, is
// found at the old name, so that nothing in the old shop is seen after the cutover.
func takesOldName(w Way) bool { return w == WayA || w == WayB || w == WayC }

// askForNewBase asks for the address that the new shop will have where it takes over
// the old name and nobody has said so: its pages were read at another one, to which
// redirects would lead.
func (b *builder) askForNewBase() (Question, bool) {
	p := b.plan
	read := hostOf(b.newHome)
	if p.NewBase != "" || !takesOldName(p.Decision.Way) || b.apart() || read == "" || len(p.Old.Hosts) == 0 || slices.Contains(p.Old.Hosts, read) {
		return Question{}, false
	}
	base := "https://" + p.Old.Host0()
	return Question{
		Ask: text("転送の行き先を確かめる：いまは、新しいお店を読み込んだ住所（"+read+"）へ向いています。引っ越しの後も今の住所を使うなら、replatform plan --new-base "+base+" で計画を作り直す",
			"check where redirects lead: for now to "+read+", where the new shop was read. If it will have the present address after the move, make the plan again with replatform plan --new-base "+base),
		Why: text("転送の設定ファイルと対応表の行き先が決まります", "decides the targets in the redirect files and in the map"),
	}, true
}

func appendQuestion(list []Question, q Question) []Question {
	for _, have := range list {
		if have.Ask == q.Ask {
			return list
		}
	}
	return append(list, q)
}

// meta is what the project remembers of the plan beside its rows.
func (b *builder) meta() map[string]string {
	p := b.plan
	cutover := ""
	if !p.Clocks.Cutover.IsZero() {
		cutover = p.Clocks.Cutover.Format(time.DateOnly)
	}
	return map[string]string{
		"cutover":   cutover,
		"generated": p.Generated.UTC().Format(time.RFC3339),
		"way":       string(p.Decision.Way), "fallback": string(p.Decision.Fallback), "engine": p.Engine,
		"source": b.source.ID, "destination": b.dest.ID, "new_base": p.NewBase,
		"own_domain": string(p.Situation.OwnDomain), "movable": string(p.Situation.Movable),
		"rows": strconv.Itoa(len(p.Rows)), "pages": strconv.Itoa(p.Pages.Total),
	}
}
