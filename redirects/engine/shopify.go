package engine

import (
	"context"
	"io"
	"strconv"
	"strings"

	"replatform/redirects"
)

// shopify is the URL redirect feature of a Shopify store. It answers only what
// would otherwise be a 404, by path.
type shopify struct {
	checkList
	o Options
}

func newShopify(o Options) Engine {
	e := shopify{o: o}
	e.checks = e.rowChecks()
	return e
}

// Sources on Shopify's redirects.
const (
	shopifyHelp     = "https://help.shopify.com/en/manual/online-store/menus-and-links/url-redirect"
	shopifyREST     = "https://shopify.dev/docs/api/admin-rest/latest/resources/redirect"
	shopifyAblestar = "https://support.ablestar.co/article/217-overview-of-url-redirects-in-shopify"
	shopifyHydrogen = "https://github.com/Shopify/hydrogen/pull/1900"
	shopifyEncoding = "https://community.shopify.com/t/bug-report-redirect-admin-api-post-redirects-json-mangling-urls/174905"
	shopifyPrefixes = "https://absolute-design.co.uk/blogs/insights/shopify-redirects"
)

func (shopify) ID() string         { return "shopify" }
func (s shopify) options() Options { return s.o }

func (shopify) Capabilities() Capabilities {
	help := Evidence{shopifyHelp, "undated, read 2026-11", "high"}
	rest := Evidence{shopifyREST, "undated, read 2026-11", "high"}
	ablestar := Evidence{shopifyAblestar, "undated, read 2026-11", "medium"}
	return Capabilities{
		Name: text("Shopify URL redirects", "Shopify URLリダイレクト"), Kind: "shop",
		// Whether a source may hold a query is disputed; until a live test nothing
		// that needs one counts as covered.
		Query:         Fact[QuerySight]{Evidence: Evidence{shopifyHydrogen, "2024-03-25", "low"}},
		CaseSensitive: fact(false, ablestar), Patterns: fact(false, ablestar), HostAware: fact(false, rest),
		Statuses: fact([]int{301}, rest), LivePageWins: fact(true, help), ChainsRefused: fact(true, ablestar),
		MaxRows:   []Limit{{"", 100_000, help}, {"plus", 20_000_000, help}},
		MaxSource: fact(1024, rest),
		Proof:     text("documentation only; no store is asked", "公開資料のみ。実際のストアでは検証していません"),
	}
}

func (s shopify) rowChecks() []check {
	checks := wellFormed()
	checks = append(checks, s.rootChecks()...)
	checks = append(checks, fromCapabilities(s.Capabilities())...)
	return append(checks, s.pathChecks()...)
}

// rootChecks come first: for "/?pid=1" the front page is the reason that matters.
func (s shopify) rootChecks() []check {
	help := Evidence{shopifyHelp, "undated, read 2026-11", "high"}
	return []check{
		{
			code: "front-page", kind: Refused,
			fails:    func(r redirects.Rule) bool { return r.Source.Path == "/" },
			reason:   text("Shopify redirects only addresses that would be a 404; the front page always answers, with any query", "Shopify のリダイレクトは 404 になるURLだけに働きます。トップページはどんなクエリが付いても必ず表示されます"),
			next:     text("an edge in front of the domain (Cloudflare Worker, nginx), else a script in the theme that reads the query", "ドメインの前段（Cloudflare Worker や nginx）。置けない場合はクエリを読むスクリプトをテーマに入れる"),
			evidence: help,
		},
		{
			code: "query", kind: NeedsLiveTest,
			fails:    func(r redirects.Rule) bool { return r.Source.HasQuery },
			reason:   text("whether Shopify tells sources apart by their query is disputed", "Shopify がクエリの違いを区別するかどうかは資料により食い違います"),
			next:     text("try three rows on the live store; otherwise a row for the path alone, or an edge in front", "実店舗で数件試す。だめならパスだけの行にまとめるか、前段で転送する"),
			evidence: Evidence{shopifyHydrogen, "2024-03-25", "low"},
		},
	}
}

func (s shopify) pathChecks() []check {
	help := Evidence{shopifyHelp, "undated, read 2026-11", "high"}
	return []check{
		{
			code: "reserved-prefix", kind: Refused,
			fails:    func(r redirects.Rule) bool { return reservedShopify(r.Source.Path, true) },
			reason:   text("Shopify keeps this path for itself (/apps, /application, /cart, /carts, /orders, /services, /shop, /a, /community, /tools)", "Shopify が予約しているパスです（/apps・/application・/cart・/carts・/orders・/services・/shop・/a・/community・/tools）"),
			next:     text("the old host kept on a server of your own, or an edge in front", "旧ホストを自前のサーバーで残すか、前段で転送する"),
			evidence: help,
		},
		{
			code: "reserved-prefix-unsure", kind: NeedsLiveTest,
			fails:    func(r redirects.Rule) bool { return reservedShopify(r.Source.Path, false) },
			reason:   text("the path begins with the letters of a reserved path; it is not known whether Shopify refuses it too", "予約パスと同じ文字で始まるパスです。Shopify が拒否するかどうか分かっていません"),
			next:     text("try one row on the live store", "実店舗で一件試す"),
			evidence: Evidence{shopifyPrefixes, "2023-03-27", "medium"},
		},
		{
			code: "fixed-path", kind: Refused,
			fails: func(r redirects.Rule) bool {
				switch strings.TrimRight(asciiLower(r.Source.Path), "/") {
				case "/products", "/collections", "/collections/all", "/collections/vendors", "/collections/types":
					return true
				}
				return false
			},
			reason:   text("Shopify answers this path itself", "Shopify 自身が表示する固定のパスです"),
			next:     text("nothing is lost: the page exists in the new shop", "新しいショップにページが存在するため、転送は不要です"),
			evidence: help,
		},
		{
			code: "live-page", kind: Refused,
			fails:    func(r redirects.Rule) bool { return s.o.Live != nil && s.o.Live(r.Source.Path) },
			reason:   text("the store has a live page at this address, which wins over the redirect", "同じURLに公開中のページがあり、リダイレクトより優先されます"),
			next:     text("unpublish the page or give it another handle", "ページを非公開にするか、ハンドルを変える"),
			evidence: help,
		},
		{
			code: "collection-tag", kind: Refused,
			fails: func(r redirects.Rule) bool {
				collection, ok := collectionOfTagPath(r.Source.Path)
				return ok && s.o.Live != nil && s.o.Live(collection)
			},
			reason:   text("below an existing collection every path is a tag page, also of tags that do not exist", "存在するコレクションの下のパスは、タグがなくてもタグページとして表示されます"),
			next:     text("another handle for the collection", "コレクションのハンドルを変える"),
			evidence: help,
		},
		{
			code: "collection-tag-unsure", kind: NeedsLiveTest,
			fails: func(r redirects.Rule) bool {
				_, ok := collectionOfTagPath(r.Source.Path)
				return ok && s.o.Live == nil
			},
			reason:   text("works only if the new shop has no collection of this name, which is not known here", "新しいショップに同名のコレクションがない場合だけ働きます。有無が分かっていません"),
			next:     text("give the new shop's pages to the program, or look in the admin", "新しいショップのページ一覧を読み込ませるか、管理画面で確認する"),
			evidence: help,
		},
		{
			code: "html-to-same", kind: Refused,
			fails: func(r redirects.Rule) bool {
				stem, ok := strings.CutSuffix(asciiLower(r.Source.Path), ".html")
				return ok && stem == asciiLower(targetPath(r.Target))
			},
			reason:   text("Shopify takes /p.html and /p for one address", "Shopify は /p.html と /p を同じURLとみなします"),
			next:     text("another handle for the new page", "新しいページのハンドルを変える"),
			evidence: help,
		},
		{
			code: "404-page", kind: Refused,
			fails:    func(r redirects.Rule) bool { return strings.TrimRight(r.Source.Path, "/") == "/404" },
			reason:   text("a redirect of /404 breaks the theme editor", "/404 の転送はテーマエディターを壊します"),
			next:     text("leave it out", "登録しない"),
			evidence: help,
		},
		{
			code: "liquid", kind: Refused,
			fails: func(r redirects.Rule) bool {
				both := r.Source.Path + r.Target
				return strings.Contains(both, "{{") || strings.Contains(both, "{%")
			},
			reason:   text("Shopify takes {{ and {% in these fields for Liquid code", "{{ や {% は Liquid コードとして解釈されます"),
			next:     text("percent-encode the braces", "波かっこをパーセントエンコードする"),
			evidence: help,
		},
		{
			code: "odd-path", kind: NeedsLiveTest,
			fails:    func(r redirects.Rule) bool { return oddPath(r.Source.Path) },
			reason:   text("nothing is known of how Shopify compares such a path (doubled slashes, dots, quotes, escapes that are not UTF-8)", "二重スラッシュ・ドット・引用符・UTF-8 以外のエスケープを含むパスを Shopify がどう照合するか、資料がありません"),
			next:     text("try one row on the live store, or an edge in front", "実店舗で一件試すか、前段で転送する"),
			evidence: Evidence{"no source found", "2026-11", "low"},
		},
		{
			code: "target-escape", kind: NeedsLiveTest,
			fails:    func(r redirects.Rule) bool { return strings.Contains(strings.ToUpper(r.Target), "%3F") },
			reason:   text("Shopify has been seen to store %3F in a target as a question mark", "転送先の %3F が ? として保存された例があります"),
			next:     text("a target without %3F", "%3F を含まない転送先にする"),
			evidence: Evidence{shopifyEncoding, "2022", "medium"},
		},
	}
}

// reservedShopify tells whether a path is one of, or below, the paths that
// Shopify keeps; with whole false, whether it only begins with the same letters.
func reservedShopify(path string, whole bool) bool {
	p := asciiLower(path)
	for _, reserved := range []string{"/apps", "/application", "/cart", "/carts", "/orders", "/services", "/shop", "/a", "/community", "/tools"} {
		rest, ok := strings.CutPrefix(p, reserved)
		if !ok {
			continue
		}
		isWhole := rest == "" || rest[0] == '/'
		if isWhole && whole {
			return true
		}
		// The last three are documented with a slash behind them.
		if !isWhole && !whole && reserved != "/a" && reserved != "/community" && reserved != "/tools" {
			return true
		}
	}
	return false
}

// collectionOfTagPath takes "/collections/x/y" apart.
func collectionOfTagPath(path string) (collection string, ok bool) {
	parts := strings.Split(strings.Trim(asciiLower(path), "/"), "/")
	if len(parts) != 3 || parts[0] != "collections" || parts[2] == "" {
		return "", false
	}
	return "/collections/" + parts[1], true
}

// targetPath returns the path of an absolute URL.
func targetPath(target string) string {
	s, err := redirects.ParseSource(target)
	if err != nil {
		return ""
	}
	return s.Path
}

func (s shopify) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	return sink.WriteFile("shopify-redirects.csv", func(w io.Writer) error {
		return writeCSV(w, []string{"Redirect from", "Redirect to"}, func(row func(...string) error) error {
			for r, err := range checked(ctx, s, m) {
				if err != nil {
					return err
				}
				if err := row(r.Source.Path, r.Target); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// Model answers by path alone, ignoring letter case, and never for a live page.
func (s shopify) Model(m redirects.Map) (Matcher, error) {
	model := shopifyModel{live: s.o.Live, rows: map[string]redirects.Rule{}}
	for r, err := range m.Rules() {
		if err != nil {
			return nil, err
		}
		key := asciiLower(redirects.UpperEscapes(r.Source.Path))
		if _, ok := model.rows[key]; !ok {
			model.rows[key] = r
		}
	}
	return model, nil
}

type shopifyModel struct {
	live func(string) bool
	rows map[string]redirects.Rule
}

// Answer says what the documentation says; what becomes of the query of the
// request is unknown, so the model leaves it out.
func (m shopifyModel) Answer(q Request) Answer {
	path, _, _ := strings.Cut(q.Target, "?")
	r, ok := m.rows[asciiLower(redirects.UpperEscapes(path))]
	if !ok || path == "/" || m.live != nil && m.live(path) {
		return Answer{}
	}
	return Answer{Fired: true, Status: 301, Location: r.Target}
}

func (s shopify) Instructions(lang string) Instructions {
	n := strconv.Itoa(s.Capabilities().MaxRows[0].Max)
	if lang == "ja" {
		return Instructions{
			Title: "Shopify URLリダイレクト",
			Install: []string{
				"管理画面の［コンテンツ］→［メニュー］→［URLリダイレクトを表示］を開きます。",
				"［インポート］で shopify-redirects.csv を選びます。XLSX に保存し直さないでください。",
				"プレビューで件数を確かめ、実行します。上限は通常 " + n + " 件です。",
			},
			Test: []string{
				"登録後すぐに有効になります。`replatform verify` で全件を確認してください。",
				"公開中のページと同じURLは転送されません。転送されない行があれば、そのページを非公開にしてください。",
				"非表示のコレクションを再び公開すると、同じURLのリダイレクトは自動で削除されます。",
			},
			Undo: []string{"［URLリダイレクト］の一覧で行を選び、削除します。ブラウザーは 301 を記憶するため、見た目にはしばらく残ります。"},
		}
	}
	return Instructions{
		Title: "Shopify URL redirects",
		Install: []string{
			"In the admin open Content → Menus → View URL redirects.",
			"Choose Import and pick shopify-redirects.csv. Do not save it as XLSX first.",
			"Compare the counts of the preview and run it. The limit is " + n + " rows on most plans.",
		},
		Test: []string{
			"The redirects work at once. Ask every old address with `replatform verify`.",
			"An address that is a live page is not redirected. If a row does not fire, unpublish that page.",
			"When a hidden collection is made visible again, the redirect at its address is deleted.",
		},
		Undo: []string{"In View URL redirects select the rows and delete them. Browsers remember a 301 for a while."},
	}
}
