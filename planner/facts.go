package planner

import (
	"replatform/crawler/platform"
	"replatform/planner/workaround"
)

// factOf puts a statement of a platform's file into the words of the plan.
func factOf[T ~string](value T, e platform.Evidence) Fact {
	return Fact{Value: string(value), Source: e.URL(), Date: e.Date, Confidence: string(e.Confidence)}
}

// sourceFacts are the leaving conditions of a platform.
func sourceFacts(p *platform.Platform) SourceFacts {
	l := p.Leaving
	return SourceFacts{
		Redirect: factOf(l.Redirect.Value, l.Redirect.Evidence), SubdomainMove: factOf(l.SubdomainMove.Value, l.SubdomainMove.Evidence),
		Head: factOf(l.Head.Value, l.Head.Evidence), Script: factOf(l.Script.Value, l.Script.Evidence),
		Body: factOf(l.Body.Value, l.Body.Evidence), Pause: factOf(l.Pause.Value, l.Pause.Evidence),
		After: factOf(l.After.Value, l.After.Evidence), Key: factOf(l.Key.Value, l.Key.Evidence),
	}
}

// destinationFacts are the arriving conditions of a platform.
func destinationFacts(p *platform.Platform) DestinationFacts {
	a := p.Arriving
	return DestinationFacts{
		Redirect: factOf(a.Redirect.Value, a.Redirect.Evidence), Limit: a.Limit.Value, Engine: a.Engine.Value,
	}
}

// capabilities are the leaving conditions in the words of the workarounds.
func capabilities(p *platform.Platform) workaround.Capabilities {
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
	known := head != platform.HeadUnknown
	c := workaround.Capabilities{
		TemplateLanguage: l.Dialect.Value,
		HeadPerPage:      answer(head == platform.HeadPerPage, known),
		HeadSiteWide:     answer(head == platform.HeadPerPage || head == platform.HeadSiteWide, known),
		BodyTemplate:     answer(head == platform.HeadBodyOnly || head == platform.HeadPerPage, known),
		Script:           workaround.Answer(l.Script.Value),
		BodyText:         workaround.Answer(l.BulkText.Value),
		TemplateLimit:    l.TemplateSize.Value,
		TemplateCharset:  p.Charset.Value,
	}
	for _, f := range p.Files {
		if f.Kind == "products" {
			c.ProductFile = f.Layout
		}
	}
	return c
}
