package platform

// Kind is how a platform is run.
type Kind string

const (
	Hosted      Kind = "hosted"      // the vendor's servers, the owner's shop
	SelfHosted  Kind = "self-hosted" // the owner's server
	Marketplace Kind = "marketplace" // a mall: the address belongs to the mall
)

// RedirectOut is what a platform can do for visitors of a shop that has left:
// which HTTP redirects the owner can set.
type RedirectOut string

const (
	RedirectAny      RedirectOut = "any"       // any path, to any host
	RedirectOwnPaths RedirectOut = "own-paths" // only between pages of the same shop
	RedirectNone     RedirectOut = "none"
	RedirectUnknown  RedirectOut = "unknown"
)

// Head is how far the owner can write into the head element.
type Head string

const (
	HeadPerPage  Head = "per-page"  // another text on every page, by hand or by template
	HeadSiteWide Head = "site-wide" // one text for all pages
	HeadBodyOnly Head = "body-only" // templates begin inside the body
	HeadNone     Head = "none"
	HeadUnknown  Head = "unknown"
)

// YesNo answers a question of fact.
type YesNo string

const (
	Yes     YesNo = "yes"
	No      YesNo = "no"
	Unknown YesNo = "unknown"
)

// After is what becomes of the pages when the contract ends.
type After string

const (
	AfterReadable After = "readable"
	AfterClosed   After = "closed"
	AfterUnknown  After = "unknown"
)

// KeyPlace is where in the address the product's identity stands.
type KeyPlace string

const (
	KeyPath      KeyPlace = "path"
	KeyQuery     KeyPlace = "query"      // of a path other than "/"
	KeyHomeQuery KeyPlace = "home-query" // of "/": /?pid=1
	KeyFragment  KeyPlace = "fragment"
	KeyUnknown   KeyPlace = "unknown"
)

// RedirectIn is what the platform's own redirects see of an old address, once the
// old domain points to it.
type RedirectIn string

const (
	InPathQuery RedirectIn = "path+query"
	InPath      RedirectIn = "path"
	InNone      RedirectIn = "none"
	InUnknown   RedirectIn = "unknown"
)

// Assigned says who chooses the product's part of an address.
type Assigned string

const (
	ByOwner         Assigned = "owner"
	BySystem        Assigned = "system"
	AssignedUnknown Assigned = "unknown"
)

// Precedence says which wins when a redirect and a live page share a path.
type Precedence string

const (
	PageWins          Precedence = "page"
	RedirectWins      Precedence = "redirect"
	PrecedenceUnknown Precedence = "unknown"
)

func (v Kind) valid() bool {
	switch v {
	case Hosted, SelfHosted, Marketplace:
		return true
	}
	return false
}

func (v RedirectOut) valid() bool {
	switch v {
	case RedirectAny, RedirectOwnPaths, RedirectNone, RedirectUnknown:
		return true
	}
	return false
}

func (v Head) valid() bool {
	switch v {
	case HeadPerPage, HeadSiteWide, HeadBodyOnly, HeadNone, HeadUnknown:
		return true
	}
	return false
}

func (v YesNo) valid() bool {
	switch v {
	case Yes, No, Unknown:
		return true
	}
	return false
}

func (v After) valid() bool {
	switch v {
	case AfterReadable, AfterClosed, AfterUnknown:
		return true
	}
	return false
}

func (v KeyPlace) valid() bool {
	switch v {
	case KeyPath, KeyQuery, KeyHomeQuery, KeyFragment, KeyUnknown:
		return true
	}
	return false
}

func (v RedirectIn) valid() bool {
	switch v {
	case InPathQuery, InPath, InNone, InUnknown:
		return true
	}
	return false
}

func (v Assigned) valid() bool {
	switch v {
	case ByOwner, BySystem, AssignedUnknown:
		return true
	}
	return false
}

func (v Precedence) valid() bool {
	switch v {
	case PageWins, RedirectWins, PrecedenceUnknown:
		return true
	}
	return false
}
