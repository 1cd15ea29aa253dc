package engine

import (
	"regexp"
	"strings"
	"testing"

	"github.com/nlnwa/whatwg-url/url"

	"replatform/redirects"
)

// What is quoted for nginx is read back as it was, and is one token.
func FuzzNginxQuote(f *testing.F) {
	for _, seed := range []string{`/a"b\c`, `~^x`, `default`, `/\n\t\\`, `\`, `/a\"`, `/$x${y}`, "/%a4%5C"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !sendable(s) {
			return
		}
		if got, ok := nginxUnquote(nginxQuote(s)); !ok || got != s {
			t.Fatalf("%q is written %s and read %q, %v", s, nginxQuote(s), got, ok)
		}
		key, ok := nginxUnquote(nginxMapKey(s))
		if !ok {
			t.Fatalf("%q: key %s is no token", s, nginxMapKey(s))
		}
		// The map takes one backslash off the front and then takes the rest literally.
		switch literal, had := strings.CutPrefix(key, `\`); {
		case had && literal != s, !had && key != s:
			t.Fatalf("%q: key is read as %q", s, key)
		case !had && (strings.HasPrefix(key, "~") || key == "default" || key == "include" || key == "hostnames" || key == "volatile"):
			t.Fatalf("%q: key has a meaning to the map", s)
		}
		value, ok := nginxUnquote(nginxValue(s))
		if !ok || strings.ReplaceAll(value, nginxDollar, "$") != s || strings.Contains(strings.ReplaceAll(value, nginxDollar, ""), "$") {
			t.Fatalf("%q: value is read as %q", s, value)
		}
		re, err := regexp.Compile("^" + nginxPattern(s) + "$")
		if err != nil || !re.MatchString(s) || !re.MatchString(redirects.UpperEscapes(s)) {
			t.Fatalf("%q: pattern %s, %v", s, nginxPattern(s), err)
		}
	})
}

// A request target reaches the Worker's table under the key under which its row
// stands, whichever way the parser of the runtime spells it.
func FuzzWorkerTarget(f *testing.F) {
	for _, seed := range []string{"/?pid=1", `/a\b/../c"?x='"<>\`, "//double//slash.html", "/%2e%2E/./a/..", "/a/.%2e/b/.", "/^{|}`?^{|}`", "/bare?", "/..", "/?q=%a4%zz", "/a;b=c$&", "/%2e"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, target string) {
		if !strings.HasPrefix(target, "/") || !sendable(target) || strings.Contains(target, "#") {
			return
		}
		u, err := url.Parse("https://old.example" + target)
		if err != nil {
			return
		}
		parsed := strings.TrimPrefix(u.Href(true), "https://old.example")
		if got, want := workerTarget(target), workerTarget(parsed); got != want {
			t.Fatalf("%q: row has the key %q, a request arrives as %q with the key %q", target, got, parsed, want)
		}
		if again := workerTarget(workerTarget(target)); again != workerTarget(target) {
			t.Fatalf("%q: key %q changes to %q", target, workerTarget(target), again)
		}
	})
}

// No engine panics on any row, and no file holds a line that was not meant.
func FuzzWrite(f *testing.F) {
	f.Add("/?pid=1", "https://new.example/a", 301, "/?pid=1&x=2")
	f.Add("//a\"b\\{}$;#x", "https://new.example/$1{id}", 308, "/..")
	f.Add("https://old.example/%00?x=1&x=2", "", 410, "/%")
	f.Fuzz(func(t *testing.T, source, target string, status int, request string) {
		s, err := redirects.ParseSource(source)
		if err != nil {
			return
		}
		if parsed, err := redirects.ParseTarget(target); err == nil {
			target = parsed
		}
		r := redirects.Rule{Line: 1, Source: s, Target: target, Status: status}
		for _, e := range New(Options{}) {
			sel, err := Select(t.Context(), e, redirects.Slice{r})
			if err != nil {
				t.Fatal(err)
			}
			if err := e.Write(t.Context(), MemSink{}, sel.Map()); err != nil {
				t.Fatalf("%s: %s → %s: %v", e.ID(), source, target, err)
			}
			model, err := e.Model(sel.Map())
			if err != nil {
				t.Fatal(err)
			}
			model.Answer(Request{Host: "old.example", Target: request})
			if a := model.Answer(Request{Host: s.Host, Target: s.RequestTarget()}); sel.Written == 1 && (a.Status != statusOn(e, r) || a.Location != target) {
				t.Fatalf("%s: accepted %s, answered %+v", e.ID(), source, a)
			}
		}
	})
}
