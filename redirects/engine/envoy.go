package engine

import (
	"context"
	"io"
	"sort"
	"strings"

	"replatform/redirects"
)

// envoy is a virtual host of Envoy's route configuration: one route a row.
type envoy struct{ checkList }

func newEnvoy() Engine {
	var e envoy
	e.checks = e.rowChecks()
	return e
}

// envoyDocs is the reference of the route components.
const envoyDocs = "https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto"

func (envoy) ID() string { return "envoy" }

func (envoy) Capabilities() Capabilities {
	docs := Evidence{envoyDocs, "undated, read 2026-11", "medium"}
	return Capabilities{
		Name: text("Envoy routes", "Envoy ルート"), Kind: "server",
		Query: fact(QueryParams, docs), OrderMatters: fact(false, docs), ExtraParameters: fact(true, docs),
		CaseSensitive: fact(true, docs), Patterns: fact(false, Evidence{"not written by this program", "2026-11-25", "high"}),
		HostAware: fact(false, Evidence{"not written by this program", "2026-11-25", "high"}),
		Statuses:  fact([]int{301, 302, 308, 410}, docs), Incoming: fact(IncomingDropped, docs), LivePageWins: fact(false, docs),
		Proof: text("documentation only; Envoy is not run in the tests", "公開資料のみ。テストでは実行していません"),
	}
}

func (e envoy) rowChecks() []check {
	c := e.Capabilities()
	none := Evidence{"no source found", "2026-11", "low"}
	return append(append(wellFormed(), fromCapabilities(c)...),
		check{
			code: "target-query", kind: NeedsLiveTest, fails: func(r redirects.Rule) bool { return len(redirectsHead(r.Target)) != len(r.Target) },
			reason: text("whether a path of a redirect may carry a query or a fragment of its own is not documented", "リダイレクト先のパスにクエリやフラグメントを書けるかどうか、資料がありません"),
			next:   text("a target without a query, or nginx", "クエリのない転送先、または nginx"), evidence: none,
		},
		check{
			code: "escapes", kind: NeedsLiveTest, fails: func(r redirects.Rule) bool { return hasEscape(r.Source) },
			reason: text("whether escapes are decoded before the comparison is not documented", "照合前にエスケープがデコードされるかどうか、資料がありません"),
			next:   text("try one row, or nginx", "一件試すか、nginx を使う"), evidence: none,
		},
		unknownMatching(c.Name),
	)
}

func (envoy) newSetCheck(m redirects.Map) (*setCheck, error) { return swallowsQueries(m) }

// key: the order of parameters does not count.
func (envoy) key(s redirects.Source) string {
	s.Host = ""
	return s.Identity()
}

// envoyRoute is one route in the JSON form of the protocol buffer.
type envoyRoute struct {
	Match struct {
		Path  string           `json:"path"`
		Query []envoyParameter `json:"query_parameters,omitempty"`
	} `json:"match"`
	Redirect *envoyRedirect `json:"redirect,omitempty"`
	Direct   *envoyDirect   `json:"direct_response,omitempty"`
}

type envoyParameter struct {
	Name  string `json:"name"`
	Match struct {
		Exact string `json:"exact"`
	} `json:"string_match"`
}

type envoyRedirect struct {
	Scheme string `json:"scheme_redirect"`
	Host   string `json:"host_redirect"`
	Path   string `json:"path_redirect"`
	Code   string `json:"response_code"`
	Strip  bool   `json:"strip_query"`
}

type envoyDirect struct {
	Status int `json:"status"`
}

// envoyRouteOf writes a row. Targets have passed ParseTarget.
func envoyRouteOf(r redirects.Rule) envoyRoute {
	var route envoyRoute
	route.Match.Path = r.Source.Path
	for _, p := range redirects.Params(r.Source.Query) {
		q := envoyParameter{Name: p.Name}
		q.Match.Exact = p.Value
		route.Match.Query = append(route.Match.Query, q)
	}
	if r.Gone() {
		route.Direct = &envoyDirect{r.Status}
		return route
	}
	scheme, rest, _ := strings.Cut(r.Target, "://")
	host, _, _ := strings.Cut(rest, "/")
	code := map[int]string{301: "MOVED_PERMANENTLY", 302: "FOUND", 308: "PERMANENT_REDIRECT"}[r.Status]
	route.Redirect = &envoyRedirect{scheme, host, targetPath(r.Target), code, true}
	return route
}

// envoyOrder puts the rows with most parameters first: the first route that
// matches answers, and further parameters do not hinder it.
func envoyOrder(m redirects.Map) (redirects.Slice, error) {
	all, err := redirects.Collect(m)
	sort.SliceStable(all, func(i, j int) bool {
		return len(redirects.Params(all[i].Source.Query)) > len(redirects.Params(all[j].Source.Query))
	})
	return all, err
}

func (e envoy) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	for _, err := range checked(ctx, e, m) {
		if err != nil {
			return err
		}
	}
	all, err := envoyOrder(m)
	if err != nil {
		return err
	}
	return sink.WriteFile("replatform-routes.json", func(w io.Writer) error {
		if _, err := io.WriteString(w, "{\"routes\": ["); err != nil {
			return err
		}
		sep := "\n"
		for _, r := range all {
			line, err := plainJSON(envoyRouteOf(r))
			if err != nil {
				return err
			}
			if _, err := io.WriteString(w, sep+string(line)); err != nil {
				return err
			}
			sep = ",\n"
		}
		_, err := io.WriteString(w, "\n]}\n")
		return err
	})
}

// Model asks the routes in order.
func (envoy) Model(m redirects.Map) (Matcher, error) {
	all, err := envoyOrder(m)
	if err != nil {
		return nil, err
	}
	model := envoyModel{}
	for _, r := range all {
		model[r.Source.Path] = append(model[r.Source.Path], r)
	}
	return model, nil
}

type envoyModel map[string][]redirects.Rule

// Answer takes the first row of the path whose parameters the request has.
func (m envoyModel) Answer(q Request) Answer {
	path, query, _ := strings.Cut(q.Target, "?")
	for _, r := range m[path] {
		holds := true
		for _, p := range redirects.Params(r.Source.Query) {
			holds = holds && firstParameter(query, p.Name) == p.Value
		}
		if holds {
			return answerOf(r, q.Target)
		}
	}
	return Answer{}
}

func (envoy) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title:   "Envoy",
			Install: []string{"replatform-routes.json の routes を、旧ショップのホストの virtual_hosts にある routes の先頭に書き写します。", "`envoy --mode validate -c envoy.yaml` で検査してから反映します。"},
			Test:    []string{"`replatform verify` で旧URLを全件確認してください。この形式は実際の Envoy では未検証です。"},
			Undo:    []string{"書き写した行を削除し、再読み込みします。"},
		}
	}
	return Instructions{
		Title:   "Envoy",
		Install: []string{"Copy the routes of replatform-routes.json to the top of the routes of the old shop's virtual host.", "Check with `envoy --mode validate -c envoy.yaml`, then load."},
		Test:    []string{"Ask every old address with `replatform verify`. This format has not been held against a real Envoy."},
		Undo:    []string{"Delete the routes and load again."},
	}
}
