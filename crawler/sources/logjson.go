package sources

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Members of an object that logs in JSON have, under the names that nginx gives its
// variables (https://nginx.org/en/docs/varindex.html), that Cloudflare's HTTP requests
// have (https://developers.cloudflare.com/logs/reference/log-fields/zone/) and that
// Caddy writes, whose "request" is an object (https://caddyserver.com/docs/logging).
const (
	jMethod = iota
	jURI
	jPath
	jArgs
	jRequest // nginx: "GET / HTTP/1.1"
	jStatus
	jHost
	jReferrer
	jAgent
	jTime
	jMembers
)

func jsonMember(name []byte) (member int, ok bool) {
	switch string(name) {
	case "request_method", "ClientRequestMethod", "method":
		return jMethod, true
	case "request_uri", "ClientRequestURI":
		return jURI, true
	case "uri":
		return jPath, true
	case "args":
		return jArgs, true
	case "request":
		return jRequest, true
	case "status", "EdgeResponseStatus":
		return jStatus, true
	case "http_host", "host", "ClientRequestHost":
		return jHost, true
	case "http_referer", "ClientRequestReferer":
		return jReferrer, true
	case "http_user_agent", "ClientRequestUserAgent":
		return jAgent, true
	case "time_iso8601", "time_local", "EdgeStartTimestamp", "ts":
		return jTime, true
	}
	return 0, false
}

// jsonLog is a log with one JSON object a line.
type jsonLog struct {
	l     *logReader
	line  bytes.Buffer
	dec   *jsontext.Decoder
	had   [jMembers]bool
	value [jMembers][]byte // the buffers are used again for each line
	last  []byte           // time of the line before, and what it means
	day   time.Time
}

func newJSONLog(l *logReader) *jsonLog {
	j := &jsonLog{l: l}
	j.dec = jsontext.NewDecoder(&j.line)
	return j
}

func detectJSONLog(text string) string {
	line := []byte(firstLine(text))
	var q request
	if !bytes.HasPrefix(line, []byte("{")) || !newJSONLog(&logReader{}).form(line, &q) || len(q.status) == 0 {
		return ""
	}
	return "a JSON object with method, address and status in each line"
}

func readJSONLog(s *session, in io.Reader) error {
	s.rep.Used = []string{"request_method", "request_uri", "status", "host", "http_referer", "http_user_agent", "time_iso8601"}
	l := newLogReader(s)
	l.form, l.clock = newJSONLog(l).form, jsonTime
	return l.run(in)
}

func (j *jsonLog) form(line []byte, q *request) bool {
	j.line.Reset()
	j.line.Write(line)
	// What stands twice or is no UTF-8 is of no harm here.
	j.dec.Reset(&j.line, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	j.had = [jMembers]bool{}
	if !j.object() {
		return false
	}
	if j.had[jURI] {
		q.target = j.value[jURI]
	} else if q.target = j.text(jPath); j.had[jArgs] && len(j.value[jArgs]) > 0 {
		q.query = j.value[jArgs]
	}
	q.method, q.host, q.status = j.text(jMethod), j.text(jHost), j.text(jStatus)
	if j.had[jRequest] {
		words := bytes.Fields(j.value[jRequest])
		if len(words) < 2 {
			return false
		}
		q.method = words[0]
		if len(q.target) == 0 {
			q.target = words[1]
		}
	}
	if j.had[jReferrer] {
		q.referrer = j.value[jReferrer]
		j.l.log.TellsReferrer = true
	}
	if j.had[jAgent] {
		q.agent = j.value[jAgent]
		j.l.log.TellsPrograms = true
	}
	q.stamp = j.text(jTime)
	if !bytes.Equal(q.stamp, j.last) {
		t := jsonTime(string(q.stamp))
		j.last, j.day = append(j.last[:0], q.stamp...), time.Time{}
		if !t.IsZero() {
			j.day = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
		}
	}
	q.day = j.day
	q.day.AppendFormat(q.date[:0], time.DateOnly)
	scheme, _, whole := bytes.Cut(q.target, []byte("://"))
	return len(q.method) > 0 && (bytes.HasPrefix(q.target, []byte("/")) || whole && isWebScheme(scheme))
}

// text is the value of a member, empty when the line has none.
func (j *jsonLog) text(member int) []byte {
	if !j.had[member] {
		return nil
	}
	return j.value[member]
}

// object reads the members of an object; that of Caddy's request is read as if its
// members stood outside.
func (j *jsonLog) object() bool {
	if tok, err := j.dec.ReadToken(); err != nil || tok.Kind() != '{' {
		return false
	}
	for j.dec.PeekKind() == '"' {
		name, err := j.dec.ReadValue()
		if err != nil {
			return false
		}
		member, wanted := jsonMember(name[1 : len(name)-1])
		caddy := string(name) == `"headers"`
		switch kind := j.dec.PeekKind(); {
		case member == jRequest && wanted && kind == '{':
			if !j.object() {
				return false
			}
		case caddy && kind == '{':
			if !j.headers() {
				return false
			}
		case wanted && (kind == '"' || kind == '0'):
			raw, err := j.dec.ReadValue()
			if err != nil {
				return false
			}
			j.keep(member, raw)
		default:
			if j.dec.SkipValue() != nil {
				return false
			}
		}
	}
	tok, err := j.dec.ReadToken()
	return err == nil && tok.Kind() == '}'
}

// keep copies a value, which lives until the next is read. Of several names for one
// member the first that is not empty counts.
func (j *jsonLog) keep(member int, raw []byte) {
	if j.had[member] && len(j.value[member]) > 0 {
		return
	}
	j.had[member] = true
	if j.value[member] == nil {
		j.value[member] = []byte{}
	}
	if raw[0] != '"' {
		j.value[member] = append(j.value[member][:0], raw...)
		return
	}
	// An error can only be about bytes that are no UTF-8, which are replaced.
	j.value[member], _ = jsontext.AppendUnquote(j.value[member][:0], raw)
}

// headers reads Caddy's headers of a request, lists of texts by name. Those that are
// missing were not sent.
func (j *jsonLog) headers() bool {
	if _, err := j.dec.ReadToken(); err != nil {
		return false
	}
	j.keep(jReferrer, []byte(`""`))
	j.keep(jAgent, []byte(`""`))
	for j.dec.PeekKind() == '"' {
		name, err := j.dec.ReadValue()
		if err != nil {
			return false
		}
		member, wanted := 0, true
		switch string(name) {
		case `"Referer"`:
			member = jReferrer
		case `"User-Agent"`:
			member = jAgent
		default:
			wanted = false
		}
		if !wanted || j.dec.PeekKind() != '[' {
			if j.dec.SkipValue() != nil {
				return false
			}
			continue
		}
		for depth := 0; ; {
			tok, err := j.dec.ReadToken()
			if err != nil {
				return false
			}
			switch tok.Kind() {
			case '[':
				depth++
			case ']':
				depth--
			case '"':
				if j.had[member] = true; len(j.value[member]) == 0 {
					j.value[member] = append(j.value[member][:0], tok.String()...)
				}
			}
			if depth == 0 {
				break
			}
		}
	}
	_, err := j.dec.ReadToken()
	return err == nil
}

// jsonTime reads the time of a request: RFC 3339, the form of Apache, or seconds or
// nanoseconds since 1970.
func jsonTime(text string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "02/Jan/2006:15:04:05 -0700"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || f <= 0 {
		return time.Time{}
	}
	if f > 1e14 { // nanoseconds
		f /= 1e9
	}
	if f > 1e11 {
		return time.Time{}
	}
	return time.UnixMicro(int64(f * 1e6)).UTC()
}
