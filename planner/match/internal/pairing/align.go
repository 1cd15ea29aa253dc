package pairing

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"replatform/planner/match/internal/text"
)

// maxLeft caps how many unmatched words of a title are looked at one by one.
const maxLeft = 14

// left is a word of one title without partner in the other.
type left struct {
	id    int32
	w     float32 // idf times the chance that the counterpart keeps it
	where int     // position in the title
	used  bool
}

// alignment is what came of laying two titles side by side.
type alignment struct {
	equal    int     // words matched as they are
	synonyms int     // words matched by meaning
	joined   int     // words matched after joining or cutting
	soft     int     // words matched in spite of a typo
	taught   int     // words matched because other pairs of this move swap them
	matchW   float32 // weight of all matched words
	rareW    float32 // of the rarest matched word
	codeW    float32 // weight of matched codes and long numbers

	oldW, newW           float32 // weight of all words
	leftOldW, leftNewW   float32 // weight of words without partner
	openOldW, openNewW   float32 // … of which no other field of the other page explains
	maxOldW, maxNewW     float32 // heaviest of the latter
	baseOldW, baseNewW   float32 // weight of the latter that does not merely tell siblings apart
	leftOldN, leftNewN   int
	numOld, numNew       int // numbers and amounts without partner
	codeOld, codeNew     int // codes without partner
	clashes              int // amounts of one dimension that differ
	amounts              int // amounts and numbers that agree
	swap                 float32
	varyOld, varyNew     float32 // how much words without partner are what tells siblings apart
	bothVary             float32
	clashOldID, clashNew int32          // words that disagree most, for the evidence; -1 none
	restOld, restNew     [maxLeft]int32 // words without partner
	restOldN, restNewN   int
}

// align lays the title of an old item beside that of a new one. swapped may be
// the pair's own contribution to what was learnt; it is taken out.
func (c *Corpus) align(o, n *item, own bool) alignment {
	a := alignment{clashOldID: -1, clashNew: -1}
	lex := c.lex
	var lo, ln [maxLeft]left
	var usedBuf [maxTitleTokens + 16]bool
	used := usedBuf[:min(len(n.title), len(usedBuf))]
	no, nn := 0, 0
	keepO, keepN := lex.keep[0], lex.keep[1]
	for i, t := range o.title {
		w := lex.idf[t.id] * keepO[t.id]
		a.oldW += w
		if j := findWord(n.title[:len(used)], used, t.id, lex.canon); j >= 0 {
			used[j] = true
			u := n.title[j].id
			if u == t.id {
				a.equal++
			} else {
				a.synonyms++
			}
			a.match(lex, t.id, lex.idf[t.id])
			continue
		}
		if no < maxLeft {
			lo[no] = left{id: t.id, w: w, where: i}
			no++
		}
	}
	for j, t := range n.title {
		w := lex.idf[t.id] * keepN[t.id]
		a.newW += w
		if j < len(used) && used[j] {
			continue
		}
		if nn < maxLeft {
			ln[nn] = left{id: t.id, w: w, where: j}
			nn++
		}
	}
	olds, news := lo[:no], ln[:nn]
	if no > 0 && nn > 0 {
		c.joinWords(&a, o.title, olds, news)
		c.joinWords(&a, n.title, news, olds)
		c.meetAmounts(&a, olds, news)
		c.meetWords(&a, olds, news, own)
	}
	a.sum(c, olds, n, true)
	a.sum(c, news, o, false)
	c.disagree(&a, olds, news)
	a.restOldN, a.restNewN = unused(&a.restOld, olds), unused(&a.restNew, news)
	return a
}

func unused(ids *[maxLeft]int32, ws []left) int {
	n := 0
	for i := range ws {
		if !ws[i].used {
			ids[n] = ws[i].id
			n++
		}
	}
	return n
}

func (a *alignment) match(lex *lexicon, id int32, w float32) {
	a.matchW += w
	a.rareW = max(a.rareW, w)
	switch lex.kinds[id] {
	case text.Code:
		a.codeW += w
	case text.Num:
		a.amounts++
		if len(lex.words[id]) >= 4 {
			a.codeW += w
		}
	case text.Qty:
		a.amounts++
	}
}

func findWord(ts []token, used []bool, id int32, canon []int32) int {
	same := -1
	for j := range ts {
		if used[j] {
			continue
		}
		if ts[j].id == id {
			return j
		}
		if same < 0 && canon[ts[j].id] == canon[id] {
			same = j
		}
	}
	return same
}

// joinWords matches a word of ones with two to four neighbouring words of title
// that give the same when written together.
func (c *Corpus) joinWords(a *alignment, title []token, parts, ones []left) {
	for k := range ones {
		if ones[k].used {
			continue
		}
		whole := c.lex.words[ones[k].id]
		if len(whole) < 3 || c.lex.kinds[ones[k].id] == text.Qty {
			continue
		}
		for p := range parts {
			if parts[p].used || !strings.HasPrefix(whole, c.lex.words[parts[p].id]) {
				continue
			}
			rest, n := whole, 0
			for q := p; q < len(parts) && n < 4 && rest != "" && !parts[q].used && parts[q].where == parts[p].where+n; q++ {
				tail, ok := strings.CutPrefix(rest, c.lex.words[parts[q].id])
				if !ok {
					break
				}
				rest = tail
				n++
			}
			if rest != "" || n < 2 {
				continue
			}
			for q := p; q < p+n; q++ {
				parts[q].used = true
			}
			ones[k].used = true
			a.joined++
			a.match(c.lex, ones[k].id, c.lex.idf[ones[k].id])
			break
		}
	}
}

// meetAmounts matches amounts that are the same in other words: "2G" and "2GB",
// 500 and "500g".
func (c *Corpus) meetAmounts(a *alignment, olds, news []left) {
	for i := range olds {
		if olds[i].used {
			continue
		}
		for j := range news {
			if !news[j].used && c.sameAmount(olds[i].id, news[j].id) {
				olds[i].used, news[j].used = true, true
				a.amounts++
				w := min(c.lex.idf[olds[i].id], c.lex.idf[news[j].id])
				a.matchW += w
				break
			}
		}
	}
}

func (c *Corpus) sameAmount(x, y int32) bool {
	kx, ky := c.lex.kinds[x], c.lex.kinds[y]
	if ky == text.Qty && kx == text.Num {
		x, y, kx, ky = y, x, ky, kx
	}
	if kx != text.Qty {
		return false
	}
	dx, vx, _ := text.Amount(c.lex.words[x])
	if ky == text.Num {
		v, ok := text.Number(c.lex.words[y])
		if !ok || v == 0 {
			return false
		}
		for _, f := range [...]float64{1, 10, 25.4, 1000, 1024, 304.8} {
			if near(vx, v*f, 0.002) {
				return true
			}
		}
		return false
	}
	if ky != text.Qty {
		return false
	}
	dy, vy, _ := text.Amount(c.lex.words[y])
	if dx == dy {
		return near(vx, vy, 0.006)
	}
	if dx == "mb" && dy == "g" {
		dx, vx, dy, vy = dy, vy, dx, vx
	}
	return dx == "g" && dy == "mb" && near(vx*1024, vy, 0.001)
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance*math.Max(a, b) }

// meetWords matches words that other pairs of this move exchange, words whose
// difference is a pair of synonyms, and words with a typo.
func (c *Corpus) meetWords(a *alignment, olds, news []left, own bool) {
	for i := range olds {
		if olds[i].used {
			continue
		}
		best, how := -1, 0
		for j := range news {
			if news[j].used {
				continue
			}
			if h := c.alike(olds[i].id, news[j].id, own); h > how {
				best, how = j, h
			}
		}
		if best < 0 {
			continue
		}
		olds[i].used, news[best].used = true, true
		w := min(c.lex.idf[olds[i].id], c.lex.idf[news[best].id])
		switch how {
		case typo:
			a.soft++
			a.matchW += 0.8 * w
		case taught:
			a.taught++
			a.match(c.lex, olds[i].id, w)
		case meaning:
			a.synonyms++
			a.match(c.lex, olds[i].id, w)
		}
	}
}

// How two different words can be alike, the weakest first.
const (
	typo = iota + 1
	taught
	meaning
)

func (c *Corpus) alike(x, y int32, own bool) int {
	kx, ky := c.lex.kinds[x], c.lex.kinds[y]
	if kx == text.Qty || ky == text.Qty || kx == text.Num || ky == text.Num {
		return 0
	}
	if c.learnt != nil && c.learnt.exchanged(c.lex, x, y, own) {
		return taught
	}
	if kx == text.Code || ky == text.Code {
		return 0
	}
	if kx != ky && c.lex.roman[x] != 0 && c.lex.roman[x] == c.lex.roman[y] {
		return typo // kana and romaji of one name: a weak sign, as a word with a typo is
	}
	wx, wy := c.lex.words[x], c.lex.words[y]
	if rx, ry, ok := differ(wx, wy); ok {
		ix, okx := c.lex.ids[rx]
		iy, oky := c.lex.ids[ry]
		if okx && oky {
			if c.lex.canon[ix] == c.lex.canon[iy] {
				return meaning
			}
			if c.learnt != nil && c.learnt.exchanged(c.lex, ix, iy, own) {
				return taught
			}
		}
	}
	if c.learnt != nil && c.learnt.swaps(x, y) > 0 {
		return 0
	}
	nx, ny := int(c.lex.runes[x]), int(c.lex.runes[y])
	if min(nx, ny) < 3 || max(nx, ny)-min(nx, ny) > 2 {
		return 0
	}
	allowed := 1
	if max(nx, ny) >= 8 {
		allowed = 2
	}
	if kx == text.Word && min(nx, ny) < 4 {
		return 0
	}
	if distance(wx, wy, allowed) <= allowed {
		return typo
	}
	return 0
}

// differ strips what two words have in common at both ends. ok is false when
// nothing is common or one side is left empty.
func differ(x, y string) (rx, ry string, ok bool) {
	for x != "" && y != "" {
		a, n := utf8.DecodeRuneInString(x)
		b, m := utf8.DecodeRuneInString(y)
		if a != b {
			break
		}
		x, y, ok = x[n:], y[m:], true
	}
	for x != "" && y != "" {
		a, n := utf8.DecodeLastRuneInString(x)
		b, m := utf8.DecodeLastRuneInString(y)
		if a != b {
			break
		}
		x, y, ok = x[:len(x)-n], y[:len(y)-m], true
	}
	return x, y, ok && x != "" && y != ""
}

// distance is the edit distance in characters with exchanged neighbours counted
// once, or a number above limit when it is more than limit.
func distance(x, y string, limit int) int {
	var bufX, bufY [64]rune
	a, b := toRunes(bufX[:0], x), toRunes(bufY[:0], y)
	if len(a) > 60 || len(b) > 60 || len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	var r0, r1, r2 [64]int
	prev2, prev, cur := r0[:len(b)+1], r1[:len(b)+1], r2[:len(b)+1]
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			d := prev[j-1]
			if a[i-1] != b[j-1] {
				d++
			}
			d = min(d, prev[j]+1, cur[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, prev2[j-2]+1)
			}
			cur[j] = d
			least = min(least, d)
		}
		if least > limit {
			return limit + 1
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}

func toRunes(buf []rune, s string) []rune {
	for _, r := range s {
		buf = append(buf, r)
		if len(buf) > 60 {
			break
		}
	}
	return buf
}

// sum adds up what was left of one side. other is the page of the other side,
// whose further fields may explain a word.
func (a *alignment) sum(c *Corpus, ws []left, other *item, old bool) {
	var leftW, openW, maxW, baseW, vary float32
	n, nums, codes := 0, 0, 0
	for i := range ws {
		if ws[i].used {
			continue
		}
		w := &ws[i]
		leftW += w.w
		n++
		switch c.lex.kinds[w.id] {
		case text.Num, text.Qty:
			nums++
		case text.Code:
			codes++
		}
		if _, found := slices.BinarySearch(other.fields, c.lex.canon[w.id]); found {
			continue
		}
		openW += w.w
		maxW = max(maxW, w.w)
		v := c.lex.vary[w.id]
		vary = max(vary, v)
		baseW += w.w * (1 - v) * (1 - v)
	}
	if old {
		a.leftOldW, a.openOldW, a.maxOldW, a.baseOldW, a.varyOld, a.leftOldN, a.numOld, a.codeOld = leftW, openW, maxW, baseW, vary, n, nums, codes
	} else {
		a.leftNewW, a.openNewW, a.maxNewW, a.baseNewW, a.varyNew, a.leftNewN, a.numNew, a.codeNew = leftW, openW, maxW, baseW, vary, n, nums, codes
	}
}

// disagree finds the two words left over that contradict each other most: amounts
// of one dimension, or words that tell siblings of one shop apart.
func (c *Corpus) disagree(a *alignment, olds, news []left) {
	var worst float32
	for i := range olds {
		if olds[i].used {
			continue
		}
		for j := range news {
			if news[j].used {
				continue
			}
			x, y := olds[i].id, news[j].id
			var s float32
			if c.lex.kinds[x] == text.Qty && c.lex.kinds[y] == text.Qty {
				dx, _, _ := text.Amount(c.lex.words[x])
				dy, _, _ := text.Amount(c.lex.words[y])
				if dx == dy {
					a.clashes++
					s = 1
				}
			}
			if c.learnt != nil {
				if k := c.learnt.swaps(x, y); k > 0 {
					s = max(s, float32(k)/float32(k+2))
				}
			}
			a.bothVary = max(a.bothVary, min(c.lex.vary[x], c.lex.vary[y]))
			if s > worst {
				worst, a.clashOldID, a.clashNew = s, x, y
			}
		}
	}
	a.swap = worst
}
