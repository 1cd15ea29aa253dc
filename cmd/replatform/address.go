package main

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"golang.org/x/text/width"

	"replatform/crawler"
	"replatform/crawler/fetch"
)

// schemeTyped is a scheme at the beginning of an address, right or mistyped: http:/x,
// http;//x, https//x, ttps://x.
var schemeTyped = regexp.MustCompile(`(?i)^(https?|h?t+ps?)([:;]/*|//+)(.*)$`)

var driveLetter = regexp.MustCompile(`^[A-Za-z]:`)

// shopAddress is the address of a shop as a person types it, without the spaces around it
// and with full-width letters taken for what they stand for. What cannot be one is an
// error that names what was probably meant; a host without a scheme is left to the crawler.
func (t *talk) shopAddress(typed string) (string, error) {
	s := strings.TrimSpace(typed)
	if !strings.Contains(s, "://") {
		s = width.Fold.String(s)
	} else if scheme, rest, _ := strings.Cut(s, "://"); width.Fold.String(scheme) != scheme {
		s = width.Fold.String(scheme) + "://" + rest
	}
	scheme, rest, found := strings.Cut(s, "://")
	switch meant := meantAddress(s); {
	case meant != "":
		return "", withHint(t.usagef("usage.shop-url", clean(typed)), "hint.url", clean(meant))
	case found && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")):
		if rest == "" || strings.ContainsAny(rest, " \\") {
			break
		}
		return s, nil
	case found || strings.Contains(s, `\`) || strings.HasPrefix(s, ".") || strings.HasPrefix(s, "/") || driveLetter.MatchString(s):
	default:
		host, _, _ := strings.Cut(s, "/")
		if name, _, _ := strings.Cut(host, ":"); strings.ContainsAny(host, " @") || !strings.Contains(name, ".") && name != "localhost" {
			break
		}
		return s, nil
	}
	return "", withHint(t.usagef("usage.shop-url", clean(typed)), "hint.bad-start")
}

// meantAddress is the address that was meant where its scheme is mistyped or stands twice;
// empty where it is not.
func meantAddress(s string) string {
	scheme, wrong := "", false
	for {
		m := schemeTyped.FindStringSubmatch(s)
		if m == nil {
			break
		}
		typed := strings.ToLower(m[1])
		wrong = wrong || scheme != "" || typed != "http" && typed != "https" || m[2] != "://"
		if scheme = "http"; strings.HasSuffix(typed, "s") {
			scheme = "https"
		}
		s = m[3]
	}
	if !wrong || s == "" {
		return ""
	}
	return scheme + "://" + s
}

// probe asks the start page of a shop. An address that was typed without a scheme is asked
// by http where nobody answers https.
func (t *talk) probe(ctx context.Context, cfg crawler.Config) (*crawler.Start, error) {
	start, err := crawler.Probe(ctx, cfg)
	if err == nil || !errors.Is(err, fetch.ErrUnreachable) || strings.Contains(cfg.StartURL, "://") {
		return start, err
	}
	cfg.StartURL = "http://" + cfg.StartURL
	plain, plainErr := crawler.Probe(ctx, cfg)
	if plainErr != nil {
		return start, err // what was asked first says more
	}
	t.say("crawl.plain", clean(cfg.StartURL))
	return plain, nil
}
