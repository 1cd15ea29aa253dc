package planner

import (
	"context"
	"fmt"
	"net/http"

	"replatform/crawler/inventory"
	"replatform/redirects"
	"replatform/redirects/verify"
)

// VerifySummary is what Verify found.
type VerifySummary struct {
	Asked    int       `json:"asked"` // old addresses
	OK       int       `json:"ok"`
	Problems []Problem `json:"problems,omitempty"` // in the order in which they were met
}

// Problem counts the addresses with one kind of wrong answer.
type Problem struct {
	Code    verify.Problem `json:"code"`
	Count   int            `json:"count"`
	Example string         `json:"example"` // an old address
}

// Text is what the problem means.
func (p Problem) Text() Text { return textOf(p.Code.Text()) }

func textOf(t redirects.Text) Text { return text(t.JA, t.EN) }

func (s *VerifySummary) add(r verify.Result) {
	s.Asked++
	if r.OK() {
		s.OK++
		return
	}
	for i := range s.Problems {
		if s.Problems[i].Code == r.Problem {
			s.Problems[i].Count++
			return
		}
	}
	s.Problems = append(s.Problems, Problem{Code: r.Problem, Count: 1, Example: r.OldURL})
}

// proofBatch is how many answers are stored at once.
const proofBatch = 500

// Verify asks every old address of the plan that is redirected, gone or kept, and
// stores the answers as live proof. What has been asked when ctx ends is stored too.
func Verify(ctx context.Context, project *inventory.Project, opts verify.Options, progress func(done, total int)) (VerifySummary, error) {
	var expects []verify.Expect
	err := project.Plan(ctx, func(r inventory.PlanRow) error {
		e := verify.Expect{OldURL: r.OldURL, NewURL: r.NewURL, Status: r.Status}
		switch r.Action {
		case ActionRedirect, ActionGone:
		case ActionKeep:
			e.NewURL, e.Status = "", http.StatusOK
		default:
			return nil
		}
		expects = append(expects, e)
		return nil
	})
	if err != nil {
		return VerifySummary{}, fmt.Errorf("reading the plan: %w", err)
	}
	var (
		sum      VerifySummary
		batch    []inventory.Proof
		storeErr error
		store    = context.WithoutCancel(ctx)
	)
	ask, cancel := context.WithCancel(ctx)
	defer cancel()
	flush := func() {
		if err := project.SaveProofs(store, batch); err != nil && storeErr == nil {
			storeErr = fmt.Errorf("storing proofs: %w", err)
			cancel()
		}
		batch = batch[:0]
	}
	rows := func(yield func(verify.Expect, error) bool) {
		for _, e := range expects {
			if !yield(e, nil) {
				return
			}
		}
	}
	err = verify.Run(ask, opts, rows, func(r verify.Result) {
		sum.add(r)
		batch = append(batch, proofOf(r))
		if progress != nil {
			progress(sum.Asked, len(expects))
		}
		if len(batch) >= proofBatch {
			flush()
		}
	})
	flush()
	if storeErr != nil {
		return sum, storeErr
	}
	return sum, err
}

func proofOf(r verify.Result) inventory.Proof {
	return inventory.Proof{
		OldURL: r.OldURL, Kind: "live", Status: r.FirstStatus, Location: r.Location, Hops: len(r.Hops),
		Final: r.FinalURL, FinalCode: r.FinalStatus, OK: r.OK(), Problem: string(r.Problem), CheckedAt: r.CheckedAt.UTC(),
	}
}
