package main

import (
	"errors"
	"net/http"
	"net/url"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v2"

	"replatform/crawler/inventory"
	"replatform/planner"
)

const announceHelp = `For each host a folder with sitemaps of the old addresses and of the new ones, the key
file of IndexNow and what would be sent to it; beside them a list of the old pages that others link
to, and README.en.md and README.ja.md, which say what to do with each file.

Nothing is sent without --send.`

func announceCommand(t *talk) *cli.Command {
	return &cli.Command{
		Name:        "announce",
		Usage:       "write sitemaps and IndexNow files for telling search engines of the move",
		Description: announceHelp,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "folder `DIR` for the files", Value: "announce"},
			&cli.StringFlag{Name: "key", Usage: "IndexNow `KEY` that you have already (made and kept in the project otherwise)"},
			&cli.StringSliceFlag{Name: "key-location", Usage: "`URL` of a key file that cannot lie at the root of its host; may be given again"},
			&cli.BoolFlag{Name: "send", Usage: "send the addresses to IndexNow"},
			&cli.StringFlag{Name: "endpoint", Usage: "address `URL` that takes them, of a search engine listed at https://www.indexnow.org/searchengines.json"},
			&cli.DurationFlag{Name: "timeout", Usage: "give up one submission after this time", Value: 30 * time.Second},
		},
		Action: t.announce,
	}
}

// announced is the result of announce for machines.
type announced struct {
	Folder string `json:"folder"`
	planner.Announcement
	Files []planner.AnnouncedFile `json:"files"`
	Sent  []planner.Submission    `json:"sent,omitempty"`
}

func (t *talk) announce(c *cli.Context) error {
	endpoint := c.String("endpoint")
	if c.Bool("send") {
		if u, err := url.Parse(endpoint); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return t.usagef("usage.announce-endpoint")
		}
	}
	project, err := inventory.Open(c.Context, projectPath(c), inventory.Options{Log: t.log})
	if err != nil {
		return err
	}
	defer project.Close()
	doc := announced{Folder: c.String("out")}
	doc.Announcement, err = planner.Announce(c.Context, project, planner.AnnounceOptions{Key: c.String("key"), KeyLocations: c.StringSlice("key-location")})
	switch {
	case errors.Is(err, planner.ErrNoPlan):
		return withHint(err, "hint.plan-first")
	case errors.Is(err, planner.ErrIndexNowKey):
		return usageError{err}
	case err != nil:
		return err
	}
	if doc.Files, err = doc.Write(c.Context, doc.Folder); err != nil {
		return err
	}
	for _, h := range doc.Hosts {
		t.result("announce.host", clean(h.Host), len(h.Moved), len(h.Gone), len(h.New))
		if left := len(h.Moved) + len(h.Gone) + len(h.New) - len(h.Submitted()); left > 0 {
			t.result("announce.beyond-key", left, clean(h.KeyLocation))
		}
	}
	if doc.Unfit > 0 {
		t.result("announce.unfit", doc.Unfit)
	}
	if len(doc.Linked) > 0 {
		t.result("announce.linked", len(doc.Linked))
	}
	if len(doc.Linking) > 0 {
		t.result("announce.linking", len(doc.Linking))
	}
	t.result("announce.written", doc.Folder, filepath.Join(doc.Folder, "README."+t.lang.code+".md"))
	if c.Bool("send") {
		client := &http.Client{Timeout: c.Duration("timeout"), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		err := doc.Send(c.Context, client, endpoint, func(s planner.Submission) {
			doc.Sent = append(doc.Sent, s)
			t.result("announce.sent", s.Addresses, clean(s.Host), s.Status)
		})
		if errors.Is(err, planner.ErrNotTaken) {
			return withHint(err, "hint.announce-key")
		}
		if err != nil {
			return err
		}
	} else {
		t.result("announce.not-sent")
	}
	if t.json {
		return t.document(doc)
	}
	return nil
}
