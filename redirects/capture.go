package redirects

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// Words that stand in the source of a captured row for the part that differs from
// address to address, and in its target for the same part again.
const (
	// CaptureID stands for one or more decimal digits.
	CaptureID = "{id}"
	// CaptureSlug stands for one or more of the characters 0-9 A-Z a-z _ -.
	CaptureSlug = "{slug}"
)

// Capture is a captured source taken apart. Either Param is empty and the captured
// part stands in the path between Before and After, or it is the whole value of the
// parameter Param.
type Capture struct {
	Word          string // CaptureID or CaptureSlug
	Before, After string // of the path; all of it is in Before when Param is set
	Param         string
	Fixed         []Param // the other parameters, sorted by name
}

// ErrCapture is returned by Rule.Capture for a row that could not be answered: no
// word or several in its source, none in its target, parameters that cannot be told
// apart.
var ErrCapture = errors.New("not a usable captured row")

// Capture takes a captured row apart. ok is false for rows of another kind.
func (r Rule) Capture() (c Capture, ok bool, err error) {
	if r.Source.Match != Captured {
		return c, false, nil
	}
	s := r.Source
	c.Word = CaptureID
	if strings.Contains(s.Path+s.Query, CaptureSlug) {
		c.Word = CaptureSlug
	}
	if strings.Count(s.Path+s.Query, CaptureID)+strings.Count(s.Path+s.Query, CaptureSlug) != 1 {
		return c, true, fmt.Errorf("%w: the source must hold %s or %s once", ErrCapture, CaptureID, CaptureSlug)
	}
	if r.Gone() || !strings.Contains(r.Target, c.Word) {
		return c, true, fmt.Errorf("%w: the target does not hold %s", ErrCapture, c.Word)
	}
	if before, after, inPath := strings.Cut(s.Path, c.Word); inPath {
		if s.HasQuery {
			return c, true, fmt.Errorf("%w: a captured path has no query", ErrCapture)
		}
		c.Before, c.After = before, after
		return c, true, nil
	}
	names, _, ok := s.Identifying()
	if !ok {
		return c, true, fmt.Errorf("%w: its parameters cannot be told apart", ErrCapture)
	}
	c.Before = s.Path
	values := firstValues(UpperEscapes(s.Query))
	for _, name := range names {
		switch {
		case !plainParam(name):
			return c, true, fmt.Errorf("%w: the parameter %s", ErrCapture, clip(name))
		case values[name] == c.Word:
			c.Param = name
		default:
			c.Fixed = append(c.Fixed, Param{Name: name, Value: values[name]})
		}
	}
	if c.Param == "" {
		return c, true, fmt.Errorf("%w: %s must be the whole value of a parameter", ErrCapture, c.Word)
	}
	return c, true, nil
}

// Names are the sorted names of the parameters that a captured row looks at.
func (c Capture) Names() []string {
	if c.Param == "" {
		return nil
	}
	var names []string
	for i, p := range c.Fixed {
		if len(names) == i && c.Param < p.Name {
			names = append(names, c.Param)
		}
		names = append(names, p.Name)
	}
	if len(names) == len(c.Fixed) {
		names = append(names, c.Param)
	}
	return names
}

// plainParam tells whether every engine can look a parameter up by this name.
func plainParam(name string) bool {
	return name != "" && len(name) <= 64 && strings.Trim(name, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-") == ""
}

// Pattern is the regular expression of a captured part (RE2 and PCRE alike).
func (c Capture) Pattern() string {
	if c.Word == CaptureID {
		return "[0-9]+"
	}
	return "[0-9A-Za-z_-]+"
}

// takes tells whether a captured part may be this text.
func (c Capture) takes(part string) bool {
	if part == "" {
		return false
	}
	for i := 0; i < len(part); i++ {
		b := part[i]
		if '0' <= b && b <= '9' {
			continue
		}
		if c.Word == CaptureID || b != '_' && b != '-' && (b|0x20 < 'a' || b|0x20 > 'z') {
			return false
		}
	}
	return true
}

// part takes the captured part out of a request, whose path has escapes in upper
// case; first are its first values by name.
func (c Capture) part(path string, first map[string]string) (string, bool) {
	if c.Param == "" {
		rest, ok := strings.CutPrefix(path, c.Before)
		if !ok {
			return "", false
		}
		part, ok := strings.CutSuffix(rest, c.After)
		return part, ok && c.takes(part)
	}
	if path != c.Before {
		return "", false
	}
	for _, p := range c.Fixed {
		if first[p.Name] != p.Value {
			return "", false
		}
	}
	part := first[c.Param]
	return part, c.takes(part)
}

// fill writes a captured part into the target of its row.
func (c Capture) fill(target, part string) string { return strings.ReplaceAll(target, c.Word, part) }

// WithRest returns the target of a rule with KeepRest for what a request has below
// the prefix: "" or a slash and more.
func WithRest(target, rest string) string { return strings.TrimRight(target, "/") + rest }

// ComparePatterns says in which order rows that are patterns have to be asked: those
// with parameters first, most of them first; then paths with a captured part, the
// one with most fixed text first; then prefixes, the longest first. It returns 0 for
// two that are asked in the order of the map.
func ComparePatterns(a, b Source) int {
	kind := func(s Source) int {
		switch {
		case s.Match == Captured && s.HasQuery:
			return 0
		case s.Match == Captured:
			return 1
		}
		return 2
	}
	length := func(s Source) int {
		if s.Match == Prefix {
			return len(strings.TrimRight(s.Path, "/"))
		}
		return len(strings.NewReplacer(CaptureID, "", CaptureSlug, "").Replace(s.Path))
	}
	slug := func(s Source) int { return strings.Count(s.Path+s.Query, CaptureSlug) }
	return cmp.Or(kind(a)-kind(b), len(Params(b.Query))-len(Params(a.Query)), length(b)-length(a), slug(a)-slug(b))
}
