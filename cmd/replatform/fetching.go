package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"replatform/crawler"
	"replatform/crawler/fetch"
	"replatform/crawler/platform"
	"replatform/crawler/render"
)

// defaultRate is how many requests a second one host is asked. Crawlers of Japanese
// shops met no limit at one a second; two, slowed down by the client where answers
// get slow, reads a shop of 500 products in about five minutes.
const defaultRate = 2

// fetchFlags are the flags of every command that asks a shop.
func fetchFlags() []cli.Flag {
	return append([]cli.Flag{
		&cli.Float64Flag{Name: "rate", Usage: "requests per second to one host; 0 for no limit (your own server)", Value: defaultRate},
		&cli.IntFlag{Name: "concurrency", Usage: "requests under way at once", Value: fetch.DefaultConcurrency},
		&cli.IntFlag{Name: "max-pages", Usage: "stop after so many pages; the same command goes on later", DefaultText: "no limit"},
		&cli.DurationFlag{Name: "max-time", Usage: "stop after this time; the same command goes on later", DefaultText: "no limit"},
		&cli.StringFlag{Name: "platform", Usage: "take the shop for this platform (see: replatform platforms)"},
		&cli.StringSliceFlag{Name: "connect-to", Usage: "ask `HOST=ADDR` instead of what DNS says; may be given again"},
		&cli.BoolFlag{Name: "allow-private", Usage: "allow addresses of private networks"},
		&cli.StringSliceFlag{Name: "own-shop", Usage: "this is my shop: ask paths beginning with `PREFIX` although robots.txt forbids it"},
		&cli.StringFlag{Name: "contact", Usage: "mail or web address that the crawler names itself with"},
		&cli.DurationFlag{Name: "timeout", Usage: "give up one request after this time", Value: fetch.DefaultTimeout},
		&cli.IntFlag{Name: "max-alike", Usage: "ask at most so many addresses built alike that have led to no product yet (filters, calendars)", Value: crawler.DefaultMaxAlike},
		&cli.BoolFlag{Name: "fresh", Usage: "on a later crawl: read every page anew, also those that the shop says have not changed"},
		&cli.BoolFlag{Name: "pictures", Usage: "after the pages: ask for the main picture of each product once, and keep how it looks (not the picture) for match"},
		&cli.BoolFlag{Name: "render", Usage: "read pages that are empty without scripts with an installed Chromium, one at a time; what their scripts ask for is not counted by --rate"},
		&cli.StringFlag{Name: "browser", Usage: "for --render: the `FILE` of the Chromium to use"},
	}, accessFlags()...)
}

func (t *talk) crawlConfig(c *cli.Context, startURL string, reg *platform.Registry) (crawler.Config, error) {
	connect, err := t.connectTo(c.StringSlice("connect-to"))
	if err != nil {
		return crawler.Config{}, err
	}
	if c.Float64("rate") < 0 {
		return crawler.Config{}, t.usagef("usage.rate")
	}
	if c.Int("concurrency") < 1 {
		return crawler.Config{}, t.usagef("usage.concurrency")
	}
	if c.Int("max-alike") < 1 {
		return crawler.Config{}, t.usagef("usage.max-alike")
	}
	startURL, err = t.shopAddress(startURL)
	if err != nil {
		return crawler.Config{}, err
	}
	access, err := t.access(c)
	if err != nil {
		return crawler.Config{}, err
	}
	if c.Bool("render") {
		if err := t.checkBrowser(c, access); err != nil {
			return crawler.Config{}, err
		}
	}
	return crawler.Config{
		StartURL: startURL, Registry: reg, Platform: c.String("platform"), OwnShop: c.StringSlice("own-shop"),
		MaxPages: c.Int("max-pages"), MaxTime: c.Duration("max-time"), Fresh: c.Bool("fresh"), MaxAlike: c.Int("max-alike"), Log: t.log,
		Render: c.Bool("render"), Browser: c.String("browser"),
		Fetch: fetch.Options{
			Contact: c.String("contact"), Timeout: c.Duration("timeout"), Rate: c.Float64("rate"),
			Concurrency: c.Int("concurrency"), AllowPrivate: c.Bool("allow-private"), ConnectTo: connect, Log: t.log,
			Header: access.header, RootCAs: access.roots, Proxy: access.proxy,
		},
	}, nil
}

// checkBrowser finds out before the crawl whether --render can be done.
func (t *talk) checkBrowser(c *cli.Context, a access) error {
	if len(a.header) > 0 || a.proxy != nil || a.roots != nil {
		return t.usagef("usage.render")
	}
	if c.String("browser") != "" {
		return nil
	}
	if _, err := render.Find(); err != nil {
		return withHint(err, "hint.browser")
	}
	return nil
}

// connectTo reads HOST=ADDR pairs.
func (t *talk) connectTo(pairs []string) (map[string]string, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	out := make(map[string]string, len(pairs))
	for _, p := range pairs {
		host, addr, ok := strings.Cut(p, "=")
		if !ok || host == "" || addr == "" {
			return nil, t.usagef("usage.connect-to", p)
		}
		out[strings.ToLower(host)] = addr
	}
	return out, nil
}

// watchCrawl shows how a crawl goes on.
func (t *talk) watchCrawl(key string) (func(crawler.Progress), func()) {
	b := t.newBar(key, -1)
	return func(p crawler.Progress) {
		b.set(int64(p.Done+p.Failed), int64(p.Done+p.Failed+p.Queued))
		b.describe(t.lang.text(key+".state", p.Products, p.Queued))
	}, b.done
}

// sayPace prints how long a crawl took.
func (t *talk) sayPace(p crawler.Progress) {
	if s := p.Elapsed.Seconds(); s > 0 {
		t.say("crawl.pace", p.Asked, t.lang.duration(p.Elapsed), float64(p.Asked)/s)
	}
}
