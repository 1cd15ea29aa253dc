package engine

import (
	"context"
	"io"
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

// Sources on the plugin: its own code, version 5.4.2.
const (
	redirectionCode  = "https://github.com/johngodley/redirection"
	redirectionIssue = "https://github.com/johngodley/redirection/issues/3449"
	redirectionLine  = 5000
)

func (redirection) Capabilities() Capabilities {
	code := Evidence{redirectionCode + " (fileio/csv.php, models/url/, 5.4.2)", "2024-01-27", "high"}
	return Capabilities{
		Name: text("Redirection plugin for WordPress", "WordPress プラグイン Redirection"), Kind: "plugin",
		Query: fact(QueryParams, code), OrderMatters: fact(false, code), ExtraParameters: fact(false, code),
		CaseSensitive: fact(true, code), TrailingSlash: fact(true, code), Patterns: fact(false, code), HostAware: fact(false, code),
		Statuses: fact([]int{301, 302, 308, 410, 451}, code),
		Proof:    text("the plugin's source code; no site is asked", "プラグインのソースコード。実際のサイトでは検証していません"),
	}
}

func (e redirection) rowChecks() []check {
	c := e.Capabilities()
	checks := append(wellFormed(), fromCapabilities(c)...)
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

// Model compares the path, and all parameters in any order; that is the plugin's
// default, which an imported row takes.
func (redirection) Model(m redirects.Map) (Matcher, error) {
	model := exactParams{}
	for r, err := range m.Rules() {
		if err != nil {
			return nil, err
		}
		key := model.key(r.Source.RequestTarget())
		if _, ok := model[key]; !ok {
			model[key] = r
		}
	}
	return model, nil
}

// exactParams answers when path and parameters are the same, in any order.
type exactParams map[string]redirects.Rule

func (exactParams) key(target string) string {
	path, query, _ := strings.Cut(redirects.UpperEscapes(target), "?")
	parts := strings.FieldsFunc(query, func(r rune) bool { return r == '&' })
	slices.Sort(parts)
	return path + "?" + strings.Join(parts, "&")
}

func (m exactParams) Answer(q Request) Answer {
	r, ok := m[m.key(q.Target)]
	if !ok {
		return Answer{}
	}
	return answerOf(r, q.Target)
}

// key: two orders of one query are one address.
func (redirection) key(s redirects.Source) string { return exactParams{}.key(s.RequestTarget()) }

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
