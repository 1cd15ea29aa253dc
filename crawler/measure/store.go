package measure

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

// MetaName is the name under which the project keeps the answers of one shop, as the
// JSON of a [Result]: "measured.old", "measured.new".
func MetaName(side catalog.Side) string { return "measured." + string(side) }

// aboutPlatform are the questions whose answers hold for every shop of a platform.
var aboutPlatform = []string{SubdomainRedirect, SubdomainStatus}

// OfPlatform keeps of r only what holds for every shop of its platform.
func (r *Result) OfPlatform() *Result {
	out := *r
	out.Answers = nil
	for _, a := range r.Answers {
		if slices.Contains(aboutPlatform, a.Question) {
			out.Answers = append(out.Answers, a)
		}
	}
	return &out
}

// Save stores the answers of a shop in the project. Answers to other questions that
// were stored before stay, and an answer is never replaced by "unknown".
func Save(ctx context.Context, project *inventory.Project, side catalog.Side, r *Result) error {
	old, err := Load(ctx, project, side)
	if err != nil {
		return err
	}
	merged := *r
	merged.Answers = nil
	for _, q := range Questions() {
		a, before := r.Answer(q), old.Answer(q)
		if a.Value == Unknown && before.Value != Unknown {
			a = before
		}
		if !a.At.IsZero() {
			merged.Answers = append(merged.Answers, a)
		}
	}
	data, err := json.Marshal(merged)
	if err != nil {
		return fmt.Errorf("storing what was measured: %w", err)
	}
	return project.SetMeta(ctx, MetaName(side), string(data))
}

// Load reads what Save stored; nil, nil when nothing was.
func Load(ctx context.Context, project *inventory.Project, side catalog.Side) (*Result, error) {
	text, err := project.Meta(ctx, MetaName(side))
	if err != nil || text == "" {
		return nil, err
	}
	var r Result
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return nil, fmt.Errorf("reading what was measured (%s): %w", MetaName(side), err)
	}
	return &r, nil
}
