package pairing

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/planner/match/internal/text"
)

func TestCodeRelation(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float32
	}{
		{"ab12345", "ab12345", 1},
		{"ab12345", "nab12345", 0.9},
		{"ab12345", "ab12345jp", 0.8},
		{"ab12345bkl", "ab12345", 0.7},
		{"ab123451", "ab12345", 0.7},
		{"ab12345bk", "ab12345wh", 0.4},
		{"ab12345", "cd99887", 0},
		{"abc", "abcd", 0},
	} {
		if got := codeRelation(c.a, c.b); got != c.want {
			t.Errorf("codeRelation(%q, %q) = %v, want %v", c.a, c.b, got, c.want)
		}
		if got := codeRelation(c.b, c.a); got != c.want {
			t.Errorf("codeRelation(%q, %q) = %v, want %v", c.b, c.a, got, c.want)
		}
	}
}

func TestModelNumbers(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"pump QX-402B black", []string{"qx402b"}},
		{"pump QX402B", []string{"qx402b"}},
		{"TH-50PZ850U set", []string{"50pz850u", "th50pz850u"}},
		{"screws 25 mm", nil},
		{"part 8812345", []string{"8812345"}},
		{"A/V box", nil},
	} {
		if d := cmp.Diff(c.want, modelNumbers(text.Fold(c.in))); d != "" {
			t.Errorf("modelNumbers(%q): (-want +got)\n%s", c.in, d)
		}
	}
}

func TestHead(t *testing.T) {
	same := func(a, b string) bool { return head(a) == head(b) && head(a) != 0 }
	if !same("ab12345bkl", "cd98765") {
		t.Error("two codes of one numbering have different heads")
	}
	if same("ab12345", "83de167e4ab9541b") || same("ab12345", "z123456") {
		t.Error("codes of two numberings have one head")
	}
	if head("abc") != 0 || head("summer") != 0 || head("12") != 0 {
		t.Error("words and short numbers are taken for codes")
	}
}

func TestImageStem(t *testing.T) {
	for in, want := range map[string]string{
		"https://cdn.shop.invalid/files/ab-123_x.jpg?v=99": "ab123x",
		"/img/%E8%8C%B6.png":        "茶",
		"":                          "",
		"https://shop.invalid/img/": "",
	} {
		if got := imageStem(in); got != want {
			t.Errorf("imageStem(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestReadAddress(t *testing.T) {
	for in, want := range map[string]address{
		"https://s.invalid/products/green-tea-100g": {words: "green tea 100g", last: "green-tea-100g", dir: "s.invalid/products"},
		"https://s.invalid/?pid=123":                {dir: "s.invalid/"},
		"https://s.invalid/help/about.html":         {words: "about", last: "about", dir: "s.invalid/help"},
		"https://s.invalid/%E8%8C%B6":               {words: "茶", last: "茶", dir: "s.invalid/"},
		"::no address":                              {},
	} {
		if d := cmp.Diff(want, readAddress(in), cmp.AllowUnexported(address{})); d != "" {
			t.Errorf("readAddress(%q): (-want +got)\n%s", in, d)
		}
	}
}

func TestGTINFormsAreOneNumber(t *testing.T) {
	if a, b := gtinKey("0012345678905"), gtinKey("012345678905"); a == "" || a != b {
		t.Errorf("13 and 12 digits of one barcode: %q and %q", a, b)
	}
	if gtinKey("4901234567890") != "" {
		t.Error("a wrong check digit is accepted")
	}
}

// slowDistance is the textbook recursion, for comparison.
func slowDistance(a, b []rune) int {
	switch {
	case len(a) == 0:
		return len(b)
	case len(b) == 0:
		return len(a)
	}
	d := slowDistance(a[1:], b[1:])
	if a[0] != b[0] {
		d++
	}
	d = min(d, slowDistance(a[1:], b)+1, slowDistance(a, b[1:])+1)
	if len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] {
		d = min(d, slowDistance(a[2:], b[2:])+1)
	}
	return d
}

func TestDistanceAgreesWithTheSlowOne(t *testing.T) {
	words := []string{"", "a", "ab", "ba", "abc", "acb", "abdc", "xabc", "茶筒", "筒茶", "ほうじ", "ほじう", "mouse", "moose", "muose"}
	for _, a := range words {
		for _, b := range words {
			want := slowDistance([]rune(a), []rune(b))
			for limit := range 4 {
				got := distance(a, b, limit)
				if want <= limit && got != want || want > limit && got <= limit {
					t.Errorf("distance(%q, %q, %d) = %d, the true one is %d", a, b, limit, got, want)
				}
			}
		}
	}
}

func TestDiffer(t *testing.T) {
	for _, c := range []struct {
		a, b, ra, rb string
		ok           bool
	}{
		{"白茶碗", "ホワイト茶碗", "白", "ホワイト", true},
		{"大皿白", "大皿黒", "白", "黒", true},
		{"皿", "鉢", "皿", "鉢", false},
		{"皿", "皿白", "", "白", false},
	} {
		ra, rb, ok := differ(c.a, c.b)
		if ra != c.ra || rb != c.rb || ok != c.ok {
			t.Errorf("differ(%q, %q) = %q, %q, %v", c.a, c.b, ra, rb, ok)
		}
	}
}
