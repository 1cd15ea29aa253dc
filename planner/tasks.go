package planner

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"
)

//go:embed data/*.yaml
var planData embed.FS

// Phases of a move, in order: emergency, preparation, inventory, mapping, build and
// data, test, cutover, monitoring, closing.
const Phases = 9

// CatalogueTask is one task of the catalogue, before it is fitted to a shop.
type CatalogueTask struct {
	ID       string    `yaml:"id"`
	Phase    int       `yaml:"phase"` // 0 … 8
	Title    TextData  `yaml:"title"`
	At       []string  `yaml:"at"`     // see ParseOffset; empty: not in the standard plan
	Breach   []string  `yaml:"breach"` // after a breach; empty: as At
	First    bool      `yaml:"first"`  // comes first after a breach
	Later    bool      `yaml:"later"`  // may be moved to after the cutover in a breach
	Who      []string  `yaml:"who"`    // roles; the first answers for the task
	When     Condition `yaml:"when"`
	Why      TextData  `yaml:"why"`      // empty: the statement of the first evidence
	Evidence []string  `yaml:"evidence"` // ids of Evidences
	Done     TextData  `yaml:"done"`     // what shows that it is done
	Variants []Variant `yaml:"variants"` // other words for some shops; the first that holds
}

// Variant is how a task is put to the shops of a condition. What is empty is that of
// the task itself.
type Variant struct {
	When     Condition `yaml:"when"`
	Title    TextData  `yaml:"title"`
	Why      TextData  `yaml:"why"`
	Evidence []string  `yaml:"evidence"`
	Done     TextData  `yaml:"done"`
}

// put gives a task in the words for a case.
func (c CatalogueTask) put(facts FactSet) (CatalogueTask, error) {
	for _, v := range c.Variants {
		a, err := v.When.Holds(facts)
		if err != nil {
			return c, err
		}
		if a == Yes {
			c.Title, c.Why, c.Done = cmp.Or(v.Title, c.Title), cmp.Or(v.Why, c.Why), cmp.Or(v.Done, c.Done)
			if len(v.Evidence) > 0 {
				c.Evidence = v.Evidence
			}
			break
		}
	}
	return c, nil
}

// TextData is a Text as the data files spell it.
type TextData struct {
	JA string `yaml:"ja"`
	EN string `yaml:"en"`
}

// Text is the same in the words of the plan.
func (t TextData) Text() Text { return Text(t) }

// Evidence is what a task, decision or chapter rests on.
type Evidence struct {
	ID         string `json:"id"`
	Statement  Text   `json:"statement"`
	Source     string `json:"source"` // URL; empty: none
	Date       string `json:"date"`   // of the source, "n.d." where it carries none
	Confidence string `json:"confidence"`
}

// FactQuestion is one fact of a case, with the question by which it is found out.
type FactQuestion struct {
	Key    string   `yaml:"key"`
	Values []string `yaml:"values"` // beside unknown; empty: any
	Ask    TextData `yaml:"ask"`
	Whom   string   `yaml:"whom"` // role that can answer
	// Settled facts come from the platforms, the project or an option of their own.
	Settled bool `yaml:"settled"`
}

// Task is a task of one plan.
type Task struct {
	ID       string   `json:"id"`
	Phase    int      `json:"phase"`
	Title    Text     `json:"title"`
	Times    []TaskAt `json:"times"`
	Who      []string `json:"who"`
	Applies  Answer   `json:"applies"`           // yes, or unknown while a fact is missing
	Missing  []string `json:"missing,omitempty"` // facts that are missing
	Branch   string   `json:"branch"`            // main, fallback: only if the chosen way turns out impossible
	First    bool     `json:"first"`
	Later    bool     `json:"later"`
	Why      Text     `json:"why"`
	Evidence []string `json:"evidence"`
	Done     Text     `json:"done"`

	sort int
}

// TaskAt is one time of a task.
type TaskAt struct {
	Offset string    `json:"offset"` // T-14
	Label  string    `json:"label,omitempty"`
	From   time.Time `json:"from,omitzero"` // zero: the clock is not known
	Until  time.Time `json:"until,omitzero"`
	Past   bool      `json:"past,omitempty"` // it lay before the plan was made: do it at once
}

// Branches of a task.
const (
	BranchMain     = "main"
	BranchFallback = "fallback"
)

// TaskCatalogue reads the catalogue that is built in.
func TaskCatalogue() ([]CatalogueTask, error) {
	var out []CatalogueTask
	return out, readData("tasks", &out)
}

// CaseFacts reads the facts that a case can have.
func CaseFacts() ([]FactQuestion, error) {
	var out []FactQuestion
	return out, readData("facts", &out)
}

// Evidences reads the evidence, by id.
func Evidences() (map[string]Evidence, error) {
	var raw map[string]struct {
		JA         string `yaml:"ja"`
		EN         string `yaml:"en"`
		Source     string `yaml:"source"`
		Date       string `yaml:"date"`
		Confidence string `yaml:"confidence"`
	}
	if err := readData("evidence", &raw); err != nil {
		return nil, err
	}
	out := make(map[string]Evidence, len(raw))
	for id, e := range raw {
		out[id] = Evidence{ID: id, Statement: text(e.JA, e.EN), Source: e.Source, Date: e.Date, Confidence: e.Confidence}
	}
	return out, nil
}

func readData(name string, into any) error {
	data, err := planData.ReadFile("data/" + name + ".yaml")
	if err != nil {
		return fmt.Errorf("reading the plan's %s: %w", name, err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the plan's %s: %w", name, err)
	}
	return nil
}

// fitTasks picks the tasks of a case and puts dates to them. main and fallback are
// the case under the chosen way and under the way that holds if it fails; fallback
// is nil where there is none.
func fitTasks(catalogue []CatalogueTask, evidence map[string]Evidence, main, fallback FactSet, clocks Clocks, made time.Time) ([]Task, error) {
	breach, err := Condition("breach").Holds(main)
	if err != nil {
		return nil, err
	}
	var out []Task
	for _, c := range catalogue {
		applies, err := c.When.Holds(main)
		if err != nil {
			return nil, fmt.Errorf("task %s: %w", c.ID, err)
		}
		facts, branch := main, BranchMain
		if applies == No && fallback != nil {
			if applies, err = c.When.Holds(fallback); err != nil {
				return nil, fmt.Errorf("task %s: %w", c.ID, err)
			}
			facts, branch = fallback, BranchFallback
		}
		if applies == No {
			continue
		}
		at := c.At
		if breach == Yes && len(c.Breach) > 0 {
			at = c.Breach
		}
		if len(at) == 0 {
			if breach != Unknown {
				continue // a task of the other kind of plan
			}
			at = c.Breach
		}
		c, err := c.put(facts)
		if err != nil {
			return nil, fmt.Errorf("task %s: %w", c.ID, err)
		}
		t := Task{ID: c.ID, Phase: c.Phase, Title: c.Title.Text(), Who: c.Who, Applies: applies, Branch: branch,
			First: c.First && breach == Yes, Later: c.Later && breach == Yes,
			Why: c.Why.Text(), Evidence: c.Evidence, Done: c.Done.Text()}
		if t.Why == (Text{}) && len(c.Evidence) > 0 {
			t.Why = evidence[c.Evidence[0]].Statement
		}
		if applies == Unknown {
			for _, name := range c.When.Names() {
				if v := facts[name]; v == "" || v == string(Unknown) {
					t.Missing = append(t.Missing, name)
				}
			}
		}
		if err := t.setTimes(at, clocks, made); err != nil {
			return nil, fmt.Errorf("task %s: %w", c.ID, err)
		}
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(a, b Task) int {
		if c := cmp.Compare(a.Phase, b.Phase); c != 0 {
			return c
		}
		return cmp.Compare(a.sort, b.sort)
	})
	return out, nil
}

func (t *Task) setTimes(at []string, clocks Clocks, made time.Time) error {
	for i, s := range at {
		a, o, err := timeAt(s, clocks, made)
		if err != nil {
			return err
		}
		if i == 0 {
			t.sort = o.order()
		}
		t.Times = append(t.Times, a)
	}
	return nil
}

// Time puts a date to an offset such as "T-14", as far as the plan's dates are known.
func (p *Plan) Time(offset string) (TaskAt, error) {
	a, _, err := timeAt(offset, p.Clocks, p.Generated)
	return a, err
}

func timeAt(s string, clocks Clocks, made time.Time) (TaskAt, Offset, error) {
	o, err := ParseOffset(s)
	if err != nil {
		return TaskAt{}, o, err
	}
	a := TaskAt{Offset: o.String(), Label: o.Label}
	if from, until, ok := o.On(clocks); ok {
		a.From, a.Until = from, until
		last := from
		if !until.IsZero() {
			last = until
		}
		a.Past = !made.IsZero() && last.Before(dayOf(made, clocks.Zone))
	}
	return a, o, nil
}

// dayOf is midnight of t's day in zone.
func dayOf(t time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}
