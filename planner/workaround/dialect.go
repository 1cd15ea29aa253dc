package workaround

import (
	"fmt"
	"slices"
	"strings"
)

// A dialect declares what can be pasted into one template language and which of its
// variables tell the pages apart. One file holds one family of dialects; a
// platform's facts name the dialect by its id.
type dialect struct {
	id      string
	grammar grammar // every address of the platform's pages
	// shown, when not nil, are those addresses of which is known that they show the pages
	// into which the source artefact is written.
	shown *grammar
	// head says that the source artefact is written into <head>; else it goes inside
	// <body> and lives on a script.
	head bool
	// source makes the artefact for the platform that is left; nil when the language
	// is known only for destinations.
	source func(*job) (*folder, error)
	// destination makes the artefact for the platform that is moved to; nil when
	// there is none.
	destination func(*job) (*folder, error)
}

// writable says that the platform's templates can take the dialect's source
// artefact, as far as is known: an unknown answer gives the artefact and a task.
func (d dialect) writable(c Capabilities) bool {
	if d.head {
		return c.HeadPerPage != No
	}
	return c.Script != No && (c.BodyTemplate != No || c.HeadSiteWide != No)
}

// dialects lists every dialect. The order has no meaning.
func dialects() []dialect {
	return []dialect{
		colorme(),
		makeshopCreator(),
		makeshopBasic(),
		shopifyTheme(),
	}
}

// Dialects lists the ids that Capabilities.TemplateLanguage may have.
func Dialects() []string {
	var ids []string
	for _, d := range dialects() {
		ids = append(ids, d.id)
	}
	slices.Sort(ids)
	return ids
}

func dialectByID(id string) (dialect, bool) {
	all := dialects()
	i := slices.IndexFunc(all, func(d dialect) bool { return d.id == id })
	if i < 0 {
		return dialect{}, false
	}
	return all[i], true
}

// job is one artefact being made.
type job struct {
	in     Input
	caps   Capabilities // of the platform whose templates are written
	os     origins
	home   string // cleaned NewHome
	search *newSearch
	base   string // cleaned MapBase with a slash at the end, or unsetBase
}

// english says that visitors of the old shop do not read Japanese: they get English
// alone. Where the language is not known they get both.
func (j *job) english() bool {
	return j.in.Language != "" && !strings.EqualFold(strings.Split(j.in.Language, "-")[0], "ja")
}

// scripted is the strength of what a script does on the old pages.
func (j *job) scripted() Strength {
	if j.in.NoForward {
		return Link
	}
	return Script
}

// budget is how many characters a snippet may have in one template page, and
// whether the platform's limit is known.
func (j *job) budget(ours int) (chars int, known bool) {
	limit := j.caps.TemplateLimit
	if limit <= 0 {
		return ours, false
	}
	if j.in.TemplateUsed > 0 {
		return max(limit-j.in.TemplateUsed-budgetMargin, 0), true
	}
	return limit / 2, true
}

// budgetMargin stays free in a template beside what the owner has in it.
const budgetMargin = 1000

// config is the loader's configuration with the entries inline when they are few,
// else in map files, which are added to the folder.
func (j *job) config(f *folder, g grammar, entries []entry) loaderConfig {
	c := loaderConfig{grammar: g, origins: j.os, search: j.search, stay: j.in.NoForward}
	if len(scriptMap(entries)) <= inlineLimit {
		c.inline = entries
		return c
	}
	c.shards = shardCount(entries, shardSize, maxShards)
	c.base = j.base + "m"
	for i, text := range shardFiles(entries, c.shards) {
		f.add(fmt.Sprintf("map/m%d.js", i), text)
	}
	return c
}

// needsBase says that the owner still has to decide where the map files live.
func (j *job) needsBase(c loaderConfig) bool { return c.shards > 0 && j.base == unsetBase }
