package platform

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// prefixes is the compiled Platform.Prefix.
type prefixes struct {
	re *regexp.Regexp

	// Most prefixes are one segment, and are told without re.
	segment *regexp.Regexp // the whole of it, behind its slash; nil where a prefix may be more
	shape   shape          // of segment
}

func newPrefixes(pattern string) (*prefixes, error) {
	if pattern == "" {
		return nil, nil
	}
	re, err := regexp.Compile("^(" + pattern + ")(/.*)?$")
	if err != nil {
		return nil, fmt.Errorf("prefix %q: %w", pattern, err)
	}
	p := &prefixes{re: re}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil || parsed.Op != syntax.OpConcat && parsed.Op != syntax.OpLiteral {
		return p, nil
	}
	expr, ok := strings.CutPrefix(pattern, "/")
	if !ok {
		return p, nil
	}
	if s, err := shapeOf(expr); err == nil && s.least > 0 && !s.all['/'] {
		p.shape = s
		p.segment, err = regexp.Compile("^(?:" + expr + ")$")
		if err != nil {
			return nil, fmt.Errorf("prefix %q: %w", pattern, err)
		}
	}
	return p, nil
}

// cut splits path into prefix and rest.
func (p *prefixes) cut(path string) (prefix, rest string, ok bool) {
	if p == nil {
		return "", "", false
	}
	if p.segment == nil {
		m := p.re.FindStringSubmatch(path)
		if m == nil || m[1] == "" {
			return "", "", false
		}
		prefix, rest = m[1], m[len(m)-1]
	} else {
		if len(path) < 2 {
			return "", "", false
		}
		end := strings.IndexByte(path[1:], '/') + 1
		if end == 0 {
			end = len(path)
		}
		prefix, rest = path[:end], path[end:]
		if !p.isSegment(prefix[1:]) {
			return "", "", false
		}
	}
	if rest == "" {
		rest = "/"
	}
	return prefix, rest, true
}

func (p *prefixes) isSegment(s string) bool {
	if len(s) < p.shape.least || s == "" || !p.shape.first[s[0]] {
		return false
	}
	for i := 0; i < len(s); i++ {
		if !p.shape.all[s[i]] {
			return false
		}
	}
	return p.shape.isRun && p.shape.run.max < 0 || p.segment.MatchString(s)
}
