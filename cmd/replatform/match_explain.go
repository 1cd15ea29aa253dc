package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner"
	"replatform/planner/match"
)

// explainedCandidates is how many candidates are shown with their evidence; --json
// gives them all.
const explainedCandidates = 5

// matchProject answers --explain and --sample from the project.
func (t *talk) matchProject(c *cli.Context, opts match.Options) error {
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log})
	if err != nil {
		return err
	}
	defer project.Close()
	if c.IsSet("sample") {
		return t.sampleProject(c, project)
	}
	in, err := planner.ReadMatchInput(c.Context, project)
	if err != nil {
		return err
	}
	address := c.String("explain")
	page, _, err := project.PageByURL(c.Context, catalog.Old, address)
	switch {
	case errors.Is(err, inventory.ErrNoPage):
		return withHint(err, "hint.explain")
	case err != nil:
		return err
	}
	i := slices.IndexFunc(in.Old, func(it match.Item) bool { return it.Key == page.Key })
	if i < 0 {
		t.result("explain.not-matched", clean(page.URL))
		if t.json {
			return t.document(explainedJSON{Old: page.URL, Why: match.WhyNeverKind})
		}
		return nil
	}
	opts.Known = in.Known
	return t.matchExplain(c, in, in.Old[i].URL, opts)
}

// explainedJSON is what --json prints of an explanation.
type explainedJSON struct {
	Old          string          `json:"old"`
	New          string          `json:"new"`
	Class        match.Class     `json:"class"`
	Confidence   float64         `json:"confidence"`
	Review       bool            `json:"review"`
	FoundWrong   bool            `json:"found_wrong"` // in a checked sample
	Why          match.WhyNot    `json:"why_not_published"`
	WhyWords     string          `json:"why_not_published_words"`
	Bar          *float64        `json:"bar"` // null: nothing of this kind is published in this move
	Certain      int             `json:"certain"`
	CertainShare float64         `json:"certain_share"`
	Labels       int             `json:"labels"`
	Pictures     *match.Learnt   `json:"pictures,omitempty"`
	Variants     *match.Learnt   `json:"variants,omitempty"`
	Reason       string          `json:"reason"`
	Fallback     string          `json:"fallback,omitempty"`
	Candidates   []candidateJSON `json:"candidates"`
}

type candidateJSON struct {
	New        string           `json:"new"`
	Title      string           `json:"title"`
	Confidence float64          `json:"confidence"`
	ByCode     bool             `json:"by_code"`
	Refused    bool             `json:"refused"`
	Reason     string           `json:"reason"`
	Evidence   []match.Evidence `json:"evidence"`
	Weights    []match.Weight   `json:"weights"`
}

// matchExplain prints how the old page at the address came to its answer.
func (t *talk) matchExplain(c *cli.Context, in *planner.MatchInput, address string, opts match.Options) error {
	i := slices.IndexFunc(in.Old, func(it match.Item) bool { return it.URL == address })
	if i < 0 {
		return withHint(t.errorf("err.not-old-page", address, len(in.Old)), "hint.explain")
	}
	x, err := match.Explain(c.Context, in.Old, in.New, opts, i)
	if err != nil {
		return err
	}
	if t.json {
		return t.document(t.explained(in, x))
	}
	p := x.Pair
	t.result("explain.old", clean(in.Old[i].URL), t.itemLine(in.Old[i]))
	if p.New >= 0 {
		t.result("explain.new", clean(in.New[p.New].URL), t.itemLine(in.New[p.New]))
		t.result("explain.answer", t.lang.text("class."+string(p.Class)), p.Confidence, match.Reason(p.Evidence, t.lang.code))
	} else {
		t.result("explain.none")
	}
	switch {
	case foundWrong(in, p):
		t.result("explain.found-wrong")
	case x.WhyNot != "":
		t.result("explain.why", x.WhyNot.Words(t.lang.code))
	default:
		t.result("explain.published")
	}
	if p.Fallback >= 0 && p.New != p.Fallback {
		t.result("explain.fallback", clean(in.New[p.Fallback].URL))
	}
	t.result("explain.learnt", x.Certain, 100*x.CertainShare)
	if x.Labels > 0 {
		t.result("explain.labels", x.Labels)
	}
	t.learnt("explain.pictures", x.Pictures)
	t.learnt("explain.variants", x.Variants)
	if x.Bar < 1 {
		t.result("explain.bar", x.Bar)
	} else {
		t.result("explain.no-bar")
	}
	shown := min(len(x.Candidates), explainedCandidates)
	t.result("explain.candidates", len(x.Candidates), shown)
	for k, con := range x.Candidates[:shown] {
		n := in.New[con.New]
		t.result("explain.candidate", k+1, con.Confidence, clean(n.URL), t.itemLine(n))
		t.result("explain.evidence", clean(match.Reason(con.Evidence, t.lang.code)))
		if con.ByCode {
			t.result("explain.by-code")
		}
		if con.Refused {
			t.result("explain.refused")
		}
		t.result("explain.weights", t.weights(con.Weights, false))
		t.result("explain.weights-among", t.weights(con.Weights, true))
	}
	t.result("explain.about-weights")
	return nil
}

// learnt says from how much a kind of evidence was learnt, where both shops have it.
func (t *talk) learnt(key string, l *match.Learnt) {
	switch {
	case l == nil:
	case l.Weighs:
		t.result(key, l.Certain)
	default:
		t.result(key+"-few", l.Certain, match.LeastSigns)
	}
}

// itemLine is what tells an item: title, number, price.
func (t *talk) itemLine(it match.Item) string {
	parts := []string{it.Title}
	if it.SKU != "" {
		parts = append(parts, it.SKU)
	}
	if it.Price != "" {
		parts = append(parts, strings.TrimSpace(it.Price+" "+it.Currency))
	}
	return clean(strings.Join(parts, " / "))
}

// weights lists what moved the log-odds, the heaviest first.
func (t *talk) weights(ws []match.Weight, among bool) string {
	get := func(w match.Weight) float64 {
		if among {
			return w.Among
		}
		return w.Alone
	}
	ws = slices.Clone(ws)
	slices.SortStableFunc(ws, func(a, b match.Weight) int {
		x, y := get(a), get(b)
		switch {
		case x*x > y*y:
			return -1
		case x*x < y*y:
			return 1
		}
		return 0
	})
	var parts []string
	for _, w := range ws {
		if v := get(w); v >= 0.05 || v <= -0.05 {
			parts = append(parts, fmt.Sprintf("%s %+.1f", w.Theme.Words(t.lang.code), v))
		}
	}
	if len(parts) == 0 {
		return "–"
	}
	return strings.Join(parts[:min(len(parts), 8)], t.lang.text("explain.comma"))
}

// foundWrong says whether a checked sample found the pair wrong.
func foundWrong(in *planner.MatchInput, p match.Pair) bool {
	return p.New >= 0 && in.Wrong[[2]catalog.Key{in.Old[p.Old].Key, in.New[p.New].Key}]
}

func (t *talk) explained(in *planner.MatchInput, x *match.Explanation) explainedJSON {
	p := x.Pair
	out := explainedJSON{
		Old: in.Old[p.Old].URL, Class: p.Class, Confidence: p.Confidence, Review: p.NeedsReview || foundWrong(in, p), FoundWrong: foundWrong(in, p), Why: x.WhyNot,
		Certain: x.Certain, CertainShare: x.CertainShare, Labels: x.Labels, Reason: match.Reason(p.Evidence, t.lang.code), Pictures: x.Pictures, Variants: x.Variants, Candidates: []candidateJSON{},
	}
	if x.WhyNot != "" {
		out.WhyWords = x.WhyNot.Words(t.lang.code)
	}
	if x.Bar < 1 {
		out.Bar = &x.Bar
	}
	if p.New >= 0 {
		out.New = in.New[p.New].URL
	}
	if p.Fallback >= 0 {
		out.Fallback = in.New[p.Fallback].URL
	}
	for _, con := range x.Candidates {
		n := in.New[con.New]
		out.Candidates = append(out.Candidates, candidateJSON{n.URL, n.Title, con.Confidence, con.ByCode, con.Refused,
			match.Reason(con.Evidence, t.lang.code), con.Evidence, con.Weights})
	}
	return out
}
