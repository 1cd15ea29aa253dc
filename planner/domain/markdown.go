package domain

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// longestValue is how much of a value the table shows; zone-before.txt has all of it.
const longestValue = 120

// Markdown writes the runbook in the language "ja" or "en".
func (b *Runbook) Markdown(w io.Writer, lang string) error {
	m := &page{lang: lang}
	z := b.Zone
	m.line("# %s: %s", m.say("ドメインの切替手順書", "Runbook for the domain"), z.Apex)
	m.line("")
	m.line("%s: %s", m.say("読んだ日時", "Read on"), z.Read.In(b.location()).Format("2006-01-02 15:04 MST"))
	if b.Case.Cutover.IsZero() {
		m.line("%s", m.say("T（切替の時刻）は未定です。時刻はTからの差で書いてあります。", "T (the moment of the switch) is not decided: times are given as distances from T."))
	} else {
		m.line("T = %s", b.moment(m.lang, 0))
	}
	m.line("")
	b.overview(m)
	m.steps(b, m.say("先に片づけること", "What stands in the way"), b.Warnings, false)
	m.steps(b, m.say("手順", "Steps"), b.Steps, true)
	m.steps(b, m.say("元に戻す", "The way back"), b.Undo, false)
	if len(b.Unknown) > 0 {
		m.line("## %s", m.say("分かっていないこと", "Not known"))
		m.line("")
		for _, t := range b.Unknown {
			m.line("- [ ] %s", t.In(lang))
		}
		m.line("")
	}
	b.records(m)
	b.sources(m)
	_, err := io.WriteString(w, strings.TrimRight(m.b.String(), "\n")+"\n")
	return err
}

// page is a Markdown text being written.
type page struct {
	b    strings.Builder
	lang string
}

func (m *page) line(format string, args ...any) { fmt.Fprintf(&m.b, format+"\n", args...) }

func (m *page) say(ja, en string) string { return Text{ja, en}.In(m.lang) }

// overview is what an owner wants to know first.
func (b *Runbook) overview(m *page) {
	z, mail := b.Zone, b.Zone.mail()
	m.line("## %s", m.say("いまの状態", "As it stands"))
	m.line("")
	row := func(what, value string) { m.line("| %s | %s |", what, value) }
	row(m.say("項目", "what"), m.say("値", "value"))
	m.line("|---|---|")
	row(m.say("ネームサーバー", "name servers"), m.values(z.Lookup(z.Apex, "NS"), "NS"))
	for _, n := range z.WebNames() {
		row(code(n), m.address(z, n))
	}
	if ttl, ok := z.webTTL(); ok {
		row(m.say("お店のレコードの最長TTL", "longest TTL of the shop's records"), m.say(spanJA(seconds(ttl)), spanEN(seconds(ttl))))
	} else {
		row(m.say("お店のレコードの最長TTL", "longest TTL of the shop's records"), m.unknown())
	}
	mx := m.values(z.Lookup(z.Apex, "MX"), "MX")
	if mail.refuses {
		mx = m.say("受け取らない（空のMX）", "none is taken (null MX)")
	}
	row(m.say("メールの受け取り（MX）", "mail (MX)"), mx)
	row("SPF", m.policies(z.Lookup(z.Apex, "TXT"), mail.spf))
	row("DMARC", m.values(z.Lookup("_dmarc."+z.Apex, "TXT"), "TXT"))
	row(m.say("DKIM（見つかった鍵）", "DKIM (keys found)"), m.keys(z))
	row(m.say("証明書の発行制限（CAA）", "limits on certificates (CAA)"), m.caa(z))
	row(m.say("DNSSEC（DS）", "DNSSEC (DS)"), m.signed(z.DS))
	m.line("")
	if z.Wildcard {
		m.line("%s", m.say("どんな名前にも答える設定（ワイルドカード）があります。同じ答えの名前は表から除きました。", "Any name is answered (a wildcard); names with that same answer are left out of the table."))
		m.line("")
	}
	if slices.ContainsFunc(z.Lookups, func(l Lookup) bool { return l.State == Found && !l.Authoritative }) {
		m.line("%s", m.say("ドメインのネームサーバーに直接聞けなかったため、中継のDNSの答えです。TTLは残り時間で、本当の値はもっと長いことがあります。",
			"The zone's own name servers could not be asked; these are a resolver's answers, and a TTL may be what is left of a longer one."))
		m.line("")
	}
}

func (m *page) unknown() string { return m.say("不明", "unknown") }

func (m *page) state(l Lookup) string {
	if l.State == Unknown {
		return m.unknown()
	}
	return m.say("なし", "none")
}

// values lists the values of one type.
func (m *page) values(l Lookup, kind string) string {
	var out []string
	for _, r := range l.Records {
		if r.Type == kind {
			out = append(out, code(r.Value))
		}
	}
	if len(out) == 0 {
		return m.state(l)
	}
	return strings.Join(out, ", ")
}

func (m *page) policies(l Lookup, policies []string) string {
	if len(policies) == 0 {
		return m.state(l)
	}
	var out []string
	for _, p := range policies {
		out = append(out, code(p))
	}
	return strings.Join(out, ", ")
}

func (m *page) address(z *Zone, name string) string {
	var out []string
	for _, r := range z.web() {
		if r.Name == name {
			out = append(out, r.Type+" "+code(r.Value))
		}
	}
	if len(out) == 0 {
		return m.state(z.Lookup(name, "A"))
	}
	return strings.Join(out, ", ")
}

func (m *page) keys(z *Zone) string {
	var out []string
	for _, r := range z.Records() {
		if name, _, ok := strings.Cut(r.Name, "._domainkey."); ok && !slices.Contains(out, code(name)) {
			out = append(out, code(name))
		}
	}
	switch {
	case len(out) > 0:
		return strings.Join(out, ", ")
	case z.Lookup("_domainkey."+z.Apex, "TXT").State == NoName:
		return m.say("なし（その下に名前がないという答え）", "none (the answer is that no name stands below)")
	}
	return m.say("不明（よくある名前では見つからず）", "unknown (not under the common names)")
}

func (m *page) caa(z *Zone) string {
	var out []string
	for _, n := range z.WebNames() {
		c := z.certificatesFor(n)
		text := m.say("制限なし", "no limit")
		switch c.state {
		case Unknown:
			text = m.unknown()
		case Found:
			var names []string
			for _, i := range c.issuers {
				names = append(names, code(i))
			}
			text = strings.Join(names, ", ")
		}
		out = append(out, code(n)+": "+text)
	}
	return strings.Join(out, "; ")
}

func (m *page) signed(l Lookup) string {
	switch l.State {
	case Found:
		return m.say("署名あり", "signed")
	case Unknown:
		return m.unknown()
	}
	return m.say("署名なし", "not signed")
}

// steps writes a chapter of steps; timed ones carry their time.
func (m *page) steps(b *Runbook, title string, steps []Step, timed bool) {
	if len(steps) == 0 {
		return
	}
	m.line("## %s", title)
	m.line("")
	for i, s := range steps {
		when := ""
		if timed {
			when = "**" + b.when(m, s) + "** "
		}
		switch s.Only {
		case "servers":
			when += m.say("〔ネームサーバーも変わる場合だけ〕", "[only if the name servers change] ")
		case "records":
			when += m.say("〔ネームサーバーが変わらない場合だけ〕", "[only if the name servers stay] ")
		}
		m.line("%d. %s%s%s", i+1, when, s.Do.In(m.lang), m.because(s))
		for _, l := range s.Lines {
			m.line("   - %s", code(l))
		}
	}
	m.line("")
}

func (m *page) because(s Step) string {
	if s.Why == (Text{}) {
		return ""
	}
	return m.say("（"+s.Why.JA+"）", " ("+s.Why.EN+")")
}

func (b *Runbook) location() *time.Location {
	if b.Case.Cutover.IsZero() {
		return time.UTC
	}
	return b.Case.Cutover.Location()
}

// when writes the time of a step.
func (b *Runbook) when(m *page, s Step) string {
	if s.Today {
		return m.say("今すぐ", "now")
	}
	out := "T"
	switch {
	case s.At < 0:
		out += "−" + m.say(spanJA(-s.At), spanEN(-s.At))
	case s.At > 0:
		out += "+" + m.say(spanJA(s.At), spanEN(s.At))
	}
	if !b.Case.Cutover.IsZero() {
		out += m.say("、", ", ") + b.moment(m.lang, s.At)
	}
	if s.Latest {
		out = m.say("遅くとも ", "at the latest ") + out
	}
	return out + m.say("：", ":")
}

func (b *Runbook) moment(lang string, at time.Duration) string {
	t := b.Case.Cutover.Add(at)
	if lang != "ja" {
		return t.Format("2006-01-02 Mon 15:04 MST")
	}
	weekday := []string{"日", "月", "火", "水", "木", "金", "土"}[t.Weekday()]
	return t.Format(time.DateOnly) + "（" + weekday + "）" + t.Format("15:04 MST")
}

// records is the table of everything that was read.
func (b *Runbook) records(m *page) {
	m.line("## %s", m.say("今のレコード", "Records of today"))
	m.line("")
	web := b.Zone.web()
	m.line("| %s | %s | TTL | %s | %s |", m.say("名前", "name"), m.say("種類", "type"), m.say("値", "value"), m.say("切替で", "at the switch"))
	m.line("|---|---|---|---|---|")
	for _, r := range b.Zone.Records() {
		what := m.say("そのまま", "stays")
		switch {
		case slices.Contains(web, r):
			what = m.say("**変わる**", "**changes**")
		case r.Type == "NS" || r.Type == "SOA":
			what = m.say("ネームサーバーが変わる場合だけ変わる", "changes with the name servers only")
		}
		m.line("| %s | %s | %d | %s | %s |", code(r.Name), r.Type, r.TTL, code(short(r.Value)), what)
	}
	guesses := 0
	for _, l := range b.Zone.Lookups {
		switch {
		case l.State != Unknown:
		case l.Guess:
			guesses++
		default:
			m.line("| %s | %s | %s | %s | %s |", code(l.Name), l.Type, m.unknown(), m.unknown(), m.unknown())
		}
	}
	m.line("")
	if guesses > 0 {
		m.line(m.say("このほか、よくある名前についての %d 問にも答えがありませんでした。", "Beside these, %d questions for common names had no answer."), guesses)
		m.line("")
	}
}

// sources lists the rules on which the steps rest.
func (b *Runbook) sources(m *page) {
	seen := []string{googleHost, ttlPractice, rfcNoName}
	for _, s := range slices.Concat(b.Warnings, b.Steps) {
		if s.Source != "" && !slices.Contains(seen, s.Source) {
			seen = append(seen, s.Source)
		}
	}
	slices.Sort(seen)
	m.line("## %s", m.say("根拠", "Evidence"))
	m.line("")
	for _, s := range seen {
		m.line("- <%s>%s", s, map[string]string{
			googleHost:   m.say("（Google、2026-07-08）", " (Google, 2026-07-08)"),
			ttlPractice:  m.say("（実務者、日付なし）", " (practitioner, n.d.)"),
			mailPractice: m.say("（実務者、日付なし）", " (practitioner, n.d.)"),
		}[s])
	}
}

func short(s string) string {
	if len(s) > longestValue {
		return s[:longestValue] + "…"
	}
	return s
}

// code is a code span that nothing in s can end. Values are printable ASCII already,
// names are not: a name server can put any byte into one.
func code(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '`':
			return '\''
		case r == '|':
			return '¦'
		case r < ' ' || r == 0x7f:
			return ' '
		}
		return r
	}, s)
	if strings.TrimSpace(s) == "" {
		s = "-"
	}
	return "`" + s + "`"
}

// ZoneFile writes the records as a zone file (RFC 1035 §5), for DNS services that can
// read one. SOA and NS are left out: they belong to the name servers.
func (z *Zone) ZoneFile(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "; Records of %s, read %s. A zone cannot be listed from outside: there may be others.\n", z.Apex, z.Read.Format(time.RFC3339))
	fmt.Fprintf(&b, "$ORIGIN %s.\n", z.Apex)
	for _, r := range z.Records() {
		if r.Type == "SOA" || r.Type == "NS" || r.Name != z.Apex && inZone(z.Apex, r.Name) == "" {
			continue
		}
		fmt.Fprintf(&b, "%s.\t%d\tIN\t%s\t%s\n", r.Name, r.TTL, r.Type, r.Value)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
