package verify

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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
		if err := WriteJUnit(&b, "old & new", lang, slices.Values(sample())); err != nil {
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
	if err := WriteJUnit(brokenWriter{}, "x", "en", slices.Values(sample())); !errors.Is(err, errFull) {
		t.Errorf("full disk: %v", err)
	}
}

var errFull = errors.New("disk full")

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errFull }
