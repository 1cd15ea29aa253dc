package planner

import (
	"testing"
	"time"

	"replatform/crawler/measure"
)

// TestMeasured: an answer of the living shop decides where the facts leave it open.
func TestMeasured(t *testing.T) {
	reg := builtIn(t)
	source, _ := reg.Get("colorme") // keys in the query; whether its subdomain's 301 keeps it is not known
	dest, _ := reg.Get("shopify")
	at := time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, tt := range []struct {
		name         string
		kept, status string
		way, certain Way
		reachable    Answer
	}{
		{"not measured", "", "", WayB2, WayG, Unknown},
		{"keeps path and query", "path+query", "permanent", WayB2, WayG, Unknown},
		{"drops the query", "home", "permanent", WayG, WayG, No},
		{"for the time being only", "path+query", "temporary", WayG, WayG, No},
		{"answers itself", "none", measure.Unknown, WayG, WayG, No},
		{"is not there", "gone", measure.Unknown, WayG, WayG, No},
		{"could not be asked", measure.Unknown, measure.Unknown, WayB2, WayG, Unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var old *measure.Result
			if tt.kept != "" {
				old = &measure.Result{Answers: []measure.Answer{
					{Question: measure.SubdomainRedirect, Value: tt.kept, URL: "https://x.shop-pro.jp/?pid=1", At: at},
					{Question: measure.SubdomainStatus, Value: tt.status, At: at},
				}}
			}
			d := Decide(Situate(source, dest, Case{OwnDomain: No}).Measured(old, nil))
			rung := d.Rung(WayB2)
			if d.Way != tt.way || d.Certain() != tt.certain || rung.Reachable != tt.reachable {
				t.Errorf("way %s, certain %s, B2 %s (%s)", d.Way, d.Certain(), rung.Reachable, rung.Why.EN)
			}
			if tt.kept == "path+query" && tt.status == "permanent" {
				if f := rung.Facts[0]; f.Date != "2027-01-02" || f.Source != "https://x.shop-pro.jp/?pid=1" || f.Confidence != "capture" {
					t.Errorf("the fact does not say what was measured: %+v", f)
				}
				if rung.Probe != "" {
					t.Errorf("it has been measured, yet %q is advised", rung.Probe)
				}
			}
		})
	}
	s := Situate(source, dest, Case{}).Measured(nil, &measure.Result{Answers: []measure.Answer{{Question: measure.MissingPage, Value: "200", At: at}}})
	if s.NewMissing != "200" {
		t.Errorf("what the new shop answers for a missing page: %q", s.NewMissing)
	}
}
