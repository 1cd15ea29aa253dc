package redirects

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseSource(t *testing.T) {
	tests := []struct {
		in      string
		want    Source
		wantErr error
	}{
		{in: "https://Old.Example/?pid=1", want: Source{Host: "old.example", Path: "/", Query: "pid=1", HasQuery: true}},
		{in: "http://old.example:80/a", want: Source{Host: "old.example", Path: "/a", Insecure: true}},
		{in: "https://old.example:8443/a", want: Source{Host: "old.example:8443", Path: "/a"}},
		{in: "https://old.example", want: Source{Host: "old.example", Path: "/"}},
		{in: "https://old.example?pid=1", want: Source{Host: "old.example", Path: "/", Query: "pid=1", HasQuery: true}},
		{in: "/?mode=srh&keyword=%a4%EA", want: Source{Path: "/", Query: "mode=srh&keyword=%a4%EA", HasQuery: true}},
		{in: "/%83%5C%81%5B%83X.html", want: Source{Path: "/%83%5C%81%5B%83X.html"}},
		{in: `/a\b"c{d}$;`, want: Source{Path: `/a\b"c{d}$;`}},
		{in: "//double//slash.html", want: Source{Path: "//double//slash.html"}},
		{in: "/dot/../up.html", want: Source{Path: "/dot/../up.html"}},
		{in: "/bare?", want: Source{Path: "/bare", HasQuery: true, QueryAs: QueryOrdered}},
		{in: "/a?x=1&x=2", want: Source{Path: "/a", Query: "x=1&x=2", HasQuery: true, QueryAs: QueryOrdered}},
		{in: "/a?x=", want: Source{Path: "/a", Query: "x=", HasQuery: true, QueryAs: QueryOrdered}},
		{in: "/item.cgi?12345", want: Source{Path: "/item.cgi", Query: "12345", HasQuery: true}},
		{in: "/商品 1", want: Source{Path: "/%E5%95%86%E5%93%81%201"}},
		{in: "/store#!/product/x", want: Source{Path: "/store", Fragment: "!/product/x"}},
		{in: "https://日本.example/a", want: Source{Host: "xn--wgv71a.example", Path: "/a"}},
		{in: "https://my_shop.example/a", want: Source{Host: "my_shop.example", Path: "/a"}},
		{in: "https://[2001:DB8::1]:8080/a", want: Source{Host: "[2001:db8::1]:8080", Path: "/a"}},
		{in: " /a\r\n", want: Source{Path: "/a"}},
		{in: "old.example/a", wantErr: ErrNotURL},
		{in: "javascript:alert(1)", wantErr: ErrNotURL},
		{in: "", wantErr: ErrNotURL},
		{in: "https://user@old.example/", wantErr: ErrNotURL},
		{in: `https://old.example\evil/`, wantErr: ErrNotURL},
		{in: "https:///a", wantErr: ErrNotURL},
		{in: "/a\r\nLocation: x", wantErr: ErrControl},
		{in: "/" + strings.Repeat("a", maxURL), wantErr: ErrTooLong},
	}
	for _, tt := range tests {
		got, err := ParseSource(tt.in)
		if !errors.Is(err, tt.wantErr) || (err == nil) != (tt.wantErr == nil) {
			t.Errorf("ParseSource(%.60q): error %v, want %v", tt.in, err, tt.wantErr)
			continue
		}
		if err == nil {
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("ParseSource(%q) (-want +got):\n%s", tt.in, diff)
			}
		}
	}
}

func TestIdentity(t *testing.T) {
	same := [][2]string{
		{"/?a=1&b=2", "/?b=2&a=1"},
		{"/?k=%a4%ea", "/?k=%A4%EA"},
		{"/%7Euser", "/~user"},
		{"/x", "/x?"},
		{"/item?7&m=1", "/item?m=1&7"},
	}
	for _, p := range same {
		a, b := parse(t, p[0]), parse(t, p[1])
		if p[1] == "/x?" {
			b.QueryAs = QuerySet
		}
		if a.Identity() != b.Identity() || a.Key() == b.Key() {
			t.Errorf("%q and %q: identities %q and %q, keys %q and %q", p[0], p[1], a.Identity(), b.Identity(), a.Key(), b.Key())
		}
	}
	different := [][2]string{{"/a", "/A"}, {"/a", "/a/"}, {"/?pid=1", "/?pid=2"}, {"/?a=1", "/?A=1"}, {"/?x=1&x=2", "/?x=2&x=1"}, {"/%2F", "//"}, {"https://a.example/x", "https://b.example/x"}}
	for _, p := range different {
		if a, b := parse(t, p[0]), parse(t, p[1]); a.Identity() == b.Identity() {
			t.Errorf("%q and %q have one identity %q", p[0], p[1], a.Identity())
		}
	}
}

func TestParseTarget(t *testing.T) {
	tests := []struct {
		in, want string
		err      error
	}{
		{in: "https://New.Example/products/a?x=1#f", want: "https://new.example/products/a?x=1#f"},
		{in: "HTTPS://new.example", want: "https://new.example/"},
		{in: "https://new.example?x=1", want: "https://new.example/?x=1"},
		{in: "https://new.example/商 品", want: "https://new.example/%E5%95%86%20%E5%93%81"},
		{in: "https://new.example/$1{id}%25", want: "https://new.example/$1{id}%25"},
		{in: "/relative", err: ErrNotURL},
		{in: "//evil.example/", err: ErrNotURL},
		{in: "javascript:alert(1)", err: ErrNotURL},
		{in: "https://shop@evil.example/", err: ErrNotURL},
		{in: "https://new.example/\nSet-Cookie: x", err: ErrControl},
	}
	for _, tt := range tests {
		got, err := ParseTarget(tt.in)
		if got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("ParseTarget(%q) = %q, %v; want %q, %v", tt.in, got, err, tt.want, tt.err)
		}
	}
}

func parse(t *testing.T, raw string) Source {
	t.Helper()
	s, err := ParseSource(raw)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func FuzzParseSource(f *testing.F) {
	for _, seed := range []string{"https://old.example/?pid=1", "/?a=%a4&b", "//x?#", "/a?x=1&x=2", "https://[::1]:8080/", "http://日本.example/商品?名=%zz", "/\\\"{}$;", "/?&&=&="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		s, err := ParseSource(raw)
		if err != nil {
			return
		}
		if s.Path == "" || s.Path[0] != '/' {
			t.Fatalf("%q: path %q", raw, s.Path)
		}
		for _, c := range []byte(s.Host + s.RequestTarget()) {
			if c <= ' ' || c >= 0x7f {
				t.Fatalf("%q: byte %#x in %q", raw, c, s.RequestTarget())
			}
		}
		again, err := ParseSource(s.URL())
		again.Fragment = s.Fragment
		if err != nil || again != s {
			t.Fatalf("%q: read back %+v as %+v, %v", raw, s, again, err)
		}
		if UpperEscapes(UpperEscapes(raw)) != UpperEscapes(raw) || len(UpperEscapes(raw)) != len(raw) {
			t.Fatalf("%q: UpperEscapes is not stable", raw)
		}
		// A row answers its own address.
		rule := Rule{Source: s, Target: "https://new.example/", Status: 301}
		r, err := NewResolver(Slice{rule})
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := r.Resolve(s.Host, s.RequestTarget()); !ok {
			t.Fatalf("%q: the row does not answer %q", raw, s.RequestTarget())
		}
	})
}
