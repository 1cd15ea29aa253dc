package planner

import (
	"context"
	"fmt"
	"strconv"

	"replatform/crawler/inventory"
	"replatform/redirects/verify"
)

// OwnRedirector stands in inventory.Proof.Engine for this program's own redirector.
const OwnRedirector = "replatform"

// Words of ProofState beside those of inventory.PlanRow.Proof. OtherEngine is the
// beginning of a word, the engine's id follows.
const (
	TestMachine = "machine" // a machine answered that nobody has said more of
	OtherEngine = "engine:" // an engine answered that does not carry the row
)

// ProofState says how a row is proven by an answer that is right: none, modelled, engine,
// live, or one of the words above. A row is proven on the engine only if the engine was
// asked that carries it.
func ProofState(r inventory.PlanRow, p inventory.Proof) string {
	switch {
	case p.Kind != proofEngine:
		return p.Kind
	case p.Engine == "" || r.Action == ActionKeep: // a page that is kept is no engine's answer
		return TestMachine
	case p.Engine == r.Carrier:
		return proofEngine
	}
	return OtherEngine + p.Engine
}

// proofRank orders the answers to one address: live ones before those of the carrier of
// the row, and those before all others.
func proofRank(r inventory.PlanRow, p inventory.Proof) int {
	switch ProofState(r, p) {
	case proofLive:
		return 2
	case proofEngine:
		return 1
	}
	return 0
}

// outweighs says whether an answer counts rather than one that inventory.Proofs handed
// out before it. A machine that nobody has named may be the carrier: a newer answer of it
// counts where it says otherwise.
func outweighs(r inventory.PlanRow, p, before inventory.Proof) bool {
	if ProofState(r, p) == TestMachine && ProofState(r, before) == proofEngine {
		return p.OK != before.OK
	}
	return proofRank(r, p) >= proofRank(r, before)
}

// Proofs reads the answers of the project that prove or refute the rows of a plan, by old
// address: of each that of the strongest kind, the newest one. An answer that was asked
// for another target than the row has now, because the plan was made anew since, is left
// out.
func Proofs(ctx context.Context, project *inventory.Project, rows []inventory.PlanRow) (map[string]inventory.Proof, error) {
	at := make(map[string]int, len(rows))
	for i, r := range rows {
		at[r.OldURL] = i
	}
	proofs := map[string]inventory.Proof{}
	err := project.Proofs(ctx, func(p inventory.Proof) error {
		i, ok := at[p.OldURL]
		if !ok {
			return nil
		}
		if e, ok := expectOf(rows[i]); !ok || !answers(p, e) {
			return nil
		}
		if have, ok := proofs[p.OldURL]; !ok || outweighs(rows[i], p, have) {
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
