package inventory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strings"

	"replatform/crawler/catalog"
)

// Stage opens a project of its own beside this one, PROJECT.reading-SIDE, in which a shop
// is read while this one keeps what an earlier reading has found; it makes it when there
// is none. TakeSide carries over what stands there in the end. The caller closes it, and
// holds the lock of AcquireCrawl on this project meanwhile.
func (p *Project) Stage(ctx context.Context, side catalog.Side) (*Project, error) {
	return Open(ctx, p.stagePath(side), Options{Create: true, Log: p.log})
}

// Staged is what the stage of side holds of the shop, without making one; ErrNoShop when
// nothing is read there.
func (p *Project) Staged(ctx context.Context, side catalog.Side) (_ Shop, err error) {
	stage, err := Open(ctx, p.stagePath(side), Options{Log: p.log})
	if errors.Is(err, ErrNotExist) {
		return Shop{}, noShop(side)
	}
	if err != nil {
		return Shop{}, err
	}
	defer func() { err = errors.Join(err, stage.Close()) }()
	return stage.Shop(ctx, side)
}

// DropStage removes the stage of side, which nobody may have open.
func (p *Project) DropStage(side catalog.Side) error {
	name := p.stagePath(side)
	for _, name := range []string{name, name + "-wal", name + "-shm"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing what was read of the %s shop: %w", side, err)
		}
	}
	return nil
}

func (p *Project) stagePath(side catalog.Side) string {
	return fmt.Sprintf("%s.reading-%s", p.path, side)
}

// stagedTables are the tables that hold what was read of a shop, each after those that it
// points to; where says which of its rows, values what stands for a column in place of
// what was read: the numbers of pages begin after those that this file has given.
var stagedTables = []struct {
	name, where string
	values      map[string]string
}{
	{"shop", "side = ?1", nil},
	{"page", "side = ?1", map[string]string{"id": "id + ?2"}},
	{"spelling", "side = ?1", map[string]string{"page": "page + ?2"}},
	{"product", "page IN (SELECT id FROM staged.page WHERE side = ?1)", map[string]string{"page": "page + ?2"}},
	{"variant", "page IN (SELECT id FROM staged.page WHERE side = ?1)", map[string]string{"page": "page + ?2"}},
	{"links", "page IN (SELECT id FROM staged.page WHERE side = ?1)", map[string]string{"page": "page + ?2",
		"targets": "(SELECT json_group_array(t.value + ?2 ORDER BY t.value) FROM json_each(targets) AS t)"}},
	{"membership", "side = ?1", nil},
	{"finding", "side = ?1", map[string]string{"id": "NULL"}},
	{"before", "side = ?1", nil},
}

// TakeSide puts what stage holds of a shop in the place of what this project holds of it,
// in one transaction: readers see the one or the other, also when the program is killed.
// The proposed pairs are forgotten as by ResetSide; decisions, worth, the plan and its
// proofs stay.
func (p *Project) TakeSide(ctx context.Context, stage *Project, side catalog.Side) error {
	doing := fmt.Sprintf("taking over what was read of the %s shop", side)
	if _, err := stage.Shop(ctx, side); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	// The order of what was left unasked stands beside the pages, by their numbers there.
	if err := stage.writer.tx(ctx, func(ctx context.Context) error { return stage.writer.settle(ctx, side) }); err != nil {
		return nameError(doing, err)
	}
	return nameError(doing, p.writer.with(ctx, func() (err error) {
		if err := p.writer.attach(ctx, stage.path); err != nil {
			return err
		}
		defer func() {
			_, detachErr := p.writer.conn.ExecContext(context.WithoutCancel(ctx), "DETACH staged")
			err = errors.Join(err, detachErr)
		}()
		return p.writer.inTurn(ctx, func(ctx context.Context) error {
			if err := p.writer.resetSide(ctx, side); err != nil {
				return err
			}
			var given int64
			if err := p.writer.conn.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM main.page").Scan(&given); err != nil {
				return err
			}
			for _, t := range stagedTables {
				columns, err := p.writer.columns(ctx, t.name)
				if err != nil {
					return err
				}
				values := slices.Clone(columns)
				for i, c := range columns {
					if v, ok := t.values[strings.Trim(c, `"`)]; ok {
						values[i] = v
					}
				}
				query := fmt.Sprintf("INSERT INTO main.%[1]s (%[2]s) SELECT %[3]s FROM staged.%[1]s WHERE %[4]s",
					t.name, strings.Join(columns, ", "), strings.Join(values, ", "), t.where)
				if _, err := p.writer.conn.ExecContext(ctx, query, string(side), given); err != nil {
					return fmt.Errorf("table %s: %w", t.name, err)
				}
			}
			return nil
		})
	}))
}

// attach makes the tables of the project at path readable as those of "staged".
func (w *writer) attach(ctx context.Context, path string) error {
	u, err := url.Parse(dsn(path, "rw", 0))
	if err != nil {
		return err
	}
	u.RawQuery = "mode=rw"
	_, err = w.conn.ExecContext(ctx, "ATTACH ? AS staged", u.String())
	return err
}

// columns are the columns of a table of this file, quoted.
func (w *writer) columns(ctx context.Context, table string) ([]string, error) {
	var out []string
	err := each(ctx, w.conn, "SELECT name FROM pragma_table_info(?, 'main')", []any{table}, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		out = append(out, `"`+name+`"`)
		return err
	})
	return out, err
}
