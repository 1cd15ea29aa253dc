package engine

import (
	"archive/zip"
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldenRows is a small shop: query products, categories, fixed pages, gone pages.
const goldenRows = `
/?pid=101                        https://new.example/products/tea
/?pid=102                        https://new.example/products/tea-$5
/?mode=cate&cbid=7&csid=0        https://new.example/collections/leaves?ref=old
/?mode=f1                        https://new.example/pages/shipping
/?mode=srh&keyword=%c3%e3        https://new.example/collections/tea
/guide.html                      https://new.example/pages/guide
/Guide.html                      https://new.example/pages/guide-old
/say"hi"\.html                   https://new.example/pages/hi
/blog/                           https://new.example/blogs/news prefix
/?gid={id}                       https://new.example/collections/g{id}?$=1 captured
/goods/{slug}.html               https://new.example/products/{slug} captured
/keep.html                       https://new.example/pages/keep?from=old keep
/closed.html                     410
`

// TestGolden shows every file that every engine writes for a small shop.
func TestGolden(t *testing.T) {
	for _, e := range New(Options{}) {
		t.Run(e.ID(), func(t *testing.T) {
			m := rowsOf(t, goldenRows)
			for i := range m {
				m[i].Source.Host = "www.old.example"
			}
			sel, err := Select(t.Context(), e, m)
			if err != nil {
				t.Fatal(err)
			}
			files := MemSink{}
			if err := e.Write(t.Context(), files, sel.Map()); err != nil {
				t.Fatal(err)
			}
			var refused strings.Builder
			for _, r := range sel.Refused {
				refused.WriteString(r.Source + "\n  " + r.Code + " (" + string(r.Kind) + "): " + r.Reason.EN + "\n  " + r.Reason.JA + "\n  → " + r.NextBest.EN + " / " + r.NextBest.JA + "\n")
			}
			for name, content := range files {
				if text, ok := readable(t, name, content); ok {
					delete(files, name)
					files[name+".txt"] = text
				}
			}
			files["refused.txt"] = []byte(refused.String())
			dir := filepath.Join("testdata", "golden", e.ID())
			if *update {
				if err := os.RemoveAll(dir); err != nil {
					t.Fatal(err)
				}
			}
			var names []string
			for name, content := range files {
				if name == "worker.js" { // embedded as it is
					continue
				}
				names = append(names, name)
				path := filepath.Join(dir, name)
				if *update {
					if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(path, content, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), string(content)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
			var have []string
			err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					rel, _ := filepath.Rel(dir, path)
					have = append(have, filepath.ToSlash(rel))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(names)
			slices.Sort(have)
			if diff := cmp.Diff(have, names); diff != "" {
				t.Errorf("files (-golden +written):\n%s", diff)
			}
		})
	}
}

// readable writes what is in an archive or a workbook as text.
func readable(t *testing.T, name string, content []byte) ([]byte, bool) {
	t.Helper()
	var b bytes.Buffer
	switch filepath.Ext(name) {
	case ".zip":
		z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			page, err := fs.ReadFile(z, f.Name)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "-- %s --\n%s", f.Name, page)
		}
	case ".xlsx":
		x, err := excelize.OpenReader(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := x.GetRows("redirects")
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			b.WriteString(strings.Join(row, "\t") + "\n")
		}
	default:
		return nil, false
	}
	return b.Bytes(), true
}
