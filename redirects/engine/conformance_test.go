package engine

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/redirects"
)

// conform asks the real engine every row of the selection and every further
// request, and compares with the map and with the engine's own model.
func conform(t *testing.T, e Engine, s *server, sel *Selection, host string, further ...string) {
	t.Helper()
	model, err := e.Model(sel.Map())
	if err != nil {
		t.Fatal(err)
	}
	failures := 0
	fail := func(format string, args ...any) {
		t.Helper()
		if failures++; failures <= 20 {
			t.Errorf(format, args...)
		}
	}
	asked := 0
	for r, err := range sel.Map().Rules() {
		if err != nil {
			t.Fatal(err)
		}
		if r.Source.Match != redirects.Exact {
			continue
		}
		h := host
		if r.Source.Host != "" {
			h = r.Source.Host
		}
		want := Answer{Fired: true, Status: r.Status, Location: r.Target}
		if r.KeepQuery {
			want.Location = redirects.WithQuery(r.Target, r.Source.Query)
		}
		if got := s.ask(h, r.Source.RequestTarget()); got != want {
			fail("%.200s: the engine answers %+v, the map says %+v", r.Source, got, want)
		}
		if got := model.Answer(Request{Host: h, Target: r.Source.RequestTarget()}); got != want {
			fail("%.200s: the model answers %+v, the map says %+v", r.Source, got, want)
		}
		asked++
	}
	for _, f := range further {
		h, target := host, f
		if name, rest, ok := strings.Cut(f, " "); ok {
			h, target = name, rest
		}
		got, want := s.ask(h, target), model.Answer(Request{Host: h, Target: target})
		if got != want {
			fail("%s %s: the engine answers %+v, the model %+v", h, target, got, want)
		}
	}
	if failures > 20 {
		t.Errorf("and %d more", failures-20)
	}
	t.Logf("%d rows and %d further requests asked, %d rows refused", asked, len(further), len(sel.Refused))
}

// runnable calls fn for every engine that has a program here.
func runnable(t *testing.T, fn func(t *testing.T, e Engine, start func(testing.TB, string) *server)) {
	runEach(t, starters(), fn)
}

// runEach calls fn for every engine that has a starter.
func runEach(t *testing.T, all map[string]func(testing.TB, string) *server, fn func(t *testing.T, e Engine, start func(testing.TB, string) *server)) {
	for _, e := range New(Options{}) {
		if start, ok := all[e.ID()]; ok {
			t.Run(e.ID(), func(t *testing.T) { fn(t, e, start) })
			delete(all, e.ID())
		}
	}
	if len(all) > 0 {
		t.Errorf("starters without an engine: %v", all)
	}
}

// probes are requests that are no rows of the map.
func probes() []string {
	return []string{
		"/", "/?", "/robots.txt", "/index.html", "/?pid=999999", "/?utm_source=x", "/favicon.ico",
		"/?pid=1000&utm_source=mail&gclid=abc", "/?utm_source=mail&pid=1000", "/?pid=1000&pid=1002", "/?pid=7&pid=1000",
		"/?csid=0&cbid=1001&mode=cate", "/?mode=cate&cbid=1001", "/?mode=cate&cbid=1001&csid=0&page=2", "/?mode=cate&cbid=1001&csid=9",
		"/?Pid=1000", "/?PID=1000", "/?pid=", "/?pid", "/?xpid=1000", "/?a=b?pid=1000", "/pid=1000",
		"/?mode=srh&keyword=%a4%ea%a4%f3%a4%b4", "/?keyword=%A4%EA%A4%F3%A4%B4&mode=srh", "/?mode=srh&keyword=%A4%DF%A4%AB%A4%F3&sort=n",
		"/GONE.html", "/gone.html?x=1", "/gone.html/", "/gone", "/bare.html", "/bare.html?x=1", "/trail.html?x=1", "/trail.html?x=1&y=2",
		"/item.cgi", "/item.cgi?flag&x=1", "/item.cgi?x=1&flag", "/item.cgi?flag=", "/item.cgi?Flag", "/item.cgi?other",
		"/double/slash.html", "/up.html", "/path/slash.html", "/path%2fslash.html", "/%e5%95%86%e5%93%81/a.html", "/%be%a6%c9%ca/a.html",
		"/?q=a%2bb", "/?title=%22quoted%22", "/?json=%7Ba%7D", "/?price=%24100",
		"/..%2f..%2fetc/passwd", "/%00", "/?%00", "/a%zz", "/../up.html",
	}
}

func TestConformance(t *testing.T) {
	runnable(t, func(t *testing.T, e Engine, start func(testing.TB, string) *server) {
		n := 1000
		if limit, ok := e.Capabilities().RowLimit(""); ok {
			n = min(n, limit.Max-50)
		}
		m := bigMap(n)
		for _, r := range rowsOf(t, oddRows) {
			r.Line = len(m) + 1
			m = append(m, r)
		}
		sel, dir := written(t, e, m)
		var refused []string
		for _, r := range sel.Refused {
			refused = append(refused, r.Source+" "+r.Code)
		}
		if diff := cmp.Diff(refusedOdd()[e.ID()], refused); diff != "" {
			t.Errorf("refused rows (-want +got):\n%s", diff)
		}
		conform(t, e, start(t, dir), sel, "old.example", probes()...)
	})
}

// refusedOdd lists the odd rows that an engine refuses with the reason.
func refusedOdd() map[string][]string {
	return map[string][]string{
		"caddy":                {"/?t=braces target-braces"},
		"cloudflare-worker":    {`/?title="quoted" raw-quote`},
		"cloudflare-worker-kv": {`/?title="quoted" raw-quote`},
		"cloudfront":           {`/?title="quoted" odd-source`, "//double//slash.html odd-source", "/dot/../up.html odd-source"},
		"htaccess":             {"//double//slash.html collapsed-path", "/dot/../up.html collapsed-path", "/path%2Fslash.html collapsed-path"},
	}
}

// TestConformanceHosts has several hosts, rows for any host, prefixes, guarded
// paths, letter case that matters, carried queries, odd parameter names.
func TestConformanceHosts(t *testing.T) {
	runnable(t, func(t *testing.T, e Engine, start func(testing.TB, string) *server) {
		m := rowsOf(t, `
https://a.example/?pid=1              https://new.example/a1
https://b.example/?pid=1              https://new.example/b1
https://b.example/                    https://new.example/b-home
https://www.a.example/list.html       https://new.example/list
/any.html                             https://new.example/any
/any.html?id=5                        https://new.example/any5
/any.html?id=6&lang=ja                https://new.example/any6ja
/Case.html                            https://new.example/upper
/case.html                            https://new.example/lower
/?k=Ab%a4                             https://new.example/Ab
/?k=aB%A4                             https://new.example/aB
/shop/                                https://new.example/shop prefix
/shop/deep/                           https://new.example/deep prefix
https://a.example/shop/deep/          https://new.example/a-deep prefix
/keep.html                            https://new.example/keep keep
/keep2.html                           https://new.example/keep?x=1#part keep
/keep3.html?id=1                      https://new.example/$k keep
/t302.html                            https://new.example/t302 302
/t308.html                            https://new.example/t308 308
/x.cgi?cat-id=1                       https://new.example/cat1
/x.cgi?opt[]=1                        https://new.example/opt1
/x.cgi?opt%5b%5d=2&cat-id=7           https://new.example/opt2
/x.cgi?$p=1                           https://new.example/p1
/x.cgi?12345                          https://new.example/i12345
/x.cgi?12345&lang=ja                  https://new.example/i12345ja
/y.cgi?b=2&a=1                        https://new.example/y exact
/z.cgi                                https://new.example/z ignore
/w.cgi?a=1&a=2                        https://new.example/w
/law.html                             451
`)
		sel, dir := written(t, e, m)
		var refused []string
		for _, r := range sel.Refused {
			refused = append(refused, r.Source+" "+r.Code)
		}
		if diff := cmp.Diff(refusedHosts()[e.ID()], refused); diff != "" {
			t.Errorf("refused rows (-want +got):\n%s", diff)
		}
		conform(t, e, start(t, dir), sel, "c.example",
			"a.example /", "b.example /", "b.example /?", "b.example /?utm=1", "b.example /?pid=2", "b.example /?pid=2&utm=1", "c.example /?pid=1",
			"A.EXAMPLE /?pid=1&x=1", "a.example:8080 /?pid=1", "a.example /any.html", "/any.html?page=2", "/any.html?id=7", "/any.html?id=", "/any.html?lang=ja",
			"/any.html?id=6&lang=en", "/any.html?lang=ja&id=6&x=1", "/any.html?id=5&lang=ja", "a.example /list.html", "www.a.example /list.html?page=3",
			"/CASE.html", "/cAse.html", "/?k=Ab%A4", "/?k=aB%a4", "/?k=AB%A4", "/?x=1&k=Ab%A4",
			"/shop", "/shop/", "/shop/x", "/shop/x/y?z=1", "/shopping", "/shop/deep", "/shop/deep/x", "a.example /shop/deep/x", "a.example /shop/x", "/SHOP/x", "/shop?x=1", "/shop//deep/", "/shop/./x",
			"/keep.html?a=1&b=%a4", "/keep.html?", "/keep2.html?y=2", "/keep3.html?id=1&z=3", "/keep3.html?z=3",
			"/x.cgi?cat-id=1&x=2", "/x.cgi?x=2&cat-id=1", "/x.cgi?Cat-Id=1", "/x.cgi?opt%5B%5D=2&cat-id=7", "/x.cgi?cat-id=7&opt%5b%5d=2", "/x.cgi?opt[]=1&y=1", "/x.cgi?y=1&$p=1",
			"/x.cgi?12345&utm=1", "/x.cgi?utm=1&12345", "/x.cgi?12345&lang=en", "/x.cgi?lang=ja&12345", "/x.cgi?xcat-id=1", "/x.cgi",
			"/y.cgi?a=1&b=2", "/y.cgi?b=2&a=1&c=3", "/y.cgi", "/z.cgi?a=1", "/z.cgi?", "/w.cgi?a=1", "/w.cgi?a=2&a=1", "/law.html?x=1")
	})
}

// refusedHosts lists the rows of TestConformanceHosts that an engine refuses.
func refusedHosts() map[string][]string {
	plain := []string{
		"/shop/* prefix", "/shop/deep/* prefix", "a.example/shop/deep/* prefix",
		"/keep.html keep-query", "/keep2.html keep-query", "/keep3.html?id=1 keep-query",
	}
	return map[string][]string{
		"haproxy": {"/keep2.html keep-query-fragment"}, "varnish": {"/keep2.html keep-query-fragment"}, "caddy": plain[3:], "cloudfront": plain, "apache": append(plain[3:len(plain):len(plain)], "/law.html status"),
		"htaccess": {"/keep2.html keep-query-fragment", "/law.html status"},
	}
}

// TestConformanceLarge has the longest rows, and tables large enough for shards.
func TestConformanceLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("asks 20,000 rows")
	}
	runnable(t, func(t *testing.T, e Engine, start func(testing.TB, string) *server) {
		n := 20_000
		if limit, ok := e.Capabilities().RowLimit(""); ok {
			n = min(n, limit.Max-50)
		}
		m := bigMap(n)
		for _, size := range []int{100, 900, 1100, 2000, 3900, 4080, 4088, 4089, 4090, 4091, 4092, 4093, 4094, 4095, 4096, 5000} {
			long := strings.Repeat("a", size-len("/?pid=")) // the whole source has size bytes
			m = append(m, redirects.Rule{Line: len(m) + 1, Source: redirects.Source{Path: "/", Query: "pid=" + long, HasQuery: true}, Target: fmt.Sprintf("https://new.example/long/%d", size), Status: 301})
			m = append(m, redirects.Rule{Line: len(m) + 1, Source: redirects.Source{Path: fmt.Sprintf("/long-%d", size)}, Target: "https://new.example/" + strings.Repeat("b", size-len("https://new.example/")), Status: 301})
		}
		sel, dir := written(t, e, m)
		for _, r := range sel.Refused {
			if r.Line <= n {
				t.Errorf("refused: %s", r.Error())
			}
		}
		conform(t, e, start(t, dir), sel, "old.example", "/", "/robots.txt", "/?pid=1", "/?utm=1&pid=1000")
	})
}

// Every engine, runnable or not: a row that is accepted is answered by the model.
func TestModelsHonourAcceptedRows(t *testing.T) {
	m := append(bigMap(200), rowsOf(t, oddRows)...)
	m = append(m, rowsOf(t, "/old/page.html https://new.example/pages/page\n/old/goods/ https://new.example/collections/goods\n/a.html https://new.example/a")...)
	for i := range m {
		m[i].Line = i + 1
	}
	for _, e := range New(Options{}) {
		t.Run(e.ID(), func(t *testing.T) {
			sel, err := Select(t.Context(), e, m)
			if err != nil {
				t.Fatal(err)
			}
			if sel.Written+sel.Merged+len(sel.Refused) != len(m) || sel.Rows != len(m) {
				t.Errorf("%d rows: %d written, %d merged, %d refused", len(m), sel.Written, sel.Merged, len(sel.Refused))
			}
			model, err := e.Model(sel.Map())
			if err != nil {
				t.Fatal(err)
			}
			refused := map[int]bool{}
			for _, r := range sel.Refused {
				refused[r.Line] = true
				for _, s := range []string{r.Code, r.Reason.EN, r.Reason.JA, r.NextBest.EN, r.NextBest.JA, string(r.Kind)} {
					if s == "" {
						t.Errorf("refusal without words: %+v", r)
					}
				}
			}
			for _, r := range m {
				a := model.Answer(Request{Host: "old.example", Target: r.Source.RequestTarget()})
				if !refused[r.Line] && (a.Status != statusOn(e, r) || a.Location != r.Target) {
					t.Errorf("%s is accepted, and answered %+v", r.Source, a)
				}
			}
			if err := e.Write(t.Context(), MemSink{}, sel.Map()); err != nil {
				t.Error(err)
			}
		})
	}
}

// statusOn is the status with which an engine answers a row.
func statusOn(e Engine, r redirects.Rule) int {
	if e.Capabilities().PageOnly.Value {
		return 200
	}
	return r.Status
}

// Capabilities are data with evidence; instructions exist in both languages.
func TestDeclarations(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range New(Options{}) {
		t.Run(e.ID(), func(t *testing.T) {
			if seen[e.ID()] {
				t.Error("two engines with one id")
			}
			seen[e.ID()] = true
			c := e.Capabilities()
			if c.Name.EN == "" || c.Name.JA == "" || c.Kind == "" || c.Proof.EN == "" || c.Proof.JA == "" {
				t.Errorf("capabilities without words: %+v", c)
			}
			for _, row := range c.Table() {
				if row.Value == unknown() || row.Name.EN == "proof of the model" {
					continue
				}
				if row.Evidence.Source == "" || row.Evidence.Date == "" || row.Evidence.Confidence == "" || row.Name.JA == "" || row.Value.JA == "" {
					t.Errorf("%s: %s without evidence: %+v", e.ID(), row.Name.EN, row)
				}
			}
			if !sort.SliceIsSorted(c.MaxRows, func(i, j int) bool { return c.MaxRows[i].Max < c.MaxRows[j].Max }) {
				t.Errorf("row limits are not in order: %v", c.MaxRows)
			}
			en, ja := e.Instructions("en"), e.Instructions("ja")
			for _, pair := range [][2][]string{{{en.Title}, {ja.Title}}, {en.Install, ja.Install}, {en.Test, ja.Test}, {en.Undo, ja.Undo}} {
				if len(pair[0]) == 0 || len(pair[0]) != len(pair[1]) || pair[0][0] == "" || pair[1][0] == "" {
					t.Errorf("instructions differ: %q and %q", pair[0], pair[1])
				}
			}
			if got, ok := Get(e.ID(), Options{}); !ok || got.ID() != e.ID() {
				t.Error("Get does not find it")
			}
		})
	}
}
