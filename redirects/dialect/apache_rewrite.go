package dialect

import (
	"strings"

	"replatform/redirects"
)

// conditions are those that stand before a RewriteRule.
type conditions struct {
	host   string
	params []string
	exact  string // the whole query
	whole  bool
	none   bool // the query is empty
	folded bool // the letter case of the query does not count
	bad    bool
}

// add notes a RewriteCond.
func (c *conditions) add(words []string) {
	if len(words) < 2 {
		c.bad = true
		return
	}
	pattern, folded := words[1], false
	if len(words) > 2 {
		for flag := range strings.SplitSeq(strings.ToUpper(strings.Trim(words[2], "[]")), ",") {
			switch strings.TrimSpace(flag) {
			case "OR", "ORNEXT":
				c.bad = true
				return
			case "NC", "NOCASE":
				folded = true
			}
		}
	}
	switch strings.ToUpper(words[0]) {
	case "%{QUERY_STRING}":
		c.query(pattern, folded)
	case "%{HTTP_HOST}":
		literal, anchored, ok := fixed(strings.TrimPrefix(pattern, "(?i)"))
		if !ok || !anchored {
			c.bad = true
		}
		c.host = literal
	default:
		c.bad = true
	}
}

// query notes a condition on the query.
func (c *conditions) query(pattern string, folded bool) {
	if pattern == "^$" {
		c.none = true
		return
	}
	c.folded = c.folded || folded
	if p, ok := parameter(pattern); ok {
		c.params = append(c.params, p)
		return
	}
	literal, anchored, ok := fixed(pattern)
	if !ok || !anchored {
		c.bad = true
		return
	}
	c.exact, c.whole = literal, true
}

// rewriteFlags are those of a RewriteRule that count for a redirect.
type rewriteFlags struct {
	redirect               bool
	status                 int
	qsa, qsd               bool // add the query of the request, drop it
	noEscape, folded, last bool // NE, NC, QSL
}

// readFlags reads "[R=301,L]". A target with scheme and host redirects without a flag,
// with 302, unless it is fetched for the visitor (P).
func readFlags(text, target string) (rewriteFlags, error) {
	f := rewriteFlags{redirect: strings.HasPrefix(target, "http://") || strings.HasPrefix(target, "https://"), status: 302}
	for flag := range strings.SplitSeq(strings.Trim(text, "[]"), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(flag), "=")
		switch strings.ToUpper(name) {
		case "R", "REDIRECT":
			f.redirect = true
			if value == "" {
				value = "302" // the default of the flag
			}
			var err error
			if f.status, err = statusOf(value); err != nil {
				return f, err
			}
		case "G", "GONE":
			f.redirect, f.status = true, 410
		case "P", "PROXY", "F", "FORBIDDEN":
			return rewriteFlags{}, nil
		case "QSA", "QSAPPEND":
			f.qsa = true
		case "QSD", "QSDISCARD":
			f.qsd = true
		case "QSL", "QSLAST":
			f.last = true
		case "NE", "NOESCAPE":
			f.noEscape = true
		case "NC", "NOCASE":
			f.folded = true
		}
	}
	return f, nil
}

// keeps tells whether the query of the request goes on to a target: without a question
// mark in it unless QSD drops it, with one only by QSA (mod_rewrite, "QSA", "QSD").
func (f rewriteFlags) keeps(target string) bool {
	return !f.qsd && (f.qsa || !strings.Contains(target, "?"))
}

// target is the address that a RewriteRule sends: with the folder of the file before a
// relative one, and with percent and number signs escaped once more unless NE forbids it.
func (a *apacheReader) target(written string, f rewriteFlags) (string, error) {
	if written == "-" {
		return "", nil
	}
	target := strings.ReplaceAll(strings.ReplaceAll(written, `\$`, "\x00"), `\%`, "\x01")
	if strings.Contains(target, "$") || strings.Contains(target, "%{") || backReference(target) {
		return "", errVariable
	}
	target = strings.NewReplacer("\x00", "$", "\x01", "%").Replace(target)
	if !f.noEscape {
		target = strings.NewReplacer("%", "%25", "#", "%23").Replace(target)
	}
	if a.base != "/" && !strings.HasPrefix(target, "/") && !strings.Contains(target, "://") {
		target = a.base + target
	}
	return target, nil
}

// rewrite reads a RewriteRule with the conditions noted.
func (a *apacheReader) rewrite(words []string) apacheRow {
	if len(words) < 2 {
		return apacheRow{err: errSkip}
	}
	pattern, flags := words[0], ""
	if len(words) > 2 {
		flags = words[2]
	}
	f, err := readFlags(flags, words[1])
	c := a.conditions
	switch {
	case err != nil:
		return apacheRow{err: err}
	case !f.redirect:
		return apacheRow{err: errSkip} // an inner rewrite
	case c.bad:
		return apacheRow{err: errCondition}
	}
	prefix := false
	if inner, ok := strings.CutSuffix(pattern, "(?:/|$)"); ok {
		pattern, prefix = inner+"/$", true
	}
	path, anchored, ok := fixed(pattern)
	if !ok || !anchored {
		return apacheRow{err: errPattern}
	}
	target, err := a.target(words[1], f)
	if err != nil {
		return apacheRow{err: err}
	}
	old := a.base + strings.TrimPrefix(decodedPath(path), "/")
	if c.host != "" {
		old = "https://" + c.host + old
	}
	switch {
	case c.whole:
		old += "?" + c.exact
	case len(c.params) > 0:
		old += "?" + strings.Join(c.params, "&")
	}
	keep := f.keeps(target)
	target = strings.TrimSuffix(target, "?")
	if f.last && strings.Count(target, "?") > 1 {
		return apacheRow{err: errPattern}
	}
	if c.whole && keep && target != "" {
		target, keep = redirects.WithQuery(target, c.exact), false // it is always the same
	}
	rule, err := newRule(old, target, f.status)
	if err != nil {
		return apacheRow{err: err}
	}
	switch {
	case prefix:
		rule.Source.Match = redirects.Prefix
	case c.whole, c.none:
		rule.Source.QueryAs = redirects.QueryOrdered
	}
	rule.KeepQuery = keep && !c.none && !rule.Gone()
	row := apacheRow{rules: []redirects.Rule{rule}}
	if f.folded && hasLetters(path) || c.folded && hasLetters(c.exact+strings.Join(c.params, "")) {
		row.lost = append(row.lost, lostPart{rule.Source.String(), target, errOtherCase})
	}
	return row
}

// errOtherCase is what a row does not do that stands for a pattern with NC.
var errOtherCase = redirects.NewProblem("the rule also answers the address in every other letter case (NC); the row stands for the one that is written",
	"元の設定は大文字と小文字を区別しません（NC）が、この行は書かれたとおりのURLだけに応答します")

func hasLetters(s string) bool { return strings.ToLower(s) != strings.ToUpper(s) }

// backReference finds %0 to %9, which stand for what a condition captured: mod_rewrite
// takes even the begin of an escape such as %81 for one.
func backReference(target string) bool {
	for i := 0; i+1 < len(target); i++ {
		if target[i] == '%' && '0' <= target[i+1] && target[i+1] <= '9' {
			return true
		}
	}
	return false
}
