package report

import "replatform/planner"

// term is a word of the trade with what it means, for readers without technical
// knowledge.
type term struct {
	Word, Means planner.Text
}

func glossary() []term {
	return []term{
		{planner.Text{JA: "301（恒久的な転送）", EN: "301 (permanent redirect)"},
			planner.Text{JA: "「このページは新しい住所へ引っ越しました」とサーバーが答えること。人も検索エンジンも自動で新しいページへ進みます。", EN: "The server's answer that a page has moved for good. People and search engines go on to the new page by themselves."}},
		{planner.Text{JA: "410", EN: "410"},
			planner.Text{JA: "「このページはなくなりました」とサーバーが答えること。", EN: "The server's answer that a page is gone."}},
		{planner.Text{JA: "正規URL（canonical）", EN: "canonical address"},
			planner.Text{JA: "同じ内容のページが複数あるとき、本来の住所はこれだと検索エンジンに伝える印。", EN: "A mark that tells search engines which of several like pages is the real one."}},
		{planner.Text{JA: "即時リフレッシュ", EN: "instant refresh"},
			planner.Text{JA: "ページを開いた瞬間に別のページへ進ませる、<head>に書く一行。", EN: "A line in the page's head that sends the visitor on at once."}},
		{planner.Text{JA: "独自ドメイン", EN: "own domain"},
			planner.Text{JA: "お店が自分の名義で持つ住所（例：www.example.jp）。カートを替えても持っていけます。", EN: "An address in the shop's own name (www.example.jp). It stays when the platform changes."}},
		{planner.Text{JA: "サブドメイン", EN: "platform subdomain"},
			planner.Text{JA: "カートから借りている住所。解約すると使えなくなります。", EN: "An address lent by the platform. It ends with the contract."}},
		{planner.Text{JA: "手前の案内係（エッジ）", EN: "edge"},
			planner.Text{JA: "お店の手前で旧URLにだけ答え、ほかはそのまま新しいお店へ通すサービスやサーバー。", EN: "A service or server in front of the shop that answers old addresses and passes everything else on."}},
		{planner.Text{JA: "URL対応表", EN: "redirect map"},
			planner.Text{JA: "旧URLと新URLを1行ずつ対にした表。", EN: "The table that pairs each old address with the new one."}},
	}
}
