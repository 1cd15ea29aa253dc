package domain

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"replatform/crawler/inventory"
	"replatform/planner/domain/domaintest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// zones are invented shops.
var zones = map[string]string{
	// Mail at another service, www as an alias, a rule for certificates, signed.
	"tea.example": `
tea.example.                3600  IN SOA   ns1.dns.example. host.tea.example. 1 7200 900 1209600 900
tea.example.                86400 IN NS    ns1.dns.example.
tea.example.                86400 IN NS    ns2.dns.example.
tea.example.                86400 IN A     192.0.2.10
tea.example.                86400 IN AAAA  2001:db8::10
tea.example.                3600  IN MX    10 mx1.post.example.
tea.example.                3600  IN MX    20 mx2.post.example.
tea.example.                3600  IN TXT   "v=spf1 include:post.example include:cart.example ~all"
tea.example.                3600  IN TXT   "search-engine-verification=abc|def"
tea.example.                7200  IN CAA   0 issue "ca.example"
tea.example.                7200  IN CAA   0 issuewild ";"
www.tea.example.            1800  IN CNAME shops.cart.example.
_dmarc.tea.example.         3600  IN TXT   "v=DMARC1; p=quarantine; rua=mailto:post@tea.example"
selector1._domainkey.tea.example. 3600 IN CNAME selector1.post.example.
autodiscover.tea.example.   3600  IN CNAME autodiscover.post.example.
`,
	"example": `
example.       3600   IN SOA ns0.example. host.example. 1 7200 900 1209600 900
example.       3600   IN NS  ns0.example.
ns0.example.   3600   IN A   127.0.0.1
ns1.dns.example. 3600 IN A   127.0.0.1
tea.example.   172800 IN NS  ns1.dns.example.
tea.example.   21600  IN DS  12345 13 2 A1B2C3D4E5F60718293A4B5C6D7E8F900112233445566778899AABBCCDDEEFF0
`,
	// The mail goes to the shop's own address, SPF follows it, no alias anywhere.
	"cup.example": `
cup.example.      3600 IN SOA ns1.cup.example. host.cup.example. 1 7200 900 1209600 3600
cup.example.      3600 IN NS  ns1.cup.example.
ns1.cup.example.  3600 IN A   192.0.2.53
cup.example.      600  IN A   192.0.2.20
cup.example.      600  IN MX  10 cup.example.
cup.example.      600  IN TXT "v=spf1 a mx include:news.example -all"
cup.example.      600  IN TXT "v=spf1 ip4:192.0.2.99 -all"
www.cup.example.  600  IN A   192.0.2.20
`,
	// A wildcard, no mail at all, TTLs as short as they should be.
	"pot.example": `
pot.example.     300 IN SOA ns1.pot.example. host.pot.example. 1 7200 900 1209600 300
pot.example.     300 IN NS  ns1.pot.example.
pot.example.     300 IN A   192.0.2.30
pot.example.     300 IN MX  0 .
*.pot.example.   300 IN A   192.0.2.30
`,
	// A week of TTL and an answer that does not fit into a datagram.
	"jar.example": `
jar.example.      604800 IN SOA ns1.jar.example. host.jar.example. 1 7200 900 1209600 86400
jar.example.      604800 IN NS  ns1.jar.example.
jar.example.      604800 IN A   192.0.2.40
jar.example.      604800 IN TXT "v=spf1 include:a.example ~all"
` + longTexts("jar.example.", 12),
}

func longTexts(name string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(name + " 604800 IN TXT \"" + strings.Repeat(string(rune('a'+i)), 200) + "\"\n")
	}
	return b.String()
}

var readAt = time.Date(2027, 1, 11, 1, 30, 0, 0, time.UTC)

func read(t *testing.T, host string, o Options) *Zone {
	t.Helper()
	o.Now, o.AllowPrivate = readAt, true
	if o.Timeout == 0 {
		o.Timeout = 20 * time.Second
	}
	z, err := Read(t.Context(), host, o)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func values(l Lookup) []string {
	var out []string
	for _, r := range l.Records {
		out = append(out, r.Type+" "+r.Value)
	}
	return out
}

func TestReadFromItsNameServers(t *testing.T) {
	s := domaintest.Serve(t, zones["tea.example"], zones["example"])
	_, port, _ := net.SplitHostPort(s.Addr)
	z := read(t, "https://www.tea.example/?pid=1", Options{Resolver: s.Addr, Port: port})
	if z.Host != "www.tea.example" || z.Apex != "tea.example" {
		t.Fatalf("host %q, apex %q", z.Host, z.Apex)
	}
	for _, c := range []struct {
		name, kind string
		want       []string
		state      State
	}{
		{"tea.example", "A", []string{"A 192.0.2.10"}, Found},
		{"tea.example", "AAAA", []string{"AAAA 2001:db8::10"}, Found},
		{"tea.example", "MX", []string{"MX 10 mx1.post.example.", "MX 20 mx2.post.example."}, Found},
		{"tea.example", "CAA", []string{`CAA 0 issue "ca.example"`, `CAA 0 issuewild ";"`}, Found},
		{"www.tea.example", "CNAME", []string{"CNAME shops.cart.example."}, Found},
		{"www.tea.example", "A", []string{"CNAME shops.cart.example."}, Absent},
		{"selector1._domainkey.tea.example", "CNAME", []string{"CNAME selector1.post.example."}, Found},
		{"_domainkey.tea.example", "TXT", nil, Absent}, // names stand below it
		{"mail.tea.example", "A", nil, Unknown},        // not there, so not listed
	} {
		l := z.Lookup(c.name, c.kind)
		if diff := cmp.Diff(c.want, values(l)); diff != "" || l.State != c.state {
			t.Errorf("%s %s: state %s (-want +got):\n%s", c.name, c.kind, l.State, diff)
		}
	}
	if !z.Lookup("tea.example", "MX").Authoritative {
		t.Error("the zone's own server was not asked")
	}
	if z.DS.State != Found || z.signedTTL() != 21600 {
		t.Errorf("DS: %+v", z.DS)
	}
	// The server is that of the zone above too, which then answers instead of pointing on.
	if ttl, ok := z.nameServerTTL(); !ok || ttl != 86400 {
		t.Errorf("TTL of the name servers: %d, %v", ttl, ok)
	}
	if ttl, ok := z.webTTL(); !ok || ttl != 86400 {
		t.Errorf("TTL of the web records: %d, %v", ttl, ok)
	}
}

// TestReferral: the servers of the zone above do not answer, they point on.
func TestReferral(t *testing.T) {
	m := new(dns.Msg)
	rr, err := dns.NewRR("tea.example. 172800 IN NS ns1.dns.example.")
	if err != nil {
		t.Fatal(err)
	}
	m.Ns = append(m.Ns, rr)
	z := &Zone{Apex: "tea.example", Delegation: lookupOf("tea.example", "NS", m, m.Ns)}
	if ttl, ok := z.nameServerTTL(); !ok || ttl != 172800 || z.Delegation.State != Found {
		t.Errorf("TTL of the delegation: %d, %v, %+v", ttl, ok, z.Delegation)
	}
}

func TestReadWildcardAndNullMX(t *testing.T) {
	s := domaintest.Serve(t, zones["pot.example"])
	z := read(t, "pot.example", Options{Server: s.Addr})
	if !z.Wildcard {
		t.Error("the wildcard was not noticed")
	}
	if got := z.Lookup("mail.pot.example", "A"); got.State != Unknown {
		t.Errorf("a name of the wildcard is listed: %+v", got)
	}
	if m := z.mail(); !m.refuses || m.implicit || len(m.moved) > 0 {
		t.Errorf("mail: %+v", m)
	}
}

func TestReadLongAnswer(t *testing.T) {
	s := domaintest.Serve(t, zones["jar.example"])
	z := read(t, "jar.example", Options{Server: s.Addr})
	if n := len(z.Lookup("jar.example", "TXT").Records); n != 13 {
		t.Errorf("%d TXT records, want 13: the answer was not asked again over TCP", n)
	}
	if m := z.mail(); !m.implicit {
		t.Error("no MX: mail goes to the address of the bare domain")
	}
}

// TestReadNoAnswer: silence is unknown, which is another thing than absent.
func TestReadNoAnswer(t *testing.T) {
	s := domaintest.Serve(t, zones["cup.example"])
	s.Silence("cup.example")
	z := read(t, "cup.example", Options{Server: s.Addr, Timeout: 50 * time.Millisecond})
	if z.answered() || z.Lookup("cup.example", "MX").State != Unknown || z.DS.State != Unknown {
		t.Errorf("answers out of silence: %+v", z.Lookups)
	}
	b := NewRunbook(z, Case{})
	if len(b.Warnings) == 0 || !strings.Contains(b.Warnings[0].Do.EN, "No DNS server answered") {
		t.Errorf("warnings: %+v", b.Warnings)
	}
	// A zone that its server refuses is not read either.
	if z := read(t, "other.example", Options{Server: s.Addr}); z.Lookup("other.example", "A").State != Unknown {
		t.Errorf("refused: %+v", z.Lookup("other.example", "A"))
	}
}

func TestReadBadInput(t *testing.T) {
	for _, host := range []string{"", "localhost", "192.0.2.1", "co.jp", "https://[::1]/", "a b.example", strings.Repeat("a", 300) + ".example"} {
		if _, err := Read(t.Context(), host, Options{Server: "127.0.0.1:1"}); !errors.Is(err, ErrNotDomain) {
			t.Errorf("%q: %v", host, err)
		}
	}
	if _, err := Read(t.Context(), "tea.example", Options{Server: "no server"}); !errors.Is(err, ErrBadServer) {
		t.Errorf("server: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, "tea.example", Options{Server: "127.0.0.1:1"}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestPrivateNameServers: a zone cannot make the program ask inside the owner's network.
func TestPrivateNameServers(t *testing.T) {
	s := domaintest.Serve(t, zones["tea.example"], zones["example"])
	_, port, _ := net.SplitHostPort(s.Addr)
	z, err := Read(t.Context(), "tea.example", Options{Resolver: s.Addr, Port: port, Now: readAt, Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if got := z.Lookup("tea.example", "A"); got.Server != s.Addr {
		t.Errorf("asked %q", got.Server)
	}
	if z.Delegation.State != Unknown {
		t.Errorf("a private server of the zone above was asked: %+v", z.Delegation)
	}
}

func TestSaveLoad(t *testing.T) {
	project, err := inventory.Open(t.Context(), filepath.Join(t.TempDir(), "p.replatform"), inventory.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer project.Close()
	s := domaintest.Serve(t, zones["cup.example"])
	z := read(t, "www.cup.example", Options{Server: s.Addr})
	if err := Save(t.Context(), project, z); err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]*Zone{"www.cup.example": z, "https://cup.example/": z, "other.example": nil, "example": nil} {
		got, err := Load(t.Context(), project, host)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", host, diff)
		}
	}
}

// TestChanges: after a switch the web records may differ, mail may not.
func TestChanges(t *testing.T) {
	before := read(t, "tea.example", Options{Server: domaintest.Serve(t, zones["tea.example"]).Addr})
	moved := strings.NewReplacer("192.0.2.10", "198.51.100.7", "MX    20 mx2", "MX    30 mx2", "1209600 900", "1209600 300").Replace(zones["tea.example"])
	after := domaintest.Serve(t, moved)
	changes, unknown := before.Changes(read(t, "tea.example", Options{Server: after.Addr}))
	var got []string
	for _, c := range changes {
		word := "new"
		if c.Gone {
			word = "gone"
		}
		if c.Mail {
			word += " mail"
		}
		got = append(got, word+" "+c.Record.Type+" "+c.Record.Value)
	}
	slices.Sort(got)
	want := []string{"gone A 192.0.2.10", "gone mail MX 20 mx2.post.example.", "new A 198.51.100.7", "new mail MX 30 mx2.post.example."}
	if diff := cmp.Diff(want, got); diff != "" || len(unknown) > 0 {
		t.Errorf("unknown %v (-want +got):\n%s", unknown, diff)
	}
	after.Silence("tea.example")
	changes, unknown = before.Changes(read(t, "tea.example", Options{Server: after.Addr, Timeout: 50 * time.Millisecond}))
	if len(changes) > 0 || len(unknown) == 0 {
		t.Errorf("silence: changes %v, unknown %v", changes, unknown)
	}
}

func TestGoldenRunbooks(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	cutover := time.Date(2027, 2, 10, 10, 0, 0, 0, tokyo)
	for _, c := range []struct {
		name, host string
		zones      []string
		silent     bool
		servers    Answer
		of         Case
	}{
		{"mail-present-signed", "tea.example", []string{zones["tea.example"], zones["example"]}, false, Yes,
			Case{Cutover: cutover, Target: text("手前の案内係", "the edge in front"), Edge: true}},
		{"mail-on-the-shop", "www.cup.example", []string{zones["cup.example"]}, false, No,
			Case{Target: text("新しいお店", "the new shop"), TargetRecords: text("A 198.51.100.65", "A 198.51.100.65"), TargetSource: "https://shops.example/dns"}},
		{"short-ttl-no-mail", "pot.example", []string{zones["pot.example"]}, false, "", Case{Cutover: cutover}},
		{"long-ttl", "jar.example", []string{zones["jar.example"]}, false, No, Case{Cutover: cutover}},
		{"no-answer", "cup.example", []string{zones["cup.example"]}, true, "", Case{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := domaintest.Serve(t, c.zones...)
			o := Options{Server: s.Addr}
			if len(c.zones) > 1 {
				_, port, _ := net.SplitHostPort(s.Addr)
				o = Options{Resolver: s.Addr, Port: port}
			}
			if c.silent {
				s.Silence(".")
				o.Timeout = 50 * time.Millisecond
			}
			z := read(t, c.host, o)
			z.ServersChange = c.servers
			b := NewRunbook(z, c.of)
			for _, lang := range []string{"ja", "en"} {
				var got bytes.Buffer
				if err := b.Markdown(&got, lang); err != nil {
					t.Fatal(err)
				}
				golden(t, filepath.Join("testdata", c.name+"."+lang+".md"), got.Bytes())
			}
			if c.name == "mail-present-signed" {
				var got bytes.Buffer
				if err := z.ZoneFile(&got); err != nil {
					t.Fatal(err)
				}
				golden(t, filepath.Join("testdata", c.name+".zone"), got.Bytes())
				// What was written is a zone file with the same mail.
				again := read(t, c.host, Options{Server: domaintest.Serve(t, "tea.example. 3600 IN SOA a. b. 1 1 1 1 1\n"+got.String()).Addr})
				if diff := cmp.Diff(z.mailRecords(), again.mailRecords()); diff != "" {
					t.Errorf("mail after copying (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// FuzzAnswers: whatever a name server sends, the runbook is a page of printable text
// whose steps stand in order.
func FuzzAnswers(f *testing.F) {
	for _, text := range []string{"e.example. 3600 IN MX 10 e.example.", "e.example. 4294967295 IN TXT \"v=spf1 a mx:e.example \\\"\"", "e.example. 1 IN CAA 0 issue \";\"", "e.example. 900 IN SOA a. b. 1 2 3 4 99999999999"} {
		if rr, err := dns.NewRR(text); err == nil {
			m := new(dns.Msg)
			m.SetQuestion("e.example.", rr.Header().Rrtype)
			m.Answer = []dns.RR{rr}
			if data, err := m.Pack(); err == nil {
				f.Add(data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m := new(dns.Msg)
		if m.Unpack(data) != nil {
			return
		}
		z := &Zone{Host: "e.example", Apex: "e.example", Read: readAt}
		for _, kind := range []string{"SOA", "NS", "A", "AAAA", "MX", "TXT", "CAA", "CNAME"} {
			z.Lookups = append(z.Lookups, lookupOf("e.example", kind, m, m.Answer))
		}
		z.DS, z.Delegation = lookupOf("e.example", "DS", m, m.Answer), lookupOf("e.example", "NS", m, m.Ns)
		b := NewRunbook(z, Case{Cutover: readAt})
		for i := 1; i < len(b.Steps); i++ {
			if !b.Steps[i].Today && b.Steps[i].At < b.Steps[i-1].At && !b.Steps[i-1].Today {
				t.Errorf("step %d comes before step %d", i, i-1)
			}
		}
		var page bytes.Buffer
		if err := b.Markdown(&page, "en"); err != nil {
			t.Fatal(err)
		}
		for _, r := range page.String() {
			if r < ' ' && r != '\n' || r == 0x7f {
				t.Fatalf("control character %q", r)
			}
		}
	})
}
