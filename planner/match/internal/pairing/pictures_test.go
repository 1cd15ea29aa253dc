package pairing

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/crawler/catalog"
	"replatform/crawler/picture"
)

func TestPictureLevels(t *testing.T) {
	const (
		shirt  = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
		shirt2 = "0f1e2d3c4b5a69788796a5b4c3d2e1f3" // two bits from it
		mug    = "f0f0f0f0f0f0f0f01234123412341234"
		none   = "00000000000000000000000000000000"
		short  = "0f1e2d3c4b5a6978"
	)
	rec := func(side string, n int, hash string) Record {
		return Record{URL: fmt.Sprintf("https://%s.example/%d", side, n), Title: fmt.Sprintf("thing %d", n), Picture: hash}
	}
	old := List{rec("old", 0, shirt), rec("old", 1, mug), rec("old", 2, none), rec("old", 3, ""), rec("old", 4, short), rec("old", 5, "f"+mug[1:31]+"5")}
	for n := range maxShared + 1 {
		old = append(old, rec("old", 10+n, none))
	}
	new := List{rec("new", 0, shirt2), rec("new", 1, mug), rec("new", 2, none), rec("new", 3, shirt)}
	new = append(new, Record{URL: "https://new.example/c", Type: catalog.Category, Title: "shirts", Picture: shirt})
	m, err := Prepare(t.Context(), old, new, nil, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !m.HasPictures() {
		t.Fatal("no pictures")
	}
	type answer struct {
		Level SignLevel
		Pages int
	}
	got := map[string]answer{}
	ask := func(name string, i int, j int32) {
		l, n := m.Pictures(i, j)
		got[name] = answer{l, n}
	}
	ask("nearly the same, two new pages show it", 0, 0)
	ask("another", 0, 1)
	ask("the same, an alike one on another old page", 1, 1)
	ask("a placeholder", 2, 2)
	ask("a picture against a placeholder", 2, 1)
	ask("none", 3, 1)
	ask("of another length", 4, 0)
	ask("a category", 0, 4)
	want := map[string]answer{
		"nearly the same, two new pages show it":     {SignSame, 2},
		"another":                                    {SignOther, 1},
		"the same, an alike one on another old page": {SignSame, 2},
		"a placeholder":                              {SignUnknown, maxShared + 2},
		"a picture against a placeholder":            {SignUnknown, maxShared + 2},
		"none":                                       {SignUnknown, 0},
		"of another length":                          {SignUnknown, 0},
		"a category":                                 {SignUnknown, 0},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if m, err := Prepare(t.Context(), old, List{rec("new", 0, "")}, nil, 1, nil); err != nil || m.HasPictures() {
		t.Errorf("only one shop has pictures: %v, %v", m.HasPictures(), err)
	}
}

// TestCountPicturesBounded keeps the work bounded where very many
// hashes share a part.
func TestCountPicturesBounded(t *testing.T) {
	var hs []picture.Hash
	for n := range 5000 {
		h, ok := picture.Parse(fmt.Sprintf("0000000000000000%016x", uint64(n)*0x9e3779b97f4a7c15))
		if !ok {
			t.Fatal(n)
		}
		hs = append(hs, h)
	}
	for i, n := range countPictures(hs) {
		if n != 1 {
			t.Fatalf("page %d: %d", i, n)
		}
	}
}

func TestSignLevelCompare(t *testing.T) {
	order := []SignLevel{SignOther, SignUnknown, SignSame, SignOwn}
	for i := range order {
		for j := range order {
			if got, want := order[i].Compare(order[j]) > 0, i > j; got != want {
				t.Errorf("%d over %d: %v", order[i], order[j], got)
			}
		}
	}
}
