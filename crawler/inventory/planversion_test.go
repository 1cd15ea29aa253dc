package inventory

import (
	"errors"
	"testing"
	"time"
)

func TestPlanVersions(t *testing.T) {
	p := newProject(t)
	at := time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)
	save := func(content string) PlanVersion {
		t.Helper()
		v, err := p.SavePlanVersion(t.Context(), at, `{"way":"C"}`, []byte(content))
		check(t, err)
		return v
	}
	equal(t, "the first", PlanVersion{Number: 1, MadeAt: at, Summary: `{"way":"C"}`, Same: 1}, save("a"))
	equal(t, "the same again", 1, save("a").Same)
	equal(t, "another", PlanVersion{Number: 3, MadeAt: at, Summary: `{"way":"C"}`, Same: 3}, save("b\x00\xff"))
	equal(t, "as before the last", PlanVersion{Number: 4, MadeAt: at, Summary: `{"way":"C"}`, Same: 4}, save("a"))
	equal(t, "and again", 4, save("a").Same)
	contents := func() int {
		var n int
		check(t, p.reader.QueryRow(`SELECT count(*) FROM plan_content`).Scan(&n))
		return n
	}
	equal(t, "contents", 2, contents())
	got, err := p.PlanVersionContent(t.Context(), 3)
	check(t, err)
	equal(t, "the third", "b\x00\xff", string(got))
	for _, n := range []int{0, 6, -1} {
		if _, err := p.PlanVersionContent(t.Context(), n); !errors.Is(err, ErrNoVersion) {
			t.Errorf("version %d: %v", n, err)
		}
	}
	// The first stays, and the newest.
	for i := range 2 * KeptPlanVersions {
		save(string(rune('c' + i)))
	}
	list, err := p.PlanVersions(t.Context())
	check(t, err)
	equal(t, "versions kept", KeptPlanVersions+1, len(list))
	equal(t, "contents kept", KeptPlanVersions+1, contents())
	equal(t, "the oldest", 1, list[0].Number)
	equal(t, "the second oldest", 6+KeptPlanVersions, list[1].Number)
	equal(t, "the newest", 5+2*KeptPlanVersions, list[len(list)-1].Number)
	equal(t, "the next", 6+2*KeptPlanVersions, save("z").Number)
	if _, err := p.PlanVersionContent(t.Context(), 3); !errors.Is(err, ErrNoVersion) {
		t.Errorf("a version that went: %v", err)
	}
}
