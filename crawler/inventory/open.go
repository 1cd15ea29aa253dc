package inventory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"modernc.org/sqlite" // also registers the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Errors that a caller can act on.
var (
	// ErrNotExist: there is no project file at the path, or an empty one. The error
	// text says how to make one.
	ErrNotExist = errors.New("no project file")
	// ErrNotProject: the file is none of ours. It was not changed.
	ErrNotProject = errors.New("not a project file")
	// ErrNewerSchema: a newer version of the program wrote the file.
	ErrNewerSchema = errors.New("the project file is of a newer version")
	// ErrBusy: another program holds the file, or another crawl of the same shop is
	// running.
	ErrBusy = errors.New("the project file is in use")
	// ErrDamaged: the file is a project, but SQLite finds it malformed.
	ErrDamaged = errors.New("the project file is damaged")
	// ErrReadOnly: the file, or the folder that it stands in, may not be written to.
	ErrReadOnly = errors.New("the project file cannot be written")
	// ErrFull: the disk has no room left. What was stored before is still there.
	ErrFull = errors.New("the disk is full")
	// ErrNoShop: the project knows nothing of this side yet.
	ErrNoShop = errors.New("the project has no such shop")
	// ErrNoPage: the project knows no such page.
	ErrNoPage = errors.New("no such page")
	// ErrOtherShop: the project already holds another shop on this side.
	ErrOtherShop = errors.New("the project holds another shop")
)

// ApplicationID is the PRAGMA application_id of a project file: the letters "rplt".
const ApplicationID = 0x72706c74

// DefaultBusyTimeout is how long a call waits for another program to finish
// writing. The longest writes of this program are the storing of a batch of a crawl, that
// of a plan, and the taking over of a new reading by [Project.TakeSide], which takes some
// 40 µs a page.
const DefaultBusyTimeout = 30 * time.Second

// Options of Open.
type Options struct {
	Create      bool          // make the file when there is none
	BusyTimeout time.Duration // how long to wait for another writer; 0: DefaultBusyTimeout
	Log         *slog.Logger  // nil: no log
}

// Project is an open project file. Its methods may be called from many goroutines:
// writes run one after the other, reads see the state at which they began and are
// not held up by writes. Close it, so that the file is whole without its -wal
// companion.
type Project struct {
	path   string
	log    *slog.Logger
	reader *sql.DB
	writer *writer

	nextMu   sync.Mutex
	nextStmt *sql.Stmt // see queue
}

// Open opens the project file at path, carries it to the newest schema version, and
// makes it first when there is none and opts.Create is set. Errors: ErrNotExist,
// ErrNotProject, ErrNewerSchema, ErrBusy, ErrDamaged, ErrReadOnly, ErrFull; a folder that
// is not there is fs.ErrNotExist.
func Open(ctx context.Context, path string, opts Options) (*Project, error) {
	return open(ctx, path, opts, current())
}

func open(ctx context.Context, path string, opts Options, s schema) (_ *Project, err error) {
	if opts.BusyTimeout <= 0 {
		opts.BusyTimeout = DefaultBusyTimeout
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	defer func() { err = nameError("opening the project "+path, err) }()

	fresh, err := inspect(ctx, path)
	if err != nil {
		return nil, err
	}
	if fresh && !opts.Create {
		return nil, fmt.Errorf("%w; run: replatform crawl URL", ErrNotExist)
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return nil, err
	}
	p := &Project{path: path, log: opts.Log}
	mode := "rw"
	if fresh {
		mode = "rwc"
	}
	// The log may grow to 32 MB before it is folded into the file: a crawl writes the same
	// parts of it again and again.
	if p.writer, err = openWriter(ctx, dsn(path, mode, opts.BusyTimeout, "_synchronous=NORMAL", "_pragma=temp_store(memory)",
		"_pragma=cache_size(-16384)", "_pragma=wal_autocheckpoint(8192)")); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			p.writer.close()
		}
	}()
	if err := p.writer.prepareSchema(ctx, s); err != nil {
		return nil, err
	}
	if err := p.useWAL(ctx); err != nil {
		return nil, err
	}
	if p.reader, err = sql.Open("sqlite", dsn(path, "rw", opts.BusyTimeout, "_query_only=1")); err != nil {
		return nil, err
	}
	// Reads may nest, a callback of Pages may ask for another page, so there is
	// room for several; they are few, since each holds a page cache.
	p.reader.SetMaxOpenConns(16)
	p.reader.SetMaxIdleConns(4)
	return p, nil
}

// Path is the path the project was opened with.
func (p *Project) Path() string { return p.path }

// Close ends all use of the file. The last program to close it folds the -wal
// companion into the file.
func (p *Project) Close() error {
	var err error
	if p.nextStmt != nil {
		err = p.nextStmt.Close()
	}
	err = errors.Join(err, p.reader.Close(), p.writer.close())
	return nameError("closing the project "+p.path, err)
}

// inspect says whether the file at path is yet to be made, or is a project. It reads
// the header through SQLite with immutable=1: this takes no lock, rolls back no
// journal and makes no companion file, so a file of somebody else stays untouched.
// Reading it with package os would drop the locks of this process (see the package
// comment).
func inspect(ctx context.Context, path string) (fresh bool, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, nil
	case err != nil:
		return false, err
	case info.IsDir():
		return false, fmt.Errorf("%w: it is a folder", ErrNotProject)
	case info.Size() == 0: // what remains when a program is killed while it makes the file
		return true, nil
	}
	db, err := sql.Open("sqlite", dsn(path, "ro", 0, "immutable=1"))
	if err != nil {
		return false, err
	}
	defer db.Close()
	var id int64
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		switch resultCode(err) {
		case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
			return false, fmt.Errorf("%w: no SQLite database", ErrNotProject)
		}
		return false, err
	}
	if id != ApplicationID {
		return false, fmt.Errorf("%w: a SQLite database of another program (application_id %d)", ErrNotProject, id)
	}
	return false, nil
}

// dsn names the file at path to the driver. A URI keeps every character of the path
// what it is.
func dsn(path, mode string, busy time.Duration, more ...string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // a Windows drive
		path = "/" + path
	}
	// A project may come from somebody else, so the schema in it is not trusted to
	// call functions, and every page is checked as it is read
	// (https://www.sqlite.org/security.html).
	query := append([]string{
		"mode=" + mode,
		"_busy_timeout=" + strconv.FormatInt(busy.Milliseconds(), 10),
		"_foreign_keys=1", "_defensive=1", "_error_rc=1", "_dqs=0",
		"_pragma=trusted_schema(0)", "_pragma=cell_size_check(1)",
	}, more...)
	u := url.URL{Scheme: "file", Path: path, RawQuery: strings.Join(query, "&")}
	return u.String()
}

// useWAL turns the write-ahead log on: readers then do not wait for the writer, and
// a commit costs no fsync. Where the file system cannot carry it (some network
// drives) the file stays in the slower mode, which needs full syncing to be as safe.
func (p *Project) useWAL(ctx context.Context) error {
	return p.writer.with(ctx, func() error {
		var mode string
		if err := p.writer.conn.QueryRowContext(ctx, "PRAGMA journal_mode=WAL").Scan(&mode); err != nil {
			return fmt.Errorf("turning the write-ahead log on: %w", err)
		}
		if mode == "wal" {
			return nil
		}
		p.log.Warn("no write-ahead log on this file system; writing is slower", "file", p.path, "mode", mode)
		_, err := p.writer.conn.ExecContext(ctx, "PRAGMA synchronous=FULL")
		return err
	})
}

// resultCode is the primary SQLite result code of err, 0 when it has none.
func resultCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// nameError says what was being done and turns SQLite's codes into our errors.
func nameError(doing string, err error) error {
	if err == nil {
		return nil
	}
	var kind error
	switch resultCode(err) {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		kind = ErrBusy
	case sqlite3.SQLITE_CORRUPT:
		kind = ErrDamaged
	case sqlite3.SQLITE_NOTADB:
		kind = ErrNotProject
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		kind = ErrReadOnly
	case sqlite3.SQLITE_FULL:
		kind = ErrFull
	}
	if kind == nil || errors.Is(err, kind) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return fmt.Errorf("%s: %w: %w", doing, kind, err)
}
