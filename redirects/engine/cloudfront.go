package engine

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"strconv"
	"strings"

	"replatform/redirects"
)

//go:embed cloudfront.js
var cloudfrontJS string

// cloudfront is a CloudFront function with a key value store.
type cloudfront struct{ checkList }

func newCloudfront() Engine {
	var e cloudfront
	e.checks = e.rowChecks()
	return e
}

const (
	cloudfrontLimits   = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html"
	cloudfrontHelpers  = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/general-helper-methods.html"
	cloudfrontKey      = 512
	cloudfrontValue    = 1 << 10
	cloudfrontStore    = 5 << 20
	cloudfrontFunction = 10 << 10
	cloudfrontGroups   = 8 // each table is one more read of the store
)

func (cloudfront) ID() string { return "cloudfront" }

func (cloudfront) Capabilities() Capabilities {
	limits := Evidence{cloudfrontLimits, "undated, read 2026-11", "high"}
	helpers := Evidence{cloudfrontHelpers, "undated, read 2026-11", "high"}
	return Capabilities{
		Name: text("AWS CloudFront function with a key value store", "AWS CloudFront Functions と KeyValueStore"), Kind: "edge",
		Query: fact(QueryFull, helpers), OrderMatters: fact(false, helpers), ExtraParameters: fact(true, helpers),
		CaseSensitive: fact(true, helpers), TrailingSlash: fact(true, helpers),
		Patterns: fact(false, Evidence{"not written by this program", "2026-11-25", "high"}), HostAware: fact(true, helpers),
		Statuses: fact([]int{301, 302, 308, 410, 451}, helpers), Incoming: fact(IncomingDropped, helpers),
		LivePageWins: fact(false, helpers), ChainsRefused: fact(false, helpers), MaxFile: fact(cloudfrontStore, limits),
		Proof: text("the function's logic runs in the tests in another runtime; the service itself is not asked", "関数の処理は別のランタイムでテスト済み。実際のサービスでは検証していません"),
	}
}

func (e cloudfront) rowChecks() []check {
	limits := Evidence{cloudfrontLimits, "undated, read 2026-11", "high"}
	return append(append(wellFormed(), fromCapabilities(e.Capabilities())...),
		check{
			code: "key-too-long", kind: Refused,
			// Table number, colon, "=" added to a parameter without one.
			fails: func(r redirects.Rule) bool {
				return len(r.Source.Hostname())+len(r.Source.RequestTarget())+5 > cloudfrontKey
			},
			reason: text("a key of the store may have 512 bytes", "ストアのキーは 512 バイトまでです"),
			next:   text("nginx, or Lambda@Edge", "nginx、または Lambda@Edge"), evidence: limits,
		},
		check{
			code: "value-too-long", kind: Refused, fails: func(r redirects.Rule) bool { return len(r.Target)+4 > cloudfrontValue },
			reason: text("a value of the store may have 1 KB", "ストアの値は 1 KB までです"),
			next:   text("a shorter address in the new shop", "新しいショップ側のURLを短くする"), evidence: limits,
		},
		check{
			code: "odd-source", kind: NeedsLiveTest, fails: func(r redirects.Rule) bool {
				return oddPathBytes(r.Source.Path) || strings.ContainsAny(r.Source.Query, "\"<>")
			},
			reason: text("nothing is known of how such an address (doubled slashes, dots, quotes) reaches the function", "このようなURL（二重スラッシュ・ドット・引用符）が関数にどう届くか、資料がありません"),
			next:   text("try one row on the live distribution", "実際のディストリビューションで一件試す"), evidence: Evidence{"no source found", "2026-11", "low"},
		},
	)
}

// oddPathBytes is oddPath without regard to what the escapes mean.
func oddPathBytes(p string) bool {
	return oddPath(strings.ReplaceAll(p, "%", ""))
}

func newCloudfrontPlan(m redirects.Map) (*pairPlan, error) {
	return newPairPlan(m, "|", planOptions{
		groups: cloudfrontGroups, guards: cloudfrontGroups,
		names: func(names []string) bool { return len(strings.Join(names, "&")) < 200 },
		key:   func(key string) bool { return len(key)+5 <= cloudfrontKey },
	})
}

// newSetCheck stops before the store is full.
func (e cloudfront) newSetCheck(m redirects.Map) (*setCheck, error) {
	plan, err := newCloudfrontPlan(acceptable(e, m))
	if err != nil {
		return nil, err
	}
	size := 64
	return &setCheck{
		key: plan.setCheckKey,
		refuse: func(r redirects.Rule) *Refusal {
			_, key := plan.place(r)
			if size += len(key) + len(r.Target) + 40; size <= cloudfrontStore {
				return nil
			}
			return &Refusal{
				Line: r.Line, Source: r.Source.String(), Code: "store-full", Kind: Refused,
				Reason:   text("the store holds 5 MB in all", "ストアの容量は合計 5 MB までです"),
				NextBest: text("Lambda@Edge, nginx or a Cloudflare Worker for the rest", "残りの行は Lambda@Edge、nginx、Cloudflare Worker で"), Evidence: Evidence{cloudfrontLimits, "undated, read 2026-11", "high"},
			}
		},
	}, nil
}

func (e cloudfront) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	plan, err := newCloudfrontPlan(m)
	if err != nil {
		return fmt.Errorf("writing redirects for cloudfront: %w", err)
	}
	function, err := cloudfrontCode(plan)
	if err != nil {
		return fmt.Errorf("writing redirects for cloudfront: %w", err)
	}
	if err := writeText(sink, "function.js", function); err != nil {
		return err
	}
	return sink.WriteFile("kvs.json", func(w io.Writer) error {
		if _, err := io.WriteString(w, `{"data":[`); err != nil {
			return err
		}
		seen := map[string]bool{}
		sep := "\n"
		for r, err := range checked(ctx, e, m) {
			if err != nil {
				return err
			}
			n, key := plan.place(r)
			key = strconv.Itoa(n) + ":" + key
			if seen[key] {
				continue
			}
			seen[key] = true
			line, err := plainJSON(map[string]string{"key": key, "value": plan.value(r)})
			if err != nil {
				return err
			}
			if _, err := io.WriteString(w, sep+string(line)); err != nil {
				return err
			}
			sep = ",\n"
		}
		_, err := io.WriteString(w, "\n]}\n")
		return err
	})
}

// cloudfrontCode fills the tables into the function.
func cloudfrontCode(plan *pairPlan) (string, error) {
	type table struct {
		N     int      `json:"n"`
		Host  bool     `json:"host"`
		Kind  string   `json:"kind"`
		Names []string `json:"names"`
	}
	tables := []table{}
	for _, n := range plan.used() {
		t := plan.tables[n]
		tables = append(tables, table{n, t.host, t.kind, append([]string{}, t.names...)})
	}
	list, err := plainJSON(tables)
	if err != nil {
		return "", err
	}
	code := strings.Replace(cloudfrontJS, "TABLES", strings.ReplaceAll(string(list), "},{", "},\n    {"), 1)
	if len(code) > cloudfrontFunction {
		return "", fmt.Errorf("the function has %d bytes, over the limit of %d", len(code), cloudfrontFunction)
	}
	return code, nil
}

// Model asks the tables in order, escapes in upper case.
func (cloudfront) Model(m redirects.Map) (Matcher, error) {
	plan, err := newCloudfrontPlan(m)
	if err != nil {
		return nil, fmt.Errorf("modelling cloudfront: %w", err)
	}
	pairs, err := plan.model(m, bareOrFirst)
	if err != nil {
		return nil, fmt.Errorf("modelling cloudfront: %w", err)
	}
	return cloudfrontModel{pairs}, nil
}

type cloudfrontModel struct{ pairs *pairModel }

func (m cloudfrontModel) Answer(q Request) Answer {
	q.Target = redirects.UpperEscapes(q.Target)
	return m.pairs.Answer(q)
}

// bareOrFirst is firstParameter, where the empty name means the first parameter
// without an equals sign.
func bareOrFirst(query, name string) string {
	if name != "" {
		return firstParameter(query, name)
	}
	for piece := range strings.SplitSeq(query, "&") {
		if piece != "" && !strings.Contains(piece, "=") {
			return piece
		}
	}
	return ""
}

func (cloudfront) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title: "AWS CloudFront Functions と KeyValueStore",
			Install: []string{
				"kvs.json を S3 に置き、それを元に KeyValueStore を作成します。",
				"ランタイム 2.0 の関数を作り、function.js を貼り付け、KeyValueStore を関連付けて公開します。",
				"旧ショップのディストリビューションの「ビューワーリクエスト」に関数を割り当てます。",
			},
			Test: []string{"公開前に、関数のテスト画面で旧URLを数件試してください。", "公開後、`replatform verify` で旧URLを全件確認してください。"},
			Undo: []string{"ディストリビューションから関数の割り当てを外します。"},
		}
	}
	return Instructions{
		Title: "AWS CloudFront function with a key value store",
		Install: []string{
			"Put kvs.json into S3 and make a key value store from it.",
			"Make a function with runtime 2.0, paste function.js, associate the store and publish.",
			"Associate the function with the viewer request of the old shop's distribution.",
		},
		Test: []string{"Before publishing try a few old addresses on the function's test page.", "Afterwards ask every old address with `replatform verify`."},
		Undo: []string{"Take the function off the distribution."},
	}
}
