package crawler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"sync"

	"replatform/crawler/extract"
	"replatform/crawler/inventory"
	"replatform/crawler/render"
)

// Findings about pages that are made by scripts.
const (
	codeScript   = "needs-script"  // the page is empty without scripts
	codeRendered = "rendered"      // it was read with a browser
	codeRender   = "render-failed" // the browser could not read it
)

// A page that shows fewer words and links than this may be the frame of one that
// scripts fill.
const (
	fewWords = 60
	fewLinks = 8
)

// mounts are the places that frameworks fill, empty: React and its relatives, Vue,
// Angular, Next, Nuxt, Gatsby. noscripts ask the reader to switch scripts on.
var (
	mounts    = regexp.MustCompile(`(?i)<(?:div|main|section)[^>]{0,200}\bid\s*=\s*["']?(?:root|app|application|__next|__nuxt|___gatsby|main-app)["']?[^>]{0,200}>\s*(?:<!--[^>]{0,200}-->\s*)?</|<app-root[^>]{0,200}>\s*</app-root`)
	noscripts = regexp.MustCompile(`(?is)<noscript[^>]{0,200}>.{0,400}?(?:enable|turn on|needs?|require|有効|オン).{0,100}?javascript|<noscript[^>]{0,200}>.{0,400}?javascript.{0,100}?(?:enable|turn on|required|有効|オン|必要)`)
)

// needsScript says whether a page is only the frame of one that scripts fill.
func needsScript(text []byte, res *extract.Result) bool {
	if res.Product != nil || !bytes.Contains(text, []byte("<script")) {
		return false
	}
	links := 0
	for _, l := range res.Links {
		if l.Kind == "a" || l.Kind == "area" {
			links++
		}
	}
	if links >= fewLinks || !mounts.Match(text) && !noscripts.Match(text) {
		return false
	}
	return len(wordsOf(text)) < fewWords
}

// browsing starts a browser when the first page needs it.
type browsing struct {
	once    sync.Once
	browser *render.Browser
	err     error
}

// rendered reads a page that needs scripts with the browser. It reports what was done;
// nil means that the page stays as it is.
func (c *crawl) rendered(ctx context.Context, v *inventory.Visit, u *url.URL, hints extract.Hints) *extract.Result {
	say := func(code, message string) {
		v.Findings = append(v.Findings, inventory.Finding{Side: c.side, Code: code, URL: v.URL, Message: message, Count: 1})
	}
	if !c.cfg.Render {
		say(codeScript, "the page is empty without scripts")
		return nil
	}
	c.browsing.once.Do(func() {
		c.browsing.browser, c.browsing.err = render.New(render.Options{Path: c.cfg.Browser, Dial: c.client.Dial,
			UserAgent: c.client.UserAgent(), MaxHTML: int(c.cfg.Fetch.MaxBody)})
	})
	if c.browsing.err != nil {
		say(codeRender, c.browsing.err.Error())
		return nil
	}
	html, err := c.browsing.browser.HTML(ctx, u.String())
	if err != nil {
		say(codeRender, err.Error())
		return nil
	}
	hints.Charset = "utf-8"
	res, err := extract.Page(u, html, hints)
	if err != nil {
		say("extract-failed", err.Error())
	}
	say(codeRendered, "read with a browser")
	return res
}

// closeBrowser ends the browser, if one was started.
func (c *crawl) closeBrowser() error {
	if c.browsing.browser == nil {
		return nil
	}
	if err := c.browsing.browser.Close(); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("closing the browser: %w", err)
	}
	return nil
}
