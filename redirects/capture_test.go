package redirects

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCapture(t *testing.T) {
	const n = "https://new.example/p/"
	tests := []struct {
		row  string
		want *Capture // nil: not usable
	}{
		{"/shop/{id}.html " + n + "{id}", &Capture{Word: CaptureID, Before: "/shop/", After: ".html"}},
		{"/{slug} " + n + "{slug}?from={slug}#x", &Capture{Word: CaptureSlug, Before: "/"}},
		{"/?pid={id} " + n + "$1-{id}", &Capture{Word: CaptureID, Before: "/", Param: "pid"}},
		{"/?mode=c&cbid={id}&csid=%a4 " + n + "{id}", &Capture{Word: CaptureID, Before: "/", Param: "cbid", Fixed: []Param{{Name: "csid", Value: "%A4"}, {Name: "mode", Value: "c"}}}},
		{"/shop/5.html " + n + "5", nil},
		{"/{id}/{id} " + n + "{id}", nil},
		{"/{id}/{slug} " + n + "{id}", nil},
		{"/shop/{id} " + n + "5", nil},
		{"/shop/{id} - 410", nil},
		{"/{id}?x=1 " + n + "{id}", nil},
		{"/?pid=a{id} " + n + "{id}", nil},
		{"/?{id}=1 " + n + "{id}", nil},
		{"/?pid={id}&pid=2 " + n + "{id}", nil},
		{"/?o[]={id} " + n + "{id}", nil},
		{"/?pid={id}&a=1;b " + n + "{id}", nil},
		{"//{id} " + n + "{id}", nil},
		{"/./{id} " + n + "{id}", nil},
		{"/\"{id} " + n + "{id}", nil},
		{"/%zz{id} " + n + "{id}", nil},
		{"/a{b}/{id} " + n + "{id}", nil},
		{"/{id} " + n + "\\{id}", nil},
		{"/{id} " + n + "{id}{x}", nil},
		{"/{id} https://{id}.example/", nil},
		{"/{id} /{id}", nil},
	}
	for _, tt := range tests {
		t.Run(tt.row, func(t *testing.T) {
			r := rules(t, tt.row+" captured")[0]
			c, ok, err := r.Capture()
			if !ok || (err == nil) != (tt.want != nil) || err != nil && !errors.Is(err, ErrCapture) {
				t.Fatalf("%+v, %t, %v", c, ok, err)
			}
			if tt.want == nil {
				return
			}
			c.Fixed = slices.Clone(c.Fixed)
			for i := range c.Fixed {
				c.Fixed[i].bare = false
			}
			if diff := cmp.Diff(*tt.want, c, cmp.AllowUnexported(Param{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestResolveCaptured(t *testing.T) {
	r, err := NewResolver(rules(t, `
/                              https://new.example/home
/?pid=7                        https://new.example/seven
/?pid={id}                     https://new.example/p/{id} captured
/?pid={slug}                   https://new.example/w/{slug} captured
/?mode=c&cbid={id}             https://new.example/c/{id}?x={id} captured
/item/{id}.html                https://new.example/i/{id} captured
/item/{slug}.html              https://new.example/s/{slug} captured keep
/item/a{id}.html               https://new.example/a/{id} captured
/item/9.html                   https://new.example/nine
/item/                         https://new.example/items prefix
https://b.example/item/{id}.html https://new.example/b/{id} captured
/k%a4/{id}                     https://new.example/k/{id} captured`))
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("9", 5000)
	tests := []struct{ host, target, want string }{
		{"", "/?pid=7", "seven"},
		{"", "/?pid=8", "p/8"},
		{"", "/?utm=x&pid=0008&y=1", "p/0008"},
		{"", "/?pid=" + long, "p/" + long},
		{"", "/?pid=8x", "w/8x"},
		{"", "/?pid=%38", ""},
		{"", "/?pid=8.", ""},
		{"", "/?pid=", "home"},
		{"", "/?utm=x", "home"},
		{"", "/?pid=//evil.example", ""},
		{"", "/?pid=8%0d%0aX", ""},
		{"", "/?pid=x&pid=8", "w/x"},
		{"", "/?cbid=3&mode=c", "c/3?x=3"},
		{"", "/?cbid=3&mode=d", ""},
		{"", "/item/9.html", "nine"},
		{"", "/item/10.html?a=1", "i/10"},
		{"", "/item/a10.html", "a/10"},
		{"", "/item/b-1.html", "s/b-1"},
		{"", "/item/b.1.html", "items"},
		{"", "/item/.html", "items"},
		{"b.example", "/item/10.html", "b/10"},
		{"b.example", "/item/9.html", "b/9"},
		{"", "/k%A4/1", "k/1"},
		{"", "/k%a4/1", "k/1"},
	}
	for _, tt := range tests {
		got, ok := r.Resolve(tt.host, tt.target)
		if want := "https://new.example/" + tt.want; ok != (tt.want != "") || ok && got.Target != want {
			t.Errorf("%s%.40s: %t %.80s, want %.80s", tt.host, tt.target, ok, got.Target, want)
		}
	}
}

func TestFoldCaptures(t *testing.T) {
	const n = "https://new.example/"
	many := func(count int, format string) string {
		var b strings.Builder
		for i := range count {
			b.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i+100)) + "\n")
		}
		return b.String()
	}
	tests := []struct {
		name, rows string
		others     []string
		want       []string
		declined   string
	}{
		{name: "a parameter", rows: many(12, "/?pid=# "+n+"products/item-#"), want: []string{"/?pid={id} products/item-{id}"}},
		{name: "too few", rows: many(9, "/?pid=# "+n+"products/#")},
		{name: "no pattern", rows: many(12, "/?pid=# "+n+"products/1#1 308") + many(3, "/x# "+n+"y")},
		{name: "exceptions stay", rows: many(12, "/?pid=# "+n+"p/#") + "/?pid=5 " + n + "other\n/?pid=x " + n + "x",
			want: []string{"/?pid={id} p/{id}", "/?pid=5 other", "/?pid=x x"}},
		{name: "the exceptions are as many", rows: many(12, "/?pid=# "+n+"p/#") + many(12, "/?pid=9# "+n+"other")},
		{name: "further parameters and spellings", rows: many(12, "/?mode=c&cbid=# "+n+"c/#") + "/?cbid=105&mode=c " + n + "c/105\n/?mode=c&cbid=105&page=2 " + n + "c/105",
			want: []string{"/?mode=c&cbid={id} c/{id}"}},
		{name: "a path", rows: many(12, "/shopdetail/#/ "+n+"p/#?ref=#"), want: []string{"/shopdetail/{id}/ p/{id}?ref={id}"}},
		{name: "words", rows: many(12, "/item/tea-#.html "+n+"p/old-tea-#") + many(3, "/item/#-x_Y.html "+n+"p/old-#-x_Y"), want: []string{"/item/{slug}.html p/old-{slug}"}},
		{name: "numbers in words", rows: many(12, "/item/tea-#.html "+n+"p/#"), want: []string{"/item/tea-{id}.html p/{id}"}},
		{name: "two numbers", rows: many(12, "/#/5# "+n+"5#")},
		{name: "leading zeros are no pattern", rows: many(12, "/shopdetail/000# "+n+"p/#")},
		{name: "gone", rows: many(12, "/?pid=# - 410")},
		{name: "escapes", rows: many(12, "/%a4/# "+n+"%E3%81%82/#"), want: []string{"/%a4/{id} %E3%81%82/{id}"}},
		{name: "escapes are no numbers", rows: many(12, "/x/%12/# "+n+"%12/a")},
		{name: "a known page that must not move", rows: many(12, "/?pid=# "+n+"p/#"), others: []string{"/?pid=999", "/?pid=105", "/?pid=x"}, declined: "/?pid={id} 12 /?pid=999, /?pid={slug} 12 /?pid=999"},
		{name: "a live page of the new shop", rows: many(12, "/# "+n+"p/#"), others: []string{"/7"}, declined: "/{id} 12 /7, /{slug} 12 /7"},
		{name: "a narrower pattern where a wide one is wrong", rows: many(12, "/item/tea-#.html "+n+"p/tea-#") + many(3, "/item/x#.html "+n+"p/x#"), others: []string{"/item/about.html"},
			want: append([]string{"/item/tea-{id}.html p/tea-{id}"}, "/item/x100.html p/x100", "/item/x101.html p/x101", "/item/x102.html p/x102"), declined: "/item/{slug}.html 15 /item/about.html"},
		{name: "another known page", rows: many(12, "/?pid=# "+n+"p/#"), others: []string{"/?pid=105&utm=1", "/?pid=x", "/"}, want: []string{"/?pid={id} p/{id}"}},
		{name: "into itself: the rows are for any host", rows: many(12, "/p/# "+n+"p/#")},
		{name: "hosts", rows: many(12, "https://a.example/# "+n+"a/#") + many(12, "https://b.example/# "+n+"b/#"), want: []string{"a.example/{id} a/{id}", "b.example/{id} b/{id}"}},
		{name: "two statuses", rows: many(12, "/?pid=# "+n+"p/#") + many(3, "/?pid=9# "+n+"p/9# 302"), want: []string{"/?pid={id} p/{id}", "/?pid=9100 p/9100", "/?pid=9101 p/9101", "/?pid=9102 p/9102"}},
		{name: "the front page keeps its guard", rows: many(12, "/?pid=# "+n+"p/#") + "/ " + n + "home", others: []string{"/?pid=", "/?utm=1"}, want: []string{"/?pid={id} p/{id}", "/ home"}},
		{name: "characters with a meaning", rows: many(12, "/?pid=# "+n+"p/{x}/#")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := rules(t, tt.rows)
			var others []Source
			for _, o := range tt.others {
				others = append(others, parse(t, o))
			}
			c, err := CompactFor(t.Context(), m, CompactOptions{Parameters: true, Captures: true, Others: slices.Values(others)})
			if err != nil {
				t.Fatal(err)
			}
			if tt.want == nil {
				for _, r := range m {
					tt.want = append(tt.want, r.Source.String()+" "+strings.TrimPrefix(r.Target, n))
				}
			}
			var got []string
			for _, r := range c.Kept {
				got = append(got, r.Source.String()+" "+strings.TrimPrefix(r.Target, n))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("kept (-want +got):\n%s", diff)
			}
			var all []string
			for _, d := range c.Declined {
				all = append(all, fmt.Sprint(d.Source, " ", d.Rows, " ", d.Because))
			}
			if declined := strings.Join(all, ", "); declined != tt.declined {
				t.Errorf("declined %q, want %q", declined, tt.declined)
			}
			if len(c.Kept)-len(c.Added)+len(c.Dropped) != len(m) {
				t.Errorf("%d rows: %d kept, %d added, %d dropped", len(m), len(c.Kept), len(c.Added), len(c.Dropped))
			}
		})
	}
}

// Nothing is captured that was not asked for.
func TestFoldCapturesOnlyWhenAsked(t *testing.T) {
	var m Slice
	for i := range 50 {
		m = append(m, rules(t, fmt.Sprintf("/?pid=%d https://new.example/p/%d", i, i))...)
	}
	c, err := CompactFor(t.Context(), m, CompactOptions{Parameters: true, Prefixes: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Kept) != len(m) {
		t.Errorf("%d of %d rows kept", len(c.Kept), len(m))
	}
}

func TestAuditCaptured(t *testing.T) {
	m := rules(t, `
/?pid={id}        https://new.example/p/{id} captured
/a/{id}/{id}      https://new.example/p/{id} captured
/b/{id}           https://old.example/b/{id} captured
/c/{id}           https://old.example/d/{id} captured
/d/               https://new.example/d prefix
/e/1              https://old.example/?pid=55
/f/5              https://old.example/g/5
/g/{id}           https://old.example/f/{id} captured
/h/{slug}         https://new.example/h/{slug} captured
/h/{slug}         https://new.example/i/{slug} captured`)
	res, err := Audit(t.Context(), m, AuditOptions{Host: "old.example"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range res.Findings {
		got = append(got, fmt.Sprint(f.Line, " ", f.Code))
	}
	want := []string{"1 captured", "2 bad-row", "3 captured", "3 self-redirect", "4 captured", "4 loop", "6 chain", "7 loop", "8 captured", "9 captured", "10 conflict"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	kept, err := Collect(res.Accepted)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range kept {
		if r.Line == 6 && r.Target != "https://new.example/p/55" {
			t.Errorf("line 6 goes to %s", r.Target)
		}
	}
}
