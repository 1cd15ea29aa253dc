package engine

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"replatform/redirects"
)

// caddy answers from one map on the address as sent.
type caddy struct{ checkList }

func newCaddy() Engine {
	var e caddy
	e.checks = e.rowChecks()
	return e
}

const (
	caddyDocs     = "https://caddyserver.com/docs/caddyfile/directives/map"
	caddyRedir    = "https://caddyserver.com/docs/caddyfile/directives/redir"
	caddyMeasured = "measured: Caddy 2.6.2"
	caddyRows     = 10_000 // the map is a list that is walked for each request
)

func (caddy) ID() string { return "caddy" }

func (caddy) Capabilities() Capabilities {
	docs := Evidence{caddyDocs, "2026-07-01", "high"}
	redir := Evidence{caddyRedir, "2026-07-01", "high"}
	measured := Evidence{caddyMeasured, "2026-11-25", "high"}
	return Capabilities{
		Name: text("Caddy", "Caddy"), Kind: "server",
		Query: fact(QueryRaw, docs), OrderMatters: fact(true, measured), ExtraParameters: fact(false, measured),
		CaseSensitive: fact(true, measured), Decodes: fact(false, measured), TrailingSlash: fact(true, measured),
		Patterns: fact(true, measured), Captures: fact(true, measured), HostAware: fact(true, measured),
		Statuses: fact([]int{301, 302, 308, 410, 451}, redir), Incoming: fact(IncomingDropped, redir),
		LivePageWins: fact(false, docs), ChainsRefused: fact(false, docs),
		MaxRows: []Limit{{"", caddyRows, measured}},
		Proof:   text("the real Caddy is asked every row in the tests where it is installed", "Caddy がある環境では、テストで実際に全行を問い合わせて照合しています"),
	}
}

func (e caddy) rowChecks() []check {
	measured := Evidence{caddyMeasured, "2026-11-25", "high"}
	return append(append(wellFormed(), fromCapabilities(e.Capabilities())...),
		check{
			code: "target-braces", kind: Refused, fails: func(r redirects.Rule) bool {
				c, ok, _ := r.Capture()
				return ok && strings.ContainsAny(c.Fill(r.Target, ""), "{}`") || !ok && strings.ContainsAny(r.Target, "{}`")
			},
			reason: text("braces in a target are placeholders and vanish", "転送先の波かっこは変数とみなされ、消えてしまいます"),
			next:   text("write %7B and %7D", "%7B と %7D で書く"), evidence: measured,
		},
		check{
			code: "rewritten-uri", kind: Refused, fails: func(r redirects.Rule) bool {
				c, ok, _ := r.Capture()
				target := r.Source.RequestTarget()
				if ok {
					target = c.Fill(target, "0")
				}
				return !goKeepsURI(target)
			},
			reason: text("Caddy writes such a path anew before the comparison (quotes, braces, backslashes, escapes that stand for nothing)", "引用符・波かっこ・バックスラッシュなどを含むパスは、照合前に Caddy が書き換えます"),
			next:   text("nginx or HAProxy", "nginx または HAProxy"), evidence: measured,
		},
		check{
			code: "backquote", kind: Refused, fails: func(r redirects.Rule) bool { return strings.Contains(r.Source.String(), "`") },
			reason: text("a backquote cannot be written into a Caddyfile word", "バッククォートを含むURLは Caddyfile に書けません"),
			next:   text("nginx or HAProxy", "nginx または HAProxy"), evidence: Evidence{caddyDocs, "2026-07-01", "medium"},
		},
	)
}

// key: a folder is one with and without its last slash.
func (caddy) key(s redirects.Source) string {
	if s.Match == redirects.Prefix {
		s.Path = strings.TrimRight(redirects.UpperEscapes(s.Path), "/")
	}
	return s.Key()
}

// goKeepsURI tells whether a server of Go's net/http, parsing a request target and
// writing it again, keeps it as it is; {uri} is the result.
func goKeepsURI(target string) bool {
	u, err := url.ParseRequestURI(target)
	return err == nil && u.RequestURI() == target
}

// caddyKeys are the keys of a row: as it is, and with escapes in either case.
func caddyKeys(r redirects.Rule, hosts bool) []string {
	host := ""
	if hosts {
		host = r.Source.Hostname()
	}
	own := host + r.Source.RequestTarget()
	keys := []string{own}
	for _, k := range []string{redirects.UpperEscapes(own), lowerEscapes(own)} {
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// caddyTable maps keys to rows, of two host-bound and two free tables the first.
type caddyTable struct {
	hosts    bool
	order    []string
	rows     map[string]redirects.Rule
	captured []keyCapture  // in the order in which they are asked
	folders  []caddyFolder // longest first
	status   map[int]bool
}

// caddyFolder is a prefix row: the folder with all that is in it.
type caddyFolder struct {
	host, path string // without last slash, escapes in upper case
	rule       redirects.Rule
}

// holds tells whether an address, with its host in a table with hosts, is the folder
// or in it.
func (f caddyFolder) holds(address string) bool {
	path, _, _ := strings.Cut(redirects.UpperEscapes(address), "?")
	return path == f.host+f.path || strings.HasPrefix(path, f.host+f.path+"/")
}

// pattern is the same as a regular expression of Go on the whole address.
func (f caddyFolder) pattern() string {
	quoted := escapePattern.ReplaceAllStringFunc(regexp.QuoteMeta(f.host+f.path), func(escape string) string { return "(?i:" + escape + ")" })
	return "^" + quoted + `(?:[/?]|$)`
}

// newCaddyTable lets the spelling that the map has itself win over another row's.
func newCaddyTable(rules func(func(redirects.Rule, error) bool)) (*caddyTable, error) {
	t := &caddyTable{rows: map[string]redirects.Rule{}, status: map[int]bool{}}
	var all redirects.Slice
	for r, err := range rules {
		if err != nil {
			return nil, err
		}
		all = append(all, r)
		t.status[r.Status] = true
		t.hosts = t.hosts || r.Source.Host != all[0].Source.Host
	}
	var captured []redirects.Rule
	for _, r := range all {
		if r.Source.Match == redirects.Captured {
			captured = append(captured, r)
		}
		if r.Source.Match != redirects.Prefix {
			continue
		}
		f := caddyFolder{path: strings.TrimRight(redirects.UpperEscapes(r.Source.Path), "/"), rule: r}
		if t.hosts {
			f.host = r.Source.Hostname()
		}
		t.folders = append(t.folders, f)
	}
	slices.SortStableFunc(t.folders, func(a, b caddyFolder) int { return len(b.path) - len(a.path) })
	sortCaptured(captured)
	for _, r := range captured {
		c, err := newKeyCapture(r, caddyKeys(r, t.hosts)[0])
		if err != nil {
			return nil, err
		}
		t.captured = append(t.captured, c)
	}
	for _, spelt := range []bool{false, true} {
		for _, r := range all {
			if r.Source.Match != redirects.Exact {
				continue
			}
			keys := caddyKeys(r, t.hosts)
			if spelt {
				keys = keys[1:]
			} else {
				keys = keys[:1]
			}
			for _, k := range keys {
				if _, ok := t.rows[k]; !ok {
					t.rows[k] = r
					t.order = append(t.order, k)
				}
			}
		}
	}
	return t, nil
}

func (e caddy) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	t, err := newCaddyTable(checked(ctx, e, m))
	if err != nil {
		return err
	}
	err = sink.WriteFile("replatform.caddy", func(w io.Writer) error { return t.write(w) })
	if err != nil {
		return err
	}
	return writeText(sink, "Caddyfile-test", caddyTestConf)
}

func (t *caddyTable) write(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Import this file at the top of the site block of the old shop's host.\nroute {\n")
	sources := []string{"{uri}"}
	if t.hosts {
		sources = []string{"{host}{uri}", "{uri}"}
	}
	for i, source := range sources {
		// Two maps may not set one placeholder: the second would empty it again.
		id := strconv.Itoa(i + 1)
		fmt.Fprintf(&b, "\tmap %s {replatform_status_%s} {replatform_target_%s} {\n", source, id, id)
		for _, k := range t.order {
			if r := t.rows[k]; strings.HasPrefix(k, "/") == (source == "{uri}") {
				fmt.Fprintf(&b, "\t\t`%s` %d %s\n", k, r.Status, caddyTarget(r))
			}
		}
		for _, c := range t.captured {
			if (!t.hosts || c.rule.Source.Host == "") == (source == "{uri}") {
				target := captureTarget(c.rule, caddyTarget(c.rule), "${1}", func(s string) string { return strings.ReplaceAll(s, "$", "$$") })
				fmt.Fprintf(&b, "\t\t`~%s` %d %s\n", c.re, c.rule.Status, target)
			}
		}
		for _, f := range t.folders {
			if (f.host == "") == (source == "{uri}") {
				// A dollar sign begins the name of a group there.
				fmt.Fprintf(&b, "\t\t`~%s` %d %s\n", f.pattern(), f.rule.Status, strings.ReplaceAll(caddyTarget(f.rule), "$", "$$"))
			}
		}
		b.WriteString("\t\tdefault \"\" \"\"\n\t}\n")
	}
	for i := range sources {
		id := strconv.Itoa(i + 1)
		for _, s := range []int{301, 302, 308, 410, 451} {
			if !t.status[s] {
				continue
			}
			fmt.Fprintf(&b, "\t@replatform_%d_%s vars {replatform_status_%s} %d\n", s, id, id, s)
			if (redirects.Rule{Status: s}).Gone() {
				fmt.Fprintf(&b, "\trespond @replatform_%d_%s %d\n", s, id, s)
			} else {
				fmt.Fprintf(&b, "\tredir @replatform_%d_%s {replatform_target_%s} %d\n", s, id, id, s)
			}
		}
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// caddyTarget is the target as a word of a Caddyfile.
func caddyTarget(r redirects.Rule) string {
	if r.Gone() {
		return `""`
	}
	return "`" + r.Target + "`"
}

const caddyTestConf = `# A complete configuration to try the map on this machine:
#   caddy run --adapter caddyfile --config Caddyfile-test
# then: curl -i --path-as-is -H 'Host: OLD.HOST' 'http://127.0.0.1:18084/OLD-PATH'
{
	admin off
	auto_https off
}
http://:18084 {
	bind 127.0.0.1
	import replatform.caddy
	respond 404
}
`

// Model looks the whole address up, byte by byte, then the folders.
func (caddy) Model(m redirects.Map) (Matcher, error) {
	t, err := newCaddyTable(m.Rules())
	if err != nil {
		return nil, fmt.Errorf("modelling caddy: %w", err)
	}
	return t, nil
}

// Answer makes the table a Matcher.
func (t *caddyTable) Answer(q Request) Answer {
	u, err := url.ParseRequestURI(q.Target)
	if err != nil {
		return Answer{}
	}
	uri := u.RequestURI()
	keys := []string{uri}
	if t.hosts {
		keys = []string{redirects.Source{Host: q.Host}.Hostname() + uri, uri}
	}
	for _, k := range keys {
		if r, ok := t.rows[k]; ok {
			return answerOf(r, q.Target)
		}
		for _, c := range t.captured {
			if r, ok := c.answer(k); ok && (!t.hosts || c.rule.Source.Host == "") == (k == uri) {
				return answerOf(r, q.Target)
			}
		}
		for _, f := range t.folders {
			if (f.host == "") == (k == uri) && f.holds(k) {
				return answerOf(f.rule, q.Target)
			}
		}
	}
	return Answer{}
}

func (caddy) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title: "Caddy",
			Install: []string{
				"replatform.caddy を Caddyfile と同じフォルダーへ置き、旧ショップのホストのサイトブロックの先頭に追加します：`import replatform.caddy`",
				"反映します：`caddy reload --config /etc/caddy/Caddyfile`",
			},
			Test: []string{
				"手元で試す：`caddy run --adapter caddyfile --config Caddyfile-test`",
				"余分なパラメータ（utm_source など）が付いたURLは一致しません。必要なら nginx を使ってください。",
			},
			Undo: []string{"import 行を削除し、再読み込みします。"},
		}
	}
	return Instructions{
		Title: "Caddy",
		Install: []string{
			"Put replatform.caddy beside the Caddyfile and add at the top of the site block of the old shop's host: `import replatform.caddy`",
			"Load it: `caddy reload --config /etc/caddy/Caddyfile`",
		},
		Test: []string{
			"Try it on this machine: `caddy run --adapter caddyfile --config Caddyfile-test`",
			"An address with further parameters (utm_source …) is not matched. Use nginx where that matters.",
		},
		Undo: []string{"Delete the import line and reload."},
	}
}
