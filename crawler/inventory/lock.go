package inventory

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/gofrs/flock"

	"replatform/crawler/catalog"
)

// lockTries bounds how often AcquireCrawl begins anew because the lock file was
// removed under its hands.
const lockTries = 10

// AcquireCrawl makes sure that at most one crawl of this side writes the project,
// from any program on the machine. The caller calls release when the crawl is over.
// When another crawl holds the lock the error is ErrBusy, at once.
//
// The lock is one of the operating system on an empty file beside the project,
// PROJECT.crawl-old.lock. It ends with the process however the process ends. A row
// with a heartbeat would need no second file, but it would keep a killed crawl's
// successor waiting, and it would let two crawls run when the machine of the first
// wakes from sleep.
func (p *Project) AcquireCrawl(ctx context.Context, side catalog.Side) (release func() error, err error) {
	name := fmt.Sprintf("%s.crawl-%s.lock", p.path, side)
	doing := fmt.Sprintf("locking the %s shop of %s for a crawl", side, p.path)
	for range lockTries {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("%s: %w", doing, err)
		}
		release, err = lockFile(name)
		switch {
		case errors.Is(err, errLocked):
			return nil, fmt.Errorf("%s: %w: another crawl of it is running", doing, ErrBusy)
		case err != nil:
			return nil, fmt.Errorf("%s: %w", doing, err)
		case release != nil:
			return release, nil
		}
	}
	return nil, fmt.Errorf("%s: %w: the lock file changes all the time", doing, ErrBusy)
}

// errLocked: somebody else holds the lock.
var errLocked = errors.New("locked")

// lockFile tries once to lock the file called name. release is nil when it has locked a
// file that the last holder has just removed: the caller tries again. The name is looked
// up while the file is open, so that no other file can have its inode.
func lockFile(name string) (release func() error, err error) {
	lock := flock.New(name)
	held, err := lock.TryLock()
	switch {
	case err != nil:
		return nil, errors.Join(err, lock.Close())
	case !held:
		return nil, errors.Join(errLocked, lock.Close())
	}
	mine, err := lock.Stat()
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	switch there, err := os.Stat(name); {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, errors.Join(err, lock.Close())
	case err != nil, !os.SameFile(mine, there):
		return nil, lock.Close()
	}
	return sync.OnceValue(func() error {
		// Removed while it is locked, so that nobody can have locked it between.
		// Windows does not remove an open file; there it is removed once closed,
		// which Windows refuses in turn when somebody else has opened it.
		removeErr := os.Remove(name)
		err := lock.Close()
		if removeErr != nil && !errors.Is(removeErr, fs.ErrNotExist) {
			_ = os.Remove(name) // if it stays it is empty and unlocked, and does no harm
		}
		return err
	}), nil
}
