package engine

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"replatform/redirects"
)

// randomMap makes hostile rows: escapes of EUC-JP and CP932 in either letter case,
// characters that end a string or a line in some configuration, parameters in any
// number and order, paths and hosts that differ in little.
func randomMap(rnd *rand.Rand, n int) redirects.Slice {
	pick := func(words ...string) string { return words[rnd.IntN(len(words))] }
	piece := func() string {
		switch rnd.IntN(8) {
		case 0: // two bytes of EUC-JP
			return fmt.Sprintf(pick("%%%02X%%%02X", "%%%02x%%%02x", "%%%02x%%%02X"), 0xa1+rnd.IntN(0x5e), 0xa1+rnd.IntN(0x5e))
		case 1: // two bytes of CP932
			return fmt.Sprintf(pick("%%%02X%%%02X", "%%%02x%%%02x"), 0x81+rnd.IntN(0x1f), 0x40+rnd.IntN(0x3f))
		case 2: // UTF-8
			return "%E5%95%86"
		case 3: // what has a meaning somewhere
			return pick(`"`, `'`, `\`, "$", "$1", "${x}", "{", "}", "{id}", ";", "`", "<", ">", "|", "^", "(", ")", "[", "]", "*", ".", "+", ",", "!", "~", "@", ":", "%25", "%2F", "%20", "%22", "%5C", "%27", `"}`, `";`, `\n`)
		case 4: // any byte
			return fmt.Sprintf("%%%02X", rnd.IntN(256))
		}
		return pick("a", "B", "item", "Item", "1", "22", "x-y", "tea", "p_q")
	}
	word := func() string {
		var b strings.Builder
		for range 1 + rnd.IntN(3) {
			b.WriteString(piece())
		}
		return b.String()
	}
	target := func() string {
		t := "https://new.example/" + pick("products", "pages", "t") + "/" + pick("a", "b", word())
		if rnd.IntN(4) == 0 {
			t += "?" + pick("ref=old", "a=1&b=2", word())
		}
		if rnd.IntN(12) == 0 {
			t += "#part"
		}
		return t
	}
	var m redirects.Slice
	for len(m) < n {
		old := ""
		if rnd.IntN(3) == 0 {
			old = pick("https://a.example", "https://www.a.example", "https://b.example")
		}
		old += "/"
		for i := range rnd.IntN(3) {
			if i > 0 {
				old += "/"
			}
			old += word()
		}
		if rnd.IntN(10) == 0 {
			old += pick("/", ".html", "//x", "/../y", "/./z")
		}
		if rnd.IntN(2) == 0 {
			var params []string
			for range 1 + rnd.IntN(3) {
				name := pick("pid", "mode", "cbid", "keyword", "Pid", "opt[]", "a-b", word())
				params = append(params, name+pick("=", "=", "=", "")+pick("", word(), word(), fmt.Sprint(rnd.IntN(50))))
			}
			old += "?" + strings.Join(params, "&")
		}
		to := target()
		match := redirects.Exact
		if rnd.IntN(15) == 0 {
			captured := pick(redirects.CaptureID, redirects.CaptureSlug)
			if strings.Contains(old, "?") {
				old += "&c=" + captured
			} else {
				old += pick("/", "/x-") + captured + pick("", ".html", "/")
			}
			to, match = "https://new.example/"+pick("c", "c/"+word())+"/"+captured+pick("", "?from="+captured, word()), redirects.Captured
		}
		s, err := redirects.ParseSource(old)
		if err != nil || s.Fragment != "" {
			continue
		}
		if to, err = redirects.ParseTarget(to); err != nil {
			continue
		}
		s.Match = match
		r := redirects.Rule{Line: len(m) + 1, Source: s, Target: to, Status: 301}
		switch rnd.IntN(12) {
		case 0:
			r.Status, r.Target = 410, ""
		case 1:
			r.Status = 308
		}
		m = append(m, r)
	}
	return m
}

// samples are addresses that captured rows may answer, and some that they must not.
func samples(m redirects.Slice) []string {
	var further []string
	for _, r := range m {
		c, ok, _ := r.Capture()
		if !ok {
			continue
		}
		for _, part := range []string{"12", "0", "a-B_9", "", "1.2", "%31", "1%2F2"} {
			address := c.Fill(r.Source.RequestTarget(), part)
			if r.Source.Host != "" {
				address = r.Source.Host + " " + address
			}
			further = append(further, address)
		}
	}
	return further
}

// respelt are other spellings of some rows: a parameter added, the last one first,
// escapes in lower case.
func respelt(m redirects.Slice, most int) []string {
	var further []string
	for i, r := range m {
		if r.Source.Match != redirects.Exact || r.Source.Host != "" || i%(1+len(m)/most) != 0 {
			continue
		}
		target := r.Source.RequestTarget()
		further = append(further, lowerEscapes(target))
		if path, query, ok := strings.Cut(target, "?"); ok && query != "" {
			further = append(further, target+"&utm_source=x")
			if n := strings.LastIndexByte(query, '&'); n > 0 {
				further = append(further, path+"?"+query[n+1:]+"&"+query[:n])
			}
		}
	}
	return further
}

// mostRows keeps engines that walk a list for each request, or compile their rows,
// to what they answer in reasonable time.
func mostRows(e Engine) int {
	if limit, ok := e.Capabilities().RowLimit(""); ok {
		return min(limit.Max, 2000)
	}
	return 20_000
}

// TestRandomMaps: what an engine's Select accepts of a random map is answered as
// the map says, by the engine's model and, where it runs here, by the real engine;
// so are other spellings of its rows. No row makes an engine refuse its
// configuration, and the front page and robots.txt, which are no rows, are left
// alone. The last map has 10,000 rows.
func TestRandomMaps(t *testing.T) {
	sizes := []int{400, 400, 13_500} // of the last, the audit leaves more than 10,000
	switch {
	case os.Getenv("REPLATFORM_LONG") == "1":
		for range 9 {
			sizes = append(sizes, 900)
		}
	case testing.Short():
		sizes = sizes[:1]
	}
	run, slow := everyRunner(), matchers()
	for round, rows := range sizes {
		seed := uint64(20261125 + round)
		all := randomMap(rand.New(rand.NewPCG(seed, 7)), rows)
		audit, err := redirects.Audit(t.Context(), all, redirects.AuditOptions{})
		if err != nil {
			t.Fatal(err)
		}
		m, err := redirects.Collect(audit.Accepted)
		if err != nil {
			t.Fatal(err)
		}
		home := redirects.Slice{}
		for _, r := range m {
			if !r.Source.IsRoot() {
				home = append(home, r)
			}
		}
		if rows > 10_000 && len(home) < 10_000 {
			t.Errorf("only %d of %d rows pass the audit", len(home), rows)
		}
		whole := home
		for _, e := range New(Options{Host: "old.example"}) {
			home := whole[:min(len(whole), mostRows(e))]
			t.Run(fmt.Sprintf("%s/%d", e.ID(), seed), func(t *testing.T) {
				sel, err := Select(t.Context(), e, home)
				if err != nil {
					t.Fatal(err)
				}
				model, err := e.Model(sel.Map())
				if err != nil {
					t.Fatal(err)
				}
				kept := redirects.Slice{}
				for r, err := range sel.Map().Rules() {
					if err != nil {
						t.Fatal(err)
					}
					if kept = append(kept, r); r.Source.Match == redirects.Captured {
						continue
					}
					host := r.Source.Host
					if host == "" {
						host = "old.example"
					}
					got := model.Answer(Request{Host: host, Target: r.Source.RequestTarget()})
					if want := (Answer{Fired: true, Status: statusOn(e, r), Location: r.Target}); got != want {
						t.Errorf("%s: the model answers %+v, the map says %+v", r.Source, got, want)
					}
				}
				if err := e.Write(t.Context(), MemSink{}, kept); err != nil {
					t.Fatal(err)
				}
				begin, ok := run[e.ID()]
				if !ok || round > 0 && slow[e.ID()] != nil { // TestVendorMaps has rows that these take
					t.Logf("%d of %d rows accepted and modelled", len(kept), len(home))
					return
				}
				real, dir := written(t, e, home)
				further := append(respelt(kept, 1000), "/", "/robots.txt", "/?utm_source=x", "/none", "/?pid=none")
				further = append(further, samples(kept)...)
				conform(t, e, begin(t, dir), real, "old.example", further...)
			})
		}
	}
}
