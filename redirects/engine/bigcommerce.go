package engine

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"replatform/redirects"
)

// bigcommerce is the 301 redirect import of a BigCommerce store.
type bigcommerce struct {
	checkList
	o Options
}

func newBigcommerce(o Options) Engine {
	e := bigcommerce{o: o}
	e.checks = e.rowChecks()
	return e
}

const (
	bigcommerceAPI  = "https://github.com/bigcommerce/docs reference/redirects.v3.yml"
	bigcommerceHelp = "https://support.bigcommerce.com/articles/en_US/Knowledge/MSF-301-Redirects"
	bigcommerceFile = 20 << 20
)

func (bigcommerce) ID() string         { return "bigcommerce" }
func (e bigcommerce) options() Options { return e.o }

func (bigcommerce) Capabilities() Capabilities {
	api := Evidence{bigcommerceAPI, "2024-10-28", "high"}
	return Capabilities{
		Name: text("BigCommerce 301 redirects", "BigCommerce 301リダイレクト"), Kind: "shop",
		HostAware: fact(true, api), NamesHost: true, Statuses: fact([]int{301}, api),
		MaxTarget: fact(2048, api), MaxFile: fact(bigcommerceFile, api),
		Proof: text("documentation only; no store is asked", "公開資料のみ。実際のストアでは検証していません"),
	}
}

func (e bigcommerce) rowChecks() []check {
	c := e.Capabilities()
	none := Evidence{"no source found", "2026-11", "low"}
	checks := append(wellFormed(), fromCapabilities(c)...)
	return append(checks,
		needsHost(e.o),
		check{
			code: "query", kind: NeedsLiveTest, fails: func(r redirects.Rule) bool { return r.Source.HasQuery },
			reason: text("whether BigCommerce looks at the query of an old address is not documented", "BigCommerce が旧URLのクエリを照合するかどうか、資料がありません"),
			next:   nextEdge(), evidence: none,
		},
		check{
			code: "front-page", kind: NeedsLiveTest, fails: func(r redirects.Rule) bool { return r.Source.Path == "/" },
			reason: text("reserved paths need a confirmation in the admin; whether the front page is one is not known", "予約パスは管理画面での確認が必要です。トップページが該当するか分かっていません"),
			next:   text("try one row on the live store", "実店舗で一件試す"), evidence: Evidence{bigcommerceHelp, "undated, read 2026-11", "medium"},
		},
		unknownMatching(c.Name),
	)
}

// Write starts a new file before one grows over 20 MB, the import's limit.
func (e bigcommerce) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	var rows [][]string
	size, file := 0, 0
	flush := func() error {
		file++
		return sink.WriteFile("bigcommerce-redirects-"+strconv.Itoa(file)+".csv", func(w io.Writer) error {
			c := csv.NewWriter(w)
			if err := c.Write([]string{"Domain", "Old Path", "Manual URL/Path", "Dynamic Target Type", "Dynamic Target ID"}); err != nil {
				return err
			}
			return c.WriteAll(rows)
		})
	}
	for r, err := range checked(ctx, e, m) {
		if err != nil {
			return err
		}
		row := []string{cmp.Or(r.Source.Host, e.o.Host), r.Source.Path, r.Target, "", ""}
		n := len(row[0]) + len(row[1]) + len(row[2]) + 20
		if size+n > bigcommerceFile-1024 {
			if err := flush(); err != nil {
				return err
			}
			rows, size = nil, 0
		}
		rows, size = append(rows, row), size+n
	}
	if err := flush(); err != nil {
		return fmt.Errorf("writing redirects for bigcommerce: %w", err)
	}
	return nil
}

// Model compares host and path as written: case, slash and query are not
// documented.
func (e bigcommerce) Model(m redirects.Map) (Matcher, error) {
	return newPathModel(m, pathOptions{host: e.o.Host})
}

func (bigcommerce) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title:   "BigCommerce 301リダイレクト",
			Install: []string{"有料プランと「301 Redirects」権限が必要です。", "管理画面の［301 Redirects］→［Import］で bigcommerce-redirects-*.csv を番号順に一つずつ取り込みます（同時に実行できるのは一件）。"},
			Test:    []string{"`replatform verify` で旧URLを全件確認してください。"},
			Undo:    []string{"［301 Redirects］の一覧で行を選び、削除します。"},
		}
	}
	return Instructions{
		Title:   "BigCommerce 301 redirects",
		Install: []string{"A paid plan and the permission \"301 Redirects\" are needed.", "Under 301 Redirects → Import take in bigcommerce-redirects-*.csv one after the other; only one job runs at a time."},
		Test:    []string{"Ask every old address with `replatform verify`."},
		Undo:    []string{"Select the rows under 301 Redirects and delete them."},
	}
}
