package redirects

import (
	"fmt"
	"strings"
)

// Text is a sentence in the two languages of the program.
type Text struct{ EN, JA string }

// In returns the sentence in "ja" or, for every other word, in English.
func (t Text) In(lang string) string {
	if lang == "ja" {
		return t.JA
	}
	return t.EN
}

// Severity of a finding.
type Severity string

const (
	SeverityError Severity = "error" // the row is refused
	SeverityWarn  Severity = "warn"  // the row is kept, a person should look at it
	SeverityInfo  Severity = "info"  // the row was mended or is not needed
)

// Codes of findings. They are stable words for machines.
const (
	CodeBadRow          = "bad-row"
	CodePartly          = "partly"
	CodeFragment        = "fragment"
	CodeBadStatus       = "bad-status"
	CodeTemporary       = "temporary"
	CodeTargetMissing   = "target-missing"
	CodeTargetOnGone    = "target-on-gone"
	CodeTargetNotURL    = "target-not-url"
	CodeTargetHTTP      = "target-http"
	CodeTargetHost      = "target-host"
	CodeTargetUnknown   = "target-unknown"
	CodeOpenRedirect    = "open-redirect"
	CodeTargetTemplate  = "target-template"
	CodeTargetEmbedsURL = "target-embeds-url"
	CodeHomeFallback    = "home-fallback"
	CodeProtected       = "protected"
	CodeRoot            = "root"
	CodeShadowed        = "shadowed"
	CodeDuplicate       = "duplicate"
	CodeConflict        = "conflict"
	CodeSelf            = "self-redirect"
	CodeLoop            = "loop"
	CodeChain           = "chain"
	CodeChainTemporary  = "chain-temporary"
	CodeChainGone       = "chain-gone"
	CodeCaptured        = "captured"
)

// Finding is something that Audit saw in one row.
type Finding struct {
	Line      int      `json:"line"`
	Source    string   `json:"source"`           // as people read it, Source.String; of a row that cannot be read what it has there
	Target    string   `json:"target,omitempty"` // as the row has it
	Status    int      `json:"status,omitempty"` // as the row has it; 0 of a row that cannot be read
	Code      string   `json:"code"`
	Severity  Severity `json:"severity"`
	Message   string   `json:"message"`
	MessageJA string   `json:"message_ja"`
	NextBest  Text     `json:"-"` // what can be done instead; empty when nothing is needed
}

// Text returns the message in both languages.
func (f Finding) Text() Text { return Text{EN: f.Message, JA: f.MessageJA} }

// messages holds severity, sentence and advice of every code. The verb %s, where
// there is one, takes the detail of the row.
func messages(code string) (Severity, Text, Text) {
	switch code {
	case CodeBadRow:
		return SeverityError, Text{"the row cannot be read: %s", "この行は読み取れません：%s"},
			Text{"correct the row", "行を修正してください"}
	case CodePartly:
		return SeverityError, Text{"not taken over: %s", "引き継げない分があります：%s"},
			Text{"rows of their own for those of these addresses that are still visited or linked to", "まだ訪問やリンクのあるURLを、それぞれの行として加える"}
	case CodeFragment:
		return SeverityError, Text{"everything from # on (%s) is never sent to a server, so no redirect can see it", "# 以降（%s）はサーバーに送信されないため、リダイレクトでは判別できません"},
			Text{"a script on the page that reads the fragment", "フラグメントを読み取るスクリプトをページに置く"}
	case CodeBadStatus:
		return SeverityError, Text{"status %s is not one of 301, 302, 308, 410, 451", "ステータス %s は 301・302・308・410・451 のいずれでもありません"},
			Text{"use 301 for a move, 410 for a page that is gone", "移転は 301、廃止は 410 を使う"}
	case CodeTemporary:
		return SeverityWarn, Text{"a temporary redirect (302): search engines keep the old address", "一時的な転送（302）です。検索エンジンは旧URLを残します"},
			Text{"use 301 when the move is final", "移転が恒久的なら 301 にする"}
	case CodeTargetMissing:
		return SeverityError, Text{"a redirect without a target", "転送先が空のリダイレクトです"},
			Text{"give a target, or use 410", "転送先を指定するか、410 にする"}
	case CodeTargetOnGone:
		return SeverityWarn, Text{"status %s has no target; the one given is ignored", "ステータス %s に転送先は使われません。指定された転送先は無視されます"}, Text{}
	case CodeTargetNotURL:
		return SeverityError, Text{"the target is not an absolute http(s) URL: %s", "転送先が http(s) の絶対URLではありません：%s"},
			Text{"give the whole address of the new page", "新しいページのURLを https:// から指定する"}
	case CodeTargetHTTP:
		return SeverityWarn, Text{"the target is http, not https", "転送先が https ではなく http です"},
			Text{"point at the https address, or a second redirect follows", "https のURLを指定する（転送が二段になるのを防ぐ）"}
	case CodeTargetHost:
		return SeverityError, Text{"the target is on a host that is not the new shop: %s", "転送先が新しいショップ以外のホストです：%s"},
			Text{"correct the target, or allow the host", "転送先を直すか、そのホストを許可する"}
	case CodeTargetUnknown:
		return SeverityWarn, Text{"the target is not among the known pages of the new shop", "転送先が新しいショップの既知のページにありません"},
			Text{"check that the page exists and answers 200", "ページが存在し 200 を返すことを確認する"}
	case CodeOpenRedirect:
		return SeverityError, Text{"the target has the shape of an open redirect (%s)", "転送先がオープンリダイレクトの形になっています（%s）"},
			Text{"name a fixed page of the new shop", "新しいショップの固定ページを指定する"}
	case CodeTargetTemplate:
		return SeverityWarn, Text{"the target holds %s, which some engines take for a variable", "転送先に %s が含まれ、エンジンによっては変数と解釈されます"},
			Text{"percent-encode it in the target", "転送先でパーセントエンコードする"}
	case CodeTargetEmbedsURL:
		return SeverityWarn, Text{"the target carries another URL in its query; make sure the new shop does not forward to it", "転送先のクエリに別のURLが含まれます。新しいショップがそこへ転送しないか確認してください"}, Text{}
	case CodeHomeFallback:
		return SeverityWarn, Text{"an inner page is sent to the front page; search engines treat that as a missing page", "下層ページがトップページへ転送されます。検索エンジンはこれを「ページなし」と扱います"},
			Text{"the nearest category, or 410", "最も近いカテゴリー、または 410"}
	case CodeProtected:
		return SeverityError, Text{"%s must be answered by the shop itself, not redirected", "%s はショップ自身が応答すべきで、転送してはいけません"}, Text{}
	case CodeRoot:
		return SeverityError, Text{"the front page of the host that serves the new shop would be sent away", "新しいショップを表示するホストのトップページが転送されてしまいます"},
			Text{"leave the front page alone", "トップページは転送しない"}
	case CodeShadowed:
		return SeverityError, Text{"the new shop has a live page at this address: either the page hides the redirect or the redirect hides the page", "新しいショップに同じURLの公開ページがあります。ページかリダイレクトのどちらかが隠れてしまいます"},
			Text{"keep the page, or give it another address", "ページを残すか、ページのURLを変える"}
	case CodeDuplicate:
		return SeverityInfo, Text{"the same row as %s; written once", "%s と同じ内容です。一度だけ書き出します"}, Text{}
	case CodeConflict:
		return SeverityError, Text{"another target than %s for the same address; the first one is kept", "同じURLに %s とは別の転送先が指定されています。先の行を採用します"},
			Text{"decide which target is right and delete the other row", "どちらが正しいか決め、もう一方の行を削除する"}
	case CodeSelf:
		return SeverityError, Text{"the address is sent to itself", "自分自身に転送しています"},
			Text{"delete the row: the address stays as it is", "この行を削除する（URLは変わりません）"}
	case CodeLoop:
		return SeverityError, Text{"the redirects run in a circle: %s", "リダイレクトが循環しています：%s"},
			Text{"decide which address stays", "どのURLを残すか決める"}
	case CodeChain:
		return SeverityInfo, Text{"the target was itself redirected; now goes straight to %s", "転送先がさらに転送されていたため、最終URL %s へ直接転送するようにしました"}, Text{}
	case CodeChainTemporary:
		return SeverityWarn, Text{"the target is itself redirected for a time (302), so two hops remain", "転送先が一時的（302）に転送されているため、二段の転送が残ります"},
			Text{"make the second one permanent", "二段目を恒久的な転送にする"}
	case CodeCaptured:
		return SeverityWarn, Text{"a pattern: it also answers for addresses that nobody has seen, such as %s, and sends them to pages that may not exist", "パターンの行です。%s のように一度も確認されていないURLにも応答し、存在しないかもしれないページへ転送します"},
			Text{"use the single rows where the engine takes them all", "エンジンに全件を登録できるなら、一件ずつの行を使う"}
	case CodeChainGone:
		return SeverityError, Text{"the target is itself declared gone", "転送先が廃止（410）とされています"},
			Text{"another target, or 410", "別の転送先を選ぶか、410 にする"}
	}
	return SeverityError, Text{code, code}, Text{}
}

// newFinding fills the sentence of a code. details are for %s in English and
// Japanese; one detail serves both.
func newFinding(r Rule, code string, details ...string) Finding {
	severity, text, next := messages(code)
	f := Finding{Line: r.Line, Source: r.Source.String(), Target: r.Target, Status: r.Status, Code: code, Severity: severity, Message: text.EN, MessageJA: text.JA, NextBest: next}
	if strings.Contains(text.EN, "%s") && len(details) > 0 {
		f.Message = fmt.Sprintf(text.EN, details[0])
		f.MessageJA = fmt.Sprintf(text.JA, details[len(details)-1])
	}
	return f
}
