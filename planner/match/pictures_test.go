package match

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"replatform/planner/match/internal/pairing"
	"replatform/planner/match/internal/synth"
)

// illustrated is a move of a made-up shop, with pictures and without them.
func illustrated(t *testing.T, pictures bool) (old, new []Item, truth []int32) {
	t.Helper()
	m := synth.Unseen(6, 77, 200)
	if err := m.Picture(77); err != nil {
		t.Fatal(err)
	}
	items := func(rs []pairing.Record) (out []Item) {
		for i := range rs {
			it := itemOf(&rs[i])
			if pictures {
				it.ImageHash = rs[i].Picture
			}
			out = append(out, it)
		}
		return out
	}
	return items(m.Old), items(m.New), m.Truth
}

// TestPicturesAreExplained looks at a move in which pictures weigh: the answers do not
// depend on the workers, and every pair whose pictures are the same says so.
func TestPicturesAreExplained(t *testing.T) {
	old, new, truth := illustrated(t, true)
	r, err := Match(t.Context(), old, new, Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	again, err := Match(t.Context(), old, new, Options{Workers: 3})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r, again); d != "" {
		t.Errorf("the workers change the answer:\n%s", d)
	}
	said := map[string]int{}
	var own int
	for i, p := range r.Pairs {
		for _, e := range p.Evidence {
			said[e.Code]++
			if e.Code == SamePicture && p.New == int(truth[i]) {
				own = i
			}
		}
	}
	for _, code := range []string{SamePicture, SharedPicture, OtherPicture} {
		if said[code] == 0 {
			t.Errorf("no pair has the evidence %q: %v", code, said)
		}
	}
	reason := Reason(r.Pairs[own].Evidence, "en")
	if ja := Reason(r.Pairs[own].Evidence, "ja"); !strings.Contains(reason, "same picture") || !strings.Contains(ja, "画像が同じ") {
		t.Errorf("%q, %q", reason, ja)
	}
	x, err := Explain(t.Context(), old, new, Options{}, own)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r.Pairs[own], x.Pair); d != "" {
		t.Errorf("the explained answer is not the given one:\n%s", d)
	}
	if x.Pictures.Certain < LeastSigns || !x.Pictures.Weighs {
		t.Errorf("learnt from %+v", x.Pictures)
	}
	k := slices.IndexFunc(x.Candidates, func(c Considered) bool { return c.New == x.Pair.New })
	if k < 0 || !slices.ContainsFunc(x.Candidates[k].Weights, func(w Weight) bool { return w.Theme == "picture" && w.Among > 0.5 }) {
		t.Errorf("the picture weighs nothing: %+v", x.Candidates)
	}
}

// TestPlaceholdersSayNothing gives every page the one picture that stands for none, and
// hashes that are none: the answers are those without pictures.
func TestPlaceholdersSayNothing(t *testing.T) {
	old, new, _ := illustrated(t, false)
	plain, err := Match(t.Context(), old, new, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, hash := range map[string]string{"a placeholder": "00112233445566778899aabbccddeeff", "no hash": "blue", "too short": "0011"} {
		for _, list := range [][]Item{old, new} {
			for i := range list {
				list[i].ImageHash = hash
			}
		}
		got, err := Match(t.Context(), old, new, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(plain, got); d != "" {
			t.Errorf("%s changes the answers:\n%s", name, d)
		}
	}
}

// TestFewPicturesBreakTies has too few pairs to learn from: of two candidates that are
// as likely the one with the same picture is taken, and nothing else changes.
func TestFewPicturesBreakTies(t *testing.T) {
	var old, new []Item
	for i, w := range []string{"急須", "湯呑み", "茶筒", "茶托", "盆", "鉄瓶"} {
		old = append(old, Item{URL: fmt.Sprintf("https://old.example/%d", i), Title: "備前焼 " + w, Price: fmt.Sprint(1000 + i*700), ImageHash: fmt.Sprintf("%016x", uint64(i+1)*0x0f0f33335555)})
		new = append(new, Item{URL: fmt.Sprintf("https://new.example/item/%c", rune(0x61+i)), Title: "備前焼 " + w, Price: fmt.Sprint(1000 + i*700)})
	}
	// Two pages that nothing but the picture tells apart.
	new = append(new, Item{URL: "https://new.example/item/z", Title: new[0].Title, Price: new[0].Price, ImageHash: old[0].ImageHash})
	x, err := Explain(t.Context(), old, new, Options{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if x.Pictures.Certain >= LeastSigns || x.Pictures.Weighs {
		t.Errorf("learnt from %+v", x.Pictures)
	}
	if got := x.Candidates[0]; x.Pair.New >= 0 && x.Pair.New != len(new)-1 || x.Pair.New < 0 && x.Pair.RunnerUp != len(new)-1 {
		t.Errorf("the page with the same picture is not preferred: %+v, first candidate %+v", x.Pair, got)
	}
}
