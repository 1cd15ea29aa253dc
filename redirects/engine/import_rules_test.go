package engine

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"replatform/redirects"
)

// imported is a row as an importer stores it.
type imported struct {
	Host, Source, Target string
	Status               int
}

// importRules read the files of formats whose importer cannot be run here, by its
// documented rules, and fail on a row that it would refuse, skip or change. The sources
// are those of each format's capabilities.
func importRules() map[string]func(name string, file []byte) ([]imported, error) {
	return map[string]func(name string, file []byte) ([]imported, error){
		// The source is a path that begins with a slash: a full URL is cut, and a host
		// without a scheme becomes a wrong path.
		"shopify": func(_ string, file []byte) ([]imported, error) {
			return table(file, "Redirect from,Redirect to", func(c []string) (imported, error) {
				return imported{Source: c[0], Target: c[1], Status: 301}, onlyPath(c[0], 1024)
			})
		},
		// The name of the file says what it is; path and target differ.
		"matrixify": func(name string, file []byte) ([]imported, error) {
			if !strings.Contains(strings.ToLower(name), "redirect") {
				return nil, errors.New("not taken for redirects by its name")
			}
			return table(file, "ID,Path,Command,Target", func(c []string) (imported, error) {
				if !slices.Contains([]string{"NEW", "MERGE", "UPDATE", "REPLACE"}, c[2]) || c[1] == c[3] || c[0] != "" {
					return imported{}, errors.New("command, ID, or a path that is its target")
				}
				return imported{Source: c[1], Target: c[3], Status: 301}, onlyPath(c[1], 1024)
			})
		},
		// Either a manual target or the dynamic pair; the domain has no scheme; at most 20 MB.
		"bigcommerce": func(_ string, file []byte) ([]imported, error) {
			if len(file) > 20_000_000 {
				return nil, errors.New("over 20 MB")
			}
			return table(file, "Domain,Old Path,Manual URL/Path,Dynamic Target Type,Dynamic Target ID", func(c []string) (imported, error) {
				if c[0] == "" || strings.ContainsAny(c[0], "/:") || c[2] == "" || c[3]+c[4] != "" || len(c[2]) > 2048 {
					return imported{}, errors.New("domain or target")
				}
				return imported{Host: c[0], Source: c[1], Target: c[2], Status: 301}, onlyPath(c[1], 1<<20)
			})
		},
		// fileio/csv.php: lines of 5,000 bytes, no row without a source or to itself, an
		// unknown code becomes 301.
		"redirection-csv": func(_ string, file []byte) ([]imported, error) {
			for line := range bytes.Lines(file) {
				if len(line) > 5000 {
					return nil, errors.New("a line over 5,000 bytes")
				}
			}
			return table(file, "source,target,regex,code", func(c []string) (imported, error) {
				if c[0] == "" || c[0] == c[1] || c[2] != "0" || strings.TrimSpace(c[0]) != c[0] || strings.TrimSpace(c[1]) != c[1] {
					return imported{}, errors.New("skipped, or a pattern")
				}
				status := 0
				_, err := fmt.Sscan(c[3], &status)
				if (status > 400) != (c[1] == "") {
					return imported{}, errors.New("a code of 4xx is an error rule, any other needs a target")
				}
				return imported{Source: c[0], Target: c[1], Status: status}, err
			})
		},
		"yoast": func(_ string, file []byte) ([]imported, error) {
			return table(file, "Origin,Target,Type,Format", func(c []string) (imported, error) {
				status := 0
				_, err := fmt.Sscan(c[2], &status)
				if gone := status == 410 || status == 451; c[3] != "plain" || !slices.Contains([]int{301, 302, 307, 410, 451}, status) || gone != (c[1] == "") {
					return imported{}, errors.New("type, format or target")
				}
				return imported{Source: c[0], Target: c[1], Status: status}, errors.Join(err, onlyPath(c[0], 1<<20))
			})
		},
		// The source has no slashes around it; DELETE as a destination removes a row.
		"rank-math": func(_ string, file []byte) ([]imported, error) {
			return table(file, "id,source,matching,destination,type,category,status,ignore", func(c []string) (imported, error) {
				status := 0
				_, err := fmt.Sscan(c[4], &status)
				if c[0] != "" || c[1] == "" || strings.Trim(c[1], "/") != c[1] || c[2] != "exact" || c[3] == "DELETE" || !slices.Contains([]int{301, 302, 307, 410, 451}, status) || c[6] != "active" {
					return imported{}, errors.New("not a new row of its own")
				}
				return imported{Source: "/" + c[1], Target: c[3], Status: status}, err
			})
		},
		// Lines with single blanks; the front page cannot be mapped; brackets are wildcards;
		// 400 KB.
		"squarespace": func(_ string, file []byte) ([]imported, error) {
			if len(file) > 400_000 {
				return nil, errors.New("over 400 KB")
			}
			line := regexp.MustCompile(`^(/[^ \t\[\]]+) -> (https?://[^ \t\[\]]+) (301|302)$`)
			var rows []imported
			for text := range strings.Lines(string(file)) {
				m := line.FindStringSubmatch(strings.TrimSuffix(text, "\n"))
				if m == nil {
					return nil, fmt.Errorf("the line %q", text)
				}
				row := imported{Source: m[1], Target: m[2]}
				_, _ = fmt.Sscan(m[3], &row.Status)
				rows = append(rows, row)
			}
			return rows, nil
		},
		// Two columns by position; a percent sign before % - & * ( ) = _ + ? in the old path
		// takes its meaning away.
		"webflow": func(_ string, file []byte) ([]imported, error) {
			return table(file, "", func(c []string) (imported, error) {
				var path strings.Builder
				for i := 0; i < len(c[0]); i++ {
					if strings.IndexByte("%-&*()=_+?", c[0][i]) >= 0 {
						if c[0][i] != '%' || i+1 == len(c[0]) || strings.IndexByte("%-&*()=_+?", c[0][i+1]) < 0 {
							return imported{}, fmt.Errorf("%q has a meaning in the path", c[0][i])
						}
						i++
					}
					path.WriteByte(c[0][i])
				}
				return imported{Source: path.String(), Target: c[1], Status: 301}, onlyPath(path.String(), 1<<20)
			})
		},
		// Source without query, port, user or fragment; 32 KB; 16 sources of one host and path.
		"cloudflare-bulk": func(_ string, file []byte) ([]imported, error) {
			same := map[string]int{}
			return table(file, "", func(c []string) (imported, error) {
				host, path, ok := strings.Cut(c[0], "/")
				row := imported{Host: host, Source: "/" + path, Target: c[1]}
				_, err := fmt.Sscan(c[2], &row.Status)
				if same[c[0]]++; same[c[0]] > 16 || !ok || host == "" || strings.ContainsAny(c[0], "?#") || strings.ContainsAny(host, ":@") || len(c[0]) > 32<<10 || len(c[1]) > 32<<10 {
					return imported{}, errors.New("a source that the list does not take")
				}
				for _, flag := range c[3:] {
					if flag != "TRUE" && flag != "FALSE" {
						return imported{}, errors.New("no boolean")
					}
				}
				if c[5] == "TRUE" {
					row.Source += "/*"
				}
				return row, err
			})
		},
		// As Vercel's own command reads it (packages/cli/src/util/dev/bulk-redirects.ts of
		// https://github.com/vercel/vercel): line by line, cells trimmed, 2,048 characters.
		"vercel-bulk": func(name string, file []byte) ([]imported, error) {
			if name != "vercel-redirects.csv" {
				return nil, nil
			}
			return table(file, "source,destination,statusCode,caseSensitive,preserveQueryParams", func(c []string) (imported, error) {
				row := imported{Source: c[0], Target: c[1]}
				if rest, ok := strings.CutPrefix(c[0], "https://"); ok {
					host, path, _ := strings.Cut(rest, "/")
					row.Host, row.Source = host, "/"+path
				}
				_, err := fmt.Sscan(c[2], &row.Status)
				if !slices.Contains([]int{301, 302, 303, 307, 308}, row.Status) || len(c[0]) > 2048 || len(c[1]) > 2048 || strings.ContainsAny(strings.Join(c, ""), "\r\n") || strings.TrimSpace(c[0]) != c[0] || strings.Contains(c[0], "?") {
					return imported{}, errors.New("skipped with a warning")
				}
				return row, err
			})
		},
	}
}

// onlyPath is nil for a path that begins with a slash and is no longer than allowed.
func onlyPath(path string, most int) error {
	if !strings.HasPrefix(path, "/") || len(path) > most || !utf8.ValidString(path) {
		return fmt.Errorf("%.80q is no path", path)
	}
	return nil
}

// table reads a CSV file (RFC 4180) with a head, or without one where head is empty.
func table(file []byte, head string, row func(cells []string) (imported, error)) ([]imported, error) {
	records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\uFEFF")))).ReadAll()
	if err != nil {
		return nil, err
	}
	if head != "" {
		if len(records) == 0 || strings.Join(records[0], ",") != head {
			return nil, fmt.Errorf("the head is not %s", head)
		}
		records = records[1:]
	}
	var rows []imported
	for i, record := range records {
		r, err := row(record)
		if err != nil {
			return nil, fmt.Errorf("row %d, %.200q: %w", i+1, record, err)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// TestImportRules hands the files of the case table, of maps of the kind that shops have
// and of hostile maps to the rules of each importer: it stores every accepted row as the
// map says.
func TestImportRules(t *testing.T) {
	accepted, _ := auditCases(t, readCases(t))
	inputs := []redirects.Slice{accepted}
	for seed := range uint64(4) {
		inputs = append(inputs, pathMap(rand.New(rand.NewPCG(seed, 11)), 800, true), hostileMap(rand.New(rand.NewPCG(seed, 12)), 300))
	}
	rules := importRules()
	for _, e := range New(Options{Host: "old.example"}) {
		read, ok := rules[e.ID()]
		if !ok {
			continue
		}
		delete(rules, e.ID())
		t.Run(e.ID(), func(t *testing.T) {
			rows := 0
			for _, m := range inputs {
				sel, err := Select(t.Context(), e, m)
				if err != nil {
					t.Fatal(err)
				}
				files := MemSink{}
				if err := e.Write(t.Context(), files, sel.Map()); err != nil {
					t.Fatal(err)
				}
				var got, want []imported
				for name, file := range files {
					stored, err := read(name, file)
					if err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					got = append(got, stored...)
				}
				for r, err := range sel.Map().Rules() {
					if err != nil {
						t.Fatal(err)
					}
					want = append(want, asImported(e, r))
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-map +imported):\n%.2000s", diff)
				}
				rows += len(got)
			}
			if rows < 500 {
				t.Errorf("only %d rows were accepted", rows)
			}
			t.Logf("%d rows", rows)
		})
	}
	if len(rules) > 0 {
		t.Errorf("rules without an engine: %v", rules)
	}
}

// asImported is a row of a map as the importer of an engine should store it.
func asImported(e Engine, r redirects.Rule) imported {
	row := imported{Source: r.Source.RequestTarget(), Target: r.Target, Status: r.Status}
	c := e.Capabilities()
	if c.HostAware.Value {
		row.Host = r.Source.Host
	}
	if o, ok := e.(interface{ options() Options }); ok && c.HostAware.Value && row.Host == "" {
		row.Host = o.options().Host // the format names one in every row
	}
	if c.TrailingSlash.Known && !c.TrailingSlash.Value || r.Source.Match == redirects.Prefix {
		row.Source = strings.TrimRight(row.Source, "/")
	}
	if r.Source.Match == redirects.Prefix {
		row.Source += "/*"
	}
	return row
}
