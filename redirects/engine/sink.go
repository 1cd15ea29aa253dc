package engine

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// FileSink takes the files of an engine. Names are relative, with forward slashes,
// in ASCII, and chosen by the engines, never by the rules.
type FileSink interface {
	// WriteFile calls write with the content's destination and keeps the file only
	// if write returns nil.
	WriteFile(name string, write func(io.Writer) error) error
}

// DirSink is a folder. Files appear whole or not at all: they are written beside
// their final name and renamed.
type DirSink string

// WriteFile writes one file, making folders as needed.
func (d DirSink) WriteFile(name string, write func(io.Writer) error) (err error) {
	path := filepath.Join(string(d), filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".replatform-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	w := bufio.NewWriterSize(f, 1<<16)
	if err = write(w); err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

// MemSink keeps files in memory, for tests and archives.
type MemSink map[string][]byte

// WriteFile keeps one file.
func (m MemSink) WriteFile(name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	m[name] = b.Bytes()
	return nil
}

// writeText is WriteFile for a text that is already there.
func writeText(sink FileSink, name, content string) error {
	return sink.WriteFile(name, func(w io.Writer) error {
		_, err := io.WriteString(w, content)
		return err
	})
}
