package crawler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/cespare/xxhash/v2"

	"replatform/crawler/extract"
	"replatform/crawler/fetch"
	"replatform/crawler/inventory"
)

// AbsentPath is an address that no shop has. One request for it tells how a shop
// answers for pages that do not exist.
const AbsentPath = "/replatform-there-is-no-such-page-4b1f"

const absentPath = AbsentPath

// Findings about a shop that answers for pages it does not have.
const (
	codeSoft404    = "soft-404"     // a page that is the same as the one for absent addresses
	codeSoftAll    = "soft-404-all" // absent addresses answer 200, or lead elsewhere
	codeSoftScript = "script-shell" // every address, the start page too, answers with one shell
)

// alike is the share of words that two pages must have in common to be taken for one.
// Error pages differ in the address that they name and in recommendations.
const alike = 0.9

// likeness is what a page is compared by.
type likeness struct {
	title string
	words map[uint64]bool
}

// is says whether a page is the one that likeness is of.
func (l *likeness) is(title string, text []byte) bool {
	if l == nil || title != l.title {
		return false
	}
	words := wordsOf(text)
	common := 0
	for w := range words {
		if l.words[w] {
			common++
		}
	}
	all := len(words) + len(l.words) - common
	return all == 0 || float64(common) >= alike*float64(all)
}

// SamePage says whether two pages of one shop, in UTF-8, are one and the same as far as
// a reader sees: they have the same title and nine tenths of their words in common. It
// tells a page of the shop from the one that says that there is no such page.
func SamePage(title string, text []byte, otherTitle string, other []byte) bool {
	if title != otherTitle {
		return false
	}
	l := &likeness{title: title, words: wordsOf(text)}
	return l.is(otherTitle, other)
}

// wordsOf is the set of words that a reader sees, and of the pictures: everything
// outside of tags, scripts and styles. It is asked only for shops that answer 200 for
// absent pages.
func wordsOf(text []byte) map[uint64]bool {
	out := map[uint64]bool{}
	for len(text) > 0 {
		open := bytes.IndexByte(text, '<')
		if open < 0 {
			open = len(text)
		}
		for _, w := range bytes.Fields(text[:open]) {
			out[xxhash.Sum64(w)] = true
		}
		text = text[open:]
		end := bytes.IndexByte(text, '>')
		if end < 0 {
			break
		}
		tag := text[:end+1]
		text = text[end+1:]
		for _, hidden := range []string{"script", "style"} {
			if len(tag) > len(hidden) && bytes.EqualFold(tag[1:1+len(hidden)], []byte(hidden)) {
				i := bytes.Index(text, []byte("</"))
				if i < 0 {
					return out
				}
				text = text[i:]
			}
		}
	}
	return out
}

// askAbsent asks for a page that does not exist and remembers a page that comes all
// the same. What it learns holds for one run and depends on the shop alone.
func (c *crawl) askAbsent(ctx context.Context) error {
	if c.told != nil {
		return nil
	}
	u, err := c.home.Parse(absentPath)
	if err != nil {
		return fmt.Errorf("making an address that does not exist: %w", err)
	}
	if ok, _, err := c.allowed(ctx, u); err != nil || !ok {
		return nil // robots.txt is reported where it matters
	}
	resp, err := c.client.Get(ctx, u.String())
	c.asked++
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, fetch.ErrUnreachable) {
			return nil
		}
		return fmt.Errorf("asking for a page that does not exist: %w", err)
	}
	var found []inventory.Finding
	say := func(code, message string) {
		found = append(found, inventory.Finding{Side: c.side, Code: code, URL: u.String(), Message: message, Count: 1})
	}
	switch {
	case resp.Location != "" && resp.Status != http.StatusNotFound:
		say(codeSoftAll, fmt.Sprintf("answers %d and leads to %s", resp.Status, resp.Location))
	case resp.Status == http.StatusOK && isHTML(resp):
		text, charset := fetch.Decode(resp.Body, resp.Header.Get("Content-Type"))
		l := &likeness{title: titleOf(u, text, charset), words: wordsOf(text)}
		if l.is(c.homeTitle, c.homeText) {
			say(codeSoftScript, "answers with the same page as the start page")
			break
		}
		say(codeSoftAll, "answers 200")
		c.absent = l
	}
	err = c.project.ReplaceFindings(context.WithoutCancel(ctx), c.side, []string{codeSoftAll, codeSoftScript}, found)
	if err != nil {
		return err
	}
	return nil
}

func titleOf(u *url.URL, text []byte, charset string) string {
	return extract.ScanLinks(u, text, extract.Hints{Charset: charset}).Title
}
