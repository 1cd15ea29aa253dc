package main

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"replatform/crawler/catalog"
	"replatform/crawler/inventory"
)

// TestAnonymousPlan: of the hosts, the addresses of products and categories, the product
// names, model numbers and barcodes that the demo's project holds, none stands in any
// byte of an anonymous plan.
func TestAnonymousPlan(t *testing.T) {
	t.Chdir(t.TempDir())
	run := func(args ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), append([]string{"replatform"}, args...), &out, &errs); code != exitDone && code != exitFindings {
			t.Fatalf("%q: %d\n%s", args, code, errs.String())
		}
	}
	run("demo", "demo")
	project := filepath.Join("demo", "shop.replatform")
	run("--project", project, "plan", "--cutover", "2027-03-01", "--anonymise")
	names := projectNames(t, project)
	if len(names) < 200 {
		t.Errorf("the project has only %d names", len(names))
	}
	files := 0
	check := func(name string, data []byte) {
		files++
		text := string(data)
		plain, err := url.PathUnescape(text)
		if err != nil {
			plain = text
		}
		for _, n := range names {
			if strings.Contains(text, n) || strings.Contains(plain, n) {
				t.Errorf("%s holds %q", name, n)
			}
		}
	}
	err := filepath.WalkDir(anonymousFolder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		check(path, data)
		if filepath.Ext(path) != ".xlsx" {
			return nil
		}
		book, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return err
		}
		for _, f := range book.File {
			r, err := f.Open()
			if err != nil {
				return err
			}
			part, err := io.ReadAll(r)
			if err != nil {
				return err
			}
			check(path+"/"+f.Name, part)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Errorf("only %d files were looked at", files)
	}
}

// projectNames are what tells whose shops a project is of.
func projectNames(t *testing.T, path string) []string {
	t.Helper()
	project, err := inventory.Open(t.Context(), path, inventory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer project.Close()
	seen := map[string]bool{}
	var names []string
	add := func(list ...string) {
		for _, s := range list {
			if len(s) > 4 && !seen[s] {
				seen[s] = true
				names = append(names, s)
			}
		}
	}
	for _, side := range []catalog.Side{catalog.Old, catalog.New} {
		shop, err := project.Shop(t.Context(), side)
		if err != nil {
			t.Fatal(err)
		}
		add(shop.Hosts...)
		err = project.Pages(t.Context(), inventory.Filter{Side: side}, func(p inventory.Page, product *catalog.Product) error {
			if product == nil {
				return nil
			}
			for _, raw := range append(p.Spellings, p.URL) {
				if u, err := url.Parse(raw); err == nil {
					add(u.Path, u.EscapedPath(), u.RawQuery)
				}
			}
			add(product.Name, product.SKU, product.MPN, product.GTIN)
			for _, v := range product.Variants {
				add(v.SKU, v.GTIN)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return names
}
