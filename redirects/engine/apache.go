package engine

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"replatform/redirects"
)

// apache is Apache httpd with a RewriteMap in the server configuration: the
// address as a whole, then the identifying parameters alone, then the path.
type apache struct{ checkList }

func newApache() Engine {
	var e apache
	e.checks = e.rowChecks()
	return e
}

const (
	apacheMapDocs   = "https://httpd.apache.org/docs/2.4/rewrite/rewritemap.html"
	apacheFlagsDocs = "https://httpd.apache.org/docs/2.4/rewrite/flags.html"
	apacheMeasured  = "measured: Apache 2.4.71"
	// apacheMaxLine is REWRITE_MAX_TXT_MAP_LINE: what a line of a map has beyond it
	// is lost without a word.
	apacheMaxLine   = 1024
	apacheMaxGroups = 16
	// apacheMaxFolders: each folder is one more rule for every request.
	apacheMaxFolders = 500
	// apacheSeparator stands between status and target: a value ends at a blank.
	apacheSeparator = "|"
)

func (apache) ID() string { return "apache" }

func (apache) Capabilities() Capabilities {
	docs := Evidence{apacheMapDocs, "undated, read 2026-11", "high"}
	flags := Evidence{apacheFlagsDocs, "undated, read 2026-11", "high"}
	measured := Evidence{apacheMeasured, "2026-11-25", "high"}
	return Capabilities{
		Name: text("Apache RewriteMap", "Apache RewriteMap"), Kind: "server",
		Query: fact(QueryFull, measured), OrderMatters: fact(false, measured), ExtraParameters: fact(true, measured),
		CaseSensitive: fact(true, docs), Decodes: fact(false, measured), TrailingSlash: fact(true, measured),
		Patterns: fact(true, measured), Captures: fact(true, measured), HostAware: fact(true, measured),
		Statuses: fact([]int{301, 302, 308, 410}, flags), Incoming: fact(IncomingDropped, flags),
		LivePageWins: fact(false, docs), ChainsRefused: fact(false, docs),
		Proof: text("the real Apache is asked every row in the tests where it is installed", "Apache がある環境では、テストで実際に全行を問い合わせて照合しています"),
	}
}

func (e apache) rowChecks() []check {
	measured := Evidence{apacheMeasured, "2026-11-25", "high"}
	return append(append(wellFormed(), fromCapabilities(e.Capabilities())...),
		check{
			code: "bad-request", kind: Refused, fails: func(r redirects.Rule) bool { return !serverTakesPath(r.Source.Path) },
			reason: text("Apache answers 400 or 404 to this path before any rule: a percent sign without two hex digits, %00, or more .. than folders", "% の後が16進2桁でない、%00 を含む、または .. が階層数を超えるため、Apache はルールより前にエラーを返します"),
			next:   text("a server that takes the path as it is (HAProxy)", "パスをそのまま受け取るサーバー（HAProxy）"), evidence: measured,
		},
		check{
			code: "target-quote", kind: Refused, fails: func(r redirects.Rule) bool {
				return r.Source.Match == redirects.Prefix && strings.Contains(r.Target, `"`)
			},
			reason: text("a double quote cannot be written into the target of a folder", "フォルダーの行の転送先に引用符を書けません"),
			next:   text("write %22 in the target", "転送先を %22 で書く"), evidence: measured,
		},
		check{
			code: "line-too-long", kind: Refused,
			fails: func(r redirects.Rule) bool {
				// Table number, colon, "=" added to a parameter without one, blank,
				// status, separator, line end.
				return len(r.Source.Hostname())+len(r.Source.RequestTarget())+len(r.Target)+12 > apacheMaxLine
			},
			reason: text("a line of a map is cut at 1,024 bytes, and the row is lost without an error", "マップの一行は 1,024 バイトで切り捨てられ、エラーなしに無効になります"),
			next:   text("HAProxy, nginx or a Cloudflare Worker", "HAProxy、nginx、または Cloudflare Worker"), evidence: measured,
		},
	)
}

func newApachePlan(m redirects.Map) (*pairPlan, error) {
	return newPairPlan(m, apacheSeparator, planOptions{
		groups: apacheMaxGroups, guards: apacheMaxGroups, names: plainNames,
		key: func(key string) bool { return len(key) < apacheMaxLine/2 },
	})
}

func (e apache) newSetCheck(m redirects.Map) (*setCheck, error) {
	plan, err := newApachePlan(acceptable(e, m))
	if err != nil {
		return nil, err
	}
	folders := 0
	return &setCheck{key: plan.setCheckKey, refuse: func(r redirects.Rule) *Refusal {
		if r.Source.Match != redirects.Prefix {
			return nil
		}
		if folders++; folders <= apacheMaxFolders {
			return nil
		}
		most := strconv.Itoa(apacheMaxFolders)
		return &Refusal{
			Line: r.Line, Source: r.Source.String(), Code: "too-many-folders", Kind: Refused,
			Reason:   text("each folder is one more rule for every request; this program writes "+most, "フォルダーの行はアクセスのたびに一つずつ照合されるため、書き出すのは "+most+" 件までです"),
			NextBest: text("HAProxy or lighttpd, which look folders up", "フォルダーを表で引ける HAProxy または lighttpd"),
		}
	}}, nil
}

// Write writes one map for all tables; the number of the table stands before each
// key, so that one DBM file holds them all.
func (e apache) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	plan, err := newApachePlan(m)
	if err != nil {
		return fmt.Errorf("writing redirects for apache: %w", err)
	}
	err = sink.WriteFile("replatform/map.txt", func(w io.Writer) error {
		for _, n := range plan.used() {
			if kind := plan.tables[n].kind; kind == "captured" || kind == "prefix" {
				continue // these are rules
			}
			if err := plan.write(ctx, w, e, n, strconv.Itoa(n)+":", m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := writeText(sink, "replatform/vhost.conf", apacheRules(plan)); err != nil {
		return err
	}
	return writeText(sink, "apache-test.conf", apacheTestConf)
}

// apacheRules are the lines for the virtual host. A question mark that comes out
// of a map is answered 403 since 2.4.60 (CVE-2024-38474), so the value is parted
// there and the question mark written out.
func apacheRules(plan *pairPlan) string {
	var b strings.Builder
	b.WriteString(`# Include this file in the virtual host of the old shop's host. map.db is made from map.txt:
#   rm -f map.db && httxt2dbm -f DB -i map.txt -o map.db
RewriteEngine On
AllowEncodedSlashes NoDecode
RewriteMap replatform "dbm=db:replatform/map.db"
RewriteMap replatform_lower "int:tolower"
RewriteCond %{THE_REQUEST} "^\S+ (?:https?://[^/?\s]*)?(\S*)"
RewriteRule ^ - [E=REPLATFORM_TARGET:%1]
RewriteCond %{ENV:REPLATFORM_TARGET} "^([^?]*)"
RewriteRule ^ - [E=REPLATFORM_PATH:%1]
RewriteCond ${replatform_lower:%{HTTP_HOST}} "^([^:]*)"
RewriteRule ^ - [E=REPLATFORM_HOST:%1]
`)
	number := map[string]int{}
	for _, n := range plan.used() {
		for _, name := range plan.tables[n].names {
			if _, ok := number[name]; ok {
				continue
			}
			number[name] = len(number) + 1
			fmt.Fprintf(&b, "RewriteCond %%{QUERY_STRING} \"(?:^|&)%s=([^&]*)\"\nRewriteRule ^ - [E=REPLATFORM_P%d:%%1]\n", name, number[name])
		}
	}
	for i, n := range plan.used() {
		key := plan.tables[n].expression("%{ENV:REPLATFORM_HOST}", "%{ENV:REPLATFORM_TARGET}", "%{ENV:REPLATFORM_PATH}", func(name string) string {
			return name + "=%{ENV:REPLATFORM_P" + strconv.Itoa(number[name]) + "}"
		})
		if i > 0 {
			b.WriteString("RewriteCond %{ENV:REPLATFORM_ANSWER} \"^$\"\n")
		}
		if rows := plan.captured[n]; len(rows) > 0 {
			b.WriteString(plan.apacheCaptured(rows, key))
			continue
		}
		if rows := plan.folders[n]; len(rows) > 0 {
			b.WriteString(plan.apacheFolders(rows, key))
			continue
		}
		fmt.Fprintf(&b, "RewriteCond ${replatform:%d:%s} \"(.+)\"\nRewriteRule ^ - [E=REPLATFORM_ANSWER:%%1]\n", n, key)
	}
	for _, s := range plan.codes() {
		if (redirects.Rule{Status: s}).Gone() {
			fmt.Fprintf(&b, "RewriteCond %%{ENV:REPLATFORM_ANSWER} \"^%d\"\nRewriteRule ^ - [G,L]\n", s)
			continue
		}
		fmt.Fprintf(&b, "RewriteCond %%{ENV:REPLATFORM_ANSWER} \"^%d[%s]([^?]*)\\?(.*)$\"\nRewriteRule ^ %%1?%%2 [R=%d,NE,L]\n", s, apacheSeparator, s)
		fmt.Fprintf(&b, "RewriteCond %%{ENV:REPLATFORM_ANSWER} \"^%d[%s]([^?]*)$\"\nRewriteRule ^ %%1 [R=%d,NE,QSD,L]\n", s, apacheSeparator, s)
	}
	return b.String()
}

// apacheCaptured are the rules of captured rows, which end the request when no
// address before them has an answer.
func (p *pairPlan) apacheCaptured(rows []redirects.Rule, expression string) string {
	var b strings.Builder
	for i, r := range rows {
		if i > 0 {
			b.WriteString("RewriteCond %{ENV:REPLATFORM_ANSWER} \"^$\"\n")
		}
		_, key := p.place(r)
		discard := ""
		if !strings.Contains(r.Target, "?") {
			discard = "QSD,"
		}
		fmt.Fprintf(&b, "RewriteCond \"%s\" \"%s\"\nRewriteRule ^ \"%s\" [R=%d,NE,%sL]\n", expression, capturePattern(r, key, "("),
			captureTarget(r, r.Target, "%1", apacheLiteral), r.Status, discard)
	}
	return b.String()
}

// apacheFolders are the rules of folders, the longest first, in the spellings in which
// the map has them. They end the request too.
func (p *pairPlan) apacheFolders(rows []redirects.Rule, expression string) string {
	var b strings.Builder
	for i, r := range rows {
		if i > 0 {
			b.WriteString("RewriteCond %{ENV:REPLATFORM_ANSWER} \"^$\"\n")
		}
		_, key := p.place(r)
		spellings := []string{apachePattern(key)}
		for _, s := range p.spellings(r) {
			spellings = append(spellings, apachePattern(s))
		}
		fmt.Fprintf(&b, "RewriteCond \"%s\" \"^(?:%s)(?:/|$)\"\n", expression, strings.Join(spellings, "|"))
		switch {
		case r.Gone():
			b.WriteString("RewriteRule ^ - [G,L]\n")
		case strings.Contains(r.Target, "?"):
			fmt.Fprintf(&b, "RewriteRule ^ \"%s\" [R=%d,NE,L]\n", apacheLiteral(r.Target), r.Status)
		default:
			fmt.Fprintf(&b, "RewriteRule ^ \"%s\" [R=%d,NE,QSD,L]\n", apacheLiteral(r.Target), r.Status)
		}
	}
	return b.String()
}

// apachePattern matches a text. Apache's argument parser does not undo backslashes, so
// quotes are written as \x22.
func apachePattern(s string) string { return strings.ReplaceAll(regexp.QuoteMeta(s), `"`, `\x22`) }

// apacheLiteral writes a text of a substitution in which nothing is a reference.
func apacheLiteral(s string) string {
	return strings.NewReplacer(`\`, `\\`, "$", `\$`, "%", `\%`).Replace(s)
}

const apacheTestConf = `# A complete configuration to try the map on this machine:
#   httxt2dbm -f DB -i replatform/map.txt -o replatform/map.db
#   apache2 -DFOREGROUND -d "$PWD" -f apache-test.conf
# then: curl -i --path-as-is -H 'Host: OLD.HOST' 'http://127.0.0.1:18083/OLD-PATH'
Define MODULES "/usr/lib/apache2/modules"
LoadModule mpm_event_module "${MODULES}/mod_mpm_event.so"
LoadModule authz_core_module "${MODULES}/mod_authz_core.so"
LoadModule rewrite_module "${MODULES}/mod_rewrite.so"
ServerName localhost
Listen 127.0.0.1:18083
PidFile apache-test.pid
Mutex file:. default
ErrorLog /dev/stderr
DocumentRoot "."
<Directory "/">
    Require all denied
</Directory>
<VirtualHost *>
    Include replatform/vhost.conf
    RewriteRule ^ - [R=404,L]
</VirtualHost>
`

// Model asks the tables in order, byte by byte.
func (apache) Model(m redirects.Map) (Matcher, error) {
	plan, err := newApachePlan(m)
	if err != nil {
		return nil, fmt.Errorf("modelling apache: %w", err)
	}
	pairs, err := plan.model(m, firstParameter)
	if err != nil {
		return nil, fmt.Errorf("modelling apache: %w", err)
	}
	return apacheModel{pairs}, nil
}

type apacheModel struct{ *pairModel }

func (m apacheModel) Answer(q Request) Answer {
	if path, _, _ := strings.Cut(q.Target, "?"); !serverTakesPath(path) {
		return Answer{}
	}
	return m.pairModel.Answer(q)
}

func (apache) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title: "Apache（サーバー設定の RewriteMap）",
			Install: []string{
				"サーバー設定を編集できる環境が必要です。.htaccess では RewriteMap を使えません。",
				"フォルダー replatform を ServerRoot（Debian では /etc/apache2）へ置き、表を変換します：`cd /etc/apache2/replatform && rm -f map.db && httxt2dbm -f DB -i map.txt -o map.db`",
				"旧ショップのホストの <VirtualHost> に追加します：`Include replatform/vhost.conf`",
				"検査して反映します：`apachectl configtest && sudo apachectl graceful`",
			},
			Test: []string{
				"手元で試す：`apache2 -DFOREGROUND -d \"$PWD\" -f apache-test.conf`",
				"旧URLを全件確認する：`replatform verify --connect-to 旧ホスト=http://127.0.0.1:18083`",
			},
			Undo: []string{"Include 行を削除し、`sudo apachectl graceful` を実行します。"},
		}
	}
	return Instructions{
		Title: "Apache (RewriteMap in the server configuration)",
		Install: []string{
			"You need access to the server configuration; .htaccess cannot use a RewriteMap.",
			"Put the folder replatform into ServerRoot (/etc/apache2 on Debian) and convert the table: `cd /etc/apache2/replatform && rm -f map.db && httxt2dbm -f DB -i map.txt -o map.db`",
			"Add to the <VirtualHost> of the old shop's host: `Include replatform/vhost.conf`",
			"Check and load: `apachectl configtest && sudo apachectl graceful`",
		},
		Test: []string{
			"Try it on this machine: `apache2 -DFOREGROUND -d \"$PWD\" -f apache-test.conf`",
			"Ask every old address: `replatform verify --connect-to OLDHOST=http://127.0.0.1:18083`",
		},
		Undo: []string{"Delete the Include line and run `sudo apachectl graceful`."},
	}
}
