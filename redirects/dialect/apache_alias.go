package dialect

import (
	"fmt"
	"path"
	"strings"

	"replatform/redirects"
)

var (
	errNeverQuery = redirects.NewProblem("this directive never sees a query, so the rule never answered",
		"この命令はクエリを見ないため、元の設定でも一度も応答していません")
	errNeverEscape = redirects.NewProblem("this directive compares the decoded path, so the rule with a percent sign never answered",
		"この命令はデコード後のパスを比べるため、% を含むこの設定は一度も応答していません")
)

// aliasRule reads "[STATUS] PATH [TARGET]" of Redirect and RedirectMatch.
func aliasRule(directive string, words []string) (old, target string, status int, err error) {
	word := map[string]string{"redirect": "302", "redirectmatch": "302", "redirectpermanent": "301", "redirecttemp": "302"}[directive]
	if len(words) > 0 && isStatusWord(words[0]) && (directive == "redirect" || directive == "redirectmatch") {
		word, words = words[0], words[1:]
	}
	if status, err = statusOf(word); err != nil {
		return "", "", 0, err
	}
	if len(words) == 0 || len(words) < 2 && status < 400 {
		return "", "", 0, errNoTarget
	}
	if old = words[0]; len(words) > 1 {
		target = words[1]
	}
	return old, target, status, nil
}

// newAlias makes the rule of one path. mod_alias adds the query of the request to a
// target that has none.
func newAlias(old, target string, status int) (redirects.Rule, error) {
	rule, err := newRule(old, target, status)
	rule.Source.QueryAs = redirects.QueryIgnore
	rule.KeepQuery = !rule.Gone() && !strings.Contains(target, "?")
	return rule, err
}

// redirectMatch reads a RedirectMatch for one path.
func redirectMatch(words []string) apacheRow {
	pattern, target, status, err := aliasRule("redirectmatch", words)
	if err != nil {
		return apacheRow{err: err}
	}
	literal, anchored, ok := fixed(pattern)
	switch {
	case !ok || !anchored:
		return apacheRow{err: errPattern}
	case strings.Contains(target, "$"):
		return apacheRow{err: errVariable}
	case literal == "/":
		return apacheRow{err: errCatchAll}
	}
	rule, err := newAlias(decodedPath(literal), target, status)
	return apacheRow{rules: []redirects.Rule{rule}, err: err}
}

// redirect reads a Redirect. On Apache it answers its path and all below it, and carries
// the rest of the path over; the first directive in the file that fits wins
// (https://httpd.apache.org/docs/2.4/mod/mod_alias.html, read 2026-11, and asked of
// Apache 2.4). A path that ends in the name of a document stands for this document: there
// was nothing below it.
func (a *apacheReader) redirect(n int, directive string, words []string) apacheRow {
	old, target, status, err := aliasRule(directive, words)
	if err != nil {
		return apacheRow{err: err}
	}
	switch {
	case old == "/":
		return apacheRow{err: errCatchAll}
	case strings.Contains(old, "?"):
		return apacheRow{err: errNeverQuery}
	case strings.Contains(old, "%"):
		return apacheRow{err: errNeverEscape}
	}
	for above := path.Dir(path.Clean(old)); above != "/" && above != "."; above = path.Dir(above) {
		if line, ok := a.aliases[above]; ok {
			return apacheRow{err: redirects.NewProblem(fmt.Sprintf("line %d answers this address before it", line), fmt.Sprintf("%d 行目が先にこのURLに応答します", line))}
		}
	}
	folder := strings.TrimSuffix(old, "/")
	document := isDocument(folder)
	if _, ok := a.aliases[folder]; !ok && !document {
		a.aliases[folder] = n
	}
	rule, err := newAlias(decodedPath(old), target, status)
	row := apacheRow{rules: []redirects.Rule{rule}, err: err}
	if err != nil || document {
		return row
	}
	if rule.Gone() {
		below := rule
		below.Source.Match, below.Source.QueryAs = redirects.Prefix, redirects.QuerySet
		row.rules = append(row.rules, below)
		return row
	}
	a.below(&row, folder, target, strings.HasSuffix(old, "/"))
	return row
}

// below adds what a Redirect does below its path: a row for the slash at its end, one
// for one more part of the path, and word of all else.
func (a *apacheReader) below(row *apacheRow, folder, target string, slash bool) {
	rest := target
	if !slash {
		rest += "/"
	}
	what := redirects.NewProblem("Redirect also answers all addresses below "+folder+" and carries the rest of the path over; the row stands for its own address only",
		"Redirect は "+folder+" の下のすべてのURLにも応答し、残りのパスを転送先に引き継ぎます。この行は書かれたURLだけに応答します")
	status := row.rules[0].Status
	if !strings.ContainsAny(target, "?#") && hasPath(target) {
		if end, err := newAlias(decodedPath(folder)+"/", rest, status); err == nil && !slash {
			row.rules = append(row.rules, end)
		}
		one, err := newAlias(decodedPath(folder)+"/"+redirects.CaptureSlug, rest+redirects.CaptureSlug, status)
		one.Source.Match, one.Source.QueryAs = redirects.Captured, redirects.QuerySet
		if err == nil && usableCapture(one) && a.captured < redirects.MaxCaptured {
			a.captured++
			row.rules = append(row.rules, one)
			what = redirects.NewProblem("Redirect also answers all addresses below "+folder+" and carries the rest of the path over; a row stands for one more part of letters, digits, _ and -, none for deeper addresses or those with a dot",
				"Redirect は "+folder+" の下のすべてのURLにも応答し、残りのパスを転送先に引き継ぎます。行にできるのは英数字と _ - だけの1階層までで、さらに深いURLや「.」を含むURLは含まれません")
		}
	}
	row.lost = append(row.lost, lostPart{folder + "/*", rest + "*", what})
}

// usableCapture tells whether a captured row can be answered alike everywhere; its target
// may still be a path.
func usableCapture(r redirects.Rule) bool {
	if strings.HasPrefix(r.Target, "/") {
		r.Target = "https://any.invalid" + r.Target
	}
	_, _, err := r.Capture()
	return err == nil
}

// hasPath tells whether a target has a path, if only a slash.
func hasPath(target string) bool {
	_, rest, ok := strings.Cut(target, "://")
	return strings.Contains(rest, "/") || !ok && strings.HasPrefix(target, "/")
}

// isDocument tells whether a path ends in the name of a file. Scripts are none: what
// stands behind them in a path is theirs (PATH_INFO).
func isDocument(name string) bool {
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case "", ".php", ".cgi", ".pl", ".asp", ".aspx", ".jsp", ".do":
		return false
	default:
		return strings.Trim(ext, ".abcdefghijklmnopqrstuvwxyz0123456789") == "" && strings.Trim(ext, ".0123456789") != "" && len(ext) <= 6
	}
}
