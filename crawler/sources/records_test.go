package sources

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// rows reads everything; a broken row is written as its reason.
func rows(text string, strict bool, want int) [][]string {
	r := &recordReader{lines: newLineReader(strings.NewReader(text), text), comma: ',', strict: strict, want: want}
	var out [][]string
	for {
		rec, _, err := r.next()
		var broken *brokenRow
		switch {
		case errors.Is(err, io.EOF):
			return out
		case errors.As(err, &broken):
			out = append(out, []string{"!" + broken.Error()})
		case err != nil:
			return append(out, []string{"!!" + err.Error()})
		default:
			out = append(out, rec)
		}
	}
}

func TestRecords(t *testing.T) {
	const open, bare = "a quotation mark is not closed", "a quotation mark inside a field is not doubled"
	for name, tt := range map[string]struct {
		in             string
		want, strictly [][]string // strictly nil: as want
	}{
		"plain":             {"a,b\nc,d", [][]string{{"a", "b"}, {"c", "d"}}, nil},
		"quoted":            {"\"a,1\",\"b \"\"x\"\"\"\r\n\"\",\"d\ne\"\n", [][]string{{"a,1", `b "x"`}, {"", "d\ne"}}, nil},
		"empty lines":       {"\n\na,b\n\n\nc,d\n\n", [][]string{{"a", "b"}, {"c", "d"}}, nil},
		"empty at the end":  {"a,\n,\n\"\",", [][]string{{"a", ""}, {"", ""}, {"", ""}}, nil},
		"line break, CRLF":  {"\"a\r\nb\",c\r\n", [][]string{{"a\nb", "c"}}, nil},
		"blank line inside": {"\"a\n\nb\",c\n", [][]string{{"a\n\nb", "c"}}, nil},
		"old Macintosh":     {"a,b\rc,\"d\"\r", [][]string{{"a", "b"}, {"c", "d"}}, nil},
		"inches":            {"tray 5\" wide,b\nc,d", [][]string{{"tray 5\" wide", "b"}, {"c", "d"}}, [][]string{{"!line 1: " + bare}, {"c", "d"}}},
		"HTML not doubled":  {"\"<a href=\"x\">\ny</a>\",b\nc,d", [][]string{{"<a href=\"x\">\ny</a>", "b"}, {"c", "d"}}, [][]string{{"!line 1: " + bare}, {"!line 2: " + bare}, {"c", "d"}}},
		"mark at the front": {"\"Nice\" cup,b\n\"c\",d\n", [][]string{{"\"Nice\" cup", "b"}, {"c", "d"}}, [][]string{{"!line 1: " + bare}, {"c", "d"}}},
		"never closed":      {"a,\"b\nc,d\ne,f\n", [][]string{{"a", "\"b"}, {"c", "d"}, {"e", "f"}}, [][]string{{"!line 1: " + open}, {"c", "d"}, {"e", "f"}}},
		"never, too short":  {"\"a\nc,d\n\"e\",f\n", [][]string{{"!line 1: " + bare}, {"c", "d"}, {"e", "f"}}, [][]string{{"!line 1: " + bare}, {"c", "d"}, {"e", "f"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, rows(tt.in, false, 2)); diff != "" {
				t.Errorf("forgiving (-want +got):\n%s", diff)
			}
			if tt.strictly == nil {
				tt.strictly = tt.want
			}
			if diff := cmp.Diff(tt.strictly, rows(tt.in, true, 2)); diff != "" {
				t.Errorf("strict (-want +got):\n%s", diff)
			}
		})
	}
}

// What encoding/csv reads without an error is read alike.
func FuzzRecords(f *testing.F) {
	f.Add("a,\"b\nc\",d\n\"e\"\"\",,\n")
	f.Add("a\"b,c\n\"d\"e,f\n")
	f.Fuzz(func(t *testing.T, in string) {
		if strings.Contains(in, "\r") {
			in = strings.ReplaceAll(in, "\r", "")
		}
		c := csv.NewReader(strings.NewReader(in))
		c.FieldsPerRecord = -1
		want, err := c.ReadAll()
		got := rows(in, true, 0)
		if err != nil {
			return
		}
		if diff := cmp.Diff(want, got); diff != "" && !strings.HasPrefix(strings.ToLower(in), "sep=") {
			t.Errorf("%q (-encoding/csv +ours):\n%s", in, diff)
		}
	})
}
