package match

import (
	"math"
	"strings"

	"replatform/crawler/catalog"
	"replatform/planner/match/internal/judge"
	"replatform/planner/match/internal/pairing"
	"replatform/planner/match/internal/text"
)

// pair puts a decision into the words of this package. uses tells how many old items
// lead to each new one.
func pair(i int, d judge.Decision, o *judge.Outcome, uses map[int32]int, old, new []Item) Pair {
	p := Pair{Old: i, New: int(d.New), Confidence: d.Confidence, RunnerUp: int(d.RunnerUp), RunnerUpConfidence: d.RunnerUpConfidence, Fallback: -1}
	if d.New < 0 {
		p.Class, p.Method, p.NeedsReview = None, MethodNone, d.Near
		if d.Told {
			p.Method, p.Evidence = MethodPerson, []Evidence{{Code: PersonSaid}}
			return p
		}
		if d.RunnerUp >= 0 && d.Near {
			e := explained(o, i, d.RunnerUp)
			p.Evidence = append([]Evidence{{Code: RunnerUpNear, Value: d.RunnerUpConfidence}}, evidence(e, d, 1, &old[i], &new[d.RunnerUp])...)
		} else {
			p.Evidence = []Evidence{{Code: NothingNear}}
		}
		return p
	}
	e := explained(o, i, d.New)
	p.NeedsReview = !d.Published
	p.Method = method(e, d)
	p.Class = class(e, d, uses[d.New])
	p.Evidence = evidence(e, d, uses[d.New], &old[i], &new[d.New])
	if d.Told {
		p.Method, p.Evidence = MethodPerson, append([]Evidence{{Code: PersonSaid}}, p.Evidence...)
	}
	return p
}

// explained is what speaks for and against a pair. Signs that say nothing in this move
// are left out: that pictures differ, where the new shop took its own; lists of variants
// that are the same, where nearly all products have these.
func explained(o *judge.Outcome, i int, j int32) pairing.Explanation {
	e := o.Matching.Explain(i, j)
	if p := o.Pictures; e.Look == pairing.SignOther && p.Enough() && p.Weights[pairing.SignOther] == 0 {
		e.Look = pairing.SignUnknown
	}
	if v := o.Variants; e.Variants != pairing.SignOwn && (!v.Enough() || v.Weights[e.Variants] == 0) {
		e.Variants = pairing.SignUnknown
	}
	return e
}

// settle gives an item without counterpart its fallback: the category of a product
// that is gone, the category above one that is gone.
func settle(p *Pair, d judge.Decision, fallback int32, old Item) {
	if p.New >= 0 || fallback < 0 {
		return
	}
	p.Fallback = int(fallback)
	if d.Told {
		return
	}
	if old.Type == catalog.Category {
		p.New, p.Class, p.Method, p.NeedsReview = int(fallback), Broad, MethodParent, true
		p.Evidence = append([]Evidence{{Code: ParentCategory}}, p.Evidence...)
	}
}

var ruleMethods = map[pairing.RuleKind]string{pairing.Subject: MethodSubject, pairing.Products: MethodCategory, pairing.Home: MethodHome}

// method names what weighed most. Whether the pair is right is not decided here.
func method(e pairing.Explanation, d judge.Decision) string {
	switch {
	case d.Rule != nil:
		return ruleMethods[d.Rule.Kind]
	case e.SameGTIN:
		return MethodGTIN
	case e.SKU >= 0.8:
		return MethodSKU
	case e.SameAddress && !e.SameName:
		return MethodAddress
	case e.SameName:
		return MethodName
	}
	return MethodScore
}

// class tells the same product or page from its nearest kin. A pair is close when
// something of the old page has no equal in the new one: its size or colour went
// into a page that serves several, a category into a wider one, or the names say
// different things and no code says that they mean the same.
func class(e pairing.Explanation, d judge.Decision, uses int) Class {
	switch {
	case uses > 1 && e.Options, d.Rule != nil && d.Rule.Confidence < judge.DefaultPrecision:
		return Close
	case d.Rule != nil || e.SameName || e.SameGTIN || e.SKU >= 0.9 || e.SameAddress || e.SamePicture || e.Look == pairing.SignOwn:
		return Exact
	case e.Name >= 0.9 && len(e.LeftOld) == 0 && e.ClashOld == "":
		return Exact
	}
	return Close
}

// evidence lists what speaks for and against a pair, strongest first.
func evidence(e pairing.Explanation, d judge.Decision, uses int, old, new *Item) []Evidence {
	var out []Evidence
	add := func(v Evidence) { out = append(out, v) }
	if d.Rule != nil {
		switch d.Rule.Kind {
		case pairing.Subject:
			add(Evidence{Code: SameSubject, Old: e.Subject})
		case pairing.Products:
			add(Evidence{Code: SharedProducts, Value: math.Max(0, e.CategorySupport)})
		case pairing.Home:
			return []Evidence{{Code: StartPage}}
		}
	}
	if e.SameGTIN {
		add(Evidence{Code: SameGTIN})
	}
	switch {
	case e.SKU == 1:
		add(Evidence{Code: SameSKU})
	case e.SKU >= 0.9:
		add(Evidence{Code: SimilarSKU, Old: old.SKU, New: new.SKU})
	case e.SKU >= 0.6:
		add(Evidence{Code: StemSKU, Old: old.SKU, New: new.SKU})
	}
	if e.OnPages > 2 {
		add(Evidence{Code: CodeReused, Value: float64(e.OnPages)})
	}
	switch {
	case e.SameName:
		add(Evidence{Code: SameName})
	case d.Rule == nil || e.Name >= 0.3:
		add(Evidence{Code: NameSimilarity, Value: e.Name})
	}
	if e.PriceOld > 0 && e.PriceNew > 0 {
		add(priceEvidence(e.PriceNew / e.PriceOld))
	}
	if e.SamePicture {
		add(Evidence{Code: SameImage})
	}
	switch e.Look {
	case pairing.SignOwn:
		add(Evidence{Code: SamePicture})
	case pairing.SignSame:
		add(Evidence{Code: SharedPicture, Value: float64(e.LookPages)})
	}
	switch e.Variants {
	case pairing.SignOwn:
		add(Evidence{Code: RenamedVariants, Value: float64(e.VariantCount), Old: variantNames(old), New: variantNames(new)})
	case pairing.SignSame:
		add(Evidence{Code: SameVariants, Value: float64(e.VariantCount), Old: variantNames(old), New: variantNames(new)})
	}
	if e.SameAddress {
		add(Evidence{Code: SameAddress})
	}
	if e.Brand == 1 {
		add(Evidence{Code: SameBrand, Old: old.Brand})
	}
	if e.Description >= 0.5 {
		add(Evidence{Code: SameDescription, Value: e.Description})
	}
	if e.CategorySupport >= 0.5 && d.Rule == nil {
		add(Evidence{Code: CategoryFits, Old: old.Category, New: new.Category})
	}
	if uses > 1 && e.Options {
		add(Evidence{Code: MergedVariant, Value: float64(uses)})
	}
	return append(out, doubts(e, d, uses, old, new)...)
}

// doubts lists what speaks against a pair.
func doubts(e pairing.Explanation, d judge.Decision, uses int, old, new *Item) []Evidence {
	var out []Evidence
	switch {
	case uses > 1 && e.Options:
	case e.ClashOld != "":
		out = append(out, Evidence{Code: OptionDiffers, Old: surfaces(old.Title, []string{e.ClashOld}), New: surfaces(new.Title, []string{e.ClashNew})})
	case d.Rule == nil && len(e.LeftOld)+len(e.LeftNew) > 0:
		out = append(out, Evidence{Code: WordsDiffer, Old: surfaces(old.Title, e.LeftOld), New: surfaces(new.Title, e.LeftNew)})
	}
	if e.Brand == 0 {
		v := Evidence{Code: OtherBrand, Old: old.Brand, New: new.Brand}
		if v.Old == "" {
			v.Old = surfaces(old.Title+" "+old.Description, []string{e.BrandOld})
		}
		if v.New == "" {
			v.New = surfaces(new.Title+" "+new.Description, []string{e.BrandNew})
		}
		out = append(out, v)
	}
	if e.Look == pairing.SignOther {
		out = append(out, Evidence{Code: OtherPicture})
	}
	if e.Variants == pairing.SignOther {
		out = append(out, Evidence{Code: OtherVariants, Old: variantNames(old), New: variantNames(new)})
	}
	if e.OtherGTIN {
		out = append(out, Evidence{Code: OtherGTIN})
	}
	if e.SKU >= 0 && e.SKU < 0.6 {
		out = append(out, Evidence{Code: DifferentSKU, Old: old.SKU, New: new.SKU})
	}
	if d.New >= 0 && d.RunnerUp >= 0 && d.RunnerUpConfidence >= 0.1 {
		out = append(out, Evidence{Code: RunnerUpNear, Value: d.RunnerUpConfidence})
	}
	return out
}

// variantNames lists the first variants of a product.
func variantNames(it *Item) string {
	const shown, long = 4, 20
	var out []string
	for _, v := range it.Variants[:min(len(it.Variants), shown)] {
		title := []rune(cut(v.Title, 8*long))
		if len(title) > long {
			title = append(title[:long], '…')
		}
		out = append(out, string(title))
	}
	if len(it.Variants) > shown {
		out = append(out, "…")
	}
	return strings.Join(out, ", ")
}

// surfaces writes up to four folded words as they stand in a text.
func surfaces(title string, words []string) string {
	if len(words) == 0 {
		return ""
	}
	original := text.NewOriginal(title)
	var out []string
	for _, w := range words[:min(len(words), 4)] {
		out = append(out, original.Surface(w))
	}
	return strings.Join(out, " ")
}

func priceEvidence(ratio float64) Evidence {
	switch {
	case ratio == 1:
		return Evidence{Code: PriceEqual}
	case taxStep(ratio):
		return Evidence{Code: PriceTax, Value: ratio}
	}
	return Evidence{Code: PriceRatio, Value: ratio}
}

// taxRates are the consumption and value-added taxes that shops add to or take off a
// price: Japan 8 and 10 % (National Tax Agency, since October 2019), 20 % in the
// United Kingdom and France, 19 % in Germany.
var taxRates = [...]float64{1.08, 1.1, 1.19, 1.2}

func taxStep(ratio float64) bool {
	for _, t := range taxRates {
		if math.Abs(ratio-t) < 0.004 || math.Abs(1/ratio-t) < 0.004 {
			return true
		}
	}
	return false
}
