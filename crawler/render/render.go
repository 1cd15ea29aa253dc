package render

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/chromedp/chromedp"
)

// ErrNoBrowser: no Chromium was found.
var ErrNoBrowser = errors.New("no Chromium found")

// Bounds of one page.
const (
	pageTimeout = 20 * time.Second
	// settled is how long neither the network nor the page may have changed.
	settled  = 600 * time.Millisecond
	pollTime = 150 * time.Millisecond
)

// DefaultMaxHTML is how much of a page is taken over.
const DefaultMaxHTML = 16 << 20

// Dialer opens a connection, as net.Dialer.DialContext does.
type Dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// Options of a Browser.
type Options struct {
	Path      string // of the executable; empty: Find
	Dial      Dialer // required
	UserAgent string // empty: the browser's own
	MaxHTML   int    // bytes; 0: DefaultMaxHTML
}

// Browser is a Chromium. It reads one page at a time, from whatever goroutine.
type Browser struct {
	maxHTML int
	proxy   *proxy
	profile string
	ctx     context.Context
	cancel  context.CancelFunc
	mu      sync.Mutex
}

// Find looks for a Chromium: where REPLATFORM_CHROMIUM says, or under the usual names
// and places. The error is ErrNoBrowser.
func Find() (string, error) {
	if p := os.Getenv("REPLATFORM_CHROMIUM"); p != "" {
		return p, nil
	}
	for _, name := range []string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
		"/Applications/Chromium.app/Contents/MacOS/Chromium",
		`C:\Program Files\Google\Chrome\Application\chrome.exe`,
		`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
	} {
		if p, err := exec.LookPath(name); err == nil {
			return p, nil
		}
	}
	return "", ErrNoBrowser
}

// New starts a browser. Close ends it and removes its profile.
func New(o Options) (_ *Browser, err error) {
	if o.Dial == nil {
		return nil, errors.New("a browser needs a way to dial")
	}
	if o.Path == "" {
		if o.Path, err = Find(); err != nil {
			return nil, err
		}
	}
	b := &Browser{maxHTML: o.MaxHTML}
	if b.maxHTML <= 0 {
		b.maxHTML = DefaultMaxHTML
	}
	if b.proxy, err = newProxy(o.Dial); err != nil {
		return nil, err
	}
	if b.profile, err = os.MkdirTemp("", "replatform-browser-"); err != nil {
		return nil, errors.Join(fmt.Errorf("making a profile for the browser: %w", err), b.proxy.close())
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(o.Path), chromedp.NoFirstRun, chromedp.DisableGPU, chromedp.UserDataDir(b.profile),
		chromedp.Flag("proxy-server", "http://"+b.proxy.address()),
		chromedp.Flag("proxy-bypass-list", "<-loopback>"), // the loopback goes through the proxy too
		chromedp.Flag("force-webrtc-ip-handling-policy", "disable_non_proxied_udp"),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("blink-settings", "imagesEnabled=false"),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("mute-audio", true),
		chromedp.WSURLReadTimeout(time.Minute),
	)
	if o.UserAgent != "" {
		opts = append(opts, chromedp.Flag("user-agent", o.UserAgent))
	}
	if os.Geteuid() == 0 { // Chromium refuses its sandbox to root
		opts = append(opts, chromedp.NoSandbox)
	}
	ctx, cancelAllocator := chromedp.NewExecAllocator(context.Background(), opts...)
	b.ctx, b.cancel = chromedp.NewContext(ctx)
	stop := b.cancel
	b.cancel = func() {
		stop()
		cancelAllocator()
	}
	if err := chromedp.Do(b.ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("starting %s: %w", o.Path, err), b.Close())
	}
	return b, nil
}

// HTML opens address and returns the page as it is once its scripts have settled, at
// most after twenty seconds. The error says why there is none.
func (b *Browser) HTML(ctx context.Context, address string) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	tab, closeTab := chromedp.NewContext(b.ctx)
	defer closeTab()
	tab, cancel := context.WithTimeout(tab, pageTimeout)
	defer cancel()
	stop := context.AfterFunc(ctx, cancel) // whoever waits may give up
	defer stop()
	if err := chromedp.Do(tab, chromedp.Navigate(address)); err != nil {
		return nil, fmt.Errorf("opening %s in the browser: %w", address, err)
	}
	html, err := b.settle(tab)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("reading %s in the browser: %w", address, err)
	}
	return html, nil
}

// settle waits until the page no longer changes and returns it. A page that never
// comes to rest is taken as it is near the end of its time.
func (b *Browser) settle(tab context.Context) ([]byte, error) {
	deadline, _ := tab.Deadline()
	lastLength, since := -1, time.Now()
	for {
		length, err := chromedp.Run(tab, chromedp.Evaluate[int]("document.readyState === 'complete' ? document.documentElement.outerHTML.length : -1"))
		if err != nil {
			return nil, err
		}
		now := time.Now()
		if length != lastLength {
			lastLength, since = length, now
		}
		rested := length >= 0 && now.Sub(since) >= settled && b.proxy.quiet() >= settled
		if rested || deadline.Sub(now) < pageTimeout/10 {
			break
		}
		select {
		case <-time.After(pollTime):
		case <-tab.Done():
			return nil, tab.Err()
		}
	}
	script := fmt.Sprintf("document.documentElement.outerHTML.slice(0, %d)", b.maxHTML)
	html, err := chromedp.Run(tab, chromedp.Evaluate[string](script))
	if err != nil {
		return nil, err
	}
	if len(html) > b.maxHTML {
		html = html[:b.maxHTML]
	}
	return []byte("<!doctype html>" + html), nil
}

// Close ends the browser.
func (b *Browser) Close() error {
	_ = chromedp.Cancel(b.ctx) // waits for the end; an error means that it has ended already
	b.cancel()
	return errors.Join(b.proxy.close(), os.RemoveAll(b.profile))
}
