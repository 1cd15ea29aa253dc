package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"replatform/crawler/inventory"
	"replatform/planner"
)

// MapHeader is the header of redirect-map.csv.
func MapHeader() []string {
	return []string{"old_url", "new_url", "action", "status", "match_class", "confidence", "method", "reason",
		"page_type", "old_title", "new_title", "clicks", "impressions", "sessions", "revenue", "linking_sites",
		"sources", "priority", "needs_review", "decided_by", "checked_status", "checked_hops", "checked_final",
		"checked_at", "carrier", "strength", "proof", "note"}
}

// MapCSV writes every row of the redirect map, with the reason in the language
// "ja" or "en": UTF-8 with a byte order mark, so that a Japanese Excel reads it, and
// with a leading apostrophe where a cell would be taken for a formula.
func MapCSV(w io.Writer, p *planner.Plan, proofs map[string]inventory.Proof, lang string) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write(MapHeader()); err != nil {
		return err
	}
	for _, r := range p.Rows {
		reason, note := r.Reason, r.Note
		if lang == "ja" {
			reason, note = r.ReasonJA, r.NoteJA
		}
		worth := p.WorthOf(r.OldKey)
		proof, proven := proofs[r.OldURL]
		checked := []string{"", "", "", ""}
		state := r.Proof
		if proven {
			checked = []string{digits(proof.Status), strconv.Itoa(proof.Hops), proof.Final, proof.CheckedAt.UTC().Format(time.RFC3339)}
			if proof.OK {
				state = planner.ProofState(r, proof)
			}
		}
		row := []string{guard(r.OldURL), guard(r.NewURL), r.Action, digits(r.Status), string(r.Class), confidence(r.Confidence), r.Method, guard(reason),
			string(r.Type), guard(r.OldTitle), guard(r.NewTitle), worth.Clicks, worth.Impressions, worth.Sessions, worth.Revenue, worth.LinkingSites,
			strings.Join(r.Sources, " "), r.Priority, strconv.FormatBool(r.NeedsReview), guard(r.DecidedBy)}
		row = append(row, checked...)
		row = append(row, r.Carrier, r.Strength, state, guard(note))
		if err := out.Write(row); err != nil {
			return fmt.Errorf("writing the map: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

func digits(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func confidence(f float64) string {
	if f == 0 {
		return ""
	}
	return strconv.FormatFloat(f, 'f', 3, 64)
}

// guard keeps a spreadsheet from taking text of a shop for a formula: a cell that
// begins with one of these characters, which may be of full width, gets an apostrophe
// (https://owasp.org/www-community/attacks/CSV_Injection).
func guard(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + s
	}
	return s
}
