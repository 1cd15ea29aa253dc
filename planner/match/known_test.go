package match

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func at(items []Item, title string) int {
	return slices.IndexFunc(items, func(it Item) bool { return it.Title == title })
}

func TestWhatPeopleSaidIsAnswered(t *testing.T) {
	old, new := smallOld(), smallNew()
	moved, tin := at(old, "紅茶 わたらせ ティーバッグ 20個入り"), at(new, "ブリキ缶 角型")
	kyusu, kettle := at(old, "急須 常滑焼 朱泥"), at(old, "南部鉄瓶 あられ 1.2L")
	r, err := Match(t.Context(), old, new, Options{Known: []Known{
		{Old: moved, New: tin, Right: true},                      // nothing speaks for it but the word
		{Old: kyusu, New: at(new, "常滑焼急須 朱泥")},                   // wrong, they say
		{Old: kettle, New: -1, Right: true},                      // gone
		{Old: at(old, "湯呑み 藍染付 小"), New: at(new, "湯のみ 藍染付 （大）")}, // wrong
		{Old: at(old, "プライバシーポリシー"), New: at(new, "個人情報保護方針")},   // a rule would say so
		{Old: at(old, "玄米茶 こめの香 200g"), New: -1},                 // says nothing
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Match(t.Context(), old, new, Options{Known: []Known{{Old: 0, New: len(new), Right: true}}}); err == nil {
		t.Error("a page that is not there was taken")
	}
	p := r.Pairs[moved]
	if p.New != tin || p.Confidence != 1 || p.NeedsReview || p.Method != MethodPerson || p.Evidence[0].Code != PersonSaid {
		t.Errorf("the counterpart that was named: %+v", p)
	}
	if p := r.Pairs[kyusu]; p.New == at(new, "常滑焼急須 朱泥") {
		t.Errorf("what was called wrong is proposed again: %+v", p)
	}
	if p := r.Pairs[kettle]; p.New >= 0 || p.Method != MethodPerson || p.NeedsReview || p.Fallback < 0 {
		t.Errorf("the page that is gone: %+v", p)
	}
	if p := r.Pairs[at(old, "プライバシーポリシー")]; p.New >= 0 && new[p.New].Title == "個人情報保護方針" {
		t.Errorf("a rule overrules the person: %+v", p)
	}
	if p := r.Pairs[at(old, "玄米茶 こめの香 200g")]; p.New < 0 || new[p.New].Title != "玄米茶 こめの香 200g" {
		t.Errorf("a word that says nothing changed the answer: %+v", p)
	}
}

// On moves that no model has seen, the words on a third of the pages must not make the
// others worse, and the answer must not depend on the number of workers.
func TestWordsTeachTheRest(t *testing.T) {
	var before, after, pages int
	moves := uint64(4)
	if testing.Short() {
		moves = 1
	}
	for seed := uint64(700_000); seed < 700_000+moves; seed++ {
		old, new, truth := move(seed, 300)
		var known []Known
		for i := 0; i < len(old); i += 3 {
			known = append(known, Known{Old: i, New: int(truth[i]), Right: true})
		}
		plain, err := Match(t.Context(), old, new, Options{})
		if err != nil {
			t.Fatal(err)
		}
		taught, err := Match(t.Context(), old, new, Options{Known: known, Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(known)
		again, err := Match(t.Context(), old, new, Options{Known: known, Workers: 3})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(taught, again); d != "" {
			t.Fatalf("move %d: the order of the words or the workers change the answer:\n%s", seed, d)
		}
		for i := range old {
			if i%3 == 0 {
				continue
			}
			pages++
			if plain.Pairs[i].New == int(truth[i]) {
				before++
			}
			if taught.Pairs[i].New == int(truth[i]) {
				after++
			}
		}
	}
	t.Logf("of %d pages that nobody spoke of %d were right before, %d after", pages, before, after)
	if after < before-pages/200 {
		t.Errorf("the words made the answers worse: %d of %d right, %d before", after, pages, before)
	}
}

func TestExplain(t *testing.T) {
	old, new := smallOld(), smallNew()
	all, err := Match(t.Context(), old, new, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range old {
		x, err := Explain(t.Context(), old, new, Options{}, i)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(all.Pairs[i], x.Pair); d != "" {
			t.Errorf("%s: the explained answer is not the given one:\n%s", old[i].Title, d)
		}
		if used := x.Pair.New >= 0 && !x.Pair.NeedsReview; used != (x.WhyNot == "") {
			t.Errorf("%s: used without review: %v, but the reason against it is %q", old[i].Title, used, x.WhyNot)
		}
		if x.WhyNot != "" && (x.WhyNot.Words("en") == "" || x.WhyNot.Words("ja") == "") {
			t.Errorf("no words for %q", x.WhyNot)
		}
		for _, c := range x.Candidates {
			for _, w := range c.Weights {
				if w.Theme.Words("en") == "" || w.Theme.Words("ja") == "" {
					t.Errorf("no words for the theme %q", w.Theme)
				}
			}
		}
	}
	x, err := Explain(t.Context(), old, new, Options{}, at(old, "南部鉄瓶 あられ 1.2L"))
	if err != nil {
		t.Fatal(err)
	}
	if k := slices.IndexFunc(x.Candidates, func(c Considered) bool { return new[c.New].Title == "水盤 青磁" }); k < 0 || !x.Candidates[k].ByCode {
		t.Errorf("the page with the code that was given away is not among the candidates found by code: %+v", x.Candidates)
	}
	if x, err := Explain(t.Context(), old, new, Options{}, at(old, "カート")); err != nil || x.WhyNot != WhyNeverKind {
		t.Errorf("%+v, %v", x, err)
	}
	if _, err := Explain(t.Context(), old, new, Options{}, len(old)); err == nil {
		t.Error("an item that is not there was explained")
	}
}
