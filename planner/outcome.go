package planner

import (
	"cmp"
	"context"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/frontier"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
)

// outcomeSource is the kind of file whose figures before and after are compared: clicks
// and impressions of web search, by page.
const outcomeSource = "search-console"

// Groups of pages in an Outcome, in their order.
const (
	GroupPermanent = "permanent" // a 301 leads on
	GroupWeaker    = "weaker"    // something weaker does
	GroupKept      = "kept"      // the address stays
	GroupNone      = "none"      // nothing leads on: gone, left alone, undecided, not delivered
	GroupNew       = "new"       // pages of the new shop to which no old one leads
)

// totalGroup is the sum of all groups.
const totalGroup = "total"

// OutcomeGroups lists the groups in order.
func OutcomeGroups() []string {
	return []string{GroupPermanent, GroupWeaker, GroupKept, GroupNone, GroupNew}
}

// Problems for which a period is not compared.
const (
	OutcomeNoCutover  = "no-cutover"  // the day of the switch is not set
	OutcomeTooEarly   = "too-early"   // the period begins before it
	OutcomeNoBaseline = "no-baseline" // nothing is known of a period before it
)

// Verdicts on the clicks after the switch. They follow the starting values by which a
// plan is watched (see the measures of package report): at least 80 % of the clicks of
// the same days of the year before from day 14 on and 90 % from day 90 on are good, less
// than 50 and 70 % call for action. No norm has been published.
const (
	VerdictNone    = ""        // the base is not the same days of the year before, or it is before day 14
	VerdictGood    = "good"    //
	VerdictLook    = "look"    // look closer
	VerdictAct     = "act"     // check targets, noindex, robots.txt and canonicals first
	VerdictUnclear = "unclear" // so few clicks that chance alone spans more than one of the three
)

// Outcome is what web search brought in one period after the switch, against a period
// before it, by groups of pages.
type Outcome struct {
	Period    string         `json:"period"` // first/last day
	Days      int            `json:"days"`
	Day       int            `json:"day"`               // days from the switch to the last day; 0 unknown
	Problem   string         `json:"problem,omitempty"` // why nothing is compared; empty: it is
	Base      OutcomeBase    `json:"base"`
	Groups    []OutcomeGroup `json:"groups"`
	Total     OutcomeGroup   `json:"total"`
	Addresses int            `json:"addresses"` // that the files name
	// OnOld are clicks after the switch that search results still gave to old addresses;
	// they count to the groups of their pages.
	OnOld float64 `json:"on_old"`
	// Elsewhere are figures of hosts of neither shop, which are in no group.
	Elsewhere OutcomeFigures `json:"elsewhere"`
	Verdict   string         `json:"verdict,omitempty"`
}

// OutcomeBase is the period compared with.
type OutcomeBase struct {
	Period   string `json:"period"`
	Days     int    `json:"days"`
	SameDays bool   `json:"same_days"` // the same days of the year before, so that the season is the same
}

// OutcomeFigures are sums over a period.
type OutcomeFigures struct {
	Clicks      float64 `json:"clicks"`
	Impressions float64 `json:"impressions"`
}

// OutcomeGroup is one group before and after.
type OutcomeGroup struct {
	Group  string         `json:"group"`
	Pages  int            `json:"pages"` // of the old shop by plan; of GroupNew: addresses in the files
	Before OutcomeFigures `json:"before"`
	After  OutcomeFigures `json:"after"`
	// Ratio is clicks a day after against before; Low and High what chance alone makes of
	// it in 95 of 100 cases. All are 0 where there were no clicks before.
	Ratio float64 `json:"ratio"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// outcomes compares what was imported of the time after the switch with the time before.
func (b *builder) outcomes(ctx context.Context) error {
	periods := map[string][]inventory.Result{}
	err := b.project.Results(ctx, func(r inventory.Result) error {
		if r.Source == outcomeSource {
			periods[r.Period] = append(periods[r.Period], r)
		}
		return nil
	})
	if err != nil || len(periods) == 0 {
		return err
	}
	if b.plan.Clocks.Cutover.IsZero() {
		for period, results := range periods {
			b.plan.Outcomes = append(b.plan.Outcomes, Outcome{Period: period, Addresses: len(results), Problem: OutcomeNoCutover, Groups: []OutcomeGroup{}, Total: OutcomeGroup{Group: totalGroup}})
		}
		slices.SortFunc(b.plan.Outcomes, func(x, y Outcome) int { return strings.Compare(x.Period, y.Period) })
		return nil
	}
	worth, err := b.project.WorthByPeriod(ctx, outcomeSource)
	if err != nil {
		return err
	}
	cutover := b.plan.Clocks.Cutover
	cutover = time.Date(cutover.Year(), cutover.Month(), cutover.Day(), 0, 0, 0, 0, time.UTC) // days have no zone
	s := newSorter(b)
	// What is known of the time before, by group: from the files of then, and from files
	// of later that compare with the year before.
	bases := map[string]map[string]OutcomeFigures{}
	for period, pages := range worth {
		if _, last, ok := inventory.PeriodDays(period); ok && last.Before(cutover) {
			bases[period] = s.before(pages)
		}
	}
	for period, results := range periods {
		if _, last, ok := inventory.PeriodDays(period); ok && last.Before(cutover) {
			if bases[period] == nil {
				bases[period] = s.after(results).groups
			}
			delete(periods, period)
		}
	}
	for period, results := range periods {
		b.plan.Outcomes = append(b.plan.Outcomes, s.compare(period, s.after(results), bases, cutover))
	}
	slices.SortFunc(b.plan.Outcomes, func(x, y Outcome) int { return cmp.Or(x.Day-y.Day, strings.Compare(x.Period, y.Period)) })
	return nil
}

// sorter tells to which group an address belongs.
type sorter struct {
	old, fresh *frontier.Keys
	source     *platform.Platform
	pages      map[catalog.Key]string // group of each old page
	addresses  map[string]string      // the same by spelling, see bare
	targets    map[string]string      // group of the pages that lead to an address
	targetKeys map[catalog.Key]string
	counts     map[string]int
}

func newSorter(b *builder) *sorter {
	p := b.plan
	var hosts []string
	if h := hostOf(p.NewBase); h != "" {
		hosts = append(hosts, h)
	}
	for _, r := range p.Rows {
		if h := hostOf(r.NewURL); h != "" && !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	s := &sorter{old: frontier.New(b.source, p.Old.Hosts...), fresh: frontier.New(b.dest, append(hosts, p.New.Hosts...)...), source: b.source,
		pages: map[catalog.Key]string{}, addresses: map[string]string{}, targets: map[string]string{}, targetKeys: map[catalog.Key]string{}, counts: map[string]int{}}
	for _, r := range p.Rows {
		group := groupOf(r)
		s.pages[r.OldKey] = better(s.pages[r.OldKey], group)
		if r.Action != ActionRedirect && r.Action != ActionKeep || r.NewURL == "" {
			continue
		}
		if u, err := url.Parse(r.NewURL); err == nil {
			at := bare(u)
			s.targets[at] = better(s.targets[at], group)
			key := s.fresh.Identify(u).Key
			s.targetKeys[key] = better(s.targetKeys[key], group)
		}
	}
	for _, r := range p.Rows {
		if u, err := url.Parse(r.OldURL); err == nil {
			s.addresses[bare(u)] = s.pages[r.OldKey]
		}
	}
	for _, group := range s.pages {
		s.counts[group]++
	}
	return s
}

// groupOf is the group of one row of the map.
func groupOf(r inventory.PlanRow) string {
	switch {
	case r.Action == ActionKeep:
		return GroupKept
	case r.Action != ActionRedirect || r.Strength == StrengthNone || r.Strength == "":
		return GroupNone
	case r.Strength == StrengthPermanent:
		return GroupPermanent
	}
	return GroupWeaker
}

// better is the group that leads on more firmly; the rows of a page and the pages that
// share a target may differ.
func better(a, b string) string {
	if a == "" || slices.Index(OutcomeGroups(), b) < slices.Index(OutcomeGroups(), a) {
		return b
	}
	return a
}

// bare is an address without what makes no other page: scheme, letter case and default
// port of the host, fragment.
func bare(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if p := u.Port(); p == "80" || p == "443" {
		host = strings.TrimSuffix(host, ":"+p)
	}
	return host + pathQuery(u)
}

// group sorts an address; onOld says that it is one of the old shop. "" stands for
// hosts of neither shop.
func (s *sorter) group(raw string) (group string, onOld bool) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", false
	}
	u = s.source.WithoutNoise(u)
	at := bare(u)
	if g, ok := s.targets[at]; ok {
		return g, false
	}
	if g, ok := s.addresses[at]; ok {
		return g, true
	}
	isOld, isNew := s.old.SameShop(u), s.fresh.SameShop(u)
	var page string
	if isOld {
		id := s.old.Identify(u)
		if page = s.pages[id.Key]; page != "" && id.Known {
			return page, true
		}
	}
	if isNew {
		if g, ok := s.targetKeys[s.fresh.Identify(u).Key]; ok {
			return g, false
		}
	}
	switch {
	case page != "":
		return page, true
	case isNew:
		return GroupNew, false
	case isOld:
		return GroupNone, true
	}
	return "", false
}

// before sums the worth of old pages by group.
func (s *sorter) before(pages map[catalog.Key]inventory.Worth) map[string]OutcomeFigures {
	out := map[string]OutcomeFigures{}
	for key, w := range pages {
		group := cmp.Or(s.pages[key], GroupNone)
		out[group] = out[group].plus(w.Clicks, w.Impressions)
	}
	return out
}

func (f OutcomeFigures) plus(clicks, impressions float64) OutcomeFigures {
	return OutcomeFigures{f.Clicks + clicks, f.Impressions + impressions}
}

// sorted are results by group.
type sorted struct {
	groups    map[string]OutcomeFigures
	fresh     int // addresses in GroupNew
	addresses int
	onOld     float64
	elsewhere OutcomeFigures
}

func (s *sorter) after(results []inventory.Result) sorted {
	out := sorted{groups: map[string]OutcomeFigures{}, addresses: len(results)}
	for _, r := range results {
		group, onOld := s.group(r.URL)
		if group == "" {
			out.elsewhere = out.elsewhere.plus(r.Clicks, r.Impressions)
			continue
		}
		if group == GroupNew {
			out.fresh++
		}
		if onOld {
			out.onOld += r.Clicks
		}
		out.groups[group] = out.groups[group].plus(r.Clicks, r.Impressions)
	}
	return out
}

// compare holds a period against the best base: the same days of the year before, else
// the longest period, of equal ones the latest.
func (s *sorter) compare(period string, after sorted, bases map[string]map[string]OutcomeFigures, cutover time.Time) Outcome {
	o := Outcome{Period: period, Addresses: after.addresses, OnOld: after.onOld, Elsewhere: after.elsewhere, Groups: []OutcomeGroup{}, Total: OutcomeGroup{Group: totalGroup}}
	first, last, _ := inventory.PeriodDays(period) // no period that is not known is stored
	o.Days, o.Day = daysOf(first, last), int(last.Sub(cutover).Hours()/24)
	if first.Before(cutover) {
		o.Problem = OutcomeTooEarly
		return o
	}
	for _, name := range slices.Sorted(maps.Keys(bases)) {
		f, l, _ := inventory.PeriodDays(name)
		base := OutcomeBase{Period: name, Days: daysOf(f, l), SameDays: yearBefore(first, f) && yearBefore(last, l)}
		have := o.Base
		if have.Period == "" || base.SameDays && !have.SameDays || base.SameDays == have.SameDays && base.Days >= have.Days {
			o.Base = base
		}
	}
	if o.Base.Period == "" {
		o.Problem = OutcomeNoBaseline
		return o
	}
	for _, name := range OutcomeGroups() {
		g := OutcomeGroup{Group: name, Pages: s.counts[name], Before: bases[o.Base.Period][name], After: after.groups[name]}
		if name == GroupNew {
			g.Pages = after.fresh
		}
		if g.Pages == 0 && g.Before == g.After {
			continue
		}
		g.weigh(o.Base.Days, o.Days)
		o.Total.Pages += g.Pages
		o.Total.Before = o.Total.Before.plus(g.Before.Clicks, g.Before.Impressions)
		o.Total.After = o.Total.After.plus(g.After.Clicks, g.After.Impressions)
		o.Groups = append(o.Groups, g)
	}
	o.Total.weigh(o.Base.Days, o.Days)
	o.Verdict = o.verdict()
	return o
}

func daysOf(first, last time.Time) int { return int(last.Sub(first).Hours()/24) + 1 }

// yearBefore says that b is the day a year before a, by date or by weekday, give or take
// three days.
func yearBefore(a, b time.Time) bool {
	days := a.Sub(b).Hours() / 24
	return days >= 364-3 && days <= 366+3
}

// weigh fills in the ratio of clicks a day, and the range that chance alone gives it:
// clicks are taken for independent of each other, so that the logarithm of the ratio of
// two counts has the variance 1/a + 1/b; of none at all there were at most three
// (J. A. Hanley, A. Lippman-Hand, "If Nothing Goes Wrong, Is Everything All Right?",
// JAMA 249, 1983). Real clicks vary more.
func (g *OutcomeGroup) weigh(daysBefore, daysAfter int) {
	a, b := g.After.Clicks, g.Before.Clicks
	if b <= 0 || daysBefore == 0 || daysAfter == 0 {
		return
	}
	if a <= 0 {
		g.High = 3 / float64(daysAfter) / (b / float64(daysBefore))
		return
	}
	g.Ratio = a / float64(daysAfter) / (b / float64(daysBefore))
	spread := math.Exp(1.96 * math.Sqrt(1/a+1/b))
	g.Low, g.High = g.Ratio/spread, g.Ratio*spread
}

// Days after the switch from which the thresholds hold.
const (
	firstVerdict = 14
	lateVerdict  = 90
)

func (o Outcome) verdict() string {
	if !o.Base.SameDays || o.Day < firstVerdict || o.Total.Before.Clicks == 0 {
		return VerdictNone
	}
	good, act := 0.80, 0.50
	if o.Day >= lateVerdict {
		good, act = 0.90, 0.70
	}
	band := func(ratio float64) string {
		switch {
		case ratio >= good:
			return VerdictGood
		case ratio >= act:
			return VerdictLook
		}
		return VerdictAct
	}
	if v := band(o.Total.Low); v == band(o.Total.High) {
		return v
	}
	return VerdictUnclear
}
