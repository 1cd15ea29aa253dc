package domain

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Answer is yes, no, or empty for not known: whether the domain goes to other name
// servers as well, as it does where today's stand at the old shop or where an edge
// wants to hold the zone.
type Answer string

const (
	Yes Answer = "yes"
	No  Answer = "no"
)

// Case is what is known of the switch beside the records.
type Case struct {
	// Cutover is T, the moment at which the web records change; zero: not decided. Its
	// location is the time zone in which times are written.
	Cutover time.Time
	// Target is who will answer visitors; may be empty.
	Target Text
	// TargetRecords are the values that the target asks for, as far as they are known,
	// with their source; may be empty.
	TargetRecords Text
	TargetSource  string
	// Edge says that the target is an edge which answers old addresses.
	Edge bool
}

// Step is one thing to do. At counts from T.
type Step struct {
	At     time.Duration
	Today  bool // at once, whatever T is
	Latest bool // At is the last moment; earlier is as good
	// Only is "servers" for a step that is needed only if the name servers change,
	// "records" for one that is needed only if they stay; empty: always.
	Only string
	Do   Text
	Why  Text
	// Lines are records or commands, one a line.
	Lines  []string
	Source string // URL of the rule; empty: none
}

// Runbook is how a domain is taken over.
type Runbook struct {
	Zone     *Zone
	Case     Case
	Warnings []Step // what stands in the way, without time
	Steps    []Step // in the order of time
	Unknown  []Text // what must be found out
	Undo     []Step
}

// Spans that the steps use beside the TTLs.
const (
	day = 24 * time.Hour
	// shortTTL is what practitioners lower it to; Google asks for a few hours or less
	// (https://developers.google.com/search/docs/crawling-indexing/site-move-no-url-changes,
	// 2026-07-08).
	shortTTL = 300 * time.Second
	// lowerBefore is how long before the switch Google asks to lower it.
	lowerBefore = 7 * day
	copyBefore  = 21 * day
	raiseAfter  = 7 * day
	senderAfter = 30 * day
	// yearTTL is more than any sane TTL; a longer one is cut, so that no date is
	// absurd.
	yearTTL = 366 * day
)

// seconds is a TTL as a span, cut to a year.
func seconds(ttl uint32) time.Duration { return min(time.Duration(ttl)*time.Second, yearTTL) }

// NewRunbook makes the runbook of a zone.
func NewRunbook(z *Zone, c Case) *Runbook {
	b := &Runbook{Zone: z, Case: c}
	b.prepare()
	b.mail()
	b.trust()
	b.lower()
	b.certificate()
	b.cut()
	b.after()
	slices.SortStableFunc(b.Steps, func(x, y Step) int {
		if x.Today != y.Today {
			if x.Today {
				return -1
			}
			return 1
		}
		return cmp.Compare(x.At, y.At)
	})
	if z.ServersChange != "" { // settled: leave the other branch out
		other := map[Answer]string{Yes: "records", No: "servers"}[z.ServersChange]
		b.Steps = slices.DeleteFunc(b.Steps, func(s Step) bool { return s.Only == other })
		b.Undo = slices.DeleteFunc(b.Undo, func(s Step) bool { return s.Only == other })
		for i := range b.Steps {
			b.Steps[i].Only = ""
		}
		for i := range b.Undo {
			b.Undo[i].Only = ""
		}
	}
	return b
}

func (b *Runbook) step(s Step)    { b.Steps = append(b.Steps, s) }
func (b *Runbook) unknown(t Text) { b.Unknown = append(b.Unknown, t) }
func (b *Runbook) warn(s Step)    { b.Warnings = append(b.Warnings, s) }

// prepare: what must be settled before anything is changed.
func (b *Runbook) prepare() {
	z := b.Zone
	b.step(Step{Today: true, Source: mailPractice,
		Do: text("ドメインの管理会社とDNSの管理画面に入れること、登録者が自社であること、期限を確かめます。DNSの管理画面から**全レコードの一覧**を保存し、下の「今のレコード」と比べます。",
			"Check that you can log in at the registrar and in the DNS panel, that the shop is the registrant, and when the domain expires. Save the **full list of records** from the DNS panel and compare it with the records below."),
		Why: text("レコードの一覧は外からは取れません。下の表は、よく使われる名前を一つずつ聞いた結果で、ほかの名前があるかもしれません。",
			"A zone cannot be listed from outside: the table below is what asking for common names brought, and there may be other names."),
	})
	if !z.answered() {
		b.warn(Step{Do: text("どのDNSサーバーからも答えがありませんでした。下の値はすべて不明です。DNSの管理画面を見て書き込むか、つながる所でもう一度読んでください。**値が分かるまで切り替えないでください。**",
			"No DNS server answered. Everything below is unknown: fill it in from the DNS panel, or read again from a place with a connection. **Do not switch before the values are known.**"),
			Lines: []string{"replatform domain " + z.Host}})
	}
	if b.Zone.ServersChange == "" {
		b.unknown(text("ネームサーバーも変わるか：今のネームサーバーは誰のものか、旧店の契約が終わると消えるか、案内係（CDNなど）がドメインごと預かるか",
			"do the name servers change too: whose are today's, do they end with the old contract, does the edge (CDN) want to hold the whole zone"))
	}
	if b.Case.TargetRecords == (Text{}) {
		b.unknown(text("新しい行き先の値（A・AAAA・CNAME）：新しいお店または案内係の管理画面で確認", "the new values (A, AAAA, CNAME): look them up in the panel of the new shop or the edge"))
	}
	b.step(Step{At: -copyBefore, Only: "servers", Source: mailPractice,
		Do: text("新しいネームサーバーに、今の全レコード（MX・TXT・DKIM・_dmarc・SRVも）を写します。相手の「初期設定」のままにせず、`zone-before.txt` と管理画面の一覧の両方と照らします。写したら、次の命令で新しいネームサーバーに直接聞き、違いがないことを確かめます。",
			"Copy every record of today (MX, TXT, DKIM, _dmarc and SRV too) to the new name servers. Do not accept their default zone: check against both `zone-before.txt` and the list from the panel. Then ask the new name servers directly; there must be no difference."),
		Why:   text("サイトは移ったがメールが止まる事故は、写し漏れで起きます。", "The typical accident, the site moved and mail dead, comes from a record that was not copied."),
		Lines: []string{"replatform domain " + z.Host + " --check --dns-server NEW-NAME-SERVER"},
	})
}

// mail: what the switch would do to mail.
func (b *Runbook) mail() {
	z, m := b.Zone, b.Zone.mail()
	switch {
	case m.answer == Unknown:
		b.unknown(text("メール（MX）の設定：DNSの管理画面で確認", "the mail records (MX): look them up in the DNS panel"))
	case m.refuses:
		b.step(Step{Today: true, Source: rfcNullMX,
			Do: text("このドメインは「メールを受け取らない」設定（空のMX）です。本当にそうか確かめ、切替後も同じ値を残します。", "This domain says that it takes no mail (a null MX). Make sure that this is meant, and keep it.")})
	case m.implicit:
		b.warn(Step{Source: rfcMailHost,
			Do: text("MXがありません。メールは「www なし」のAレコードの住所に届くきまりなので、そのAを変えるとメールの行き先も変わります。メールを使っているなら、切替より前に今のサーバーへ名前（例：mail）とMXを付けてください。",
				"There is no MX, so mail goes to the A record of the bare domain: changing it moves the mail. If mail is used, give today's server a name (for example mail) and an MX before the switch."),
			Lines: b.mailHostLines()})
	}
	if len(m.moved) > 0 {
		b.warn(Step{Source: rfcMailHost,
			Do: text(fmt.Sprintf("MXがお店と同じ名前（%s）を指しています。お店の行き先を変えると**メールも新しいお店へ送られて届かなくなります**。先にメールサーバーへ別の名前を付け、MXをそこへ向けます。", strings.Join(m.moved, "、")),
				fmt.Sprintf("MX points at a name of the shop itself (%s): switching the shop **takes the mail along, and it is lost**. Give the mail server a name of its own first and point MX there.", strings.Join(m.moved, ", "))),
			Lines: b.mailHostLines()})
		ttl := z.Lookup(z.Apex, "MX").longest()
		b.step(Step{At: -wholeDays(max(lowerBefore, ttl+day)), Latest: true, Source: rfcMailHost,
			Do:    text("MXを新しい名前へ向け直します（下の行）。送受信を試してから先へ進みます。", "Point MX at the new name (lines below). Send and receive a mail before going on."),
			Lines: b.mailHostLines()})
	}
	if len(m.spf) > 1 {
		b.warn(Step{Source: rfcSPF + "#section-3.2", Do: text("SPFのTXTが複数あります。受け取る側ではエラーになるので、1つにまとめます。", "There is more than one SPF record, which receivers take for an error: make them one.")})
	}
	if len(m.spfFollows) > 0 {
		b.warn(Step{Source: rfcSPF + "#section-5.3",
			Do: text(fmt.Sprintf("SPFの %s は、切り替えるレコードの住所を許可しています。切替後は今の送信サーバーが許可から外れるので、先に `ip4:今の住所` に書き換えます。", strings.Join(m.spfFollows, " ")),
				fmt.Sprintf("%s in SPF allows whatever address the switched records have. After the switch today's server is no longer allowed to send: write `ip4:` with today's address first.", strings.Join(m.spfFollows, " "))),
			Lines: z.addressLines(z.Apex)})
	}
	b.step(Step{At: -lowerBefore, Source: mailPractice,
		Do: text("新しいお店が自社ドメインの名前でメールを送るなら、SPFに新しい送信元を足し、新しいDKIMの鍵を登録します。今の送信元はまだ消しません。",
			"If the new shop sends mail in the domain's name, add its sender to SPF and its DKIM key. Do not remove today's sender yet."),
		Why: text("最初の注文メールが迷惑メールにならないため。", "So that the first order mails are not taken for spam."),
	})
	if keys := z.Lookup("_domainkey."+z.Apex, "TXT"); keys.State != NoName && !slices.ContainsFunc(z.Records(), func(r Record) bool { return strings.Contains(r.Name, "._domainkey.") }) {
		b.unknown(text("DKIMの鍵の名前（セレクタ）：実際に届いたメールのヘッダー「DKIM-Signature」の s= の値。分かったら `replatform domain "+z.Host+" --selector 名前` で読めます",
			"the names of the DKIM keys (selectors): the value of s= in the DKIM-Signature header of a mail that was received; read them with `replatform domain "+z.Host+" --selector NAME`"))
	}
}

// mailHostLines are the records that give the mail server a name of its own.
func (b *Runbook) mailHostLines() []string {
	z := b.Zone
	var out []string
	for _, kind := range []string{"A", "AAAA"} {
		for _, r := range z.Lookup(z.Apex, kind).Records {
			if r.Type == kind {
				out = append(out, "mail."+z.Apex+". "+kind+" "+r.Value)
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return append(out, z.Apex+". MX 10 mail."+z.Apex+".")
}

func (z *Zone) addressLines(name string) []string {
	var out []string
	for _, kind := range []string{"A", "AAAA"} {
		for _, r := range z.Lookup(name, kind).Records {
			if r.Type == kind {
				out = append(out, map[string]string{"A": "ip4:", "AAAA": "ip6:"}[kind]+r.Value)
			}
		}
	}
	return out
}

func (l Lookup) longest() time.Duration {
	var ttl uint32
	for _, r := range l.Records {
		ttl = max(ttl, r.TTL)
	}
	return seconds(ttl)
}

// trust: a signed zone that changes its name servers.
func (b *Runbook) trust() {
	z := b.Zone
	switch z.DS.State {
	case Found:
		wait := seconds(z.signedTTL())
		b.step(Step{At: -wholeDays(b.serversBefore() + wait + day), Latest: true, Only: "servers", Source: rfcDS,
			Do: text(fmt.Sprintf("ドメインは署名（DNSSEC）されています。ネームサーバーを変える前に、管理会社の画面でDSレコードを消し、消えてから少なくとも %s 待ちます。待たずに変えると、**多くの人からドメインごと見えなくなります（メールも）**。", spanJA(wait)),
				fmt.Sprintf("The domain is signed (DNSSEC). Before the name servers change, have the DS record removed at the registrar and wait at least %s after it is gone. Without that **the whole domain, mail included, vanishes for many people**.", spanEN(wait))),
			Lines: recordLines(z.DS.Records)})
		b.step(Step{At: raiseAfter, Only: "servers", Source: rfcDS,
			Do: text("新しいネームサーバーで署名を有効にし、その新しいDSを管理会社に登録します。", "Switch signing on at the new name servers and register their new DS at the registrar.")})
	case Unknown:
		b.unknown(text("DNSSEC（DSレコード）の有無：ネームサーバーを変える前に管理会社の画面で確認", "DNSSEC (is there a DS record): look at the registrar before the name servers change"))
	}
}

// lower: TTLs, so that the switch reaches everybody soon.
func (b *Runbook) lower() {
	z := b.Zone
	ttl, ok := z.webTTL()
	if !ok {
		b.unknown(text("今のTTL：DNSの管理画面で確認。分からないうちは「最後の時刻」を計算できません", "today's TTLs: look in the DNS panel; the last moment for lowering them cannot be told without"))
		b.step(Step{At: -lowerBefore, Source: googleHost,
			Do: text("お店のA・AAAA・CNAMEのTTLを300秒に下げます。", "Lower the TTL of the shop's A, AAAA and CNAME records to 300 seconds.")})
		return
	}
	if seconds(ttl) > shortTTL {
		b.step(Step{At: -max(lowerBefore, seconds(ttl)), Source: googleHost,
			Do:    text("お店のA・AAAA・CNAMEのTTLを300秒に下げます（Googleは少なくとも1週間前に数時間以下へ、実務では300秒）。", "Lower the TTL of the shop's A, AAAA and CNAME records to 300 seconds (Google: at least a week before, to a few hours or less; practitioners: 300 seconds)."),
			Lines: lowered(z.web())})
		b.step(Step{At: -seconds(ttl), Latest: true, Source: rfcNegative,
			Do: text(fmt.Sprintf("ここがTTLを下げる最後の時刻です（今のTTLの最大 %s）。これより遅いと、切替の後も古い行き先が残ります。遅れたら切替をずらします。", spanJA(seconds(ttl))),
				fmt.Sprintf("The last moment to lower the TTL (today's longest is %s). Later than this the old destination lives on after the switch: put the switch off instead.", spanEN(seconds(ttl))))})
	}
	b.step(Step{At: -day,
		Do:    text("お店のレコードのTTLが本当に300秒になったかを確かめます。", "See that the TTL of the shop's records is 300 seconds now."),
		Lines: []string{"replatform domain " + z.Host + " --check"}})
	wait, ok := z.nameServerTTL()
	if !ok {
		b.unknown(text("ネームサーバーの登録のTTL：分からないので、2日として計算しました", "the TTL of the name server entries: as it is unknown, two days are reckoned with"))
		wait = uint32(2 * day / time.Second)
	}
	b.step(Step{At: -b.serversBefore(), Only: "servers", Latest: true, Source: rfcNegative,
		Do: text(fmt.Sprintf("管理会社の画面でネームサーバーを変えます。行き渡るまで %s かかるため、その間は**古いネームサーバーにも同じレコードを残し**、お店の行き先はまだ変えません。", spanJA(seconds(wait))),
			fmt.Sprintf("Change the name servers at the registrar. It takes %s until everybody has noticed: meanwhile **keep the same records on the old name servers**, and leave the shop where it is.", spanEN(seconds(wait)))),
		Why: text("親のゾーンのTTLは自分では下げられません。お店の切替とは別の日にします。", "The TTL in the zone above cannot be lowered, so this is done on another day than the switch of the shop."),
	})
}

// serversBefore is how long before the switch the name servers change at the latest:
// a day more than it takes until everybody has noticed.
func (b *Runbook) serversBefore() time.Duration {
	ttl, ok := b.Zone.nameServerTTL()
	if !ok {
		return 3 * day
	}
	return wholeDays(seconds(ttl) + day)
}

// wholeDays rounds up to days.
func wholeDays(d time.Duration) time.Duration { return (d + day - 1).Truncate(day) }

// certificate: it must be there before the switch.
func (b *Runbook) certificate() {
	z := b.Zone
	var open []string
	rules := map[string]certificates{}
	for _, n := range z.WebNames() {
		c := z.certificatesFor(n)
		switch c.state {
		case Unknown:
			open = append(open, n)
		case Found:
			rules[c.at] = c
		}
	}
	if len(open) > 0 {
		b.unknown(text("証明書を発行できる会社の制限（CAA）："+strings.Join(open, "、")+" について答えがありません", "which certificate authorities are allowed (CAA): no answer for "+strings.Join(open, ", ")))
	}
	for _, at := range sortedKeys(rules) {
		c := rules[at]
		issuers := slices.DeleteFunc(slices.Clone(c.issuers), func(s string) bool { return s == "" })
		ja, en := strings.Join(issuers, "、"), strings.Join(issuers, ", ")
		if len(issuers) == 0 {
			ja, en = "誰にも認めない", "nobody"
		}
		b.step(Step{At: -wholeDays(lowerBefore + seconds(c.ttl)), Latest: true, Source: rfcCAA,
			Do: text(fmt.Sprintf("CAAレコード（%s）が、証明書の発行を次の会社に限っています：%s。新しいお店（または案内係）にどの会社の証明書を使うか聞き、入っていなければ `issue` の行を足します。今の行は消しません。", at, ja),
				fmt.Sprintf("A CAA record at %s lets only these issue certificates: %s. Ask the new shop (or the edge) whose certificates it uses and add an `issue` line if it is missing. Keep today's lines.", at, en)),
			Why:   text("入っていないと証明書が発行されず、切替後に警告が出ます。", "Otherwise no certificate is issued, and visitors see a warning after the switch."),
			Lines: recordLines(z.Lookup(at, "CAA").Records)})
	}
	names := strings.Join(z.WebNames(), " ")
	b.step(Step{At: -lowerBefore, Source: rfcACME + "#section-8.4",
		Do: text("切替の前に、新しい側で証明書を用意します（名前："+names+"）。切替前はWebでの確認（HTTP-01）が古いお店に届いてしまうため、DNSでの確認（`_acme-challenge` のTXTまたはCNAME）を選べるか、相手に聞きます。",
			"Have the certificate ready on the new side before the switch (names: "+names+"). A check over the web (HTTP-01) would reach the old shop, so ask for the check by DNS (a TXT or CNAME at `_acme-challenge`)."),
		Why: text("古い http と https のリンクの両方が今も使われています。証明書がないと、https のリンクの人は転送より前に警告で止まります。", "Old http and https links are both in use. Without a certificate visitors on https are stopped by a warning before any redirect."),
	})
	if b.Case.TargetRecords == (Text{}) || b.Case.Edge {
		b.unknown(text("新しい側がどの会社の証明書を使い、切替の前に発行できるか", "whose certificates the new side uses, and whether it can issue them before the switch"))
	}
}

// cut: the switch itself.
func (b *Runbook) cut() {
	z := b.Zone
	target := b.Case.Target
	if target == (Text{}) {
		target = text("新しい側", "the new side")
	}
	var lines []string
	apexAddress, stale := false, false
	for _, n := range z.WebNames() {
		var old []string
		for _, r := range z.web() {
			if r.Name == n {
				old = append(old, r.Type+" "+r.Value)
				apexAddress = apexAddress || n == z.Apex && r.Type != "CNAME"
				stale = stale || r.Type == "AAAA"
			}
		}
		switch {
		case len(old) > 0:
			lines = append(lines, n+".  "+strings.Join(old, ", ")+"  →  NEW-VALUE")
		case z.Lookup(n, "A").State == Unknown:
			lines = append(lines, n+".  ?  →  NEW-VALUE")
		default:
			lines = append(lines, n+".  -  →  NEW-VALUE")
		}
	}
	do := text("お店のレコードだけを"+target.JA+"の値に変えます。**MX・TXT・その他は触りません。**", "Change the shop's records alone to the values of "+target.EN+". **Leave MX, TXT and all others.**")
	if v := b.Case.TargetRecords; v != (Text{}) {
		do.JA += " 資料にある値：" + v.JA + "（管理画面の表示を優先）。"
		do.EN += " Values on record: " + v.EN + " (what the panel shows comes first)."
	}
	b.step(Step{At: 0, Do: do, Lines: lines, Source: b.Case.TargetSource})
	if stale {
		b.step(Step{At: 0,
			Do: text("今はAAAA（IPv6）もあります。新しい側がIPv6の値を示さないなら、**AAAAは消します**。残すと、IPv6の人だけ古いお店に行き続けます。", "There is an AAAA record (IPv6) today. If the new side gives no IPv6 value, **delete it**: otherwise visitors with IPv6 stay on the old shop.")})
	}
	if (apexAddress || len(z.web()) == 0) && b.Case.TargetRecords == (Text{}) {
		b.warn(Step{Source: rfcCNAME,
			Do: text("「www なし」の名前にCNAMEは置けません（MXやNSと同居できないきまり）。新しい側が名前（CNAME）しか示さない場合は、DNSの「ALIAS」「フラットニング」機能を使うか、www なしを www へ301で送ります。どちらができるかをDNSの会社に聞きます。",
				"A CNAME cannot stand at the bare domain (it may not share a name with MX or NS). If the new side gives only a host name, use the DNS service's ALIAS or flattening, or send the bare domain to www with a 301. Ask the DNS service which it can do.")})
	}
	var checks []string
	for _, n := range z.WebNames() {
		checks = append(checks, "http://"+n+"/", "https://"+n+"/")
	}
	b.step(Step{At: shortTTL,
		Do:    text("次の住所がすべて、警告なしに1回の転送以内で新しいお店を開くことを確かめます。続けて旧URLを全件確かめます。", "See that each of these opens the new shop without a warning and with at most one redirect; then ask every old address."),
		Lines: append(checks, "replatform verify")})
	b.step(Step{At: shortTTL + 5*time.Minute, Source: mailPractice,
		Do:    text("メールが変わっていないことを確かめ、外から1通受け取り、1通送ります。", "See that the mail records are unchanged, then receive one mail from outside and send one."),
		Lines: []string{"replatform domain " + z.Host + " --check"}})
}

// after: until when the old side must live, and the way back.
func (b *Runbook) after() {
	z := b.Zone
	if ttl, ok := z.webTTL(); ok {
		b.step(Step{At: max(seconds(ttl), day), Latest: false, Source: rfcNegative,
			Do: text(fmt.Sprintf("TTLを守るDNSなら、下げる前の値（%s）を覚えた所もここまでに新しい行き先を知ります。**古い側はこれより前に止めません。**", spanJA(seconds(ttl))),
				fmt.Sprintf("By now even resolvers that hold the value of before lowering (%s) have noticed, if they honour TTLs. **Do not switch the old side off before.**", spanEN(seconds(ttl))))})
	}
	b.step(Step{At: raiseAfter, Do: text("問題がなければTTLを元の値に戻します。", "If all is well raise the TTLs again."), Lines: recordTTLs(z.web())})
	b.step(Step{At: senderAfter, Source: mailPractice,
		Do: text("旧店からの最後のメールが出た後に、SPFから旧店の送信元を外します。", "After the old shop has sent its last mail take its sender out of SPF.")})
	b.Undo = append(b.Undo, Step{
		Do:    text("お店のレコードを下の値に戻します。TTLを300秒に下げてあれば、約5分で元に戻ります。", "Put the shop's records back to these values. With the TTL at 300 seconds this takes about five minutes."),
		Lines: recordLines(z.web())})
	if ttl, ok := z.nameServerTTL(); ok {
		b.Undo = append(b.Undo, Step{Only: "servers",
			Do: text(fmt.Sprintf("ネームサーバーを元に戻すには %s かかります。そのため、お店だけを戻すときは新しいネームサーバーの上でレコードを戻します。", spanJA(seconds(ttl))),
				fmt.Sprintf("Going back to the old name servers takes %s. To take only the shop back, change the records on the new ones.", spanEN(seconds(ttl)))),
			Lines: recordLines(z.Delegation.Records)})
	}
}

func recordLines(records []Record) []string {
	var out []string
	for _, r := range records {
		out = append(out, fmt.Sprintf("%s. %d %s %s", r.Name, r.TTL, r.Type, r.Value))
	}
	return out
}

// lowered lists the records whose TTL is over the short one.
func lowered(records []Record) []string {
	var out []string
	for _, r := range records {
		if seconds(r.TTL) > shortTTL {
			out = append(out, fmt.Sprintf("%s. %s  TTL %d → 300", r.Name, r.Type, r.TTL))
		}
	}
	return out
}

func recordTTLs(records []Record) []string {
	var out []string
	for _, r := range records {
		if line := fmt.Sprintf("%s. %s  TTL %d", r.Name, r.Type, r.TTL); seconds(r.TTL) > shortTTL && !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// spanJA and spanEN write a span in the largest unit that divides it.
func spanJA(d time.Duration) string { return span(d, "日", "時間", "分", "秒") }
func spanEN(d time.Duration) string {
	units := []string{" days", " hours", " minutes", " seconds"}
	s := span(d, units...)
	if strings.HasPrefix(s, "1 ") {
		return strings.TrimSuffix(s, "s")
	}
	return s
}

func span(d time.Duration, units ...string) string {
	for i, unit := range []time.Duration{day, time.Hour, time.Minute} {
		if d >= unit && d%unit == 0 && (unit != day || d >= 2*day) {
			return strconv.FormatInt(int64(d/unit), 10) + units[i]
		}
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + units[3]
}
