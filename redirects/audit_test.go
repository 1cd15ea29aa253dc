package redirects

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAudit(t *testing.T) {
	const n = "https://new.example"
	tests := []struct {
		name  string
		rules string
		o     AuditOptions
		want  []string // "line code"
		keeps string   // accepted rows, "source target"
	}{
		{name: "clean", rules: "/?pid=1 " + n + "/a\n/?pid=2 " + n + "/b", keeps: "/?pid=1 " + n + "/a\n/?pid=2 " + n + "/b"},
		{name: "duplicate", rules: "/a " + n + "/x\n/a " + n + "/x", want: []string{"2 duplicate"}, keeps: "/a " + n + "/x"},
		{name: "spellings are kept", rules: "/?a=1&b=2 " + n + "/x\n/?b=2&a=1 " + n + "/x", keeps: "/?a=1&b=2 " + n + "/x\n/?b=2&a=1 " + n + "/x"},
		{name: "conflict", rules: "/a " + n + "/x\n/a " + n + "/y", want: []string{"2 conflict"}, keeps: "/a " + n + "/x"},
		{name: "conflict of spellings", rules: "/?a=1&b=2 " + n + "/x\n/?b=2&a=1 " + n + "/y", want: []string{"2 conflict"}, keeps: "/?a=1&b=2 " + n + "/x"},
		{name: "conflict of hosts", o: AuditOptions{Host: "old.example"}, rules: "/a " + n + "/x\nhttps://old.example/a " + n + "/y", want: []string{"2 conflict"}, keeps: "/a " + n + "/x"},
		{
			name: "chain", rules: n + "/a " + n + "/b\n" + n + "/b " + n + "/c\n" + n + "/c " + n + "/d",
			want: []string{"1 chain", "2 chain"}, keeps: "new.example/a " + n + "/d\nnew.example/b " + n + "/d\nnew.example/c " + n + "/d",
		},
		{
			name: "chain through parameters", rules: n + "/?pid=1 " + n + "/?utm=1&gid=2\n" + n + "/?gid=2 " + n + "/c",
			want: []string{"1 chain"}, keeps: "new.example/?pid=1 " + n + "/c\nnew.example/?gid=2 " + n + "/c",
		},
		{name: "loop", rules: n + "/a " + n + "/b\n" + n + "/b " + n + "/a\n" + n + "/x " + n + "/a", want: []string{"1 loop", "2 loop", "3 loop"}},
		{name: "self", rules: n + "/a " + n + "/a\n" + n + "/b " + n + "/a", want: []string{"1 self-redirect"}, keeps: "new.example/b " + n + "/a"},
		{name: "self by a further parameter", rules: n + "/?pid=1 " + n + "/?pid=1&x=2", want: []string{"1 self-redirect"}},
		{name: "self below a prefix", rules: n + "/old/ " + n + "/old/new prefix", want: []string{"1 self-redirect"}},
		{
			name: "self on the old names", o: AuditOptions{Hosts: []string{"old.example", "www.old.example"}},
			rules: "/?pid=1 https://www.old.example/?pid=1\n/?pid=2 https://old.example/?pid=2&x=3\n/?pid=3 https://third.example/?pid=3\n/a https://old.example:8443/a",
			want:  []string{"1 self-redirect", "2 self-redirect"}, keeps: "/?pid=3 https://third.example/?pid=3\n/a https://old.example:8443/a",
		},
		{
			name: "chain on the old names", o: AuditOptions{Hosts: []string{"old.example", "www.old.example"}},
			rules: "/a https://www.old.example/b\n/b https://old.example/c\n/c " + n + "/d\n/e https://third.example/a",
			want:  []string{"1 chain", "2 chain"}, keeps: "/a " + n + "/d\n/b " + n + "/d\n/c " + n + "/d\n/e https://third.example/a",
		},
		{
			name: "loop on the old names", o: AuditOptions{Hosts: []string{"old.example", "www.old.example"}},
			rules: "/a https://www.old.example/b\n/b https://old.example/a\n/c https://old.example/a", want: []string{"1 loop", "2 loop", "3 loop"},
		},
		{
			name: "loop of a pattern on the old names", o: AuditOptions{Hosts: []string{"old.example"}},
			rules: "/?pid={id} https://old.example/p/{id} captured\n/p/{id} https://old.example/?pid={id} captured", want: []string{"1 captured", "1 loop", "2 captured", "2 loop"},
		},
		{
			name: "a row of one old name before those of all", o: AuditOptions{Hosts: []string{"a.example", "b.example"}},
			rules: "/x https://a.example/y\nhttps://a.example/y " + n + "/own\n/y " + n + "/all", want: []string{"1 chain"},
			keeps: "/x " + n + "/own\na.example/y " + n + "/own\n/y " + n + "/all",
		},
		{
			name: "pages that stay on the old name", o: AuditOptions{Hosts: []string{"old.example"}, Live: func(p string) bool { return p == "/about" || p == "/products/x" }},
			rules: "/about https://old.example/about\n/?pid=1 https://old.example/products/x", want: []string{"1 self-redirect"}, keeps: "/?pid=1 https://old.example/products/x",
		},
		{name: "root of an old name", o: AuditOptions{Hosts: []string{"old.example"}}, rules: "/ https://old.example/x", want: []string{"1 root"}},
		{name: "front page is no answer to a product", rules: n + "/ " + "https://third.example/\n" + n + "/?pid=1 " + n + "/?pid=2", keeps: "new.example/ https://third.example/\nnew.example/?pid=1 " + n + "/?pid=2"},
		{name: "chain to gone", rules: n + "/a " + n + "/b\n" + n + "/b - 410", want: []string{"1 chain-gone"}, keeps: "new.example/b "},
		{name: "temporary in the middle", rules: n + "/a " + n + "/b\n" + n + "/b " + n + "/c 302", want: []string{"1 chain-temporary", "2 temporary"}, keeps: "new.example/a " + n + "/b\nnew.example/b " + n + "/c"},
		{name: "statuses", rules: "/a " + n + "/x 307\n/b - 410\n/c " + n + "/x 410\n/d - 301", want: []string{"1 bad-status", "3 target-on-gone", "4 target-missing"}, keeps: "/b \n/c "},
		{name: "targets", rules: "/a javascript:alert(1)\n/b /relative\n/c //evil.example/\n/d https://x@evil.example/\n/e http://new.example/x", want: []string{"1 target-not-url", "2 target-not-url", "3 target-not-url", "4 target-not-url", "5 target-http"}, keeps: "/e http://new.example/x"},
		{name: "open redirect", rules: "/a " + n + "//evil.example\n/b " + n + `/\evil.example` + "\n/c " + n + "/%5Cevil.example\n/d " + n + "/go?to=https%3A%2F%2Fevil.example", want: []string{"1 open-redirect", "2 open-redirect", "3 open-redirect", "4 target-embeds-url"}, keeps: "/d " + n + "/go?to=https%3A%2F%2Fevil.example"},
		{name: "template", rules: "/a " + n + "/$1", want: []string{"1 target-template"}, keeps: "/a " + n + "/$1"},
		{name: "allowed hosts", o: AuditOptions{TargetHosts: []string{"new.example"}}, rules: "/a " + n + "/x\n/b https://evil.example/x", want: []string{"2 target-host"}, keeps: "/a " + n + "/x"},
		{name: "home", rules: "/a " + n + "/\nhttps://old.example/ " + n + "/", want: []string{"1 home-fallback"}, keeps: "/a " + n + "/\nold.example/ " + n + "/"},
		{name: "root of the serving host", o: AuditOptions{Host: "new.example"}, rules: "/ " + n + "/x\n/robots.txt " + n + "/y", want: []string{"1 root", "2 protected"}},
		{name: "fragment", rules: "/a#b " + n + "/x", want: []string{"1 fragment"}},
		{
			name: "live pages", o: AuditOptions{Host: "new.example", Live: func(p string) bool { return p == "/about" || p == "/" || p == "/?p=2" }},
			rules: "/about " + n + "/pages/about\n/?pid=1 " + n + "/x\nhttps://old.example/about " + n + "/pages/about\n/?p=2 " + n + "/?p=3", want: []string{"1 shadowed", "4 shadowed"},
			keeps: "/?pid=1 " + n + "/x\nold.example/about " + n + "/pages/about",
		},
		{name: "known targets", o: AuditOptions{Known: func(u string) bool { return u == n+"/x" }}, rules: "/a " + n + "/x\n/b " + n + "/y", want: []string{"2 target-unknown"}, keeps: "/a " + n + "/x\n/b " + n + "/y"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res, err := Audit(context.Background(), rules(t, tt.rules), tt.o)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range res.Findings {
				got = append(got, fmt.Sprint(f.Line, " ", f.Code))
				if f.Message == "" || f.MessageJA == "" || strings.Contains(f.Message+f.MessageJA, "%") && !strings.Contains(tt.rules, "%") {
					t.Errorf("%s: message %q, %q", f.Code, f.Message, f.MessageJA)
				}
				if f.Severity == SeverityError && f.Code != CodeProtected && f.NextBest == (Text{}) {
					t.Errorf("%s: no advice", f.Code)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			kept, err := Collect(res.Accepted)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, r := range kept {
				lines = append(lines, r.Source.String()+" "+r.Target)
			}
			if diff := cmp.Diff(tt.keeps, strings.Join(lines, "\n")); diff != "" {
				t.Errorf("accepted (-want +got):\n%s", diff)
			}
			if res.Kept != len(kept) {
				t.Errorf("Kept says %d, there are %d", res.Kept, len(kept))
			}
		})
	}
}

func TestAuditErrors(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Audit(ctx, rules(t, "/a https://new.example/x"), AuditOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled audit: %v", err)
	}
	broken := errors.New("disk gone")
	m := MapFunc(func() iter.Seq2[Rule, error] {
		return func(yield func(Rule, error) bool) { yield(Rule{}, broken) }
	})
	if _, err := Audit(context.Background(), m, AuditOptions{}); !errors.Is(err, broken) {
		t.Errorf("broken map: %v", err)
	}
}

func TestReadCSV(t *testing.T) {
	type row struct {
		Line           int
		Source, Target string
		Status         int
		Err            string
	}
	tests := []struct {
		name, in string
		want     []row
	}{
		{"no heading", "/a,https://n.example/x\n/b,https://n.example/y,308\n", []row{{1, "/a", "https://n.example/x", 301, ""}, {2, "/b", "https://n.example/y", 308, ""}}},
		{"heading in another order", "\ufeffstatus;new_url;old_url\r\n302;https://n.example/x;https://o.example/a\r\n", []row{{2, "o.example/a", "https://n.example/x", 302, ""}}},
		{"actions", "old_url,new_url,action\n/a,https://n.example/x,redirect\n/b,,gone\n/c,/c,keep\n/d,,ask\n/e,,ignore\n", []row{{2, "/a", "https://n.example/x", 301, ""}, {3, "/b", "", 410, ""}}},
		{"shopify", "Redirect from,Redirect to\n/a,/products/x\n", []row{{2, "/a", "/products/x", 301, ""}}},
		{"bad rows", "old_url,new_url,status\nno url,https://n.example/x,301\n/b,https://n.example/x,soon\n\n/c,https://n.example/x,\n", []row{{2, "", "", 0, "line 2: parsing source \"no url\": not an http(s) URL"}, {3, "/b", "https://n.example/x", 0, "line 3: status \"soon\" is not a number"}, {5, "/c", "https://n.example/x", 301, ""}}},
		{"saved by a Japanese Excel", "\x8b\x8cURL;\x90VURL\r\n/\x8f\xa4\x95i/\x88\xea;https://n.example/\x88\xea\r\n/b;https://n.example/2\r\n", []row{{2, "/%E5%95%86%E5%93%81/%E4%B8%80", "https://n.example/一", 301, ""}, {3, "/b", "https://n.example/2", 301, ""}}},
		{"saved as Unicode text", "\xff\xfe/\x00\xa8\x8c\t\x00h\x00t\x00t\x00p\x00:\x00/\x00/\x00n\x00/\x00\n\x00", []row{{1, "/%E8%B2%A8", "http://n/", 301, ""}}},
		{"neither UTF-8 nor Shift_JIS", "old,new\n/\xfd\xfe,https://n.example/x\n/b,https://n.example/y\n", []row{{2, "", "", 0, `line 2: neither UTF-8 nor Shift_JIS: "/\xfd\xfe"`}, {3, "/b", "https://n.example/y", 301, ""}}},
		{"broken quote", "/a,https://n.example/x\n/\"b,https://n.example/y\n/c,https://n.example/z\n", []row{{1, "/a", "https://n.example/x", 301, ""}, {2, "", "", 0, "line 2: bare \" in non-quoted-field"}, {3, "/c", "https://n.example/z", 301, ""}}},
		{"unclosed quote", "old_url,new_url,note\n/a,https://n.example/x,\n\"/b,https://n.example/y,\n/c,https://n.example/z,\"two\nlines\"\n/d,https://n.example/w,\n", []row{{2, "/a", "https://n.example/x", 301, ""}, {3, "", "", 0, "line 3: a quote is opened and not closed"}, {4, "/c", "https://n.example/z", 301, ""}, {6, "/d", "https://n.example/w", 301, ""}}},
		{"unclosed quote to the end", "\n\n\"/a,https://n.example/x\r\n/b,https://n.example/y\r\n\r\n/c,https://n.example/z", []row{{3, "", "", 0, "line 3: a quote is opened and not closed"}, {4, "/b", "https://n.example/y", 301, ""}, {6, "/c", "https://n.example/z", 301, ""}}},
		{"unclosed quote in the last row", "/a,https://n.example/x\n/b,\"https://n.example/y", []row{{1, "/a", "https://n.example/x", 301, ""}, {2, "", "", 0, "line 2: extraneous or missing \" in quoted-field"}}},
		{"a quote closed in a later row", "/a,\"https://n.example/x\n/b,https://n.example/y\"\n/c,https://n.example/z\n", []row{{1, "", "", 0, "line 1: a quote is opened and not closed"}, {2, "", "", 0, "line 2: bare \" in non-quoted-field"}, {3, "/c", "https://n.example/z", 301, ""}}},
		{"unclosed quotes in every row", "\"/a,https://n.example/x\n\"/b,https://n.example/y\n\"/c,https://n.example/z\n/d,https://n.example/w\n", []row{{1, "", "", 0, "line 1: a quote is opened and not closed"}, {2, "", "", 0, "line 2: a quote is opened and not closed"}, {3, "", "", 0, "line 3: a quote is opened and not closed"}, {4, "/d", "https://n.example/w", 301, ""}}},
		{"actions in Japanese", "旧URL,新URL,action\n/a,https://n.example/x,転送\n/b,,廃止\n/c,,転送しない\n/d,,そのまま\n", []row{{2, "/a", "https://n.example/x", 301, ""}, {3, "/b", "", 410, ""}}},
		{"an unknown action", "old_url,new_url,action\n/a,https://n.example/x,move\n/b,https://n.example/y,Redirect\n", []row{{2, "", "", 0, "line 2: the action \"move\" is not one of redirect, gone, keep, ignore, ask"}, {3, "/b", "https://n.example/y", 301, ""}}},
		{"comma in a heading", "old_url;new_url;memo, note\n/a;https://n.example/x,y;z\n", []row{{2, "/a", "https://n.example/x,y", 301, ""}}},
		{"semicolon in an address", "/a;v=1,https://n.example/x;v=1\n", []row{{1, "/a;v=1", "https://n.example/x;v=1", 301, ""}}},
		{"comma in an address", "/a;https://n.example/x,1\n", []row{{1, "/a", "https://n.example/x,1", 301, ""}}},
		{"semicolons in a Japanese heading with a comma", "\x8b\x8cURL;\x90VURL;a,b\r\n/a;https://n.example/x;\r\n", []row{{2, "/a", "https://n.example/x", 301, ""}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []row
			for r, err := range ReadCSV(strings.NewReader(tt.in)) {
				g := row{r.Line, r.Source.String(), r.Target, r.Status, ""}
				if err != nil {
					g.Err = err.Error()
				}
				got = append(got, g)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// An opened quote is followed for a bounded stretch, and the lines behind it are not read
// over and over.
func TestReadCSVFarQuote(t *testing.T) {
	const rows = 60_000
	var b strings.Builder
	b.WriteString("\"/broken,https://n.example/x\n")
	for i := range rows {
		fmt.Fprintf(&b, "/%d,https://n.example/the-new-page/%d\n", i, i)
	}
	good, bad := 0, 0
	for r, err := range ReadCSV(strings.NewReader(b.String())) {
		switch {
		case err != nil:
			bad++
		case r.Line != good+2 || r.Source.Path != fmt.Sprintf("/%d", good):
			t.Fatalf("row %d: line %d, %s", good, r.Line, r.Source)
		default:
			good++
		}
	}
	if good != rows || bad != 1 || b.Len() < 2*maxRecord {
		t.Errorf("%d rows and %d errors of %d rows in %d bytes", good, bad, rows, b.Len())
	}
}

// What a row that cannot be read has in place of its addresses is told.
func TestReadCSVPlaces(t *testing.T) {
	in := "old_url,new_url,status\nno url,https://n.example/x,301\n/\"b,https://n.example/y,\n\"/c,https://n.example/z,\n/\xfd\xfe,https://n.example/w,\n"
	want := [][2]string{{"no url", "https://n.example/x"}, {"/\"b,https://n.example/y,", ""}, {"\"/c,https://n.example/z,", ""}, {"/\ufffd", "https://n.example/w"}}
	var got [][2]string
	for _, err := range ReadCSV(strings.NewReader(in)) {
		var bad *RowError
		if !errors.As(err, &bad) {
			t.Fatalf("want a row error, got %v", err)
		}
		got = append(got, [2]string{bad.Old, bad.New})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// However the file is broken: every line of it that is a whole row by itself, and has no
// quote, is read, for a quote before it costs its own line.
func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("\"/a,https://n.example/b\n/x,\"\"\n\"\"\"\n"))
	f.Add([]byte("\r\n\"\n\",\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4096 {
			return
		}
		const last = "/the-last-row,https://n.example/the-last-page"
		text := "/first,https://n.example/first\n" + string(data) + "\n" + last + "\n"
		lines, seen := 0, false
		for r, err := range ReadCSV(strings.NewReader(text)) {
			var bad *RowError
			if err != nil && !errors.As(err, &bad) {
				t.Fatal(err)
			}
			line := r.Line
			if bad != nil {
				line = bad.Line
			}
			if line < lines {
				t.Fatalf("line %d after line %d", line, lines)
			}
			lines = line
			seen = seen || err == nil && r.Source.Path == "/the-last-row" && r.Line == strings.Count(text, "\n")
		}
		if !seen {
			t.Fatalf("the last row of %q is not read", text)
		}
	})
}

func TestOpenCSV(t *testing.T) {
	path := filepath.Join(t.TempDir(), "map.csv")
	if _, err := OpenCSV(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if err := os.WriteFile(path, []byte("/a,https://n.example/x\nnonsense,https://n.example/x\n/b,,410\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := OpenCSV(path)
	if err != nil {
		t.Fatal(err)
	}
	res, err := Audit(context.Background(), m, AuditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := Collect(res.Accepted)
	if err != nil {
		t.Fatal(err)
	}
	if res.Rows != 3 || len(kept) != 2 || len(res.Refused) != 1 || res.Refused[0].Line != 2 || res.Refused[0].Code != CodeBadRow {
		t.Errorf("rows %d, kept %v, refused %v", res.Rows, kept, res.Refused)
	}
}

// Every source of a map of accepted rows is answered by its own row, and the
// target is not answered by any.
func FuzzAudit(f *testing.F) {
	f.Add([]byte("/a,https://n.example/b\nhttps://n.example/b,https://n.example/c\n/?x=1,https://n.example/a?x=1,302\n"))
	f.Add([]byte("https://n.example/a,https://n.example/b\nhttps://n.example/b,https://n.example/a\n/c,,410\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4096 {
			return
		}
		all := slices.Collect(func(yield func(Rule) bool) {
			for r, err := range ReadCSV(bytes.NewReader(data)) {
				if err == nil && !yield(r) {
					return
				}
			}
		})
		res, err := Audit(context.Background(), Slice(all), AuditOptions{})
		if err != nil {
			t.Fatal(err)
		}
		resolver, err := NewResolver(res.Accepted)
		if err != nil {
			t.Fatal(err)
		}
		for r, err := range res.Accepted.Rules() {
			if err != nil {
				t.Fatal(err)
			}
			got, ok := resolver.Resolve(r.Source.Host, r.Source.RequestTarget())
			if !ok || got.Target != r.Target || got.Status != r.Status {
				t.Fatalf("%s: answered by %v, %v", r.Source, got, ok)
			}
			if target, err := ParseSource(r.Target); err == nil && r.Permanent() && target.Host != "" && len(resolver.prefixes) == 0 {
				if hit, ok := resolver.Resolve(target.Host, target.RequestTarget()); ok && hit.Source.Host != "" && hit.Permanent() {
					t.Fatalf("%s → %s is answered by %s", r.Source, r.Target, hit.Source)
				}
			}
		}
		if res.Rows != len(all) || res.Kept+len(res.Refused)+res.Counts[CodeDuplicate] != res.Rows {
			t.Fatalf("rows %d, kept %d, refused %d, duplicates %d", res.Rows, res.Kept, len(res.Refused), res.Counts[CodeDuplicate])
		}
	})
}
