package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"replatform/planner"
)

// Markdown writes the plan as Markdown (CommonMark with tables). The full map stands
// in redirect-map.csv, here are its first rows.
func Markdown(w io.Writer, p *planner.Plan, lang, otherFile string, o Options) error {
	d, c, err := composeFor(p, lang, otherFile, o)
	if err != nil {
		return err
	}
	return writeMarkdown(w, d, c)
}

func writeMarkdown(w io.Writer, d *document, c *composer) error {
	out := bufio.NewWriter(w)
	m := &markdown{w: out, c: c}
	m.line("# " + markdownCell(d.Title))
	m.line("")
	m.line(markdownCell(d.Subline))
	m.line("")
	m.blocks(d.Cover)
	for _, ch := range d.Chapters {
		m.line("## " + ch.No + " " + markdownCell(ch.Title))
		m.line("")
		m.blocks(ch.Blocks)
	}
	m.line(markdownCell(c.say("footer")))
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing the plan as Markdown: %w", err)
	}
	return c.err
}

type markdown struct {
	w *bufio.Writer
	c *composer
}

func (m *markdown) line(s string) { fmt.Fprintln(m.w, s) } // errors stick to the bufio.Writer and come out of Flush

func (m *markdown) blocks(blocks []block) {
	for _, b := range blocks {
		m.block(b)
		m.line("")
	}
}

func (m *markdown) block(b block) {
	switch b.Kind {
	case kindHeading:
		m.line("### " + markdownCell(b.Text))
	case kindPara, kindSmall:
		m.line(markdownCell(b.Text))
	case kindCallout:
		if b.Text != "" {
			m.line("> **" + markdownCell(b.Text) + "**")
		}
		for i, it := range b.Items {
			if i > 0 || b.Text != "" {
				m.line(">")
			}
			m.line("> " + markdownCell(it.Text))
		}
	case kindList, kindTicks, kindNumbers, kindTerms:
		lead := map[blockKind]string{kindTicks: "- [ ] ", kindNumbers: "1. "}[b.Kind]
		if lead == "" {
			lead = "- "
		}
		for _, it := range b.Items {
			s := ""
			if it.Lead != "" {
				s = "**" + markdownCell(it.Lead) + "** "
			}
			s += markdownCell(it.Text)
			if it.Note != "" {
				s = strings.TrimRight(s, " ") + " – " + markdownCell(it.Note)
			}
			m.line(lead + s)
		}
	case kindCards:
		for _, c := range b.Cards {
			m.line("- " + markdownCell(c.Figure) + ": " + markdownCell(c.Text))
		}
	case kindTable:
		m.table(b.Table)
	case kindFigure:
		m.table(b.Figure.Table)
	case kindCode:
		for _, l := range b.Lines {
			m.line("    " + strings.Map(oneLine, l))
		}
	case kindMap:
		m.table(m.c.mapTable())
	}
}

func oneLine(r rune) rune {
	if r < ' ' || r == 0x7f {
		return ' '
	}
	return r
}

func (m *markdown) table(t *table) {
	if t.Caption != "" {
		m.line("*" + markdownCell(t.Caption) + "*")
		m.line("")
	}
	var heads, rule strings.Builder
	for _, h := range t.Head {
		heads.WriteString("| " + markdownCell(h.Text) + " ")
		if h.Num {
			rule.WriteString("|---:")
		} else {
			rule.WriteString("|---")
		}
	}
	m.line(heads.String() + "|")
	m.line(rule.String() + "|")
	for _, r := range t.Rows {
		var b strings.Builder
		for _, c := range r.Cells {
			parts := []string{}
			for _, s := range []string{c.Text, c.Code, c.Note} {
				if s != "" {
					parts = append(parts, markdownCell(s))
				}
			}
			b.WriteString("| " + strings.Join(parts, " · ") + " ")
		}
		m.line(b.String() + "|")
	}
}

// markdownCell makes text from a shop harmless inside Markdown: nothing in it is
// markup, HTML or the end of a cell.
func markdownCell(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteByte(' ')
		case r < ' ' || r == 0x7f:
		case strings.ContainsRune("\\`*_{}[]()<>#+!|~&", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
