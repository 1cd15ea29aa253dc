package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"replatform/crawler/inventory"
	"replatform/planner"
)

// mapJSON is the full redirect map as the page's script reads it. Words that repeat
// stand once in a list and rows name them by number, so that a hundred thousand rows
// stay small. A row is: number of the old host or -1, rest of the old address, the
// same two of the new one, titles of both, action, class, confidence, strength,
// carrier, proof, clicks (-1 unknown), reason, note; a number of -1 means none.
type mapJSON struct {
	Words struct {
		Count string   `json:"count"`
		Sorts []string `json:"sorts"`
	} `json:"words"`
	Worth     bool       `json:"worth"`
	Hosts     []string   `json:"hosts"`
	Actions   [][]string `json:"actions"` // code and word
	Classes   [][]string `json:"classes"`
	Strengths [][]string `json:"strengths"`
	Carriers  [][]string `json:"carriers"`
	Proofs    [][]string `json:"proofs"`
	Reasons   [][]string `json:"reasons"`
	Notes     [][]string `json:"notes"`
	Rows      []mapRow   `json:"rows"`
}

type mapRow []any

// wordList gives each word a number.
type wordList struct {
	index map[string]int
	list  [][]string
}

func (l *wordList) of(code string, word func() string) int {
	if code == "" {
		return -1
	}
	if i, ok := l.index[code]; ok {
		return i
	}
	if l.index == nil {
		l.index = map[string]int{}
	}
	l.index[code] = len(l.list)
	l.list = append(l.list, []string{code, word()})
	return len(l.list) - 1
}

// mapData writes the map as JSON that is safe inside a script element: no "<", ">",
// "&" and no line separators stand in it unescaped.
func (c *composer) mapData() ([]byte, error) {
	var m mapJSON
	m.Words.Count = c.say("map.count")
	m.Words.Sorts = []string{c.say("sort.order"), c.say("sort.clicks"), c.say("sort.unsure"), c.say("sort.sure"), c.say("sort.title")}
	m.Worth = c.p.Worth.Pages > 0
	var hosts, actions, classes, strengths, carriers, proofs, reasons, notes wordList
	split := func(raw string) (int, string) {
		u, err := url.Parse(raw)
		if err != nil || u.Host == "" {
			return -1, raw
		}
		base := u.Scheme + "://" + u.Host
		if rest, ok := strings.CutPrefix(raw, base); ok {
			return hosts.of(base, func() string { return base }), rest
		}
		return -1, raw
	}
	m.Rows = make([]mapRow, 0, len(c.p.Rows))
	for _, r := range c.p.Rows {
		oldHost, oldRest := split(r.OldURL)
		newHost, newRest := split(r.NewURL)
		clicks := -1.0
		if w, ok := c.p.WorthIn(r.OldKey); ok {
			clicks = w.Clicks
		}
		m.Rows = append(m.Rows, mapRow{
			oldHost, oldRest, newHost, newRest, r.OldTitle, r.NewTitle,
			actions.of(r.Action, func() string { return c.say("action." + r.Action) }),
			classes.of(string(r.Class), func() string { return c.say("class." + string(r.Class)) }), round3(r.Confidence),
			strengths.of(r.Strength, func() string { return c.say("strength." + r.Strength) }),
			carriers.of(r.Carrier, func() string { return c.carrier(r.Carrier) }),
			proofs.of(proofState(r, c.o.Proofs), func() string { return c.proofWords(proofState(r, c.o.Proofs)) }),
			clicks, reasons.of(c.reason(r), func() string { return c.reason(r) }), notes.of(c.note(r), func() string { return c.note(r) }),
		})
	}
	for _, h := range hosts.list {
		m.Hosts = append(m.Hosts, h[0])
	}
	m.Actions, m.Classes, m.Strengths, m.Carriers = actions.list, classes.list, strengths.list, carriers.list
	m.Proofs, m.Reasons, m.Notes = proofs.list, reasons.list, notes.list
	data, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("writing the map into the page: %w", err)
	}
	if bytes.ContainsAny(data, "<>&") {
		return nil, fmt.Errorf("writing the map into the page: markup was left unescaped")
	}
	return data, nil
}

func round3(f float64) float64 { return float64(int(f*1000+0.5)) / 1000 }

// proofState is the proof of a row: what was asked last, or what the model says.
func proofState(r inventory.PlanRow, proofs map[string]inventory.Proof) string {
	if p, ok := proofs[r.OldURL]; ok {
		if p.OK {
			return planner.ProofState(r, p)
		}
		return "failed"
	}
	return r.Proof
}

// proofWords says what a proofState means.
func (c *composer) proofWords(state string) string {
	if id, ok := strings.CutPrefix(state, planner.OtherEngine); ok {
		return c.say("proof.other", c.carrier(id))
	}
	return c.or("proof."+state, state)
}

// firstRows is how many rows of the map stand in the page itself, for readers
// without script and for print.
const firstRows = 100

// mapTable is the table that the script takes over.
func (c *composer) mapTable() *table {
	t := &table{Caption: c.say("full-map.caption"), Head: cols(c.say("col.old-page"), c.say("col.new-page"), c.say("col.action"), c.say("col.carrier"), c.say("col.clicks"), c.say("col.reason"))}
	t.Head[4].Num = true
	for i, r := range c.p.Rows {
		if i == firstRows {
			break
		}
		class := ""
		if r.Class != "" {
			class = c.say("class." + string(r.Class))
		}
		if r.Confidence > 0 {
			class += " " + c.percent(r.Confidence)
		}
		clicks := "–"
		if w, ok := c.p.WorthIn(r.OldKey); ok {
			clicks = c.printer.Sprintf("%.0f", w.Clicks)
		}
		delivered := text("–")
		switch {
		case r.Strength != planner.StrengthNone:
			delivered = cell{Text: c.say("strength." + r.Strength), Note: c.carrier(r.Carrier)}
		case r.Action == planner.ActionRedirect || r.Action == planner.ActionGone:
			delivered = text(c.say("strength." + r.Strength))
		}
		t.Rows = append(t.Rows, row{Cells: []cell{{Text: r.OldTitle, Code: readable(r.OldURL)}, newPage(r), {Text: c.say("action." + r.Action), Note: class},
			delivered, number(clicks), {Text: c.reason(r), Note: c.note(r)}}})
	}
	return t
}
