package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fakeServer answers without a network, so that time can be the bubble's.
type fakeServer struct {
	mu    sync.Mutex
	start time.Time
	times []time.Duration // of each request since the start
	serve func(n int) (status int, header http.Header, delay time.Duration, err error)
}

func (f *fakeServer) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	n := len(f.times)
	f.times = append(f.times, time.Since(f.start))
	status, header, delay, err := f.serve(n)
	f.mu.Unlock()
	if e := sleep(r.Context(), delay); e != nil {
		return nil, e
	}
	if err != nil {
		return nil, err
	}
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader("x"))}, nil
}

// simulate runs a test with a client whose answers come from serve.
func simulate(t *testing.T, opt Options, serve func(n int) (int, http.Header, time.Duration, error), run func(t *testing.T, c *Client, f *fakeServer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c, err := New(opt)
		if err != nil {
			t.Fatal(err)
		}
		f := &fakeServer{start: time.Now(), serve: serve}
		c.transport = f
		run(t, c, f)
	})
}

func get(t *testing.T, c *Client) (*Response, error) {
	t.Helper()
	return c.Get(t.Context(), "http://shop.example/")
}

func TestRate(t *testing.T) {
	ok := func(int) (int, http.Header, time.Duration, error) { return 200, nil, 10 * time.Millisecond, nil }
	simulate(t, Options{Rate: 2}, ok, func(t *testing.T, c *Client, f *fakeServer) {
		for range 11 {
			if _, err := get(t, c); err != nil {
				t.Fatal(err)
			}
		}
		if got := f.times[10]; got < 5*time.Second || got > 5100*time.Millisecond {
			t.Errorf("the eleventh request came after %v, want 5s", got)
		}
		if _, err := c.Get(t.Context(), "http://other.example/"); err != nil || f.times[11]-f.times[10] > 20*time.Millisecond {
			t.Error("another host had to wait")
		}
	})
	simulate(t, Options{}, ok, func(t *testing.T, c *Client, f *fakeServer) {
		c.SetDelay("shop.example", time.Second)
		for range 3 {
			if _, err := get(t, c); err != nil {
				t.Fatal(err)
			}
		}
		if got := f.times[2]; got < 2*time.Second || got > 2100*time.Millisecond {
			t.Errorf("the third request came after %v, want 2s", got)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	tests := []struct {
		name, value string
		status      int
		least, most time.Duration
	}{
		{"seconds", "7", 429, 7 * time.Second, 7100 * time.Millisecond},
		{"date", time.Date(2000, 1, 1, 0, 0, 20, 0, time.UTC).Format(http.TimeFormat), 503, 19 * time.Second, 21 * time.Second},
		{"beyond the ceiling", "86400", 503, time.Minute, 61 * time.Second},
		{"none", "", 429, 300 * time.Millisecond, time.Second},
		{"rubbish", "soon", 429, 300 * time.Millisecond, time.Second},
		{"negative", "-5", 429, 300 * time.Millisecond, time.Second},
		{"infinite", "1e999", 429, 300 * time.Millisecond, time.Second},
		{"past date", time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC).Format(http.TimeFormat), 503, 300 * time.Millisecond, time.Second},
	}
	for _, tt := range tests {
		simulate(t, Options{MaxWait: time.Minute}, func(n int) (int, http.Header, time.Duration, error) {
			if n == 0 {
				return tt.status, http.Header{"Retry-After": {tt.value}}, 0, nil
			}
			return 200, nil, 0, nil
		}, func(t *testing.T, c *Client, f *fakeServer) {
			r, err := get(t, c)
			if err != nil || r.Status != 200 || r.Attempts != 2 {
				t.Fatalf("%s: %+v %v", tt.name, r, err)
			}
			if got := f.times[1]; got < tt.least || got > tt.most {
				t.Errorf("%s: waited %v, want %v to %v", tt.name, got, tt.least, tt.most)
			}
		})
	}
}

// A pause that one request was told of holds back all requests to the host.
func TestRetryAfterHoldsAll(t *testing.T) {
	simulate(t, Options{}, func(n int) (int, http.Header, time.Duration, error) {
		if n == 0 {
			return 429, http.Header{"Retry-After": {"30"}}, 0, nil
		}
		return 200, nil, 0, nil
	}, func(t *testing.T, c *Client, f *fakeServer) {
		go get(t, c)
		synctest.Wait()
		if _, err := get(t, c); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if f.times[1] < 30*time.Second {
			t.Errorf("asked again after %v", f.times[1])
		}
	})
}

func TestSlowsDownAndRecovers(t *testing.T) {
	simulate(t, Options{Retries: -1}, func(n int) (int, http.Header, time.Duration, error) {
		if n < 4 {
			return 429, nil, 0, nil
		}
		return 200, nil, 0, nil
	}, func(t *testing.T, c *Client, f *fakeServer) {
		for range 60 {
			if _, err := get(t, c); err != nil {
				t.Fatal(err)
			}
		}
		if gap := f.times[5] - f.times[4]; gap < 3*time.Second {
			t.Errorf("after four refusals the gap is %v", gap)
		}
		if gap := f.times[59] - f.times[58]; gap != 0 {
			t.Errorf("after fifty good answers the gap still is %v", gap)
		}
	})
}

// Refusals of requests that were under way together count as one.
func TestSlowsDownOnce(t *testing.T) {
	simulate(t, Options{Concurrency: 4, Retries: -1}, func(int) (int, http.Header, time.Duration, error) {
		return 503, nil, 100 * time.Millisecond, nil
	}, func(t *testing.T, c *Client, f *fakeServer) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { get(t, c) })
		}
		wg.Wait()
		if s := c.pace("shop.example").spacing; s != firstSpacing {
			t.Errorf("spacing %v, want %v", s, firstSpacing)
		}
	})
}

func TestSlowAnswers(t *testing.T) {
	simulate(t, Options{Concurrency: 4}, func(n int) (int, http.Header, time.Duration, error) {
		if n < 40 {
			return 200, nil, 3 * time.Second, nil
		}
		return 200, nil, 50 * time.Millisecond, nil
	}, func(t *testing.T, c *Client, f *fakeServer) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 30 {
					if _, err := get(t, c); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		// Four at once, each three seconds, would be one every 0.75 s.
		if gap := f.times[35] - f.times[34]; gap < 2500*time.Millisecond {
			t.Errorf("gap %v while every answer takes 3s", gap)
		}
		if took := f.times[119] - f.times[80]; took > 2*time.Second {
			t.Errorf("40 quick answers took %v: not recovered", took)
		}
	})
}

func TestRetries(t *testing.T) {
	boom := errors.New("connection reset")
	tests := []struct {
		name     string
		answers  []int // 0: no answer; the last repeats
		attempts int
		status   int
	}{
		{"good", []int{200}, 1, 200},
		{"not found", []int{404}, 1, 404},
		{"500 then good", []int{500, 200}, 2, 200},
		{"502 for good", []int{502}, 4, 502},
		{"520 then good", []int{520, 520, 200}, 3, 200},
		{"broken connection", []int{0, 0, 200}, 3, 200},
		{"nothing ever", []int{0}, 4, 0},
		{"not implemented", []int{501}, 1, 501},
	}
	for _, tt := range tests {
		simulate(t, Options{}, func(n int) (int, http.Header, time.Duration, error) {
			s := tt.answers[min(n, len(tt.answers)-1)]
			if s == 0 {
				return 0, nil, 0, boom
			}
			return s, nil, 0, nil
		}, func(t *testing.T, c *Client, f *fakeServer) {
			r, err := get(t, c)
			if len(f.times) != tt.attempts {
				t.Errorf("%s: %d attempts, want %d", tt.name, len(f.times), tt.attempts)
			}
			if tt.status == 0 {
				if !errors.Is(err, ErrUnreachable) || !errors.Is(err, boom) {
					t.Errorf("%s: %v", tt.name, err)
				}
				return
			}
			if err != nil || r.Status != tt.status || r.Attempts != tt.attempts {
				t.Errorf("%s: %+v %v", tt.name, r, err)
			}
		})
	}
}

func TestHostDown(t *testing.T) {
	back := 20 * time.Minute
	start := time.Time{}
	simulate(t, Options{Concurrency: 4, Retries: -1}, func(n int) (int, http.Header, time.Duration, error) {
		if start.IsZero() {
			start = time.Now()
		}
		if time.Since(start) < back {
			return 0, nil, 10 * time.Millisecond, errors.New("connection refused")
		}
		return 200, nil, 10 * time.Millisecond, nil
	}, func(t *testing.T, c *Client, f *fakeServer) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		down, at := 0, time.Duration(0)
		for range 4 {
			wg.Go(func() {
				for range 25 {
					_, err := get(t, c)
					if err == nil {
						t.Error("an answer from a dead host")
					}
					mu.Lock()
					if errors.Is(err, ErrHostDown) {
						if down++; down == 1 {
							at = time.Since(f.start)
						}
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if n := len(f.times); n > 16 {
			t.Errorf("a dead host was asked %d times", n)
		}
		if down < 80 {
			t.Errorf("only %d requests were told that the host is down", down)
		}
		if at < time.Minute || at > 10*time.Minute {
			t.Errorf("given up after %v", at)
		}
		t.Logf("%d requests until the host was given up after %v", len(f.times), at)
		time.Sleep(back)
		r, err := get(t, c)
		if err != nil || r.Status != 200 {
			t.Fatalf("after it came back: %v", err)
		}
		before := len(f.times)
		for range 10 {
			get(t, c)
		}
		if len(f.times) != before+10 {
			t.Error("not recovered")
		}
	})
}

// While a host is suspected of being down exactly one request finds out.
func TestOneProbe(t *testing.T) {
	simulate(t, Options{Concurrency: 4, Retries: -1}, func(n int) (int, http.Header, time.Duration, error) {
		if n < breakAfter {
			return 0, nil, 0, errors.New("connection refused")
		}
		return 200, nil, time.Second, nil
	}, func(t *testing.T, c *Client, f *fakeServer) {
		for range breakAfter {
			get(t, c)
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, err := get(t, c); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		after := f.times[breakAfter:]
		if after[0] < DefaultFirstPause || after[1] < after[0]+time.Second {
			t.Errorf("requests after the failures at %v", after)
		}
	})
}

func TestCancelWhileWaiting(t *testing.T) {
	simulate(t, Options{}, func(int) (int, http.Header, time.Duration, error) {
		return 429, http.Header{"Retry-After": {"60"}}, 0, nil
	}, func(t *testing.T, c *Client, f *fakeServer) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err := c.Get(ctx, "http://shop.example/")
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrUnreachable) {
			t.Errorf("got %v", err)
		}
		if d := time.Since(f.start); d != 3*time.Second {
			t.Errorf("returned after %v", d)
		}
		// The slot must have been given back.
		if n := len(c.pace("shop.example").slots); n != 0 {
			t.Errorf("%d slots are lost", n)
		}
	})
}

func TestRobotsClient(t *testing.T) {
	rules := "User-agent: *\nDisallow: /cart/\nCrawl-delay: 2\n"
	tests := []struct {
		name   string
		answer func(host string, hop int) (status int, location, body string)
		state  RobotsState
		cart   bool
		other  bool
	}{
		{"found", func(string, int) (int, string, string) { return 200, "", rules }, RobotsFound, false, true},
		{"not found", func(string, int) (int, string, string) { return 404, "", rules }, RobotsAbsent, true, true},
		{"forbidden", func(string, int) (int, string, string) { return 403, "", rules }, RobotsAbsent, true, true},
		{"too many", func(string, int) (int, string, string) { return 429, "", rules }, RobotsRefused, false, false},
		{"server error", func(string, int) (int, string, string) { return 500, "", rules }, RobotsRefused, false, false},
		{"redirected to another host", func(host string, hop int) (int, string, string) {
			if host == "shop.example" {
				return 301, "https://www.shop.example/robots.txt", ""
			}
			return 200, "", rules
		}, RobotsFound, false, true},
		{"five redirects", func(_ string, hop int) (int, string, string) {
			if hop < 5 {
				return 302, fmt.Sprintf("/r%d", hop), ""
			}
			return 200, "", rules
		}, RobotsFound, false, true},
		{"six redirects", func(string, int) (int, string, string) { return 302, "/robots.txt", "" }, RobotsAbsent, true, true},
		{"redirected to a page that is missing", func(_ string, hop int) (int, string, string) {
			if hop == 0 {
				return 302, "/404.html", ""
			}
			return 404, "", ""
		}, RobotsAbsent, true, true},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			c, err := New(Options{Retries: -1})
			if err != nil {
				t.Fatal(err)
			}
			hops := 0
			c.transport = roundTripper(func(r *http.Request) (*http.Response, error) {
				status, location, body := tt.answer(r.Host, hops)
				hops++
				h := http.Header{}
				if location != "" {
					h.Set("Location", location)
				}
				return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}, nil
			})
			r, state, err := c.Robots(t.Context(), "https", "shop.example")
			if err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			cart, _ := r.Allowed(Agent, "/cart/")
			other, _ := r.Allowed(Agent, "/x")
			if state != tt.state || cart != tt.cart || other != tt.other {
				t.Errorf("%s: %s, cart %v, other %v; want %s, %v, %v", tt.name, state, cart, other, tt.state, tt.cart, tt.other)
			}
			want := time.Duration(0)
			if tt.state == RobotsFound {
				want = 2 * time.Second
			}
			if got := c.pace("shop.example").base; got != want {
				t.Errorf("%s: the crawl delay became %v", tt.name, got)
			}
			asked := hops
			if _, _, err := c.Robots(t.Context(), "https", "shop.example"); err != nil || hops != asked {
				t.Errorf("%s: not cached", tt.name)
			}
			time.Sleep(25 * time.Hour)
			if _, _, err := c.Robots(t.Context(), "https", "shop.example"); err != nil || hops == asked {
				t.Errorf("%s: cached beyond a day", tt.name)
			}
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRobotsUnreachable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := New(Options{Retries: -1})
		if err != nil {
			t.Fatal(err)
		}
		c.transport = roundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") })
		r, state, err := c.Robots(t.Context(), "http", "shop.example")
		if !errors.Is(err, ErrUnreachable) || state != RobotsUnreachable {
			t.Errorf("%s %v", state, err)
		}
		if ok, rule := r.Allowed(Agent, "/"); ok || rule == "" {
			t.Errorf("allowed %v, rule %q", ok, rule)
		}
	})
}
