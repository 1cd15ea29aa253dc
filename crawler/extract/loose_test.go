package extract

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseJSONTolerates(t *testing.T) {
	n := func(s string) json.Number { return json.Number(s) }
	tests := []struct {
		name, in string
		want     []any
	}{
		{"plain", `{"a": 1, "b": [true, null, "x"]}`, []any{map[string]any{"a": n("1"), "b": []any{true, nil, "x"}}}},
		{"comments", "// head\n{/* c */\"a\": 1} // tail", []any{map[string]any{"a": n("1")}}},
		{"trailing commas", `{"a": [1, 2,], }`, []any{map[string]any{"a": []any{n("1"), n("2")}}}},
		{"missing comma", `{"a": "1" "b": "2"}`, []any{map[string]any{"a": "1", "b": "2"}}},
		{"line break in a string", "{\"a\": \"x\ny\"}", []any{map[string]any{"a": "x\ny"}}},
		{"bad escape", `{"a": "it\'s"}`, []any{map[string]any{"a": "it's"}}},
		{"single quotes and bare keys", `{a: 'x', $b_2: "y"}`, []any{map[string]any{"a": "x", "$b_2": "y"}}},
		{"unescaped quotation marks", `{"name": "Pipe 4" long", "sku": "P4"}`, []any{map[string]any{"name": `Pipe 4" long`, "sku": "P4"}}},
		{"CDATA", "//<![CDATA[\n{\"a\": 1}\n//]]>", []any{map[string]any{"a": n("1")}}},
		{"HTML comment", "<!-- {\"a\": 1} -->", []any{map[string]any{"a": n("1")}}},
		{"entities for quotation marks", `{&quot;a&quot;: &quot;b&quot;}`, []any{map[string]any{"a": "b"}}},
		{"two values", `{"a":1} {"b":2}`, []any{map[string]any{"a": n("1")}, map[string]any{"b": n("2")}}},
		{"missing end", `{"a": {"b": "c"`, []any{map[string]any{"a": map[string]any{"b": "c"}}}},
		{"expressions", `{"a": foo(1, "x)"), "b": undefined, "c": !0, "d": x.y, "e": 2}`, []any{map[string]any{"a": nil, "b": nil, "c": true, "d": nil, "e": n("2")}}},
		{"surrogate pair", `{'a': "\ud83c\udf7a"}`, []any{map[string]any{"a": "🍺"}}},
		{"stray bracket", `{"a": [1) ,] }`, []any{map[string]any{"a": []any{n("1"), nil}}}},
		{"nothing", " ", nil},
		{"no JSON", "<p>", nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, parseJSON(tt.in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestParseLooseStopsAtTheMatchingBrace(t *testing.T) {
	in := `{"name": "a };b", "x": {"y": 1}}; var other = {};`
	_, n, err := parseLoose(in, false)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := in[n:], "; var other = {};"; got != want {
		t.Errorf("rest is %q, want %q", got, want)
	}
}

func FuzzParseJSON(f *testing.F) {
	for _, s := range []string{`{"a": [1, 2,], }`, `{a: 'x'}`, `{"a": foo(1, "x)")`, "[[[[", `{"n": "Pipe 4" long"}`, `{&quot;a&quot;:1}`, "//<![CDATA["} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, v := range parseJSON(s) {
			if _, err := json.Marshal(v); err != nil && !badNumber(v) {
				t.Errorf("parseJSON(%q) gave a value that is no JSON: %v", s, err)
			}
		}
	})
}

// badNumber says whether v holds a number that is none, such as "1-2": readers
// of amounts cope with it.
func badNumber(v any) bool {
	switch v := v.(type) {
	case json.Number:
		_, err := v.Float64()
		return err != nil || !json.Valid([]byte(v))
	case []any:
		for _, x := range v {
			if badNumber(x) {
				return true
			}
		}
	case map[string]any:
		for _, x := range v {
			if badNumber(x) {
				return true
			}
		}
	}
	return false
}
