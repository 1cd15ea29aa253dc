package planner

import (
	"context"
	"fmt"
	"strconv"

	"replatform/crawler/inventory"
	"replatform/redirects/verify"
)

// Proofs reads the answers of the project that prove or refute the rows of a plan, by old
// address: of each the strongest kind, the newest one. An answer that was asked for
// another target than the row has now, because the plan was made anew since, is left out.
func Proofs(ctx context.Context, project *inventory.Project, rows []inventory.PlanRow) (map[string]inventory.Proof, error) {
	wanted := make(map[string]verify.Expect, len(rows))
	for _, r := range rows {
		if e, ok := expectOf(r); ok {
			wanted[r.OldURL] = e
		}
	}
	proofs := map[string]inventory.Proof{}
	err := project.Proofs(ctx, func(p inventory.Proof) error {
		if e, ok := wanted[p.OldURL]; ok && answers(p, e) {
			proofs[p.OldURL] = p
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading proofs: %w", err)
	}
	return proofs, nil
}

// AskedFor is what an address is expected to answer, as inventory.Proof.AskedFor has it.
func AskedFor(e verify.Expect) string {
	if e.NewURL == "" {
		return strconv.Itoa(e.Status)
	}
	return e.NewURL
}

// answers says whether a proof was asked for what e wants.
func answers(p inventory.Proof, e verify.Expect) bool {
	want := AskedFor(e)
	if p.AskedFor == want {
		return true
	}
	a, ok := verify.Identity(p.AskedFor)
	b, same := verify.Identity(want)
	return ok && same && a == b
}
