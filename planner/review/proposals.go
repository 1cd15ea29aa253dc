package review

import (
	"context"
	"io"
	"strconv"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

// Proposal is an old page with a target that something else than the matching
// proposes: visitors of the new server missed it.
type Proposal struct {
	Old    catalog.Key
	OldURL string      // as the project has it
	New    catalog.Key // empty: nothing is proposed
	Sure   bool        // the decision is filled in, otherwise only the page
	Remark string
	// Requests in vain, by people and by robots.
	People, Robots int
}

// WriteProposals writes a sheet of Export with the given rows, in their order, which
// Import reads back, and behind its columns two more, people and robots, which Import
// passes over. The proposed page stands in decided_new_url; where it is sure the decision
// stands beside it, and elsewhere a row changes nothing until a person writes one.
func WriteProposals(ctx context.Context, project *inventory.Project, w io.Writer, format Format, lang string, list []Proposal) error {
	texts, err := newWords(lang)
	if err != nil {
		return err
	}
	d, err := openDeck(ctx, project, "")
	if err != nil {
		return err
	}
	lines := make([][]string, 0, len(list))
	for _, p := range list {
		r := d.byOld[p.Old]
		if r == nil {
			r = &row{match: inventory.Match{Old: p.Old}}
		}
		if r.old == nil {
			r.old = &side{key: p.Old, url: p.OldURL}
		}
		lines = append(lines, append(d.proposalLine(r, p, texts), strconv.Itoa(p.People), strconv.Itoa(p.Robots)))
	}
	s := decisionSheet(lines, texts)
	s.columns = append(s.columns, "people", "robots")
	s.widths = append(s.widths, 10, 10)
	s.number = append(s.number, "people", "robots")
	return s.write(w, format)
}

// proposalLine is a row of the sheet with a proposal that nobody has decided on.
func (d *deck) proposalLine(r *row, p Proposal, texts *words) []string {
	line := d.line(r, texts)
	at := map[string]int{}
	for i, name := range SheetColumns() {
		at[name] = i
	}
	line[at["remark"]] = p.Remark
	target := d.sideOrEmpty(p.New)
	if r.match.Decision != "" || target.url == "" {
		return line
	}
	line[at["decided_new_url"]] = target.url
	before := memory{newURL: d.sideOrEmpty(r.match.Proposed).url, decidedURL: target.url, note: noteSum(r.match.Note)}
	if p.Sure {
		line[at["decision"]] = texts.t("word." + inventory.Pick)
		if p.New == r.match.Proposed {
			line[at["decision"]] = texts.t("word." + inventory.Accept)
		}
	}
	line[at["exported"]] = before.String()
	return line
}
