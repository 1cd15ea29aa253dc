package report

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/planner"
)

// readStories are the stories whose plans are read line by line; short runs read some.
func readStories() []story {
	list := slices.DeleteFunc(shownStories(), func(s story) bool { return s.hostile })
	if testing.Short() {
		return list[:4]
	}
	return list
}

// written are the files of a plan's folder: their names with slashes, and the text of
// those that people read.
func written(t *testing.T, p *planner.Plan, lang string) (names []string, texts map[string]string) {
	t.Helper()
	dir := t.TempDir()
	if err := Folder(t.Context(), p, dir, lang, Options{}); err != nil {
		t.Fatal(err)
	}
	texts = map[string]string{}
	err := filepath.WalkDir(dir, func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		names = append(names, name)
		if !strings.Contains(name, "/") && slices.Contains([]string{".md", ".html", ".csv", ".ics"}, path.Ext(name)) {
			data, err := os.ReadFile(file)
			texts[name] = shown(name, string(data))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names, texts
}

// shown is what a reader sees of a document: without scripts and styles, and without
// the marks that Markdown needs.
func shown(name, text string) string {
	switch path.Ext(name) {
	case ".html":
		return regexp.MustCompile(`(?s)<!--.*?-->|<a [^>]*hreflang.*?</a>|<script.*?</script>|<style.*?</style>`).ReplaceAllString(text, "")
	case ".md":
		return regexp.MustCompile(`\\([\\`+"`"+`*_{}\[\]()<>#+!|~&])`).ReplaceAllString(text, "$1")
	}
	return text
}

// TestPlansReadWell reads the plans of the stories as a person does: they name the files
// that are there and no others, show no marks of another format, and in English no
// Japanese beside the names of the shop.
func TestPlansReadWell(t *testing.T) {
	for _, s := range readStories() {
		t.Run(s.name, func(t *testing.T) {
			p, _ := s.build(t)
			names, texts := written(t, p, "ja")
			for _, doc := range []string{"plan.md", "plan.en.md"} {
				checkFiles(t, p, doc, texts[doc], names)
			}
			for name, text := range texts {
				checkMarks(t, name, text)
			}
			_, texts = written(t, p, "en")
			for name, text := range texts {
				if strings.Contains(name, ".ja.") {
					continue
				}
				checkMarks(t, name, text)
				checkEnglish(t, s, name, text)
			}
		})
	}
}

var (
	fileMention = regexp.MustCompile(`(?:^|[^\w./:-])((?:redirects|workaround)/[\w./-]*\w|[\w-]+(?:\.en|\.ja|\.schema)?\.(?:csv|xlsx|ics|json|md|html))\b`)
	japanese    = regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}（）「」、。：]`)
)

// checkFiles: a document names every file of its folder, those of the redirects by
// their folder, and no other file.
func checkFiles(t *testing.T, p *planner.Plan, doc, text string, names []string) {
	t.Helper()
	for _, n := range names {
		folder := "no folder"
		if parts := strings.Split(n, "/"); len(parts) > 2 && parts[0] == "redirects" {
			folder = strings.Join(parts[:2], "/") + "/"
		}
		if !strings.Contains(text, "| "+n+" |") && !strings.Contains(text, "| "+folder+" |") {
			t.Errorf("%s does not name %s", doc, n)
		}
	}
	for _, m := range fileMention.FindAllStringSubmatch(text, -1) {
		name := strings.TrimSuffix(m[1], "/")
		if name == "plan.ics" && !dated(p) {
			continue // it is told that it will be there
		}
		if !slices.ContainsFunc(names, func(n string) bool {
			return n == name || strings.HasPrefix(n, name+"/") || path.Base(n) == name
		}) {
			t.Errorf("%s names %s, which is not there", doc, m[1])
		}
	}
}

// slips are the marks of other formats and the slips of composed sentences.
var slips = map[string]*regexp.Regexp{
	"a backtick":                    regexp.MustCompile("`"),
	"a verb without value":          regexp.MustCompile(`%!|%[sdv]`),
	"two remarks that say the same": regexp.MustCompile(`あれば）（|any\) \(if`),
	"two blanks":                    regexp.MustCompile(`[^\s|]  +[^\s|]`),
	"an empty cell":                 regexp.MustCompile(`\|\s+\|`),
	"a bracket without content":     regexp.MustCompile(`（）|\(\)|「」`),
	"two stops":                     regexp.MustCompile(`。。|、、|。、|、。|[^.「“]\.\.(?:[^.」”]|$)`),
	"a blank before a stop":         regexp.MustCompile(` [。、]|[a-z] [.,](?:\s|$)`),
	"a blank beside a full bracket": regexp.MustCompile(`[^·] （|） [\p{Han}\p{Hiragana}\p{Katakana}]`),
}

// checkMarks looks for slips; blanks and brackets are those of the format in files
// other than Markdown.
func checkMarks(t *testing.T, name, text string) {
	t.Helper()
	for what, slip := range slips {
		if !strings.HasSuffix(name, ".md") && !slices.Contains([]string{"a backtick", "a verb without value", "two remarks that say the same"}, what) || what == "a verb without value" && strings.HasSuffix(name, ".html") {
			continue
		}
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "    ") { // code
				continue
			}
			if at := slip.FindStringIndex(line); at != nil {
				t.Errorf("%s shows %s: …%s…", name, what, line[max(0, at[0]-60):min(len(line), at[1]+40)])
				break
			}
		}
	}
}

// checkEnglish looks for Japanese beside the names of the shop.
func checkEnglish(t *testing.T, s story, name, text string) {
	t.Helper()
	own := slices.Concat(s.names, shopNames())
	for _, e := range s.extra {
		own = append(own, strings.SplitN(strings.TrimSuffix(e, " moved"), " ", 3)[2])
	}
	slices.SortFunc(own, func(a, b string) int { return len(b) - len(a) })
	for _, n := range own {
		text = strings.ReplaceAll(text, n, "")
	}
	for line := range strings.Lines(text) {
		if at := japanese.FindStringIndex(line); at != nil {
			t.Errorf("%s: …%s…", name, line[max(0, at[0]-60):min(len(line), at[1]+60)])
		}
	}
}

// TestCommands keeps the commands that plans print in a golden file, which the tests of
// the program read with its own options.
func TestCommands(t *testing.T) {
	command := regexp.MustCompile(`replatform (?:crawl|import|target|inventory|match|review|plan|redirects|verify|platforms|domain|announce|monitor|workaround|demo)\b[ -~\p{Han}\p{Hiragana}\p{Katakana}ー]*`)
	end := regexp.MustCompile(`[”」]| で|\*\*| \||[.,;:](?:\s|$)| \(| – | · `)
	found := map[string]bool{}
	if testing.Short() && *update {
		t.Fatal("-update needs all stories: leave -short away")
	}
	for _, s := range readStories() {
		p, _ := s.build(t)
		for _, lang := range Languages() {
			var b strings.Builder
			if err := Markdown(&b, p, lang, "x", Options{}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(shown("plan.md", b.String())) {
				for _, c := range command.FindAllString(strings.TrimSuffix(line, "\n"), -1) {
					if at := end.FindStringIndex(c); at != nil {
						c = c[:at[0]]
					}
					found[strings.TrimSpace(c)] = true
				}
			}
		}
	}
	got := strings.Join(sortedKeys(found), "\n") + "\n"
	const name = "testdata/golden/commands.txt"
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if testing.Short() { // some of the stories
		for c := range found {
			if !strings.Contains("\n"+string(want), "\n"+c+"\n") {
				t.Errorf("%s lacks %q", name, c)
			}
		}
		return
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-golden +now; -update writes it anew):\n%s", name, diff)
	}
}
