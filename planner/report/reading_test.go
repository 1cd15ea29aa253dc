package report

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"replatform/planner"
)

// said is one text of a document with the place where it stands.
type said struct{ where, text string }

// everySentence are the texts that the plan itself says: paragraphs, points, captions
// and notes. Cells are left out where they hold texts of the shops.
func everySentence(d *document) []said {
	var out []said
	for _, ch := range d.Chapters {
		add := func(s string) {
			if s != "" {
				out = append(out, said{"chapter " + ch.No, s})
			}
		}
		for _, b := range ch.Blocks {
			add(b.Text)
			for _, it := range b.Items {
				add(it.Lead)
				add(it.Text)
				if b.Kind != kindTicks { // there it says what shows that a task is done, such as no row left
					add(it.Note)
				}
			}
			for _, c := range b.Cards {
				add(c.Figure + " " + c.Text)
			}
			if b.Table != nil {
				add(b.Table.Caption)
			}
		}
	}
	return out
}

// oneOfMany finds a plural behind the number 1, and a singular behind another one.
var oneOfMany = regexp.MustCompile(`(^|[^0-9.,:/−–+-])1 (pages|rows|tasks|products|clicks|addresses|days|questions|spellings|sites|files|links|people|orders)\b`)

// ofNothing finds sentences that count nothing: they make a reader look for what is
// not there. A table may hold a nought, a sentence says instead that there is nothing.
var ofNothing = map[string]*regexp.Regexp{
	"en": regexp.MustCompile(`(^|[ (])0( [a-z]|[.,;]( |$)|$)|: 0\b`),
	"ja": regexp.MustCompile(`(^|[^0-9.,年月日/−:])0 ?(ページ|行|件|通り|組|日|つ)|：0([^0-9:]|$)| 0 です`),
}

// blankTooMany finds a blank before a full stop, and one beside a bracket of full width,
// which brings its own.
var blankTooMany = regexp.MustCompile(` [.。、]|） [\p{Han}\p{Hiragana}\p{Katakana}（]|[\p{Han}\p{Hiragana}\p{Katakana}ー] （`)

// TestSentencesCount reads every sentence of every story: no plural of one thing, no
// sentence about no thing, no blank twice, none before a point.
func TestSentencesCount(t *testing.T) {
	for _, s := range testStories() {
		if s.hostile {
			continue // its names are not the plan's words
		}
		p, _ := s.build(t)
		for _, lang := range Languages() {
			d, _, err := composeFor(p, lang, "x", Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(everySentence(d)) < 200 {
				t.Fatalf("%s: only %d sentences", s.name, len(everySentence(d)))
			}
			for _, x := range everySentence(d) {
				at := fmt.Sprintf("%s, %s, %s: %q", s.name, lang, x.where, x.text)
				if lang == "en" && oneOfMany.MatchString(x.text) {
					t.Errorf("a plural of one: %s", at)
				}
				if ofNothing[lang].MatchString(x.text) {
					t.Errorf("a sentence about nothing: %s", at)
				}
				if strings.Contains(x.text, "  ") || strings.TrimSpace(x.text) != x.text || blankTooMany.MatchString(x.text) {
					t.Errorf("a blank too many: %s", at)
				}
			}
		}
	}
}

// TestSentencesCountCanFail: the patterns see what they are for, and nothing else.
func TestSentencesCountCanFail(t *testing.T) {
	for text, want := range map[string]bool{
		"There are 1 pages.": true, "There are 11 pages.": false, "It takes 1 page.": false, "at most 1,001 rows": false, "T−1 days": false, "a table of 0.1 pages": false,
	} {
		if got := oneOfMany.MatchString(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	for text, want := range map[string]bool{
		"Pages that gave no answer: 0. More": true, "0 pages are lost": true, "10 pages": false, "a refresh of 0 seconds": true, "100.0%": false, "2027-01-20": false,
	} {
		if got := ofNothing["en"].MatchString(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	for text, want := range map[string]bool{"応答がなかったページ：0。": true, "0 ページ": true, "10 ページ": false, "2027年1月20日": false, "組は 0 です": true} {
		if got := ofNothing["ja"].MatchString(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestFiguresAgreeAcrossChapters: what several chapters say of the same thing is the
// same figure.
func TestFiguresAgreeAcrossChapters(t *testing.T) {
	number := regexp.MustCompile(`[0-9][0-9,]*`)
	for _, s := range testStories() {
		p, _ := s.build(t)
		for _, lang := range Languages() {
			d, c, err := composeFor(p, lang, "x", Options{})
			if err != nil {
				t.Fatal(err)
			}
			blocks := map[string][]block{}
			for _, ch := range d.Chapters {
				blocks[ch.ID] = ch.Blocks
			}
			sum := func(tab *table, column int) int {
				n := 0
				for _, r := range tab.Rows {
					var v int
					fmt.Sscan(strings.ReplaceAll(number.FindString(r.Cells[column].Text), ",", ""), &v)
					n += v
				}
				return n
			}
			tableOf := func(chapter, head string) *table {
				for _, b := range blocks[chapter] {
					tab := b.Table
					if b.Figure != nil {
						tab = b.Figure.Table
					}
					if tab != nil && tab.Head[0].Text == head {
						return tab
					}
				}
				return nil
			}
			same := func(what string, figures ...int) {
				t.Helper()
				if slices.Min(figures) != slices.Max(figures) {
					t.Errorf("%s, %s: %s: %v", s.name, lang, what, figures)
				}
			}
			// Pages: cards of the summary, picture of the map, inventory, premises.
			cards := 0
			for _, b := range blocks["summary"] {
				for _, card := range b.Cards {
					var v int
					fmt.Sscan(strings.ReplaceAll(card.Figure, ",", ""), &v)
					cards += v
				}
			}
			pages := []int{p.Pages.Total, cards}
			if flow := tableOf("map", c.say("col.type")); flow != nil {
				pages = append(pages, sum(flow, 3))
			}
			same("pages of the old shop", pages...)
			// Pages that need a pointer: summary, chosen way.
			if p.Pages.Pointed > 0 {
				same("pages that need a pointer", p.Pages.Pointed, sum(tableOf("summary", c.say("col.strength")), 2), sum(tableOf("way", c.say("col.strength")), 2))
			}
			// Tasks: phases of the timeline, shop and helpers, tables of annex A.
			annex := 0
			for _, b := range blocks["tasks"] {
				if b.Table != nil {
					annex += len(b.Table.Rows)
				}
			}
			phases := tableOf("calendar", c.say("col.phase"))
			shares := 0
			for _, b := range blocks["calendar"] {
				if b.Table != nil && b.Table.Caption == c.say("calendar.caption") {
					shares = sum(b.Table, 1) + sum(b.Table, 2)
				}
			}
			same("tasks", len(p.Tasks), annex, sum(phases, 3), shares)
			// Cutover tasks: runbook, phase.
			runbook := 0
			for _, b := range blocks["runbook"] {
				if b.Table != nil {
					runbook += len(b.Table.Rows)
				}
			}
			cutover := 0
			for _, task := range p.Tasks {
				if task.Phase == cutoverPhase {
					cutover++
				}
			}
			same("tasks of the cutover", cutover, runbook)
			// Pages that lead nowhere: chapter 9 against the cards.
			if tab := tableOf("not-moved", c.say("col.action")); tab != nil {
				same("pages not redirected", sum(tab, 2), p.Pages.ByAction[planner.ActionGone]+p.Pages.ByAction[planner.ActionIgnore])
			}
		}
	}
}

// TestTasksOfAChapterAreInThePlan: a task that a sentence names is one of the plan.
func TestTasksOfAChapterAreInThePlan(t *testing.T) {
	id := regexp.MustCompile(`\b[EPIMBVCWX][0-9]{2}x?\b`)
	for _, s := range testStories() {
		p, _ := s.build(t)
		have := map[string]bool{}
		for _, task := range p.Tasks {
			have[task.ID] = true
		}
		for _, task := range p.Tasks {
			for _, text := range []string{task.Title.EN, task.Title.JA, task.Done.EN, task.Done.JA, task.Why.EN, task.Why.JA} {
				for _, named := range id.FindAllString(text, -1) {
					if !have[named] {
						t.Errorf("%s: task %s speaks of %s, which is not in the plan: %q", s.name, task.ID, named, text)
					}
				}
			}
		}
	}
}

// TestRunbookTellsAfterTheChecks: nobody is told of the move before the old addresses
// and an order have been tried, and the switch comes before the checks.
func TestRunbookTellsAfterTheChecks(t *testing.T) {
	for _, s := range testStories() {
		p, _ := s.build(t)
		c, err := newComposer(p, "en", Options{})
		if err != nil {
			t.Fatal(err)
		}
		at := map[string]int{}
		for i, task := range c.cutoverTasks() {
			at[task.ID] = i + 1
		}
		for _, order := range [][]string{{"C03", "C04", "C05", "C07", "C08", "C09", "C10", "C12", "C17"}, {"C08", "C11", "C12", "C17", "C16"}, {"C01", "C03"}, {"C02", "C03"}} {
			last := 0
			for _, id := range order {
				if at[id] == 0 {
					continue
				}
				if at[id] < last {
					t.Errorf("%s: %s comes too early in the runbook: %v", s.name, id, at)
				}
				last = at[id]
			}
		}
	}
}

// TestSmallShopHasASmallerPlan: a shop of a few products is spared what only pays for
// many pages.
func TestSmallShopHasASmallerPlan(t *testing.T) {
	ids := func(name string) map[string]bool {
		p, _ := storyNamed(t, name).build(t)
		out := map[string]bool{}
		for _, task := range p.Tasks {
			out[task.ID] = true
		}
		return out
	}
	small, usual := ids("three products"), ids("WooCommerce to Shopify")
	for _, id := range []string{"P01", "I08", "I14", "I15", "M04", "M08", "M09", "M10", "V07", "V09"} {
		if small[id] {
			t.Errorf("the shop of three products has task %s", id)
		}
	}
	for _, id := range []string{"I01", "M03", "C07", "C10", "V04", "X06"} {
		if !small[id] || !usual[id] {
			t.Errorf("a plan lacks task %s", id)
		}
	}
}

// TestGlossaryExplainsWhatIsUsed: words of a breach are explained after a breach alone,
// and every plan explains those that it begins with.
func TestGlossaryExplainsWhatIsUsed(t *testing.T) {
	terms := func(name, lang string) map[string]bool {
		p, _ := storyNamed(t, name).build(t)
		d, _, err := composeFor(p, lang, "x", Options{})
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]bool{}
		for _, ch := range d.Chapters {
			for _, b := range ch.Blocks {
				for _, it := range b.Items {
					if b.Kind == kindTerms {
						out[it.Lead] = true
					}
				}
			}
		}
		return out
	}
	for lang, words := range map[string][]string{"ja": {"速報／確報", "301（恒久的な転送）", "正規URL（canonical）"}, "en": {"first report / final report", "301 (permanent redirect)", "canonical URL"}} {
		breach, small := terms("subdomain in a breach", lang), terms("three products", lang)
		if !breach[words[0]] || small[words[0]] {
			t.Errorf("%s: %q: after a breach %v, in a small shop %v", lang, words[0], breach[words[0]], small[words[0]])
		}
		for _, w := range words[1:] {
			if !breach[w] || !small[w] {
				t.Errorf("%s: %q is not explained: %v, %v", lang, w, breach[w], small[w])
			}
		}
		if len(small) < 30 {
			t.Errorf("%s: only %d words", lang, len(small))
		}
	}
}

// TestFallbackOfAnEdge: where the chosen way hangs on redirects that nobody knows of
// and the fallback is an edge in front, its files are made and the plan says what they
// carry.
func TestFallbackOfAnEdge(t *testing.T) {
	p, _ := storyNamed(t, "Shopify to BASE").build(t)
	if p.Decision.Way != planner.WayB || p.Decision.Fallback != planner.WayC || p.Engine != "" || p.FallbackEngine != "cloudflare-worker" {
		t.Fatalf("way %s, fallback %s, engines %q and %q", p.Decision.Way, p.Decision.Fallback, p.Engine, p.FallbackEngine)
	}
	if len(p.FallbackCoverage) != 1 || p.FallbackCoverage[0].Strength != planner.StrengthPermanent || p.FallbackCoverage[0].Pages != p.Pages.Pointed {
		t.Errorf("the fallback carries %+v of %d pages", p.FallbackCoverage, p.Pages.Pointed)
	}
	dir := t.TempDir()
	if err := Folder(t.Context(), p, dir, "en", Options{}); err != nil {
		t.Fatal(err)
	}
	worker, err := os.ReadFile(filepath.Join(dir, "redirects", "cloudflare-worker", "map.json"))
	if err != nil || !bytes.Contains(worker, []byte("/products/mikan-100000")) {
		t.Errorf("the map of the fallback (%v):\n%s", err, worker)
	}
	text, err := os.ReadFile(filepath.Join(dir, "plan.md"))
	if err != nil || !bytes.Contains(text, []byte("redirects/cloudflare-worker/")) || !bytes.Contains(text, []byte("Its files are part of this plan.")) {
		t.Errorf("the plan does not speak of the files of the fallback (%v)", err)
	}
}
