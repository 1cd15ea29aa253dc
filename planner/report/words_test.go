package report

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/sources"
	"replatform/planner"
	"replatform/redirects/verify"
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
	// Every text that a template or the code asks for by a literal key.
	use := regexp.MustCompile(`(?:\{\{t |\bc\.say\(|\{\{\$?t )"([^"]+)"[,)} ]`)
	sources := map[string]string{}
	entries, err := templateFiles.ReadDir("templates")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := templateFiles.ReadFile("templates/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		sources[e.Name()] = string(data)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		sources[f] = string(data)
	}
	used := 0
	for name, s := range sources {
		for _, m := range use.FindAllStringSubmatch(s, -1) {
			if strings.HasSuffix(m[1], ".") {
				continue // the rest is told by data
			}
			used++
			if _, ok := en.texts[m[1]]; !ok {
				t.Errorf("%s uses %q, which does not exist", name, m[1])
			}
		}
	}
	if used < 100 {
		t.Errorf("only %d uses of texts were found", used)
	}
}

// TestTextsAreBilingual: what the data files say is there in both languages, rests
// on evidence that exists, and every condition can be evaluated.
func TestTextsAreBilingual(t *testing.T) {
	all, err := loadTexts()
	if err != nil {
		t.Fatal(err)
	}
	japanese := regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}]`)
	both := func(where string, s planner.TextData) {
		t.Helper()
		if s.JA == "" || s.EN == "" || japanese.MatchString(s.EN) {
			t.Errorf("%s is not in both languages: %+v", where, s)
		}
	}
	catalogue, err := planner.TaskCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	tasks := map[string]bool{}
	for _, c := range catalogue {
		tasks[c.ID] = true
	}
	when := func(where string, c planner.Condition) {
		if _, err := c.Holds(planner.FactSet{}); err != nil {
			t.Errorf("%s: %v", where, err)
		}
	}
	evidence := func(where string, ids []string) {
		for _, id := range ids {
			if _, ok := all.Evidence[id]; !ok {
				t.Errorf("%s rests on %q, which does not exist", where, id)
			}
		}
	}
	var numbers []string
	for _, c := range all.Chapters {
		numbers = append(numbers, c.No)
		both("chapter "+c.No, c.Title)
		when("chapter "+c.No, c.When)
		if c.Intro != (planner.TextData{}) {
			both("chapter "+c.No, c.Intro)
		}
		for _, p := range c.Points {
			both("chapter "+c.No, planner.TextData{JA: p.JA, EN: p.EN})
			when("chapter "+c.No, p.When)
			evidence("chapter "+c.No, p.Evidence)
		}
		for _, id := range c.Tasks {
			if !tasks[id] {
				t.Errorf("chapter %s names task %q, which does not exist", c.No, id)
			}
		}
	}
	want := strings.Fields("0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 A B C D E F")
	if diff := cmp.Diff(want, numbers); diff != "" {
		t.Errorf("chapters (-want +got):\n%s", diff)
	}
	decisions := map[string]bool{} // one may stand there in two forms, for two kinds of shop
	for _, d := range all.Decisions {
		decisions[d.ID] = true
		for _, s := range []planner.TextData{d.What, d.Default, d.Options, d.Effect} {
			both("decision "+d.ID, s)
		}
		when("decision "+d.ID, d.When)
		evidence("decision "+d.ID, d.Evidence)
		for _, at := range []string{d.At, d.Breach} {
			if _, err := planner.ParseOffset(at); err != nil {
				t.Errorf("decision %s: %v", d.ID, err)
			}
		}
	}
	if len(decisions) != 10 {
		t.Errorf("%d decisions, want the ten of the standard set", len(decisions))
	}
	for _, n := range all.Notices {
		both("notice", n.To)
		for _, part := range n.Say {
			both("notice", planner.TextData(part.text()))
		}
		when("notice", n.When)
		for _, at := range append(slices.Clone(n.At), n.Breach...) {
			if _, err := planner.ParseOffset(at); err != nil {
				t.Errorf("notice to %s: %v", n.To.EN, err)
			}
		}
	}
	for _, term := range all.Terms {
		both("term", term.Word)
		both("term", term.Means)
	}
	for _, m := range all.Limits.Measures {
		for _, s := range []planner.TextData{m.What, m.Good, m.Look, m.Act} {
			both("measure", s)
		}
		when("measure", m.When)
	}
	for _, s := range all.Limits.Studies {
		for _, x := range []planner.TextData{s.Sample, s.Found, s.Caveat} {
			both("study "+s.Name, x)
		}
	}
	for _, s := range slices.Concat(all.Limits.Go, all.Limits.Back) {
		both("go or back", planner.TextData{JA: s.JA, EN: s.EN})
		when("go or back", s.When)
	}
}

// TestCodesHaveNames: what the crawl, the import and the check of redirects name by a
// code is said in words in both languages.
func TestCodesHaveNames(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "cmd", "replatform", "lang", "ja.json"))
	if err != nil {
		t.Fatal(err)
	}
	var spoken map[string]string
	if err := json.Unmarshal(data, &spoken); err != nil {
		t.Fatal(err)
	}
	p, _ := storyNamed(t, "three products").build(t)
	for _, lang := range Languages() {
		c, err := newComposer(p, lang, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for key := range spoken {
			if code, ok := strings.CutPrefix(key, "finding."); ok && code != "line" && code != "rule" && c.or(key, "") == "" {
				t.Errorf("%s: the finding %q has no name", lang, code)
			}
		}
		if name := c.findingName("rule-of-a-platform"); !strings.Contains(name, "rule-of-a-platform") || name == "rule-of-a-platform" {
			t.Errorf("%s: the rule of a platform is called %q", lang, name)
		}
		for _, k := range sources.Kinds() {
			if s := k.Source(); lang == "ja" && s != "" && c.sourceName(s) == s {
				t.Errorf("%s: the source %q has no name", lang, s)
			}
		}
		for _, problem := range []verify.Problem{verify.NoAnswer, verify.WrongTarget, verify.Chain} {
			if name := c.problemName(string(problem)); name == "" || name == string(problem) {
				t.Errorf("%s: the problem %q is called %q", lang, problem, name)
			}
		}
	}
}
