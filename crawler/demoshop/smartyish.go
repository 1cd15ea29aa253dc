package demoshop

import (
	"fmt"
	"html"
	"net/url"
	"strings"
)

// Both Color Me and the Creator mode of makeshop let the owner write Smarty with
// the delimiters <{ and }>. The replicas evaluate the small part of it that a
// pasted snippet needs:
//
//	<{$a.b}>  <{$a.b|escape}>  <{$a|replace:"x":"y"}>   print, with modifiers
//	<{if $x == "y"}> … <{elseif !$z}> … <{else}> … <{/if}>
//	<{assign var="name" value=$a.b}>  <{assign var=name value="text"}>
//	<{literal}> … <{/literal}>  <{* comment *}>
//
// Conditions know == and != (also eq, ne, neq), ! and not, && and ||  (also and, or;
// && binds closer), numbers, and the strings "…" and '…'. There are no parentheses,
// no arithmetic and no interpolation inside strings. Modifiers are escape (html,
// url, quotes, javascript) and replace; output is not escaped unless told so, as in
// Smarty. A variable that the platform documents but that has no value on this page
// prints nothing and is false; any other name, and anything that is not on the list
// above, is an error.

// smartyVars are the variables of one page, by full name without the dollar sign.
type smartyVars map[string]string

// smartyError tells what an owner's snippet does that the replica cannot.
type smartyError struct {
	line int
	msg  string
}

func (e *smartyError) Error() string {
	return fmt.Sprintf("template error: line %d: %s", e.line, e.msg)
}

// smarty evaluates src. known lists the variables that the platform documents.
func smarty(src string, vars smartyVars, known map[string]bool) (string, error) {
	e := &smartyEval{vars: vars, known: known, local: map[string]string{}}
	toks, err := smartyLex(src)
	if err != nil {
		return "", err
	}
	rest, err := e.block(toks, true, 0)
	if err != nil {
		return "", err
	}
	if len(rest) > 0 {
		return "", &smartyError{rest[0].line, "<{" + rest[0].text + "}> without a beginning"}
	}
	return e.out.String(), nil
}

// smartyOrError is smarty for a page: an error becomes visible text.
func smartyOrError(src string, vars smartyVars, known map[string]bool) string {
	out, err := smarty(src, vars, known)
	if err != nil {
		return `<p class="template-error">[` + html.EscapeString(err.Error()) + `]</p>`
	}
	return out
}

// smartyTok is a stretch of text, or the inside of one tag.
type smartyTok struct {
	text string
	tag  bool
	line int
}

func smartyLex(src string) ([]smartyTok, error) {
	var toks []smartyTok
	line := 1
	for src != "" {
		at := strings.Index(src, "<{")
		if at < 0 {
			toks = append(toks, smartyTok{text: src, line: line})
			break
		}
		if at > 0 {
			toks = append(toks, smartyTok{text: src[:at], line: line})
			line += strings.Count(src[:at], "\n")
			src = src[at:]
		}
		if strings.HasPrefix(src, "<{*") {
			end := strings.Index(src, "*}>")
			if end < 0 {
				return nil, &smartyError{line, "comment without end"}
			}
			line += strings.Count(src[:end], "\n")
			src = src[end+3:]
			continue
		}
		end := strings.Index(src, "}>")
		if end < 0 {
			return nil, &smartyError{line, "tag without end"}
		}
		tag := strings.TrimSpace(src[2:end])
		src = src[end+2:]
		if tag == "literal" {
			end := strings.Index(src, "<{/literal}>")
			if end < 0 {
				return nil, &smartyError{line, "literal without end"}
			}
			toks = append(toks, smartyTok{text: src[:end], line: line})
			line += strings.Count(src[:end], "\n")
			src = src[end+len("<{/literal}>"):]
			continue
		}
		toks = append(toks, smartyTok{text: tag, tag: true, line: line})
		line += strings.Count(tag, "\n")
	}
	return toks, nil
}

type smartyEval struct {
	vars  smartyVars
	known map[string]bool
	local map[string]string
	out   strings.Builder
}

// maxSmartyDepth bounds nested conditions.
const maxSmartyDepth = 50

// block runs tokens until the tag that ends it (elseif, else, /if), which it leaves
// in rest. With live false it only looks for that end.
func (e *smartyEval) block(toks []smartyTok, live bool, depth int) (rest []smartyTok, err error) {
	if depth > maxSmartyDepth && len(toks) > 0 {
		return nil, &smartyError{toks[0].line, "too many nested conditions"}
	}
	for len(toks) > 0 {
		t := toks[0]
		if !t.tag {
			if live {
				e.out.WriteString(t.text)
			}
			toks = toks[1:]
			continue
		}
		word, arg, _ := strings.Cut(t.text, " ")
		switch {
		case word == "/if" || word == "else" || word == "elseif":
			return toks, nil
		case word == "if":
			if toks, err = e.conditional(toks, arg, live, depth); err != nil {
				return nil, err
			}
		case word == "assign":
			if live {
				if err := e.assign(arg, t.line); err != nil {
					return nil, err
				}
			}
			toks = toks[1:]
		case strings.HasPrefix(t.text, "$"):
			if live {
				v, err := e.value(t.text, t.line)
				if err != nil {
					return nil, err
				}
				e.out.WriteString(v)
			}
			toks = toks[1:]
		default:
			return nil, &smartyError{t.line, "unknown tag <{" + t.text + "}>"}
		}
	}
	return nil, nil
}

// conditional runs an if with its branches; toks[0] is the if itself.
func (e *smartyEval) conditional(toks []smartyTok, cond string, live bool, depth int) ([]smartyTok, error) {
	start := toks[0].line
	taken := false
	for {
		t := toks[0]
		run := false
		if live && !taken {
			var err error
			if run, err = e.condition(cond, t.line); err != nil {
				return nil, err
			}
		}
		taken = taken || run
		rest, err := e.block(toks[1:], run, depth+1)
		if err != nil {
			return nil, err
		}
		if len(rest) == 0 {
			return nil, &smartyError{start, "if without /if"}
		}
		word, arg, _ := strings.Cut(rest[0].text, " ")
		switch word {
		case "/if":
			return rest[1:], nil
		case "else":
			cond = "1"
		default:
			cond = arg
		}
		toks = rest
	}
}

func (e *smartyEval) assign(arg string, line int) error {
	name, value := "", ""
	have := false
	for _, f := range smartySplit(arg, ' ') {
		k, v, ok := strings.Cut(f, "=")
		switch {
		case f == "":
		case ok && k == "var":
			name = strings.Trim(v, `"'`)
		case ok && k == "value":
			var err error
			if value, err = e.value(v, line); err != nil {
				return err
			}
			have = true
		default:
			return &smartyError{line, "assign: cannot read " + f}
		}
	}
	if name == "" || !have {
		return &smartyError{line, "assign needs var and value"}
	}
	e.local[name] = value
	return nil
}

func (e *smartyEval) condition(src string, line int) (bool, error) {
	words := smartyWords(src)
	next := func() string {
		if len(words) == 0 {
			return ""
		}
		w := words[0]
		words = words[1:]
		return w
	}
	or, and := false, true
	for {
		not := false
		w := next()
		for ; w == "!" || w == "not"; w = next() {
			not = !not
		}
		if w == "" {
			return false, &smartyError{line, "if: value missing in " + src}
		}
		left, err := e.value(w, line)
		if err != nil {
			return false, err
		}
		v := left != "" && left != "0"
		op := next()
		switch op {
		case "==", "eq", "!=", "ne", "neq":
			w = next()
			if w == "" {
				return false, &smartyError{line, "if: value missing in " + src}
			}
			right, err := e.value(w, line)
			if err != nil {
				return false, err
			}
			v = (left == right) == (op == "==" || op == "eq")
			op = next()
		}
		and = and && v != not
		switch op {
		case "":
			return or || and, nil
		case "&&", "and":
		case "||", "or":
			or, and = or || and, true
		default:
			return false, &smartyError{line, "if: cannot read " + op}
		}
	}
}

// smartyWords cuts a condition into values and operators.
func smartyWords(src string) []string {
	var words []string
	var cur strings.Builder
	flush := func() {
		if cur.Len() > 0 {
			words = append(words, cur.String())
			cur.Reset()
		}
	}
	for i := 0; i < len(src); i++ {
		c := src[i]
		two := ""
		if i+1 < len(src) {
			two = src[i : i+2]
		}
		switch {
		case c == '"' || c == '\'':
			end := i + 1
			for end < len(src) && src[end] != c {
				if src[end] == '\\' {
					end++
				}
				end++
			}
			cur.WriteString(src[i:min(end+1, len(src))])
			i = end
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			flush()
		case two == "==" || two == "!=" || two == "&&" || two == "||":
			flush()
			words = append(words, two)
			i++
		case c == '!':
			flush()
			words = append(words, "!")
		default:
			cur.WriteByte(c)
		}
	}
	flush()
	return words
}

// value evaluates $name|modifier…, a string or a number.
func (e *smartyEval) value(src string, line int) (string, error) {
	parts := smartySplit(strings.TrimSpace(src), '|')
	v, err := e.atom(strings.TrimSpace(parts[0]), line)
	if err != nil {
		return "", err
	}
	for _, m := range parts[1:] {
		args := smartySplit(strings.TrimSpace(m), ':')
		for i := 1; i < len(args); i++ {
			if args[i], err = e.atom(strings.TrimSpace(args[i]), line); err != nil {
				return "", err
			}
		}
		switch {
		case args[0] == "replace" && len(args) == 3:
			if args[1] != "" {
				v = strings.ReplaceAll(v, args[1], args[2])
			}
		case args[0] == "escape" && len(args) <= 2:
			kind := "html"
			if len(args) == 2 {
				kind = args[1]
			}
			switch kind {
			case "html":
				v = smartyHTML.Replace(v)
			case "url":
				v = strings.ReplaceAll(url.QueryEscape(v), "+", "%20")
			case "quotes":
				v = smartyQuotes.Replace(v)
			case "javascript":
				v = smartyJS.Replace(v)
			default:
				return "", &smartyError{line, "escape: unknown kind " + kind}
			}
		default:
			return "", &smartyError{line, "unknown modifier " + m}
		}
	}
	return v, nil
}

// What Smarty's own escape modifier replaces
// (https://www.smarty.net/docs/en/language.modifier.escape.tpl).
var (
	smartyHTML   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#039;")
	smartyQuotes = strings.NewReplacer("'", `\'`)
	smartyJS     = strings.NewReplacer(`\`, `\\`, "'", `\'`, `"`, `\"`, "\r", `\r`, "\n", `\n`, "</", `<\/`)
)

func (e *smartyEval) atom(s string, line int) (string, error) {
	switch {
	case s == "":
		return "", &smartyError{line, "value missing"}
	case s[0] == '$':
		name := s[1:]
		if v, ok := e.local[name]; ok {
			return v, nil
		}
		if v, ok := e.vars[name]; ok {
			return v, nil
		}
		if e.known[name] {
			return "", nil
		}
		return "", &smartyError{line, "unknown variable $" + name}
	case s[0] == '"' || s[0] == '\'':
		if len(s) < 2 || s[len(s)-1] != s[0] {
			return "", &smartyError{line, "string without end: " + s}
		}
		inner := s[1 : len(s)-1]
		if s[0] == '"' && strings.ContainsAny(inner, "$`") {
			return "", &smartyError{line, "a variable inside a string is not supported: " + s}
		}
		return strings.NewReplacer(`\\`, `\`, `\`+s[:1], s[:1]).Replace(inner), nil
	case strings.Trim(s, "0123456789") == "":
		return s, nil
	case s == "true":
		return "1", nil
	case s == "false":
		return "", nil
	}
	return "", &smartyError{line, "cannot read " + s}
}

// smartySplit cuts s at sep outside of strings.
func smartySplit(s string, sep byte) []string {
	var out []string
	quote := byte(0)
	start := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == sep:
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	return append(out, s[start:])
}
