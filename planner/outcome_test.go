package planner

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
)

// TestOutcomeGroups: an address counts to the group of the old page that it is or to
// which it belongs as the target, on both hosts, however it is spelt.
func TestOutcomeGroups(t *testing.T) {
	reg, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	colorme, _ := reg.Get("colorme")
	shopify, _ := reg.Get("shopify")
	row := func(id, url, target, action, strength string) inventory.PlanRow {
		return inventory.PlanRow{OldKey: colorme.Key(catalog.ProductP, id), OldURL: url, NewURL: target, Action: action, Strength: strength}
	}
	for _, tc := range []struct{ name, old, new string }{
		{"the host changes", "https://old.example", "https://new.example"},
		{"the host is kept", "https://shop.example", "https://shop.example"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := &builder{source: colorme, dest: shopify, plan: &Plan{NewBase: tc.new}}
			b.plan.Old.Hosts = []string{hostOf(tc.old)}
			b.plan.Rows = []inventory.PlanRow{
				row("1", tc.old+"/?pid=1", tc.new+"/products/a", ActionRedirect, StrengthPermanent),
				row("1", tc.old+"/?mode=f1&pid=1", tc.new+"/products/a", ActionRedirect, StrengthNone), // one spelling is refused
				row("2", tc.old+"/?pid=2", tc.new+"/products/b", ActionRedirect, StrengthScript),
				row("3", tc.old+"/?pid=3", tc.new+"/products/c", ActionRedirect, StrengthNone),
				row("4", tc.old+"/?pid=4", "", ActionGone, StrengthPermanent),
				row("5", tc.old+"/?pid=5", tc.new+"/products/candidate", ActionAsk, StrengthNone),
				row("6", tc.old+"/?pid=6", tc.new+"/products/a", ActionRedirect, StrengthRefresh), // merged with 1
			}
			s := newSorter(b)
			if diff := cmp.Diff(map[string]int{GroupPermanent: 1, GroupWeaker: 2, GroupNone: 3}, s.counts); diff != "" {
				t.Errorf("pages of the groups:\n%s", diff)
			}
			for raw, want := range map[string]struct {
				group string
				onOld bool
			}{
				tc.old + "/?pid=1": {GroupPermanent, true}, "http://" + hostOf(tc.old) + "/?pid=1&utm_source=x#top": {GroupPermanent, true},
				tc.old + "/?mode=f1&pid=1": {GroupPermanent, true}, tc.old + "/?pid=2": {GroupWeaker, true}, tc.old + "/?pid=3": {GroupNone, true},
				tc.old + "/?pid=4": {GroupNone, true}, tc.old + "/?pid=5": {GroupNone, true}, tc.old + "/?pid=6": {GroupWeaker, true},
				tc.new + "/products/a": {GroupPermanent, false}, tc.new + "/products/b?utm_source=x": {GroupWeaker, false}, tc.new + "/products/c": {GroupNone, false},
				tc.new + "/products/candidate": {GroupNew, false}, tc.new + "/pages/about": {GroupNew, false},
				"https://elsewhere.example/products/a": {"", false}, "::": {"", false},
			} {
				group, onOld := s.group(raw)
				if group != want.group || onOld != want.onOld {
					t.Errorf("%s is %q, on an old address: %t; want %q, %t", raw, group, onOld, want.group, want.onOld)
				}
			}
			if tc.old != tc.new {
				if group, onOld := s.group(tc.old + "/?pid=999"); group != GroupNone || !onOld {
					t.Errorf("an old address that the plan does not know is %q", group)
				}
			}
		})
	}
}

// TestOutcomeCompare: which base is taken, and what is concluded from it.
func TestOutcomeCompare(t *testing.T) {
	cutover := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	s := &sorter{counts: map[string]int{GroupPermanent: 10, GroupNone: 2}}
	figures := func(clicks float64) map[string]OutcomeFigures {
		return map[string]OutcomeFigures{GroupPermanent: {clicks, 10 * clicks}}
	}
	const year, sameDays = "2026-01-01/2026-12-31", "2026-03-02/2026-03-29"
	for _, tc := range []struct {
		name, period string
		bases        map[string]float64 // clicks by period
		clicks       float64
		want         Outcome // period, days, day, problem, base, verdict
	}{
		{"against a long time before", "2027-03-01/2027-03-30", map[string]float64{year: 36500, "2027-01-01/2027-02-28": 1}, 3000,
			Outcome{Days: 30, Day: 29, Base: OutcomeBase{year, 365, false}}},
		{"the same days of the year before", "2027-03-01/2027-03-28", map[string]float64{year: 36500, sameDays: 2800}, 2600,
			Outcome{Days: 28, Day: 27, Base: OutcomeBase{sameDays, 28, true}, Verdict: VerdictGood}},
		{"a closer look", "2027-03-01/2027-03-28", map[string]float64{sameDays: 2800}, 1900,
			Outcome{Days: 28, Day: 27, Base: OutcomeBase{sameDays, 28, true}, Verdict: VerdictLook}},
		{"action", "2027-03-01/2027-03-28", map[string]float64{sameDays: 2800}, 600,
			Outcome{Days: 28, Day: 27, Base: OutcomeBase{sameDays, 28, true}, Verdict: VerdictAct}},
		{"nothing at all", "2027-03-01/2027-03-28", map[string]float64{sameDays: 2800}, 0,
			Outcome{Days: 28, Day: 27, Base: OutcomeBase{sameDays, 28, true}, Verdict: VerdictAct}},
		{"too few to tell", "2027-03-01/2027-03-28", map[string]float64{sameDays: 20}, 16,
			Outcome{Days: 28, Day: 27, Base: OutcomeBase{sameDays, 28, true}, Verdict: VerdictUnclear}},
		{"day 90 is stricter", "2027-05-03/2027-05-30", map[string]float64{"2026-05-04/2026-05-31": 2800}, 2350,
			Outcome{Days: 28, Day: 90, Base: OutcomeBase{"2026-05-04/2026-05-31", 28, true}, Verdict: VerdictLook}},
		{"before day 14", "2027-03-01/2027-03-07", map[string]float64{"2026-03-02/2026-03-08": 700}, 700,
			Outcome{Days: 7, Day: 6, Base: OutcomeBase{"2026-03-02/2026-03-08", 7, true}}},
		{"begins too early", "2027-02-20/2027-03-20", map[string]float64{year: 1}, 1, Outcome{Days: 29, Day: 19, Problem: OutcomeTooEarly}},
		{"nothing before", "2027-03-01/2027-03-28", nil, 1, Outcome{Days: 28, Day: 27, Problem: OutcomeNoBaseline}},
	} {
		bases := map[string]map[string]OutcomeFigures{}
		for p, clicks := range tc.bases {
			bases[p] = figures(clicks)
		}
		got := s.compare(tc.period, sorted{groups: figures(tc.clicks)}, bases, cutover)
		groups, total := got.Groups, got.Total
		got.Period, got.Groups, got.Total = "", nil, OutcomeGroup{}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s:\n%s", tc.name, diff)
		}
		if tc.want.Problem != "" {
			continue
		}
		if len(groups) != 2 || groups[0].Group != GroupPermanent || groups[1].Group != GroupNone || total.Pages != 12 || total.After.Clicks != tc.clicks {
			t.Errorf("%s: groups %+v, total %+v", tc.name, groups, total)
		}
		ratio := tc.clicks / float64(got.Days) / (tc.bases[got.Base.Period] / float64(got.Base.Days))
		if math.Abs(total.Ratio-ratio) > 1e-9 || total.High <= total.Ratio || total.Ratio > 0 && total.Low >= total.Ratio {
			t.Errorf("%s: %g (%g to %g), want %g", tc.name, total.Ratio, total.Low, total.High, ratio)
		}
	}
}
