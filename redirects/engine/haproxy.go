package engine

import (
	"context"
	"fmt"
	"io"
	"strings"

	"replatform/redirects"
)

// haproxy answers from map files: the address as a whole, then the identifying
// parameters alone, then the path.
type haproxy struct{ checkList }

func newHaproxy() Engine {
	var e haproxy
	e.checks = e.rowChecks()
	return e
}

const (
	haproxyDocs     = "https://docs.haproxy.org/2.6/configuration.html"
	haproxyMeasured = "measured: HAProxy 2.6.12"
	// haproxyMaxSource is what was seen to be looked up whole: a key of 4096 bytes
	// and more, put together by set-var-fmt, is cut.
	haproxyMaxSource = 4000
	haproxyMaxGroups = 32
)

func (haproxy) ID() string { return "haproxy" }

func (haproxy) Capabilities() Capabilities {
	docs := Evidence{haproxyDocs, "2026-08-21", "high"}
	measured := Evidence{haproxyMeasured, "2026-11-25", "high"}
	return Capabilities{
		Name: text("HAProxy", "HAProxy"), Kind: "server",
		Query: fact(QueryFull, measured), OrderMatters: fact(false, measured), ExtraParameters: fact(true, measured),
		CaseSensitive: fact(true, docs), Decodes: fact(false, docs), TrailingSlash: fact(true, measured),
		Patterns: fact(true, measured), Captures: fact(true, measured), HostAware: fact(true, measured),
		Statuses: fact([]int{301, 302, 308, 410, 451}, docs), Incoming: fact(IncomingChoice, measured),
		LivePageWins: fact(false, docs), ChainsRefused: fact(false, docs), MaxSource: fact(haproxyMaxSource, measured),
		Proof: text("the real HAProxy is asked every row in the tests where it is installed", "HAProxy がある環境では、テストで実際に全行を問い合わせて照合しています"),
	}
}

func (e haproxy) rowChecks() []check {
	c := e.Capabilities()
	return append(append(wellFormed(), fromCapabilities(c)...), keepsFragment(c))
}

func newHaproxyPlan(m redirects.Map) (*pairPlan, error) {
	plan, err := newPairPlan(m, " ", planOptions{
		groups: haproxyMaxGroups, guards: haproxyMaxGroups, names: plainNames,
		// url_param also ends a parameter at these.
		source: func(s redirects.Source) bool { return !strings.ContainsAny(s.Query, ";?") },
	})
	if err != nil {
		return nil, err
	}
	plan.folderEnd = "/" // "/shop/" begins "/shop/x/", but not "/shopping/"
	return plan, nil
}

func (e haproxy) newSetCheck(m redirects.Map) (*setCheck, error) {
	plan, err := newHaproxyPlan(acceptable(e, m))
	if err != nil {
		return nil, err
	}
	return &setCheck{key: plan.setCheckKey}, nil
}

func (e haproxy) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	plan, err := newHaproxyPlan(m)
	if err != nil {
		return fmt.Errorf("writing redirects for haproxy: %w", err)
	}
	for _, n := range plan.used() {
		err := sink.WriteFile("replatform/"+plan.tables[n].file(n), func(w io.Writer) error {
			if rows := plan.captured[n]; len(rows) > 0 {
				return plan.writeCaptured(w, rows)
			}
			return plan.write(ctx, w, e, n, "", m)
		})
		if err != nil {
			return err
		}
	}
	config := haproxyRules(plan)
	if err := writeText(sink, "replatform/rules.cfg", "# Lines for the frontend that serves the old shop's host, above its use_backend.\n"+config); err != nil {
		return err
	}
	return writeText(sink, "haproxy-test.cfg", haproxyTestHead+config+"    http-request return status 404\n")
}

const haproxyTestHead = `# A complete configuration to try the tables on this machine:
#   haproxy -db -f haproxy-test.cfg
# then: curl -i --path-as-is -H 'Host: OLD.HOST' 'http://127.0.0.1:18082/OLD-PATH'
global
    maxconn 256
defaults
    mode http
    timeout client 30s
    timeout connect 5s
    timeout server 30s
frontend test
    bind 127.0.0.1:18082
`

// haproxyRules are the lines that look a request up and answer it.
func haproxyRules(plan *pairPlan) string {
	var b strings.Builder
	for _, n := range plan.used() {
		t := plan.tables[n]
		key := t.expression("%[req.hdr(host),field(1,:),lower]", "%[pathq]", "%[path]", func(name string) string {
			return name + "=%[url_param(" + name + ")]"
		})
		lookup := "map_str"
		if t.kind == "prefix" {
			key, lookup = key+plan.folderEnd, "map_beg" // which takes the longest row
		}
		if t.kind == "captured" {
			lookup = "map_regm" // which fills \1 in
		}
		fmt.Fprintf(&b, "    http-request set-var-fmt(txn.replatform_key) %s\n", key)
		cond := ""
		if n != plan.used()[0] {
			cond = " if !{ var(txn.replatform) -m found }"
		}
		fmt.Fprintf(&b, "    http-request set-var(txn.replatform) var(txn.replatform_key),%s(replatform/%s)%s\n", lookup, t.file(n), cond)
	}
	for _, s := range plan.codes() {
		if (redirects.Rule{Status: s}).Gone() {
			fmt.Fprintf(&b, "    http-request return status %d if { var(txn.replatform) -m str %d }\n", s, s)
		} else {
			if plan.keeps {
				haproxyKeeps(&b, s)
			}
			fmt.Fprintf(&b, "    http-request redirect location %%[var(txn.replatform),bytes(4)] code %d if { var(txn.replatform) -m beg %d }\n", s, s)
		}
	}
	return b.String()
}

// haproxyKeeps are the lines for rows of a status that carry the query over.
func haproxyKeeps(b *strings.Builder, status int) {
	row := fmt.Sprintf("{ var(txn.replatform) -m beg %d%s }", status, keepMark)
	for _, way := range []struct{ joint, cond string }{
		{"", "!{ query -m found } || " + row + " { query -m len 0 }"},
		{"&%[query]", "{ var(txn.replatform) -m sub ? }"},
		{"?%[query]", ""},
	} {
		cond := strings.TrimSpace(row + " " + way.cond)
		fmt.Fprintf(b, "    http-request redirect location %%[var(txn.replatform),bytes(5)]%s code %d if %s\n", way.joint, status, cond)
	}
}

// Model asks the tables in order, byte by byte.
func (e haproxy) Model(m redirects.Map) (Matcher, error) {
	plan, err := newHaproxyPlan(m)
	if err != nil {
		return nil, fmt.Errorf("modelling haproxy: %w", err)
	}
	return plan.model(m, haproxyParam)
}

// haproxyParam is the value of the first parameter of a name (url_param), which
// parts a query at semicolons and further question marks too.
func haproxyParam(query, name string) string {
	for _, piece := range strings.FieldsFunc(query, func(r rune) bool { return r == '&' || r == ';' || r == '?' }) {
		if n, v, ok := strings.Cut(piece, "="); ok && n == name {
			return v
		}
	}
	return ""
}

func (haproxy) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title: "HAProxy",
			Install: []string{
				"フォルダー replatform を HAProxy を起動するフォルダー（通常 /etc/haproxy）へ置きます：`sudo cp -r replatform /etc/haproxy/`",
				"replatform/rules.cfg の行を、旧ショップのホストを受ける frontend に貼り付けます（use_backend より上）。表のパスが相対のため、/etc/haproxy 以外で起動する場合は絶対パスに直します。",
				"検査して反映します：`haproxy -c -f /etc/haproxy/haproxy.cfg && sudo systemctl reload haproxy`",
			},
			Test: []string{
				"手元で試す：`haproxy -db -f haproxy-test.cfg`",
				"旧URLを全件確認する：`replatform verify --connect-to 旧ホスト=http://127.0.0.1:18082`",
			},
			Undo: []string{"貼り付けた行を削除し、再読み込みします。"},
		}
	}
	return Instructions{
		Title: "HAProxy",
		Install: []string{
			"Put the folder replatform into the folder from which HAProxy is started, usually /etc/haproxy: `sudo cp -r replatform /etc/haproxy/`",
			"Paste the lines of replatform/rules.cfg into the frontend of the old shop's host, above use_backend. The table paths are relative: write them out if HAProxy starts elsewhere.",
			"Check and load: `haproxy -c -f /etc/haproxy/haproxy.cfg && sudo systemctl reload haproxy`",
		},
		Test: []string{
			"Try it on this machine: `haproxy -db -f haproxy-test.cfg`",
			"Ask every old address: `replatform verify --connect-to OLDHOST=http://127.0.0.1:18082`",
		},
		Undo: []string{"Delete the pasted lines and reload."},
	}
}
