package render

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	if _, err := Find(); err != nil {
		if os.Getenv("REPLATFORM_REQUIRE_ENGINES") == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	secret := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the private server was asked") }))
	defer secret.Close()
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/data":
			time.Sleep(300 * time.Millisecond)
			fmt.Fprint(w, `{"name":"Lamp"}`)
		case "/endless": // changes for ever
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, `<title>x</title><div id=a></div><script>setInterval(() => { a.append("x") }, 20)</script>`)
		default:
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, `<!doctype html><title>x</title><div id="root"></div><script>
fetch("/data").then(r => r.json()).then(d => { root.innerHTML = "<h1>" + d.name + "</h1><a href='/item/1'>one</a>" });
fetch("%s/secret", {mode: "no-cors"}).catch(() => {});
</script>`, secret.URL)
		}
	}))
	defer shop.Close()
	b, err := New(Options{Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
		if !strings.HasPrefix(addr, "shop.example:") {
			return nil, errors.New("refused")
		}
		var d net.Dialer
		return d.DialContext(ctx, network, shop.Listener.Addr().String())
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}()
	html, err := b.HTML(t.Context(), "http://shop.example/")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<h1>Lamp</h1>", `href="/item/1"`} {
		if !strings.Contains(string(html), want) {
			t.Errorf("no %s in %s", want, html)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if _, err := b.HTML(ctx, "http://shop.example/endless"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a caller that gives up got %v", err)
	}
	if html, err = b.HTML(t.Context(), "http://shop.example/again"); err != nil || !strings.Contains(string(html), "Lamp") {
		t.Errorf("the next page: %v", err)
	}
}
