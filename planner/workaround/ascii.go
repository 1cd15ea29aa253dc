package workaround

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Everything that is pasted into a template is ASCII: many old platforms store
// templates in EUC-JP or CP932, and a pasted character that the charset lacks, or a
// form that is sent in another charset, would break the page.

// htmlText escapes text for HTML between tags and in quoted attributes, with every
// character beyond ASCII as a numeric reference.
func htmlText(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\'':
			b.WriteString("&#39;")
		case r == '{' || r == '}' || r == '$' || r == '`':
			fmt.Fprintf(&b, "&#%d;", r) // template delimiters and variables
		case r == utf8.RuneError || r < ' ' && r != '\n' && r != '\t' || r == 0x7f:
			b.WriteByte(' ')
		case r > 0x7e:
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// jsString is s as a JavaScript string literal in ASCII, safe inside a script
// element and between template delimiters.
func jsString(s string) string {
	// A string always can be encoded; <, > and & come out as \u003c and so on.
	raw, _ := json.Marshal(s)
	var b strings.Builder
	for _, r := range string(raw) {
		switch {
		case r == '{' || r == '}':
			fmt.Fprintf(&b, `\u%04x`, r)
		case r < 0x7f:
			b.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// jsValue is v, made of strings, nil and slices, as a JavaScript literal.
func jsValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return jsString(v)
	case []string:
		parts := make([]string, len(v))
		for i, s := range v {
			parts[i] = jsString(s)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = jsValue(x)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return "null"
}
