package engine

import (
	"math/bits"
	"regexp"
	"strings"
)

// nginxMaxToken is the length that a quoted token in a configuration file must
// stay under, quotes and backslashes included: nginx reads files through a buffer
// of 4096 bytes (NGX_CONF_BUFFER in src/core/ngx_conf_file.c; measured with nginx
// 1.22.1, "too long parameter").
const nginxMaxToken = 4096

// nginxQuote writes a token between double quotes. Inside quotes nginx takes the
// backslash off before quotes and backslashes and turns \t, \r, \n into control
// characters; everything else stays (ngx_conf_read_token).
func nginxQuote(s string) string {
	if !strings.ContainsAny(s, `"\`) {
		return `"` + s + `"`
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// nginxUnquote reads a token that nginxQuote wrote, as nginx reads it. ok is false
// when it is not one token.
func nginxUnquote(token string) (s string, ok bool) {
	if len(token) < 2 || token[0] != '"' || token[len(token)-1] != '"' {
		return "", false
	}
	var b strings.Builder
	body := token[1 : len(token)-1]
	for i := 0; i < len(body); i++ {
		switch {
		case body[i] == '"':
			return "", false
		case body[i] != '\\':
		case i+1 == len(body):
			return "", false
		case strings.IndexByte(`"'\`, body[i+1]) >= 0:
			i++
		case strings.IndexByte("trn", body[i+1]) >= 0:
			return "", false
		}
		b.WriteByte(body[i])
	}
	return b.String(), true
}

// nginxMapKey writes the left side of a map row that is to be taken literally. A
// key that begins with a tilde is a pattern, some words are parameters of the map,
// and a backslash in front is taken off
// (nginx.org/en/docs/http/ngx_http_map_module.html).
func nginxMapKey(key string) string {
	switch {
	case key == "default", key == "include", key == "hostnames", key == "volatile",
		strings.HasPrefix(key, "~"), strings.HasPrefix(key, `\`):
		key = `\` + key
	}
	return nginxQuote(key)
}

// nginxDollar is the variable that holds a dollar sign: nginx has no escape for
// one in a value.
const nginxDollar = "${replatform_dollar}"

// nginxValue writes a literal value in which dollar signs mean themselves.
func nginxValue(s string) string {
	return nginxQuote(strings.ReplaceAll(s, "$", nginxDollar))
}

// escapePattern finds percent-escapes with letters.
var escapePattern = regexp.MustCompile(`%([0-9A-Fa-f]{2})`)

// nginxPattern writes a regular expression (PCRE and RE2 alike) that matches the
// key in its letter case, but escapes in either.
func nginxPattern(key string) string {
	return escapePattern.ReplaceAllString(regexp.QuoteMeta(key), "%(?i:$1)")
}

// nginxBucket is the map_hash_bucket_size that the longest key needs: a pointer,
// the length and the key, rounded up to pointers, and one more pointer for the end
// of the bucket (ngx_hash.c, NGX_HASH_ELT_SIZE), as a power of two from 64.
func nginxBucket(longest int) int {
	const pointer = 8
	need := pointer + (longest+2+pointer-1)/pointer*pointer + pointer
	return max(64, powerOfTwo(need))
}

// powerOfTwo rounds up.
func powerOfTwo(n int) int {
	if n <= 1 {
		return 1
	}
	return 1 << bits.Len(uint(n-1))
}
