package engine

import (
	"slices"
	"strconv"
	"strings"

	"replatform/redirects"
)

// check is one small named test of a row: why an engine would not honour it.
type check struct {
	code     string
	kind     Kind
	fails    func(redirects.Rule) bool
	reason   redirects.Text
	next     redirects.Text
	evidence Evidence
}

// firstRefusal runs the checks in order.
func firstRefusal(r redirects.Rule, checks []check) *Refusal {
	for _, c := range checks {
		if c.fails(r) {
			return &Refusal{
				Line: r.Line, Source: r.Source.String(), Code: c.code, Kind: c.kind,
				Reason: c.reason, NextBest: c.next, Evidence: c.evidence,
			}
		}
	}
	return nil
}

// Advice that several engines give.
func nextEdge() redirects.Text {
	return text("an edge in front of the shop that sees the query (nginx, Cloudflare Worker), or a script on the page", "クエリを見られる前段（nginx や Cloudflare Worker）、またはページ内のスクリプト")
}

func nextCode() redirects.Text {
	return text("an engine of your own in front of the shop (nginx, Cloudflare Worker)", "ショップの前段に置く自前のエンジン（nginx や Cloudflare Worker）")
}

// wellFormed refuses rows that ParseSource and ParseTarget would not have made.
// Every engine runs it first, so that no hostile byte reaches a writer.
func wellFormed() []check {
	return []check{
		{
			code: "malformed-source", kind: Refused,
			fails: func(r redirects.Rule) bool {
				return !strings.HasPrefix(r.Source.Path, "/") || !sendable(r.Source.String())
			},
			reason: text("the source is not a path as a request line can hold it", "転送元がリクエスト行に書ける形のパスではありません"),
			next:   text("correct the row", "行を修正する"),
		},
		{
			code: "fragment", kind: Refused,
			fails:  func(r redirects.Rule) bool { return r.Source.Fragment != "" },
			reason: text("what follows # is never sent to a server", "# 以降はサーバーに送信されません"),
			next:   text("a script on the page that reads the fragment", "フラグメントを読み取るスクリプトをページに置く"),
		},
		{
			code: "malformed-target", kind: Refused,
			fails: func(r redirects.Rule) bool {
				if r.Gone() {
					return r.Target != ""
				}
				t, err := redirects.ParseTarget(r.Target)
				return err != nil || t != r.Target
			},
			reason: text("the target is not an absolute http(s) URL in ASCII, or a gone page has one", "転送先が ASCII の http(s) 絶対URLでないか、廃止の行に転送先があります"),
			next:   text("correct the row, or run the audit first", "行を修正するか、先に監査を実行する"),
		},
	}
}

// sendable tells whether all bytes can stand in a request line.
func sendable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// fromCapabilities makes the checks that follow from the declared capabilities.
func fromCapabilities(c Capabilities) []check {
	var checks []check
	if c.Query.Known && c.Query.Value == QueryNone {
		checks = append(checks, check{
			code: "query", kind: Refused, fails: func(r redirects.Rule) bool { return r.Source.HasQuery },
			reason: text("this engine cannot tell addresses apart by their query", "このエンジンはクエリの違いでURLを区別できません"),
			next:   nextEdge(), evidence: c.Query.Evidence,
		})
	}
	if c.Statuses.Known {
		checks = append(checks, check{
			code: "status", kind: Refused, fails: func(r redirects.Rule) bool { return !slices.Contains(c.Statuses.Value, r.Status) },
			reason: text("this engine answers only with "+statuses(c.Statuses).EN, "このエンジンが返せるのは "+statuses(c.Statuses).JA+" だけです"),
			next:   nextCode(), evidence: c.Statuses.Evidence,
		})
	}
	if !c.Patterns.Known || !c.Patterns.Value {
		checks = append(checks, check{
			code: "prefix", kind: Refused, fails: func(r redirects.Rule) bool { return r.Source.Match == redirects.Prefix },
			reason: text("prefix rows cannot be written for this engine", "前方一致の行はこのエンジン向けに書き出せません"),
			next:   text("one row for each address, as the crawl found them", "クロールで見つかったURLごとに一行ずつ書く"), evidence: c.Patterns.Evidence,
		})
	}
	if !c.Incoming.Known || c.Incoming.Value != IncomingChoice {
		checks = append(checks, check{
			code: "keep-query", kind: Refused, fails: func(r redirects.Rule) bool { return r.KeepQuery },
			reason: text("this engine cannot be told row by row to carry the query over", "クエリの引き継ぎを行ごとに指定できません"),
			next:   nextCode(), evidence: c.Incoming.Evidence,
		})
	}
	if !c.HostAware.Known || !c.HostAware.Value {
		checks = append(checks, check{
			code: "port", kind: Refused, fails: func(r redirects.Rule) bool { return r.Source.Host != r.Source.Hostname() },
			reason: text("this engine cannot bind a row to a port", "行をポート番号に結び付けられません"),
			next:   nextCode(), evidence: c.HostAware.Evidence,
		})
	}
	return append(checks, lengths(c)...)
}

func lengths(c Capabilities) []check {
	var checks []check
	if c.MaxSource.Known {
		n := c.MaxSource.Value
		checks = append(checks, check{
			code: "source-too-long", kind: Refused, fails: func(r redirects.Rule) bool { return len(r.Source.RequestTarget()) > n },
			reason: text("the source is longer than "+strconv.Itoa(n)+" bytes", "転送元が "+strconv.Itoa(n)+" バイトを超えています"),
			next:   nextCode(), evidence: c.MaxSource.Evidence,
		})
	}
	if c.MaxTarget.Known {
		n := c.MaxTarget.Value
		checks = append(checks, check{
			code: "target-too-long", kind: Refused, fails: func(r redirects.Rule) bool { return len(r.Target) > n },
			reason: text("the target is longer than "+strconv.Itoa(n)+" bytes", "転送先が "+strconv.Itoa(n)+" バイトを超えています"),
			next:   text("a shorter address in the new shop", "新しいショップ側のURLを短くする"), evidence: c.MaxTarget.Evidence,
		})
	}
	return checks
}

// queryOf returns the raw query of a request target.
func queryOf(target string) string {
	_, query, _ := strings.Cut(target, "?")
	return query
}
