package pairing

import (
	"math"
	"slices"
	"unicode/utf8"

	"replatform/planner/match/internal/text"
)

// maxDescGrams caps what is kept of a description: the lowest hashes, which are the
// same selection for equal texts and a fair one for similar ones.
const maxDescGrams = 112

// gramTable numbers grams, which are hashes, and counts in how many texts each
// stands.
type gramTable struct {
	ids map[uint32]uint32
	df  []uint32
	idf []float32
}

func newGramTable() *gramTable { return &gramTable{ids: make(map[uint32]uint32)} }

// count replaces the hashes of one text, each once, by their sorted numbers.
func (g *gramTable) count(grams []uint32) {
	for i, h := range grams {
		id, ok := g.ids[h]
		if !ok {
			id = uint32(len(g.df))
			g.ids[h] = id
			g.df = append(g.df, 0)
		}
		g.df[id]++
		grams[i] = id
	}
	slices.Sort(grams)
}

// weigh computes the idf of every gram for n texts. No more texts can be counted
// afterwards.
func (g *gramTable) weigh(n int) {
	g.ids = nil
	g.idf = make([]float32, len(g.df))
	top := math.Log(float64(n) + 1)
	for i, d := range g.df {
		g.idf[i] = float32(max(0.02, math.Log((float64(n)+1)/(float64(d)+0.5))/top))
	}
}

// cosine compares two sorted gram sets by their weights.
func (g *gramTable) cosine(a, b []uint32) (cos, insideA, insideB float32) {
	var na, nb, both float32
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case j >= len(b) || i < len(a) && a[i] < b[j]:
			w := g.idf[a[i]]
			na += w * w
			i++
		case i >= len(a) || b[j] < a[i]:
			w := g.idf[b[j]]
			nb += w * w
			j++
		default:
			w := g.idf[a[i]]
			w *= w
			na, nb, both = na+w, nb+w, both+w
			i, j = i+1, j+1
		}
	}
	if na == 0 || nb == 0 {
		return 0, 0, 0
	}
	return both / float32(math.Sqrt(float64(na)*float64(nb))), both / na, both / nb
}

func gramHash(a, b, c rune) uint32 {
	h := uint64(a)*0x9e3779b97f4a7c15 ^ uint64(b)*0xc2b2ae3d27d4eb4f ^ uint64(c)*0x165667b19e3779f9
	h ^= h >> 29
	h *= 0xbf58476d1ce4e5b9
	return uint32(h >> 32)
}

// wordHash gives a whole word its place among the grams.
func wordHash(w string) uint32 { return uint32(hash(w) >> 32) }

// hash is FNV-1a, mixed.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h ^= uint64(s[i])
		h *= 1099511628211
	}
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	h ^= h >> 32
	return h
}

// titleGrams appends character grams of a title: pairs of kana and kanji across
// words, triples within other words, and the words themselves.
func titleGrams(out []uint32, ts []token, lex *lexicon, title string) []uint32 {
	for _, t := range ts {
		out = append(out, wordHash(lex.words[lex.canon[t.id]]))
	}
	out = runeGrams(out, title)
	slices.Sort(out)
	return slices.Compact(out)
}

// textGrams gives the grams of a longer text: pairs of kana and kanji, and words
// of other scripts.
func textGrams(s string) []uint32 {
	if s == "" {
		return nil
	}
	var out []uint32
	prev := rune(0)
	start := -1
	flush := func(end int) {
		if start >= 0 {
			out = append(out, wordHash(s[start:end]))
			start = -1
		}
	}
	for i, r := range s {
		if len(out) > 4*maxDescGrams {
			break
		}
		switch {
		case text.IsCJK(r):
			flush(i)
			if prev != 0 {
				out = append(out, gramHash(prev, r, 0))
			}
			prev = r
			continue
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= utf8.RuneSelf && text.Alnum(string(r)) != "":
			if start < 0 {
				start = i
			}
		default:
			flush(i)
		}
		prev = 0
	}
	flush(len(s))
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) > maxDescGrams {
		out = out[:maxDescGrams]
	}
	return out
}

// runeGrams appends pairs of kana and kanji and triples of other letters and
// digits, with the edges of words marked.
func runeGrams(out []uint32, s string) []uint32 {
	const edge = 1
	var last rune // last kana or kanji; blanks and marks between are skipped
	a, b := rune(0), rune(0)
	end := func() {
		if b != 0 {
			out = append(out, gramHash(a, b, edge))
		}
		a, b = 0, 0
	}
	for _, r := range s {
		switch {
		case text.IsCJK(r):
			end()
			if last != 0 {
				out = append(out, gramHash(last, r, 0))
			}
			last = r
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= utf8.RuneSelf && text.Alnum(string(r)) != "":
			last = 0
			if b == 0 {
				a, b = edge, r
				continue
			}
			out = append(out, gramHash(a, b, r))
			a, b = b, r
		default:
			end()
		}
	}
	end()
	return out
}
