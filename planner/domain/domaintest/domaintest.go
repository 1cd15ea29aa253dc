// Package domaintest runs a DNS server for tests, as net/http/httptest does for HTTP.
package domaintest

import (
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/miekg/dns"
)

// Server answers for the zones that it was given, over UDP and TCP on one loopback
// port, until the test ends.
type Server struct {
	Addr string // host:port

	zones []zone
	mu    sync.Mutex
	asked []string
	quiet map[string]bool
}

type zone struct {
	apex string
	rrs  []dns.RR
}

// Serve starts a server. Each zone is a zone file with absolute names whose first
// record is its SOA. The server answers with authority for the deepest zone that
// holds a name, except for DS, which belongs to the zone above.
func Serve(t testing.TB, zones ...string) *Server {
	t.Helper()
	s := &Server{quiet: map[string]bool{}}
	for _, text := range zones {
		z := zone{}
		p := dns.NewZoneParser(strings.NewReader(text), ".", "")
		for rr, ok := p.Next(); ok; rr, ok = p.Next() {
			if z.apex == "" {
				z.apex = strings.ToLower(rr.Header().Name)
			}
			z.rrs = append(z.rrs, rr)
		}
		if err := p.Err(); err != nil {
			t.Fatalf("reading a zone: %v", err)
		}
		s.zones = append(s.zones, z)
	}
	// Both protocols on one port: another program may hold the second, so try again.
	var udp net.PacketConn
	var tcp net.Listener
	for try := 0; ; try++ {
		var err error
		if udp, err = net.ListenPacket("udp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		if tcp, err = net.Listen("tcp", udp.LocalAddr().String()); err == nil {
			break
		}
		_ = udp.Close()
		if try == 20 {
			t.Fatal(err)
		}
	}
	s.Addr = udp.LocalAddr().String()
	for _, server := range []*dns.Server{{PacketConn: udp, Handler: s}, {Listener: tcp, Handler: s}} {
		started := make(chan struct{})
		server.NotifyStartedFunc = func() { close(started) }
		go func() { _ = server.ActivateAndServe() }() // ends with Shutdown
		<-started
		t.Cleanup(func() { _ = server.Shutdown() })
	}
	return s
}

// Silence lets questions for a name, and for all below it, go without an answer.
func (s *Server) Silence(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quiet[dns.Fqdn(name)] = true
}

// Asked lists the questions so far, "example.com. MX".
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.asked...)
}

func (s *Server) silent(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for quiet := range s.quiet {
		if dns.IsSubDomain(quiet, name) {
			return true
		}
	}
	return false
}

// ServeDNS answers one question.
func (s *Server) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	m := new(dns.Msg)
	m.SetReply(q)
	name, kind := strings.ToLower(q.Question[0].Name), q.Question[0].Qtype
	s.mu.Lock()
	s.asked = append(s.asked, name+" "+dns.TypeToString[kind])
	s.mu.Unlock()
	if s.silent(name) {
		return
	}
	z := s.zoneOf(name, kind)
	if z == nil {
		m.Rcode = dns.RcodeRefused
		_ = w.WriteMsg(m)
		return
	}
	m.Authoritative = true
	exists := s.answer(m, z, name, kind, 0)
	if len(m.Answer) == 0 {
		m.Ns = append(m.Ns, z.rrs[0])
		if !exists {
			m.Rcode = dns.RcodeNameError
		}
	}
	if w.RemoteAddr().Network() == "udp" {
		size := dns.MinMsgSize
		if o := q.IsEdns0(); o != nil {
			size = int(o.UDPSize())
		}
		m.Truncate(size)
	}
	_ = w.WriteMsg(m)
}

func (s *Server) zoneOf(name string, kind uint16) *zone {
	var best *zone
	for i := range s.zones {
		z := &s.zones[i]
		if !dns.IsSubDomain(z.apex, name) || kind == dns.TypeDS && name == z.apex && len(s.zones) > 1 {
			continue
		}
		if best == nil || len(z.apex) > len(best.apex) {
			best = z
		}
	}
	return best
}

// answer adds the records of a name, following aliases inside the zone and the
// wildcard of the apex. It says whether the name exists.
func (s *Server) answer(m *dns.Msg, z *zone, name string, kind uint16, depth int) (exists bool) {
	wildcard := "*." + z.apex
	for _, owner := range []string{name, wildcard} {
		for _, rr := range z.rrs {
			h := rr.Header()
			own := strings.ToLower(h.Name)
			exists = exists || own == name || strings.HasSuffix(own, "."+name) && owner == name
			if own != owner {
				continue
			}
			exists = true
			if h.Rrtype != kind && h.Rrtype != dns.TypeCNAME {
				continue
			}
			found := dns.Copy(rr)
			found.Header().Name = name
			m.Answer = append(m.Answer, found)
			if alias, ok := rr.(*dns.CNAME); ok && kind != dns.TypeCNAME && depth < 8 {
				s.answer(m, z, strings.ToLower(alias.Target), kind, depth+1)
			}
		}
		if exists {
			return true
		}
	}
	return exists
}
