package inventory

import (
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"replatform/crawler/catalog"
)

// Columns are the columns of the inventory as CSV and XLSX, in order.
//
//	key           identity of the page
//	type          page type
//	url           the address that is asked
//	status        HTTP status, empty when never answered
//	title         title of the page
//	name … availability  the product, empty for other pages; price is a plain decimal
//	image         main picture
//	category      names of the breadcrumb joined by " > "; without a breadcrumb the
//	              titles of the categories that hold the product, joined by " | "
//	spellings     every address of the page, separated by one blank
//	sources       who knew the page, separated by one blank
func Columns() []string {
	return []string{"key", "type", "url", "status", "title", "name", "sku", "gtin", "brand", "price", "currency",
		"availability", "image", "category", "spellings", "sources"}
}

// row is one page as it is exported.
type row struct {
	page     Page
	product  catalog.Product // empty when there is none
	known    bool            // there is a product
	category string
	look     string // hash of the main picture, "" unknown
}

// rows hands the pages of f to fn as rows.
func (p *Project) rows(ctx context.Context, f Filter, fn func(row) error) error {
	titles, err := p.categoryTitles(ctx, f.Side)
	if err != nil {
		return err
	}
	looks, err := p.PictureHashes(ctx)
	if err != nil {
		return err
	}
	return p.Pages(ctx, f, func(page Page, product *catalog.Product) error {
		r := row{page: page}
		if product != nil {
			r.product, r.known = *product, true
			if len(product.Images) > 0 {
				r.look = looks[product.Images[0]]
			}
			names := make([]string, 0, len(product.Breadcrumb))
			for _, c := range product.Breadcrumb {
				if name := line(c.Name); name != "" {
					names = append(names, name)
				}
			}
			r.category = strings.Join(names, " > ")
		}
		if r.category == "" {
			r.category = strings.Join(titles[page.Key], " | ")
		}
		return fn(r)
	})
}

// categoryTitles says for each product which categories hold it, by title, ordered
// by the categories' keys.
func (p *Project) categoryTitles(ctx context.Context, side catalog.Side) (map[catalog.Key][]string, error) {
	titles := map[catalog.Key][]string{}
	err := p.read(ctx, func(tx *sql.Tx) error {
		al, err := readAliases(ctx, tx, side)
		if err != nil {
			return err
		}
		title := map[catalog.Key]string{}
		err = each(ctx, tx, `
			SELECT key, title FROM page WHERE side = ? AND title <> ''
			AND key IN (SELECT category FROM membership WHERE side = page.side)`, []any{string(side)}, func(rows *sql.Rows) error {
			var k catalog.Key
			var t string
			if err := rows.Scan(&k, &t); err != nil {
				return err
			}
			title[k] = line(t)
			return nil
		})
		if err != nil {
			return err
		}
		return al.eachMember(ctx, tx, side, func(category, product catalog.Key) error {
			if t := title[category]; t != "" && !slices.Contains(titles[product], t) {
				titles[product] = append(titles[product], t)
			}
			return nil
		})
	})
	return titles, nameError(fmt.Sprintf("reading categories of the %s shop", side), err)
}

// line puts text on one line.
func line(s string) string {
	return strings.Join(strings.Fields(s), " ")
}

// plainDecimal is what a price column may hold.
var plainDecimal = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

func amount(p catalog.Price) string {
	if plainDecimal.MatchString(p.Amount) {
		return p.Amount
	}
	return ""
}

// cells are the columns of r as text; price and status are numbers.
func (r row) cells() []string {
	status, image := "", ""
	if r.page.Status != 0 {
		status = strconv.Itoa(r.page.Status)
	}
	if len(r.product.Images) > 0 {
		image = r.product.Images[0]
	}
	return []string{
		string(r.page.Key), string(r.page.Type), r.page.URL, status, line(r.page.Title),
		line(r.product.Name), line(r.product.SKU), line(r.product.GTIN), line(r.product.Brand),
		amount(r.product.Price), r.product.Price.Currency, string(r.product.Availability), image,
		r.category, strings.Join(r.page.Spellings, " "), strings.Join(r.page.Sources, " "),
	}
}

// Positions in Columns of what is a number and must not be guarded.
const (
	statusColumn = 3
	priceColumn  = 9
)

// CSVOptions of WriteCSV.
type CSVOptions struct {
	BOM bool // begin with a byte order mark, by which Excel recognises UTF-8
}

// WriteCSV writes the pages of f as CSV: a header of Columns, one row a page, UTF-8,
// commas, line feeds (RFC 4180 otherwise). Cells that begin like a formula are
// guarded, see GuardCell; status and price are plain numbers, and addresses cannot
// begin like one.
func (p *Project) WriteCSV(ctx context.Context, w io.Writer, f Filter, o CSVOptions) error {
	if o.BOM {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return fmt.Errorf("writing CSV: %w", err)
		}
	}
	out := csv.NewWriter(w)
	if err := out.Write(Columns()); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	err := p.rows(ctx, f, func(r row) error {
		cells := r.cells()
		for i := range cells {
			if i != statusColumn && i != priceColumn {
				cells[i] = GuardCell(cells[i])
			}
		}
		return out.Write(cells)
	})
	if err == nil {
		out.Flush()
		err = out.Error()
	}
	if err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	return nil
}

// jsonPage is a page in JSON: first what the table has, then the rest.
type jsonPage struct {
	Key          catalog.Key          `json:"key"`
	Type         catalog.PageType     `json:"type"`
	URL          string               `json:"url"`
	Status       int                  `json:"status,omitempty"`
	Title        string               `json:"title,omitempty"`
	Name         string               `json:"name,omitempty"`
	SKU          string               `json:"sku,omitempty"`
	GTIN         string               `json:"gtin,omitempty"`
	Brand        string               `json:"brand,omitempty"`
	Price        json.Number          `json:"price,omitempty"`
	Currency     string               `json:"currency,omitempty"`
	Availability catalog.Availability `json:"availability,omitempty"`
	Image        string               `json:"image,omitempty"`
	Category     string               `json:"category,omitempty"`
	Spellings    []string             `json:"spellings"`
	Sources      []string             `json:"sources"`

	State           PageState         `json:"state"`
	Rule            string            `json:"rule,omitempty"`
	RedirectTo      string            `json:"redirect_to,omitempty"`
	Canonical       string            `json:"canonical,omitempty"`
	MetaDescription string            `json:"meta_description,omitempty"`
	Robots          string            `json:"robots,omitempty"`
	Lang            string            `json:"lang,omitempty"`
	Charset         string            `json:"charset,omitempty"`
	ContentHash     string            `json:"content_hash,omitempty"`
	Error           string            `json:"error,omitempty"`
	Depth           int               `json:"depth"`
	FetchedAt       *time.Time        `json:"fetched_at,omitempty"`
	MPN             string            `json:"mpn,omitempty"`
	Tax             catalog.TaxNote   `json:"tax,omitempty"`
	ListPrice       *catalog.Price    `json:"list_price,omitempty"`
	Description     string            `json:"description,omitempty"`
	Images          []string          `json:"images,omitempty"`
	ImageHash       string            `json:"image_hash,omitempty"` // how the first one looks
	Breadcrumb      []catalog.Crumb   `json:"breadcrumb,omitempty"`
	Variants        []catalog.Variant `json:"variants,omitempty"`
	FieldSources    map[string]string `json:"field_sources,omitempty"`
}

func (r row) json() jsonPage {
	p, q := r.page, r.product
	j := jsonPage{
		Key: p.Key, Type: p.Type, URL: p.URL, Status: p.Status, Title: p.Title, Name: q.Name, SKU: q.SKU, GTIN: q.GTIN,
		Brand: q.Brand, Price: json.Number(jsonNumber(amount(q.Price))), Currency: q.Price.Currency, Availability: q.Availability,
		Category: r.category, Spellings: p.Spellings, Sources: p.Sources,
		State: p.State, Rule: p.Rule, RedirectTo: p.RedirectTo, Canonical: p.Canonical, MetaDescription: p.Description,
		Robots: p.Robots, Lang: p.Lang, Charset: p.Charset, ContentHash: p.ContentHash, Error: p.Error, Depth: p.Depth,
		MPN: q.MPN, Tax: q.Price.Tax, Description: q.Description, Images: q.Images, ImageHash: r.look, Breadcrumb: q.Breadcrumb,
		Variants: q.Variants, FieldSources: q.Sources,
	}
	if len(q.Images) > 0 {
		j.Image = q.Images[0]
	}
	if q.ListPrice.Amount != "" {
		j.ListPrice = &q.ListPrice
	}
	if !p.FetchedAt.IsZero() {
		j.FetchedAt = &p.FetchedAt
	}
	if j.Sources == nil {
		j.Sources = []string{}
	}
	return j
}

// jsonNumber drops leading zeros, which JSON does not allow.
func jsonNumber(s string) string {
	for len(s) > 1 && s[0] == '0' && s[1] != '.' {
		s = s[1:]
	}
	return s
}

// WriteJSON writes the pages of f as one JSON array with one page a line, so that it
// can be read whole or line by line. Names are those of Columns, with lists as lists
// and the price as a number; what the table has no room for follows. Empty fields
// are left out.
func (p *Project) WriteJSON(ctx context.Context, w io.Writer, f Filter) error {
	sep := "[\n"
	err := p.rows(ctx, f, func(r row) error {
		_, err := io.WriteString(w, sep+jsonText(r.json()))
		sep = ",\n"
		return err
	})
	if err == nil {
		if sep == "[\n" {
			_, err = io.WriteString(w, "[]\n")
		} else {
			_, err = io.WriteString(w, "\n]\n")
		}
	}
	if err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	return nil
}
