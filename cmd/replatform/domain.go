package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"replatform/crawler/atomicfile"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
	"replatform/planner"
	"replatform/planner/domain"
)

func domainCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name: "domain", ArgsUsage: "HOST",
		Usage: "read the DNS of the shop's own domain and write the runbook of its switch",
		Flags: []cli.Flag{
			platformsFlag(),
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "folder `DIR` for the runbook (domain-HOST otherwise)"},
			&cli.BoolFlag{Name: "check", Usage: "only compare with the records that were kept; mail that differs is a finding"},
			&cli.BoolFlag{Name: "renew", Usage: "keep the records of now as those before the switch"},
			&cli.StringFlag{Name: "dns-server", Usage: "ask this `SERVER` alone (the domain's own name servers otherwise)"},
			&cli.StringSliceFlag{Name: "selector", Usage: "further `NAME` of a DKIM key; may be given again"},
			&cli.StringFlag{Name: "name-servers", Usage: "do the name servers change too: `yes|no|unknown`"},
			&cli.StringFlag{Name: "to", Usage: "destination `PLATFORM`, for the values on record (from the project otherwise)"},
			&cli.BoolFlag{Name: "edge", Usage: "an edge in front answers, not the destination itself"},
			&cli.StringFlag{Name: "cutover", Usage: "T, the `DAY` (2027-01-31) or moment (2027-01-31T10:00) of the switch"},
			&cli.StringFlag{Name: "tz", Usage: "time `ZONE` of that moment", Value: "Asia/Tokyo"},
			&cli.DurationFlag{Name: "timeout", Usage: "how long one question may take", Value: 3 * time.Second},
		},
		Action: t.domain,
	}
}

func (t *talk) domain(c *cli.Context) error {
	if c.NArg() != 1 {
		return t.usagef("usage.domain-host")
	}
	clocks, err := t.domainClocks(c)
	if err != nil {
		return err
	}
	servers := domain.Answer(c.String("name-servers"))
	switch servers {
	case domain.Yes, domain.No, "":
	case "unknown":
		servers = ""
	default:
		return t.usagef("usage.answer", "name-servers", string(servers))
	}
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log})
	switch {
	case errors.Is(err, inventory.ErrNotExist):
		project = nil
	case err != nil:
		return err
	default:
		defer project.Close()
	}
	reg, err := loadPlatforms(c)
	if err != nil {
		return err
	}
	if p := platformOfHost(reg, c.Args().First()); p != nil {
		return withHint(t.errorf("err.platform-host", c.Args().First(), p.Name(t.lang.code)), "hint.platform-host")
	}
	var kept *domain.Zone
	if project != nil {
		if kept, err = domain.Load(c.Context, project, c.Args().First()); err != nil {
			return err
		}
	}
	if c.Bool("check") && kept == nil {
		return withHint(t.errorf("err.no-records"), "hint.domain-first")
	}
	bar := t.newBar("domain.bar", -1, countOf(t.lang.text("unit.questions"))...)
	now, err := domain.Read(c.Context, c.Args().First(), domain.Options{Server: c.String("dns-server"), Selectors: c.StringSlice("selector"),
		AllowPrivate: c.String("dns-server") != "", Timeout: c.Duration("timeout"), Now: time.Now(),
		Progress: func(done, total int) { bar.set(int64(done), int64(total)) }})
	bar.done()
	if err != nil {
		return t.domainError(err)
	}
	now.ServersChange = servers
	if kept != nil && !c.Bool("renew") {
		if servers != "" {
			kept.ServersChange = servers
		}
		if c.Bool("check") {
			return t.domainCheck(kept, now)
		}
		_ = t.domainChanges(kept, now) // told, and the runbook is still that of the records before
	} else {
		kept = now
	}
	if project != nil && (kept == now || servers != "") {
		if err := domain.Save(c.Context, project, kept); err != nil {
			return err
		}
	}
	return t.writeRunbook(c, project, reg, kept, clocks)
}

func (t *talk) domainError(err error) error {
	switch {
	case errors.Is(err, domain.ErrNotDomain):
		return withHint(err, "hint.domain-name")
	case errors.Is(err, domain.ErrBadServer):
		return withHint(err, "hint.dns-server")
	}
	return err
}

// platformOfHost is the platform whose own domain a host stands on, or nil.
func platformOfHost(reg *platform.Registry, host string) *platform.Platform {
	if _, rest, ok := strings.Cut(host, "://"); ok {
		host = rest
	}
	host, _, _ = strings.Cut(strings.ToLower(host), "/")
	host, _, _ = strings.Cut(host, ":")
	for _, p := range reg.All() {
		for _, suffix := range p.Domain.Suffixes.Values {
			if strings.HasSuffix(host, "."+strings.TrimPrefix(suffix, ".")) {
				return p
			}
		}
	}
	return nil
}

func (t *talk) domainClocks(c *cli.Context) (planner.Clocks, error) {
	zone, err := time.LoadLocation(c.String("tz"))
	if err != nil {
		return planner.Clocks{}, t.usagef("usage.zone", c.String("tz"))
	}
	clocks := planner.Clocks{Zone: zone}
	s := c.String("cutover")
	if s == "" {
		return clocks, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", time.DateOnly} {
		if clocks.Cutover, err = time.ParseInLocation(layout, s, zone); err == nil {
			return clocks, nil
		}
	}
	return clocks, t.usagef("usage.date", "cutover", s)
}

// domainCheck is domainChanges for people and for machines.
func (t *talk) domainCheck(kept, now *domain.Zone) error {
	findings := t.domainChanges(kept, now)
	if !t.json {
		return findings
	}
	changes, unknown := kept.Changes(now)
	if err := t.document(map[string]any{"changes": changes, "unknown": unknown, "kept": kept.Read, "read": now.Read}); err != nil {
		return err
	}
	return findings
}

// domainChanges prints what differs from the records that were kept. The error is
// errFindings when mail differs, or could not be read.
func (t *talk) domainChanges(kept, now *domain.Zone) error {
	changes, unknown := kept.Changes(now)
	t.result("domain.compared", now.Apex, kept.Read.Format(time.DateOnly), len(changes))
	mail := false
	for _, ch := range changes {
		key := "domain.new"
		if ch.Gone {
			key = "domain.gone"
		}
		if ch.Mail {
			key += "-mail"
			mail = true
		}
		t.result(key, clean(ch.Record.Name), ch.Record.Type, clean(ch.Record.Value))
	}
	for _, u := range unknown {
		t.result("domain.no-answer", clean(u))
	}
	if ttl, ok := now.WebTTL(); ok {
		t.result("domain.ttl", int(ttl))
	}
	switch {
	case mail:
		t.result("domain.mail-differs")
		return errFindings
	case len(unknown) > 0:
		t.result("domain.mail-unknown")
		return errFindings
	}
	t.result("domain.mail-same")
	return nil
}

func (t *talk) writeRunbook(c *cli.Context, project *inventory.Project, reg *platform.Registry, z *domain.Zone, clocks planner.Clocks) error {
	to := c.String("to")
	if to == "" && project != nil {
		shop, err := project.Shop(c.Context, "new")
		if err != nil && !errors.Is(err, inventory.ErrNoShop) {
			return err
		}
		to = shop.Platform
	}
	way := planner.WayB
	if c.Bool("edge") {
		way = planner.WayC
	}
	var dest *platform.Platform
	if to != "" {
		p, ok := reg.Get(to)
		if !ok {
			return withHint(t.errorf("err.platform", to), "hint.platforms")
		}
		dest = p
	}
	run := domain.NewRunbook(z, planner.DomainCase(dest, way, clocks))
	dir := c.String("out")
	if dir == "" {
		dir = "domain-" + z.Apex
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("writing the runbook: %w", err)
	}
	for name, write := range map[string]func(io.Writer) error{
		"runbook.ja.md":   func(w io.Writer) error { return run.Markdown(w, "ja") },
		"runbook.en.md":   func(w io.Writer) error { return run.Markdown(w, "en") },
		"zone-before.txt": z.ZoneFile,
	} {
		if err := atomicfile.Write(filepath.Join(dir, name), 0o644, write); err != nil {
			return err
		}
	}
	if t.json {
		return t.document(map[string]any{"zone": z, "steps": run.Steps, "warnings": run.Warnings, "unknown": run.Unknown, "folder": dir})
	}
	t.result("domain.read", z.Apex, len(z.Records()), z.Read.In(clocks.Location()).Format("2006-01-02 15:04"))
	if ttl, ok := z.WebTTL(); ok {
		t.result("domain.ttl", int(ttl))
	}
	for _, w := range run.Warnings {
		t.result("domain.warning", strings.ReplaceAll(w.Do.In(t.lang.code), "**", ""))
	}
	if slices.ContainsFunc(z.Lookups, func(l domain.Lookup) bool { return l.State == domain.Found && !l.Authoritative }) {
		t.result("domain.resolver")
	}
	t.result("domain.unknown", len(run.Unknown))
	if project == nil {
		t.say("domain.not-kept", projectPath(c))
	}
	t.result("domain.written", dir, filepath.Join(dir, "runbook."+t.lang.code+".md"))
	return nil
}
