package platform

import (
	"replatform/crawler/catalog"
)

// Platform is what is known of one platform. The fields are those of its YAML file.
type Platform struct {
	ID      string `yaml:"id"`
	Family  string `yaml:"family"`  // first word of its URL keys; the ID where the file has none
	Extends string `yaml:"extends"` // id of a platform of the same directories: sections that this file leaves out are taken from there
	Names   Text   `yaml:"names"`
	Kind    Kind   `yaml:"kind"`
	Vendor  string `yaml:"vendor"`

	Sources map[string]Source `yaml:"sources"` // short name → source; statements name them

	Markers     []Marker     `yaml:"recognise"`
	Charset     Word         `yaml:"charset"` // of its pages, IANA name
	Prefix      Prefix       `yaml:"prefix"`  // what may stand before every path: a language, a folder
	Patterns    []*Pattern   `yaml:"urls"`
	Noise       []Params     `yaml:"noise"`  // parameters that never change the page
	Views       []Params     `yaml:"views"`  // parameters that show the same goods in another order or number
	Facets      []Params     `yaml:"facets"` // parameters that show a part of the goods of a page
	Never       []Never      `yaml:"never"`  // links that change something when asked
	Enumerators []Enumerator `yaml:"enumerate"`
	Hints       []HintGroup  `yaml:"hints"`
	Globals     []Global     `yaml:"globals"`
	Files       []File       `yaml:"files"`

	Leaving  Leaving  `yaml:"leaving"`
	Arriving Arriving `yaml:"arriving"`
	Domain   Domain   `yaml:"domain"`
	Notes    []Note   `yaml:"notes"`

	common *Platform
	prefix *prefixes
	noise  paramSet
	views  paramSet
	facets paramSet
	sorts  paramSet // those of Never that only order a page

	// Never, by the place of its members.
	neverParams paramSet
	neverPaths  pathSet

	seen memory
}

// Prefix is a regular expression of what may stand before every path of a platform.
type Prefix struct {
	Value    string `yaml:"value"`
	First    bool   `yaml:"first"` // look for it before the patterns are tried: for prefixes that are no folder of any pattern
	Evidence `yaml:",inline"`
}

// Where a marker is looked for.
const (
	InHeader    = "header"    // response header: "Name" or "Name: part of its value"
	InCookie    = "cookie"    // name of a cookie that is set; "*" at the end stands for anything
	InGenerator = "generator" // meta name=generator
	InMeta      = "meta"      // name or property of a meta element, or "name=part of its content"
	InAsset     = "asset"     // part of an address in a src, href, action or content attribute
	InGlobal    = "global"    // JavaScript global: assigned, declared or read in a script
	InBody      = "body"      // part of the text of the page
	InHost      = "host"      // end of the page's own host name
)

// Marker is one sign of a platform. Text is compared literally, letter case ignored;
// Regex is a regular expression (RE2) over the same place.
type Marker struct {
	Where    string `yaml:"where"`
	Text     string `yaml:"text"`
	Regex    string `yaml:"regex"`
	Weight   int    `yaml:"weight"` // 1 hint … 10 proof on its own; negative speaks against
	Evidence `yaml:",inline"`

	match *matcher
}

// Params names parameters of one kind. "*" at the end or the beginning of a name
// stands for anything.
type Params struct {
	Names    []string `yaml:"params"`
	Evidence `yaml:",inline"`
}

// Never names links that change something when they are asked: by parameter
// ("add-to-cart", "action=buy") or by path ("/logout", "/cart/add/*").
type Never struct {
	Rule     string   `yaml:"rule"`
	Params   []string `yaml:"params"`
	Paths    []string `yaml:"paths"`
	Evidence `yaml:",inline"`
}

// Kinds of enumerators. The names of feed kinds are those that feeds.Read knows.
const (
	KindSitemap            = "sitemap"
	KindShopifyProducts    = "shopify-products"
	KindShopifyCollections = "shopify-collections"
	KindWooProducts        = "woo-products"
	KindListing            = "listing" // HTML pages that list every product
)

// Enumerator is an address that names many pages at once and is asked before any
// link is followed.
type Enumerator struct {
	Kind     string `yaml:"kind"`
	Path     string `yaml:"path"`     // path and query; {n} is the page number, from 1
	Products bool   `yaml:"products"` // it describes every product, so that product pages need not be asked in a new shop
	Evidence `yaml:",inline"`
}

// Fields that hints and globals may name, as in the inventory's columns.
const (
	FieldName        = "name"
	FieldPrice       = "price"
	FieldListPrice   = "list_price"
	FieldSKU         = "sku"
	FieldMPN         = "mpn"
	FieldGTIN        = "gtin"
	FieldBrand       = "brand"
	FieldStock       = "availability"
	FieldDescription = "description"
	FieldImages      = "images"
	FieldBreadcrumb  = "breadcrumb"
	FieldItem        = "item"     // links to products on a listing
	FieldVariants    = "variants" // the element that holds the variants
	FieldPager       = "pager"
	FieldSoldOut     = "sold_out" // an element that is there only when the product is sold out
	FieldInStock     = "in_stock"
)

// HintGroup is a set of CSS selectors that belong together: those of one theme
// family. Selectors are hints: owners edit their templates.
type HintGroup struct {
	For       string              `yaml:"for"`
	Selectors map[string][]string `yaml:"selectors"` // field → selectors, best first
	Evidence  `yaml:",inline"`
}

// Global is a JavaScript object that the platform writes into its pages and that
// describes the product. Paths have dots: "shop.account_id".
type Global struct {
	Name     string            `yaml:"name"`     // of the object: "Colorme"
	Product  string            `yaml:"product"`  // path of the product in it; empty when the object is the product
	Fields   map[string]string `yaml:"fields"`   // field → path below the product
	Variants string            `yaml:"variants"` // path of the list of variants below the product
	Variant  map[string]string `yaml:"variant"`  // field → path below one variant; also title, option1, option2, option3, id
	Evidence `yaml:",inline"`
}

// Fields of Global beside those of HintGroup.
const (
	FieldPriceTaxIn  = "price_tax_included"
	FieldPriceTaxOut = "price_tax_excluded"
	FieldStockCount  = "stock_count"
	FieldID          = "id"
	FieldTitle       = "title"
	FieldOption1     = "option1"
	FieldOption2     = "option2"
	FieldOption3     = "option3"
)

// File is a file that the platform exports and by whose columns it is known.
type File struct {
	Kind     string   `yaml:"kind"` // products, variants, customers, orders, urls
	Name     Text     `yaml:"name"`
	Columns  []string `yaml:"columns"` // that tell it from all other files
	Charset  string   `yaml:"charset"` // IANA name; empty unknown
	Comma    string   `yaml:"separator"`
	ID       string   `yaml:"id"`     // column that holds the product's identity
	Layout   string   `yaml:"layout"` // id of the byte-exact layout by which texts in it can be changed; empty none
	URL      string   `yaml:"url"`    // path of a row's page, {column} stands for a cell; empty when the file cannot tell
	Evidence `yaml:",inline"`
}

// Leaving is what can be done on the platform for a shop that leaves it.
type Leaving struct {
	Redirect      Fact[RedirectOut] `yaml:"redirect"`
	SubdomainMove Fact[YesNo]       `yaml:"subdomain_move"` // can it send 301 from its own subdomain to the owner's domain
	Head          Fact[Head]        `yaml:"head"`
	Script        Fact[YesNo]       `yaml:"script"`
	Body          Fact[YesNo]       `yaml:"body"`  // can product texts be edited and hold a link
	After         Fact[After]       `yaml:"after"` // pages after the contract
	Pause         Fact[YesNo]       `yaml:"pause"` // a state in which pages are readable and orders impossible
	Key           Fact[KeyPlace]    `yaml:"key"`
	BulkText      Fact[YesNo]       `yaml:"bulk_text"`      // product texts can be rewritten in bulk, by CSV or API
	OutboundLinks Fact[YesNo]       `yaml:"outbound_links"` // terms allow links to another shop
	Engine        Word              `yaml:"engine"`         // redirect format that the old side takes: apache, …; empty none
	TemplateSize  Limit             `yaml:"template_size"`  // characters in one template
	TemplateLang  Word              `yaml:"template_language"`
	Dialect       Word              `yaml:"template_dialect"` // id of the snippets that fit its templates; empty none
	Templates     []Template        `yaml:"templates"`
	Menus         []Menu            `yaml:"menus"`
}

// Template is a template page that the owner can edit, with the words that a
// workaround needs in it.
type Template struct {
	Page      string            `yaml:"page"` // the platform's own name of the template: "product"
	Types     []string          `yaml:"types"`
	Part      string            `yaml:"part"`      // head, body, whole
	Variables map[string]string `yaml:"variables"` // "id", "url", "name" … → the template expression that prints it
	Evidence  `yaml:",inline"`
}

// Menu is where in the admin something is done.
type Menu struct {
	For      string `yaml:"for"` // redirect, head, script, template, product-csv, domain, close, pause
	Path     Text   `yaml:"path"`
	Evidence `yaml:",inline"`
}

// Arriving is what the platform can do for a shop that moves to it.
type Arriving struct {
	OwnDomain   Fact[YesNo]       `yaml:"own_domain"`
	Redirect    Fact[RedirectIn]  `yaml:"redirect"`
	Limit       Limit             `yaml:"limit"`        // rows that its redirects take
	SourceLimit Limit             `yaml:"source_limit"` // characters of a redirect's source
	Engine      Word              `yaml:"engine"`       // id in redirects/engine; empty none
	Assigned    Fact[Assigned]    `yaml:"assigned"`     // who chooses the product's part of the address
	KeepPaths   Fact[YesNo]       `yaml:"keep_paths"`   // the owner can choose the whole path, so old paths can be kept
	Precedence  Fact[Precedence]  `yaml:"precedence"`
	Reserved    List              `yaml:"reserved"` // path prefixes that cannot be redirected
	External    Fact[YesNo]       `yaml:"external"` // a redirect may lead to another host
	Paths       map[string]string `yaml:"paths"`    // page type → template of the new path: /products/{handle}
	PathsFrom   Evidence          `yaml:"paths_from"`
}

// Domain is what is known of hosts and names.
type Domain struct {
	Suffixes List        `yaml:"suffixes"` // ends of the host names that the platform gives: ".shop-pro.jp"
	Assets   List        `yaml:"assets"`   // hosts that hold its pictures and scripts
	Own      Fact[YesNo] `yaml:"own"`      // a shop can have a domain of its own
	Apex     Fact[YesNo] `yaml:"apex"`     // also without www or another subdomain
	Movable  Fact[YesNo] `yaml:"movable"`  // a domain that was bought or set there can be pointed elsewhere
}

// Note is a statement in words, for reports.
type Note struct {
	About    string `yaml:"about"` // url, crawl, csv, redirect, domain, close, text, mail, plan
	Text     Text   `yaml:"text"`
	Evidence `yaml:",inline"`
}

// Selectors returns the CSS selectors for a field, over all theme families, best
// first and each once.
func (p *Platform) Selectors(field string) []string {
	var out []string
	seen := map[string]bool{}
	for _, g := range p.Hints {
		for _, s := range g.Selectors[field] {
			if !seen[s] {
				seen[s] = true
				out = append(out, s)
			}
		}
	}
	return out
}

// Name returns the platform's name in the language "ja" or "en".
func (p *Platform) Name(lang string) string { return p.Names.In(lang) }

// Key makes the key of a page of this platform.
func (p *Platform) Key(t catalog.PageType, id string) catalog.Key {
	return catalog.MakeKey(p.Family, t, id)
}
