package engine

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"

	"replatform/redirects"
)

// nginx answers by a chain of map blocks: the address as a whole, then the
// identifying parameters alone, then the path, then prefixes.
type nginx struct{ checkList }

func newNginx() Engine {
	var e nginx
	e.checks = e.rowChecks()
	return e
}

func (nginx) ID() string { return "nginx" }

// Sources on nginx.
const (
	nginxMapDocs     = "https://nginx.org/en/docs/http/ngx_http_map_module.html"
	nginxRewriteDocs = "https://nginx.org/en/docs/http/ngx_http_rewrite_module.html"
	nginxMeasured    = "measured: nginx 1.22.1"
)

func (nginx) Capabilities() Capabilities {
	docs := Evidence{nginxMapDocs, "undated, read 2026-11", "high"}
	rewrite := Evidence{nginxRewriteDocs, "undated, read 2026-11", "high"}
	measured := Evidence{nginxMeasured, "2026-11-25", "high"}
	return Capabilities{
		Name: text("nginx", "nginx"), Kind: "server",
		Query: fact(QueryFull, measured), OrderMatters: fact(false, measured), ExtraParameters: fact(true, measured),
		CaseSensitive: fact(false, docs), Decodes: fact(false, measured), TrailingSlash: fact(true, measured),
		Patterns: fact(true, docs), Captures: fact(true, measured), HostAware: fact(true, measured),
		Statuses: fact([]int{301, 302, 308, 410, 451}, rewrite), Incoming: fact(IncomingChoice, measured),
		LivePageWins: fact(false, rewrite), ChainsRefused: fact(false, rewrite),
		Proof: text("the real nginx is asked every row in the tests", "テストで実際の nginx に全行を問い合わせて照合しています"),
	}
}

func (e nginx) rowChecks() []check {
	measured := Evidence{nginxMeasured, "2026-11-25", "high"}
	checks := append(wellFormed(), fromCapabilities(e.Capabilities())...)
	return append(checks,
		check{
			code: "bad-request", kind: Refused, fails: func(r redirects.Rule) bool { return !serverTakesPath(r.Source.Path) },
			reason: text("nginx answers 400 to this path before any rule: a percent sign without two hex digits, %00, or more .. than folders", "% の後が16進2桁でない、%00 を含む、または .. が階層数を超えるため、nginx はルールより前に 400 を返します"),
			next:   text("a server that takes the path as it is (HAProxy)", "パスをそのまま受け取るサーバー（HAProxy）"), evidence: measured,
		},
		check{
			code: "token-too-long", kind: Refused, fails: nginxTooLong,
			reason: text("one word of an nginx configuration must stay under "+strconv.Itoa(nginxMaxToken)+" bytes", "nginx の設定ファイルの一語は "+strconv.Itoa(nginxMaxToken)+" バイト未満でなければなりません"),
			next:   text("HAProxy or a Cloudflare Worker", "HAProxy または Cloudflare Worker"), evidence: measured,
		},
	)
}

// nginxTooLong measures the row as it stands in a file.
func nginxTooLong(r redirects.Rule) bool {
	var p nginxPlan
	if r.Source.Match == redirects.Captured {
		key := r.Source.Hostname() + r.Source.RequestTarget()
		return len(nginxQuote("~"+capturePattern(r, key, "(?<"+captureGroup+">"))) >= nginxMaxToken || len(p.value(r)) >= nginxMaxToken
	}
	key := r.Source.Hostname() + r.Source.RequestTarget() + "=" // "=" is added to a parameter without one
	return len(nginxMapKey(key)) >= nginxMaxToken || len(p.value(r)) >= nginxMaxToken
}

// newSetCheck refuses rows that need more patterns than one lookup should try.
func (e nginx) newSetCheck(m redirects.Map) (*setCheck, error) {
	plan, err := newNginxPlan(acceptable(e, m))
	if err != nil {
		return nil, err
	}
	patterns := 0
	cases := map[string]int{}
	return &setCheck{
		key: plan.setCheckKey,
		refuse: func(r redirects.Rule) *Refusal {
			t, key := plan.place(r)
			if plan.mixedNames && plan.tables[t].kind == "params" {
				folded := foldedParameters(key)
				if other, seen := cases[folded]; seen && other != t {
					return &Refusal{
						Line: r.Line, Source: r.Source.String(), Code: "parameter-case", Kind: Refused,
						Reason:   text("nginx ignores the letter case of parameter names, and another row differs by it alone", "nginx はパラメータ名の大文字小文字を区別しません。それだけが違う行が別にあります"),
						NextBest: text("HAProxy or a Cloudflare Worker, which tell letter case apart", "大文字小文字を区別する HAProxy または Cloudflare Worker"), Evidence: Evidence{nginxMeasured, "2026-11-25", "high"},
					}
				}
				cases[folded] = t
			}
			if !plan.isPattern(t, key) {
				return nil
			}
			if patterns++; patterns <= nginxMaxPatterns && len(nginxQuote("~"+plan.pattern(r, t, key))) < nginxMaxToken {
				return nil
			}
			return &Refusal{
				Line: r.Line, Source: r.Source.String(), Code: "too-many-patterns", Kind: Refused,
				Reason:   text("nginx ignores letter case in its table; addresses that differ by case alone need patterns, of which this program writes "+strconv.Itoa(nginxMaxPatterns), "nginx の表は大文字小文字を区別しません。大文字小文字だけが違うURLには正規表現が必要で、書き出すのは "+strconv.Itoa(nginxMaxPatterns)+" 件までです"),
				NextBest: text("HAProxy or a Cloudflare Worker, which tell letter case apart", "大文字小文字を区別する HAProxy または Cloudflare Worker"), Evidence: Evidence{nginxMapDocs, "undated, read 2026-11", "high"},
			}
		},
	}, nil
}

func (e nginx) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	plan, err := newNginxPlan(m)
	if err != nil {
		return fmt.Errorf("writing redirects for nginx: %w", err)
	}
	for n, t := range plan.tables {
		if t.rows == 0 {
			continue
		}
		err := sink.WriteFile("replatform/"+t.file(n), func(w io.Writer) error { return e.writeTable(ctx, w, plan, n, m) })
		if err != nil {
			return err
		}
	}
	if err := writeText(sink, "replatform/http.conf", plan.httpConf()); err != nil {
		return err
	}
	if err := writeText(sink, "replatform/server.conf", plan.serverConf()); err != nil {
		return err
	}
	return writeText(sink, "nginx-test.conf", nginxTestConf)
}

// writeTable writes the rows of one table. Patterns are asked in the order of the
// file, so the longest prefix comes first.
func (e nginx) writeTable(ctx context.Context, w io.Writer, plan *nginxPlan, n int, m redirects.Map) error {
	written := map[uint64]string{}
	type pattern struct {
		expression, line string
		rule             redirects.Rule
	}
	var patterns []pattern
	for r, err := range checked(ctx, e, m) {
		if err != nil {
			return err
		}
		t, key := plan.place(r)
		if t != n {
			continue
		}
		value := plan.value(r)
		if plan.isPattern(t, key) {
			p := pattern{plan.pattern(r, t, key), nginxQuote("~"+plan.pattern(r, t, key)) + " " + value + ";\n", r}
			if !slices.ContainsFunc(patterns, func(other pattern) bool { return other.line == p.line }) {
				patterns = append(patterns, p)
			}
			continue
		}
		h := plan.hash(t, key)
		if other, seen := written[h]; seen {
			if other == value {
				continue
			}
			return fmt.Errorf("writing redirects for nginx: line %d: %s has two targets: %w", r.Line, r.Source, ErrRefused)
		}
		written[h] = value
		if _, err := io.WriteString(w, nginxMapKey(key)+" "+value+";\n"); err != nil {
			return err
		}
	}
	slices.SortStableFunc(patterns, func(a, b pattern) int { return nginxPatternOrder(a.rule, b.rule, a.expression, b.expression) })
	for _, p := range patterns {
		if _, err := io.WriteString(w, p.line); err != nil {
			return err
		}
	}
	return nil
}

// httpConf is the file for the http block: the maps.
func (p *nginxPlan) httpConf() string {
	var b strings.Builder
	b.WriteString("# Redirect tables. Include this file in the http block.\n# If the main configuration already sets the next two, keep the larger values and delete these lines.\n")
	most := 0
	for _, t := range p.tables {
		most = max(most, t.rows)
	}
	fmt.Fprintf(&b, "map_hash_bucket_size %d;\nmap_hash_max_size %d;\n\n", nginxBucket(p.longest), max(2048, powerOfTwo(most)))
	if p.dollar {
		b.WriteString("# nginx has no escape for a dollar sign.\ngeo $replatform_dollar {\n    default \"$\";\n}\n\n")
	}
	if p.amp {
		b.WriteString("map $args $replatform_amp {\n    default \"&\";\n    \"\" \"\";\n}\n\n")
	}
	b.WriteString("# The path as sent: not decoded, without the query.\nmap $request_uri $replatform_path {\n    default \"\";\n    \"~^(?<replatform_path_value>[^?]*)\" $replatform_path_value;\n}\n\n")
	p.parameterMaps(&b)
	used := p.used()
	if len(used) == 0 {
		b.WriteString("map $request_uri $replatform_answer {\n    default \"\";\n}\n")
	}
	for i, n := range used {
		t := p.tables[n]
		name, next := "$replatform_answer", `""`
		if i > 0 {
			name = "$replatform_" + strconv.Itoa(n+1)
		}
		if i+1 < len(used) {
			next = "$replatform_" + strconv.Itoa(used[i+1]+1)
		}
		fmt.Fprintf(&b, "map %s %s {\n    default %s;\n    include replatform/%s;\n}\n\n", nginxQuote(nginxExpression(t)), name, next, t.file(n))
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// parameterMaps writes a map for each parameter whose name has no variable.
func (p *nginxPlan) parameterMaps(b *strings.Builder) {
	done := map[string]bool{}
	for _, t := range p.tables {
		if t.rows == 0 {
			continue
		}
		for _, name := range t.names {
			variable, pattern := nginxParameter(name)
			if pattern == "" || done[name] {
				continue
			}
			done[name] = true
			variable = strings.NewReplacer("{", "", "}", "").Replace(variable)
			group := pattern[strings.Index(pattern, "(?<")+3:]
			group, _, _ = strings.Cut(group, ">")
			fmt.Fprintf(b, "map $args %s {\n    default \"\";\n    %s $%s;\n}\n\n", variable, nginxQuote("~"+pattern), group)
		}
	}
}

// serverConf is the file for the server block: what is answered.
func (p *nginxPlan) serverConf() string {
	var b strings.Builder
	b.WriteString("# Include this file in the server block of the old shop's host, above the locations.\n")
	statuses := make([]int, 0, len(p.statuses))
	for s := range p.statuses {
		statuses = append(statuses, s)
	}
	sort.Ints(statuses)
	for _, s := range statuses {
		if (redirects.Rule{Status: s}).Gone() {
			fmt.Fprintf(&b, "if ($replatform_answer = \"%d\") {\n    return %d;\n}\n", s, s)
		} else {
			fmt.Fprintf(&b, "if ($replatform_answer ~ \"^%d (?<replatform_target>.+)$\") {\n    return %d $replatform_target;\n}\n", s, s)
		}
	}
	return b.String()
}

// nginxTestConf is a whole configuration that answers on one local port.
const nginxTestConf = `# A complete configuration to try the tables on this machine:
#   nginx -p "$PWD/" -c "$PWD/nginx-test.conf"
# then, in another window:
#   curl -i --path-as-is -H 'Host: OLD.HOST' 'http://127.0.0.1:18080/OLD-PATH'
daemon off;
pid nginx-test.pid;
error_log stderr warn;
events {
    worker_connections 256;
}
http {
    access_log off;
    client_body_temp_path nginx-test-temp;
    proxy_temp_path nginx-test-temp;
    fastcgi_temp_path nginx-test-temp;
    uwsgi_temp_path nginx-test-temp;
    scgi_temp_path nginx-test-temp;
    include replatform/http.conf;
    server {
        listen 127.0.0.1:18080;
        include replatform/server.conf;
        location / {
            return 404;
        }
    }
}
`

func (nginx) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title: "nginx",
			Install: []string{
				"フォルダー replatform を nginx の設定フォルダーへ置きます：`sudo cp -r replatform /etc/nginx/`",
				"nginx.conf の http ブロックに追加します：`include replatform/http.conf;`",
				"旧ショップのホストの server ブロックの先頭に追加します：`include replatform/server.conf;`",
				"検査して反映します：`sudo nginx -t && sudo nginx -s reload`",
			},
			Test: []string{
				"手元で試す：`nginx -p \"$PWD/\" -c \"$PWD/nginx-test.conf\"`",
				"旧URLを全件確認する：`replatform verify --connect-to 旧ホスト=http://127.0.0.1:18080`",
			},
			Undo: []string{"server.conf の include 行を削除し、`sudo nginx -s reload` を実行します。"},
		}
	}
	return Instructions{
		Title: "nginx",
		Install: []string{
			"Put the folder replatform into nginx's configuration folder: `sudo cp -r replatform /etc/nginx/`",
			"Add to the http block of nginx.conf: `include replatform/http.conf;`",
			"Add at the top of the server block of the old shop's host: `include replatform/server.conf;`",
			"Check and load: `sudo nginx -t && sudo nginx -s reload`",
		},
		Test: []string{
			"Try it on this machine: `nginx -p \"$PWD/\" -c \"$PWD/nginx-test.conf\"`",
			"Ask every old address: `replatform verify --connect-to OLDHOST=http://127.0.0.1:18080`",
		},
		Undo: []string{"Delete the include line of server.conf and run `sudo nginx -s reload`."},
	}
}
