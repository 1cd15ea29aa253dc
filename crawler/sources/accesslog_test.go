package sources

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// requests makes lines of a log of a shop with n products: people on different
// browsers, robots, pictures.
func requests(n int, line func(visitor, target string, status int, referrer, agent string) string) string {
	agents := []string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
		"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
	}
	var b strings.Builder
	for i := range 5 * n {
		target, referrer := fmt.Sprintf("/?pid=%d", 158000000+i%n), "https://www.search.example/"
		switch i % 5 {
		case 1:
			target, referrer = fmt.Sprintf("/img/product/%d.jpg?cmsp_timestamp=20261010", i%n), "https://shop.example/"
		case 2:
			referrer = "https://shop.example/?mode=cate&cbid=2600417&csid=0"
		case 3:
			target += "&utm_source=mail"
		}
		b.WriteString(line(fmt.Sprintf("203.0.113.%d", i%250), target, 200, referrer, agents[i%len(agents)]))
	}
	return b.String()
}

func combinedLogLine(visitor, target string, status int, referrer, agent string) string {
	return fmt.Sprintf("%s - - [10/Oct/2026:13:55:36 +0900] \"GET %s HTTP/1.1\" %d 5120 \"%s\" \"%s\"\n", visitor, target, status, referrer, agent)
}

func cloudFrontLine(visitor, target string, status int, referrer, agent string) string {
	path, query, _ := strings.Cut(target, "?")
	agent = strings.ReplaceAll(agent, " ", "%20")
	return fmt.Sprintf("2026-10-10\t01:02:03\tNRT57-C1\t2390\t%s\tGET\td1.cloudfront.net\t%s\t%d\t%s\t%s\t%s\t-\tHit\tid\tshop.example\thttps\t300\t0.002\t-\tTLSv1.3\tTLS\tHit\tHTTP/2.0\n",
		visitor, path, status, referrer, agent, query)
}

const cloudFrontHead = "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version\n"

func jsonLogLine(visitor, target string, status int, referrer, agent string) string {
	return fmt.Sprintf(`{"time_iso8601":"2026-10-10T13:55:36+09:00","remote_addr":"%s","request_method":"GET","request_uri":"%s","status":"%d","host":"shop.example","http_referer":"%s","http_user_agent":"%s"}`+"\n",
		visitor, target, status, referrer, agent)
}

// repeated is a file of a text again and again, as large as one wishes.
type repeated struct {
	text string
	size int64
	at   int64
}

func (r *repeated) ReadAt(b []byte, off int64) (int, error) {
	n := 0
	for n < len(b) && off < r.size {
		from := int(off % int64(len(r.text)))
		c := copy(b[n:], r.text[from:])
		c = int(min(int64(c), r.size-off))
		n, off = n+c, off+int64(c)
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func (r *repeated) Read(b []byte) (int, error) {
	n, err := r.ReadAt(b, r.at)
	r.at += int64(n)
	return n, err
}

func (r *repeated) Seek(off int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		off += r.at
	case io.SeekEnd:
		off += r.size
	}
	r.at = off
	return off, nil
}

// A log of 5 GB is read in a memory that hangs on the number of addresses alone.
func TestLargeLog(t *testing.T) {
	text := requests(2000, combinedLogLine)
	size := int64(5 << 30)
	if testing.Short() || raceEnabled {
		size = 48 << 20
	}
	size -= size % int64(len(text))
	var peak uint64
	reads := 0
	r, err := ReadFile(t.Context(), "access.log", &repeated{text: text, size: size}, Options{
		BaseURL: mustURL(t, "https://shop.example/"),
		Progress: func(int64, int64) {
			if reads++; reads%256 == 0 {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapAlloc)
			}
		},
	}, func(Address) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	times := int(size / int64(len(text)))
	table := r.Tables[0]
	if want := 10000 * times; table.Rows != want || table.RefusedCount != 0 || table.Log.Assets != 2000*times {
		t.Errorf("%d rows of %d, %d refused, %+v", table.Rows, want, table.RefusedCount, *table.Log)
	}
	if peak > 64<<20 {
		t.Errorf("%d MiB of memory", peak>>20)
	}
	t.Logf("%d MiB read, %d rows, memory at most %d MiB", size>>20, table.Rows, peak>>20)
}

// A log with more addresses than may be kept counts the rest, and says so.
func TestLogWithEndlessAddresses(t *testing.T) {
	r, list, err := readBytes(t, "access.log", []byte(requests(5000, combinedLogLine)), Options{MaxAddresses: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if table := r.Tables[0]; len(list) != 1000 || table.Dropped == 0 || len(table.Notes) != 1 {
		t.Errorf("%d addresses, %d dropped, notes %v", len(list), table.Dropped, table.Notes)
	}
}

// No address of a visitor leaves the reader, not even in messages about bad lines.
func TestLogsDropVisitors(t *testing.T) {
	logs, err := filepath.Glob(filepath.Join(samples, "*.log"))
	if err != nil || len(logs) < 6 {
		t.Fatal(logs, err)
	}
	extra := []string{
		`2001:db8::7 198.51.100.1 - x [10/Oct/2026:13:55:36 +0900] "GET /?pid=1 HTTP/1.1" 200 1 "-" "Mozilla"`,
		`203.0.113.5:443 198.51.100.1 - - [10/Oct/2026:13:55:36 +0900] "GET /?pid=1 HTTP/1.1" 200 1 "-" "Mozilla"`,
		`203.0.113.5 - - [10/Oct/2026:13:55:36 +0900] "GET http:// HTTP/1.1" 200 1 "-" "Mozilla"`,
		`203.0.113.5 - - [10/Oct/2026:13:55:36 +0900] "GET /?mode=mail&to=hanako%40mail.example HTTP/1.1" 200 1 "-" "Mozilla"`,
		`203.0.113.5 - - [10/Oct/2026`,
	}
	for _, file := range logs {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r, list, err := readBytes(t, file, append(data, strings.Join(extra, "\n")...), Options{})
		if err != nil {
			t.Fatal(file, err)
		}
		text := told(r, list)
		for _, visitor := range []string{"203.0.113.", "198.51.100.", "2001:db8", "hanako%40", "mail.example"} {
			if i := strings.Index(text, visitor); i >= 0 {
				t.Errorf("%s: %q", file, text[i:min(i+80, len(text))])
			}
		}
	}
}

func TestRobots(t *testing.T) {
	for agent, want := range map[string]bool{
		"": true, "-": true, "curl/8.5.0": true, "python-requests/2.32": true, "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)": true,
		"Mozilla/5.0 (compatible; AhrefsBot/7.0)": true, "Mediapartners-Google": true, "facebookexternalhit/1.1": true,
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0":                                              false,
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36":                   false,
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/604.1 Line/15": false,
	} {
		if got := robotName(agent); got != want {
			t.Errorf("%q is a robot: %t", agent, got)
		}
	}
}

func BenchmarkLogs(b *testing.B) {
	for name, text := range map[string]string{
		"combined": requests(5000, combinedLogLine), "cloudfront": cloudFrontHead + requests(5000, cloudFrontLine), "json": requests(5000, jsonLogLine),
	} {
		b.Run(name, func(b *testing.B) {
			data := []byte(strings.Repeat(text, 1+(64<<20)/len(text)))
			b.SetBytes(int64(len(data)))
			began := cpuTime()
			defer func() {
				if used := cpuTime() - began; used > 0 {
					b.ReportMetric(float64(len(data))*float64(b.N)/1e6/used.Seconds(), "MB/cpu-s")
				}
			}()
			for b.Loop() {
				if _, err := ReadFile(b.Context(), "access.log", bytes.NewReader(data), Options{}, func(Address) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Programs with long names are told apart as others are, but not remembered: a log may
// hold as many of them as it likes.
func TestLongProgramNamesAreNotKept(t *testing.T) {
	l := &logReader{robots: map[string]bool{}}
	long := strings.Repeat("x", 4*maxProgram)
	for _, test := range []struct {
		name  string
		robot bool
		kept  int
	}{
		{"Mozilla/5.0", false, 1},
		{long, false, 1},
		{long + " bot", true, 1},
		{"examplebot/1.0", true, 2},
	} {
		if got := l.isRobot([]byte(test.name)); got != test.robot || len(l.robots) != test.kept {
			t.Errorf("%.20q: robot %t with %d names kept, want %t with %d", test.name, got, len(l.robots), test.robot, test.kept)
		}
	}
}

// A log may hold as many long addresses as it likes: what they fill is bounded as well as
// their number, and what is left out is counted and said.
func TestLogBoundedByBytes(t *testing.T) {
	const room, targets = 1 << 20, 2000
	long := strings.Repeat("x", maxLogTarget-40)
	var b strings.Builder
	for range 2 { // each is asked twice
		for i := range targets {
			b.WriteString(combinedLogLine("203.0.113.7", fmt.Sprintf("/?n=%d&%s", i, long), 200, "-", person))
		}
	}
	b.WriteString(combinedLogLine("203.0.113.7", "/?"+strings.Repeat("x", maxLogTarget), 200, "-", person))
	rep := Report{Kind: AccessLog, Charset: csUTF8}
	s := &session{ctx: t.Context(), o: ReadOptions{BaseURL: mustURL(t, "https://shop.example/")}, rep: &rep, kept: newKept(1_000_000)}
	s.kept.room = room
	if err := readAccessLog(s, strings.NewReader(b.String())); err != nil {
		t.Fatal(err)
	}
	s.finish()
	size := 0
	for _, a := range s.kept.list {
		size += len(a.URL) + addressCost
	}
	if n := len(s.kept.list); n == 0 || n >= targets || size > room || s.kept.size != size || rep.Dropped != 2*(targets-n)+1 {
		t.Errorf("%d addresses of %d bytes are kept in %d, %d requests left out", n, size, room, rep.Dropped)
	}
	if rep.Log.People != 2*targets+1 {
		t.Errorf("%d requests counted", rep.Log.People)
	}
	want := []Note{
		{fmt.Sprintf("what the file says fills more than 1 MiB: %d rows or requests beyond that were left out", rep.Dropped-1),
			fmt.Sprintf("ファイルの内容が 1 MiB を超えました。超えた分の %d 行は取り込んでいません", rep.Dropped-1)},
		{"1 requests for addresses of more than 2048 bytes were left out", "1 件は 2048 バイトを超えるURLのアクセスのため、取り込んでいません"},
	}
	if diff := cmp.Diff(want, rep.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}

	// The same for what was missed: half is left to people.
	s.kept, rep = newKept(1_000_000), Report{Kind: AccessLog, Charset: csUTF8}
	s.kept.room = room
	var misses MissLog
	got := map[bool]int{}
	m := &missReader{log: &misses, fn: func(miss Miss) error {
		size += 2*len(miss.URL) + addressCost
		got[miss.Absent.People > 0]++
		return nil
	}}
	if err := m.begin(AccessLog); err != nil {
		t.Fatal(err)
	}
	s.beside, size = &beside{misses: m}, 0
	robots := strings.ReplaceAll(strings.ReplaceAll(b.String(), " 200 ", " 404 "), person, "curl/8.5.0")
	people := strings.ReplaceAll(strings.ReplaceAll(b.String(), " 200 ", " 404 "), "/?n=", "/?m=")
	if err := readAccessLog(s, strings.NewReader(robots+people)); err != nil {
		t.Fatal(err)
	}
	if err := m.end(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got[true] == 0 || got[true] < got[false]-2 || got[true] > got[false]+2 || size > room+room/8 || misses.Beyond != 4*targets+2-2*(got[true]+got[false]) {
		t.Errorf("%d addresses of people and %d of robots in %d bytes of %d, %d requests beyond", got[true], got[false], size, room, misses.Beyond)
	}
}

// Programs may send the whole address; the host in it is the one that was asked.
func TestLogsWithWholeAddresses(t *testing.T) {
	line := func(target, referrer string) string {
		return combinedLogLine("203.0.113.7", target, 200, referrer, person)
	}
	log := line("http://shop.example/?pid=1", "-") + line("/?pid=1", "-") + line("HTTPS://www.shop.example/?pid=2", "-") +
		line("http://shop.example", "-") + line("https://shop.example?pid=3", "-") + line("http://hanako:secret@shop.example/?pid=4", "-") +
		line("http://other.example:8080/x", "-") + line("http://shop.example/?pid=5", "https://shop.example/") + line("/login?next=http://x.example/", "-") +
		`shop.example:443 203.0.113.7 - - [10/Oct/2026:13:55:36 +0900] "GET http://asked.example/a HTTP/1.1" 200 1 "-" "` + person + "\"\n"
	want := map[string]float64{
		"http://shop.example/?pid=1": 1, "https://shop.example/?pid=1": 1, "https://www.shop.example/?pid=2": 1,
		"http://shop.example/": 1, "https://shop.example?pid=3": 1, "http://shop.example/?pid=4": 1, "http://other.example:8080/x": 1,
		"http://shop.example/?pid=5": 0, "https://shop.example/login?next=http://x.example/": 1, "http://asked.example/a": 1,
	}
	_, list, err := readBytes(t, "access.log", []byte(log), Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, a := range list {
		got[a.URL] += a.Figures.Sessions
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("visits (-want +got):\n%s", diff)
	}
	json := `{"time_iso8601":"2026-10-10T13:55:36+09:00","request":"GET http://shop.example/?pid=1 HTTP/1.1","status":"404","host":"front.example","http_referer":"-","http_user_agent":"` + person + `"}` + "\n"
	_, misses, err := missesOf(t, []byte(json), Options{BaseURL: mustURL(t, "https://shop.example/")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(misses) != 1 || misses[0].URL != "http://shop.example/?pid=1" {
		t.Errorf("misses %+v", misses)
	}
}
