package synth

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNewIsDeterministic(t *testing.T) {
	if d := cmp.Diff(New(3, 80), New(3, 80)); d != "" {
		t.Errorf("the same seed gives two moves:\n%s", d)
	}
	if cmp.Equal(New(3, 80), New(4, 80)) {
		t.Error("two seeds give the same move")
	}
}

func TestMovesAreSound(t *testing.T) {
	moves := []*Move{Large(1, 3000), Large(2, department+500)}
	for seed := uint64(1); seed <= 40; seed++ {
		moves = append(moves, New(seed, 150))
	}
	if !cmp.Equal(Large(1, 3000), moves[0]) {
		t.Error("the same seed gives two large moves")
	}
	for seed, m := range moves {
		if len(m.Truth) != len(m.Old) || len(m.Old) < 150 {
			t.Fatalf("seed %d: %d answers for %d old pages", seed, len(m.Truth), len(m.Old))
		}
		urls := map[string]bool{}
		for i := range m.Old {
			if urls[m.Old[i].URL] {
				t.Fatalf("seed %d: old address twice: %s", seed, m.Old[i].URL)
			}
			urls[m.Old[i].URL] = true
		}
		for i := range m.New {
			if urls[m.New[i].URL] {
				t.Fatalf("seed %d: new address twice: %s", seed, m.New[i].URL)
			}
			urls[m.New[i].URL] = true
		}
		none := 0
		for i, j := range m.Truth {
			if j < 0 {
				none++
				continue
			}
			if m.Old[i].Type != m.New[j].Type {
				t.Fatalf("seed %d: %s leads to %s", seed, m.Old[i].Type, m.New[j].Type)
			}
		}
		if none == 0 || none == len(m.Truth) {
			t.Errorf("seed %d: %d of %d old pages have no counterpart", seed, none, len(m.Truth))
		}
	}
}
