package engine

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"replatform/redirects"
)

// vercelConfig is the list of redirects in vercel.json, which can ask for the
// parameters of a request.
type vercelConfig struct{ checkList }

func newVercelConfig() Engine {
	var e vercelConfig
	e.checks = e.rowChecks()
	return e
}

const (
	vercelConfigDocs = "https://vercel.com/docs/routing/redirects/configuration-redirects"
	vercelRows       = 2048
	vercelChars      = 4096
)

func (vercelConfig) ID() string { return "vercel-json" }

// Capabilities leaves open what the documentation leaves open: letter case, escapes,
// and in what form the query of the request is merged into the target.
func (vercelConfig) Capabilities() Capabilities {
	docs := Evidence{vercelConfigDocs, "2026-05-28", "high"}
	return Capabilities{
		Name: text("Vercel redirects in vercel.json", "Vercel の vercel.json"), Kind: "hosting",
		Query: fact(QueryParams, docs), OrderMatters: fact(false, docs), ExtraParameters: fact(true, docs),
		Patterns: fact(false, Evidence{"not written by this program", "2026-11-25", "high"}),
		Statuses: fact([]int{301, 302, 308}, docs),
		MaxRows:  []Limit{{"", vercelRows, docs}}, MaxSource: fact(vercelChars, docs), MaxTarget: fact(vercelChars, docs),
		Proof: text("the maker's own package reads the file in the tests and makes its patterns; no project is asked", "提供元のパッケージでファイルの読み込みとパターンを検証済み。実際のプロジェクトでは検証していません"),
	}
}

var (
	vercelPath  = regexp.MustCompile(`^[0-9A-Za-z/_.~-]+$`)
	vercelValue = regexp.MustCompile(`^[0-9A-Za-z_.~-]+$`)
)

func (e vercelConfig) rowChecks() []check {
	c := e.Capabilities()
	return append(append(wellFormed(), fromCapabilities(c)...),
		check{
			code: "pattern", kind: NeedsLiveTest, fails: func(r redirects.Rule) bool {
				return !vercelPath.MatchString(r.Source.Path) || strings.ContainsAny(strings.TrimPrefix(strings.TrimPrefix(r.Target, "https://"), "http://"), `:(){}*+$\`)
			},
			reason: text("sources and targets are patterns here, and how other characters than letters, digits and / _ . ~ - are compared is not documented", "転送元と転送先はパターンとして扱われ、英数字と / _ . ~ - 以外の文字の照合方法は資料がありません"),
			next:   text("the bulk redirects, or middleware with a table", "一括リダイレクト、または表を持つミドルウェア"), evidence: c.Query.Evidence,
		},
		check{
			code: "parameters", kind: NeedsLiveTest, fails: func(r redirects.Rule) bool { return r.Source.HasQuery && !vercelQuery(r.Source) },
			reason: text("only parameters with a plain name and a plain value can be asked for; how escapes, empty or repeated values are compared is not documented", "確認できるのは普通の名前と値を持つパラメータだけです。エスケープ・空の値・繰り返しの照合方法は資料がありません"),
			next:   text("middleware with a table", "表を持つミドルウェア"), evidence: c.Query.Evidence,
		},
		unknownMatching(c.Name),
	)
}

// vercelQuery tells whether a query is a set of plain parameters.
func vercelQuery(s redirects.Source) bool {
	names, _, ok := s.Identifying()
	if !ok || !plainNames(names) {
		return false
	}
	for _, p := range redirects.Params(s.Query) {
		if !vercelValue.MatchString(p.Value) {
			return false
		}
	}
	return true
}

// key: that letter case and a last slash count is not known.
func (vercelConfig) key(s redirects.Source) string {
	path, query, _ := strings.Cut(unorderedKey(s.RequestTarget()), "?")
	return asciiLower(cmp.Or(strings.TrimRight(path, "/"), "/") + "?" + query)
}

// newSetCheck leaves addresses that may be one in the map as long as they agree.
func (e vercelConfig) newSetCheck(redirects.Map) (*setCheck, error) {
	return &setCheck{key: func(r redirects.Rule) string { return e.key(r.Source) }}, nil
}

type vercelCondition struct {
	Type  string `json:"type"`
	Key   string `json:"key"`
	Value string `json:"value,omitempty"`
}

type vercelRow struct {
	Source      string            `json:"source"`
	Has         []vercelCondition `json:"has,omitempty"`
	Missing     []vercelCondition `json:"missing,omitempty"`
	Destination string            `json:"destination"`
	StatusCode  int               `json:"statusCode"`
}

// newVercelRow asks for the parameters of a row, and for the absence of those that
// other rows of its path have. A value is a regular expression.
func newVercelRow(r redirects.Rule, groups *redirects.Groups) vercelRow {
	row := vercelRow{Source: r.Source.Path, Destination: r.Target, StatusCode: r.Status}
	for _, p := range redirects.Params(r.Source.Query) {
		row.Has = append(row.Has, vercelCondition{"query", p.Name, "^" + regexp.QuoteMeta(p.Value) + "$"})
	}
	if !r.Source.HasQuery && r.Source.QueryAs == redirects.QuerySet {
		names, _ := groups.Guard(r.Source.Path)
		for _, name := range names {
			row.Missing = append(row.Missing, vercelCondition{Type: "query", Key: name})
		}
	}
	return row
}

// Write writes rows with more conditions first: the first that matches answers.
func (e vercelConfig) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	groups, err := redirects.CollectGroups(m, redirects.MaxGroups)
	if err != nil {
		return fmt.Errorf("writing redirects for vercel-json: %w", err)
	}
	sizes := map[int]bool{}
	for r, err := range m.Rules() {
		if err != nil {
			return fmt.Errorf("writing redirects for vercel-json: %w", err)
		}
		sizes[len(redirects.Params(r.Source.Query))] = true
	}
	return sink.WriteFile("vercel.json", func(w io.Writer) error {
		if _, err := io.WriteString(w, "{\"redirects\": ["); err != nil {
			return err
		}
		sep := "\n"
		for _, size := range descending(sizes) {
			for r, err := range checked(ctx, e, m) {
				if err != nil {
					return err
				}
				if len(redirects.Params(r.Source.Query)) != size {
					continue
				}
				line, err := plainJSON(newVercelRow(r, groups))
				if err != nil {
					return err
				}
				if _, err := io.WriteString(w, sep+string(line)); err != nil {
					return err
				}
				sep = ",\n"
			}
		}
		_, err := io.WriteString(w, "\n]}\n")
		return err
	})
}

// Model compares path and parameters as the conditions say. What becomes of the
// request's query is not known, so it is left out.
func (vercelConfig) Model(m redirects.Map) (Matcher, error) {
	groups, err := redirects.CollectGroups(m, redirects.MaxGroups)
	if err != nil {
		return nil, fmt.Errorf("modelling vercel-json: %w", err)
	}
	model := vercelModel{}
	for r, err := range m.Rules() {
		if err != nil {
			return nil, fmt.Errorf("modelling vercel-json: %w", err)
		}
		model[r.Source.Path] = append(model[r.Source.Path], vercelRule{newVercelRow(r, groups), r})
	}
	for _, rows := range model {
		slices.SortStableFunc(rows, func(a, b vercelRule) int { return len(b.row.Has) - len(a.row.Has) })
	}
	return model, nil
}

// vercelModel holds the rows of each path, most conditions first.
type vercelModel map[string][]vercelRule

type vercelRule struct {
	row  vercelRow
	rule redirects.Rule
}

func (m vercelModel) Answer(q Request) Answer {
	path, query, _ := strings.Cut(q.Target, "?")
	values := map[string]string{}
	for _, p := range redirects.Params(query) {
		if _, seen := values[formDecode(p.Name)]; !seen {
			values[formDecode(p.Name)] = formDecode(p.Value)
		}
	}
	for _, r := range m[path] {
		hit := true
		for _, c := range r.row.Has {
			v, ok := values[c.Key]
			hit = hit && ok && "^"+regexp.QuoteMeta(v)+"$" == c.Value
		}
		for _, c := range r.row.Missing {
			_, ok := values[c.Key]
			hit = hit && !ok
		}
		if hit {
			return answerOf(r.rule, q.Target)
		}
	}
	return Answer{}
}

func (vercelConfig) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title:   "Vercel の vercel.json",
			Install: []string{"vercel.json をプロジェクトの直下に置き、デプロイします。既にある場合は redirects の行を書き写します。2,048 行までです。"},
			Test: []string{
				"`replatform verify` で旧URLを全件確認してください。",
				"アクセス時のクエリ（?pid=1 など）が転送先にどう付くかは資料がありません。デプロイして一件確かめてください。",
			},
			Undo: []string{"vercel.json から行を削除し、もう一度デプロイします。"},
		}
	}
	return Instructions{
		Title:   "Vercel redirects in vercel.json",
		Install: []string{"Put vercel.json at the top of the project and deploy. If there is one already, copy the rows of redirects into it. It takes 2,048 rows."},
		Test: []string{
			"Ask every old address with `replatform verify`.",
			"In what form the query of the request (?pid=1) ends up on the target is not documented. Deploy and try one row.",
		},
		Undo: []string{"Delete the rows from vercel.json and deploy again."},
	}
}
