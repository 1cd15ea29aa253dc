package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDump(t *testing.T) {
	dir := os.Getenv("DUMP")
	if dir == "" {
		t.Skip()
	}
	for _, s := range stories() {
		p, _ := s.build(t)
		if err := Folder(t.Context(), p, filepath.Join(dir, strings.ReplaceAll(s.name, " ", "-")), "ja", nil); err != nil {
			t.Fatal(err)
		}
	}
}
