package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v2"

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/demoshop"
	"replatform/crawler/fetch"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
	"replatform/planner"
	"replatform/planner/match"
	"replatform/planner/report"
	"replatform/redirects"
	"replatform/redirects/verify"
)

func demoCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name: "demo", ArgsUsage: "[DIR]",
		Usage: "the whole job on two shops built into the program; needs no network",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "serve", Usage: "only serve the two shops on this computer, until Ctrl-C"},
		},
		Action: t.demo,
	}
}

// demoConcurrency is how many requests the demo has under way: the shops are on this
// computer, nobody else is bothered.
const demoConcurrency = 8

func (t *talk) demo(c *cli.Context) error {
	began := time.Now()
	dir := "demo"
	if c.NArg() > 1 {
		return t.usagef("usage.one-folder-only", "demo", c.Args().Get(1))
	}
	if c.Args().Present() {
		dir = c.Args().First()
	}
	options := demoshop.Options{Scheme: "http"}
	old, fresh := demoshop.Old(options), demoshop.New(options)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("serving the demo shops: %w", err)
	}
	server := &http.Server{Handler: demoshop.Mux(old, fresh), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends with Close
	defer server.Close()
	connect := demoshop.ConnectTo(listener.Addr().String(), old, fresh)
	if c.Bool("serve") {
		for host, addr := range connect {
			fmt.Fprintf(t.out, "--connect-to %s=%s\n", host, addr)
		}
		<-c.Context.Done()
		return nil
	}
	file, err := t.demoFile(dir)
	if err != nil {
		return err
	}
	project, err := inventory.Open(c.Context, file, inventory.Options{Create: true, Log: t.log})
	if err != nil {
		return err
	}
	defer project.Close()
	reg, err := platform.Load()
	if err != nil {
		return fmt.Errorf("reading platform files: %w", err)
	}
	d := &demo{talk: t, project: project, reg: reg, connect: connect, dir: dir, old: old, fresh: fresh}
	t.say("demo.intro")
	for _, step := range []func(context.Context) error{d.crawl, d.target, d.match, d.plan, d.verify} {
		if err := step(c.Context); err != nil {
			return err
		}
	}
	t.result("demo.look")
	for _, name := range []string{"plan/plan.html", "plan/redirect-map.csv", "plan/redirects", "plan/workaround", "shop.replatform"} {
		if !t.quiet && !t.json {
			fmt.Fprintf(t.out, "  %s\n", filepath.Join(dir, filepath.FromSlash(name)))
		}
	}
	t.say("demo.time", t.lang.duration(time.Since(began)))
	return d.findings
}

// demoFile is the project file of the demo in dir. That of an earlier demo is
// replaced; a folder that holds anything else is left alone.
func (t *talk) demoFile(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("making the demo: %w", err)
	}
	for _, e := range entries {
		switch e.Name() {
		case "shop.replatform", "shop.replatform-wal", "shop.replatform-shm", "plan":
		default:
			return "", withHint(t.errorf("err.demo-dir", dir, e.Name()), "hint.demo-dir")
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("making the demo: %w", err)
	}
	file := filepath.Join(dir, "shop.replatform")
	for _, name := range []string{file, file + "-wal", file + "-shm"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("replacing the earlier demo: %w", err)
		}
	}
	return file, nil
}

// demo is the state of one demonstration.
type demo struct {
	*talk
	project    *inventory.Project
	reg        *platform.Registry
	connect    map[string]string
	dir        string
	old, fresh *demoshop.Shop
	made       *planner.Plan
	findings   error
}

func (d *demo) start(ctx context.Context, startURL, bar string) (*crawler.Start, func(), error) {
	progress, finish := d.watchCrawl(bar)
	start, err := crawler.Probe(ctx, crawler.Config{
		StartURL: startURL, Registry: d.reg, Log: d.log, Progress: progress,
		Fetch: fetch.Options{Timeout: fetch.DefaultTimeout, Concurrency: demoConcurrency, ConnectTo: d.connect, Log: d.log},
	})
	if err != nil {
		finish()
		return nil, nil, err
	}
	d.sayPlatform(start)
	return start, finish, nil
}

func (d *demo) crawl(ctx context.Context) error {
	d.say("demo.step.crawl", d.old.StartURL())
	start, finish, err := d.start(ctx, d.old.StartURL(), "crawl.bar")
	if err != nil {
		return err
	}
	sum, err := crawler.Crawl(ctx, start, d.project, catalog.Old)
	finish()
	return d.ended(ctx, catalog.Old, sum, err)
}

func (d *demo) target(ctx context.Context) error {
	d.say("demo.step.target", d.fresh.StartURL())
	start, finish, err := d.start(ctx, d.fresh.StartURL(), "target.bar")
	if err != nil {
		return err
	}
	sum, err := crawler.Target(ctx, start, d.project)
	finish()
	return d.ended(ctx, catalog.New, sum, err)
}

func (d *demo) ended(ctx context.Context, side catalog.Side, sum crawler.Summary, err error) error {
	if err != nil {
		return err
	}
	if sum.Stopped != "" {
		return fmt.Errorf("the demo was stopped: %w", context.Canceled)
	}
	counts, err := d.project.Counts(ctx, side)
	if err != nil {
		return fmt.Errorf("counting pages: %w", err)
	}
	d.sayPace(sum.Progress)
	d.result("crawl.done", counts.Pages, counts.ByType[catalog.ProductP], counts.ByType[catalog.Category], sum.Failed)
	return nil
}

func (d *demo) match(ctx context.Context) error {
	d.say("demo.step.match")
	counts, err := planner.MatchShops(ctx, d.project, match.Options{Log: d.log})
	if err != nil {
		return err
	}
	return d.matchCounts(counts)
}

// plan decides as for an owner who has not asked the registrar yet: an edge in front
// of the domain, and a script for the old templates in case the domain cannot move.
func (d *demo) plan(ctx context.Context) error {
	d.say("demo.step.plan")
	made, err := d.makePlan(ctx, d.project, d.reg, planner.Options{Generated: time.Now()}, filepath.Join(d.dir, "plan"), report.Options{})
	d.made = made
	return err
}

// verify puts a redirector with the plan's map in front of the new shop and asks it
// every old address, as if DNS had been switched.
func (d *demo) verify(ctx context.Context) error {
	d.say("demo.step.verify")
	edge, err := newDemoEdge(planner.Rules(d.made.Rows), d.connect[d.fresh.Hosts()[0]])
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("serving the redirector: %w", err)
	}
	server := &http.Server{Handler: edge, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends with Close
	defer server.Close()
	connect := map[string]string{}
	for host, addr := range d.connect {
		connect[host] = addr
	}
	for _, host := range d.old.Hosts() {
		connect[host] = listener.Addr().String()
	}
	b := d.newBar("verify.bar", -1)
	began := time.Now()
	sum, err := planner.Verify(ctx, d.project, planner.VerifyOptions{Options: verify.Options{
		ConnectTo: connect, Concurrency: demoConcurrency, Timeout: fetch.DefaultTimeout, CheckFinal: true, Inspect: planner.NewInspector().Inspect,
	}, Engine: planner.OwnRedirector}, func(done, total int) { b.set(int64(done), int64(total)) })
	b.done()
	if err != nil {
		return err
	}
	d.findings = d.verified(sum, time.Since(began))
	// The plan is written again, now with the proofs.
	proofs, err := planner.Proofs(ctx, d.project, d.made.Rows)
	if err != nil {
		return err
	}
	version, err := keepVersion(ctx, d.project, d.made, proofs)
	if err != nil {
		return err
	}
	return report.Folder(ctx, d.made, filepath.Join(d.dir, "plan"), d.lang.code, report.Options{Proofs: proofs, Version: version.Same})
}

// demoEdge answers old addresses from a redirect map and passes every other request
// to the new shop.
type demoEdge struct {
	resolver *redirects.Resolver
	shop     http.Handler
}

func newDemoEdge(m redirects.Map, shopAddr string) (*demoEdge, error) {
	r, err := redirects.NewResolver(m)
	if err != nil {
		return nil, fmt.Errorf("loading the redirect map: %w", err)
	}
	return &demoEdge{resolver: r, shop: httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: shopAddr})}, nil
}

func (e *demoEdge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rule, ok := e.resolver.Resolve(r.Host, r.RequestURI)
	switch {
	case !ok:
		e.shop.ServeHTTP(w, r)
	case rule.Gone():
		http.Error(w, "gone", rule.Status)
	default:
		w.Header().Set("Location", rule.Target)
		w.WriteHeader(rule.Status)
	}
}
