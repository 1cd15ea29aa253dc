package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/urfave/cli/v2"

	"replatform/crawler/inventory"
	"replatform/planner"
	"replatform/planner/report"
)

func planVersionsCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name:   "versions",
		Usage:  fmt.Sprintf("the versions of the plan that the project keeps: the first and the newest %d", inventory.KeptPlanVersions),
		Action: t.planVersions,
	}
}

// versionDocument is one version as --json prints it.
type versionDocument struct {
	Number int       `json:"number"`
	MadeAt time.Time `json:"made_at"`
	Same   int       `json:"same_as,omitempty"` // the older version with the same content
	report.VersionSummary
}

func (t *talk) planVersions(c *cli.Context) error {
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log})
	if err != nil {
		return err
	}
	defer project.Close()
	list, err := project.PlanVersions(c.Context)
	if err != nil {
		return err
	}
	docs := make([]versionDocument, 0, len(list))
	for _, v := range list {
		d := versionDocument{Number: v.Number, MadeAt: v.MadeAt}
		if v.Same != v.Number {
			d.Same = v.Same
		}
		if err := json.Unmarshal([]byte(v.Summary), &d.VersionSummary); err != nil {
			return fmt.Errorf("reading version %d of the plan: %w", v.Number, err)
		}
		docs = append(docs, d)
	}
	if t.json {
		return t.document(docs)
	}
	if len(docs) == 0 {
		t.result("versions.none")
		return nil
	}
	for _, d := range docs {
		way, cutover := string(d.Way), d.Cutover
		if d.Fallback != "" {
			way += " / " + string(d.Fallback)
		}
		if cutover == "" {
			cutover = "–"
		}
		t.result("versions.line", d.Number, d.MadeAt.Local().Format("2006-01-02 15:04"), clean(way), clean(cutover), d.Pages, d.Redirect, d.Ask, d.Gone, d.Covered, d.Pointed)
		if d.Same > 0 {
			t.result("versions.same", d.Same)
		}
	}
	return nil
}

// keepVersion stores the plan as a version of the project.
func keepVersion(ctx context.Context, project *inventory.Project, p *planner.Plan, proofs map[string]inventory.Proof) (inventory.PlanVersion, error) {
	content, summary, err := report.Snapshot(p, report.Options{Proofs: proofs})
	if err != nil {
		return inventory.PlanVersion{}, err
	}
	text, err := json.Marshal(summary)
	if err != nil {
		return inventory.PlanVersion{}, fmt.Errorf("keeping the plan: %w", err)
	}
	return project.SavePlanVersion(ctx, p.Generated, string(text), content)
}

// planArguments reads the two plans that are compared: versions of the project by
// their numbers, plan folders or plan.json files. A missing one is the newest version, two
// are the newest and the one before it.
func (t *talk) planArguments(c *cli.Context) (before, after *report.PlanFile, err error) {
	var project *inventory.Project
	open := func() error {
		if project == nil {
			project, err = inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log})
		}
		return err
	}
	defer func() {
		if project != nil {
			err = errors.Join(err, project.Close())
		}
	}()
	args := c.Args().Slice()
	if len(args) < 2 {
		if err := open(); err != nil {
			return nil, nil, err
		}
		list, err := project.PlanVersions(c.Context)
		if err != nil {
			return nil, nil, err
		}
		missing := 2 - len(args)
		if len(list) < missing {
			return nil, nil, withHint(t.errorf("err.versions", len(list), missing), "hint.plan-first")
		}
		for _, v := range list[len(list)-missing:] {
			args = append(args, strconv.Itoa(v.Number))
		}
	}
	read := func(arg string) (*report.PlanFile, error) {
		n, err := strconv.Atoi(arg)
		if err != nil {
			return readPlanFile(arg)
		}
		if err := open(); err != nil {
			return nil, err
		}
		content, err := project.PlanVersionContent(c.Context, n)
		if errors.Is(err, inventory.ErrNoVersion) {
			return nil, withHint(err, "hint.versions")
		}
		if err != nil {
			return nil, err
		}
		f, err := report.ReadSnapshot(content)
		if err != nil {
			return nil, fmt.Errorf("version %d: %w", n, err)
		}
		return f, nil
	}
	if before, err = read(args[0]); err != nil {
		return nil, nil, err
	}
	if after, err = read(args[1]); err != nil {
		return nil, nil, err
	}
	if before.Anonymous != after.Anonymous {
		return nil, nil, report.ErrOtherNames
	}
	return before, after, nil
}

// readPlanFile reads a plan.json, or that of a plan folder.
func readPlanFile(name string) (*report.PlanFile, error) {
	path := name
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		path = filepath.Join(name, "plan.json")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, withHint(fmt.Errorf("reading a plan: %w", err), "hint.no-file")
	}
	defer f.Close()
	p, err := report.ReadPlan(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}
