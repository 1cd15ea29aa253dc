package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/schollz/progressbar/v3"

	"replatform/planner/match"
)

// The bar names every stage of a matching in both languages.
func TestMatchStagesAreShown(t *testing.T) {
	var items []match.Item
	for i := range 200 {
		items = append(items, match.Item{URL: fmt.Sprintf("https://s.example/%d", i), Title: fmt.Sprintf("煎茶 第%d号", i)})
	}
	for _, code := range languages() {
		lang, err := newLanguage(code)
		if err != nil {
			t.Fatal(err)
		}
		var shown bytes.Buffer
		b := &bar{b: progressbar.NewOptions64(-1, progressbar.OptionSetWriter(&shown))}
		var stages []string
		show := (&talk{lang: lang}).stages(b)
		_, err = match.Match(t.Context(), items, items, match.Options{Progress: func(stage string, done, total int) {
			if !slices.Contains(stages, stage) {
				stages = append(stages, stage)
			}
			show(stage, done, total)
		}})
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"prepare", "learn", "search", "compare", "write"}; !slices.Equal(stages, want) {
			t.Errorf("stages %v, want %v", stages, want)
		}
		for _, s := range stages {
			key := "match.stage." + s
			if text := lang.text(key); text == key || !strings.Contains(shown.String(), text) {
				t.Errorf("%s: the stage %s is not shown: %q", code, s, shown.String())
			}
		}
	}
}

// judgeSheet is the script command "judge SHEET N": a person goes through the sheet of an
// audit, a CSV file, and finds every Nth pair wrong and the others right.
func judgeSheet(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: judge sheet.csv n")
	}
	every, err := strconv.Atoi(args[1])
	ts.Check(err)
	rows, err := csv.NewReader(strings.NewReader(ts.ReadFile(args[0]))).ReadAll()
	ts.Check(err)
	right := slices.Index(rows[0], "right")
	for i, row := range rows[1:] {
		row[right] = "yes"
		if (i+1)%every == 0 {
			row[right] = "no"
		}
	}
	var out bytes.Buffer
	ts.Check(csv.NewWriter(&out).WriteAll(rows))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out.Bytes(), 0o644))
}
