package pairing

import (
	"context"
	"fmt"
	"slices"
)

// Scorer gives the probability that a pair is right from its features.
type Scorer interface {
	Score(x []float32) float64
}

// Matching is one run over two shops.
type Matching struct {
	Corpus *Corpus
	Cands  [][]Candidate // for each old item

	nameHash [2][]uint64
	twins    [2]map[uint64]int32
	backBest []best2 // for each new item: highest cosines over the old items
	p1       [][]float32
	p1Best   []best2 // for each old item: highest p1
	p1Back   []best2 // for each new item
	claims   []int32 // for each new item: old items that have it first
	strong   []int32 // for each new item: old items that give it more than a half
	certain  []Certain
	seeds    [groups]float32 // share of old items with a certain partner, for each group
	bestMean [groups]float32 // mean of the best p1, for each group
	told     told
	family   [][]claim // for each new item: old items that have it first, at most maxFamily
}

// maxFamily caps how many old items that want one new item are looked at.
const maxFamily = 10

// claim is an old item that has a new item as its first choice.
type claim struct {
	old int32
	p   float32
}

// best2 keeps the two highest scores and who has the first.
type best2 struct {
	first, second float32
	who           int32
}

func (b *best2) add(s float32, who int32) {
	switch {
	case s > b.first || s == b.first && who < b.who:
		b.second = b.first
		b.first, b.who = s, who
	case s > b.second:
		b.second = s
	}
}

// other is the highest score of anybody but who.
func (b *best2) other(who int32) float32 {
	if b.who == who {
		return b.second
	}
	return b.first
}

func newBest(n int) []best2 {
	bs := make([]best2, n)
	for i := range bs {
		bs[i].who = -1
	}
	return bs
}

// Prepare runs everything up to the point where pairs can be described: reading
// both shops, learning from certain pairs, finding candidates. What a person said is
// kept for later: see Teach.
func Prepare(ctx context.Context, old, new Records, known []Known, workers int, progress func(stage string, done, total int)) (*Matching, error) {
	if progress == nil {
		progress = func(string, int, int) {}
	}
	c, err := NewCorpus(ctx, old, new, func(done int) { progress("prepare", done, old.Len()+new.Len()) })
	if err != nil {
		return nil, err
	}
	progress("learn", 0, old.Len())
	seeds := c.seeds()
	c.Learn(seeds)
	m := &Matching{Corpus: c, told: tell(known), certain: seeds}
	m.measureSeeds(seeds)
	m.Cands, err = c.Candidates(ctx, workers, func(done int) { progress("search", done, old.Len()) })
	if err != nil {
		return nil, err
	}
	m.addKnown()
	m.countTwins()
	m.backBest = newBest(new.Len())
	for i, cs := range m.Cands {
		for _, cand := range cs {
			m.backBest[cand.New].add(cand.Cos, int32(i))
		}
	}
	return m, nil
}

func (m *Matching) measureSeeds(seeds []Certain) {
	var n [groups]float32
	items := m.Corpus.sides[oldSide]
	for i := range items {
		n[items[i].group]++
	}
	for _, p := range seeds {
		m.seeds[items[p.Old].group]++
	}
	for g := range n {
		m.seeds[g] /= max(1, n[g])
	}
}

func (m *Matching) countTwins() {
	for s := range m.Corpus.sides {
		items := m.Corpus.sides[s]
		m.nameHash[s] = make([]uint64, len(items))
		m.twins[s] = make(map[uint64]int32, len(items))
		for i := range items {
			h := m.Corpus.coreHash(&items[i], side(s))
			m.nameHash[s][i] = h
			m.twins[s][h]++
		}
	}
}

// coreHash is a hash of the words of a title that counterparts keep.
func (c *Corpus) coreHash(it *item, s side) uint64 {
	var h uint64
	for _, t := range it.title {
		if c.lex.keep[s][t.id] >= 0.35 {
			h += mix(uint64(uint32(c.lex.canon[t.id])) + 1)
		}
	}
	return h
}

// Describe1 fills v, FeatureCount long, with the features of the k-th candidate of
// old item i that need no model.
func (m *Matching) Describe1(v []float32, i, k int) {
	cand := m.Cands[i][k]
	m.Corpus.describe(v, int32(i), cand)
	m.place(v, i, k)
}

func (m *Matching) place(v []float32, i, k int) {
	cs := m.Cands[i]
	cand := cs[k]
	rank, other := 0, float32(0)
	for x := range cs {
		if x == k {
			continue
		}
		other = max(other, cs[x].Cos)
		if cs[x].Cos > cand.Cos {
			rank++
		}
	}
	v[fCosRank], v[fCosGap], v[fCands] = float32(rank), cand.Cos-other, float32(len(cs))
	b := m.backBest[cand.New]
	back := b.other(int32(i))
	v[fCosBack], v[fCosBackRank] = cand.Cos-back, flag(cand.Cos >= back)
	v[fTwinsOld] = float32(m.twins[oldSide][m.nameHash[oldSide][i]])
	v[fTwinsNew] = float32(m.twins[newSide][m.nameHash[newSide][cand.New]])
}

// Features of the second look, behind the FeatureCount first ones.
const (
	gP = iota + FeatureCount
	gRank
	gGap
	gOther
	gBack
	gBackGap
	gBackRank
	gClaims
	gStrong
	gSum
	gRivalCos
	gRivalTwin
	gRivalBase
	gNextCos
	gNextTwin
	gFamily
	gFamilyMean
	gFamilyMax
	gFamilyPrice
	gFamilyCode
	gFamilyLike
	gFamilySwap
	gFamilyOpen
	gOtherCode
	gOtherPrice
	gSiblings
	gAlikeSiblings
	gSeedShare
	gBestMean

	FeatureCount2
)

// First takes the scores of the first model for all candidates.
func (m *Matching) First(p1 [][]float32) {
	m.p1 = p1
	m.p1Best = newBest(len(m.Cands))
	m.p1Back = newBest(len(m.Corpus.sides[newSide]))
	m.claims = make([]int32, len(m.Corpus.sides[newSide]))
	m.strong = make([]int32, len(m.Corpus.sides[newSide]))
	m.family = make([][]claim, len(m.Corpus.sides[newSide]))
	m.bestMean = [groups]float32{}
	var n [groups]float32
	for i, ps := range p1 {
		for k, p := range ps {
			j := m.Cands[i][k].New
			m.p1Best[i].add(p, int32(k))
			m.p1Back[j].add(p, int32(i))
			if p > 0.5 {
				m.strong[j]++
			}
		}
		g := m.Corpus.sides[oldSide][i].group
		n[g]++
		m.bestMean[g] += m.p1Best[i].first
		if w := m.p1Best[i].who; w >= 0 {
			j := m.Cands[i][w].New
			m.claims[j]++
			if len(m.family[j]) < maxFamily {
				m.family[j] = append(m.family[j], claim{int32(i), m.p1Best[i].first})
			}
		}
	}
	for g := range n {
		m.bestMean[g] /= max(1, n[g])
	}
}

// Describe2 fills v, FeatureCount2 long, with all features of the k-th candidate of
// old item i. First must have been called.
func (m *Matching) Describe2(v []float32, i, k int) {
	m.Describe1(v[:FeatureCount], i, k)
	m.Context(v, i, k)
}

// Context fills the part of v behind FeatureCount.
func (m *Matching) Context(v []float32, i, k int) {
	c := m.Corpus
	j := m.Cands[i][k].New
	o := &c.sides[oldSide][i]
	p := m.p1[i][k]
	rank, sum := 0, float32(0)
	next, nextP := -1, float32(-1)
	for x, q := range m.p1[i] {
		sum += q
		if x == k {
			continue
		}
		if q > p {
			rank++
		}
		if q > nextP {
			next, nextP = x, q
		}
	}
	back := &m.p1Back[j]
	v[gP], v[gRank], v[gGap], v[gOther] = p, float32(rank), p-max(nextP, 0), max(nextP, 0)
	v[gBack], v[gBackGap], v[gBackRank] = back.other(int32(i)), p-back.other(int32(i)), flag(p >= back.other(int32(i)))
	v[gClaims], v[gStrong], v[gSum] = float32(m.claims[j]), float32(m.strong[j]), sum
	v[gRivalCos], v[gRivalTwin], v[gNextCos], v[gNextTwin] = -1, -1, -1, -1
	v[gRivalBase] = -1
	if back.who >= 0 && back.who != int32(i) {
		if p >= kinFrom {
			a := c.align(o, &c.sides[oldSide][back.who], false)
			v[gRivalBase] = a.baseOldW + a.baseNewW
		}
		v[gRivalCos], _, _ = c.grams.cosine(c.sides[oldSide][i].grams, c.sides[oldSide][back.who].grams)
		v[gRivalTwin] = flag(m.nameHash[oldSide][i] == m.nameHash[oldSide][back.who])
	}
	v[gOtherCode], v[gOtherPrice] = -1, -1
	for x, q := range m.p1[i] {
		if x == k || q < kinFrom {
			continue
		}
		n := &c.sides[newSide][m.Cands[i][x].New]
		if o.gtin != "" && o.gtin == n.gtin {
			v[gOtherCode] = 2
		} else if o.sku != "" && n.sku != "" {
			v[gOtherCode] = max(v[gOtherCode], codeRelation(o.sku, n.sku))
		}
		if o.price > 0 && n.price > 0 {
			v[gOtherPrice] = max(v[gOtherPrice], c.learnt.ratios.share(o.price, n.price, false))
		}
	}
	if p >= kinFrom || rank < 2 {
		m.kin(v, i, j)
		v[gSiblings], v[gAlikeSiblings] = m.siblings(i, k)
	} else {
		noKin(v)
	}
	g := c.sides[oldSide][i].group
	v[gSeedShare], v[gBestMean] = m.seeds[g], m.bestMean[g]
	if next >= 0 {
		n := m.Cands[i][next].New
		v[gNextCos], _, _ = c.grams.cosine(c.sides[newSide][j].grams, c.sides[newSide][n].grams)
		v[gNextTwin] = flag(m.nameHash[newSide][j] == m.nameHash[newSide][n])
	}
}

// kinFrom is the score of the first model from which on it pays to look at the other
// old items that want the same new one.
const kinFrom = 0.01

func noKin(v []float32) {
	for _, f := range [...]int{gFamily, gFamilyMean, gFamilyMax, gFamilyPrice, gFamilyCode, gFamilyLike, gFamilySwap, gFamilyOpen, gSiblings, gAlikeSiblings} {
		v[f] = -1
	}
}

// maxSiblings caps how many other candidates are looked at as siblings of one.
const maxSiblings = 8

// siblings counts the other candidates of an old item that differ from the k-th one
// only by what tells siblings apart, and those of them that say as much of the old
// item's title: nothing but a code can then tell which of them is meant.
func (m *Matching) siblings(i, k int) (count, alike float32) {
	c := m.Corpus
	cand := m.Cands[i][k]
	o, n := &c.sides[oldSide][i], &c.sides[newSide][cand.New]
	var open float32
	looked := 0
	for x, other := range m.Cands[i] {
		if x == k || other.Cos < 0.6*cand.Cos {
			continue
		}
		if looked++; looked > maxSiblings {
			break
		}
		s := &c.sides[newSide][other.New]
		a := c.align(n, s, false)
		if a.leftOldN+a.leftNewN == 0 || a.baseOldW+a.baseNewW >= 0.15 {
			continue
		}
		if count == 0 {
			b := c.align(o, n, false)
			open = b.openOldW
		}
		count++
		if b := c.align(o, s, false); b.openOldW <= open+0.05 {
			alike++
		}
	}
	return count, alike
}

// kin fills in how the other old items stand that want the same new item: whether
// they are siblings of this one, and whether price or code of one of them fits.
func (m *Matching) kin(v []float32, i int, j int32) {
	c := m.Corpus
	o, n := &c.sides[oldSide][i], &c.sides[newSide][j]
	var count, swaps, open int
	var sum, top, like float32
	price, code := float32(-1), float32(-1)
	for _, k := range m.family[j] {
		if k.old == int32(i) {
			continue
		}
		s := &c.sides[oldSide][k.old]
		cos, _, _ := c.grams.cosine(o.grams, s.grams)
		like += cos
		count++
		sum += k.p
		top = max(top, k.p)
		if cos < 0.5 {
			continue
		}
		if s.price > 0 && n.price > 0 {
			price = max(price, c.learnt.ratios.share(s.price, n.price, c.learnt.partner[k.old] == j))
		}
		code = max(code, bestStem(s, n))
		a := c.align(o, s, false)
		if a.swap > 0 {
			swaps++
		}
		if a.leftOldN == 0 && a.leftNewN == 0 {
			open++
		}
	}
	v[gFamily], v[gFamilyMax], v[gFamilyPrice], v[gFamilyCode] = float32(count), top, price, code
	v[gFamilyMean], v[gFamilyLike] = -1, -1
	if count > 0 {
		v[gFamilyMean], v[gFamilyLike] = sum/float32(count), like/float32(count)
	}
	v[gFamilySwap], v[gFamilyOpen] = float32(swaps), float32(open)
}

// ScoreAll runs a model over all candidates. second tells which features it wants.
func (m *Matching) ScoreAll(ctx context.Context, s Scorer, second bool, workers int, progress func(done int)) ([][]float32, error) {
	out := make([][]float32, len(m.Cands))
	n := FeatureCount
	if second {
		n = FeatureCount2
	}
	err := parallel(ctx, len(out), workers, progress, func() func(i int) {
		v := make([]float32, n)
		return func(i int) {
			ps := make([]float32, len(m.Cands[i]))
			for k := range ps {
				if second {
					if m.Hopeless(i, k) {
						continue
					}
					m.Describe2(v, i, k)
				} else {
					m.Describe1(v, i, k)
				}
				ps[k] = float32(s.Score(v))
			}
			out[i] = ps
		}
	})
	if err != nil {
		return nil, fmt.Errorf("scoring: %w", err)
	}
	return out, nil
}

// Relearn learns again from pairs that the first model holds for certain: each
// other's first choice, with no near rival, or a merged variant that nobody else
// wants more. It is for pages of which nobody said anything; see Teach.
func (m *Matching) Relearn(sure float32) {
	m.relearn(sure, func(found []Certain) []Certain { return found })
}

// Teach is Relearn with what a person said, which takes the place of what was found.
// Pages of which something was said can no longer be judged as the others are: what was
// learnt from the word on them makes them look better than they would be without it.
func (m *Matching) Teach(sure float32) { m.relearn(sure, m.told.correct) }

func (m *Matching) relearn(sure float32, correct func([]Certain) []Certain) {
	var pairs []Certain
	for i := range m.Cands {
		b := m.p1Best[i]
		if b.who < 0 || b.first < sure || b.second > 0.3 {
			continue
		}
		pairs = append(pairs, Certain{int32(i), m.Cands[i][b.who].New})
	}
	m.Corpus.Learn(correct(pairs))
	m.countTwins()
}

// Restart forgets what Relearn learnt.
func (m *Matching) Restart() {
	m.Corpus.Learn(m.certain)
	m.countTwins()
}

// FeatureNames gives the names of all features, for reports of the trainer.
func FeatureNames() []string { return slices.Clone(featureNames[:]) }

// Hopeless tells whether the second model need not look at a candidate: the first one
// gives it next to nothing, and two others more. Its score is 0.
func (m *Matching) Hopeless(i, k int) bool {
	p := m.p1[i][k]
	if p >= 0.002 {
		return false
	}
	better := 0
	for _, q := range m.p1[i] {
		if q > p {
			better++
		}
	}
	return better >= 2
}

// P1 is the score of the first model for a candidate.
func (m *Matching) P1(i, k int) float32 { return m.p1[i][k] }

// Group numbers the kinds of pages: products, categories, others.
func (m *Matching) Group(i int) int { return int(m.Corpus.sides[oldSide][i].group) }

// Certain counts the old pages of the kind of page i that had a certain partner.
func (m *Matching) Certain(i int) int {
	g := m.Corpus.sides[oldSide][i].group
	n := 0
	for _, p := range m.certain {
		if m.Corpus.sides[oldSide][p.Old].group == g {
			n++
		}
	}
	return n
}

// IsProduct tells whether the old item i is a product.
func (m *Matching) IsProduct(i int) bool { return m.Corpus.sides[oldSide][i].group == products }

// SeedShare is the share of old items of the kind of item i that have a certain
// partner.
func (m *Matching) SeedShare(i int) float64 {
	return float64(m.seeds[m.Corpus.sides[oldSide][i].group])
}

// NamesAgree tells whether the titles of two pages have anything in common, be it
// through another field. Where they have not, the rest may be a code that was given
// to another product.
func (m *Matching) NamesAgree(i int, j int32) bool {
	c := m.Corpus
	o, n := &c.sides[oldSide][i], &c.sides[newSide][j]
	if cos, _, _ := c.grams.cosine(o.grams, n.grams); cos >= leastAgreement {
		return true
	}
	a := c.align(o, n, false)
	return min(share(a.oldW-a.openOldW, a.oldW), share(a.newW-a.openNewW, a.newW)) >= leastAgreement
}

const leastAgreement = 0.12
