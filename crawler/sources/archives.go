package sources

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// capture is one line of an archive's index.
type capture struct {
	URL       string `json:"url"`
	Timestamp string `json:"timestamp"`
	Status    string `json:"status"`
	Mime      string `json:"mime"`
	MimeSeen  string `json:"mime-detected"`
}

// archived takes a capture of a page that answered. Archives also know pictures,
// scripts and errors: those are passed over. What they say of worth is nothing.
func (s *session) archived(line int, c capture) error {
	s.rep.Rows++
	mime := strings.ToLower(c.MimeSeen)
	if mime == "" || mime == "unk" {
		mime = strings.ToLower(c.Mime)
	}
	answered := c.Status == "200" || c.Status == "-" || c.Status == "" || strings.HasPrefix(c.Status, "30")
	page := strings.Contains(mime, "html") || mime == "" || mime == "unk" || mime == "warc/revisit" || strings.HasPrefix(c.Status, "30")
	if !answered || !page {
		s.rep.Passed++
		return nil
	}
	u, reason := s.pageAddress(c.URL)
	if reason != "" {
		return s.refuse(line, reason, short(c.URL))
	}
	s.kept.address(line, u, "")
	return nil
}

// eachLine reads text line by line; blank lines are left out.
func (s *session) eachLine(in io.Reader, fn func(line string, n int) error) error {
	lines := newLineReader(decoded(in, s.rep.Charset), "\n")
	for {
		if err := s.ctx.Err(); err != nil {
			return fmt.Errorf("reading the file: %w", err)
		}
		line, n, err := lines.next()
		if err != nil {
			if err = s.passBroken(err); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
			continue
		}
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if err := fn(line, n); err != nil {
			return err
		}
	}
}

// waybackNames are the fields of a line without names, in their order.
const waybackNames = "urlkey timestamp original mimetype statuscode digest length"

func detectWayback(text string) string {
	line := firstLine(text)
	if f := strings.Fields(line); len(f) >= 5 && len(f) <= 9 && len(f[1]) == 14 && digits(f[1]) && strings.HasPrefix(f[2], "http") {
		return "the first line is a capture: key, time, address"
	}
	if names, ok := jsonRow(line); ok && contains(names, "original") {
		return `the first row names "original"`
	}
	return ""
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// jsonRow reads one row of a list of lists, as the CDX server writes them: a row a
// line, the outer brackets around the first and the last.
func jsonRow(line string) ([]string, bool) {
	line = strings.TrimSuffix(strings.TrimSpace(line), ",")
	if strings.HasPrefix(line, "[[") {
		line = line[1:]
	}
	if strings.HasSuffix(line, "]]") {
		line = line[:len(line)-1]
	}
	var row []string
	if !strings.HasPrefix(line, "[") || json.Unmarshal([]byte(line), &row) != nil {
		return nil, false
	}
	return row, true
}

// readWayback reads the index of the Wayback Machine, as lines of words or as JSON. A
// resume key at the end, behind an empty row, is left out.
func readWayback(s *session, in io.Reader) error {
	names, ended, fewest := strings.Fields(waybackNames), false, 3
	s.rep.Used = []string{"original", "mimetype", "statuscode"}
	return s.eachLine(in, func(line string, n int) error {
		fields := strings.Fields(line)
		if line[0] == '[' {
			row, ok := jsonRow(line)
			switch {
			case !ok && (line == "[" || line == "]" || line == "[]"):
				return nil
			case !ok:
				s.rep.Rows++
				return s.refuse(n, "not a row of JSON")
			case contains(row, "original"):
				names, fewest = row, 1 // "fl=original" asks for no more
				return nil
			case len(row) == 0:
				ended = true
				return nil
			}
			fields = row
		}
		if ended || len(fields) < fewest && len(fields) == 1 && n > 1 { // the resume key
			return nil
		}
		if len(fields) > len(names) || len(fields) < fewest {
			s.rep.Rows++
			return s.refuse(n, "%d fields, the first line names %d", len(fields), len(names))
		}
		var c capture
		for i, f := range fields {
			switch names[i] {
			case "original":
				c.URL = f
			case "mimetype":
				c.Mime = f
			case "statuscode":
				c.Status = f
			}
		}
		return s.archived(n, c)
	})
}

func detectCommonCrawl(text string) string {
	var c capture
	if json.Unmarshal([]byte(commonCrawlJSON(firstLine(text))), &c) == nil && c.URL != "" && len(c.Timestamp) == 14 {
		return `a JSON object with "url" and "timestamp" in each line`
	}
	return ""
}

// commonCrawlJSON is the object of a line, which in the index files themselves stands
// behind key and time.
func commonCrawlJSON(line string) string {
	if i := strings.IndexByte(line, '{'); i > 0 {
		return line[i:]
	}
	return line
}

func readCommonCrawl(s *session, in io.Reader) error {
	s.rep.Used = []string{"url", "status", "mime", "mime-detected"}
	return s.eachLine(in, func(line string, n int) error {
		var c capture
		if err := json.Unmarshal([]byte(commonCrawlJSON(line)), &c); err != nil {
			s.rep.Rows++
			return s.refuse(n, "not an object of JSON")
		}
		return s.archived(n, c)
	})
}
