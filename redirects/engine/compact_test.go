package engine

import (
	"fmt"
	"iter"
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
			c, err := Compact(t.Context(), e, m, known(m))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := []int{c.Before, c.After, c.Limit, c.Above}, []int{tt.before, tt.after, tt.limit, tt.above}; !slices.Equal(got, want) {
				t.Errorf("before, after, limit, above: %v, want %v", got, want)
			}
		})
	}
}
