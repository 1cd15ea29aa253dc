package workaround

import (
	"fmt"
	"net/url"
	"strings"
)

// queryMark stands for the searched words in Input.NewSearch.
const queryMark = "{query}"

// newSearch is the search page of the new shop.
type newSearch struct {
	before, after string // around the words, absolute
	plain         string // the search without words
	param         string // name of the parameter with the words; "" when the words are no whole value
	others        [][2]string
}

// parseSearch reads an address like "https://new.example/search?q={query}". An empty
// one gives nil.
func (os origins) parseSearch(raw string) (*newSearch, error) {
	if raw == "" {
		return nil, nil
	}
	const word = "replatformwords"
	if strings.Count(raw, queryMark) != 1 {
		return nil, fmt.Errorf("reading the new search %q: it must hold %s once: %w", raw, queryMark, ErrNewHome)
	}
	to, code := os.parse(strings.Replace(raw, queryMark, word, 1))
	if code != "" {
		return nil, fmt.Errorf("reading the new search %q (%s): %w", raw, code, ErrNewHome)
	}
	s := &newSearch{}
	full := os.full(to)
	s.before, s.after, _ = strings.Cut(full, word)
	var query string
	s.plain, query, _ = strings.Cut(full, "?")
	if strings.Contains(s.plain, word) {
		s.plain, _, _ = strings.Cut(s.plain, word)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return s, nil
	}
	for _, pair := range strings.Split(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		switch {
		case err != nil || plain == "":
		case values.Get(plain) == word:
			s.param = plain
		default:
			s.others = append(s.others, [2]string{plain, values.Get(plain)})
		}
	}
	return s, nil
}

// form is a search form with the words already filled in by the template variable,
// for visitors without scripts. Its charset is UTF-8 whatever the page has. It is
// empty when the search is not a plain form.
func (s *newSearch) form(variable, button string) string {
	if s == nil || s.param == "" {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<form action="%s" method="get" accept-charset="UTF-8" style="margin:8px 0 0">`, htmlText(s.plain))
	fmt.Fprintf(&b, `<input type="hidden" name="%s" value="%s">`, htmlText(s.param), variable)
	for _, o := range s.others {
		fmt.Fprintf(&b, `<input type="hidden" name="%s" value="%s">`, htmlText(o[0]), htmlText(o[1]))
	}
	fmt.Fprintf(&b, `<button type="submit">%s</button></form>`, htmlText(button))
	return b.String()
}
