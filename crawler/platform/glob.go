package platform

import (
	"fmt"
	"regexp"
	"strings"
)

// pathGlob is a path with "*" for any run of characters within it. A slash at the
// end does not matter, and the platform's prefix may stand before it.
type pathGlob struct {
	parts  []string       // what stands between the stars
	behind *regexp.Regexp // the same behind a prefix; nil where nothing may stand before
}

func newPathGlob(spec, prefix string) (pathGlob, error) {
	if !strings.HasPrefix(strings.TrimPrefix(spec, "*"), "/") {
		return pathGlob{}, fmt.Errorf("path %q does not begin with a slash", spec)
	}
	g := pathGlob{parts: strings.Split(strings.TrimSuffix(spec, "/"), "*")}
	if prefix == "" || g.parts[0] == "" && len(g.parts) > 1 {
		return g, nil
	}
	quoted := make([]string, len(g.parts))
	for i, p := range g.parts {
		quoted[i] = regexp.QuoteMeta(p)
	}
	var err error
	if g.behind, err = regexp.Compile("^(?:" + prefix + ")" + strings.Join(quoted, ".*") + "/?$"); err != nil {
		return pathGlob{}, fmt.Errorf("path %q: %w", spec, err)
	}
	return g, nil
}

// match says whether a path in normal form fits.
func (g *pathGlob) match(path string) bool {
	return g.fits(path) || g.behind != nil && g.behind.MatchString(path)
}

func (g *pathGlob) fits(path string) bool {
	rest, ok := strings.CutPrefix(path, g.parts[0])
	if !ok {
		return false
	}
	last := len(g.parts) - 1
	if last == 0 {
		return rest == "" || rest == "/"
	}
	for _, p := range g.parts[1:last] {
		i := strings.Index(rest, p)
		if i < 0 {
			return false
		}
		rest = rest[i+len(p):]
	}
	return strings.HasSuffix(rest, g.parts[last]) || strings.HasSuffix(strings.TrimSuffix(rest, "/"), g.parts[last])
}

// literal is a text that every path that fits holds and that begins with a slash
// and one more character; "" where there is none.
func (g *pathGlob) literal() string {
	for _, p := range g.parts {
		if p != "" {
			if len(p) > 1 {
				return p
			}
			break
		}
	}
	return ""
}

// pathSet is a list of path globs with ranks. Few of them are tried on a path: those
// whose literal begins as one of its segments does.
type pathSet struct {
	bySegment [256][]rankedGlob // by the first byte of a segment
	always    []rankedGlob
}

type rankedGlob struct {
	pathGlob
	start string
	rank  int
}

func (s *pathSet) add(g pathGlob, rank int) {
	r := rankedGlob{pathGlob: g, start: g.literal(), rank: rank}
	if r.start == "" {
		s.always = append(s.always, r)
		return
	}
	s.bySegment[r.start[1]] = append(s.bySegment[r.start[1]], r)
}

// rank returns the lowest rank of a glob that path fits.
func (s *pathSet) rank(path string) (lowest int, ok bool) {
	for i := range s.always {
		if r := &s.always[i]; (!ok || r.rank < lowest) && r.match(path) {
			lowest, ok = r.rank, true
		}
	}
	for i := 0; i+1 < len(path); i++ {
		if path[i] != '/' {
			continue
		}
		list := s.bySegment[path[i+1]]
		for k := range list {
			if r := &list[k]; (!ok || r.rank < lowest) && strings.HasPrefix(path[i:], r.start) && r.match(path) {
				lowest, ok = r.rank, true
			}
		}
	}
	return lowest, ok
}
