package fetch

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// slowAnswer is the time to the first byte above which a host is taken to be
	// labouring. It is then asked one thing at a time, as often as it answers, which
	// is the rule of Scrapy's AutoThrottle
	// (https://docs.scrapy.org/en/latest/topics/autothrottle.html, read 2026-11).
	slowAnswer = time.Second
	// latencyShare is the weight of the newest answer in the mean.
	latencyShare = 0.3

	// A host that answers 429 or 503 is asked half as often each time, at the least
	// with firstSpacing and at the most with maxSpacing between two requests. Each
	// good answer takes an eighth off.
	firstSpacing = 500 * time.Millisecond
	maxSpacing   = 30 * time.Second

	// A host that fails breakAfter times in a row is left alone for Options.FirstPause,
	// then one request tries; each failure of that one triples the pause, up to
	// maxPause. After maxTrips pauses it is down for downTime, and requests fail at once.
	breakAfter = 6
	maxPause   = 2 * time.Minute
	maxTrips   = 4
	downTime   = 10 * time.Minute
)

// pace keeps one host from being overrun: it bounds how many requests run at once
// and how fast they follow each other, and holds all of them back while the host
// asks for a pause or seems to be down.
type pace struct {
	slots   chan struct{}
	limiter *rate.Limiter
	maxWait time.Duration // ceiling on Retry-After
	// firstPause is how long the host is left alone when it begins to fail.
	firstPause time.Duration

	mu          sync.Mutex
	base        time.Duration // between requests, as set by the user or by Crawl-delay
	spacing     time.Duration // between requests, since the host asked for less
	latency     time.Duration // mean time to the first byte
	pausedUntil time.Time
	downUntil   time.Time
	overloaded  time.Time // last 429 or 503 that was acted upon
	tripped     time.Time // last pause for failures
	failures    int       // in a row
	trips       int       // pauses in a row
	probe       chan struct{}
	last        error // of the last failure
}

func newPace(perSecond float64, concurrency int, maxWait, firstPause time.Duration) *pace {
	p := &pace{slots: make(chan struct{}, concurrency), limiter: rate.NewLimiter(rate.Inf, 1), maxWait: maxWait, firstPause: firstPause}
	if perSecond > 0 {
		p.base = time.Duration(float64(time.Second) / perSecond)
	}
	p.setLimit()
	return p
}

// interval is the time between two requests that holds now.
func (p *pace) interval() time.Duration {
	d := max(p.base, p.spacing)
	if p.latency > slowAnswer {
		d = max(d, p.latency)
	}
	return d
}

func (p *pace) setLimit() {
	limit := rate.Inf
	if d := p.interval(); d > 0 {
		limit = rate.Every(d)
	}
	if p.limiter.Limit() != limit {
		p.limiter.SetLimit(limit)
	}
}

// atLeast makes d the least time between two requests.
func (p *pace) atLeast(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.base = max(p.base, d)
	p.setLimit()
}

// revive forgets that the host seemed to be down.
func (p *pace) revive() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failures, p.trips = 0, 0
	p.pausedUntil, p.downUntil = time.Time{}, time.Time{}
}

// turn is leave to send one request; it ends with done.
type turn struct {
	p       *pace
	started time.Time
	probing bool
}

// wait returns when the host may be asked. The error is that of ctx, or ErrHostDown.
func (p *pace) wait(ctx context.Context) (*turn, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	t, err := p.waitInSlot(ctx)
	if err != nil {
		<-p.slots
	}
	return t, err
}

func (p *pace) waitInSlot(ctx context.Context) (*turn, error) {
	limited := false
	for {
		p.mu.Lock()
		now := time.Now()
		pause := p.pausedUntil.Sub(now)
		switch {
		case p.downUntil.After(now):
			err := fmt.Errorf("%w until %s: %w", ErrHostDown, p.downUntil.Format(time.TimeOnly), p.last)
			p.mu.Unlock()
			return nil, err
		case pause > 0:
			p.mu.Unlock()
			if err := sleep(ctx, pause); err != nil {
				return nil, err
			}
		case p.probe != nil: // another request is finding out whether the host is back
			probe := p.probe
			p.mu.Unlock()
			select {
			case <-probe:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		case !limited:
			p.mu.Unlock()
			if err := p.waitLimit(ctx); err != nil {
				return nil, err
			}
			limited = true
		default:
			t := &turn{p: p, started: now}
			if p.trips > 0 {
				t.probing = true
				p.probe = make(chan struct{})
			}
			p.mu.Unlock()
			return t, nil
		}
	}
}

// waitLimit waits for the limiter. Unlike rate.Limiter.Wait it does not give up
// early because ctx would end first: whoever cancels wants to see their own error.
func (p *pace) waitLimit(ctx context.Context) error {
	r := p.limiter.Reserve()
	if err := sleep(ctx, r.Delay()); err != nil {
		r.Cancel()
		return err
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// outcome of a request, as far as the host is concerned.
type outcome uint8

const (
	answered   outcome = iota // also with 404 or 500: the host is there
	overloaded                // 429, 503: asks for less
	failed                    // no answer, or a gateway that has none
	neutral                   // cancelled, refused: says nothing of the host
)

// done ends the turn. retryAfter is what an overloaded host asked for, 0 if nothing;
// err describes a failure.
func (t *turn) done(o outcome, firstByte, retryAfter time.Duration, err error) {
	p := t.p
	p.mu.Lock()
	defer func() {
		if t.probing {
			close(p.probe)
			p.probe = nil
		}
		p.setLimit()
		p.mu.Unlock()
		<-p.slots
	}()
	now := time.Now()
	if firstByte > 0 {
		if p.latency == 0 {
			p.latency = firstByte
		} else {
			p.latency += time.Duration(latencyShare * float64(firstByte-p.latency))
		}
	}
	switch o {
	case neutral:
		return
	case answered:
		p.failures, p.trips = 0, 0
		if p.spacing -= p.spacing / 8; p.spacing < firstSpacing/10 {
			p.spacing = 0
		}
		return
	}
	p.last = err
	if o == overloaded {
		// What was under way when the host first complained complains of the same load.
		if t.started.After(p.overloaded) {
			p.overloaded = now
			p.spacing = min(max(2*p.interval(), firstSpacing), maxSpacing)
		}
		pause := min(retryAfter, p.maxWait)
		if retryAfter == 0 {
			pause = jitter(p.spacing)
		}
		p.pause(now.Add(pause))
	}
	if p.failures++; p.failures < breakAfter && !t.probing {
		return
	}
	if !t.started.After(p.tripped) {
		return // another request of the same time has done it already
	}
	p.tripped = now
	p.trips++
	if p.trips > maxTrips {
		p.downUntil = now.Add(downTime)
		return
	}
	pause := p.firstPause
	for range p.trips - 1 {
		pause *= 3
	}
	p.pause(now.Add(min(pause, maxPause)))
}

func (p *pace) pause(until time.Time) {
	if until.After(p.pausedUntil) {
		p.pausedUntil = until
	}
}

// jitter spreads d by a quarter to both sides, so that clients do not march in step.
func jitter(d time.Duration) time.Duration {
	return d*3/4 + time.Duration(rand.Int64N(int64(d)/2+1))
}

// retryAfter reads the header of a 429, 503 or 3xx: seconds, or an HTTP date (RFC
// 9110 section 10.2.3). It returns 0 where there is none or it lies in the past.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0
	}
	if f, err := strconv.ParseFloat(v, 64); err == nil {
		if !(f > 0) {
			return 0
		}
		return time.Duration(min(f, (24*time.Hour).Seconds()) * float64(time.Second))
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date // the server's clock, not ours, is the one it counts by
	}
	return max(0, min(at.Sub(now), 24*time.Hour))
}
