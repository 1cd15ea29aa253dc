package planner

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"slices"

	"replatform/crawler/platform"
	"replatform/planner/domain"
)

// DomainCase is what the plan of a move knows of a domain's switch: who will answer
// for it under way w, the values on record, and the time. dest may be nil.
func DomainCase(dest *platform.Platform, w Way, clocks Clocks) domain.Case {
	c := domain.Case{Edge: w == WayC || w == WayB2}
	if !clocks.Cutover.IsZero() {
		c.Cutover = clocks.Cutover.In(clocks.Location())
	}
	switch {
	case c.Edge:
		c.Target = domain.Text{JA: "手前の案内係", EN: "the edge in front"}
	case dest != nil && (w == WayA || w == WayB || w == WayG):
		c.Target = domain.Text(dest.Names)
		apex := dest.Domain.Apex
		if apex.Note != (platform.Text{}) {
			c.TargetRecords, c.TargetSource = domain.Text(apex.Note), apex.Evidence.URL()
		}
	}
	return c
}

// onOwnDomain says that a way needs the shop's own domain.
func onOwnDomain(w Way) bool {
	return slices.Contains([]Way{WayA, WayB, WayC, WayB2}, w)
}

// domains writes the runbook of every own domain whose records are in the project,
// and asks for the records of the others, where the way hangs on a domain.
func (b *builder) domains(ctx context.Context) error {
	d := b.plan.Decision
	if !onOwnDomain(d.Way) {
		return nil
	}
	hosts := slices.Clone(b.plan.Old.Hosts)
	if d.Way == WayB2 { // the domain to which the shop moves first
		hosts = []string{hostOf(b.plan.NewBase)}
	}
	done := map[string]bool{}
	for _, host := range hosts {
		if host == "" || d.Way != WayB2 && ownDomain(b.source, []string{host}) == No {
			continue
		}
		z, err := domain.Load(ctx, b.project, host)
		if err != nil {
			return err
		}
		if z == nil {
			b.tasks = append(b.tasks, Question{
				Ask: text("独自ドメインの今のレコードを読む：replatform domain "+host, "read the records of the own domain: replatform domain "+host),
				Why: text("ドメインの切替手順書（メールを止めないため）", "the runbook of the switch, so that mail goes on"),
			})
			continue
		}
		if done[z.Apex] {
			continue
		}
		done[z.Apex] = true
		if err := b.domainRunbook(z); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) domainRunbook(z *domain.Zone) error {
	run := domain.NewRunbook(z, DomainCase(b.dest, b.plan.Decision.Way, b.opts.Clocks))
	dir := path.Join("domain", z.Apex)
	add := func(name string, what Text, write func(*bytes.Buffer) error) error {
		var buf bytes.Buffer
		if err := write(&buf); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
		if b.plan.extra == nil {
			b.plan.extra = memorySink{}
		}
		b.plan.extra[path.Join(dir, name)] = buf.Bytes()
		b.plan.Files = append(b.plan.Files, File{Path: path.Join(dir, name), What: what})
		return nil
	}
	for _, lang := range []string{"ja", "en"} {
		what := text("ドメイン "+z.Apex+" の切替手順書（日本語）", "runbook for the domain "+z.Apex+" (Japanese)")
		if lang == "en" {
			what = text("ドメイン "+z.Apex+" の切替手順書（英語）", "runbook for the domain "+z.Apex+" (English)")
		}
		if err := add("runbook."+lang+".md", what, func(w *bytes.Buffer) error { return run.Markdown(w, lang) }); err != nil {
			return err
		}
	}
	if err := add("zone-before.txt", text("切替前のレコード（ゾーンファイル）", "the records before the switch, as a zone file"), func(w *bytes.Buffer) error { return z.ZoneFile(w) }); err != nil {
		return err
	}
	for _, t := range run.Unknown {
		b.tasks = append(b.tasks, Question{Ask: text(t.JA, t.EN), Why: text("ドメイン "+z.Apex+" の切替", "the switch of the domain "+z.Apex)})
	}
	return nil
}
