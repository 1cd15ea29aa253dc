package review

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner"
	"replatform/planner/match"
)

// AuditRow is a pair that is used without review, as an audit shows it.
type AuditRow struct {
	OldURL, OldTitle, OldPrice string
	NewURL, NewTitle, NewPrice string
	Class                      string
	Confidence                 float64
	Reason                     string
}

// AuditColumns are the columns of the sheet of an audit, in order.
//
//	number                          from 1, in the order of the draw
//	old_url, old_title, old_price   the old page
//	new_url, new_title, new_price   where it is led without review
//	class, confidence, reason       of the pair
//	right                           to fill in: yes or no, はい or いいえ
//	note                            for the auditor; not read
//	audit                           "SAMPLE of POPULATION, seed SEED": what was drawn
func AuditColumns() []string {
	return []string{"number", "old_url", "old_title", "old_price", "new_url", "new_title", "new_price", "class", "confidence", "reason", "right", "note", "audit"}
}

// AuditedRows are the pairs of a project that are used without review: no person
// settled them, and none is asked to. Reasons are in the language "ja" or "en".
func AuditedRows(ctx context.Context, project *inventory.Project, lang string) ([]AuditRow, error) {
	d, err := openDeck(ctx, project, "")
	if err != nil {
		return nil, err
	}
	var out []AuditRow
	for _, r := range d.rows {
		m, to := r.match, d.fresh[r.match.Proposed]
		if r.old == nil || to == nil || m.NeedsReview || m.Decision != "" {
			continue
		}
		out = append(out, AuditRow{r.old.url, r.old.title, joined(r.old.price, r.old.currency), to.url, to.title, joined(to.price, to.currency),
			string(m.Class), m.Confidence, planner.ReasonOf(m).In(lang)})
	}
	return out, nil
}

// WriteAudit draws n rows at random, all when there are fewer, and writes them as a
// sheet to fill in. The same rows and seed give the same draw, in whatever order the
// rows come. It says how many were drawn.
func WriteAudit(w io.Writer, format Format, rows []AuditRow, n int, seed uint64, lang string) (int, error) {
	texts, err := newWords(lang)
	if err != nil {
		return 0, err
	}
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b AuditRow) int {
		return cmp.Or(cmp.Compare(a.OldURL, b.OldURL), cmp.Compare(a.NewURL, b.NewURL))
	})
	rng := rand.New(rand.NewPCG(seed, 0x6175646974))
	rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	n = min(max(n, 0), len(rows))
	var lines [][]string
	for i, r := range rows[:n] {
		lines = append(lines, []string{strconv.Itoa(i + 1), r.OldURL, r.OldTitle, r.OldPrice, r.NewURL, r.NewTitle, r.NewPrice, r.Class,
			strconv.FormatFloat(r.Confidence, 'f', 3, 64), r.Reason, "", "", fmt.Sprintf("%d of %d, seed %d", n, len(rows), seed)})
	}
	s := &sheet{
		columns: AuditColumns(), lines: lines, name: texts.t("audit.name"), widths: []float64{8, 44, 40, 12, 44, 40, 12, 10, 10, 36, 12, 30, 24},
		mine: []string{"right", "note"}, number: []string{"number", "confidence"}, choice: "right", choices: []string{texts.t("audit.yes"), texts.t("audit.no")},
		help: texts.t("sheet.help"), howTo: [][]any{{texts.t("audit.howto.1")}, {texts.t("audit.howto.2")}, {texts.t("audit.howto.3")}},
	}
	return n, s.write(w, format)
}

// AuditReport is what an audit found.
type AuditReport struct {
	Population int     `json:"population"` // pairs used without review when the sample was drawn; 0 unknown
	Sample     int     `json:"sample"`     // drawn
	Judged     int     `json:"judged"`     // of these, with a word in the column right
	Right      int     `json:"right"`      // of these, right
	Precision  float64 `json:"precision"`  // Right / Judged
	// The true share of right pairs lies between Low and High with a confidence of 95 %
	// (Wilson's interval), if the judged rows are all of the sample or a fair part of it.
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	// Wrong are the addresses of the old pages of wrong pairs.
	Wrong    []string  `json:"wrong"`
	Problems []Problem `json:"problems"`

	pairs []auditedPair // the judged rows
}

// auditedPair is a judged row of an audit as the sheet has it.
type auditedPair struct {
	oldURL, newURL string
	confidence     float64 // when the sample was drawn; 0 unknown
	right          bool
}

// Errors of ReadAudit that a caller can act on.
var (
	// ErrAuditHeader: the sheet has no columns old_url and right.
	ErrAuditHeader = errors.New("the sheet needs the columns old_url and right")
	// ErrNothingJudged: no row has a word in the column right.
	ErrNothingJudged = errors.New("no row has been judged")
)

// ReadAudit reads a sheet of WriteAudit that was filled in. Words of both languages
// are read: yes, y, 1, true, ok, ○, はい and no, n, 0, false, ×, いいえ. Rows with another
// word are reported, and count as not judged.
func ReadAudit(r io.Reader, format Format, lang string) (AuditReport, error) {
	texts, err := newWords(lang)
	if err != nil {
		return AuditReport{}, err
	}
	var rep AuditReport
	seen := map[string]int{}
	problem := func(line int, code string, args ...string) {
		rep.Problems = append(rep.Problems, Problem{Line: line, Code: code, Message: texts.with("audit."+code, args...)})
	}
	pair := func(r sheetRow, right bool) {
		confidence, err := strconv.ParseFloat(r.cell("confidence"), 64)
		if err != nil || !(confidence > 0 && confidence <= 1) { // also not a number
			confidence = 0
		}
		rep.pairs = append(rep.pairs, auditedPair{r.cell("old_url"), r.cell("new_url"), confidence, right})
	}
	row := func(r sheetRow) error {
		if r.broken != "" {
			problem(r.line, "bad-row", r.broken)
			return nil
		}
		url, word := r.cell("old_url"), fold(r.cell("right"))
		if url == "" {
			return nil
		}
		if first, twice := seen[url]; twice {
			problem(r.line, "twice", strconv.Itoa(first))
			return nil
		}
		seen[url] = r.line
		rep.Sample++
		var drawn, population int
		var seed uint64
		if k, _ := fmt.Sscanf(r.cell("audit"), "%d of %d, seed %d", &drawn, &population, &seed); k == 3 {
			rep.Population = max(rep.Population, population)
		}
		switch {
		case word == "":
		case slices.Contains([]string{"yes", "y", "1", "true", "ok", "right", fold("○"), fold("〇"), fold("はい"), fold(texts.t("audit.yes"))}, word):
			rep.Judged++
			rep.Right++
			pair(r, true)
		case slices.Contains([]string{"no", "n", "0", "false", "wrong", "x", fold("×"), fold("いいえ"), fold(texts.t("audit.no"))}, word):
			rep.Judged++
			rep.Wrong = append(rep.Wrong, url)
			pair(r, false)
		default:
			problem(r.line, "unknown-word", r.cell("right"))
		}
		return nil
	}
	form := sheetForm{AuditColumns(), func(has func(string) bool) bool { return has("old_url") && has("right") }, ErrAuditHeader}
	read := readCSV
	if format == XLSX {
		read = readXLSX
	}
	if err := read(r, form, row); err != nil {
		return rep, fmt.Errorf("reading the audit: %w", err)
	}
	if rep.Judged == 0 {
		return rep, ErrNothingJudged
	}
	rep.Precision = float64(rep.Right) / float64(rep.Judged)
	rep.Low, rep.High = match.Wilson(rep.Right, rep.Judged)
	return rep, nil
}

// SavedAudit is what came of the judged rows of an audit in a project.
type SavedAudit struct {
	Stored   int `json:"stored"`    // judged pairs kept with the confidence that they had
	ToReview int `json:"to_review"` // pairs judged wrong that are still proposed: they need review now
}

// SaveAudit stores the judged rows of an audit in the project, with the confidence that
// the sheet says they had when they were drawn. Pairs that are wrong are no longer used
// without review. Rows that are no pair of pages of the project are left out, and right
// ones whose confidence the sheet does not say.
func SaveAudit(ctx context.Context, project *inventory.Project, rep AuditReport, at time.Time) (SavedAudit, error) {
	var out SavedAudit
	var list []inventory.Judged
	wrong := map[catalog.Key]catalog.Key{}
	for _, p := range rep.pairs {
		if p.newURL == "" || p.confidence == 0 && p.right {
			continue
		}
		old, _, err := project.PageByURL(ctx, catalog.Old, p.oldURL)
		fresh := inventory.Page{}
		if err == nil {
			fresh, _, err = project.PageByURL(ctx, catalog.New, p.newURL)
		}
		switch {
		case errors.Is(err, inventory.ErrNoPage):
			continue
		case err != nil:
			return out, fmt.Errorf("finding the pages of an audited pair: %w", err)
		}
		list = append(list, inventory.Judged{Old: old.Key, New: fresh.Key, Confidence: p.confidence, Right: p.right, At: at})
		if p.confidence > 0 {
			out.Stored++
		}
		if !p.right {
			wrong[old.Key] = fresh.Key
		}
	}
	if err := project.SaveSample(ctx, list); err != nil {
		return SavedAudit{}, err
	}
	err := project.Matches(ctx, func(m inventory.Match) error {
		if m.FoundWrong && m.Decision == "" && wrong[m.Old] == m.Proposed {
			out.ToReview++
		}
		return nil
	})
	if err != nil {
		return out, fmt.Errorf("reading pairs: %w", err)
	}
	return out, nil
}
