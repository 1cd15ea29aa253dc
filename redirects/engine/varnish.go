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

// varnish is open-source Varnish with the module selector: a perfect hash that is
// compiled with the configuration.
type varnish struct{ checkList }

func newVarnish() Engine {
	var e varnish
	e.checks = e.rowChecks()
	return e
}

const (
	varnishMeasured = "measured: Varnish 7.1.1 with selector 2.6.0"
	// varnishRows keeps the C compiler at some seconds: 1,000 rows took 2 to 22
	// seconds, 10,000 rows did not end in 280.
	varnishRows      = 1000
	varnishMaxGroups = 16
	varnishMaxSource = 8000
	// varnishWorkspace is what the keys of one request may take of
	// workspace_client, 64 KB by default: beyond it the request has no answer.
	varnishWorkspace = 40 << 10
)

func (varnish) ID() string { return "varnish" }

func (varnish) Capabilities() Capabilities {
	measured := Evidence{varnishMeasured, "2026-11-25", "high"}
	return Capabilities{
		Name: text("Varnish with selector", "Varnish（selector モジュール）"), Kind: "server",
		Query: fact(QueryFull, measured), OrderMatters: fact(false, measured), ExtraParameters: fact(true, measured),
		CaseSensitive: fact(true, measured), Decodes: fact(false, measured), TrailingSlash: fact(true, measured),
		Patterns: fact(true, measured), Captures: fact(true, measured), HostAware: fact(true, measured),
		Statuses: fact([]int{301, 302, 308, 410, 451}, measured), Incoming: fact(IncomingChoice, measured),
		LivePageWins: fact(false, measured), ChainsRefused: fact(false, measured),
		MaxRows: []Limit{{"", varnishRows, measured}}, MaxSource: fact(varnishMaxSource, measured),
		Proof: text("the real Varnish is asked every row in the tests where it is installed", "Varnish がある環境では、テストで実際に全行を問い合わせて照合しています"),
	}
}

func (e varnish) rowChecks() []check {
	c := e.Capabilities()
	return append(append(wellFormed(), fromCapabilities(c)...), keepsFragment(c), check{
		code: "long-string", kind: Refused, fails: func(r redirects.Rule) bool { return strings.Contains(r.Source.String()+" "+r.Target, `"}`) },
		reason: text(`"} ends a string in VCL and has no escape`, `VCL では "} が文字列の終わりとみなされ、書き表せません`),
		next:   text("write %22 and %7D, or use HAProxy", "%22 と %7D で書くか、HAProxy を使う"), evidence: Evidence{varnishMeasured, "2026-11-25", "medium"},
	})
}

func newVarnishPlan(m redirects.Map) (*pairPlan, error) {
	plan, err := newPairPlan(m, " ", planOptions{groups: varnishMaxGroups, guards: varnishMaxGroups, names: plainNames})
	if err != nil {
		return nil, err
	}
	plan.folderEnd = "/" // "/shop/" begins "/shop/x/", but not "/shopping/"
	return plan, nil
}

func (e varnish) newSetCheck(m redirects.Map) (*setCheck, error) {
	plan, err := newVarnishPlan(acceptable(e, m))
	if err != nil {
		return nil, err
	}
	lookups := len(plan.used())
	return &setCheck{key: plan.setCheckKey, refuse: func(r redirects.Rule) *Refusal {
		if lookups*(len(r.Source.Hostname())+len(r.Source.RequestTarget())) <= varnishWorkspace {
			return nil
		}
		return &Refusal{
			Line: r.Line, Source: r.Source.String(), Code: "workspace", Kind: Refused,
			Reason:   text("the address is put together once for each of "+strconv.Itoa(lookups)+" tables, and Varnish has 64 KB for that in its default settings", "URLは "+strconv.Itoa(lookups)+" 個の表それぞれのために組み立てられますが、Varnish の初期設定ではそのための領域が 64 KB しかありません"),
			NextBest: text("nginx or HAProxy", "nginx または HAProxy"), Evidence: Evidence{varnishMeasured, "2026-11-25", "high"},
		}
	}}, nil
}

func (e varnish) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	plan, err := newVarnishPlan(m)
	if err != nil {
		return fmt.Errorf("writing redirects for varnish: %w", err)
	}
	err = sink.WriteFile("replatform.vcl", func(w io.Writer) error {
		if _, err := io.WriteString(w, varnishHead); err != nil {
			return err
		}
		for _, n := range plan.used() {
			if plan.tables[n].kind == "captured" {
				continue // these are conditions
			}
			// Lines of key and value, turned into calls one by one.
			pipe := &lineWriter{line: func(line string) error {
				key, value, _ := strings.Cut(line, " ")
				_, err := fmt.Fprintf(w, "  replatform.add({\"%s\"}, string={\"%s\"});\n", key, value)
				return err
			}}
			if err := plan.write(ctx, pipe, e, n, strconv.Itoa(n)+":", m); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, varnishRules(plan))
		return err
	})
	if err != nil {
		return err
	}
	return writeText(sink, "varnish-test.vcl", varnishTestConf)
}

// lineWriter hands whole lines on, without their ends.
type lineWriter struct {
	rest string
	line func(string) error
}

// Write takes any number of lines, also parts of one.
func (l *lineWriter) Write(p []byte) (int, error) {
	l.rest += string(p)
	for {
		line, rest, ok := strings.Cut(l.rest, "\n")
		if !ok {
			return len(p), nil
		}
		l.rest = rest
		if err := l.line(line); err != nil {
			return 0, err
		}
	}
}

const varnishHead = `# Include this file at the top of the VCL of the old shop's host, behind its line "vcl".
import selector;
import std;

sub vcl_init {
  new replatform = selector.set();
`

// varnishRules are the subroutines that look a request up and answer it.
func varnishRules(plan *pairPlan) string {
	var b strings.Builder
	b.WriteString(`}

sub vcl_recv {
  unset req.http.X-Replatform;
  set req.http.X-Replatform-Host = std.tolower(regsub(req.http.Host, ":[0-9]*$", ""));
  set req.http.X-Replatform-Path = regsub(req.url, "\?.*$", "");
`)
	number := map[string]int{}
	for _, n := range plan.used() {
		for _, name := range plan.tables[n].names {
			if _, ok := number[name]; ok {
				continue
			}
			number[name] = len(number) + 1
			pattern := `^[^?]*\?(?:[^&]*&)*?` + regexp.QuoteMeta(name) + `=([^&]*).*$`
			fmt.Fprintf(&b, "  set req.http.X-Replatform-P%d = \"\";\n  if (req.url ~ {\"%s\"}) { set req.http.X-Replatform-P%d = regsub(req.url, {\"%s\"}, \"\\1\"); }\n", number[name], pattern, number[name], pattern)
		}
	}
	// The expression puts VCL words between its literal parts.
	join := func(words string) string { return `" + ` + words + ` + "` }
	for _, n := range plan.used() {
		key := plan.tables[n].expression(join("req.http.X-Replatform-Host"), join("req.url"), join("req.http.X-Replatform-Path"), func(name string) string {
			return name + "=" + join("req.http.X-Replatform-P"+strconv.Itoa(number[name]))
		})
		if rows := plan.captured[n]; len(rows) > 0 {
			fmt.Fprintf(&b, "  set req.http.X-Replatform-Key = \"%s\";\n", key)
			for _, r := range rows {
				_, own := plan.place(r)
				pattern := capturePattern(r, own, "(")
				fmt.Fprintf(&b, "  if (!req.http.X-Replatform && req.http.X-Replatform-Key ~ {\"%s\"}) { set req.http.X-Replatform = regsub(req.http.X-Replatform-Key, {\"%s\"}, {\"%s\"}); }\n", pattern, pattern, plan.capturedValue(r))
			}
			b.WriteString("  unset req.http.X-Replatform-Key;\n")
			continue
		}
		match, choose := "match", "UNIQUE"
		if plan.tables[n].kind == "prefix" {
			key, match, choose = key+plan.folderEnd, "hasprefix", "LONGEST"
		}
		fmt.Fprintf(&b, "  if (!req.http.X-Replatform && replatform.%s(\"%d:%s\")) { set req.http.X-Replatform = replatform.string(select=%s); }\n", match, n, key, choose)
	}
	b.WriteString("  unset req.http.X-Replatform-Host;\n  unset req.http.X-Replatform-Path;\n")
	for i := range len(number) {
		fmt.Fprintf(&b, "  unset req.http.X-Replatform-P%d;\n", i+1)
	}
	for _, s := range plan.codes() {
		fmt.Fprintf(&b, "  if (req.http.X-Replatform ~ \"^%d\") { return (synth(%d)); }\n", s, s)
	}
	b.WriteString(`}

sub vcl_synth {
  if (req.http.X-Replatform) {
    if (req.http.X-Replatform ~ " ") { set resp.http.Location = regsub(req.http.X-Replatform, "^[0-9]+[+]? ", ""); }
    if (req.http.X-Replatform ~ "^[0-9]+[+]" && req.url ~ "\?.") {
      if (resp.http.Location ~ "\?") {
        set resp.http.Location = resp.http.Location + "&" + regsub(req.url, "^[^?]*\?", "");
      } else {
        set resp.http.Location = resp.http.Location + "?" + regsub(req.url, "^[^?]*\?", "");
      }
    }
    return (deliver);
  }
}
`)
	return b.String()
}

const varnishTestConf = `# A complete configuration to try the table on this machine:
#   varnishd -F -n "$PWD/varnish-test" -f "$PWD/varnish-test.vcl" -p vcl_path="$PWD" -a 127.0.0.1:18087 -T none -S none
# then: curl -i --path-as-is -H 'Host: OLD.HOST' 'http://127.0.0.1:18087/OLD-PATH'
vcl 4.1;
backend default none;
include "replatform.vcl";
sub vcl_recv {
  return (synth(404));
}
`

// Model asks the tables in order, byte by byte.
func (varnish) Model(m redirects.Map) (Matcher, error) {
	plan, err := newVarnishPlan(m)
	if err != nil {
		return nil, fmt.Errorf("modelling varnish: %w", err)
	}
	return plan.model(m, firstParameter)
}

func (varnish) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title: "Varnish（selector モジュール）",
			Install: []string{
				"selector モジュールと C コンパイラーを入れます（Debian では `sudo apt install varnish-selector gcc`）。",
				"replatform.vcl を /etc/varnish へ置き、旧ショップの VCL の vcl 行のすぐ下に追加します：`include \"/etc/varnish/replatform.vcl\";`",
				"読み込みます：`sudo varnishreload`。1,000 行で数秒から数十秒かかります。",
			},
			Test: []string{
				"手元で試す：`varnishd -F -n \"$PWD/varnish-test\" -f \"$PWD/varnish-test.vcl\" -p vcl_path=\"$PWD\" -a 127.0.0.1:18087 -T none -S none`",
				"旧URLを全件確認する：`replatform verify --connect-to 旧ホスト=http://127.0.0.1:18087`",
			},
			Undo: []string{"include 行を削除し、`sudo varnishreload` を実行します。"},
		}
	}
	return Instructions{
		Title: "Varnish (module selector)",
		Install: []string{
			"Install the module selector and a C compiler (on Debian `sudo apt install varnish-selector gcc`).",
			"Put replatform.vcl into /etc/varnish and add below the line vcl of the old shop's VCL: `include \"/etc/varnish/replatform.vcl\";`",
			"Load it: `sudo varnishreload`. A thousand rows take some seconds, on a busy machine half a minute.",
		},
		Test: []string{
			"Try it on this machine: `varnishd -F -n \"$PWD/varnish-test\" -f \"$PWD/varnish-test.vcl\" -p vcl_path=\"$PWD\" -a 127.0.0.1:18087 -T none -S none`",
			"Ask every old address: `replatform verify --connect-to OLDHOST=http://127.0.0.1:18087`",
		},
		Undo: []string{"Delete the include line and run `sudo varnishreload`."},
	}
}
