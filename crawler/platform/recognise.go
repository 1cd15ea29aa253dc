package platform

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
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
	Evidence   []string // one sentence for each marker, strongest first
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
		type hit struct {
			weight int
			text   string
		}
		var hits []hit
		for i := range p.Markers {
			m := &p.Markers[i]
			if seen, ok := m.match.find(s); ok {
				c.Score += float64(m.Weight)
				hits = append(hits, hit{m.Weight, m.sentence(seen)})
			}
		}
		if c.Score <= 0 {
			continue
		}
		slices.SortStableFunc(hits, func(a, b hit) int { return b.weight - a.weight })
		for _, h := range hits {
			c.Evidence = append(c.Evidence, h.text)
		}
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

func (m *Marker) sentence(seen string) string {
	const longest = 80
	seen = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, seen)
	if r := []rune(seen); len(r) > longest {
		seen = string(r[:longest]) + "…"
	}
	against := ""
	if m.Weight < 0 {
		against = " (speaks against)"
	}
	return fmt.Sprintf("%s: %s%s", m.Where, seen, against)
}
