package planner

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func value(s string) Fact { return Fact{Value: s} }

// stuck is a platform like Color Me Shop: no redirects outward, no head, but scripts
// and product texts.
func stuck() SourceFacts {
	return SourceFacts{Redirect: value("none"), SubdomainMove: value("yes"), Head: value("body-only"), Script: value("yes"),
		Body: value("yes"), Pause: value("yes"), After: value("unknown"), Key: value("home-query")}
}

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
			Situation{Source: stuck(), Destination: pathOnly, OwnDomain: Yes, Movable: Yes, EdgeAllowed: Yes, Rows: 10}, WayB, "",
		},
		{
			"the same with more rows than the destination takes: an edge",
			Situation{Source: stuck(), Destination: pathOnly, OwnDomain: Yes, Movable: Yes, EdgeAllowed: Yes, Rows: 100001}, WayC, "",
		},
		{
			"same addresses on the own domain: nothing to redirect",
			Situation{Source: stuck(), Destination: pathOnly, OwnDomain: Yes, Movable: Yes, EdgeAllowed: Yes, Rows: 10, SameURLs: true}, WayA, "",
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
