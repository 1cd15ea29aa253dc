package engine

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"testing"

	"replatform/redirects"
)

// A map beyond the engine's limit is compacted as a whole, also where the other known
// addresses are those of the map; what still does not fit is counted.
func TestCompactAboveLimit(t *testing.T) {
	var rows strings.Builder
	for i := range 400 {
		fmt.Fprintf(&rows, "/blog/%d.html https://new.example/news\n/a-%d.html https://new.example/a-%d\n", i, i, i)
		fmt.Fprintf(&rows, "/b-%d.html https://new.example/b-%d\n", i, i)
	}
	m := rowsOf(t, rows.String())
	known := func(m redirects.Slice) iter.Seq[redirects.Source] {
		return func(yield func(redirects.Source) bool) {
			for _, r := range m {
				if !yield(r.Source) {
					return
				}
			}
		}
	}
	tests := []struct {
		id     string
		before int
		after  int
		limit  int
		above  int
	}{
		{id: "nginx", before: 1200, after: 801},
		{id: "htaccess", before: 1200, after: 801, limit: 500, above: 301},
	}
	for _, tt := range tests {
		t.Run(tt.id, func(t *testing.T) {
			e, _ := Get(tt.id, Options{})
			c, err := Compact(t.Context(), e, m, CompactOptions{Others: known(m)})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := []int{c.Before, c.After, c.Limit, c.Above}, []int{tt.before, tt.after, tt.limit, tt.above}; !slices.Equal(got, want) {
				t.Errorf("before, after, limit, above: %v, want %v", got, want)
			}
		})
	}
}

// compactable is a shop with product numbers in parameters and paths, words in paths,
// pages of a list, exceptions, and a folder that went to one place.
func compactable() redirects.Slice {
	var rows strings.Builder
	for i := range 100 {
		fmt.Fprintf(&rows, "/?pid=%d https://new.example/products/%d\n", 1000+i*7, 1000+i*7)
		fmt.Fprintf(&rows, "/?mode=cate&cbid=%d&csid=0 https://new.example/collections/c%d?from=%d\n", i, i, i)
		fmt.Fprintf(&rows, "/shopdetail/%d/ https://new.example/products/%d\n", 5000+i, 5000+i)
		fmt.Fprintf(&rows, "/%%c3%%e3/tea-%d_x.html https://new.example/%%E8%%8C%%B6/tea-%d_x#p\n", i, i)
		fmt.Fprintf(&rows, "/blog/%d.html https://new.example/news\n", i)
	}
	rows.WriteString(`/?pid=5 https://new.example/moved/five
/?pid=6 410
/?pid=1007&cid=3 https://new.example/products/1007
/?pid=1014&cid=3 https://new.example/other
/?cbid=8&csid=0&mode=cate https://new.example/collections/c8?from=8
/shopdetail/9/ https://new.example/nine
/shopdetail/ https://new.example/all
/%C3%E3/Tea-1_x.html https://new.example/capital
/ https://new.example/`)
	return rowsOfAll(rows.String())
}

func rowsOfAll(text string) redirects.Slice {
	var m redirects.Slice
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		old, to, _ := strings.Cut(line, " ")
		s, err := redirects.ParseSource(old)
		r := redirects.Rule{Line: i + 1, Source: s, Target: to, Status: 301}
		if err != nil {
			panic(err)
		}
		if to == "410" {
			r.Target, r.Status = "", 410
		}
		m = append(m, r)
	}
	return m
}

// rowsAfter is how many rows stand for those of compactable.
func rowsAfter(e Engine) int {
	c := e.Capabilities()
	n := len(compactable())
	if c.Captures.Value {
		n -= 4 * (100 - 1)
	}
	if c.Patterns.Value {
		n -= 100 - 1
	}
	if c.ExtraParameters.Value {
		n -= 2 // the product with its category, the category spelt in another order
	}
	return n
}

// A map compacted as far as it goes is answered by the real engine as the whole map
// was, and so are other spellings and addresses beside it.
func TestConformanceCompacted(t *testing.T) {
	m := compactable()
	var others []redirects.Source
	for _, o := range []string{"/?pid=", "/?pid=x", "/?utm_source=x", "/shopdetail/x/", "/robots.txt", "/blogger", "/?mode=cate&cbid=1&csid=2", "/?mode=cate&cbid=1"} {
		s, err := redirects.ParseSource(o)
		if err != nil {
			t.Fatal(err)
		}
		others = append(others, s)
	}
	runnable(t, func(t *testing.T, e Engine, start func(testing.TB, string) *server) {
		c, err := Compact(t.Context(), e, m, CompactOptions{Captures: true, Others: slices.Values(others)})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range c.Added {
			t.Logf("%s → %s", r.Source, r.Target)
		}
		t.Logf("%d rows become %d; declined %v", c.Before, c.After, c.Declined)
		if want := rowsAfter(e); c.After != want {
			t.Errorf("%d rows become %d, want %d", c.Before, c.After, want)
		}
		whole, err := selectUpTo(t.Context(), e, m, Limit{Max: math.MaxInt})
		if err != nil {
			t.Fatal(err)
		}
		model, err := e.Model(whole.Map())
		if err != nil {
			t.Fatal(err)
		}
		_, dir := written(t, e, c.Kept)
		s := start(t, dir)
		differences := 0
		ask := func(source redirects.Source) {
			for _, target := range spellingsOf(source, e.Capabilities().ExtraParameters.Value) {
				want := model.Answer(Request{Host: "old.example", Target: target})
				if got := s.ask("old.example", target); got != want {
					if differences++; differences < 10 {
						t.Errorf("%s: the engine answers %+v, the whole map says %+v", target, got, want)
					}
				}
			}
		}
		for r := range whole.Map().Rules() {
			ask(r.Source)
		}
		for _, o := range others {
			ask(o)
		}
	})
}

// What is compacted and what is declined, engine by engine.
func TestCompactCaptures(t *testing.T) {
	var folded strings.Builder
	for i := range 20 {
		fmt.Fprintf(&folded, "/item/tea-%d.html https://new.example/p/tea-%d\n", i, i)
	}
	folded.WriteString("/item/TEA-5.html https://new.example/capital")
	tests := []struct {
		id, name string
		rows     redirects.Slice
		others   []string
		captures bool
		after    int
		declined string
	}{
		{id: "nginx", name: "not asked for", rows: bigMap(100), after: 100},
		{id: "nginx", name: "numbers", rows: compactable(), captures: true, after: 12},
		{id: "nginx", name: "a known address that must not move", rows: rowsOfAll(folded.String()), others: []string{"/item/tea-99.html"}, captures: true, after: 21, declined: "/item/tea-{id}.html /item/tea-99.html, /item/{slug}.html /item/tea-99.html"},
		{id: "nginx", name: "letter case", rows: rowsOfAll(folded.String()), captures: true, after: 2},
		{id: "haproxy", name: "letter case", rows: rowsOfAll(folded.String()), captures: true, after: 2},
		{id: "iis", name: "an engine without patterns", rows: rowsOfAll(folded.String()), captures: true, after: 20},
		{id: "json-lines", name: "numbers", rows: compactable(), captures: true, after: 14},
	}
	for _, tt := range tests {
		t.Run(tt.id+"/"+tt.name, func(t *testing.T) {
			e, _ := Get(tt.id, Options{})
			var others []redirects.Source
			for _, o := range tt.others {
				s, err := redirects.ParseSource(o)
				if err != nil {
					t.Fatal(err)
				}
				others = append(others, s)
			}
			c, err := Compact(t.Context(), e, tt.rows, CompactOptions{Captures: tt.captures, Others: slices.Values(others)})
			if err != nil {
				t.Fatal(err)
			}
			if c.After != tt.after {
				t.Errorf("%d rows become %d, want %d", c.Before, c.After, tt.after)
				for _, r := range c.Added {
					t.Logf("%s → %s", r.Source, r.Target)
				}
			}
			var all []string
			for _, d := range c.Declined {
				all = append(all, d.Source+" "+d.Because)
			}
			if declined := strings.Join(all, ", "); declined != tt.declined {
				t.Errorf("declined %q, want %q", declined, tt.declined)
			}
		})
	}
}
