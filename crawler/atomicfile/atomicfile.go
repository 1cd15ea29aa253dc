// Package atomicfile writes files that are either whole or as they were before: a
// program that is killed, or a full disk, never leaves half a file.
package atomicfile

import (
	"bufio"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Write makes the file at path hold what write writes. It goes to a new file in the
// same folder first, which takes the place of path only when all of it is on disk;
// when anything fails, path stays as it was and the new file is removed. perm is for a
// file that does not exist yet (the umask applies); an existing one keeps its
// permissions. A symbolic link stays and its target is replaced. What is no regular
// file, /dev/stdout for example, cannot be replaced and is written to directly.
//
// Errors wrap those of write and of the file system; on Windows the file may be held
// by another program, such as Excel, and then cannot be replaced.
func Write(path string, perm fs.FileMode, write func(io.Writer) error) (err error) {
	target := path
	if real, err := filepath.EvalSymlinks(path); err == nil {
		target = real
	}
	existing := false
	switch info, err := os.Stat(target); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("writing %s: %w", path, err)
	case info.IsDir():
		return fmt.Errorf("writing %s: it is a folder", path)
	case !info.Mode().IsRegular():
		return writeThrough(path, write)
	default:
		existing, perm = true, info.Mode().Perm()
	}
	tmp, err := create(target, perm)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	placed := false
	defer func() {
		if !placed { // write failed or panicked
			_ = tmp.Close()
			_ = os.Remove(tmp.Name())
		}
		if err != nil {
			err = fmt.Errorf("writing %s: %w", path, err)
		}
	}()
	out := bufio.NewWriter(tmp)
	if err := write(out); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if existing {
		if err := tmp.Chmod(perm); err != nil { // the umask may have taken some away
			return err
		}
	}
	if err := tmp.Sync(); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), target); err != nil {
		return err
	}
	placed = true
	syncFolder(filepath.Dir(target))
	return nil
}

// create makes a new file beside target. os.CreateTemp would not apply the umask.
func create(target string, perm fs.FileMode) (*os.File, error) {
	for {
		var random [6]byte
		if _, err := rand.Read(random[:]); err != nil {
			return nil, err
		}
		name := filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+"."+hex.EncodeToString(random[:])+".tmp")
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

func writeThrough(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	out := bufio.NewWriter(f)
	err = write(out)
	if err == nil {
		err = out.Flush()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// syncFolder makes the new name last over a power cut. Windows cannot sync a folder
// and need not; the file is in place either way, so a failure is none.
func syncFolder(dir string) {
	f, err := os.Open(dir)
	if err != nil {
		return
	}
	_ = f.Sync()
	_ = f.Close()
}
