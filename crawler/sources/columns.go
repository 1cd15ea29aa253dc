package sources

import (
	"io"
	"regexp"
	"slices"
	"strconv"
	"sync"
)

// field is what a column means, whatever the platform calls it.
type field string

const (
	fID          field = "id"
	fHandle      field = "handle"
	fName        field = "name"
	fDescription field = "description"
	fShort       field = "short description"
	fBrand       field = "brand"
	fType        field = "type"
	fCategory    field = "category"
	fSubcategory field = "subcategory"
	fTags        field = "tags"
	fPublished   field = "published"
	fStatus      field = "status"
	fSKU         field = "sku"
	fGTIN        field = "gtin"
	fISBN        field = "isbn"
	fMPN         field = "mpn"
	fPrice       field = "price"
	fListPrice   field = "list price"
	fTracker     field = "inventory tracker"
	fQuantity    field = "quantity"
	fOversell    field = "sells when out of stock"
	fInStock     field = "in stock"
	fImage       field = "image"
	fVarImage    field = "variant image"
	fParent      field = "parent"
	fURL         field = "url"
	fVisible     field = "visible"
	fDeleted     field = "deleted"
	fLanguage    field = "store view"
	fVarSKU      field = "variant sku"
	fVarQuantity field = "variant quantity"

	fClicks       field = "clicks"
	fImpressions  field = "impressions"
	fSessions     field = "sessions"
	fRevenue      field = "revenue"
	fCurrency     field = "currency"
	fLinkingSites field = "linking sites"
	fLinkingPage  field = "linking page"
	fLinkingSite  field = "linking site"
	fLinks        field = "links"
	fTargets      field = "pages linked to"
	fHost         field = "host"
	fDate         field = "date"
	fAnswer       field = "status code"
	fFilter       field = "filter"
	fValue        field = "value"
)

// column is a field with the names it has in one kind of file.
type column struct {
	field    field
	names    []string // as the platform writes them; the first stands in messages
	required bool
}

// role is what a kind of file is read for.
type role int

const (
	roleWorth     role = iota // addresses with figures
	roleAddresses             // addresses of the shop without figures
	roleGoods                 // products
	roleList                  // addresses, perhaps with products
	roleBeside                // says something of the file beside it
	roleSites                 // names sites that link to the shop
	roleNothing               // recognised, but holds nothing of use
)

// format is one kind of file.
type format struct {
	kind     Kind
	role     role
	source   string // word under which worth and pages are stored
	platform string
	title    string
	titleJA  string
	cite     string // where the shape is described, with the date
	columns  []column
	below    bool // the line of names may stand below other lines
	byHand   bool // rows may lack fields at their end
	comments bool // lines that begin with "#" stand between tables
	// detect says what in the beginning of a file speaks for the kind, "" when nothing
	// does, and stream reads the whole of it: for files that are no table with a line
	// of names.
	detect func(text string) string
	stream func(*session, io.Reader) error
	// oneOf: beside the required columns at least one of these must be there, so that
	// a file of something else with two usual names is not taken for this kind.
	oneOf []field
	sink  func(*session) sink // reads the rows of this kind
	// numbered are names that carry a number: options, attributes, further images.
	numbered []numbered
}

// numbered is a family of columns, "Option1 name" to "Option3 name".
type numbered struct {
	field field
	re    *regexp.Regexp // on the normal form; the first group is the number
}

const (
	fOptionName  field = "option name"
	fOptionValue field = "option value"
	fMoreImage   field = "further image"
)

func re(s string) *regexp.Regexp { return regexp.MustCompile(`^` + s + `$`) }

// formats are the kinds of files in the order in which they are tried: those with the
// most particular names first.
var formats = sync.OnceValue(func() []format {
	return slices.Concat(streamFormats(), worthFormats(), goodsFormats())
})

func formatOf(k Kind) *format {
	for i, f := range formats() {
		if f.kind == k {
			return &formats()[i]
		}
	}
	return nil
}

// columns says where the fields of a format stand in one file.
type columns struct {
	format  *format
	header  []string
	at      map[field]int
	more    map[field]map[int]int // numbered fields: number → position
	taken   []bool
	repeats []string // names that stand twice; the first one counts
}

// match finds the columns of the format in a header line.
func (f *format) match(header []string) *columns {
	c := &columns{format: f, header: header, at: make(map[field]int), more: make(map[field]map[int]int), taken: make([]bool, len(header))}
	byName := make(map[string]int, len(header))
	for i, h := range header {
		n := normal(h)
		if n == "" {
			continue
		}
		if _, twice := byName[n]; twice {
			if len(c.repeats) < maxNames {
				c.repeats = append(c.repeats, h)
			}
			continue
		}
		byName[n] = i
	}
	for _, col := range f.columns {
		for _, name := range col.names {
			if i, ok := byName[normal(name)]; ok && !c.taken[i] {
				c.at[col.field], c.taken[i] = i, true
				break
			}
		}
	}
	for _, fam := range f.numbered {
		for name, i := range byName {
			m := fam.re.FindStringSubmatch(name)
			if m == nil || c.taken[i] {
				continue
			}
			n, err := strconv.Atoi(m[1])
			if err != nil {
				continue
			}
			if c.more[fam.field] == nil {
				c.more[fam.field] = make(map[int]int)
			}
			c.more[fam.field][n], c.taken[i] = i, true
		}
	}
	return c
}

// missing names the columns without which the file is not of this kind.
func (c *columns) missing() []string {
	var out []string
	for _, col := range c.format.columns {
		if _, ok := c.at[col.field]; col.required && !ok {
			out = append(out, col.names[0])
		}
	}
	if len(out) > 0 || len(c.format.oneOf) == 0 {
		return out
	}
	for _, f := range c.format.oneOf {
		if _, ok := c.at[f]; ok {
			return nil
		}
	}
	for _, f := range c.format.oneOf {
		for _, col := range c.format.columns {
			if col.field == f {
				out = append(out, col.names[0])
			}
		}
	}
	return out[:1]
}

func (c *columns) used() []int {
	var out []int
	for i, t := range c.taken {
		if t {
			out = append(out, i)
		}
	}
	return out
}

func (c *columns) usedNames() []string {
	var out []string
	for _, i := range c.used() {
		out = append(out, c.header[i])
	}
	return out
}

func (c *columns) ignoredNames() []string {
	var out []string
	for i, t := range c.taken {
		if !t && c.header[i] != "" {
			out = append(out, c.header[i])
		}
	}
	return out
}
