package engine

import (
	"context"
	"io"

	"replatform/redirects"
)

// jsonLines is one JSON object a line, with everything that a rule says.
type jsonLines struct{ checkList }

func newJSONLines() Engine {
	var e jsonLines
	e.checks = append(wellFormed(), fromCapabilities(e.Capabilities())...)
	return e
}

func (jsonLines) ID() string { return "json-lines" }

func (jsonLines) Capabilities() Capabilities {
	own := Evidence{Source: "format of this program", Date: "2026-11-25", Confidence: "high"}
	return Capabilities{
		Name: text("JSON Lines", "JSON Lines"), Kind: kindFile,
		Query: fact(QueryFull, own), HostAware: fact(true, own), Patterns: fact(true, own), Captures: fact(true, own),
		Statuses: fact([]int{301, 302, 308, 410, 451}, own), Incoming: fact(IncomingChoice, own),
		Proof: text("what the rows mean, no engine", "行の意味そのもの。エンジンはありません"),
	}
}

// Write writes redirects.Row objects, so that ReadJSONLines gives the same rules.
func (e jsonLines) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	return sink.WriteFile("redirects.jsonl", func(w io.Writer) error {
		for r, err := range checked(ctx, e, m) {
			if err != nil {
				return err
			}
			line, err := plainJSON(redirects.RowOf(r))
			if err != nil {
				return err
			}
			if _, err := w.Write(append(line, '\n')); err != nil {
				return err
			}
		}
		return nil
	})
}

func (jsonLines) Model(m redirects.Map) (Matcher, error) { return newResolverModel(m) }

func (jsonLines) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title:   "JSON Lines（一行に一件）",
			Install: []string{"redirects.jsonl を、取り込み先のプログラムや開発担当者に渡してください。一行が一つの JSON オブジェクトです。"},
			Test:    []string{"取り込み後、`replatform verify` で旧URLを一件ずつ確認してください。"},
			Undo:    []string{"取り込み先で登録した行を削除してください。このファイル自体は何も変更しません。"},
		}
	}
	return Instructions{
		Title:   "JSON Lines (one row a line)",
		Install: []string{"Hand redirects.jsonl to the program or the developer that takes it. Each line is one JSON object."},
		Test:    []string{"After the import, ask every old address with `replatform verify`."},
		Undo:    []string{"Delete the rows where they were imported. The file itself changes nothing."},
	}
}
