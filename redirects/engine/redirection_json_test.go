package engine

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/redirects"
)

// The plugin reads 3,000 rows of a path for a request and no more.
func TestRedirectionCrowdedPath(t *testing.T) {
	var m redirects.Slice
	for i := range 3100 {
		m = append(m, row(t, i+1, fmt.Sprintf("/?pid=%d https://new.example/%d", i, i)))
	}
	m = append(m, row(t, 3101, "/a.html https://new.example/a"))
	for _, id := range []string{"redirection-csv", "redirection-json"} {
		e, _ := Get(id, Options{})
		sel, err := Select(t.Context(), e, m)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{"written": sel.Written}
		for _, r := range sel.Refused {
			got[r.Code]++
		}
		if diff := cmp.Diff(map[string]int{"written": 3000, "path-crowded": 101}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
}

// Conditions on one path: most parameters first, and a row without parameters does not
// answer for those that other rows have.
func TestConditionsOnOnePath(t *testing.T) {
	m := rowsOf(t, "/x.cgi https://new.example/x\n/x.cgi?a=1 https://new.example/a\n/x.cgi?b=2 https://new.example/b\n/x.cgi?b=2&a=1 https://new.example/ab\n/y.html https://new.example/y")
	for _, id := range []string{"redirection-json", "vercel-json"} {
		e, _ := Get(id, Options{})
		model, err := e.Model(m)
		if err != nil {
			t.Fatal(err)
		}
		for target, want := range map[string]string{
			"/x.cgi": "x", "/x.cgi?a=1": "a", "/x.cgi?utm=1&a=1": "a", "/x.cgi?a=1&b=2&c=3": "ab", "/x.cgi?a=1&b=3": "a", "/x.cgi?a=9": "", "/x.cgi?a=11": "",
			"/y.html?utm=1": "y", "/y.html": "y", "/z.html": "",
		} {
			if want != "" {
				want = "https://new.example/" + want
			}
			if got := model.Answer(Request{Target: target}).Location; got != want {
				t.Errorf("%s: %s leads to %q, want %q", id, target, got, want)
			}
		}
	}
}
