package planner

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/japanese"
)

// Bounds of what is kept of a file in testdata/stories. Instructions, letters and
// tables are kept whole, since they are what people read.
const (
	storyLines = 40  // of a snippet, a script or a configuration
	storyWidth = 400 // characters of one of their lines
)

// TestStories holds ten moves against testdata/stories, a folder for each: story.ja.md
// and story.en.md with the ways, the coverage and the list of all files, and below
// files/ the files themselves. Instructions, letters and tables are whole; of others
// the first storyLines lines, each of at most storyWidth characters; of archives and of
// what an engine has for every shop the names only. Files in CP932 are kept in UTF-8, line ends as "\n". -update writes the
// folders anew; read the differences in both languages before you keep them.
func TestStories(t *testing.T) {
	for _, s := range tenStories() {
		t.Run(s.name, func(t *testing.T) {
			p := s.build(t)
			files := map[string][]byte{}
			err := p.WriteFiles(t.Context(), func(name string, content func(io.Writer) error) error {
				var b bytes.Buffer
				if err := content(&b); err != nil {
					return err
				}
				files[name] = b.Bytes()
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			now := map[string]string{}
			for _, lang := range []string{"ja", "en"} {
				now["story."+lang+".md"] = storySheet(s, p, files, lang)
			}
			for name, data := range files {
				if kept, _ := keptPart(name, data); kept != "" {
					now[path.Join("files", name)] = kept
				}
			}
			compareFolder(t, filepath.Join("testdata", "stories", s.name), now)
			checkStory(t, p, files)
		})
	}
}

// checkStory holds what must be true of every plan's files.
func checkStory(t *testing.T, p *Plan, files map[string][]byte) {
	t.Helper()
	named := map[string]bool{}
	for _, f := range p.Files {
		named[f.Path] = true
		if files[f.Path] == nil {
			t.Errorf("the plan names %s, which is not written", f.Path)
		}
		if f.What.JA == "" || f.What.EN == "" {
			t.Errorf("nobody says what %s is", f.Path)
		}
	}
	for name := range files {
		if !named[name] && !strings.HasPrefix(name, "redirects/") {
			t.Errorf("%s is written and not named", name)
		}
	}
	for _, a := range p.Artefacts {
		for _, lang := range []string{"ja", "en"} {
			if files[a.Guide.In(lang)] == nil {
				t.Errorf("%s has no instructions in %s", a.ID, lang)
			}
		}
	}
}

// keptPart is what is kept of a file, and in words what was left out of it.
func keptPart(name string, data []byte) (kept string, left Text) {
	if !utf8.Valid(data) {
		u, err := japanese.ShiftJIS.NewDecoder().Bytes(data)
		if err != nil || filepath.Ext(name) != ".csv" {
			return "", text("文字のファイルではないため名前だけ", "no text: its name only")
		}
		data, left = u, text("UTF-8 に直したもの", "kept in UTF-8")
	}
	s := strings.ReplaceAll(string(data), "\r\n", "\n")
	if strings.HasPrefix(name, "redirects/") && engineCode(name) {
		return "", text("エンジンのプログラムと設定。名前だけ", "the engine's program and settings: their names only")
	}
	switch filepath.Ext(name) {
	case ".md", ".txt", ".csv":
		return s, left
	}
	lines := strings.SplitAfter(s, "\n")
	more := max(len(lines)-storyLines, 0)
	lines = lines[:len(lines)-more]
	cut := 0
	for i, l := range lines {
		if r := []rune(strings.TrimSuffix(l, "\n")); len(r) > storyWidth {
			lines[i] = string(r[:storyWidth]) + "\n"
			cut++
		}
	}
	if more > 0 || cut > 0 {
		left = text(fmt.Sprintf("先頭だけ：後ろの %d 行と、長い %d 行の終わりを省略", more, cut),
			fmt.Sprintf("in part: without the last %d lines and the ends of %d long ones", more, cut))
	}
	return strings.Join(lines, ""), left
}

// engineCode tells the parts of an engine's files that are the same for every shop;
// the engines' own tests keep them.
func engineCode(name string) bool {
	return slices.Contains([]string{".js", ".capnp", ".toml", ".conf", ".lua", ".vcl"}, filepath.Ext(name))
}

// storySheet is a story for people: what was decided and what is made.
func storySheet(s story, p *Plan, files map[string][]byte, lang string) string {
	var b strings.Builder
	say := func(ja, en string) string { return text(ja, en).In(lang) }
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# %s\n\n%s\n", s.name, s.what.In(lang))
	line("%s → %s\n", p.Old.PlatformName.In(lang), p.New.PlatformName.In(lang))

	line("## %s\n", say("方法", "The way"))
	way := func(w Way) string { return fmt.Sprintf("%s %s", w, p.Decision.Rung(w).Name.In(lang)) }
	line("%s **%s**", say("選んだ方法:", "Chosen:"), way(p.Decision.Way))
	if p.Decision.Fallback != "" {
		line("\n%s **%s**", say("未確認のことが「いいえ」だった場合:", "If the open question is answered with no:"), way(p.Decision.Fallback))
	}
	line("")
	reach := map[Answer]Text{Yes: text("できる", "yes"), No: text("できない", "no"), Unknown: text("未確認", "open")}
	for _, r := range p.Decision.Ladder {
		line("- %s: %s. %s", way(r.Way), reach[r.Reachable].In(lang), r.Why.In(lang))
		if r.Ask != (Text{}) {
			line("  - %s", r.Ask.In(lang))
		}
		if r.Probe != "" {
			line("  - `%s`", r.Probe)
		}
	}
	if len(p.Decision.Advice) > 0 {
		line("\n## %s\n", say("あわせて", "Beside the way"))
		for _, a := range p.Decision.Advice {
			line("- %s", a.In(lang))
		}
	}
	line("\n## %s\n", say("カバー率", "Coverage"))
	coverage := func(title string, lines []CoverageLine) {
		line("%s\n", title)
		for _, c := range lines {
			line("- %s (%s): %s", c.Strength, cmp.Or(c.Carrier, "–"),
				fmt.Sprintf(say("ページ %d、クリック %.0f、リンク元サイト %.0f", "pages %d, clicks %.0f, linking sites %.0f"), c.Pages, c.Clicks, c.LinkingSites))
		}
		line("")
	}
	coverage(fmt.Sprintf(say("旧店のページ %d。うち、転送か410が要るもの %d:", "Pages of the old shop: %d; of these need a redirect or a 410: %d."), p.Pages.Total, p.Pages.Pointed), p.Coverage)
	if len(p.FallbackCoverage) > 0 {
		coverage(say("未確認のことが「いいえ」だった場合:", "If the open question is answered with no:"), p.FallbackCoverage)
	}
	line("## %s\n", say("旧URLごと", "Old address by old address"))
	for _, r := range p.Rows {
		to := cmp.Or(r.NewURL, "–")
		line("- `%s` → %s: %s, %s (%s)", r.OldURL, to, r.Action, r.Strength, cmp.Or(r.Carrier, "–"))
		if note := text(r.NoteJA, r.Note).In(lang); note != "" {
			line("  - %s", note)
		}
	}
	if len(p.Refused) > 0 {
		line("\n## %s\n", say("転送エンジンが受け付けない行", "Rows that the engine refuses"))
		for _, r := range p.Refused {
			line("- `%s` (%s): %s → %s", r.OldURL, r.Code, r.Reason.In(lang), r.Next.In(lang))
		}
	}
	line("\n## %s\n", say("確認すること", "To find out"))
	for _, q := range p.Questions {
		line("- %s (%s)", q.Ask.In(lang), q.Why.In(lang))
	}
	line("\n## %s\n", say("回避策", "Workarounds"))
	for _, a := range p.Artefacts {
		line("- `%s` %s: %s, %s", a.ID, a.Title.In(lang), a.Strength, fmt.Sprintf(say("扱うページ %d、扱えないページ %d", "pages carried %d, not carried %d"), a.Pages, a.Refused))
	}
	line("\n## %s\n", say("書き出したファイル", "Files"))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		_, left := keptPart(name, files[name])
		size := fmt.Sprintf(say("%d バイト", "%d bytes"), len(files[name]))
		switch {
		case filepath.Ext(name) == ".zip":
			size = say("書庫", "archive")
		case strings.HasPrefix(name, "redirects/") && engineCode(name):
			size = left.In(lang)
		case left != (Text{}):
			size += "; " + left.In(lang)
		}
		line("- `%s` (%s)", name, size)
	}
	return b.String()
}

// compareFolder compares files with a folder, or writes it anew with -update.
func compareFolder(t *testing.T, dir string, now map[string]string) {
	t.Helper()
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		for name, data := range now {
			p := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(p, []byte(data), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	var seen []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		seen = append(seen, filepath.ToSlash(rel))
		want, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		if diff := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(now[filepath.ToSlash(rel)], "\n")); diff != "" {
			t.Errorf("%s (-kept +now; -update writes it anew):\n%s", rel, diff)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(seen)
	if diff := gocmp.Diff(slices.Sorted(maps.Keys(now)), seen); diff != "" {
		t.Errorf("files of %s (-now +kept):\n%s", dir, diff)
	}
}
