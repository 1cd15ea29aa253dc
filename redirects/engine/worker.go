package engine

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"replatform/redirects"
)

//go:embed worker.js
var workerJS string

// workerCompatibility is the date whose behaviour the Worker asks for.
const workerCompatibility = "2026-09-01"

// worker is a Cloudflare Worker in front of the shop: a module with its table
// bundled, or in shards served as static assets; with kv, in shards in a key value
// namespace, which can be exchanged without a deploy.
type worker struct {
	checkList
	kv    bool
	hosts []string // of the old shop, for rows that name none
}

func newWorker(o Options) Engine {
	e := worker{hosts: oldHosts(o)}
	e.checks = e.rowChecks()
	return e
}

func newWorkerKV(o Options) Engine {
	e := worker{kv: true, hosts: oldHosts(o)}
	e.checks = e.rowChecks()
	return e
}

func (e worker) ID() string {
	if e.kv {
		return "cloudflare-worker-kv"
	}
	return "cloudflare-worker"
}

// Sources on Cloudflare Workers.
const (
	workerLimits   = "https://developers.cloudflare.com/workers/platform/limits/"
	workerAssets   = "https://developers.cloudflare.com/workers/static-assets/routing/worker-script/"
	workerMeasured = "measured: workerd 2026-11-17"
	workerMaxURL   = 16 << 10
)

func (e worker) Capabilities() Capabilities {
	measured := Evidence{workerMeasured, "2026-11-25", "high"}
	limits := Evidence{workerLimits, "undated, read 2026-11", "high"}
	name := text("Cloudflare Worker", "Cloudflare Worker")
	if e.kv {
		name = text("Cloudflare Worker with KV", "Cloudflare Worker と KV")
	}
	return Capabilities{
		Name: name, Kind: "edge",
		Query: fact(QueryFull, measured), OrderMatters: fact(false, measured), ExtraParameters: fact(true, measured),
		CaseSensitive: fact(true, measured), Decodes: fact(false, measured), TrailingSlash: fact(true, measured),
		Patterns: fact(true, measured), Captures: fact(true, measured), HostAware: fact(true, measured),
		Statuses: fact([]int{301, 302, 308, 410, 451}, measured), Incoming: fact(IncomingChoice, measured),
		LivePageWins: fact(false, Evidence{workerAssets, "2026-08-18", "high"}), ChainsRefused: fact(false, measured),
		MaxFile: fact(25<<20, limits),
		Proof:   text("the real runtime (workerd) is asked every row in the tests", "テストで実際のランタイム（workerd）に全行を問い合わせて照合しています"),
	}
}

func (e worker) rowChecks() []check {
	checks := append(wellFormed(), fromCapabilities(e.Capabilities())...)
	return append(checks, carriedEscaped(workerMeasured),
		check{
			code: "url-too-long", kind: Refused, fails: func(r redirects.Rule) bool { return len(r.Source.URL()) > workerMaxURL },
			reason: text("a URL that reaches a Worker has at most 16 KB", "Worker に届くURLは 16 KB までです"),
			next:   text("HAProxy with a larger buffer", "バッファーを大きくした HAProxy"), evidence: Evidence{workerLimits, "undated, read 2026-11", "high"},
		},
		check{
			code: "raw-quote", kind: NeedsLiveTest, fails: func(r redirects.Rule) bool {
				return strings.ContainsAny(r.Source.RequestTarget(), "\"<>") || strings.Contains(r.Source.Path, "`")
			},
			reason: text("the runtime answers 400 to an unescaped double quote, angle bracket or backquote; browsers send %22, %3C, %3E, %60", "ランタイムは、エスケープされていない引用符・山かっこ・バッククォートに 400 を返します。ブラウザーは %22・%3C・%3E・%60 を送ります"),
			next:   text("write the escape in the source, or use nginx", "転送元をエスケープした形で書くか、nginx を使う"), evidence: Evidence{workerMeasured, "2026-11-25", "medium"},
		},
	)
}

// carriedEscaped refuses rows that carry over a query with characters that the runtime
// escapes when it reads the address (https://url.spec.whatwg.org/#query-state).
func carriedEscaped(measured string) check {
	return check{
		code: "carried-query-escaped", kind: Refused, fails: func(r redirects.Rule) bool {
			return r.KeepQuery && strings.ContainsAny(r.Source.Query, `"'<>`)
		},
		reason: text("the runtime escapes quotes and angle brackets of the query that is carried over", "引き継ぐクエリの引用符と山かっこは、ランタイムでエスケープされます"),
		next:   text("write %22, %27, %3C, %3E in the source", "転送元を %22・%27・%3C・%3E の形で書く"), evidence: Evidence{measured, "2026-11-25", "high"},
	}
}

func (e worker) newSetCheck(m redirects.Map) (*setCheck, error) {
	plan, err := newWorkerPlan(acceptable(e, m))
	if err != nil {
		return nil, err
	}
	return &setCheck{key: func(r redirects.Rule) string { key, _ := plan.place(r); return key }}, nil
}

func (e worker) Write(ctx context.Context, sink FileSink, m redirects.Map) (err error) {
	t, err := e.table(ctx, m)
	if err != nil {
		return fmt.Errorf("writing redirects for %s: %w", e.ID(), err)
	}
	defer func() { err = errors.Join(err, t.spool.close()) }()
	if e.kv {
		if err := t.writeKV(ctx, sink); err != nil {
			return fmt.Errorf("writing redirects for %s: %w", e.ID(), err)
		}
	} else if t.meta.Shards > 0 {
		if err := t.writeShards(ctx, sink, "shards/", ".json"); err != nil {
			return fmt.Errorf("writing redirects for %s: %w", e.ID(), err)
		}
	}
	if err := sink.WriteFile("map.json", t.writeMap); err != nil {
		return err
	}
	if err := writeText(sink, "worker.js", workerJS); err != nil {
		return err
	}
	if err := writeText(sink, "wrangler.toml", t.wrangler(e.seenHosts(t))); err != nil {
		return err
	}
	return writeText(sink, "workerd-test.capnp", t.testConfig(e.seenHosts(t)))
}

// seenHosts are the hosts whose addresses the Worker sees: those of the rows and, where a
// row names none, those of the old shop. Empty: unknown.
func (e worker) seenHosts(t *workerTable) []string {
	hosts := slices.Clone(t.hosts)
	if !t.hostless {
		return hosts
	}
	for _, h := range e.hosts {
		if !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	return hosts
}

// wrangler is the project file. Hosts are checked names, so they need no quoting.
func (t *workerTable) wrangler(hosts []string) string {
	var b strings.Builder
	b.WriteString("name = \"old-shop-redirects\"\nmain = \"worker.js\"\ncompatibility_date = \"" + workerCompatibility + "\"\n\n")
	b.WriteString("# The hosts whose addresses the Worker sees. Each must be a proxied host of a zone in your account.\n")
	if len(hosts) > 0 {
		b.WriteString(WorkerRoutes(hosts))
	} else {
		b.WriteString("# The map names no host: put the old shop's in the place of " + unknownHost + ".\nroutes = [\n  { pattern = \"" + unknownHost + "/*\", zone_name = \"" + unknownHost + "\" },\n]\n")
	}
	b.WriteString("\n[vars]\n# \"origin\": what is not in the map goes on to the shop behind. \"404\": there is no shop behind.\nELSE = \"origin\"\n")
	switch {
	case t.kv:
		b.WriteString("\n# Put in the id that `npx wrangler kv namespace create REDIRECTS` prints.\n[[kv_namespaces]]\nbinding = \"REDIRECTS\"\nid = \"NAMESPACE_ID\"\n")
	case t.meta.Shards > 0:
		b.WriteString("\n[assets]\ndirectory = \"./shards\"\nbinding = \"ASSETS\"\nrun_worker_first = true\n")
	}
	return b.String()
}

// testConfig lets the runtime alone answer on one local port.
func (t *workerTable) testConfig(hosts []string) string {
	host := unknownHost
	if len(hosts) > 0 {
		host = hosts[0]
	}
	shards, binding := "", ""
	switch {
	case t.kv:
		shards = `, (name = "kv", disk = (path = "kv"))`
		binding = `, (name = "REDIRECTS", kvNamespace = "kv")`
	case t.meta.Shards > 0:
		shards = `, (name = "shards", disk = (path = "shards"))`
		binding = `, (name = "ASSETS", service = "shards")`
	}
	return `# To try the Worker on this machine without an account:
#   npx workerd serve workerd-test.capnp
# then: curl -i --path-as-is -H 'Host: ` + host + `' 'http://127.0.0.1:18081/OLD-PATH'
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .redirects)` + shards + `],
  sockets = [(name = "http", address = "127.0.0.1:18081", http = (), service = "main")]
);

const redirects :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "map.json", json = embed "map.json")
  ],
  compatibilityDate = "` + workerCompatibility + `",
  bindings = [(name = "ELSE", text = "404")` + binding + `]
);
`
}

// Model asks what the rows mean, with addresses as the Worker compares them.
func (e worker) Model(m redirects.Map) (Matcher, error) {
	r, err := redirects.NewResolver(normalised(m))
	if err != nil {
		return nil, fmt.Errorf("modelling %s: %w", e.ID(), err)
	}
	return workerModel{r}, nil
}

type workerModel struct{ r *redirects.Resolver }

func (m workerModel) Answer(q Request) Answer {
	rule, ok := m.r.Resolve(q.Host, workerTarget(q.Target))
	if !ok {
		return Answer{}
	}
	return answerOf(rule, whatwgTarget(q.Target))
}

func (e worker) Instructions(lang string) Instructions {
	i := workerInstructions(lang)
	if !e.kv {
		return i
	}
	i.Title = e.Capabilities().Name.In(lang)
	if lang == "ja" {
		i.Install = append(i.Install[:len(i.Install)-1:len(i.Install)-1],
			"KV を作り、表示された id を wrangler.toml に書きます：`npx wrangler kv namespace create REDIRECTS`",
			"表を番号順に読み込みます：`npx wrangler kv bulk put kv-bulk-1.json --binding REDIRECTS --remote`",
			"このフォルダーで実行します：`npx wrangler deploy`",
			"表だけを入れ替えるときは、map.json の shards の数が同じなら bulk put だけで済みます。無料プランの KV は一日 1,000 回の書き込み、100,000 回の読み出しまでです。")
		return i
	}
	i.Install = append(i.Install[:len(i.Install)-1:len(i.Install)-1],
		"Make the namespace and put the id it prints into wrangler.toml: `npx wrangler kv namespace create REDIRECTS`",
		"Load the table, file by file: `npx wrangler kv bulk put kv-bulk-1.json --binding REDIRECTS --remote`",
		"Run in this folder: `npx wrangler deploy`",
		"To exchange the rows alone, bulk put is enough as long as map.json stays the same. The free plan takes 1,000 writes and 100,000 reads of KV a day.")
	return i
}

func workerInstructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title: "Cloudflare Worker",
			Install: []string{
				"旧ショップのドメインを Cloudflare に登録し、該当ホストの DNS レコードを「プロキシ済み」にします。",
				"wrangler.toml の routes にあるホスト名とゾーン名を確認して直します。",
				"このフォルダーで実行します：`npx wrangler deploy`",
			},
			Test: []string{
				"手元で試す：`npx workerd serve workerd-test.capnp`",
				"旧URLを全件確認する：`replatform verify --connect-to 旧ホスト=http://127.0.0.1:18081`",
				"無料プランは一日 100,000 リクエストまでです。表にないURLもこの数に含まれます。",
			},
			Undo: []string{"`npx wrangler delete` を実行するか、管理画面でルートを削除します。ショップへのアクセスは元どおり通ります。"},
		}
	}
	return Instructions{
		Title: "Cloudflare Worker",
		Install: []string{
			"Have the old shop's domain in Cloudflare, with the host's DNS record proxied.",
			"Check host and zone names under routes in wrangler.toml.",
			"Run in this folder: `npx wrangler deploy`",
		},
		Test: []string{
			"Try it on this machine: `npx workerd serve workerd-test.capnp`",
			"Ask every old address: `replatform verify --connect-to OLDHOST=http://127.0.0.1:18081`",
			"The free plan takes 100,000 requests a day, those that are not in the table included.",
		},
		Undo: []string{"Run `npx wrangler delete`, or delete the route in the dashboard. Requests then reach the shop as before."},
	}
}
