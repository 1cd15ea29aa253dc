package lab

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"replatform/planner/match/internal/judge"
)

// WriteBrain writes a brain as JSON, packed with gzip when the name ends in .gz.
func WriteBrain(path string, b *judge.Brain) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("writing model: %w", err)
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	var w io.Writer = f
	if strings.HasSuffix(path, ".gz") {
		z, _ := gzip.NewWriterLevel(f, gzip.BestCompression)
		defer func() {
			if e := z.Close(); err == nil {
				err = e
			}
		}()
		w = z
	}
	if err := json.NewEncoder(w).Encode(b); err != nil {
		return fmt.Errorf("writing model: %w", err)
	}
	return nil
}

// ReadBrain reads what WriteBrain wrote, packed when the name ends in .gz.
func ReadBrain(path string) (*judge.Brain, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading model: %w", err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return nil, fmt.Errorf("reading model %s: %w", path, err)
		}
	}
	return judge.Decode(r)
}
