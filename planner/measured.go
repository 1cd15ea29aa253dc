package planner

import (
	"context"

	"replatform/crawler/catalog"
	"replatform/crawler/measure"
	"replatform/crawler/platform"
)

// Measured puts what was asked of the living shops in the place of what the facts
// leave open. Either result may be nil.
func (s Situation) Measured(old, fresh *measure.Result) Situation {
	moved, status := old.Answer(measure.SubdomainRedirect), old.Answer(measure.SubdomainStatus)
	fact := Fact{Name: "leaving.subdomain_move", Source: moved.URL, Date: moved.At.Format("2006-01-02"), Confidence: string(platform.Capture)}
	switch moved.Value {
	case "none", "gone", "other":
		fact.Value = string(No)
		s.Source.SubdomainMove, s.Subdomain = fact, ""
	case "path+query", "path", "home":
		fact.Value = string(Yes)
		s.Source.SubdomainMove, s.Subdomain = fact, moved.Value
		s.SubdomainTemporary = status.Value == "temporary"
	}
	if a := fresh.Answer(measure.MissingPage); a.Value != measure.Unknown {
		s.NewMissing = a.Value
	}
	return s
}

// measured reads what "platforms probe" stored in the project.
func (b *builder) measured(ctx context.Context, s Situation) (Situation, error) {
	old, err := measure.Load(ctx, b.project, catalog.Old)
	if err != nil {
		return s, err
	}
	fresh, err := measure.Load(ctx, b.project, catalog.New)
	if err != nil {
		return s, err
	}
	return s.Measured(old, fresh), nil
}
