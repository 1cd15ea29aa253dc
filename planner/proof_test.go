package planner

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/inventory"
	"replatform/redirects/verify"
)

// An answer proves the target that it was asked for, not the one that a later plan wants.
func TestProofsBelongToTheirTarget(t *testing.T) {
	ctx := t.Context()
	project, err := inventory.Open(ctx, filepath.Join(t.TempDir(), "shop.replatform"), inventory.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer project.Close()
	const old = "https://old.example/?pid="
	rows := []inventory.PlanRow{
		{OldURL: old + "1", NewURL: "https://new.example/a", Action: ActionRedirect, Status: 301, Carrier: "nginx"},
		{OldURL: old + "2", NewURL: "https://new.example/茶", Action: ActionRedirect, Status: 301},
		{OldURL: old + "3", Action: ActionGone, Status: 410},
		{OldURL: old + "4", NewURL: old + "4", Action: ActionKeep},
		{OldURL: old + "5", NewURL: "https://new.example/b", Action: ActionAsk},
		{OldURL: old + "6", NewURL: "https://new.example/c", Action: ActionRedirect, Status: 301},
	}
	at := time.Now().UTC().Truncate(time.Millisecond)
	proof := func(n, asked, kind string, ok bool) inventory.Proof {
		return inventory.Proof{OldURL: old + n, Kind: kind, OK: ok, CheckedAt: at, AskedFor: asked}
	}
	stored := []inventory.Proof{
		proof("1", "https://new.example/a", proofEngine, true),
		proof("1", "https://staging.example/a", proofLive, true), // newer kind, other target
		proof("2", "https://new.example/%E8%8C%B6", proofLive, false),
		proof("3", "410", proofLive, true),
		proof("4", "200", proofLive, true),
		proof("5", "https://new.example/b", proofLive, true), // the plan asks a person now
		proof("6", "", proofLive, true),                      // of a program that did not note it
		proof("7", "410", proofLive, true),                   // in no row
	}
	if err := project.SaveProofs(ctx, stored); err != nil {
		t.Fatal(err)
	}
	got, err := Proofs(ctx, project, rows)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]inventory.Proof{old + "1": stored[0], old + "2": stored[2], old + "3": stored[3], old + "4": stored[4]}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("proofs (-want +got):\n%s", diff)
	}
	// What was right for another target is asked again.
	expects := make([]verify.Expect, 0, len(rows))
	for _, r := range rows {
		if e, ok := expectOf(r); ok {
			expects = append(expects, e)
		}
	}
	left, err := leaveOut(ctx, project, expects, VerifyOptions{Since: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	var asked []string
	for _, e := range left {
		asked = append(asked, e.OldURL)
	}
	if diff := cmp.Diff([]string{old + "1", old + "2", old + "6"}, asked); diff != "" {
		t.Errorf("asked again (-want +got):\n%s", diff)
	}
}

// An answer proves the engine that gave it: the plan says so of a row only where that is
// the row's own carrier.
func TestProofsBelongToTheirEngine(t *testing.T) {
	ctx := t.Context()
	project, err := inventory.Open(ctx, filepath.Join(t.TempDir(), "shop.replatform"), inventory.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer project.Close()
	const old, target = "https://old.example/?pid=", "https://new.example/a"
	at := time.Now().UTC().Truncate(time.Millisecond)
	var stored []inventory.Proof
	answer := func(n, kind, engine string, minute int, ok bool) {
		stored = append(stored, inventory.Proof{OldURL: old + n, Kind: kind, Engine: engine, OK: ok, CheckedAt: at.Add(time.Duration(minute) * time.Minute), AskedFor: target})
	}
	answer("1", proofEngine, "haproxy", 1, true)
	answer("2", proofEngine, "nginx", 1, true)
	answer("2", proofEngine, "haproxy", 2, false) // newer, of no concern to nginx
	answer("3", proofEngine, "haproxy", 1, true)
	answer("3", proofEngine, "", 2, true)
	answer("4", proofEngine, OwnRedirector, 1, true)
	answer("5", proofEngine, "nginx", 2, true)
	answer("5", proofLive, "", 1, true)
	answer("6", proofEngine, "nginx", 1, true)
	answer("6", proofEngine, "nginx", 2, false)
	answer("7", proofEngine, "nginx", 1, true)
	answer("7", proofEngine, "", 2, true) // says the same
	answer("8", proofEngine, "nginx", 1, false)
	answer("8", proofEngine, "", 2, true) // may be nginx, mended
	if err := project.SaveProofs(ctx, stored); err != nil {
		t.Fatal(err)
	}
	var rows []inventory.PlanRow
	for _, n := range []string{"1", "2", "3", "4", "5", "6", "7", "8"} {
		rows = append(rows, inventory.PlanRow{OldURL: old + n, NewURL: target, Action: ActionRedirect, Status: 301, Carrier: "nginx"})
	}
	proofs, err := Proofs(ctx, project, rows)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range rows {
		p := proofs[r.OldURL]
		got[r.OldURL[len(old):]] = fmt.Sprint(ProofState(r, p), " ", p.OK)
	}
	want := map[string]string{"1": "engine:haproxy true", "2": "engine true", "3": "machine true", "4": "engine:replatform true", "5": "live true", "6": "engine false", "7": "engine true", "8": "machine true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("proofs (-want +got):\n%s", diff)
	}
}
