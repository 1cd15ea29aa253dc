package review

import (
	"crypto/rand"
	"crypto/subtle"
	"mime"
	"net"
	"net/http"
	"strings"
)

// guard lets only the reviewer's browser in:
//
//   - The Host header must name the loopback address and port that is served, or a
//     page on another site could reach it under a name of its own that it lets
//     resolve to 127.0.0.1 (DNS rebinding).
//   - The address that the user opens holds a random token; it is exchanged for a
//     cookie, HttpOnly and SameSite=Strict, and taken out of the address. Both are
//     compared in constant time.
//   - Cookies do not know ports: another server on this machine may see the cookie
//     when it is visited. So what changes anything needs a third secret besides,
//     which only the page itself holds, and the cookie lies on a path of its own.
//   - A request that a browser calls cross-site is refused.
type guard struct {
	host  string // 127.0.0.1:PORT
	token string // in the address
	pass  string // in the cookie
	key   string // in the page, for POST
	cross *http.CrossOriginProtection
}

func newGuard(host string) *guard {
	return &guard{host: host, token: rand.Text(), pass: rand.Text(), key: rand.Text(), cross: http.NewCrossOriginProtection()}
}

// maxBody bounds what one request may send; a few hundred words are 100 kB.
const maxBody = 1 << 20

const keyHeader = "X-Review-Key"

// home is the path under which everything lies.
const home = "/review/"

func (g *guard) cookieName() string {
	_, port, _ := net.SplitHostPort(g.host)
	return "replatform-review-" + port
}

// wrap checks every request before next sees it.
func (g *guard) wrap(next http.Handler, policy string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !g.ownHost(r.Host) {
			http.Error(w, "this name is not served here", http.StatusMisdirectedRequest)
			return
		}
		if r.Method == http.MethodGet && r.URL.Path == home && r.URL.Query().Has("token") {
			g.enter(w, r)
			return
		}
		c, err := r.Cookie(g.cookieName())
		if err != nil || !equal(c.Value, g.pass) {
			http.Error(w, "open the address that replatform has printed", http.StatusForbidden)
			return
		}
		if r.Method == http.MethodPost {
			if status, why := g.post(r); status != 0 {
				http.Error(w, why, status)
				return
			}
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		}
		next.ServeHTTP(w, r)
	})
}

func (g *guard) ownHost(host string) bool {
	_, port, _ := net.SplitHostPort(g.host)
	return host == g.host || strings.EqualFold(host, "localhost:"+port)
}

// enter exchanges the token for the cookie.
func (g *guard) enter(w http.ResponseWriter, r *http.Request) {
	if !equal(r.URL.Query().Get("token"), g.token) {
		http.Error(w, "wrong token: open the address that replatform has printed", http.StatusForbidden)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: g.cookieName(), Value: g.pass, Path: home, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, home, http.StatusSeeOther)
}

// post says why a POST is refused; 0: it is not.
func (g *guard) post(r *http.Request) (int, string) {
	if err := g.cross.Check(r); err != nil {
		return http.StatusForbidden, "not from another site"
	}
	if !equal(r.Header.Get(keyHeader), g.key) {
		return http.StatusForbidden, "the page is from an earlier run; load it anew"
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return http.StatusUnsupportedMediaType, "JSON only"
	}
	if r.ContentLength > maxBody {
		return http.StatusRequestEntityTooLarge, "too long"
	}
	return 0, ""
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// policy is the content security policy of the page: nothing but its own script and
// style, no text that becomes markup (trusted types), and pictures of shops only
// where the user asked for them.
func policy(pictures bool) string {
	images := "'self'"
	if pictures {
		images += " https: http:"
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src " + images +
		"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
}
