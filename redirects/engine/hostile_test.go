package engine

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"replatform/redirects"
)

// hostileWords end strings, lines, blocks and statements of the engines' files, and
// go on with an instruction that would be seen: an answer to /canary.
func hostileWords() []string {
	return []string{
		// nginx
		`";}location=/canary{return 200 pwned;}#`, "\";\n} server { listen 1; }\n", "';return 200 pwned;'", `$request_uri`, `${args}`, `"~^/canary" "301 https://evil.example/";`, `include /etc/passwd;`, `\`, `\\"`, `default`, `~^.*$`,
		// Apache
		"\"\nRewriteRule ^canary - [F]\n", `" [R=301,L]`, `%{HTTP_HOST}`, `%1`, `$1`, `${replatform:0:/canary}`, `[G]`, "!", `-`, `(.*)`, `^`, `|301|https://evil.example/`,
		// Caddy
		"`\nrespond /canary 200\n`", "{http.request.uri}", "{env.HOME}", "} respond 200 {", "import /etc/passwd",
		// HAProxy
		"\n    http-request return status 200\n", "%[src]", "%[pathq]", "#", " /canary 301 https://evil.example/", "\t/canary 301 x",
		// lighttpd, Lua
		`]]..os.execute("id")..[[`, `" .. "`, `]=]`, "\x00",
		// Varnish
		`"}; } sub vcl_recv { return(synth(200)); } {"`, `"} + req.url + {"`,
		// Workers, JSON, HTML, XML, YAML, shell, spreadsheets
		`"},"/canary":[301,"https://evil.example/"]`, `</script><script>`, `"/><add key="/canary" value="x"/>`, "\n- x: y\n", "'; id; '", "$(id)", "`id`", `=cmd|'/C calc'!A0`, "@SUM(1)", "\u2028", "\uFEFF",
		// addresses
		"\r\nSet-Cookie: pwned=1\r\n", "%0d%0aX-Pwned:%201", "//evil.example", `\evil.example`, "..", "/../../canary", "?canary", "&canary=1", "%00", "%", "%zz", ";", ",", "*", ":splat", "{}", "\x7f", "\x1b[31m", "商品", "\xa4\xea",
	}
}

// hostileMap makes rows that no parser has seen: every field may hold anything.
func hostileMap(rnd *rand.Rand, n int) redirects.Slice {
	words := hostileWords()
	word := func() string {
		var b strings.Builder
		for range rnd.IntN(3) {
			b.WriteString(words[rnd.IntN(len(words))])
			if rnd.IntN(2) == 0 {
				b.WriteString("a1")
			}
		}
		return b.String()
	}
	m := make(redirects.Slice, 0, n)
	for i := range n {
		r := redirects.Rule{Line: i + 1, Status: 301, Label: word(), Target: "https://new.example/" + word()}
		r.Source.Path = fmt.Sprintf("/%d%s", i, word())
		switch rnd.IntN(6) {
		case 0:
			r.Source.Host = "old.example" + word()
		case 1:
			r.Source.Query, r.Source.HasQuery = "id="+word(), true
		case 2:
			r.Source.Query, r.Source.HasQuery, r.Source.QueryAs = word()+"="+word(), true, redirects.QueryMatch(rnd.IntN(4))
		case 3:
			r.Source.Match = redirects.Prefix
		case 4:
			captured := []string{redirects.CaptureID, redirects.CaptureSlug}[rnd.IntN(2)]
			r.Source.Match = redirects.Captured
			r.Source.Path += "/" + captured + word()
			r.Target += captured + word()
		}
		switch rnd.IntN(8) {
		case 0:
			r.Status, r.Target = 410, ""
		case 1:
			r.Target = word()
		case 2:
			r.Target = "https://new.example" + word() + "/x"
		case 3:
			r.KeepQuery = true
		}
		m = append(m, r)
	}
	return m
}

// asCSV writes a map as the table that a person hands in, and reads and audits it as
// the program does.
func asCSV(t *testing.T, m redirects.Slice) redirects.Slice {
	t.Helper()
	var table bytes.Buffer
	w := csv.NewWriter(&table)
	_ = w.Write([]string{"old_url", "new_url", "status"})
	for _, r := range m {
		_ = w.Write([]string{r.Source.URL(), r.Target, fmt.Sprint(r.Status)})
	}
	w.Flush()
	audit, err := redirects.Audit(t.Context(), redirects.MapFunc(func() iter.Seq2[redirects.Rule, error] {
		return redirects.ReadCSV(bytes.NewReader(table.Bytes()))
	}), redirects.AuditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := redirects.Collect(audit.Accepted)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// untouched asks an address that no row names and fails when the answer is more than
// the plain "not found" of the test configuration.
func untouched(t *testing.T, s *server, target string) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", s.addr, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: old.example\r\nConnection: close\r\n\r\n", target); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%s: %v", target, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusNotFound || resp.Header.Get("Location") != "" || resp.Header.Get("X-Pwned") != "" || resp.Header.Get("Set-Cookie") != "" || bytes.Contains(bytes.ReplaceAll(body, []byte(target), nil), []byte("pwned")) {
		t.Errorf("%s: answered %d %v %.200q", target, resp.StatusCode, resp.Header, body)
	}
}

// TestHostileMaps: whatever stands in a map, the real engine loads the files and does
// what the accepted rows say, and nothing else.
func TestHostileMaps(t *testing.T) {
	maps := 20
	switch {
	case os.Getenv("REPLATFORM_LONG") == "1":
		maps = 100
	case testing.Short():
		maps = 2
	}
	vendors := vendors()
	runEach(t, everyRunner(), func(t *testing.T, e Engine, start func(testing.TB, string) *server) {
		n := maps
		if _, ok := vendors[e.ID()]; ok {
			n = max(2, maps/10) // they take few of these rows, and seconds to start
		}
		if limit, ok := e.Capabilities().RowLimit(""); ok && limit.Max <= 1000 {
			n = max(1, maps/4) // these take seconds to load or to answer
		}
		accepted := 0
		for i := range n {
			m := hostileMap(rand.New(rand.NewPCG(uint64(i), 5)), 120)
			if i%2 == 1 {
				m = asCSV(t, m)
			}
			sel, dir := written(t, e, m)
			accepted += sel.Covered()
			s := start(t, dir)
			conform(t, e, s, sel, "old.example")
			for _, target := range []string{"/", "/robots.txt", "/canary", "/canary?x=1", "/pwned", "/?canary", "/?canary=1", "/evil.example"} {
				untouched(t, s, target)
			}
		}
		if accepted == 0 {
			t.Error("no row was accepted, so nothing was shown")
		}
		t.Logf("%d maps, %d rows accepted", n, accepted)
	})
}

// TestHostileFiles: the files of every engine stay well-formed in their own grammar,
// hold no control character, and no cell that a spreadsheet would calculate.
func TestHostileFiles(t *testing.T) {
	for _, e := range New(Options{Host: "old.example"}) {
		t.Run(e.ID(), func(t *testing.T) {
			for seed := range uint64(6) {
				sel, err := Select(t.Context(), e, hostileMap(rand.New(rand.NewPCG(seed, 9)), 200))
				if err != nil {
					t.Fatal(err)
				}
				files := MemSink{}
				if err := e.Write(t.Context(), files, sel.Map()); err != nil {
					t.Fatal(err)
				}
				for name, content := range files {
					if err := wellFormedFile(name, content); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				}
			}
		})
	}
}

// wellFormedFile reads a file by its own grammar.
func wellFormedFile(name string, content []byte) error {
	switch filepath.Ext(name) {
	case ".zip", ".xlsx":
		return nil
	}
	for i, c := range content {
		if c < ' ' && c != '\n' && c != '\t' && c != '\r' || c == 0x7f && filepath.Ext(name) != ".jsonl" || c == '\r' && i+1 < len(content) && content[i+1] != '\n' {
			return fmt.Errorf("byte %#x", c)
		}
	}
	switch filepath.Ext(name) {
	case ".csv":
		records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\uFEFF")))).ReadAll()
		if err != nil {
			return err
		}
		for _, record := range records {
			for _, cell := range record {
				if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
					return fmt.Errorf("the cell %q is a formula", cell)
				}
			}
		}
	case ".json":
		if !json.Valid(content) {
			return errors.New("no JSON")
		}
	case ".yml":
		var any any
		return yaml.Unmarshal(content, &any)
	case ".xml", ".config":
		for dec := xml.NewDecoder(bytes.NewReader(content)); ; {
			if _, err := dec.Token(); err != nil {
				if errors.Is(err, io.EOF) {
					return nil
				}
				return err
			}
		}
	}
	return nil
}
