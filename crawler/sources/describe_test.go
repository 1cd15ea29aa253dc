package sources

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// SOURCES.md and SOURCES.ja.md say what is recognised.
func TestFormatsPage(t *testing.T) {
	for lang, file := range map[string]string{"en": "SOURCES.md", "ja": "SOURCES.ja.md"} {
		var b bytes.Buffer
		if err := WriteFormats(&b, lang); err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), b.String()); diff != "" {
			t.Errorf("%s is out of date; run: go test ./crawler/sources -run TestFormatsPage -update\n%s", file, diff)
		}
	}
	for _, f := range formats() {
		if f.title == "" || f.titleJA == "" || f.cite == "" || f.source == "" && f.role != roleBeside && f.role != roleNothing {
			t.Errorf("the kind %s lacks a name, a source or a citation: %+v", string(f.kind), f)
		}
	}
}

// Every message about a row or a file has a Japanese form that takes the same values.
func TestMessagesInJapanese(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set, found := token.NewFileSet(), 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		check := func(e ast.Expr) {
			lit, ok := e.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return
			}
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			found++
			ja := inJapanese(text)
			if ja == text {
				t.Errorf("%s: %q has no Japanese form", set.Position(lit.Pos()), text)
			}
			if strings.Count(text, "%") != strings.Count(ja, "%") {
				t.Errorf("%q and %q take different values", text, ja)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.CallExpr:
				if sel, ok := x.Fun.(*ast.SelectorExpr); ok && (sel.Sel.Name == "refuse" || sel.Sel.Name == "doubt") && len(x.Args) > 1 {
					check(x.Args[1])
				}
			case *ast.ValueSpec:
				for i, id := range x.Names {
					if strings.HasPrefix(id.Name, "note") && i < len(x.Values) {
						check(x.Values[i])
					}
				}
			case *ast.CompositeLit:
				if id, ok := x.Type.(*ast.Ident); ok && id.Name == "brokenRow" && len(x.Elts) == 2 {
					check(x.Elts[1])
				}
			}
			return true
		})
	}
	if found < 50 {
		t.Errorf("only %d messages were found; is the search still right?", found)
	}
}
