package engine

import (
	"context"
	"io"
	"strings"

	"replatform/redirects"
)

// s3 is a bucket of AWS S3 that is served as a website: one empty object for each
// old path, with a redirect in its metadata. The 50 routing rules of a bucket are
// for prefixes and are not written.
type s3 struct{ checkList }

func newS3() Engine {
	var e s3
	e.checks = e.rowChecks()
	return e
}

const s3Docs = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketWebsite.html"

func (s3) ID() string { return "s3-website" }

func (s3) Capabilities() Capabilities {
	docs := Evidence{s3Docs, "undated, read 2026-11", "high"}
	medium := Evidence{s3Docs, "undated, read 2026-11", "medium"}
	return Capabilities{
		Name: text("AWS S3 website objects", "AWS S3 ウェブサイト（オブジェクト）"), Kind: "hosting",
		Query: fact(QueryNone, docs), CaseSensitive: fact(true, docs), Decodes: fact(true, docs), TrailingSlash: fact(true, docs),
		Patterns: fact(false, Evidence{"not written by this program", "2026-11-25", "high"}), HostAware: fact(false, docs),
		Statuses: fact([]int{301}, docs), Incoming: fact(IncomingDropped, medium),
		Proof: text("documentation only; no bucket is asked", "公開資料のみ。実際のバケットでは検証していません"),
	}
}

func (e s3) rowChecks() []check {
	c := e.Capabilities()
	return append(append(wellFormed(), fromCapabilities(c)...),
		check{
			code: "front-page", kind: Refused, fails: func(r redirects.Rule) bool { return r.Source.Path == "/" },
			reason: text("the front page is the index document of the bucket, not an object of its own", "トップページはバケットのインデックスドキュメントで、単独のオブジェクトではありません"),
			next:   text("a redirect of the whole bucket, or CloudFront in front", "バケット全体の転送設定、または前段の CloudFront"), evidence: c.Query.Evidence,
		},
		check{
			code: "control-escape", kind: Refused, fails: func(r redirects.Rule) bool { return controlEscape(r.Source.Path) },
			reason: text("the path stands for a control character", "パスが制御文字を表しています"),
			next:   nextCode(), evidence: c.Decodes.Evidence,
		},
		unknownMatching(c.Name),
	)
}

// key: the name of an object is the decoded path.
func (s3) key(s redirects.Source) string {
	decoded, _ := redirects.Unescape(s.Path)
	return strings.TrimPrefix(decoded, "/")
}

func (s3) newSetCheck(m redirects.Map) (*setCheck, error) { return swallowsQueries(m) }

// shellQuote writes one word of a POSIX shell that means s.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func (e s3) Write(ctx context.Context, sink FileSink, m redirects.Map) error {
	return sink.WriteFile("s3-put-redirects.sh", func(w io.Writer) error {
		if _, err := io.WriteString(w, "#!/bin/sh\n# Usage: sh s3-put-redirects.sh BUCKET\nset -eu\nbucket=$1\nput() {\n\taws s3api put-object --bucket \"$bucket\" --key=\"$1\" --website-redirect-location=\"$2\" --content-length 0 >/dev/null\n}\n"); err != nil {
			return err
		}
		for r, err := range checked(ctx, e, m) {
			if err != nil {
				return err
			}
			if _, err := io.WriteString(w, "put "+shellQuote(e.key(r.Source))+" "+shellQuote(r.Target)+"\n"); err != nil {
				return err
			}
		}
		return nil
	})
}

// Model compares the decoded path.
func (e s3) Model(m redirects.Map) (Matcher, error) {
	model := s3Model{}
	for r, err := range m.Rules() {
		if err != nil {
			return nil, err
		}
		if _, ok := model[e.key(r.Source)]; !ok {
			model[e.key(r.Source)] = r
		}
	}
	return model, nil
}

type s3Model map[string]redirects.Rule

// Answer looks the object of the path up.
func (m s3Model) Answer(q Request) Answer {
	path, _, _ := strings.Cut(q.Target, "?")
	r, ok := m[s3{}.key(redirects.Source{Path: path})]
	if !ok {
		return Answer{}
	}
	return answerOf(r, q.Target)
}

func (s3) Instructions(lang string) Instructions {
	if lang == "ja" {
		return Instructions{
			Title:   "AWS S3 ウェブサイト（転送用オブジェクト）",
			Install: []string{"バケットで静的ウェブサイトホスティングを有効にします。", "AWS CLI（バージョン 2）で書き込みます：`sh s3-put-redirects.sh バケット名`。同じ名前のオブジェクトは上書きされます。"},
			Test:    []string{"ウェブサイトエンドポイントに対して `replatform verify` で旧URLを全件確認してください。クエリはすべて無視されます。"},
			Undo:    []string{"スクリプトが作ったオブジェクトを削除します。"},
		}
	}
	return Instructions{
		Title:   "AWS S3 website (objects that redirect)",
		Install: []string{"Switch static website hosting on for the bucket.", "Write with the AWS command line, version 2: `sh s3-put-redirects.sh BUCKET`. An object of the same name is overwritten."},
		Test:    []string{"Ask every old address of the website endpoint with `replatform verify`. Queries are ignored altogether."},
		Undo:    []string{"Delete the objects that the script made."},
	}
}
