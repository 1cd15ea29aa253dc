package dialect

import (
	"fmt"
	"io"
	"iter"
	"strings"

	"replatform/redirects"
)

// nginxWord is one word of a configuration.
type nginxWord struct {
	text   string
	line   int
	quoted bool
	sign   byte // '{', '}' or ';'; 0 for a word
}

// nginxWords parts a configuration into words (ngx_conf_read_token).
func nginxWords(text string, yield func(nginxWord) bool) {
	line := 1
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '\n':
			line++
			i++
		case c == ' ' || c == '\t' || c == '\r':
			i++
		case c == '#':
			for i < len(text) && text[i] != '\n' {
				i++
			}
		case c == '{' || c == '}' || c == ';':
			if !yield(nginxWord{line: line, sign: c}) {
				return
			}
			i++
		case c == '"' || c == '\'':
			var b strings.Builder
			began := line
			for i++; i < len(text) && text[i] != c; i++ {
				if text[i] == '\\' && i+1 < len(text) && strings.IndexByte(`"'\`, text[i+1]) >= 0 {
					i++
				}
				if text[i] == '\n' {
					line++
				}
				b.WriteByte(text[i])
			}
			i++
			if !yield(nginxWord{text: b.String(), line: began, quoted: true}) {
				return
			}
		default:
			begin := i
			for i < len(text) && strings.IndexByte(" \t\r\n;", text[i]) < 0 {
				if text[i] == '{' && (i == begin || text[i-1] != '$') && !inBraces(text[begin:i]) {
					break
				}
				i++
			}
			if !yield(nginxWord{text: text[begin:i], line: line}) {
				return
			}
		}
	}
}

// inBraces tells whether a word is inside the braces of a variable or a
// repetition.
func inBraces(word string) bool { return strings.Count(word, "{") > strings.Count(word, "}") }

// nginxBlock is what surrounds a statement.
type nginxBlock struct {
	name string
	args []string
}

// readNginx reads map blocks and files of map rows, locations and ifs that return,
// and rewrites, as far as each means one address. The file is read whole.
func readNginx(r io.Reader) iter.Seq2[redirects.Rule, error] {
	return func(yield func(redirects.Rule, error) bool) {
		data, err := io.ReadAll(io.LimitReader(r, maxFile))
		if err != nil {
			yield(redirects.Rule{}, fmt.Errorf("reading redirects of nginx: %w", err))
			return
		}
		var blocks []nginxBlock
		var words []nginxWord
		nginxWords(string(data), func(w nginxWord) bool {
			switch w.sign {
			case 0:
				words = append(words, w)
				return true
			case '{':
				b := nginxBlock{}
				for i, word := range words {
					if i == 0 {
						b.name = word.text
					} else {
						b.args = append(b.args, word.text)
					}
				}
				blocks = append(blocks, b)
			case '}':
				if len(blocks) > 0 {
					blocks = blocks[:len(blocks)-1]
				}
			case ';':
				if len(words) > 0 {
					rule, err := nginxStatement(blocks, words)
					if err != errSkip {
						rule.Line = words[0].line
						if err != nil {
							old, target := nginxPlaces(blocks, words)
							err = redirects.NewRowError(words[0].line, err, old, target)
						}
						if !yield(rule, err) {
							return false
						}
					}
				}
			}
			words = words[:0]
			return true
		})
	}
}

// nginxPlaces are what a statement has in the places of its two addresses: for a
// return the old one is in the block around it.
func nginxPlaces(blocks []nginxBlock, words []nginxWord) (old, target string) {
	args := make([]string, 0, len(words))
	for _, w := range words {
		args = append(args, w.text)
	}
	switch args[0] {
	case "rewrite":
		args = args[1:]
	case "return":
		if target = args[len(args)-1]; len(args) == 2 && !strings.Contains(target, "/") {
			target = "" // only a status
		}
		if len(blocks) > 0 {
			old = strings.TrimSpace(blocks[len(blocks)-1].name + " " + strings.Join(blocks[len(blocks)-1].args, " "))
		}
		return old, target
	}
	if len(args) == 0 {
		return "rewrite", ""
	}
	return args[0], targetIn(args[1:])
}

// nginxStatement reads one statement inside its blocks.
func nginxStatement(blocks []nginxBlock, words []nginxWord) (redirects.Rule, error) {
	inner := nginxBlock{}
	for _, b := range blocks {
		inner = b
	}
	args := make([]string, 0, len(words))
	for _, w := range words {
		args = append(args, w.text)
	}
	switch {
	case len(blocks) == 0 || inner.name == "map":
		return nginxMapRow(inner, words)
	case words[0].text == "return":
		return nginxReturn(inner, args[1:])
	case words[0].text == "rewrite":
		return nginxRewrite(args[1:])
	}
	return redirects.Rule{}, errSkip
}

// nginxMapRow reads a row of a map on the address or the path.
func nginxMapRow(block nginxBlock, words []nginxWord) (redirects.Rule, error) {
	if len(words) != 2 {
		return redirects.Rule{}, errSkip
	}
	key, value := words[0].text, words[1].text
	switch key {
	case "default", "include", "hostnames", "volatile":
		return redirects.Rule{}, errSkip
	}
	byPath := false
	if block.name == "map" {
		switch source := block.args; {
		case len(source) == 0:
			return redirects.Rule{}, errSkip
		case source[0] == "$request_uri":
		case source[0] == "$uri":
			byPath = true
		default:
			return redirects.Rule{}, errSkip
		}
	} else if !strings.HasPrefix(strings.TrimLeft(key, `\~*^`), "/") {
		return redirects.Rule{}, errSkip
	}
	prefix := false
	if pattern, ok := strings.CutPrefix(key, "~"); ok {
		if rest, ok := strings.CutSuffix(pattern, "(?:/|$)"); ok {
			pattern, prefix = rest+"/$", true
		}
		literal, anchored, ok := fixed(strings.TrimPrefix(pattern, "*"))
		if !ok || !anchored {
			return redirects.Rule{}, errPattern
		}
		key = literal
	}
	key = strings.TrimPrefix(key, `\`)
	if value == "" || value == "0" || value == "1" {
		return redirects.Rule{}, errSkip
	}
	value, keep, err := nginxTarget(value)
	if err != nil {
		return redirects.Rule{}, err
	}
	rule, err := pairRule(key, value)
	if err != nil {
		return rule, err
	}
	if prefix {
		rule.Source.Match = redirects.Prefix
	}
	if byPath {
		rule.Source.QueryAs = redirects.QueryIgnore
	}
	rule.KeepQuery = keep
	return rule, nil
}

// nginxTarget takes the query variables off the end of a target; every other
// variable makes it unreadable, but for the one that this program writes.
func nginxTarget(target string) (plain string, keep bool, err error) {
	target = strings.ReplaceAll(target, "${replatform_dollar}", "\x00")
	for _, tail := range []string{"$is_args$args", "${is_args}${args}", "${replatform_amp}${args}", "?$args", "?$query_string", "$is_args$query_string"} {
		if rest, ok := strings.CutSuffix(target, tail); ok {
			target, keep = rest, true
			break
		}
	}
	if strings.Contains(target, "$") {
		return "", false, errVariable
	}
	return strings.ReplaceAll(target, "\x00", "$"), keep, nil
}

// nginxReturn reads "return CODE [URL]" or "return URL".
func nginxReturn(block nginxBlock, args []string) (redirects.Rule, error) {
	if len(args) == 0 {
		return redirects.Rule{}, errSkip
	}
	word, target := args[0], ""
	if len(args) > 1 {
		target = args[1]
	} else if strings.Contains(word, "/") {
		word, target = "302", word
	}
	switch word {
	case "301", "302", "303", "307", "308", "410", "451":
	default:
		return redirects.Rule{}, errSkip
	}
	status, err := statusOf(word)
	if err != nil {
		return redirects.Rule{}, err
	}
	target, keep, err := nginxTarget(target)
	if err != nil {
		return redirects.Rule{}, err
	}
	old, mode, prefix, err := nginxCondition(block)
	if err != nil {
		return redirects.Rule{}, err
	}
	rule, err := newRule(old, target, status)
	if err != nil {
		return rule, err
	}
	if prefix {
		rule.Source.Match = redirects.Prefix
	} else if mode != redirects.QuerySet {
		rule.Source.QueryAs = mode
	}
	rule.KeepQuery = keep
	return rule, nil
}

// nginxCondition is the address of a block: "location = /x", "location ^~ /x/",
// "if ($request_uri = /x?y)".
func nginxCondition(block nginxBlock) (old string, mode redirects.QueryMatch, prefix bool, err error) {
	args := block.args
	switch block.name {
	case "location":
		switch {
		case len(args) == 2 && args[0] == "=":
			return args[1], redirects.QueryIgnore, false, nil
		case len(args) == 2 && (args[0] == "~" || args[0] == "~*"):
			if literal, anchored, ok := fixed(args[1]); ok && anchored {
				return literal, redirects.QueryIgnore, false, nil
			}
			return "", 0, false, errPattern
		}
		path := args[len(args)-min(1, len(args)):]
		if len(path) == 1 && path[0] == "/" {
			return "", 0, false, errCatchAll
		}
		if len(path) == 1 && strings.HasSuffix(path[0], "/") {
			return path[0], 0, true, nil
		}
		return "", 0, false, errPattern // also matches what only begins like it
	case "if":
		cond := strings.Fields(strings.Trim(strings.Join(args, " "), "() "))
		if len(cond) != 3 || cond[0] != "$request_uri" && cond[0] != "$uri" {
			return "", 0, false, errCondition
		}
		value := strings.Trim(cond[2], `"'`)
		if cond[1] == "~" || cond[1] == "~*" {
			literal, anchored, ok := fixed(value)
			if !ok || !anchored {
				return "", 0, false, errPattern
			}
			value = literal
		} else if cond[1] != "=" {
			return "", 0, false, errCondition
		}
		if cond[0] == "$uri" {
			return value, redirects.QueryIgnore, false, nil
		}
		return value, redirects.QueryOrdered, false, nil
	}
	return "", 0, false, errCatchAll
}

// nginxRewrite reads "rewrite PATTERN TARGET permanent|redirect". nginx adds the
// query of the request unless the target ends with a question mark.
func nginxRewrite(args []string) (redirects.Rule, error) {
	if len(args) < 2 {
		return redirects.Rule{}, errSkip
	}
	word := ""
	if len(args) > 2 {
		word = args[2]
	}
	absolute := strings.HasPrefix(args[1], "http://") || strings.HasPrefix(args[1], "https://")
	if word != "permanent" && word != "redirect" && !absolute {
		return redirects.Rule{}, errSkip // an inner rewrite
	}
	if word != "permanent" {
		word = "redirect"
	}
	status, err := statusOf(word)
	if err != nil {
		return redirects.Rule{}, err
	}
	literal, anchored, ok := fixed(args[0])
	if !ok || !anchored {
		return redirects.Rule{}, errPattern
	}
	target, _, err := nginxTarget(args[1])
	if err != nil {
		return redirects.Rule{}, err
	}
	keep := !strings.HasSuffix(target, "?")
	rule, err := newRule(literal, strings.TrimSuffix(target, "?"), status)
	rule.Source.QueryAs = redirects.QueryIgnore
	rule.KeepQuery = keep && !rule.Gone()
	return rule, err
}
