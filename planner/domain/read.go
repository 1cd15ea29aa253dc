package domain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// Options of Read.
type Options struct {
	// Server is the one DNS server that is asked, "192.0.2.1" or "192.0.2.1:53", such
	// as a name server that does not hold the domain yet. Empty: the name servers of
	// the zone are asked.
	Server string
	// Resolver finds the zone's name servers; empty: the computer's own resolver.
	Resolver string
	// Port is where the zone's name servers are asked; empty: 53.
	Port string
	// AllowPrivate lets name servers have private addresses.
	AllowPrivate bool
	// Selectors are further names of DKIM keys, beside the common ones.
	Selectors []string
	Now       time.Time     // of the reading
	Timeout   time.Duration // of one question; 0: 3 seconds
	// Progress is told how many of the questions are done; may be nil.
	Progress func(done, total int)
}

// ErrBadServer is returned for an Options.Server or Resolver that is no address.
var ErrBadServer = errors.New("not the address of a DNS server")

// Names that are asked beside the domain and www. They are what DNS services put
// into their forms and mail programs look for by themselves (RFC 6186, RFC 8460 and
// RFC 8461); a zone can hold others, which nobody can list from outside.
func commonNames() []string {
	return []string{"mail", "smtp", "imap", "pop", "webmail", "autodiscover", "autoconfig", "ftp", "shop", "blog", "mta-sts", "secure", "cart"}
}

func commonServices() []string {
	return []string{"_autodiscover._tcp", "_submission._tcp", "_imaps._tcp", "_pop3s._tcp"}
}

// commonSelectors are names that mail services give their DKIM keys (RFC 6376 §3.1).
// A selector cannot be guessed in general; the list only saves typing.
func commonSelectors() []string {
	return []string{"default", "dkim", "mail", "google", "selector1", "selector2", "s1", "s2", "k1", "k2", "k3"}
}

// maxNameServers bounds how many servers of one zone are tried for one question.
const maxNameServers = 8

// maxFailures is after how many questions in a row without an answer a server is not
// asked again.
const maxFailures = 2

// Read reads the DNS of the domain to which host belongs; host is a name or an
// address such as https://www.example.com/. It sends about sixty questions and
// changes nothing. Questions that nobody answers come back with state [Unknown] and
// are no error; errors are [ErrNotDomain], [ErrBadServer] and that of the context.
func Read(ctx context.Context, host string, o Options) (*Zone, error) {
	name, registered, err := cleanHost(host)
	if err != nil {
		return nil, err
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	r := &reader{opts: o, port: cmp.Or(o.Port, "53"), failed: map[string]int{}}
	r.udp = &dns.Client{Net: "udp", UDPSize: 1232, Timeout: cmp.Or(o.Timeout, 3*time.Second)}
	r.tcp = &dns.Client{Net: "tcp", Timeout: cmp.Or(o.Timeout, 3*time.Second)}
	if only := cmp.Or(o.Server, o.Resolver); only != "" {
		if r.server, err = serverAddress(only); err != nil {
			return nil, err
		}
	} else if conf, err := dns.ClientConfigFromFile("/etc/resolv.conf"); err == nil && len(conf.Servers) > 0 {
		r.server = net.JoinHostPort(conf.Servers[0], conf.Port)
	}
	z := &Zone{Host: name, Apex: registered, Read: o.Now.UTC().Truncate(time.Second)}
	r.findZone(ctx, z)
	r.readParent(ctx, z)
	r.questions(ctx, z)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("reading the DNS of %s: %w", name, err)
	}
	return z, nil
}

func serverAddress(raw string) (string, error) {
	host, port, err := net.SplitHostPort(raw)
	if err != nil {
		host, port = strings.Trim(raw, "[]"), "53"
	}
	if host == "" || strings.ContainsAny(host, " /") || port == "" {
		return "", fmt.Errorf("reading %q: %w", raw, ErrBadServer)
	}
	return net.JoinHostPort(host, port), nil
}

// reader asks the questions of one Read.
type reader struct {
	opts     Options
	port     string
	server   string // host:port of the server to ask first; empty: none is known
	udp, tcp *dns.Client
	own      []string       // host:port of the zone's name servers
	failed   map[string]int // questions in a row that a server left without an answer
}

// findZone finds the apex of the zone that holds the host, and its name servers. The
// registered name is the apex unless a name below it has a zone of its own.
func (r *reader) findZone(ctx context.Context, z *Zone) {
	registered := z.Apex
	for name := z.Host; ; _, name, _ = strings.Cut(name, ".") {
		if hosts := r.nameServers(ctx, name); len(hosts) > 0 {
			z.Apex = name
			if r.opts.Server == "" {
				r.own = r.addresses(ctx, hosts)
			}
			return
		}
		if name == registered || !strings.Contains(name, ".") {
			return
		}
	}
}

// readParent reads what the zone above says: which servers hold the zone, and
// whether it is signed.
func (r *reader) readParent(ctx context.Context, z *Zone) {
	z.Delegation = Lookup{Name: z.Apex, Type: "NS", State: Unknown}
	z.DS = Lookup{Name: z.Apex, Type: "DS", State: Unknown}
	_, above, ok := strings.Cut(z.Apex, ".")
	if !ok {
		return
	}
	var parents []string
	for name := above; name != "" && len(parents) == 0 && r.opts.Server == ""; _, name, _ = strings.Cut(name, ".") {
		parents = r.addresses(ctx, r.nameServers(ctx, name))
	}
	for _, server := range parents {
		if m, err := r.exchange(ctx, server, z.Apex, dns.TypeNS); err == nil && (m.Rcode == dns.RcodeSuccess || m.Rcode == dns.RcodeNameError) {
			// A referral has the name servers in its authority section.
			all := append(slices.Clone(m.Answer), m.Ns...)
			z.Delegation = lookupOf(z.Apex, "NS", m, all)
			z.Delegation.Server, z.Delegation.Authoritative = server, true
			break
		}
	}
	z.DS = r.ask(ctx, z.Apex, "DS", append(parents, r.server))
}

// questions asks for everything that a take-over must know.
func (r *reader) questions(ctx context.Context, z *Zone) {
	type question struct {
		name, kind string
		optional   bool // left out where it is not there: nobody expected it
	}
	var list []question
	add := func(optional bool, name string, kinds ...string) {
		for _, k := range kinds {
			list = append(list, question{name, k, optional})
		}
	}
	add(false, z.Apex, "SOA", "NS", "A", "AAAA", "MX", "TXT", "CAA")
	for _, n := range z.WebNames()[1:] {
		add(false, n, "CNAME", "A", "AAAA", "CAA")
	}
	add(false, "_dmarc."+z.Apex, "TXT")
	add(false, "_domainkey."+z.Apex, "TXT")
	for _, s := range slices.Concat(commonSelectors(), r.opts.Selectors) {
		add(true, s+"._domainkey."+z.Apex, "CNAME", "TXT")
	}
	for _, n := range commonNames() {
		add(true, n+"."+z.Apex, "CNAME", "A", "AAAA")
	}
	for _, n := range commonServices() {
		add(true, n+"."+z.Apex, "SRV")
	}
	add(true, "_mta-sts."+z.Apex, "TXT")
	add(true, "_smtp._tls."+z.Apex, "TXT")
	add(true, "_acme-challenge."+z.Apex, "CNAME")

	wild := r.ask(ctx, "replatform-asks-for-a-name-nobody-made."+z.Apex, "A", r.own)
	z.Wildcard = wild.State == Found
	for i := 0; i < len(list); i++ {
		if ctx.Err() != nil {
			return
		}
		q := list[i]
		if z.has(q.name, q.kind) {
			continue
		}
		l := r.ask(ctx, q.name, q.kind, r.own)
		if r.opts.Progress != nil {
			r.opts.Progress(i+1, len(list))
		}
		if q.optional && (l.State == Absent || l.State == NoName || z.Wildcard && sameValues(l, wild)) {
			continue
		}
		l.Guess = q.optional
		z.Lookups = append(z.Lookups, l)
		for _, rec := range l.Records {
			// The hosts to which mail is delivered must keep their addresses.
			if host := inZone(z.Apex, mailHost(rec)); host != "" {
				add(false, host, "CNAME", "A", "AAAA")
			}
		}
		// The rule for certificates is the nearest one above (RFC 8659 §3).
		if q.kind == "CAA" && q.name == z.Apex && (l.State == Absent || l.State == NoName) {
			for _, above, ok := strings.Cut(z.Apex, "."); ok && strings.Contains(above, "."); _, above, ok = strings.Cut(above, ".") {
				z.Lookups = append(z.Lookups, r.ask(ctx, above, "CAA", nil))
			}
		}
	}
}

func (z *Zone) has(name, kind string) bool {
	return slices.ContainsFunc(z.Lookups, func(l Lookup) bool { return l.Name == name && l.Type == kind })
}

func sameValues(a, b Lookup) bool {
	if len(a.Records) == 0 || len(a.Records) != len(b.Records) {
		return false
	}
	for i := range a.Records {
		if a.Records[i].Value != b.Records[i].Value {
			return false
		}
	}
	return true
}

// mailHost is the host that an MX record names.
func mailHost(r Record) string {
	if r.Type != "MX" {
		return ""
	}
	_, host, _ := strings.Cut(r.Value, " ")
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// inZone returns name if it lies below the apex.
func inZone(apex, name string) string {
	if strings.HasSuffix(name, "."+apex) {
		return name
	}
	return ""
}

// ask asks the servers in turn, then the first server, until one answers for sure.
// Of what was heard, an answer by a server of the zone counts before any other.
func (r *reader) ask(ctx context.Context, name, kind string, servers []string) Lookup {
	out := Lookup{Name: name, Type: kind, State: Unknown, Problem: "no name server is known"}
	asked := 0
	for _, server := range append(slices.Clone(servers), r.server) {
		if server == "" || r.failed[server] >= maxFailures || asked == maxNameServers {
			continue
		}
		asked++
		m, err := r.exchange(ctx, server, name, dns.StringToType[kind])
		if err != nil {
			out.Problem = "no answer"
			r.failed[server]++
			continue
		}
		r.failed[server] = 0
		if m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError {
			out.Problem = "the server answered " + dns.RcodeToString[m.Rcode]
			continue
		}
		l := lookupOf(name, kind, m, m.Answer)
		l.Server, l.Authoritative = server, m.Authoritative
		return l
	}
	return out
}

// exchange asks one server, again over TCP where the answer did not fit, and once
// more where it was lost.
func (r *reader) exchange(ctx context.Context, server, name string, kind uint16) (*dns.Msg, error) {
	q := new(dns.Msg)
	q.SetQuestion(dns.Fqdn(name), kind)
	q.SetEdns0(1232, false)
	var last error
	for range 2 {
		m, _, err := r.udp.ExchangeContext(ctx, q, server)
		if err == nil && m.Truncated {
			m, _, err = r.tcp.ExchangeContext(ctx, q, server)
		}
		if err == nil {
			return m, nil
		}
		last = err
		if ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("asking %s for %s: %w", server, name, last)
}

// nameServers lists the hosts that hold a zone, by the first server or, where none
// is known, by the computer's own means.
func (r *reader) nameServers(ctx context.Context, zone string) []string {
	var hosts []string
	if r.server == "" {
		found, err := net.DefaultResolver.LookupNS(ctx, zone)
		if err != nil {
			return nil
		}
		for _, ns := range found {
			hosts = append(hosts, ns.Host)
		}
	} else if m, err := r.exchange(ctx, r.server, zone, dns.TypeNS); err == nil {
		for _, rr := range m.Answer {
			if ns, ok := rr.(*dns.NS); ok && strings.EqualFold(ns.Hdr.Name, dns.Fqdn(zone)) {
				hosts = append(hosts, ns.Ns)
			}
		}
	}
	slices.Sort(hosts)
	return hosts
}

// addresses lists where the hosts can be asked, at most maxNameServers of them.
func (r *reader) addresses(ctx context.Context, hosts []string) []string {
	var out []string
	for _, h := range hosts {
		if len(out) >= maxNameServers {
			break
		}
		for _, a := range r.hostAddresses(ctx, h) {
			if r.opts.AllowPrivate || a.IsGlobalUnicast() && !a.IsPrivate() {
				out = append(out, net.JoinHostPort(a.String(), r.port))
				break // one address of each server is enough
			}
		}
	}
	return out
}

func (r *reader) hostAddresses(ctx context.Context, host string) []netip.Addr {
	var out []netip.Addr
	if r.server == "" {
		found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", strings.TrimSuffix(host, "."))
		if err != nil {
			return nil
		}
		for _, a := range found {
			out = append(out, a.Unmap())
		}
		slices.SortFunc(out, func(a, b netip.Addr) int { return cmp.Compare(a.BitLen(), b.BitLen()) }) // IPv4 first
		return out
	}
	for _, kind := range []uint16{dns.TypeA, dns.TypeAAAA} {
		m, err := r.exchange(ctx, r.server, host, kind)
		if err != nil {
			continue
		}
		for _, rr := range m.Answer {
			switch rr := rr.(type) {
			case *dns.A:
				if a, ok := netip.AddrFromSlice(rr.A.To4()); ok {
					out = append(out, a)
				}
			case *dns.AAAA:
				if a, ok := netip.AddrFromSlice(rr.AAAA); ok {
					out = append(out, a.Unmap())
				}
			}
		}
	}
	return out
}

// lookupOf reads an answer. Records of the type asked for count, and those of an
// alias on the way to them.
func lookupOf(name, kind string, m *dns.Msg, from []dns.RR) Lookup {
	l := Lookup{Name: name, Type: kind, State: Absent}
	if m.Rcode == dns.RcodeNameError {
		l.State = NoName
	}
	for _, rr := range from {
		h := rr.Header()
		t := dns.TypeToString[h.Rrtype]
		if t != kind && t != "CNAME" {
			continue
		}
		if kind == "NS" && !strings.EqualFold(h.Name, dns.Fqdn(name)) {
			continue // a referral to another zone
		}
		l.Records = append(l.Records, Record{
			Name: strings.ToLower(strings.TrimSuffix(h.Name, ".")), Type: t, TTL: h.Ttl,
			Value: strings.TrimSpace(strings.TrimPrefix(rr.String(), h.String())),
		})
	}
	if slices.ContainsFunc(l.Records, func(rec Record) bool { return rec.Type == kind }) {
		l.State = Found
	}
	slices.SortFunc(l.Records, func(a, b Record) int {
		return cmp.Or(strings.Compare(a.Type, b.Type), strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
	})
	return l
}
