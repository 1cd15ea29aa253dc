package render

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// proxy is the browser's only way out. It listens on the loopback and knows when the
// browser last got something through it.
type proxy struct {
	listener net.Listener
	server   *http.Server
	plain    *http.Transport
	dial     Dialer
	last     atomic.Int64 // time of the last byte, Unix nanoseconds
}

func newProxy(dial Dialer) (*proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening the browser's way out: %w", err)
	}
	p := &proxy{listener: l, dial: dial, plain: &http.Transport{DialContext: dial, DisableCompression: true, ResponseHeaderTimeout: pageTimeout}}
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: pageTimeout}
	p.touch()
	go func() { _ = p.server.Serve(l) }() // ends with close
	return p, nil
}

func (p *proxy) address() string { return p.listener.Addr().String() }

func (p *proxy) close() error {
	p.plain.CloseIdleConnections()
	return p.server.Close()
}

func (p *proxy) touch() { p.last.Store(time.Now().UnixNano()) }

// quiet says for how long nothing has come through.
func (p *proxy) quiet() time.Duration { return time.Since(time.Unix(0, p.last.Load())) }

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.touch()
	if r.Method == http.MethodConnect {
		p.tunnel(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost && r.Method != http.MethodOptions {
		http.Error(w, "not let through", http.StatusMethodNotAllowed)
		return
	}
	out := r.Clone(r.Context())
	out.RequestURI = ""
	out.Header.Del("Proxy-Connection")
	resp, err := p.plain.RoundTrip(out)
	if err != nil {
		http.Error(w, "no answer", http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	for k, v := range resp.Header {
		w.Header()[k] = v
	}
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(touching{w, p}, resp.Body) // the browser sees a body that is cut
}

// tunnel carries a TLS connection, which only its two ends can read.
func (p *proxy) tunnel(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	far, err := p.dial(ctx, "tcp", r.Host)
	if err != nil {
		http.Error(w, "no answer", http.StatusBadGateway)
		return
	}
	defer far.Close()
	near, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer near.Close()
	if _, err := io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	var once sync.Once
	shut := func() {
		once.Do(func() {
			_ = near.Close()
			_ = far.Close()
		})
	}
	go func() {
		defer shut()
		_, _ = io.Copy(touching{far, p}, near)
	}()
	_, _ = io.Copy(touching{near, p}, far)
	shut()
}

// touching notes each time something is written.
type touching struct {
	io.Writer
	p *proxy
}

func (t touching) Write(b []byte) (int, error) {
	t.p.touch()
	return t.Writer.Write(b)
}
