package main

import (
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/net/http/httpguts"
	"golang.org/x/term"
)

// passwordVariable holds the password of --basic-auth, for scripts. It is no flag: what
// stands on a command line can be read by everybody on the machine.
const passwordVariable = "REPLATFORM_PASSWORD"

// accessFlags open shops that not everybody may see: a copy for tests, a shop that is
// not public yet. Nothing of them is stored in the project or logged.
func accessFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "basic-auth", Usage: "log in as `USER` (HTTP basic authentication); the password is asked for, or taken from " + passwordVariable},
		&cli.StringSliceFlag{Name: "header", Usage: "send `'NAME: VALUE'` to the shop with every request; may be given again"},
		&cli.StringFlag{Name: "ca", Usage: "trust the certificates in `FILE` (PEM) too"},
		&cli.StringFlag{Name: "proxy", Usage: "send all requests through the HTTP proxy at `URL`"},
	}
}

// access is what accessFlags ask for.
type access struct {
	header http.Header
	roots  *x509.CertPool
	proxy  *url.URL
}

func (t *talk) access(c *cli.Context) (access, error) {
	a := access{header: http.Header{}}
	for _, line := range c.StringSlice("header") {
		name, value, ok := strings.Cut(line, ":")
		name, value = textproto.TrimString(name), textproto.TrimString(value)
		if !ok || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			return a, t.usagef("usage.header")
		}
		a.header.Add(name, value)
	}
	if user := c.String("basic-auth"); user != "" {
		if strings.Contains(user, ":") {
			return a, t.usagef("usage.basic-auth")
		}
		password, err := t.password(user)
		if err != nil {
			return a, err
		}
		a.header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user+":"+password)))
	}
	if name := c.String("ca"); name != "" {
		pem, err := os.ReadFile(name)
		if err != nil {
			return a, fmt.Errorf("reading the certificates of --ca: %w", err)
		}
		if a.roots, err = x509.SystemCertPool(); err != nil {
			a.roots = x509.NewCertPool()
		}
		if !a.roots.AppendCertsFromPEM(pem) {
			return a, t.usagef("usage.ca", name)
		}
	}
	if proxy := c.String("proxy"); proxy != "" {
		u, err := url.Parse(proxy)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return a, t.usagef("usage.proxy") // without the address: it may hold a password
		}
		a.proxy = u
	}
	return a, nil
}

// password takes the password from the environment, or asks the person at the terminal.
func (t *talk) password(user string) (string, error) {
	if p, ok := os.LookupEnv(passwordVariable); ok {
		return p, nil
	}
	if fd := int(os.Stdin.Fd()); term.IsTerminal(fd) {
		fmt.Fprint(t.err, t.lang.text("access.password", clean(user)))
		p, err := term.ReadPassword(fd)
		fmt.Fprintln(t.err)
		if err != nil {
			return "", fmt.Errorf("reading the password: %w", err)
		}
		return string(p), nil
	}
	return "", withHint(t.errorf("err.no-password"), "hint.password", passwordVariable)
}
