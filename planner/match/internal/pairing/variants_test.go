package pairing

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVariants(t *testing.T) {
	list := func(titles ...string) (vs []Variant) {
		for _, s := range titles {
			vs = append(vs, Variant{Title: s})
		}
		return vs
	}
	var old, new List
	var certain []Certain
	add := func(a, b []Variant, sure bool) int {
		n := len(old)
		old = append(old, Record{URL: fmt.Sprintf("https://old.example/%d", n), Title: fmt.Sprintf("thing %d", n), Variants: a})
		new = append(new, Record{URL: fmt.Sprintf("https://new.example/%d", n), Title: fmt.Sprintf("thing %d", n), Variants: b})
		if sure {
			certain = append(certain, Certain{int32(n), int32(n)})
		}
		return n
	}
	for range 4 {
		add(list("S", "M", "L"), list("小", "中", "大"), true)
	}
	add(list("レッド / S", "レッド / M"), list("赤 / 小", "赤 / 中"), true) // レッド once only
	add(list("Ｓ", "Ｍ"), list("中", "小"), true)                     // the wrong way round, once
	renamed := add(list("S", "M", "L"), list("小", "中", "大"), false)
	some := add(list("S", "XL", "Free"), list("小", "XL", "free"), false)
	same := add(list("100g", "200g"), list("１００ｇ", "200g"), false)
	turned := add(list("S", "L"), list("大", "小"), false)
	fewer := add(list("S", "M", "L"), list("小", "中"), false)
	rare := add(list("レッド / S", "レッド / M"), list("赤 / 小", "赤 / 中"), false)
	single := add(list("S"), list("小"), false)
	parts := add(list("レッド S", "M"), list("赤 / 小", "中"), false)
	m, err := Prepare(t.Context(), old, new, nil, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !m.HasVariants() {
		t.Fatal("no variants")
	}
	m.LearnVariants(certain)
	got := map[string]SignLevel{}
	for name, i := range map[string]int{"a certain pair, its own vote aside": 0, "renamed": renamed, "some renamed": some, "same": same,
		"in another order": turned, "fewer": fewer, "renamed too rarely": rare, "one variant is no list": single, "other parts": parts} {
		got[name], _ = m.Variants(i, int32(i))
	}
	want := map[string]SignLevel{"a certain pair, its own vote aside": SignOwn, "renamed": SignOwn, "some renamed": SignOwn, "same": SignSame,
		"in another order": SignOther, "fewer": SignOther, "renamed too rarely": SignOther, "one variant is no list": SignUnknown, "other parts": SignOther}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if _, n := m.Variants(renamed, int32(renamed)); n != 3 {
		t.Errorf("%d variants, want 3", n)
	}
}
