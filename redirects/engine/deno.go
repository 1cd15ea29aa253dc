package engine

import (
	"context"
	"fmt"
	"strings"

	"replatform/redirects"
)

// deno is a script for Deno Deploy, or for any machine with Deno: the code of the
// Worker with its whole table beside it.
type deno struct{ worker }

func newDeno() Engine {
	var e deno
	e.checks = append(wellFormed(), fromCapabilities(e.Capabilities())...)
	e.checks = append(e.checks, carriedEscaped(denoMeasured))
	return e
}

const denoMeasured = "measured: Deno 2.9.6"

func (deno) ID() string { return "deno" }

func (e deno) Capabilities() Capabilities {
	measured := Evidence{denoMeasured, "2026-11-25", "high"}
	return Capabilities{
		Name: text("Deno Deploy", "Deno Deploy"), Kind: "edge",
		Query: fact(QueryFull, measured), OrderMatters: fact(false, measured), ExtraParameters: fact(true, measured),
		CaseSensitive: fact(true, measured), Decodes: fact(false, measured), TrailingSlash: fact(true, measured),
		Patterns: fact(true, measured), Captures: fact(true, measured), HostAware: fact(true, measured),
		Statuses: fact([]int{301, 302, 308, 410, 451}, measured), Incoming: fact(IncomingChoice, measured),
		LivePageWins: fact(false, measured), ChainsRefused: fact(false, measured),
		Proof: text("the real runtime is asked every row in the tests where it is installed; the limits of the service are unknown", "Deno がある環境では、テストで実際に全行を問い合わせて照合しています。サービスの上限は不明です"),
	}
}

func (e deno) newSetCheck(m redirects.Map) (*setCheck, error) {
	plan, err := newWorkerPlan(acceptable(e, m))
	if err != nil {
		return nil, err
	}
	return &setCheck{key: func(r redirects.Rule) string { key, _ := plan.place(r); return key }}, nil
}

// Write writes the table whole: there are no shards, the script reads it at its
// start.
func (e deno) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	t, err := tableOf(ctx, e, m)
	if err != nil {
		return fmt.Errorf("writing redirects for deno: %w", err)
	}
	if err := sink.WriteFile("map.json", t.writeMap); err != nil {
		return err
	}
	return writeText(sink, "main.js", denoCode())
}

// denoCode is the Worker's code with the two lines that differ between the runtimes.
func denoCode() string {
	return strings.NewReplacer(
		`import map from "./map.json";`, `import map from "./map.json" with { type: "json" };`,
		"async fetch(request, env) {", "async fetch(request) {\n    // ELSE=404: there is no shop behind this script.\n    const env = { ELSE: Deno.env.get(\"ELSE\") };",
		"behind this Worker", "at the address in the variable ORIGIN",
		"return fetch(request);", "const origin = Deno.env.get(\"ORIGIN\");\n    return origin ? fetch(new Request(origin + url.pathname + url.search, request)) : new Response(\"Not found\\n\", { status: 404 });",
	).Replace(workerJS)
}

func (deno) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title: "Deno Deploy",
			Install: []string{
				"main.js と map.json をプロジェクトに置き、Deno Deploy に公開します（エントリーポイントは main.js）。",
				"旧ショップのドメインをそのプロジェクトに割り当てます。",
				"表にないURLを別のサーバーへ渡す場合は、環境変数 ORIGIN に https:// から始まるアドレスを設定します。なければ 404 を返します。",
			},
			Test: []string{
				"手元で試す：`deno serve --allow-env --allow-net --host 127.0.0.1 --port 18086 main.js`",
				"旧URLを全件確認する：`replatform verify --connect-to 旧ホスト=http://127.0.0.1:18086`",
			},
			Undo: []string{"ドメインの割り当てを外します。"},
		}
	}
	return Instructions{
		Title: "Deno Deploy",
		Install: []string{
			"Put main.js and map.json into a project and deploy it; the entry point is main.js.",
			"Give the old shop's domain to the project.",
			"To pass what is not in the table on to another server, set the variable ORIGIN to its address from https:// on. Without it the answer is 404.",
		},
		Test: []string{
			"Try it on this machine: `deno serve --allow-env --allow-net --host 127.0.0.1 --port 18086 main.js`",
			"Ask every old address: `replatform verify --connect-to OLDHOST=http://127.0.0.1:18086`",
		},
		Undo: []string{"Take the domain off the project."},
	}
}
