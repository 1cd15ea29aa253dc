package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"replatform/redirects"
)

// Evidence says where a statement on an engine comes from.
type Evidence struct {
	Source     string `json:"source"`     // URL of the maker's page or source, or "measured: <engine and version>"
	Date       string `json:"date"`       // of the source, or of the measurement; "undated" when the page has none
	Confidence string `json:"confidence"` // high, medium, low
}

// Fact is one statement. A fact that is not Known is an honest "unknown".
type Fact[T any] struct {
	Known bool
	Value T
	Evidence
}

func fact[T any](v T, e Evidence) Fact[T] { return Fact[T]{Known: true, Value: v, Evidence: e} }

// QuerySight is what of a query an engine can match on.
type QuerySight string

const (
	QueryNone   QuerySight = "none"       // the source cannot hold a query
	QueryRaw    QuerySight = "raw"        // the whole query as sent
	QueryParams QuerySight = "parameters" // single parameters
	QueryFull   QuerySight = "full"       // both: the query as sent and, after it, single parameters
)

// Incoming is what becomes of the query of a request on its way to the target.
type Incoming string

const (
	IncomingDropped  Incoming = "dropped"  // only what the row says
	IncomingAppended Incoming = "appended" // always added
	IncomingUnless   Incoming = "unless"   // added to targets that have no query of their own
	IncomingChoice   Incoming = "choice"   // each row may ask for it
)

// carries tells whether the query of a request ends up on the target of a row whatever
// the row says.
func (i Incoming) carries(r redirects.Rule) bool {
	return !r.Gone() && (i == IncomingAppended || i == IncomingUnless && len(queryOf(beforeFragment(r.Target))) == 0)
}

// Limit is an upper bound, under a plan of the service where plans differ.
type Limit struct {
	Plan string // "" when there are no plans
	Max  int
	Evidence
}

// Capabilities is what is known of how an engine matches and what it takes. They
// are data: shared code asks here and never for an engine's name.
type Capabilities struct {
	Name            redirects.Text
	Kind            string // server, edge, hosting, shop, plugin, file
	Query           Fact[QuerySight]
	OrderMatters    Fact[bool] // another order of parameters is another address
	ExtraParameters Fact[bool] // a row still answers when the request has further parameters
	CaseSensitive   Fact[bool] // the letter case of the path counts
	Decodes         Fact[bool] // escapes are decoded before the comparison
	TrailingSlash   Fact[bool] // "/a" and "/a/" are two addresses
	Patterns        Fact[bool] // prefix sources can be written
	Captures        Fact[bool] // sources with a captured number or word can be written; not known: this program does not write them
	HostAware       Fact[bool] // a row can be bound to one host
	NamesHost       bool       // the format names a host in every row: one for any host cannot be written
	Statuses        Fact[[]int]
	Incoming        Fact[Incoming]
	LivePageWins    Fact[bool] // a page of the shop beats a redirect at its address
	ChainsRefused   Fact[bool] // a target may not be the source of another row
	PageOnly        Fact[bool] // answers 200 with a page that sends the visitor on, not with a redirect
	MaxRows         []Limit
	MaxSource       Fact[int] // bytes of path and query
	MaxTarget       Fact[int]
	MaxFile         Fact[int] // bytes of one file
	// Proof says what stands behind Model: the engine that the tests ask, or
	// nothing but the documentation.
	Proof redirects.Text
}

// kindFile is the Kind of formats that are handed on: a table, a list, a sitemap.
const kindFile = "file"

// Answers tells whether anything answers addresses by what is written in this form: a
// file for people or for other programs redirects nobody.
func (c Capabilities) Answers() bool { return c.Kind != kindFile }

// Can410 tells whether the engine can say that a page is gone.
func (c Capabilities) Can410() Fact[bool] {
	if !c.Statuses.Known {
		return Fact[bool]{}
	}
	return fact(slices.Contains(c.Statuses.Value, 410), c.Statuses.Evidence)
}

// RowLimit is the number of rows that a plan takes; ok is false when no limit is
// known. An unknown plan has the smallest limit.
func (c Capabilities) RowLimit(plan string) (Limit, bool) {
	if len(c.MaxRows) == 0 {
		return Limit{}, false
	}
	for _, l := range c.MaxRows {
		if l.Plan == plan {
			return l, true
		}
	}
	return c.MaxRows[0], true
}

// CapabilityRow is one line of a capability table.
type CapabilityRow struct {
	Name, Value redirects.Text
	Evidence    Evidence
}

// Table returns the capabilities as lines for people, in a fixed order.
func (c Capabilities) Table() []CapabilityRow {
	rows := []CapabilityRow{
		{text("sees the query", "クエリを見る"), word(c.Query), c.Query.Evidence},
		{text("parameter order matters", "パラメータの順序を区別"), yesNo(c.OrderMatters), c.OrderMatters.Evidence},
		{text("further parameters do no harm", "余分なパラメータがあっても一致"), yesNo(c.ExtraParameters), c.ExtraParameters.Evidence},
		{text("letter case matters", "大文字小文字を区別"), yesNo(c.CaseSensitive), c.CaseSensitive.Evidence},
		{text("decodes before matching", "照合前にデコード"), yesNo(c.Decodes), c.Decodes.Evidence},
		{text("trailing slash matters", "末尾スラッシュを区別"), yesNo(c.TrailingSlash), c.TrailingSlash.Evidence},
		{text("prefix rows", "前方一致の行"), yesNo(c.Patterns), c.Patterns.Evidence},
		{text("rows with a captured number or word", "数字や単語を引き継ぐパターンの行"), yesNo(c.captures()), c.captures().Evidence},
		{text("rows for one host", "ホスト別の行"), yesNo(c.HostAware), c.HostAware.Evidence},
		{text("status codes", "ステータスコード"), statuses(c.Statuses), c.Statuses.Evidence},
		{text("query of the request on the target", "アクセス時のクエリの扱い"), word(c.Incoming), c.Incoming.Evidence},
		{text("a live page wins", "公開ページが優先"), yesNo(c.LivePageWins), c.LivePageWins.Evidence},
		{text("refuses chains", "転送の連鎖を拒否"), yesNo(c.ChainsRefused), c.ChainsRefused.Evidence},
	}
	if c.PageOnly.Known {
		rows = append(rows, CapabilityRow{text("a page that sends on, no redirect", "リダイレクトではなく転送ページ"), yesNo(c.PageOnly), c.PageOnly.Evidence})
	}
	for _, l := range c.MaxRows {
		plan := ""
		if l.Plan != "" {
			plan = " (" + l.Plan + ")"
		}
		n := strconv.Itoa(l.Max)
		rows = append(rows, CapabilityRow{text("most rows"+plan, "最大行数"+plan), text(n, n), l.Evidence})
	}
	if len(c.MaxRows) == 0 {
		rows = append(rows, CapabilityRow{text("most rows", "最大行数"), unknown(), Evidence{}})
	}
	return append(rows,
		CapabilityRow{text("longest source, bytes", "転送元の最大長（バイト）"), number(c.MaxSource), c.MaxSource.Evidence},
		CapabilityRow{text("longest target, bytes", "転送先の最大長（バイト）"), number(c.MaxTarget), c.MaxTarget.Evidence},
		CapabilityRow{text("largest file, bytes", "ファイルの最大サイズ（バイト）"), number(c.MaxFile), c.MaxFile.Evidence},
		CapabilityRow{text("proof of the model", "動作モデルの裏付け"), c.Proof, Evidence{}},
	)
}

// Short returns what decides most choices between engines, in a fixed order.
func (c Capabilities) Short() []CapabilityRow {
	rows := unknown()
	if len(c.MaxRows) > 0 {
		first, last := strconv.Itoa(c.MaxRows[0].Max), strconv.Itoa(c.MaxRows[len(c.MaxRows)-1].Max)
		if rows = text(first, first); first != last {
			rows = text(first+"–"+last, first+"～"+last)
		}
	}
	return []CapabilityRow{
		{text("name", "名前"), c.Name, Evidence{}},
		{text("kind", "種類"), kindName(c.Kind), Evidence{}},
		{text("sees the query", "クエリを見る"), word(c.Query), c.Query.Evidence},
		{text("further parameters do no harm", "余分なパラメータがあっても一致"), yesNo(c.ExtraParameters), c.ExtraParameters.Evidence},
		{text("prefix rows", "前方一致の行"), yesNo(c.Patterns), c.Patterns.Evidence},
		{text("status codes", "ステータスコード"), statuses(c.Statuses), c.Statuses.Evidence},
		{text("most rows", "最大行数"), rows, Evidence{}},
		{text("proof of the model", "動作モデルの裏付け"), c.Proof, Evidence{}},
	}
}

// kindName is the word for a kind of engine.
func kindName(kind string) redirects.Text {
	switch kind {
	case "server":
		return text("server", "サーバー")
	case "edge":
		return text("edge", "エッジ")
	case "hosting":
		return text("hosting", "ホスティング")
	case "shop":
		return text("shop platform", "ショップ")
	case "plugin":
		return text("plugin", "プラグイン")
	}
	return text("file", "ファイル")
}

func text(en, ja string) redirects.Text { return redirects.Text{EN: en, JA: ja} }

func unknown() redirects.Text { return text("unknown", "不明") }

func yesNo(f Fact[bool]) redirects.Text {
	switch {
	case !f.Known:
		return unknown()
	case f.Value:
		return text("yes", "はい")
	}
	return text("no", "いいえ")
}

func number(f Fact[int]) redirects.Text {
	if !f.Known {
		return unknown()
	}
	n := strconv.Itoa(f.Value)
	return text(n, n)
}

func statuses(f Fact[[]int]) redirects.Text {
	if !f.Known {
		return unknown()
	}
	s := strings.Trim(strings.ReplaceAll(fmt.Sprint(f.Value), " ", ", "), "[]")
	return text(s, s)
}

func word[T ~string](f Fact[T]) redirects.Text {
	if !f.Known {
		return unknown()
	}
	switch QuerySight(f.Value) {
	case QueryNone:
		return text("no", "見ない")
	case QueryRaw:
		return text("as a whole, as sent", "全体を送信された形のまま")
	case QueryParams:
		return text("single parameters", "個々のパラメータ")
	case QueryFull:
		return text("as a whole, then single parameters", "全体、次に個々のパラメータ")
	}
	switch Incoming(f.Value) {
	case IncomingDropped:
		return text("dropped", "引き継がない")
	case IncomingAppended:
		return text("added", "引き継ぐ")
	case IncomingUnless:
		return text("added, unless the target has one", "引き継ぐ（転送先にクエリがある場合を除く）")
	}
	return text("as the row says", "行ごとに指定")
}
