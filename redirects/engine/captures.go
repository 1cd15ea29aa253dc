package engine

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"replatform/redirects"
)

// captures is Captures, or no.
func (c Capabilities) captures() Fact[bool] {
	if c.Captures.Known {
		return c.Captures
	}
	return fact(false, Evidence{"not written by this program", "2026-11-25", "high"})
}

// captureChecks refuse captured rows that an engine is not given, or that no engine
// could be given.
func captureChecks(c Capabilities) []check {
	if !c.captures().Value {
		return []check{{
			code: "captured", kind: Refused, fails: func(r redirects.Rule) bool { return r.Source.Match == redirects.Captured },
			reason: text("rows with a captured number or word cannot be written for this engine", "数字や単語を引き継ぐパターンの行は、このエンジン向けに書き出せません"),
			next:   text("one row for each address, as the crawl found them", "クロールで見つかったURLごとに一行ずつ書く"), evidence: c.captures().Evidence,
		}}
	}
	return []check{{
		code: "captured", kind: Refused, fails: func(r redirects.Rule) bool {
			_, _, err := r.Capture()
			return err != nil
		},
		reason: text("a row with a captured number or word has it once in its source and again in its target, and no character that has a meaning in a pattern", "パターンの行では、転送元に一か所、転送先にも同じ {id} または {slug} が必要で、正規表現で意味を持つ文字は使えません"),
		next:   text("one row for each address", "URLごとに一行ずつ書く"),
	}}
}

// tooManyCaptured counts a captured row, or refuses it (redirects.MaxCaptured,
// redirects.MaxCapturedSets).
func (s *selector) tooManyCaptured(r redirects.Rule) *Refusal {
	set := r.Source.CapturedSet()
	all := 0
	for _, n := range s.captured {
		all += n
	}
	if all < redirects.MaxCaptured && (s.captured[set] > 0 || len(s.captured) < redirects.MaxCapturedSets) {
		s.captured[set]++
		return nil
	}
	rows, sets := strconv.Itoa(redirects.MaxCaptured), strconv.Itoa(redirects.MaxCapturedSets)
	return &Refusal{
		Line: r.Line, Source: r.Source.String(), Code: "too-many-captured", Kind: Refused,
		Reason:   text("each row with a captured number or word is one more pattern for every request; this program writes "+rows+", with "+sets+" sets of parameters", "パターンの行はアクセスのたびに一つずつ照合されるため、書き出すのは "+rows+" 行、パラメータの組み合わせは "+sets+" 通りまでです"),
		NextBest: text("one row for each address", "URLごとに一行ずつ書く"),
	}
}

// captureGroup is the name of the captured group where an engine has names.
const captureGroup = "replatform_captured"

// capturePattern is the regular expression (RE2 and PCRE alike) of the keys that a
// captured row answers: its own key, in which a word of redirects.Capture stands for
// the part. group opens the group, "(" or "(?<name>".
func capturePattern(r redirects.Rule, key, group string) string {
	c, _, _ := r.Capture()
	before, after, _ := strings.Cut(key, c.Word)
	return "^" + nginxPattern(before) + group + c.Class() + ")" + nginxPattern(after) + "$"
}

// captureTarget writes a target with a reference in the place of the captured part;
// escape is what the engine needs for the rest.
func captureTarget(r redirects.Rule, target, reference string, escape func(string) string) string {
	c, ok, _ := r.Capture()
	if !ok {
		return escape(target)
	}
	parts := strings.Split(target, c.Word)
	for i, p := range parts {
		parts[i] = escape(p)
	}
	return strings.Join(parts, reference)
}

// keyCapture is a captured row in the model of an engine that compares keys.
type keyCapture struct {
	re   *regexp.Regexp
	rule redirects.Rule
}

func newKeyCapture(r redirects.Rule, key string) (keyCapture, error) {
	re, err := regexp.Compile(capturePattern(r, key, "("))
	if err != nil {
		return keyCapture{}, fmt.Errorf("line %d: %w", r.Line, err)
	}
	return keyCapture{re, r}, nil
}

// answer is the row with the part of a key filled in.
func (c keyCapture) answer(key string) (redirects.Rule, bool) {
	part := c.re.FindStringSubmatch(key)
	if part == nil {
		return redirects.Rule{}, false
	}
	capture, _, _ := c.rule.Capture()
	r := c.rule
	r.Target = capture.Fill(r.Target, part[1])
	return r, true
}

// firstCaptured returns the answer of the first of several captured rows.
func firstCaptured(rows []keyCapture, key string) (redirects.Rule, bool) {
	for _, c := range rows {
		if r, ok := c.answer(key); ok {
			return r, true
		}
	}
	return redirects.Rule{}, false
}

// sortCaptured puts captured rows into the order in which they have to be asked.
func sortCaptured(rows []redirects.Rule) {
	slices.SortStableFunc(rows, func(a, b redirects.Rule) int { return redirects.CompareCaptured(a.Source, b.Source) })
}

// compareTables says in which order tables of one host are asked: as in a Resolver,
// captured rows after all addresses and before folders. Zero: as they are listed.
func compareTables(a, b *lookupTable) int {
	order := func(t *lookupTable) int {
		return slices.Index([]string{"raw", "params", "path", "guard", "captured", "prefix"}, t.kind)
	}
	if a.kind != "captured" || b.kind != "captured" {
		return order(a) - order(b)
	}
	return cmp.Or(len(b.names)-len(a.names), slices.Compare(a.names, b.names)) // as redirects.CompareCaptured
}
