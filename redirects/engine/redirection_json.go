package engine

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"replatform/redirects"
)

// redirectionJSON is the JSON of the WordPress plugin Redirection. Other than its CSV
// it says for each row what becomes of further parameters.
type redirectionJSON struct{ checkList }

func newRedirectionJSON() Engine {
	var e redirectionJSON
	e.checks = e.rowChecks()
	return e
}

func (redirectionJSON) ID() string { return "redirection-json" }

// redirectionPath is how many rows of one path the plugin reads for a request
// (Red_Item::MAX_REDIRECTS; 20,000 in 5.4.2, 3,000 in older versions): the table is read
// without an order, so any beyond it are lost by chance.
const redirectionPath = 3000

func (redirectionJSON) Capabilities() Capabilities {
	code := Evidence{redirectionCode + " (fileio/json.php, models/redirect/, models/url/)", "2024-01-27", "high"}
	return Capabilities{
		Name: text("Redirection plugin for WordPress, JSON", "WordPress プラグイン Redirection（JSON）"), Kind: "plugin",
		Query: fact(QueryParams, code), OrderMatters: fact(false, code), ExtraParameters: fact(true, code),
		CaseSensitive: fact(true, code), Decodes: fact(true, code), TrailingSlash: fact(true, code),
		Patterns: fact(false, Evidence{"not written by this program", "2026-11-25", "high"}), HostAware: fact(false, code),
		Statuses: fact([]int{301, 302, 308, 410, 451}, code), Incoming: fact(IncomingChoice, code),
		Proof: redirectionProof(),
	}
}

func (e redirectionJSON) rowChecks() []check {
	c := e.Capabilities()
	return append(append(append(wellFormed(), fromCapabilities(c)...), redirectionChecks(c.Query.Evidence)...),
		unknownMatching(c.Name),
	)
}

// asciiEscape tells whether an escape stands for a character of ASCII.
func asciiEscape(s string) bool {
	for i := 0; i+2 < len(s); i++ {
		if s[i] == '%' && '0' <= s[i+1] && s[i+1] <= '7' {
			return true
		}
	}
	return false
}

// key: two orders of one query are one address, and so are two spellings of a name.
func (redirectionJSON) key(s redirects.Source) string {
	params := redirects.Params(redirects.UpperEscapes(s.Query))
	pieces := make([]string, len(params))
	for i, p := range params {
		pieces[i] = asciiLower(p.Name) + "=" + p.Value
	}
	slices.Sort(pieces)
	return redirects.UpperEscapes(s.Path) + "?" + strings.Join(pieces, "&")
}

func (e redirectionJSON) newSetCheck(redirects.Map) (*setCheck, error) {
	return redirectionCrowd(e.Capabilities().Query.Evidence), nil
}

// redirectionCrowd refuses the rows of a path beyond those that the plugin reads.
// Paths are found without regard to letter case and last slash.
func redirectionCrowd(evidence Evidence) *setCheck {
	rows := map[string]int{}
	return &setCheck{refuse: func(r redirects.Rule) *Refusal {
		path := asciiLower(strings.TrimRight(r.Source.Path, "/"))
		if rows[path]++; rows[path] < redirectionPath {
			return nil
		}
		return &Refusal{
			Line: r.Line, Source: r.Source.String(), Code: "path-crowded", Kind: Refused,
			Reason:   text("the plugin reads at most 3,000 rows of one path for a request", "プラグインが一回のアクセスで読むのは、同じパスの行を 3,000 行までです"),
			NextBest: nextCode(), Evidence: evidence,
		}
	}}
}

// redirectionFlag says how a row compares queries: "exact" asks for these parameters
// and no other, "ignore" lets others be, "pass" adds those of the request to the
// target. A path whose other rows have parameters must not answer for them.
func redirectionFlag(r redirects.Rule, groups *redirects.Groups) string {
	switch {
	case r.KeepQuery:
		return "pass"
	case r.Source.QueryAs == redirects.QueryExact:
		return "exact"
	case r.Source.HasQuery || r.Source.QueryAs == redirects.QueryIgnore:
		return "ignore"
	}
	if names, ok := groups.Guard(r.Source.Path); !ok || len(names) > 0 {
		return "exact"
	}
	return "ignore"
}

// Write writes rows with more parameters first: the plugin takes the one with the
// lowest position.
func (e redirectionJSON) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	groups, err := redirects.CollectGroups(m, redirects.MaxGroups)
	if err != nil {
		return fmt.Errorf("writing redirects for redirection-json: %w", err)
	}
	sizes := map[int]bool{}
	for r, err := range m.Rules() {
		if err != nil {
			return fmt.Errorf("writing redirects for redirection-json: %w", err)
		}
		sizes[len(redirects.Params(r.Source.Query))] = true
	}
	return sink.WriteFile("redirection.json", func(w io.Writer) error {
		if _, err := io.WriteString(w, `{"groups":[{"id":1,"name":"replatform","module_id":1,"enabled":true}],`+"\n\"redirects\":["); err != nil {
			return err
		}
		position, sep := 0, "\n"
		for _, size := range descending(sizes) {
			for r, err := range checked(ctx, e, m) {
				if err != nil {
					return err
				}
				if len(redirects.Params(r.Source.Query)) != size {
					continue
				}
				position++
				line, err := plainJSON(redirectionRow(r, redirectionFlag(r, groups), position))
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

// descending lists the sizes, largest first.
func descending(sizes map[int]bool) []int {
	var all []int
	for n := range sizes {
		all = append(all, n)
	}
	slices.Sort(all)
	slices.Reverse(all)
	return all
}

type redirectionItem struct {
	URL        string            `json:"url"`
	MatchType  string            `json:"match_type"`
	MatchData  map[string]any    `json:"match_data"`
	ActionType string            `json:"action_type"`
	ActionCode int               `json:"action_code"`
	ActionData map[string]string `json:"action_data,omitempty"`
	GroupID    int               `json:"group_id"`
	Position   int               `json:"position"`
}

func redirectionRow(r redirects.Rule, flag string, position int) redirectionItem {
	item := redirectionItem{
		URL: r.Source.RequestTarget(), MatchType: "url", ActionType: "error", ActionCode: r.Status, GroupID: 1, Position: position,
		MatchData: map[string]any{"source": map[string]any{"flag_query": flag, "flag_case": false, "flag_trailing": false, "flag_regex": false}},
	}
	if !r.Gone() {
		item.ActionType, item.ActionData = "url", map[string]string{"url": r.Target}
	}
	return item
}

// Model compares decoded paths, then the parameters as the flag of each row says.
func (redirectionJSON) Model(m redirects.Map) (Matcher, error) {
	groups, err := redirects.CollectGroups(m, redirects.MaxGroups)
	if err != nil {
		return nil, fmt.Errorf("modelling redirection-json: %w", err)
	}
	return newFlagModel(m, func(r redirects.Rule) bool { return redirectionFlag(r, groups) == "exact" })
}

// newFlagModel compares decoded paths and parameters; exact tells which rows let no
// others be.
func newFlagModel(m redirects.Map, exact func(redirects.Rule) bool) (Matcher, error) {
	model := flagModel{}
	for r, err := range m.Rules() {
		if err != nil {
			return nil, fmt.Errorf("modelling the rows of Redirection: %w", err)
		}
		path, params := phpRequest(r.Source.RequestTarget())
		model[path] = append(model[path], flagRow{r, params, exact(r)})
	}
	for _, rows := range model {
		slices.SortStableFunc(rows, func(a, b flagRow) int { return len(b.params) - len(a.params) })
	}
	return model, nil
}

// flagModel holds the rows of each path, most parameters first.
type flagModel map[string][]flagRow

type flagRow struct {
	rule   redirects.Rule
	params map[string]string
	exact  bool
}

// phpRequest is path and parameters as the plugin sees them: the whole address is
// decoded, then path and parameters once more, where a plus sign is a blank. The last of
// a name counts, and one without an equals sign is empty.
func phpRequest(target string) (path string, params map[string]string) {
	decoded, _ := redirects.Unescape(target)
	path, query, _ := strings.Cut(decoded, "?")
	params = map[string]string{}
	for piece := range strings.SplitSeq(query, "&") {
		if piece == "" {
			continue
		}
		name, value, _ := strings.Cut(piece, "=")
		params[formDecode(name)] = formDecode(value)
	}
	return formDecode(path), params
}

// formDecode decodes a name or a value as forms encode them.
func formDecode(s string) string {
	s, _ = redirects.Unescape(strings.ReplaceAll(s, "+", " "))
	return s
}

func (m flagModel) Answer(q Request) Answer {
	path, params := phpRequest(q.Target)
	for _, row := range m[path] {
		hit := !row.exact || len(params) == len(row.params)
		for name, value := range row.params {
			v, ok := params[name]
			if !ok && !row.exact { // names are compared without their letter case
				for _, other := range slices.Sorted(maps.Keys(params)) {
					if asciiLower(other) == asciiLower(name) {
						v, ok = params[other], true
					}
				}
			}
			hit = hit && ok && v == value
		}
		if hit {
			return answerOf(row.rule, q.Target)
		}
	}
	return Answer{}
}

func (redirectionJSON) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title: "WordPress プラグイン Redirection（JSON）",
			Install: []string{
				"［ツール］→［インポート/エクスポート］→［インポート］で redirection.json を選びます。余分なパラメータの扱いは行ごとに書いてあるため、プラグインの設定を変える必要はありません。",
				"取り込まれた件数を確かめます。行はグループ replatform に入ります。",
			},
			Test: []string{"`replatform verify` で旧URLを全件確認してください。", "公開中のページと同じURLが転送されるかどうかは、この資料では未確認です。"},
			Undo: []string{"グループ replatform をプラグインの一覧で選び、削除します。"},
		}
	}
	return Instructions{
		Title: "Redirection plugin for WordPress (JSON)",
		Install: []string{
			"Under Tools → Import/Export choose redirection.json. Each row says itself what becomes of further parameters, so no setting of the plugin has to be changed.",
			"Compare the count. The rows are in the group replatform.",
		},
		Test: []string{"Ask every old address with `replatform verify`.", "Whether a redirect beats a live page at its address has not been verified."},
		Undo: []string{"Select the group replatform in the plugin's list and delete it."},
	}
}
