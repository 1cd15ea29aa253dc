package sources

import (
	"fmt"
	"io"
	"strings"

	"github.com/cespare/xxhash/v2"

	"replatform/crawler/catalog"
)

// What one file may fill of the memory. A shop with a million pages stays far below;
// what grows beyond is no file of a shop.
const (
	maxKept       = 512 << 20 // bytes of addresses and products of one file
	maxIdentities = 1_000_000 // products of one file
	maxProduct    = 8 << 20   // bytes of one product with its variants
	maxWaiting    = 128 << 20 // bytes of products that wait for their variations
	maxItem       = 16 << 20  // bytes of one item of JSON or XML
	maxColumns    = 4096      // of a table
	maxNames      = 20        // names of columns that stand twice, filters of an export
)

// identities remembers at which line the identity of a product stood. Only hashes are
// kept: identities may be long.
type identities map[uint64]int

func (i identities) line(id string) (line int, known bool) {
	line, known = i[xxhash.Sum64String(id)]
	return line, known
}

func (i identities) add(id string, line int) { i[xxhash.Sum64String(id)] = line }

func (i identities) full() bool { return len(i) >= maxIdentities }

// own copies every text of a record, so that it does not hold the whole line of which
// its fields are parts, and says how many bytes it takes.
func own(r Record) (Record, int) {
	size := 512 // the structures themselves, and the map of sources
	text := func(s *string) {
		*s = strings.Clone(*s)
		size += len(*s)
	}
	list := func(l *[]string) {
		out := make([]string, len(*l))
		for i, s := range *l {
			text(&s)
			out[i] = s
			size += 16
		}
		if *l != nil {
			*l = out
		}
	}
	text(&r.URL)
	text(&r.ID)
	text(&r.Handle)
	text(&r.Title)
	list(&r.Categories)
	p := r.Product
	for _, s := range []*string{&p.Name, &p.SKU, &p.MPN, &p.GTIN, &p.Brand, &p.Description,
		&p.Price.Amount, &p.Price.Currency, &p.ListPrice.Amount, &p.ListPrice.Currency} {
		text(s)
	}
	list(&p.Images)
	for i := range p.Breadcrumb {
		text(&p.Breadcrumb[i].Name)
		text(&p.Breadcrumb[i].URL)
		size += 32
	}
	for i := range p.Variants {
		var n int
		p.Variants[i], n = ownVariant(p.Variants[i])
		size += n
	}
	return r, size
}

// ownVariant is own for one form of a product.
func ownVariant(v catalog.Variant) (catalog.Variant, int) {
	size := 160
	text := func(s string) string {
		size += len(s)
		return strings.Clone(s)
	}
	v.ID, v.Title, v.SKU, v.GTIN, v.Image = text(v.ID), text(v.Title), text(v.SKU), text(v.GTIN), text(v.Image)
	v.Price.Amount, v.Price.Currency = text(v.Price.Amount), text(v.Price.Currency)
	var options []string
	for _, o := range v.Options {
		options = append(options, text(o))
		size += 16
	}
	v.Options = options
	return v, size
}

// allowance bounds how much is read for one item of a format whose items may be of any
// size. A reader of such a format keeps an item whole.
type allowance struct {
	in   io.Reader
	left int
}

func newAllowance(in io.Reader) *allowance { return &allowance{in: in, left: maxItem} }

// next begins a new item.
func (a *allowance) next() { a.left = maxItem }

func (a *allowance) Read(b []byte) (int, error) {
	if a.left < 0 {
		return 0, fmt.Errorf("%w: an item of more than %d MiB", ErrRecordTooLong, maxItem>>20)
	}
	// Decoders read as much as their buffer holds: small pieces, so that what lies
	// behind an item does not count to it.
	n, err := a.in.Read(b[:min(len(b), 64<<10)])
	a.left -= n
	return n, err
}
