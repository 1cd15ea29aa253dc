package workaround

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
)

// LinkingSite is another site that links to the old shop, to whose owner one may write.
type LinkingSite struct {
	Site string `json:"site"` // host, without "www."
	// Links is how many of its pages link to the shop, as far as the files tell; 0 unknown.
	Links int `json:"links,omitempty"`
	// Targets is how many pages of the shop it links to, where a file tells the number
	// without the pages; 0 unknown.
	Targets int          `json:"targets,omitempty"`
	Pages   []LinkedPage `json:"pages,omitempty"` // of the shop; none when the files do not say which
	Sources []string     `json:"sources"`         // as inventory.Worth.Source
	Files   []string     `json:"files"`           // names of the files that say it
	Read    string       `json:"read"`            // day on which the newest of them was read, 2006-01-02
}

// LinkedPage is an old page to which a site links.
type LinkedPage struct {
	OldURL string   `json:"old_url"`
	NewURL string   `json:"new_url,omitempty"` // empty: it has no counterpart
	Links  int      `json:"links,omitempty"`   // pages of the site that link to it; 0 unknown
	From   []string `json:"from,omitempty"`    // some of them, absolute
}

// LinkingSitesCSV is the list of sites to write to, a row for each site and page it links
// to: UTF-8 with a byte order mark, no cell begins like a formula.
func LinkingSitesCSV(sites []LinkingSite) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff") // spreadsheets take the file for UTF-8 by it
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	number := func(n int) string {
		if n == 0 {
			return "" // unknown
		}
		return strconv.Itoa(n)
	}
	// Writing into memory cannot fail.
	_ = w.Write([]string{"site", "links", "pages_linked_to", "old_url", "new_url", "links_to_page", "linking_pages", "source", "file", "read"})
	for _, s := range sites {
		count := max(len(s.Pages), s.Targets)
		pages := s.Pages
		if len(pages) == 0 {
			pages = []LinkedPage{{}} // which one is not known
		}
		for _, p := range pages {
			_ = w.Write([]string{cell(s.Site), number(s.Links), number(count), cell(p.OldURL), cell(p.NewURL), number(p.Links),
				cell(strings.Join(p.From, " ")), cell(strings.Join(s.Sources, " ")), cell(strings.Join(s.Files, " | ")), s.Read})
		}
	}
	w.Flush()
	return b.Bytes()
}

// mostSites is how many sites the list of a plan holds; a figure of ours, since each
// means a letter by hand. The announcement has all.
const mostSites = 200
