package engine

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"replatform/redirects"
)

// firebase is the list of redirects of Firebase Hosting.
type firebase struct{ checkList }

func newFirebase() Engine {
	var e firebase
	e.checks = e.rowChecks()
	return e
}

// firebaseTarget is a target that encodeURI leaves alone and that has no query.
var firebaseTarget = regexp.MustCompile(`^https?://[0-9A-Za-z;,/:@&=+$_.!~*'()-]+$`)

const (
	firebaseDocs     = "https://firebase.google.com/docs/hosting/full-config"
	firebaseMeasured = "measured: superstatic 11.0.0"
)

func (firebase) ID() string { return "firebase" }

func (firebase) Capabilities() Capabilities {
	docs := Evidence{firebaseDocs, "undated, read 2026-11", "high"}
	measured := Evidence{firebaseMeasured, "2026-11", "high"}
	return Capabilities{
		Name: text("Firebase Hosting", "Firebase Hosting"), Kind: "hosting",
		Query: fact(QueryNone, measured), CaseSensitive: fact(true, measured), Decodes: fact(true, measured), TrailingSlash: fact(true, measured),
		Patterns: fact(true, docs),
		Statuses: fact([]int{301, 302}, docs), Incoming: fact(IncomingAppended, measured),
		Proof: text("the server of the maker's emulator is asked every row in the tests; no site is", "提供元のエミュレーターのサーバーで全行を検証済み。実際のサイトでは検証していません"),
	}
}

func (e firebase) rowChecks() []check {
	c := e.Capabilities()
	return append(append(wellFormed(), fromCapabilities(c)...),
		wholeSite(),
		check{
			code: "glob", kind: Refused, fails: func(r redirects.Rule) bool { return strings.ContainsAny(r.Source.Path, "*?[]{}()!@+:|\\") },
			reason: text("the path holds a character that is a pattern in this format", "パスに、この形式でパターンとして扱われる文字が含まれます"),
			next:   nextCode(), evidence: c.Statuses.Evidence,
		},
		check{
			code: "escaped-path", kind: Refused, fails: func(r redirects.Rule) bool { return strings.Contains(r.Source.Path, "%") },
			reason: text("sources with percent-escapes were not matched by the maker's server, and one that is not UTF-8 stopped it", "パーセントエスケープを含む転送元は提供元のサーバーで一致せず、UTF-8 以外ではサーバーが停止しました"),
			next:   nextCode(), evidence: Evidence{firebaseMeasured, "2026-11", "high"},
		},
		check{
			code: "target-rewritten", kind: NeedsLiveTest,
			fails: func(r redirects.Rule) bool {
				return !firebaseTarget.MatchString(r.Target) || strings.Contains(r.Target, "/:")
			},
			reason: text("the maker's server writes the target anew: it escapes a percent sign once more, puts & behind a query and a query behind a fragment, and takes /: for a pattern", "提供元のサーバーは転送先を書き換えます（% をもう一度エスケープし、クエリの後に & を付け、# の後にクエリを付け、/: をパターンとみなす）"),
			next:   text("a target of plain letters and digits, or an engine of your own in front", "英数字だけの転送先にするか、前段に自前のエンジンを置く"), evidence: Evidence{firebaseMeasured, "2026-11-25", "high"},
		},
		unknownMatching(c.Name),
	)
}

func (firebase) newSetCheck(m redirects.Map) (*setCheck, error) { return swallowsQueries(m) }

type firebaseRow struct {
	Source      string `json:"source,omitempty"`
	Regex       string `json:"regex,omitempty"`
	Destination string `json:"destination"`
	Type        int    `json:"type"`
}

// Write puts folders last, as the first row that matches answers. They are regular
// expressions: a glob leaves out names that begin with a dot.
func (e firebase) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	inside, _, err := folders(m)
	if err != nil {
		return fmt.Errorf("writing redirects for firebase: %w", err)
	}
	return sink.WriteFile("firebase.json", func(w io.Writer) error {
		if _, err := io.WriteString(w, "{\"hosting\": {\"redirects\": ["); err != nil {
			return err
		}
		sep := "\n"
		write := func(row firebaseRow) error {
			line, err := plainJSON(row)
			if err == nil {
				_, err = io.WriteString(w, sep+string(line))
			}
			sep = ",\n"
			return err
		}
		for r, err := range checked(ctx, e, m) {
			if err == nil && r.Source.Match == redirects.Exact {
				err = write(firebaseRow{Source: r.Source.Path, Destination: r.Target, Type: r.Status})
			}
			if err != nil {
				return err
			}
		}
		for _, r := range inside {
			path := strings.ReplaceAll(regexp.QuoteMeta(strings.TrimRight(r.Source.Path, "/")), "/", "/+")
			if err := write(firebaseRow{Regex: "^" + path + "(/.*)?$", Destination: r.Target, Type: r.Status}); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, "\n]}}\n")
		return err
	})
}

// key: "/a/" is also answered by the row of "/a".
func (firebase) key(s redirects.Source) string {
	if s.Match == redirects.Prefix {
		return strings.TrimRight(s.Path, "/") + "/*"
	}
	return strings.TrimRight(s.Path, "/")
}

// Model compares the decoded path, in which slashes in a row are one; the query of the
// request is added to the target.
func (firebase) Model(m redirects.Map) (Matcher, error) {
	return newPathModel(m, pathOptions{anyHost: true, incoming: IncomingAppended, oneMore: true, read: func(path string) (string, bool) {
		for strings.Contains(path, "//") {
			path = strings.ReplaceAll(path, "//", "/")
		}
		decoded, ok := redirects.Unescape(path)
		return decoded, ok && utf8.ValidString(decoded)
	}})
}

func (firebase) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title:   "Firebase Hosting",
			Install: []string{"firebase.json の hosting.redirects を、プロジェクトの firebase.json に書き写します。", "反映します：`firebase deploy --only hosting`"},
			Test:    []string{"`replatform verify` で旧URLを全件確認してください。クエリは無視され、転送先にそのまま付きます。"},
			Undo:    []string{"書き写した行を削除し、もう一度デプロイします。"},
		}
	}
	return Instructions{
		Title:   "Firebase Hosting",
		Install: []string{"Copy hosting.redirects of firebase.json into the firebase.json of the project.", "Put it to work: `firebase deploy --only hosting`"},
		Test:    []string{"Ask every old address with `replatform verify`. Queries are ignored and added to the target as they are."},
		Undo:    []string{"Delete the lines and deploy again."},
	}
}
