package inventory

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
)

// SchemaVersion is the PRAGMA user_version of the files this program writes.
const SchemaVersion = 13

//go:embed schema.sql
var schemaSQL string

//go:embed migrations
var migrations embed.FS

// schema is what a project file must look like and how an older one gets there.
// Tests hand in others than the current one.
type schema struct {
	version int
	tables  string // makes the tables of version in an empty file
	steps   fs.FS  // NNNN.sql takes a file from version NNNN-1 to NNNN
}

func current() schema {
	steps, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the name above is a valid path
	}
	return schema{version: SchemaVersion, tables: schemaSQL, steps: steps}
}

// prepareSchema brings the file to s in one transaction: all of it or nothing. Two
// programs that make a file at the same moment wait for each other here, and the
// second finds the work done.
func (w *writer) prepareSchema(ctx context.Context, s schema) error {
	version, id, err := w.versions(ctx)
	if err != nil {
		return err
	}
	if id == ApplicationID && version == s.version {
		return nil
	}
	if id == ApplicationID && version > s.version {
		return newerSchema(version, s.version)
	}
	return w.tx(ctx, func(ctx context.Context) error {
		version, id, err := w.versions(ctx)
		if err != nil {
			return err
		}
		if id != ApplicationID {
			var tables int
			if err := w.conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
				return err
			}
			if id != 0 || tables != 0 || version != 0 {
				return ErrNotProject
			}
			return w.run(ctx, s.tables, s.version)
		}
		if version > s.version {
			return newerSchema(version, s.version)
		}
		for v := version + 1; v <= s.version; v++ {
			name := fmt.Sprintf("%04d.sql", v)
			step, err := fs.ReadFile(s.steps, name)
			if err != nil {
				return fmt.Errorf("carrying the file from version %d to %d: %w", version, s.version, err)
			}
			if err := w.run(ctx, string(step), v); err != nil {
				return fmt.Errorf("carrying the file from version %d to %d: step %s: %w", version, s.version, name, err)
			}
		}
		return nil
	})
}

func newerSchema(file, program int) error {
	return fmt.Errorf("%w: the file is version %d, this program knows version %d; update replatform",
		ErrNewerSchema, file, program)
}

// run executes the statements of script and notes the version they lead to.
func (w *writer) run(ctx context.Context, script string, version int) error {
	if _, err := w.conn.ExecContext(ctx, script); err != nil {
		return err
	}
	_, err := w.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d", ApplicationID, version))
	return err
}

func (w *writer) versions(ctx context.Context) (version int, id int64, err error) {
	if err := w.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return 0, 0, err
	}
	err = w.conn.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id)
	return version, id, err
}
