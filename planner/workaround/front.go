package workaround

import (
	"bytes"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"replatform/redirects/engine"
)

// Permanent is a 301 or 308 that an engine in front of the new shop sends.
const Permanent Strength = "permanent"

// FrontInput is what a set-up in front of the new shop is made from. The redirects
// themselves are the engine's own files, which the set-up includes.
type FrontInput struct {
	Engine string   // id of the redirect engine, one of [FrontEngines]
	Hosts  []string // names whose old addresses are answered; a port is dropped
	// Upstream is where the new shop answers: a name or address, without scheme. It
	// must be another name than Hosts, which lead to the engine itself. Empty: a name
	// that can never resolve stands there, for the owner to replace.
	Upstream string
	Rows     int  // old addresses that the engine answers
	Allowed  bool // the owner knows that something may stand in front of the new shop
	// Alone says that the new shop has another name: nothing stands behind the engine, and
	// what is no old address is not found.
	Alone     bool
	ShopName  Text
	Generated time.Time
}

// unsetUpstream stands where the owner must put the new shop's address (RFC 6761).
const unsetUpstream = "new-shop-address.invalid"

// front is how one engine is put in front.
type front struct {
	name  Text
	files func(hosts []string, upstream string) []file
	steps []Text
	test  []Text
	undo  []Text
	alone []Text // steps where nothing stands behind; nil: the engine's own instructions say all
	// changes is what the engine changes in what passes through, as measured.
	changes Evidence
}

// FrontEngines lists the engines that can stand in front of a new shop.
func FrontEngines() []string {
	var ids []string
	for id := range fronts() {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// Front writes the folder "front-ENGINE": the configuration in which old addresses
// get their redirect and every other request goes on to the new shop as it came, with
// instructions. ok is false, and nothing is written, for an engine that cannot stand
// in front, or whose own instructions say all where it stands alone. Errors are [ErrNewHome] for a host or upstream that is no host, and those
// of the sink.
func Front(in FrontInput, sink Sink) (a Artefact, ok bool, err error) {
	fr, ok := fronts()[in.Engine]
	if !ok || in.Alone && fr.alone == nil {
		return Artefact{}, false, nil
	}
	hosts, err := frontHosts(in.Hosts)
	if err != nil {
		return Artefact{}, false, err
	}
	upstream := unsetUpstream
	if in.Upstream != "" {
		if upstream, err = frontHost(in.Upstream, true); err != nil {
			return Artefact{}, false, err
		}
		if name, _, _ := net.SplitHostPort(upstream); slices.Contains(hosts, upstream) || slices.Contains(hosts, name) {
			return Artefact{}, false, fmt.Errorf("the new shop behind %s may not be reached under its own name, which would be a loop: %w", upstream, ErrNewHome)
		}
	}
	f := &folder{}
	f.ID, f.Side = "front-"+in.Engine, InFront
	f.Title = Text{"手前の案内係（" + fr.name.JA + "）", "In front of the new shop: " + fr.name.EN}
	f.Mode, f.Strength = "front", Permanent
	f.files = fr.files(hosts, upstream)
	if in.Alone {
		f.Title = Text{"旧店の名前に答える案内係（" + fr.name.JA + "）", "Answering for the old name: " + fr.name.EN}
		f.Mode = "alone"
	}
	frontGuide(f, in, fr, hosts, upstream)
	a, err = f.finish(Input{ShopName: in.ShopName, Generated: in.Generated}, sink)
	return a, true, err
}

func frontHosts(raw []string) ([]string, error) {
	var out []string
	for _, h := range raw {
		host, err := frontHost(h, false)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, host) {
			out = append(out, host)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no host to stand in front of: %w", ErrNewHome)
	}
	return out, nil
}

// frontHost is a host in ASCII, without its port unless that is asked for.
func frontHost(raw string, port bool) (string, error) {
	origin, rest, err := splitAddress("http://" + raw)
	if err != nil || rest != "/" {
		return "", fmt.Errorf("reading the host %q: %w", raw, ErrNewHome)
	}
	u, err := url.Parse(origin)
	if err != nil || strings.ContainsAny(u.Host, " \t\"'`;{}$\\") {
		return "", fmt.Errorf("reading the host %q: %w", raw, ErrNewHome)
	}
	if port {
		return u.Host, nil
	}
	return u.Hostname(), nil
}

// withPort gives an upstream that names no port the port of a scheme.
func withPort(upstream, port string) string {
	if _, _, err := net.SplitHostPort(upstream); err == nil {
		return upstream
	}
	return net.JoinHostPort(strings.Trim(upstream, "[]"), port)
}

func fronts() map[string]front {
	worker := workerFront()
	return map[string]front{
		"nginx": nginxFront(), "caddy": caddyFront(), "cloudfront": cloudfrontFront(),
		"cloudflare-worker": worker, "cloudflare-worker-kv": worker,
	}
}

// nginxFront passes requests on byte by byte as far as nginx can: it hides and
// changes some headers unless told not to
// (https://nginx.org/en/docs/http/ngx_http_proxy_module.html).
func nginxFront() front {
	return front{
		name: Text{"nginx", "nginx"},
		files: func(hosts []string, upstream string) []file {
			var b strings.Builder
			b.WriteString(`# Old addresses get their redirect; every other request goes on to the new shop.
# Include this file in the http block, in the place of "include replatform/http.conf":
#   include front.conf;
include replatform/http.conf;

map $http_upgrade $replatform_connection {
    default upgrade;
    "" "";
}

`)
			fmt.Fprintf(&b, "upstream replatform_new_shop_http {\n    server %s;\n    keepalive 16;\n}\n\n", withPort(upstream, "80"))
			fmt.Fprintf(&b, "upstream replatform_new_shop_https {\n    server %s;\n    keepalive 16;\n}\n\n", withPort(upstream, "443"))
			names := strings.Join(hosts, " ")
			nginxServer(&b, "listen 80;\n    listen [::]:80;", names, "http", "")
			b.WriteString("\n")
			nginxServer(&b, "listen 443 ssl;\n    listen [::]:443 ssl;", names, "https", `
    # The certificate for these names; it must be there before DNS is switched.
    ssl_certificate /etc/nginx/old-shop.crt;
    ssl_certificate_key /etc/nginx/old-shop.key;

    # The new shop must hold a certificate for the same names.
    proxy_ssl_server_name on;
    proxy_ssl_name $host;
    proxy_ssl_verify on;
    proxy_ssl_verify_depth 4;
    proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;
`)
			return []file{{"front.conf", []byte(b.String())}}
		},
		steps: []Text{{
			"`redirects/nginx/` の手順に従い、フォルダー `replatform` を nginx の設定フォルダー（通常 `/etc/nginx`）へ置きます。",
			"Follow `redirects/nginx/` up to putting the folder `replatform` into nginx's configuration folder (usually `/etc/nginx`).",
		}, {
			"`front.conf` を同じ場所に置き、証明書の2行と新しいお店の住所を直し、http ブロックに `include front.conf;` を加えます（`replatform/http.conf` の行は不要になります）。",
			"Put `front.conf` beside it, mend the two certificate lines and the new shop's address, and add `include front.conf;` to the http block (the line for `replatform/http.conf` is then not needed).",
		}, {
			"`sudo nginx -t && sudo nginx -s reload`",
			"`sudo nginx -t && sudo nginx -s reload`",
		}},
		undo: []Text{{
			"ドメインの向き先を元に戻すか、新しいお店へ直接向けます。その後 `include front.conf;` を消して再読み込みします。",
			"Point the domain back, or straight at the new shop; then delete `include front.conf;` and reload.",
		}},
		changes: Evidence{Text{
			"新しいお店に届く要求には X-Forwarded-For と X-Forwarded-Proto が加わります。ほかの要求（メソッド、本文、ヘッダー、Cookie、WebSocket）は実物の nginx で試験し、そのまま通ることを確かめています",
			"X-Forwarded-For and X-Forwarded-Proto are added to what the new shop receives; methods, bodies, other headers, cookies and websockets pass unchanged, as tested with the real nginx",
		}, "https://nginx.org/en/docs/http/ngx_http_proxy_module.html", "n.d.", "V"},
	}
}

func nginxServer(b *strings.Builder, listen, names, scheme, tls string) {
	fmt.Fprintf(b, `server {
    %s
    server_name %s;
%s
    # Nothing is held back, cut or renamed on the way.
    client_max_body_size 0;
    ignore_invalid_headers off;
    underscores_in_headers on;
    merge_slashes off;
    gzip off;
    proxy_http_version 1.1;
    proxy_request_buffering off;
    proxy_buffering off;
    proxy_redirect off;
    proxy_read_timeout 1h;
    proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset;
    proxy_pass_header Server;
    proxy_pass_header Date;
    proxy_pass_header X-Pad;
    proxy_pass_header X-Accel-Redirect;
    proxy_pass_header X-Accel-Expires;
    proxy_pass_header X-Accel-Limit-Rate;
    proxy_pass_header X-Accel-Buffering;
    proxy_pass_header X-Accel-Charset;
    proxy_set_header Host $http_host;
    proxy_set_header Connection $replatform_connection;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;

    include replatform/server.conf;

    location / {
        proxy_pass %s://replatform_new_shop_%s;
    }
}
`, listen, names, tls, scheme, scheme)
}

// caddyFront passes headers on by default
// (https://caddyserver.com/docs/caddyfile/directives/reverse_proxy).
func caddyFront() front {
	return front{
		name: Text{"Caddy", "Caddy"},
		files: func(hosts []string, upstream string) []file {
			var b strings.Builder
			b.WriteString("# Old addresses get their redirect; every other request goes on to the new shop.\n# Needs replatform.caddy beside it.\n")
			for _, h := range hosts {
				fmt.Fprintf(&b, `
http://%s {
	import replatform.caddy
	reverse_proxy http://%s {
		header_up Host {hostport}
		flush_interval -1
		transport http {
			compression off
		}
	}
}

https://%s {
	# Caddy gets its certificate only after DNS is switched. To have it before, give
	# it here: tls old-shop.crt old-shop.key
	import replatform.caddy
	reverse_proxy https://%s {
		header_up Host {hostport}
		flush_interval -1
		transport http {
			compression off
			tls_server_name %s
		}
	}
}
`, h, withPort(upstream, "80"), h, withPort(upstream, "443"), h)
			}
			return []file{{"Caddyfile-front", []byte(b.String())}}
		},
		steps: []Text{{
			"`redirects/caddy/replatform.caddy` を `Caddyfile` と同じフォルダーへ置きます。",
			"Put `redirects/caddy/replatform.caddy` into the folder of the `Caddyfile`.",
		}, {
			"`Caddyfile-front` の中身を `Caddyfile` に写し、新しいお店の住所と証明書を直して再読み込みします：`caddy reload --config /etc/caddy/Caddyfile`",
			"Copy `Caddyfile-front` into the `Caddyfile`, mend the new shop's address and the certificate, and load it: `caddy reload --config /etc/caddy/Caddyfile`",
		}},
		undo: []Text{{
			"ドメインの向き先を元に戻すか、新しいお店へ直接向けます。その後、写した部分を消して再読み込みします。",
			"Point the domain back, or straight at the new shop; then delete what was copied and reload.",
		}},
		changes: Evidence{Text{
			"新しいお店に届く要求には X-Forwarded-For・X-Forwarded-Host・X-Forwarded-Proto が加わり（訪問者から届いたものは置き換わります）、答えには Server: Caddy または Via と、HTTP/3 の案内（Alt-Svc）が加わります。ほかの要求（メソッド、本文、ヘッダー、Cookie、WebSocket）は実物の Caddy で試験し、そのまま通ることを確かめています",
			"X-Forwarded-For, X-Forwarded-Host and X-Forwarded-Proto are added, in the place of any that the visitor sent, and answers get Server: Caddy or Via and an offer of HTTP/3 (Alt-Svc); methods, bodies, other headers, cookies and websockets pass unchanged, as tested with the real Caddy",
		}, "https://caddyserver.com/docs/caddyfile/directives/reverse_proxy", "n.d.", "V"},
	}
}

// workerFront needs no file of its own: the engine's Worker passes on what it does
// not know, to wherever the zone's DNS points.
func workerFront() front {
	return front{
		name:  Text{"Cloudflare Worker", "Cloudflare Worker"},
		files: func(hosts []string, _ string) []file { return []file{{"routes.toml", workerRoutes(hosts)}} },
		steps: []Text{{
			"ドメインを Cloudflare に登録し、全レコードを写します（`replatform domain` の手順書）。お店の名前の A・AAAA・CNAME には**新しいお店の値**を書き、「プロキシ済み」にします。",
			"Add the domain to Cloudflare and copy every record (see the runbook of `replatform domain`). Give the shop's names the **values of the new shop** and set them to proxied.",
		}, {
			"`redirects/` の Worker のフォルダーで、`wrangler.toml` の `routes = [ … ]` をこのフォルダーの `routes.toml` の中身に置き換え、`ELSE = \"origin\"` のまま `npx wrangler deploy` を実行します。",
			"In the Worker's folder below `redirects/` put what is in `routes.toml` of this folder in the place of `routes = [ … ]` in `wrangler.toml`, leave `ELSE = \"origin\"` and run `npx wrangler deploy`.",
		}},
		alone: []Text{{
			"ドメインを Cloudflare に登録し、全レコードを写します（`replatform domain` の手順書）。お店の名前のレコードは「プロキシ済み」にします。値は何でも構いません（Workerがすべての要求に答えるため、使われません）。",
			"Add the domain to Cloudflare and copy every record (see the runbook of `replatform domain`). Set the records of the shop's names to proxied; their value does not matter (the Worker answers every request, so it is never used).",
		}, {
			"`redirects/` の Worker のフォルダーで、`wrangler.toml` の `routes = [ … ]` をこのフォルダーの `routes.toml` の中身に置き換え、`ELSE = \"origin\"` を `ELSE = \"404\"` に変えてから `npx wrangler deploy` を実行します。",
			"In the Worker's folder below `redirects/` put what is in `routes.toml` of this folder in the place of `routes = [ … ]` in `wrangler.toml`, change `ELSE = \"origin\"` to `ELSE = \"404\"` and run `npx wrangler deploy`.",
		}},
		undo: []Text{{
			"`npx wrangler delete` を実行するか、管理画面でルートを消します。お店へのアクセスはそのまま新しいお店へ通ります。",
			"Run `npx wrangler delete`, or delete the routes in the dashboard: everything goes on to the new shop.",
		}},
		changes: Evidence{Text{
			"Workerは表にない要求をそのまま次へ渡します（メソッド、本文、ヘッダー、Cookie、WebSocket。実物のランタイム workerd で試験）。住所の中の `..` や一部の記号はURLの規格どおりに書き直されます。Cloudflare自身が加えるヘッダーは試験の対象外です",
			"the Worker hands on what is not in the table as it came (methods, bodies, headers, cookies, websockets, tested with the real runtime workerd); dot segments and some characters of an address are rewritten as the URL standard says. What Cloudflare itself adds was not tested",
		}, "https://developers.cloudflare.com/workers/platform/limits/", "n.d.", "V"},
	}
}

// workerRoutes are the routes of a Worker for these hosts, for wrangler.toml.
func workerRoutes(hosts []string) []byte {
	return []byte("# In wrangler.toml in the place of its routes.\n" + engine.WorkerRoutes(hosts))
}

func cloudfrontFront() front {
	return front{
		name:  Text{"AWS CloudFront", "AWS CloudFront"},
		files: func([]string, string) []file { return nil },
		steps: []Text{{
			"ディストリビューションを作り、オリジンに**新しいお店の住所**を、別名（代替ドメイン名）に旧店の名前を入れ、証明書を付けます。",
			"Make a distribution with the **new shop's address** as origin, the old shop's names as alternate domain names, and a certificate for them.",
		}, {
			"ビヘイビアで、すべてのHTTPメソッドを許可し、キャッシュをしない設定にし、オリジンリクエストポリシー「AllViewer」（ヘッダー・Cookie・クエリをすべて渡す）を選びます。",
			"In the behaviour allow all HTTP methods, cache nothing, and choose the origin request policy AllViewer (all headers, cookies and query strings).",
		}, {
			"`redirects/cloudfront/` の手順で関数を公開し、「ビューワーリクエスト」に割り当てます。",
			"Publish the function as `redirects/cloudfront/` says and associate it with the viewer request.",
		}},
		undo: []Text{{
			"関数の割り当てを外すか、ドメインを新しいお店へ直接向けます。",
			"Take the function off the distribution, or point the domain straight at the new shop.",
		}},
		changes: Evidence{Text{
			"関数は表にない要求に手を付けません。その前後でCloudFront自身が何を変えるかは、ここでは試験できません",
			"the function leaves alone what is not in the table; what CloudFront itself changes cannot be tested here",
		}, "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html", "n.d.", "V"},
	}
}

func frontGuide(f *folder, in FrontInput, fr front, hosts []string, upstream string) {
	f.count = Text{
		"ここで答える旧URL（301、廃番のページは410）: " + strconv.Itoa(in.Rows) + " 件。対象の名前: " + strings.Join(hosts, "、") + "。",
		"Old addresses answered here (by a 301, or a 410 where the page is gone for good): " + strconv.Itoa(in.Rows) + ". Names: " + strings.Join(hosts, ", ") + ".",
	}
	f.what = []Text{{
		"今までの名前に来た要求のうち、**旧URLだけに301で答え、それ以外はすべて新しいお店へそのまま通す**設定です。移転先が「/?pid=」のような旧URLを転送できなくても、検索エンジンがいちばん確実に読む301を出せます。",
		"Of everything that arrives under the old name, **old addresses alone get a 301; all else goes on to the new shop as it came**. So even a destination that cannot match addresses such as /?pid= gets real 301s, which search engines read best.",
	}}
	f.steps = slices.Clone(fr.steps)
	if slices.ContainsFunc(f.files, func(x file) bool { return bytes.Contains(x.data, []byte(unsetUpstream)) }) {
		f.steps = append([]Text{{
			"新しいお店の本当の住所（移転先の管理画面にある接続先の名前またはIP）を調べ、`" + unsetUpstream + "` をそれに書き換えます。**旧店の名前そのものを書いてはいけません（自分自身に戻る輪になります）。**",
			"Find the new shop's real address (the name or IP in the destination's panel) and write it in the place of `" + unsetUpstream + "`. **Never the old name itself, which would lead back to the engine.**",
		}}, f.steps...)
		f.Tasks = append(f.Tasks, Task{"upstream", Text{
			"新しいお店の接続先（名前またはIP）を移転先に聞く", "ask the destination at which name or IP the new shop is reached",
		}})
	}
	f.steps = append(f.steps, Text{
		"下の「確かめ方」が済んでから、ドメインの手順書（`replatform domain`）に従ってDNSを切り替えます。",
		"Switch DNS, by the runbook of `replatform domain`, only after the tests below.",
	})
	f.test = append(slices.Clone(fr.test), Text{
		"DNSを切り替える前に、旧URLを全件、この設定に直接問い合わせます：`replatform verify --connect-to " + hosts[0] + "=この設定の住所`",
		"Before DNS is switched ask the set-up for every old address: `replatform verify --connect-to " + hosts[0] + "=ADDRESS-OF-THE-SET-UP`",
	}, Text{
		"同じ方法で、新しいお店のトップ、商品、検索、カートに入れる、会員ログイン、問い合わせの送信が、手前に何もないときと同じに動くことを確かめます。",
		"In the same way see that the new shop's home page, products, search, adding to the cart, login and contact form work as they do without anything in front.",
	})
	f.keep = []Text{{
		"旧URLで来る人がいる限り残します。Googleは転送を「できるだけ長く、少なくとも1年」残すよう勧めています（<" + googleMove + ">、2026-06〜08の版）。",
		"Keep it as long as anyone comes by an old address; Google advises as long as possible, at least one year (<" + googleMove + ">, versions of 2026-06 to 2026-08).",
	}}
	f.undo = fr.undo
	f.Limits = []Evidence{fr.changes, {Text{
		"旧URLへのフォーム送信（POST）にも301で答えます。新しいお店が旧URLと同じ住所でフォームを受け取る場合は、その行を外してください",
		"a form that is sent to an old address (POST) gets the 301 too; leave such a row out if the new shop takes forms at the same address",
	}, "", "", "I"}, {Text{
		"お店へのすべての要求がここを通ります。止まるとお店も止まります",
		"every request to the shop goes through it: if it stops, so does the shop",
	}, "", "", "I"}}
	ask := Text{
		"移転先に確認：お店の手前に" + fr.name.JA + "を置いてよいか、置いたときにお店の証明書が更新され続けるか",
		"ask the destination: may " + fr.name.EN + " stand in front of the shop, and does the shop's own certificate go on being renewed then",
	}
	if in.Allowed {
		ask = Text{
			"移転先に確認：お店の手前に" + fr.name.JA + "を置いたときに、お店の証明書が更新され続けるか",
			"ask the destination: does the shop's own certificate go on being renewed with " + fr.name.EN + " in front of it",
		}
	}
	f.Tasks = append(f.Tasks, Task{"front-allowed", ask})
	f.basis = []Evidence{searchEvidence()[0]}
	if in.Alone {
		aloneGuide(f, fr, hosts)
	}
}

// aloneGuide puts in what is different where nothing stands behind the engine.
func aloneGuide(f *folder, fr front, hosts []string) {
	f.what = []Text{{
		"新しいお店には別の名前を付け、今までの名前には案内係だけが答えます。**旧URLには301（廃番は410）、それ以外には404を返します。** 新しいお店の手前には何も置きません。",
		"The new shop has another name, and the old one is answered by the edge alone: **a 301 for old addresses (410 for what is gone), 404 for all else.** Nothing stands in front of the new shop.",
	}}
	f.steps = append(slices.Clone(fr.alone), f.steps[len(f.steps)-1])
	f.test = []Text{f.test[len(f.test)-2], {
		"旧店の名前のトップページが新しいお店のトップページを開くこと、でたらめな住所（例: `https://" + hosts[0] + "/no-such-page`）が404になることを確かめます。",
		"See that the home page of the old name opens the new home page, and that a made-up address (such as `https://" + hosts[0] + "/no-such-page`) is not found (404).",
	}}
	f.undo = []Text{{
		"ドメインの手順書に控えた値にDNSを戻します（旧店の契約が残っている間だけ、旧店に戻せます）。",
		"Point DNS back to the values of the runbook (that leads to the old shop only as long as its contract lasts).",
	}}
	f.Limits = []Evidence{{Text{
		"新しいお店の住所の名前が変わるため、検索エンジンには「別の名前への移転」になります。転送は、できるだけ長く、少なくとも1年続けます",
		"the new shop has another name, so for search engines this is a move to another host: keep the redirects as long as possible, at least one year",
	}, googleMove, "2026-06", "H"}, {Text{
		"案内係が止まると、旧URLは開かなくなります（新しいお店は止まりません）",
		"if it stops, old addresses open no more (the new shop goes on)",
	}, "", "", "I"}}
	f.Tasks = slices.DeleteFunc(f.Tasks, func(t Task) bool { return t.ID == "front-allowed" })
}
