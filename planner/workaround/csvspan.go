package workaround

import "bytes"

// The product export is rewritten byte by byte: only the fields that change are
// replaced, everything else, with its quotes and line ends, stays as it was. The
// bytes for quote, comma and line ends are never part of a character in CP932,
// EUC-JP or UTF-8, so no decoding is needed to find the fields.

// span is one field: in[start:end] with its quotes.
type span struct {
	start, end int
	quoted     bool
	broken     bool // a quote where none may be; the field is left alone
}

// raw is the field without the surrounding quotes; quotes inside are still doubled.
func (s span) raw(in []byte) []byte {
	if s.quoted {
		return in[s.start+1 : s.end-1]
	}
	return in[s.start:s.end]
}

// record is one line of the file, which may run over several text lines.
type record struct {
	line       int // of its beginning, from 1
	start, end int // with the line end
	fields     []span
}

// utf8Mark may stand at the beginning of a file.
var utf8Mark = []byte("\ufeff")

// readRecords cuts a file into records. It accepts any bytes: line ends are CR LF,
// LF or CR; a quoted field that never ends takes the rest of the file and is broken.
// Empty lines give records with one empty field.
func readRecords(in []byte) []record {
	var out []record
	at, line := 0, 1
	if bytes.HasPrefix(in, utf8Mark) {
		at = len(utf8Mark)
	}
	for at < len(in) {
		rec := record{line: line, start: at}
		for {
			f, lines := readField(in, at)
			line += lines
			rec.fields = append(rec.fields, f)
			at = f.end
			if at < len(in) && in[at] == ',' {
				at++
				continue
			}
			break
		}
		if at < len(in) {
			if in[at] == '\r' && at+1 < len(in) && in[at+1] == '\n' {
				at++
			}
			at++
			line++
		}
		rec.end = at
		out = append(out, rec)
	}
	return out
}

// readField reads the field at at, up to but without the comma or line end behind
// it. lines counts the line ends inside.
func readField(in []byte, at int) (f span, lines int) {
	f.start = at
	if at < len(in) && in[at] == '"' {
		f.quoted = true
		i := at + 1
		for ; i < len(in); i++ {
			if in[i] == '\n' || in[i] == '\r' && (i+1 >= len(in) || in[i+1] != '\n') {
				lines++
			}
			if in[i] != '"' {
				continue
			}
			if i+1 < len(in) && in[i+1] == '"' {
				i++
				continue
			}
			break
		}
		if i >= len(in) {
			f.end, f.broken, f.quoted = len(in), true, false
			return f, lines
		}
		f.end = i + 1
		if f.end < len(in) && in[f.end] != ',' && in[f.end] != '\r' && in[f.end] != '\n' {
			// Text behind the closing quote: not a field that can be edited safely.
			f.broken, f.quoted = true, false
			f.end = fieldEnd(in, f.end)
		}
		return f, lines
	}
	f.end = fieldEnd(in, at)
	f.broken = bytes.IndexByte(in[f.start:f.end], '"') >= 0
	return f, 0
}

func fieldEnd(in []byte, at int) int {
	if i := bytes.IndexAny(in[at:], ",\r\n"); i >= 0 {
		return at + i
	}
	return len(in)
}

// edit replaces in[start:end] by text.
type edit struct {
	start, end int
	text       []byte
}

// apply makes the edits, which are in order and do not overlap.
func apply(in []byte, edits []edit) []byte {
	if len(edits) == 0 {
		return bytes.Clone(in)
	}
	var b bytes.Buffer
	at := 0
	for _, e := range edits {
		b.Write(in[at:e.start])
		b.Write(e.text)
		at = e.end
	}
	b.Write(in[at:])
	return b.Bytes()
}
