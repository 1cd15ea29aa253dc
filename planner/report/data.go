package report

import (
	"bytes"
	"embed"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"replatform/planner"
)

//go:embed data/*.yaml
var dataFiles embed.FS

// sentence is a text of the data files that holds under a condition.
type sentence struct {
	JA       string            `yaml:"ja"`
	EN       string            `yaml:"en"`
	When     planner.Condition `yaml:"when"`
	Evidence []string          `yaml:"evidence"`
}

func (s sentence) text() planner.Text { return planner.Text{JA: s.JA, EN: s.EN} }

// chapterData is one chapter as the data file describes it.
type chapterData struct {
	No     string            `yaml:"no"`
	ID     string            `yaml:"id"`
	Title  planner.TextData  `yaml:"title"`
	When   planner.Condition `yaml:"when"`
	Intro  planner.TextData  `yaml:"intro"`
	Points []sentence        `yaml:"points"`
	Tasks  []string          `yaml:"tasks"`
}

// decisionData is one of the standard decisions.
type decisionData struct {
	ID       string            `yaml:"id"`
	What     planner.TextData  `yaml:"what"`
	Default  planner.TextData  `yaml:"default"`
	Options  planner.TextData  `yaml:"options"`
	Effect   planner.TextData  `yaml:"effect"`
	When     planner.Condition `yaml:"when"`
	At       string            `yaml:"at"`
	Breach   string            `yaml:"breach"`
	Evidence []string          `yaml:"evidence"`
}

type noticeData struct {
	To     planner.TextData  `yaml:"to"`
	At     []string          `yaml:"at"`
	Breach []string          `yaml:"breach"`
	Say    []sentence        `yaml:"say"` // parts, joined by commas
	When   planner.Condition `yaml:"when"`
}

type measureData struct {
	What planner.TextData  `yaml:"what"`
	Good planner.TextData  `yaml:"good"`
	Look planner.TextData  `yaml:"look"`
	Act  planner.TextData  `yaml:"act"`
	When planner.Condition `yaml:"when"`
}

type studyData struct {
	Name   string           `yaml:"name"`
	Sample planner.TextData `yaml:"sample"`
	Found  planner.TextData `yaml:"found"`
	Caveat planner.TextData `yaml:"caveat"`
	Source string           `yaml:"source"`
}

type termData struct {
	Word  planner.TextData  `yaml:"word"`
	Means planner.TextData  `yaml:"means"`
	When  planner.Condition `yaml:"when"` // for the plans that use the word; empty: all
}

// texts are the parts of a plan that hold for every shop.
type texts struct {
	Chapters  []chapterData
	Decisions []decisionData
	Notices   []noticeData
	Terms     []termData
	Limits    struct {
		Go       []sentence       `yaml:"go"`
		GoBreach planner.TextData `yaml:"go-breach"`
		Back     []sentence       `yaml:"back"`
		Measures []measureData    `yaml:"measures"`
		Studies  []studyData      `yaml:"studies"`
	}
	Fees     []feeData
	Evidence map[string]planner.Evidence
}

func loadTexts() (*texts, error) {
	var t texts
	for name, into := range map[string]any{"chapters": &t.Chapters, "decisions": &t.Decisions, "notices": &t.Notices, "glossary": &t.Terms, "thresholds": &t.Limits, "costs": &t.Fees} {
		data, err := dataFiles.ReadFile("data/" + name + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("reading the plan's %s: %w", name, err)
		}
		dec := yaml.NewDecoder(bytes.NewReader(data))
		dec.KnownFields(true)
		if err := dec.Decode(into); err != nil {
			return nil, fmt.Errorf("reading the plan's %s: %w", name, err)
		}
	}
	var err error
	t.Evidence, err = planner.Evidences()
	return &t, err
}

// fit says whether something belongs into a plan, and under which of its ways.
type fit struct {
	Applies  planner.Answer // what is not known belongs in
	Fallback bool           // only if the chosen way turns out impossible
}

// holds says whether something under a condition belongs into the plan: under the
// chosen way or under the fallback.
func holds(p *planner.Plan, c planner.Condition) (fit, error) {
	a, err := c.Holds(p.Facts)
	if err != nil || a != planner.No || p.FallbackFacts == nil {
		return fit{Applies: a}, err
	}
	a, err = c.Holds(p.FallbackFacts)
	return fit{Applies: a, Fallback: a != planner.No}, err
}

// Decision is one of the decisions that the owner takes.
type Decision struct {
	ID       string         `json:"id"`
	What     planner.Text   `json:"what"`
	Default  planner.Text   `json:"default"`
	Options  planner.Text   `json:"options"`
	Effect   planner.Text   `json:"effect"`
	Deadline planner.TaskAt `json:"deadline"`
	Evidence []string       `json:"evidence"`
	// Applies is unknown while a fact is missing, Branch says under which way.
	Applies planner.Answer `json:"applies"`
	Branch  string         `json:"branch"`
}

// decisions are the standard decisions that this case has to take.
func (t *texts) decisions(p *planner.Plan) ([]Decision, error) {
	breach, err := planner.Condition("breach").Holds(p.Facts)
	if err != nil {
		return nil, err
	}
	var out []Decision
	for _, d := range t.Decisions {
		a, err := holds(p, d.When)
		if err != nil {
			return nil, fmt.Errorf("decision %s: %w", d.ID, err)
		}
		if a.Applies == planner.No {
			continue
		}
		branch := planner.BranchMain
		if a.Fallback {
			branch = planner.BranchFallback
		}
		at := d.At
		if breach == planner.Yes {
			at = d.Breach
		}
		deadline, err := p.Time(at)
		if err != nil {
			return nil, fmt.Errorf("decision %s: %w", d.ID, err)
		}
		out = append(out, Decision{ID: d.ID, What: d.What.Text(), Default: d.Default.Text(), Options: d.Options.Text(),
			Effect: d.Effect.Text(), Deadline: deadline, Evidence: d.Evidence, Applies: a.Applies, Branch: branch})
	}
	return out, nil
}

// cited are the evidences that the plan's tasks, decisions and chapters rest on, by
// id, each once.
func (t *texts) cited(p *planner.Plan, decisions []Decision) ([]planner.Evidence, error) {
	used := map[string]bool{}
	add := func(ids []string) {
		for _, id := range ids {
			used[id] = true
		}
	}
	for _, task := range p.Tasks {
		add(task.Evidence)
	}
	for _, d := range decisions {
		add(d.Evidence)
	}
	for _, c := range t.Chapters {
		if a, err := holds(p, c.When); err != nil || a.Applies == planner.No {
			if err != nil {
				return nil, fmt.Errorf("chapter %s: %w", c.No, err)
			}
			continue
		}
		for _, s := range c.Points {
			if a, err := holds(p, s.When); err == nil && a.Applies != planner.No {
				add(s.Evidence)
			}
		}
	}
	add([]string{"F2.1", "F1.3f"})
	if len(p.Outcomes) > 0 {
		add([]string{"F3.1", "F1.1e"})
	}
	var out []planner.Evidence
	for id := range used {
		e, ok := t.Evidence[id]
		if !ok {
			return nil, fmt.Errorf("the evidence %q does not exist", id)
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b planner.Evidence) int { return compareIDs(a.ID, b.ID) })
	return out, nil
}

// compareIDs orders F1.2g before F1.10 and words last.
func compareIDs(a, b string) int {
	na, nb := idNumber(a), idNumber(b)
	if na != nb {
		return na - nb
	}
	if a < b {
		return -1
	}
	return 1
}

func idNumber(id string) int {
	var x, y int
	if n, _ := fmt.Sscanf(id, "F%d.%d", &x, &y); n < 2 {
		return 1 << 20
	}
	return x*1000 + y
}
