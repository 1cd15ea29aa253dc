package report

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner"
)

// PlanVersion is the version of the form of plan.json. It grows when a field changes
// its meaning or goes away; new fields do not change it.
const PlanVersion = 1

//go:embed schema/plan.schema.json
var planSchema []byte

// Schema is the JSON Schema (2020-12) of plan.json.
func Schema() []byte { return slices.Clone(planSchema) }

// ErrNotPlan is returned for a file that is no plan.json, or one of a newer version.
var ErrNotPlan = errors.New("not a plan.json of a known version")

// PlanFile is plan.json: a plan for programs. Fields are described in its schema.
type PlanFile struct {
	Schema    string             `json:"$schema"`
	Version   int                `json:"version"`
	Generated time.Time          `json:"generated"`
	Number    int                `json:"number,omitempty"`    // of the version in its project
	Anonymous bool               `json:"anonymous,omitempty"` // names are pseudonyms
	Old       ShopFile           `json:"old"`
	New       ShopFile           `json:"new"`
	Way       planner.Way        `json:"way"`
	Fallback  planner.Way        `json:"fallback"`
	Engine    string             `json:"engine"`
	Ladder    []planner.Rung     `json:"ladder"`
	Advice    []planner.Text     `json:"advice"`
	Clocks    ClocksFile         `json:"clocks"`
	Facts     planner.FactSet    `json:"facts"`
	OpenFacts []planner.OpenFact `json:"open_facts"`
	Questions []QuestionFile     `json:"questions"`
	Decisions []Decision         `json:"decisions"`
	Pages     PagesFile          `json:"pages"`
	Coverage  []CoverageFile     `json:"coverage"`
	IfNo      []CoverageFile     `json:"coverage_if_no"` // under the fallback
	Worth     WorthFile          `json:"worth"`
	Outcomes  []planner.Outcome  `json:"outcomes,omitempty"` // of the time after the switch
	Findings  []FindingFile      `json:"findings"`
	Tasks     []planner.Task     `json:"tasks"`
	Evidence  []planner.Evidence `json:"evidence"`
	Files     []string           `json:"files"`
	Rows      []RowFile          `json:"rows"`
}

// ShopFile is one shop of a plan.
type ShopFile struct {
	Hosts    []string         `json:"hosts"`
	Platform string           `json:"platform"` // id
	Counts   inventory.Counts `json:"counts"`
}

// ClocksFile are the dates of a plan as days; empty: not set.
type ClocksFile struct {
	Cutover      string `json:"cutover"`
	Breach       string `json:"breach"`
	ContractEnd  string `json:"contract_end"`
	DomainExpiry string `json:"domain_expiry"`
	Zone         string `json:"zone"` // IANA name
}

// QuestionFile is something that must be found out.
type QuestionFile struct {
	Ask planner.Text `json:"ask"`
	Why planner.Text `json:"why"`
}

// PagesFile counts pages of the old shop.
type PagesFile struct {
	Total    int                                 `json:"total"`
	ByAction map[string]int                      `json:"by_action"`
	ByClass  map[inventory.MatchClass]int        `json:"by_class"`
	ByType   map[catalog.PageType]int            `json:"by_type"`
	ByStatus map[catalog.PageType]map[string]int `json:"by_status"`
	Pointed  int                                 `json:"pointed"`
}

// CoverageFile is how many pages and clicks carriers of one strength deliver.
type CoverageFile struct {
	Strength string  `json:"strength"`
	Carrier  string  `json:"carrier"`
	Pages    int     `json:"pages"`
	Clicks   float64 `json:"clicks"`
}

// WorthFile is what is known of the worth of old pages.
type WorthFile struct {
	Pages   int                   `json:"pages"`
	Clicks  float64               `json:"clicks"`
	Sources []planner.WorthSource `json:"sources"`
}

// FindingFile counts what the crawl noticed.
type FindingFile struct {
	Code  string `json:"code"`
	Count int    `json:"count"`
}

// RowFile is one row of the redirect map.
type RowFile struct {
	Old        string  `json:"old"`
	New        string  `json:"new"`
	Action     string  `json:"action"`
	Status     int     `json:"status"`
	Class      string  `json:"class"`
	Confidence float64 `json:"confidence"`
	Carrier    string  `json:"carrier"`
	Strength   string  `json:"strength"`
	Proof      string  `json:"proof"`
	Decided    string  `json:"decided_by"`
}

// JSON writes plan.json. Both languages stand in it.
func JSON(w io.Writer, p *planner.Plan, o Options) error {
	f, err := planFile(p, o)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	if err := enc.Encode(f); err != nil {
		return fmt.Errorf("writing plan.json: %w", err)
	}
	return nil
}

func planFile(p *planner.Plan, o Options) (*PlanFile, error) {
	t, err := loadTexts()
	if err != nil {
		return nil, err
	}
	f := &PlanFile{Schema: "plan.schema.json", Version: PlanVersion, Generated: p.Generated.UTC(), Number: o.Version, Anonymous: o.Anonymous != nil, Old: shopFile(p.Old), New: shopFile(p.New),
		Way: p.Decision.Way, Fallback: p.Decision.Fallback, Engine: p.Engine, Ladder: p.Decision.Ladder, Advice: list(p.Decision.Advice),
		Facts: p.Facts, OpenFacts: list(p.OpenFacts), Tasks: list(p.Tasks),
		Outcomes: p.Outcomes, Pages: PagesFile{p.Pages.Total, p.Pages.ByAction, p.Pages.ByClass, p.Pages.ByType, p.ByStatus, p.Pages.Pointed},
		Coverage: coverageFile(p.Coverage), IfNo: coverageFile(p.FallbackCoverage),
		Worth: WorthFile{p.Worth.Pages, p.Worth.Clicks, list(p.WorthSources)},
	}
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.DateOnly)
	}
	f.Clocks = ClocksFile{day(p.Clocks.Cutover), day(p.Clocks.Breach), day(p.Clocks.ContractEnd), day(p.Clocks.DomainExpiry), p.Clocks.Location().String()}
	if f.Decisions, err = t.decisions(p); err != nil {
		return nil, err
	}
	if f.Evidence, err = t.cited(p, f.Decisions); err != nil {
		return nil, err
	}
	f.Questions = []QuestionFile{}
	for _, q := range p.Questions {
		f.Questions = append(f.Questions, QuestionFile{q.Ask, q.Why})
	}
	f.Findings = []FindingFile{}
	count := map[string]int{}
	for _, x := range p.Findings {
		count[x.Code] += x.Count
	}
	for _, code := range sortedKeys(count) {
		f.Findings = append(f.Findings, FindingFile{code, count[code]})
	}
	f.Files = []string{}
	for _, x := range p.Files {
		f.Files = append(f.Files, x.Path)
	}
	f.Rows = make([]RowFile, 0, len(p.Rows))
	for _, r := range p.Rows {
		f.Rows = append(f.Rows, RowFile{r.OldURL, r.NewURL, r.Action, r.Status, string(r.Class), r.Confidence, r.Carrier, r.Strength, proofState(r, o.Proofs), r.DecidedBy})
	}
	return f, nil
}

// list makes an empty list of none, so that it is written as [].
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func shopFile(s planner.ShopFacts) ShopFile {
	return ShopFile{Hosts: list(s.Hosts), Platform: s.Platform, Counts: s.Counts}
}

func coverageFile(lines []planner.CoverageLine) []CoverageFile {
	out := []CoverageFile{}
	for _, l := range lines {
		out = append(out, CoverageFile{l.Strength, l.Carrier, l.Pages, l.Clicks})
	}
	return out
}

// ReadPlan reads a plan.json.
func ReadPlan(r io.Reader) (*PlanFile, error) {
	var f PlanFile
	dec := json.NewDecoder(r)
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotPlan, err)
	}
	if f.Version < 1 || f.Version > PlanVersion || !strings.HasPrefix(f.Schema, "plan.schema") {
		return nil, fmt.Errorf("%w: version %d", ErrNotPlan, f.Version)
	}
	return &f, nil
}
