package report

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"replatform/planner"
)

// ErrChapter is returned for a chapter that plans do not have.
var ErrChapter = errors.New("no such chapter")

// ChapterName names a chapter that a plan can have.
type ChapterName struct {
	No    string       `json:"no"`
	ID    string       `json:"id"`
	Title planner.Text `json:"title"`
}

// Chapters lists the chapters of plans, in order. Which of them a plan has hangs on
// the case.
func Chapters() ([]ChapterName, error) {
	t, err := loadTexts()
	if err != nil {
		return nil, err
	}
	out := make([]ChapterName, len(t.Chapters))
	for i, c := range t.Chapters {
		out[i] = ChapterName{c.No, c.ID, c.Title.Text()}
	}
	return out, nil
}

// LeaveOut says which chapters, by id, an extract is without: all but those of only,
// where that is not empty, and those of without. Chapters are named by id or number.
// An error is ErrChapter; it names the chapters that there are.
func LeaveOut(only, without []string) ([]string, error) {
	t, err := loadTexts()
	if err != nil {
		return nil, err
	}
	var ids [2][]string
	for i, names := range [][]string{only, without} {
		for _, n := range names {
			c, ok := t.chapter(strings.TrimSpace(n))
			if !ok {
				return nil, fmt.Errorf("%w %q; there are %s", ErrChapter, n, strings.Join(t.chapterIDs(), ", "))
			}
			ids[i] = append(ids[i], c.ID)
		}
	}
	var out []string
	for _, id := range t.chapterIDs() {
		if len(ids[0]) > 0 && !slices.Contains(ids[0], id) || slices.Contains(ids[1], id) {
			out = append(out, id)
		}
	}
	if len(out) == len(t.Chapters) {
		return nil, fmt.Errorf("%w is left", ErrChapter)
	}
	return out, nil
}

// chapterReference finds where a sentence of the plan names a chapter.
var chapterReference = regexp.MustCompile(`\b(?:chapter|annex) ([0-9]+|[A-F])\b|(?:第([0-9]+)章|付録([A-F]))`)

// extract says on the cover what was left out, and marks in the sentences of the plan
// the chapters that are not in it. Texts of shops stand in cells of tables, which stay
// as they are.
func (c *composer) extract(d *document, left []chapter) {
	if len(left) == 0 {
		return
	}
	missing := map[string]bool{}
	names := make([]string, len(left))
	for i, ch := range left {
		missing[ch.No] = true
		names[i] = ch.No + " " + ch.Title
	}
	notice := block{Kind: kindCallout, Text: c.say("extract.title"), Items: []item{
		{Text: c.say("extract.left-out", strings.Join(names, c.say("list.comma")))}, {Text: c.say("extract.numbers")}}}
	for _, no := range []string{"A", "F"} {
		if missing[no] {
			notice.Items = append(notice.Items, item{Text: c.say("extract.ids." + no)})
		}
	}
	mark := func(s string) string {
		return chapterReference.ReplaceAllStringFunc(s, func(ref string) string {
			for _, no := range chapterReference.FindStringSubmatch(ref)[1:] {
				if missing[no] {
					return ref + c.say("extract.mark")
				}
			}
			return ref
		})
	}
	for i := range d.Chapters {
		for j := range d.Chapters[i].Blocks {
			b := &d.Chapters[i].Blocks[j]
			b.Text = mark(b.Text)
			b.Items = slices.Clone(b.Items)
			for k := range b.Items {
				b.Items[k].Text, b.Items[k].Note = mark(b.Items[k].Text), mark(b.Items[k].Note)
			}
		}
	}
	d.Cover = append(d.Cover, notice)
}
