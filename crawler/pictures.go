package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"replatform/crawler/catalog"
	"replatform/crawler/fetch"
	"replatform/crawler/inventory"
	"replatform/crawler/picture"
)

// PictureOptions are what Pictures tells while it works. Both functions are called from
// one goroutine.
type PictureOptions struct {
	Budget   func(PictureBudget)   // called once, before the first request
	Progress func(PictureProgress) // called often
}

// PictureBudget is what the pictures of a shop will cost.
type PictureBudget struct {
	Pictures int           // addresses to ask, each once
	Hosts    int           // on so many hosts
	Least    time.Duration // that the rate makes it take; 0: the rate is not limited
	MaxBytes int64         // that one picture may have
}

// PictureProgress is how far Pictures has come in this run.
type PictureProgress struct {
	Done, Total int
	Bytes       int64
}

// PictureSummary is what Pictures ended with.
type PictureSummary struct {
	Wanted   int            `json:"wanted"`   // addresses to ask when it began
	Read     int            `json:"read"`     // that look like something now
	Problems map[string]int `json:"problems"` // others, by the reason; they are not asked again
	Later    int            `json:"later"`    // without an answer: the next run asks them again
	Bytes    int64          `json:"bytes"`
	Requests int            `json:"requests"`
	Stopped  string         `json:"stopped"` // as of Summary
	Elapsed  time.Duration  `json:"-"`
}

// Why a picture could not be read. They are stable words.
const (
	PictureNotFound = "not-found"
	PictureRobots   = "robots"  // robots.txt of its host forbids it
	PictureRefused  = "refused" // 401 or 403
	PictureAnswer   = "answer"  // an answer that is neither a picture nor says that there is none
	PictureFormat   = "format"  // no JPEG, PNG, GIF or WebP
	PictureTooLarge = "too-large"
	PictureTooSmall = "too-small"
	PictureDamaged  = "damaged"
	PicturePrivate  = "private-address"
	PictureRedirect = "redirect" // it redirects too often, or to nowhere
)

// maxPictureHops is how many redirects a picture may take.
const maxPictureHops = 3

// picturesMeta is the name under which the project keeps for which crawl of a side all
// pictures have been asked.
func picturesMeta(side catalog.Side) string { return "pictures." + string(side) }

// OnlyPictures says that all pages of the shop have been read, that the pictures of
// their products have not all been asked since, and that start does not ask for
// everything anew: a crawl that is to bring the pictures can begin with them.
func OnlyPictures(ctx context.Context, start *Start, project *inventory.Project, side catalog.Side) (bool, error) {
	shop, err := project.Shop(ctx, side)
	switch {
	case errors.Is(err, inventory.ErrNoShop):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("reading where the crawl stands: %w", err)
	case shop.State != inventory.Ended, shop.Source != "crawl", shop.StartURL != start.URL(), start.cfg.Fresh:
		return false, nil
	}
	done, err := project.Meta(ctx, picturesMeta(side))
	if err != nil {
		return false, fmt.Errorf("reading where the crawl stands: %w", err)
	}
	return done != strconv.Itoa(shop.Crawl), nil
}

// Pictures asks for the main picture of each product of side, once for each address,
// and stores how it looks; the picture is not kept. It asks as Crawl does: with the same
// rate, under the robots.txt of the host that has the picture, and never in private
// networks. What was asked before is not asked again, unless start was configured to be
// fresh. When ctx is cancelled it stores what has been answered and returns with Stopped
// set: the same call goes on later.
func Pictures(ctx context.Context, start *Start, project *inventory.Project, side catalog.Side, o PictureOptions) (PictureSummary, error) {
	release, err := project.AcquireCrawl(ctx, side)
	if err != nil {
		return PictureSummary{}, err
	}
	defer func() { _ = release() }() // the lock ends with the process in any case
	if start.cfg.Fresh {
		if err := project.ForgetPictures(ctx, side); err != nil {
			return PictureSummary{}, err
		}
	}
	urls, err := project.PicturesToAsk(ctx, side)
	if err != nil {
		return PictureSummary{}, err
	}
	r := &pictureRun{Start: start, project: project, began: time.Now(), options: o,
		sum: PictureSummary{Wanted: len(urls), Problems: map[string]int{}}}
	if o.Budget != nil {
		o.Budget(start.pictureBudget(urls))
	}
	err = r.loop(ctx, urls)
	r.sum.Elapsed = time.Since(r.began)
	if err != nil || r.sum.Stopped != "" {
		return r.sum, err
	}
	store := context.WithoutCancel(ctx)
	shop, err := project.Shop(store, side)
	if err != nil {
		return r.sum, fmt.Errorf("storing the end of the pictures: %w", err)
	}
	return r.sum, project.SetMeta(store, picturesMeta(side), strconv.Itoa(shop.Crawl))
}

// pictureBudget says what the pictures will cost.
func (s *Start) pictureBudget(urls []string) PictureBudget {
	hosts := map[string]int{}
	most := 0
	for _, raw := range urls {
		if u, err := url.Parse(raw); err == nil {
			hosts[u.Host]++
			most = max(most, hosts[u.Host])
		}
	}
	b := PictureBudget{Pictures: len(urls), Hosts: len(hosts), MaxBytes: picture.MaxBytes}
	if rate := s.cfg.Fetch.Rate; rate > 0 {
		b.Least = time.Duration(float64(most) / rate * float64(time.Second))
	}
	return b
}

// pictureRun is the state of one run. Only loop's goroutine touches sum.
type pictureRun struct {
	*Start
	project *inventory.Project
	began   time.Time
	options PictureOptions
	sum     PictureSummary
	decode  sync.Mutex // one picture at a time: a large one takes much memory
}

// pictureResult is what a fetcher brings for one picture.
type pictureResult struct {
	inventory.Picture
	bytes, requests int
	later           bool  // no answer: not stored
	err             error // of a cancelled context, or fetch.ErrHostDown
}

// loop hands addresses to the fetchers and stores what they bring in batches.
func (r *pictureRun) loop(ctx context.Context, urls []string) error {
	workers := r.cfg.Fetch.Concurrency
	if workers < 1 {
		workers = fetch.DefaultConcurrency
	}
	work, results := make(chan string), make(chan pictureResult)
	fetchCtx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for u := range work {
				results <- r.ask(fetchCtx, u)
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
	}()
	var (
		batch    []inventory.Picture
		tick     = time.NewTicker(flushEvery)
		done     = ctx.Done()
		inflight int
		store    = context.WithoutCancel(ctx)
	)
	defer tick.Stop()
	flush := func() error {
		err := r.project.SavePictures(store, batch)
		batch = nil
		if r.options.Progress != nil {
			r.options.Progress(r.progress())
		}
		return err
	}
	for len(urls) > 0 || inflight > 0 {
		if len(urls) > 0 && r.cfg.MaxTime > 0 && time.Since(r.began) >= r.cfg.MaxTime {
			urls, r.sum.Stopped = nil, StoppedMaxTime
			continue
		}
		var out chan<- string
		var first string
		if len(urls) > 0 {
			out, first = work, urls[0]
		}
		select {
		case out <- first:
			urls = urls[1:]
			inflight++
		case got := <-results:
			inflight--
			r.count(got)
			if got.err == nil && !got.later {
				batch = append(batch, got.Picture)
			}
			if len(batch) >= flushCount {
				if err := flush(); err != nil {
					return err
				}
			}
		case <-tick.C:
			if err := flush(); err != nil {
				return err
			}
		case <-done:
			urls, done, r.sum.Stopped = nil, nil, StoppedInterrupted
		}
	}
	return flush()
}

// count adds one result to the summary.
func (r *pictureRun) count(got pictureResult) {
	r.sum.Bytes += int64(got.bytes)
	r.sum.Requests += got.requests
	switch {
	case errors.Is(got.err, fetch.ErrHostDown):
		r.sum.Later++
		if r.sum.Stopped == "" {
			r.sum.Stopped = StoppedHostDown
		}
	case got.err != nil:
		r.sum.Stopped = StoppedInterrupted
	case got.later:
		r.sum.Later++
	case got.Problem != "":
		r.sum.Problems[got.Problem]++
	default:
		r.sum.Read++
	}
}

func (r *pictureRun) progress() PictureProgress {
	done := r.sum.Read + r.sum.Later
	for _, n := range r.sum.Problems {
		done += n
	}
	return PictureProgress{Done: done, Total: r.sum.Wanted, Bytes: r.sum.Bytes}
}

// pictureAccept asks for what can be read, where a server has a choice.
var pictureAccept = http.Header{"Accept": {"image/jpeg,image/png,image/webp,image/gif;q=0.9,image/*;q=0.1"}}

// ask reads one picture. It is called from many goroutines and writes nothing.
func (r *pictureRun) ask(ctx context.Context, raw string) (out pictureResult) {
	out.Picture = inventory.Picture{URL: raw, AskedAt: time.Now().UTC()}
	u, err := url.Parse(raw)
	if err != nil {
		out.Problem = PictureAnswer
		return out
	}
	for hop := 0; ; hop++ {
		if !r.mayAsk(ctx, u, &out) {
			return out
		}
		resp, err := r.client.GetWith(ctx, u.String(), fetch.GetOptions{AnyType: true, MaxBody: picture.MaxBytes, Header: pictureAccept})
		out.requests++
		if err != nil {
			out.fail(ctx, err)
			return out
		}
		out.bytes += len(resp.Body)
		if resp.Location == "" {
			r.read(&out, resp)
			return out
		}
		next, err := url.Parse(resp.Location)
		if err != nil || hop == maxPictureHops {
			out.Problem = PictureRedirect
			return out
		}
		u = next
	}
}

// mayAsk asks robots.txt of the host that has the picture, which the client asks once,
// and notes in out what it forbids.
func (r *pictureRun) mayAsk(ctx context.Context, u *url.URL, out *pictureResult) bool {
	robots, state, err := r.client.Robots(ctx, u.Scheme, u.Host)
	if err != nil {
		out.fail(ctx, err)
		return false
	}
	ok, _ := robots.Allowed(fetch.Agent, pathQuery(u))
	switch {
	case ok, contains(r.Hosts, u.Host) && r.lifted(u):
		return true
	case state == fetch.RobotsRefused:
		out.later = true
	default:
		out.Problem = PictureRobots
	}
	return false
}

// fail notes that no answer came.
func (out *pictureResult) fail(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil:
		out.err = ctx.Err()
	case errors.Is(err, fetch.ErrHostDown):
		out.err = err
	case errors.Is(err, fetch.ErrPrivateAddress):
		out.Problem = PicturePrivate
	case errors.Is(err, fetch.ErrBadURL):
		out.Problem = PictureAnswer
	case errors.Is(err, fetch.ErrBadEncoding):
		out.Problem = PictureDamaged
	default:
		out.later = true
	}
}

// read tells from an answer how the picture looks.
func (r *pictureRun) read(out *pictureResult, resp *fetch.Response) {
	switch s := resp.Status; {
	case s == http.StatusNotFound, s == http.StatusGone:
		out.Problem = PictureNotFound
		return
	case s == http.StatusUnauthorized, s == http.StatusForbidden:
		out.Problem = PictureRefused
		return
	case s == http.StatusTooManyRequests, s >= http.StatusInternalServerError:
		out.later = true
		return
	case s != http.StatusOK:
		out.Problem = PictureAnswer
		return
	case resp.Truncated:
		out.Problem = PictureTooLarge
		return
	}
	r.decode.Lock()
	h, err := picture.Of(resp.Body)
	r.decode.Unlock()
	switch {
	case err == nil:
		out.Hash = h.String()
	case errors.Is(err, picture.ErrFormat):
		out.Problem = PictureFormat
	case errors.Is(err, picture.ErrTooLarge):
		out.Problem = PictureTooLarge
	case errors.Is(err, picture.ErrTooSmall):
		out.Problem = PictureTooSmall
	default:
		out.Problem = PictureDamaged
	}
}
