package planner

import (
	"strconv"

	"replatform/crawler/platform"
	"replatform/planner/workaround"
)

// factOf puts a statement of a platform's file into the words of the plan.
func factOf[T ~string](name string, value T, e platform.Evidence) Fact {
	return Fact{Name: name, Value: string(value), Source: e.URL(), Date: e.Date, Confidence: string(e.Confidence)}
}

// sourceFacts are the leaving conditions of a platform.
func sourceFacts(p *platform.Platform) SourceFacts {
	l := p.Leaving
	return SourceFacts{
		Redirect:      factOf("leaving.redirect", l.Redirect.Value, l.Redirect.Evidence),
		SubdomainMove: factOf("leaving.subdomain_move", l.SubdomainMove.Value, l.SubdomainMove.Evidence),
		Head:          factOf("leaving.head", l.Head.Value, l.Head.Evidence),
		Script:        factOf("leaving.script", l.Script.Value, l.Script.Evidence),
		Body:          factOf("leaving.body", l.Body.Value, l.Body.Evidence),
		Links:         factOf("leaving.outbound_links", l.OutboundLinks.Value, l.OutboundLinks.Evidence),
		Pause:         factOf("leaving.pause", l.Pause.Value, l.Pause.Evidence),
		After:         factOf("leaving.after", l.After.Value, l.After.Evidence),
		Key:           factOf("leaving.key", l.Key.Value, l.Key.Evidence),
		Movable:       factOf("domain.movable", p.Domain.Movable.Value, p.Domain.Movable.Evidence),
		Mall:          p.Kind == platform.Marketplace, SelfHosted: p.Kind == platform.SelfHosted,
		Heads: productHeads(p),
	}
}

// destinationFacts are the arriving conditions of a platform.
func destinationFacts(p *platform.Platform) DestinationFacts {
	a := p.Arriving
	return DestinationFacts{
		OwnDomain:  factOf("arriving.own_domain", a.OwnDomain.Value, a.OwnDomain.Evidence),
		Redirect:   factOf("arriving.redirect", a.Redirect.Value, a.Redirect.Evidence),
		KeepPaths:  factOf("arriving.keep_paths", a.KeepPaths.Value, a.KeepPaths.Evidence),
		Precedence: factOf("arriving.precedence", a.Precedence.Value, a.Precedence.Evidence),
		Limit:      a.Limit.Value, Engine: a.Engine.Value, Reserved: a.Reserved.Values,
		LimitFact: factOf("arriving.limit", strconv.Itoa(a.Limit.Value), a.Limit.Evidence),
	}
}

// capabilities are the leaving conditions in the words of the workarounds.
func capabilities(p *platform.Platform) workaround.Capabilities {
	l := p.Leaving
	c := editing(p)
	c.ProductTexts = workaround.Answer(l.Body.Value)
	c.BodyText = workaround.Answer(l.BulkText.Value)
	c.Outbound = workaround.Answer(l.OutboundLinks.Value)
	c.ProductFile = ProductFileLayout(p)
	return c
}

// ProductFileLayout is the byte-exact layout of a platform's product file, empty where
// none is known.
func ProductFileLayout(p *platform.Platform) string {
	for _, f := range p.Files {
		if f.Kind == "products" && f.Layout != "" {
			return f.Layout
		}
	}
	return ""
}

// arrivingCapabilities are what can be written into the pages of a destination. What
// an owner can edit is the same whichever way the shop moves, so it stands among the
// leaving conditions of the platform's file.
func arrivingCapabilities(p *platform.Platform) workaround.Capabilities {
	c := editing(p)
	if c.Script == "" {
		c.Script = workaround.Unknown
	}
	return c
}

// editing are the rights to edit the pages of a shop.
func editing(p *platform.Platform) workaround.Capabilities {
	l := p.Leaving
	answer := func(yes bool, known bool) workaround.Answer {
		switch {
		case !known:
			return workaround.Unknown
		case yes:
			return workaround.Yes
		}
		return workaround.No
	}
	head := l.Head.Value
	known := head != platform.HeadUnknown && head != ""
	c := workaround.Capabilities{
		TemplateLanguage: l.Dialect.Value,
		HeadPerPage:      answer(head == platform.HeadPerPage, known),
		HeadSiteWide:     answer(head == platform.HeadPerPage || head == platform.HeadSiteWide, known),
		BodyTemplate:     answer(head == platform.HeadBodyOnly || head == platform.HeadPerPage, known),
		Script:           workaround.Answer(l.Script.Value),
		TemplateLimit:    l.TemplateSize.Value,
		TemplateCharset:  p.Charset.Value,
	}
	for _, m := range l.Menus {
		c.Menus = append(c.Menus, workaround.Menu{For: m.For, Path: workaround.Text(m.Path), Source: m.URL(), Date: m.Date, Confidence: string(m.Confidence)})
	}
	return c
}
