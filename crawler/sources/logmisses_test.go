package sources

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	person = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
	engine = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
)

// missesOf reads a log from memory and gives the addresses that were missed, without the
// times of their answers: TestLastAnswer.
func missesOf(t testing.TB, data []byte, o Options, odd func(string) bool) (Reading, []Miss, error) {
	t.Helper()
	var list []Miss
	r, err := ReadMisses(t.Context(), "access.log", bytes.NewReader(data), o, odd, func(m Miss) error {
		if m.Last = (time.Time{}); m.Vain().Any() {
			list = append(list, m)
		}
		return nil
	})
	return r, list, err
}

// The same requests in every form of log give the same misses.
func TestReadMisses(t *testing.T) {
	type line = func(visitor, target string, status int, referrer, agent string) string
	log := func(head string, write line) []byte {
		return []byte(head + write("203.0.113.7", "/?pid=1", 404, "https://www.search.example/", person) +
			write("203.0.113.8", "/?pid=1", 404, "https://www.search.example/", engine) +
			write("203.0.113.7", "/?pid=2", 410, "-", person) +
			write("203.0.113.7", "/?pid=3", 200, "-", person) +
			write("203.0.113.7", "/products/cup", 200, "-", person) +
			write("203.0.113.7", "/?pid=1", 301, "-", person) +
			write("203.0.113.7", "/cart", 502, "-", person) +
			write("203.0.113.7", "/img/1.jpg", 404, "-", person) +
			write("203.0.113.7", "/login", 403, "-", person) +
			write("203.0.113.7", "/?mode=mail&to=hanako%40mail.example", 404, "-", person))
	}
	common := func(visitor, target string, status int, _, _ string) string {
		return fmt.Sprintf("%s - - [10/Oct/2026:13:55:36 +0900] \"GET %s HTTP/1.1\" %d 5120\n", visitor, target, status)
	}
	packed := func(data []byte) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	zipped := func(data []byte) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.Create("logs/access.log")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	want := []Miss{
		{Line: 1, URL: "https://shop.example/?pid=1", Absent: Hits{People: 1, Robots: 1}, Well: true}, // led on in the end
		{Line: 3, URL: "https://shop.example/?pid=2", Absent: Hits{People: 1}},
		{Line: 4, URL: "https://shop.example/?pid=3", Shown: Hits{People: 1}},
		{Line: 7, URL: "https://shop.example/cart", Broken: Hits{People: 1}},
	}
	unnamed := []Miss{{Line: 1, URL: want[0].URL, Absent: Hits{People: 2}, Well: true}, want[1], want[2], want[3]}
	below := func(list []Miss, lines int) []Miss {
		out := append([]Miss(nil), list...)
		for i := range out {
			out[i].Line += lines
		}
		return out
	}
	for name, tt := range map[string]struct {
		data []byte
		want []Miss
	}{
		"combined":    {log("", combinedLogLine), want},
		"common":      {log("", common), unnamed},
		"cloudfront":  {log(cloudFrontHead, cloudFrontLine), below(want, 2)},
		"json":        {log("", jsonLogLine), want},
		"packed":      {packed(log("", combinedLogLine)), want},
		"in a folder": {zipped(log("", jsonLogLine)), want},
	} {
		t.Run(name, func(t *testing.T) {
			odd := func(u string) bool { return strings.Contains(u, "?pid=") }
			r, list, err := missesOf(t, tt.data, Options{BaseURL: mustURL(t, "https://shop.example/")}, odd)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, list); diff != "" {
				t.Errorf("misses (-want +got):\n%s", diff)
			}
			table := r.Tables[0]
			l := *table.Log
			if l.People+l.Robots != 4 || r.Misses.Broken != 1 || l.Assets != 1 || l.OtherAnswers != 3 || l.Private != 1 {
				t.Errorf("counted %+v, %+v", l, r.Misses)
			}
			if table.Rows != 10 || table.RefusedCount != 0 || table.Period != "2026-10-10" {
				t.Errorf("%d rows, %d refused, period %q", table.Rows, table.RefusedCount, table.Period)
			}
		})
	}
}

// Answers 200 are no misses unless the caller says so, and one that turned right is
// counted as such.
func TestMissesShown(t *testing.T) {
	data := []byte(combinedLogLine("203.0.113.7", "/a", 200, "-", person) + combinedLogLine("203.0.113.7", "/a", 404, "-", person) +
		combinedLogLine("203.0.113.7", "/a", 200, "-", person))
	base := Options{BaseURL: mustURL(t, "https://shop.example/")}
	for name, tt := range map[string]struct {
		odd   func(string) bool
		line  int
		shown Hits
		other int
		well  bool
	}{
		"not asked":    {nil, 2, Hits{}, 2, true},
		"right":        {func(string) bool { return false }, 2, Hits{}, 2, true},
		"not expected": {func(string) bool { return true }, 1, Hits{People: 2}, 0, false},
	} {
		r, list, err := missesOf(t, data, base, tt.odd)
		if err != nil {
			t.Fatal(name, err)
		}
		want := []Miss{{Line: tt.line, URL: "https://shop.example/a", Absent: Hits{People: 1}, Shown: tt.shown, Well: tt.well}}
		if diff := cmp.Diff(want, list); diff != "" || r.Tables[0].Log.OtherAnswers != tt.other {
			t.Errorf("%s: %d other answers, misses (-want +got):\n%s", name, r.Tables[0].Log.OtherAnswers, diff)
		}
	}
}

// The last answer of an address counts, by the time that the log gives it and not by the
// line on which it stands.
func TestLastAnswer(t *testing.T) {
	at := func(line, clock string) string { return strings.Replace(line, "10/Oct/2026:13:55:36 +0900", clock, 1) }
	combined := func(status int, clock string) string {
		return at(combinedLogLine("203.0.113.7", "/a", status, "-", person), clock)
	}
	fields := func(status int, day, clock string) string {
		line := cloudFrontLine("203.0.113.7", "/a", status, "-", person)
		return strings.Replace(strings.Replace(line, "2026-10-10", day, 1), "01:02:03", clock, 1)
	}
	object := func(status int, clock string) string {
		return strings.Replace(jsonLogLine("203.0.113.7", "/a", status, "-", person), "2026-10-10T13:55:36+09:00", clock, 1)
	}
	for name, tt := range map[string]struct {
		log  string
		well bool
		last string // UTC
	}{
		"mended":                      {combined(404, "10/Oct/2026:13:55:36 +0900") + combined(200, "10/Oct/2026:13:55:37 +0900"), true, "2026-10-10T04:55:37Z"},
		"led on":                      {combined(410, "10/Oct/2026:13:55:36 +0900") + combined(301, "12/Oct/2026:00:00:00 +0900"), true, "2026-10-11T15:00:00Z"},
		"not changed since":           {combined(500, "10/Oct/2026:13:55:36 +0900") + combined(304, "10/Oct/2026:13:56:00 +0900"), true, "2026-10-10T04:56:00Z"},
		"lost":                        {combined(200, "10/Oct/2026:13:55:36 +0900") + combined(404, "10/Oct/2026:13:55:37 +0900"), false, "2026-10-10T04:55:37Z"},
		"joined in the wrong order":   {combined(200, "11/Oct/2026:00:00:00 +0900") + combined(404, "10/Oct/2026:23:00:00 +0900"), true, "2026-10-10T15:00:00Z"},
		"another zone":                {combined(404, "10/Oct/2026:13:55:36 +0900") + combined(200, "10/Oct/2026:05:55:36 +0000"), true, "2026-10-10T05:55:36Z"},
		"the same second":             {combined(200, "10/Oct/2026:13:55:36 +0900") + combined(404, "10/Oct/2026:13:55:36 +0900"), false, "2026-10-10T04:55:36Z"},
		"a login tells nothing":       {combined(200, "10/Oct/2026:13:55:36 +0900") + combined(404, "10/Oct/2026:13:55:37 +0900") + combined(403, "11/Oct/2026:13:55:37 +0900"), false, "2026-10-10T04:55:37Z"},
		"fields":                      {cloudFrontHead + fields(404, "2026-10-10", "01:02:03") + fields(200, "2026-10-11", "00:00:00"), true, "2026-10-11T00:00:00Z"},
		"fields in the wrong order":   {cloudFrontHead + fields(404, "2026-10-11", "00:00:00") + fields(200, "2026-10-10", "01:02:03"), false, "2026-10-11T00:00:00Z"},
		"objects":                     {object(404, "2026-10-10T13:55:36+09:00") + object(200, "1791608137.25"), true, "2026-10-10T04:55:37.25Z"},
		"objects without a clock":     {object(404, "") + object(200, ""), true, "0001-01-01T00:00:00Z"},
		"the first one without clock": {object(404, "") + object(200, "2026-10-10T13:55:36+09:00"), true, "2026-10-10T04:55:36Z"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []Miss
			_, err := ReadMisses(t.Context(), "access.log", strings.NewReader(tt.log), Options{BaseURL: mustURL(t, "https://shop.example/")}, nil, func(m Miss) error {
				got = append(got, m)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 1 || got[0].Well != tt.well || got[0].Last.UTC().Format(time.RFC3339Nano) != tt.last || !got[0].Vain().Any() {
				t.Errorf("%+v", got)
			}
		})
	}
}

// Programs that try out addresses without end leave room for those that people ask.
func TestMissesBounded(t *testing.T) {
	var b strings.Builder
	for i := range 500 {
		b.WriteString(combinedLogLine("203.0.113.7", fmt.Sprintf("/scan-%d", i), 404, "-", "curl/8.5.0"))
	}
	for i := range 100 {
		b.WriteString(combinedLogLine("203.0.113.8", fmt.Sprintf("/?pid=%d", i), 404, "-", person))
	}
	r, list, err := missesOf(t, []byte(b.String()), Options{BaseURL: mustURL(t, "https://shop.example/"), MaxAddresses: 100}, nil)
	if err != nil {
		t.Fatal(err)
	}
	people := 0
	for _, m := range list {
		people += m.Absent.People
	}
	if len(list) != 100 || people != 50 || r.Misses.Beyond != 500 {
		t.Errorf("%d addresses, %d asked by people, %d requests beyond", len(list), people, r.Misses.Beyond)
	}
}

// What is no log is refused, and a line that is none of the log is named by its number.
func TestMissesRefused(t *testing.T) {
	if _, _, err := missesOf(t, []byte("https://shop.example/a\n"), Options{}, nil); !errors.Is(err, ErrNotLog) {
		t.Errorf("a list of addresses: %v", err)
	}
	data := combinedLogLine("203.0.113.7", "/?pid=1", 404, "-", person) + "203.0.113.9 not a line\n" + combinedLogLine("203.0.113.7", "*", 404, "-", person)
	r, list, err := missesOf(t, []byte(data), Options{BaseURL: mustURL(t, "https://shop.example/")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	table := r.Tables[0]
	if len(list) != 1 || r.Misses.NoAddress != 1 || table.RefusedCount != 1 || table.Refused[0].Line != 2 || strings.Contains(table.Refused[0].Reason, "203.0.113") {
		t.Errorf("misses %v, refused %v, %+v", list, table.Refused, r.Misses)
	}
}

func BenchmarkMisses(b *testing.B) {
	data := []byte(strings.Repeat(requests(5000, combinedLogLine), 16))
	b.SetBytes(int64(len(data)))
	odd := func(u string) bool { return strings.Contains(u, "?pid=") }
	for b.Loop() {
		if _, _, err := missesOf(b, data, Options{BaseURL: &url.URL{Scheme: "https", Host: "shop.example", Path: "/"}}, odd); err != nil {
			b.Fatal(err)
		}
	}
}

// Whatever is in the log: no panic, every miss is an address of the web that was asked,
// and nothing of the visitor is in it.
func FuzzReadMisses(f *testing.F) {
	logs, err := filepath.Glob(filepath.Join(samples, "*.log"))
	if err != nil || len(logs) == 0 {
		f.Fatal(logs, err)
	}
	for _, file := range logs {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(bytes.ReplaceAll(data, []byte("200"), []byte("404")))
	}
	f.Add([]byte(combinedLogLine("203.0.113.7", "//%", 404, "-", "x") + combinedLogLine("203.0.113.7", "http://[", 503, "-", "x")))
	base := &url.URL{Scheme: "https", Host: "shop.example", Path: "/"}
	f.Fuzz(func(t *testing.T, data []byte) {
		o := Options{BaseURL: base, MaxAddresses: 50, MaxBytes: 1 << 20}
		n := 0
		_, _ = ReadMisses(t.Context(), "file", bytes.NewReader(data), o, func(u string) bool { return len(u)%2 == 0 }, func(m Miss) error {
			if n++; n > 50 {
				t.Errorf("%d addresses", n)
			}
			if u, err := url.Parse(m.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
				t.Errorf("address %q: %v", m.URL, err)
			}
			if (m.Line > 0) != m.Vain().Any() || m.Line == 0 && !m.Well {
				t.Errorf("a miss that nobody asked: %+v", m)
			}
			return nil
		})
	})
}

// Parts of the same content are told by their content, packed or not; what they counted
// is taken back.
func TestMissesReadAgain(t *testing.T) {
	log := combinedLogLine("203.0.113.7", "/?pid=1", 404, "-", person) + combinedLogLine("203.0.113.7", "/?pid=2", 502, "-", person) +
		combinedLogLine("203.0.113.7", "*", 404, "-", person)
	more := log + combinedLogLine("203.0.113.7", "/?pid=3", 404, "-", person)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(log)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	names := map[Content]string{}
	for _, tt := range []struct {
		name, again string
		data        []byte
		misses      int
		counted     MissLog
	}{
		{"one", "", []byte(log), 2, MissLog{Broken: 1, NoAddress: 1}},
		{"again", "one", []byte(log), 0, MissLog{}},
		{"packed", "one", packed.Bytes(), 0, MissLog{}},
		{"longer", "", []byte(more), 3, MissLog{Broken: 1, NoAddress: 1}},
	} {
		o := Options{BaseURL: mustURL(t, "https://shop.example/"), Again: func(c Content) string {
			other := names[c]
			if other == "" {
				names[c] = tt.name
			}
			return other
		}}
		r, list, err := missesOf(t, tt.data, o, nil)
		if err != nil {
			t.Fatal(tt.name, err)
		}
		if len(list) != tt.misses || r.Misses != tt.counted || r.Tables[0].Again != tt.again {
			t.Errorf("%s: %d misses, counted %+v, the same as %q", tt.name, len(list), r.Misses, r.Tables[0].Again)
		}
	}
}
