package verify

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"iter"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"replatform/redirects"
)

func each(rows ...Expect) iter.Seq2[Expect, error] {
	return func(yield func(Expect, error) bool) {
		for _, e := range rows {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// site answers for all hosts of the tests; /n paths count how often each was asked.
func site(t *testing.T) (connect map[string]string, asked *sync.Map) {
	t.Helper()
	asked = &sync.Map{}
	to := func(w http.ResponseWriter, status int, location string) {
		w.Header().Set("Location", location)
		w.WriteHeader(status)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := asked.LoadOrStore(r.Host+r.RequestURI, new(atomic.Int32))
		count := n.(*atomic.Int32).Add(1)
		if r.Host == "new.example" {
			switch r.URL.Path {
			case "/404":
				w.WriteHeader(404)
			case "/moved":
				to(w, 301, "/moved-on")
			case "/hang":
				hijack(w)
			}
			return
		}
		const n1 = "http://new.example/"
		switch r.URL.Path {
		case "/good":
			to(w, 301, n1+"a")
		case "/good308":
			to(w, 308, n1+"a")
		case "/relative":
			to(w, 301, "/good")
		case "/odd":
			to(w, 301, n1+"%e5%95%86?x=%7e")
		case "/utf8":
			to(w, 301, n1+"商")
		case "/temp":
			to(w, 302, n1+"a")
		case "/wrong":
			to(w, 301, n1+"b")
		case "/home":
			to(w, 301, n1)
		case "/chain":
			to(w, 301, "http://www.old.example/good")
		case "/chain-temp":
			to(w, 302, "http://www.old.example/good")
		case "/self":
			to(w, 301, "/self")
		case "/loop1":
			to(w, 301, "/loop2")
		case "/loop2":
			to(w, 301, "/loop1")
		case "/endless":
			to(w, 301, fmt.Sprintf("/endless?n=%d", count+int32(len(r.RequestURI))+1+atoi(r.URL.RawQuery)))
		case "/dead":
			to(w, 301, n1+"404")
		case "/onward":
			to(w, 301, n1+"moved")
		case "/silent-target":
			to(w, 301, n1+"hang")
		case "/gone":
			w.WriteHeader(410)
		case "/law":
			w.WriteHeader(451)
		case "/missing":
			w.WriteHeader(404)
		case "/no-location":
			w.WriteHeader(301)
		case "/bad-location":
			to(w, 301, "javascript:alert(1)")
		case "/inward":
			to(w, 301, "http://169.254.169.254/secret")
		case "/hang":
			hijack(w)
		case "/busy":
			if count == 1 {
				w.Header().Set("Retry-After", "0")
				w.WriteHeader(503)
				return
			}
			to(w, 301, n1+"a")
		}
	}))
	t.Cleanup(s.Close)
	addr := s.Listener.Addr().String()
	return map[string]string{"old.example": "http://" + addr, "www.old.example": addr, "new.example": addr}, asked
}

func atoi(q string) (n int32) {
	_, _ = fmt.Sscanf(q, "n=%d", &n)
	return n
}

// hijack ends the connection without an answer.
func hijack(w http.ResponseWriter) {
	if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
		_ = c.Close()
	}
}

func TestRun(t *testing.T) {
	const o, n = "http://old.example", "http://new.example"
	tests := []struct {
		old, new string
		status   int
		final    bool // CheckFinal
		want     Problem
		first    int
		last     int
		hops     int
	}{
		{old: o + "/good", new: n + "/a", status: 301, first: 301, hops: 1},
		{old: o + "/good", new: n + "/a", first: 301, hops: 1},
		{old: o + "/good", new: n + "/a", status: 301, final: true, first: 301, last: 200, hops: 1},
		{old: o + "/good", new: "HTTP://NEW.example:80/a", status: 308, first: 301, hops: 1},
		{old: o + "/good308", new: n + "/a", status: 301, first: 308, hops: 1},
		{old: "https://old.example/good", new: n + "/a", status: 301, first: 301, hops: 1},
		{old: o + "/odd", new: n + "/%E5%95%86?x=~", status: 301, first: 301, hops: 1},
		{old: o + "/utf8", new: n + "/%E5%95%86", status: 301, first: 301, hops: 1},
		{old: o + "/temp", new: n + "/a", status: 302, first: 302, hops: 1},
		{old: o + "/gone", status: 410, first: 410, last: 410},
		{old: o + "/law", status: 451, first: 451, last: 451},
		{old: o + "/stays", status: 200, first: 200, last: 200},
		{old: o + "/busy", new: n + "/a", status: 301, first: 301, hops: 1},

		{old: o + "/temp", new: n + "/a", status: 301, want: Temporary, first: 302, hops: 1},
		{old: o + "/good", new: n + "/a", status: 302, want: Permanent, first: 301, hops: 1},
		{old: o + "/missing", new: n + "/a", status: 301, want: NotFound, first: 404, last: 404},
		{old: o + "/stays", new: n + "/a", status: 301, want: NotRedirected, first: 200, last: 200},
		{old: o + "/no-location", new: n + "/a", status: 301, want: NotRedirected, first: 301, last: 301},
		{old: o + "/bad-location", new: n + "/a", status: 301, want: NotRedirected, first: 301, last: 301},
		{old: o + "/wrong", new: n + "/a", status: 301, want: WrongTarget, first: 301, last: 200, hops: 1},
		{old: o + "/home", new: n + "/a", status: 301, want: WrongTarget, first: 301, last: 200, hops: 1},
		{old: o + "/good", new: "https://new.example/a", status: 301, want: WrongTarget, first: 301, last: 200, hops: 1},
		{old: o + "/chain", new: n + "/a", status: 301, want: Chain, first: 301, last: 200, hops: 2},
		{old: o + "/chain-temp", new: n + "/a", status: 301, want: Chain, first: 302, last: 200, hops: 2},
		{old: o + "/relative", new: n + "/a", status: 301, want: Chain, first: 301, last: 200, hops: 2},
		{old: o + "/onward", new: n + "/moved", status: 301, first: 301, hops: 1},
		{old: o + "/onward", new: n + "/moved", status: 301, final: true, want: Chain, first: 301, last: 200, hops: 2},
		{old: o + "/self", new: n + "/a", status: 301, want: Loop, first: 301, hops: 1},
		{old: o + "/loop1", new: n + "/a", status: 301, want: Loop, first: 301, hops: 3},
		{old: o + "/endless", new: n + "/a", status: 301, want: TooManyHops, first: 301, hops: 10},
		{old: o + "/dead", new: n + "/404", status: 301, first: 301, hops: 1},
		{old: o + "/dead", new: n + "/404", status: 301, final: true, want: FinalNotFound, first: 301, last: 404, hops: 1},
		{old: o + "/silent-target", new: n + "/hang", status: 301, final: true, want: FinalNoAnswer, first: 301, hops: 1},
		{old: o + "/missing", status: 410, want: GoneExpected, first: 404, last: 404},
		{old: o + "/good", status: 410, want: GoneExpected, first: 301, last: 301},
		{old: o + "/good", status: 200, want: UnexpectedRedirect, first: 301, last: 301},
		{old: o + "/missing", status: 200, want: FinalNotFound, first: 404, last: 404},
		{old: o + "/hang", new: n + "/a", status: 301, want: NoAnswer},
		{old: "http://127.0.0.1:9/", new: n + "/a", status: 301, want: Private},
		{old: o + "/inward", new: n + "/a", status: 301, want: WrongTarget, first: 301, hops: 1},
		{old: o + "/inward", new: "http://169.254.169.254/secret", status: 301, final: true, want: FinalPrivate, first: 301, hops: 1},
		{old: "old.example/a", new: n + "/a", status: 301, want: BadRow},
		{old: o + "/good", new: "/a", status: 301, want: BadRow},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s %d %v", tt.old, tt.status, tt.want), func(t *testing.T) {
			connect, _ := site(t)
			var got []Result
			err := Run(t.Context(), Options{ConnectTo: connect, CheckFinal: tt.final, Timeout: 5 * time.Second}, each(Expect{7, tt.old, tt.new, tt.status}), func(r Result) { got = append(got, r) })
			if err != nil || len(got) != 1 {
				t.Fatalf("%d results, %v", len(got), err)
			}
			r := got[0]
			if r.Problem != tt.want || r.FirstStatus != tt.first || r.FinalStatus != tt.last || len(r.Hops) != tt.hops {
				t.Errorf("problem %q, first %d, final %d, hops %v (%s); want %q, %d, %d, %d hops", r.Problem, r.FirstStatus, r.FinalStatus, r.Hops, r.Detail, tt.want, tt.first, tt.last, tt.hops)
			}
			if r.OK() != (tt.want == "") || r.Line != 7 || r.CheckedAt.IsZero() {
				t.Errorf("result %+v", r)
			}
			if text := r.Problem.Text(); text.EN == string(r.Problem) || text.EN == "" || text.JA == "" {
				t.Errorf("problem %q has no words", r.Problem)
			}
			if strings.Contains(tt.old, "127.0.0.1") && !strings.Contains(r.Detail, ErrPrivateAddress.Error()) {
				t.Errorf("private address: %s", r.Detail)
			}
			if tt.old == o+"/inward" && !strings.Contains(r.Detail, ErrPrivateAddress.Error()) {
				t.Errorf("redirect into the own network: %s", r.Detail)
			}
		})
	}
}

// Targets are asked once, however many rows point at them.
func TestTargetsAreAskedOnce(t *testing.T) {
	connect, asked := site(t)
	var rows []Expect
	for i := range 200 {
		rows = append(rows, Expect{i, fmt.Sprintf("http://old.example/good?i=%d", i), "http://new.example/a", 301})
	}
	n := 0
	err := Run(t.Context(), Options{ConnectTo: connect, CheckFinal: true, Concurrency: 8}, each(rows...), func(r Result) {
		if n++; !r.OK() || r.FinalStatus != 200 {
			t.Errorf("%+v", r)
		}
	})
	if err != nil || n != 200 {
		t.Fatalf("%d results, %v", n, err)
	}
	count, _ := asked.Load("new.example/a")
	if got := count.(*atomic.Int32).Load(); got != 1 {
		t.Errorf("the target was asked %d times", got)
	}
}

// The request line holds the old address byte by byte.
func TestRequestLine(t *testing.T) {
	targets := []string{
		"/?pid=1", "/?mode=srh&keyword=%a4%EA", `/a\b"c{d}|^`, `/?q="x"&y={a}\;$'`, "/bare?", "/?", "/a?&&", "//double//slash.html", `//odd"//{x}`,
		"/dot/../up.html", "/./a/.", "/%2F%2e%2E/%zz", "/a%20b+c", "/*", "/;a=b", "/a:b@c", "/%E5%95%86",
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	lines := make(chan string, len(targets))
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			in := bufio.NewReader(c)
			line, _ := in.ReadString('\n')
			host := ""
			for h := line; h != "\r\n" && h != ""; h, _ = in.ReadString('\n') {
				if v, ok := strings.CutPrefix(h, "Host: "); ok {
					host = strings.TrimSpace(v)
				}
			}
			lines <- host + " " + strings.TrimSpace(line)
			_, _ = c.Write([]byte("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
			_ = c.Close()
		}
	}()
	for _, target := range targets {
		e := Expect{1, "https://old.example" + target, "", 410}
		err := Run(t.Context(), Options{ConnectTo: map[string]string{"old.example": "http://" + l.Addr().String()}, Concurrency: 1}, each(e), func(r Result) {
			if !r.OK() {
				t.Errorf("%s: %+v", target, r)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"old.example GET " + target + " HTTP/1.1", "old.example GET http://old.example" + target + " HTTP/1.1"}
		if got := <-lines; !slices.Contains(want, got) {
			t.Errorf("%s was asked as %q", target, got)
		}
	}
}

func TestRunEnds(t *testing.T) {
	connect, _ := site(t)
	broken := errors.New("disk gone")
	rows := func(err error) iter.Seq2[Expect, error] {
		return func(yield func(Expect, error) bool) {
			good := Expect{1, "http://old.example/good", "http://new.example/a", 301}
			if yield(good, nil) && yield(Expect{}, err) {
				yield(good, nil)
			}
		}
	}
	n := 0
	if err := Run(t.Context(), Options{ConnectTo: connect}, rows(broken), func(Result) { n++ }); !errors.Is(err, broken) || n != 1 {
		t.Errorf("broken rows: %d results, %v", n, err)
	}
	var problems []Problem
	err := Run(t.Context(), Options{ConnectTo: connect, Concurrency: 1}, rows(&redirects.RowError{Line: 2, Err: redirects.ErrNotURL}), func(r Result) { problems = append(problems, r.Problem) })
	slices.Sort(problems)
	if diff := cmp.Diff([]Problem{"", "", BadRow}, problems); err != nil || diff != "" {
		t.Errorf("bad row: %v\n%s", err, diff)
	}
	ctx, cancel := context.WithCancel(t.Context())
	n = 0
	endless := func(yield func(Expect, error) bool) {
		for yield(Expect{1, "http://old.example/good", "http://new.example/a", 301}, nil) {
		}
	}
	err = Run(ctx, Options{ConnectTo: connect}, endless, func(r Result) {
		if !r.OK() {
			t.Errorf("stopped run says %+v", r)
		}
		if n++; n == 50 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || n < 50 {
		t.Errorf("cancelled run: %d results, %v", n, err)
	}
	for _, o := range []Options{
		{Client: http.DefaultClient, AllowPrivate: true}, {ConnectTo: map[string]string{"a": ""}}, {ConnectTo: map[string]string{"a": "ftp://b:1"}},
		{ConnectTo: map[string]string{"a": "http://b:1/path"}},
	} {
		if err := Run(t.Context(), o, each(), func(Result) {}); !errors.Is(err, ErrOptions) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestRate(t *testing.T) {
	connect, _ := site(t)
	var rows []Expect
	for i := range 11 {
		rows = append(rows, Expect{i, "http://old.example/good", "http://new.example/a", 301})
	}
	begin := time.Now()
	if err := Run(t.Context(), Options{ConnectTo: connect, Rate: 50, Concurrency: 8}, each(rows...), func(Result) {}); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begin); took < 200*time.Millisecond {
		t.Errorf("11 requests at 50 a second took %v", took)
	}
}

func TestClient(t *testing.T) {
	s := httptest.NewServer(http.RedirectHandler("https://new.example/a", http.StatusMovedPermanently))
	defer s.Close()
	err := Run(t.Context(), Options{Client: s.Client()}, each(Expect{1, s.URL + "/x", "https://new.example/a", 301}), func(r Result) {
		if !r.OK() {
			t.Errorf("%+v", r)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestExpectations(t *testing.T) {
	s, err := redirects.ParseSource("/?pid=1")
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range Expectations(redirects.Slice{{Line: 3, Source: s, Target: "https://new.example/a", Status: 301}}, "old.example") {
		if diff := cmp.Diff(Expect{3, "https://old.example/?pid=1", "https://new.example/a", 301}, e); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
	}
}

// A row is asked in the scheme that its source is written in, and the result says which:
// a server may answer the two otherwise.
func TestSchemeOfTheRow(t *testing.T) {
	plain := httptest.NewServer(http.RedirectHandler("https://new.example/plain", http.StatusMovedPermanently))
	t.Cleanup(plain.Close)
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	var rules redirects.Slice
	for i, old := range []string{"http://old.example/a", "https://old.example/a", "/b"} {
		s, err := redirects.ParseSource(old)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, redirects.Rule{Line: i + 2, Source: s, Target: "https://new.example/plain", Status: 301})
	}
	connect := map[string]string{"old.example:80": plain.Listener.Addr().String(), "old.example:443": secure.Listener.Addr().String()}
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())
	got := map[string]Problem{}
	err := Run(t.Context(), Options{ConnectTo: connect, TLS: &tls.Config{RootCAs: roots, ServerName: "example.com"}, Retries: -1}, Expectations(rules, "old.example"),
		func(r Result) { got[r.OldURL] = r.Problem })
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Problem{"http://old.example/a": "", "https://old.example/a": NotFound, "https://old.example/b": NotFound}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems by address asked (-want +got):\n%s", diff)
	}
}

func BenchmarkRun(b *testing.B) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "https://new.example/a")
		w.WriteHeader(301)
	}))
	defer s.Close()
	o := Options{ConnectTo: map[string]string{"old.example": "http://" + s.Listener.Addr().String()}, Concurrency: 16}
	rows := func(yield func(Expect, error) bool) {
		for i := range b.N {
			if !yield(Expect{i, fmt.Sprintf("https://old.example/?pid=%d", i), "https://new.example/a", 301}, nil) {
				return
			}
		}
	}
	b.ResetTimer()
	if err := Run(b.Context(), o, rows, func(r Result) {
		if !r.OK() {
			b.Errorf("%+v", r)
		}
	}); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "URLs/s")
}
