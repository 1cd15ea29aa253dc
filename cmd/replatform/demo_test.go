package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/demoshop"
)

// TestDemoMap runs the demo and holds its redirect map against the truth that the
// built-in shops know of each other. What is published without review must be right.
func TestDemoMap(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"replatform", "demo", dir, "--lang", "en"}, &out, &errs); code != exitDone {
		t.Fatalf("exit code %d\n%s%s", code, &out, &errs)
	}
	data, err := os.ReadFile(filepath.Join(dir, "plan", "redirect-map.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	type answer struct{ action, target string }
	answers := map[string]answer{}
	for _, row := range rows[1:] {
		answers[row[column["old_url"]]] = answer{row[column["action"]], row[column["new_url"]]}
		if got := row[column["checked_status"]]; row[column["action"]] == "redirect" && got != "301" {
			t.Errorf("%s: checked status %q, want 301", row[column["old_url"]], got)
		}
	}
	var published, right, wrong, left, lost, counterpart int
	for _, pair := range demoshop.Truth(demoshop.Options{Scheme: "http"}) {
		a, ok := answers[pair.OldURL]
		if !ok { // hidden products and others that no visitor can reach
			continue
		}
		if pair.NewURL != "" {
			counterpart++
		}
		switch {
		case a.action == "redirect" && a.target == pair.NewURL:
			published++
			right++
		case a.action == "redirect":
			published++
			wrong++
			t.Logf("wrong: %s (%s) goes to %s, not to %q", pair.OldURL, pair.Kind, a.target, pair.NewURL)
		case a.action == "ask":
			left++
		case a.action == "gone" && pair.NewURL != "":
			lost++
			t.Logf("lost: %s (%s) is called gone, its place is %s", pair.OldURL, pair.Kind, pair.NewURL)
		}
	}
	t.Logf("%d old pages with a counterpart; %d published without review: %d right, %d wrong; %d left to a person, %d called gone wrongly",
		counterpart, published, right, wrong, left, lost)
	if published < 200 || wrong*100 > published {
		t.Errorf("of %d published rows %d are wrong; want at least 200 rows, at most 1 in 100 wrong", published, wrong)
	}
}

// TestDemoTwice: the same two shops give the same map, whatever the order in which
// their pages were answered.
func TestDemoTwice(t *testing.T) {
	maps := make([]string, 2)
	for i := range maps {
		dir := filepath.Join(t.TempDir(), "demo")
		var out, errs bytes.Buffer
		if code := run(t.Context(), []string{"replatform", "demo", dir, "--lang", "en"}, &out, &errs); code != exitDone {
			t.Fatalf("exit code %d\n%s%s", code, &out, &errs)
		}
		out.Reset()
		if code := run(t.Context(), []string{"replatform", "redirects", "export", "--format", "csv", "--project", filepath.Join(dir, "shop.replatform"), "--out", filepath.Join(dir, "csv")}, &out, &errs); code != exitDone {
			t.Fatalf("export: exit code %d\n%s%s", code, &out, &errs)
		}
		files, err := filepath.Glob(filepath.Join(dir, "csv", "*.csv"))
		if err != nil || len(files) != 1 {
			t.Fatalf("%v %v", files, err)
		}
		data, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		maps[i] = string(data)
	}
	if diff := cmp.Diff(strings.Split(maps[0], "\n"), strings.Split(maps[1], "\n")); diff != "" {
		t.Errorf("two runs differ (-first +second):\n%s", diff)
	}
}
