package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestLanguages fails when a text is missing in either language, takes different
// values, or is used in the code and does not exist.
func TestLanguages(t *testing.T) {
	ja, err := newLanguage("ja")
	if err != nil {
		t.Fatal(err)
	}
	en, err := newLanguage("en")
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
	use := regexp.MustCompile(`(?:\.text|\.say|\.result|usagef|newBar|watchCrawl|withHint\([^"]*|explanation\{"[^"]+",)\(?\s*"([a-z][a-z0-9.-]+)"`)
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	used := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		code, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range use.FindAllStringSubmatch(string(code), -1) {
			key := m[1]
			if strings.HasSuffix(key, ".") { // the rest is put behind it at run time
				continue
			}
			used++
			if _, ok := en.texts[key]; !ok {
				t.Errorf("%s uses %q, which does not exist", f.Name(), key)
			}
		}
	}
	if used < 50 {
		t.Errorf("only %d uses of texts were found; is the pattern still right?", used)
	}
	for _, e := range explanations() {
		for _, key := range []string{e.key, e.hint} {
			if _, ok := en.texts[key]; !ok && (key != "" || key == e.key) {
				t.Errorf("the error %v uses %q, which does not exist", e.is, key)
			}
		}
	}
}
