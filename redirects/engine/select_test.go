package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/redirects"
)

func TestShopifyRefuses(t *testing.T) {
	const n = "https://new.example"
	live := func(p string) bool { return p == "/pages/about" || p == "/collections/tea" }
	tests := []struct {
		rows string
		o    Options
		want []string // "line code kind"
	}{
		{rows: "/item/1.html " + n + "/products/a"},
		{rows: "/ " + n + "/x\n/? " + n + "/x\n/?pid=1 " + n + "/x", want: []string{"1 front-page refused", "2 front-page refused", "3 front-page refused"}},
		{rows: "/shop.cgi?id=1 " + n + "/x", want: []string{"1 query needs-live-test"}},
		{rows: "/cart " + n + "/x\n/shop/a.html " + n + "/x\n/Services/a " + n + "/x\n/a/x " + n + "/x\n/tools " + n + "/x", want: []string{"1 reserved-prefix refused", "2 reserved-prefix refused", "3 reserved-prefix refused", "4 reserved-prefix refused", "5 reserved-prefix refused"}},
		{rows: "/shopping.html " + n + "/x\n/about.html " + n + "/x\n/toolshed " + n + "/x", want: []string{"1 reserved-prefix-unsure needs-live-test"}},
		{rows: "/products " + n + "/x\n/collections/ " + n + "/x\n/collections/all " + n + "/x\n/collections/vendors " + n + "/x", want: []string{"1 fixed-path refused", "2 fixed-path refused", "3 fixed-path refused", "4 fixed-path refused"}},
		{rows: "/collections/tea/green " + n + "/x\n/collections/milk/green " + n + "/x", want: []string{"1 collection-tag-unsure needs-live-test", "2 collection-tag-unsure needs-live-test"}},
		{rows: "/collections/tea/green " + n + "/x\n/collections/milk/green " + n + "/x", o: Options{Live: live}, want: []string{"1 collection-tag refused"}},
		{rows: "/pages/about " + n + "/x", o: Options{Live: live}, want: []string{"1 live-page refused"}},
		{rows: "/p.html " + n + "/p\n/q.html " + n + "/products/q", want: []string{"1 html-to-same refused"}},
		{rows: "/404 " + n + "/", want: []string{"1 404-page refused"}},
		{rows: "/a{{b " + n + "/x\n/b " + n + "/{%x", want: []string{"1 liquid refused", "2 liquid refused"}},
		{rows: "/%BE%A6.html " + n + "/x\n//x " + n + "/x\n/%E5%95%86.html " + n + "/x", want: []string{"1 odd-path needs-live-test", "2 odd-path needs-live-test"}},
		{rows: "/b.html " + n + "/x?u=%3Fa", want: []string{"1 target-escape needs-live-test"}},
		{rows: "/b.html " + n + "/x 308\n/c.html 410", want: []string{"1 status refused", "2 status refused"}},
		{rows: "/Item.html " + n + "/x\n/item.html " + n + "/x\n/ITEM.html " + n + "/y", want: []string{"3 collision refused"}},
		{rows: "https://o.example/b " + n + "/x\nhttps://www.o.example/b " + n + "/x\nhttps://x.example/b " + n + "/y", want: []string{"3 collision refused"}},
		{rows: "https://o.example/b https://o.example/c\nhttps://o.example/c " + n + "/x\nhttps://o.example/d " + n + "/b", want: []string{"1 target-is-source refused"}},
		{rows: "/d " + n + "/b\n/b " + n + "/x", o: Options{Host: "new.example"}, want: []string{"1 target-is-source refused"}},
	}
	for _, tt := range tests {
		e, _ := Get("shopify", tt.o)
		sel, err := Select(t.Context(), e, rowsOf(t, tt.rows))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range sel.Refused {
			got = append(got, fmt.Sprint(r.Line, " ", r.Code, " ", r.Kind))
			if r.Evidence == (Evidence{}) && r.Code != "collision" {
				t.Errorf("%s: no evidence", r.Code)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.rows, diff)
		}
	}
}

func TestShopifyLimits(t *testing.T) {
	m := redirects.MapFunc(func() iter.Seq2[redirects.Rule, error] {
		return func(yield func(redirects.Rule, error) bool) {
			for i := range 100_003 {
				r := redirects.Rule{Line: i + 1, Source: redirects.Source{Path: fmt.Sprintf("/item/%d.html", i)}, Target: "https://new.example/x", Status: 301}
				if !yield(r, nil) {
					return
				}
			}
		}
	})
	for plan, want := range map[string]int{"": 3, "plus": 0, "no such plan": 3} {
		e, _ := Get("shopify", Options{Plan: plan})
		sel, err := Select(t.Context(), e, m)
		if err != nil {
			t.Fatal(err)
		}
		if len(sel.Refused) != want || sel.Covered() != 100_003-want || want > 0 && (sel.Refused[0].Code != "too-many-rows" || sel.Refused[0].Line != 100_001) {
			t.Errorf("plan %q: %d refused, %d covered", plan, len(sel.Refused), sel.Covered())
		}
	}
}

func TestSelectErrors(t *testing.T) {
	e, _ := Get("nginx", Options{})
	broken := errors.New("disk gone")
	m := func(err error) redirects.Map {
		return redirects.MapFunc(func() iter.Seq2[redirects.Rule, error] {
			return func(yield func(redirects.Rule, error) bool) {
				if yield(row(t, 1, "/a https://new.example/a"), nil) && yield(redirects.Rule{}, err) {
					yield(row(t, 3, "/c https://new.example/c"), nil)
				}
			}
		})
	}
	if _, err := Select(t.Context(), e, m(broken)); !errors.Is(err, broken) {
		t.Errorf("broken map: %v", err)
	}
	sel, err := Select(t.Context(), e, m(&redirects.RowError{Line: 2, Err: redirects.ErrNotURL}))
	if err != nil || sel.Written != 2 || len(sel.Refused) != 1 || sel.Refused[0].Line != 2 || sel.Refused[0].Code != "bad-row" {
		t.Errorf("bad row: %+v, %v", sel, err)
	}
	if all, err := redirects.Collect(sel.Map()); err != nil || len(all) != 2 {
		t.Errorf("selection has %d rows, %v", len(all), err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Select(ctx, e, bigMap(10)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Write takes only what Select left.
func TestWriteRefuses(t *testing.T) {
	bad := []redirects.Rule{
		{Source: redirects.Source{Path: "/a\"\n;"}, Target: "https://new.example/", Status: 301},
		{Source: redirects.Source{Path: "/a"}, Target: "https://new.example/\"; evil", Status: 301},
		{Source: redirects.Source{Path: "/a"}, Target: "javascript:alert(1)", Status: 301},
		{Source: redirects.Source{Path: "=cmd"}, Target: "https://new.example/", Status: 301},
		{Source: redirects.Source{Path: "/a", Host: "x;y\n"}, Target: "https://new.example/", Status: 301},
		{Source: redirects.Source{Path: "/a"}, Target: "https://new.example/", Status: 200},
	}
	for _, e := range New(Options{}) {
		for _, r := range bad {
			files := MemSink{}
			if err := e.Write(t.Context(), files, redirects.Slice{r}); !errors.Is(err, ErrRefused) {
				t.Errorf("%s: %+v is written: %v", e.ID(), r, err)
			}
		}
	}
}

func TestDirSinkIsAtomic(t *testing.T) {
	dir := t.TempDir()
	sink := DirSink(dir)
	if err := writeText(sink, "sub/a.conf", "old"); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("no more rows")
	err := sink.WriteFile("sub/a.conf", func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if b, _ := os.ReadFile(filepath.Join(dir, "sub", "a.conf")); string(b) != "old" {
		t.Errorf("file holds %q after a failed write", b)
	}
	if entries, _ := os.ReadDir(filepath.Join(dir, "sub")); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}
