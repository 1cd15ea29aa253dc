package planner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

// ErrUnknownFact is returned for an answer to a question that does not exist, or
// with a value that it cannot have.
var ErrUnknownFact = errors.New("no such fact")

// CheckFact says whether key is a fact of a case and value one of its answers.
func CheckFact(key, value string) error {
	facts, err := CaseFacts()
	if err != nil {
		return err
	}
	for _, f := range facts {
		if f.Key != key {
			continue
		}
		if f.Settled {
			return fmt.Errorf("%w: %s is told from the project, the platforms or an option of its own", ErrUnknownFact, key)
		}
		if value == string(Unknown) || slices.Contains(f.Values, value) {
			return nil
		}
		return fmt.Errorf("%w: %s is one of %s, unknown; not %q", ErrUnknownFact, key, strings.Join(f.Values, ", "), value)
	}
	return fmt.Errorf("%w: %q", ErrUnknownFact, key)
}

// facts gathers the case from the options, the platforms and the project.
func (b *builder) facts(ctx context.Context) error {
	p, s := b.plan, b.plan.Situation
	c := FactSet{
		"src": known(b.source.ID), "dst": known(b.dest.ID), "size": strconv.Itoa(p.Pages.Total),
		"src.redirect": s.Source.Redirect.Value, "src.head": s.Source.Head.Value, "src.js": s.Source.Script.Value,
		"src.body": s.Source.Body.Value, "src.links": s.Source.Links.Value, "src.after": s.Source.After.Value, "src.pause": s.Source.Pause.Value,
		"src.key": s.Source.Key.Value, "dst.redirect": s.Destination.Redirect.Value,
		"own": string(s.OwnDomain), "own.movable": string(s.Movable), "breach": string(No),
		"src.mall": string(answer(s.Source.Mall)), "gone": strconv.Itoa(p.Pages.ByAction[ActionGone]), "review": strconv.Itoa(p.Pages.ByAction[ActionAsk]),
		"unreached": strconv.Itoa(p.Old.Counts.ByState[inventory.Failed] + p.Old.Counts.ByState[inventory.Skipped] + p.Old.Counts.Due),
	}
	if b.opts.Haste || !b.opts.Clocks.Breach.IsZero() {
		c["breach"] = string(Yes)
	}
	if s.OwnDomain == Yes {
		c["subdomain.live"] = string(answer(slices.ContainsFunc(p.Old.Hosts, func(h string) bool { return ownDomain(b.source, []string{h}) == No })))
	} else {
		c["subdomain.live"] = string(No)
	}
	if err := b.factsOfInventory(ctx, c); err != nil {
		return err
	}
	for key, value := range b.opts.Facts {
		if err := CheckFact(key, value); err != nil {
			return err
		}
		c[key] = value
	}
	if c["cards"] == string(Yes) && c["cardpay"] == "" { // cards are saved to be paid with
		c["cardpay"] = string(Yes)
	}
	p.Clocks = b.opts.Clocks
	p.Facts = underWay(c, p.Decision.Way)
	var fallback FactSet
	if w := p.Decision.Fallback; w != "" {
		fallback = underWay(c, w)
		// What differs between the branches is open until it is found out.
		if p.Facts["host"] != fallback["host"] && b.opts.Facts["host"] == "" {
			p.HostOpen = true
		}
	}
	catalogue, err := TaskCatalogue()
	if err != nil {
		return err
	}
	evidence, err := Evidences()
	if err != nil {
		return err
	}
	if p.Tasks, err = fitTasks(catalogue, evidence, p.Facts, fallback, p.Clocks, p.Generated); err != nil {
		return err
	}
	p.FallbackFacts = fallback
	return b.openFacts()
}

// factsOfInventory answers what the crawl and the imported files can tell. What they
// do not show stays unknown: a crawl that met no article does not prove that there
// is none.
func (b *builder) factsOfInventory(ctx context.Context, c FactSet) error {
	counts := b.plan.Old.Counts.ByType
	for key, t := range map[string]catalog.PageType{"img.old": catalog.Image, "blog": catalog.Article, "members": catalog.Account} {
		if counts[t] > 0 {
			c[key] = string(Yes)
		}
	}
	langs := map[string]bool{}
	b.plan.ByStatus = map[catalog.PageType]map[string]int{}
	err := b.project.Pages(ctx, inventory.Filter{Side: catalog.Old}, func(p inventory.Page, _ *catalog.Product) error {
		of := b.plan.ByStatus[p.Type]
		if of == nil {
			of = map[string]int{}
			b.plan.ByStatus[p.Type] = of
		}
		of[statusGroup(p.Status)]++
		if l, _, _ := strings.Cut(strings.ToLower(p.Lang), "-"); l != "" {
			langs[l] = true
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading languages: %w", err)
	}
	switch len(langs) {
	case 0:
	case 1:
		c["lang"] = "1"
	default:
		c["lang"] = "more"
	}
	if langs["ja"] {
		c["jp"] = string(Yes)
	}
	sources := map[string]*WorthSource{}
	err = b.project.CountedWorth(ctx, func(w inventory.Worth) error {
		s := sources[w.Source]
		if s == nil {
			s = &WorthSource{Source: w.Source}
			sources[w.Source] = s
		}
		s.Rows++
		s.Clicks += w.Clicks
		s.Revenue += w.Revenue
		if !slices.Contains(s.Periods, w.Period) && w.Period != "" {
			s.Periods = append(s.Periods, w.Period)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading worth: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		b.plan.WorthSources = append(b.plan.WorthSources, *sources[name])
		for word, key := range map[string]string{"search-console": "gsc", "ga4": "ga4", "log": "logs", "backlink": "linkdb", "merchant": "feed"} {
			if strings.Contains(name, word) {
				c[key] = string(Yes)
			}
		}
	}
	return nil
}

func statusGroup(status int) string {
	if status < 200 || status > 599 {
		return "none"
	}
	return strconv.Itoa(status/100) + "xx"
}

// WorthSource is what one kind of file said of the worth of old addresses.
type WorthSource struct {
	Source  string   `json:"source"`
	Rows    int      `json:"rows"`
	Periods []string `json:"periods"` // as the files state them; empty: unknown
	Clicks  float64  `json:"clicks"`
	Revenue float64  `json:"revenue"`
}

// underWay is the case as it is if way w is taken.
func underWay(c FactSet, w Way) FactSet {
	out := maps.Clone(c)
	out["ways"] = string(w)
	set := func(key, value string) {
		if out[key] == "" || out[key] == string(Unknown) {
			out[key] = value
		}
	}
	switch w {
	case WayA, WayB, WayC:
		set("host", "kept")
	default:
		set("host", "changes")
	}
	if w == WayA {
		set("urls", "same")
	} else {
		set("urls", "change")
	}
	return out
}

func known(id string) string {
	if id == "generic" || id == "" {
		return string(Unknown)
	}
	return id
}

// OpenFact is a fact that is not known and on which tasks of the plan hang.
type OpenFact struct {
	Key   string   `json:"key"`
	Ask   Text     `json:"ask"`
	Whom  string   `json:"whom"`  // role
	Tasks []string `json:"tasks"` // that hang on it

	Values  []string `json:"-"` // that it can have, beside unknown
	Settled bool     `json:"-"` // it comes from the platforms, the project or an option of its own
}

// openFacts lists the unknown facts on which tasks hang, in the order of the facts.
func (b *builder) openFacts() error {
	facts, err := CaseFacts()
	if err != nil {
		return err
	}
	for _, f := range facts {
		o := OpenFact{Key: f.Key, Ask: f.Ask.Text(), Whom: f.Whom, Values: f.Values, Settled: f.Settled}
		for _, t := range b.plan.Tasks {
			if slices.Contains(t.Missing, f.Key) {
				o.Tasks = append(o.Tasks, t.ID)
			}
		}
		if len(o.Tasks) > 0 {
			b.plan.OpenFacts = append(b.plan.OpenFacts, o)
		}
	}
	return nil
}
