package verify

import (
	"context"
	"errors"
	"net"
	"net/http"

	"replatform/redirects"
)

// Problem is a stable word for what is wrong with an answer; empty when nothing
// is.
type Problem string

// Problems of the old address and of the way from it.
const (
	BadRow             Problem = "bad-row"             // the row itself cannot be asked
	NoAnswer           Problem = "no-answer"           // no HTTP answer to the old address
	Timeout            Problem = "timeout"             // no HTTP answer in time
	Private            Problem = "private-network"     // in the own network, and so not asked, see Options.AllowPrivate
	NotFound           Problem = "not-found"           // 404 or 410 where a redirect is meant
	ServerError        Problem = "server-error"        // 5xx where a redirect is meant
	NotRedirected      Problem = "not-redirected"      // another answer, but no redirect
	Temporary          Problem = "temporary"           // 302, 303 or 307 where 301 or 308 is meant
	Permanent          Problem = "permanent"           // 301 or 308 where 302 is meant
	WrongTarget        Problem = "wrong-target"        // a redirect to another place
	Chain              Problem = "chain"               // more than one hop
	Loop               Problem = "loop"                // an address comes twice
	TooManyHops        Problem = "too-many-hops"       // more than Options.MaxHops
	GoneExpected       Problem = "gone-expected"       // not the 410 or 451 of the map
	UnexpectedRedirect Problem = "unexpected-redirect" // a redirect where the page should stay
)

// Problems of the target.
const (
	FinalNoAnswer      Problem = "final-no-answer"     // the target does not answer
	FinalTimeout       Problem = "final-timeout"       // nor does it in time
	FinalPrivate       Problem = "final-private"       // it is in the own network, and so not asked
	FinalNotFound      Problem = "final-not-found"     // it answers 404 or 410
	FinalServerError   Problem = "final-server-error"  // it answers 5xx
	FinalNot200        Problem = "final-not-200"       // it answers something else that is not 200
	SoftNotFound       Problem = "soft-404"            // it answers 200 with the page for addresses that do not exist
	NoIndex            Problem = "noindex"             // it asks search engines to leave it out
	RobotsBlocked      Problem = "robots-blocked"      // robots.txt keeps search engines away
	CanonicalElsewhere Problem = "canonical-elsewhere" // it names another address as its own
	NotInSitemap       Problem = "not-in-sitemap"      // the sitemap of its shop leaves it out
)

// Text says in both languages what a problem means.
func (p Problem) Text() redirects.Text {
	switch p {
	case "":
		return redirects.Text{EN: "as planned", JA: "計画どおり"}
	case BadRow:
		return redirects.Text{EN: "the row cannot be asked", JA: "この行は確認できません"}
	case NoAnswer:
		return redirects.Text{EN: "the old address does not answer", JA: "旧URLから応答がありません"}
	case Timeout:
		return redirects.Text{EN: "the old address does not answer in time", JA: "旧URLが時間内に応答しません"}
	case Private:
		return redirects.Text{EN: "the old address is in a private network and was not asked", JA: "旧URLが社内・自宅などのネットワーク内にあるため、確認していません"}
	case NotFound:
		return redirects.Text{EN: "the old address is not redirected but not found (404)", JA: "旧URLが転送されず「見つかりません（404）」になっています"}
	case ServerError:
		return redirects.Text{EN: "the old address answers with a server error (5xx)", JA: "旧URLがサーバーエラー（5xx）になっています"}
	case NotRedirected:
		return redirects.Text{EN: "the old address is not redirected", JA: "旧URLが転送されていません"}
	case Temporary:
		return redirects.Text{EN: "the redirect is temporary; search engines keep the old address", JA: "一時的な転送になっています。検索エンジンは旧URLを残します"}
	case Permanent:
		return redirects.Text{EN: "the redirect is permanent, the map says temporary", JA: "一時的な転送のはずが恒久的な転送になっています"}
	case WrongTarget:
		return redirects.Text{EN: "the redirect goes to another place than the map says", JA: "計画と異なるURLへ転送されています"}
	case Chain:
		return redirects.Text{EN: "more than one hop to the target", JA: "転送が二段以上になっています"}
	case Loop:
		return redirects.Text{EN: "the redirects run in a circle", JA: "転送が循環しています"}
	case TooManyHops:
		return redirects.Text{EN: "too many hops", JA: "転送の回数が多すぎます"}
	case GoneExpected:
		return redirects.Text{EN: "the page should be declared gone (410)", JA: "廃止（410）と応答すべきURLです"}
	case UnexpectedRedirect:
		return redirects.Text{EN: "the page should stay, but is redirected", JA: "そのまま残すべきページが転送されています"}
	}
	return p.targetText()
}

func (p Problem) targetText() redirects.Text {
	switch p {
	case FinalNoAnswer:
		return redirects.Text{EN: "the target does not answer", JA: "転送先から応答がありません"}
	case FinalTimeout:
		return redirects.Text{EN: "the target does not answer in time", JA: "転送先が時間内に応答しません"}
	case FinalPrivate:
		return redirects.Text{EN: "the target is in a private network and was not asked", JA: "転送先が社内・自宅などのネットワーク内にあるため、確認していません"}
	case FinalNotFound:
		return redirects.Text{EN: "the target is not found (404)", JA: "転送先が「見つかりません（404）」になっています"}
	case FinalServerError:
		return redirects.Text{EN: "the target answers with a server error (5xx)", JA: "転送先がサーバーエラー（5xx）になっています"}
	case FinalNot200:
		return redirects.Text{EN: "the target does not answer 200", JA: "転送先が 200 を返しません"}
	case SoftNotFound:
		return redirects.Text{EN: "the target shows the page for addresses that do not exist, but answers 200", JA: "転送先が「ページがありません」の画面を正常（200）として返しています"}
	case NoIndex:
		return redirects.Text{EN: "the target asks search engines to leave it out (noindex)", JA: "転送先が検索結果に出さない設定（noindex）になっています"}
	case RobotsBlocked:
		return redirects.Text{EN: "robots.txt keeps search engines away from the target", JA: "転送先が robots.txt で検索エンジンに閉ざされています"}
	case CanonicalElsewhere:
		return redirects.Text{EN: "the target names another address as its own (canonical)", JA: "転送先が別のURLを正規URL（canonical）としています"}
	case NotInSitemap:
		return redirects.Text{EN: "the target is not in the new shop's sitemap", JA: "転送先が新しいお店のサイトマップにありません"}
	}
	return redirects.Text{EN: string(p), JA: string(p)}
}

// unanswered is the problem of an old address that should redirect and answers
// status.
func unanswered(status int) Problem {
	switch {
	case status == http.StatusNotFound || status == http.StatusGone:
		return NotFound
	case status >= 500:
		return ServerError
	}
	return NotRedirected
}

// finalProblem is the problem of a target that answers status.
func finalProblem(status int) Problem {
	switch {
	case status == http.StatusNotFound || status == http.StatusGone:
		return FinalNotFound
	case status >= 500:
		return FinalServerError
	}
	return FinalNot200
}

// silence tells a server that is too slow, and one that was not asked, from one that is
// not there.
func silence(err error, late, private, none Problem) Problem {
	var n net.Error
	switch {
	case errors.Is(err, ErrPrivateAddress):
		return private
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &n) && n.Timeout():
		return late
	}
	return none
}
