package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/schollz/progressbar/v3"
	"github.com/urfave/cli/v2"

	"replatform/crawler"
	"replatform/crawler/inventory"
	"replatform/crawler/sources"
	"replatform/planner"
	"replatform/planner/review"
)

const monitorHelp = `Give the access logs of the server that answers since the switch. What it answered with 404 or
410, and old addresses that it answered with a page although the map redirects them, is joined to
the plan: which rows are not in force, which targets are missing, which old pages lack a row. People
and robots are told apart, addresses of visitors are dropped while reading. The last answer of each
address counts, by its time over all logs: what was missing and answers since is only counted.

Nothing is changed without --apply, which brings missed spellings and unknown old pages that people
asked for into the project, so that the next match and plan hold them. --sheet writes the proposed
rows as a sheet for review --import.

Exit code 3: people came upon something that is to be mended.`

func monitorCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name: "monitor", ArgsUsage: "LOG…",
		Usage:       "after the switch: read the new server's logs for old addresses that lead nowhere",
		Description: monitorHelp,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "apply", Usage: "bring into the project what the next plan needs to hold the missing rows"},
			&cli.StringFlag{Name: "sheet", Usage: "write the proposed rows into a .csv or .xlsx `FILE` for review --import"},
			&cli.StringFlag{Name: "format", Usage: "write every row as `csv|json`"},
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write that into `FILE` instead of standard output"},
			&cli.IntFlag{Name: "limit", Usage: "print `N` rows of each kind, 0 for all", Value: 20},
			&cli.StringSliceFlag{Name: "host", Usage: "the new server answers on this `HOST` too; may be given again"},
			&cli.StringFlag{Name: "as", Usage: "take the logs for this `KIND` instead of recognising them: access-log, fields-log, json-log"},
			&cli.IntFlag{Name: "max-addresses", Usage: "keep `N` addresses at most and count the requests for others", Value: 1_000_000},
			platformsFlag(),
		},
		Action: t.monitor,
	}
}

// monitorDocument is what --json and --format json print.
type monitorDocument struct {
	Logs []monitoredLog `json:"logs"`
	*planner.MonitorReport
	Applied *planner.MonitorApplied `json:"applied,omitempty"`
}

// monitoredLog is one log, or a part of one in an archive.
type monitoredLog struct {
	Name    string             `json:"name"`
	Part    string             `json:"part,omitempty"`
	Kind    sources.Kind       `json:"kind"`
	Period  string             `json:"period,omitempty"`
	Rows    int                `json:"rows"`
	Refused int                `json:"refused"`
	SameAs  string             `json:"same_as,omitempty"` // the log read before that has the same content: nothing of this one counts
	Lines   []sources.RowError `json:"refused_rows,omitempty"`
	Counts  *sources.Log       `json:"counts"`
	Misses  sources.MissLog    `json:"beside"` // of the whole file
}

func (t *talk) monitor(c *cli.Context) error {
	kind := sources.Kind(c.String("as"))
	format := c.String("format")
	switch {
	case c.NArg() == 0:
		return t.usagef("usage.monitor-logs")
	case kind != "" && kind != sources.AccessLog && kind != sources.FieldsLog && kind != sources.JSONLog:
		return t.usagef("usage.kind", string(kind), "access-log, fields-log, json-log")
	case format != "" && format != "csv" && format != "json":
		return t.usagef("usage.monitor-format", format)
	case c.String("out") != "" && format == "":
		return t.usagef("usage.monitor-out")
	case c.Int("max-addresses") < 1:
		return t.usagef("usage.monitor-most", c.Int("max-addresses"))
	}
	hosts := c.StringSlice("host")
	for i, typed := range hosts {
		host, err := crawler.ParseMachine(typed)
		if err != nil {
			return withHint(t.usagef("usage.host", clean(typed)), "hint.host")
		}
		hosts[i] = host
	}
	if name := c.String("sheet"); name != "" {
		if _, err := review.FormatOf(name); err != nil {
			return usageError{err}
		}
	}
	reg, err := loadPlatforms(c)
	if err != nil {
		return err
	}
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log})
	if err != nil {
		return err
	}
	defer project.Close()
	m, err := planner.NewMonitor(c.Context, project, reg, planner.MonitorOptions{Hosts: hosts, MaxAddresses: c.Int("max-addresses")})
	if errors.Is(err, planner.ErrNoPlan) {
		return withHint(err, "hint.plan-first")
	}
	if err != nil {
		return err
	}
	failed := 0
	for _, name := range c.Args().Slice() {
		if err := t.monitorLog(c, m, name, kind); err != nil {
			if c.Context.Err() != nil {
				return err
			}
			t.fail(err)
			failed++
		}
	}
	if failed == c.NArg() {
		return t.errorf("err.not-read", failed, c.NArg())
	}
	report, err := m.Report(c.Context)
	if err != nil {
		return err
	}
	doc := monitorDocument{MonitorReport: report}
	for _, f := range report.Files {
		for _, r := range f.Tables {
			doc.Logs = append(doc.Logs, monitoredLog{f.Name, r.Part, r.Kind, r.Period, r.Rows, r.RefusedCount, r.Again, r.Refused, r.Log, f.Misses})
		}
	}
	tell := t.result
	if format != "" && c.String("out") == "" {
		tell = t.say // standard output holds the rows
	}
	t.sayMissed(tell, report, c.Int("limit"))
	if c.Bool("apply") {
		applied, err := planner.ApplyMonitor(c.Context, project, report)
		if err != nil {
			return err
		}
		doc.Applied = &applied
		tell("monitor.applied", applied.Spellings, applied.Pages, applied.Worth)
		if applied != (planner.MonitorApplied{}) {
			tell("monitor.again")
		}
	}
	if err := t.writeMissed(c, project, doc); err != nil {
		return err
	}
	if failed > 0 {
		return t.errorf("err.not-read", failed, c.NArg())
	}
	if report.Open() {
		return errFindings
	}
	return nil
}

// monitorLog reads one log and says what it was taken for.
func (t *talk) monitorLog(c *cli.Context, m *planner.Monitor, name string, kind sources.Kind) error {
	f, err := os.Open(name)
	if err != nil {
		return explained(name, fmt.Errorf("reading the log: %w", err))
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return &fs.PathError{Op: "reading", Path: name, Err: syscall.EISDIR}
	}
	b := t.newBar("monitor.bar", -1, progressbar.OptionShowBytes(true), progressbar.OptionUseIECUnits(true))
	reading, err := m.ReadLog(c.Context, name, f, sources.Options{Kind: kind, Progress: func(read, size int64) { b.set(read, size) }})
	b.done()
	if err != nil {
		t.sayRows(reading)
		if errors.Is(err, sources.ErrNotLog) {
			return withHint(err, "hint.monitor-log")
		}
		return explained(filepath.Base(name), err)
	}
	for _, r := range reading.Tables {
		name := reading.Name
		if r.Part != "" {
			name += " / " + r.Part
		}
		if r.Again != "" {
			t.say("monitor.same", clean(name), clean(r.Again))
			continue
		}
		t.say("monitor.log", clean(name), r.Kind.In(t.lang.code), t.period(r.Period, r.Totals), r.Rows, r.RefusedCount)
		t.say("monitor.counts", r.Log.People, r.Log.Robots, r.Log.OtherAnswers, r.Log.OtherMethods, r.Log.Assets)
		for _, n := range r.Notes {
			t.say("csv.note", clean(name), clean(n.In(t.lang.code)))
		}
	}
	t.sayRows(reading)
	if n := reading.Misses.Broken; n > 0 {
		t.say("monitor.broken", n)
	}
	if n := reading.Misses.NoAddress; n > 0 {
		t.say("monitor.no-address", n)
	}
	return nil
}

// sayMissed prints what has to be mended first, kind by kind, and what was only counted.
func (t *talk) sayMissed(tell func(key string, args ...any), r *planner.MonitorReport, limit int) {
	tell("monitor.period", t.period(r.Period, sources.Figures{}))
	for _, class := range planner.MissClasses() {
		n := r.Classes[class]
		if n.Addresses == 0 {
			continue
		}
		tell("monitor.class."+string(class), n.Pages, n.Addresses, n.People, n.Robots)
		shown := 0
		for _, m := range r.Rows {
			if m.Class != class {
				continue
			}
			if shown++; limit > 0 && shown > limit {
				tell("monitor.more", n.Pages-limit)
				break
			}
			vain := m.Vain()
			if what := t.missed(m); what != "" {
				tell("monitor.row", vain.People, vain.Robots, clean(m.URL()), what)
			} else {
				tell("monitor.row-plain", vain.People, vain.Robots, clean(m.URL()))
			}
		}
	}
	if n := r.Mended; n.Addresses > 0 {
		tell("monitor.mended", n.Addresses, n.People, n.Robots)
	}
	for _, rule := range planner.NoiseRules() {
		if n := r.Noise[rule]; n.Addresses > 0 {
			tell("monitor.noise."+rule, n.Addresses, n.People, n.Robots)
		}
	}
	var hosts []string
	for host := range r.Foreign {
		hosts = append(hosts, host)
	}
	slices.SortFunc(hosts, func(a, b string) int { return r.Foreign[b].People - r.Foreign[a].People })
	if len(hosts) > 0 {
		asked := 0
		for _, h := range r.Foreign {
			asked += h.People + h.Robots
		}
		const named = 5
		tell("monitor.foreign", asked, clean(strings.Join(hosts[:min(named, len(hosts))], ", ")), clean(hosts[0]))
	}
	if r.Beyond > 0 {
		tell("monitor.beyond", r.Beyond)
	}
	if len(r.Rows) == 0 {
		tell("monitor.nothing")
	}
}

// missed says in words what is wrong with a row, and where it could lead.
func (t *talk) missed(m planner.Missed) string {
	var parts []string
	if m.Reason != "" {
		parts = append(parts, t.lang.text("monitor.reason."+m.Reason))
	}
	switch {
	case m.Class == planner.MissTarget && m.LeadsHere > 0:
		parts = append(parts, t.lang.text("monitor.leads", m.LeadsHere))
	case m.Class == planner.MissNotInForce && m.NewURL != "" && m.Action == planner.ActionRedirect:
		parts = append(parts, t.lang.text("monitor.planned", clean(m.NewURL)))
	case m.Class == planner.MissPlanned && m.Action != "":
		parts = append(parts, t.lang.text("monitor.action."+m.Action))
	}
	switch {
	case m.Proposal != nil && m.Proposal.Basis != planner.BasisSpelling:
		sure := "monitor.to-review"
		if m.Proposal.Sure {
			sure = "monitor.sure"
		}
		parts = append(parts, t.lang.text("monitor.proposal", clean(m.Proposal.NewURL), t.lang.text("monitor.basis."+m.Proposal.Basis), t.lang.text(sure)))
	case m.Proposal == nil && (m.Class == planner.MissUnmapped || m.Class == planner.MissUnknownOld):
		parts = append(parts, t.lang.text("monitor.find-out"))
	}
	return strings.Join(parts, t.lang.text("list.semicolon"))
}

// writeMissed writes the files that were asked for, and the document of --json.
func (t *talk) writeMissed(c *cli.Context, project *inventory.Project, doc monitorDocument) error {
	if name := c.String("sheet"); name != "" {
		format, err := review.FormatOf(name)
		if err != nil {
			return usageError{err}
		}
		rows := t.proposals(doc.MonitorReport, c.Bool("apply"))
		err = t.fileOrOut(name, func(w io.Writer) error {
			return review.WriteProposals(c.Context, project, w, format, t.lang.code, rows)
		})
		if err != nil {
			return fmt.Errorf("writing the sheet: %w", err)
		}
		t.say("monitor.sheet", len(rows), name)
	}
	switch format := c.String("format"); {
	case format == "csv":
		return t.fileOrOut(c.String("out"), doc.WriteCSV)
	case format == "json":
		return t.fileOrOut(c.String("out"), func(w io.Writer) error {
			to := *t
			to.out = w
			return to.document(doc)
		})
	case t.json:
		return t.document(doc)
	}
	return nil
}

// proposals are the rows of the sheet: old pages of the project without a redirect. Pages
// that only the log knows are among them once they are in the project.
func (t *talk) proposals(r *planner.MonitorReport, applied bool) []review.Proposal {
	var out []review.Proposal
	for _, m := range r.Rows {
		vain := m.Vain()
		switch {
		case m.Class == planner.MissUnmapped:
		case m.Class == planner.MissUnknownOld && applied && m.Absent.People+m.Shown.People > 0:
		case m.Class == planner.MissPlanned && m.Proposal != nil:
		default:
			continue
		}
		p := review.Proposal{Old: m.Key, OldURL: m.OldURL, Remark: t.missed(m), People: vain.People, Robots: vain.Robots}
		if m.Proposal != nil {
			p.New, p.Sure = m.Proposal.NewKey, m.Proposal.Sure
		}
		out = append(out, p)
	}
	return out
}
