package planner

import (
	"slices"
	"strings"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/platform"
)

// Case is what is known of one move beside the facts of the two platforms. Empty
// answers and zero times are unknown.
type Case struct {
	OwnDomain   Answer // does the old shop answer on a domain of its own
	Movable     Answer // can the owner point that domain elsewhere
	EdgeAllowed Answer // may something stand in front of the new shop
	Haste       bool   // a breach: no time for two steps
	Cutover     time.Time
	ContractEnd time.Time
	DomainEnd   time.Time
}

// Situate puts the facts of two platforms and one case together. What the facts rule
// out counts where the case says nothing: a marketplace's address is never the
// owner's, and a domain that the platform does not let go of cannot be moved.
func Situate(source, dest *platform.Platform, c Case) Situation {
	s := Situation{
		Source: sourceFacts(source), Destination: destinationFacts(dest),
		OwnDomain: c.OwnDomain, Movable: c.Movable, EdgeAllowed: c.EdgeAllowed, Haste: c.Haste,
		Cutover: c.Cutover, ContractEnd: c.ContractEnd, DomainEnd: c.DomainEnd, SameURLs: Unknown,
	}
	for _, a := range []*Answer{&s.OwnDomain, &s.Movable, &s.EdgeAllowed} {
		if *a == "" {
			*a = Unknown
		}
	}
	if s.Source.Mall {
		s.OwnDomain = No
	}
	if s.Movable == Unknown && s.Source.Movable.Value == string(platform.No) {
		s.Movable = No
	}
	// Where the system hands out the numbers, only a copy of the whole shop keeps them.
	s.SameFamily = source.Family == dest.Family && len(s.Source.Heads) > 0 && dest.Arriving.OwnDomain.Value != platform.No &&
		(dest.Arriving.Assigned.Value == platform.ByOwner || dest.Kind == platform.SelfHosted)
	return s
}

// productHeads are the beginnings of a platform's product paths, up to the first
// placeholder: "/shop/product/".
func productHeads(p *platform.Platform) []string {
	for _, pt := range p.Patterns {
		if pt.Type != catalog.ProductP || pt.Never != "" || len(pt.Path) == 0 {
			continue
		}
		head, _, _ := strings.Cut(pt.Path[0], "{")
		return []string{head}
	}
	return nil
}

// isReserved says whether a path is one of the reserved ones or lies below one.
func isReserved(reserved []string, path string) bool {
	return slices.ContainsFunc(reserved, func(r string) bool {
		rest, ok := strings.CutPrefix(path, strings.TrimSuffix(r, "/"))
		return ok && (rest == "" || rest[0] == '/')
	})
}

// Spans that search engines name. Google's Change of Address holds for 180 days
// (https://support.google.com/webmasters/answer/9370220), and it asks to keep
// redirects for at least a year
// (https://developers.google.com/search/docs/crawling-indexing/site-move-with-url-changes).
const (
	changeOfAddress = 180 * 24 * time.Hour
	keepRedirects   = 365 * 24 * time.Hour
)

// advice is what holds beside the ladder.
func advice(s Situation, d Decision) []Text {
	var out []Text
	ways := []Way{d.Way, d.Fallback}
	hangsOn := func(list ...Way) bool {
		return slices.ContainsFunc(ways, func(w Way) bool { return slices.Contains(list, w) })
	}
	if s.OwnDomain == No {
		out = append(out, text("今のうちに自社名義の独自ドメインを取りましょう。サービスの都合で住所が変わる引っ越しは、これで最後にできます。",
			"Get a domain of the shop's own now, so that this is the last move that depends on a provider."))
	}
	if s.Haste && !s.Source.Mall {
		out = append(out, text("「すぐ離れる」とは、旧店で受注と個人情報の受け取りを止めることです。住所（旧URL）は転送や案内のために残します。",
			"Leaving at once means no more orders and no more customer data on the old side; the address itself is kept for the pointers."))
		switch s.Source.Pause.Value {
		case string(Yes):
			out = append(out, text("今のカートには、ページを見せたまま注文だけを止める機能があります。", "The old platform can stop orders while pages stay readable."))
		case string(Unknown):
			out = append(out, text("今のカートに確認：ページを見せたまま注文だけを止められるか。", "Ask the old platform: can orders be stopped while pages stay readable."))
		}
	}
	if hangsOn(WayD, WayE, WayF, WayG, WayH) {
		span := s.ContractEnd.Sub(s.Cutover)
		switch {
		case s.Source.SelfHosted:
			out = append(out, text("旧店のサーバーは、移転の後も少なくとも180日、できれば1年は止めないでください（Google）。",
				"Keep the old server running for at least 180 days after the move, better a year (Google)."))
		case s.ContractEnd.IsZero() || s.Cutover.IsZero():
			out = append(out, text("旧契約は、移転の後も少なくとも180日、できれば1年は残してください（Google）。",
				"Keep the old contract for at least 180 days after the move, better a year (Google)."))
		case span < changeOfAddress:
			out = append(out, text("旧契約の終わりが移転から180日より早すぎます。Googleの「アドレス変更」の有効期間（180日）まで、できれば1年延ばしてください。",
				"The old contract ends less than 180 days after the move, the span of Google's Change of Address: extend it, better to a year."))
		case span < keepRedirects:
			out = append(out, text("旧契約は180日を満たしますが、Googleは転送を少なくとも1年残すことを勧めています。",
				"The old contract covers 180 days; Google advises to keep redirects for at least a year."))
		}
	}
	if hangsOn(WayA, WayB, WayC, WayB2) && s.OwnDomain != No {
		switch {
		case s.DomainEnd.IsZero() || s.Cutover.IsZero():
			out = append(out, text("独自ドメインの期限を確かめ、更新し続けてください。失効すると別の人に取られます。",
				"Check when the domain expires and keep renewing it: a dropped domain is taken by others."))
		case s.DomainEnd.Sub(s.Cutover) < keepRedirects:
			out = append(out, text("独自ドメインの期限が移転から1年以内です。移転の前に更新してください。",
				"The domain expires within a year of the move: renew it before."))
		}
	}
	if hangsOn(WayB) && s.Destination.Precedence.Value == string(platform.PageWins) {
		out = append(out, text("移転先の転送は、そのパスにページがないときだけ働きます。旧URLと同じパスのページを新しいお店に作らないでください。",
			"The destination's redirects only fire where it has no page of its own: make no page at an old path."))
		if s.NewMissing == "200" {
			out = append(out, text("実測：新しいお店は、存在しないページにも200を返しています。転送が働かない恐れがあるため、1件だけ設定して確かめてください。",
				"Measured: the new shop answers 200 even for a page that does not exist; set one redirect and check that it fires."))
		}
	}
	return out
}
