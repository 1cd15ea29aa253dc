package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/extract"
	"replatform/crawler/fetch"
	"replatform/crawler/frontier"
	"replatform/crawler/inventory"
	"replatform/crawler/recall"
)

// Summary is what a crawl ended with.
type Summary struct {
	Progress
	Stopped string // why it ended early, see below; "" when it is done
}

// Why a crawl ends before it is done. The same call goes on later.
const (
	StoppedInterrupted = "interrupted" // the context was cancelled
	StoppedMaxPages    = "max-pages"
	StoppedMaxTime     = "max-time"
	StoppedHostDown    = "host-down" // the shop has stopped answering, its start page included
)

// sourceCrawl is the Shop.Source of a shop that was asked.
const sourceCrawl = "crawl"

// How the loop batches: visits are written when flushCount have gathered, or when they
// have found flushFound addresses, or after flushEvery, by a goroutine of its own. While it
// writes, the fetchers go on until twice as much waits.
const (
	flushCount = 256
	flushFound = 8192
	flushEvery = 300 * time.Millisecond
)

// Crawl asks every page of the shop that start found and stores it in project,
// beginning where an earlier crawl of the same start URL stopped. When ctx is
// cancelled it stores what has been answered and returns with Stopped set and a nil
// error: the same call goes on later.
func Crawl(ctx context.Context, start *Start, project *inventory.Project, side catalog.Side) (Summary, error) {
	release, err := project.AcquireCrawl(ctx, side)
	if err != nil {
		return Summary{}, err
	}
	defer func() { _ = release() }() // the lock ends with the process in any case
	return run(ctx, start, project, side, nil)
}

// run is Crawl and the crawl of Target, which hold the lock. Pages of the types in told
// are stored as the feeds tell them and never asked, however else they are found.
func run(ctx context.Context, start *Start, project *inventory.Project, side catalog.Side, told map[catalog.PageType]bool) (Summary, error) {
	shop := inventory.Shop{
		Side: side, StartURL: start.cfg.StartURL, Hosts: start.Hosts,
		Platform: start.Platform.ID, Confidence: start.Confidence, Evidence: start.Evidence,
		Charset: start.Charset, State: inventory.Running, StartedAt: time.Now().UTC(), Source: sourceCrawl,
	}
	err := project.StartCrawl(ctx, shop)
	if err != nil {
		return Summary{}, err
	}
	if shop, err = project.Shop(ctx, side); err != nil {
		return Summary{}, fmt.Errorf("reading where the crawl stands: %w", err)
	}
	if start, err = start.resumed(shop); err != nil {
		return Summary{}, err
	}
	c := &crawl{
		Start:   start,
		project: project,
		side:    side,
		keys:    frontier.New(start.Platform, start.origins()...),
		robots:  map[string]*fetch.Robots{start.home.Scheme + "://" + start.home.Host: start.robots},
		began:   time.Now(),

		hints:       hintsOf(start.Platform),
		enumerators: compileEnumerators(start.Platform.Enumerators),
		told:        told,
		sights:      sights{memory: recall.New[string, *sight](sightSize)},
	}
	c.gate = &gate{c: c, seen: recall.New[int64, family](sightSize)}
	c.probed.Store(start.homeAnswer)
	if err := c.seed(context.WithoutCancel(ctx)); err != nil { // short, and needed to go on later
		return Summary{}, err
	}
	if err := c.askAbsent(ctx); err != nil && ctx.Err() == nil {
		return Summary{}, err
	}
	stopped, err := c.loop(ctx)
	if err := errors.Join(err, c.closeBrowser()); err != nil {
		return Summary{}, err
	}
	// What follows must be written even when the user has stopped the crawl.
	ctx = context.WithoutCancel(ctx)
	state, finished := inventory.Stopped, time.Time{}
	if stopped == "" {
		if err := c.conclude(ctx); err != nil {
			return Summary{}, err
		}
		state, finished = inventory.Ended, time.Now().UTC()
	}
	if err := project.EndCrawl(ctx, side, state, finished); err != nil {
		return Summary{}, err
	}
	p, err := c.progress(ctx)
	return Summary{Progress: p, Stopped: stopped}, err
}

// resumed is start with the platform and the hosts under which the crawl began, so
// that pages keep the keys that they have.
func (s *Start) resumed(shop inventory.Shop) (*Start, error) {
	r := *s
	p, ok := s.cfg.Registry.Get(shop.Platform)
	if !ok {
		return nil, fmt.Errorf("the crawl began with the %w %q", ErrUnknownPlatform, shop.Platform)
	}
	r.Platform = p
	for _, h := range shop.Hosts {
		if !contains(r.Hosts, h) {
			r.Hosts = append(slices.Clone(r.Hosts), h)
		}
	}
	return &r, nil
}

// crawl is the state of one run. Only loop's goroutine touches project; fetchers
// see the read-only fields and the robots cache.
type crawl struct {
	*Start
	project   *inventory.Project
	side      catalog.Side
	keys      *frontier.Keys
	began     time.Time
	asked     int
	unchanged int                            // pages that the shop did not send again
	probed    atomic.Pointer[fetch.Response] // what Probe was given for the start page, until it is read

	hints       extract.Hints
	enumerators []enumerator
	listed      keySet                    // products that the complete listing has named in this run
	told        map[catalog.PageType]bool // types of pages that feeds describe wholly
	gate        *gate
	sights      sights
	browsing    browsing
	absent      *likeness // what the shop answers for pages that do not exist; nil: as it should

	robotsMu sync.Mutex
	robots   map[string]*fetch.Robots // scheme://host → rules
}

// loop hands queued pages to the fetchers, gathers what they bring and has it stored
// in batches. It returns why it stopped early, or "".
func (c *crawl) loop(ctx context.Context) (stopped string, err error) {
	workers := c.cfg.Fetch.Concurrency
	if workers < 1 {
		workers = fetch.DefaultConcurrency
	}
	work := make(chan inventory.Page)
	results := make(chan result, workers)
	toSave := make(chan []result)
	saved := make(chan error, 1)
	fetchCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	store := context.WithoutCancel(ctx)
	var wg, saver sync.WaitGroup
	saver.Go(func() {
		for batch := range toSave {
			saved <- c.save(store, batch)
		}
	})
	for range workers {
		wg.Go(func() {
			f := &fetcher{reader: extract.NewReader()}
			for page := range work {
				results <- c.visit(fetchCtx, f, page)
			}
		})
	}
	defer func() {
		cancel()
		close(work)
		go func() {
			for range results { // let the fetchers go
			}
		}()
		wg.Wait()
		close(results)
		close(toSave)
		saver.Wait()
	}()

	var (
		inflight = make(map[int64]bool)
		pending  []inventory.Page
		batch    []result // answered
		found    int      // addresses that batch has found
		saving   []result // being stored
		doubtful []result // without an answer since the host last gave one
		started  int
		fresh    = true // the queue may hold pages that pending does not
		tick     = time.NewTicker(flushEvery)
		done     = ctx.Done()
	)
	defer tick.Stop()
	// flush hands the batch over to be stored, unless another is being stored.
	flush := func() {
		if len(saving) == 0 && len(batch) > 0 {
			saving, batch, found = batch, nil, 0
			toSave <- saving
		}
	}
	// stored notes what has been stored.
	stored := func(err error) error {
		if err != nil {
			return fmt.Errorf("storing %d pages: %w", len(saving), err)
		}
		for _, r := range saving {
			delete(inflight, r.page.ID)
			for _, s := range r.sights {
				s.note(r.page.Depth + 1)
			}
		}
		saving, fresh = nil, true
		return c.report(store)
	}
	// end stops the crawl: what is not stored stays in the queue.
	end := func(why string) {
		if stopped == "" {
			stopped = why
		}
		for _, p := range pending {
			delete(inflight, p.ID)
		}
		for _, r := range doubtful {
			delete(inflight, r.page.ID)
		}
		pending, doubtful = nil, nil
	}
	// settle decides whether pages without an answer are broken or the host is down.
	settle := func() {
		if stopped == "" && c.hostAnswers(ctx) {
			batch, doubtful = append(batch, doubtful...), nil // they have found nothing
			return
		}
		end(StoppedHostDown)
	}

	for {
		if len(pending) == 0 && fresh && stopped == "" {
			n := min(max(4*workers, started/8), flushCount) // a long queue is read in longer pieces
			next, err := c.project.Next(store, c.side, n, inflight)
			if err != nil {
				return "", fmt.Errorf("reading the queue: %w", err)
			}
			fresh = len(next) > 0
			for _, p := range next {
				inflight[p.ID] = true
			}
			pending = next
		}
		if stopped == "" {
			if why := c.overBudget(ctx, started); why != "" {
				end(why)
			}
		}
		if len(pending) == 0 && len(doubtful) > 0 && len(inflight) == len(batch)+len(saving)+len(doubtful) {
			settle()
		}
		if len(pending) == 0 && !fresh || stopped != "" {
			flush() // with nothing left to hand out, what the pages have found is needed now
		}
		if len(inflight) == 0 && len(pending) == 0 { // nothing is asked, read or stored
			switch {
			case stopped != "":
				return stopped, nil
			case fresh:
				continue
			}
			if fresh, err = c.gate.open(store); err != nil {
				return "", fmt.Errorf("deciding what else to ask: %w", err)
			}
			if !fresh {
				return "", nil
			}
			continue
		}
		var (
			out   chan<- inventory.Page
			first inventory.Page
		)
		if len(pending) > 0 {
			out, first = work, pending[0]
		}
		in := results
		if len(batch) >= 2*flushCount || found >= 2*flushFound {
			in = nil
		}
		select {
		case out <- first:
			pending = pending[1:]
			started++
		case err := <-saved:
			if err := stored(err); err != nil {
				return "", err
			}
		case r := <-in:
			c.asked += r.requests
			if r.visit.Unchanged {
				c.unchanged++
			}
			switch {
			case errors.Is(r.err, fetch.ErrHostDown): // nothing was sent: the page stays in the queue
				delete(inflight, r.page.ID)
				fresh = true
				settle()
				continue
			case r.err != nil: // cut short by the end of ctx: so does this one
				delete(inflight, r.page.ID)
				end(StoppedInterrupted)
				continue
			case r.unreachable && stopped != "":
				delete(inflight, r.page.ID)
				continue
			case r.unreachable:
				doubtful = append(doubtful, r)
				continue
			}
			// The host has answered since: what failed before is broken for itself.
			later := slices.IndexFunc(doubtful, func(d result) bool { return !d.failedAt.Before(r.visit.FetchedAt) })
			if later < 0 {
				later = len(doubtful)
			}
			batch, doubtful = append(append(batch, doubtful[:later]...), r), doubtful[later:]
			if found += len(r.visit.Found); len(batch) >= flushCount || found >= flushFound {
				flush()
			}
		case <-tick.C:
			flush()
		case <-done:
			end(StoppedInterrupted)
			done = nil // once is enough; what the fetchers still hold is gathered
		}
	}
}

// save stores what a batch brought.
func (c *crawl) save(ctx context.Context, batch []result) error {
	visits := make([]inventory.Visit, len(batch))
	for i, r := range batch {
		visits[i] = r.visit
	}
	return c.project.SaveVisits(ctx, c.side, visits)
}

// result is what a fetcher brings for one page.
type result struct {
	page        inventory.Page
	visit       inventory.Visit
	requests    int
	unreachable bool      // no answer came: the page is broken, or the host is down
	failedAt    time.Time // of an unreachable page: when the last attempt had failed
	err         error     // of a cancelled context, or fetch.ErrHostDown
	sights      []*sight  // of the links among visit.Found
}

// hostAnswers asks the start page, which has answered before, to tell a host that is
// down from one with broken pages.
func (c *crawl) hostAnswers(ctx context.Context) bool {
	c.client.Revive(c.home.Host)
	resp, err := c.client.Get(ctx, c.home.String())
	c.asked++
	return err == nil && !isBusy(resp.Status)
}

func (c *crawl) overBudget(ctx context.Context, started int) string {
	switch {
	case ctx.Err() != nil:
		return StoppedInterrupted
	case c.cfg.MaxPages > 0 && started >= c.cfg.MaxPages:
		return StoppedMaxPages
	case c.cfg.MaxTime > 0 && time.Since(c.began) >= c.cfg.MaxTime:
		return StoppedMaxTime
	}
	return ""
}

func (c *crawl) progress(ctx context.Context) (Progress, error) {
	n, err := c.project.Progress(ctx, c.side)
	if err != nil {
		return Progress{}, fmt.Errorf("counting pages: %w", err)
	}
	return Progress{Done: n.Done, Queued: n.Queued, Failed: n.Failed, Products: n.Products,
		Elapsed: time.Since(c.began), Asked: c.asked, Unchanged: c.unchanged}, nil
}

func (c *crawl) report(ctx context.Context) error {
	if c.cfg.Progress == nil {
		return nil
	}
	p, err := c.progress(ctx)
	if err != nil {
		return err
	}
	c.cfg.Progress(p)
	return nil
}

// allowed asks robots.txt of the page's host, which is fetched once.
func (c *crawl) allowed(ctx context.Context, u *url.URL) (ok bool, rule string, err error) {
	origin := u.Scheme + "://" + u.Host
	c.robotsMu.Lock()
	robots, known := c.robots[origin]
	c.robotsMu.Unlock()
	if !known {
		robots, _, err = c.client.Robots(ctx, u.Scheme, u.Host)
		if err != nil {
			return false, "", fmt.Errorf("asking robots.txt of %s: %w", u.Host, err)
		}
		c.robotsMu.Lock()
		c.robots[origin] = robots
		c.robotsMu.Unlock()
	}
	ok, rule = robots.Allowed(fetch.Agent, pathQuery(u))
	if !ok && c.lifted(u) {
		return true, "", nil
	}
	return ok, rule, nil
}

// fetcher is what one goroutine that asks pages uses for all of them.
type fetcher struct {
	reader *extract.Reader
	body   []byte // memory for the next answer

	// What the links of one page lead to; links empties them for the next.
	met  map[*sight]bool
	seen map[catalog.Key]bool
}

// maxLinksKept is the largest number of links whose memory is used again.
const maxLinksKept = 1 << 10

// links is empty memory for what the links of a page lead to.
func (f *fetcher) links() (met map[*sight]bool, seen map[catalog.Key]bool) {
	if f.met == nil || len(f.met) > maxLinksKept {
		f.met, f.seen = make(map[*sight]bool), make(map[catalog.Key]bool)
	}
	clear(f.met)
	clear(f.seen)
	return f.met, f.seen
}

// maxBodyKept is the largest body whose memory is used again.
const maxBodyKept = 1 << 20

// keep takes the memory of an answer that has been read.
func (f *fetcher) keep(body []byte) {
	if cap(body) >= cap(f.body) && cap(body) <= maxBodyKept {
		f.body = body[:0]
	}
}

// keySet is a set of keys that many goroutines fill.
type keySet struct {
	mu   sync.Mutex
	keys map[catalog.Key]bool
}

// addAll puts keys into the set and says whether any of them was new.
func (s *keySet) addAll(keys map[catalog.Key]bool) (added bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys == nil {
		s.keys = make(map[catalog.Key]bool, len(keys))
	}
	for k := range keys {
		if !s.keys[k] {
			s.keys[k], added = true, true
		}
	}
	return added
}
