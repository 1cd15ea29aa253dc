package engine

import (
	"context"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"replatform/redirects"
)

// traefik is a chain of redirectRegex middlewares of Traefik's file provider.
type traefik struct{ checkList }

func newTraefik() Engine {
	var e traefik
	e.checks = e.rowChecks()
	return e
}

const (
	traefikDocs     = "https://doc.traefik.io/traefik/middlewares/http/redirectregex/"
	traefikMeasured = "measured: Traefik 3.6.12"
	// traefikRows: each row is one more pattern for every request; 1,000 were
	// answered at 3,700 requests a second, 10,000 at 375.
	traefikRows = 1000
)

func (traefik) ID() string { return "traefik" }

func (traefik) Capabilities() Capabilities {
	docs := Evidence{traefikDocs, "2026-07-24", "high"}
	measured := Evidence{traefikMeasured, "2026-11", "high"}
	return Capabilities{
		Name: text("Traefik redirectRegex", "Traefik redirectRegex"), Kind: "server",
		Query: fact(QueryRaw, measured), OrderMatters: fact(true, measured), ExtraParameters: fact(false, measured),
		CaseSensitive: fact(true, measured), Decodes: fact(false, measured), TrailingSlash: fact(true, measured),
		Patterns: fact(false, Evidence{"not written by this program", "2026-11-25", "high"}), Captures: fact(true, docs), HostAware: fact(true, docs),
		Statuses: fact([]int{301, 302}, docs), Incoming: fact(IncomingDropped, docs), LivePageWins: fact(false, docs),
		MaxRows: []Limit{{"", traefikRows, measured}},
		Proof:   text("documentation, and what Traefik 3.6.12 was seen to do; it is not run in the tests", "公開資料と Traefik 3.6.12 での実測。テストでは実行していません"),
	}
}

func (e traefik) rowChecks() []check {
	measured := Evidence{traefikMeasured, "2026-11", "high"}
	return append(append(wellFormed(), fromCapabilities(e.Capabilities())...),
		check{
			code: "collapsed-path", kind: Refused, fails: func(r redirects.Rule) bool {
				p := r.Source.Path
				return strings.Contains(p, "//") || strings.Contains(p+"/", "/./") || strings.Contains(p+"/", "/../")
			},
			reason: text("doubled slashes and dots are resolved before the pattern is asked", "二重スラッシュやドットは照合前に整理されます"),
			next:   text("nginx or HAProxy", "nginx または HAProxy"), evidence: measured,
		},
		check{
			code: "target-braces", kind: Refused, fails: func(r redirects.Rule) bool {
				return r.Source.Match != redirects.Captured && strings.ContainsAny(r.Target, "{}")
			},
			reason: text("braces in a target are sent as %7B and %7D", "転送先の波かっこは %7B と %7D に変わります"),
			next:   text("write %7B and %7D", "%7B と %7D で書く"), evidence: measured,
		},
	)
}

// traefikPattern matches the whole URL of a row, escapes in either letter case.
func traefikPattern(r redirects.Rule) string {
	s := r.Source
	host := `[^/?]+`
	if s.Host != "" {
		host = `(?i:` + regexp.QuoteMeta(s.Hostname()) + `)(?::[0-9]+)?`
	}
	if s.Match == redirects.Captured {
		return `^https?://` + host + strings.TrimPrefix(capturePattern(r, s.RequestTarget(), "("), "^")
	}
	return `^https?://` + host + nginxPattern(s.RequestTarget()) + `$`
}

// Write writes YAML; its double-quoted strings are those of JSON.
func (e traefik) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	return sink.WriteFile("replatform-traefik.yml", func(w io.Writer) error {
		var chain []string
		if _, err := io.WriteString(w, "# Put this file into the folder of the file provider, and the middleware\n# replatform@file on the router of the old shop's host.\nhttp:\n  middlewares:\n"); err != nil {
			return err
		}
		rows, err := traefikOrder(checked(ctx, e, m))
		if err != nil {
			return err
		}
		for _, r := range rows {
			pattern, err := plainJSON(traefikPattern(r))
			if err != nil {
				return err
			}
			// A dollar sign in a replacement begins a captured group.
			target, err := plainJSON(captureTarget(r, r.Target, "${1}", func(s string) string { return strings.ReplaceAll(s, "$", "$$") }))
			if err != nil {
				return err
			}
			name := "replatform-" + strconv.Itoa(len(chain)+1)
			chain = append(chain, name)
			_, err = fmt.Fprintf(w, "    %s:\n      redirectRegex:\n        regex: %s\n        replacement: %s\n        permanent: %t\n", name, pattern, target, r.Status == 301)
			if err != nil {
				return err
			}
		}
		if _, err := io.WriteString(w, "    replatform:\n      chain:\n        middlewares: ["); err != nil {
			return err
		}
		_, err = io.WriteString(w, strings.Join(chain, ", ")+"]\n")
		return err
	})
}

// traefikOrder puts the rows of a host before those for any host: the first pattern
// that matches answers.
func traefikOrder(rules iter.Seq2[redirects.Rule, error]) (redirects.Slice, error) {
	var all redirects.Slice
	for r, err := range rules {
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	// Captured rows come after the addresses.
	rank := func(r redirects.Rule) int {
		n := 0
		if r.Source.Host == "" {
			n += 2
		}
		if r.Source.Match == redirects.Captured {
			n++
		}
		return n
	}
	slices.SortStableFunc(all, func(a, b redirects.Rule) int {
		if order := rank(a) - rank(b); order != 0 || a.Source.Match != redirects.Captured {
			return order
		}
		return redirects.CompareCaptured(a.Source, b.Source)
	})
	return all, nil
}

// Model looks the rows of the host up, then those for any host.
func (e traefik) Model(m redirects.Map) (Matcher, error) {
	model := traefikModel{rows: map[string]redirects.Rule{}}
	rules, err := traefikOrder(m.Rules())
	if err != nil {
		return nil, err
	}
	for _, r := range rules {
		if r.Source.Match == redirects.Captured {
			c, err := newKeyCapture(r, e.key(r.Source))
			if err != nil {
				return nil, err
			}
			model.captured = append(model.captured, c)
			continue
		}
		if _, ok := model.rows[e.key(r.Source)]; !ok {
			model.rows[e.key(r.Source)] = r
		}
	}
	return model, nil
}

type traefikModel struct {
	rows     map[string]redirects.Rule
	captured []keyCapture
}

// Answer makes the table a Matcher.
func (m traefikModel) Answer(q Request) Answer {
	target := redirects.UpperEscapes(q.Target)
	for _, host := range []string{asciiLower(redirects.Source{Host: q.Host}.Hostname()), ""} {
		if r, ok := m.rows[host+target]; ok {
			return answerOf(r, q.Target)
		}
		if r, ok := firstCaptured(m.captured, host+target); ok {
			return answerOf(r, q.Target)
		}
	}
	return Answer{}
}

// key: escapes in either letter case are one address.
func (traefik) key(s redirects.Source) string {
	return s.Hostname() + redirects.UpperEscapes(s.RequestTarget())
}

func (traefik) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title:   "Traefik（redirectRegex）",
			Install: []string{"replatform-traefik.yml をファイルプロバイダーのフォルダーに置きます。", "旧ショップのホストのルーターに、ミドルウェア replatform@file を追加します。"},
			Test:    []string{"`replatform verify` で旧URLを全件確認してください。", "余分なパラメータ（utm_source など）が付いたURLは一致しません。410 は返せません。"},
			Undo:    []string{"ルーターからミドルウェアを外します。"},
		}
	}
	return Instructions{
		Title:   "Traefik (redirectRegex)",
		Install: []string{"Put replatform-traefik.yml into the folder of the file provider.", "Add the middleware replatform@file to the router of the old shop's host."},
		Test:    []string{"Ask every old address with `replatform verify`.", "An address with further parameters (utm_source …) is not matched. Traefik cannot say 410."},
		Undo:    []string{"Take the middleware off the router."},
	}
}
