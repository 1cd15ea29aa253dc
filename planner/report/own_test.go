package report

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/planner"
)

func writeFile(t *testing.T, name, data string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestOwnTexts: texts stand at the place that was asked for, in both languages, and are
// never markup.
func TestOwnTexts(t *testing.T) {
	name := writeFile(t, "texts.yaml", `- chapter: summary
  position: before
  title: {ja: ごあいさつ, en: "Dear shop"}
  ja: |
    はじめに<b>お読みください</b>。

    二つ目の段落。
  en: |
    Read this <b>first</b> | *please*.

    A second paragraph.
- {chapter: "24", en: "=Our fee | [x](javascript:1)"}
`)
	texts, err := LoadTexts(name)
	if err != nil {
		t.Fatal(err)
	}
	want := []OwnText{
		{Chapter: "summary", Before: true, Title: planner.Text{JA: "ごあいさつ", EN: "Dear shop"},
			Text: planner.Text{JA: "はじめに<b>お読みください</b>。\n\n二つ目の段落。\n", EN: "Read this <b>first</b> | *please*.\n\nA second paragraph.\n"}},
		{Chapter: "cost", Text: planner.Text{EN: "=Our fee | [x](javascript:1)"}},
	}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Fatal(diff)
	}
	p, _ := storyNamed(t, "three products").build(t)
	for _, lang := range Languages() {
		d, _, err := composeFor(p, lang, "x", Options{Texts: texts})
		if err != nil {
			t.Fatal(err)
		}
		at := func(id string) []block {
			return d.Chapters[slices.IndexFunc(d.Chapters, func(c chapter) bool { return c.ID == id })].Blocks
		}
		first, cost := at("summary")[0], at("cost")
		if first.Kind != kindCallout || len(first.Items) != 2 || first.Lang != "" {
			t.Errorf("%s: the summary begins with %+v", lang, first)
		}
		if last := cost[len(cost)-1]; last.Kind != kindCallout || (last.Lang == "en") != (lang == "ja") {
			t.Errorf("%s: the chapter on costs ends with %+v", lang, last)
		}
	}
	var html, md bytes.Buffer
	if err := HTML(&html, p, "en", "x.html", Options{Texts: texts}); err != nil {
		t.Fatal(err)
	}
	if err := Markdown(&md, p, "en", "x.md", Options{Texts: texts}); err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{"<strong>Dear shop</strong><p>Read this &lt;b&gt;first&lt;/b&gt; | *please*.</p><p>A second paragraph.</p>", "=Our fee | [x](javascript:1)"} {
		if !strings.Contains(html.String(), w) {
			t.Errorf("the page lacks %q", w)
		}
	}
	for _, w := range []string{"> **Dear shop**\n>\n> Read this \\<b\\>first\\</b\\> \\| \\*please\\*.\n>\n> A second paragraph.\n", "\n> =Our fee \\| \\[x\\]\\(javascript:1\\)\n"} {
		if !strings.Contains(md.String(), w) {
			t.Errorf("the Markdown lacks %q", w)
		}
	}
}

// TestOwnTextsRefused: what is wrong is said with its line.
func TestOwnTextsRefused(t *testing.T) {
	for _, tc := range []struct{ yaml, want string }{
		{"- {chapter: summary, ja: あ, en: a}\n- chapter: nowhere\n  ja: あ\n", `line 2: there is no chapter "nowhere"; there are premises, summary`},
		{"- chapter: summary\n  position: above\n  en: a\n", `line 2: the position "above" is neither before nor after`},
		{"- chapter: summary\n  text: a\n", `line 2: there is no field "text"`},
		{"- chapter: summary\n  en: [a]\n", "line 2: "},
		{"- {en: a}\n", "line 1: the chapter is missing"},
		{"- {chapter: summary, en: \" \"}\n", "line 1: the text is missing"},
		{"- summary\n", "line 1: an entry has the fields"},
		{"chapter: summary\n", "cannot unmarshal"},
	} {
		_, err := LoadTexts(writeFile(t, "texts.yaml", tc.yaml))
		if !errors.Is(err, ErrText) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q: %v, want %q", tc.yaml, err, tc.want)
		}
	}
	if _, err := LoadTexts(writeFile(t, "texts.yaml", strings.Repeat("# x\n", maxOwn/4+1))); err == nil {
		t.Error("a file beyond the limit was read")
	}
}

func FuzzOwnTexts(f *testing.F) {
	f.Add("- chapter: summary\n  position: before\n  title: {ja: あ, en: b}\n  ja: x\n")
	f.Add("- {chapter: \"1\", en: \"a\\nb\"}\n")
	f.Add("- &a [*a]\n")
	f.Add("- {? {a: b} : c}\n")
	path := filepath.Join(f.TempDir(), "texts.yaml")
	f.Fuzz(func(t *testing.T, s string) {
		if err := os.WriteFile(path, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
		texts, err := LoadTexts(path)
		if err != nil {
			return
		}
		for _, o := range texts {
			if o.Chapter == "" || strings.TrimSpace(o.Text.JA+o.Text.EN) == "" {
				t.Errorf("taken without chapter or text: %+v", o)
			}
		}
	})
}

// TestExtract: an extract keeps the numbers, says what is missing, and marks every
// reference to it.
func TestExtract(t *testing.T) {
	out, err := LeaveOut([]string{"1", "cost", " words"}, []string{"E"})
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(out, "summary") || slices.Contains(out, "cost") || !slices.Contains(out, "words") || !slices.Contains(out, "full-map") {
		t.Errorf("left out: %v", out)
	}
	if out, err := LeaveOut(nil, nil); err != nil || len(out) > 0 {
		t.Errorf("a whole plan is without %v, %v", out, err)
	}
	for _, bad := range [][2][]string{{{"nowhere"}, nil}, {nil, {"99"}}, {{"summary"}, {"1"}}} {
		if _, err := LeaveOut(bad[0], bad[1]); !errors.Is(err, ErrChapter) {
			t.Errorf("LeaveOut(%q): %v", bad, err)
		}
	}
	for _, name := range []string{"own domain with a worker", "subdomain in a breach", "everything unknown"} {
		p, _ := storyNamed(t, name).build(t)
		for _, lang := range Languages() {
			for _, left := range [][]string{{"today", "decisions", "workarounds", "go", "cost", "full-map", "words"}, {"cost"}, {"tasks", "evidence", "calendar"}} {
				d, c, err := composeFor(p, lang, "x", Options{LeaveOut: left})
				if err != nil {
					t.Fatal(err)
				}
				var md bytes.Buffer
				if err := writeMarkdown(&md, d, c); err != nil {
					t.Fatal(err)
				}
				whole, err := loadTexts()
				if err != nil {
					t.Fatal(err)
				}
				missing := map[string]bool{}
				for _, id := range left {
					ch, _ := whole.chapter(id)
					applies, err := holds(p, ch.When)
					if err != nil {
						t.Fatal(err)
					}
					if missing[ch.No] = applies.Applies != planner.No; missing[ch.No] && id != "workarounds" && !strings.Contains(md.String(), markdownCell(ch.No+" "+ch.Title.Text().In(lang))) {
						t.Errorf("%s %s: the cover does not say that chapter %s is missing", name, lang, ch.No)
					}
					if slices.ContainsFunc(d.Chapters, func(c chapter) bool { return c.ID == id }) {
						t.Errorf("%s %s: chapter %s is still there", name, lang, id)
					}
				}
				body := md.String()[strings.Index(md.String(), "\n## "):]
				for _, ref := range chapterReference.FindAllStringSubmatchIndex(body, -1) {
					no := ""
					for g := 2; g < len(ref); g += 2 {
						if ref[g] >= 0 {
							no = body[ref[g]:ref[g+1]]
						}
					}
					if marked := strings.HasPrefix(body[ref[1]:], markdownCell(c.say("extract.mark"))); marked != missing[no] {
						t.Errorf("%s %s without %v: %q is marked: %t", name, lang, left, body[ref[0]:ref[1]], marked)
					}
				}
			}
			if name == "own domain with a worker" {
				var page bytes.Buffer
				if err := HTML(&page, p, lang, "x", Options{LeaveOut: []string{"summary", "full-map"}}); err != nil {
					t.Fatal(err)
				}
				if strings.Contains(page.String(), `id="map-data"`) || strings.Contains(page.String(), `href="#summary"`) {
					t.Errorf("%s: the page still has what was left out", lang)
				}
			}
		}
		if testing.Short() {
			break
		}
	}
}

// TestShades: a brand's colour stands out on light and on dark paper.
func TestShades(t *testing.T) {
	for _, tc := range []struct{ colour, light, dark string }{
		{"#A03060", "#a03060", ""}, {"#000000", "#000000", ""}, {"#ffffff", "", "#ffffff"}, {"#ffd700", "", "#ffd700"}, {"#14181c", "#14181c", ""}, {"#777777", "#777777", "#777777"},
	} {
		shades := Brand{Colour: tc.colour}.Shades()
		for i, want := range []string{tc.light, tc.dark} {
			s := shades[i]
			if c := contrast(parseColour(s.Used), parseColour(s.Paper)); c < minContrast {
				t.Errorf("%s on %s becomes %s with a contrast of %.2f", tc.colour, s.Paper, s.Used, c)
			}
			if want != "" && s.Used != want {
				t.Errorf("%s on %s becomes %s, though it stands out by %.2f", tc.colour, s.Paper, s.Used, s.Contrast)
			}
		}
	}
	if got := contrast(parseColour("#ffffff"), parseColour("#000000")); got != 21 {
		t.Errorf("black on white has a contrast of %v, not 21", got)
	}
	if s := (Brand{}).Shades(); s != nil {
		t.Errorf("no colour has shades %v", s)
	}
}
