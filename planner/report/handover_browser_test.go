package report

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"replatform/planner"
)

// TestHandOverInTheBrowser opens a plan under a consultant's name: hostile brand and own
// texts, a colour that does not stand out by itself, the section on the time after the
// switch, whole, as an extract without map and pictures, and with pseudonyms.
func TestHandOverInTheBrowser(t *testing.T) {
	b := openBrowser(t)
	p, _ := storyNamed(t, "hostile shop").build(t)
	p.Outcomes = outcomes()
	var logo bytes.Buffer
	if err := png.Encode(&logo, image.NewGray(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	const attack = `</script><script>window.pwned=1</script>"><img src=x onerror=window.pwned=2>`
	brand := Brand{Name: "相談所 " + attack, Contact: "a@b.example " + attack, Colour: "#ffe000",
		Logo: "data:image/png;base64," + base64.StdEncoding.EncodeToString(logo.Bytes())}
	texts := []OwnText{{Chapter: "words", Before: true, Title: planner.Text{JA: attack, EN: attack}, Text: planner.Text{JA: "一行目\n" + attack}},
		{Chapter: "monitoring", Text: planner.Text{EN: strings.Repeat("averylongwordwithoutanyblank", 20)}}}
	for name, o := range map[string]Options{
		"whole":     {},
		"extract":   {LeaveOut: []string{"summary", "decisions", "calendar", "way", "inventory", "worth", "map", "workarounds", "data", "full-map", "tasks", "evidence"}},
		"anonymous": {Anonymous: testPseudonyms(t, "0123456789abcdef")},
	} {
		o.Brand, o.Texts, o.Version = brand, texts, 2
		dir := t.TempDir()
		if err := Folder(t.Context(), p, dir, "en", o); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "plan.html")
		for _, scheme := range []string{"light", "dark"} {
			do(b, "choosing colours", func() error {
				_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
				return err
			})
			b.size(360, 740)
			b.open(path)
			if problems := eval[[]string](b, structure); len(problems) > 0 {
				t.Errorf("%s %s: %s", name, scheme, strings.Join(problems, "; "))
			}
			b.quiet(path)
			if eval[bool](b, "window.pwned !== undefined") {
				t.Errorf("%s: what the consultant wrote was executed", name)
			}
			if w := eval[int](b, "document.documentElement.scrollWidth"); w > 360 {
				t.Errorf("%s: the page is %d wide on a phone of 360", name, w)
			}
			want := map[string]string{"light": "rgb(", "dark": "rgb(255, 224, 0)"}[scheme]
			if got := eval[string](b, "getComputedStyle(document.querySelector('header')).borderBottomColor"); !strings.HasPrefix(got, want) || scheme == "light" && got == "rgb(255, 224, 0)" {
				t.Errorf("%s: the rule is %s on %s paper", name, got, scheme)
			}
		}
		b.shoot("hand-over " + name)
		if lang := eval[string](b, "document.querySelector('#words .callout').lang"); lang != "ja" {
			t.Errorf("%s: a text in Japanese is marked %q", name, lang)
		}
	}
}
