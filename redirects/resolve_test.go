package redirects

import (
	"fmt"
	"strings"
	"testing"
)

// rules parses lines "source target [status] [mode]".
func rules(t *testing.T, text string) Slice {
	t.Helper()
	var all Slice
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		f := strings.Fields(line)
		r := Rule{Line: i + 1, Source: parse(t, f[0]), Status: 301}
		if len(f) > 1 && f[1] != "-" {
			r.Target = f[1]
		}
		for _, word := range f[2:] {
			switch word {
			case "exact":
				r.Source.QueryAs = QueryExact
			case "ordered":
				r.Source.QueryAs = QueryOrdered
			case "ignore":
				r.Source.QueryAs = QueryIgnore
			case "prefix":
				r.Source.Match = Prefix
			case "captured":
				r.Source.Match = Captured
			case "keep":
				r.KeepQuery = true
			default:
				if _, err := fmt.Sscan(word, &r.Status); err != nil {
					t.Fatal(err)
				}
			}
		}
		all = append(all, r)
	}
	return all
}

func TestResolve(t *testing.T) {
	m := rules(t, `
/?pid=1                     https://new.example/products/one
/?mode=cate&cbid=1&csid=0   https://new.example/collections/c1
/?mode=cate&cbid=1          https://new.example/collections/c
/                           https://new.example/
/list.html                  https://new.example/collections/all
/x.cgi?b=2&a=1              https://new.example/x exact
/y.cgi?b=2&a=1              https://new.example/y ordered
/z.cgi                      https://new.example/z ignore
/z.cgi?id=1                 https://new.example/z1
/shop/                      https://new.example/shop prefix
/shop/deep/                 https://new.example/deep prefix
/?keyword=%A4%EA            https://new.example/k
/item.cgi?12345             https://new.example/i
/only?q=                    https://new.example/empty
https://b.example/?pid=1    https://new.example/from-b
https://b.example/b.html    https://new.example/b`)
	r, err := NewResolver(m)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ host, target, want string }{
		{"", "/?pid=1", "products/one"},
		{"", "/?utm_source=x&pid=1&gclid=y", "products/one"},
		{"", "/?pid=1&pid=2", "products/one"},
		{"", "/?pid=2&pid=1", ""},
		{"", "/?pid=2", ""},
		{"", "/?Pid=1", ""},
		{"", "/?csid=0&cbid=1&mode=cate", "collections/c1"},
		{"", "/?csid=7&cbid=1&mode=cate", "collections/c"},
		{"", "/", ""},
		{"", "/?", ""},
		{"", "/?utm_source=x", ""},
		{"", "/?pid=", ""},
		{"", "/list.html", "collections/all"},
		{"", "/list.html?page=2", "collections/all"},
		{"", "/LIST.html", ""},
		{"", "/x.cgi?a=1&b=2", "x"},
		{"", "/x.cgi?a=1&b=2&c=3", ""},
		{"", "/y.cgi?b=2&a=1", "y"},
		{"", "/y.cgi?a=1&b=2", ""},
		{"", "/z.cgi?id=9", "z"},
		{"", "/z.cgi?id=1", "z1"},
		{"", "/shop", "shop"},
		{"", "/shop/a/b?c=d", "shop"},
		{"", "/shop/deep/b", "deep"},
		{"", "/shopping", ""},
		{"", "/?keyword=%a4%ea&page=2", "k"},
		{"", "/item.cgi?12345&gclid=1", "i"},
		{"", "/item.cgi?54321", ""},
		{"", "/only?q=", "empty"},
		{"", "/only?q=&a=1", ""},
		{"b.example", "/?pid=1", "from-b"},
		{"B.example:443", "/b.html", "b"},
		{"c.example", "/b.html", ""},
		{"b.example", "/list.html", "collections/all"},
	}
	for _, tt := range tests {
		rule, ok := r.Resolve(tt.host, tt.target)
		want := "https://new.example/" + tt.want
		home := tt.target == "/" || tt.target == "/?" || tt.target == "/?utm_source=x" || tt.target == "/?pid=" || tt.target == "/?Pid=1"
		if !ok && (tt.want != "" || home) || ok && (tt.want == "" && !home || rule.Target != want) {
			t.Errorf("Resolve(%q, %q) = %q, %v; want %q", tt.host, tt.target, rule.Target, ok, tt.want)
		}
	}
}

func TestGroupsAreBounded(t *testing.T) {
	var m Slice
	for i := range 300 {
		for j := range 1 + i%3 {
			m = append(m, Rule{Source: parse(t, fmt.Sprintf("/p?n%03d=%d", i, j)), Target: "https://new.example/a", Status: 301})
		}
	}
	m = append(m, Rule{Source: parse(t, "/p"), Target: "https://new.example/b", Status: 301})
	g, err := CollectGroups(m, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Sets()) != 10 || g.Sets()[0][0] != "n002" {
		t.Errorf("sets %v; want the ten most frequent, in order", g.Sets())
	}
	if _, ok := g.Guard("/p"); ok {
		t.Error("300 names are more than a guard takes")
	}
	r, err := NewResolver(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range m {
		if got, ok := r.Resolve("", rule.Source.RequestTarget()); !ok || got.Source != rule.Source {
			t.Errorf("%s is answered by %v, %v", rule.Source, got.Source, ok)
		}
	}
}

func TestWithQuery(t *testing.T) {
	for _, tt := range [][3]string{
		{"https://n.example/a", "", "https://n.example/a"},
		{"https://n.example/a", "x=1", "https://n.example/a?x=1"},
		{"https://n.example/a?b=2", "x=1", "https://n.example/a?b=2&x=1"},
		{"https://n.example/a#f", "x=1", "https://n.example/a?x=1#f"},
	} {
		if got := WithQuery(tt[0], tt[1]); got != tt[2] {
			t.Errorf("WithQuery(%q, %q) = %q, want %q", tt[0], tt[1], got, tt[2])
		}
	}
}
