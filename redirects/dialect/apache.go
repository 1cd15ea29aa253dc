package dialect

import (
	"bufio"
	"errors"
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

// apacheReader keeps what stands in a file before a rule and counts for it.
type apacheReader struct {
	base       string // of RewriteBase, with a slash at both ends
	conditions conditions
	aliases    map[string]int // paths of Redirect, without a slash at the end -> line
	captured   int            // captured rows made
}

// apacheRow is what a line is read as: a rule, or an error, and rules and errors beside
// it that together say all that the line does.
type apacheRow struct {
	rules []redirects.Rule
	lost  []lostPart
	err   error
}

// lostPart is what a line does beyond its rules.
type lostPart struct {
	old, target string
	what        error
}

// readApache reads Redirect, RedirectMatch and RewriteRule with conditions on the
// host and the query (https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html,
// mod_alias.html). What a line does beyond what rows can say is a RowError with Partly.
func readApache(r io.Reader) iter.Seq2[redirects.Rule, error] {
	return func(yield func(redirects.Rule, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, maxLine)
		a := apacheReader{base: "/", aliases: map[string]int{}}
		for n := 1; lines.Scan(); n++ {
			words := apacheWords(lines.Text())
			if len(words) == 0 || strings.HasPrefix(words[0], "#") {
				continue
			}
			row, known := a.line(n, words)
			if !known || errors.Is(row.err, errSkip) {
				continue
			}
			if row.err != nil {
				old, target := apachePlaces(words)
				if !yield(redirects.Rule{Line: n}, redirects.NewRowError(n, row.err, old, target)) {
					return
				}
				continue
			}
			for _, rule := range row.rules {
				rule.Line = n
				if !yield(rule, nil) {
					return
				}
			}
			for _, lost := range row.lost {
				err := redirects.NewRowError(n, lost.what, lost.old, lost.target)
				err.Partly = true
				if !yield(redirects.Rule{Line: n}, err) {
					return
				}
			}
		}
		if err := lines.Err(); err != nil {
			yield(redirects.Rule{}, fmt.Errorf("reading redirects of Apache: %w", err))
		}
	}
}

// line reads one directive; known is false for those that ask for no redirect.
func (a *apacheReader) line(n int, words []string) (row apacheRow, known bool) {
	switch directive := strings.ToLower(words[0]); directive {
	case "rewritebase":
		a.base = "/"
		if len(words) > 1 {
			a.base = "/" + strings.Trim(words[1], "/") + "/"
			a.base = strings.Replace(a.base, "//", "/", 1)
		}
	case "rewritecond":
		a.conditions.add(words[1:])
	case "rewriterule":
		row = a.rewrite(words[1:])
		a.conditions = conditions{}
		return row, true
	case "redirect", "redirectpermanent", "redirecttemp":
		return a.redirect(n, directive, words[1:]), true
	case "redirectmatch":
		return redirectMatch(words[1:]), true
	}
	return row, false
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

// decodedPath is a path that Apache compares after it has decoded the request, as it
// stands in a URL.
func decodedPath(path string) string {
	return strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23").Replace(path)
}
