package planner

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
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
