package report

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestWords fails when a text is missing in either language, when the two take
// different values, or when a template uses a text that does not exist.
func TestWords(t *testing.T) {
	ja, err := newWords("ja")
	if err != nil {
		t.Fatal(err)
	}
	en, err := newWords("en")
	if err != nil {
		t.Fatal(err)
	}
	verbs := regexp.MustCompile(`%[.0-9]*[a-z]`)
	for key, text := range en.texts {
		other, ok := ja.texts[key]
		if !ok {
			t.Errorf("%q has no Japanese text", key)
			continue
		}
		if a, b := verbs.FindAllString(text, -1), verbs.FindAllString(other, -1); !slices.Equal(a, b) {
			t.Errorf("%q takes %v in English and %v in Japanese", key, a, b)
		}
	}
	for key := range ja.texts {
		if _, ok := en.texts[key]; !ok {
			t.Errorf("%q has no English text", key)
		}
	}
	entries, err := templateFiles.ReadDir("templates")
	if err != nil {
		t.Fatal(err)
	}
	use := regexp.MustCompile(`\{\{t "([^"]+)"`)
	used := 0
	for _, e := range entries {
		data, err := templateFiles.ReadFile("templates/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range use.FindAllStringSubmatch(string(data), -1) {
			used++
			if _, ok := en.texts[m[1]]; !ok {
				t.Errorf("%s uses %q, which does not exist", e.Name(), m[1])
			}
		}
	}
	if used == 0 {
		t.Error("no template uses any text")
	}
	for _, term := range glossary() {
		for _, s := range []string{term.Word.JA, term.Word.EN, term.Means.JA, term.Means.EN} {
			if strings.TrimSpace(s) == "" {
				t.Errorf("the glossary lacks words for %q", term.Word.EN)
			}
		}
	}
}
