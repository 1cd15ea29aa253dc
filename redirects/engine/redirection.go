package engine

import (
	"context"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"replatform/redirects"
)

// redirection is the CSV of the WordPress plugin Redirection.
type redirection struct{ checkList }

func newRedirection() Engine {
	var e redirection
	e.checks = e.rowChecks()
	return e
}

func (redirection) ID() string { return "redirection-csv" }

// Sources on the plugin: its own code, version 5.4.2, asked with the functions of
// WordPress 6.1.9.
const (
	redirectionRun   = "measured: Redirection 5.4.2 on WordPress 6.1.9"
	redirectionCode  = "https://github.com/johngodley/redirection"
	redirectionIssue = "https://github.com/johngodley/redirection/issues/3449"
	redirectionLine  = 5000
)

func (redirection) Capabilities() Capabilities {
	code := Evidence{redirectionCode + " (fileio/csv.php, models/url/, 5.4.2)", "2024-01-27", "high"}
	return Capabilities{
		Name: text("Redirection plugin for WordPress", "WordPress プラグイン Redirection"), Kind: "plugin",
		Query: fact(QueryParams, code), OrderMatters: fact(false, code), ExtraParameters: fact(false, code),
		CaseSensitive: fact(true, code), Decodes: fact(true, code), TrailingSlash: fact(true, code), Patterns: fact(false, code), HostAware: fact(false, code),
		Statuses: fact([]int{301, 302, 308, 410, 451}, code), Incoming: fact(IncomingDropped, code),
		Proof: redirectionProof(),
	}
}

func (e redirection) rowChecks() []check {
	c := e.Capabilities()
	checks := append(wellFormed(), fromCapabilities(c)...)
	checks = append(checks, redirectionChecks(c.Query.Evidence)...)
	return append(checks,
		check{
			code: "line-too-long", kind: Refused,
			fails:  func(r redirects.Rule) bool { return len(r.Source.RequestTarget())+len(r.Target)+40 > redirectionLine },
			reason: text("the plugin reads at most 5,000 bytes a line", "プラグインが読み込む一行は 5,000 バイトまでです"),
			next:   nextCode(), evidence: c.Query.Evidence,
		},
		unknownMatching(c.Name),
	)
}

// Write states the regex column in every row: without it the plugin guesses from
// characters such as "(" and "$".
func (e redirection) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	return sink.WriteFile("redirection.csv", func(w io.Writer) error {
		return writeCSV(w, []string{"source", "target", "regex", "code"}, func(row func(...string) error) error {
			for r, err := range checked(ctx, e, m) {
				if err != nil {
					return err
				}
				if err := row(r.Source.RequestTarget(), r.Target, "0", strconv.Itoa(r.Status)); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// Model compares the decoded path, and all parameters in any order; that is the
// plugin's default, which an imported row takes.
func (redirection) Model(m redirects.Map) (Matcher, error) {
	return newFlagModel(m, func(redirects.Rule) bool { return true })
}

// unorderedKey is equal for targets with the same path and parameters, in any order.
func unorderedKey(target string) string {
	path, query, _ := strings.Cut(redirects.UpperEscapes(target), "?")
	parts := strings.FieldsFunc(query, func(r rune) bool { return r == '&' })
	slices.Sort(parts)
	return path + "?" + strings.Join(parts, "&")
}

// key: two orders of one query are one address.
func (redirection) key(s redirects.Source) string { return unorderedKey(s.RequestTarget()) }

func (e redirection) newSetCheck(redirects.Map) (*setCheck, error) {
	return redirectionCrowd(e.Capabilities().Query.Evidence), nil
}

func (redirection) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title: "WordPress プラグイン Redirection",
			Install: []string{
				"取り込む前に［設定］→［デフォルトのクエリ照合］を「パラメータを無視」または「無視して転送先に渡す」にします。初期設定のままだと、広告の gclid などが付いたURLが転送されません（" + redirectionIssue + "）。",
				"［ツール］→［インポート/エクスポート］→［インポート］で redirection.csv を選びます。",
				"取り込まれた件数を確かめます。",
			},
			Test: []string{"`replatform verify` で旧URLを全件確認してください。", "公開中のページと同じURLが転送されるかどうかは、この資料では未確認です。"},
			Undo: []string{"取り込んだグループをプラグインの一覧で選び、削除します。"},
		}
	}
	return Instructions{
		Title: "Redirection plugin for WordPress",
		Install: []string{
			"Before the import set the default query matching under Options to ignore, or to ignore and pass on. With the default an address to which an ad adds gclid is not redirected (" + redirectionIssue + ").",
			"Under Tools → Import/Export choose redirection.csv.",
			"Compare the count.",
		},
		Test: []string{"Ask every old address with `replatform verify`.", "Whether a redirect beats a live page at its address has not been verified."},
		Undo: []string{"Select the imported group in the plugin's list and delete it."},
	}
}

func redirectionProof() redirects.Text {
	return text("the plugin's own reader and matcher were asked every row, with a stand-in for the database; no site is asked", "プラグイン自身の読み込みと照合で全行を検証済み（データベースは代用品）。実際のサイトでは検証していません")
}

// redirectionTarget is what WordPress leaves alone of a target (wp_sanitize_redirect in
// wp-includes/pluggable.php): it drops every other character without a word.
var redirectionTarget = regexp.MustCompile(`^[0-9A-Za-z~+_.?#=&;,/:%!*\[\]()@-]*$`)

// redirectionBreak is what it drops besides.
var redirectionBreak = regexp.MustCompile(`(?i)%0[ad]`)

// redirectionChecks hold for both files of the plugin.
func redirectionChecks(code Evidence) []check {
	run := Evidence{redirectionRun, "2026-11-25", "high"}
	return []check{
		{
			code: "target-dropped", kind: Refused, fails: func(r redirects.Rule) bool {
				return !redirectionTarget.MatchString(r.Target) || redirectionBreak.MatchString(r.Target)
			},
			reason: text("WordPress drops quotes, dollar signs, braces, escaped line breaks and some other characters from the target", "転送先の引用符・$・波かっこ・エスケープした改行などは WordPress が取り除いてしまいます"),
			next:   text("write the character of the target as an escape, such as %24", "転送先の文字を %24 のようなエスケープで書く"), evidence: run,
		},
		{
			code: "ascii-escape", kind: Refused, fails: func(r redirects.Rule) bool { return asciiEscape(r.Source.RequestTarget()) },
			reason: text("the plugin decodes the source when it stores it; an escaped character of ASCII (%26, %2F) then means something else", "プラグインは保存時に転送元をデコードするため、ASCII 文字のエスケープ（%26、%2F など）は別の意味になります"),
			next:   nextCode(), evidence: code,
		},
		{
			code: "plus", kind: Refused, fails: func(r redirects.Rule) bool { return strings.Contains(r.Source.Path, "+") },
			reason: text("a plus sign in the path is a blank to the plugin, which then catches another address too", "パス中の + はプラグインでは空白とみなされ、別のURLも転送されてしまいます"),
			next:   nextCode(), evidence: run,
		},
		{
			code: "parameter-name", kind: NeedsLiveTest, fails: func(r redirects.Rule) bool {
				names := map[string]bool{}
				return slices.ContainsFunc(redirects.Params(r.Source.Query), func(p redirects.Param) bool {
					again := names[asciiLower(p.Name)]
					names[asciiLower(p.Name)] = true
					return again || !plainName.MatchString(p.Name)
				})
			},
			reason: text("PHP writes dots, blanks and brackets in a parameter's name anew, and names that differ only in letter case are one to the plugin", "パラメータ名のドット・空白・角かっこは PHP が書き換えます。大文字小文字だけが違う名前はプラグインでは同じ名前です"),
			next:   nextCode(), evidence: code,
		},
		{
			code: "query-order", kind: NeedsLiveTest, fails: func(r redirects.Rule) bool { return r.Source.QueryAs == redirects.QueryOrdered },
			reason: text("not all versions of the plugin can compare the order of parameters", "パラメータの順序を区別できないバージョンがあります"),
			next:   nextCode(), evidence: code,
		},
	}
}
