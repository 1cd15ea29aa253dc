package report

import (
	"embed"
	"net/url"

	"replatform/planner"
)

//go:embed templates/*
var templateFiles embed.FS

// composeFor composes a document and hands out its composer too, for the parts that
// are drawn outside of it.
func composeFor(p *planner.Plan, lang, otherFile string, o Options) (*document, *composer, error) {
	c, err := newComposer(p, lang, o)
	if err != nil {
		return nil, nil, err
	}
	d, err := c.compose(otherFile)
	return d, c, err
}

// readable shows an address as people read it: UTF-8 escapes decoded, everything
// else as sent.
func readable(raw string) string {
	if s, err := url.PathUnescape(raw); err == nil && isText(s) {
		return s
	}
	return raw
}

// isText says whether s is printable text: no control characters, valid UTF-8.
func isText(s string) bool {
	for _, r := range s {
		if r < ' ' || r == 0x7f || r == 0xfffd || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return false
		}
	}
	return true
}
