package report

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"replatform/planner"
	"replatform/redirects/engine"
)

// TestFeesHaveSources: every statement about a fee stands in both languages, names its
// source and date, and hangs on a condition and engines that exist.
func TestFeesHaveSources(t *testing.T) {
	all, err := loadTexts()
	if err != nil {
		t.Fatal(err)
	}
	japanese := regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}]`)
	w, err := newWords("ja")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all.Fees {
		if f.JA == "" || f.EN == "" || japanese.MatchString(f.EN) {
			t.Errorf("a fee is not in both languages: %+v", f)
		}
		if !strings.HasPrefix(f.Source, "https://") || f.Date == "" || w.or("evidence."+f.Confidence, "") == "" {
			t.Errorf("the fee %q lacks source, date or confidence: %+v", f.EN, f)
		}
		if w.or("cost.about."+f.About, "") == "" {
			t.Errorf("the fee %q is about %q", f.EN, f.About)
		}
		if _, err := f.When.Holds(planner.FactSet{}); err != nil {
			t.Error(err)
		}
		if f.When == "" && len(f.Engines) == 0 {
			t.Errorf("the fee %q would stand in every plan", f.EN)
		}
		for _, id := range f.Engines {
			if _, ok := engine.Get(id, engine.Options{}); !ok {
				t.Errorf("the fee %q is about the engine %q, which does not exist", f.EN, id)
			}
		}
	}
}

// TestCosts: a plan tells the fees of its own platforms and engine with their source,
// those of no other, and says unknown for every amount.
func TestCosts(t *testing.T) {
	all, err := loadTexts()
	if err != nil {
		t.Fatal(err)
	}
	for story, want := range map[string][]string{
		"own domain with a worker": {"100,000 requests a day", "always-on SSL"},
		"Shopify to BASE":          {"USD 9 a month"},
		"Rakuten only":             {"10,000 yen a month", "under renovation"},
		"three products":           {"an own domain needs a paid plan"},
		"everything unknown":       nil,
	} {
		p, _ := storyNamed(t, story).build(t)
		d, c, err := composeFor(p, "en", "x", Options{})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		for _, ch := range d.Chapters {
			if ch.ID == "cost" {
				if err := writeMarkdown(&out, &document{Chapters: []chapter{ch}}, c); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, s := range want {
			if !strings.Contains(out.String(), s) {
				t.Errorf("%s: the chapter of costs lacks %q:\n%s", story, s, out.String())
			}
		}
		fees, err := all.fees(p)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(out.String(), "https://"); n != len(fees) {
			t.Errorf("%s: %d sources for %d fees", story, n, len(fees))
		}
		if n := strings.Count(out.String(), "unknown: "); n < 5 {
			t.Errorf("%s: %d amounts are given as unknown", story, n)
		}
	}
}
