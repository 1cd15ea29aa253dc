package fetch

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func TestIsSpecial(t *testing.T) {
	tests := map[string]bool{
		"8.8.8.8": false, "203.0.114.1": false, "100.63.255.255": false, "172.32.0.1": false, "169.253.1.1": false,
		"2400:4000::1": false, "2606:4700::1111": false, "64:ff9b::8.8.8.8": false, "2002:808:808::1": false, "::ffff:8.8.8.8": false,
		"127.0.0.1": true, "127.255.255.254": true, "0.0.0.0": true, "10.1.2.3": true, "172.16.0.1": true, "192.168.1.1": true,
		"169.254.169.254": true, "100.64.0.1": true, "100.100.100.200": true, "168.63.129.16": true, "192.0.2.1": true,
		"198.18.0.1": true, "224.0.0.1": true, "255.255.255.255": true,
		"::": true, "::1": true, "fe80::1": true, "fe80::1%eth0": true, "fc00::1": true, "fd00:ec2::254": true, "ff02::1": true,
		"::ffff:127.0.0.1": true, "::ffff:169.254.169.254": true, "64:ff9b::10.0.0.1": true, "2002:a00:1::": true,
		"::127.0.0.1": true, "2001:db8::1": true, "2001::1": true, "fec0::1": true,
	}
	for s, want := range tests {
		if got := isSpecial(netip.MustParseAddr(s)); got != want {
			t.Errorf("isSpecial(%s) = %v", s, got)
		}
	}
}

// The fake resolver gives the answers in turn, the last for ever.
func fakeResolver(answers map[string][][]string) func(context.Context, string) ([]netip.Addr, error) {
	asked := map[string]int{}
	return func(_ context.Context, host string) ([]netip.Addr, error) {
		list := answers[host]
		if list == nil {
			return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		}
		n := min(asked[host], len(list)-1)
		asked[host]++
		var out []netip.Addr
		for _, s := range list[n] {
			out = append(out, netip.MustParseAddr(s))
		}
		return out, nil
	}
}

func TestGuard(t *testing.T) {
	var asked atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { asked.Add(1) })
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	resolve := func() func(context.Context, string) ([]netip.Addr, error) {
		return fakeResolver(map[string][][]string{
			"inside.example":   {{"127.0.0.1"}},
			"mixed.example":    {{"8.8.8.8", "127.0.0.1"}},
			"mapped6.example":  {{"::ffff:127.0.0.1"}},
			"metadata.example": {{"169.254.169.254"}},
			"empty.example":    {{}},
		})
	}
	tests := []struct {
		name, url string
		allow     []string
		opt       Options
		want      error
	}{
		{"private name", "http://inside.example:" + port, nil, Options{}, ErrPrivateAddress},
		{"loopback literal", "http://127.0.0.1:" + port, nil, Options{}, ErrPrivateAddress},
		{"short spelling", "http://127.1:" + port, nil, Options{}, ErrPrivateAddress},
		{"number", "http://2130706433:" + port, nil, Options{}, ErrPrivateAddress},
		{"IPv6 literal", "http://[::1]:" + port, nil, Options{}, ErrPrivateAddress},
		{"mapped literal", "http://[::ffff:127.0.0.1]:" + port, nil, Options{}, ErrPrivateAddress},
		{"one of several", "http://mixed.example:" + port, nil, Options{}, ErrPrivateAddress},
		{"mapped answer", "http://mapped6.example:" + port, nil, Options{}, ErrPrivateAddress},
		{"metadata", "http://metadata.example/", nil, Options{}, ErrPrivateAddress},
		{"no such host", "http://missing.example/", nil, Options{}, ErrNoSuchHost},
		{"no address", "http://empty.example/", nil, Options{}, ErrNoSuchHost},
		{"AllowPrivate", "http://inside.example:" + port, nil, Options{AllowPrivate: true}, nil},
		{"AllowHost", "http://Inside.example.:" + port, []string{"inside.example"}, Options{}, nil},
		{"AllowHost with port", "http://127.0.0.1:" + port, []string{"127.0.0.1:" + port}, Options{}, nil},
		{"AllowHost of another", "http://inside.example:" + port, []string{"shop.example"}, Options{}, ErrPrivateAddress},
		{"ConnectTo", "http://missing.example/", nil, Options{ConnectTo: map[string]string{"missing.example": "127.0.0.1:" + port}}, nil},
		{"ConnectTo of another", "http://inside.example:" + port, nil, Options{ConnectTo: map[string]string{"x.example": "127.0.0.1:" + port}}, ErrPrivateAddress},
	}
	for _, tt := range tests {
		tt.opt.Retries, tt.opt.Resolve = -1, resolve()
		c, err := New(tt.opt)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range tt.allow {
			c.AllowHost(h)
		}
		before := asked.Load()
		_, err = c.Get(context.Background(), tt.url)
		if tt.want == nil && err != nil || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		if tt.want != nil && asked.Load() != before {
			t.Errorf("%s: the server was asked", tt.name)
		}
	}
}

// A host whose name first leads outside and then inside is refused the second time,
// even when the user named it.
func TestGuardRebinding(t *testing.T) {
	var asked atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { asked.Add(1) })
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	for _, named := range []bool{false, true} {
		c, err := New(Options{Retries: -1, Timeout: 200 * time.Millisecond, Resolve: fakeResolver(map[string][][]string{
			"rebinding.example": {{"192.88.98.1"}, {"127.0.0.1"}},
		})})
		if err != nil {
			t.Fatal(err)
		}
		// No packet of a test leaves the machine.
		c.guard.dialer.Control = func(_, address string, _ syscall.RawConn) error {
			if strings.HasPrefix(address, "127.") {
				return nil
			}
			return errors.New("nobody there")
		}
		if named {
			c.AllowHost("rebinding.example")
		}
		url := "http://rebinding.example:" + port + "/"
		if _, err := c.Get(context.Background(), url); errors.Is(err, ErrPrivateAddress) {
			t.Fatalf("the first address is public: %v", err)
		}
		_, err = c.Get(context.Background(), url)
		if !errors.Is(err, ErrPrivateAddress) || !strings.Contains(err.Error(), "127.0.0.1") {
			t.Errorf("named %v: %v", named, err)
		}
	}
	if asked.Load() != 0 {
		t.Error("the private server was asked")
	}
}

// An address that does not answer must not keep the next one from being tried.
func TestDialTakesTheLivingAddress(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {})
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	c, err := New(Options{Retries: -1, AllowPrivate: true, Timeout: 10 * time.Second, Resolve: fakeResolver(map[string][][]string{
		"shop.example": {{"192.0.2.1", "192.0.2.2", "::1", "127.0.0.1"}},
	})})
	if err != nil {
		t.Fatal(err)
	}
	c.guard.dialer.ControlContext = func(ctx context.Context, _, address string, _ syscall.RawConn) error {
		if !strings.HasPrefix(address, "192.0.2.") {
			return nil
		}
		<-ctx.Done() // packets vanish
		return ctx.Err()
	}
	start := time.Now()
	if _, err := c.Get(context.Background(), "http://shop.example:"+port+"/"); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(start); d > 3*time.Second {
		t.Errorf("took %v", d)
	}
}
