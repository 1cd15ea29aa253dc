package redirects

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFoldPrefixes(t *testing.T) {
	source := func(s string) Source {
		src, err := ParseSource(s)
		if err != nil {
			t.Fatal(err)
		}
		return src
	}
	const n = "https://new.example"
	tests := []struct {
		name   string
		rows   [][2]string
		others []string
		want   []string
	}{
		{"one folder", [][2]string{{"/blog/1.html", "/news"}, {"/blog/2.html", "/news"}, {"/blog/old/3.html", "/news"}, {"/a.html", "/a"}}, nil, []string{"/blog/* /news", "/a.html /a"}},
		{"too few", [][2]string{{"/blog/1.html", "/news"}, {"/blog/2.html", "/news"}}, nil, []string{"/blog/1.html /news", "/blog/2.html /news"}},
		{"one goes elsewhere", [][2]string{{"/blog/1", "/news"}, {"/blog/2", "/news"}, {"/blog/3", "/x"}, {"/blog/4", "/news"}}, nil, []string{"/blog/1 /news", "/blog/2 /news", "/blog/3 /x", "/blog/4 /news"}},
		{"inner folder", [][2]string{{"/b/o/1", "/news"}, {"/b/o/2", "/news"}, {"/b/o/3", "/news"}, {"/b/x", "/x"}}, nil, []string{"/b/o/* /news", "/b/x /x"}},
		{"a known page is in it", [][2]string{{"/blog/1", "/news"}, {"/blog/2", "/news"}, {"/blog/3", "/news"}}, []string{"/blog/4"}, []string{"/blog/1 /news", "/blog/2 /news", "/blog/3 /news"}},
		{"a known page beside it", [][2]string{{"/blog/1", "/news"}, {"/blog/2", "/news"}, {"/blog/3", "/news"}}, []string{"/blogger"}, []string{"/blog/* /news"}},
		{"into itself", [][2]string{{"/blog/1", "/blog/all"}, {"/blog/2", "/blog/all"}, {"/blog/3", "/blog/all"}}, nil, []string{"/blog/1 /blog/all", "/blog/2 /blog/all", "/blog/3 /blog/all"}},
		{"front page stays", [][2]string{{"/1", "/news"}, {"/2", "/news"}, {"/3", "/news"}, {"/4", "/news"}}, nil, []string{"/1 /news", "/2 /news", "/3 /news", "/4 /news"}},
		{"the folder itself goes elsewhere", [][2]string{{"/blog", "/b"}, {"/blog/1", "/news"}, {"/blog/2", "/news"}, {"/blog/3", "/news"}}, nil, []string{"/blog /b", "/blog/* /news"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var m Slice
			for i, row := range tt.rows {
				m = append(m, Rule{Line: i + 1, Source: source(row[0]), Target: n + row[1], Status: 301})
			}
			var others []Source
			for _, o := range tt.others {
				others = append(others, source(o))
			}
			c, err := CompactFor(t.Context(), m, CompactOptions{Prefixes: true, Others: slices.Values(others)})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range c.Kept {
				got = append(got, r.Source.String()+" "+r.Target[len(n):])
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if c.Rows != len(m) || len(c.Kept)+len(c.Dropped)-len(c.Added) != len(m) {
				t.Errorf("%d rows: %d kept, %d dropped, %d added", c.Rows, len(c.Kept), len(c.Dropped), len(c.Added))
			}
		})
	}
}

// A large map with many folders keeps every answer.
func TestFoldKeepsAnswers(t *testing.T) {
	var m Slice
	for i := range 3000 {
		target := fmt.Sprintf("https://new.example/c/%d", i/40%7)
		if i%271 == 0 {
			target += "/odd"
		}
		m = append(m, Rule{Line: i + 1, Status: 301, Target: target, Source: Source{Path: fmt.Sprintf("/s%d/f%d/%d.html", i/400, i/40, i)}})
	}
	c, err := CompactFor(t.Context(), m, CompactOptions{Prefixes: true, Parameters: true})
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewResolver(c.Kept)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range m {
		if got, ok := r.Resolve("", row.Source.RequestTarget()); !ok || got.Target != row.Target {
			t.Fatalf("%s: %s, want %s", row.Source, got.Target, row.Target)
		}
	}
	if len(c.Kept) > 700 {
		t.Errorf("%d rows of %d are kept", len(c.Kept), len(m))
	}
	t.Logf("%d rows become %d", len(m), len(c.Kept))
}
