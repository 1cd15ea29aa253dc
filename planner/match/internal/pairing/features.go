package pairing

import (
	"math"
	"slices"
	"strings"
)

// Feature numbers. The order is that of FeatureNames and of the trained model.
const (
	fCos = iota
	fInOld
	fInNew
	fCovOld
	fCovNew
	fOpenOld
	fOpenNew
	fMaxOld
	fMaxNew
	fBaseOld
	fBaseNew
	fLeftOldN
	fLeftNewN
	fLeftOldW
	fLeftNewW
	fMatchW
	fRareW
	fCodeW
	fEqual
	fSynonyms
	fJoined
	fSoft
	fTaught
	fNumOld
	fNumNew
	fCodeOld
	fCodeNew
	fClashes
	fAmounts
	fSwap
	fVaryOld
	fVaryNew
	fBothVary
	fWordsOld
	fWordsNew
	fSameName
	fNameIn
	fPrefix

	fSKU // 1 equal, 0.9 equal but for an affix, 0.7 stem of the other, 0.4 common stem, 0 differ, -1 unknown
	fSKUPrefix
	fSKUFreqOld
	fSKUFreqNew
	fSKUKnownShape
	fSKUSameShape
	fFormChange
	fGTIN
	fGTINFreqOld
	fGTINFreqNew
	fImage
	fImageFreq
	fKeys
	fKeyRare
	fStem   // best stem relation over all codes
	fScheme // the same over codes of the old shop's numbering only; -1 when one page shows none
	fSKUElsewhereOld
	fSKUElsewhereNew
	fGTINElsewhere

	fPrice
	fPriceLog
	fPriceShare
	fBrand
	fBrandSupport
	fCat
	fCatSupport
	fCatBack
	fDesc
	fDescInOld
	fDescInNew
	fDescSame
	fNameInDesc
	fDescHasName
	fSlug
	fSlugFreq
	fDirSupport
	fDirBack
	fSubject

	fGroup
	fToCategory
	fCosRank
	fCosGap
	fCosBack
	fCosBackRank
	fTwinsOld
	fTwinsNew
	fCands
	fSibsOld
	fSibsNew

	FeatureCount
)

// describe fills v with the features of a pair that need no look at other pairs.
func (c *Corpus) describe(v []float32, i int32, cand Candidate) alignment {
	o, n := &c.sides[oldSide][i], &c.sides[newSide][cand.New]
	own := c.learnt.partner[i] == cand.New
	a := c.align(o, n, own)
	cos, inOld, inNew := c.grams.cosine(o.grams, n.grams)
	v[fCos], v[fInOld], v[fInNew] = cos, inOld, inNew
	v[fCovOld], v[fCovNew] = share(a.oldW-a.leftOldW, a.oldW), share(a.newW-a.leftNewW, a.newW)
	v[fOpenOld], v[fOpenNew] = share(a.openOldW, a.oldW), share(a.openNewW, a.newW)
	v[fMaxOld], v[fMaxNew] = a.maxOldW, a.maxNewW
	v[fBaseOld], v[fBaseNew] = a.baseOldW, a.baseNewW
	v[fLeftOldN], v[fLeftNewN] = float32(a.leftOldN), float32(a.leftNewN)
	v[fLeftOldW], v[fLeftNewW] = a.openOldW, a.openNewW
	v[fMatchW], v[fRareW], v[fCodeW] = a.matchW, a.rareW, a.codeW
	v[fEqual], v[fSynonyms], v[fJoined], v[fSoft], v[fTaught] = float32(a.equal), float32(a.synonyms), float32(a.joined), float32(a.soft), float32(a.taught)
	v[fNumOld], v[fNumNew], v[fCodeOld], v[fCodeNew] = float32(a.numOld), float32(a.numNew), float32(a.codeOld), float32(a.codeNew)
	v[fClashes], v[fAmounts] = float32(a.clashes), float32(a.amounts)
	v[fSwap], v[fVaryOld], v[fVaryNew], v[fBothVary] = a.swap, a.varyOld, a.varyNew, a.bothVary
	v[fWordsOld], v[fWordsNew] = float32(len(o.title)), float32(len(n.title))
	v[fSameName] = flag(o.name == n.name && o.name != "")
	v[fNameIn] = nameIn(o.name, n.name)
	v[fPrefix] = prefixShare(o.name, n.name)
	c.describeCodes(v, o, n)
	c.describeRest(v, o, n, own)
	return a
}

func (c *Corpus) describeCodes(v []float32, o, n *item) {
	v[fSKU], v[fSKUPrefix], v[fSKUSameShape], v[fSKUKnownShape] = -1, -1, -1, -1
	v[fFormChange] = c.learnt.formChange
	if n.isForm(o.sku) || o.isForm(n.sku) {
		v[fSKU], v[fSKUPrefix], v[fSKUSameShape], v[fSKUKnownShape] = 1, 1, 1, 1
	} else if o.sku != "" && n.sku != "" {
		v[fSKU] = codeRelation(o.sku, n.sku)
		v[fSKUPrefix] = prefixShare(o.sku, n.sku)
		v[fSKUSameShape] = flag(o.skuForm == n.skuForm)
		v[fSKUKnownShape] = flag(c.learnt.shapes[n.skuForm])
	}
	v[fSKUFreqOld], v[fSKUFreqNew] = c.frequency(oldSide, o.sku), c.frequency(newSide, n.sku)
	v[fGTIN] = -1
	if n.isForm(o.gtin) || o.isForm(n.gtin) {
		v[fGTIN] = 1
	} else if o.gtin != "" && n.gtin != "" {
		v[fGTIN] = flag(o.gtin == n.gtin)
	}
	v[fGTINFreqOld], v[fGTINFreqNew] = c.frequency(oldSide, o.gtin), c.frequency(newSide, n.gtin)
	v[fImage] = -1
	if mayIdentify(o.image) && mayIdentify(n.image) {
		v[fImage] = codeRelation(o.image, n.image)
	}
	v[fImageFreq] = max(c.frequency(oldSide, o.image), c.frequency(newSide, n.image))
	shared, rare := c.sharedKeys(o, n)
	v[fKeys], v[fKeyRare] = float32(shared), rare
	v[fStem] = bestStem(o, n)
	v[fScheme] = c.schemeRelation(o, n)
	v[fSKUElsewhereOld], v[fSKUElsewhereNew] = c.elsewhere(oldSide, n.sku, o), c.elsewhere(newSide, o.sku, n)
	v[fGTINElsewhere] = c.elsewhere(oldSide, n.gtin, o) + c.elsewhere(newSide, o.gtin, n)
}

// bestStem is the nearest relation between any code of one page and any of the
// other; -1 when one has none.
func bestStem(o, n *item) float32 {
	stem := float32(-1)
	for _, x := range [...]string{o.sku, o.image} {
		for _, y := range [...]string{n.sku, n.image, n.slug} {
			if mayIdentify(x) && mayIdentify(y) && hasDigit(x) && hasDigit(y) {
				stem = max(stem, codeRelation(x, y))
			}
		}
	}
	return stem
}

// schemeRelation is the nearest relation between codes of the two pages that follow
// the numbering of the old shop: such codes, when they differ, name different things.
func (c *Corpus) schemeRelation(o, n *item) float32 {
	r := float32(-1)
	for _, x := range [...]string{o.sku, o.image} {
		if !c.learnt.schemes[head(x)] {
			continue
		}
		for _, y := range [...]string{n.sku, n.image, n.slug} {
			if c.learnt.schemes[head(y)] {
				r = max(r, codeRelation(x, y))
			}
		}
	}
	return r
}

// elsewhere is on how many pages of a side a code stands, it aside.
func (c *Corpus) elsewhere(s side, code string, it *item) float32 {
	if code == "" {
		return 0
	}
	h := hash(code)
	n := c.keyCount[s][h]
	if _, ok := slices.BinarySearch(it.keys, h); ok {
		n--
	}
	return min(20, float32(n))
}

func (c *Corpus) describeRest(v []float32, o, n *item, own bool) {
	v[fPrice], v[fPriceLog], v[fPriceShare] = -1, 9, -1
	if o.price > 0 && n.price > 0 && (o.money == n.money || o.money < 0 || n.money < 0) {
		v[fPrice] = flag(o.price == n.price)
		v[fPriceLog] = float32(math.Log(n.price / o.price))
		v[fPriceShare] = c.learnt.ratios.share(o.price, n.price, own)
	}
	v[fBrand], v[fBrandSupport] = -1, -1
	if o.brand >= 0 && n.brand >= 0 {
		v[fBrand] = flag(o.brand == n.brand)
		v[fBrandSupport] = c.learnt.brands.support(o.brand, n.brand, own)
	}
	v[fCat], v[fCatSupport], v[fCatBack] = -1, -1, -1
	if o.cat >= 0 && n.cat >= 0 {
		v[fCat] = flag(o.cat == n.cat)
		v[fCatSupport] = c.learnt.cats.support(o.cat, n.cat, own)
		v[fCatBack] = c.learnt.cats.back(o.cat, n.cat, own)
	}
	v[fDesc], v[fDescInOld], v[fDescInNew], v[fDescSame] = -1, -1, -1, -1
	if len(o.desc) > 0 && len(n.desc) > 0 {
		v[fDesc], v[fDescInOld], v[fDescInNew] = c.descs.cosine(o.desc, n.desc)
		v[fDescSame] = flag(o.rawDesc == n.rawDesc)
	}
	v[fNameInDesc], v[fDescHasName] = c.within(o, n), c.within(n, o)
	v[fSlug], v[fSlugFreq] = -1, 0
	if o.slug != "" && n.slug != "" {
		v[fSlug] = prefixShare(o.slug, n.slug)
		if o.slug == n.slug {
			v[fSlug] = 2
		}
		v[fSlugFreq] = max(c.frequency(oldSide, o.slug), c.frequency(newSide, n.slug))
	}
	v[fDirSupport], v[fDirBack] = c.learnt.dirs.support(o.dir, n.dir, own), c.learnt.dirs.back(o.dir, n.dir, own)
	v[fSubject] = -1
	if o.subject != 0 && n.subject != 0 {
		v[fSubject] = flag(o.subject == n.subject)
	} else if o.subject != 0 || n.subject != 0 {
		v[fSubject] = 0.5
	}
	v[fSibsOld], v[fSibsNew] = min(20, float32(o.siblings)), min(20, float32(n.siblings))
	v[fGroup], v[fToCategory] = float32(o.group), flag(n.category)
}

// within is the weight share of a's title words that stand in b's other fields.
func (c *Corpus) within(a, b *item) float32 {
	if len(b.fields) == 0 {
		return -1
	}
	var all, in float32
	s := 0
	for _, t := range a.title {
		w := c.lex.idf[t.id]
		all += w
		if hasField(b, c.lex.canon[t.id]) {
			in += w
		}
		s++
	}
	return share(in, all)
}

func share(part, whole float32) float32 {
	if whole <= 0 {
		return 0
	}
	return max(0, part/whole)
}

func flag(b bool) float32 {
	if b {
		return 1
	}
	return 0
}

// frequency is on how many pages of a side a code stands, 0 when there is none.
func (c *Corpus) frequency(s side, code string) float32 {
	if code == "" {
		return 0
	}
	return min(20, float32(c.keyCount[s][hash(code)]))
}

// sharedKeys counts the codes two pages have in common and how rare the rarest of
// them is: 1 when no other page has it.
func (c *Corpus) sharedKeys(o, n *item) (shared int, rare float32) {
	i, j := 0, 0
	for i < len(o.keys) && j < len(n.keys) {
		switch {
		case o.keys[i] < n.keys[j]:
			i++
		case o.keys[i] > n.keys[j]:
			j++
		default:
			shared++
			k := c.keyCount[oldSide][o.keys[i]] + c.keyCount[newSide][n.keys[j]]
			rare = max(rare, 2/float32(k))
			i, j = i+1, j+1
		}
	}
	return shared, rare
}

// codeRelation compares two codes of letters and digits: 1 equal; 0.9 one is the
// other with up to three letters in front or behind; 0.7 one is the stem of the
// other; 0.4 they have a long common stem but end differently; 0 they differ.
func codeRelation(a, b string) float32 {
	if a == b {
		return 1
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) >= 4 {
		if i := strings.Index(b, a); i >= 0 {
			front, back := b[:i], b[i+len(a):]
			switch {
			case len(front)+len(back) <= 3 && !hasDigit(front) && back == "":
				return 0.9
			case front == "" && len(back) <= 2 && !hasDigit(back):
				return 0.8
			case front == "":
				return 0.7
			}
			return 0.6
		}
	}
	k := 0
	for k < len(a) && a[k] == b[k] {
		k++
	}
	if k >= 4 && 3*k >= 2*len(a) {
		return 0.4
	}
	if k >= 4 && 2*k >= len(a) {
		return 0.2
	}
	return 0
}

// prefixShare is the length of the common beginning against the longer text.
func prefixShare(a, b string) float32 {
	if a == "" || b == "" {
		return 0
	}
	k := 0
	for k < len(a) && k < len(b) && a[k] == b[k] {
		k++
	}
	return float32(k) / float32(max(len(a), len(b)))
}

// nameIn is the length share when one name is wholly inside the other, else 0.
func nameIn(a, b string) float32 {
	if a == "" || b == "" {
		return 0
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if strings.Contains(b, a) {
		return float32(len(a)) / float32(len(b))
	}
	return 0
}

func hasField(it *item, canon int32) bool {
	lo, hi := 0, len(it.fields)
	for lo < hi {
		mid := (lo + hi) / 2
		if it.fields[mid] < canon {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo < len(it.fields) && it.fields[lo] == canon
}
