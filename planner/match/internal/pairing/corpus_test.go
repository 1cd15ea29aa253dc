package pairing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"replatform/crawler/catalog"
	"replatform/planner/match/internal/text"
)

func titles(ts ...string) []Record {
	var rs []Record
	for i, t := range ts {
		rs = append(rs, Record{URL: fmt.Sprintf("https://s.invalid/p/%d", i), Title: t})
	}
	return rs
}

func prepare(t *testing.T, old, new []Record) *Matching {
	t.Helper()
	m, err := Prepare(t.Context(), List(old), List(new), nil, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (c *Corpus) wordsOf(s side, i int) []string {
	var out []string
	for _, t := range c.sides[s][i].title {
		out = append(out, c.lex.words[t.id])
	}
	return out
}

func TestWordsWrittenTogetherAreCut(t *testing.T) {
	m := prepare(t, titles("常滑焼急須朱泥", "茶筒"), titles("急須 常滑焼 朱泥", "茶筒 大"))
	got := m.Corpus.wordsOf(oldSide, 0)
	if want := []string{"常滑焼", "急須", "朱泥"}; !slices.Equal(got, want) {
		t.Errorf("words are %q, want %q", got, want)
	}
}

func TestKnownCompoundsStayWhole(t *testing.T) {
	m := prepare(t, titles("緑茶碗 小", "緑 茶碗"), titles("緑茶碗 大", "緑 茶碗 中"))
	if got := m.Corpus.wordsOf(oldSide, 0); got[0] != "緑茶碗" {
		t.Errorf("a word that both shops use was cut: %q", got)
	}
}

func TestBrandIsFoundInTitleAndDescription(t *testing.T) {
	old := titles("みどり屋 煎茶", "番茶")
	old[1].Description = "みどり屋の番茶です。"
	new := titles("煎茶", "番茶", "玄米茶")
	for i := range new {
		new[i].Brand = "みどり屋"
	}
	m := prepare(t, old, new)
	for i := range old {
		it := m.Corpus.sides[oldSide][i]
		if it.brand < 0 || m.Corpus.brands.words[it.brand] != text.Fold("みどり屋") {
			t.Errorf("old item %d has brand %d", i, it.brand)
		}
	}
}

func TestCandidatesHoldEqualTitlesAndCodes(t *testing.T) {
	var old, new []Record
	for i := range 300 {
		title := fmt.Sprintf("cup %c%c blue %d", 'a'+i%26, 'a'+i/26, i)
		old = append(old, Record{URL: fmt.Sprintf("https://o.invalid/%d", i), Title: title})
		new = append(new, Record{URL: fmt.Sprintf("https://n.invalid/%d", i), Title: title})
	}
	old[7].Title, old[7].SKU = "unrelated words", "KT-55001"
	new[9].SKU = "kt55001"
	m := prepare(t, old, new)
	for i := range old {
		want := int32(i)
		if i == 7 {
			want = 9
		}
		if !slices.ContainsFunc(m.Cands[i], func(c Candidate) bool { return c.New == want }) {
			t.Errorf("item %d: its counterpart is no candidate", i)
		}
	}
}

func TestPagesKeepToTheirKind(t *testing.T) {
	old := []Record{{URL: "https://o.invalid/1", Type: catalog.ProductP, Title: "green tea"}, {URL: "https://o.invalid/2", Type: catalog.Cart, Title: "green tea"}}
	new := []Record{{URL: "https://n.invalid/1", Type: catalog.Category, Title: "green tea"}, {URL: "https://n.invalid/2", Type: catalog.Cart, Title: "green tea"}}
	m := prepare(t, old, new)
	for i, cs := range m.Cands {
		if len(cs) > 0 {
			t.Errorf("item %d has candidates of another kind: %v", i, cs)
		}
	}
}

// colours is a shop where two words stand for each other in otherwise equal titles.
func colours() ([]Record, []Record) {
	var old, new []Record
	for i := range 12 {
		base := fmt.Sprintf("towel style%c pattern%c", 'a'+i, 'm'+i)
		for _, c := range [][2]string{{"ruby", "rubin"}, {"jade", "jade"}} {
			code := fmt.Sprintf("TW-%03d-%c", i, c[0][0])
			old = append(old, Record{URL: "https://o.invalid/" + code, Title: base + " " + c[0], SKU: code})
			new = append(new, Record{URL: "https://n.invalid/" + code, Title: base + " " + c[1], SKU: code})
		}
	}
	return old, new
}

func TestExchangedWordsAreLearnt(t *testing.T) {
	old, new := colours()
	m := prepare(t, old, new)
	c := m.Corpus
	ruby, rubin, jade := c.lex.ids["ruby"], c.lex.ids["rubin"], c.lex.ids["jade"]
	if !c.learnt.exchanged(c.lex, ruby, rubin, false) {
		t.Error("ruby and rubin are exchanged in every pair, but that was not learnt")
	}
	if c.learnt.exchanged(c.lex, jade, rubin, false) {
		t.Error("jade is taken for rubin")
	}
}

func TestSiblingWordsAreLearnt(t *testing.T) {
	old, new := colours()
	m := prepare(t, old, new)
	c := m.Corpus
	if c.learnt.swaps(c.lex.ids["ruby"], c.lex.ids["jade"]) == 0 {
		t.Error("ruby and jade tell siblings apart, but that was not learnt")
	}
	if v := c.lex.vary[c.lex.ids["jade"]]; v < 0.5 {
		t.Errorf("jade varies between siblings, but only by %v", v)
	}
	if v := c.lex.vary[c.lex.ids["towel"]]; v > 0 {
		t.Errorf("towel never varies, but is said to by %v", v)
	}
	a := c.align(&c.sides[oldSide][0], &c.sides[newSide][1], false) // ruby against jade
	if a.swap == 0 || c.lex.words[a.clashOldID] != "ruby" || c.lex.words[a.clashNew] != "jade" {
		t.Errorf("the clash of ruby and jade is not seen: %+v", a)
	}
}

func TestDecorationIsLearnt(t *testing.T) {
	var old, new []Record
	for i := range 30 {
		code := fmt.Sprintf("TW-%03d", i)
		title := fmt.Sprintf("towel style%c pattern%c", 'a'+i%20, 'a'+i/20)
		o := title
		if i%2 == 0 {
			o = "wowdeal " + o
		}
		old = append(old, Record{URL: "https://o.invalid/" + code, Title: o + " | Towelshop", SKU: code})
		new = append(new, Record{URL: "https://n.invalid/" + code, Title: title, SKU: code})
	}
	c := prepare(t, old, new).Corpus
	for _, w := range []string{"wowdeal", "towelshop"} {
		if k := c.lex.keep[oldSide][c.lex.ids[w]]; k > 0.3 {
			t.Errorf("%s never is in the new title, but is thought to be kept by %v", w, k)
		}
	}
	if k := c.lex.keep[oldSide][c.lex.ids["towel"]]; k < 0.9 {
		t.Errorf("towel always is kept, but only by %v", k)
	}
}

func TestPriceRatiosAreLearnt(t *testing.T) {
	var r ratioTable
	r.n = make(map[int]int32)
	for range 50 {
		r.add(1000, 1100)
	}
	if s := r.share(200, 220, false); s < 0.9 {
		t.Errorf("ten per cent more is what all did, but has share %v", s)
	}
	if s := r.share(200, 300, false); s > 0.01 {
		t.Errorf("half more is what none did, but has share %v", s)
	}
	if s := r.share(0, 300, false); s != -1 {
		t.Errorf("an unknown price has share %v", s)
	}
}

func TestPairTableTakesOutItsOwnVote(t *testing.T) {
	p := newPairTable()
	p.add(1, 2)
	if s := p.support(1, 2, true); s != -1 {
		t.Errorf("a pair supports itself: %v", s)
	}
	p.add(1, 2)
	if s := p.support(1, 2, true); s != 0.5 {
		t.Errorf("support by one other pair is %v, want 0.5", s)
	}
}

func TestPrepareCanBeStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	old, new := colours()
	if _, err := Prepare(ctx, List(old), List(new), nil, 1, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want context.Canceled", err)
	}
}

func TestFeatureNamesAreDistinct(t *testing.T) {
	seen := map[string]bool{}
	for i, n := range FeatureNames() {
		if n == "" || seen[n] {
			t.Errorf("feature %d has the name %q", i, n)
		}
		seen[n] = true
	}
}

func TestKanaAndRomajiAreAWeakSign(t *testing.T) {
	m := prepare(t, titles("カルネ 真鍮の栞", "つきよみや 便箋"), titles("KARUNE 真鍮の栞", "Tsukiyomiya 便箋", "Blue 便箋"))
	c := m.Corpus
	for i := range 2 {
		if a := c.align(&c.sides[oldSide][i], &c.sides[newSide][i], false); a.soft != 1 || a.leftOldN+a.leftNewN != 0 {
			t.Errorf("pair %d: %+v", i, a)
		}
	}
	if a := c.align(&c.sides[oldSide][1], &c.sides[newSide][2], false); a.soft != 0 || a.leftOldN != 1 {
		t.Errorf("%+v", a)
	}
}
