package planner

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/platform"
)

var update = flag.Bool("update", false, "write the golden files anew")

// domains are the situations of a domain that the golden table shows.
var domains = []struct {
	name string
	c    Case
}{
	{"own domain, movable", Case{OwnDomain: Yes, Movable: Yes}},
	{"own domain, movable or not", Case{OwnDomain: Yes}},
	{"own domain, stuck", Case{OwnDomain: Yes, Movable: No}},
	{"subdomain", Case{OwnDomain: No}},
	{"subdomain, breach", Case{OwnDomain: No, Haste: true}},
	{"domain not known", Case{}},
}

// goldenPairs are moves that shops make, and those in which platforms of each kind
// meet.
var goldenPairs = strings.Fields(`
	colorme>shopify colorme>makeshop colorme>woocommerce colorme>eccube colorme>stores colorme>rakuten
	makeshop>shopify makeshop>colorme makeshop-basic>shopify makeshop-basic>makeshop makeshop>woocommerce makeshop>bigcommerce
	makeshop-kr>shopify base>shopify base>colorme stores>shopify stores>base futureshop>shopify futureshop>makeshop ocnk>shopify
	shopserve>shopify ecforce>shopify ecforce>woocommerce aishipr>shopify w2>shopify bcart>shopify easymyshop>shopify subscstore>ecforce
	eccube2>shopify eccube2>eccube eccube>shopify eccube-cloud>shopify welcart>shopify
	shopify>woocommerce shopify>bigcommerce shopify>makeshop woocommerce>shopify woocommerce>magento2 opencart>opencart opencart>shopify
	magento1>magento2 magento2>shopify prestashop>shopify zencart>woocommerce oscommerce>woocommerce nopcommerce>shopify
	bigcommerce>shopify squarespace>shopify shopify>squarespace wix>shopify webflow>wix ecwid>shopify medusa>shopify
	rakuten>shopify yahoo-shopping>shopify amazon>base mercari-shops>stores etsy>bigcartel shopify>amazon generic>generic`)

func builtIn(t *testing.T) *platform.Registry {
	t.Helper()
	reg, err := platform.Load()
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// TestGoldenDecisions holds the decisions for known pairs against a table that was
// read by a person. "A? B" is: A if an open question is answered well, B for certain.
func TestGoldenDecisions(t *testing.T) {
	reg := builtIn(t)
	var b strings.Builder
	b.WriteString("# Decisions for pairs of platforms, by the situation of the old domain. Written by\n" +
		"# go test ./planner -run TestGoldenDecisions -update; read the differences before you keep them.\n" +
		"# \"A? B\": way A if an open question is answered well, way B for certain; then the reason of each.\n")
	for _, pair := range goldenPairs {
		from, to, _ := strings.Cut(pair, ">")
		source, ok1 := reg.Get(from)
		dest, ok2 := reg.Get(to)
		if !ok1 || !ok2 {
			t.Fatalf("%s: no such platforms", pair)
		}
		fmt.Fprintf(&b, "\n%s > %s\n", from, to)
		var outcomes []string // in order, each once
		names := map[string][]string{}
		for _, dom := range domains {
			d := Decide(Situate(source, dest, dom.c))
			way, why := string(d.Way), d.Rung(d.Way).Why.EN
			if d.Fallback != "" {
				way += "? " + string(d.Fallback)
				why += " | " + d.Rung(d.Fallback).Why.EN
			}
			outcome := fmt.Sprintf("%-5s  %s", way, why)
			if names[outcome] == nil {
				outcomes = append(outcomes, outcome)
			}
			names[outcome] = append(names[outcome], dom.name)
		}
		for _, o := range outcomes {
			on := strings.Join(names[o], "; ")
			if len(names[o]) == len(domains) {
				on = "whatever the domain"
			}
			fmt.Fprintf(&b, "  %s  [%s]\n", o, on)
		}
	}
	const file = "testdata/decisions.txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("decisions (-kept +now):\n%s", diff)
	}
	t.Logf("%d pairs in %d situations", len(goldenPairs), len(domains))
}

// TestEveryPair: for each two platforms and each situation there is a way with a
// certain one under it, a reason on every rung in both languages, and a question
// with somebody to ask where a rung is open.
func TestEveryPair(t *testing.T) {
	reg := builtIn(t)
	decided := 0
	certain := map[Way]int{}
	for _, source := range reg.All() {
		for _, dest := range reg.All() {
			for _, dom := range domains {
				d := Decide(Situate(source, dest, dom.c))
				at := fmt.Sprintf("%s > %s, %s", source.ID, dest.ID, dom.name)
				decided++
				certain[d.Certain()]++
				if d.Way == "" || d.Rung(d.Certain()).Reachable != Yes {
					t.Errorf("%s: way %q, certain %q", at, d.Way, d.Certain())
				}
				if len(d.Ladder) != len(wayNames) {
					t.Errorf("%s: %d rungs", at, len(d.Ladder))
				}
				for _, r := range d.Ladder {
					if r.Why.JA == "" || r.Why.EN == "" || r.Name.JA == "" || r.Name.EN == "" || r.Keeps.JA == "" || r.Keeps.EN == "" {
						t.Errorf("%s: way %s lacks words", at, r.Way)
					}
					if r.Reachable == Unknown != (r.Ask != (Text{})) {
						t.Errorf("%s: way %s is %q and asks %q", at, r.Way, r.Reachable, r.Ask.EN)
					}
				}
				for _, r := range d.Open() {
					if r.Ask.JA == "" || r.Ask.EN == "" {
						t.Errorf("%s: way %s is open and asks nobody", at, r.Way)
					}
				}
				if source.Kind == platform.Marketplace && d.Certain() < WayH {
					t.Errorf("%s: the address of a marketplace is not the owner's, yet way %s is certain", at, d.Certain())
				}
				if dom.c.OwnDomain == No && d.Certain() < WayD {
					t.Errorf("%s: way %s takes a subdomain along", at, d.Certain())
				}
			}
		}
	}
	t.Logf("%d decisions over %d platforms; certain ways %v", decided, len(reg.All()), certain)
}
