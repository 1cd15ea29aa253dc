package engine

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// engineResults is what one engine did with the case table.
type engineResults struct {
	e       Engine
	classes map[string]*caseResult
}

// matrix prints class by engine. A plain number is how many addresses were answered
// as meant.
func matrix(c *caseTable, all []engineResults) string {
	if len(all) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("| class |")
	for _, r := range all {
		b.WriteString(" " + r.e.ID() + " |")
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(all)) + "\n")
	for _, class := range c.classes {
		b.WriteString("| " + class + " |")
		for _, r := range all {
			b.WriteString(" " + r.classes[class].cell() + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// cell is the short form of a result: "9", or "5, 2 refused, 1 missed".
func (r *caseResult) cell() string {
	var parts []string
	for _, o := range []outcome{asMeant, refused, missed, beyond, wrong} {
		switch n := r.count[o]; {
		case n == 0:
		case o == asMeant:
			parts = append(parts, fmt.Sprint(n))
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
		}
	}
	return strings.Join(parts, ", ")
}

// explain says why an engine does not do what the table means; empty when there is
// no reason. It asks the declared capabilities first.
func explain(e Engine, class, needs string, o outcome) string {
	c := e.Capabilities()
	switch {
	case o == beyond && (!c.Query.Known || c.Query.Value == QueryNone || c.Query.Value == QueryParams):
		return "the row of a path answers whatever query the request has"
	case o == beyond && c.Decodes.Known && c.Decodes.Value:
		return "an address is decoded before it is read, so an escaped equals sign is one"
	case o == missed && needs == "further parameters" && !c.ExtraParameters.Known:
		return "whether further parameters do harm is not documented; taken to do so"
	case o == missed && needs == "further parameters" && !c.ExtraParameters.Value:
		return "an address with further parameters is another address"
	case o == missed && needs == "any order" && !c.OrderMatters.Known:
		return "whether the order of parameters matters is not documented; taken to do so"
	case o == missed && needs == "any order" && c.OrderMatters.Value:
		return "another order of parameters is another address"
	case o == missed && needs == "hex" && !(c.Decodes.Known && c.Decodes.Value):
		return "escapes are compared as they are written; browsers send those of the link that was clicked"
	}
	return map[string]string{
		"caddy/one host of several":               "the host is compared as sent; browsers send it in lower case",
		"cloudfront/parameters swapped":           "only the most frequent sets of parameter names are looked up, to stay within the time of a function",
		"cloudfront/parameters swapped and added": "only the most frequent sets of parameter names are looked up, to stay within the time of a function",
	}[e.ID()+"/"+class]
}

// conformanceDocument writes CONFORMANCE.md from the models, which TestCases holds
// against the real engines.
func conformanceDocument(t testing.TB) string {
	c := readCases(t)
	accepted, byLine := auditCases(t, c)
	run, vendors := starters(), matchers()
	var real, vendored, modelled []engineResults
	reasons := map[string][]string{}
	for _, e := range New(Options{Host: "old.example"}) {
		sel, err := Select(t.Context(), e, accepted)
		if err != nil {
			t.Fatal(err)
		}
		results := engineResults{e, askCases(t, c, byLine, e, sel, nil)}
		switch {
		case vendors[e.ID()] != nil:
			vendored = append(vendored, results)
		case run[e.ID()] != nil:
			real = append(real, results)
		default:
			modelled = append(modelled, results)
		}
		for _, class := range c.classes {
			for _, o := range []outcome{missed, beyond} {
				if n := results.classes[class].count[o]; n > 0 {
					why := explain(e, class, c.needs[class], o)
					reasons[why] = append(reasons[why], fmt.Sprintf("`%s`: %s (%d %s)", e.ID(), class, n, o))
				}
			}
		}
	}
	refusedByAudit := 0
	for _, row := range c.rows {
		if row.Refused != "" {
			refusedByAudit++
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, `# What the engines do with difficult addresses

This page is written by `+"`go test ./redirects/engine -run TestConformanceDocument -update`"+` from
`+"[`testdata/cases.yaml`](testdata/cases.yaml)"+`: %d rows in %d classes, %d addresses asked of each engine.
%d rows are refused by the audit before any engine sees them; no class has an address that leads
to a wrong page on any engine.

A plain number counts the addresses answered as the table means. *refused*: the row was refused
for this engine beforehand, with a reason and the next best carrier, so it is not called covered.
*missed*: the visitor is not sent on. *beyond*: an address that nobody listed is sent on to the
page of its path.

## Engines that the tests run

Each of these is started by `+"`TestCases`"+` with the files that the program writes, and asked every
address over a raw connection; its answers are those below. `+"`TestRandomMaps`"+` asks them
10,000 generated rows more (fewer where the engine takes fewer), and `+"`TestHostileMaps`"+` hands
them maps made of hostile strings. CloudFront is its function in workerd with the documented event
and a stand-in for the key value store, not the service.

%s
## Services whose vendor publishes its own matcher

The tests ask these in the same way; no service is asked. `+"`cloudflare-pages`"+` is Cloudflare's
wrangler 4.164.0 with its asset worker on workerd, `+"`netlify`"+` is @netlify/redirects 4.0.2 (parser,
matcher and answer of Netlify's local development), `+"`firebase`"+` is superstatic 11.0.0, the server of
the emulator. For `+"`vercel-json`"+` @vercel/routing-utils 6.6.0 checks the file and makes the routes;
asking the routes is a stand-in, and what becomes of the request's query is left out.
`+"`TestVendorMaps`"+` asks each 10,000 generated rows more. The WordPress plugin Redirection has no copy
in a package registry: its models below were held against its own reader and matcher (5.4.2 on
WordPress 6.1.9), and are again where REPLATFORM_REDIRECTION and REPLATFORM_WORDPRESS name copies.

%s
## Engines that cannot run in the tests

These are the models, made from what is documented (ENGINES.md has the sources). No package registry
has a runtime of Fastly (VCL), Envoy, IIS, Akamai or S3, the bulk redirects of Vercel are not in a
package of their own, and Traefik takes tens of minutes to build. The files of shops and plugins are
read by `+"`TestImportRules`"+` as their importers are documented to do.

%s
## The differences explained

`, len(c.rows), len(c.classes), len(c.asks), refusedByAudit, matrix(c, real), matrix(c, vendored), matrix(c, modelled))
	whys := make([]string, 0, len(reasons))
	for why := range reasons {
		whys = append(whys, why)
	}
	slices.Sort(whys)
	for _, why := range whys {
		fmt.Fprintf(&b, "- %s:\n  %s.\n", upperFirst(why), strings.Join(reasons[why], "; "))
	}
	return b.String()
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func TestConformanceDocument(t *testing.T) {
	want := conformanceDocument(t)
	if *update {
		if err := os.WriteFile("CONFORMANCE.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile("CONFORMANCE.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(page), want); diff != "" {
		t.Errorf("CONFORMANCE.md is not current (-page +code):\n%s", diff)
	}
}
