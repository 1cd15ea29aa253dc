package feeds

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
)

// ErrNotFeed: the body is not the JSON listing that was asked for. Shops that have
// their feeds switched off answer with a page, a password form or an error object.
var ErrNotFeed = errors.New("not a product feed")

// object is a JSON object of which nothing is taken for granted. Shop software and
// its plugins send numbers as strings, null for empty lists, and objects with numeric
// keys for lists; each reader below takes what it can and gives the zero value
// otherwise.
type object map[string]any

// decodeJSON reads one JSON document. What follows it is ignored.
func decodeJSON(body []byte) (any, error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%w: it is empty", ErrNotFeed)
		}
		return nil, fmt.Errorf("%w: %w", ErrNotFeed, err)
	}
	return v, nil
}

func asObject(v any) object {
	m, _ := v.(map[string]any)
	return m
}

func (o object) object(key string) object { return asObject(o[key]) }

// str reads a string or a number.
func (o object) str(key string) string { return asString(o[key]) }

func asString(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	}
	return ""
}

// truth reads a boolean, also as 0, 1, "true", "yes" …; ok is false when the value
// says neither.
func (o object) truth(key string) (value, ok bool) {
	switch v := o[key].(type) {
	case bool:
		return v, true
	case string, json.Number:
		switch strings.ToLower(asString(v)) {
		case "1", "true", "yes":
			return true, true
		case "0", "false", "no":
			return false, true
		}
	}
	return false, false
}

// integer reads a whole number; ok is false for anything else.
func (o object) integer(key string) (n int, ok bool) {
	n, err := strconv.Atoi(o.str(key))
	return n, err == nil
}

// list reads a list, or an object with numeric keys in their order.
func (o object) list(key string) []any { return asList(o[key]) }

func asList(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case map[string]any:
		type entry struct {
			at    int
			value any
		}
		var entries []entry
		for k, e := range v {
			n, err := strconv.Atoi(k)
			if err != nil {
				return nil
			}
			entries = append(entries, entry{n, e})
		}
		sort.Slice(entries, func(i, j int) bool { return entries[i].at < entries[j].at })
		out := make([]any, len(entries))
		for i, e := range entries {
			out[i] = e.value
		}
		return out
	}
	return nil
}

// objects reads a list of objects, leaving out what is none.
func (o object) objects(key string) []object {
	var out []object
	for _, v := range o.list(key) {
		if m := asObject(v); m != nil {
			out = append(out, m)
		}
	}
	return out
}
