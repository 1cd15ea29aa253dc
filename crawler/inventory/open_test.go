package inventory

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"replatform/crawler/catalog"
)

// folder lists a folder as name → hash of its content.
func folder(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	out := map[string][32]byte{}
	entries, err := os.ReadDir(dir)
	check(t, err)
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		check(t, err)
		out[e.Name()] = sha256.Sum256(b)
	}
	return out
}

func TestOpenRefuses(t *testing.T) {
	foreign := func(pragma string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			db, err := sql.Open("sqlite", dsn(path, "rwc", time.Second))
			check(t, err)
			_, err = db.Exec(pragma + "; CREATE TABLE customer (name TEXT); INSERT INTO customer VALUES ('x')")
			check(t, err)
			check(t, db.Close())
		}
	}
	tests := []struct {
		name   string
		make   func(t *testing.T, path string)
		create bool
		want   error
		says   string
	}{
		{"no file", func(*testing.T, string) {}, false, ErrNotExist, "run: replatform crawl URL"},
		{"empty file", func(t *testing.T, path string) { check(t, os.WriteFile(path, nil, 0o644)) }, false, ErrNotExist, "run: replatform crawl URL"},
		{"text file", func(t *testing.T, path string) {
			check(t, os.WriteFile(path, []byte(strings.Repeat("no database\n", 100)), 0o644))
		}, true, ErrNotProject, "no SQLite database"},
		{"short text file", func(t *testing.T, path string) { check(t, os.WriteFile(path, []byte("x"), 0o644)) }, true, ErrNotProject, ""},
		{"folder", func(t *testing.T, path string) { check(t, os.Mkdir(path, 0o755)) }, true, ErrNotProject, "folder"},
		{"other program's database", foreign("PRAGMA application_id=7"), true, ErrNotProject, "application_id 7"},
		{"other program's database without an id", foreign("PRAGMA user_version=1"), true, ErrNotProject, ""},
		{"other program's database in WAL mode", foreign("PRAGMA journal_mode=WAL"), true, ErrNotProject, ""},
		{"newer version", func(t *testing.T, path string) {
			s := current()
			s.version += 2
			p, err := open(t.Context(), path, Options{Create: true}, s)
			check(t, err)
			check(t, p.Close())
		}, true, ErrNewerSchema, fmt.Sprintf("the file is version %d, this program knows version %d; update replatform", SchemaVersion+2, SchemaVersion)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "shop.replatform")
			tt.make(t, path)
			before := folder(t, dir)
			p, err := Open(t.Context(), path, Options{Create: tt.create})
			if err == nil {
				p.Close()
			}
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), path) {
				t.Errorf("got error %v, want %v that says %q", err, tt.want, tt.says)
			}
			equal(t, "the folder", before, folder(t, dir))
		})
	}
}

func TestOpenMakesOneFile(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"shop.replatform", "お店 100%?#&.replatform"} {
		path := filepath.Join(dir, name)
		p, err := Open(t.Context(), path, Options{Create: true})
		check(t, err)
		check(t, p.SaveShop(t.Context(), Shop{Side: catalog.Old, StartURL: "https://shop.example/"}))
		check(t, p.Close())
		p, err = Open(t.Context(), path, Options{})
		check(t, err)
		if _, err := p.Shop(t.Context(), catalog.Old); err != nil {
			t.Error(err)
		}
		check(t, p.Close())
	}
	if got := len(folder(t, dir)); got != 2 {
		t.Errorf("%d files in the folder after closing two projects", got)
	}
	// An empty file is what remains of a program that was killed while making it.
	empty := filepath.Join(dir, "empty")
	check(t, os.WriteFile(empty, nil, 0o644))
	openProject(t, empty)
}

func TestOpenSettings(t *testing.T) {
	p := newProject(t)
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "1", "foreign_keys": "1", "application_id": "1919970420", "user_version": fmt.Sprint(SchemaVersion),
		"busy_timeout": "60000", "trusted_schema": "0",
	} {
		var got string
		check(t, p.writer.conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got))
		equal(t, pragma, want, got)
	}
	if _, err := p.reader.Exec("DELETE FROM page"); err == nil {
		t.Error("the reader can write")
	}
}

// Several programs that make the same file at once end with one whole project.
func TestOpenTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.replatform")
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			p, err := Open(t.Context(), path, Options{Create: true})
			if err != nil {
				t.Error(err)
				return
			}
			defer p.Close()
			if _, err := p.Discover(t.Context(), catalog.Old, []Discovery{sighting(i)}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := len(pages(t, openProject(t, path), Filter{})); got != 4 {
		t.Errorf("%d pages, want 4", got)
	}
}

func TestMigrate(t *testing.T) {
	now := current()
	first, second := fmt.Sprintf("%04d.sql", SchemaVersion+1), fmt.Sprintf("%04d.sql", SchemaVersion+2)
	newer := schema{
		version: SchemaVersion + 2,
		tables:  now.tables + "CREATE TABLE note (page INTEGER, text TEXT NOT NULL DEFAULT '', by TEXT);",
		steps: fstest.MapFS{
			first:  {Data: []byte("CREATE TABLE note (page INTEGER, text TEXT NOT NULL DEFAULT '');")},
			second: {Data: []byte("ALTER TABLE note ADD COLUMN by TEXT;")},
		},
	}
	tables := func(t *testing.T, p *Project) []string {
		t.Helper()
		var out []string
		check(t, each(t.Context(), p.reader, `
			SELECT m.name || '.' || c.name || ' ' || c.type FROM sqlite_schema m JOIN pragma_table_info(m.name) c ORDER BY 1`, nil, func(rows *sql.Rows) error {
			var s string
			err := rows.Scan(&s)
			out = append(out, s)
			return err
		}))
		return out
	}
	path := filepath.Join(t.TempDir(), "shop.replatform")
	p, err := Open(t.Context(), path, Options{Create: true})
	check(t, err)
	discover(t, p, sighting(1))
	check(t, p.Close())

	t.Run("a step that fails leaves the file as it was", func(t *testing.T) {
		broken := newer
		broken.steps = fstest.MapFS{first: newer.steps.(fstest.MapFS)[first], second: {Data: []byte("ALTER TABLE nothing ADD COLUMN x;")}}
		if _, err := open(t.Context(), path, Options{}, broken); err == nil || !strings.Contains(err.Error(), second) {
			t.Errorf("got error %v, want one that names %s", err, second)
		}
		missing := newer
		missing.steps = fstest.MapFS{second: newer.steps.(fstest.MapFS)[second]}
		if _, err := open(t.Context(), path, Options{}, missing); err == nil {
			t.Error("opened without the first step")
		}
		p, err := Open(t.Context(), path, Options{})
		check(t, err)
		if slicesContain(tables(t, p), "note.") {
			t.Error("half of the steps are in the file")
		}
		check(t, p.Close())
	})
	t.Run("all steps", func(t *testing.T) {
		p, err := open(t.Context(), path, Options{}, newer)
		check(t, err)
		defer p.Close()
		made, err := open(t.Context(), filepath.Join(t.TempDir(), "new"), Options{Create: true}, newer)
		check(t, err)
		defer made.Close()
		equal(t, "a carried file against a new one", tables(t, made), tables(t, p))
		equal(t, "pages", []catalog.Key{product(1)}, keys(pages(t, p, Filter{})))
		if _, err := Open(t.Context(), path, Options{}); !errors.Is(err, ErrNewerSchema) {
			t.Errorf("the old program opens the new file: %v", err)
		}
	})
	t.Run("the steps of this version", func(t *testing.T) {
		// There must be a step for each version after the first and none beyond.
		names, err := filepath.Glob("migrations/*.sql")
		check(t, err)
		equal(t, "number of steps", SchemaVersion-1, len(names))
		tables2, err := os.ReadFile("testdata/schema-2.sql")
		check(t, err)
		for version, script := range map[int]string{1: string(tables2) + "DROP TABLE before;", 2: string(tables2)} {
			path := filepath.Join(t.TempDir(), "old.replatform")
			db, err := sql.Open("sqlite", dsn(path, "rwc", time.Second))
			check(t, err)
			_, err = db.Exec(script + fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d;", ApplicationID, version) + `
				INSERT INTO page (id, side, key, type, url, state, status) VALUES
					(1, 'old', 'colorme home', 'home', 'https://shop.example/', 'done', 200),
					(2, 'old', 'colorme product 2', 'product', 'https://shop.example/?pid=2', 'done', 200),
					(3, 'old', 'colorme product 3', 'product', 'https://shop.example/?pid=3', 'done', 200);
				INSERT INTO link VALUES (1, 3), (1, 2), (2, 1);
				INSERT INTO product (page, name) VALUES (2, 'Blue mug'), (3, 'Red mug');
				INSERT INTO image VALUES (2, 1, 'https://shop.example/b.jpg'), (2, 0, 'https://shop.example/a.jpg');`)
			check(t, err)
			check(t, db.Close())
			p := openProject(t, path)
			equal(t, "a carried file against a new one", tables(t, newProject(t)), tables(t, p))
			equal(t, "pages", []catalog.Key{"colorme home", product(2), product(3)}, keys(pages(t, p, Filter{})))
			var links []string
			check(t, p.Links(t.Context(), catalog.Old, func(from, to catalog.Key) error {
				links = append(links, fmt.Sprint(from, " > ", to))
				return nil
			}))
			equal(t, "links", []string{"colorme home > colorme product 2", "colorme home > colorme product 3", "colorme product 2 > colorme home"}, links)
			for key, want := range map[catalog.Key][]string{product(2): {"https://shop.example/a.jpg", "https://shop.example/b.jpg"}, product(3): nil} {
				_, got, err := p.PageByKey(t.Context(), catalog.Old, key)
				check(t, err)
				equal(t, "pictures of "+string(key), want, got.Images)
			}
			var rows string
			check(t, p.reader.QueryRow(`SELECT (SELECT group_concat(from_page || '>' || to_page, ' ') FROM link) || ', ' || (SELECT group_concat(position || ' ' || url, ' ') FROM image)`).Scan(&rows))
			equal(t, "the views", "1>2 1>3 2>1, 0 https://shop.example/a.jpg 1 https://shop.example/b.jpg", rows)
		}
	})
}

func slicesContain(list []string, prefix string) bool {
	for _, s := range list {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}

func TestOpenDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.replatform")
	p, err := Open(t.Context(), path, Options{Create: true})
	check(t, err)
	discover(t, p, sighting(1))
	check(t, p.Close())
	b, err := os.ReadFile(path)
	check(t, err)
	for i := 200; i < len(b); i++ {
		b[i] = 0xff
	}
	check(t, os.WriteFile(path, b, 0o644))
	p, err = Open(t.Context(), path, Options{})
	if err == nil {
		err = p.Pages(t.Context(), Filter{Side: catalog.Old}, nil)
		p.Close()
	}
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v, want ErrDamaged", err)
	}
}

// Every table and column is described, and the description is in the file.
func TestSchemaIsDocumented(t *testing.T) {
	p := newProject(t)
	column := regexp.MustCompile(`^  [a-z_]+ +(TEXT|INTEGER|REAL|BLOB)\b.* -- \S.*$`)
	n := 0
	check(t, each(t.Context(), p.reader, `SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`, nil, func(rows *sql.Rows) error {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return err
		}
		lines := strings.Split(text, "\n")
		if len(lines) < 2 || !strings.HasPrefix(lines[1], "  -- ") {
			t.Errorf("table %s begins without a description", name)
		}
		for _, l := range lines {
			if f := strings.Fields(l); len(f) < 2 || f[1] != "TEXT" && f[1] != "INTEGER" && f[1] != "REAL" && f[1] != "BLOB" {
				continue
			}
			n++
			if !column.MatchString(l) {
				t.Errorf("table %s: no description in %q", name, l)
			}
		}
		return nil
	}))
	var columns int
	check(t, p.reader.QueryRow(`
		SELECT count(*) FROM sqlite_schema m JOIN pragma_table_info(m.name) WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`).Scan(&columns))
	equal(t, "columns looked at", columns, n)
}

func TestBusy(t *testing.T) {
	p := newProject(t)
	other, err := Open(t.Context(), p.Path(), Options{BusyTimeout: 50 * time.Millisecond})
	check(t, err)
	defer other.Close()
	_, err = p.writer.conn.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	check(t, err)
	if _, err := other.Discover(t.Context(), catalog.Old, []Discovery{sighting(1)}); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v, want ErrBusy", err)
	}
	if got := pages(t, other, Filter{}); len(got) != 0 { // reading goes on
		t.Errorf("read %d pages", len(got))
	}
	_, err = p.writer.conn.ExecContext(t.Context(), "ROLLBACK")
	check(t, err)
	if _, err := other.Discover(t.Context(), catalog.Old, []Discovery{sighting(1)}); err != nil {
		t.Error(err)
	}
}
