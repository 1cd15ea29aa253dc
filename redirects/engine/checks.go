package engine

import (
	"errors"
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

// checkList are the checks of an engine, made once. It is embedded for its Check.
type checkList struct{ checks []check }

// Check runs the checks in order and returns the first refusal.
func (l checkList) Check(r redirects.Rule) *Refusal {
	for _, c := range l.checks {
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
				return !strings.HasPrefix(r.Source.Path, "/") || !sendable(r.Source.String()) || !plainHost(r.Source.Host) ||
					strings.ContainsAny(r.Source.Path, "?#") || strings.Contains(r.Source.Query, "#")
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

// plainHost tells whether a host is empty or has the form of a name or address, with
// or without a port, as ParseSource writes it.
func plainHost(host string) bool {
	if strings.HasPrefix(host, "[") {
		return strings.Trim(host, "0123456789abcdef:.[]") == ""
	}
	name, port, _ := strings.Cut(host, ":")
	return strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == "" && strings.Trim(port, "0123456789") == "" &&
		!strings.HasPrefix(name, ".") && !strings.HasSuffix(name, ".") && !strings.Contains(name, "..")
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
			code: "keep-query", kind: Refused, fails: func(r redirects.Rule) bool { return r.KeepQuery && !c.Incoming.Value.carries(r) },
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
	return append(append(checks, captureChecks(c)...), lengths(c)...)
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

// keepsFragment is for engines that can put a query only at the end of a target.
func keepsFragment(c Capabilities) check {
	return check{
		code: "keep-query-fragment", kind: Refused, fails: func(r redirects.Rule) bool { return r.KeepQuery && strings.Contains(r.Target, "#") },
		reason: text("the query would be added behind the fragment of the target", "クエリが転送先の # より後ろに付いてしまいます"),
		next:   text("lighttpd, nginx, or a Cloudflare Worker", "lighttpd、nginx、または Cloudflare Worker"), evidence: c.Incoming.Evidence,
	}
}

// beforeFragment returns a target without its fragment.
func beforeFragment(target string) string {
	head, _, _ := strings.Cut(target, "#")
	return head
}

// queryOf returns the raw query of a request target.
func queryOf(target string) string {
	_, query, _ := strings.Cut(target, "?")
	return query
}

// oddPath tells whether a path has anything that engines of which little is known
// may normalise: doubled slashes, dots, characters that clients escape, escapes
// that are not UTF-8.
func oddPath(p string) bool {
	return strings.Contains(p, "//") || strings.ContainsAny(p, "\\\"<>{}|^`") || removeDotSegments(p) != p || !redirects.HasUTF8Escapes(p)
}

// oddQuery tells whether a query is more than plain name=value pairs.
func oddQuery(s redirects.Source) bool {
	if !s.HasQuery {
		return false
	}
	if _, _, ok := s.Identifying(); !ok {
		return true
	}
	for _, p := range redirects.Params(s.Query) {
		if p.Name == "" {
			return true
		}
	}
	return strings.ContainsAny(s.Query, "\\\"<>{}|^`;+$'") || !redirects.HasUTF8Escapes(s.Query)
}

// rewrittenTarget refuses targets that a service which parses them as the WHATWG URL
// standard says (https://url.spec.whatwg.org/) would send in another form.
func rewrittenTarget(evidence Evidence) check {
	return check{
		code: "target-rewritten", kind: Refused,
		fails: func(r redirects.Rule) bool {
			head, query, hasQuery := strings.Cut(beforeFragment(r.Target), "?")
			scheme, rest, _ := strings.Cut(head, "://")
			host, path, _ := strings.Cut(rest, "/")
			return strings.ContainsAny(r.Target, "\"<>\\^`{|}") || strings.Contains(query, "'") || hasQuery && query == "" || removeDotSegments("/"+path) != "/"+path || strings.HasPrefix(path, "/") ||
				scheme == "https" && strings.HasSuffix(host, ":443") || scheme == "http" && strings.HasSuffix(host, ":80")
		},
		reason:   text("the service writes a character of the target anew (quotes, angle brackets, braces, backslashes, dots between slashes, slashes in a row)", "転送先の文字（引用符・山かっこ・波かっこ・バックスラッシュ・スラッシュ間のドット・連続したスラッシュ）がサービス側で書き換えられます"),
		next:     text("write the character of the target as an escape, such as %7B", "転送先の文字を %7B のようなエスケープで書く"),
		evidence: evidence,
	}
}

// unknownMatching refuses rows with odd paths or queries for an engine whose
// treatment of them is not known.
func unknownMatching(name redirects.Text) check {
	return check{
		code: "odd-source", kind: NeedsLiveTest,
		fails:    func(r redirects.Rule) bool { return oddPath(r.Source.Path) || oddQuery(r.Source) },
		reason:   text("nothing is known of how "+name.EN+" compares such an address (doubled slashes, dots, quotes, escapes that are not UTF-8, parameters without a value)", name.JA+"がこのようなURL（二重スラッシュ・ドット・引用符・UTF-8 以外のエスケープ・値のないパラメータ）をどう照合するか、資料がありません"),
		next:     text("try one row on the live site, or an engine of your own in front", "実際のサイトで一件試すか、前段に自前のエンジンを置く"),
		evidence: Evidence{"no source found", "2026-11", "low"},
	}
}

// needsHost refuses rows without a host where the format names one.
func needsHost(o Options) check {
	return check{
		code: "no-host", kind: Refused, fails: func(r redirects.Rule) bool { return r.Source.Host == "" && o.Host == "" },
		reason: text("the format names the old host in every row, and this row has none", "この形式では各行に旧ホスト名が必要ですが、この行にはありません"),
		next:   text("give the old addresses from https:// on, or name the host with --host", "旧URLを https:// から指定するか、--host でホスト名を指定する"),
	}
}

// swallowsQueries refuses the front page on engines that ignore the query: the
// row would catch every product that is told apart by one.
func swallowsQueries(m redirects.Map) (*setCheck, error) {
	queries := map[string]bool{}
	for r, err := range m.Rules() {
		var bad *redirects.RowError
		if errors.As(err, &bad) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if r.Source.Path == "/" && r.Source.HasQuery {
			queries[r.Source.Host] = true
		}
	}
	return &setCheck{refuse: func(r redirects.Rule) *Refusal {
		if r.Source.Path != "/" || r.Source.HasQuery || !queries[r.Source.Host] {
			return nil
		}
		return &Refusal{
			Line: r.Line, Source: r.Source.String(), Code: "swallows-queries", Kind: Refused,
			Reason:   text("this engine ignores the query, so the row for the front page would also catch every /?… address of the map", "このエンジンはクエリを無視するため、トップページの行が /?… のURLもすべて転送してしまいます"),
			NextBest: nextEdge(),
		}
	}}, nil
}

// serverTakesPath tells whether nginx and Apache get as far as asking the rules.
// Both decode and resolve the path first and answer 400 where that fails
// (ngx_http_parse_complex_uri; ap_unescape_url and ap_normalize_path).
func serverTakesPath(path string) bool {
	decoded, ok := redirects.Unescape(path)
	if !ok || strings.IndexByte(decoded, 0) >= 0 {
		return false
	}
	depth := 0
	for segment := range strings.SplitSeq(decoded, "/") {
		switch segment {
		case "", ".":
		case "..":
			if depth--; depth < 0 {
				return false
			}
		default:
			depth++
		}
	}
	return true
}
