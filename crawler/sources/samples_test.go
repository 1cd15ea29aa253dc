package sources

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

var update = flag.Bool("update", false, "write the golden files anew")

const samples = "testdata/samples"

// told writes a reading as text that a person can check: what the file was taken for,
// what was read and refused, and every address with its figures.
func told(r Reading, list []Address) string {
	var b strings.Builder
	figures := func(f Figures) string {
		return fmt.Sprintf("clicks %g, impressions %g, sessions %g, revenue %g, linking sites %g", f.Clicks, f.Impressions, f.Sessions, f.Revenue, f.LinkingSites)
	}
	for _, t := range r.Tables {
		fmt.Fprintf(&b, "kind     %s (%s｜%s)\ncharset  %s\nsource   %s\nperiod   %s\n", string(t.Kind), t.Kind, t.Kind.In("ja"), t.Charset, t.Source, t.Period)
		if t.Part != "" {
			fmt.Fprintf(&b, "part     %s\n", t.Part)
		}
		if t.Before != "" {
			fmt.Fprintf(&b, "before   %s\n", t.Before)
		}
		fmt.Fprintf(&b, "used     %s\nignored  %s\n", strings.Join(t.Used, ", "), strings.Join(t.Ignored, ", "))
		fmt.Fprintf(&b, "rows     %d, refused %d, passed over %d, hidden %d, without address %d\n", t.Rows, t.RefusedCount, t.Passed, t.Hidden, t.UnplacedRows)
		fmt.Fprintf(&b, "totals   %s\n", figures(t.Totals))
		if t.Whole != (Figures{}) {
			fmt.Fprintf(&b, "property %s\n", figures(t.Whole))
		}
		if t.Unplaced != (Figures{}) {
			fmt.Fprintf(&b, "nowhere  %s\n", figures(t.Unplaced))
		}
		if t.Log != nil {
			fmt.Fprintf(&b, "log      %+v\n", *t.Log)
		}
		for _, e := range t.Refused {
			fmt.Fprintf(&b, "refused  line %d: %s｜%s\n", e.Line, e.Reason, e.ReasonJA)
		}
		for _, e := range t.Doubts {
			fmt.Fprintf(&b, "doubt    line %d: %s｜%s\n", e.Line, e.Reason, e.ReasonJA)
		}
		for _, n := range t.Notes {
			fmt.Fprintf(&b, "note     %s｜%s\n", n.EN, n.JA)
		}
	}
	linking := func(indent string, list []Linking) {
		for _, l := range list {
			fmt.Fprintf(&b, "%slinked from %q, %d links to %d pages, %q\n", indent, l.Site, l.Links, l.Targets, l.Pages)
		}
	}
	for _, t := range r.Tables {
		linking("", t.Linking)
	}
	if len(r.Left) > 0 {
		fmt.Fprintf(&b, "left     %s\n", strings.Join(r.Left, ", "))
	}
	for _, a := range list {
		fmt.Fprintf(&b, "\n%q line %d, %s, period %q\n", a.URL, a.Line, a.Source, a.Period)
		if a.Figures != (Figures{}) {
			fmt.Fprintf(&b, "  %s %s\n", figures(a.Figures), a.Currency)
		}
		linking("  ", a.Linking)
		if rec := a.Record; rec != nil {
			p := rec.Product
			fmt.Fprintf(&b, "  published %t, id %q, handle %q, title %q, name %q, sku %q, gtin %q, brand %q, price %s %s, %s, images %v, description %q\n",
				rec.Published, rec.ID, rec.Handle, rec.Title, p.Name, p.SKU, p.GTIN, p.Brand, p.Price.Amount, p.Price.Currency, p.Availability, p.Images, p.Description)
			for _, v := range p.Variants {
				fmt.Fprintf(&b, "  variant %q, sku %q, price %s, %s\n", v.Title, v.SKU, v.Price.Amount, v.Availability)
			}
		}
	}
	return b.String()
}

// readBytes reads a file from memory.
func readBytes(t *testing.T, name string, data []byte, o Options) (Reading, []Address, error) {
	t.Helper()
	if o.BaseURL == nil {
		o.BaseURL = mustURL(t, "https://shop.example/")
	}
	var list []Address
	r, err := ReadFile(t.Context(), name, bytes.NewReader(data), o, func(a Address) error {
		list = append(list, a)
		return nil
	})
	return r, list, err
}

func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// Every sample, in the shape in which its program writes it, gives what its golden
// file says.
func TestSamples(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(samples, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	seen := map[Kind]bool{}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r, list, err := readBytes(t, name, data, Options{})
			if err != nil {
				t.Fatal(err)
			}
			seen[r.Tables[0].Kind] = true
			checkGolden(t, name, told(r, list))
		})
	}
	for _, k := range Kinds() {
		switch f := formatOf(k); {
		case seen[k], f.role == roleBeside, f.role == roleNothing: // these two: TestSearchConsoleZip
		default:
			t.Errorf("no sample of the kind %s", k)
		}
	}
}

// Charsets, separators, line ends and packing make no difference.
func TestDialects(t *testing.T) {
	encoded := func(e encoding.Encoding) func(string) ([]byte, error) {
		return func(s string) ([]byte, error) { return e.NewEncoder().Bytes([]byte(s)) }
	}
	dialects := map[string]func(string) ([]byte, error){
		"byte order mark": func(s string) ([]byte, error) { return []byte("\uFEFF" + s), nil },
		"CRLF":            func(s string) ([]byte, error) { return []byte(strings.ReplaceAll(s, "\n", "\r\n")), nil },
		"CP932":           encoded(japanese.ShiftJIS),
		"EUC-JP":          encoded(japanese.EUCJP),
		"UTF-16LE, mark":  encoded(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)),
		"UTF-16BE, mark":  encoded(unicode.UTF16(unicode.BigEndian, unicode.UseBOM)),
		"UTF-16LE":        encoded(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)),
		"gzip": func(s string) ([]byte, error) {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			_, err := io.WriteString(z, s)
			err = errors.Join(err, z.Close())
			return b.Bytes(), err
		},
	}
	for _, sample := range []string{"search-console-ja.csv", "ga4-exploration-ja.csv", "ahrefs.csv", "base.csv", "colorme.csv", "makeshop.csv", "woocommerce-ja.csv", "access-combined.log", "wayback.txt"} {
		data, err := os.ReadFile(filepath.Join(samples, sample))
		if err != nil {
			t.Fatal(err)
		}
		_, want, err := readBytes(t, sample, data, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for name, encode := range dialects {
			t.Run(sample+"/"+name, func(t *testing.T) {
				data, err := encode(string(data))
				if err != nil {
					t.Fatal(err)
				}
				_, got, err := readBytes(t, sample, data, Options{})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("-UTF-8 +%s:\n%s", name, diff)
				}
			})
		}
	}
	data, err := os.ReadFile(filepath.Join(samples, "search-console-ja.csv"))
	if err != nil {
		t.Fatal(err)
	}
	_, want, _ := readBytes(t, "", data, Options{})
	for _, sep := range []string{";", "\t"} {
		_, got, err := readBytes(t, "", []byte(strings.ReplaceAll(string(data), ",", sep)), Options{})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("separator %q, %v:\n%s", sep, err, diff)
		}
	}
}
