package platform

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
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

// sight is what markers are looked for in.
type sight struct {
	host      string
	header    http.Header
	cookies   []string
	generator []string
	metas     [][2]string // name, content
	assets    []string
	scripts   string
	body      string
	lowerBody string
}

// Bounds of a scan: a page is hostile and may be anything.
const (
	maxScanBody  = 4 << 20
	maxScanParts = 20000
)

func scan(o Observation) *sight {
	s := &sight{header: o.Header}
	if o.URL != nil {
		s.host = strings.ToLower(o.URL.Hostname())
	}
	for _, line := range o.Header.Values("Set-Cookie") {
		name, _, _ := strings.Cut(line, "=")
		s.cookies = append(s.cookies, strings.TrimSpace(name))
	}
	body := o.Body
	if len(body) > maxScanBody {
		body = body[:maxScanBody]
	}
	s.body = string(body)
	s.lowerBody = strings.ToLower(s.body)
	s.tokens(body)
	return s
}

func (s *sight) tokens(body []byte) {
	var scripts strings.Builder
	z := html.NewTokenizer(bytes.NewReader(body))
	inScript := false
	for n := 0; n < maxScanParts*10; n++ {
		switch z.Next() {
		case html.ErrorToken:
			s.scripts = scripts.String()
			return
		case html.TextToken:
			if inScript {
				scripts.Write(z.Raw())
				scripts.WriteByte('\n')
			}
		case html.EndTagToken:
			inScript = false
		case html.StartTagToken, html.SelfClosingTagToken:
			tag, more := z.TagName()
			name := string(tag)
			inScript = name == "script"
			attrs := map[string]string{}
			for more {
				var k, v []byte
				k, v, more = z.TagAttr()
				attrs[string(k)] = string(v)
			}
			for _, k := range []string{"src", "href", "action", "data-src"} {
				if v := attrs[k]; v != "" && len(s.assets) < maxScanParts {
					s.assets = append(s.assets, strings.ToLower(v))
				}
			}
			if name == "meta" {
				key := strings.ToLower(attrs["name"] + attrs["property"])
				if key == "generator" {
					s.generator = append(s.generator, attrs["content"])
				}
				if len(s.metas) < maxScanParts {
					s.metas = append(s.metas, [2]string{key, attrs["content"]})
				}
				if v := attrs["content"]; strings.Contains(v, "//") && len(s.assets) < maxScanParts {
					s.assets = append(s.assets, strings.ToLower(v))
				}
			}
		}
	}
	s.scripts = scripts.String()
}

// matcher is a compiled marker.
type matcher struct {
	where string
	text  string // lower case, except for globals
	name  string // header and meta: what stands before ":" or "="
	re    *regexp.Regexp
}

func newMatcher(m *Marker) (*matcher, error) {
	x := &matcher{where: m.Where, text: strings.ToLower(m.Text)}
	if (m.Text == "") == (m.Regex == "") {
		return nil, fmt.Errorf("a marker has either text or regex")
	}
	if m.Regex != "" {
		re, err := regexp.Compile("(?i)" + m.Regex)
		if err != nil {
			return nil, fmt.Errorf("regex %q: %w", m.Regex, err)
		}
		x.re = re
	}
	switch m.Where {
	case InHeader:
		name, value, _ := strings.Cut(m.Text, ":")
		x.name, x.text = strings.TrimSpace(name), strings.ToLower(strings.TrimSpace(value))
		if m.Regex != "" {
			return nil, fmt.Errorf("headers are named by text")
		}
	case InMeta:
		name, value, _ := strings.Cut(x.text, "=")
		x.name, x.text = name, value
	case InGlobal:
		if m.Regex != "" {
			return nil, fmt.Errorf("globals are named by text")
		}
		x.text = m.Text
		re, err := regexp.Compile(`(?:^|[^\w$.])(?:window\.)?` + regexp.QuoteMeta(m.Text) + `\s*(?:=[^=]|\.[A-Za-z_$][\w$.]*\s*=[^=])`)
		if err != nil {
			return nil, fmt.Errorf("global %q: %w", m.Text, err)
		}
		x.re = re
	case InCookie, InGenerator, InAsset, InBody, InHost:
	default:
		return nil, fmt.Errorf("%q is no place for a marker", m.Where)
	}
	return x, nil
}

// find looks for the marker and returns what it saw.
func (x *matcher) find(s *sight) (string, bool) {
	switch x.where {
	case InHeader:
		for _, v := range s.header.Values(x.name) {
			if strings.Contains(strings.ToLower(v), x.text) {
				return x.name + ": " + v, true
			}
		}
	case InCookie:
		return firstOf(s.cookies, func(v string) bool { return x.whole(v) })
	case InGenerator:
		return firstOf(s.generator, x.part)
	case InMeta:
		for _, m := range s.metas {
			if m[0] == x.name && strings.Contains(strings.ToLower(m[1]), x.text) || x.re != nil && x.re.MatchString(m[0]) {
				return m[0] + "=" + m[1], true
			}
		}
	case InAsset:
		return firstOf(s.assets, x.part)
	case InGlobal:
		if x.re.MatchString(s.scripts) {
			return x.text, true
		}
	case InBody:
		if x.re != nil {
			if m := x.re.FindString(s.body); m != "" {
				return m, true
			}
			return "", false
		}
		if strings.Contains(s.lowerBody, x.text) {
			return x.text, true
		}
	case InHost:
		if x.re != nil {
			return s.host, x.re.MatchString(s.host)
		}
		if strings.HasSuffix(s.host, x.text) {
			return s.host, true
		}
	}
	return "", false
}

func (x *matcher) whole(v string) bool {
	if x.re != nil {
		return x.re.MatchString(v)
	}
	v = strings.ToLower(v)
	if head, ok := strings.CutSuffix(x.text, "*"); ok {
		return strings.HasPrefix(v, head)
	}
	return v == x.text
}

func (x *matcher) part(v string) bool {
	if x.re != nil {
		return x.re.MatchString(v)
	}
	return strings.Contains(strings.ToLower(v), x.text)
}

func firstOf(list []string, fits func(string) bool) (string, bool) {
	if i := slices.IndexFunc(list, fits); i >= 0 {
		return list[i], true
	}
	return "", false
}
