package planner

import (
	"context"
	"slices"
	"strconv"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

// count counts pages: a page with several rows counts once, by its first row's
// action and by the strongest carrier of its canonical spelling.
func (b *builder) count(context.Context) error {
	p := b.plan
	p.Pages = PageCounts{ByAction: map[string]int{}, ByClass: map[inventory.MatchClass]int{}, ByType: map[catalog.PageType]int{}}
	type line struct{ strength, carrier string }
	coverage := map[line]*CoverageLine{}
	seen := map[catalog.Key]bool{}
	for i, r := range p.Rows {
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
		if r.Action != ActionRedirect && r.Action != ActionGone {
			continue
		}
		p.Pages.Pointed++
		best := p.Rows[i]
		k := line{best.Strength, best.Carrier}
		c := coverage[k]
		if c == nil {
			c = &CoverageLine{Strength: k.strength, Carrier: k.carrier}
			coverage[k] = c
		}
		c.Pages++
		c.Clicks += p.worth[r.OldKey].Clicks
	}
	for _, c := range coverage {
		p.Coverage = append(p.Coverage, *c)
	}
	slices.SortFunc(p.Coverage, func(x, y CoverageLine) int {
		if x.Strength != y.Strength {
			return slices.Index(Strengths(), x.Strength) - slices.Index(Strengths(), y.Strength)
		}
		if x.Carrier < y.Carrier {
			return -1
		}
		return 1
	})
	for key, w := range p.worth {
		if seen[key] {
			p.Worth.Pages++
			p.Worth.Clicks += w.Clicks
		}
	}
	return nil
}

// ask gathers what must be found out: the unknowns of the ways down to the one that
// is certain, and those of the workarounds.
func (b *builder) ask(context.Context) error {
	p := b.plan
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
	if s.After.Value == string(Unknown) {
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
	return map[string]string{
		"generated": p.Generated.UTC().Format(time.RFC3339),
		"way":       string(p.Decision.Way), "fallback": string(p.Decision.Fallback), "engine": p.Engine,
		"source": b.source.ID, "destination": b.dest.ID, "new_base": p.NewBase,
		"own_domain": string(p.Situation.OwnDomain), "movable": string(p.Situation.Movable),
		"rows": strconv.Itoa(len(p.Rows)), "pages": strconv.Itoa(p.Pages.Total),
	}
}
