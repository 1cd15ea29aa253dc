package dialect

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strings"

	"replatform/redirects"
)

// isApacheWord tells whether a line begins with a directive of mod_alias or
// mod_rewrite.
func isApacheWord(word string) bool {
	switch strings.ToLower(word) {
	case "rewriteengine", "rewritecond", "rewriterule", "redirect", "redirectmatch", "redirectpermanent", "redirecttemp", "rewritebase":
		return true
	}
	return false
}

// apacheReader collects the conditions that stand before a rule.
type apacheReader struct {
	host   string
	params []string
	exact  string // the whole query
	whole  bool
	none   bool // the query is empty
	bad    bool
}

// readApache reads Redirect, RedirectMatch and RewriteRule with conditions on the
// host and the query (https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html,
// mod_alias.html). Redirect is a prefix rule on Apache; here it stands for its own
// path with any query, as it is meant in a list of pages.
func readApache(r io.Reader) iter.Seq2[redirects.Rule, error] {
	return func(yield func(redirects.Rule, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, maxLine)
		var a apacheReader
		for n := 1; lines.Scan(); n++ {
			words := apacheWords(lines.Text())
			if len(words) == 0 || strings.HasPrefix(words[0], "#") {
				continue
			}
			var rule redirects.Rule
			var err error
			switch strings.ToLower(words[0]) {
			case "rewritecond":
				a.condition(words[1:])
				continue
			case "rewriterule":
				rule, err = a.rewrite(words[1:])
				a = apacheReader{}
			case "redirect", "redirectpermanent", "redirecttemp", "redirectmatch":
				rule, err = apacheRedirect(strings.ToLower(words[0]), words[1:])
			default:
				continue
			}
			if err == errSkip {
				continue
			}
			rule.Line = n
			if err != nil {
				old, target := apachePlaces(words)
				err = redirects.NewRowError(n, err, old, target)
			}
			if !yield(rule, err) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(redirects.Rule{}, fmt.Errorf("reading redirects of Apache: %w", err))
		}
	}
}

// apachePlaces are what a directive has in the places of its two addresses, behind the
// status of a Redirect.
func apachePlaces(words []string) (old, target string) {
	directive, words := strings.ToLower(words[0]), words[1:]
	if (directive == "redirect" || directive == "redirectmatch") && len(words) > 1 && isStatusWord(words[0]) {
		words = words[1:]
	}
	switch len(words) {
	case 0:
		return directive, ""
	case 1:
		return words[0], ""
	}
	return words[0], words[1]
}

// isStatusWord tells the optional first word of Redirect and RedirectMatch from an
// address or a pattern.
func isStatusWord(word string) bool {
	return !strings.HasPrefix(word, "/") && !strings.HasPrefix(word, "^")
}

// apacheWords parts a line at blanks, with quotes as Apache reads them.
func apacheWords(line string) []string {
	var words []string
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		if quote := line[0]; quote == '"' || quote == '\'' {
			var b strings.Builder
			i := 1
			for ; i < len(line) && line[i] != quote; i++ {
				if line[i] == '\\' && i+1 < len(line) && line[i+1] == quote {
					i++
				}
				b.WriteByte(line[i])
			}
			words = append(words, b.String())
			line = line[min(i+1, len(line)):]
			continue
		}
		end := strings.IndexAny(line, " \t")
		if end < 0 {
			end = len(line)
		}
		words = append(words, line[:end])
		line = line[end:]
	}
	return words
}

// condition notes a RewriteCond.
func (a *apacheReader) condition(words []string) {
	if len(words) < 2 {
		a.bad = true
		return
	}
	pattern := words[1]
	if len(words) > 2 && strings.Contains(words[2], "OR") {
		a.bad = true
		return
	}
	switch strings.ToUpper(words[0]) {
	case "%{QUERY_STRING}":
		if pattern == "^$" {
			a.none = true
			return
		}
		if p, ok := parameter(pattern); ok {
			a.params = append(a.params, p)
			return
		}
		literal, anchored, ok := fixed(pattern)
		if !ok || !anchored {
			a.bad = true
			return
		}
		a.exact, a.whole = literal, true
	case "%{HTTP_HOST}":
		literal, anchored, ok := fixed(strings.TrimPrefix(pattern, "(?i)"))
		if !ok || !anchored {
			a.bad = true
		}
		a.host = literal
	default:
		a.bad = true
	}
}

// rewrite reads a RewriteRule with the conditions noted.
func (a *apacheReader) rewrite(words []string) (redirects.Rule, error) {
	if len(words) < 2 {
		return redirects.Rule{}, errSkip
	}
	pattern, target, flags := words[0], words[1], ""
	if len(words) > 2 {
		flags = strings.Trim(words[2], "[]")
	}
	status, redirect, qsa := 0, false, false
	for flag := range strings.SplitSeq(flags, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(flag), "=")
		switch strings.ToUpper(name) {
		case "R", "REDIRECT":
			redirect = true
			if value == "" {
				value = "302" // the default of the flag
			}
			var err error
			if status, err = statusOf(value); err != nil {
				return redirects.Rule{}, err
			}
		case "G", "GONE":
			redirect, status = true, 410
		case "QSA":
			qsa = true
		}
	}
	if !redirect {
		return redirects.Rule{}, errSkip // an inner rewrite
	}
	if a.bad {
		return redirects.Rule{}, errCondition
	}
	prefix := false
	if inner, ok := strings.CutSuffix(pattern, "(?:/|$)"); ok {
		pattern, prefix = inner+"/$", true
	}
	path, anchored, ok := fixed(pattern)
	if !ok || !anchored {
		return redirects.Rule{}, errPattern
	}
	target = strings.ReplaceAll(strings.ReplaceAll(target, `\$`, "\x00"), `\%`, "\x01")
	if strings.Contains(target, "$") || strings.Contains(target, "%{") || backReference(target) {
		return redirects.Rule{}, errVariable
	}
	target = strings.NewReplacer("\x00", "$", "\x01", "%").Replace(target)
	// The pattern sees the path decoded, so what has a meaning in a URL is encoded.
	old := "/" + strings.TrimPrefix(strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23").Replace(path), "/")
	if a.host != "" {
		old = "https://" + a.host + old
	}
	switch {
	case a.whole:
		old += "?" + a.exact
	case len(a.params) > 0:
		old += "?" + strings.Join(a.params, "&")
	}
	if target == "-" {
		target = ""
	}
	rule, err := newRule(old, strings.TrimSuffix(target, "?"), status)
	if err != nil {
		return rule, err
	}
	switch {
	case prefix:
		rule.Source.Match = redirects.Prefix
	case a.whole:
		rule.Source.QueryAs = redirects.QueryOrdered
	case a.none:
		rule.Source.QueryAs = redirects.QueryOrdered
	}
	rule.KeepQuery = qsa && !rule.Gone()
	return rule, nil
}

// backReference finds %1 to %9, which stand for what a condition captured, where
// they are not the begin of an escape.
func backReference(target string) bool {
	for i := 0; i+1 < len(target); i++ {
		if target[i] != '%' || target[i+1] < '0' || target[i+1] > '9' {
			continue
		}
		if i+2 < len(target) && strings.IndexByte("0123456789abcdefABCDEF", target[i+2]) >= 0 {
			continue
		}
		return true
	}
	return false
}

// apacheRedirect reads the directives of mod_alias.
func apacheRedirect(directive string, words []string) (redirects.Rule, error) {
	word := map[string]string{"redirect": "302", "redirectmatch": "302", "redirectpermanent": "301", "redirecttemp": "302"}[directive]
	if len(words) > 0 && isStatusWord(words[0]) && (directive == "redirect" || directive == "redirectmatch") {
		word, words = words[0], words[1:]
	}
	status, err := statusOf(word)
	if err != nil {
		return redirects.Rule{}, err
	}
	if len(words) == 0 || len(words) < 2 && status < 400 {
		return redirects.Rule{}, fmt.Errorf("no target")
	}
	old, target := words[0], ""
	if len(words) > 1 {
		target = words[1]
	}
	if directive == "redirectmatch" {
		literal, anchored, ok := fixed(old)
		if !ok || !anchored {
			return redirects.Rule{}, errPattern
		}
		if strings.Contains(target, "$") {
			return redirects.Rule{}, errVariable
		}
		old = literal
	}
	if old == "/" {
		return redirects.Rule{}, errCatchAll
	}
	if strings.Contains(old, "?") {
		return redirects.Rule{}, fmt.Errorf("this directive never sees a query, so the rule never answered")
	}
	rule, err := newRule(old, target, status)
	rule.Source.QueryAs = redirects.QueryIgnore
	rule.KeepQuery = !rule.Gone()
	return rule, err
}
