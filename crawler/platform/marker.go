package platform

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

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
	allAssets string // assets, one a line
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
	s.allAssets = strings.Join(s.assets, "\n")
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
	must  string // lower-case text without which re cannot match; saves running it
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
		tree, err := syntax.Parse(m.Regex, syntax.Perl)
		if err != nil {
			return nil, fmt.Errorf("regex %q: %w", m.Regex, err)
		}
		x.must = strings.ToLower(required(tree))
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
		if !strings.Contains(s.allAssets, x.text+x.must) {
			return "", false
		}
		return firstOf(s.assets, x.part)
	case InGlobal:
		if strings.Contains(s.scripts, x.text) && x.re.MatchString(s.scripts) {
			return x.text, true
		}
	case InBody:
		if x.re != nil {
			if !strings.Contains(s.lowerBody, x.must) {
				return "", false
			}
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
		return strings.Contains(strings.ToLower(v), x.must) && x.re.MatchString(v)
	}
	return strings.Contains(strings.ToLower(v), x.text)
}

func firstOf(list []string, fits func(string) bool) (string, bool) {
	if i := slices.IndexFunc(list, fits); i >= 0 {
		return list[i], true
	}
	return "", false
}

// required returns the longest text that every match of a regular expression holds.
func required(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return required(re.Sub[0])
		}
	case syntax.OpConcat:
		longest := ""
		for _, sub := range re.Sub {
			if s := required(sub); len(s) > len(longest) {
				longest = s
			}
		}
		return longest
	}
	return ""
}
