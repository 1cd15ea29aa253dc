package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
)

// Answers are read from the file that a program wrote and held against the right ones:
// all right ones give 1, and a threshold that leaves the wrong ones out is found.
func TestAnswersAreJudged(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "300")
	c, density, err := makeCase(dir, 1, 300)
	if err != nil {
		t.Fatal(err)
	}
	if density <= 0 || density >= 1 {
		t.Errorf("near-duplicates: %v", density)
	}
	write := func(name string, line func(i int) []string) string {
		path := filepath.Join(dir, name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		w := csv.NewWriter(f)
		rows := [][]string{{"old_url", "new_url", "confidence"}}
		for i := range c.Truth {
			rows = append(rows, line(i))
		}
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		return path
	}
	answer := func(i int, wrong string) []string {
		if j := c.Truth[i]; j >= 0 {
			return []string{c.Old[i].URL, c.New[j].URL, "0.9"}
		}
		return []string{c.Old[i].URL, wrong, "0.2"}
	}
	f, err := judge(c, write("right.csv", func(i int) []string { return answer(i, "") }), 0)
	if err != nil || f.F1 != 1 || f.Coverage != 1 {
		t.Errorf("right answers: %+v, %v", f, err)
	}
	wrong := write("wrong.csv", func(i int) []string { return answer(i, c.New[0].URL) })
	if f, err = judge(c, wrong, 0); err != nil || f.F1 == 1 {
		t.Errorf("wrong answers: %+v, %v", f, err)
	}
	if f, err = bestThreshold(c, wrong); err != nil || f.F1 != 1 {
		t.Errorf("wrong answers below a threshold: %+v, %v", f, err)
	}
	if _, err := guesses(c, write("unknown.csv", func(int) []string { return []string{"https://nobody.invalid/", "", ""} })); err == nil {
		t.Error("an unknown address was taken")
	}
}
