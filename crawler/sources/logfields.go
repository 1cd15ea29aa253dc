package sources

import (
	"bytes"
	"encoding/json"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// detectFieldsLog looks for the line that names the fields, as CloudFront's standard
// logs have it (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/AccessLogs.html).
func detectFieldsLog(text string) string {
	for line := range strings.Lines(text) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "\uFEFF")
		if names, ok := strings.CutPrefix(line, "#Fields:"); ok && strings.Contains(names, "cs-uri-stem") && strings.Contains(names, "sc-status") {
			return `a line "#Fields:" names cs-uri-stem and sc-status`
		}
		if line != "" && line[0] != '#' {
			break
		}
	}
	return ""
}

// fieldsLog is a log whose fields are named by the log itself.
type fieldsLog struct {
	l     *logReader
	names []string
	sep   byte
}

func readFieldsLog(s *session, in io.Reader) error {
	f := &fieldsLog{l: newLogReader(s)}
	f.l.form, f.l.directive = f.form, f.directive
	s.rep.Used = []string{"date", "cs-method", "cs(Host)", "cs-uri-stem", "cs-uri-query", "sc-status", "cs(Referer)", "cs(User-Agent)"}
	return f.l.run(in)
}

// directive reads a line that begins with "#". Names of new fields may come at any
// time: logs are joined.
func (f *fieldsLog) directive(line []byte) {
	if names, ok := bytes.CutPrefix(line, []byte("#Fields:")); ok {
		f.names, f.sep = strings.Fields(string(names)), 0
	}
}

func (f *fieldsLog) form(line []byte, q *request) bool {
	if f.sep == 0 {
		if f.sep = ' '; bytes.IndexByte(line, '\t') >= 0 {
			f.sep = '\t'
		}
	}
	var host, viewerHost []byte
	seen := 0
	for _, name := range f.names {
		if line == nil {
			return false
		}
		value := line
		if end := bytes.IndexByte(line, f.sep); end >= 0 {
			value, line = line[:end], line[end+1:]
		} else {
			line = nil
		}
		switch name {
		case "date":
			if len(value) == len(q.date) {
				copy(q.date[:], value)
			}
		case "cs-method":
			q.method = value
		case "cs-uri-stem":
			q.target = value
			seen++
		case "cs-uri-query":
			q.query = value
		case "sc-status":
			q.status = value
			seen++
		case "cs(Host)":
			host = value
		case "x-host-header":
			viewerHost = value
		case "cs(Referer)":
			q.referrer = value
			f.l.log.TellsReferrer = true
		case "cs(User-Agent)":
			q.agent = unescaped(value)
			f.l.log.TellsPrograms = true
		}
	}
	// cs(Host) is the name of the distribution, x-host-header that which the visitor asked.
	switch {
	case len(viewerHost) > 1:
		q.host = viewerHost
	case len(host) > 1 && !bytes.HasSuffix(host, []byte(".cloudfront.net")):
		q.host = host
	}
	return seen == 2
}

// unescaped takes percent escapes out, as CloudFront writes names of programs.
func unescaped(value []byte) []byte {
	if bytes.IndexByte(value, '%') < 0 {
		return value
	}
	if plain, err := url.PathUnescape(string(value)); err == nil {
		return []byte(plain)
	}
	return value
}

// jsonRequest is a line of a log in JSON under the names that nginx gives its
// variables (https://nginx.org/en/docs/varindex.html), that Cloudflare's HTTP requests
// have (https://developers.cloudflare.com/logs/reference/log-fields/zone/) and that
// Caddy writes, whose "request" is an object (https://caddyserver.com/docs/logging).
type jsonRequest struct {
	Request       json.RawMessage `json:"request"`
	RequestMethod string          `json:"request_method"`
	RequestURI    string          `json:"request_uri"`
	URI           string          `json:"uri"`
	Args          string          `json:"args"`
	Status        json.RawMessage `json:"status"`
	Host          string          `json:"host"`
	HTTPHost      string          `json:"http_host"`
	Referer       *string         `json:"http_referer"`
	Agent         *string         `json:"http_user_agent"`
	TimeISO       string          `json:"time_iso8601"`
	TimeLocal     string          `json:"time_local"`
	TS            json.RawMessage `json:"ts"`

	CFHost    string          `json:"ClientRequestHost"`
	CFMethod  string          `json:"ClientRequestMethod"`
	CFURI     string          `json:"ClientRequestURI"`
	CFReferer *string         `json:"ClientRequestReferer"`
	CFAgent   *string         `json:"ClientRequestUserAgent"`
	CFStatus  json.RawMessage `json:"EdgeResponseStatus"`
	CFStart   json.RawMessage `json:"EdgeStartTimestamp"`
}

// caddyRequest is the object "request" of a line of Caddy.
type caddyRequest struct {
	Method  string              `json:"method"`
	Host    string              `json:"host"`
	URI     string              `json:"uri"`
	Headers map[string][]string `json:"headers"`
}

func detectJSONLog(text string) string {
	line := []byte(firstLine(text))
	var q request
	if !bytes.HasPrefix(line, []byte("{")) || !(&logReader{}).json(line, &q) || len(q.status) == 0 {
		return ""
	}
	return "a JSON object with method, address and status in each line"
}

func readJSONLog(s *session, in io.Reader) error {
	s.rep.Used = []string{"request_method", "request_uri", "status", "host", "http_referer", "http_user_agent", "time_iso8601"}
	l := newLogReader(s)
	l.form = l.json
	return l.run(in)
}

func (l *logReader) json(line []byte, q *request) bool {
	var j jsonRequest
	if json.Unmarshal(line, &j) != nil {
		return false
	}
	q.status = bytes.Trim(j.Status, `"`)
	target, method, host := first(j.RequestURI, j.URI), j.RequestMethod, first(j.HTTPHost, j.Host)
	referrer, agent := j.Referer, j.Agent
	switch {
	case j.CFURI != "":
		target, method, host, referrer, agent = j.CFURI, j.CFMethod, j.CFHost, j.CFReferer, j.CFAgent
		q.status = bytes.Trim(j.CFStatus, `"`)
	case len(j.Request) > 0 && j.Request[0] == '{':
		var c caddyRequest
		if json.Unmarshal(j.Request, &c) != nil {
			return false
		}
		target, method, host = c.URI, c.Method, c.Host
		one := func(name string) *string {
			v := ""
			if values := c.Headers[name]; len(values) > 0 {
				v = values[0]
			}
			return &v
		}
		referrer, agent = one("Referer"), one("User-Agent")
	case len(j.Request) > 0:
		var ask string
		if json.Unmarshal(j.Request, &ask) != nil {
			return false
		}
		if words := strings.Fields(ask); len(words) >= 2 {
			method, target = words[0], first(j.RequestURI, words[1])
		}
	}
	if j.RequestURI == "" && j.URI != "" && j.Args != "" && !strings.Contains(target, "?") {
		target += "?" + j.Args
	}
	if referrer != nil {
		q.referrer = []byte(*referrer)
		if q.referrer == nil {
			q.referrer = []byte{}
		}
		l.log.TellsReferrer = true
	}
	if agent != nil {
		q.agent = []byte(*agent)
		if q.agent == nil {
			q.agent = []byte{}
		}
		l.log.TellsPrograms = true
	}
	q.method, q.target, q.host = []byte(method), []byte(target), []byte(host)
	q.day = jsonTime(j)
	copy(q.date[:], q.day.Format(time.DateOnly))
	return method != "" && strings.HasPrefix(target, "/")
}

func first(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}

// jsonTime reads the day of a request: RFC 3339, the form of Apache, or seconds or
// nanoseconds since 1970.
func jsonTime(j jsonRequest) time.Time {
	text := first(j.TimeISO, j.TimeLocal, strings.Trim(string(j.CFStart), `"`), strings.Trim(string(j.TS), `"`))
	for _, layout := range []string{time.RFC3339Nano, "02/Jan/2006:15:04:05 -0700"} {
		if t, err := time.Parse(layout, text); err == nil {
			return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
		}
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && f > 0 {
		if f > 1e14 { // nanoseconds
			f /= 1e9
		}
		if f < 1e11 {
			return time.Unix(int64(f), 0).UTC().Truncate(24 * time.Hour)
		}
	}
	return time.Time{}
}
