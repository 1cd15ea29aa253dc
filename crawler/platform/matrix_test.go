package platform

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTablesAreCurrent fails when the pages in this folder are not what go generate
// would write.
func TestTablesAreCurrent(t *testing.T) {
	reg := builtInRegistry(t)
	for lang, name := range map[string]string{"en": "PLATFORMS.md", "ja": "PLATFORMS.ja.md"} {
		var b bytes.Buffer
		if err := reg.WriteTables(&b, lang); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(string(got), "\n"), strings.Split(b.String(), "\n")); diff != "" {
			t.Errorf("%s is not current; run go generate ./crawler/platform (-file +data):\n%s", name, diff)
		}
	}
}

// TestStatementsHaveWords: every statement has a label and a question in both
// languages, and every value of a closed set has words.
func TestStatementsHaveWords(t *testing.T) {
	seen := 0
	for _, p := range builtInRegistry(t).All() {
		for _, s := range p.Statements() {
			seen++
			w := statementWords[s.Name]
			if w.label.JA == "" || w.label.EN == "" || w.ask.JA == "" || w.ask.EN == "" {
				t.Fatalf("%s has no label or no question", s.Name)
			}
			if s.Unknown() != (s.Ask != (Text{})) {
				t.Errorf("%s %s: value %q, question %q", p.ID, s.Name, s.Value, s.Ask.EN)
			}
			if !s.Unknown() && (s.URL == "" || s.Date == "" || s.Confidence == "") {
				t.Errorf("%s %s: source %q, date %q, confidence %q", p.ID, s.Name, s.URL, s.Date, s.Confidence)
			}
			free := strings.HasSuffix(s.Name, "suffixes") || strings.HasSuffix(s.Name, "reserved") || strings.HasSuffix(s.Name, "language")
			if _, ok := valueWords[s.Value]; !ok && !free && s.ValueIn("en") == s.Value {
				t.Errorf("%s %s: no words for %q", p.ID, s.Name, s.Value)
			}
		}
	}
	t.Logf("%d statements", seen)
}

func TestCapabilities(t *testing.T) {
	reg := builtInRegistry(t)
	for _, c := range Capabilities() {
		if c.Name.JA == "" || c.Name.EN == "" {
			t.Errorf("%s has no name", c.ID)
		}
		count := map[YesNo]int{}
		for _, p := range reg.All() {
			answer, s := c.Of(p)
			count[answer]++
			if answer != Unknown && (s.URL == "" || s.Date == "" || s.Confidence == "") {
				t.Errorf("%s %s: %s without evidence", p.ID, c.ID, answer)
			}
		}
		if count[Yes] == 0 {
			t.Errorf("%s: no platform can; is the word of the value still right?", c.ID)
		}
		t.Logf("%-18s yes %d, no %d, unknown %d", c.ID, count[Yes], count[No], count[Unknown])
	}
	for _, tt := range []struct {
		id, can string
		want    YesNo
	}{
		{"shopify", "redirect-out", Yes}, {"colorme", "redirect-out", No}, {"futureshop", "redirect-out", No}, {"bcart", "redirect-out", Unknown},
		{"colorme", "subdomain-move", Yes}, {"colorme", "head", No}, {"wix", "head", No}, {"wix", "head-site-wide", Yes},
		{"shopify", "redirect-in", Yes}, {"shopify", "redirect-in-query", No}, {"woocommerce", "redirect-in-query", Yes},
		{"amazon", "outbound-links", No}, {"shopify", "product-csv", Yes}, {"etsy", "product-csv", Unknown},
	} {
		p, _ := reg.Get(tt.id)
		c, ok := CapabilityByID(tt.can)
		if !ok {
			t.Fatalf("no capability %s", tt.can)
		}
		if got, _ := c.Of(p); got != tt.want {
			t.Errorf("%s %s = %s, want %s", tt.id, tt.can, got, tt.want)
		}
	}
	if _, ok := CapabilityByID("fly"); ok {
		t.Error("there is a capability to fly")
	}
}
