package frontier

import (
	"net/url"
	"slices"
	"strings"

	"replatform/crawler/platform"
)

// Family is what addresses have in common that no grammar knows: the shape of the
// path and the names of the parameters. Spaces without end (filters, calendars,
// sessions in the path) are one family or a few, and so are the products of a shop;
// which of the two it is shows only once some of its pages have been read.
type Family struct {
	Name   string // "/shop/*/#?id", printable
	Path   string // the same without parameters: families of one path share it
	Params int    // parameters that are not the page number of a listing
	Pager  bool   // there is such a number
	Dates  bool   // two numbers follow each other in the path, as in a calendar
}

// maxFamilyName keeps the names of families printable.
const maxFamilyName = 200

// FamilyOf says to which family an address belongs. Of the path, segments that hold a
// digit count as "#", others as "*", but for the first folder and for the path of a
// script that gets its page by parameters. The values of parameters make no difference.
func FamilyOf(u *url.URL) Family {
	params := platform.SplitQuery(u.RawQuery)
	f := Family{}
	var words []string
	for _, p := range params {
		if isPager(p.Name) {
			f.Pager = true
			continue
		}
		if w := shapeOfName(p.Name); !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	slices.Sort(words)
	f.Params = len(words)
	segments := strings.Split(strings.Trim(platform.NormalPath(u), "/"), "/")
	numbers := 0
	for i, s := range segments {
		switch {
		case strings.ContainsAny(s, "0123456789"):
			segments[i] = "#"
			if numbers++; numbers > 1 {
				f.Dates = true
			}
			continue
		case len(s) > 40:
			segments[i] = "*"
		case i == 0 && len(segments) > 1, len(params) > 0 && i < 4:
		default:
			segments[i] = "*"
		}
		numbers = 0
	}
	f.Path = "/" + strings.Join(segments, "/")
	f.Name = f.Path
	if len(words) > 0 {
		f.Name += "?" + strings.Join(words, "&")
	}
	if f.Pager {
		f.Name += " page"
	}
	if len(f.Name) > maxFamilyName {
		f.Name = f.Name[:maxFamilyName]
	}
	return f
}

// shapeOfName is the name of a parameter with its numbers and what stands in
// brackets taken as one: "f[12]" and "f[7]" are one parameter.
func shapeOfName(name string) string {
	name, _, _ = strings.Cut(name, "[")
	var b strings.Builder
	digit := false
	for i := 0; i < len(name); i++ {
		c := name[i]
		if '0' <= c && c <= '9' {
			if !digit {
				b.WriteByte('0')
			}
			digit = true
			continue
		}
		digit = false
		b.WriteByte(c)
	}
	return url.QueryEscape(b.String())
}

// IsPager says whether shop software uses this parameter for the page of a listing.
func IsPager(name string) bool { return isPager(name) }
