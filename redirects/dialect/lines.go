package dialect

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"replatform/redirects"
)

// underscoreLine reads "FROM [name=value …] TO [STATUS[!]] [Country=…]"
// (https://docs.netlify.com/manage/routing/redirects/overview/).
func underscoreLine(f []string) (redirects.Rule, error) {
	from, rest := f[0], f[1:]
	var params []string
	for len(rest) > 0 && strings.Contains(rest[0], "=") && !strings.HasPrefix(rest[0], "/") && !strings.Contains(rest[0], "://") {
		if strings.Contains(rest[0], "=:") {
			return redirects.Rule{}, errPattern
		}
		params, rest = append(params, rest[0]), rest[1:]
	}
	if len(rest) == 0 {
		return redirects.Rule{}, errNoTarget
	}
	word := ""
	if len(rest) > 1 {
		word = rest[1]
	}
	if len(rest) > 2 {
		return redirects.Rule{}, errCondition
	}
	if strings.HasPrefix(word, "200") || strings.HasPrefix(word, "404") {
		return redirects.Rule{}, errSkip // a rewrite
	}
	status, err := statusOf(word)
	if err != nil {
		return redirects.Rule{}, err
	}
	prefix := strings.HasSuffix(from, "/*")
	from = strings.TrimSuffix(from, "*")
	if strings.Contains(from, "*") || strings.Contains(rest[0], ":splat") || strings.Contains(strings.TrimPrefix(strings.TrimPrefix(from, "https://"), "http://"), ":") {
		return redirects.Rule{}, errPattern
	}
	if len(params) > 0 {
		from += "?" + strings.Join(params, "&")
	}
	r, err := newRule(from, rest[0], status)
	if prefix {
		r.Source.Match = redirects.Prefix
	}
	return r, err
}

// pairLine reads a key and a value. Keys may have the number of a table before
// them, and values a status, as the maps have that this program writes.
func pairLine(f []string) (redirects.Rule, error) {
	if len(f) < 2 {
		return redirects.Rule{}, errors.New("no value")
	}
	key, value := f[0], strings.Join(f[1:], " ")
	if n, rest, ok := strings.Cut(key, ":"); ok && n != "" && strings.Trim(n, "0123456789") == "" {
		key = rest
	}
	return pairRule(key, value)
}

// pairRule reads a key, with or without a host before the path, and a value, with
// or without a status before the target.
func pairRule(key, value string) (redirects.Rule, error) {
	if !strings.HasPrefix(key, "/") && !strings.Contains(key, "://") {
		host, path, ok := strings.Cut(key, "/")
		if !ok || !strings.Contains(host, ".") {
			return redirects.Rule{}, redirects.ErrNotURL
		}
		key = "https://" + host + "/" + path
	}
	status, keep := 301, false
	if word, rest, ok := strings.Cut(strings.Replace(value, "|", " ", 1), " "); ok || len(value) == 3 {
		var err error
		word, keep = strings.CutSuffix(word, "+") // the query is carried over
		if status, err = statusOf(word); err != nil {
			return redirects.Rule{}, err
		}
		value = rest
	}
	if strings.ContainsAny(value, " ") {
		return redirects.Rule{}, errors.New("more than a key and a value")
	}
	if strings.Contains(value, "${") {
		return redirects.Rule{}, errVariable
	}
	r, err := newRule(key, value, status)
	r.KeepQuery = keep
	return r, err
}

// squarespaceLine reads "/old -> /new 301".
func squarespaceLine(f []string) (redirects.Rule, error) {
	if len(f) < 3 || f[1] != "->" || len(f) > 4 {
		return redirects.Rule{}, errors.New("not of the form /old -> /new 301")
	}
	word := ""
	if len(f) == 4 {
		word = f[3]
	}
	status, err := statusOf(word)
	if err != nil {
		return redirects.Rule{}, err
	}
	if strings.Contains(f[0]+f[2], "[") {
		return redirects.Rule{}, errPattern
	}
	return newRule(f[0], f[2], status)
}

// redirectionFile is the JSON export of the plugin Redirection
// (https://github.com/johngodley/redirection, fileio/json.php).
type redirectionFile struct {
	Redirects []struct {
		URL        string          `json:"url"`
		Regex      bool            `json:"regex"`
		Enabled    *bool           `json:"enabled"`
		Type       string          `json:"action_type"`
		Match      string          `json:"match_type"`
		Code       int             `json:"action_code"`
		ActionData json.RawMessage `json:"action_data"`
		MatchData  struct {
			Source struct {
				Query string `json:"flag_query"`
			} `json:"source"`
		} `json:"match_data"`
	} `json:"redirects"`
}

// readRedirection reads the file whole. Line is the place of the rule in its list.
func readRedirection(r io.Reader) iter.Seq2[redirects.Rule, error] {
	return func(yield func(redirects.Rule, error) bool) {
		var file redirectionFile
		if err := json.NewDecoder(io.LimitReader(r, maxFile)).Decode(&file); err != nil {
			yield(redirects.Rule{}, fmt.Errorf("reading redirects as JSON of Redirection: %w", err))
			return
		}
		for i, item := range file.Redirects {
			if item.Enabled != nil && !*item.Enabled {
				continue
			}
			var rule redirects.Rule
			var err error
			var data struct {
				URL string `json:"url"`
			}
			_ = json.Unmarshal(item.ActionData, &data) // empty for gone pages
			switch {
			case item.Regex:
				err = errPattern
			case item.Match != "" && item.Match != "url":
				err = errCondition
			default:
				var status int
				if status, err = statusOf(fmt.Sprint(item.Code)); err == nil {
					rule, err = newRule(item.URL, data.URL, status)
				}
			}
			if err != nil {
				err = redirects.NewRowError(i+1, err, item.URL, data.URL)
			} else {
				switch flag := item.MatchData.Source.Query; {
				case flag == "pass":
					rule.KeepQuery = true
				case (flag == "exact" || flag == "") && rule.Source.HasQuery:
					rule.Source.QueryAs = redirects.QueryExact
				case flag == "exactorder":
					rule.Source.QueryAs = redirects.QueryOrdered
				}
			}
			rule.Line = i + 1
			if !yield(rule, err) {
				return
			}
		}
	}
}

// readIIS reads the entries of all rewrite maps.
func readIIS(r io.Reader) iter.Seq2[redirects.Rule, error] {
	return func(yield func(redirects.Rule, error) bool) {
		d := xml.NewDecoder(io.LimitReader(r, maxFile))
		inMap := false
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(redirects.Rule{}, fmt.Errorf("reading redirects as a rewrite map: %w", err))
				return
			}
			switch e := token.(type) {
			case xml.EndElement:
				inMap = inMap && e.Name.Local != "rewriteMap"
			case xml.StartElement:
				if e.Name.Local == "rewriteMap" {
					inMap = true
				}
				if !inMap || e.Name.Local != "add" {
					continue
				}
				var key, value string
				for _, a := range e.Attr {
					switch a.Name.Local {
					case "key":
						key = a.Value
					case "value":
						value = a.Value
					}
				}
				line, _ := d.InputPos()
				rule, err := pairRule(key, value)
				if err == nil && rule.Source.HasQuery {
					rule.Source.QueryAs = redirects.QueryOrdered
				}
				rule.Line = line
				if err != nil {
					err = redirects.NewRowError(line, err, key, value)
				}
				if !yield(rule, err) {
					return
				}
			}
		}
	}
}
