package review

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"time"

	"replatform/crawler/inventory"
)

// Options of Serve.
type Options struct {
	Lang     string // ja or en
	Pictures bool   // show the pictures of the shops, which asks their servers for them
	By       string // who decides, stored with each word
	Log      *slog.Logger
	// Ready is called once with the address of the page, which holds the secret that
	// opens it.
	Ready func(address string)
}

// Serve shows the review page of the project on a free port of the loopback
// interface until ctx ends, and then returns nil. Nobody gets in without the secret
// in the address given to Ready; see the comments at guard.
func Serve(ctx context.Context, project *inventory.Project, opts Options) error {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("opening a port for the review page: %w", err)
	}
	defer listener.Close()
	h, err := newHandler(ctx, project, listener.Addr().String(), opts)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 2 * time.Minute,
		IdleTimeout: 5 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: log.New(io.Discard, "", 0),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	if opts.Ready != nil {
		opts.Ready(h.entry())
	}
	select {
	case err := <-ended:
		return fmt.Errorf("serving the review page: %w", err)
	case <-ctx.Done():
	}
	// A word that is on its way is stored; idle connections are not waited for.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(last); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("closing the review page: %w", err)
	}
	return nil
}
