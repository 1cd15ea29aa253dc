package planner

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func value(s string) Fact { return Fact{Value: s} }

// stuck is a platform like Color Me Shop: no redirects outward, no head, but scripts
// and product texts.
func stuck() SourceFacts {
	return SourceFacts{Redirect: value("none"), SubdomainMove: value("yes"), Head: value("body-only"), Script: value("yes"),
		Body: value("yes"), Pause: value("yes"), After: value("unknown"), Key: value("home-query")}
}

func day(n int) time.Time { return time.Date(2027, 1, n, 0, 0, 0, 0, time.UTC) }

func TestDecide(t *testing.T) {
	pathOnly := DestinationFacts{Redirect: value("path"), Limit: 100000, Engine: "shopify"}
	everything := DestinationFacts{Redirect: value("path+query"), Engine: "redirection"}
	tests := []struct {
		name      string
		s         Situation
		want      Way
		otherwise Way
	}{
		{
			"own domain, keys in the query, destination sees paths only: an edge",
			Situation{Source: stuck(), Destination: pathOnly, OwnDomain: Yes, Movable: Yes, EdgeAllowed: Yes, Rows: 10, QueryRows: 10}, WayC, "",
		},
		{
			"the same, but nobody knows yet whether the domain can be moved: an edge if it can, else the script",
			Situation{Source: stuck(), Destination: pathOnly, OwnDomain: Yes, Movable: Unknown, EdgeAllowed: Unknown, Rows: 10, QueryRows: 10}, WayC, WayG,
		},
		{
			"own domain, destination matches queries too: its own redirects",
			Situation{Source: stuck(), Destination: everything, OwnDomain: Yes, Movable: Yes, EdgeAllowed: Yes, Rows: 10, QueryRows: 10}, WayB, "",
		},
		{
			"own domain, keys in the path: the destination's own redirects",
			Situation{Source: stuck(), Destination: pathOnly, OwnDomain: Yes, Movable: Yes, EdgeAllowed: Yes, Rows: 10, SameURLs: No}, WayB, "",
		},
		{
			"the same with more rows than the destination takes: an edge",
			Situation{Source: stuck(), Destination: pathOnly, OwnDomain: Yes, Movable: Yes, EdgeAllowed: Yes, Rows: 100001, SameURLs: No}, WayC, "",
		},
		{
			"same addresses on the own domain: nothing to redirect",
			Situation{Source: stuck(), Destination: pathOnly, OwnDomain: Yes, Movable: Yes, EdgeAllowed: Yes, Rows: 10, SameURLs: Yes}, WayA, "",
		},
		{
			"own domain that cannot be moved: the script",
			Situation{Source: stuck(), Destination: pathOnly, OwnDomain: Yes, Movable: No, EdgeAllowed: Yes, Rows: 10, QueryRows: 10}, WayG, "",
		},
		{
			"platform subdomain, time enough: two steps, if the measurement allows it",
			Situation{Source: stuck(), Destination: pathOnly, OwnDomain: No, Movable: Unknown, EdgeAllowed: Unknown, Rows: 10, QueryRows: 10}, WayB2, WayG,
		},
		{
			"platform subdomain after a breach: the script at once",
			Situation{Source: stuck(), Destination: pathOnly, OwnDomain: No, Movable: Unknown, EdgeAllowed: Unknown, Haste: true, Rows: 10, QueryRows: 10}, WayG, "",
		},
		{
			"old platform that can send 301 page by page",
			Situation{Source: SourceFacts{Redirect: value("any"), SubdomainMove: value("no")}, Destination: pathOnly, OwnDomain: No, Rows: 10}, WayD, "",
		},
		{
			"head can be written page by page",
			Situation{Source: SourceFacts{Redirect: value("none"), SubdomainMove: value("no"), Head: value("per-page"), Script: value("yes")}, Destination: pathOnly, OwnDomain: No, Rows: 10}, WayE, "",
		},
		{
			"only product texts can be edited",
			Situation{Source: SourceFacts{Redirect: value("none"), SubdomainMove: value("no"), Head: value("none"), Script: value("no"), Body: value("yes")}, Destination: pathOnly, OwnDomain: No, Rows: 10}, WayH, "",
		},
		{
			"nothing can be edited",
			Situation{Source: SourceFacts{Redirect: value("none"), SubdomainMove: value("no"), Head: value("none"), Script: value("no"), Body: value("no")}, Destination: pathOnly, OwnDomain: No, Rows: 10}, WayI, "",
		},
		{
			"marketplace that forbids links outward: nothing on the old side, whatever texts can be edited",
			Situation{Source: SourceFacts{Mall: true, Redirect: value("none"), SubdomainMove: value("no"), Head: value("none"), Script: value("no"), Body: value("yes"), Links: value("no")}, Destination: pathOnly, OwnDomain: No, Rows: 10}, WayI, "",
		},
		{
			"marketplace whose rule on links is not known: ask before a link is set",
			Situation{Source: SourceFacts{Mall: true, Redirect: value("none"), SubdomainMove: value("no"), Head: value("none"), Script: value("no"), Body: value("yes"), Links: value("unknown")}, Destination: pathOnly, OwnDomain: No, Rows: 10}, WayH, WayI,
		},
		{
			"destination without own domain, old domain movable: the old name is held by an edge",
			Situation{Source: stuck(), Destination: DestinationFacts{OwnDomain: value("no"), Redirect: value("none")}, OwnDomain: Yes, Movable: Yes, EdgeAllowed: No, Rows: 10}, WayC, "",
		},
		{
			"nothing may stand in front of the new shop: it takes another name, the edge holds the old one",
			Situation{Source: stuck(), Destination: pathOnly, OwnDomain: Yes, Movable: Yes, EdgeAllowed: No, Rows: 10, QueryRows: 10}, WayC, "",
		},
		{
			"paths can be kept in the new shop: same paths if they are set, its redirects otherwise",
			Situation{Source: SourceFacts{Key: value("path")}, Destination: DestinationFacts{OwnDomain: value("yes"), Redirect: value("path"), KeepPaths: value("yes")}, OwnDomain: Yes, Movable: Yes}, WayA, WayB,
		},
		{
			"old paths begin with what the destination keeps for itself: an edge",
			Situation{Source: SourceFacts{Key: value("path"), Heads: []string{"/shop/product/"}}, Destination: DestinationFacts{OwnDomain: value("yes"), Redirect: value("path"), KeepPaths: value("no"), Reserved: []string{"/shop"}}, OwnDomain: Yes, Movable: Yes}, WayC, "",
		},
		{
			"a path that only begins with the same letters is not kept by the destination",
			Situation{Source: SourceFacts{Key: value("path"), Heads: []string{"/shopdetail/"}}, Destination: DestinationFacts{OwnDomain: value("yes"), Redirect: value("path"), KeepPaths: value("no"), Reserved: []string{"/shop"}}, OwnDomain: Yes, Movable: Yes}, WayB, "",
		},
		{
			"products differ behind the #: no server sees it, a script does",
			Situation{Source: SourceFacts{Key: value("fragment"), Redirect: value("any"), Head: value("per-page"), Script: value("unknown")}, Destination: pathOnly, OwnDomain: Yes, Movable: Yes}, WayG, "",
		},
		{
			"subdomain of a platform that can send 301 anywhere: no two steps",
			Situation{Source: SourceFacts{Redirect: value("any"), SubdomainMove: value("unknown")}, Destination: pathOnly, OwnDomain: No, Rows: 10}, WayD, "",
		},
		{
			"measured: the subdomain's 301 drops the query, in which the keys stand: the script",
			Situation{Source: stuck(), Destination: pathOnly, OwnDomain: No, Rows: 10, QueryRows: 10, Subdomain: "path"}, WayG, "",
		},
		{
			"measured: the subdomain's 301 keeps path and query: one question is left",
			Situation{Source: stuck(), Destination: pathOnly, OwnDomain: No, Rows: 10, QueryRows: 10, Subdomain: "path+query"}, WayB2, WayG,
		},
		{
			"contract ends before the move and the pages with it: nothing on the old side",
			Situation{Source: SourceFacts{Redirect: value("any"), After: value("closed")}, Destination: pathOnly, OwnDomain: No, Cutover: day(10), ContractEnd: day(9)}, WayI, "",
		},
		{
			"contract ends before the move, whether pages stay is not known: ask",
			Situation{Source: SourceFacts{Redirect: value("any"), After: value("unknown")}, Destination: pathOnly, OwnDomain: No, Cutover: day(10), ContractEnd: day(10)}, WayD, WayI,
		},
		{
			"that the old side can send 301 is common belief only: to be confirmed, and the script for certain",
			Situation{Source: SourceFacts{Redirect: Fact{Name: "leaving.redirect", Value: "any", Confidence: "unknown"}, SubdomainMove: value("no"), Script: value("yes")}, Destination: pathOnly, OwnDomain: No, Rows: 10}, WayD, WayG,
		},
		{
			"own domain or not is not known: both branches",
			Situation{Source: stuck(), Destination: pathOnly, Rows: 10, QueryRows: 10}, WayC, WayG,
		},
		{
			"nothing is known: ask whether the old side can send 301, and count on nothing",
			Situation{OwnDomain: No, Rows: 10}, WayD, WayI,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := Decide(tt.s)
			if d.Way != tt.want || d.Fallback != tt.otherwise {
				t.Errorf("Decide = %s, fallback %q; want %s, fallback %q", d.Way, d.Fallback, tt.want, tt.otherwise)
			}
			if len(d.Ladder) != len(wayNames) {
				t.Errorf("%d rungs, want all %d", len(d.Ladder), len(wayNames))
			}
			for _, r := range d.Ladder {
				if r.Why.JA == "" || r.Why.EN == "" || r.Name.JA == "" || r.Name.EN == "" || r.Keeps.JA == "" || r.Keeps.EN == "" {
					t.Errorf("way %s lacks words: %+v", r.Way, r)
				}
				if r.Reachable == Unknown && r.Ask == (Text{}) {
					t.Errorf("way %s hangs on something unknown and does not say whom to ask", r.Way)
				}
			}
		})
	}
}

func TestAnd(t *testing.T) {
	got := []Answer{and(Yes, Yes), and(Yes, Unknown), and(Unknown, No), and(No, Yes), and()}
	if diff := cmp.Diff([]Answer{Yes, Unknown, No, No, Yes}, got); diff != "" {
		t.Errorf("and (-want +got):\n%s", diff)
	}
}

// TestAdvice: what must be said beside the way is said, and only where it fits.
func TestAdvice(t *testing.T) {
	clocks := func(contract, domain int) Situation {
		return Situation{Source: stuck(), Destination: DestinationFacts{Redirect: value("path")}, OwnDomain: Yes, Movable: Unknown,
			Rows: 1, QueryRows: 1, Cutover: day(1), ContractEnd: day(1 + contract), DomainEnd: day(1 + domain)}
	}
	subdomain := clocks(400, 400)
	subdomain.OwnDomain, subdomain.Haste = No, true
	soft := Situation{Source: SourceFacts{Key: value("path")}, OwnDomain: Yes, Movable: Yes, SameURLs: No, NewMissing: "200", Rows: 1,
		Destination: DestinationFacts{OwnDomain: value("yes"), Redirect: value("path"), Precedence: value("page")}}
	for _, tt := range []struct {
		name      string
		s         Situation
		want, not []string
	}{
		{"short contract, short domain", clocks(100, 100), []string{"less than 180 days", "within a year"}, []string{"Get a domain"}},
		{"contract of half a year", clocks(200, 400), []string{"at least a year"}, []string{"less than 180", "within a year"}},
		{"long enough", clocks(400, 400), nil, []string{"180 days", "expire", "Get a domain", "Leaving at once"}},
		{"subdomain, breach", subdomain, []string{"Get a domain", "Leaving at once", "orders while pages stay"}, []string{"expire"}},
		{"the new shop answers 200 for what is not there", soft, []string{"make no page", "answers 200"}, []string{"contract"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Decide(tt.s).Advice
			has := func(part string) bool {
				return slices.ContainsFunc(got, func(a Text) bool { return strings.Contains(a.EN, part) })
			}
			for _, part := range tt.want {
				if !has(part) {
					t.Errorf("nothing says %q in %v", part, got)
				}
			}
			for _, part := range tt.not {
				if has(part) {
					t.Errorf("%q is said in %v", part, got)
				}
			}
		})
	}
}

// TestOwnDomain: the host tells, where it is known which names the platform gives.
func TestOwnDomain(t *testing.T) {
	reg := builtIn(t)
	for _, tt := range []struct {
		platform string
		hosts    []string
		want     Answer
	}{
		{"colorme", []string{"www.tea.example"}, Yes},
		{"colorme", []string{"tea.shop-pro.jp"}, No},
		{"colorme", []string{"tea.shop-pro.jp", "www.tea.example:8080"}, Yes},
		{"colorme", []string{"notshop-pro.jp"}, Yes},
		{"colorme", nil, Unknown},
		{"woocommerce", []string{"tea.example"}, Yes},
		{"godaddy", []string{"tea.example"}, Unknown}, // a service whose own names are not known
	} {
		p, ok := reg.Get(tt.platform)
		if !ok {
			t.Fatalf("no platform %s", tt.platform)
		}
		if got := ownDomain(p, tt.hosts); got != tt.want {
			t.Errorf("%s %q: %s, want %s", tt.platform, tt.hosts, got, tt.want)
		}
	}
}
