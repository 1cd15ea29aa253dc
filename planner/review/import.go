package review

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

// ImportOptions of Import.
type ImportOptions struct {
	Lang   string // ja or en: of the messages
	By     string // who decided, stored with each word
	Strict bool   // any problem refuses the whole file: nothing is stored
}

// Problem is a row of a sheet that was not imported, or that was with a doubt.
type Problem struct {
	Line     int    `json:"line"` // of the file, from 1
	Code     string `json:"code"` // stable word: unknown-old, unknown-new, twice, decided-since …
	Message  string `json:"message"`
	Imported bool   `json:"imported"` // only a doubt
}

// ImportReport says what came of a sheet. Rows is Saved + Unchanged + the problems
// that were not imported.
type ImportReport struct {
	Rows      int       `json:"rows"`
	Saved     int       `json:"saved"`
	Unchanged int       `json:"unchanged"` // without a decision, or with the one the project has
	Problems  []Problem `json:"problems"`
}

// Errors of Import that a caller can act on.
var (
	// ErrSheetHeader: the sheet has no column old_url, or none of decision, new_url
	// and decided_new_url.
	ErrSheetHeader = errors.New("the sheet needs the columns old_url and decision")
	// ErrRefused: Strict is set and there are problems; nothing was stored.
	ErrRefused = errors.New("the sheet was refused")
	// ErrSheet: the file is no sheet of its format, or is too large.
	ErrSheet = errors.New("not a sheet that can be read")
)

// Import reads a sheet that Export wrote and a person filled in, in the format given,
// and stores its decisions in one transaction. Columns are found by their names, in
// any order; only old_url and one that holds a word are needed. The rules:
//
//   - A page in decided_new_url, or a new_url that is not the exported one, is a pick,
//     and an accept when it is what is proposed.
//   - A decision that was emptied is taken back, if the column exported is there.
//   - A row that says what the project says already is unchanged.
//   - A row that disagrees with a word given in the project since the export is
//     reported, and the project's word stays.
//   - An old page that stands twice with different words is reported twice, and
//     neither is stored.
func Import(ctx context.Context, project *inventory.Project, r io.Reader, format Format, opts ImportOptions) (ImportReport, error) {
	texts, err := newWords(opts.Lang)
	if err != nil {
		return ImportReport{}, err
	}
	d, err := openDeck(ctx, project, opts.By)
	if err != nil {
		return ImportReport{}, err
	}
	im := &importer{deck: d, texts: texts, words: map[string]string{}, given: map[catalog.Key]given{}, bad: map[catalog.Key]bool{}}
	if err := im.readAddresses(ctx); err != nil {
		return ImportReport{}, err
	}
	for _, lang := range languages() {
		w, err := newWords(lang)
		if err != nil {
			return ImportReport{}, err
		}
		for _, v := range verdicts() {
			im.words[fold(w.t("word."+v))] = v
		}
	}
	read := readCSV
	if format == XLSX {
		read = readXLSX
	}
	if err := read(r, decisionForm(), im.row); err != nil {
		return im.report, fmt.Errorf("reading the sheet: %w", err)
	}
	return im.store(ctx, opts.Strict)
}

// given is the decision of one line.
type given struct {
	line     int
	decision inventory.Decision
	doubt    *Problem
}

type importer struct {
	deck     *deck
	texts    *words
	words    map[string]string      // folded word → verdict
	old, new map[string]catalog.Key // every known address
	given    map[catalog.Key]given
	bad      map[catalog.Key]bool // old pages that stand twice
	report   ImportReport
}

func (im *importer) readAddresses(ctx context.Context) error {
	im.old, im.new = map[string]catalog.Key{}, map[string]catalog.Key{}
	for side, m := range map[catalog.Side]map[string]catalog.Key{catalog.Old: im.old, catalog.New: im.new} {
		err := im.deck.project.Spellings(ctx, side, func(u string, k catalog.Key) error {
			m[u] = k
			return nil
		})
		if err != nil {
			return fmt.Errorf("reading the addresses of the %s shop: %w", side, err)
		}
	}
	return nil
}

// sheetRow is one line of a sheet by column names. broken says why it cannot be read.
type sheetRow struct {
	line   int
	cells  map[string]string
	broken string
}

func (r sheetRow) cell(name string) string {
	return strings.TrimSpace(inventory.UnguardCell(strings.TrimSpace(r.cells[name])))
}

func (im *importer) problem(line int, code string, args ...string) {
	im.report.Problems = append(im.report.Problems, Problem{Line: line, Code: code, Message: im.texts.with("import."+code, args...)})
}

// row takes one line. Only an error of the file as a whole ends the reading.
func (im *importer) row(r sheetRow) error {
	if r.broken != "" {
		im.report.Rows++
		im.problem(r.line, "bad-row", r.broken)
		return nil
	}
	empty := true
	for _, c := range r.cells {
		empty = empty && strings.TrimSpace(c) == ""
	}
	if empty {
		return nil
	}
	im.report.Rows++
	oldURL := r.cell("old_url")
	if oldURL == "" {
		im.problem(r.line, "no-old")
		return nil
	}
	key, ok := im.old[oldURL]
	if !ok {
		im.problem(r.line, "unknown-old", oldURL)
		return nil
	}
	dec, ok := im.read(r, key)
	if !ok {
		return nil
	}
	g := given{line: r.line, decision: dec}
	if have, twice := im.given[key]; twice && !im.bad[key] {
		if have.decision.Verdict == dec.Verdict && have.decision.New == dec.New && have.decision.Note == dec.Note {
			im.report.Unchanged++
			return nil
		}
		im.bad[key] = true
		im.problem(have.line, "twice", fmt.Sprint(r.line))
		im.problem(r.line, "twice", fmt.Sprint(have.line))
		return nil
	} else if twice {
		im.problem(r.line, "twice", fmt.Sprint(have.line))
		return nil
	}
	if base, known := parseMemory(r.cells["exported"]); known && base.newURL != "" && im.new[base.newURL] == dec.New && dec.New != im.proposed(key) {
		g.doubt = &Problem{Line: r.line, Code: "proposal-since", Message: im.texts.with("import.proposal-since"), Imported: true}
	}
	im.given[key] = g
	return nil
}

// proposed is what the newest match proposes for an old page.
func (im *importer) proposed(key catalog.Key) catalog.Key {
	if r := im.deck.byOld[key]; r != nil {
		return r.match.Proposed
	}
	return ""
}

// memory is what a row said when it was exported.
type memory struct {
	verdict, newURL, decidedURL string
	note                        string // its sum; noNote when the sheet does not say
}

// noNote: it is not known which note was exported.
const noNote = "?"

// parseMemory reads the column exported; false when the row does not have it.
func parseMemory(text string) (memory, bool) {
	f := strings.Fields(text)
	if len(f) != 3 && len(f) != 4 {
		return memory{}, false
	}
	for i, s := range f {
		if s == nothing {
			f[i] = ""
		}
	}
	m := memory{verdict: f[0], newURL: f[1], decidedURL: f[2], note: noNote}
	if len(f) == 4 {
		m.note = f[3]
	}
	return m, true
}

// read makes a decision of a row; false when there is none to store.
func (im *importer) read(r sheetRow, key catalog.Key) (inventory.Decision, bool) {
	unchanged := func() (inventory.Decision, bool) {
		im.report.Unchanged++
		return inventory.Decision{}, false
	}
	refuse := func(code string, args ...string) (inventory.Decision, bool) {
		im.problem(r.line, code, args...)
		return inventory.Decision{}, false
	}
	verdict := ""
	if text := r.cell("decision"); text != "" {
		if verdict = im.words[fold(text)]; verdict == "" {
			return refuse("unknown-word", text, strings.Join(im.texts.verdictWords(), ", "))
		}
	}
	var match inventory.Match
	if have := im.deck.byOld[key]; have != nil {
		match = have.match
	}
	base, known := parseMemory(r.cells["exported"])
	if !known {
		base = memory{match.Decision, im.deck.sideOrEmpty(match.Proposed).url, im.deck.sideOrEmpty(match.DecidedNew).url, noNote}
	}
	newURL, decidedURL := r.cell("new_url"), r.cell("decided_new_url")
	named := decidedURL
	_, hasNew := r.cells["new_url"]
	changed := hasNew && newURL != "" && newURL != base.newURL
	note := im.noteOf(r, base, match)
	if verdict == base.verdict && !changed && decidedURL == base.decidedURL {
		switch {
		case note == match.Note:
			return unchanged()
		case match.Decision == "":
			return refuse("note-without-word")
		}
		// The word stays as it is in the project; only the note is new.
		return inventory.Decision{Old: key, Verdict: match.Decision, New: match.DecidedNew, Note: note}, true
	}
	switch {
	case changed && decidedURL != "" && decidedURL != newURL && verdict != "":
		if decidedURL == base.decidedURL {
			named = newURL // only new_url was touched
			break
		}
		return refuse("two-pages")
	case changed:
		named = newURL
	}
	wantsPage := verdict == inventory.Accept || verdict == inventory.Pick
	if verdict == "" && named != "" && (changed || decidedURL != base.decidedURL) {
		verdict, wantsPage = inventory.Pick, true
	}
	if verdict == "" {
		if !known || base.verdict == "" {
			return unchanged()
		}
		named = ""
	}
	if named != "" && !wantsPage {
		// A page that stands there from an earlier word is not named anew.
		if changed || decidedURL != base.decidedURL {
			return refuse("page-and-word", r.cell("decision"))
		}
		named = ""
	}
	dec := inventory.Decision{Old: key, Verdict: verdict, Note: note}
	if wantsPage {
		if named == "" && verdict == inventory.Accept {
			named = base.newURL
		}
		if named == "" {
			return refuse(verdict + "-empty")
		}
		to, ok := im.new[named]
		if !ok || im.deck.fresh[to] == nil {
			return refuse("unknown-new", named)
		}
		dec.New = to
		switch {
		case to == match.Proposed:
			dec.Verdict = inventory.Accept
		case named != base.newURL:
			dec.Verdict = inventory.Pick
		}
	}
	if dec.Verdict == match.Decision && dec.New == match.DecidedNew && note == match.Note {
		return unchanged()
	}
	if at := im.deck.sideOrEmpty(match.DecidedNew).url; match.Decision != base.verdict || at != "" && at != base.decidedURL {
		now := im.texts.t("view.open")
		if match.Decision != "" {
			now = im.texts.t("word." + match.Decision)
		}
		return refuse("decided-since", now)
	}
	return dec, true
}

// noteOf is the note that a row leaves: that of the sheet where it was changed there,
// else that of the project.
func (im *importer) noteOf(r sheetRow, base memory, match inventory.Match) string {
	note, there := r.cell("note"), false
	if _, there = r.cells["note"]; !there {
		return match.Note
	}
	if note == "" && (base.note == noNote || base.note == "") || note != "" && noteSum(note) == base.note {
		return match.Note
	}
	return note
}

// store writes what was given.
func (im *importer) store(ctx context.Context, strict bool) (ImportReport, error) {
	var list []inventory.Decision
	now := time.Now()
	for key, g := range im.given {
		if im.bad[key] {
			continue
		}
		g.decision.By, g.decision.At = im.deck.by, now
		list = append(list, g.decision)
		if g.doubt != nil {
			im.report.Problems = append(im.report.Problems, *g.doubt)
		}
	}
	slices.SortFunc(list, func(a, b inventory.Decision) int { return strings.Compare(string(a.Old), string(b.Old)) })
	slices.SortStableFunc(im.report.Problems, func(a, b Problem) int { return a.Line - b.Line })
	if strict && len(im.report.Problems) > 0 {
		return im.report, fmt.Errorf("%w: %d of %d rows have a problem", ErrRefused, len(im.report.Problems), im.report.Rows)
	}
	if err := im.deck.project.Decide(ctx, list...); err != nil {
		return im.report, fmt.Errorf("storing the decisions of the sheet: %w", err)
	}
	im.report.Saved = len(list)
	return im.report, nil
}
