package inventory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"replatform/crawler/catalog"

	sqlite3 "modernc.org/sqlite/lib"
)

// lockTries bounds how often AcquireCrawl begins anew because the lock file was
// removed under its hands.
const lockTries = 10

// AcquireCrawl makes sure that at most one crawl of this side writes the project,
// from any program on the machine. The caller calls release when the crawl is over.
// When another crawl holds the lock the error is ErrBusy, at once.
//
// The lock is an exclusive transaction on an empty SQLite file beside the project,
// PROJECT.crawl-old.lock. SQLite holds it through a lock of the operating system,
// which ends with the process however the process ends. A row with a heartbeat
// would need no second file, but it would keep a killed crawl's successor waiting,
// and it would let two crawls run when the machine of the first wakes from sleep.
func (p *Project) AcquireCrawl(ctx context.Context, side catalog.Side) (release func() error, err error) {
	name := fmt.Sprintf("%s.crawl-%s.lock", p.path, side)
	doing := fmt.Sprintf("locking the %s shop of %s for a crawl", side, p.path)
	for range lockTries {
		var held bool
		release, held, err = lockFile(ctx, name)
		switch {
		case resultCode(err) == sqlite3.SQLITE_BUSY:
			return nil, fmt.Errorf("%s: %w: another crawl of it is running", doing, ErrBusy)
		case err != nil:
			return nil, nameError(doing, err)
		case held:
			return release, nil
		}
	}
	return nil, fmt.Errorf("%s: %w: the lock file changes all the time", doing, ErrBusy)
}

// lockFile tries once to lock the file called name. It may lock a file that the last
// holder has just removed; held then is false, and the caller tries again. This is
// noticed by looking at the name before the file is opened and after it is locked:
// when both show the same file, it is the one that was opened.
func lockFile(ctx context.Context, name string) (release func() error, held bool, err error) {
	before, statErr := os.Stat(name)
	if statErr != nil && !errors.Is(statErr, fs.ErrNotExist) {
		return nil, false, statErr
	}
	// Nothing is ever written, but SQLite begins a transaction on an empty file by
	// opening a journal; in memory it is no further file.
	db, err := sql.Open("sqlite", dsn(name, "rwc", 0, "_journal_mode=MEMORY"))
	if err != nil {
		return nil, false, err
	}
	defer func() {
		if !held {
			err = errors.Join(err, db.Close())
		}
	}()
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx) // makes the file
	if err != nil {
		return nil, false, err
	}
	defer func() {
		if !held {
			err = errors.Join(err, conn.Close())
		}
	}()
	if statErr != nil {
		return nil, false, nil // it is there now; begin anew
	}
	if _, err := conn.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return nil, false, err
	}
	after, err := os.Stat(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, false, err
	}
	if err != nil || !os.SameFile(before, after) {
		return nil, false, nil
	}
	return sync.OnceValue(func() error {
		// Removed while it is locked, so that nobody can have locked it between.
		// Windows does not remove an open file; there it is removed once closed,
		// which Windows refuses in turn when somebody else has opened it.
		removeErr := os.Remove(name)
		err := errors.Join(conn.Close(), db.Close())
		if removeErr != nil && !errors.Is(removeErr, fs.ErrNotExist) {
			_ = os.Remove(name) // if it stays it is empty and unlocked, and does no harm
		}
		return err
	}), true, nil
}
