// Package render reads pages whose content is made by scripts, with a Chromium that is
// installed on the machine. It is for the few pages that need it: a page takes a
// second where an ordinary request takes a hundredth.
//
//	b, err := render.New(render.Options{Dial: client.Dial})
//	html, err := b.HTML(ctx, "https://shop.example/item/5")
//	b.Close()
//
// The browser has a fresh profile, no cookies, loads no pictures, and reaches the
// network only through a proxy of this package, which dials by Options.Dial: the
// addresses that are refused to the crawler are refused to the scripts of the page.
//
// One page is open at a time. What its scripts ask for is asked as a visitor's browser
// would: it waits for no rate and is not held against robots.txt. The page itself is
// asked by the crawler first, which heeds both.
package render
