package planner

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

// Priorities of a row, the most urgent first; empty where no file with the worth of
// pages has been read. The ranks are those of practice (a page with links or visits
// from search needs an exact target; a page that can be found comes next; internal
// and dead pages last: https://auditite.com/templates/redirect-mapping-template, read
// 2026-11).
const (
	P0 = "P0" // among the largest of the shop in money, visits or linking sites
	P1 = "P1" // earns, is visited or is linked to
	P2 = "P2" // no visit is known, but people and search engines can find it
	P3 = "P3" // internal, or gone already
)

// Priorities lists the priorities, the most urgent first.
func Priorities() []string { return []string{P0, P1, P2, P3} }

// topShare is where the top of a measure begins: at the middle between the smallest
// and the largest figure of the shop, on a logarithmic scale. Nobody has published
// such a threshold; this is a starting value of this program.
const topShare = 0.5

// span holds the smallest and largest figure above zero of one measure; the zero
// value says that no file gave this measure.
type span struct{ least, most float64 }

func (s *span) add(v float64) {
	if v <= 0 {
		return
	}
	if s.least == 0 || v < s.least {
		s.least = v
	}
	s.most = max(s.most, v)
}

// top tells whether v stands in the upper part of the span. It does not depend on
// the unit, so yen and pounds are treated alike.
func (s span) top(v float64) bool {
	if v <= 0 || s.most == 0 {
		return false
	}
	if s.least == s.most {
		return v >= s.most
	}
	return math.Log(v/s.least) >= topShare*math.Log(s.most/s.least)
}

// WorthScale is how far the figures of a shop reach, by which a single page is
// measured.
type WorthScale struct{ revenue, clicks, sessions, links span }

// ScaleOf reads the scale off the worth of all pages, as from
// inventory.Project.WorthTotals.
func ScaleOf(worth map[catalog.Key]inventory.Worth) WorthScale {
	var s WorthScale
	for _, w := range worth {
		s.revenue.add(w.Revenue)
		s.clicks.add(w.Clicks)
		s.sessions.add(w.Sessions)
		s.links.add(w.LinkingSites)
	}
	return s
}

// Known says whether any file told what any page is worth.
func (s WorthScale) Known() bool { return s != WorthScale{} }

// Priority ranks one page of the old shop, and says why. worth is the zero value for
// a page that no file names. status is the page's own answer, 0 when it never
// answered. Where the scale knows nothing at all the priority is empty: unknown.
//
// Money counts before clicks, clicks before visits, visits before linking sites, and
// a page at the top of any one of them is P0.
func Priority(worth inventory.Worth, t catalog.PageType, status int, scale WorthScale) (level string, reason Text) {
	if !scale.Known() {
		return "", text("ページの価値が分かるファイルがまだ読み込まれていません", "no file has been read yet that tells what pages are worth")
	}
	type measure struct {
		value float64
		span  span
		name  Text
	}
	var top, some []Text
	for _, m := range []measure{
		{worth.Revenue, scale.revenue, text("売上", "revenue")},
		{worth.Clicks, scale.clicks, text("検索からのクリック数", "clicks from search")},
		{worth.Sessions, scale.sessions, text("訪問数", "visits")},
		{worth.LinkingSites, scale.links, text("リンク元サイト数", "linking sites")},
	} {
		if m.value > 0 {
			some = append(some, m.name)
		}
		if m.span.top(m.value) {
			top = append(top, m.name)
		}
	}
	switch {
	case len(top) > 0:
		return P0, text("店内で上位："+joined(top, "ja"), "among the largest of the shop: "+joined(top, "en"))
	case len(some) > 0:
		return P1, text("実績あり："+joined(some, "ja"), "has "+joined(some, "en"))
	case worth.Impressions > 0:
		return P2, text("検索結果に表示されていますが、クリックはありません", "is shown in search results, but not clicked")
	case status >= 300:
		return P3, text("旧店ですでに表示できないか、別のページへ移っています", "answers no page of its own in the old shop")
	}
	switch t {
	case catalog.Home, catalog.ProductP, catalog.Category, catalog.Page, catalog.Article, catalog.Image:
		return P2, text("訪問は記録されていませんが、見つけられるページです", "no visit is known, but it can be found")
	}
	return P3, text("店内の機能ページです", "a page for use within the shop")
}

func joined(names []Text, lang string) string {
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = n.In(lang)
	}
	if lang == "ja" {
		return strings.Join(words, "・")
	}
	return strings.Join(words, ", ")
}

// CompareWorth orders pages by what they are worth, the most valuable first: by
// money, then clicks, visits, linking sites and impressions.
func CompareWorth(a, b inventory.Worth) int {
	return cmp.Or(
		cmp.Compare(b.Revenue, a.Revenue), cmp.Compare(b.Clicks, a.Clicks), cmp.Compare(b.Sessions, a.Sessions),
		cmp.Compare(b.LinkingSites, a.LinkingSites), cmp.Compare(b.Impressions, a.Impressions))
}

// Value is what pages are worth together. Each figure is zero where no file gave it.
type Value struct {
	Clicks       float64 `json:"clicks"`
	Sessions     float64 `json:"sessions"`
	Revenue      float64 `json:"revenue"`
	LinkingSites float64 `json:"linking_sites"`
}

func (v *Value) add(w inventory.Worth) {
	v.Clicks += w.Clicks
	v.Sessions += w.Sessions
	v.Revenue += w.Revenue
	v.LinkingSites += w.LinkingSites
}

// PriorityLine counts the pages of one priority.
type PriorityLine struct {
	Priority string `json:"priority"`
	Pages    int    `json:"pages"`
	Value
}

// prioritise gives every row the priority of its page and brings the most urgent
// pages to the front, so that an engine with few places carries these. Rows of one
// page stay together, its canonical spelling first. Where nothing is known of worth
// the order stays.
func (b *builder) prioritise(status map[catalog.Key]int) {
	p := b.plan
	scale := ScaleOf(p.worth)
	if !scale.Known() {
		return
	}
	place := map[catalog.Key]int{}
	for i := range p.Rows {
		r := &p.Rows[i]
		if _, ok := place[r.OldKey]; !ok {
			place[r.OldKey] = i
		}
		r.Priority, _ = Priority(p.worth[r.OldKey], r.Type, status[r.OldKey], scale)
	}
	slices.SortStableFunc(p.Rows, func(x, y inventory.PlanRow) int {
		return cmp.Or(strings.Compare(x.Priority, y.Priority), CompareWorth(p.worth[x.OldKey], p.worth[y.OldKey]),
			cmp.Compare(place[x.OldKey], place[y.OldKey]))
	})
}

// Carrying lists the pages of the plan that together have at least the given share
// (0 to 1) of the clicks known of all pages of the plan, those with most clicks
// first: the fewest pages that do. It is empty where no clicks are known.
func (p *Plan) Carrying(share float64) []inventory.PlanRow {
	if p.Worth.Clicks <= 0 {
		return nil
	}
	var pages []inventory.PlanRow
	seen := map[catalog.Key]bool{}
	for _, r := range p.Rows {
		if !seen[r.OldKey] && p.worth[r.OldKey].Clicks > 0 {
			pages = append(pages, r)
		}
		seen[r.OldKey] = true
	}
	slices.SortStableFunc(pages, func(x, y inventory.PlanRow) int {
		return cmp.Compare(p.worth[y.OldKey].Clicks, p.worth[x.OldKey].Clicks)
	})
	sum := 0.0
	for i, r := range pages {
		if sum += p.worth[r.OldKey].Clicks; sum >= share*p.Worth.Clicks {
			return pages[:i+1]
		}
	}
	return pages
}

// Share is the figure of a page beside the largest of the shop, 0 to 1: of all
// measures the greatest.
func (s WorthScale) Share(w inventory.Worth) float64 {
	share := 0.0
	for _, m := range []struct {
		value float64
		span  span
	}{{w.Revenue, s.revenue}, {w.Clicks, s.clicks}, {w.Sessions, s.sessions}, {w.LinkingSites, s.links}} {
		if m.span.most > 0 {
			share = max(share, m.value/m.span.most)
		}
	}
	return min(share, 1)
}
