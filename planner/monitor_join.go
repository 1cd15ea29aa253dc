package planner

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
	"replatform/crawler/sources"
	"replatform/redirects/engine"
)

// plannedPages is the plan as Monitor asks it.
type plannedPages struct {
	newBase  string
	engine   string // id; "" none
	rows     []inventory.PlanRow
	first    map[catalog.Key]int // number of a page's first row
	spelled  map[string]int      // number of a spelling's row, by sourceIdentity
	leads    map[string]int      // how many rows lead to a path and query
	model    engine.Matcher      // how the plan's engine answers; nil: no engine, or not asked yet
	modelled bool
}

func (m *Monitor) readPlan(ctx context.Context) error {
	meta, err := m.project.PlanMeta(ctx)
	if err != nil {
		return fmt.Errorf("reading the plan: %w", err)
	}
	p := &m.plan
	p.newBase, p.engine = meta["new_base"], meta["engine"]
	p.first, p.spelled, p.leads = map[catalog.Key]int{}, map[string]int{}, map[string]int{}
	err = m.project.Plan(ctx, func(r inventory.PlanRow) error {
		n := len(p.rows)
		p.rows = append(p.rows, r)
		if _, ok := p.first[r.OldKey]; !ok {
			p.first[r.OldKey] = n
		}
		if u, err := url.Parse(r.OldURL); err == nil {
			p.spelled[sourceIdentity(u)] = n
		}
		if u, err := url.Parse(r.NewURL); err == nil && r.Action == ActionRedirect {
			p.leads[pathQuery(u)]++
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the plan: %w", err)
	}
	if len(p.rows) == 0 {
		return ErrNoPlan
	}
	return nil
}

// row is the first row of a page.
func (p *plannedPages) row(key catalog.Key) (inventory.PlanRow, bool) {
	if n, ok := p.first[key]; ok {
		return p.rows[n], true
	}
	return inventory.PlanRow{}, false
}

// fires says whether the plan's engine would answer a request, by its model and the rows
// that the plan gives it; known is false where there is no engine.
func (p *plannedPages) fires(ctx context.Context, u *url.URL) (fired, known bool, err error) {
	if !p.modelled {
		p.modelled = true
		if err := p.makeModel(ctx); err != nil {
			return false, false, err
		}
	}
	if p.model == nil {
		return false, false, nil
	}
	return p.model.Answer(engine.Request{Method: http.MethodGet, Host: u.Host, Target: pathQuery(u)}).Fired, true, nil
}

func (p *plannedPages) makeModel(ctx context.Context) error {
	e, ok := engine.Get(p.engine, engine.Options{})
	if !ok {
		return nil
	}
	var carried []inventory.PlanRow
	for _, r := range p.rows {
		if r.Carrier == p.engine {
			carried = append(carried, r)
		}
	}
	sel, err := engine.Select(ctx, e, Rules(carried))
	if err != nil {
		return fmt.Errorf("selecting rows for %s: %w", p.engine, err)
	}
	if p.model, err = e.Model(sel.Map()); err != nil {
		return fmt.Errorf("modelling %s: %w", p.engine, err)
	}
	return nil
}

// visit is one address of a log as the old shop would have understood it.
type visit struct {
	asked *url.URL // on the old shop's host
	plain *url.URL // the same without parameters that tell nothing
	id    platform.Identity
	key   catalog.Key // of the page that stands for it
}

// locate reads an address of a log; ok is false when it is on another host than the
// shops'. What is asked on the new shop's host is taken for the same path of the old one:
// visitors of a renamed domain arrive so.
func (m *Monitor) locate(u *url.URL) (v visit, ok bool) {
	asked := *u
	switch {
	case m.keys.SameShop(u):
	case m.fresh.SameShop(u):
		asked.Scheme, asked.Host = m.base.Scheme, m.base.Host
	default:
		return v, false
	}
	asked.User, asked.Fragment, asked.RawFragment = nil, "", ""
	v.asked, v.plain = &asked, m.keys.Platform().WithoutNoise(&asked)
	v.id = m.keys.Identify(v.plain)
	v.key = m.standsFor(v.id.Key)
	if v.id.PageNo > 1 && v.id.FirstPage != "" && !m.knows(v.key) {
		v.key = m.standsFor(v.id.FirstPage) // the plan counts pages of a listing as its first one
	}
	return v, true
}

func (m *Monitor) standsFor(key catalog.Key) catalog.Key {
	if other, ok := m.aliases[key]; ok && other != "" {
		return other
	}
	return key
}

func (m *Monitor) knows(key catalog.Key) bool {
	_, planned := m.plan.first[key]
	_, stored := m.stand[key]
	return planned || stored
}

// redirected says of an address that was answered 200 whether the map redirects it to
// another one.
func (m *Monitor) redirected(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	v, ok := m.locate(u)
	if !ok {
		return false
	}
	row, ok := m.plan.row(v.key)
	if !ok || row.Action != ActionRedirect {
		return false
	}
	if _, live := m.pages[pathQuery(v.plain)]; live {
		return false
	}
	to, err := url.Parse(row.NewURL)
	return err == nil && pathQuery(to) != pathQuery(v.plain) && (to.RawQuery != "" || to.EscapedPath() != v.plain.EscapedPath())
}

// take adds one address of a log to the row that it belongs to.
func (m *Monitor) take(ctx context.Context, miss sources.Miss) error {
	u, err := url.Parse(miss.URL)
	if err != nil {
		return nil // the reader gives none such
	}
	hits := miss.Vain()
	v, ok := m.locate(u)
	if !ok {
		if _, known := m.report.Foreign[u.Host]; known || len(m.report.Foreign) < maxForeignHosts {
			m.report.Foreign[u.Host] = m.report.Foreign[u.Host].Plus(hits)
		}
		return nil
	}
	row, err := m.classify(ctx, v, miss)
	if err != nil {
		return err
	}
	if row.Class == "" { // noise, by the rule in Reason
		c := m.report.Noise[row.Reason]
		c.Addresses++
		c.Hits = c.Plus(hits)
		m.report.Noise[row.Reason] = c
		return nil
	}
	at := missedRow{row.Class, row.Reason, string(row.Key)}
	if row.Key == "" {
		at.id = sourceIdentity(v.plain)
	}
	c := m.report.Classes[row.Class]
	have := m.rows[at]
	if have == nil {
		row.spelling = map[string]sources.Hits{}
		have = &row
		m.rows[at] = have
		c.Pages++
	}
	c.Addresses++
	c.Hits = c.Plus(hits)
	m.report.Classes[row.Class] = c
	have.Absent, have.Shown, have.Broken = have.Absent.Plus(miss.Absent), have.Shown.Plus(miss.Shown), have.Broken.Plus(miss.Broken)
	have.spelling[miss.URL] = hits
	have.asked = append(have.asked, v.plain.String())
	return nil
}

// classify says what a missed address is. A row without a class is noise.
func (m *Monitor) classify(ctx context.Context, v visit, miss sources.Miss) (Missed, error) {
	planned, inPlan := m.plan.row(v.key)
	out := Missed{Key: v.key, Type: v.id.Type, OldURL: v.id.URL}
	if inPlan {
		out.Type, out.Title, out.Action, out.NewURL, out.OldURL = planned.Type, planned.OldTitle, planned.Action, planned.NewURL, planned.OldURL
	}
	_, stored := m.stand[v.key]
	rule := m.old.noise(v.asked)
	path := pathQuery(v.plain)
	page, fresh := m.pages[path]
	if !fresh && !v.id.Known && rule == "" && v.plain.Path != "/" { // a page of the new shop with something behind it
		path = v.plain.EscapedPath()
		page, fresh = m.pages[path]
	}
	switch {
	case !miss.Absent.Any() && !miss.Shown.Any():
		out.Class = MissBroken
		if !inPlan && !stored {
			out.Key, out.OldURL = "", ""
		}
	case inPlan && planned.Action == ActionRedirect:
		var err error
		out.Class = MissNotInForce
		out.Reason, err = m.whyNotInForce(ctx, v, planned)
		return out, err
	case inPlan && planned.Action == ActionKeep:
		out.Class, out.Reason = MissNotInForce, ReasonKept
	case inPlan && (planned.Action == ActionGone || planned.Action == ActionIgnore && (planned.DecidedBy != "" || leftAlone(planned.Type))):
		out.Class = MissPlanned
	case inPlan:
		out.Class = MissUnmapped
	case stored && (v.id.Rule != "" || leftAlone(v.id.Type)):
		out.Class = MissPlanned
	case stored:
		out.Class = MissUnmapped
	case fresh:
		out = Missed{Class: MissTarget, Key: page.key, Type: page.typ, Title: page.title, LeadsHere: m.plan.leads[path]}
	case rule != "":
		out.Reason = rule
	case v.id.Rule != "" && !v.id.Known:
		out.Reason = NoiseEndless
	case v.id.Known && (v.id.Rule != "" || leftAlone(v.id.Type)):
		out.Class, out.Action = MissPlanned, ActionIgnore
	case v.id.Known:
		out.Class = MissUnknownOld
	default:
		out.Class, out.Key, out.Type, out.OldURL = MissUnknown, "", "", ""
	}
	return out, nil
}

// leftAlone says whether pages of a type are never redirected, see treat.
func leftAlone(t catalog.PageType) bool {
	switch t {
	case catalog.Search, catalog.Cart, catalog.Account, catalog.Feed, catalog.Image:
		return true
	}
	return false
}

// whyNotInForce says why a page that the map redirects was not redirected.
func (m *Monitor) whyNotInForce(ctx context.Context, v visit, planned inventory.PlanRow) (string, error) {
	row, exact := planned, false
	for _, u := range []*url.URL{v.asked, v.plain} {
		if n, ok := m.plan.spelled[sourceIdentity(u)]; ok {
			row, exact = m.plan.rows[n], true
			break
		}
	}
	if row.Carrier != "" && row.Carrier != m.plan.engine {
		return ReasonOtherCarrier, nil
	}
	fired, known, err := m.plan.fires(ctx, v.asked)
	if err != nil || fired {
		return ReasonNotInstalled, err
	}
	if known && pathQuery(v.plain) != pathQuery(v.asked) {
		if fired, _, err = m.plan.fires(ctx, v.plain); err != nil || fired {
			return ReasonParameters, err
		}
	}
	if known && !exact {
		return ReasonSpelling, nil
	}
	return ReasonNoCarrier, nil
}
