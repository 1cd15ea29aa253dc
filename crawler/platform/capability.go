package platform

// Capability is a question about platforms that is answered yes, no or unknown, by
// one word that a person can type.
type Capability struct {
	ID    string // "redirect-out"
	Name  Text
	rests string // the statement that it rests on; empty: see answer
	yes   []string
	ask   func(*Platform) (YesNo, Evidence) // where no single statement answers
}

// Capabilities lists all of them, those of leaving first.
func Capabilities() []Capability {
	return []Capability{
		{ID: "redirect-out", Name: Text{JA: "ほかのお店への301を出せる", EN: "can send 301 to another host"}, rests: "leaving.redirect", yes: []string{string(RedirectAny)}},
		{ID: "subdomain-move", Name: Text{JA: "サブドメインから独自ドメインへ301を出す", EN: "sends 301 from its subdomain to the own domain"}, rests: "leaving.subdomain_move", yes: yes},
		{ID: "head", Name: Text{JA: "<head>をページごとに書ける", EN: "the head can be written page by page"}, rests: "leaving.head", yes: []string{string(HeadPerPage)}},
		{ID: "head-site-wide", Name: Text{JA: "<head>に少なくとも全ページ共通で書ける", EN: "the head takes at least one text for all pages"}, rests: "leaving.head", yes: []string{string(HeadPerPage), string(HeadSiteWide)}},
		{ID: "script", Name: Text{JA: "スクリプトを置ける", EN: "scripts can be placed"}, rests: "leaving.script", yes: yes},
		{ID: "body", Name: Text{JA: "商品説明にリンクを載せられる", EN: "product texts take links"}, rests: "leaving.body", yes: yes},
		{ID: "bulk-text", Name: Text{JA: "商品説明をまとめて書き換えられる", EN: "product texts can be rewritten in bulk"}, rests: "leaving.bulk_text", yes: yes},
		{ID: "outbound-links", Name: Text{JA: "規約が他店へのリンクを許す", EN: "the terms allow links to another shop"}, rests: "leaving.outbound_links", yes: yes},
		{ID: "pause", Name: Text{JA: "閲覧だけの休止状態がある", EN: "has a paused state: readable, no orders"}, rests: "leaving.pause", yes: yes},
		{ID: "stays-readable", Name: Text{JA: "解約後もページが残る", EN: "pages stay after the contract"}, rests: "leaving.after", yes: []string{string(AfterReadable)}},
		{ID: "own-domain", Name: Text{JA: "独自ドメインを使える", EN: "a shop can have its own domain"}, rests: "arriving.own_domain", yes: yes},
		{ID: "apex", Name: Text{JA: "wwwなしのドメインを使える", EN: "the bare domain can be used"}, rests: "domain.apex", yes: yes},
		{ID: "domain-movable", Name: Text{JA: "ドメインを他社へ向けられる", EN: "the domain can be pointed elsewhere"}, rests: "domain.movable", yes: yes},
		{ID: "redirect-in", Name: Text{JA: "旧URLを受けて転送できる", EN: "can redirect old addresses"}, rests: "arriving.redirect", yes: []string{string(InPath), string(InPathQuery)}},
		{ID: "redirect-in-query", Name: Text{JA: "「?」以降も見て旧URLを転送できる", EN: "can redirect old addresses by their query"}, rests: "arriving.redirect", yes: []string{string(InPathQuery)}},
		{ID: "redirect-external", Name: Text{JA: "転送先を他のホストにできる", EN: "a redirect may lead to another host"}, rests: "arriving.external", yes: yes},
		{ID: "choose-url", Name: Text{JA: "商品URLの末尾を店が決められる", EN: "the owner chooses a product's part of the address"}, rests: "arriving.assigned", yes: []string{string(ByOwner)}},
		{ID: "keep-paths", Name: Text{JA: "旧店と同じパスを使える", EN: "old paths can be kept"}, rests: "arriving.keep_paths", yes: yes},
		{ID: "product-csv", Name: Text{JA: "商品CSVの形式が分かっている", EN: "the form of its product CSV is known"}, ask: productFile},
	}
}

var yes = []string{string(Yes)}

// productFile answers with the first product file; where none is described, nobody
// knows whether there is one.
func productFile(p *Platform) (YesNo, Evidence) {
	for _, f := range p.Files {
		if f.Kind == "products" {
			return Yes, f.Evidence
		}
	}
	return Unknown, Evidence{}
}

// Of answers the question for one platform, with the statement that it rests on.
func (c Capability) Of(p *Platform) (YesNo, Statement) {
	if c.ask != nil {
		answer, e := c.ask(p)
		trust := e.Confidence
		if trust == "" {
			trust = Unverified
		}
		return answer, Statement{Name: c.ID, Label: c.Name, Value: string(answer), URL: e.URL(), Date: e.Date, Confidence: trust, Note: e.Note}
	}
	s := p.Statement(c.rests)
	if s.Unknown() {
		return Unknown, s
	}
	for _, v := range c.yes {
		if s.Value == v {
			return Yes, s
		}
	}
	return No, s
}

// CapabilityByID finds a capability by the word that a person types.
func CapabilityByID(id string) (Capability, bool) {
	for _, c := range Capabilities() {
		if c.ID == id {
			return c, true
		}
	}
	return Capability{}, false
}
