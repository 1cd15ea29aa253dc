package sources

import (
	"bytes"
	"io"
	"net/url"
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
	stamp []byte // date and time of the line
}

func readFieldsLog(s *session, in io.Reader) error {
	f := &fieldsLog{l: newLogReader(s)}
	f.l.form, f.l.directive, f.l.clock = f.form, f.directive, fieldsTime
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
	var host, viewerHost, clock []byte
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
		case "time":
			clock = value
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
	if len(clock) > 0 {
		f.stamp = append(append(append(f.stamp[:0], q.date[:]...), ' '), clock...)
		q.stamp = f.stamp
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

// fieldsTime reads "2026-10-10 01:02:03"; such logs are in UTC.
func fieldsTime(stamp string) time.Time {
	t, err := time.Parse(time.DateTime, stamp)
	if err != nil {
		return time.Time{}
	}
	return t
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
