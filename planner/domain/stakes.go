package domain

import (
	"slices"
	"strings"
)

// Sources of the rules below.
const (
	rfcNegative  = "https://www.rfc-editor.org/rfc/rfc2308"
	rfcMailHost  = "https://www.rfc-editor.org/rfc/rfc5321#section-5.1"
	rfcNullMX    = "https://www.rfc-editor.org/rfc/rfc7505"
	rfcSPF       = "https://www.rfc-editor.org/rfc/rfc7208"
	rfcCAA       = "https://www.rfc-editor.org/rfc/rfc8659"
	rfcACME      = "https://www.rfc-editor.org/rfc/rfc8555"
	rfcDS        = "https://www.rfc-editor.org/rfc/rfc4035"
	rfcCNAME     = "https://www.rfc-editor.org/rfc/rfc1912#section-2.4"
	rfcNoName    = "https://www.rfc-editor.org/rfc/rfc8020"
	googleHost   = "https://developers.google.com/search/docs/crawling-indexing/site-move-no-url-changes"
	ttlPractice  = "https://noahknowstech.com/domain-migration-without-breaking-email.html"
	mailPractice = "https://bostonwebgroup.com/prevent-migration-breaking-email/"
)

// mailNames are the names whose records carry mail besides MX: SPF, DMARC, keys.
func (z *Zone) mailRecords() []Record {
	var out []Record
	for _, r := range z.Records() {
		switch {
		case r.Type == "MX", r.Type == "SRV",
			r.Type == "TXT" && r.Name == z.Apex && isSPF(r.Value),
			r.Type == "TXT" && r.Name != z.Apex,
			strings.Contains(r.Name, "._domainkey."):
			out = append(out, r)
		case r.Type != "NS" && slices.Contains(z.mailHosts(), r.Name):
			out = append(out, r)
		}
	}
	return out
}

func isSPF(value string) bool {
	v := strings.ToLower(unquote(value))
	return v == "v=spf1" || strings.HasPrefix(v, "v=spf1 ") // RFC 7208 §4.5
}

// unquote joins the strings of a TXT value (RFC 7208 §3.3).
func unquote(value string) string {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && i+1 < len(value):
			i++
			b.WriteByte(value[i])
		case quoted || c != ' ':
			b.WriteByte(c)
		}
	}
	return b.String()
}

// mailHosts are the hosts to which the zone's mail is delivered.
func (z *Zone) mailHosts() []string {
	var out []string
	for _, r := range z.Lookup(z.Apex, "MX").Records {
		if h := mailHost(r); h != "" && !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return out
}

// mailState is what the records say of mail.
type mailState struct {
	answer     State    // of the question for MX
	refuses    bool     // a null MX: the domain takes no mail (RFC 7505)
	implicit   bool     // no MX: mail goes to the address of the bare domain (RFC 5321 §5.1)
	moved      []string // mail hosts that are web names: changing the web moves the mail
	spf        []string // policies; more than one is an error (RFC 7208 §3.2)
	spfFollows []string // mechanisms that follow the records which change
}

func (z *Zone) mail() mailState {
	m := mailState{answer: z.Lookup(z.Apex, "MX").State}
	for _, h := range z.mailHosts() {
		if slices.Contains(z.WebNames(), h) || z.aliasOfWeb(h) {
			m.moved = append(m.moved, h)
		}
	}
	for _, r := range z.Lookup(z.Apex, "MX").Records {
		if r.Type == "MX" && strings.HasSuffix(r.Value, " .") {
			m.refuses = true
		}
	}
	m.implicit = m.answer == Absent && z.Lookup(z.Apex, "A").State == Found
	for _, r := range z.Lookup(z.Apex, "TXT").Records {
		if r.Type != "TXT" || !isSPF(r.Value) {
			continue
		}
		policy := unquote(r.Value)
		m.spf = append(m.spf, policy)
		for _, term := range strings.Fields(policy)[1:] {
			if z.spfFollowsWeb(strings.ToLower(strings.TrimLeft(term, "+-~?")), m) {
				m.spfFollows = append(m.spfFollows, term)
			}
		}
	}
	return m
}

// spfFollowsWeb says that a mechanism takes its addresses from records that change
// with the switch: "a" of a web name, "mx" of a mail host that is one (RFC 7208
// §5.3 and §5.4).
func (z *Zone) spfFollowsWeb(term string, m mailState) bool {
	term, _, _ = strings.Cut(term, "/")
	name, of, named := strings.Cut(term, ":")
	if !named {
		of = z.Apex
	}
	switch name {
	case "a":
		return slices.Contains(z.WebNames(), of)
	case "mx":
		return of == z.Apex && len(m.moved) > 0
	}
	return false
}

// aliasOfWeb says that a host is an alias of a web name.
func (z *Zone) aliasOfWeb(host string) bool {
	return slices.ContainsFunc(z.Lookup(host, "CNAME").Records, func(r Record) bool {
		return r.Name == host && slices.Contains(z.WebNames(), strings.TrimSuffix(strings.ToLower(r.Value), "."))
	})
}

// certificates is what the records say of who may issue them (RFC 8659).
type certificates struct {
	state   State // Found: there is a rule; Absent: anybody may; Unknown
	issuers []string
	at      string // name that holds the rule
	ttl     uint32
}

// certificatesFor finds the rule for one name: its own, else the nearest above.
func (z *Zone) certificatesFor(name string) certificates {
	for n := name; strings.Contains(n, "."); _, n, _ = strings.Cut(n, ".") {
		l := z.Lookup(n, "CAA")
		switch l.State {
		case Unknown:
			if strings.HasSuffix(z.Apex, "."+n) {
				continue // nothing above the domain was asked: the domain had a rule or no answer
			}
			return certificates{state: Unknown}
		case Found:
			c := certificates{state: Found, at: n}
			for _, r := range l.Records {
				f := strings.Fields(r.Value)
				if r.Type == "CAA" && len(f) >= 3 && f[1] == "issue" {
					issuer, _, _ := strings.Cut(unquote(strings.Join(f[2:], " ")), ";")
					c.issuers = append(c.issuers, strings.TrimSpace(issuer))
				}
				c.ttl = max(c.ttl, r.TTL)
			}
			if len(c.issuers) == 0 {
				continue // a rule without "issue" restricts nothing but wildcards (RFC 8659 §4.2, §4.3)
			}
			return c
		}
	}
	return certificates{state: Absent}
}

// webTTL is how long the records that change may still be held by others: the
// longest of them, and the time for which an absent one is remembered, which counts
// where a type is added (RFC 2308 §5). ok is false where no such record was read.
func (z *Zone) webTTL() (seconds uint32, ok bool) {
	for _, r := range z.web() {
		seconds, ok = max(seconds, r.TTL), true
	}
	if !ok {
		return 0, false
	}
	return max(seconds, z.negativeTTL()), true
}

// negativeTTL is for how long resolvers remember that a record is absent; 0: unknown.
func (z *Zone) negativeTTL() uint32 {
	for _, r := range z.Lookup(z.Apex, "SOA").Records {
		f := strings.Fields(r.Value)
		if r.Type != "SOA" || len(f) != 7 {
			continue
		}
		return min(r.TTL, number(f[6]))
	}
	return 0
}

func number(s string) uint32 {
	var n uint32
	for _, c := range []byte(s) {
		if c < '0' || c > '9' || n > (1<<32-10)/10 {
			return 0
		}
		n = n*10 + uint32(c-'0')
	}
	return n
}

// nameServerTTL is how long resolvers may go on asking the old name servers: the
// longest TTL of the entries in the zone above and in the zone itself. ok is false
// where the zone above was not read.
func (z *Zone) nameServerTTL() (seconds uint32, ok bool) {
	if z.Delegation.State != Found {
		return 0, false
	}
	for _, l := range []Lookup{z.Delegation, z.Lookup(z.Apex, "NS")} {
		for _, r := range l.Records {
			if r.Type == "NS" {
				seconds, ok = max(seconds, r.TTL), true
			}
		}
	}
	return seconds, ok
}

// signedTTL is how long resolvers may go on asking for the old key (RFC 4035).
func (z *Zone) signedTTL() uint32 {
	var seconds uint32
	for _, r := range z.DS.Records {
		seconds = max(seconds, r.TTL)
	}
	return seconds
}

// Change is a record that stands in one reading and not in the other.
type Change struct {
	Record Record `json:"record"`
	Gone   bool   `json:"gone"` // it stood in the first reading; otherwise it is new
	Mail   bool   `json:"mail"` // mail hangs on it
}

// Changes compares a reading with a later one of the same domain, TTLs aside. Names
// that the later reading could not learn anything of are left out and listed in
// unknown: no answer proves nothing.
func (z *Zone) Changes(later *Zone) (changes []Change, unknown []string) {
	has := func(list []Record, r Record) bool {
		return slices.ContainsFunc(list, func(o Record) bool { return o.Name == r.Name && o.Type == r.Type && sameValue(o, r) })
	}
	mailBefore, mailLater := z.mailRecords(), later.mailRecords()
	for _, r := range z.Records() {
		if !has(later.Records(), r) {
			if l := later.Lookup(r.Name, r.Type); l.State == Unknown && (later.has(r.Name, r.Type) || !later.answered()) {
				if q := r.Name + " " + r.Type; !slices.Contains(unknown, q) {
					unknown = append(unknown, q)
				}
				continue
			}
			changes = append(changes, Change{Record: r, Gone: true, Mail: has(mailBefore, r)})
		}
	}
	for _, r := range later.Records() {
		if !has(z.Records(), r) {
			changes = append(changes, Change{Record: r, Mail: has(mailLater, r)})
		}
	}
	return slices.DeleteFunc(changes, func(c Change) bool { return c.Record.Type == "SOA" }), unknown
}

// sameValue compares values; names in them ignore letter case (RFC 1035 §2.3.3).
func sameValue(a, b Record) bool {
	if a.Type == "TXT" || a.Type == "CAA" {
		return a.Value == b.Value
	}
	return strings.EqualFold(a.Value, b.Value)
}
