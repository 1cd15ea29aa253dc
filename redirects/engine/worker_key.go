package engine

import (
	"strings"

	"replatform/redirects"
)

// whatwgTarget brings a request target to the form in which it reaches code that
// parses it as the WHATWG URL standard says (https://url.spec.whatwg.org/, special
// schemes): backslashes in the path become slashes, dot segments are resolved, and
// what the standard escapes is escaped. Which characters a path escapes has
// changed over the years, so that step is left to workerTarget.
func whatwgTarget(target string) string {
	path, query, hasQuery := strings.Cut(target, "?")
	path = removeDotSegments(strings.ReplaceAll(path, `\`, "/"))
	if !hasQuery {
		return path
	}
	return path + "?" + strings.NewReplacer(`"`, "%22", "'", "%27", "<", "%3C", ">", "%3E").Replace(query)
}

// removeDotSegments resolves "." and ".." in all their spellings. Empty segments
// stay, unlike in RFC 3986.
func removeDotSegments(path string) string {
	if !strings.Contains(path, ".") && !strings.Contains(path, "%2") {
		return path
	}
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	out := make([]string, 0, len(segments))
	for i, segment := range segments {
		last := i == len(segments)-1
		switch strings.ReplaceAll(asciiLower(segment), "%2e", ".") {
		case ".":
		case "..":
			if len(out) > 0 {
				out = out[:len(out)-1]
			}
		default:
			out = append(out, segment)
			continue
		}
		if last {
			out = append(out, "")
		}
	}
	return "/" + strings.Join(out, "/")
}

// workerEscapes are escaped on both sides before the comparison: some clients and
// some versions of the standard escape them, others do not.
const workerEscapes = "\"'<>\\^`{|}"

// workerTarget is the key of a request target in the Worker's table.
func workerTarget(target string) string {
	return redirects.UpperEscapes(escapeAny(whatwgTarget(target), workerEscapes))
}

// escapeAny percent-encodes the given characters of ASCII.
func escapeAny(s, chars string) string {
	if !strings.ContainsAny(s, chars) {
		return s
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(chars, s[i]) >= 0 {
			b.WriteString("%" + string(hex[s[i]>>4]) + string(hex[s[i]&15]))
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// workerSource is a source as the Worker compares it.
func workerSource(s redirects.Source) redirects.Source {
	if s.Match == redirects.Captured {
		return s // its words stand for text that is written as it is
	}
	var query string
	s.Path, query, s.HasQuery = strings.Cut(workerTarget(s.RequestTarget()), "?")
	s.Query = query
	s.Host = s.Hostname()
	return s
}
