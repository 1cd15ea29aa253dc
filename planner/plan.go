package planner

import (
	"strconv"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner/workaround"
	"replatform/redirects/engine"
)

// Plan is a migration plan: what was decided, the rows of the redirect map, what
// they cover, and what is still to be found out. Every figure in it is counted from
// the project when it is built.
type Plan struct {
	Generated time.Time
	Old, New  ShopFacts
	NewBase   string // the address that the new shop will have; empty: as it was read
	Situation Situation
	Decision  Decision
	Engine    string // id of the redirect engine that carries the rows; empty: none

	Rows       []inventory.PlanRow
	Pages      PageCounts
	Coverage   []CoverageLine
	Priorities []PriorityLine // pages by priority, the most urgent first; empty where nothing is known of worth
	// FallbackCoverage is the coverage that is left when the chosen way hangs on an
	// open question and the answer is no; empty when the way is certain.
	FallbackCoverage []CoverageLine
	Refused          []Refused
	Findings         []inventory.Finding
	Questions        []Question
	Worth            WorthKnown
	Files            []File

	Clocks        Clocks
	Facts         FactSet    // the facts of the case under the chosen way
	FallbackFacts FactSet    // the same under the fallback; nil: none
	HostOpen      bool       // whether the host changes hangs on the open question
	Tasks         []Task     // in order of phase and time
	OpenFacts     []OpenFact // on which tasks hang
	WorthSources  []WorthSource
	Outcomes      []Outcome // what was imported of the time after the switch, by period
	// ByStatus counts the pages of the old shop by type and by how they answered:
	// "2xx", "3xx", "4xx", "5xx", "none" for those that were never answered.
	ByStatus  map[catalog.PageType]map[string]int
	Artefacts []Artefact // the workarounds
	// Calibration compares the confidence that pairs had when people judged them, in
	// review or in a sample, with what they found, by range of confidence; empty: nobody
	// has judged.
	Calibration []Stated

	worth map[catalog.Key]inventory.Worth
	// FallbackEngine is the redirect engine of the fallback, where that is an edge in
	// front and the chosen way hangs on another engine or on none; empty: none.
	FallbackEngine string

	engine    engine.Engine
	selection *engine.Selection
	// fallbackEngine and fallbackMap are the same for FallbackEngine.
	fallbackEngine engine.Engine
	fallbackMap    *engine.Selection
	workarounds    memorySink
	extra          memorySink // further files of the plan folder
}

// ShopFacts is one shop as the plan speaks of it.
type ShopFacts struct {
	inventory.Shop
	PlatformName Text
	Counts       inventory.Counts
}

// Host0 is the shop's main host, for people.
func (s ShopFacts) Host0() string {
	if len(s.Hosts) == 0 {
		return ""
	}
	return s.Hosts[0]
}

// PageCounts counts the pages of the old shop, not rows: a page with five spellings
// is one page.
type PageCounts struct {
	Total    int                          `json:"total"`
	ByAction map[string]int               `json:"by_action"`
	ByClass  map[inventory.MatchClass]int `json:"by_class"` // of the pages that are matched at all
	ByType   map[catalog.PageType]int     `json:"by_type"`
	Pointed  int                          `json:"pointed"` // pages that need a pointer: redirected or gone
}

// CoverageLine is how much is delivered by carriers of one strength. Pages are the
// pages of the old shop that need a pointer (redirect or gone); the value is that of
// the same pages, zero where none is known.
type CoverageLine struct {
	Strength string `json:"strength"`
	Carrier  string `json:"carrier"`
	Pages    int    `json:"pages"`
	Value
}

// WorthKnown says what is known of the worth of old addresses at all.
type WorthKnown struct {
	Pages int `json:"pages"` // pages with any worth
	Value     // of the pages of the plan
}

// Refused is a row that the chosen engine would not honour.
type Refused struct {
	Line   int    // of the row in its file
	OldURL string // of a row that cannot be read what stands in its place
	NewURL string // as the row has it
	Status int    // as the row has it; 0: unknown
	Code   string
	Reason Text
	Next   Text // what can be done instead; empty: nothing is known
}

// Question is something that must be found out, and from whom.
type Question struct {
	Ask  Text `json:"ask"`
	Why  Text `json:"why"`
	Fact Fact `json:"fact"`
}

// Artefact is one workaround of the plan, with what it carries and cannot do.
type Artefact struct {
	ID       string
	Title    Text
	Side     workaround.Side // where it stands, and so how long it has to stay
	Strength string
	Pages    int      // pages of the old shop that it carries
	Refused  int      // pages that it cannot carry
	Files    []string // relative to the plan folder
	Guide    Text     // path of the instructions in each language
	Limits   []Evidence
	Tasks    []Text // what must be found out
}

// File is one file of the plan folder, with a path relative to it.
type File struct {
	Path string
	What Text
}

// Strengths of a carrier, strongest first.
const (
	StrengthPermanent = "permanent"       // HTTP 301 or 308, or 410
	StrengthRefresh   = "instant-refresh" // refresh of 0 seconds with canonical
	StrengthCanonical = "canonical"       // canonical link and a visible one, nobody is moved on
	StrengthScript    = "script"          // JavaScript, with canonical
	StrengthLink      = "link"            // a visible link
	StrengthNone      = "none"
)

// Strengths lists the strengths in order, strongest first.
func Strengths() []string {
	return []string{StrengthPermanent, StrengthRefresh, StrengthCanonical, StrengthScript, StrengthLink, StrengthNone}
}

// WorthText is the worth of a page in figures as they are printed; empty means
// unknown, which is not zero.
type WorthText struct {
	Clicks, Impressions, Sessions, Revenue, LinkingSites string
}

// WorthOf is what is known of the worth of an old page.
func (p *Plan) WorthOf(key catalog.Key) WorthText {
	w, ok := p.worth[key]
	if !ok {
		return WorthText{}
	}
	return WorthText{figure(w.Clicks), figure(w.Impressions), figure(w.Sessions), figure(w.Revenue), figure(w.LinkingSites)}
}

// WorthIn is the same in numbers; ok is false where nothing is known.
func (p *Plan) WorthIn(key catalog.Key) (w inventory.Worth, ok bool) {
	w, ok = p.worth[key]
	return w, ok
}

func figure(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
