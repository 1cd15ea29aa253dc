package engine

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"strconv"
	"strings"

	"replatform/redirects"
)

//go:embed lighttpd.lua
var lighttpdLua string

// lighttpd answers from a table that a script of mod_magnet holds in memory.
type lighttpd struct{ checkList }

func newLighttpd() Engine {
	var e lighttpd
	e.checks = e.rowChecks()
	return e
}

const (
	lighttpdMeasured = "measured: lighttpd 1.4.69"
	// lighttpdMaxSource is what was seen to pass: a request head of more than about
	// 8,190 bytes is answered 431.
	lighttpdMaxSource = 8000
	lighttpdMaxGroups = 32
)

func (lighttpd) ID() string { return "lighttpd" }

func (lighttpd) Capabilities() Capabilities {
	measured := Evidence{lighttpdMeasured, "2026-11-25", "high"}
	return Capabilities{
		Name: text("lighttpd with mod_magnet", "lighttpd（mod_magnet）"), Kind: "server",
		Query: fact(QueryFull, measured), OrderMatters: fact(false, measured), ExtraParameters: fact(true, measured),
		CaseSensitive: fact(true, measured), Decodes: fact(false, measured), TrailingSlash: fact(true, measured),
		Patterns: fact(true, measured), Captures: fact(true, measured), HostAware: fact(true, measured),
		Statuses: fact([]int{301, 302, 308, 410, 451}, measured), Incoming: fact(IncomingChoice, measured),
		LivePageWins: fact(false, measured), ChainsRefused: fact(false, measured), MaxSource: fact(lighttpdMaxSource, measured),
		Proof: text("the real lighttpd is asked every row in the tests where it is installed", "lighttpd がある環境では、テストで実際に全行を問い合わせて照合しています"),
	}
}

func (e lighttpd) rowChecks() []check {
	return append(append(wellFormed(), fromCapabilities(e.Capabilities())...), check{
		code: "control-escape", kind: Refused, fails: func(r redirects.Rule) bool { return controlEscape(r.Source.RequestTarget()) },
		reason: text("lighttpd answers 400 to an escaped control character before any script", "制御文字のエスケープを含むURLには、lighttpd がスクリプトより前に 400 を返します"),
		next:   text("a server that takes the path as it is (HAProxy)", "パスをそのまま受け取るサーバー（HAProxy）"), evidence: Evidence{lighttpdMeasured, "2026-11-25", "high"},
	})
}

// controlEscape tells whether an escape stands for a control character.
func controlEscape(target string) bool {
	decoded, _ := redirects.Unescape(target)
	return strings.IndexFunc(decoded, func(r rune) bool { return r < ' ' || r == 0x7f }) >= 0
}

func newLighttpdPlan(m redirects.Map) (*pairPlan, error) {
	return newPairPlan(m, " ", planOptions{
		groups: lighttpdMaxGroups, guards: lighttpdMaxGroups,
		names: func(names []string) bool { return len(strings.Join(names, "&")) < 1000 },
	})
}

func (e lighttpd) newSetCheck(m redirects.Map) (*setCheck, error) {
	plan, err := newLighttpdPlan(acceptable(e, m))
	if err != nil {
		return nil, err
	}
	return &setCheck{key: plan.setCheckKey}, nil
}

// Write writes the rows as lines of key and value, which the script reads: no byte
// of a row is ever part of the script.
func (e lighttpd) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	plan, err := newLighttpdPlan(m)
	if err != nil {
		return fmt.Errorf("writing redirects for lighttpd: %w", err)
	}
	err = sink.WriteFile("replatform/map.txt", func(w io.Writer) error {
		written := map[string]string{}
		captured := redirects.Slice{}
		for r, err := range checked(ctx, e, m) {
			if err != nil {
				return err
			}
			if r.Source.Match == redirects.Captured {
				captured = append(captured, r)
				continue
			}
			n, key := plan.place(r)
			key = strconv.Itoa(n) + ":" + key
			value := plan.value(r)
			if other, seen := written[key]; seen {
				if other == value {
					continue
				}
				return fmt.Errorf("writing redirects for lighttpd: line %d: %s has two targets: %w", r.Line, r.Source, ErrRefused)
			}
			written[key] = value
			if _, err := io.WriteString(w, key+" "+value+"\n"); err != nil {
				return err
			}
		}
		// The script asks the rows of a table of captured rows in the order of the file.
		sortCaptured(captured)
		for _, r := range captured {
			n, key := plan.place(r)
			if _, err := io.WriteString(w, strconv.Itoa(n)+":"+key+" "+plan.value(r)+"\n"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for name, content := range map[string]string{
		"replatform/redirects.lua": lighttpdScript(plan), "replatform/lighttpd.conf": lighttpdConf, "lighttpd-test.conf": lighttpdTestConf,
	} {
		if err := writeText(sink, name, content); err != nil {
			return err
		}
	}
	return nil
}

// lighttpdScript fills the list of tables into the script.
func lighttpdScript(plan *pairPlan) string {
	var b strings.Builder
	for _, n := range plan.used() {
		t := plan.tables[n]
		names := make([]string, len(t.names))
		for i, name := range t.names {
			names[i] = luaQuote(name)
		}
		fmt.Fprintf(&b, "  { n = %d, host = %t, kind = %s, names = { %s } },\n", n, t.host, luaQuote(t.kind), strings.Join(names, ", "))
	}
	return strings.Replace(lighttpdLua, "TABLES", b.String(), 1)
}

// luaQuote writes a string of Lua; what is not plain is written as a decimal
// escape (Lua manual, section 3.1).
func luaQuote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		if c := s[i]; c == '"' || c == '\\' || c < ' ' || c > '~' {
			fmt.Fprintf(&b, `\%03d`, c)
		} else {
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

const lighttpdConf = `# Include this file in the global part of lighttpd.conf. var.replatform is the folder of
# redirects.lua and map.txt.
server.modules += ( "mod_magnet" )
# By default lighttpd answers 400 to %C0, %C1 and %F5 to %FF, which stand in the
# addresses of shops in EUC-JP or Shift_JIS.
server.http-parseopts = ( "url-normalize" => "enable", "url-invalid-utf8-reject" => "disable" )
magnet.attract-raw-url-to = ( var.replatform + "/redirects.lua" )
`

const lighttpdTestConf = `# A complete configuration to try the table on this machine:
#   lighttpd -D -f lighttpd-test.conf
# then: curl -i --path-as-is -H 'Host: OLD.HOST' 'http://127.0.0.1:18085/OLD-PATH'
server.bind = "127.0.0.1"
server.port = 18085
server.document-root = var.CWD + "/replatform/none"
var.replatform = var.CWD + "/replatform"
include "replatform/lighttpd.conf"
`

// Model asks the tables in order, escapes in upper case.
func (lighttpd) Model(m redirects.Map) (Matcher, error) {
	plan, err := newLighttpdPlan(m)
	if err != nil {
		return nil, fmt.Errorf("modelling lighttpd: %w", err)
	}
	pairs, err := plan.model(m, bareOrFirst)
	if err != nil {
		return nil, fmt.Errorf("modelling lighttpd: %w", err)
	}
	return lighttpdModel{pairs}, nil
}

type lighttpdModel struct{ pairs *pairModel }

func (m lighttpdModel) Answer(q Request) Answer {
	if controlEscape(q.Target) {
		return Answer{}
	}
	r, ok := m.pairs.find(Request{Method: q.Method, Host: q.Host, Target: redirects.UpperEscapes(q.Target)})
	if !ok {
		return Answer{}
	}
	return answerOf(r, q.Target)
}

func (lighttpd) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title: "lighttpd（mod_magnet と Lua）",
			Install: []string{
				"mod_magnet を入れます（Debian では `sudo apt install lighttpd-modules-lua`）。",
				"フォルダー replatform を /etc/lighttpd へ置きます：`sudo cp -r replatform /etc/lighttpd/`",
				"lighttpd.conf に二行を追加します：`var.replatform = \"/etc/lighttpd/replatform\"` と `include \"replatform/lighttpd.conf\"`",
				"検査して再起動します：`sudo lighttpd -tt -f /etc/lighttpd/lighttpd.conf && sudo systemctl restart lighttpd`",
			},
			Test: []string{
				"手元で試す：`lighttpd -D -f lighttpd-test.conf`",
				"旧URLを全件確認する：`replatform verify --connect-to 旧ホスト=http://127.0.0.1:18085`",
			},
			Undo: []string{"追加した二行を削除し、再起動します。"},
		}
	}
	return Instructions{
		Title: "lighttpd (mod_magnet and Lua)",
		Install: []string{
			"Install mod_magnet (on Debian `sudo apt install lighttpd-modules-lua`).",
			"Put the folder replatform into /etc/lighttpd: `sudo cp -r replatform /etc/lighttpd/`",
			"Add two lines to lighttpd.conf: `var.replatform = \"/etc/lighttpd/replatform\"` and `include \"replatform/lighttpd.conf\"`",
			"Check and restart: `sudo lighttpd -tt -f /etc/lighttpd/lighttpd.conf && sudo systemctl restart lighttpd`",
		},
		Test: []string{
			"Try it on this machine: `lighttpd -D -f lighttpd-test.conf`",
			"Ask every old address: `replatform verify --connect-to OLDHOST=http://127.0.0.1:18085`",
		},
		Undo: []string{"Delete the two lines and restart."},
	}
}
