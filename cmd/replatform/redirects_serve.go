package main

import (
	"log/slog"
	"time"

	"github.com/urfave/cli/v2"

	"replatform/redirects"
	"replatform/redirects/serve"
)

// serve answers old addresses until it is stopped.
func (t *talk) serve(c *cli.Context) error {
	open := func() (redirects.Map, error) {
		audit, _, err := t.auditedMap(c)
		if err != nil {
			return nil, err
		}
		return audit.Accepted, nil
	}
	m, err := open()
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
	if name := c.String("map"); name != "" {
		go h.Watch(c.Context, name, time.Second, open, func(rows int, err error) {
			if err != nil {
				t.fail(err)
				return
			}
			t.say("serve.reloaded", rows)
		})
	}
	return serve.Run(c.Context, c.String("listen"), h, func(addr string) { t.say("serve.ready", h.Rows(), "http://"+addr) })
}
