package report

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"replatform/planner"
)

// ErrText is returned for own texts that a plan cannot show.
var ErrText = errors.New("own texts")

// OwnText is a text of the consultant's own in a chapter. A chapter that does not
// apply to the case is not shown, and its own texts are not either.
type OwnText struct {
	Chapter string // id
	Before  bool   // at the beginning of the chapter instead of at its end
	Title   planner.Text
	// Text is plain text; each line is a paragraph. Where one language is missing the
	// other stands in for it.
	Text planner.Text
}

// maxOwn bounds the files that a consultant writes.
const maxOwn = 1 << 20

// LoadTexts reads a YAML file with a list of own texts: chapter (id or number), ja, en
// (one of them at least), position (before or after, after where it is not said) and
// title (ja, en). Errors name the line; they are ErrText.
func LoadTexts(path string) ([]OwnText, error) {
	data, err := readOwn(path)
	if err != nil {
		return nil, fmt.Errorf("reading own texts: %w", err)
	}
	var list []yaml.Node
	if err := yaml.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("%w %s: %w", ErrText, path, err)
	}
	out, err := ownTexts(list)
	if err != nil {
		return nil, fmt.Errorf("%w %s: %w", ErrText, path, err)
	}
	return out, nil
}

// readOwn reads a file that a consultant wrote, up to maxOwn bytes.
func readOwn(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxOwn+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxOwn {
		return nil, fmt.Errorf("%s has more than %d bytes", path, maxOwn)
	}
	return data, nil
}

// ownTexts makes own texts of the entries of a YAML list.
func ownTexts(list []yaml.Node) ([]OwnText, error) {
	t, err := loadTexts()
	if err != nil {
		return nil, err
	}
	var out []OwnText
	for _, n := range list {
		o, err := ownText(n, t)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

func ownText(n yaml.Node, t *texts) (OwnText, error) {
	var o OwnText
	if n.Kind != yaml.MappingNode {
		return o, fmt.Errorf("line %d: an entry has the fields chapter, position, title, ja and en", n.Line)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		var err error
		switch key.Value {
		case "chapter":
			c, ok := t.chapter(value.Value)
			if !ok {
				return o, fmt.Errorf("line %d: there is no chapter %q; there are %s", value.Line, value.Value, strings.Join(t.chapterIDs(), ", "))
			}
			o.Chapter = c.ID
		case "position":
			if value.Value != "before" && value.Value != "after" {
				return o, fmt.Errorf("line %d: the position %q is neither before nor after", value.Line, value.Value)
			}
			o.Before = value.Value == "before"
		case "title":
			err = value.Decode((*planner.TextData)(&o.Title))
		case "ja":
			err = value.Decode(&o.Text.JA)
		case "en":
			err = value.Decode(&o.Text.EN)
		default:
			return o, fmt.Errorf("line %d: there is no field %q; there are chapter, position, title, ja and en", key.Line, key.Value)
		}
		if err != nil {
			return o, fmt.Errorf("line %d: %w", value.Line, err)
		}
	}
	switch {
	case o.Chapter == "":
		return o, fmt.Errorf("line %d: the chapter is missing", n.Line)
	case strings.TrimSpace(o.Text.JA+o.Text.EN) == "":
		return o, fmt.Errorf("line %d: the text is missing; it stands under ja and en", n.Line)
	}
	return o, nil
}

// chapter finds a chapter by id or number.
func (t *texts) chapter(name string) (chapterData, bool) {
	i := slices.IndexFunc(t.Chapters, func(c chapterData) bool { return c.ID == name || strings.EqualFold(c.No, name) })
	if i < 0 {
		return chapterData{}, false
	}
	return t.Chapters[i], true
}

func (t *texts) chapterIDs() []string {
	out := make([]string, len(t.Chapters))
	for i, c := range t.Chapters {
		out[i] = c.ID
	}
	return out
}

// own are the consultant's texts at one end of a chapter.
func (c *composer) own(id string, before bool) []block {
	var out []block
	for _, o := range c.o.Texts {
		if o.Chapter == id && o.Before == before {
			out = append(out, c.ownBlock(o))
		}
	}
	if !before {
		for _, o := range c.o.Brand.Texts {
			if o.Chapter == id {
				out = append(out, c.ownBlock(o))
			}
		}
	}
	return out
}

func (c *composer) ownBlock(o OwnText) block {
	text, lang := o.Text.JA, "ja"
	if c.code == "en" && o.Text.EN != "" || o.Text.JA == "" {
		text, lang = o.Text.EN, "en"
	}
	title := c.in(o.Title)
	if o.Title == (planner.Text{}) {
		title = c.o.Brand.Name
	}
	b := block{Kind: kindCallout, Text: title}
	if lang != c.code {
		b.Lang = lang
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			b.Items = append(b.Items, item{Text: line})
		}
	}
	return b
}
