package redirects

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
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

// MaxCaptured is how many captured rows one map may have. Each is one more pattern
// that a request without an answer is compared with.
const MaxCaptured = 100

// MaxCapturedSets is how many different CapturedSet the captured rows of one map may
// have. Each is one more lookup; nginx gives a request up after 100 nested ones
// (ngx_http_variable_depth in src/http/ngx_http_variables.c).
const MaxCapturedSets = 8

// CapturedSet names what is looked up for a captured row: its parameters, or the path,
// on its host or on any.
func (s Source) CapturedSet() string {
	names, _, _ := s.Identifying()
	return strconv.FormatBool(s.Host != "") + " " + strings.Join(names, "&")
}

// Capture is a captured source taken apart. Either Param is empty and the captured
// part stands in the path between Before and After, or it is the whole value of the
// parameter Param.
type Capture struct {
	Word          string // CaptureID or CaptureSlug
	Before, After string // of the path; all of it is in Before when Param is set
	Param         string
	Fixed         []Param // the other parameters, sorted by name
}

// ErrCapture is returned by Rule.Capture for a row that could not be answered alike
// everywhere.
var ErrCapture = errors.New("not a usable captured row")

// captureForbids are characters that end a string, begin a variable or are rewritten
// on the way in some engine. A captured row is a pattern, so none of them may stand
// in the part of it that is fixed.
const captureForbids = "\"'\\`{}<>|^"

// Capture takes a captured row apart. ok is false for rows of another kind. The
// captured part holds neither dots nor slashes nor escapes, and what stands before it
// in the target ends the host: a visitor cannot be sent to another host with it.
//
// The error wraps ErrCapture: no word or several in the source, none in the target,
// parameters that cannot be told apart, a gone page, a character that some engine
// would read as part of its configuration.
func (r Rule) Capture() (c Capture, ok bool, err error) {
	if r.Source.Match != Captured {
		return c, false, nil
	}
	s := r.Source
	if c.Word = s.captureWord(); c.Word == "" {
		return c, true, fmt.Errorf("%w: the source must hold %s or %s once", ErrCapture, CaptureID, CaptureSlug)
	}
	path, query := c.Fill(s.Path, "0"), c.Fill(s.Query, "0")
	switch {
	case strings.ContainsAny(path+query, captureForbids+"?;"), strings.Contains(path, "//"), strings.Contains(path, "/."), !wellEscaped(path), !wellEscaped(query):
		return c, true, fmt.Errorf("%w: a character of the source has a meaning in a pattern", ErrCapture)
	case r.Gone() || !strings.Contains(r.Target, c.Word):
		return c, true, fmt.Errorf("%w: the target does not hold %s", ErrCapture, c.Word)
	case strings.ContainsAny(strings.ReplaceAll(r.Target, c.Word, ""), captureForbids):
		return c, true, fmt.Errorf("%w: a character of the target has a meaning in a pattern", ErrCapture)
	}
	if _, err := ParseTarget(r.Target); err != nil || strings.Contains(targetHost(r.Target), "{") {
		return c, true, fmt.Errorf("%w: the target is not the address of one host", ErrCapture)
	}
	if before, after, inPath := strings.Cut(s.Path, c.Word); inPath {
		if s.HasQuery || s.QueryAs != QuerySet {
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

// captureWord is the word of a captured source; empty when there is none or several.
func (s Source) captureWord() string {
	all := s.Path + s.Query
	ids, slugs := strings.Count(all, CaptureID), strings.Count(all, CaptureSlug)
	switch {
	case ids == 1 && slugs == 0:
		return CaptureID
	case ids == 0 && slugs == 1:
		return CaptureSlug
	}
	return ""
}

// wellEscaped tells whether every percent sign begins an escape.
func wellEscaped(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])) {
			return false
		}
	}
	return true
}

// plainParam tells whether every engine can look a parameter up by this name.
func plainParam(name string) bool {
	return name != "" && len(name) <= 64 && strings.Trim(name, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-") == ""
}

// Class is the regular expression of the characters of a captured part (RE2 and PCRE
// alike).
func (c Capture) Class() string {
	if c.Word == CaptureID {
		return "[0-9]+"
	}
	return "[0-9A-Za-z_-]+"
}

// Takes tells whether a captured part may be this text.
func (c Capture) Takes(part string) bool {
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
		return part, ok && c.Takes(part)
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
	return part, c.Takes(part)
}

// Captured returns the part of an address that a captured row takes; ok is false when
// the address has not its shape. Which row answers is for a Resolver to say.
func (r Rule) Captured(address Source) (part string, ok bool) {
	c, ok, err := r.Capture()
	if !ok || err != nil || r.Source.Host != "" && r.Source.Host != address.Host {
		return "", false
	}
	return c.upper().part(UpperEscapes(address.Path), firstValues(UpperEscapes(address.Query)))
}

// Fill writes a captured part into a target.
func (c Capture) Fill(target, part string) string { return strings.ReplaceAll(target, c.Word, part) }

// upper is the capture with escapes in upper case, as requests are compared.
func (c Capture) upper() Capture {
	c.Before, c.After = UpperEscapes(c.Before), UpperEscapes(c.After)
	return c
}

// CompareCaptured says in which order captured sources of one host have to be asked:
// those with parameters first, most of them first, then by their names; then the one
// with most fixed text; then numbers before words. Zero: in the order of the map.
func CompareCaptured(a, b Source) int {
	an, _, _ := a.Identifying()
	bn, _, _ := b.Identifying()
	fixed := func(s Source) int { return len(s.Path) + len(s.Query) - len(s.captureWord()) }
	return cmp.Or(
		len(bn)-len(an), slices.Compare(an, bn),
		fixed(b)-fixed(a), len(a.captureWord())-len(b.captureWord()),
	)
}

// captured is a captured row of a Resolver.
type captured struct {
	rule int32
	Capture
}
