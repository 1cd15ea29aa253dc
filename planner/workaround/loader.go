package workaround

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed js/loader.js
var loaderSource string

// Sizes that are ours, chosen for the visitor: a map up to inlineLimit bytes stands
// in the page itself, a larger one is cut into files of about shardSize bytes.
const (
	inlineLimit = 6 << 10
	shardSize   = 6 << 10
	maxShards   = 4096
	// unsetBase stands where the owner must put the address of the map folder; the
	// name can never resolve (RFC 6761), so a forgotten edit leaves the page untouched.
	unsetBase = "https://replace-this-address.invalid/map/"
)

// loaderConfig is what the loader in a page knows.
type loaderConfig struct {
	grammar grammar
	origins origins
	inline  []entry
	shards  int    // 0: no map files
	base    string // address of the map files up to their number; JavaScript text without quotes
	hide    int    // milliseconds for which the page may stay invisible; 0: never
	stay    bool   // only set the links, never leave the page
	search  *newSearch
}

// script is the loader as a script element.
func (c loaderConfig) script() string {
	var b strings.Builder
	field := func(name, value string) {
		if b.Len() > 0 {
			b.WriteString(",\n")
		}
		b.WriteString(name + ": " + value)
	}
	field("origins", jsValue([]string(c.origins)))
	field("rules", jsValue(c.grammar.forScript()))
	if c.grammar.params != nil {
		field("params", jsValue(c.grammar.params))
	}
	if len(c.inline) > 0 {
		field("map", scriptMap(c.inline))
	}
	if c.shards > 0 {
		field("shards", fmt.Sprint(c.shards))
		field("base", `"`+c.base+`"`)
	}
	if c.stay {
		field("stay", "true")
	}
	if c.hide > 0 {
		field("hide", fmt.Sprint(c.hide))
	}
	if s := c.grammar.search; s != nil && c.search != nil {
		field("search", fmt.Sprintf("{ path: %s, query: %s, words: %s, charset: %s, before: %s, after: %s, plain: %s }",
			jsString(s.path.String()), jsValue(queryForScript(s.query)), jsString(s.words), jsString(s.charset),
			jsString(c.search.before), jsString(c.search.after), jsString(c.search.plain)))
	}
	src := strings.TrimSpace(strings.Replace(loaderSource, "__CONFIG__", "{ "+b.String()+" }", 1))
	return "<script>\n" + src + "\n</script>\n"
}
