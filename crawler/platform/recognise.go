package platform

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// Observation is one page with the answer that brought it.
type Observation struct {
	URL    *url.URL
	Header http.Header
	Body   []byte // UTF-8
}

// Confidence is how sure a recognition is.
type Confidence string

const (
	Certain Confidence = "certain"
	Likely  Confidence = "likely"
	Guess   Confidence = "guess"
)

// Candidate is a platform that the page may run on.
type Candidate struct {
	Platform   *Platform
	Score      float64
	Confidence Confidence
	Evidence   []string // one English sentence for each marker, strongest first; EvidenceIn has both languages
	Marks      []Mark
}

// Mark is a marker that was found.
type Mark struct {
	Where  string // see InHeader and so on
	Seen   string // what was found, made safe to print
	Weight int
}

// EvidenceIn returns one sentence for each mark in the language "ja" or "en".
func (c Candidate) EvidenceIn(lang string) []string {
	out := make([]string, 0, len(c.Marks))
	for _, m := range c.Marks {
		out = append(out, m.sentence(lang))
	}
	return out
}

var markWords = map[string]Text{
	InHeader:    {JA: "応答ヘッダー %s", EN: "the answer has the header %s"},
	InCookie:    {JA: "Cookie %s", EN: "the page sets the cookie %s"},
	InGenerator: {JA: "generator の記載 %s", EN: "the page names its generator %s"},
	InMeta:      {JA: "meta 要素 %s", EN: "the page has the meta element %s"},
	InAsset:     {JA: "ページ内の住所 %s", EN: "the page refers to %s"},
	InGlobal:    {JA: "スクリプトの変数 %s", EN: "a script sets the variable %s"},
	InBody:      {JA: "ページの記述 %s", EN: "the page holds %s"},
	InHost:      {JA: "ホスト名 %s", EN: "the host is %s"},
}

func (m Mark) sentence(lang string) string {
	s := fmt.Sprintf(markWords[m.Where].In(lang), m.Seen)
	if m.Weight > 0 {
		return s
	}
	if lang == "ja" {
		return s + "（否定する手がかり）"
	}
	return s + " (speaks against)"
}

// Thresholds of Recognise. A marker of weight 10 is proof on its own; two of weight
// 5 or more together are too. The nearest other platform must be well behind.
const (
	certainScore  = 10
	likelyScore   = 5
	certainMargin = 5
)

// Recognise names the platforms that the page may run on, the likeliest first. A
// platform is certain when its markers prove it and no other comes near. The list
// is empty when nothing speaks for any.
func (r *Registry) Recognise(o Observation) []Candidate {
	s := scan(o)
	var out []Candidate
	for _, p := range r.All() {
		c := Candidate{Platform: p}
		for i := range p.Markers {
			m := &p.Markers[i]
			if seen, ok := m.match.find(s); ok {
				c.Score += float64(m.Weight)
				c.Marks = append(c.Marks, Mark{Where: m.Where, Seen: printable(seen), Weight: m.Weight})
			}
		}
		if c.Score <= 0 {
			continue
		}
		slices.SortStableFunc(c.Marks, func(a, b Mark) int { return b.Weight - a.Weight })
		c.Evidence = c.EvidenceIn("en")
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b Candidate) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return strings.Compare(a.Platform.ID, b.Platform.ID)
	})
	for i := range out {
		next := 0.0
		switch {
		case i > 0:
			next = out[0].Score
		case len(out) > 1:
			next = out[1].Score
		}
		margin := out[i].Score - next
		switch {
		case i == 0 && out[i].Score >= certainScore && margin >= certainMargin:
			out[i].Confidence = Certain
		case i == 0 && out[i].Score >= likelyScore && margin > 0:
			out[i].Confidence = Likely
		default:
			out[i].Confidence = Guess
		}
	}
	return out
}

// printable cuts what a page said to one short line that is safe to show.
func printable(s string) string {
	const longest = 80
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest]) + "…"
	}
	return s
}
