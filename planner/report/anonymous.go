package report

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
	"replatform/planner"
)

// Pseudonyms replace what tells whose shop a plan is of: hosts, paths with their
// parameters, titles and the names of people. The same secret gives the same name the
// same pseudonym, so that plans of one project can be compared; without the secret the
// names cannot be told from the files (HMAC, RFC 2104, cut to 50 bits).
type Pseudonyms struct{ secret []byte }

// NewPseudonyms makes pseudonyms of a secret of at least 16 bytes that nobody can guess.
func NewPseudonyms(secret []byte) (*Pseudonyms, error) {
	if len(secret) < 16 {
		return nil, fmt.Errorf("a secret of %d bytes is too short for pseudonyms", len(secret))
	}
	return &Pseudonyms{slices.Clone(secret)}, nil
}

// codeLetters leave out the letters and digits that are taken for each other.
const codeLetters = "abcdefghijkmnpqrstuvwxyz23456789"

// of is the code of a value; kind keeps a path and a title of the same letters apart.
func (s *Pseudonyms) of(kind, value string) string {
	h := hmac.New(sha256.New, s.secret)
	h.Write([]byte(kind + "\x00" + value))
	return base32.NewEncoding(codeLetters).EncodeToString(h.Sum(nil))[:10]
}

// anonymiser replaces the names of one plan in one language.
type anonymiser struct {
	*Pseudonyms
	c      *composer
	hosts  map[string]string // those whose pseudonym says whose they are
	known  *regexp.Regexp    // finds addresses on the hosts of the move; nil: there are none
	titles []string          // the longest first
}

// anonymous are a plan and its options with pseudonyms in the place of names, in the
// language lang. No figure changes. Redirect files and workarounds are not part of it:
// they are of no use without the addresses.
func anonymous(p *planner.Plan, o Options, lang string) (*planner.Plan, Options, error) {
	c, err := newComposer(p, lang, Options{})
	if err != nil {
		return nil, o, err
	}
	a := &anonymiser{Pseudonyms: o.Anonymous, c: c, hosts: map[string]string{}}
	a.learn(p)
	out := *p
	out.Old.Shop, out.New.Shop = a.shop(p.Old.Shop), a.shop(p.New.Shop)
	out.NewBase = a.url(p.NewBase)
	out.Rows = make([]inventory.PlanRow, len(p.Rows))
	proofs := make(map[string]inventory.Proof, len(o.Proofs))
	for i, r := range p.Rows {
		out.Rows[i] = a.row(r)
		if f, ok := o.Proofs[r.OldURL]; ok {
			f.OldURL, f.Location, f.Final, f.ConnectTo = a.url(f.OldURL), a.url(f.Location), a.url(f.Final), ""
			proofs[out.Rows[i].OldURL] = f
		}
	}
	o.Proofs = proofs
	out.Refused = make([]planner.Refused, len(p.Refused))
	for i, r := range p.Refused {
		hide := a.note(r.OldURL, r.NewURL)
		r.Reason, r.Next = scrubbed(r.Reason, hide), scrubbed(r.Next, hide)
		r.OldURL, r.NewURL = a.url(r.OldURL), a.url(r.NewURL)
		out.Refused[i] = r
	}
	out.Findings = make([]inventory.Finding, len(p.Findings))
	for i, f := range p.Findings {
		f.URL, f.Message = a.url(f.URL), ""
		out.Findings[i] = f
	}
	out.Decision, out.Questions = scrubbed(p.Decision, a.text), scrubbed(p.Questions, a.text)
	out.OpenFacts, out.Tasks = scrubbed(p.OpenFacts, a.text), scrubbed(p.Tasks, a.text)
	out.Artefacts = scrubbed(p.Artefacts, a.text)
	for i := range out.Artefacts {
		out.Artefacts[i].Files, out.Artefacts[i].Guide = []string{a.c.say("anonymous.left-out")}, planner.Text{JA: a.c.say("anonymous.left-out"), EN: a.c.say("anonymous.left-out")}
	}
	out.Files = nil
	o.Texts, o.Brand.Texts = scrubbed(o.Texts, a.own), scrubbed(o.Brand.Texts, a.own)
	return &out, o, c.err
}

// learn gathers the hosts of the move and the titles of its pages.
func (a *anonymiser) learn(p *planner.Plan) {
	name := func(raw, pseudonym string) {
		if raw = strings.ToLower(raw); raw != "" && a.hosts[raw] == "" {
			a.hosts[raw] = cmp.Or(pseudonym, "host-"+a.of("host", raw)+".example")
		}
	}
	side := func(s inventory.Shop, pseudonym string) {
		for i, h := range s.Hosts {
			if i == 0 {
				name(h, pseudonym)
			} else {
				name(h, "")
			}
		}
		name(hostIn(s.StartURL), "")
	}
	side(p.Old.Shop, "old-shop.example")
	name(hostIn(p.NewBase), "new-shop.example")
	side(p.New.Shop, "new-shop.example")
	titles := map[string]bool{}
	for _, r := range p.Rows {
		name(hostIn(r.OldURL), "")
		name(hostIn(r.NewURL), "")
		titles[r.OldTitle], titles[r.NewTitle] = true, true
	}
	if p.Situation.OwnDomain != planner.No {
		for h := range a.hosts {
			bare, _, _ := strings.Cut(h, ":")
			if apex, err := publicsuffix.EffectiveTLDPlusOne(bare); err == nil {
				name(apex, "")
			}
		}
	}
	delete(titles, "")
	a.titles = sortedKeys(titles)
	byLength := func(x, y string) int { return cmp.Or(cmp.Compare(len(y), len(x)), strings.Compare(x, y)) }
	slices.SortFunc(a.titles, byLength)
	hosts := sortedKeys(a.hosts)
	if len(hosts) == 0 {
		return
	}
	slices.SortFunc(hosts, byLength)
	for i, h := range hosts {
		hosts[i] = regexp.QuoteMeta(h)
	}
	a.known = regexp.MustCompile(`(?i)(?:https?://)?(?:[a-z0-9_-]+\.)*(?:` + strings.Join(hosts, "|") + `)(?::[0-9]+)?(?:[/?#][^\s"'<>「」（）、。]*)?`)
}

func hostIn(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Host
}

func (a *anonymiser) host(h string) string {
	return cmp.Or(a.hosts[strings.ToLower(h)], "host-"+a.of("host", strings.ToLower(h))+".example")
}

// url is the pseudonym of an address: the scheme stays, the home page stays one, and
// the same path has the same pseudonym on every host.
func (a *anonymiser) url(raw string) string {
	if raw == "" {
		return ""
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return "/" + a.of("path", raw)
	}
	base := u.Scheme + "://" + a.host(u.Host)
	rest := u.EscapedPath()
	if u.RawQuery != "" || u.ForceQuery {
		rest += "?" + u.RawQuery
	}
	if u.Fragment != "" {
		rest += "#" + u.EscapedFragment()
	}
	if rest == "" || rest == "/" {
		return base + rest
	}
	return base + "/" + a.of("path", rest)
}

func (a *anonymiser) shop(s inventory.Shop) inventory.Shop {
	out := inventory.Shop{Side: s.Side, StartURL: a.url(s.StartURL), Platform: s.Platform, Confidence: s.Confidence, Charset: s.Charset,
		State: s.State, StartedAt: s.StartedAt, FinishedAt: s.FinishedAt, Source: s.Source, Crawl: s.Crawl}
	for _, h := range s.Hosts {
		out.Hosts = append(out.Hosts, a.host(h))
	}
	return out
}

// title is the pseudonym of a title: the kind of page and a code. Equal titles stay
// equal.
func (a *anonymiser) title(kind catalog.PageType, title string) string {
	if title == "" {
		return ""
	}
	return a.c.or("anonymous.kind."+string(kind), string(kind)) + " " + a.of("title", title)
}

func (a *anonymiser) row(r inventory.PlanRow) inventory.PlanRow {
	if r.Note != "" || r.NoteJA != "" {
		hide := a.note(r.OldURL, r.NewURL, r.OldTitle, r.NewTitle)
		r.Note, r.NoteJA = hide(r.Note), hide(r.NoteJA)
	}
	if r.Method != "" && r.Action == planner.ActionRedirect { // all other reasons are sentences of our own
		r.Reason = a.c.or("anonymous.by."+r.Method, a.c.say("anonymous.by.other"))
		r.ReasonJA = r.Reason // the plan is for one language
	}
	r.OldURL, r.NewURL = a.url(r.OldURL), a.url(r.NewURL)
	r.OldTitle, r.NewTitle = a.title(r.Type, r.OldTitle), a.title(r.Type, r.NewTitle)
	if r.DecidedBy != "" {
		r.DecidedBy = "person-" + a.of("person", r.DecidedBy)
	}
	return r
}

// addressLike is a word that may be an address or a part of one.
var addressLike = regexp.MustCompile(`[!-~]*[/?#%:@\\][!-~]*`)

// note hides what a sentence about a row says of its addresses and titles.
func (a *anonymiser) note(names ...string) func(string) string {
	var old []string
	for _, n := range names {
		for _, form := range []string{n, readable(n)} {
			old = append(old, form)
			if u, err := url.Parse(form); err == nil && u.Host != "" {
				old = append(old, strings.TrimPrefix(form, u.Scheme+"://"+u.Host), u.Path, u.EscapedPath(), u.RawQuery, u.Fragment)
			}
		}
	}
	old = slices.DeleteFunc(old, func(s string) bool { return len(s) < 2 })
	slices.SortFunc(old, func(x, y string) int { return cmp.Compare(len(y), len(x)) })
	return func(s string) string {
		for _, o := range old {
			s = strings.ReplaceAll(s, o, "…")
		}
		return addressLike.ReplaceAllString(a.text(s), "…")
	}
}

// text replaces the addresses on hosts of the move in a sentence of the plan. Sources
// of facts on other hosts stay.
func (a *anonymiser) text(s string) string {
	if a.known == nil || s == "" {
		return s
	}
	return a.known.ReplaceAllStringFunc(s, func(found string) string {
		end := len(strings.TrimRight(found, ".,;:)]"))
		found, tail := found[:end], found[end:]
		if strings.Contains(found, "://") {
			return a.url(found) + tail
		}
		pseudonym, _ := strings.CutPrefix(a.url("https://"+found), "https://")
		return pseudonym + tail
	})
}

// own replaces the titles of pages in a text of the consultant's, too. Names that no
// page has as its title are not known and stay.
func (a *anonymiser) own(s string) string {
	s = a.text(s)
	for _, t := range a.titles {
		if len([]rune(t)) > 1 && strings.Contains(s, t) {
			s = strings.ReplaceAll(s, t, a.of("title", t))
		}
	}
	return s
}

// scrubbed is a copy of v with every text in it replaced.
func scrubbed[T any](v T, replace func(string) string) T {
	out := reflect.New(reflect.TypeFor[T]()).Elem()
	scrub(reflect.ValueOf(&v).Elem(), out, replace)
	return out.Interface().(T)
}

func scrub(from, to reflect.Value, replace func(string) string) {
	switch from.Kind() {
	case reflect.String:
		to.SetString(replace(from.String()))
	case reflect.Slice:
		if from.IsNil() {
			return
		}
		to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
		for i := range from.Len() {
			scrub(from.Index(i), to.Index(i), replace)
		}
	case reflect.Struct:
		to.Set(from) // fields that are not exported, as those of time.Time, stay
		for i := range from.NumField() {
			if from.Type().Field(i).IsExported() {
				scrub(from.Field(i), to.Field(i), replace)
			}
		}
	case reflect.Map:
		if from.IsNil() {
			return
		}
		to.Set(reflect.MakeMapWithSize(from.Type(), from.Len()))
		for _, k := range from.MapKeys() {
			key, value := reflect.New(k.Type()).Elem(), reflect.New(from.Type().Elem()).Elem()
			scrub(k, key, replace)
			scrub(from.MapIndex(k), value, replace)
			to.SetMapIndex(key, value)
		}
	case reflect.Pointer:
		if !from.IsNil() {
			to.Set(reflect.New(from.Type().Elem()))
			scrub(from.Elem(), to.Elem(), replace)
		}
	default:
		to.Set(from)
	}
}
