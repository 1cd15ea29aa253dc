package engine

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"replatform/redirects"
)

// iis is the URL Rewrite module of Microsoft IIS with a rewrite map.
type iis struct{ checkList }

func newIIS() Engine {
	var e iis
	e.checks = e.rowChecks()
	return e
}

const (
	iisMaps  = "https://learn.microsoft.com/iis/extensions/url-rewrite-module/using-rewrite-maps-in-url-rewrite-module"
	iisLimit = "Microsoft IIS support blog on MaxWebConfigFileSizeInKB"
	// iisBytes is how large one configuration file may be.
	iisBytes = 250 << 10
)

func (iis) ID() string { return "iis" }

func (iis) Capabilities() Capabilities {
	docs := Evidence{iisMaps, "2008-05-30", "high"}
	medium := Evidence{iisMaps, "2008-05-30", "medium"}
	return Capabilities{
		Name: text("Microsoft IIS URL Rewrite", "Microsoft IIS URL Rewrite"), Kind: "server",
		Query: fact(QueryRaw, docs), OrderMatters: fact(true, docs), ExtraParameters: fact(false, docs),
		CaseSensitive: fact(false, medium), TrailingSlash: fact(true, docs),
		Patterns: fact(false, Evidence{"not written by this program", "2026-11-25", "high"}), HostAware: fact(false, docs),
		Statuses: fact([]int{301, 410}, medium), Incoming: fact(IncomingDropped, docs),
		MaxFile: fact(iisBytes, Evidence{iisLimit, "2020-08-24", "high"}),
		Proof:   text("documentation only; no server is asked", "公開資料のみ。実際のサーバーでは検証していません"),
	}
}

func (e iis) rowChecks() []check {
	c := e.Capabilities()
	return append(append(wellFormed(), fromCapabilities(c)...), check{
		code: "escapes", kind: NeedsLiveTest, fails: func(r redirects.Rule) bool { return strings.Contains(r.Source.RequestTarget(), "%") },
		reason: text("whether {REQUEST_URI} keeps percent-escapes as sent is not documented", "{REQUEST_URI} がパーセントエスケープをそのまま保つかどうか、資料がありません"),
		next:   text("try one row on the server, or nginx", "サーバーで一件試すか、nginx を使う"), evidence: Evidence{"no source found", "2026-11", "low"},
	}, unknownMatching(c.Name))
}

func (iis) line(r redirects.Rule) string {
	var b strings.Builder
	b.WriteString(`    <add key="`)
	_ = xml.EscapeText(&b, []byte(r.Source.RequestTarget()))
	b.WriteString(`" value="`)
	_ = xml.EscapeText(&b, []byte(r.Target))
	b.WriteString("\" />\n")
	return b.String()
}

// newSetCheck stops before the file is too large to be read. Gone rows share the
// same file.
func (e iis) newSetCheck(redirects.Map) (*setCheck, error) {
	const frame = 400
	return boxFull(iisBytes-frame, e.Capabilities().MaxFile.Evidence, func(r redirects.Rule) int { return len(e.line(r)) }), nil
}

// Write writes the maps into a file of their own, beside the lines for web.config.
func (e iis) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	err := sink.WriteFile("replatform-rewritemaps.config", func(w io.Writer) error {
		if _, err := io.WriteString(w, xml.Header+"<rewriteMaps>\n"); err != nil {
			return err
		}
		for _, gone := range []bool{false, true} {
			name := map[bool]string{false: "replatform", true: "replatform-gone"}[gone]
			if _, err := fmt.Fprintf(w, "  <rewriteMap name=\"%s\" defaultValue=\"\">\n", name); err != nil {
				return err
			}
			for r, err := range checked(ctx, e, m) {
				if err != nil {
					return err
				}
				if r.Gone() != gone {
					continue
				}
				if gone {
					r.Target = "410"
				}
				if _, err := io.WriteString(w, e.line(r)); err != nil {
					return err
				}
			}
			if _, err := io.WriteString(w, "  </rewriteMap>\n"); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, "</rewriteMaps>\n")
		return err
	})
	if err != nil {
		return err
	}
	return writeText(sink, "web.config", iisConfig)
}

const iisConfig = `<?xml version="1.0" encoding="UTF-8"?>
<!-- If the site has a web.config, put the part <rewrite> into it. -->
<configuration>
  <system.webServer>
    <rewrite>
      <rewriteMaps configSource="replatform-rewritemaps.config" />
      <rules>
        <rule name="replatform gone" stopProcessing="true">
          <match url=".*" />
          <conditions>
            <add input="{replatform-gone:{REQUEST_URI}}" pattern="(.+)" />
          </conditions>
          <action type="CustomResponse" statusCode="410" statusReason="Gone" statusDescription="Gone" />
        </rule>
        <rule name="replatform" stopProcessing="true">
          <match url=".*" />
          <conditions>
            <add input="{replatform:{REQUEST_URI}}" pattern="(.+)" />
          </conditions>
          <action type="Redirect" url="{C:1}" appendQueryString="false" redirectType="Permanent" />
        </rule>
      </rules>
    </rewrite>
  </system.webServer>
</configuration>
`

// Model looks the whole address up without regard to letter case.
func (iis) Model(m redirects.Map) (Matcher, error) { return newRawModel(m, true) }

func (iis) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title: "Microsoft IIS（URL Rewrite）",
			Install: []string{
				"サーバーに URL Rewrite モジュールが必要です。",
				"replatform-rewritemaps.config と web.config をサイトの直下に置きます。web.config が既にある場合は <rewrite> の部分だけを書き写します。",
				"設定ファイルは一つ 250 KB までです。超えた行は refused.csv にあります。",
			},
			Test: []string{"`replatform verify` で旧URLを全件確認してください。", "余分なパラメータ（utm_source など）が付いたURLは一致しません。"},
			Undo: []string{"web.config の二つの規則を削除します。"},
		}
	}
	return Instructions{
		Title: "Microsoft IIS (URL Rewrite)",
		Install: []string{
			"The server needs the URL Rewrite module.",
			"Put replatform-rewritemaps.config and web.config at the top of the site. If there is a web.config already, copy the part <rewrite> into it.",
			"A configuration file may have 250 KB; rows beyond that are in refused.csv.",
		},
		Test: []string{"Ask every old address with `replatform verify`.", "An address with further parameters (utm_source …) is not matched."},
		Undo: []string{"Delete the two rules from web.config."},
	}
}
