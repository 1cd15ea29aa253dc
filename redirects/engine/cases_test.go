package engine

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"replatform/redirects"
)

// caseClass is one class of testdata/cases.yaml.
type caseClass struct {
	Class string
	Needs string   // what an engine must be able to do for "yes" to hold; empty: nothing
	No    []string // addresses that must lead nowhere
	Rows  []caseRow
}

type caseRow struct {
	Old, New, As, Refused string
	Yes, May, No          []string
}

// caseAsk is one address that engines are asked.
type caseAsk struct {
	class        string
	line         int // of its row; 0 for none
	host, target string
	intent       string // yes, may, no
}

// caseTable is the whole file.
type caseTable struct {
	classes []string
	needs   map[string]string
	rows    []caseRow
	asks    []caseAsk
}

// repeated finds {text*count} in an address.
var repeated = regexp.MustCompile(`\{([^{}*]+)\*(\d+)\}`)

func expand(s string) string {
	return repeated.ReplaceAllStringFunc(s, func(m string) string {
		g := repeated.FindStringSubmatch(m)
		n, _ := strconv.Atoi(g[2])
		return strings.Repeat(g[1], n)
	})
}

func readCases(t testing.TB) *caseTable {
	t.Helper()
	file, err := os.ReadFile("testdata/cases.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var classes []caseClass
	dec := yaml.NewDecoder(bytes.NewReader(file))
	dec.KnownFields(true)
	if err := dec.Decode(&classes); err != nil {
		t.Fatal(err)
	}
	table := &caseTable{needs: map[string]string{}}
	for _, c := range classes {
		table.classes = append(table.classes, c.Class)
		table.needs[c.Class] = c.Needs
		ask := func(line int, intent string, addresses ...string) {
			for _, a := range addresses {
				q := caseAsk{class: c.Class, line: line, host: "old.example", target: expand(a), intent: intent}
				if host, target, ok := strings.Cut(q.target, " "); ok {
					q.host, q.target = host, target
				}
				table.asks = append(table.asks, q)
			}
		}
		ask(0, "no", c.No...)
		for _, r := range c.Rows {
			r.Old, r.New = expand(r.Old), expand(r.New)
			if strings.HasPrefix(r.New, "/") && !strings.HasPrefix(r.New, "//") {
				r.New = "https://new.example" + r.New
			}
			table.rows = append(table.rows, r)
			line := len(table.rows)
			if s, err := redirects.ParseSource(r.Old); err == nil && r.Refused == "" && r.As != "captured" {
				own := caseAsk{class: c.Class, line: line, host: "old.example", target: s.RequestTarget(), intent: "yes"}
				if s.Host != "" {
					own.host = s.Host
				}
				table.asks = append(table.asks, own)
			}
			ask(line, "yes", r.Yes...)
			ask(line, "may", r.May...)
			ask(line, "no", r.No...)
		}
	}
	return table
}

// Rules makes the table a map. Rows that cannot be read are errors of their line, as
// from a file.
func (c *caseTable) Rules() iter.Seq2[redirects.Rule, error] {
	return func(yield func(redirects.Rule, error) bool) {
		for i, row := range c.rows {
			r, err := row.rule(i + 1)
			if err != nil {
				err = &redirects.RowError{Line: i + 1, Err: err}
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

func (row caseRow) rule(line int) (redirects.Rule, error) {
	r := redirects.Rule{Line: line, Status: 301}
	var err error
	if r.Source, err = redirects.ParseSource(row.Old); err != nil {
		return r, err
	}
	switch row.New {
	case "410", "451":
		r.Status, _ = strconv.Atoi(row.New)
	default:
		r.Target = row.New
	}
	switch row.As {
	case "":
	case "prefix":
		r.Source.Match = redirects.Prefix
	case "captured":
		r.Source.Match = redirects.Captured
	case "keep":
		r.KeepQuery = true
	case "exact":
		r.Source.QueryAs = redirects.QueryExact
	case "ignore":
		r.Source.QueryAs = redirects.QueryIgnore
	default:
		if r.Status, err = strconv.Atoi(row.As); err != nil {
			return r, errors.New("unknown word in the column as")
		}
	}
	return r, nil
}

// auditCases sorts out what no engine may see, and checks that it is what the table
// says.
func auditCases(t testing.TB, c *caseTable) (accepted redirects.Slice, byLine map[int]redirects.Rule) {
	t.Helper()
	audit, err := redirects.Audit(t.Context(), c, redirects.AuditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	refused := map[int]string{}
	for _, f := range audit.Refused {
		refused[f.Line] = f.Code
	}
	for i, row := range c.rows {
		if refused[i+1] != row.Refused {
			t.Errorf("line %d: %.80q → %.80q: the audit says %q, the table %q", i+1, row.Old, row.New, refused[i+1], row.Refused)
		}
	}
	if accepted, err = redirects.Collect(audit.Accepted); err != nil {
		t.Fatal(err)
	}
	byLine = map[int]redirects.Rule{}
	for _, r := range accepted {
		byLine[r.Line] = r
	}
	return accepted, byLine
}

// outcome of one question to one engine.
type outcome string

const (
	asMeant outcome = "as meant"
	refused outcome = "refused" // the row was refused beforehand, with a reason
	missed  outcome = "missed"  // the visitor is not sent on
	beyond  outcome = "beyond"  // an address that nobody listed is sent on, to the page of its row
	wrong   outcome = "wrong"   // the visitor is sent elsewhere
)

// caseResult is what one engine did with one class.
type caseResult struct {
	count    map[outcome]int
	examples map[outcome][]string
}

// judge compares an answer with what the table means. byLine are the accepted rows.
func (q caseAsk) judge(e Engine, got Answer, byLine map[int]redirects.Rule, refusedBy map[int]string) outcome {
	rule, has := byLine[q.line]
	var want Answer
	if has {
		rule.KeepQuery = rule.KeepQuery || e.Capabilities().Incoming.Value.carries(rule)
		rule = filledFor(rule, q)
		want = answerOf(rule, q.target)
		want.Status = statusOn(e, rule)
	}
	if _, isRefused := refusedBy[q.line]; isRefused && q.intent != "no" {
		return refused
	}
	switch {
	case q.intent == "no" && !got.Fired, q.intent == "may" && (!got.Fired || got == want), q.intent == "yes" && got == want:
		return asMeant
	case q.intent == "yes" && !got.Fired:
		return missed
	case q.intent == "no" && has && got == want:
		return beyond
	}
	// The row of the path alone answers for an engine that does not see the query.
	path, _, _ := strings.Cut(q.target, "?")
	for _, r := range byLine {
		if r.Source.Path == path && !r.Source.HasQuery && got.Location != "" && strings.HasPrefix(got.Location, r.Target) {
			return beyond
		}
	}
	return wrong
}

// filledFor is a captured row with the part of the address that is asked.
func filledFor(r redirects.Rule, q caseAsk) redirects.Rule {
	c, ok, _ := r.Capture()
	if !ok {
		return r
	}
	if address, err := redirects.ParseSource("https://" + q.host + q.target); err == nil {
		part, _ := r.Captured(address)
		r.Target = c.Fill(r.Target, part)
	}
	return r
}

// askCases asks one engine everything: its model and, when there is one, the real
// engine, which must agree.
func askCases(t testing.TB, c *caseTable, byLine map[int]redirects.Rule, e Engine, sel *Selection, s *server) map[string]*caseResult {
	t.Helper()
	model, err := e.Model(sel.Map())
	if err != nil {
		t.Fatal(err)
	}
	refusedBy := map[int]string{}
	for _, r := range sel.Refused {
		refusedBy[r.Line] = r.Code
	}
	differences := 0
	results := map[string]*caseResult{}
	for _, class := range c.classes {
		results[class] = &caseResult{count: map[outcome]int{}, examples: map[outcome][]string{}}
	}
	for _, q := range c.asks {
		got := model.Answer(Request{Host: q.host, Target: q.target})
		if s != nil {
			if real := s.ask(q.host, q.target); real != got {
				if differences++; differences > 12 {
					continue
				}
				t.Errorf("%s: %s %.200q: the engine answers %.300s, the model %.300s", q.class, q.host, q.target, fmt.Sprint(real), fmt.Sprint(got))
			}
		}
		o := q.judge(e, got, byLine, refusedBy)
		r := results[q.class]
		r.count[o]++
		if len(r.examples[o]) < 6 {
			r.examples[o] = append(r.examples[o], fmt.Sprintf("%.60s", strings.TrimPrefix(q.host+" "+q.target, "old.example ")))
		}
	}
	if differences > 12 {
		t.Errorf("%d differences in all", differences)
	}
	return results
}

// TestCases asks every engine that runs here, and the model of every other one, the
// case table. Where an engine differs from what the table means, the reason is known;
// none sends a visitor to another page. With -v it prints engine by class.
func TestCases(t *testing.T) {
	c := readCases(t)
	if len(c.rows) < 300 {
		t.Errorf("%d rows", len(c.rows))
	}
	accepted, byLine := auditCases(t, c)
	run := everyRunner()
	var asked []engineResults
	for _, e := range New(Options{Host: "old.example"}) {
		t.Run(e.ID(), func(t *testing.T) {
			sel, dir := written(t, e, accepted)
			var s *server
			if begin, ok := run[e.ID()]; ok {
				s = begin(t, dir)
			}
			results := engineResults{e, askCases(t, c, byLine, e, sel, s)}
			for _, class := range c.classes {
				r := results.classes[class]
				if r.count[wrong] > 0 {
					t.Errorf("%s: %d addresses lead elsewhere: %q", class, r.count[wrong], r.examples[wrong])
				}
				for _, o := range []outcome{missed, beyond} {
					if r.count[o] > 0 && explain(e, class, c.needs[class], o) == "" {
						t.Errorf("%s: %d addresses %s without a known reason: %q", class, r.count[o], o, r.examples[o])
					}
				}
			}
			if s != nil {
				asked = append(asked, results)
			}
		})
	}
	t.Logf("%d rows, %d addresses asked of each engine; these ran for real:\n%s", len(c.rows), len(c.asks), matrix(c, asked))
}
