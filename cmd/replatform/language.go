package main

import (
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	textlang "golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed lang/*.json lang/help/*.json
var languageFiles embed.FS

// language is the catalogue of what the program says, in one language.
type language struct {
	code    string
	texts   map[string]string
	help    map[string]string // by the English text
	printer *message.Printer
}

// sourceLanguage is the language of the program's own parts.
const sourceLanguage = "en"

// languages are the codes that --lang takes.
func languages() []string { return []string{"ja", "en"} }

// newLanguage reads the catalogue for "ja" or "en".
func newLanguage(code string) (*language, error) {
	if !slices.Contains(languages(), code) {
		return nil, fmt.Errorf("language %q: there are %s", code, strings.Join(languages(), " and "))
	}
	data, err := languageFiles.ReadFile("lang/" + code + ".json")
	if err != nil {
		return nil, fmt.Errorf("reading the texts for %q: %w", code, err)
	}
	l := &language{code: code, printer: message.NewPrinter(textlang.Make(code))}
	if err := json.Unmarshal(data, &l.texts); err != nil {
		return nil, fmt.Errorf("reading the texts for %q: %w", code, err)
	}
	if l.help, err = helpTexts(code); err != nil {
		return nil, err
	}
	return l, nil
}

// text is a sentence of the catalogue with its values; numbers are written in the
// manner of the language. Texts from shops must be cleaned by the caller.
func (l *language) text(key string, args ...any) string {
	format, ok := l.texts[key]
	if !ok {
		return key
	}
	if len(args) == 0 {
		return format
	}
	return l.printer.Sprintf(format, args...)
}

// languageOfLocale chooses by LC_ALL, LC_MESSAGES and LANG, as POSIX ranks them.
func languageOfLocale() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), "ja") {
				return "ja"
			}
			return "en"
		}
	}
	return "en"
}
