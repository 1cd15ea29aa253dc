package review

import (
	"strings"
	"testing"
)

func TestSegments(t *testing.T) {
	tests := []struct{ old, fresh, wantOld, wantNew string }{
		{"【送料無料】月影 湯のみ", "月影　湯のみ", "[【送料無料】]月影 湯のみ", "月影　湯のみ"},
		{"ﾂｷｶｹﾞ ユノミ", "ツキカゲ ゆのみ", "ﾂｷｶｹﾞ ユノミ", "ツキカゲ ゆのみ"},
		{"Cup 500ml", "CUP 350ml", "Cup [500ml]", "CUP [350ml]"},
		{"Cup 2.5 L", "Cup 2 L", "Cup [2.5] L", "Cup [2] L"},
		{"★湯のみ★", "湯のみ", "[★]湯のみ[★]", "湯のみ"},
		{"【未完", "未完", "【未完", "未完"},
		{"", "湯のみ", "", "[湯のみ]"},
		{"うたかた／帆布の名刺入れ", "うたかた 帆布名刺入れ", "うたかた／帆布[の]名刺入れ", "うたかた 帆布名刺入れ"},
		{"★新入荷★ 湯のみ", "湯のみ", "[★新入荷★] 湯のみ", "湯のみ"},
	}
	for _, tt := range tests {
		a, b := tokens(tt.old), tokens(tt.fresh)
		onlyA, onlyB := differ(a, b)
		draw := func(list []segment) string {
			var out strings.Builder
			for _, s := range list {
				if s.Diff {
					out.WriteString("[" + s.Text + "]")
				} else {
					out.WriteString(s.Text)
				}
			}
			return out.String()
		}
		if got := draw(segments(tt.old, a, onlyA)); got != tt.wantOld {
			t.Errorf("old side of %q: %q, want %q", tt.old, got, tt.wantOld)
		}
		if got := draw(segments(tt.fresh, b, onlyB)); got != tt.wantNew {
			t.Errorf("new side of %q: %q, want %q", tt.fresh, got, tt.wantNew)
		}
	}
}

// Whatever a title holds, the segments put together are the title.
func FuzzSegments(f *testing.F) {
	f.Add("【送料無料】月影 湯のみ 500ml", "月影 湯のみ")
	f.Add("【【】】((", "\xff\xfe★")
	f.Add(strings.Repeat("a ", 300), strings.Repeat("b ", 300))
	f.Fuzz(func(t *testing.T, old, fresh string) {
		a, b := tokens(old), tokens(fresh)
		onlyA, onlyB := differ(a, b)
		for _, side := range []struct {
			s    string
			list []token
			only []bool
		}{{old, a, onlyA}, {fresh, b, onlyB}} {
			var whole strings.Builder
			for _, s := range segments(side.s, side.list, side.only) {
				whole.WriteString(s.Text)
			}
			if whole.String() != side.s {
				t.Errorf("%q became %q", side.s, whole.String())
			}
		}
	})
}

func TestGroups(t *testing.T) {
	p := newProject(t)
	fill(t, p, 40)
	d, err := openDeck(t.Context(), p, "test")
	check(t, err)
	var got []string
	for _, g := range d.openGroups() {
		got = append(got, strings.Join(g.gone, "|")+" → "+strings.Join(g.came, "|")+" "+string(g.code)+" "+string(g.price))
	}
	// 24 of equal names, 8 with the remark, 8 with another size.
	equalValues(t, "number of groups", 3, len(got))
	equalValues(t, "largest", " →  same same", got[0])
	sizes := map[string]int{}
	for _, g := range d.openGroups() {
		sizes[strings.Join(g.gone, "|")] = len(g.openRows())
	}
	equalValues(t, "sizes", map[string]int{"": 24, "【送料無料】": 8, "500ml": 8}, sizes)
}

func TestAlike(t *testing.T) {
	price := func(amount, currency string) *side { return &side{price: amount, currency: currency} }
	for _, tt := range []struct {
		what      string
		want, got likeness
	}{
		{"codes with and without hyphen", same, alikeCodes("KZ-1025", "kz１０２５")},
		{"codes", differs, alikeCodes("KZ-1025", "KZ-1026")},
		{"no code", unknown, alikeCodes("-", "KZ-1026")},
		{"currency not known", same, alikePrices(price("7491", "JPY"), price("7491.00", ""))},
		{"two currencies", differs, alikePrices(price("7491", "JPY"), price("7491", "USD"))},
		{"two prices", differs, alikePrices(price("7491", ""), price("7492", ""))},
		{"no price", unknown, alikePrices(price("", "JPY"), price("7492", "JPY"))},
		{"an exponent", unknown, alikePrices(price("1e999999999", ""), price("", ""))},
		{"no number", same, alikePrices(price("open", ""), price("OPEN", ""))},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.what, tt.got, tt.want)
		}
	}
}
