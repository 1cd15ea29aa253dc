package redirects

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompact(t *testing.T) {
	const n = "https://new.example"
	tests := []struct {
		name, rules string
		dropped     []string // "line by"
	}{
		{"nothing to do", "/?pid=1 " + n + "/a\n/?pid=2 " + n + "/b\n/ " + n + "/", nil},
		{"spellings", "/?a=1&b=2 " + n + "/x\n/?b=2&a=1 " + n + "/x\n/?k=%a4 " + n + "/y\n/?k=%A4 " + n + "/y", []string{"2 1", "4 3"}},
		{"further parameters", "/?pid=1 " + n + "/a\n/?pid=1&utm=x " + n + "/a\n/?pid=1&utm=y " + n + "/other", []string{"2 1"}},
		{"another row stands between", "/?a=1 " + n + "/x\n/?a=1&b=2 " + n + "/y\n/?a=1&b=2&c=3 " + n + "/x", nil},
		{"pages of a list", "/list " + n + "/l\n/list?page=2 " + n + "/l\n/list?page=3 " + n + "/l", []string{"2 1", "3 1"}},
		{"pages of a list, one elsewhere", "/list " + n + "/l\n/list?page=2 " + n + "/l\n/list?page=3 " + n + "/m", nil},
		{"front page is no fallback", "/ " + n + "/\n/?pid=1 " + n + "/a", nil},
		{"below a prefix", "/shop/ " + n + "/s prefix\n/shop/a.html " + n + "/s\n/shop/b.html " + n + "/b\n/shop/c.html?x=1 " + n + "/s", []string{"2 1", "4 1"}},
		{"hosts", "https://a.example/x " + n + "/1\nhttps://b.example/x " + n + "/1", nil},
		{"carried query", "/?pid=1 " + n + "/a keep\n/?pid=1&utm=x " + n + "/a", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := rules(t, tt.rules)
			c, err := Compact(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range c.Dropped {
				got = append(got, fmt.Sprint(d.Line, " ", d.By))
			}
			if diff := cmp.Diff(tt.dropped, got); diff != "" {
				t.Errorf("dropped (-want +got):\n%s", diff)
			}
			if len(c.Kept)+len(c.Dropped) != c.Rows || c.Rows != len(m) {
				t.Errorf("%d rows, %d kept, %d dropped", c.Rows, len(c.Kept), len(c.Dropped))
			}
		})
	}
}

func FuzzCompact(f *testing.F) {
	f.Add([]byte("/?a=1,https://n.example/x\n/?a=1&b=2,https://n.example/x\n/?b=2,https://n.example/y\n/,https://n.example/x\n"))
	f.Add([]byte("https://a.example/l,https://n.example/x\n/l?p=2,https://n.example/x\n/l,https://n.example/x\n"))
	f.Add([]byte("/?a=1&p=7,https://n.example/7?7\n/?p=8&a=1,https://n.example/8?8\n/?a=1&p=9,https://n.example/9?9\n/?p=9,https://n.example/x\n/,https://n.example/y\n"))
	f.Add([]byte("/i/a-1.html,https://n.example/a-1\n/i/b_2.html,https://n.example/b_2\n/i/%a43.html,https://n.example/%a43\n/i/*,https://n.example/z\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 2048 {
			return
		}
		var all Slice
		for r, err := range ReadCSV(bytes.NewReader(data)) {
			if err == nil {
				if strings.HasSuffix(r.Source.Path, "*") {
					r.Source.Match, r.Source.HasQuery, r.Source.Query = Prefix, false, ""
				}
				all = append(all, r)
			}
		}
		c, err := CompactFor(t.Context(), all, CompactOptions{Parameters: true, Prefixes: true, Captures: true, MinPrefix: 2, MinCapture: 2})
		if err != nil {
			t.Fatal(err)
		}
		before, err := NewResolver(all)
		if err != nil {
			t.Fatal(err)
		}
		after, err := NewResolver(c.Kept)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			a, ok := before.Resolve(r.Source.Host, r.Source.RequestTarget())
			b, still := after.Resolve(r.Source.Host, r.Source.RequestTarget())
			if ok != still || !sameAnswer(a, b) {
				t.Fatalf("%s: %v before, %v after; dropped %v", r.Source, a, b, c.Dropped)
			}
		}
	})
}
