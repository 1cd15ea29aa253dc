package dialect

import (
	"regexp/syntax"
	"strings"
)

// fixed turns a regular expression that stands for one string only into that
// string: "^/old\.html$" and "^/old\.html" with open set. anchored tells whether
// it ends with "$". ok is false for every pattern that matches more.
func fixed(pattern string) (literal string, anchored, ok bool) {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", false, false
	}
	parts := []*syntax.Regexp{re}
	if re.Op == syntax.OpConcat {
		parts = re.Sub
	}
	if len(parts) == 0 || parts[0].Op != syntax.OpBeginText {
		return "", false, false
	}
	parts = parts[1:]
	if n := len(parts); n > 0 && (parts[n-1].Op == syntax.OpEndText || parts[n-1].Op == syntax.OpEndLine) {
		anchored, parts = true, parts[:n-1]
	}
	literal, ok = literals(parts)
	return literal, anchored, ok
}

// literals joins parts that are all fixed. Escapes in either letter case, such as
// "%(?i:a4)", count as fixed: the letter case of escapes has no meaning.
func literals(parts []*syntax.Regexp) (string, bool) {
	var b strings.Builder
	for _, p := range parts {
		switch {
		case p.Op == syntax.OpLiteral && p.Flags&syntax.FoldCase == 0:
			b.WriteString(string(p.Rune))
		case p.Op == syntax.OpLiteral && strings.HasSuffix(b.String(), "%") && len(p.Rune) == 2:
			b.WriteString(strings.ToUpper(string(p.Rune)))
		case p.Op == syntax.OpConcat || p.Op == syntax.OpCapture:
			inner, ok := literals(p.Sub)
			if !ok {
				return "", false
			}
			b.WriteString(inner)
		case p.Op == syntax.OpEmptyMatch:
		default:
			return "", false
		}
	}
	return b.String(), true
}

// parameter turns the usual pattern for one parameter of a query,
// "(?:^|&)pid=1(?:&|$)" with or without captures, into "pid=1".
func parameter(pattern string) (string, bool) {
	rest := pattern
	for _, head := range []string{"(?:^|&)", "(^|&)", "(^|.*&)", `\b`} {
		if inner, ok := strings.CutPrefix(rest, head); ok {
			rest = inner
			break
		}
	}
	if rest == pattern {
		return "", false
	}
	closed := false
	for _, tail := range []string{"(?:&|$)", "(&|$)", "(?:$|&)", "($|&)", "(&.*)?$", "(?:&.*)?$", `\b`} {
		if inner, ok := strings.CutSuffix(rest, tail); ok {
			rest, closed = inner, true
			break
		}
	}
	if !closed {
		return "", false
	}
	literal, anchored, ok := fixed("^" + rest)
	return literal, ok && !anchored
}
