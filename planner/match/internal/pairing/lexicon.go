package pairing

import (
	"maps"
	"math"
	"slices"
	"unicode/utf8"

	"replatform/planner/match/internal/text"
)

// lexicon numbers the words of both shops and keeps what is known of each.
type lexicon struct {
	ids   map[string]int32
	words []string
	kinds []text.Kind
	canon []int32    // word that stands for it; itself when none does
	df    [2][]int32 // number of titles with the word, for each side
	runes []uint8    // length, capped

	roman []uint64 // hash of the word in the letters that kana and romaji share, 0 none

	idf  []float32    // 0..1, by the titles of both sides
	keep [2][]float32 // chance that the word is kept in the title of the counterpart
	vary []float32    // chance that the word is what tells siblings apart

	synonyms  map[string]string
	promotion map[string]bool
}

func newLexicon() *lexicon {
	l := &lexicon{ids: make(map[string]int32), synonyms: text.Synonyms(), promotion: text.Promotion()}
	for _, w := range slices.Sorted(maps.Keys(l.synonyms)) {
		for _, t := range text.Tokens(w, 1) {
			l.id(w, t.Kind)
		}
	}
	return l
}

func (l *lexicon) id(word string, kind text.Kind) int32 {
	if id, ok := l.ids[word]; ok {
		return id
	}
	// A clone would cost an allocation for each word; words are cut from
	// folded texts, which are kept alive by few of them only.
	word = string([]byte(word))
	id := int32(len(l.words))
	l.ids[word] = id
	l.words = append(l.words, word)
	l.kinds = append(l.kinds, kind)
	l.canon = append(l.canon, id)
	l.runes = append(l.runes, uint8(min(utf8.RuneCountInString(word), 255)))
	l.df[0] = append(l.df[0], 0)
	l.df[1] = append(l.df[1], 0)
	if head, ok := l.synonyms[word]; ok {
		h := l.id(head, kind)
		l.canon[id] = h
	}
	return id
}

// weigh computes the idf of every word for n titles altogether. The counts of
// words with one meaning are joined.
func (l *lexicon) weigh(n int) {
	joint := make([]int32, len(l.words))
	for i := range l.words {
		joint[l.canon[i]] += l.df[0][i] + l.df[1][i]
	}
	l.roman = make([]uint64, len(l.words))
	for i, w := range l.words {
		if l.kinds[i] != text.Word && l.kinds[i] != text.CJK {
			continue
		}
		if s := text.Romaji(w); s != "" {
			l.roman[i] = hash(s)
		}
	}
	l.idf = make([]float32, len(l.words))
	top := math.Log(float64(n) + 1)
	for i := range l.words {
		d := float64(joint[l.canon[i]])
		l.idf[i] = float32(max(0.02, math.Log((float64(n)+1)/(d+0.5))/top))
	}
}

// split cuts runs of kana and kanji that are words written together, such as a
// maker's name in front of a product's name, where the parts are known as words of
// their own. parts returns nil when the run is best left whole.
func (l *lexicon) split(id int32, known func(word string) bool) []int32 {
	word := []rune(l.words[id])
	n := len(word)
	if n < 4 || n > 60 {
		return nil
	}
	// Cost of a known part 1, of an unknown one 1 and half for each character.
	cost := make([]float64, n+1)
	from := make([]int, n+1)
	for i := 1; i <= n; i++ {
		cost[i] = math.Inf(1)
		for j := max(0, i-14); j < i; j++ {
			if j == 0 && i == n {
				continue
			}
			c := 1 + 0.5*float64(i-j)
			if i-j >= 2 && known(string(word[j:i])) {
				c = 1
			} else if i-j == 1 && known(string(word[j:i])) {
				c = 1.2
			}
			if cost[j]+c < cost[i]-1e-9 {
				cost[i], from[i] = cost[j]+c, j
			}
		}
	}
	if cost[n] >= 1+0.5*float64(n)-1e-9 {
		return nil
	}
	var rev []int32
	for i := n; i > 0; i = from[i] {
		rev = append(rev, l.id(string(word[from[i]:i]), text.CJK))
	}
	for a, b := 0, len(rev)-1; a < b; a, b = a+1, b-1 {
		rev[a], rev[b] = rev[b], rev[a]
	}
	return rev
}
