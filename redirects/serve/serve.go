// Package serve answers old addresses from a redirect map over HTTP, by the rules of
// redirects.Resolver: for tests, and for a small shop on one machine. It keeps no
// state but the map and logs no IP address.
//
// For more than one machine take an engine of redirects/engine: a CDN's key value
// store, or nginx behind any load balancer.
package serve

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"replatform/redirects"
)

// HealthPath answers 200 with the number of rows. No map may have it as a source.
const HealthPath = "/-/health"

// Handler answers from a map that can be exchanged while it serves.
type Handler struct {
	current atomic.Pointer[table]
	log     *slog.Logger // nil: no access log
}

type table struct {
	resolver *redirects.Resolver
	rows     int
}

// NewHandler reads a map. Of the log, which may be nil, each request takes one line
// with method, host, target and status, and nothing about the visitor.
func NewHandler(m redirects.Map, log *slog.Logger) (*Handler, error) {
	h := &Handler{log: log}
	return h, h.Load(m)
}

// ErrEmpty is returned by Load for a map without rows, as a file has for a moment while
// it is being written, when the one before it had some.
var ErrEmpty = errors.New("the map has no rows")

// Load exchanges the map. When it cannot be read, or with ErrEmpty, the old one stays.
// Rows that redirects.Audit or Check would refuse are not looked for here: run them
// before.
func (h *Handler) Load(m redirects.Map) error {
	rows := 0
	resolver, err := redirects.NewResolver(redirects.MapFunc(func() iter.Seq2[redirects.Rule, error] {
		return func(yield func(redirects.Rule, error) bool) {
			rows = 0
			for r, err := range m.Rules() {
				rows++
				if !yield(r, err) {
					return
				}
			}
		}
	}))
	if err != nil {
		return fmt.Errorf("loading redirects: %w", err)
	}
	if now := h.current.Load(); rows == 0 && now != nil && now.rows > 0 {
		return fmt.Errorf("loading redirects: %w", ErrEmpty)
	}
	h.current.Store(&table{resolver, rows})
	return nil
}

// Check tells why a row could never be answered here: net/http refuses a request whose
// path has a broken escape with 400 before any handler sees it (net/url, ParseRequestURI),
// and HealthPath is not the map's. Nil for every other row.
func Check(r redirects.Rule) error {
	if r.Source.RequestTarget() == HealthPath {
		return redirects.NewProblem("this address says that the server is well", "このURLはサーバーの稼働確認に使われます")
	}
	if _, err := url.ParseRequestURI(r.Source.RequestTarget()); err != nil {
		return redirects.NewProblem("a percent sign without two hex digits behind it: this server answers such an address with 400", "% の後に16進数が2桁ないURLです。このサーバーはそのようなURLに 400 を返します")
	}
	return nil
}

// Rows is how many rows the current map has.
func (h *Handler) Rows() int { return h.current.Load().rows }

// ServeHTTP answers a request from the map, and 404 when there is no row for it.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := h.current.Load()
	status := http.StatusNotFound
	target := requestTarget(r.RequestURI)
	rule, ok := now.resolver.Resolve(r.Host, target)
	switch {
	case target == HealthPath:
		status = http.StatusOK
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintf(w, "ok, %d rows\n", now.rows)
	case !ok:
		http.Error(w, "not found", status)
	case rule.Gone():
		status = rule.Status
		http.Error(w, http.StatusText(status), status)
	default:
		status = rule.Status
		location := rule.Target
		if rule.KeepQuery {
			_, query, _ := strings.Cut(target, "?")
			location = redirects.WithQuery(location, query)
		}
		w.Header().Set("Location", location) // http.Redirect would write the URL anew
		w.WriteHeader(status)
	}
	if h.log != nil {
		h.log.Info("request", "method", r.Method, "host", r.Host, "target", target, "status", status)
	}
}

// requestTarget takes scheme and authority off the absolute form of a request line
// (RFC 9112, section 3.2.2).
func requestTarget(uri string) string {
	if strings.HasPrefix(uri, "/") {
		return uri
	}
	_, rest, ok := strings.Cut(uri, "://")
	if !ok {
		return uri
	}
	i := strings.IndexAny(rest, "/?")
	if i < 0 {
		return "/"
	}
	if rest[i] == '?' {
		return "/" + rest[i:]
	}
	return rest[i:]
}

// Watch loads the map anew whenever the file changes, until ctx ends. last is the Stamp
// that the file had before the current map was read from it. open is called for each
// load; what goes wrong is given to report, and the old map stays.
func (h *Handler) Watch(ctx context.Context, file, last string, every time.Duration, open func() (redirects.Map, error), report func(rows int, err error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := Stamp(file)
		if now == last || now == "" {
			continue
		}
		last = now
		m, err := open()
		if err == nil {
			err = h.Load(m)
		}
		report(h.Rows(), err)
	}
}

// Stamp changes when a file does; empty when there is none.
func Stamp(file string) string {
	info, err := os.Stat(file)
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.ModTime().UnixNano(), info.Size())
}

// Run serves on an address until ctx ends, then lets requests under way finish.
// ready is called with the address once it is open.
func Run(ctx context.Context, addr string, h http.Handler, ready func(addr string)) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("serving redirects: %w", err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 60 * time.Second, MaxHeaderBytes: 64 << 10}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		stopped <- s.Shutdown(wait)
	}()
	ready(listener.Addr().String())
	if err := s.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving redirects: %w", err)
	}
	return <-stopped
}
