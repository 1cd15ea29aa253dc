package planner

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/redirects/verify"
)

// verifyProject is a project whose plan redirects n products of www.old.example; the
// first worthy of them have clicks, the first of all the most.
func verifyProject(t *testing.T, n, worthy int, hosts ...string) *inventory.Project {
	t.Helper()
	project, err := inventory.Open(t.Context(), filepath.Join(t.TempDir(), "shop.replatform"), inventory.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = project.Close() })
	var rows []inventory.PlanRow
	var worth []inventory.Worth
	for i := range n {
		key := catalog.MakeKey("colorme", catalog.ProductP, fmt.Sprint(i))
		rows = append(rows, inventory.PlanRow{OldURL: fmt.Sprintf("https://www.old.example/?pid=%d", i), NewURL: fmt.Sprintf("https://new.example/p/%d", i), OldKey: key, Action: ActionRedirect, Status: 301})
		if i < worthy {
			worth = append(worth, inventory.Worth{Key: key, Source: "search-console", Clicks: float64(1000 - i)})
		}
	}
	slices.Reverse(rows) // the order of the plan is not that of worth
	for _, step := range []error{
		project.StartCrawl(t.Context(), inventory.Shop{Side: catalog.Old, StartURL: "https://www.old.example/", Hosts: hosts}),
		project.AddWorth(t.Context(), worth),
		project.SavePlan(t.Context(), map[string]string{"generated": "2026-11-01T00:00:00Z"}, rows),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	return project
}

// oldServer redirects every product and notes what was asked; seen, when set, is called
// with the number of requests so far.
type oldServer struct {
	mu    sync.Mutex
	asked map[string]int // host and request target
	all   int
	seen  func(int)
}

func (s *oldServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if s.asked == nil {
		s.asked = map[string]int{}
	}
	s.asked[r.Host+r.RequestURI]++
	s.all++
	n, seen := s.all, s.seen
	s.mu.Unlock()
	if seen != nil {
		seen(n)
	}
	w.Header().Set("Location", "https://new.example/p/"+r.URL.Query().Get("pid"))
	w.WriteHeader(http.StatusMovedPermanently)
}

func (s *oldServer) start(t *testing.T) map[string]string {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	connect := map[string]string{}
	for _, host := range []string{"old.example", "www.old.example"} {
		connect[host] = server.URL
	}
	return connect
}

// An interrupted run goes on: what it has asked is not asked again, but counts.
func TestVerifyResumes(t *testing.T) {
	const rows, workers = 500, 3
	project := verifyProject(t, rows, 5, "www.old.example")
	server := &oldServer{}
	opts := VerifyOptions{Variants: VariantsNone, Options: verify.Options{ConnectTo: server.start(t), Concurrency: workers}}

	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	server.seen = func(n int) {
		if n == 300 {
			interrupt()
		}
	}
	first, err := Verify(ctx, project, opts, nil)
	if !errors.Is(err, context.Canceled) || first.Asked == 0 || first.Asked >= rows {
		t.Fatalf("interrupted run: %d asked, %v", first.Asked, err)
	}
	server.mu.Lock()
	server.seen = nil
	server.mu.Unlock()
	var last int
	second, err := Verify(t.Context(), project, opts, func(done, total int) {
		if last = done; total != rows {
			t.Errorf("progress of %d", total)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if second.Asked != rows || second.OK != rows || second.Resumed != first.Asked || !second.Began.Equal(first.Began) || last != rows {
		t.Errorf("resumed run: %+v, progress %d; the interrupted one had asked %d", second, last, first.Asked)
	}
	again := 0
	for _, n := range server.asked {
		again += n - 1
	}
	if len(server.asked) != rows || again > workers {
		t.Errorf("%d addresses asked, %d of them twice; %d requests can be under way", len(server.asked), again, workers)
	}

	third, err := Verify(t.Context(), project, opts, nil)
	if err != nil || third.Asked != rows || third.Resumed != 0 {
		t.Errorf("after a run that ended: %+v, %v", third, err)
	}
}

// A run that asks something else, or is to begin anew, takes nothing from an
// interrupted one.
func TestVerifyBeginsAnew(t *testing.T) {
	for name, change := range map[string]func(*VerifyOptions){
		"fresh":          func(o *VerifyOptions) { o.Fresh = true },
		"other variants": func(o *VerifyOptions) { o.Variants = VariantsAll },
		"other sample":   func(o *VerifyOptions) { o.Sample = 19 },
	} {
		t.Run(name, func(t *testing.T) {
			project := verifyProject(t, 20, 2, "www.old.example")
			server := &oldServer{}
			opts := VerifyOptions{Variants: VariantsNone, Options: verify.Options{ConnectTo: server.start(t), Concurrency: 1}}
			ctx, interrupt := context.WithCancel(t.Context())
			defer interrupt()
			opts.Observe = func(verify.Result) { interrupt() }
			if _, err := Verify(ctx, project, opts, nil); !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			opts.Observe = nil
			change(&opts)
			sum, err := Verify(t.Context(), project, opts, nil)
			if err != nil || sum.Resumed != 0 {
				t.Errorf("%+v, %v", sum, err)
			}
		})
	}
}

func TestVerifyVariants(t *testing.T) {
	const rows = 30
	tests := []struct {
		name     string
		variants Variants
		hosts    []string
		scheme   string // in ConnectTo
		want     map[string]int
	}{
		{"none", VariantsNone, []string{"www.old.example", "old.example"}, "http://", map[string]int{"https www": rows}},
		{"some", VariantsSome, []string{"www.old.example", "old.example"}, "http://", map[string]int{"https www": rows, "http www": someVariants, "https": someVariants, "http": someVariants}},
		{"all", VariantsAll, []string{"www.old.example", "old.example"}, "http://", map[string]int{"https www": rows, "http www": rows, "https": rows, "http": rows}},
		{"the shop has one host", VariantsAll, []string{"www.old.example"}, "http://", map[string]int{"https www": rows, "http www": rows}},
		{"schemes cannot be told apart", VariantsAll, []string{"www.old.example", "old.example"}, "", map[string]int{"https www": rows, "https": rows}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			project := verifyProject(t, rows, rows, tt.hosts...)
			connect := map[string]string{}
			for _, host := range tt.hosts {
				connect[host] = tt.scheme + "192.0.2.1:80"
			}
			asked, _, err := verifyRows(t.Context(), project, VerifyOptions{Variants: tt.variants, Options: verify.Options{ConnectTo: connect}})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int{}
			for i, e := range asked {
				u, err := url.Parse(e.OldURL)
				if err != nil {
					t.Fatal(err)
				}
				kind := u.Scheme
				if strings.HasPrefix(u.Host, "www.") {
					kind += " www"
				}
				got[kind]++
				if want := "https://new.example/p/" + u.Query().Get("pid"); e.NewURL != want || e.Status != 301 {
					t.Errorf("%s should lead to %s (%d), want %s", e.OldURL, e.NewURL, e.Status, want)
				}
				if want := fmt.Sprintf("https://www.old.example/?pid=%d", i); i < rows && e.OldURL != want {
					t.Errorf("address %d is %s; the most valuable come first: %s", i, e.OldURL, want)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("spellings asked (-want +got):\n%s", diff)
			}
		})
	}
}

// What is known of a page from a file is asked as the file has it; a page with worth
// that no row speaks of is counted.
func TestVerifySpellings(t *testing.T) {
	project := verifyProject(t, 3, 1, "www.old.example")
	first := catalog.MakeKey("colorme", catalog.ProductP, "0")
	if err := project.AddWorth(t.Context(), []inventory.Worth{
		{Key: first, Source: "ga4", URL: "https://www.old.example/?pid=0&utm_source=mail", Sessions: 9},
		{Key: first, Source: "logs", URL: "http://www.old.example/?pid=0#top", Sessions: 9},
		{Key: catalog.MakeKey("colorme", catalog.ProductP, "99"), Source: "logs", URL: "https://www.old.example/?pid=99", Sessions: 1},
	}); err != nil {
		t.Fatal(err)
	}
	rows, unplanned, err := verifyRows(t.Context(), project, VerifyOptions{Variants: VariantsNone})
	if err != nil || unplanned != 1 {
		t.Fatalf("%d pages without a row, %v", unplanned, err)
	}
	got := map[string]string{}
	for _, e := range rows {
		got[e.OldURL] = e.NewURL
	}
	want := map[string]string{
		"https://www.old.example/?pid=0": "https://new.example/p/0", "http://www.old.example/?pid=0": "https://new.example/p/0",
		"https://www.old.example/?pid=0&utm_source=mail": "https://new.example/p/0",
		"https://www.old.example/?pid=1":                 "https://new.example/p/1", "https://www.old.example/?pid=2": "https://new.example/p/2",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("addresses (-want +got):\n%s", diff)
	}
}

// Of 1,000 addresses 20 have worth. A sample of 60 without regard to that would have one
// of them; this one has nearly all, the same each time, and no address twice.
func TestVerifySampleFollowsWorth(t *testing.T) {
	const rows, worthy, n = 1000, 20, 60
	project := verifyProject(t, rows, worthy, "www.old.example")
	opts := VerifyOptions{Variants: VariantsNone, Sample: n}
	asked, _, err := verifyRows(t.Context(), project, opts)
	if err != nil {
		t.Fatal(err)
	}
	sample, err := leaveOut(t.Context(), project, slices.Clone(asked), opts)
	if err != nil {
		t.Fatal(err)
	}
	valued := 0
	met := map[string]bool{}
	for _, e := range sample {
		met[e.OldURL] = true
		if slices.Contains(asked[:worthy], e) {
			valued++
		}
	}
	if len(sample) != n || len(met) != n {
		t.Errorf("%d addresses, %d different ones", len(sample), len(met))
	}
	if valued < worthy-4 || valued == n {
		t.Errorf("%d of the %d addresses with worth are in a sample of %d", valued, worthy, n)
	}
	t.Logf("%d of the %d addresses with worth are in a sample of %d of %d", valued, worthy, n, rows)
	again, err := leaveOut(t.Context(), project, slices.Clone(asked), opts)
	if diff := cmp.Diff(sample, again); err != nil || diff != "" {
		t.Errorf("the same sample again: %v\n%s", err, diff)
	}

	server := &oldServer{}
	opts.ConnectTo = server.start(t)
	sum, err := Verify(t.Context(), project, opts, nil)
	if err != nil || sum.Asked != n || sum.OK != n || sum.LeftOut != rows-n || len(server.asked) != n {
		t.Errorf("%+v, %d requests, %v", sum, len(server.asked), err)
	}
}

// A page that keeps its address answers there itself; at another scheme or with "www." it
// is the new shop's own redirect that answers.
func TestVerifyKeptPages(t *testing.T) {
	project := verifyProject(t, 1, 1, "www.old.example", "old.example")
	key := func(id string) catalog.Key { return catalog.MakeKey("shopify", catalog.ProductP, id) }
	keep := func(id, old, fresh string) inventory.PlanRow {
		return inventory.PlanRow{OldURL: old, NewURL: fresh, OldKey: key(id), Action: ActionKeep}
	}
	if err := project.SavePlan(t.Context(), map[string]string{"generated": "2026-11-01T00:00:00Z"}, []inventory.PlanRow{
		keep("a", "https://old.example/products/a", "https://old.example/products/a"),
		keep("b", "http://www.old.example/products/b", "https://old.example/products/b"),
		keep("c", "https://old.example/products/c", "https://read-at.example/products/c"), // no address was named for the new shop
	}); err != nil {
		t.Fatal(err)
	}
	rows, _, err := verifyRows(t.Context(), project, VerifyOptions{Variants: VariantsAll})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range rows {
		got[e.OldURL] = strings.TrimSpace(fmt.Sprint(e.Status, " ", e.NewURL))
	}
	want := map[string]string{}
	for _, id := range []string{"a", "b", "c"} {
		at := "https://old.example/products/" + id
		want[at] = "200"
		if id == "c" { // it is not known which spelling the new shop prefers
			continue
		}
		for _, from := range []string{"http://old.example", "http://www.old.example", "https://www.old.example"} {
			if id != "b" || strings.HasPrefix(from, "http:") {
				want[from+"/products/"+id] = "301 " + at
			}
		}
	}
	delete(want, "https://old.example/products/b") // nobody has seen it, and a variant goes from https to http only
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("expected answers (-want +got):\n%s", diff)
	}
}
