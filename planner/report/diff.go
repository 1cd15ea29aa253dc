package report

import (
	"cmp"
	"slices"
)

// Difference is what changed from one plan to the next.
type Difference struct {
	Way     *Change        `json:"way,omitempty"`
	Engine  *Change        `json:"engine,omitempty"`
	Dates   []Change       `json:"dates"`
	Figures []Change       `json:"figures"` // counts of pages
	Tasks   ListChange     `json:"tasks"`   // ids
	Facts   []Change       `json:"facts"`   // answers
	Rows    RowsDifference `json:"rows"`
}

// Change is one value that differs. Empty: it was not there.
type Change struct {
	What string `json:"what"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

// ListChange is what came to a list and what left it.
type ListChange struct {
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
}

// RowsDifference is what changed in the redirect map, by old address.
type RowsDifference struct {
	Added    []string    `json:"added"`
	Removed  []string    `json:"removed"`
	Retarget []RowChange `json:"retarget"` // another target or action
	Carriers []RowChange `json:"carriers"` // the same target, delivered otherwise
	Proofs   []RowChange `json:"proofs"`   // the same, proven otherwise
	Same     int         `json:"same"`
}

// RowChange is one row before and after.
type RowChange struct {
	URL string  `json:"url"`
	Old RowFile `json:"old"`
	New RowFile `json:"new"`
}

// Empty says whether nothing changed.
func (d Difference) Empty() bool {
	r := d.Rows
	return d.Way == nil && d.Engine == nil && len(d.Dates)+len(d.Figures)+len(d.Facts)+len(d.Tasks.Added)+len(d.Tasks.Removed)+
		len(r.Added)+len(r.Removed)+len(r.Retarget)+len(r.Carriers)+len(r.Proofs) == 0
}

// Diff compares two plans. Everything is in a fixed order.
func Diff(before, after *PlanFile) Difference {
	d := Difference{Dates: []Change{}, Figures: []Change{}, Facts: []Change{}}
	if before.Way != after.Way || before.Fallback != after.Fallback {
		d.Way = &Change{"way", way(before), way(after)}
	}
	if before.Engine != after.Engine {
		d.Engine = &Change{"engine", before.Engine, after.Engine}
	}
	for _, c := range []Change{{"T", before.Clocks.Cutover, after.Clocks.Cutover}, {"B", before.Clocks.Breach, after.Clocks.Breach},
		{"E", before.Clocks.ContractEnd, after.Clocks.ContractEnd}, {"D", before.Clocks.DomainExpiry, after.Clocks.DomainExpiry}} {
		if c.Old != c.New {
			d.Dates = append(d.Dates, c)
		}
	}
	d.Figures = append(d.Figures, figures(before, after)...)
	for _, k := range unionKeys(before.Facts, after.Facts) {
		if a, b := before.Facts[k], after.Facts[k]; a != b {
			d.Facts = append(d.Facts, Change{k, a, b})
		}
	}
	ids := func(f *PlanFile) []string {
		out := make([]string, 0, len(f.Tasks))
		for _, t := range f.Tasks {
			out = append(out, t.ID)
		}
		return out
	}
	d.Tasks = compareLists(ids(before), ids(after))
	d.Rows = diffRows(before.Rows, after.Rows)
	return d
}

func way(f *PlanFile) string {
	if f.Fallback == "" {
		return string(f.Way)
	}
	return string(f.Way) + " / " + string(f.Fallback)
}

func figures(before, after *PlanFile) []Change {
	var out []Change
	add := func(what string, a, b int) {
		if a != b {
			out = append(out, Change{what, itoa(a), itoa(b)})
		}
	}
	add("pages", before.Pages.Total, after.Pages.Total)
	for _, k := range unionKeys(before.Pages.ByAction, after.Pages.ByAction) {
		add("pages."+k, before.Pages.ByAction[k], after.Pages.ByAction[k])
	}
	strength := func(f *PlanFile) map[string]int {
		m := map[string]int{}
		for _, l := range f.Coverage {
			m[l.Strength] += l.Pages
		}
		return m
	}
	x, y := strength(before), strength(after)
	for _, k := range unionKeys(x, y) {
		add("coverage."+k, x[k], y[k])
	}
	add("questions", len(before.Questions)+len(before.OpenFacts), len(after.Questions)+len(after.OpenFacts))
	return out
}

func itoa(n int) string {
	if n == 0 {
		return "0"
	}
	return digits(n)
}

func unionKeys[V any](a, b map[string]V) []string {
	keys := append(sortedKeys(a), sortedKeys(b)...)
	slices.Sort(keys)
	return slices.Compact(keys)
}

func compareLists(before, after []string) ListChange {
	out := ListChange{Added: []string{}, Removed: []string{}}
	had, has := map[string]bool{}, map[string]bool{}
	for _, s := range before {
		had[s] = true
	}
	for _, s := range after {
		has[s] = true
		if !had[s] {
			out.Added = append(out.Added, s)
		}
	}
	for _, s := range before {
		if !has[s] {
			out.Removed = append(out.Removed, s)
		}
	}
	return out
}

func diffRows(before, after []RowFile) RowsDifference {
	d := RowsDifference{Added: []string{}, Removed: []string{}, Retarget: []RowChange{}, Carriers: []RowChange{}, Proofs: []RowChange{}}
	had := make(map[string]RowFile, len(before))
	for _, r := range before {
		had[r.Old] = r
	}
	has := make(map[string]bool, len(after))
	for _, r := range after {
		has[r.Old] = true
		b, ok := had[r.Old]
		change := RowChange{URL: r.Old, Old: b, New: r}
		switch {
		case !ok:
			d.Added = append(d.Added, r.Old)
		case b.New != r.New || b.Action != r.Action || b.Status != r.Status:
			d.Retarget = append(d.Retarget, change)
		case b.Carrier != r.Carrier || b.Strength != r.Strength:
			d.Carriers = append(d.Carriers, change)
		case b.Proof != r.Proof:
			d.Proofs = append(d.Proofs, change)
		default:
			d.Same++
		}
	}
	for _, r := range before {
		if !has[r.Old] {
			d.Removed = append(d.Removed, r.Old)
		}
	}
	byURL := func(a, b RowChange) int { return cmp.Compare(a.URL, b.URL) }
	slices.SortFunc(d.Retarget, byURL)
	slices.SortFunc(d.Carriers, byURL)
	slices.SortFunc(d.Proofs, byURL)
	slices.Sort(d.Added)
	slices.Sort(d.Removed)
	return d
}
