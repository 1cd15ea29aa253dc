package planner

import (
	"slices"
	"time"

	"replatform/crawler/platform"
	"replatform/planner/workaround"
)

// Text is a sentence in both languages of the program.
type Text = workaround.Text

// Answer is the answer to a question of fact. Unknown is a legal answer.
type Answer = workaround.Answer

const (
	Yes     = workaround.Yes
	No      = workaround.No
	Unknown = workaround.Unknown
)

// Fact is one statement about a platform with what it rests on.
type Fact struct {
	Name       string `json:"name,omitempty"` // as in the platform's file: "leaving.redirect"
	Value      string `json:"value"`
	Source     string `json:"source,omitempty"` // URL
	Date       string `json:"date,omitempty"`
	Confidence string `json:"confidence"`
}

// SourceFacts are what the decision asks of the platform that is left.
type SourceFacts struct {
	Redirect      Fact // any, own-paths, none, unknown: can it send 301 to another host
	SubdomainMove Fact // yes, no, unknown: can it send 301 from its subdomain to the owner's domain
	Head          Fact // per-page, site-wide, body-only, none, unknown
	Script        Fact // yes, no, unknown
	Body          Fact // yes, no, unknown: can product texts be edited
	Links         Fact // yes, no, unknown: do the terms allow links to another shop
	Pause         Fact // yes, no, unknown: readable without orders
	After         Fact // readable, closed, unknown: pages after the contract
	Key           Fact // path, query, home-query, fragment, unknown: where the product's number stands
	Movable       Fact // yes, no, unknown: does the platform let go of a domain that was set there

	Mall       bool     // a marketplace: the address belongs to it
	SelfHosted bool     // the pages stand on the owner's server
	Heads      []string // beginnings of its product paths, up to the first part that differs: "/shop/product/"
}

// DestinationFacts are what the decision asks of the platform that is moved to.
type DestinationFacts struct {
	OwnDomain  Fact // yes, no, unknown: can the new shop stand on the owner's domain
	Redirect   Fact // path+query, path, none, unknown
	Limit      int  // rows its redirect feature takes; 0 unknown
	LimitFact  Fact // what Limit rests on
	Engine     string
	KeepPaths  Fact     // yes, no, unknown: can the owner choose the whole path of a product
	Precedence Fact     // page, redirect, unknown: which answers where both exist
	Reserved   []string // path prefixes that its redirects never see
}

// Situation is the case to decide. An empty Answer counts as Unknown, a zero time as
// a date that is not known.
type Situation struct {
	Source      SourceFacts
	Destination DestinationFacts

	OwnDomain   Answer    // does the shop answer on a domain of its own
	Movable     Answer    // can the owner point that domain elsewhere
	EdgeAllowed Answer    // may something stand in front of the new shop
	Haste       bool      // a breach: no time for two steps
	NoForward   bool      // the old platform's terms forbid to move visitors on by themselves
	Cutover     time.Time // the new shop takes orders and old addresses begin to point to it
	ContractEnd time.Time // of the old shop
	DomainEnd   time.Time // when the old domain expires

	SameFamily bool   // both shops build their addresses the same way
	SameURLs   Answer // every old path exists unchanged in the new shop; Unknown while there are no two shops to compare
	Rows       int    // redirects needed; 0 while the old shop has not been crawled
	QueryRows  int    // of these, rows whose key stands in the query
	Reserved   int    // of these, rows below a path that the destination's redirects never see

	Subdomain string // measured: what the subdomain's 301 keeps: path+query, path, home; empty: not measured
	// SubdomainTemporary: measured; the subdomain sends a temporary redirect.
	SubdomainTemporary bool
	NewMissing         string // measured: what the new shop answers for a page that does not exist: 404, 410, 200, redirect
}

// Way is a rung of the ladder, by which the pointer reaches the visitor.
type Way string

const (
	WayA  Way = "A"  // same host, same paths
	WayB  Way = "B"  // same host, redirects of the new platform
	WayC  Way = "C"  // the old host is held by an edge that answers old addresses
	WayB2 Way = "B2" // subdomain to own domain first, then B or C
	WayD  Way = "D"  // 301 on the old side
	WayE  Way = "E"  // instant refresh and canonical in the old templates
	WayF  Way = "F"  // canonical only
	WayG  Way = "G"  // script
	WayH  Way = "H"  // notice and link
	WayI  Way = "I"  // nothing on the old side
)

// Rung is one way with whether it can be reached in this case, and why.
type Rung struct {
	Way       Way    `json:"way"`
	Name      Text   `json:"name"`
	Reachable Answer `json:"reachable"`
	Why       Text   `json:"why"`
	Ask       Text   `json:"ask,omitzero"`    // for Unknown: what must be found out, and from whom
	Probe     string `json:"probe,omitempty"` // for Unknown: the command that can tell, where one can
	Keeps     Text   `json:"keeps"`           // what search engines are known to do with it
	Facts     []Fact `json:"facts,omitempty"`
}

// Decision is the ladder and the rung that was chosen.
type Decision struct {
	Way      Way    `json:"way"`
	Ladder   []Rung `json:"ladder"`
	Fallback Way    `json:"fallback,omitempty"` // the way that holds if the unknowns of Way turn out badly
	Advice   []Text `json:"advice,omitempty"`   // what holds beside the ladder: dates, domain, breach
}

// Rung returns the chosen rung, or that of any way.
func (d Decision) Rung(w Way) Rung {
	i := slices.IndexFunc(d.Ladder, func(r Rung) bool { return r.Way == w })
	if i < 0 {
		return Rung{Way: w}
	}
	return d.Ladder[i]
}

// Certain is the highest way that hangs on no open question.
func (d Decision) Certain() Way {
	if d.Fallback != "" {
		return d.Fallback
	}
	return d.Way
}

// Open are the rungs above the certain one that an open question keeps from being
// taken: what is found out about them changes the answer.
func (d Decision) Open() []Rung {
	var out []Rung
	for _, r := range d.Ladder {
		if r.Way == d.Certain() {
			break
		}
		if r.Reachable == Unknown {
			out = append(out, r)
		}
	}
	return out
}

// Decide walks the ladder from the top and takes the first rung that can be
// reached. A rung that hangs on an unknown is taken too, since finding out is cheap
// and the way above is worth it; Fallback is then the first rung that is certain.
// The order of the rungs follows how soon search engines notice each kind of
// pointer (https://developers.google.com/search/docs/crawling-indexing/301-redirects).
func Decide(s Situation) Decision {
	for _, a := range []*Answer{&s.OwnDomain, &s.Movable, &s.EdgeAllowed, &s.SameURLs} {
		if *a == "" {
			*a = Unknown
		}
	}
	d := Decision{Ladder: ladder(s)}
	for _, r := range d.Ladder {
		if r.Reachable == Yes {
			if d.Way == "" {
				d.Way = r.Way
			} else {
				d.Fallback = r.Way
			}
			break
		}
		if r.Reachable == Unknown && d.Way == "" {
			d.Way = r.Way
		}
	}
	d.Advice = advice(s, d)
	return d
}

func ladder(s Situation) []Rung {
	rungs := []Rung{
		wayA(s), wayB(s), wayC(s), wayB2(s), onOldSide(s, wayD(s)), onOldSide(s, wayE(s)),
		onOldSide(s, wayF(s)), wayG(s), onOldSide(s, wayH(s)), wayI(s),
	}
	for i := range rungs {
		rungs[i].Name, rungs[i].Keeps = wayNames[rungs[i].Way], wayKeeps[rungs[i].Way]
		doubt(&rungs[i])
	}
	return rungs
}

// doubt takes certainty from a rung whose first fact, the one that says what the
// platform can do, is a common belief that nobody has confirmed.
func doubt(r *Rung) {
	if r.Reachable != Yes || len(r.Facts) == 0 || r.Facts[0].Confidence != string(platform.Unverified) {
		return
	}
	ask := platform.AskOf(r.Facts[0].Name)
	r.Reachable, r.Ask = Unknown, text(ask.JA, ask.EN)
	r.Why = text(r.Why.JA+"（一般にそう言われていますが、未確認です）", r.Why.EN+" (common belief, not confirmed)")
}

// and is the weaker of two answers: no beats unknown beats yes.
func and(answers ...Answer) Answer {
	out := Yes
	for _, a := range answers {
		switch a {
		case No:
			return No
		case Yes:
		default:
			out = Unknown
		}
	}
	return out
}

// inQuery says whether a product's number stands behind the question mark: of the
// rows where there are any, of the platform's addresses otherwise.
func (s Situation) inQuery() Answer {
	if s.Rows > 0 {
		return yesNo(s.QueryRows > 0)
	}
	switch s.Source.Key.Value {
	case "query", "home-query":
		return Yes
	case "path", "fragment":
		return No
	}
	return Unknown
}

// inFragment says that product pages differ only behind "#", which browsers do not
// send to any server (RFC 9110 §7.1).
func (s Situation) inFragment() bool { return s.Source.Key.Value == "fragment" }

// reserved says whether old product paths lie where the destination's redirects do
// not look.
func (s Situation) reserved() bool {
	if s.Rows > 0 {
		return s.Reserved > 0
	}
	return slices.ContainsFunc(s.Source.Heads, func(head string) bool { return isReserved(s.Destination.Reserved, head) })
}

func yesNo(b bool) Answer {
	if b {
		return Yes
	}
	return No
}

// text is a sentence in both languages, the Japanese first.
func text(ja, en string) Text { return Text{JA: ja, EN: en} }
