package engine

import (
	"context"
	"io"
	"strings"

	"replatform/redirects"
)

// firebase is the list of redirects of Firebase Hosting.
type firebase struct{ checkList }

func newFirebase() Engine {
	var e firebase
	e.checks = e.rowChecks()
	return e
}

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
		Query: fact(QueryNone, measured), CaseSensitive: fact(true, measured), TrailingSlash: fact(true, measured),
		Patterns: fact(false, Evidence{"not written by this program", "2026-11-25", "high"}),
		Statuses: fact([]int{301, 302}, docs), Incoming: fact(IncomingAppended, measured),
		Proof: text("documentation, and what the maker's local server was seen to do", "公開資料と、提供元のローカルサーバーでの実測"),
	}
}

func (e firebase) rowChecks() []check {
	c := e.Capabilities()
	return append(append(wellFormed(), fromCapabilities(c)...),
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
		unknownMatching(c.Name),
	)
}

func (firebase) newSetCheck(m redirects.Map) (*setCheck, error) { return swallowsQueries(m) }

func (e firebase) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	return sink.WriteFile("firebase.json", func(w io.Writer) error {
		if _, err := io.WriteString(w, "{\"hosting\": {\"redirects\": ["); err != nil {
			return err
		}
		sep := "\n"
		for r, err := range checked(ctx, e, m) {
			if err != nil {
				return err
			}
			line, err := plainJSON(struct {
				Source      string `json:"source"`
				Destination string `json:"destination"`
				Type        int    `json:"type"`
			}{r.Source.Path, r.Target, r.Status})
			if err != nil {
				return err
			}
			if _, err := io.WriteString(w, sep+string(line)); err != nil {
				return err
			}
			sep = ",\n"
		}
		_, err := io.WriteString(w, "\n]}}\n")
		return err
	})
}

// Model compares the path; the query of the request is added to the target.
func (firebase) Model(m redirects.Map) (Matcher, error) { return newPathModel(m, "", true) }

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
