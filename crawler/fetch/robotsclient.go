package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// RobotsState is what came of asking for a robots.txt.
type RobotsState string

const (
	// RobotsFound: the file was read and its rules hold.
	RobotsFound RobotsState = "found"
	// RobotsAbsent: the answer was 4xx, or redirected more than five times; everything
	// is allowed (RFC 9309 section 2.3.1.3).
	RobotsAbsent RobotsState = "absent"
	// RobotsRefused: the answer was 5xx or 429; nothing is allowed (section 2.3.1.4;
	// for 429 the RFC would allow all, Google counts it as a server error, and so does
	// this crawler: https://developers.google.com/crawling/docs/robots-txt/robots-txt-spec,
	// as of 2026-07-08).
	RobotsRefused RobotsState = "refused"
	// RobotsUnreachable: there was no answer; nothing is allowed (section 2.3.1.4).
	RobotsUnreachable RobotsState = "unreachable"
)

const (
	// maxRobotsHops is how many redirects are followed (RFC 9309 section 2.3.1.2).
	maxRobotsHops = 5
	// robotsLifetime is how long a file may be cached (section 2.4).
	robotsLifetime = 24 * time.Hour
	// refusedLifetime is the same for a server error, which may pass soon.
	refusedLifetime = 10 * time.Minute
	// MaxKeptDelay is the longest pause between two requests that a robots.txt can
	// bring about: a mistyped 3600 must not turn a crawl into a month.
	MaxKeptDelay = 30 * time.Second
)

// robotsEntry is the cached file of one scheme and host. mu is held while it is
// asked for, so that many workers ask once.
type robotsEntry struct {
	mu     sync.Mutex
	robots *Robots
	state  RobotsState
	until  time.Time
}

// Robots returns the rules for an origin, scheme "http" or "https" and host[:port],
// asking for them at most once a day. Redirects are followed up to five times, to
// other hosts too, and the rules apply to the origin that was asked (RFC 9309 section
// 2.3.1.2). A Crawl-delay for this crawler becomes the pace of the host, at most 30
// seconds, unless Options.IgnoreCrawlDelay is set.
//
// The rules are never nil and always safe to follow: when the file cannot be had they
// forbid everything, and Allowed says why. err is set when the host cannot be reached
// (with [RobotsUnreachable]), lies in a private network, or ctx ended.
func (c *Client) Robots(ctx context.Context, scheme, host string) (*Robots, RobotsState, error) {
	origin := scheme + "://" + host
	c.mu.Lock()
	e := c.robots[origin]
	if e == nil {
		e = &robotsEntry{}
		c.robots[origin] = e
	}
	c.mu.Unlock()

	e.mu.Lock()
	defer e.mu.Unlock()
	if e.robots != nil && time.Now().Before(e.until) {
		return e.robots, e.state, nil
	}
	r, state, err := c.askRobots(ctx, origin)
	if err != nil {
		return &Robots{closed: "robots.txt could not be read: " + err.Error()}, RobotsUnreachable, err
	}
	lifetime := robotsLifetime
	if state == RobotsRefused {
		lifetime = refusedLifetime
	}
	e.robots, e.state, e.until = r, state, time.Now().Add(lifetime)
	if d := r.CrawlDelay(c.opt.UserAgent); d > 0 && !c.opt.IgnoreCrawlDelay {
		c.SetDelay(host, min(d, MaxKeptDelay))
	}
	return r, state, nil
}

func (c *Client) askRobots(ctx context.Context, origin string) (*Robots, RobotsState, error) {
	address := origin + "/robots.txt"
	for range maxRobotsHops + 1 {
		resp, err := c.GetWith(ctx, address, GetOptions{AnyType: true, MaxBody: MaxRobots})
		if err != nil {
			// A redirect into a private network is the answer of a host that was reached.
			if address != origin+"/robots.txt" && errors.Is(err, ErrPrivateAddress) {
				return &Robots{}, RobotsAbsent, nil
			}
			return nil, "", err
		}
		switch s := resp.Status; {
		case resp.Location != "":
			address = resp.Location
		case s >= 200 && s < 300:
			return ParseRobots(resp.Body), RobotsFound, nil
		case s >= 500 || s == http.StatusTooManyRequests:
			return &Robots{closed: fmt.Sprintf("robots.txt was answered with %d", s)}, RobotsRefused, nil
		default:
			return &Robots{}, RobotsAbsent, nil
		}
	}
	return &Robots{}, RobotsAbsent, nil
}
