package main

import (
	"iter"
	"log/slog"
	"time"

	"github.com/urfave/cli/v2"

	"replatform/planner"
	"replatform/redirects"
	"replatform/redirects/serve"
)

// serve answers old addresses until it is stopped.
func (t *talk) serve(c *cli.Context) error {
	name := c.String("map")
	read := serve.Stamp(name)
	m, refused, err := t.servedMap(c)
	if err != nil {
		return err
	}
	var access *slog.Logger
	if c.Bool("access-log") {
		access = slog.New(slog.NewTextHandler(t.err, nil))
	}
	h, err := serve.NewHandler(m, access)
	if err != nil {
		return err
	}
	ready := func(addr string) {
		t.say("serve.ready", h.Rows(), "http://"+addr)
		t.notServed(refused)
		if name != "" {
			go t.watch(c, name, read, h)
		}
	}
	return serve.Run(c.Context, c.String("listen"), h, ready)
}

// watch loads the map anew whenever its file changes from the state that was read. A file without a row that can be
// served, as one has while it is being written, leaves the map before it in place.
func (t *talk) watch(c *cli.Context, name, read string, h *serve.Handler) {
	var refused []planner.Refused
	open := func() (m redirects.Map, err error) {
		m, refused, err = t.servedMap(c)
		return m, err
	}
	h.Watch(c.Context, name, read, time.Second, open, func(rows int, err error) {
		if err != nil {
			t.fail(err)
			t.say("serve.kept", rows)
			return
		}
		t.say("serve.reloaded", rows)
		t.notServed(refused)
	})
}

// servedMap is the map without the rows that cannot be served, and those rows.
func (t *talk) servedMap(c *cli.Context) (redirects.Map, []planner.Refused, error) {
	audit, _, _, err := t.auditedMap(c)
	if err != nil {
		return nil, nil, err
	}
	refused := planner.RefusedRows(audit, nil)
	rows := 0
	for r, err := range audit.Accepted.Rules() {
		if err != nil {
			return nil, nil, err
		}
		if cause := serve.Check(r); cause != nil {
			what := redirects.RowError{Line: r.Line, Err: cause}.What()
			refused = append(refused, planner.Refused{Line: r.Line, OldURL: r.Source.String(), NewURL: r.Target, Status: r.Status, Reason: planner.Text{JA: what.JA, EN: what.EN}})
			continue
		}
		rows++
	}
	if name := c.String("map"); name != "" && rows == 0 {
		t.notServed(refused)
		return nil, nil, withHint(t.errorf("err.no-rows", name), "hint.redirect-rows")
	}
	return redirects.MapFunc(func() iter.Seq2[redirects.Rule, error] {
		return func(yield func(redirects.Rule, error) bool) {
			for r, err := range audit.Accepted.Rules() {
				if (err != nil || serve.Check(r) == nil) && !yield(r, err) {
					return
				}
			}
		}
	}), refused, nil
}

// notServed names the first rows that cannot be served.
func (t *talk) notServed(refused []planner.Refused) {
	if len(refused) == 0 {
		return
	}
	t.say("serve.refused", len(refused))
	for i, r := range refused {
		if i == shownOfKind {
			t.say("serve.audit")
			return
		}
		t.say("redirects.refused", r.Line, clean(r.OldURL), clean(r.Reason.In(t.lang.code)))
	}
}
