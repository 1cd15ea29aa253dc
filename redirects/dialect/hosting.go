package dialect

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/url"
	"strings"

	"replatform/redirects"
)

// hostingFile is a vercel.json or firebase.json, as far as it redirects
// (https://vercel.com/docs/project-configuration,
// https://firebase.google.com/docs/hosting/full-config).
type hostingFile struct {
	Redirects []hostingRow    `json:"redirects"`
	Hosting   json.RawMessage `json:"hosting"` // one site, or a list of sites
}

type hostingRow struct {
	Source      string             `json:"source"`
	Glob        string             `json:"glob"`
	Regex       string             `json:"regex"`
	Destination string             `json:"destination"`
	Permanent   *bool              `json:"permanent"`
	StatusCode  int                `json:"statusCode"`
	Type        int                `json:"type"`
	Has         []hostingCondition `json:"has"`
	Missing     []hostingCondition `json:"missing"`
}

type hostingCondition struct {
	Type  string          `json:"type"`
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"`
}

// readVercel reads the redirects of a vercel.json. Line is the place of the rule in its
// list, from 1.
func readVercel(r io.Reader) iter.Seq2[redirects.Rule, error] {
	return readHosting(r, "vercel.json", func(file hostingFile) ([]hostingRow, error) { return file.Redirects, nil }, vercelRule)
}

// readFirebase reads the redirects of all sites of a firebase.json. Line is the place of
// the rule in its list, from 1.
func readFirebase(r io.Reader) iter.Seq2[redirects.Rule, error] {
	return readHosting(r, "firebase.json", func(file hostingFile) ([]hostingRow, error) {
		sites := []hostingFile{{}}
		var err error
		if strings.HasPrefix(strings.TrimSpace(string(file.Hosting)), "[") {
			err = json.Unmarshal(file.Hosting, &sites)
		} else if len(file.Hosting) > 0 {
			err = json.Unmarshal(file.Hosting, &sites[0])
		}
		var rows []hostingRow
		for _, site := range sites {
			rows = append(rows, site.Redirects...)
		}
		return rows, err
	}, firebaseRule)
}

func readHosting(r io.Reader, name string, list func(hostingFile) ([]hostingRow, error), rule func(hostingRow) (redirects.Rule, error)) iter.Seq2[redirects.Rule, error] {
	return func(yield func(redirects.Rule, error) bool) {
		var file hostingFile
		err := json.NewDecoder(io.LimitReader(r, maxFile)).Decode(&file)
		var rows []hostingRow
		if err == nil {
			rows, err = list(file)
		}
		if err != nil {
			yield(redirects.Rule{}, fmt.Errorf("reading redirects of %s: %w", name, err))
			return
		}
		for i, row := range rows {
			read, err := rule(row)
			read.Line = i + 1
			if err != nil {
				err = redirects.NewRowError(i+1, err, cmp.Or(row.Source, row.Glob, row.Regex), row.Destination)
			}
			if !yield(read, err) {
				return
			}
		}
	}
}

// vercelRule takes over a row with a fixed path, and conditions that are one host or
// fixed parameters. A condition under which a parameter must be missing keeps the row of
// a path apart from those of its parameters, as the rows of a map are anyway.
func vercelRule(row hostingRow) (redirects.Rule, error) {
	if strings.ContainsAny(row.Source, `(){}*+?:\`) || strings.Contains(row.Destination, "/:") {
		return redirects.Rule{}, errPattern
	}
	host, params := "", []string(nil)
	for _, c := range row.Has {
		var value string
		if json.Unmarshal(c.Value, &value) != nil {
			return redirects.Rule{}, errCondition
		}
		literal, anchored, ok := fixed(value)
		switch {
		case c.Type == "query" && ok && anchored:
			params = append(params, url.QueryEscape(c.Key)+"="+url.QueryEscape(literal))
		case c.Type == "host" && ok && anchored:
			host = literal
		case c.Type == "host" && value != "" && strings.Trim(strings.ToLower(value), "abcdefghijklmnopqrstuvwxyz0123456789-.") == "":
			host = value // the dots are those of a name
		default:
			return redirects.Rule{}, errCondition
		}
	}
	for _, c := range row.Missing {
		if c.Type != "query" || len(c.Value) > 0 {
			return redirects.Rule{}, errCondition
		}
	}
	status := "308"
	switch {
	case row.Permanent != nil && !*row.Permanent:
		status = "302"
	case row.Permanent == nil && row.StatusCode != 0:
		status = fmt.Sprint(row.StatusCode)
	}
	old := row.Source
	if len(params) > 0 {
		old += "?" + strings.Join(params, "&")
	}
	if host != "" && strings.HasPrefix(old, "/") {
		old = "https://" + host + old
	}
	return hostingRule(old, row.Destination, status)
}

// firebaseRule takes over a row with a fixed path.
func firebaseRule(row hostingRow) (redirects.Rule, error) {
	source := row.Source + row.Glob
	if row.Regex != "" || strings.ContainsAny(source, `*?[]{}()!@+:|\`) || strings.Contains(row.Destination, "/:") {
		return redirects.Rule{}, errPattern
	}
	status := "301"
	if row.Type != 0 {
		status = fmt.Sprint(row.Type)
	}
	return hostingRule(source, row.Destination, status)
}

func hostingRule(old, target, word string) (redirects.Rule, error) {
	status, err := statusOf(word)
	if err != nil {
		return redirects.Rule{}, err
	}
	return newRule(old, target, status)
}
