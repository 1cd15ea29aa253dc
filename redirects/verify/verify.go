// Package verify asks every old address of a redirect map, on the live site or on
// a test machine, and compares the answers with the map.
//
// Run is all that most callers need. Requests are GETs (servers answer HEAD
// differently too often to be trusted) whose request line holds the old address
// byte by byte. Redirects are followed by hand, hop by hop.
package verify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"replatform/redirects"
)

// Expect is what the map says of one old address.
type Expect struct {
	Line   int    `json:"line"`
	OldURL string `json:"old_url"` // absolute http(s) URL
	NewURL string `json:"new_url"` // absolute http(s) URL; empty for 410, 451 and 200
	// Status is 301 or 308 (either will do), 302, 410, 451, or 200 for a page that
	// stays where it is. 0 means 301.
	Status int `json:"status"`
}

// Hop is one answer on the way.
type Hop struct {
	URL      string `json:"url"`
	Status   int    `json:"status"`
	Location string `json:"location,omitempty"` // as sent
}

// Result is what came of one old address.
type Result struct {
	Expect
	FirstStatus int       `json:"first_status"`       // 0: no answer
	Location    string    `json:"location,omitempty"` // of the first answer, made absolute
	Hops        []Hop     `json:"hops,omitempty"`     // redirects followed, the first included
	FinalURL    string    `json:"final_url,omitempty"`
	FinalStatus int       `json:"final_status,omitempty"` // 0: not asked or no answer
	Problem     Problem   `json:"problem,omitempty"`
	Also        []Problem `json:"also,omitempty"` // what else is wrong
	// Target is what the target page says of itself; nil where it was not looked at.
	Target    *Inspection   `json:"target,omitempty"`
	Detail    string        `json:"detail,omitempty"` // what the network said, English
	Elapsed   time.Duration `json:"elapsed_ns"`       // of the first answer
	CheckedAt time.Time     `json:"checked_at"`
}

// OK tells whether the answer is as planned.
func (r Result) OK() bool { return r.Problem == "" }

// Options say how to ask. The zero value asks four addresses at a time, waits 15
// seconds for each and follows up to 10 hops.
type Options struct {
	// Client, when set, sends the requests; its redirect policy is replaced.
	// ConnectTo, AllowPrivate and TLS need a client of their own and are refused
	// beside it.
	Client *http.Client
	// ConnectTo sends requests for a host elsewhere, as curl's --connect-to does:
	// "host" or "host:port" to "address", "address:port" or, to speak plain HTTP
	// although the old address is https, "http://address:port". It holds for every
	// hop. Addresses named here may be private ones.
	ConnectTo    map[string]string
	Rate         float64 // requests a second to each host; 0: no limit
	Concurrency  int
	MaxHops      int
	Timeout      time.Duration // of one request
	Retries      int           // after a failed connection, 429 or 503; 0: two, negative: none
	UserAgent    string
	AllowPrivate bool // ask private, loopback and link-local addresses
	// CheckFinal asks the target too. Each target is asked once.
	CheckFinal bool
	// Inspect, when set beside CheckFinal, looks at each target that answers 200, once.
	// It may be called from several goroutines.
	Inspect Inspect
	TLS     *tls.Config
	// Skip, when set, leaves out the rows for which it returns true: those that have
	// been answered as planned before, or that are not in a sample.
	Skip func(Expect) bool
	// Observe, when set, sees every result before the function given to Run does,
	// from the same goroutine.
	Observe func(Result)
}

// ErrOptions is returned by Run for options that contradict each other or cannot
// be read.
var ErrOptions = errors.New("bad verify options")

func (o Options) withDefaults() Options {
	if o.Concurrency <= 0 {
		o.Concurrency = 4
	}
	if o.MaxHops <= 0 {
		o.MaxHops = 10
	}
	if o.Timeout <= 0 {
		o.Timeout = 15 * time.Second
	}
	if o.UserAgent == "" {
		o.UserAgent = "replatform-verify/1.0"
	}
	switch {
	case o.Retries == 0:
		o.Retries = 2
	case o.Retries < 0:
		o.Retries = 0
	}
	return o
}

// Run asks the old address of every row and calls fn with each result, from one
// goroutine, in the order in which answers come. It returns the first error of the
// rows other than a redirects.RowError, ErrOptions, or the error of ctx; answers
// that are not as planned are results, not errors. A caller that was stopped goes
// on by leaving out the rows whose results it has.
func Run(ctx context.Context, o Options, rows iter.Seq2[Expect, error], fn func(Result)) error {
	o = o.withDefaults()
	client, err := newAsker(o)
	if err != nil {
		return err
	}
	defer client.close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	work := make(chan Expect)
	results := make(chan Result, o.Concurrency)
	var rowsErr error
	var running sync.WaitGroup
	running.Go(func() {
		defer close(work)
		for e, err := range rows {
			var bad *redirects.RowError
			if errors.As(err, &bad) {
				select {
				case results <- Result{Expect: Expect{Line: bad.Line}, Problem: BadRow, Detail: bad.Err.Error(), CheckedAt: time.Now()}:
					continue
				case <-ctx.Done():
					return
				}
			}
			if err != nil {
				rowsErr = fmt.Errorf("verifying redirects: %w", err)
				return
			}
			if o.Skip != nil && o.Skip(e) {
				continue
			}
			select {
			case work <- e:
			case <-ctx.Done():
				return
			}
		}
	})
	v := &verifier{o: o, asker: client, finals: map[string]*final{}}
	for range o.Concurrency {
		running.Go(func() {
			for e := range work {
				r := v.check(ctx, e)
				if ctx.Err() != nil {
					return // an answer cut short says nothing about the address
				}
				select {
				case results <- r:
				case <-ctx.Done():
					return
				}
			}
		})
	}
	go func() { running.Wait(); close(results) }()
	for r := range results {
		if o.Observe != nil {
			o.Observe(r)
		}
		fn(r)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("verifying redirects: %w", err)
	}
	return rowsErr
}

// Expectations turns a redirect map into rows to verify. Sources without a host
// are asked on host.
func Expectations(m redirects.Map, host string) iter.Seq2[Expect, error] {
	return func(yield func(Expect, error) bool) {
		for r, err := range m.Rules() {
			if r.Source.Host == "" {
				r.Source.Host = host
			}
			if err == nil && r.Source.Match == redirects.Captured {
				continue // a pattern is no address that could be asked
			}
			if !yield(Expect{Line: r.Line, OldURL: r.Source.URL(), NewURL: r.Target, Status: r.Status}, err) {
				return
			}
		}
	}
}

type verifier struct {
	o      Options
	asker  *asker
	mu     sync.Mutex
	finals map[string]*final
}

// final is what came of asking one target, once.
type final struct {
	done    chan struct{}
	url     string
	status  int
	hops    []Hop
	problem Problem
	detail  string
	// inspection is nil where the page was not looked at.
	inspection *Inspection
}

// check asks one old address.
func (v *verifier) check(ctx context.Context, e Expect) Result {
	r := Result{Expect: e, CheckedAt: time.Now()}
	if e.Status == 0 {
		e.Status = 301
	}
	old, err := parseAddress(e.OldURL)
	if err != nil {
		r.Problem, r.Detail = BadRow, err.Error()
		return r
	}
	want, wantErr := parseAddress(e.NewURL)
	redirect := e.Status == 301 || e.Status == 302 || e.Status == 308
	if redirect && wantErr != nil {
		r.Problem, r.Detail = BadRow, wantErr.Error()
		return r
	}
	first := v.asker.ask(ctx, old, 0)
	r.Elapsed, r.FirstStatus, r.FinalURL = first.elapsed, first.status, old.String()
	if first.err != nil {
		r.Problem, r.Detail = silence(first.err, Timeout, Private, NoAnswer), first.err.Error()
		return r
	}
	isRedirect := first.next.host != ""
	switch {
	case e.Status == 200 && isRedirect:
		r.Problem, r.Location = UnexpectedRedirect, first.next.String()
	case e.Status == 200 && first.status != 200:
		r.Problem, r.FinalStatus = finalProblem(first.status), first.status
	case !redirect && e.Status != 200 && first.status != e.Status:
		r.Problem = GoneExpected
	case redirect && !isRedirect:
		r.Problem, r.Detail = unanswered(first.status), first.detail
	}
	if isRedirect {
		r.Location = first.next.String()
	}
	if !redirect || r.Problem != "" {
		r.FinalStatus = first.status
		if r.Problem == "" && e.Status == 200 && v.o.CheckFinal && v.o.Inspect != nil {
			v.inspected(&r, v.last(ctx, old))
		}
		return r
	}
	v.judge(ctx, &r, e.Status, old, want, first)
	return r
}

// judge compares a redirect with the one that is meant.
func (v *verifier) judge(ctx context.Context, r *Result, status int, old, want address, first answer) {
	r.Hops = []Hop{{URL: old.String(), Status: first.status, Location: first.location}}
	r.FinalURL = first.next.String()
	if first.next.identity() == old.identity() {
		r.Problem = Loop
		return
	}
	atTarget := first.next.identity() == want.identity()
	var f *final
	if !atTarget || v.o.CheckFinal {
		f = v.last(ctx, first.next)
		r.Hops = append(r.Hops, f.hops...)
		r.FinalURL, r.FinalStatus, r.Detail = f.url, f.status, f.detail
		circle := f.problem == Loop || f.problem != TooManyHops && passes(f, old)
		switch {
		case circle:
			r.fault(Loop)
			return
		case f.problem == TooManyHops:
			r.fault(TooManyHops)
			return
		case !atTarget && !passes(f, want):
			r.fault(WrongTarget)
			return // what is wrong with another page is not this row's matter
		}
		r.fault(f.problem)
		if len(f.hops) > 0 {
			r.fault(Chain)
		}
	}
	permanent := first.status == 301 || first.status == 308
	switch {
	case status == 302 && permanent:
		r.fault(Permanent)
	case status != 302 && !permanent:
		r.fault(Temporary)
	}
	if f != nil {
		v.inspected(r, f)
	}
}

// fault adds what is wrong; the first is the Problem of the result.
func (r *Result) fault(p Problem) {
	switch {
	case p == "" || p == r.Problem || slices.Contains(r.Also, p):
	case r.Problem == "":
		r.Problem = p
	default:
		r.Also = append(r.Also, p)
	}
}

// inspected adds what was found on the target page.
func (v *verifier) inspected(r *Result, f *final) {
	if f.inspection == nil {
		return
	}
	r.Target = f.inspection
	for _, fault := range f.inspection.Faults {
		r.fault(fault.Problem)
		if r.Detail == "" {
			r.Detail = fault.Detail
		}
	}
}

// passes tells whether an address is on the way to a final answer.
func passes(f *final, a address) bool {
	if same(f.url, a) {
		return true
	}
	for _, h := range f.hops {
		if same(h.URL, a) {
			return true
		}
	}
	return false
}

func same(url string, a address) bool {
	b, err := parseAddress(url)
	return err == nil && a.identity() == b.identity()
}

// last asks where an address ends, once for each address.
func (v *verifier) last(ctx context.Context, a address) *final {
	key := a.String()
	v.mu.Lock()
	f, ok := v.finals[key]
	if ok {
		v.mu.Unlock()
		select {
		case <-f.done:
		case <-ctx.Done():
			return &final{url: key, problem: FinalNoAnswer, detail: ctx.Err().Error()}
		}
		return f
	}
	f = &final{done: make(chan struct{}), url: key}
	v.finals[key] = f
	v.mu.Unlock()
	defer close(f.done)

	keep := int64(0)
	if v.o.Inspect != nil && v.o.CheckFinal {
		keep = MaxPage
	}
	seen := map[string]bool{a.identity(): true}
	for {
		ans := v.asker.ask(ctx, a, keep)
		f.url, f.status = a.String(), ans.status
		switch {
		case ans.err != nil:
			f.problem, f.detail = silence(ans.err, FinalTimeout, FinalPrivate, FinalNoAnswer), ans.err.Error()
			return f
		case ans.next.host == "":
			if ans.status != 200 {
				f.problem, f.detail = finalProblem(ans.status), strings.TrimSpace(fmt.Sprintf("status %d %s", ans.status, ans.detail))
			} else if v.o.Inspect != nil && v.o.CheckFinal {
				i := v.o.Inspect(ctx, ans.page, v.get)
				f.inspection = &i
			}
			return f
		}
		f.hops = append(f.hops, Hop{URL: a.String(), Status: ans.status, Location: ans.location})
		a = ans.next
		f.url, f.status = a.String(), 0
		switch {
		case seen[a.identity()]:
			f.problem = Loop
			return f
		case len(f.hops)+1 >= v.o.MaxHops:
			f.problem = TooManyHops
			return f
		}
		seen[a.identity()] = true
	}
}
