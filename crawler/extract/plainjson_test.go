package extract

import (
	"reflect"
	"strings"
	"testing"
)

// FuzzPlainJSON holds plainJSON against the decoder of encoding/json.
func FuzzPlainJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.50,-0,1e5,{"b":null}],"a":true,"c":"x\"\u00e9\n"}`, ` [ ] `, `{ }`, `"日本"`, "\"a\xff\"", `01`, `-`, `1.`, `1e`, `tru`, `{"a" 1}`, `[1,]`, `{"a":1,}`, `{"a":1}x`, "\"a\nb\"", `"\ud800"`, `"\x"`, strings.Repeat("[", 40) + strings.Repeat("]", 40), `{"@type":"Product","offers":{"price":1980}}`, "\u00a01", "1\u00a0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := plainJSON(s)
		if !ok {
			return // the decoder is asked
		}
		want, valid := decodeJSON(s)
		if !valid {
			t.Fatalf("%q is no JSON, but was read as %v", s, got)
		}
		if !reflect.DeepEqual(want, got) { // cmp takes twice as long with every level of nesting
			t.Errorf("%q: encoding/json reads %#v, plainJSON %#v", s, want, got)
		}
	})
}

// TestPlainJSONReadsWhatShopsWrite: the fuzz test alone would pass if nothing was read.
func TestPlainJSONReadsWhatShopsWrite(t *testing.T) {
	for _, s := range []string{`{"@context":"https://schema.org","@graph":[{"@type":"Product","name":"Mug \"Ida\" & \u00e9","offers":{"price":12.50,"n":[true,false,null,-1]}}, {}, [] ]}`, "\n{ \"a\" : \"日本\" }\t"} {
		if _, ok := plainJSON(s); !ok {
			t.Errorf("%s is not read", s)
		}
	}
}
