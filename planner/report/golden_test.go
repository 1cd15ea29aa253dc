package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldenParts are the chapters of a story that are kept: those that an owner reads
// first, and of the three that differ most all that hangs on the case.
func goldenParts(story string) []string {
	switch story {
	case "subdomain in a breach", "own domain with a worker", "everything unknown":
		return []string{"premises", "summary", "today", "decisions", "way", "workarounds", "search", "expectations"}
	}
	return []string{"summary", "way", "workarounds", "closing"}
}

// TestGolden holds the chapters that carry the case of each story, in both languages,
// against what was read and found right, and the ids of all tasks.
func TestGolden(t *testing.T) {
	for _, s := range testStories() {
		if s.hostile {
			continue
		}
		parts := goldenParts(s.name)
		p, _ := s.build(t)
		for _, lang := range Languages() {
			d, c, err := composeFor(p, lang, "x", Options{})
			if err != nil {
				t.Fatal(err)
			}
			d.Chapters = slices.DeleteFunc(d.Chapters, func(ch chapter) bool { return !slices.Contains(parts, ch.ID) })
			var out bytes.Buffer
			if err := writeMarkdown(&out, d, c); err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, task := range p.Tasks {
				id := task.ID + ":" + string(task.Applies)
				if task.Branch != "main" {
					id += ":" + task.Branch
				}
				ids = append(ids, id)
			}
			out.WriteString("\n" + strings.Join(ids, "\n") + "\n")
			name := filepath.Join("testdata", "golden", strings.ReplaceAll(s.name, " ", "-")+"."+lang+".md")
			if *update {
				if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(out.String(), "\n")); diff != "" {
				t.Errorf("%s (-golden +now; -update writes it anew):\n%s", name, diff)
			}
		}
	}
}

// TestSamePlanTwice: the same project gives the same files, byte for byte.
func TestSamePlanTwice(t *testing.T) {
	s := storyNamed(t, "own domain with a worker")
	files := func() map[string]string {
		p, _ := s.build(t)
		dir := t.TempDir()
		if err := Folder(t.Context(), p, dir, "ja", Options{}); err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			name, _ := filepath.Rel(dir, path)
			out[name] = string(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	a, b := files(), files()
	for name := range a {
		if a[name] != b[name] {
			t.Errorf("%s differs from one run to the next", name)
		}
	}
	if len(a) != len(b) || len(a) < 10 {
		t.Errorf("%d and %d files", len(a), len(b))
	}
}
