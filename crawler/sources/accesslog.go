package sources

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Log tells what the requests of an access log were. Of ReadMisses, People and Robots
// are requests for pages in vain, and OtherAnswers all that were answered well enough.
type Log struct {
	People        int  // requests for pages that answered, by programs that people use
	Visits        int  // of those, the ones that began a visit: they came from no page of the shop
	Robots        int  // requests for pages that answered, by search engines and other programs
	Assets        int  // pictures, scripts, styles, fonts
	OtherMethods  int  // not GET
	OtherAnswers  int  // neither 200 nor 30x
	Private       int  // with a mail address left behind the question mark: left out
	Shortened     int  // with parameters about a person, which were left out of the address: the request counts
	Later         int  // of people, on or after Options.Until: left out
	TellsPrograms bool // the log names the program; without that robots cannot be told apart
	TellsReferrer bool // the log names where visitors came from; without that visits cannot be counted
}

// request is one line of a log, as far as it is looked at. The slices live as long as
// the line. There is no field for the address of the visitor.
type request struct {
	scheme   []byte // with its colon and slashes; nil: the log does not say
	host     []byte // nil: the log does not say
	method   []byte
	target   []byte // path and query
	query    []byte // where the log keeps it apart from the path
	status   []byte
	referrer []byte
	agent    []byte
	date     [10]byte // "2026-10-10", to see cheaply whether it is a new day
	day      time.Time
	stamp    []byte // the time as the log writes it; nil: it does not say
}

// logReader counts requests by address.
type logReader struct {
	s        *session
	log      Log
	hits     map[string]*logHits
	order    []string
	robots   map[string]bool // names of programs, as written
	own      string          // host of the shop without "www."
	front    int             // bytes of scheme and host in front of a path
	size     int             // bytes of what is in hits
	lastDate [10]byte
	buf      []byte
	form     func(line []byte, q *request) bool
	// directive takes lines that begin with "#"; nil leaves them out.
	directive func(line []byte)
	clock     func(stamp string) time.Time // reads the time of a request; zero for what is none
	stamp     []byte                       // the last one read, and when it was
	moment    time.Time
	line      int
	misses    *missReader // of ReadMisses only
	personal  personal
	until     string // see Options.Until
	sample    requestSample
}

type logHits struct {
	line           int
	people, visits int
	shortened      bool // something about a person was left out of the address
}

const (
	maxLogLine   = 64 << 10
	logBuffer    = 1 << 20
	maxPrograms  = 100_000 // names that are remembered
	maxProgram   = 512     // bytes of one that is; longer ones are read anew each time
	maxLogTarget = 2048    // what most crawlers allow; longer ones are attacks
)

func newLogReader(s *session) *logReader {
	l := &logReader{s: s, until: s.until, hits: make(map[string]*logHits), robots: make(map[string]bool)}
	if s.beside != nil {
		l.misses = s.beside.misses
	}
	if s.o.BaseURL != nil {
		l.own = strings.TrimPrefix(strings.ToLower(s.o.BaseURL.Hostname()), "www.")
		l.front = len(s.o.BaseURL.Scheme) + len("://") + len(s.o.BaseURL.Host)
	}
	return l
}

// run reads the whole log.
func (l *logReader) run(in io.Reader) error {
	switch l.s.rep.Charset {
	case csUTF16LE, csUTF16BE:
		in = decoded(in, l.s.rep.Charset)
	}
	if err := l.read(in); err != nil {
		l.s.rep.Log = &l.log
		return err
	}
	return l.end()
}

// read takes the bytes in large pieces and hands on line after line. What is kept
// between two pieces is the beginning of one line.
func (l *logReader) read(in io.Reader) error {
	buf, kept, skipping := make([]byte, logBuffer), 0, false
	for {
		if err := l.s.ctx.Err(); err != nil {
			return fmt.Errorf("reading the log: %w", err)
		}
		n, err := in.Read(buf[kept:])
		data := buf[:kept+n]
		for {
			end := bytes.IndexByte(data, '\n')
			if end < 0 {
				break
			}
			if skipping {
				skipping = false
			} else if err := l.take(data[:end]); err != nil {
				return err
			}
			data = data[end+1:]
		}
		kept = copy(buf, data)
		if skipping {
			kept = 0
		} else if kept > maxLogLine {
			if err := l.tooLong(); err != nil {
				return err
			}
			kept, skipping = 0, true
		}
		switch {
		case errors.Is(err, io.EOF):
			if kept > 0 {
				return l.take(buf[:kept])
			}
			return nil
		case err != nil:
			return fmt.Errorf("reading the log after line %d: %w", l.line, err)
		}
	}
}

func (l *logReader) tooLong() error {
	l.line++
	l.s.rep.Rows++
	return l.s.refuse(l.line, "a line of more than %d KiB", maxLogLine>>10)
}

// take counts one line. Messages never quote it: it begins with the visitor's address.
func (l *logReader) take(line []byte) error {
	l.line++
	if line = bytes.TrimSuffix(line, []byte{'\r'}); l.line == 1 {
		for bytes.HasPrefix(line, []byte(mark)) {
			line = line[len(mark):]
		}
	}
	if len(line) == 0 {
		return nil
	}
	if line[0] == '#' {
		if l.directive != nil {
			l.directive(line)
		}
		return nil
	}
	if len(line) > maxLogLine {
		l.line--
		return l.tooLong()
	}
	l.s.rep.Rows++
	var q request
	if !l.form(line, &q) {
		return l.s.refuse(l.line, "not a line of this log")
	}
	q.splitTarget()
	if l.misses != nil {
		l.misses.count(l, &q)
		return nil
	}
	l.count(&q)
	return nil
}

// splitTarget takes a request apart that names the whole address, as programs write it to
// a proxy. The host in it counts, whatever the header of the request says (RFC 9112,
// 3.2.2). A user's name in front of it is not kept.
func (q *request) splitTarget() {
	end := bytes.Index(q.target, []byte("://"))
	if end < 0 || !isWebScheme(q.target[:end]) {
		return
	}
	end += len("://")
	q.scheme, q.host, q.target = q.target[:end], q.target[end:], []byte("/")
	if end = bytes.IndexAny(q.host, "/?"); end >= 0 {
		q.host, q.target = q.host[:end], q.host[end:]
	}
	q.host = q.host[bytes.LastIndexByte(q.host, '@')+1:]
}

func isWebScheme(scheme []byte) bool {
	return bytes.EqualFold(scheme, []byte("http")) || bytes.EqualFold(scheme, []byte("https"))
}

var get = []byte("GET")

func (l *logReader) count(q *request) {
	switch {
	case !bytes.Equal(q.method, get):
		l.log.OtherMethods++
		return
	case len(q.status) != 3 || !(string(q.status) == "200" || q.status[0] == '3' && q.status[1] == '0'):
		l.log.OtherAnswers++
		return
	case isAsset(q.target):
		l.log.Assets++
		return
	case l.isRobot(q.agent):
		l.log.Robots++
		return
	}
	l.spell(q)
	short := l.withoutPersonal()
	if at := bytes.IndexByte(l.buf, '?'); at >= 0 && hasMail(l.buf[at:]) {
		l.log.Private++
		return
	}
	if l.until != "" && string(q.date[:]) >= l.until {
		l.log.Later++
		return
	}
	if short {
		l.log.Shortened++
	}
	l.log.People++
	l.seeDay(q)
	l.sample.add(q, l.buf)
	h := l.hits[string(l.buf)]
	if h == nil {
		if !l.roomFor(len(l.hits), l.s.kept.most, l.s.kept.room) {
			return
		}
		l.size += l.cost()
		h = &logHits{line: l.line}
		key := string(l.buf)
		l.hits[key] = h
		l.order = append(l.order, key)
	}
	h.people++
	h.shortened = h.shortened || short
	if q.referrer != nil && !l.fromShop(q.referrer, q.host) {
		l.log.Visits++
		h.visits++
	}
}

// cost is what the address in l.buf will take once it is kept, see kept.address.
func (l *logReader) cost() int { return len(l.buf) + l.front + addressCost }

// roomFor says whether the address in l.buf can be kept beside the have that are, and
// counts the request as left out when not.
func (l *logReader) roomFor(have, most, room int) bool {
	k := l.s.kept
	switch {
	case len(l.buf) > maxLogTarget:
		k.long++
		return false
	case have >= most:
		k.dropped++
		return false
	case l.size+l.cost() > room:
		k.dropped++
		k.full = true
		return false
	}
	return true
}

// when is the time of a request, zero when the log does not say.
func (l *logReader) when(q *request) time.Time {
	if len(q.stamp) == 0 || l.clock == nil {
		return time.Time{}
	}
	if !bytes.Equal(q.stamp, l.stamp) {
		l.stamp = append(l.stamp[:0], q.stamp...)
		l.moment = l.clock(string(q.stamp))
	}
	return l.moment
}

// seeDay widens the period of the log by the day of a request.
func (l *logReader) seeDay(q *request) {
	if q.date == l.lastDate {
		return
	}
	l.lastDate = q.date
	d := q.day
	if d.IsZero() {
		d = logDay(q.date[:])
	}
	l.s.see(d)
}

// spell puts scheme, host, path and query of a request together in l.buf.
func (l *logReader) spell(q *request) {
	l.buf = append(append(append(l.buf[:0], q.scheme...), q.host...), q.target...)
	if len(q.query) > 0 && !(len(q.query) == 1 && q.query[0] == '-') {
		l.buf = append(append(l.buf, '?'), q.query...)
	}
}

// hasMail says whether a mail address stands in the query of a request: forms of shops
// send them so, and they are kept nowhere.
func hasMail(target []byte) bool {
	if start := bytes.IndexByte(target, '?'); start >= 0 {
		target = target[start:]
	} else if bytes.HasPrefix(target, []byte("/")) {
		return false
	}
	return bytes.IndexByte(target, '@') >= 0 || bytes.Contains(target, []byte("%40"))
}

// fromShop says whether a request was led there by a page of the shop.
func (l *logReader) fromShop(referrer, host []byte) bool {
	_, rest, ok := bytes.Cut(referrer, []byte("://"))
	if !ok {
		return false
	}
	if end := bytes.IndexAny(rest, "/?#:"); end >= 0 {
		rest = rest[:end]
	}
	rest = bytes.TrimPrefix(rest, []byte("www."))
	if name, _, _ := bytes.Cut(host, []byte(":")); len(name) > 0 && bytes.EqualFold(rest, bytes.TrimPrefix(name, []byte("www."))) {
		return true
	}
	return l.own != "" && string(rest) == l.own
}

// isRobot says whether a program is one that no person uses. Names are as programs
// write them; an empty one hides something. A log that names no programs (agent nil)
// tells nothing.
func (l *logReader) isRobot(agent []byte) bool {
	if agent == nil {
		return false
	}
	if robot, ok := l.robots[string(agent)]; ok {
		return robot
	}
	robot := robotName(string(agent))
	if len(l.robots) < maxPrograms && len(agent) <= maxProgram {
		l.robots[string(agent)] = robot
	}
	return robot
}

// robotWords stand in the names of programs that fetch pages by themselves: search
// engines and link databases call themselves bot, crawler or spider, libraries by
// their names.
var robotWords = regexp.MustCompile(`(?i)bot|crawl|spider|slurp|mediapartners|facebookexternalhit|feedfetcher|scan|monitor|preview|headless|lighthouse|` +
	`curl/|wget/|python|go-http-client|java/|okhttp|libwww|httpclient|axios|node-fetch|ruby|perl|php/|screaming frog|sitebulb|replatform|validator|archiver|https?://`)

func robotName(agent string) bool {
	return agent == "" || agent == "-" || robotWords.MatchString(agent)
}

// isAsset says whether a request is for a part of a page. Feeds and sitemaps are no
// pages either.
func isAsset(target []byte) bool {
	if end := bytes.IndexByte(target, '?'); end >= 0 {
		target = target[:end]
	}
	dot := bytes.LastIndexByte(target, '.')
	if dot < 0 || len(target)-dot > 12 || bytes.IndexByte(target[dot:], '/') >= 0 {
		return false
	}
	switch string(bytes.ToLower(target[dot+1:])) {
	case "css", "js", "mjs", "map", "json", "xml", "txt", "gz", "png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico", "bmp",
		"woff", "woff2", "ttf", "otf", "eot", "mp4", "webm", "mp3", "webmanifest", "swf":
		return true
	}
	return false
}

// end turns the counts into addresses. Visits are sessions that began on the page.
func (l *logReader) end() error {
	s := l.s
	s.rep.Log = &l.log
	s.rep.Requests = l.sample.requests()
	if l.log.Later > 0 {
		s.note(noteLater, l.log.Later, l.until)
	}
	if l.log.Private > 0 {
		s.note(noteMail, l.log.Private)
	}
	l.noteShortened()
	if l.log.People > 0 && !l.log.TellsReferrer && l.misses == nil {
		s.note(noteNoVisits)
	}
	if l.log.People > 0 && !l.log.TellsPrograms {
		s.note(noteNoPrograms)
	}
	s.rep.Used = slices.DeleteFunc(s.rep.Used, func(name string) bool {
		return name == "referer" && !l.log.TellsReferrer || name == "user-agent" && !l.log.TellsPrograms
	})
	for i, key := range l.order {
		h := l.hits[key]
		delete(l.hits, key) // the address is kept from here on: not both for all of them
		l.order[i] = ""
		figures := Figures{}
		if l.log.TellsReferrer && l.log.TellsPrograms {
			figures.Sessions = float64(h.visits)
		}
		ref := l.absolute(key)
		if u, reason := s.pageAddress(ref); reason != "" || u == "" { // "GET //x", "GET *"; not quoted, see take
			if err := s.refuse(h.line, "a request for something that is no address"); err != nil {
				return err
			}
			continue
		}
		if err := s.place(h.line, ref, "", figures); err != nil {
			return err
		}
	}
	l.hits, l.order = nil, nil
	return nil
}

// absolute puts scheme and host in front of a path, where the log names the host; the
// port tells the scheme, unless the log does.
func (l *logReader) absolute(key string) string {
	if scheme, _, ok := strings.Cut(key, "://"); ok && isWebScheme([]byte(scheme)) {
		return key
	}
	host, path, ok := strings.Cut(key, "/")
	if !ok || host == "" {
		return key
	}
	name, port, _ := strings.Cut(host, ":")
	switch {
	case port == "443":
		return "https://" + name + "/" + path
	case port == "80":
		return "http://" + name + "/" + path
	case l.s.o.BaseURL != nil:
		return l.s.o.BaseURL.Scheme + "://" + key
	}
	return "https://" + key
}

// logDay reads the day that a form has noted.
func logDay(date []byte) time.Time {
	t, err := time.Parse(time.DateOnly, string(date))
	if err != nil {
		return time.Time{}
	}
	return t
}

// combinedLine matches the beginning of a line in the common or combined form
// (https://httpd.apache.org/docs/current/mod/mod_log_config.html,
// https://nginx.org/en/docs/http/ngx_http_log_module.html), with or without the name
// of the host in front.
var combinedLine = regexp.MustCompile(`^\S+ \S+ \S.*\[\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}\] "`)

func detectAccessLog(text string) string {
	if combinedLine.MatchString(firstLine(text)) {
		return "the first line has time and request as Apache and nginx write them"
	}
	return ""
}

func readAccessLog(s *session, in io.Reader) error {
	s.rep.Used = []string{"time", "request", "status", "referer", "user-agent"}
	l := newLogReader(s)
	l.form, l.clock = l.combined, apacheTime
	return l.run(in)
}

// stampLen is the length of "[10/Oct/2026:13:55:36 +0900]".
const stampLen = 28

// apacheTime reads "10/Oct/2026:13:55:36 +0900".
func apacheTime(stamp string) time.Time {
	t, err := time.Parse("02/Jan/2006:15:04:05 -0700", stamp)
	if err != nil {
		return time.Time{}
	}
	return t
}

// combined takes a line apart that has the request behind the time. What stands before
// the time is skipped, but for the name of a host in front of the visitor's address.
func (l *logReader) combined(line []byte, q *request) bool {
	at := bytes.IndexByte(line, '[')
	for at >= 0 && !(at+stampLen+2 < len(line) && line[at+stampLen-1] == ']' && line[at+stampLen+1] == '"' && line[at+3] == '/') {
		next := bytes.IndexByte(line[at+1:], '[')
		if next < 0 {
			return false
		}
		at += 1 + next
	}
	if at < 0 {
		return false
	}
	if bytes.Count(line[:at], []byte{' '}) == 4 { // host:port visitor - user [
		name, visitor, _ := bytes.Cut(line[:at], []byte{' '})
		visitor, _, _ = bytes.Cut(visitor, []byte{' '})
		if isVisitor(visitor) && !isVisitor(name) {
			q.host = name
		}
	}
	q.stamp = line[at+1 : at+stampLen-1]
	stamp := q.stamp[:11]
	month := slices.Index(months[:], string(stamp[3:6]))
	if month < 0 {
		return false
	}
	copy(q.date[:], stamp[7:11])
	q.date[4], q.date[7] = '-', '-'
	q.date[5], q.date[6] = '0'+byte((month+1)/10), '0'+byte((month+1)%10)
	q.date[8], q.date[9] = stamp[0], stamp[1]
	rest := line[at+stampLen+2:]
	ask, rest, ok := quotedPart(rest)
	if !ok || len(rest) < 4 || rest[0] != ' ' {
		return false
	}
	if sp := bytes.IndexByte(ask, ' '); sp > 0 {
		q.method = ask[:sp]
		q.target = ask[sp+1:]
		if sp = bytes.LastIndexByte(q.target, ' '); sp >= 0 && bytes.HasPrefix(q.target[sp+1:], []byte("HTTP/")) {
			q.target = q.target[:sp]
		}
	}
	q.status = rest[1:4]
	rest = rest[4:]
	if quote := bytes.IndexByte(rest, '"'); quote >= 0 {
		if q.referrer, rest, ok = quotedPart(rest[quote+1:]); !ok {
			return false
		}
		l.log.TellsReferrer = true
		if quote = bytes.IndexByte(rest, '"'); quote >= 0 {
			if q.agent, _, ok = quotedPart(rest[quote+1:]); !ok {
				return false
			}
			l.log.TellsPrograms = true
		}
	}
	return len(q.method) == 0 || len(q.target) > 0
}

// isVisitor says whether a word is the address of a machine: it must never be taken for
// the name of a host, because names are kept.
func isVisitor(word []byte) bool {
	if _, err := netip.ParseAddr(string(word)); err == nil {
		return true
	}
	_, err := netip.ParseAddrPort(string(word))
	return err == nil
}

var months = [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}

// quotedPart gives what stands before the closing quotation mark; Apache writes marks
// inside with a backslash.
func quotedPart(b []byte) (part, rest []byte, ok bool) {
	for from := 0; ; {
		end := bytes.IndexByte(b[from:], '"')
		if end < 0 {
			return nil, nil, false
		}
		end += from
		if end == 0 || b[end-1] != '\\' {
			return b[:end], b[end+1:], true
		}
		from = end + 1
	}
}
