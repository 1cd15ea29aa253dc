package sources

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPersonalName(t *testing.T) {
	for raw, want := range map[string]string{
		"tel": "tel", "TEL": "tel", "tel1": "tel", "name": "name", "amp;name": "name", "last_name": "lastname", "lastName": "lastname", "Postal-Code": "postalcode",
		"customer%5Btel%5D": "tel", "customer[first-name]": "firstname", "shipping_address2": "address", "billing_name": "name", "order_tel": "tel", "contact-email": "email",
		"reset_password_token": "token", "access_token": "accesstoken", "PHPSESSID": "phpsessid", "birthDate": "birthdate", "%E9%9B%BB%E8%A9%B1%E7%95%AA%E5%8F%B7": "電話番号", "user_id": "userid",
		// What tells products and pages stays.
		"pid": "", "cid": "", "mode": "", "product_id": "", "product_name": "", "category_name": "", "item_name": "", "filter_phone": "", "phone_model": "", "brandcode": "",
		"keyword": "", "q": "", "page": "", "sort": "", "order[name]": "", "code": "", "state": "", "country": "", "id": "", "uid": "", "sid": "", "key": "", "pref": "", "city": "",
		"mail_magazine": "", "sex": "", "color": "", "size": "", "utm_source": "", "": "", "%zz": "", "_": "", "names": "", "telescope": "", "hotel": "", "emailer": "", "path": "",
	} {
		if got := personalName(raw); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

// What addresses in a log say of persons is kept nowhere, and the visits count; in every
// form of log.
func TestLogsDropPersons(t *testing.T) {
	targets := []string{
		"/admin/secret?tel=09012345678&name=%E8%8A%B1%E5%AD%90", "/admin/secret?tel=0312345678", "/?pid=1&customer%5Btel%5D=09012345678", "/?customer_name=hanako&pid=1&mode=x",
		"/?pid=1", "/products/list?category_id=&name=nabe", "/products/list?category_id=3&name=", "/?token=hanako-abc#x", "/search?keyword=tel",
	}
	tells := func(address, without string) bool {
		return strings.HasSuffix(address, "/products/list?category_id=&name=nabe") && strings.HasSuffix(without, "/products/list?category_id=")
	}
	want := map[string]float64{
		"/admin/secret": 2, "/?pid=1": 2, "/?pid=1&mode=x": 1, "/products/list?category_id=&name=nabe": 1,
		"/products/list?category_id=3&name=": 1, "/": 1, "/search?keyword=tel": 1,
	}
	for form, line := range map[string]func(visitor, target string, status int, referrer, agent string) string{
		"combined": combinedLogLine, "cloudfront": cloudFrontLine, "json": jsonLogLine,
	} {
		t.Run(form, func(t *testing.T) {
			log := ""
			if form == "cloudfront" {
				log = cloudFrontHead
			}
			missed := log
			for _, target := range targets {
				target, _, _ = strings.Cut(target, "#")
				log += line("203.0.113.7", target, 200, "-", person)
				missed += line("203.0.113.7", target, 404, "-", person)
			}
			r, list, err := readBytes(t, "access.log", []byte(log), Options{Tells: tells})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]float64{}
			for _, a := range list {
				got[strings.TrimPrefix(a.URL, "https://shop.example")] += a.Figures.Sessions
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("visits (-want +got):\n%s", diff)
			}
			table := r.Tables[0]
			note := Note{fmt.Sprintf(noteShortened, 4, "tel, name, token", 5), fmt.Sprintf(inJapanese(noteShortened), 4, "tel, name, token", 5)}
			if table.Log.Shortened != 5 || table.Log.People != len(targets) || len(table.Notes) != 1 || table.Notes[0] != note {
				t.Errorf("counted %+v, notes %+v", *table.Log, table.Notes)
			}
			// What was missed keeps the names: they may be why.
			m, misses, err := missesOf(t, []byte(missed), Options{BaseURL: mustURL(t, "https://shop.example/"), Tells: tells}, nil)
			if err != nil {
				t.Fatal(err)
			}
			var addresses []string
			for _, miss := range misses {
				addresses = append(addresses, strings.TrimPrefix(miss.URL, "https://shop.example"))
			}
			wantMissed := []string{
				"/admin/secret?tel=&name=", "/admin/secret?tel=", "/?pid=1&customer%5Btel%5D=", "/?customer_name=&pid=1&mode=x", "/?pid=1",
				"/products/list?category_id=&name=nabe", "/products/list?category_id=3&name=", "/?token=", "/search?keyword=tel",
			}
			if diff := cmp.Diff(wantMissed, addresses); diff != "" {
				t.Errorf("missed (-want +got):\n%s", diff)
			}
			if log := m.Tables[0].Log; log.Shortened != 5 || log.People != len(targets) {
				t.Errorf("counted %+v", *log)
			}
			for _, secret := range []string{"0901234", "0312345", "hanako", "%E8%8A%B1"} {
				if text := told(r, list) + told(m, nil) + strings.Join(addresses, "\n"); strings.Contains(text, secret) {
					t.Errorf("%q is kept", secret)
				}
			}
		})
	}
}

// A link in a mail that names its reader counts as a visit of its page; a mail address where
// nothing tells it is left out with its request.
func TestVisitsFromMails(t *testing.T) {
	log := combinedLogLine("203.0.113.7", "/?pid=1&email=hanako%40mail.example", 200, "-", person) +
		combinedLogLine("203.0.113.7", "/?pid=1&x=1&mail=hanako@mail.example", 200, "-", person) +
		combinedLogLine("203.0.113.7", "/?pid=1&tel=1&to=hanako%40mail.example", 200, "-", person) +
		"shop.example:443 " + combinedLogLine("203.0.113.7", "/@news", 200, "-", person)
	r, list, err := readBytes(t, "access.log", []byte(log), Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, a := range list {
		got[a.URL] += a.Figures.Sessions
	}
	want := map[string]float64{"https://shop.example/?pid=1": 1, "https://shop.example/?pid=1&x=1": 1, "https://shop.example/@news": 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("visits (-want +got):\n%s", diff)
	}
	if l := r.Tables[0].Log; l.People != 3 || l.Shortened != 2 || l.Private != 1 {
		t.Errorf("counted %+v", *l)
	}
}

func FuzzWithoutPersonal(f *testing.F) {
	for _, seed := range []string{"/?tel=1&pid=2", "/?a&&name=x", "?%zz=1", "h.example/?customer[tel]=x;y=z", "/?name=&=b&tel", "http://x/?tel=1?name=2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		l := newLogReader(&session{rep: &Report{}, kept: newKept(1)})
		l.buf = []byte(address)
		short := l.withoutPersonal()
		if got := string(l.buf); short == (got == address) || len(got) > len(address) {
			t.Errorf("%q: %q, shortened %t", address, got, short)
		}
		if l.withoutPersonal() {
			t.Errorf("%q: shortened again, to %q", address, l.buf)
		}
	})
}
