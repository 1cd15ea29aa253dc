package inventory

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"replatform/crawler/catalog"
)

// States of a shop's crawl.
const (
	Running = "running" // also after a crawl was killed
	Stopped = "stopped" // by the user; can be taken up again
	Ended   = "done"
)

// FromFiles is the Source of an old shop that no longer answers: files say what its pages
// were.
const FromFiles = "files"

// SaveShop stores what is known of one shop, in place of what was known before.
// s.Crawl is not stored: StartCrawl counts the crawls.
func (p *Project) SaveShop(ctx context.Context, s Shop) error {
	err := p.writer.tx(ctx, func(ctx context.Context) error { return p.writer.saveShop(ctx, s) })
	return nameError(fmt.Sprintf("storing the %s shop", s.Side), err)
}

func (w *writer) saveShop(ctx context.Context, s Shop) error {
	return w.exec(ctx, `
		INSERT INTO shop (side, start_url, hosts, platform, confidence, evidence, charset, state, started_at, finished_at, source)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (side) DO UPDATE SET start_url = excluded.start_url, hosts = excluded.hosts,
			platform = excluded.platform, confidence = excluded.confidence, evidence = excluded.evidence,
			charset = excluded.charset, state = excluded.state, started_at = excluded.started_at,
			finished_at = excluded.finished_at, source = excluded.source`,
		string(s.Side), address(s.StartURL), list(s.Hosts), word(s.Platform), word(s.Confidence), list(s.Evidence),
		word(s.Charset), word(s.State), moment(s.StartedAt), moment(s.FinishedAt), word(s.Source))
}

const selectShop = `
	SELECT side, start_url, hosts, platform, confidence, evidence, charset, state, started_at, finished_at, source, crawl
	FROM shop WHERE side = ?`

func scanShop(row interface{ Scan(...any) error }) (Shop, error) {
	var s Shop
	var hosts, evidence, started, finished string
	err := row.Scan(&s.Side, &s.StartURL, &hosts, &s.Platform, &s.Confidence, &evidence, &s.Charset, &s.State,
		&started, &finished, &s.Source, &s.Crawl)
	s.Hosts, s.Evidence = parseJSON[[]string](hosts), parseJSON[[]string](evidence)
	s.StartedAt, s.FinishedAt = parseMoment(started), parseMoment(finished)
	return s, err
}

// Shop is what is known of one shop; ErrNoShop when nothing is.
func (p *Project) Shop(ctx context.Context, side catalog.Side) (Shop, error) {
	s, err := scanShop(p.reader.QueryRowContext(ctx, selectShop, string(side)))
	if err == sql.ErrNoRows {
		return Shop{}, noShop(side)
	}
	return s, nameError(fmt.Sprintf("reading the %s shop", side), err)
}

func noShop(side catalog.Side) error {
	hint := "crawl URL"
	if side == catalog.New {
		hint = "target URL"
	}
	return fmt.Errorf("%w: %s; run: replatform %s", ErrNoShop, side, hint)
}

// StartCrawl notes that a crawl of the shop begins and decides what kind it is:
//
//   - The side is empty: a new crawl.
//   - An earlier crawl of the same start URL was stopped or killed: it goes on, with
//     the platform and hosts that were recognised then, since keys hang on them. Ask
//     Shop for them.
//   - An earlier crawl of the same start URL was finished: everything that was asked
//     is asked anew. Hosts that were known stay, behind those of s. Until a page has answered again, readers see what it answered
//     last. A page that no link, sitemap or feed names this time is kept and shows by
//     Page.SeenCrawl being less than Shop.Crawl. Findings of the side begin anew, and
//     Drift tells from then on what is different.
//   - The side holds another shop: ErrOtherShop, nothing is changed.
//
// Start URLs are the same when host, path and query are; scheme, "www." and the
// default port make no difference.
func (p *Project) StartCrawl(ctx context.Context, s Shop) error {
	doing := fmt.Sprintf("starting the crawl of the %s shop", s.Side)
	err := p.writer.tx(ctx, func(ctx context.Context) error {
		old, known, err := p.writer.shop(ctx, s.Side)
		if err != nil {
			return err
		}
		if err := p.writer.settle(ctx, s.Side); err != nil {
			return err
		}
		s.State, s.FinishedAt = Running, parseMoment("")
		if !known {
			return p.writer.saveShop(ctx, s)
		}
		if !SameStart(old.StartURL, s.StartURL) {
			return fmt.Errorf("%w: the project is of %s, not of %s; use another file: --project FILE",
				ErrOtherShop, old.StartURL, s.StartURL)
		}
		if old.State != Ended {
			s.StartURL, s.Hosts, s.StartedAt = old.StartURL, old.Hosts, old.StartedAt
			s.Platform, s.Confidence, s.Evidence = old.Platform, old.Confidence, old.Evidence
			return p.writer.saveShop(ctx, s)
		}
		p.writer.forget(s.Side)
		s.Hosts = withHosts(s.Hosts, old.Hosts)
		if err := p.writer.saveShop(ctx, s); err != nil {
			return err
		}
		steps := []string{
			`DELETE FROM before WHERE side = ?`,
			rememberPages,
			`UPDATE shop SET crawl = crawl + 1 WHERE side = ?`,
			`UPDATE page SET due = 1 WHERE side = ? AND (visited_crawl > 0 OR state = 'done') AND priority < 1000`, // not what was folded unasked, see HeldPriority
			`DELETE FROM finding WHERE side = ?`,
		}
		if s.Platform != old.Platform { // its pages are read in another manner
			steps = append(steps, `UPDATE page SET etag = '', last_modified = '' WHERE side = ?`)
		}
		for _, step := range steps {
			if err := p.writer.exec(ctx, step, string(s.Side)); err != nil {
				return err
			}
		}
		return nil
	})
	return nameError(doing, err)
}

// EndCrawl notes how a crawl of the shop ended; finished is zero when it goes on later.
// What others have noted of the shop meanwhile stays: its hosts (AddHosts).
func (p *Project) EndCrawl(ctx context.Context, side catalog.Side, state string, finished time.Time) error {
	err := p.writer.tx(ctx, func(ctx context.Context) error {
		if err := p.writer.settle(ctx, side); err != nil {
			return err
		}
		return p.writer.exec(ctx, `UPDATE shop SET state = ?, finished_at = ? WHERE side = ?`, word(state), moment(finished), string(side))
	})
	return nameError(fmt.Sprintf("storing the end of the crawl of the %s shop", side), err)
}

// AddHosts notes further hosts, "host[:port]", of a shop, behind those that are known,
// and changes nothing else. ErrNoShop.
func (p *Project) AddHosts(ctx context.Context, side catalog.Side, hosts ...string) error {
	if len(hosts) == 0 {
		return nil
	}
	return p.changeHosts(ctx, side, func(have []string) []string { return withHosts(have, hosts) })
}

// RemoveHost takes a host from those of a shop. ErrNoShop.
func (p *Project) RemoveHost(ctx context.Context, side catalog.Side, host string) error {
	return p.changeHosts(ctx, side, func(have []string) []string {
		return slices.DeleteFunc(have, func(h string) bool { return h == host })
	})
}

func (p *Project) changeHosts(ctx context.Context, side catalog.Side, change func([]string) []string) error {
	err := p.writer.tx(ctx, func(ctx context.Context) error {
		s, known, err := p.writer.shop(ctx, side)
		switch {
		case err != nil:
			return err
		case !known:
			return noShop(side)
		}
		return p.writer.exec(ctx, `UPDATE shop SET hosts = ? WHERE side = ?`, list(change(s.Hosts)), string(side))
	})
	return nameError(fmt.Sprintf("storing the hosts of the %s shop", side), err)
}

// withHosts is hosts and those of more that are not among them.
func withHosts(hosts, more []string) []string {
	out := slices.Clone(hosts)
	for _, h := range more {
		if !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return out
}

func (w *writer) shop(ctx context.Context, side catalog.Side) (s Shop, known bool, err error) {
	stmt, err := w.stmt(ctx, selectShop)
	if err != nil {
		return Shop{}, false, err
	}
	s, err = scanShop(stmt.QueryRowContext(ctx, string(side)))
	if err == sql.ErrNoRows {
		return Shop{}, false, nil
	}
	return s, err == nil, err
}

// SameStart says whether two start URLs are of one shop, see StartCrawl.
func SameStart(a, b string) bool {
	return a == b || startIdentity(a) == startIdentity(b)
}

func startIdentity(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	if port := u.Port(); port != "" && !(u.Scheme == "http" && port == "80") && !(u.Scheme == "https" && port == "443") {
		host = net.JoinHostPort(host, port)
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	return host + path + "?" + u.RawQuery
}

// ResetSide forgets everything that was crawled or read of one shop, the shop itself
// included, together with the proposed pairs, which would point to nothing. What a
// person gave stays: decisions, worth; so do the plan and its proofs.
func (p *Project) ResetSide(ctx context.Context, side catalog.Side) error {
	err := p.writer.tx(ctx, func(ctx context.Context) error { return p.writer.resetSide(ctx, side) })
	return nameError(fmt.Sprintf("forgetting the %s shop", side), err)
}

func (w *writer) resetSide(ctx context.Context, side catalog.Side) error {
	w.forget(side)
	w.queueOf(side).forgetOrder()
	for _, step := range []string{
		`DELETE FROM links WHERE page IN (SELECT id FROM page WHERE side = ?)`,
		`DELETE FROM membership WHERE side = ?`,
		`DELETE FROM finding WHERE side = ?`,
		`DELETE FROM before WHERE side = ?`,
		`DELETE FROM page WHERE side = ?`,
		`DELETE FROM shop WHERE side = ?`,
	} {
		if err := w.exec(ctx, step, string(side)); err != nil {
			return err
		}
	}
	if err := w.exec(ctx, `DELETE FROM meta WHERE name IN (?, ?)`, crawlState(side), queueOrder(side)); err != nil {
		return err
	}
	return w.exec(ctx, `DELETE FROM match`)
}
