package planner

import (
	"context"
	"fmt"
	"time"

	"replatform/crawler/inventory"
	"replatform/redirects/verify"
)

// Change is an old address that answers otherwise than it did.
type Change struct {
	OldURL   string         `json:"old_url"`
	Kind     string         `json:"kind"` // broke, mended, other
	Before   verify.Problem `json:"before,omitempty"`
	Now      verify.Problem `json:"now,omitempty"`
	Status   int            `json:"status"` // of the first answer, now
	Location string         `json:"location,omitempty"`
	Since    time.Time      `json:"since"` // when the answer before was given
}

// Kinds of Change.
const (
	Broke  = "broke"  // was as planned, is not any more
	Mended = "mended" // was not, and is now
	Other  = "other"  // is wrong in another way, or leads elsewhere
)

// changed compares an answer with the one before; ok is false where they are the same
// or there is none.
func changed(before map[string]inventory.Proof, r verify.Result) (c Change, ok bool) {
	p, ok := before[r.OldURL]
	if !ok {
		return c, false
	}
	c = Change{OldURL: r.OldURL, Before: verify.Problem(p.Problem), Now: r.Problem, Status: r.FirstStatus, Location: r.Location, Since: p.CheckedAt}
	switch {
	case p.OK && !r.OK():
		c.Kind = Broke
	case !p.OK && r.OK():
		c.Kind = Mended
	case c.Before != c.Now || p.Status != r.FirstStatus || p.Location != r.Location:
		c.Kind = Other
	default:
		return c, false
	}
	return c, true
}

// answersBefore are the newest answers that came before a moment.
func answersBefore(ctx context.Context, project *inventory.Project, moment time.Time) (map[string]inventory.Proof, error) {
	before := map[string]inventory.Proof{}
	err := project.ProofsBefore(ctx, moment, func(p inventory.Proof) error {
		if have, ok := before[p.OldURL]; !ok || p.CheckedAt.After(have.CheckedAt) {
			before[p.OldURL] = p
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the answers before: %w", err)
	}
	return before, nil
}
