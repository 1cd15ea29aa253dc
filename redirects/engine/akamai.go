package engine

import (
	"cmp"
	"context"
	"io"
	"strconv"

	"replatform/redirects"
)

// akamai is the CSV of Akamai's Edge Redirector cloudlet.
type akamai struct {
	checkList
	o Options
}

func newAkamai(o Options) Engine {
	e := akamai{o: o}
	e.checks = e.rowChecks()
	return e
}

const (
	akamaiRules = "https://techdocs.akamai.com/cloudlets/docs/general-rules-consid"
	akamaiCost  = "https://techdocs.akamai.com/cloudlets/docs/cost-limit"
	akamaiMatch = "https://techdocs.akamai.com/cloudlets/reference/match-rules"
)

func (akamai) ID() string         { return "akamai" }
func (e akamai) options() Options { return e.o }

func (akamai) Capabilities() Capabilities {
	match := Evidence{akamaiMatch, "undated, read 2026-11", "medium"}
	return Capabilities{
		Name: text("Akamai Edge Redirector", "Akamai Edge Redirector"), Kind: "edge",
		Query: fact(QueryRaw, match), TrailingSlash: fact(true, match),
		Patterns: fact(false, Evidence{"not written by this program", "2026-11-25", "high"}), HostAware: fact(true, match), NamesHost: true,
		Statuses: fact([]int{301, 308}, match), Incoming: fact(IncomingChoice, match),
		MaxRows: []Limit{{"", 1000, Evidence{akamaiCost, "undated, read 2026-11", "medium"}}, {"split", 5000, Evidence{akamaiRules, "undated, read 2026-11", "high"}}},
		Proof:   text("documentation only; no account is asked", "公開資料のみ。実際のアカウントでは検証していません"),
	}
}

func (e akamai) rowChecks() []check {
	c := e.Capabilities()
	return append(append(wellFormed(), fromCapabilities(c)...),
		needsHost(e.o),
		check{
			code: "escapes", kind: NeedsLiveTest, fails: func(r redirects.Rule) bool { return oddPathBytes(r.Source.RequestTarget()) || hasEscape(r.Source) },
			reason: text("whether Akamai decodes an address before it compares is not documented", "Akamai が照合前にデコードするかどうか、資料がありません"),
			next:   text("try one row on the staging network", "ステージング環境で一件試す"), evidence: Evidence{"no source found", "2026-11", "low"},
		},
		check{
			code: "keep-query-joined", kind: NeedsLiveTest, fails: func(r redirects.Rule) bool { return r.KeepQuery && len(r.Target) != len(redirectsHead(r.Target)) },
			reason: text("how the incoming query meets a target that has its own is not documented", "転送先に元からあるクエリとアクセス時のクエリがどう結合されるか、資料がありません"),
			next:   nextCode(), evidence: c.Incoming.Evidence,
		},
		unknownMatching(c.Name),
	)
}

// hasEscape tells whether a source holds a percent sign.
func hasEscape(s redirects.Source) bool {
	for _, c := range s.RequestTarget() {
		if c == '%' {
			return true
		}
	}
	return false
}

// Write names the whole old address in matchURL; the columns for its parts stay
// empty.
func (e akamai) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	head := []string{"ruleName", "matchURL", "scheme", "host", "path", "query", "disabled", "result.useIncomingQueryString", "result.useIncomingSchemeAndHost", "result.useRelativeUrl", "result.redirectURL", "result.statusCode"}
	return sink.WriteFile("akamai-edge-redirector.csv", func(w io.Writer) error {
		return writeCSV(w, head, func(row func(...string) error) error {
			n := 0
			for r, err := range checked(ctx, e, m) {
				if err != nil {
					return err
				}
				n++
				keep := "0"
				if r.KeepQuery {
					keep = "1"
				}
				old := "https://" + cmp.Or(r.Source.Host, e.o.Host) + r.Source.RequestTarget()
				if err := row("replatform "+strconv.Itoa(n), old, "", "", "", "", "0", keep, "0", "none", r.Target, strconv.Itoa(r.Status)); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// Model compares host and target as written, the first row wins.
func (e akamai) Model(m redirects.Map) (Matcher, error) {
	model := akamaiModel{}
	for r, err := range m.Rules() {
		if err != nil {
			return nil, err
		}
		key := cmp.Or(r.Source.Hostname(), e.o.Host) + r.Source.RequestTarget()
		if _, ok := model[key]; !ok {
			model[key] = r
		}
	}
	return model, nil
}

type akamaiModel map[string]redirects.Rule

// Answer looks host and target up.
func (m akamaiModel) Answer(q Request) Answer {
	r, ok := m[asciiLower(redirects.Source{Host: q.Host}.Hostname())+q.Target]
	if !ok {
		return Answer{}
	}
	return answerOf(r, q.Target)
}

func (akamai) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title: "Akamai Edge Redirector",
			Install: []string{
				"Edge Redirector のポリシーを作り、akamai-edge-redirector.csv を読み込みます。一つのポリシーは 5,000 行までですが、約 1,000 行を超えると一回あたりの処理コストの上限に達することがあります。",
				"この Cloudlet は新しいルール形式では非推奨とされています。使えるかどうかを先に確認してください。",
				"ステージングで有効にし、確認後に本番で有効にします。",
			},
			Test: []string{"`replatform verify --connect-to 旧ホスト=ステージングのアドレス` で旧URLを全件確認してください。"},
			Undo: []string{"以前のバージョンのポリシーを有効に戻します。"},
		}
	}
	return Instructions{
		Title: "Akamai Edge Redirector",
		Install: []string{
			"Make a policy of Edge Redirector and load akamai-edge-redirector.csv. A policy takes 5,000 rows, but beyond about 1,000 the cost limit of a request is usually reached.",
			"The cloudlet is deprecated in new rule formats: find out first whether yours may use it.",
			"Activate on staging, test, then activate on production.",
		},
		Test: []string{"Ask every old address with `replatform verify --connect-to OLDHOST=STAGING-ADDRESS`."},
		Undo: []string{"Activate the earlier version of the policy."},
	}
}
