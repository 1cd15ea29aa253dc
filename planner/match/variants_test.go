package match

import (
	"slices"
	"strings"
	"testing"

	"replatform/planner/match/internal/synth"
)

// TestVariantsAreExplained looks at a move in which the new shop calls most variants by
// other names: pairs say which names stand for which, hostile ones are cut.
func TestVariantsAreExplained(t *testing.T) {
	m := synth.Unseen(2, 91, 300)
	if err := m.ListVariants(91); err != nil {
		t.Fatal(err)
	}
	var old, new []Item
	for i := range m.Old {
		old = append(old, itemOf(&m.Old[i]))
	}
	for i := range m.New {
		new = append(new, itemOf(&m.New[i]))
	}
	said := map[string]int{}
	example := 0
	err := Each(t.Context(), old, new, Options{}, func(p Pair) error {
		for _, e := range p.Evidence {
			said[e.Code]++
			if e.Code == RenamedVariants && strings.HasPrefix(e.Old, "S, M, L") && p.New >= 0 {
				example = p.Old
				if want := strings.NewReplacer("S", "小", "M", "中", "LL", "特大", "L", "大").Replace(e.Old); e.New != want {
					t.Errorf("%q stands for %q, want %q", e.New, e.Old, want)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if said[RenamedVariants] == 0 || said[OtherVariants] == 0 || said[SameVariants] == 0 {
		t.Errorf("said: %v", said)
	}
	x, err := Explain(t.Context(), old, new, Options{}, example)
	if err != nil {
		t.Fatal(err)
	}
	if x.Variants == nil || !x.Variants.Weighs || x.Pictures != nil {
		t.Errorf("learnt from %+v, pictures %+v", x.Variants, x.Pictures)
	}
	if en, ja := Reason(x.Pair.Evidence, "en"), Reason(x.Pair.Evidence, "ja"); !strings.Contains(en, "variants in the same order, renamed (S, M, L") || !strings.Contains(ja, "件が同じ順、名称変更あり（S, M, L") {
		t.Errorf("%q, %q", en, ja)
	}
	if !slices.ContainsFunc(x.Candidates, func(c Considered) bool {
		return slices.ContainsFunc(c.Weights, func(w Weight) bool { return w.Theme == "variants" && w.Among != 0 })
	}) {
		t.Error("lists of variants weigh nothing")
	}
	long := variantNames(&Item{Variants: []VariantItem{{Title: strings.Repeat("長", 60_000)}, {Title: "\xff\xfe"}, {}, {}, {}}})
	if len(long) > 200 || !strings.HasSuffix(long, ", …") {
		t.Errorf("%d bytes: %q", len(long), long)
	}
}
