// Command document writes ENGINES.md and ENGINES.ja.md into the current folder.
package main

import (
	"fmt"
	"os"

	"replatform/redirects/engine"
)

func main() {
	for lang, name := range map[string]string{"en": "ENGINES.md", "ja": "ENGINES.ja.md"} {
		if err := os.WriteFile(name, []byte(engine.Document(lang)), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "writing the page of engines:", err)
			os.Exit(1)
		}
	}
}
