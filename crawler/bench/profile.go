package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"

	"replatform/crawler"
	"replatform/crawler/catalog"
	"replatform/crawler/fetch"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
)

// profileCrawl crawls in this process, the shop being in another, and writes where
// the time goes.
func profileCrawl(ctx context.Context, self string, o options, dir string) (err error) {
	base, end, err := startShop(ctx, self, o.pages)
	if err != nil {
		return err
	}
	defer end()
	reg, err := platform.Load()
	if err != nil {
		return err
	}
	start, err := crawler.Probe(ctx, crawler.Config{StartURL: base, Registry: reg,
		Fetch: fetch.Options{Concurrency: o.concurrency, AllowPrivate: true}})
	if err != nil {
		return err
	}
	project, err := inventory.Open(ctx, filepath.Join(dir, "shop.replatform"), inventory.Options{Create: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, project.Close()) }()
	f, err := os.Create(o.profile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	begin := time.Now()
	sum, err := crawler.Crawl(ctx, start, project, catalog.Old)
	pprof.StopCPUProfile()
	if err != nil {
		return err
	}
	fmt.Printf("%d pages, %d products in %.1f s; read it with: go tool pprof -top -cum %s\n", sum.Done, sum.Products, time.Since(begin).Seconds(), o.profile)
	return nil
}
