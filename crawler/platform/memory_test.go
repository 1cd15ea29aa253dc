package platform

import (
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// exampleAddresses are all addresses of the built-in files' examples, of every
// platform: each platform must tell what it makes of the others' too.
func exampleAddresses(tb testing.TB) []string {
	var all []string
	for _, p := range builtInRegistry(tb).All() {
		for _, pt := range p.Patterns {
			for address := range pt.Yes {
				all = append(all, address)
			}
			all = append(all, pt.No...)
		}
	}
	return all
}

// same holds Identify, twice, against its plain meaning.
func same(t *testing.T, p *Platform, slow *slowPlatform, u *url.URL) {
	t.Helper()
	want := slow.identify(u)
	for _, way := range []string{"first", "again"} {
		if got := p.Identify(u); got != want {
			t.Errorf("%s, %s asked: %s\n got %+v\nwant %+v", p.ID, way, u, got, want)
		}
	}
}

// TestIdentifyAsDescribed holds what is made of the files for speed against the
// files as they are written, on the examples of all platforms, as they stand and
// mixed: cut, joined, below a folder, with the parameters of another.
func TestIdentifyAsDescribed(t *testing.T) {
	all := exampleAddresses(t)
	shaken := 40
	if testing.Short() {
		shaken = 4
	}
	n := 0
	for i, p := range builtInRegistry(t).All() {
		slow := slowly(p)
		rng := rand.New(rand.NewPCG(3, uint64(i)))
		for _, pt := range p.Patterns {
			for address := range pt.Yes {
				same(t, p, slow, exampleURL(t, address))
				n++
			}
		}
		for range shaken * 10 {
			u, err := url.Parse("https://shop.example" + shake(rng, all))
			if err != nil {
				continue
			}
			same(t, p, slow, u)
			n++
		}
	}
	t.Logf("%d addresses", n)
}

// TestIdentifyRecordedAsDescribed does the same with the links of the recorded shops.
func TestIdentifyRecordedAsDescribed(t *testing.T) {
	dir := filepath.Join(sharedDir(t), "shops")
	for name, id := range map[string]string{
		"opencart3": "opencart", "woo": "woocommerce", "phoenix": "oscommerce", "eccube2": "eccube2", "prestashop": "prestashop",
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := builtInRegistry(t).Get(id)
			slow := slowly(p)
			base := &url.URL{Scheme: "https", Host: "shop.example", Path: "/"}
			seen, most := map[string]bool{}, 6000
			if testing.Short() {
				most = 500
			}
			for a := range recordedAnswers(t, filepath.Join(dir, name+".jsonl.zst")) {
				found := []string{a.URL}
				parts := strings.Split(a.Body, `"`)
				for i, part := range parts[1:] {
					if strings.HasSuffix(parts[i], "href=") {
						found = append(found, html.UnescapeString(part))
					}
				}
				for _, s := range found {
					if seen[s] {
						continue
					}
					seen[s] = true
					if u, err := base.Parse(s); err == nil && u.Host != "" {
						same(t, p, slow, u)
					}
				}
				if len(seen) > most {
					break
				}
			}
			t.Logf("%d links", len(seen))
		})
	}
}

// shake makes an address of parts of others.
func shake(rng *rand.Rand, all []string) string {
	pick := func() (path, query string) {
		path, query, _ = strings.Cut(all[rng.IntN(len(all))], "?")
		return strings.TrimSuffix(path, "#"), query
	}
	path, query := pick()
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	switch rng.IntN(8) {
	case 0:
		path += "/"
	case 1:
		path = "/en" + path
	case 2:
		path = "/shop" + path
	case 3:
		path = path[:rng.IntN(len(path))+1]
	case 4:
		more, _ := pick()
		path += more
	case 5:
		path = strings.ToUpper(path)
	case 6:
		path = strings.Replace(path, "/", "/cart", 1)
	}
	if rng.IntN(2) == 0 {
		_, more := pick()
		query += "&" + more
	}
	switch rng.IntN(6) {
	case 0:
		query += "&sort=price_asc&utm_source=x"
	case 1:
		query += "&page=2"
	}
	if query != "" {
		path += "?" + query
	}
	return path
}

// FuzzIdentifyAsDescribed does the same with any address.
func FuzzIdentifyAsDescribed(f *testing.F) {
	type pair struct {
		fast *Platform
		slow *slowPlatform
	}
	var pairs []pair
	for _, p := range builtInRegistry(f).All() {
		pairs = append(pairs, pair{p, slowly(p)})
	}
	for i, s := range exampleAddresses(f) {
		if i%7 == 0 {
			f.Add(s)
		}
	}
	f.Add("/en/cart/add/?x=1#!/~/product/id=1")
	f.Add("//?mode=cart*&=&a[]=1")
	f.Fuzz(func(t *testing.T, s string) {
		u, err := url.Parse("https://shop.example/" + strings.TrimPrefix(s, "/"))
		if err != nil || len(s) > 400 {
			return
		}
		for _, p := range pairs {
			same(t, p.fast, p.slow, u)
		}
	})
}

// TestMemoryIsShared asks one platform from many goroutines for more addresses than
// it remembers, of two hosts.
func TestMemoryIsShared(t *testing.T) {
	p, ok := builtInRegistry(t).Get("prestashop")
	if !ok {
		t.Fatal("no prestashop")
	}
	rows := 2 * memoryPairs
	if testing.Short() {
		rows = 2000
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range rows {
				n := (i*7 + g) % (rows + rows/2)
				host := fmt.Sprintf("shop%d.example", n%2)
				u := &url.URL{Scheme: "https", Host: host, Path: fmt.Sprintf("/men/%d-shirt.html", n)}
				id := p.Identify(u)
				if want := fmt.Sprintf("prestashop product %d", n); string(id.Key) != want || !strings.HasPrefix(id.URL, "https://"+host+"/") {
					t.Errorf("%s: key %q, asked as %s; want %q", u, id.Key, id.URL, want)
					return
				}
			}
		})
	}
	wg.Wait()
}
