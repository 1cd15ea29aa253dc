package verify

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

func sample() []Result {
	return []Result{
		{Expect: Expect{1, "https://old.example/?pid=1", "https://new.example/a", 301}, FirstStatus: 301, Elapsed: 20 * time.Millisecond},
		{
			Expect: Expect{2, "https://old.example/?a=\"<&>\x01\xff", "https://new.example/b", 301}, FirstStatus: 301, FinalStatus: 404, FinalURL: "https://new.example/b",
			Problem: FinalNot200, Detail: "]]><script>", Hops: []Hop{{"https://old.example/", 301, "https://new.example/b"}},
		},
		{Expect: Expect{Line: 3}, Problem: BadRow, Detail: "not an http(s) URL"},
	}
}

func TestWriteJUnit(t *testing.T) {
	for lang, word := range map[string]string{"en": "does not answer 200", "ja": "200 を返しません"} {
		var b bytes.Buffer
		if err := WriteJUnit(&b, Suite{Name: "old & new", Began: time.Date(2026, 11, 25, 9, 30, 0, 0, time.UTC), Took: time.Second}, lang, slices.Values(sample())); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Suites []struct {
				Name     string `xml:"name,attr"`
				Tests    int    `xml:"tests,attr"`
				Failures int    `xml:"failures,attr"`
				Cases    []struct {
					Name    string `xml:"name,attr"`
					Time    string `xml:"time,attr"`
					Failure *struct {
						Type    string `xml:"type,attr"`
						Message string `xml:"message,attr"`
						Text    string `xml:",chardata"`
					} `xml:"failure"`
				} `xml:"testcase"`
			} `xml:"testsuite"`
		}
		if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
		s := got.Suites[0]
		if s.Name != "old & new" || s.Tests != 3 || s.Failures != 2 || len(s.Cases) != 3 {
			t.Errorf("suite %+v", s)
		}
		if c := s.Cases[0]; c.Failure != nil || c.Time != "0.020" {
			t.Errorf("case %+v", c)
		}
		f := s.Cases[1].Failure
		if f == nil || f.Type != "final-not-200" || !strings.Contains(f.Message, word) || !strings.Contains(f.Text, "expected: 301 https://new.example/b") || !strings.Contains(f.Text, "]]><script>") {
			t.Errorf("failure %+v", f)
		}
		if s.Cases[2].Name != "line 3" {
			t.Errorf("case %+v", s.Cases[2])
		}
	}
}

// What is written follows the schema of Apache Ant's reports, which most build servers
// read; xmllint holds it against it.
func TestJUnitSchema(t *testing.T) {
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		if os.Getenv("REPLATFORM_REQUIRE_ENGINES") == "1" {
			t.Fatal("xmllint is required: install libxml2-utils")
		}
		t.Skip("xmllint is not installed")
	}
	for name, results := range map[string][]Result{"none": nil, "all kinds": everyProblem(), "hostile": sample()} {
		var b bytes.Buffer
		suite := Suite{Name: "old & new", Host: "ci <1>", Began: time.Date(2026, 11, 25, 9, 30, 0, 0, time.UTC), Took: 1500 * time.Millisecond}
		if err := WriteJUnit(&b, suite, "ja", slices.Values(results)); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(xmllint, "--nonet", "--noout", "--schema", "testdata/junit/JUnit.xsd", "-")
		cmd.Stdin = bytes.NewReader(b.Bytes())
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s\n%s", name, err, out, b.String())
		}
		// The test can fail: without the properties that the schema asks for it does.
		cmd = exec.Command(xmllint, "--nonet", "--noout", "--schema", "testdata/junit/JUnit.xsd", "-")
		cmd.Stdin = strings.NewReader(strings.Replace(b.String(), "<properties/>", "", 1))
		if out, err := cmd.CombinedOutput(); err == nil {
			t.Errorf("%s: a file without properties is accepted\n%s", name, out)
		}
	}
}

// everyProblem is one result for each word of a problem.
func everyProblem() []Result {
	var out []Result
	for i, p := range []Problem{
		"", BadRow, NoAnswer, Timeout, NotFound, ServerError, NotRedirected, Temporary, Permanent, WrongTarget, Chain, Loop, TooManyHops,
		GoneExpected, UnexpectedRedirect, FinalNoAnswer, FinalTimeout, FinalNotFound, FinalServerError, FinalNot200, SoftNotFound, NoIndex,
		RobotsBlocked, CanonicalElsewhere, NotInSitemap,
	} {
		old := fmt.Sprintf("https://old.example/?pid=%d", i)
		out = append(out, Result{Expect: Expect{i + 2, old, "https://new.example/a", 301}, FirstStatus: 301, FinalStatus: 200, FinalURL: "https://new.example/a", Problem: p})
	}
	return out
}

func TestEveryProblemHasWords(t *testing.T) {
	said := map[string]Problem{}
	for _, r := range everyProblem() {
		text := r.Problem.Text()
		for _, words := range []string{text.EN, text.JA} {
			if words == "" || words == string(r.Problem) {
				t.Errorf("%q has no words", r.Problem)
			}
			if other, ok := said[words]; ok {
				t.Errorf("%q and %q have the same words", r.Problem, other)
			}
			said[words] = r.Problem
		}
	}
}

func TestWriteHTML(t *testing.T) {
	for lang, want := range map[string][]string{
		"en": {`<html lang="en">`, "What the old addresses answer", "the redirects run in a circle (1)"},
		"ja": {`<html lang="ja">`, "旧URLの確認結果", "転送が循環しています (1)"},
	} {
		var b bytes.Buffer
		results := append(sample(), everyProblem()...)
		if err := WriteHTML(&b, Suite{Began: time.Date(2026, 11, 25, 9, 30, 0, 0, time.UTC)}, lang, slices.Values(results)); err != nil {
			t.Fatal(err)
		}
		page := b.String()
		if _, err := html.Parse(strings.NewReader(page)); err != nil {
			t.Fatal(err)
		}
		for _, s := range append(want, `id="final-not-200"`, `id="soft-404"`, "<dd>28</dd>", "<dd>2</dd>", "2026-11-25T09:30:00Z") {
			if !strings.Contains(page, s) {
				t.Errorf("%s: no %s", lang, s)
			}
		}
		if strings.Contains(page, "<script") || strings.Contains(page, "http-equiv=\"refresh") || strings.Contains(page, "\x01") {
			t.Errorf("%s: what an address holds has become part of the page", lang)
		}
	}
	var b bytes.Buffer
	if err := WriteHTML(&b, Suite{}, "en", slices.Values([]Result(nil))); err != nil || !strings.Contains(b.String(), "All answers are as planned") {
		t.Errorf("%v %s", err, b.String())
	}
	if err := WriteHTML(brokenWriter{}, Suite{}, "en", slices.Values(sample())); !errors.Is(err, errFull) {
		t.Errorf("full disk: %v", err)
	}
	many := make([]Result, maxReported+5)
	for i := range many {
		many[i] = Result{Expect: Expect{OldURL: "https://old.example/"}, Problem: Loop}
	}
	b.Reset()
	if err := WriteHTML(&b, Suite{}, "en", slices.Values(many)); err != nil || !strings.Contains(b.String(), "See the JSON file for the rest: 5") || strings.Count(b.String(), "https://old.example/") != maxReported {
		t.Errorf("many rows: %v", err)
	}
}

func TestWriteJSON(t *testing.T) {
	var b bytes.Buffer
	if err := WriteJSON(&b, slices.Values(sample())); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Summary Summary  `json:"summary"`
		Results []Result `json:"results"`
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	if diff := cmp.Diff(Summary{3, 1, map[Problem]int{FinalNot200: 1, BadRow: 1}}, got.Summary); diff != "" {
		t.Error(diff)
	}
	want := sample()
	want[1].OldURL = strings.ReplaceAll(want[1].OldURL, "\xff", "\ufffd")
	if diff := cmp.Diff(want, got.Results); diff != "" {
		t.Error(diff)
	}
	b.Reset()
	if err := WriteJSON(&b, slices.Values([]Result(nil))); err != nil || !json.Valid(b.Bytes()) {
		t.Errorf("no results: %v %s", err, b.String())
	}
	if err := WriteJSON(brokenWriter{}, slices.Values(sample())); !errors.Is(err, errFull) {
		t.Errorf("full disk: %v", err)
	}
	if err := WriteJUnit(brokenWriter{}, Suite{Name: "x"}, "en", slices.Values(sample())); !errors.Is(err, errFull) {
		t.Errorf("full disk: %v", err)
	}
}

var errFull = errors.New("disk full")

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errFull }
