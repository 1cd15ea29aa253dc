package planner

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
	"replatform/redirects/engine"
)

func storyNamed(t *testing.T, name string) story {
	t.Helper()
	all := tenStories()
	i := slices.IndexFunc(all, func(s story) bool { return s.name == name })
	if i < 0 {
		t.Fatalf("there is no story %q", name)
	}
	return all[i]
}

// carried lists for each old address without its host what delivers it.
func carried(p *Plan) map[string]string {
	out := map[string]string{}
	for _, r := range p.Rows {
		_, rest, _ := strings.Cut(r.OldURL, "://")
		_, path, _ := strings.Cut(rest, "/")
		out["/"+path] = strings.TrimSpace(r.Action + " " + r.Strength + " " + r.Carrier)
	}
	return out
}

func artefactIDs(p *Plan) []string {
	var ids []string
	for _, a := range p.Artefacts {
		ids = append(ids, a.ID)
	}
	return ids
}

// TestEdgeApart: where nothing may stand in front of the new shop, it takes another
// name; the edge then answers the old home page too, and nothing is put in front of
// the new shop or into its pages.
func TestEdgeApart(t *testing.T) {
	s := storyNamed(t, "06-own-domain-with-a-worker")
	s.options.EdgeAllowed, s.options.NewBase = No, ""
	p := s.build(t)
	if got := carried(p)["/"]; p.Decision.Way != WayC || got != "redirect permanent cloudflare-worker" {
		t.Errorf("way %s, home page: %s", p.Decision.Way, got)
	}
	if diff := cmp.Diff([]string{"front-cloudflare-worker"}, artefactIDs(p)); diff != "" || len(p.Refused) > 0 {
		t.Errorf("refused %v, artefacts (-want +got):\n%s", p.Refused, diff)
	}
	if text := string(p.workarounds["front-cloudflare-worker/README.en.md"]); !strings.Contains(text, `ELSE = "404"`) || strings.Contains(text, "passes") {
		t.Errorf("the instructions do not say that nothing stands behind:\n%s", text)
	}
	for _, r := range p.Rows {
		if r.Type == catalog.Home && (r.NewURL != "https://tsukiyo-tea.myshop.example/" || r.Status != 301) {
			t.Errorf("the home page goes to %s (%d)", r.NewURL, r.Status)
		}
	}
	s.options.EdgeAllowed = Yes
	p = s.build(t)
	if got := carried(p)["/"]; got != "keep none" {
		t.Errorf("with an edge in front, home page: %s", got)
	}
}

// TestSubdomainHome: in two steps the home page needs no redirect of its own.
func TestSubdomainHome(t *testing.T) {
	p := storyNamed(t, "01-subdomain-only").build(t)
	if got := carried(p)["/"]; p.Decision.Way != WayB2 || got != "redirect permanent cloudflare-worker" || len(p.Refused) > 0 {
		t.Errorf("way %s, home page: %s, refused %v", p.Decision.Way, got, p.Refused)
	}
}

// TestQuerySpellings: a query that is a mere addition to a path does not keep a
// destination from answering that sees paths only.
func TestQuerySpellings(t *testing.T) {
	s := storyNamed(t, "05-domain-at-the-platforms-registrar")
	s.options.Movable = Yes
	p := s.build(t)
	if p.Decision.Way != WayB || p.Situation.QueryRows != 0 || p.Engine != "shopify" {
		t.Errorf("way %s, engine %s, %d rows by query", p.Decision.Way, p.Engine, p.Situation.QueryRows)
	}
	s.pages += "https://www.hananoki.example/shop/shopdetail.html?brandcode=000000002713 | 竹の籠 | /products/basket\n"
	if p = s.build(t); p.Decision.Way != WayC || p.Situation.QueryRows != 1 {
		t.Errorf("a page that only the query tells: way %s, %d rows by query", p.Decision.Way, p.Situation.QueryRows)
	}
}

// TestOldPagesPointToTheNewShop: as long as the old shop answers the domain, what is
// put into its pages leads to where the new shop stands now.
func TestOldPagesPointToTheNewShop(t *testing.T) {
	s := storyNamed(t, "05-domain-at-the-platforms-registrar")
	s.options.NewCart = "https://www.hananoki.example/cart"
	p := s.build(t)
	if p.Decision.Fallback != WayE {
		t.Fatalf("the fallback is %s", p.Decision.Fallback)
	}
	snippets := 0
	for name, data := range p.workarounds {
		if !strings.HasPrefix(name, "makeshop-smarty/") || !strings.HasSuffix(name, ".html") {
			continue
		}
		snippets++
		if strings.Contains(string(data), "www.hananoki.example") {
			t.Errorf("%s points to the old host itself", name)
		}
	}
	if p.workarounds["makeshop-smarty/top-head.html"] == nil {
		t.Error("the old home page has no pointer")
	}
	if snippets == 0 {
		t.Error("no snippets")
	}
	if theme := string(p.workarounds["shopify-liquid/theme-head.liquid"]); theme == "" || strings.Contains(theme, "hananoki-new.example") {
		t.Error("what stands in the new shop itself leads to its address of before")
	}
}

// TestFallbackCounts: under the fallback only what hangs on no open question counts.
func TestFallbackCounts(t *testing.T) {
	p := storyNamed(t, "08-makeshop-basic").build(t)
	if p.Decision.Fallback != WayH || p.Decision.Rung(WayG).Reachable != Unknown {
		t.Fatalf("fallback %s, scripts %s", p.Decision.Fallback, p.Decision.Rung(WayG).Reachable)
	}
	for _, l := range p.FallbackCoverage {
		if stronger(l.Strength, StrengthLink) {
			t.Errorf("%d pages are counted as carried by %s", l.Pages, l.Strength)
		}
	}
}

// TestSpellingsAreNotPromised: a spelling that the templates may not see is not
// counted as carried by them.
func TestSpellingsAreNotPromised(t *testing.T) {
	p := storyNamed(t, "07-makeshop-creator").build(t)
	want := map[string]string{
		"/view/item/000000002701":   "redirect instant-refresh makeshop-smarty",
		"/shopdetail/000000002701/": "redirect none",
	}
	got := carried(p)
	for path := range got {
		if want[path] == "" {
			delete(got, path)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("carriers (-want +got):\n%s", diff)
	}
	p = storyNamed(t, "02-subdomain-in-a-breach").build(t)
	if got := carried(p)["/?pid=186500101&utm_source=mail"]; got != "redirect script colorme-smarty" {
		t.Errorf("a campaign parameter: %s", got)
	}
}

// sameDomain is a shop whose new shop takes over its domain: a page that stays where it
// is, one that moves, and pages whose new places are addresses of other old pages.
func sameDomain() story {
	return story{
		name: "same-domain", from: "colorme", to: "shopify", oldHost: "www.tsukiyo.example", newHost: "tsukiyo-new.example",
		pages: `
http://www.tsukiyo.example/ | つきよの茶 | /
http://www.tsukiyo.example/?pid=1 | 煎茶 | /products/sencha
http://www.tsukiyo.example/about | この店について | /about
http://www.tsukiyo.example/?pid=6 | 茶托 | /?pid=6
+http://www.tsukiyo.example/?pid=6&utm_source=mail
http://www.tsukiyo.example/?pid=2 | 湯のみ | /?pid=3
http://www.tsukiyo.example/?pid=3 | 急須 | /?pid=2
http://www.tsukiyo.example/?pid=4 | 茶筒 | /?pid=5
http://www.tsukiyo.example/?pid=5 | 茶筒 大 | /products/tin
`,
		options: Options{Engine: "nginx", OwnDomain: Yes, Movable: Yes, EdgeAllowed: Yes, NewBase: "https://tsukiyo.example"},
	}
}

// TestSameDomain: on one domain a page that has its old address in the new shop too is
// kept, not sent to itself. What would hide a page of the new shop is refused, the rest is
// redirected.
func TestSameDomain(t *testing.T) {
	p := sameDomain().build(t)
	wantCarried(t, p, map[string]string{
		"/":                       "keep none",
		"/about":                  "keep none",
		"/?pid=1":                 "redirect permanent nginx",
		"/?pid=6":                 "keep none",
		"/?pid=6&utm_source=mail": "redirect permanent nginx",
		"/?pid=2":                 "redirect refused",
		"/?pid=3":                 "redirect refused",
		"/?pid=4":                 "redirect permanent nginx",
		"/?pid=5":                 "redirect refused",
	}, []string{"shadowed /?pid=2", "shadowed /?pid=3", "shadowed /?pid=5"})
}

// TestTargetsOnTheOldNames: where something other than the new shop answers the old names,
// a row that leads to its own address is refused, and so is a circle; a chain is made one
// step. The old names are those of the shop, not only that of the row.
func TestTargetsOnTheOldNames(t *testing.T) {
	s := sameDomain()
	s.newHost, s.options.NewBase, s.options.EdgeAllowed, s.options.Engine = "tsukiyo.example", "", No, ""
	s.pages = strings.ReplaceAll(s.pages, "/products/sencha", "/?pid=1&from=new")
	p := s.build(t)
	if p.Decision.Way != WayC || p.Engine != "cloudflare-worker" {
		t.Fatalf("way %s, engine %s", p.Decision.Way, p.Engine)
	}
	wantCarried(t, p, map[string]string{
		"/":                       "keep none",
		"/about":                  "keep none",
		"/?pid=1":                 "redirect refused",
		"/?pid=6":                 "keep none",
		"/?pid=6&utm_source=mail": "redirect permanent cloudflare-worker",
		"/?pid=2":                 "redirect refused",
		"/?pid=3":                 "redirect refused",
		"/?pid=4":                 "redirect permanent cloudflare-worker",
		"/?pid=5":                 "redirect permanent cloudflare-worker",
	}, []string{"loop /?pid=2", "loop /?pid=3", "self-redirect /?pid=1"})
	for _, r := range p.Rows {
		if strings.HasSuffix(r.OldURL, "pid=4") && (r.NewURL != "https://tsukiyo.example/products/tin" || r.NewTitle != "茶筒 大" || r.Note == "") {
			t.Errorf("the chain leads to %s, %q: %s", r.NewURL, r.NewTitle, r.Note)
		}
	}
}

// wantCarried compares what delivers each old address and what is refused.
func wantCarried(t *testing.T, p *Plan, rows map[string]string, refused []string) {
	t.Helper()
	got := carried(p)
	var codes []string
	for _, f := range p.Refused {
		path := strings.TrimPrefix(f.OldURL, "http://www.tsukiyo.example")
		codes = append(codes, f.Code+" "+path)
		got[path] = "redirect refused" // the pointers that there may be instead are not of interest
	}
	slices.Sort(codes)
	if diff := cmp.Diff(rows, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(refused, codes); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
}

// TestSameDomainSameAddresses: where every page stays nothing is redirected.
func TestSameDomainSameAddresses(t *testing.T) {
	s := sameDomain()
	s.options.Engine = ""
	s.pages = "https://www.tsukiyo.example/ | 茶 | /\nhttps://www.tsukiyo.example/about | この店 | /about\n"
	p := s.build(t)
	if p.Decision.Way != WayA || p.Situation.Rows != 0 || p.Pages.ByAction[ActionKeep] != 2 {
		t.Errorf("way %s, %d rows, %v", p.Decision.Way, p.Situation.Rows, p.Pages.ByAction)
	}
}

// TestSamePathsReadElsewhere: while nobody has said at which address the new shop will be,
// a page that has its old path and query there keeps its address if the name comes along,
// and is a redirect like all others if something else answers the old name.
func TestSamePathsReadElsewhere(t *testing.T) {
	s := sameDomain()
	s.options.Engine, s.options.NewBase = "", ""
	p := s.build(t)
	got := carried(p)
	for path, want := range map[string]string{"/about": "keep none", "/?pid=6": "keep none", "/?pid=1": "redirect permanent cloudflare-worker"} {
		if got[path] != want {
			t.Errorf("way %s, %s: %s, want %s", p.Decision.Way, path, got[path], want)
		}
	}
	s.options.EdgeAllowed = No
	p = s.build(t)
	if got := carried(p); got["/about"] != "redirect permanent cloudflare-worker" {
		t.Errorf("way %s with a name of its own for the new shop: %s", p.Decision.Way, got["/about"])
	}
	// Nothing is known of the domain: if it does not come along, the page is carried as far
	// as others are.
	s.options.EdgeAllowed, s.options.Movable = Yes, Unknown
	p = s.build(t)
	if got := carried(p); got["/about"] != "keep none" || p.Decision.Fallback == "" {
		t.Fatalf("way %s or %s: %s", p.Decision.Way, p.Decision.Fallback, got["/about"])
	}
	pages := 0
	for _, line := range p.FallbackCoverage {
		pages += line.Pages
	}
	if want := p.Pages.Pointed + 2; pages != want {
		t.Errorf("the fallback speaks of %d pages, want %d: those that keep their address otherwise too", pages, want)
	}
}

// TestFilesCarryNothing: a format that is handed on to people or to other programs is no
// engine of a plan.
func TestFilesCarryNothing(t *testing.T) {
	var files []string
	for _, e := range engine.New(engine.Options{}) {
		if !e.Capabilities().Answers() {
			files = append(files, e.ID())
		}
	}
	if diff := cmp.Diff([]string{"csv", "json-lines", "xlsx", "old-sitemap"}, files); diff != "" {
		t.Errorf("formats that answer nobody (-want +got):\n%s", diff)
	}
	b := &builder{opts: Options{Engine: "csv"}, plan: &Plan{}}
	if err := b.chooseEngine(); !errors.Is(err, ErrNoCarrier) || b.plan.Engine != "" {
		t.Errorf("engine %q, %v", b.plan.Engine, err)
	}
}
