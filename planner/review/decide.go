package review

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

// word is what the reviewer said of one row.
type word struct {
	Old     catalog.Key `json:"old"`
	Verdict string      `json:"verdict"` // empty takes an earlier word back
	New     catalog.Key `json:"new"`     // accept: the proposal that was on the screen; pick: the page
}

// refusal is a word that cannot be stored, and why, as a key of the texts.
type refusal struct {
	reason string
	status int
}

func (r refusal) Error() string { return "refused: " + r.reason }

var (
	errUnknownRow  error = refusal{"error.unknown-row", http.StatusUnprocessableEntity}
	errUnknownPage error = refusal{"error.unknown-page", http.StatusUnprocessableEntity}
	errBadVerdict  error = refusal{"error.bad-verdict", http.StatusUnprocessableEntity}
	errNothing     error = refusal{"error.nothing", http.StatusUnprocessableEntity}
	errNoWord      error = refusal{"error.no-word", http.StatusUnprocessableEntity}
	errChanged     error = refusal{"error.changed", http.StatusConflict}
)

// decision checks a word against what is known.
func (d *deck) decision(w word, now time.Time) (inventory.Decision, error) {
	r := d.byOld[w.Old]
	if r == nil {
		return inventory.Decision{}, errUnknownRow
	}
	dec := inventory.Decision{Old: w.Old, Verdict: w.Verdict, New: w.New, By: d.by, At: now, Note: r.match.Note}
	switch w.Verdict {
	case inventory.Accept:
		if w.New == "" {
			return dec, errNothing
		}
		if w.New != r.match.Proposed {
			return dec, errChanged
		}
		fallthrough
	case inventory.Pick:
		if d.fresh[w.New] == nil {
			return dec, errUnknownPage
		}
	case inventory.Reject, inventory.Gone, inventory.Ignore, "":
		dec.New = ""
	default:
		return dec, errBadVerdict
	}
	return dec, nil
}

// before is the present word on a row, in the form that brings it back.
func (r *row) before() inventory.Decision {
	m := r.match
	dec := inventory.Decision{Old: m.Old, Verdict: m.Decision, New: m.DecidedNew, By: m.DecidedBy, At: m.DecidedAt, Note: m.Note}
	if m.Decision == inventory.Reject && m.DecidedOn != m.Proposed {
		// It spoke of another proposal. Stored again it would speak of this one.
		return inventory.Decision{Old: m.Old}
	}
	return dec
}

// decide stores words, all or none; each is a step of its own that can be taken back.
func (d *deck) decide(ctx context.Context, words []word) error {
	now := time.Now()
	list := make([]inventory.Decision, 0, len(words))
	for _, w := range words {
		dec, err := d.decision(w, now)
		if err != nil {
			return err
		}
		list = append(list, dec)
	}
	if err := d.project.Decide(ctx, list...); err != nil {
		return fmt.Errorf("storing %d words: %w", len(list), err)
	}
	for _, dec := range list {
		d.remember([]inventory.Decision{d.byOld[dec.Old].before()})
		d.decided(dec)
	}
	return nil
}

// note stores why, beside the word on a row; it is a step that can be taken back. A row
// without a word has no place for it.
func (d *deck) note(ctx context.Context, old catalog.Key, text string) error {
	r := d.byOld[old]
	switch {
	case r == nil:
		return errUnknownRow
	case r.match.Decision == "":
		return errNoWord
	}
	before := r.before()
	dec := before
	if dec.Verdict == "" { // the word spoke of another proposal
		return errNoWord
	}
	dec.Note = text
	if err := d.project.Decide(ctx, dec); err != nil {
		return fmt.Errorf("storing a note: %w", err)
	}
	d.remember([]inventory.Decision{before})
	d.decided(dec)
	return nil
}

// decideGroup gives one word on all open rows of a group. want is how many the
// reviewer was told there are; a different number is refused.
func (d *deck) decideGroup(ctx context.Context, id, verdict string, want int) (int, error) {
	g := d.groups[id]
	if g == nil || verdict == "" || verdict == inventory.Pick {
		return 0, errBadVerdict
	}
	rows := g.openRows()
	if len(rows) != want {
		return 0, errChanged
	}
	now := time.Now()
	var list, before []inventory.Decision
	for _, r := range rows {
		dec, err := d.decision(word{Old: r.match.Old, Verdict: verdict, New: r.match.Proposed}, now)
		if err != nil {
			return 0, err
		}
		list, before = append(list, dec), append(before, r.before())
	}
	if err := d.project.Decide(ctx, list...); err != nil {
		return 0, fmt.Errorf("storing the word on a group of %d: %w", len(list), err)
	}
	d.remember(before)
	for _, dec := range list {
		d.decided(dec)
	}
	return len(list), nil
}

func (d *deck) remember(step []inventory.Decision) {
	if len(d.done) == maxUndo {
		d.done = d.done[1:]
	}
	d.done = append(d.done, step)
}

// errNoUndo: there is no step that could be taken back.
var errNoUndo = errors.New("nothing to undo")

// undo takes the last step back and says which rows it concerned.
func (d *deck) undo(ctx context.Context) ([]catalog.Key, error) {
	if len(d.done) == 0 {
		return nil, errNoUndo
	}
	step := d.done[len(d.done)-1]
	if err := d.project.Decide(ctx, step...); err != nil {
		return nil, fmt.Errorf("taking back a step: %w", err)
	}
	d.done = d.done[:len(d.done)-1]
	var keys []catalog.Key
	for _, dec := range step {
		if d.byOld[dec.Old] != nil { // it may have vanished in a reload
			d.decided(dec)
			keys = append(keys, dec.Old)
		}
	}
	return keys, nil
}
