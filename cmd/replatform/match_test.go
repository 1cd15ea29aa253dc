package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

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
