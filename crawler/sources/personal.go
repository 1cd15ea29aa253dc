package sources

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// Addresses in logs carry what visitors typed into forms that are sent with GET, and what
// links in mails tell about their readers: CWE-598
// (https://cwe.mitre.org/data/definitions/598.html). Which parameters those are is told by
// their names:
//
//   - the names that the HTML Standard gives to what forms ask about a person
//     (https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill-field),
//     without those under which shops show pages: country, language, organization, url,
//     photo, sex, address-level (a prefecture), mobile, home, work;
//   - tokens that stand for a person (RFC 6750, 2.3; RFC 9700, 4.3.2), and sessions;
//   - other words that forms use for the same, in English and Japanese.
//
// Letter case, signs between words and a number at the end make no difference: "tel2",
// "Postal_Code", "customer[first-name]".
var personalNames = sync.OnceValue(func() map[string]bool {
	return setOf(
		"name", "givenname", "additionalname", "familyname", "nickname", "username", "newpassword", "currentpassword", "onetimecode",
		"streetaddress", "addressline", "postalcode", "ccname", "ccgivenname", "ccadditionalname", "ccfamilyname", "ccnumber", "ccexp",
		"ccexpmonth", "ccexpyear", "cccsc", "bday", "bdayday", "bdaymonth", "bdayyear", "tel", "telcountrycode", "telnational", "telareacode",
		"tellocal", "telextension", "email", "impp",

		"accesstoken", "idtoken", "refreshtoken", "authtoken", "token", "otp", "session", "sessionid", "sessid", "phpsessid", "jsessionid",

		"firstname", "lastname", "middlename", "fullname", "surname", "namekana", "kananame", "furigana", "sei", "mei", "seikana", "meikana",
		"mail", "mailaddress", "emailaddress", "emailaddr", "phone", "phonenumber", "phoneno", "telephone", "telno", "telnumber", "mobilephone", "cellphone", "fax", "faxno",
		"address", "addr", "street", "zip", "zipcode", "postcode", "birth", "birthday", "birthdate", "dateofbirth", "dob", "birthyear", "birthmonth",
		"password", "passwd", "passphrase", "pass", "pwd", "login", "loginid", "user", "userid", "memberid", "customerid",
		"cardnumber", "cardno", "cvv", "cvc",
		"名前", "お名前", "氏名", "姓", "名", "フリガナ", "ふりがな", "電話", "電話番号", "メール", "メールアドレス", "住所", "郵便番号", "生年月日", "誕生日", "パスワード",
	)
})

// personalEnds are the words of personalNames that mean a person's also behind another
// word, "shipping_tel"; personalOwners are those before which every word of personalNames
// does, "customer_name". A "product_name" or "filter_phone" is a page.
var (
	personalEnds = sync.OnceValue(func() map[string]bool {
		return setOf("tel", "telephone", "mail", "email", "password", "passwd", "token", "birthday", "birthdate")
	})
	personalOwners = sync.OnceValue(func() map[string]bool {
		return setOf("customer", "user", "member", "billing", "shipping", "delivery", "buyer", "recipient", "sender", "guest", "contact", "your", "my")
	})
)

func setOf(names ...string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, n := range names {
		set[n] = true
	}
	return set
}

// personalName says whether a parameter's name, as it stands in an address, means that its
// value is about a person, and gives the name that it is known by; "" when it does not.
func personalName(raw string) string {
	name, err := url.QueryUnescape(raw)
	if err != nil {
		name = raw
	}
	words := wordsOf(strings.TrimPrefix(name, "amp;"))
	n := len(words)
	if n == 0 || n > 4 {
		return ""
	}
	whole, last := strings.Join(words, ""), words[n-1]
	switch {
	case personalNames()[whole]:
		return whole
	case n > 1 && personalEnds()[last]:
		return last
	case n > 1 && personalOwners()[words[0]] && personalNames()[strings.Join(words[1:], "")]:
		return strings.Join(words[1:], "")
	}
	return ""
}

// wordsOf are the words of a name in lower case: signs, digits and capitals end one.
func wordsOf(name string) []string {
	var b strings.Builder
	small := false
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r):
			b.WriteByte(' ')
		case unicode.IsUpper(r) && small:
			b.WriteByte(' ')
			fallthrough
		default:
			b.WriteRune(unicode.ToLower(r))
		}
		small = unicode.IsLower(r)
	}
	return strings.Fields(b.String())
}

const (
	maxNamesKnown   = 10_000 // names of parameters that are remembered
	maxParamName    = 64     // bytes of one that is looked at; longer ones are no form's
	maxShortenWords = 10     // names that the report tells
)

// personal remembers which names of parameters mean a person.
type personal struct {
	known map[string]string // by name as it stands in the log
	found []string          // as the report tells them
	buf   []byte
}

func (p *personal) name(raw []byte) string {
	if len(raw) > maxParamName {
		return ""
	}
	name, ok := p.known[string(raw)]
	if !ok {
		if name = personalName(string(raw)); p.known == nil {
			p.known = make(map[string]string)
		}
		if len(p.known) < maxNamesKnown {
			p.known[string(raw)] = name
		}
	}
	return name
}

// withoutPersonal takes what is about a person out of the address in l.buf and says whether
// there was anything. An import leaves such parameters out, so that the visit counts to the
// page; a log of what was missed keeps their names without values, because a redirect may
// fail by their being there. What tells a page of the shop stays, see Options.Tells.
func (l *logReader) withoutPersonal() bool {
	at := bytes.IndexByte(l.buf, '?')
	if at < 0 {
		return false
	}
	p, taken := &l.personal, false
	p.buf = append(p.buf[:0], l.buf[:at]...)
	sign := byte('?')
	for piece := range bytes.SplitSeq(l.buf[at+1:], []byte("&")) {
		name, value, _ := bytes.Cut(piece, []byte("="))
		word := ""
		if len(value) > 0 {
			word = p.name(name)
		}
		if word != "" && !l.tellsPage(piece) {
			if taken = true; len(p.found) < maxShortenWords && !slices.Contains(p.found, word) {
				p.found = append(p.found, word)
			}
			if l.misses == nil {
				continue
			}
			piece = piece[:len(name)+1]
		}
		p.buf = append(append(p.buf, sign), piece...)
		sign = '&'
	}
	if !taken {
		return false
	}
	l.buf = append(l.buf[:0], p.buf...)
	return true
}

// noteShortened says how many addresses lack what was about a person.
func (l *logReader) noteShortened() {
	n := 0
	for _, h := range l.hits {
		if h.shortened {
			n++
		}
	}
	if l.misses != nil {
		for _, a := range l.misses.order {
			if a.shortened {
				n++
			}
		}
	}
	if n > 0 {
		l.s.note(noteShortened, n, strings.Join(l.personal.found, ", "), l.log.Shortened)
	}
}

// tellsPage asks the caller whether the page of l.buf is another one without a parameter.
func (l *logReader) tellsPage(piece []byte) bool {
	if l.s.tells == nil {
		return false
	}
	front, query, _ := strings.Cut(string(l.buf), "?")
	var rest []string
	for other := range strings.SplitSeq(query, "&") {
		if other != string(piece) {
			rest = append(rest, other)
		}
	}
	short := front
	if len(rest) > 0 {
		short += "?" + strings.Join(rest, "&")
	}
	full, reason := l.s.pageAddress(l.absolute(string(l.buf)))
	if reason != "" {
		return false
	}
	if short, reason = l.s.pageAddress(l.absolute(short)); reason != "" {
		return false
	}
	return l.s.tells(full, short)
}
