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

// What the plugin's reader would make another address of is refused for both of its
// files, with the reason; what it stores as it is, is not.
func TestRedirectionReader(t *testing.T) {
	for text, want := range map[string]string{
		"/?pid=1 https://new.example/a":                           "",
		"/%E5%95%86.html https://new.example/%E5%95%86?a=1&b[]=2": "",
		"/a.html https://new.example/a$1":                         "target-dropped",
		"/a.html https://new.example/it's":                        "target-dropped",
		"/a.html https://new.example/{id}":                        "target-dropped",
		"/a.html https://new.example/a%0Db":                       "target-dropped",
		"/a%20b.html https://new.example/a":                       "ascii-escape",
		"/?q=a%2Bb https://new.example/a":                         "ascii-escape",
		"/a+b.html https://new.example/a":                         "plus",
		"/?opt[]=1 https://new.example/a":                         "parameter-name",
		"/?Pid=1&pid=2 https://new.example/a":                     "parameter-name",
		"/%BE%A6.html https://new.example/a":                      "odd-source",
	} {
		for _, id := range []string{"redirection-csv", "redirection-json"} {
			e, _ := Get(id, Options{})
			got := ""
			if r := e.Check(row(t, 1, text)); r != nil {
				got = r.Code
			}
			if got != want {
				t.Errorf("%s: %s: refused as %q, want %q", id, text, got, want)
			}
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
