package main

import (
	"maps"
	"slices"
	"strings"

	"replatform/crawler/platform"
)

// platformDocument is a platform as --json prints it.
type platformDocument struct {
	ID           string                    `json:"id"`
	Names        platform.Text             `json:"names"`
	Kind         platform.Kind             `json:"kind"`
	Vendor       string                    `json:"vendor,omitempty"`
	Capabilities map[string]platform.YesNo `json:"capabilities"`
	Statements   []platform.Statement      `json:"statements,omitempty"`
	Addresses    []addressDocument         `json:"addresses,omitempty"`
	Notes        []noteDocument            `json:"notes,omitempty"`
	Sources      []sourceDocument          `json:"sources,omitempty"`
}

type addressDocument struct {
	Type    string `json:"type"`
	Example string `json:"example"`
	ID      string `json:"id"`
	evidenceDocument
}

type noteDocument struct {
	About string        `json:"about"`
	Text  platform.Text `json:"text"`
	evidenceDocument
}

type evidenceDocument struct {
	Source     string         `json:"source"`
	Date       string         `json:"date"`
	Confidence platform.Trust `json:"confidence"`
}

type sourceDocument struct {
	Key  string `json:"key"`
	URL  string `json:"url,omitempty"`
	Date string `json:"date"`
	What string `json:"what,omitempty"`
}

func evidenceOf(e platform.Evidence) evidenceDocument {
	return evidenceDocument{e.URL(), e.Date, e.Confidence}
}

func platformDocuments(list []*platform.Platform, whole bool) []platformDocument {
	out := make([]platformDocument, 0, len(list))
	for _, p := range list {
		d := platformDocument{ID: p.ID, Names: p.Names, Kind: p.Kind, Vendor: p.Vendor, Capabilities: map[string]platform.YesNo{}}
		for _, c := range platform.Capabilities() {
			d.Capabilities[c.ID], _ = c.Of(p)
		}
		if whole {
			d.Statements = p.Statements()
			for _, pt := range p.Patterns {
				if example := shortest(slices.Sorted(maps.Keys(pt.Yes))); example != "" {
					d.Addresses = append(d.Addresses, addressDocument{string(pt.Type), example, pt.Yes[example], evidenceOf(pt.Evidence)})
				}
			}
			for _, n := range p.Notes {
				d.Notes = append(d.Notes, noteDocument{n.About, n.Text, evidenceOf(n.Evidence)})
			}
			for _, key := range slices.Sorted(maps.Keys(p.Sources)) {
				s := p.Sources[key]
				d.Sources = append(d.Sources, sourceDocument{key, s.URL, s.Date, s.What})
			}
		}
		out = append(out, d)
	}
	return out
}

// showPlatforms prints platforms in full: what is known with its evidence, what is
// not known with how to find out, how addresses look, and all sources.
func (t *talk) showPlatforms(list []*platform.Platform) error {
	documents := platformDocuments(list, true)
	if t.json {
		if len(documents) == 1 {
			return t.document(documents[0])
		}
		return t.document(documents)
	}
	for i, p := range list {
		if i > 0 {
			t.line("")
		}
		if err := t.showPlatform(p, documents[i]); err != nil {
			return err
		}
	}
	return nil
}

func (t *talk) showPlatform(p *platform.Platform, d platformDocument) error {
	lang := t.lang.code
	head := []string{t.lang.text("kind." + string(p.Kind))}
	if p.Vendor != "" {
		head = append(head, p.Vendor)
	}
	t.line(clean(p.Name(lang)) + " (" + p.ID + "): " + clean(strings.Join(head, ", ")))
	var known, open [][]string
	for _, s := range d.Statements {
		if s.Unknown() {
			open = append(open, []string{"  " + s.Label.In(lang), s.Ask.In(lang)})
			continue
		}
		known = append(known, []string{"  " + s.Label.In(lang), s.ValueIn(lang), s.Confidence.In(lang), s.Date, s.URL})
		if note := s.Note.In(lang); note != "" {
			known = append(known, []string{"    " + note})
		}
	}
	if err := t.section("platforms.known", known); err != nil {
		return err
	}
	if err := t.section("platforms.open", open); err != nil {
		return err
	}
	var rows [][]string
	for _, a := range d.Addresses {
		rows = append(rows, []string{"  " + t.lang.text("type."+a.Type), a.Example, a.Confidence.In(lang), a.Date, a.Source})
	}
	if err := t.section("platforms.addresses", rows); err != nil {
		return err
	}
	rows = nil
	for _, n := range d.Notes {
		rows = append(rows, []string{"  " + n.Text.In(lang) + " (" + strings.Join([]string{n.Confidence.In(lang), n.Date, n.Source}, ", ") + ")"})
	}
	if err := t.section("platforms.notes", rows); err != nil {
		return err
	}
	rows = nil
	for _, s := range d.Sources {
		rows = append(rows, []string{"  " + s.Key, s.Date, strings.TrimSpace(s.URL + " " + s.What)})
	}
	return t.section("platforms.sources", rows)
}

func (t *talk) section(title string, rows [][]string) error {
	if len(rows) == 0 {
		return nil
	}
	t.line("")
	t.line(t.lang.text(title))
	return t.table(rows)
}

// shortest is the first of the shortest texts, "" when there are none.
func shortest(list []string) string {
	out := ""
	for i, s := range list {
		if i == 0 || len(s) < len(out) {
			out = s
		}
	}
	return out
}
