package planner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
	"replatform/crawler/sources"
	"replatform/planner/match"
)

const (
	aPerson = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
	aRobot  = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
)

// logLine is a request as nginx writes it.
func logLine(target string, status int, agent string) string {
	return fmt.Sprintf("203.0.113.7 - - [10/Oct/2026:13:55:36 +0900] \"GET %s HTTP/1.1\" %d 153 \"-\" \"%s\"\n", target, status, agent)
}

func monitorRegistry(t testing.TB) *platform.Registry {
	t.Helper()
	reg, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

func oldProduct(n int) catalog.Key {
	return catalog.MakeKey("colorme", catalog.ProductP, fmt.Sprint(n))
}

// monitorProject is a shop after its move, on its own domain, with a plan for Caddy, whose
// rows answer the whole query and nothing else.
func monitorProject(t testing.TB) *inventory.Project {
	t.Helper()
	project, err := inventory.Open(t.Context(), filepath.Join(t.TempDir(), "shop.replatform"), inventory.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = project.Close() })
	old := func(key catalog.Key, kind catalog.PageType, path string, status int) inventory.Visit {
		return inventory.Visit{Key: key, Type: kind, URL: "https://www.old.example" + path, State: inventory.Done, Status: status, Title: "旧 " + path}
	}
	fresh := func(path string, kind catalog.PageType) inventory.Visit {
		return inventory.Visit{Key: catalog.Key("shopify " + path), Type: kind, URL: "https://staging.example" + path, State: inventory.Done, Status: 200, Title: "新 " + path}
	}
	const cups, cart = catalog.Key("colorme category 7-0"), catalog.Key("colorme cart cart")
	to := func(path string) string { return "https://www.old.example" + path }
	redirect := func(key catalog.Key, path, target, carrier string) inventory.PlanRow {
		return inventory.PlanRow{OldURL: to(path), NewURL: to(target), OldKey: key, Action: ActionRedirect, Status: 301, Type: catalog.ProductP, OldTitle: "旧 " + path, Carrier: carrier}
	}
	for _, step := range []error{
		project.StartCrawl(t.Context(), inventory.Shop{Side: catalog.Old, StartURL: "https://www.old.example/", Hosts: []string{"www.old.example"}, Platform: "colorme"}),
		project.StartCrawl(t.Context(), inventory.Shop{Side: catalog.New, StartURL: "https://staging.example/", Hosts: []string{"staging.example"}, Platform: "shopify"}),
		project.SaveVisits(t.Context(), catalog.Old, []inventory.Visit{
			old("colorme home /", catalog.Home, "/", 200), old(oldProduct(1), catalog.ProductP, "/?pid=1", 200), old(oldProduct(2), catalog.ProductP, "/?pid=2", 200),
			old(oldProduct(3), catalog.ProductP, "/?pid=3", 200), old(oldProduct(4), catalog.ProductP, "/?pid=4", 200), old(oldProduct(5), catalog.ProductP, "/?pid=5", 404),
			old(oldProduct(6), catalog.ProductP, "/?pid=6", 200), old(cups, catalog.Category, "/?mode=cate&cbid=7&csid=0", 200), old(cart, catalog.Cart, "/?mode=cart_inn", 0),
		}),
		project.SaveVisits(t.Context(), catalog.New, []inventory.Visit{
			fresh("/", catalog.Home), fresh("/products/cup", catalog.ProductP), fresh("/products/bowl", catalog.ProductP), fresh("/collections/cups", catalog.Category),
		}),
		project.SaveMatches(t.Context(), []inventory.Match{
			{Old: oldProduct(1), New: "shopify /products/cup", Class: inventory.Exact, Confidence: 0.99}, {Old: oldProduct(2), New: "shopify /products/bowl", Class: inventory.Exact, Confidence: 0.99},
			{Old: oldProduct(3), New: "shopify /products/bowl", RunnerUp: "shopify /products/cup", Confidence: 0.5, NeedsReview: true},
			{Old: oldProduct(4), Fallback: "shopify /collections/cups"}, {Old: oldProduct(6), New: "shopify /", NeedsReview: true, RunnerUp: "shopify /products/bowl", RunnerUpConfidence: 0.6},
			{Old: oldProduct(7), New: "shopify /products/cup", NeedsReview: true, RunnerUp: "shopify /products/bowl", RunnerUpConfidence: 0.6},
			{Old: oldProduct(8), RunnerUp: "shopify /products/bowl", RunnerUpConfidence: 0.2, NeedsReview: true},
		}),
		project.SavePlan(t.Context(), map[string]string{"new_base": "https://www.old.example", "engine": "caddy"}, []inventory.PlanRow{
			{OldURL: to("/"), NewURL: to("/"), OldKey: "colorme home /", Action: ActionKeep, Type: catalog.Home},
			redirect(oldProduct(1), "/?pid=1", "/products/cup", "caddy"),
			redirect(oldProduct(2), "/?pid=2", "/products/bowl", ""),
			redirect(cups, "/?mode=cate&cbid=7&csid=0", "/collections/cups", "caddy"),
			{OldURL: to("/?pid=3"), OldKey: oldProduct(3), Action: ActionAsk, Type: catalog.ProductP},
			{OldURL: to("/?pid=4"), OldKey: oldProduct(4), Action: ActionGone, Status: http.StatusGone, Type: catalog.ProductP},
			{OldURL: to("/?pid=5"), OldKey: oldProduct(5), Action: ActionIgnore, Type: catalog.ProductP},
			{OldURL: to("/?pid=6"), OldKey: oldProduct(6), Action: ActionAsk, Type: catalog.ProductP},
			{OldURL: to("/?pid=7"), OldKey: oldProduct(7), Action: ActionAsk, Type: catalog.ProductP},
			{OldURL: to("/?pid=8"), OldKey: oldProduct(8), Action: ActionAsk, Type: catalog.ProductP},
			{OldURL: to("/?mode=cart_inn"), OldKey: cart, Action: ActionIgnore, Type: catalog.Cart},
		}),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	return project
}

func monitored(t testing.TB, project *inventory.Project, opts MonitorOptions, logs ...string) *MonitorReport {
	t.Helper()
	m, err := NewMonitor(t.Context(), project, monitorRegistry(t), opts)
	if err != nil {
		t.Fatal(err)
	}
	for i, log := range logs {
		if _, err := m.ReadLog(t.Context(), fmt.Sprintf("access-%d.log", i), strings.NewReader(log), sources.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	r, err := m.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// told is a row in one line.
func toldMiss(m Missed) string {
	line := fmt.Sprintf("%s %s %s people %d robots %d", m.Class, m.Reason, strings.TrimPrefix(m.URL(), "https://www.old.example"), m.Vain().People, m.Vain().Robots)
	if p := m.Proposal; p != nil {
		line += fmt.Sprintf(" -> %s by %s sure %t", strings.TrimPrefix(p.NewURL, "https://www.old.example"), p.Basis, p.Sure)
	}
	if m.LeadsHere > 0 {
		line += fmt.Sprintf(" rows %d", m.LeadsHere)
	}
	return line
}

func TestMonitor(t *testing.T) {
	log := logLine("/?pid=1", 301, aPerson) + logLine("/?pid=1", 404, aPerson) + logLine("/?pid=1", 200, aPerson) + // the map is not in force
		logLine("/?pid=1&utm_source=mail", 404, aRobot) +
		logLine("/?pid=2", 404, aPerson) + // no carrier
		logLine("/?mode=cate&cbid=7&csid=0&page=3", 404, aPerson) + // a later page of a listing
		logLine("/?pid=3", 404, aPerson) + logLine("/?pid=3", 404, aRobot) + // to review
		logLine("/?pid=4", 410, aPerson) + // gone as planned
		logLine("/?pid=5", 404, aPerson) + // gone before the move
		logLine("/?pid=6", 404, aPerson) + // the matching would lead it home
		logLine("/?pid=7", 404, aPerson) + // its page is missing in the new shop
		logLine("/?pid=8", 404, aPerson) + // the second best is too far off
		logLine("/?pid=999", 404, aPerson) + // never heard of
		logLine("/products/cup", 404, aPerson) + // a target of the map
		logLine("/products/bowl?variant=3", 200, aPerson) + logLine("/", 200, aPerson) +
		logLine("/", 502, aPerson) +
		logLine("/spring-sale", 404, aPerson) + // neither
		logLine("/?mode=cart_inn", 404, aPerson) + logLine("/secure/?mode=members", 404, aPerson) + // left alone
		logLine("/.env", 404, aPerson) + logLine("/wp-login.php", 404, aRobot) + logLine("/backup.sql", 404, aRobot) + logLine("/?f=../../etc/passwd", 404, aRobot) +
		logLine("/favicon.ico", 404, aPerson)
	r := monitored(t, monitorProject(t), MonitorOptions{}, log)
	var got []string
	for _, m := range r.Rows {
		got = append(got, toldMiss(m))
	}
	want := []string{
		"not-in-force not-installed /?pid=1 people 2 robots 0",
		"unmapped  /?pid=3 people 1 robots 1 -> /products/bowl by match sure false",
		"broken  / people 1 robots 0",
		"planned  /?mode=cart_inn people 1 robots 0",
		"not-in-force spelling /?mode=cate&cbid=7&csid=0&page=3 people 1 robots 0 -> /collections/cups by spelling sure true",
		"not-in-force no-carrier /?pid=2 people 1 robots 0",
		"planned  /?pid=4 people 1 robots 0 -> /collections/cups by category sure false",
		"unmapped  /?pid=5 people 1 robots 0",
		"unmapped  /?pid=6 people 1 robots 0 -> /products/bowl by runner-up sure false",
		"unmapped  /?pid=7 people 1 robots 0",
		"unmapped  /?pid=8 people 1 robots 0",
		"unknown-old  /?pid=999 people 1 robots 0",
		"target  /products/cup people 1 robots 0 rows 1",
		"planned  /secure/?mode=members people 1 robots 0",
		"unknown  /spring-sale people 1 robots 0",
		"not-in-force parameters /?pid=1&utm_source=mail people 0 robots 1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	one := func(people, robots int) MissCount {
		return MissCount{Addresses: 1, Hits: sources.Hits{People: people, Robots: robots}}
	}
	if diff := cmp.Diff(map[string]MissCount{NoiseHidden: one(1, 0), NoiseOther: one(0, 1), NoiseProgram: one(0, 1), NoiseAttack: one(0, 1)}, r.Noise); diff != "" {
		t.Errorf("noise (-want +got):\n%s", diff)
	}
	if c := r.Classes[MissNotInForce]; c.Pages != 4 || c.Addresses != 4 || c.People != 4 || c.Robots != 1 {
		t.Errorf("not in force: %+v", c)
	}
	if r.Period != "2026-10-10" || !r.Open() || r.Files[0].Tables[0].Log.Assets != 1 {
		t.Errorf("period %q, open %t", r.Period, r.Open())
	}
}

// Several logs add up; hosts that are not the shops' are told apart; the new shop's host
// is read as the old one's.
func TestMonitorHosts(t *testing.T) {
	host := func(host, line string) string { return host + " " + line }
	r := monitored(t, monitorProject(t), MonitorOptions{Hosts: []string{"shop.new.example"}},
		host("shop.new.example", logLine("/?pid=3", 404, aPerson))+host("elsewhere.example", logLine("/?pid=3", 404, aRobot)),
		strings.ReplaceAll(logLine("/?pid=3", 404, aPerson), "10/Oct", "12/Oct"))
	if len(r.Rows) != 1 || r.Rows[0].Vain().People != 2 || len(r.Rows[0].Spellings) != 2 || r.Period != "2026-10-10/2026-10-12" {
		t.Errorf("rows %+v, period %q", r.Rows, r.Period)
	}
	if diff := cmp.Diff(map[string]sources.Hits{"elsewhere.example": {Robots: 1}}, r.Foreign); diff != "" {
		t.Errorf("foreign hosts (-want +got):\n%s", diff)
	}
}

// What answered in the end is not missed any more, whichever log says so and in whatever
// order they are given; what was lost after it had answered is.
func TestMonitorLastAnswer(t *testing.T) {
	on := func(day int, line string) string {
		return strings.Replace(line, "10/Oct", fmt.Sprintf("%d/Oct", day), 1)
	}
	first := on(10, logLine("/?pid=1", 404, aPerson)) + on(10, logLine("/?pid=1", 404, aRobot)) + on(10, logLine("/products/bowl", 404, aPerson)) +
		on(10, logLine("/?pid=3", 404, aPerson)) + on(10, logLine("/products/cup", 200, aPerson)) + on(10, logLine("/", 502, aPerson))
	second := on(11, logLine("/?pid=1", 301, aPerson)) + on(11, logLine("/products/bowl", 200, aRobot)) + on(11, logLine("/?pid=3", 404, aPerson)) +
		on(11, logLine("/products/cup", 404, aPerson)) + on(11, logLine("/", 200, aPerson))
	for name, logs := range map[string][]string{
		"one log": {first + second}, "joined in the wrong order": {second + first}, "two logs": {first, second}, "the newer one first": {second, first},
	} {
		r := monitored(t, monitorProject(t), MonitorOptions{}, logs...)
		var got []string
		for _, m := range r.Rows {
			got = append(got, toldMiss(m))
		}
		want := []string{
			"unmapped  /?pid=3 people 2 robots 0", // its page is itself missed no more, but a person has to look
			"target  /products/cup people 1 robots 0 rows 1",
		}
		for i := range got {
			got[i], _, _ = strings.Cut(got[i], " -> ")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: rows (-want +got):\n%s", name, diff)
		}
		if want := (MissCount{Addresses: 3, Hits: sources.Hits{People: 3, Robots: 1}}); r.Mended != want {
			t.Errorf("%s: mended %+v, want %+v", name, r.Mended, want)
		}
	}
}

// Memory is bounded over all logs, and what was left out is said.
func TestMonitorBounded(t *testing.T) {
	var b strings.Builder
	for i := range 40 {
		b.WriteString(logLine(fmt.Sprintf("/?pid=%d", 1000+i), 404, aPerson))
	}
	second := strings.ReplaceAll(b.String(), "pid=10", "pid=20")
	r := monitored(t, monitorProject(t), MonitorOptions{MaxAddresses: 30}, b.String(), second)
	if len(r.Rows) != 30 || r.Beyond != 50 {
		t.Errorf("%d rows, %d requests beyond", len(r.Rows), r.Beyond)
	}

	b.Reset()
	for i := range 40 {
		b.WriteString(logLine(fmt.Sprintf("/?pid=3&v=%d", i), 404, aPerson))
	}
	r = monitored(t, monitorProject(t), MonitorOptions{MaxAddresses: 30}, b.String(), strings.ReplaceAll(b.String(), "v=", "w="))
	if row := r.Rows[0]; len(r.Rows) != 1 || len(row.Spellings) != 10 || row.More != 20 || row.Vain().People != 30 || r.Beyond != 50 {
		t.Errorf("%d rows, %d spellings and %d more, %d requests and %d beyond", len(r.Rows), len(row.Spellings), row.More, row.Vain().People, r.Beyond)
	}
}

func TestMonitorWithoutPlan(t *testing.T) {
	project := monitorProject(t)
	if err := project.SavePlan(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := NewMonitor(t.Context(), project, monitorRegistry(t), MonitorOptions{}); !errors.Is(err, ErrNoPlan) {
		t.Errorf("error %v, want %v", err, ErrNoPlan)
	}
}

// What was applied is in the next plan: the spelling has a row of its own, and pages that
// nobody had heard of are asked about. Applying twice changes nothing.
func TestApplyMonitor(t *testing.T) {
	project := monitorProject(t)
	log := logLine("/?mode=cate&cbid=7&csid=0&page=3", 404, aPerson) + logLine("/?pid=999", 404, aPerson) + logLine("/?pid=999", 404, aPerson) +
		logLine("/?pid=998", 404, aRobot) + logLine("/?pid=5", 404, aPerson) + logLine("/spring-sale", 404, aPerson)
	r := monitored(t, project, MonitorOptions{}, log)
	for _, want := range []MonitorApplied{{Spellings: 1, Pages: 1, Worth: 2}, {Spellings: 1, Worth: 2}} {
		got, err := ApplyMonitor(t.Context(), project, r)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
	}
	if _, err := MatchShops(t.Context(), project, match.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := project.Decide(t.Context(), inventory.Decision{Old: "colorme category 7-0", Verdict: inventory.Pick, New: "shopify /collections/cups", By: "test"}); err != nil {
		t.Fatal(err)
	}
	if _, err := Build(t.Context(), project, monitorRegistry(t), Options{Engine: "caddy", OwnDomain: Yes, Movable: Yes, EdgeAllowed: Yes, NewBase: "https://www.old.example"}); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	err := project.Plan(context.Background(), func(row inventory.PlanRow) error {
		got[strings.TrimPrefix(row.OldURL, "https://www.old.example")] = row.Action
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for path, action := range map[string]string{"/?mode=cate&cbid=7&csid=0&page=3": ActionRedirect, "/?pid=999": ActionAsk, "/?pid=5": ActionAsk, "/?pid=998": "", "/spring-sale": ""} {
		if got[path] != action {
			t.Errorf("%s: %q, want %q", path, got[path], action)
		}
	}
	worth, err := project.WorthTotals(t.Context())
	if err != nil || worth[oldProduct(999)].Sessions != 2 {
		t.Errorf("worth of the page that nobody had heard of: %+v, %v", worth[oldProduct(999)], err)
	}
}

// Noise is only what no page of the old shop was built like.
func TestNoise(t *testing.T) {
	old := newOldPaths()
	old.add("https://old.example/item.php?id=1")
	old.add("https://old.example/wp-content/shop/a.html")
	for path, want := range map[string]string{
		"/.env": NoiseHidden, "/.git/config": NoiseHidden, "/.well-known/security.txt": NoiseHidden, "/item.php?id=2": "", "/wp-login.php": "", "/login.aspx": NoiseProgram,
		"/a/b.sql": NoiseProgram, "/phpMyAdmin-5/": NoiseOther, "/cgi-bin/x": NoiseOther, "/?q=%3Cscript%3E": NoiseAttack, "/%2e%2e/etc": NoiseAttack, "/?f=../../etc": NoiseAttack,
		"/a%00b": NoiseAttack, "/goods/12.html": "", "/": "", "/%E8%8C%B6%E7%A2%97/": "",
	} {
		u, err := url.Parse("https://old.example" + path)
		if err != nil {
			t.Fatal(err)
		}
		if got := old.noise(u); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// Whatever is in a log, every request is counted in one place, and no proposal leads home.
func FuzzMonitor(f *testing.F) {
	f.Add("/?pid=1", "/?mode=cate&cbid=7&page=2", 404)
	f.Add("//x/../%zz", "/\x00?pid=%", 503)
	f.Add("/?pid=1&pid=2", "http://www.old.example:443/?pid=3", 410)
	project := monitorProject(f)
	empty, err := NewMonitor(f.Context(), project, monitorRegistry(f), MonitorOptions{MaxAddresses: 10})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, a, b string, status int) {
		m := *empty // reading the project takes longer than all the rest
		m.asked = map[string]sources.Miss{}
		log := logLine("/?pid=3", 404, aPerson) + logLine(a, status, aPerson) + logLine(b, 404, aRobot)
		reading, err := m.ReadLog(t.Context(), "access.log", bytes.NewReader([]byte(log)), sources.Options{})
		if err != nil {
			return // not every text is a log
		}
		r, err := m.Report(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sum := sources.Hits{}
		for _, row := range r.Rows {
			sum = sum.Plus(row.Vain())
			if p := row.Proposal; p != nil && (p.NewURL == "" || p.NewKey == "shopify /") {
				t.Errorf("%s is to lead to %q", row.URL(), p.NewURL)
			}
		}
		for _, c := range r.Noise {
			sum = sum.Plus(c.Hits)
		}
		for _, h := range r.Foreign {
			sum = sum.Plus(h)
		}
		sum = sum.Plus(r.Mended.Hits)
		l := reading.Tables[0].Log
		if want := l.People + l.Robots + reading.Misses.Broken; sum.People+sum.Robots+r.Beyond != want+reading.Misses.Beyond {
			t.Errorf("%d requests in rows, noise and foreign hosts, %d beyond, of %d", sum.People+sum.Robots, r.Beyond, want)
		}
	})
}
