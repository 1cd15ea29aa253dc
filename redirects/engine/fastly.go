package engine

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"replatform/redirects"
)

// fastly is a service of Fastly with VCL: one table for each status.
type fastly struct{ checkList }

func newFastly() Engine {
	var e fastly
	e.checks = e.rowChecks()
	return e
}

const (
	fastlyTable  = "https://www.fastly.com/documentation/reference/vcl/declarations/table"
	fastlyLimits = "https://www.fastly.com/documentation/reference/vcl/constraints-and-limitations"
	fastlyString = "https://docs.fastly.com/vcl/types/string/"
	fastlyKey    = 256
	fastlyValue  = 8000
)

func (fastly) ID() string { return "fastly" }

func (fastly) Capabilities() Capabilities {
	table := Evidence{fastlyTable, "2025-10-09", "high"}
	limits := Evidence{fastlyLimits, "2025-10-09", "high"}
	return Capabilities{
		Name: text("Fastly VCL table", "Fastly VCL テーブル"), Kind: "edge",
		Query: fact(QueryRaw, table), OrderMatters: fact(true, table), ExtraParameters: fact(false, table),
		CaseSensitive: fact(true, table), Decodes: fact(false, table), TrailingSlash: fact(true, table),
		Patterns: fact(false, Evidence{"not written by this program", "2026-11-25", "high"}), HostAware: fact(false, Evidence{"not written by this program", "2026-11-25", "high"}),
		Statuses: fact([]int{301, 302, 308, 410, 451}, table), Incoming: fact(IncomingDropped, table),
		LivePageWins: fact(false, table),
		MaxRows:      []Limit{{"", 1000, Evidence{"Adobe Commerce knowledge base on Fastly dictionaries", "undated, read 2026-11", "medium"}}},
		MaxSource:    fact(fastlyKey, limits), MaxTarget: fact(fastlyValue, limits),
		Proof: text("documentation only; no service is asked", "公開資料のみ。実際のサービスでは検証していません"),
	}
}

func (e fastly) rowChecks() []check {
	return append(wellFormed(), fromCapabilities(e.Capabilities())...)
}

// fastlyQuote writes a string between double quotes, in which a percent sign
// begins an escape.
func fastlyQuote(s string) string {
	return `"` + strings.NewReplacer("%", "%25", `"`, "%22").Replace(s) + `"`
}

// Write writes the VCL of a file to be included.
func (e fastly) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	codes := map[int]bool{}
	for r, err := range checked(ctx, e, m) {
		if err != nil {
			return err
		}
		codes[r.Status] = true
	}
	return sink.WriteFile("replatform.vcl", func(w io.Writer) error {
		var recv, errs strings.Builder
		for _, s := range []int{301, 302, 308, 410, 451} {
			if !codes[s] {
				continue
			}
			n := strconv.Itoa(s)
			if _, err := fmt.Fprintf(w, "table replatform_%s {\n", n); err != nil {
				return err
			}
			for r, err := range checked(ctx, e, m) {
				if err != nil {
					return err
				}
				if r.Status != s {
					continue
				}
				value := r.Target
				if r.Gone() {
					value = "gone"
				}
				if _, err := fmt.Fprintf(w, "  %s: %s,\n", fastlyQuote(r.Source.RequestTarget()), fastlyQuote(value)); err != nil {
					return err
				}
			}
			if _, err := io.WriteString(w, "}\n\n"); err != nil {
				return err
			}
			fmt.Fprintf(&recv, "  if (table.lookup(replatform_%s, req.url, \"\") != \"\") {\n    error 6%s \"replatform\";\n  }\n", n, n[1:])
			location := fmt.Sprintf("    set obj.http.Location = table.lookup(replatform_%s, req.url, \"\");\n", n)
			if (redirects.Rule{Status: s}).Gone() {
				location = ""
			}
			fmt.Fprintf(&errs, "  if (obj.status == 6%s && obj.response == \"replatform\") {\n    set obj.status = %s;\n    set obj.response = \"%s\";\n%s    return (deliver);\n  }\n", n[1:], n, fastlyReason(s), location)
		}
		_, err := io.WriteString(w, "# Call this in vcl_recv, at the top.\nsub replatform_recv {\n"+recv.String()+"}\n\n# Call this in vcl_error, at the top.\nsub replatform_error {\n"+errs.String()+"}\n")
		return err
	})
}

// fastlyReason is the reason phrase of a status (RFC 9110, section 15).
func fastlyReason(status int) string {
	switch status {
	case 301:
		return "Moved Permanently"
	case 302:
		return "Found"
	case 308:
		return "Permanent Redirect"
	case 410:
		return "Gone"
	}
	return "Unavailable For Legal Reasons"
}

// Model looks the whole address up, byte by byte.
func (fastly) Model(m redirects.Map) (Matcher, error) { return newRawModel(m, false) }

func (fastly) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title: "Fastly VCL テーブル",
			Install: []string{
				"replatform.vcl を旧ショップのサービスにカスタム VCL として追加し、メインの VCL に `include \"replatform.vcl\";` と書きます。",
				"vcl_recv の先頭で `call replatform_recv;`、vcl_error の先頭で `call replatform_error;` を呼びます。",
				"検証してから有効化します。初期設定の上限は 1,000 行です。",
			},
			Test: []string{"`replatform verify` で旧URLを全件確認してください。", "余分なパラメータ（utm_source など）が付いたURLは一致しません。"},
			Undo: []string{"一つ前のサービスバージョンを有効化します。"},
		}
	}
	return Instructions{
		Title: "Fastly VCL table",
		Install: []string{
			"Add replatform.vcl to the old shop's service as custom VCL, and write `include \"replatform.vcl\";` into the main VCL.",
			"Call `call replatform_recv;` at the top of vcl_recv and `call replatform_error;` at the top of vcl_error.",
			"Validate and activate. 1,000 rows is the limit at first.",
		},
		Test: []string{"Ask every old address with `replatform verify`.", "An address with further parameters (utm_source …) is not matched."},
		Undo: []string{"Activate the version before."},
	}
}
