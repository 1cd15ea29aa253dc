package redirects

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"iter"
)

// Row is a rule as one object of JSON, as the format json-lines holds it.
type Row struct {
	OldURL    string `json:"old_url"` // absolute, or a path for any host
	NewURL    string `json:"new_url,omitempty"`
	Status    int    `json:"status"`
	Match     string `json:"match,omitempty"`      // "prefix", "captured"; empty: exact
	Query     string `json:"query,omitempty"`      // "exact", "ordered", "ignore"; empty: as ParseSource takes it
	KeepQuery bool   `json:"keep_query,omitempty"` // the query of the request is added to the target
	Label     string `json:"label,omitempty"`
}

// RowOf writes a rule as a row.
func RowOf(r Rule) Row {
	row := Row{OldURL: r.Source.URL(), NewURL: r.Target, Status: r.Status, KeepQuery: r.KeepQuery, Label: r.Label}
	switch r.Source.Match {
	case Prefix:
		row.Match = "prefix"
	case Captured:
		row.Match = "captured"
	}
	switch r.Source.QueryAs {
	case QueryExact:
		row.Query = "exact"
	case QueryIgnore:
		row.Query = "ignore"
	case QueryOrdered:
		if parsed, err := ParseSource(row.OldURL); err == nil && parsed.QueryAs != QueryOrdered {
			row.Query = "ordered"
		}
	}
	return row
}

// Rule reads a row; line is where it stands. A status of 0 means 301.
func (row Row) Rule(line int) (Rule, error) {
	s, err := ParseSource(row.OldURL)
	if err != nil {
		return Rule{Line: line}, err
	}
	switch row.Match {
	case "", "exact":
	case "prefix":
		s.Match = Prefix
	case "captured":
		s.Match = Captured
	default:
		return Rule{Line: line}, fmt.Errorf("match %s is not exact, prefix or captured", clip(row.Match))
	}
	switch row.Query {
	case "":
	case "exact":
		s.QueryAs = QueryExact
	case "ordered":
		s.QueryAs = QueryOrdered
	case "ignore":
		s.QueryAs = QueryIgnore
	default:
		return Rule{Line: line}, fmt.Errorf("query %s is not exact, ordered or ignore", clip(row.Query))
	}
	if row.Status == 0 {
		row.Status = 301
	}
	return Rule{Line: line, Source: s, Target: row.NewURL, Status: row.Status, KeepQuery: row.KeepQuery, Label: row.Label}, nil
}

// ReadJSONLines reads a map of one Row a line. Lines that cannot be used yield a
// RowError and reading goes on; a line over 256 KiB ends it.
func ReadJSONLines(r io.Reader) iter.Seq2[Rule, error] {
	return func(yield func(Rule, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, 256<<10)
		for n := 1; lines.Scan(); n++ {
			if len(lines.Bytes()) == 0 {
				continue
			}
			var row Row
			err := json.Unmarshal(lines.Bytes(), &row)
			rule := Rule{Line: n}
			if err != nil {
				err = NewProblem("not an object of JSON", "JSON のオブジェクトではありません")
			} else {
				rule, err = row.Rule(n)
			}
			if err != nil {
				err = NewRowError(n, err, cmp.Or(row.OldURL, lines.Text()), row.NewURL)
			}
			if !yield(rule, err) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(Rule{}, fmt.Errorf("reading redirects as JSON lines: %w", err))
		}
	}
}
