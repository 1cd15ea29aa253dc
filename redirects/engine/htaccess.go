package engine

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"replatform/redirects"
)

// htaccess is Apache's per-folder file, for hosting without access to the server
// configuration: one rule a row, read anew for every request.
type htaccess struct{ checkList }

func newHtaccess() Engine {
	var e htaccess
	e.checks = e.rowChecks()
	return e
}

const (
	htaccessDocs = "https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html"
	// htaccessRows is where the pace becomes a burden for every page of the shop:
	// 1,000 rows were answered at about 430 requests a second, 10,000 at about 24.
	htaccessRows = 500
	// htaccessLine is how long a line may be; over 8,192 bytes with its end the file
	// cannot be read ("Line too long", measured).
	htaccessLine = 8190
	// htaccessPath leaves room for the folder of the shop under PATH_MAX, 4096 on
	// Linux: a path of 2,000 bytes was answered, one of 4,050 was not (measured).
	htaccessPath = 3500
	// apacheMaxTarget is LimitRequestLine, 8190 by default, without "GET " and
	// " HTTP/1.1".
	apacheMaxTarget = 8190 - 13
)

func (htaccess) ID() string { return "htaccess" }

func (htaccess) Capabilities() Capabilities {
	docs := Evidence{htaccessDocs, "undated, read 2026-11", "high"}
	measured := Evidence{apacheMeasured, "2026-11-25", "high"}
	return Capabilities{
		Name: text("Apache .htaccess", "Apache .htaccess"), Kind: "hosting",
		Query: fact(QueryFull, measured), OrderMatters: fact(false, measured), ExtraParameters: fact(true, measured),
		CaseSensitive: fact(true, docs), Decodes: fact(true, measured), TrailingSlash: fact(true, measured),
		Patterns: fact(true, docs), Captures: fact(true, measured), HostAware: fact(true, docs),
		Statuses: fact([]int{301, 302, 308, 410}, docs), Incoming: fact(IncomingChoice, docs),
		LivePageWins: fact(false, docs), ChainsRefused: fact(false, docs),
		MaxRows: []Limit{{"", htaccessRows, measured}}, MaxSource: fact(apacheMaxTarget, Evidence{"https://httpd.apache.org/docs/2.4/mod/core.html#limitrequestline", "undated, read 2026-11", "high"}),
		Proof: text("the real Apache is asked every row in the tests where it is installed", "Apache がある環境では、テストで実際に全行を問い合わせて照合しています"),
	}
}

func (e htaccess) rowChecks() []check {
	measured := Evidence{apacheMeasured, "2026-11-25", "high"}
	return append(append(wellFormed(), fromCapabilities(e.Capabilities())...),
		check{
			code: "collapsed-path", kind: Refused,
			fails: func(r redirects.Rule) bool {
				p, _ := redirects.Unescape(r.Source.Path)
				return !serverTakesPath(r.Source.Path) || strings.Contains(p, "//") || strings.Contains(p+"/", "/./") || strings.Contains(p+"/", "/../") ||
					strings.Contains(strings.ToUpper(r.Source.Path), "%2F") || strings.ContainsAny(p, "\n\r")
			},
			reason: text("the path reaches .htaccess decoded and with doubled slashes and dots resolved, or not at all", "パスは .htaccess に届く前にデコードされ、二重スラッシュやドットは整理されるか、届きません"),
			next:   text("Apache's server configuration, nginx or HAProxy", "Apache のサーバー設定、nginx、または HAProxy"), evidence: measured,
		},
		check{
			code: "path-too-long", kind: Refused,
			fails: func(r redirects.Rule) bool {
				p, _ := redirects.Unescape(r.Source.Path)
				return len(p) > htaccessPath
			},
			reason: text("Apache makes a file name of the path before it reads .htaccess, and a name over 4,096 bytes with its folders ends the request", "Apache は .htaccess を読む前にパスをファイル名にします。フォルダーを含めて 4,096 バイトを超えるとエラーになります"),
			next:   text("Apache's server configuration, nginx or HAProxy", "Apache のサーバー設定、nginx、または HAProxy"), evidence: measured,
		},
		check{
			code: "target-quote", kind: Refused, fails: func(r redirects.Rule) bool { return strings.Contains(r.Target, `"`) },
			reason: text("a double quote cannot be written into a target of .htaccess", "転送先に引用符を書けません"),
			next:   text("write %22 in the target", "転送先を %22 で書く"), evidence: measured,
		},
		check{
			code: "keep-query-fragment", kind: Refused, fails: func(r redirects.Rule) bool { return r.KeepQuery && strings.Contains(r.Target, "#") },
			reason: text("the query would be added behind the fragment", "引き継いだクエリが # の後に付いてしまいます"),
			next:   text("nginx or a Cloudflare Worker", "nginx または Cloudflare Worker"), evidence: measured,
		},
	)
}

// key: a bare question mark cannot be told from none, and a path is compared
// decoded.
func (htaccess) key(s redirects.Source) string {
	s.Path, _ = redirects.Unescape(s.Path)
	s.HasQuery = s.Query != ""
	s.Query = redirects.UpperEscapes(s.Query)
	return s.Key()
}

// newSetCheck refuses rows whose lines are too long: one of them makes Apache
// answer 500 to every request of the folder.
func (e htaccess) newSetCheck(m redirects.Map) (*setCheck, error) {
	rules, err := htaccessRules(acceptable(e, m))
	if err != nil {
		return nil, err
	}
	tooLong := map[int]bool{}
	for _, h := range rules {
		for line := range strings.Lines(h.lines(true)) {
			if len(line) > htaccessLine {
				tooLong[h.rule.Line] = true
			}
		}
	}
	return &setCheck{refuse: func(r redirects.Rule) *Refusal {
		if !tooLong[r.Line] {
			return nil
		}
		return &Refusal{
			Line: r.Line, Source: r.Source.String(), Code: "line-too-long", Kind: Refused,
			Reason:   text("a line of .htaccess over 8,190 bytes makes Apache answer 500 to every page", ".htaccess の一行が 8,190 バイトを超えると、すべてのページが 500 エラーになります"),
			NextBest: text("nginx or HAProxy", "nginx または HAProxy"), Evidence: Evidence{apacheMeasured, "2026-11-25", "high"},
		}
	}}, nil
}

// htaccessRule is a row with the conditions under which it answers.
type htaccessRule struct {
	rule  redirects.Rule
	host  string
	path  string   // pattern of the decoded path without its first slash
	query []string // patterns of the query, all of which must match; "!" negates
}

// htaccessRules puts the rows into the order in which they have to be asked, as a
// Resolver does: rows of a host, whole addresses, most parameters, paths, longest
// prefixes.
func htaccessRules(m redirects.Map) ([]htaccessRule, error) {
	groups, err := redirects.CollectGroups(m, redirects.MaxGroups)
	if err != nil {
		return nil, err
	}
	all, err := redirects.Collect(m)
	if err != nil {
		return nil, err
	}
	rules := make([]htaccessRule, 0, len(all))
	for _, r := range all {
		s := r.Source
		path, _ := redirects.Unescape(strings.TrimPrefix(s.Path, "/"))
		h := htaccessRule{rule: r, host: s.Hostname(), path: "^" + bytesPattern(path) + "$"}
		_, _, identifying := s.Identifying()
		switch {
		case s.Match == redirects.Prefix:
			h.path = "^" + bytesPattern(strings.TrimRight(path, "/")) + "(?:/|$)"
			if strings.TrimRight(path, "/") == "" {
				h.path = "^"
			}
		case s.Match == redirects.Captured:
			h.capture(path)
		case identifying:
			for _, p := range redirects.Params(s.Query) {
				piece := p.Name + "=" + p.Value
				if p.Name == "" {
					piece = p.Value
				}
				h.query = append(h.query, "(?:^|&)"+queryPattern(piece)+"(?:&|$)")
			}
		case s.HasQuery && s.QueryAs != redirects.QueryIgnore:
			h.query = []string{"^" + queryPattern(s.Query) + "$"}
		case s.QueryAs == redirects.QuerySet:
			if guard, ok := groups.Guard(s.Path); !ok {
				h.query = []string{"^$"}
			} else if len(guard) > 0 {
				h.query = []string{"!" + guardPattern(guard)}
			}
		}
		rules = append(rules, h)
	}
	rank := func(h htaccessRule) int {
		s := h.rule.Source
		n := 0
		if h.host == "" {
			n += 1 << 20
		}
		names, _, identifying := s.Identifying()
		switch {
		case s.Match == redirects.Prefix:
			return n + 1<<18 - len(s.Path)
		case s.Match == redirects.Captured:
			return n + 1<<14
		case identifying:
			return n + 1<<10 - len(names)
		case s.HasQuery && s.QueryAs != redirects.QueryIgnore:
			return n
		}
		return n + 1<<12
	}
	slices.SortStableFunc(rules, func(a, b htaccessRule) int {
		if order := rank(a) - rank(b); order != 0 || a.rule.Source.Match != redirects.Captured {
			return order
		}
		return redirects.CompareCaptured(a.rule.Source, b.rule.Source)
	})
	return rules, nil
}

// capture fills in the conditions of a captured row. Only the captured part is a group.
func (h *htaccessRule) capture(path string) {
	c, _, err := h.rule.Capture()
	if err != nil {
		return // Check has refused it
	}
	group := "(" + c.Class() + ")"
	if c.Param == "" {
		before, after, _ := strings.Cut(path, c.Word)
		h.path = "^" + bytesPattern(before) + group + bytesPattern(after) + "$"
		return
	}
	for _, p := range c.Fixed {
		h.query = append(h.query, "(?:^|&)"+queryPattern(p.Name+"="+p.Value)+"(?:&|$)")
	}
	h.query = append(h.query, "(?:^|&)"+queryPattern(c.Param)+"="+group+"(?:&|$)")
}

// guardPattern matches a query that holds one of the parameters with a value.
func guardPattern(names []string) string {
	var named []string
	bare := ""
	for _, name := range names {
		if name == "" {
			bare = "[^=&]+(?:&|$)"
		} else {
			named = append(named, queryPattern(name))
		}
	}
	alternatives := bare
	if len(named) > 0 {
		alternatives = "(?:" + strings.Join(named, "|") + ")=[^&]"
		if bare != "" {
			alternatives = "(?:" + alternatives + "|" + bare + ")"
		}
	}
	return "(?:^|&)" + alternatives
}

// queryPattern matches a raw query, escapes in either letter case. Apache's
// argument parser does not undo backslashes, so quotes are written as \x22.
func queryPattern(s string) string {
	return strings.ReplaceAll(escapePattern.ReplaceAllString(regexp.QuoteMeta(s), "%(?i:$1)"), `"`, `\x22`)
}

// bytesPattern matches decoded bytes: everything that is not plain ASCII, and
// what would end the argument, is written as \xHH.
func bytesPattern(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == '"' {
			fmt.Fprintf(&b, `\x%02x`, c)
		} else {
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	return b.String()
}

func (e htaccess) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	for _, err := range checked(ctx, e, m) {
		if err != nil {
			return err
		}
	}
	rules, err := htaccessRules(m)
	if err != nil {
		return fmt.Errorf("writing redirects for htaccess: %w", err)
	}
	hosts := false
	for _, h := range rules {
		hosts = hosts || h.host != rules[0].host
	}
	return sink.WriteFile(".htaccess", func(w io.Writer) error {
		if _, err := io.WriteString(w, "# Redirects of the old shop. Put these lines above all others.\nRewriteEngine On\n"); err != nil {
			return err
		}
		for _, h := range rules {
			if _, err := io.WriteString(w, h.lines(hosts)); err != nil {
				return err
			}
		}
		return nil
	})
}

// lines writes conditions and rule.
func (h htaccessRule) lines(hosts bool) string {
	var b strings.Builder
	if hosts && h.host != "" {
		fmt.Fprintf(&b, "RewriteCond %%{HTTP_HOST} \"^%s(?::[0-9]+)?$\" [NC]\n", regexp.QuoteMeta(h.host))
	}
	for _, q := range h.query {
		fmt.Fprintf(&b, "RewriteCond %%{QUERY_STRING} \"%s\"\n", q)
	}
	if h.rule.Gone() {
		fmt.Fprintf(&b, "RewriteRule \"%s\" - [G,L]\n", h.path)
		return b.String()
	}
	query := ""
	switch {
	case h.rule.KeepQuery:
		query = ",QSA"
	case !strings.Contains(h.rule.Target, "?"):
		query = ",QSD"
	}
	reference := "$1"
	if len(h.query) > 0 {
		reference = "%1" // of the last condition
	}
	target := captureTarget(h.rule, h.rule.Target, reference, apacheLiteral)
	fmt.Fprintf(&b, "RewriteRule \"%s\" \"%s\" [R=%d,NE%s,L]\n", h.path, target, h.rule.Status, query)
	return b.String()
}

// Model asks the rules in order.
func (htaccess) Model(m redirects.Map) (Matcher, error) {
	rules, err := htaccessRules(m)
	if err != nil {
		return nil, fmt.Errorf("modelling htaccess: %w", err)
	}
	model := htaccessModel{}
	for _, h := range rules {
		c := htaccessCompiled{rule: h.rule, host: h.host}
		if c.path, err = regexp.Compile("(?s)" + h.path); err != nil {
			return nil, fmt.Errorf("modelling htaccess: line %d: %w", h.rule.Line, err)
		}
		for _, q := range h.query {
			pattern, negated := strings.CutPrefix(q, "!")
			re, err := regexp.Compile(pattern)
			if err != nil {
				return nil, fmt.Errorf("modelling htaccess: line %d: %w", h.rule.Line, err)
			}
			c.query = append(c.query, re)
			c.negated = append(c.negated, negated)
		}
		model.rules = append(model.rules, c)
		model.hosts = model.hosts || h.host != rules[0].host
	}
	return model, nil
}

type htaccessCompiled struct {
	rule    redirects.Rule
	host    string
	path    *regexp.Regexp
	query   []*regexp.Regexp
	negated []bool
}

type htaccessModel struct {
	rules []htaccessCompiled
	hosts bool
}

func (m htaccessModel) Answer(q Request) Answer {
	raw, query, _ := strings.Cut(q.Target, "?")
	if !serverTakesPath(raw) || strings.Contains(strings.ToUpper(raw), "%2F") {
		return Answer{}
	}
	path := apachePath(raw)
	host := asciiLower(redirects.Source{Host: q.Host}.Hostname())
rules:
	for _, r := range m.rules {
		if m.hosts && r.host != "" && r.host != host || !r.path.MatchString(latin1(path)) {
			continue
		}
		for i, re := range r.query {
			if re.MatchString(query) == r.negated[i] {
				continue rules
			}
		}
		a := answerOf(r.filled(latin1(path), query), q.Target)
		if r.rule.KeepQuery && strings.HasSuffix(q.Target, "?") && query == "" && !strings.Contains(a.Location, "?") {
			a.Location += "?" // QSA keeps a bare question mark
		}
		return a
	}
	return Answer{}
}

// filled is the row with the captured part of a request that it answers.
func (c htaccessCompiled) filled(path, query string) redirects.Rule {
	r := c.rule
	capture, ok, _ := r.Capture()
	if !ok {
		return r
	}
	part := c.path.FindStringSubmatch(path)
	if n := len(c.query); n > 0 {
		part = c.query[n-1].FindStringSubmatch(query)
	}
	r.Target = capture.Fill(r.Target, part[1])
	return r
}

// apachePath is the path as .htaccess sees it: decoded, dots and doubled slashes
// resolved, without its first slash.
func apachePath(raw string) string {
	decoded, _ := redirects.Unescape(raw)
	var out []string
	segments := strings.Split(decoded, "/")
	for i, segment := range segments {
		last := i == len(segments)-1
		switch {
		case segment == "" && !last:
		case segment == ".":
			if last {
				out = append(out, "")
			}
		case segment == "..":
			if len(out) > 0 {
				out = out[:len(out)-1]
			}
			if last {
				out = append(out, "")
			}
		default:
			out = append(out, segment)
		}
	}
	return strings.Join(out, "/")
}

// latin1 makes each byte a character, so that \xHH in a pattern means that byte,
// as it does for Apache.
func latin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

func (htaccess) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title: "Apache .htaccess",
			Install: []string{
				"旧ショップのホストの公開フォルダー直下の .htaccess に、書き出した行を一番上へ貼り付けます（すべてのページを index.php に渡す WordPress や EC-CUBE などの行より上）。",
				"貼り付ける前に、今の .htaccess を必ず控えてください。",
			},
			Test: []string{"すぐに有効になります。トップページが開くこと（500 エラーにならないこと）をまず確かめ、`replatform verify` で旧URLを全件確認してください。"},
			Undo: []string{"控えておいた .htaccess に戻します。"},
		}
	}
	return Instructions{
		Title: "Apache .htaccess",
		Install: []string{
			"Paste the lines at the very top of .htaccess in the published folder of the old shop's host, above those of WordPress, EC-CUBE and the like, which send every page to index.php.",
			"Keep a copy of the present .htaccess first.",
		},
		Test: []string{"It works at once. See first that the front page opens (no error 500), then ask every old address with `replatform verify`."},
		Undo: []string{"Put the copy back."},
	}
}
