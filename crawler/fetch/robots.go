package fetch

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// MaxRobots is how much of a robots.txt is read. RFC 9309 section 2.5 asks for at
// least 500 KiB; Google ignores what comes after.
const MaxRobots = 500 << 10

// MaxCrawlDelay is the longest Crawl-delay that is believed.
const MaxCrawlDelay = 24 * time.Hour

// Robots holds the rules of one robots.txt. A nil *Robots allows everything.
// It is never changed once made, so many goroutines may ask it.
type Robots struct {
	agents   map[string]*agentRules // by product token in lower case, or "*"
	sitemaps []string
	closed   string // when set, everything is disallowed, and this says why
}

type agentRules struct {
	sets  [][]robotsRule // one per group that names the agent
	delay time.Duration
}

type robotsRule struct {
	allow    bool
	text     string   // as the file has it, for the report
	parts    []string // the pattern, cut at each "*"
	anchored bool     // the pattern ended in "$"
	length   int
}

// ParseRobots reads a robots.txt by RFC 9309 (2022-09,
// https://www.rfc-editor.org/rfc/rfc9309.html). It never fails: lines that it does
// not understand are passed over, as the RFC asks, and what comes after [MaxRobots]
// is not read. Two records beyond the RFC are kept, neither of which ends a group:
// Sitemap, and Crawl-delay, which is honoured as a courtesy.
func ParseRobots(body []byte) *Robots {
	body = bytes.TrimPrefix(body[:min(len(body), MaxRobots)], []byte("\xef\xbb\xbf"))
	p := robotsParser{r: &Robots{agents: map[string]*agentRules{}}}
	for len(body) > 0 {
		line := body
		if i := bytes.IndexAny(body, "\r\n"); i >= 0 {
			line, body = body[:i], body[i+1:]
		} else {
			body = nil
		}
		if i := bytes.IndexByte(line, '#'); i >= 0 {
			line = line[:i]
		}
		key, value, ok := strings.Cut(string(line), ":")
		if ok {
			p.record(lowerASCII(strings.TrimSpace(key)), strings.TrimSpace(value))
		}
	}
	p.endGroup()
	return p.r
}

// robotsParser gathers the group that is being read.
type robotsParser struct {
	r      *Robots
	agents []string
	delays []time.Duration // beside agents; 0 where none was given
	rules  []robotsRule
	inBody bool // a rule has been seen: the next User-agent begins a new group
}

func (p *robotsParser) record(key, value string) {
	switch key {
	case "user-agent":
		if p.inBody {
			p.endGroup()
		}
		token := "*"
		if !strings.HasPrefix(value, "*") {
			token = productToken(value)
		}
		if token != "" {
			p.agents = append(p.agents, token)
			p.delays = append(p.delays, 0)
		}
	case "allow", "disallow":
		p.inBody = true
		if value != "" && len(p.agents) > 0 {
			p.rules = append(p.rules, newRobotsRule(key == "allow", value))
		}
	case "crawl-delay":
		// Not "not inBody" as for rules: Google reads "User-agent: a, Crawl-delay,
		// User-agent: b" as one group, and the delay as a's.
		if d, ok := parseDelay(value); ok {
			for i := range p.delays {
				if p.delays[i] == 0 {
					p.delays[i] = d
				}
			}
		}
	case "sitemap":
		if value != "" {
			p.r.sitemaps = append(p.r.sitemaps, value)
		}
	}
}

func (p *robotsParser) endGroup() {
	for i, token := range p.agents {
		a := p.r.agents[token]
		if a == nil {
			a = &agentRules{}
			p.r.agents[token] = a
		}
		// Naming an agent twice in one group must not double its rules.
		if n := len(a.sets); len(p.rules) > 0 && (n == 0 || &a.sets[n-1][0] != &p.rules[0]) {
			a.sets = append(a.sets, p.rules)
		}
		a.delay = max(a.delay, p.delays[i])
	}
	p.agents, p.delays, p.rules, p.inBody = nil, nil, nil, false
}

func parseDelay(s string) (time.Duration, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !(f > 0) {
		return 0, false
	}
	if f > MaxCrawlDelay.Seconds() {
		return MaxCrawlDelay, true
	}
	return time.Duration(f * float64(time.Second)), true
}

// productToken is the part of a User-Agent value that robots.txt names: letters,
// "_" and "-" (RFC 9309 section 2.2.1), in lower case.
func productToken(agent string) string {
	i := 0
	for i < len(agent) {
		c := agent[i]
		if !('a' <= c|0x20 && c|0x20 <= 'z' || c == '_' || c == '-') {
			break
		}
		i++
	}
	return lowerASCII(agent[:i])
}

func newRobotsRule(allow bool, pattern string) robotsRule {
	r := robotsRule{allow: allow, text: "Disallow: " + pattern}
	if allow {
		r.text = "Allow: " + pattern
	}
	if strings.HasSuffix(pattern, "$") {
		r.anchored = true
		pattern = pattern[:len(pattern)-1]
		r.length = 1
	}
	r.parts = strings.Split(pattern, "*")
	r.length += len(r.parts) - 1
	for i, part := range r.parts {
		r.parts[i] = comparable9309(part)
		r.length += len(r.parts[i]) - 2*strings.Count(part, "$") // each is three bytes now, and one in the file
	}
	return r
}

// comparable9309 brings a path to the form in which RFC 9309 section 2.2.2 compares:
// everything but unreserved and reserved characters percent-encoded, escapes of
// unreserved characters undone, hex digits in upper case. "*" and "$" are escaped, so
// that they can be told from the wildcards of a pattern.
func comparable9309(s string) string {
	clean := true
	for i := 0; i < len(s); i++ {
		if robotsClass[s[i]] != classKeep {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	out := make([]byte, 0, len(s)+16)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && isEscape(s[i:]) {
			v := unhex(s[i+1])<<4 | unhex(s[i+2])
			i += 2
			if isUnreserved(v) {
				out = append(out, v)
				continue
			}
			c = v
		} else if robotsClass[c] == classKeep {
			out = append(out, c)
			continue
		}
		out = append(out, '%', upperHex[c>>4], upperHex[c&15])
	}
	return string(out)
}

const (
	classEscape = iota // also "%", "*" and "$"
	classKeep
)

var robotsClass = func() (t [256]uint8) {
	for c := range t {
		if isUnreserved(byte(c)) || strings.IndexByte(":/?#[]@!&'()+,;=", byte(c)) >= 0 {
			t[c] = classKeep
		}
	}
	return t
}()

// isUnreserved: RFC 3986 section 2.3.
func isUnreserved(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

// matches says whether the pattern fits the beginning of path, or the whole of it
// when anchored. Taking the leftmost place for each part is enough, since "*" is the
// only wildcard; so no input makes it slow.
func (r *robotsRule) matches(path string) bool {
	last := len(r.parts) - 1
	if !strings.HasPrefix(path, r.parts[0]) {
		return false
	}
	path = path[len(r.parts[0]):]
	if last == 0 {
		return !r.anchored || path == ""
	}
	for _, part := range r.parts[1:last] {
		i := strings.Index(path, part)
		if i < 0 {
			return false
		}
		path = path[i+len(part):]
	}
	if r.anchored {
		return strings.HasSuffix(path, r.parts[last])
	}
	return strings.Contains(path, r.parts[last])
}

// rulesFor returns the rules of the agent's own groups, or of "*" where it has none.
func (r *Robots) rulesFor(agent string) *agentRules {
	if r == nil {
		return nil
	}
	if a := r.agents[productToken(agent)]; a != nil {
		return a
	}
	return r.agents["*"]
}

// Allowed says whether agent, a product token or a whole User-Agent value, may ask
// for rawPathQuery, the path and query as they are sent ("/?pid=1"). The longest
// matching rule decides, Allow wins a tie. rule is the deciding line, for the report;
// it is empty where no rule matched.
func (r *Robots) Allowed(agent, rawPathQuery string) (ok bool, rule string) {
	if rawPathQuery == "" {
		rawPathQuery = "/"
	}
	if rawPathQuery == "/robots.txt" {
		return true, ""
	}
	if r != nil && r.closed != "" {
		return false, r.closed
	}
	a := r.rulesFor(agent)
	if a == nil {
		return true, ""
	}
	path := comparable9309(rawPathQuery)
	var best *robotsRule
	for _, set := range a.sets {
		for i := range set {
			c := &set[i]
			if best != nil && (c.length < best.length || c.length == best.length && !(c.allow && !best.allow)) {
				continue
			}
			if c.matches(path) {
				best = c
			}
		}
	}
	if best == nil {
		return true, ""
	}
	return best.allow, best.text
}

// CrawlDelay returns the pause between two requests that the file asks of agent, 0
// where it asks none, at most [MaxCrawlDelay]. The record is in no standard; of
// several the longest counts.
func (r *Robots) CrawlDelay(agent string) time.Duration {
	if a := r.rulesFor(agent); a != nil {
		return a.delay
	}
	return 0
}

// Sitemaps returns the values of the Sitemap records in the order of the file. They
// should be absolute URLs, of any host, but are not checked.
func (r *Robots) Sitemaps() []string {
	if r == nil {
		return nil
	}
	return r.sitemaps
}
