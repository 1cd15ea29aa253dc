package report

import (
	"strings"

	"replatform/crawler/inventory"
	"replatform/crawler/sources"
	"replatform/redirects/verify"
)

// sourceName is who named a page or told its worth: a part of the crawl, or a kind of
// file as the import stores it.
func (c *composer) sourceName(source string) string {
	return c.or("source."+source, sources.Kind(source).In(c.code))
}

// findingName says what the crawl noticed; a code of its own is the rule of a platform
// by which links were left.
func (c *composer) findingName(code string) string {
	if name := c.or("finding."+code, ""); name != "" {
		return name
	}
	return c.say("finding.rule", code)
}

// findingExample is the address that a finding is about. What it says beside that is
// in English, and stands where there is no address.
func (c *composer) findingExample(f inventory.Finding) string {
	if c.code == "en" {
		return strings.TrimSpace(f.URL + " " + f.Message)
	}
	if f.URL != "" {
		return f.URL
	}
	return f.Message
}

// problemName says why an old address did not answer as the map wants.
func (c *composer) problemName(code string) string {
	return verify.Problem(code).Text().In(c.code)
}
