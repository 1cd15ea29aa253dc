package match

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"replatform/planner/match/internal/judge"
	"replatform/planner/match/internal/pairing"
)

// Explanation is all that led to the answer for one old item.
type Explanation struct {
	Pair Pair
	// WhyNot says why the pair is not used without review, or why there is none; empty
	// when it is used.
	WhyNot WhyNot
	// Bar is the confidence from which on pairs of this kind of page are used without
	// review in this move; above 1 none is.
	Bar float64
	// Certain is how many old pages of this kind had a partner that is certain anyway:
	// what is particular to the move was learnt from them. CertainShare is their share,
	// without those that a person named.
	Certain      int
	CertainShare float64
	// Labels is how many words of people corrected the confidence.
	Labels int
	// Pictures and Variants say from how much was learnt what pictures, by their hashes,
	// and lists of variants are worth in this move; nil: one shop has none.
	Pictures, Variants *Learnt
	// Candidates are all new items that were compared, the most likely first.
	Candidates []Considered
}

// Learnt says from how many pairs that are certain without it a kind of evidence was
// learnt, and whether they were enough for it to weigh: with less than LeastSigns it only
// decides between candidates that are as likely.
type Learnt struct {
	Certain int  `json:"certain"`
	Weighs  bool `json:"weighs"`
}

// LeastSigns is how many pairs with pictures, or with lists of variants, must be certain
// before these weigh.
const LeastSigns = judge.LeastSigns

func learnt(s *judge.Sign) *Learnt {
	if s == nil {
		return nil
	}
	return &Learnt{s.Certain, s.Enough()}
}

// Considered is a new item that was compared with an old one.
type Considered struct {
	New        int // index into the new items
	Confidence float64
	ByCode     bool // found by a shared code, not by the name alone
	Refused    bool // a person said that it is wrong
	Evidence   []Evidence
	Weights    []Weight // the heaviest first
}

// Weight is how much one kind of evidence moved the log-odds of a candidate, against
// the average candidate of this shop: +1 makes it 2.7 times as likely, -1 that much
// less. Alone is before the candidates were compared with each other, Among after it.
type Weight struct {
	Theme Theme   `json:"theme"`
	Alone float64 `json:"alone"`
	Among float64 `json:"among"`
}

// Theme is a kind of evidence. Themes are stable words.
type Theme string

// WhyNot is a reason not to publish. They are stable words.
type WhyNot string

// Reasons not to publish.
const (
	WhyBelowBar  WhyNot = "below-bar"  // the confidence is below the bar
	WhyPoorMove  WhyNot = "poor-move"  // too few pairs are certain: nothing of this kind is published
	WhyUnlike    WhyNot = "unlike"     // a code is equal, but the names have nothing in common
	WhyNothing   WhyNot = "nothing"    // no new page was even compared
	WhyUnlikely  WhyNot = "unlikely"   // the best candidate is more likely wrong than right
	WhyParent    WhyNot = "parent"     // only the category above was found
	WhyNeverKind WhyNot = "never-kind" // pages of this kind (search, cart …) are not matched
	WhyPerson    WhyNot = "person"     // a person said that there is none
)

// Explain runs Match and says how it came to the answer for the old item i: what was
// compared, what spoke for and against it and how much that weighed.
func Explain(ctx context.Context, old, new []Item, opts Options, i int) (*Explanation, error) {
	if i < 0 || i >= len(old) {
		return nil, fmt.Errorf("explaining: there is no old item %d", i)
	}
	brain, err := judge.Decode(bytes.NewReader(trained))
	if err != nil {
		return nil, fmt.Errorf("matching: %w", err)
	}
	o, err := decide(ctx, old, new, opts)
	if err != nil {
		return nil, err
	}
	ps := newPairs(o, old, new)
	m, d := o.Matching, o.Decisions[i]
	scale := o.Scales[m.Group(i)]
	x := &Explanation{
		Pair: ps.at(i), Bar: judge.PublishBar(scale.Publish, o.Precision), Certain: m.Certain(i), CertainShare: m.SeedShare(i), Labels: o.Labels[m.Group(i)],
		Pictures: learnt(o.Pictures), Variants: learnt(o.Variants),
	}
	x.WhyNot = whyNot(x, d, m, i)
	alone, among := o.Weigh(brain, i)
	for k, c := range m.Cands[i] {
		e := explained(o, i, c.New)
		con := Considered{
			New: int(c.New), Confidence: o.Probability(i, k), ByCode: c.Key, Refused: m.Refused(i, c.New),
			Evidence: evidence(e, judge.Decision{New: c.New, RunnerUp: -1}, 1, &old[i], &new[c.New]),
		}
		if con.Refused {
			con.Confidence = 0
		}
		for t := range alone[k] {
			w := Weight{Theme: themes[t], Alone: alone[k][t], Among: among[k][t]}
			switch pairing.Theme(t) {
			case pairing.Picture:
				w.Among += o.Pictures.Weight(i, c.New)
			case pairing.Options:
				w.Among += o.Variants.Weight(i, c.New)
			}
			if math.Abs(w.Alone) >= 0.05 || math.Abs(w.Among) >= 0.05 {
				con.Weights = append(con.Weights, w)
			}
		}
		slices.SortStableFunc(con.Weights, func(a, b Weight) int {
			return cmp.Compare(max(math.Abs(b.Alone), math.Abs(b.Among)), max(math.Abs(a.Alone), math.Abs(a.Among)))
		})
		x.Candidates = append(x.Candidates, con)
	}
	slices.SortStableFunc(x.Candidates, func(a, b Considered) int {
		return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(a.New, b.New))
	})
	return x, nil
}

func whyNot(x *Explanation, d judge.Decision, m *pairing.Matching, i int) WhyNot {
	switch {
	case x.Pair.Method == MethodParent:
		return WhyParent
	case d.Told && d.New < 0:
		return WhyPerson
	case d.New < 0 && m.Ignored(i):
		return WhyNeverKind
	case d.New < 0 && d.RunnerUp < 0:
		return WhyNothing
	case d.New < 0:
		return WhyUnlikely
	case d.Published:
		return ""
	case !m.NamesAgree(i, d.New):
		return WhyUnlike
	case x.Bar >= 1:
		return WhyPoorMove
	}
	return WhyBelowBar
}

// Words for people. English and Japanese.
var themes = [pairing.ThemeCount]Theme{
	pairing.Names: "names", pairing.Differences: "differences", pairing.Codes: "codes", pairing.Barcode: "barcode", pairing.Picture: "picture",
	pairing.Price: "price", pairing.Brand: "brand", pairing.Category: "category", pairing.Description: "description", pairing.Address: "address",
	pairing.StandardPage: "standard-page", pairing.Standing: "standing", pairing.Siblings: "siblings", pairing.Kind: "kind", pairing.FirstLook: "first-look",
	pairing.Options: "variants",
}

var themeWords = map[Theme]phrase{
	"names":         {"names", "名称"},
	"differences":   {"words and amounts that differ", "語や数量の違い"},
	"codes":         {"model numbers", "型番"},
	"barcode":       {"barcodes", "JANコード"},
	"picture":       {"pictures", "画像"},
	"price":         {"prices", "価格"},
	"brand":         {"brands", "ブランド"},
	"category":      {"categories", "カテゴリー"},
	"description":   {"descriptions", "説明文"},
	"address":       {"addresses", "URL"},
	"standard-page": {"standard pages", "定型ページ"},
	"standing":      {"how it stands among the others", "他の候補との差"},
	"siblings":      {"pages that differ by size or colour", "サイズや色だけが違うページ"},
	"kind":          {"kind of page, certainty of the move", "ページの種類と移行の確実さ"},
	"variants":      {"lists of variants", "バリエーションの並び"},
	"first-look":    {"looked at alone", "単独での評価"},
}

// Words puts the theme into words. lang is "ja" or "en"; any other is taken as "en".
func (t Theme) Words(lang string) string { return themeWords[t].in(lang) }

var whyWords = map[WhyNot]phrase{
	WhyBelowBar:  {"the confidence is below the bar for pairs that are used without review", "確信度が、確認なしで使う基準に届いていない"},
	WhyPoorMove:  {"too few pages of this kind have a certain partner to learn from: none is used without review", "確実に対応するページが少なく学習できないため、この種類のページはすべて確認が必要"},
	WhyUnlike:    {"a code is equal but the names have nothing in common: the code may have been given to another product", "番号は同じだが名称に共通点がない（番号が別の商品に再利用された可能性）"},
	WhyNothing:   {"no page of the new shop has a name or a code in common with it", "名称や番号に共通点のあるページが新店舗にない"},
	WhyUnlikely:  {"the best candidate is more likely wrong than right", "最有力の候補も、誤りである可能性のほうが高い"},
	WhyParent:    {"only the category above was found", "上位カテゴリーしか見つからない"},
	WhyNeverKind: {"pages of this kind are not matched", "この種類のページは対応付けの対象外"},
	WhyPerson:    {"a person decided that there is none", "対応ページなしと人が決定済み"},
}

// Words puts the reason into words. lang is "ja" or "en"; any other is taken as "en".
func (w WhyNot) Words(lang string) string { return whyWords[w].in(lang) }

func (p phrase) in(lang string) string {
	if lang == "ja" {
		return p.ja
	}
	return p.en
}

// Wilson gives the interval in which the true share lies with a confidence of 95 % when
// right of n drawn at random were right (E. B. Wilson, "Probable Inference, the Law of
// Succession, and Statistical Inference", JASA 22, 1927).
func Wilson(right, n int) (low, high float64) { return judge.Wilson(right, n) }
