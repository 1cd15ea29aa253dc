// Command mktable writes the tables of platforms, PLATFORMS.md and PLATFORMS.ja.md,
// into the current folder. It is run by go generate.
package main

import (
	"io"
	"log"

	"replatform/crawler/atomicfile"
	"replatform/crawler/platform"
)

func main() {
	log.SetFlags(0)
	reg, err := platform.Load()
	if err != nil {
		log.Fatal(err)
	}
	for lang, name := range map[string]string{"en": "PLATFORMS.md", "ja": "PLATFORMS.ja.md"} {
		write := func(w io.Writer) error { return reg.WriteTables(w, lang) }
		if err := atomicfile.Write(name, 0o644, write); err != nil {
			log.Fatal(err)
		}
	}
}
