package verify

import (
	"bufio"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
	"unicode"
)

// Summary counts results.
type Summary struct {
	Checked  int             `json:"checked"`
	OK       int             `json:"ok"`
	Problems map[Problem]int `json:"problems"`
}

// Add counts one result.
func (s *Summary) Add(r Result) {
	if s.Problems == nil {
		s.Problems = map[Problem]int{}
	}
	s.Checked++
	if r.OK() {
		s.OK++
	} else {
		s.Problems[r.Problem]++
	}
}

// Summarise counts a sequence.
func Summarise(results iter.Seq[Result]) Summary {
	s := Summary{Problems: map[Problem]int{}}
	for r := range results {
		s.Add(r)
	}
	return s
}

// WriteJSON writes {"summary": …, "results": […]}, one result a line. The
// sequence is walked twice.
func WriteJSON(w io.Writer, results iter.Seq[Result]) error {
	b := bufio.NewWriter(w)
	summary, err := json.Marshal(Summarise(results))
	if err != nil {
		return fmt.Errorf("writing results as JSON: %w", err)
	}
	_, _ = fmt.Fprintf(b, "{\"summary\":%s,\n\"results\":[", summary)
	sep := "\n"
	for r := range results {
		line, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("writing results as JSON: %w", err)
		}
		_, _ = b.WriteString(sep)
		_, _ = b.Write(line)
		sep = ",\n"
	}
	_, _ = b.WriteString("\n]}\n")
	if err := b.Flush(); err != nil {
		return fmt.Errorf("writing results as JSON: %w", err)
	}
	return nil
}

// WriteTable writes one line for each result that is not as planned, columns apart
// by tabs: the problem in lang, the old address, the status, where it led. When all
// are as planned it writes nothing.
func WriteTable(w io.Writer, lang string, results iter.Seq[Result]) error {
	b := bufio.NewWriter(w)
	for r := range results {
		if r.OK() {
			continue
		}
		where := r.Location
		if r.Detail != "" && where == "" {
			where = r.Detail
		}
		_, _ = fmt.Fprintf(b, "%s\t%s\t%d\t%s\n", oneLine(r.Words(lang)), oneLine(r.OldURL), r.FirstStatus, oneLine(where))
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("writing results as a table: %w", err)
	}
	return nil
}

// oneLine makes text harmless for a terminal and for columns apart by tabs.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// Suite is what a JUnit file says of the run as a whole.
type Suite struct {
	Name  string
	Host  string // of the machine that asked; empty: localhost
	Began time.Time
	Took  time.Duration
}

// WriteJUnit writes results as the JUnit XML that build servers read: one test
// case for each old address, named by it, with a failure where the answer is not
// as planned. Messages are in lang, "ja" or "en". The sequence is walked twice. The
// form is that of the schema of Apache Ant's reports
// (https://github.com/windyroad/JUnit-Schema).
func WriteJUnit(w io.Writer, suite Suite, lang string, results iter.Seq[Result]) error {
	s := Summarise(results)
	b := bufio.NewWriter(w)
	_, _ = fmt.Fprintf(b, "%s<testsuites>\n  <testsuite name=\"%s\" package=\"redirects\" id=\"0\" timestamp=\"%s\" hostname=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"0\" time=\"%.3f\">\n    <properties/>\n",
		xml.Header, escaped(suite.Name), suite.Began.UTC().Format("2006-01-02T15:04:05"), escaped(cmp.Or(suite.Host, "localhost")), s.Checked, s.Checked-s.OK, suite.Took.Seconds())
	for r := range results {
		name := r.OldURL
		if name == "" {
			name = fmt.Sprintf("line %d", r.Line)
		}
		_, _ = fmt.Fprintf(b, "    <testcase name=\"%s\" classname=\"redirects\" time=\"%.3f\"", escaped(name), r.Elapsed.Seconds())
		if r.OK() {
			_, _ = b.WriteString("/>\n")
			continue
		}
		_, _ = fmt.Fprintf(b, ">\n      <failure type=\"%s\" message=\"%s\">%s</failure>\n    </testcase>\n", escaped(string(r.Problem)), escaped(r.Words(lang)), escaped(r.story()))
	}
	_, _ = b.WriteString("    <system-out/>\n    <system-err/>\n  </testsuite>\n</testsuites>\n")
	if err := b.Flush(); err != nil {
		return fmt.Errorf("writing results as JUnit XML: %w", err)
	}
	return nil
}

// Words says what came of the old address in lang, "ja" or "en": all that is wrong
// with it.
func (r Result) Words(lang string) string {
	words := []string{r.Problem.Text().In(lang)}
	for _, p := range r.Also {
		words = append(words, p.Text().In(lang))
	}
	if lang == "ja" {
		return strings.Join(words, "／")
	}
	return strings.Join(words, "; ")
}

// story tells what was expected and what came, line by line.
func (r Result) story() string {
	var b strings.Builder
	fmt.Fprintf(&b, "line %d\nexpected: %d %s\n", r.Line, r.Status, r.NewURL)
	for _, h := range r.Hops {
		fmt.Fprintf(&b, "%s → %d %s\n", h.URL, h.Status, h.Location)
	}
	if len(r.Hops) == 0 {
		fmt.Fprintf(&b, "answered: %d %s\n", r.FirstStatus, r.Location)
	}
	if r.FinalStatus != 0 {
		fmt.Fprintf(&b, "final: %d %s\n", r.FinalStatus, r.FinalURL)
	}
	if r.Detail != "" {
		b.WriteString(r.Detail + "\n")
	}
	return b.String()
}

// escaped makes text harmless in XML, in an attribute or between tags. Bytes that XML
// cannot hold become U+FFFD.
func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}
