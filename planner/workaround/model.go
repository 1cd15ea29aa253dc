package workaround

import (
	"errors"
	"strings"
	"time"

	"replatform/crawler/catalog"
)

// Text is a sentence in both languages of the program.
type Text struct {
	JA string `json:"ja"`
	EN string `json:"en"`
}

// In returns the sentence in the language "ja"; any other word gives English.
func (t Text) In(lang string) string {
	if lang == "ja" {
		return t.JA
	}
	return t.EN
}

// Answer is the answer to a question of fact. The empty string means Unknown.
type Answer string

const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = "unknown"
)

// Capabilities are the facts about one platform that decide which forms can be
// used on it. A platform's data file holds them with their evidence.
type Capabilities struct {
	// TemplateLanguage names the dialect of the platform's templates, one of
	// [Dialects]. Any other word, or none, means that no snippet for templates can be
	// made; what works on any platform still is.
	TemplateLanguage string
	HeadPerPage      Answer // can <head> be written in the template of each kind of page
	HeadSiteWide     Answer // can one text be put into every <head>
	BodyTemplate     Answer // can the templates inside <body> be written
	Script           Answer // may scripts be placed on the pages
	ProductTexts     Answer // can product texts be changed at all
	BodyText         Answer // can product texts be changed in bulk
	TemplateLimit    int    // characters that one template page takes; 0 when unknown
	TemplateCharset  string // IANA name of the charset in which templates are stored; empty when unknown
	ProductFile      string // layout of the platform's product file, one of [ProductFileLayouts]; empty when none is known
	// Outbound says whether the terms allow links to another shop. With No nothing is
	// made for the platform's pages; Unknown makes a task.
	Outbound Answer
	Menus    []Menu // ways through the platform's admin that are known
}

// Menu is a way through a platform's admin.
type Menu struct {
	For        string // product-csv (its export), product-csv-upload, product-text, template, head, script, pause, close, urls …
	Path       Text
	Source     string // URL or what the source is
	Date       string
	Confidence string // see Evidence
}

// menu is the way to one place of the admin, in words for instructions.
func (c Capabilities) menu(what string) Text {
	for _, m := range c.Menus {
		if m.For != what {
			continue
		}
		where, date := m.Source, m.Date
		if strings.Contains(where, "://") {
			where = "<" + where + ">"
		}
		return Text{"管理画面の「" + m.Path.JA + "」、" + where + "、" + dateText(date).JA, "in the admin: " + m.Path.EN + "; " + where + ", " + dateText(date).EN}
	}
	return menuUnknown
}

// Row is one line of the redirect map. Its order matters where template space is
// short: the first rows get the strongest form.
type Row struct {
	OldURL   string           // absolute, as sent
	OldID    string           // the platform's own number or code of the page; empty when unknown
	OwnCode  string           // the shop's own product code (SKU); empty when unknown
	Type     catalog.PageType // of the old page
	NewURL   string           // absolute; empty for a known page that has no counterpart and must be left alone
	OldTitle string
	NewTitle string
	// LinkingSites is how many other sites link to the old page; 0 when unknown.
	LinkingSites float64
}

// Input is everything Generate needs. It opens no files and asks no network.
type Input struct {
	// Source are the capabilities of the platform that is left.
	Source Capabilities
	// Destination are those of the platform that is moved to. It is used only when
	// the new shop will answer the old host name (own domain), so that old addresses
	// arrive there; leave it zero otherwise.
	Destination Capabilities
	// SourceClosed says that nothing can be put into the pages of the platform that is
	// left, because its host is taken over; only Destination counts then.
	SourceClosed bool
	// OutsideOnly says that the old pages can hold no pointer at all: they are gone, or
	// nothing in them can be changed. Only the measures outside are made then.
	OutsideOnly bool
	// NoForward says that the terms of the old platform forbid to move visitors on by
	// themselves: canonical and visible links are made, no refresh and no script that
	// leaves the page.
	NoForward bool
	// EdgeInFront says that the plan puts something in front of the new shop that answers
	// old addresses: what the new shop carries in its own pages is only a second net then.
	EdgeInFront bool
	// Live says whether the new shop has a page of its own at a path, where it answers
	// the old host. Nil: unknown.
	Live func(path string) bool

	Rows []Row
	// Linking are the sites that link to the old pages by name, in the order in which one
	// writes to them.
	Linking []LinkingSite
	// Complete says that Rows holds every known page of the old shop, those without
	// counterpart included. Only then may an address be written from a product's code,
	// which would send unlisted products to pages that do not exist.
	Complete bool
	NewHome  string // absolute address of the new shop's home page; required
	// NewSearch is the new shop's search with "{query}" in the place of the words,
	// "https://new.example/search?q={query}"; empty when there is none.
	NewSearch string
	NewCart   string // absolute; empty: the old cart page is left alone
	// Origins are further places ("https://blog.example") to which rows may point,
	// besides the origin of NewHome. Rows to anywhere else are refused, so that no
	// artefact can send a visitor to a place the owner did not name.
	Origins []string
	// MapBase is the https address of the folder where the owner will put the map
	// files, with or without a slash at the end; empty when not decided yet.
	MapBase string
	// TemplateUsed is how many characters the owner's own template already has; 0
	// when unknown, half of the limit is then left to it.
	TemplateUsed int
	// ProductFile is the owner's fresh product export, byte for byte; nil when it is
	// not at hand.
	ProductFile []byte

	// Language is that of the old pages, as HTML names it (BCP 47: "ja", "en-GB"); empty
	// when unknown.
	Language  string
	ShopName  Text
	Generated time.Time // printed in instructions; also makes the output reproducible
}

// Strength is the word for how a row is carried, as the plan's rows use it.
type Strength string

const (
	// InstantRefresh is a meta refresh of 0 seconds in <head> with a canonical link.
	InstantRefresh Strength = "instant-refresh"
	// Canonical is a canonical link in <head> to the counterpart, and a link that
	// people can see, without moving anybody on.
	Canonical Strength = "canonical"
	// Script is location.replace with a link that people can see.
	Script Strength = "script"
	// Link is a visible link only.
	Link Strength = "link"
	// NoStrength is that of measures outside of the old shop, which carry no row.
	NoStrength Strength = "none"
)

// Side says in whose pages an artefact is put.
type Side string

const (
	OldSide Side = "old"   // the shop that is left
	NewSide Side = "new"   // the shop that is moved to, under the old host name
	InFront Side = "front" // an edge in front of the new shop, under the old host name
	Outside Side = "outside"
)

// Cover says with what strength one row is carried.
type Cover struct {
	Row      int // index into Input.Rows
	Strength Strength
}

// Refusal is a row that an artefact does not carry, and why.
type Refusal struct {
	Row    int    // index into Input.Rows
	Code   string // stable word: bad-target, other-origin, no-key, conflict, self, chain, live, by-hand, no-file, no-template, not-product, not-in-file
	Reason Text
}

// Evidence is a statement with what it rests on.
type Evidence struct {
	Statement  Text
	Source     string // URL
	Date       string // of the source; "n.d." when it carries none
	Confidence string // V vendor, C captured page or export, P practitioner, I inferred, H primary source, M secondary source, ? unknown
}

// Task is something that must be found out before or after the artefact is used.
type Task struct {
	ID   string
	Text Text
}

// Artefact is one folder that was written.
type Artefact struct {
	ID             string // also the folder's name
	Side           Side
	Title          Text
	Mode           string     // how the target is found: chain, pattern, mixed, inline, shards, file, notice
	Strength       Strength   // of the strongest cover
	Files          []string   // names as given to the sink, sorted
	InstructionsJA string     // one of Files
	InstructionsEN string     // one of Files
	Covers         []Cover    // by row
	Refused        []Refusal  // by row
	Limits         []Evidence // what it cannot do
	Tasks          []Task     // what is unknown and must be found out
}

// Sink takes the files. Names are relative with forward slashes, never absolute and
// without "..".
type Sink interface {
	WriteFile(name string, data []byte) error
}

var (
	// ErrNewHome is returned when Input.NewHome, NewCart, NewSearch, MapBase or one of
	// Origins is not an absolute http or https address.
	ErrNewHome = errors.New("not an absolute http(s) address")
	// ErrProductFile is returned for a product file whose layout is not known or does
	// not fit the bytes.
	ErrProductFile = errors.New("product file does not fit the layout")
)
