package engine

import (
	"context"
	"fmt"
	"io"
	"strings"

	"replatform/redirects"
)

// squarespace is the text box "URL Mappings" of a Squarespace site.
type squarespace struct{ checkList }

func newSquarespace() Engine {
	var e squarespace
	e.checks = e.rowChecks()
	return e
}

const (
	squarespaceSyntax = "https://squareranked.com/squarespace-seo/redirects/url-mappings-syntax/"
	squarespaceLimits = "https://oddodigital.com/articles/squarespace-redirect-template/"
	squarespaceBytes  = 400_000
	squarespaceLines  = 2500
)

func (squarespace) ID() string { return "squarespace" }

func (squarespace) Capabilities() Capabilities {
	syntax := Evidence{squarespaceSyntax, "undated, read 2026-11", "medium"}
	limits := Evidence{squarespaceLimits, "undated, read 2026-11", "medium"}
	return Capabilities{
		Name: text("Squarespace URL mappings", "Squarespace URLマッピング"), Kind: "shop",
		Patterns: fact(false, Evidence{"not written by this program", "2026-11-25", "high"}),
		Statuses: fact([]int{301, 302}, syntax), MaxRows: []Limit{{"", squarespaceLines, limits}}, MaxFile: fact(squarespaceBytes, limits),
		Proof: text("documentation only; no site is asked", "公開資料のみ。実際のサイトでは検証していません"),
	}
}

func (e squarespace) rowChecks() []check {
	c := e.Capabilities()
	syntax := Evidence{squarespaceSyntax, "undated, read 2026-11", "medium"}
	checks := append(wellFormed(), check{
		code: "front-page", kind: Refused, fails: func(r redirects.Rule) bool { return r.Source.Path == "/" },
		reason: text("the front page cannot be mapped, with or without a query", "トップページは、クエリの有無にかかわらずマッピングできません"),
		next:   text("domain forwarding at the registrar, or an edge in front", "レジストラーのドメイン転送、または前段での転送"), evidence: syntax,
	})
	checks = append(checks, fromCapabilities(c)...)
	return append(append(checks,
		check{
			code: "placeholder", kind: Refused, fails: func(r redirects.Rule) bool { return strings.ContainsAny(r.Source.Path+r.Target, "[]") },
			reason: text("square brackets are placeholders in this format", "角かっこはこの形式ではプレースホルダーになります"),
			next:   text("an edge in front", "前段での転送"), evidence: syntax,
		},
		check{
			code: "target-http", kind: Refused, fails: func(r redirects.Rule) bool { return strings.HasPrefix(r.Target, "http:") },
			reason: text("a target on another host must begin with https://", "他ホストの転送先は https:// で始まる必要があります"),
			next:   text("the https address", "https のURLにする"), evidence: syntax,
		}), pluginChecks(c.Name)...)
}

func (squarespace) line(r redirects.Rule) string {
	return fmt.Sprintf("%s -> %s %d\n", r.Source.Path, r.Target, r.Status)
}

// newSetCheck stops before the text box is full.
func (e squarespace) newSetCheck(redirects.Map) (*setCheck, error) {
	return boxFull(squarespaceBytes, Evidence{squarespaceLimits, "undated, read 2026-11", "medium"}, func(r redirects.Rule) int { return len(e.line(r)) }), nil
}

// boxFull refuses rows beyond a size in bytes; size is what one row takes.
func boxFull(limit int, evidence Evidence, size func(redirects.Rule) int) *setCheck {
	used := 0
	n := fmt.Sprint(limit / 1000)
	return &setCheck{refuse: func(r redirects.Rule) *Refusal {
		if used+size(r) <= limit {
			used += size(r)
			return nil
		}
		return &Refusal{
			Line: r.Line, Source: r.Source.String(), Code: "file-full", Kind: Refused,
			Reason:   text("the engine takes "+n+" KB in all", "このエンジンに登録できるのは合計 "+n+" KB までです"),
			NextBest: nextCode(), Evidence: evidence,
		}
	}}
}

func (e squarespace) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	return sink.WriteFile("squarespace-url-mappings.txt", func(w io.Writer) error {
		for r, err := range checked(ctx, e, m) {
			if err != nil {
				return err
			}
			if _, err := io.WriteString(w, e.line(r)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Model compares the path as written: the first line wins; query and letter case
// are not documented.
func (squarespace) Model(m redirects.Map) (Matcher, error) {
	return newPathModel(m, pathOptions{anyHost: true})
}

func (squarespace) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title:   "Squarespace URLマッピング",
			Install: []string{"［設定］→［デベロッパーツール］→［URLマッピング］を開き、squarespace-url-mappings.txt の内容をすべて貼り付けて保存します。", "形式に誤りのある行が一行でもあると保存できません。既存の行がある場合は、その上に貼り付けると新しい行が優先されます。"},
			Test:    []string{"`replatform verify` で旧URLを全件確認してください。"},
			Undo:    []string{"貼り付けた行を削除して保存します。"},
		}
	}
	return Instructions{
		Title:   "Squarespace URL mappings",
		Install: []string{"Open Settings → Developer tools → URL mappings, paste all of squarespace-url-mappings.txt and save.", "One malformed line keeps the box from being saved. The first match from the top wins, so paste above lines that are there."},
		Test:    []string{"Ask every old address with `replatform verify`."},
		Undo:    []string{"Delete the pasted lines and save."},
	}
}
