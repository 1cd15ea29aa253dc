package planner

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner/workaround"
	"replatform/redirects"
	"replatform/redirects/engine"
)

// defaultEdge is the engine that stands in front of a new shop when the user has
// not named one: it takes query strings, needs no server of one's own, and its free
// plan is enough for most shops.
const defaultEdge = "cloudflare-worker"

// carry finds for every row the strongest carrier that delivers it.
func (b *builder) carry(ctx context.Context) error {
	if err := b.chooseEngine(); err != nil {
		return err
	}
	if b.plan.Engine != "" {
		if err := b.carryByEngine(ctx); err != nil {
			return err
		}
	}
	if err := b.carryByWorkaround(ctx); err != nil {
		return err
	}
	return b.carryByFallback(ctx)
}

func (b *builder) chooseEngine() error {
	id := b.opts.Engine
	if id == "" {
		switch b.plan.Decision.Way {
		case WayB:
			id = b.plan.Situation.Destination.Engine
		case WayC, WayB2:
			id = defaultEdge
		case WayD:
			id = b.source.Leaving.Engine.Value
		}
	}
	if id == "" {
		return nil
	}
	e, ok := engine.Get(id, b.engineOptions())
	if !ok {
		return fmt.Errorf("%w %q", ErrUnknownEngine, id)
	}
	if !e.Capabilities().Answers() {
		return fmt.Errorf("%q: %w", id, ErrNoCarrier)
	}
	b.plan.Engine, b.plan.engine = id, e
	return nil
}

// engineOptions tells the engines the names of the old shop and which addresses the new
// shop answers itself, where it answers the same names as they do.
func (b *builder) engineOptions() engine.Options { return b.engineOptionsUnder(b.plan.Decision.Way) }

func (b *builder) engineOptionsUnder(w Way) engine.Options {
	if b.apartUnder(w) {
		return engine.Options{Hosts: b.ownHosts()}
	}
	live := map[string]bool{}
	for _, p := range b.newPages {
		if u, err := url.Parse(p.url); err == nil {
			live[pathQuery(u)] = true
		}
	}
	return engine.Options{Hosts: b.ownHosts(), Live: func(path string) bool { return live[path] }}
}

// ownHosts are the names of the old shop that an engine of the owner can answer for.
func (b *builder) ownHosts() []string {
	return slices.DeleteFunc(slices.Clone(b.plan.Old.Hosts), func(h string) bool { return b.onPlatformHost("https://" + h + "/") })
}

// engineMap is the redirect map of the plan as one engine would have it.
type engineMap struct {
	rules redirects.Slice // of all rows, those that are refused too
	audit *redirects.AuditResult
	flat  map[int]string // by line: where a chain ends that begins with the row
	sel   *engine.Selection
	model engine.Matcher
}

// engineMapOf audits the rows, lets the engine sort out what it would not honour, and
// makes its model of what is left.
func (b *builder) engineMapOf(ctx context.Context, id string, e engine.Engine, opts engine.Options) (*engineMap, error) {
	m := &engineMap{rules: Rules(b.plan.Rows)}
	var err error
	if m.audit, err = redirects.Audit(ctx, m.rules, redirects.AuditOptions{Hosts: RowHosts(b.plan.Rows, b.plan.Old.Hosts), Live: opts.Live}); err != nil {
		return nil, fmt.Errorf("auditing the redirect map: %w", err)
	}
	m.flat = map[int]string{}
	for r, err := range m.audit.Accepted.Rules() {
		if err != nil {
			return nil, fmt.Errorf("reading the redirect map: %w", err)
		}
		if target := b.plan.Rows[r.Line-2].NewURL; !r.Gone() && !sameTarget(r.Target, target) {
			m.flat[r.Line] = r.Target
		}
	}
	accepted := m.audit.Accepted
	if e.Capabilities().NamesHost {
		accepted = WithHosts(accepted, b.plan.Rows)
	}
	if m.sel, err = engine.Select(ctx, e, accepted); err != nil {
		return nil, fmt.Errorf("selecting rows for %s: %w", id, err)
	}
	if m.model, err = e.Model(m.sel.Map()); err != nil {
		return nil, fmt.Errorf("modelling %s: %w", id, err)
	}
	return m, nil
}

// delivers says whether the engine's model answers the rule as its row says.
func (m *engineMap) delivers(r redirects.Rule, row *inventory.PlanRow) bool {
	a := m.model.Answer(engine.Request{Method: http.MethodGet, Host: hostOf(row.OldURL), Target: r.Source.RequestTarget()})
	want := row.NewURL
	if end, ok := m.flat[r.Line]; ok {
		want = end
	}
	return a.Fired && a.Status == row.Status && (row.Action != ActionRedirect || sameTarget(a.Location, want))
}

// carryByEngine asks the model of the plan's engine for every row that the engine does
// not refuse.
func (b *builder) carryByEngine(ctx context.Context) error {
	m, err := b.engineMapOf(ctx, b.plan.Engine, b.plan.engine, b.engineOptions())
	if err != nil {
		return err
	}
	b.plan.selection = m.sel
	refused := map[int]bool{}
	for _, f := range RefusedRows(m.audit, m.sel) {
		refused[f.Line] = true
		if !b.arrivesAsItIs(f) {
			b.refuse(f)
		}
	}
	for _, r := range m.rules {
		row := &b.plan.Rows[r.Line-2]
		if refused[r.Line] || b.onPlatformHost(row.OldURL) {
			continue
		}
		if !m.delivers(r, row) {
			b.refuse(Refused{Line: r.Line, Code: "model-differs", Reason: text("このエンジンの動作の模型では、この行は期待どおりに答えません", "the model of this engine does not answer this row as the plan says")})
			continue
		}
		row.Carrier, row.Strength, row.Proof = b.plan.Engine, StrengthPermanent, "modelled"
		if end, ok := m.flat[r.Line]; ok {
			row.Note = "the pair's page is at an address of the old shop that is sent on itself: this row goes straight to the end"
			row.NoteJA = "対応するページの住所は、それ自体がほかへ転送される旧URLです。この行は最後の転送先へ直接送ります"
			row.NewURL, row.NewTitle = end, b.titleAt(end)
		}
	}
	return nil
}

// titleAt is the title of the page of the new shop at an address; empty when there is none.
func (b *builder) titleAt(address string) string {
	for _, p := range b.newPages {
		if sameTarget(address, p.url) {
			return p.title
		}
	}
	return ""
}

// arrivesAsItIs says whether a row needs no redirect under way B2, and then notes what
// delivers it: the old platform's own redirect to the owner's domain keeps path and
// query, and the new shop has the target at just this place.
func (b *builder) arrivesAsItIs(f Refused) bool {
	row := &b.plan.Rows[f.Line-2]
	old, err1 := url.Parse(row.OldURL)
	fresh, err2 := url.Parse(row.NewURL)
	if b.plan.Decision.Way != WayB2 || f.Code != redirects.CodeShadowed && f.Code != redirects.CodeSelf || err1 != nil || err2 != nil || pathQuery(old) != pathQuery(fresh) {
		return false
	}
	row.Carrier, row.Strength = b.plan.Engine, StrengthPermanent
	row.Note, row.NoteJA = "the first step alone, from the subdomain to the own domain, arrives at this page of the new shop", "一段目の転送（サブドメインから独自ドメインへ）だけで、新しいお店のこのページに着きます"
	return true
}

// apart says that the old names will be answered by something that does not stand in
// front of the new shop: the old platform, or an edge that holds the old names while
// the new shop has another.
func (b *builder) apart() bool { return b.apartUnder(b.plan.Decision.Way) }

func (b *builder) apartUnder(w Way) bool {
	s := b.plan.Situation
	switch w {
	case WayD:
		return true
	case WayC:
		return s.EdgeAllowed == No || s.Destination.OwnDomain.Value == string(No)
	}
	return false
}

// sameTarget compares a Location with a planned address; an engine may write the
// same address with another encoding of the same bytes.
func sameTarget(got, want string) bool {
	if got == want {
		return true
	}
	w, err := redirects.ParseTarget(want)
	return err == nil && got == w
}

func (b *builder) refuse(f Refused) {
	row := &b.plan.Rows[f.Line-2]
	row.Note, row.NoteJA = f.Reason.EN, f.Reason.JA
	f.OldURL, f.NewURL, f.Status = row.OldURL, row.NewURL, row.Status
	b.plan.Refused = append(b.plan.Refused, f)
}

// onPlatformHost says whether an address stands on the old platform's own domain,
// which no engine of the owner can answer.
func (b *builder) onPlatformHost(raw string) bool {
	return b.plan.Situation.OwnDomain == Yes && ownDomain(b.source, []string{hostOf(raw)}) == No
}

func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Host
}

// carryByWorkaround makes what can be used where no engine delivers a row: what is
// put into the old shop's pages, for the ways and the fallback that live there, and
// what the new shop carries in its own pages, where it takes over the old host and
// its redirects cannot tell the old addresses apart.
func (b *builder) carryByWorkaround(ctx context.Context) error {
	d := b.plan.Decision
	b.plan.workarounds = memorySink{}
	if err := b.standInFront(); err != nil {
		return err
	}
	best := covered{}
	oldSide := onOldSideOrOutside(d.Way)
	reaches := func(string, string) bool { return true }
	if oldSide || onOldSideOrOutside(d.Fallback) {
		in, rows, err := b.workaroundInput(ctx, b.oldTargets())
		if err != nil {
			return err
		}
		in.OutsideOnly = !b.oldSideOpen()
		if err := b.generate(ctx, in, rows, best); err != nil {
			return err
		}
		if oldSide {
			reaches = workaround.SamePage(in)
		}
	}
	if b.needsNewSide() {
		in, rows, err := b.workaroundInput(ctx, targets{home: b.newHome})
		if err != nil {
			return err
		}
		in.SourceClosed, in.Destination = true, arrivingCapabilities(b.dest)
		in.EdgeInFront = slices.ContainsFunc(b.plan.Artefacts, func(a Artefact) bool { return a.Strength == string(workaround.Permanent) })
		if err := b.generate(ctx, in, rows, best); err != nil {
			return err
		}
		if !oldSide {
			reaches = workaround.SamePage(in)
		}
	}
	b.fallback = map[catalog.Key]CoverageLine{}
	side := workaround.NewSide
	if oldSide {
		side = workaround.OldSide
	}
	first := map[catalog.Key]string{} // the spelling for which the workarounds were made
	for i := range b.plan.Rows {
		r := &b.plan.Rows[i]
		if r.Action != ActionRedirect && r.Action != ActionKeep {
			continue
		}
		if line, ok := best.line(workaround.OldSide, r.OldKey, strengthOf(d.Fallback)); ok {
			b.fallback[r.OldKey] = line
		}
		if r.Action == ActionKeep {
			continue
		}
		if first[r.OldKey] == "" {
			first[r.OldKey] = r.OldURL
		}
		limit := StrengthPermanent
		if oldSide {
			limit = strengthOf(d.Way)
		}
		line, ok := best.line(side, r.OldKey, limit)
		switch {
		case !ok || !stronger(line.Strength, r.Strength):
		case !reaches(first[r.OldKey], r.OldURL):
			if r.Note != "" {
				continue // the engine's reason
			}
			r.Note, r.NoteJA = "whether this spelling of the address still shows the page, and with it the pointer, is not known", "この書き方の旧URLで今もページ（と案内）が表示されるかは分かっていません"
		default:
			r.Carrier, r.Strength, r.Proof = line.Carrier, line.Strength, "modelled"
		}
	}
	return nil
}

// covered are the carriers of each page by the side on which they stand, one for each
// strength.
type covered map[workaround.Side]map[catalog.Key][]CoverageLine

func (c covered) add(side workaround.Side, key catalog.Key, line CoverageLine) {
	if c[side] == nil {
		c[side] = map[catalog.Key][]CoverageLine{}
	}
	if !slices.ContainsFunc(c[side][key], func(l CoverageLine) bool { return l.Strength == line.Strength }) {
		c[side][key] = append(c[side][key], line)
	}
}

// line is the strongest carrier of a page that is not stronger than limit.
func (c covered) line(side workaround.Side, key catalog.Key, limit string) (best CoverageLine, ok bool) {
	for _, l := range c[side][key] {
		if !stronger(l.Strength, limit) && (!ok || stronger(l.Strength, best.Strength)) {
			best, ok = l, true
		}
	}
	return best, ok
}

// strengthOf is the strongest carrier that a way in the old pages can have; what is
// stronger hangs on a question that is still open.
func strengthOf(w Way) string {
	switch w {
	case WayE:
		return StrengthRefresh
	case WayF:
		return StrengthCanonical
	case WayG:
		return StrengthScript
	case WayH:
		return StrengthLink
	}
	return StrengthNone
}

// onOldSideOrOutside says that a way leaves the old host to the old platform.
func onOldSideOrOutside(w Way) bool {
	return slices.Contains([]Way{WayE, WayF, WayG, WayH, WayI}, w)
}

// oldSideOpen says that a way which puts something into the old pages is open, or may
// turn out to be.
func (b *builder) oldSideOpen() bool {
	return slices.ContainsFunc(b.plan.Decision.Ladder, func(r Rung) bool {
		return r.Way != WayI && onOldSideOrOutside(r.Way) && r.Reachable != No
	})
}

// needsNewSide says that old addresses which lead somewhere will arrive at the new shop
// in a form that its own redirects do not see, or that the chosen engine refuses some
// of them. For a page that is gone the new shop answers as it is.
func (b *builder) needsNewSide() bool {
	s := b.plan.Situation
	hostKept := s.OwnDomain != No && s.Movable != No && s.Destination.OwnDomain.Value != string(No) &&
		slices.Contains([]Way{WayB, WayC}, b.plan.Decision.Way)
	return hostKept && !b.apart() && (slices.ContainsFunc(b.plan.Refused, b.leadsSomewhere) || s.QueryRows > 0 && s.Destination.Redirect.Value != "path+query")
}

// leadsSomewhere says that a refused row has a page of the new shop to lead to.
func (b *builder) leadsSomewhere(f Refused) bool {
	return b.plan.Rows[f.Line-2].Action == ActionRedirect
}

// targets are the addresses of the new shop that workarounds point to.
type targets struct {
	home string
	// old says that the pointers stand in the old pages: then the home page needs one too.
	old bool
	// asRead gives the address at which a page of the new shop was read for the one that
	// it will have; nil: the pages are pointed to where they will be.
	asRead map[string]string
}

func (t targets) of(address string) string {
	if now, ok := t.asRead[address]; ok {
		return now
	}
	return address
}

// oldTargets are the targets for pointers in the old pages. As long as the old shop
// answers its names, the new one cannot have them: it is where it was read.
func (b *builder) oldTargets() targets {
	base := strings.TrimPrefix(hostOf(b.opts.NewBase), "www.")
	if base == "" || !slices.ContainsFunc(b.plan.Old.Hosts, func(h string) bool { return strings.TrimPrefix(h, "www.") == base }) {
		return targets{home: b.newHome, old: true}
	}
	t := targets{home: b.newHomeAsRead, old: true, asRead: map[string]string{b.newHome: b.newHomeAsRead}}
	for _, p := range b.newPages {
		t.asRead[p.url] = p.asRead
	}
	return t
}

// workaroundInput are the pages of the plan in the words of the workarounds, those of
// most worth first, since template space is short. rows gives for each of them the
// index in the plan's rows.
func (b *builder) workaroundInput(ctx context.Context, to targets) (in workaround.Input, rows []int, err error) {
	in = workaround.Input{
		Source: capabilities(b.source), NewHome: to.home, NewSearch: b.newSearch(to.home), NewCart: b.opts.NewCart,
		Origins: b.opts.Origins, MapBase: b.opts.MapBase, NoForward: b.opts.NoForward,
		ProductFile: b.opts.ProductFile, Complete: b.plan.Old.State == "done", Generated: b.plan.Generated,
		Language: b.language, ShopName: text(b.plan.Old.Host0(), b.plan.Old.Host0()), Live: b.engineOptions().Live,
	}
	if in.NewCart != "" && hostOf(in.NewCart) == hostOf(b.newHome) {
		if in.NewCart, err = Rebase(in.NewCart, to.home); err != nil {
			return in, nil, fmt.Errorf("reading the new cart: %w", err)
		}
	}
	seen := map[catalog.Key]bool{}
	for i, r := range b.plan.Rows {
		if seen[r.OldKey] || r.Action == ActionIgnore || r.Action == ActionKeep && !to.old {
			continue
		}
		seen[r.OldKey] = true
		rows = append(rows, i)
	}
	slices.SortStableFunc(rows, func(x, y int) int {
		a, c := b.plan.worth[b.plan.Rows[x].OldKey], b.plan.worth[b.plan.Rows[y].OldKey]
		return cmp.Or(cmp.Compare(c.Clicks, a.Clicks), cmp.Compare(c.Revenue, a.Revenue), cmp.Compare(c.LinkingSites, a.LinkingSites))
	})
	at := map[catalog.Key]int{}
	for _, i := range rows {
		r := b.plan.Rows[i]
		row := workaround.Row{OldURL: r.OldURL, OwnCode: b.codes[r.OldKey], Type: r.Type, OldTitle: r.OldTitle,
			LinkingSites: b.plan.worth[r.OldKey].LinkingSites}
		_, _, row.OldID = r.OldKey.Parts()
		if r.Action == ActionRedirect || r.Action == ActionKeep { // all others are left alone, and known to be
			row.NewURL, row.NewTitle = to.of(r.NewURL), r.NewTitle
		}
		in.Rows = append(in.Rows, row)
		at[r.OldKey] = len(in.Rows) - 1
	}
	in.Linking, err = linkingSites(ctx, b.project, func(key catalog.Key) (oldURL, newURL string, ok bool) {
		i, ok := at[key]
		if !ok || b.plan.Rows[rows[i]].Action == ActionKeep {
			return "", "", false
		}
		return in.Rows[i].OldURL, in.Rows[i].NewURL, true
	})
	return in, rows, err
}

// generate writes the artefacts of one input and notes the best that each page gets,
// by the side on which it stands.
func (b *builder) generate(ctx context.Context, in workaround.Input, rows []int, best covered) error {
	artefacts, err := workaround.Generate(ctx, in, b.plan.workarounds)
	if err != nil {
		return fmt.Errorf("making the workarounds: %w", err)
	}
	for _, a := range artefacts {
		for _, c := range a.Covers {
			best.add(a.Side, b.plan.Rows[rows[c.Row]].OldKey, CoverageLine{Strength: string(c.Strength), Carrier: a.ID})
		}
		b.addArtefact(a)
	}
	return nil
}

// standInFront adds the set-up of an edge, where the chosen engine is one: it passes
// everything else on to the new shop, or holds the old name alone.
func (b *builder) standInFront() error {
	if b.plan.Decision.Way != WayC || b.plan.Engine == "" {
		return nil // in two steps the name in front of which it stands is not there yet
	}
	covered, pages := 0, map[catalog.Key]bool{}
	for _, r := range b.plan.Rows {
		if r.Carrier == b.plan.Engine {
			covered++
			pages[r.OldKey] = true
		}
	}
	return b.front(b.plan.Engine, covered, len(pages))
}

// front writes the set-up of an edge that answers a number of rows, which are so many
// pages.
func (b *builder) front(id string, covered, pages int) error {
	hosts := b.ownHosts()
	if len(hosts) == 0 || covered == 0 {
		return nil
	}
	a, ok, err := workaround.Front(workaround.FrontInput{Engine: id, Hosts: hosts, Rows: covered, Allowed: b.plan.Situation.EdgeAllowed == Yes, Alone: b.apartUnder(WayC),
		ShopName: text(b.plan.Old.Host0(), b.plan.Old.Host0()), Generated: b.plan.Generated}, b.plan.workarounds)
	if err != nil {
		return fmt.Errorf("making the set-up in front of the new shop: %w", err)
	}
	if ok {
		b.addArtefact(a)
		b.plan.Artefacts[len(b.plan.Artefacts)-1].Pages = pages
	}
	return nil
}

// addArtefact puts a workaround into the plan.
func (b *builder) addArtefact(a workaround.Artefact) {
	for _, t := range a.Tasks {
		b.tasks = append(b.tasks, Question{Ask: t.Text, Why: a.Title})
	}
	b.plan.Artefacts = append(b.plan.Artefacts, artefactOf(a))
	for _, f := range a.Files {
		b.plan.Files = append(b.plan.Files, File{Path: path.Join("workaround", f), What: a.Title})
	}
}

// artefactOf is a workaround in the words of the plan.
func artefactOf(a workaround.Artefact) Artefact {
	out := Artefact{ID: a.ID, Title: a.Title, Side: a.Side, Strength: string(a.Strength), Pages: len(a.Covers), Refused: len(a.Refused),
		Guide: text(path.Join("workaround", a.InstructionsJA), path.Join("workaround", a.InstructionsEN))}
	for _, f := range a.Files {
		out.Files = append(out.Files, path.Join("workaround", f))
	}
	for _, l := range a.Limits {
		out.Limits = append(out.Limits, Evidence{Statement: l.Statement, Source: l.Source, Date: l.Date, Confidence: l.Confidence})
	}
	for _, t := range a.Tasks {
		out.Tasks = append(out.Tasks, t.Text)
	}
	return out
}

// newSearch is the new shop's search, with {query} for the words, as far as the
// destination's facts tell.
func (b *builder) newSearch(home string) string {
	path, ok := b.dest.Arriving.Paths["search"]
	if !ok || home == "" {
		return ""
	}
	return strings.TrimSuffix(home, "/") + path
}

// stronger says whether strength a beats b.
func stronger(a, b string) bool {
	return slices.Index(Strengths(), a) < slices.Index(Strengths(), b)
}

// memorySink keeps the files of the workarounds until the plan folder is written.
type memorySink map[string][]byte

func (m memorySink) WriteFile(name string, data []byte) error {
	m[name] = bytes.Clone(data)
	return nil
}

// WriteFiles writes the redirect files and the workarounds of a plan; write is called
// with a path relative to the plan folder and the text's writer.
func (p *Plan) WriteFiles(ctx context.Context, write func(name string, content func(io.Writer) error) error) error {
	for _, of := range []struct {
		id        string
		engine    engine.Engine
		selection *engine.Selection
	}{{p.Engine, p.engine, p.selection}, {p.FallbackEngine, p.fallbackEngine, p.fallbackMap}} {
		if of.engine == nil {
			continue
		}
		if err := of.engine.Write(ctx, prefixSink{"redirects/" + of.id, write}, of.selection.Map()); err != nil {
			return fmt.Errorf("writing the redirects for %s: %w", of.id, err)
		}
		for _, lang := range []string{"ja", "en"} {
			steps := Instructions(of.engine, lang)
			err := write("redirects/"+of.id+"/README."+lang+".md", func(w io.Writer) error {
				_, err := io.WriteString(w, steps)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	if err := p.workarounds.copyTo("workaround", write); err != nil {
		return err
	}
	return p.extra.copyTo("", write)
}

// copyTo writes the files into a folder, in the order of their names.
func (m memorySink) copyTo(dir string, write func(name string, content func(io.Writer) error) error) error {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		err := write(path.Join(dir, name), func(w io.Writer) error {
			_, err := w.Write(m[name])
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// prefixSink puts an engine's files into a folder.
type prefixSink struct {
	dir   string
	write func(name string, content func(io.Writer) error) error
}

func (s prefixSink) WriteFile(name string, content func(io.Writer) error) error {
	return s.write(path.Join(s.dir, name), content)
}

// Instructions lays the steps of an engine out as Markdown, in "ja" or "en".
func Instructions(e engine.Engine, lang string) string {
	in := e.Instructions(lang)
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", in.Title)
	for _, part := range []struct {
		title Text
		steps []string
	}{
		{text("設置", "Install"), in.Install},
		{text("確認", "Test"), in.Test},
		{text("元に戻す", "Undo"), in.Undo},
	} {
		fmt.Fprintf(&b, "\n## %s\n\n", part.title.In(lang))
		for i, s := range part.steps {
			fmt.Fprintf(&b, "%d. %s\n", i+1, s)
		}
	}
	return b.String()
}

// RefusedRows are the rows that the audit and the engine left out, with reasons; sel
// may be nil.
func RefusedRows(audit *redirects.AuditResult, sel *engine.Selection) []Refused {
	var out []Refused
	for _, f := range audit.Refused {
		out = append(out, Refused{Line: f.Line, OldURL: f.Source, NewURL: f.Target, Status: f.Status, Code: f.Code, Reason: textOf(f.Text()), Next: textOf(f.NextBest)})
	}
	if sel != nil {
		for _, f := range sel.Refused {
			out = append(out, Refused{Line: f.Line, OldURL: f.Source, NewURL: f.Target, Status: f.Status, Code: f.Code, Reason: textOf(f.Reason), Next: textOf(f.NextBest)})
		}
	}
	return out
}
