package domain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"replatform/crawler/inventory"
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

func text(ja, en string) Text { return Text{ja, en} }

// State is what came of one question.
type State string

const (
	Found   State = "found"   // there are records
	Absent  State = "absent"  // the name is there or could be, and has no record of this type
	NoName  State = "no-name" // the name does not exist
	Unknown State = "unknown" // nobody answered, or nobody who may
)

// Record is one resource record.
type Record struct {
	Name  string `json:"name"`  // absolute, lower case, without the dot at the end
	Type  string `json:"type"`  // A, MX, TXT …
	TTL   uint32 `json:"ttl"`   // seconds
	Value string `json:"value"` // as in a zone file, printable ASCII
}

// Lookup is one question and its answer.
type Lookup struct {
	Name    string   `json:"name"` // as in Record
	Type    string   `json:"type"`
	State   State    `json:"state"`
	Records []Record `json:"records,omitempty"`
	// Authoritative says that a name server of the zone itself answered: its TTL is
	// the whole one. Otherwise a resolver did, whose TTL may be what is left of it.
	Authoritative bool   `json:"authoritative"`
	Server        string `json:"server,omitempty"` // that answered
	Problem       string `json:"problem,omitempty"`
	// Guess says that the name was only tried because many domains have it.
	Guess bool `json:"guess,omitempty"`
}

// Zone is what was read of a domain.
type Zone struct {
	Host    string    `json:"host"` // as asked for
	Apex    string    `json:"apex"` // name of the zone: example.com
	Read    time.Time `json:"read"`
	Lookups []Lookup  `json:"lookups"`
	// Delegation are the name servers as the zone above names them, with its TTL.
	Delegation Lookup `json:"delegation"`
	// DS is the zone's entry of trust (DNSSEC) in the zone above.
	DS Lookup `json:"ds"`
	// Wildcard says that names which nobody made are answered too; such names are left
	// out of Lookups unless their answer differs.
	Wildcard bool `json:"wildcard"`
	// ServersChange is the owner's answer whether the name servers change too.
	ServersChange Answer `json:"servers_change,omitempty"`
}

// ErrNotDomain is returned for a host that is no domain name: an address, a single
// label, a public suffix such as "co.jp".
var ErrNotDomain = errors.New("not a domain of one's own")

// cleanHost takes a host or an address and gives the host's ASCII form and the name
// that was registered, by the list of public suffixes (https://publicsuffix.org/).
// That list also knows the domains under which services give names to their
// customers, so a platform's subdomain comes out as a domain of its own; its zone is
// found by asking, not from here.
func cleanHost(raw string) (host, registered string, err error) {
	raw = strings.TrimSpace(raw)
	if strings.Contains(raw, "://") {
		u, err := url.Parse(raw)
		if err != nil {
			return "", "", fmt.Errorf("reading %q: %w", raw, ErrNotDomain)
		}
		raw = u.Hostname()
	}
	host, err = idna.Lookup.ToASCII(strings.TrimSuffix(raw, "."))
	if _, ok := dns.IsDomainName(host); !ok || err != nil || net.ParseIP(host) != nil || !strings.Contains(host, ".") {
		return "", "", fmt.Errorf("reading %q: %w", raw, ErrNotDomain)
	}
	host = strings.ToLower(host)
	if registered, err = publicsuffix.EffectiveTLDPlusOne(host); err != nil {
		return "", "", fmt.Errorf("reading %q: %w", raw, ErrNotDomain)
	}
	return host, registered, nil
}

// Lookup returns what was read of name and type, with state [Unknown] where nothing
// was asked.
func (z *Zone) Lookup(name, kind string) Lookup {
	i := slices.IndexFunc(z.Lookups, func(l Lookup) bool { return l.Name == name && l.Type == kind })
	if i < 0 {
		return Lookup{Name: name, Type: kind, State: Unknown}
	}
	return z.Lookups[i]
}

// Records lists every record that was read, each once, in the order of the questions.
func (z *Zone) Records() []Record {
	var out []Record
	seen := map[Record]bool{}
	for _, l := range z.Lookups {
		for _, r := range l.Records {
			key := r
			key.TTL = 0
			if !seen[key] {
				seen[key] = true
				out = append(out, r)
			}
		}
	}
	return out
}

// WebNames are the names under which visitors come: the bare domain, www, and the
// host that was asked for.
func (z *Zone) WebNames() []string {
	names := []string{z.Apex, "www." + z.Apex}
	if !slices.Contains(names, z.Host) {
		names = append(names, z.Host)
	}
	return names
}

// WebTTL is the longest time for which others may hold the shop's records, in
// seconds; ok is false where none was read.
func (z *Zone) WebTTL() (ttl uint32, ok bool) { return z.webTTL() }

// web lists the records that lead visitors: A, AAAA and CNAME of the web names.
func (z *Zone) web() []Record {
	var out []Record
	for _, name := range z.WebNames() {
		for _, kind := range []string{"CNAME", "A", "AAAA"} {
			for _, r := range z.Lookup(name, kind).Records {
				if r.Name == name && r.Type == kind { // and nothing on the way of an alias
					out = append(out, r)
				}
			}
		}
	}
	return out
}

// answered says that at least one question got an answer.
func (z *Zone) answered() bool {
	return slices.ContainsFunc(z.Lookups, func(l Lookup) bool { return l.State != Unknown })
}

// MetaName is the name under which a project keeps the records of a domain.
func MetaName(apex string) string { return "dns." + apex }

// Save stores a zone in the project. What was stored before stays there under the
// time of its reading: it may be the only copy of how things stood.
func Save(ctx context.Context, project *inventory.Project, z *Zone) error {
	data, err := json.Marshal(z)
	if err != nil {
		return fmt.Errorf("storing the records of %s: %w", z.Apex, err)
	}
	earlier, err := project.Meta(ctx, MetaName(z.Apex))
	if err != nil {
		return err
	}
	var old Zone
	if json.Unmarshal([]byte(earlier), &old) == nil && !old.Read.Equal(z.Read) {
		if err := project.SetMeta(ctx, MetaName(z.Apex)+"@"+old.Read.Format(time.RFC3339), earlier); err != nil {
			return err
		}
	}
	return project.SetMeta(ctx, MetaName(z.Apex), string(data))
}

// Load reads the stored zone to which host belongs; nil, nil when there is none.
func Load(ctx context.Context, project *inventory.Project, host string) (*Zone, error) {
	name, _, err := cleanHost(host)
	if err != nil {
		return nil, nil // no domain has no records
	}
	for strings.Contains(name, ".") {
		data, err := project.Meta(ctx, MetaName(name))
		if err != nil {
			return nil, err
		}
		if data != "" {
			z := &Zone{}
			if err := json.Unmarshal([]byte(data), z); err != nil {
				return nil, fmt.Errorf("reading the stored records of %s: %w", name, err)
			}
			return z, nil
		}
		_, name, _ = strings.Cut(name, ".")
	}
	return nil, nil
}
