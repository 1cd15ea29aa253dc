package inventory

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"replatform/crawler/catalog"
)

// writer is the one connection that writes. database/sql's own transactions would
// prepare every statement anew for each transaction; keeping the connection and its
// statements halves the cost of a batch.
type writer struct {
	db    *sql.DB
	conn  *sql.Conn
	turn  chan struct{} // holds one token: whoever has it may use what is below
	stmts map[string]*sql.Stmt
	execs map[string]driver.StmtExecContext // see change
	args  []driver.NamedValue               // memory for the arguments of the next one
	sums  map[catalog.Side]sum
	known map[catalog.Side]*known

	news   map[catalog.Side]*news  // see ReleasedSince
	queues map[catalog.Side]*queue // each has a lock of its own; the map never changes

	sources     map[string]string // see sourcesText
	sourcesJSON string
}

func openWriter(ctx context.Context, dsn string) (*writer, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &writer{db: db, conn: conn, turn: make(chan struct{}, 1), stmts: make(map[string]*sql.Stmt),
		execs: make(map[string]driver.StmtExecContext), sums: make(map[catalog.Side]sum), known: make(map[catalog.Side]*known),
		news: make(map[catalog.Side]*news), queues: map[catalog.Side]*queue{catalog.Old: {}, catalog.New: {}}}, nil
}

func (w *writer) close() error {
	w.turn <- struct{}{}
	defer func() { <-w.turn }()
	errs := make([]error, 0, len(w.stmts)+3)
	errs = append(errs, w.conn.Raw(func(any) error {
		var errs []error
		for _, s := range w.execs {
			errs = append(errs, s.(driver.Stmt).Close())
		}
		return errors.Join(errs...)
	}))
	for _, s := range w.stmts {
		errs = append(errs, s.Close())
	}
	errs = append(errs, w.conn.Close(), w.db.Close())
	return errors.Join(errs...)
}

// with runs fn while no other goroutine uses the connection.
func (w *writer) with(ctx context.Context, fn func() error) error {
	select {
	case w.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-w.turn }()
	return fn()
}

// tx runs fn in one transaction that holds the write lock of the file from its
// start, so that it cannot fail half way because another program wrote meanwhile.
// ctx can end the wait for that lock; fn gets a context that is never cancelled,
// because a single statement of ours is short and each watched one costs a
// goroutine. A long fn asks ctx itself between its items.
func (w *writer) tx(ctx context.Context, fn func(context.Context) error) error {
	return w.with(ctx, func() error { return w.inTurn(ctx, fn) })
}

// inTurn is tx for a caller that has the turn already.
func (w *writer) inTurn(ctx context.Context, fn func(context.Context) error) (err error) {
	calm := context.WithoutCancel(ctx)
	// ROLLBACK fails, and does no harm, where SQLite has ended the transaction itself, as
	// on a full disk (https://www.sqlite.org/lang_transaction.html).
	rollback := func() { _, _ = w.conn.ExecContext(calm, "ROLLBACK") }
	if _, err := w.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		if ctx.Err() != nil {
			rollback() // ctx may have ended when BEGIN had run already
			return ctx.Err()
		}
		return err
	}
	done := false
	defer func() {
		if !done { // fn failed or panicked
			rollback()
		}
	}()
	if err := fn(calm); err != nil {
		return err
	}
	if _, err := w.conn.ExecContext(calm, "COMMIT"); err != nil {
		return err
	}
	done = true
	return nil
}

// stmt is the prepared form of query, made on first use and kept. query must be one
// of the constants of this package.
func (w *writer) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := w.stmts[query]; ok {
		return s, nil
	}
	s, err := w.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	w.stmts[query] = s
	return s, nil
}

// exec runs query inside a tx.
func (w *writer) exec(ctx context.Context, query string, args ...any) error {
	_, err := w.change(ctx, query, args)
	return err
}

// change runs query inside a tx and says what it has done. It is what a crawl calls most,
// some ten times a page, and goes past database/sql to the statement of the driver: that
// saves it a third of the time that is not SQLite's own. Arguments are of the types that
// the driver binds as they are, or int.
func (w *writer) change(ctx context.Context, query string, args []any) (result driver.Result, err error) {
	err = w.conn.Raw(func(conn any) error {
		s, ok := w.execs[query]
		if !ok {
			made, err := conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
			if err != nil {
				return err
			}
			s = made.(driver.StmtExecContext)
			w.execs[query] = s
		}
		w.args = w.args[:0]
		for i, arg := range args {
			if n, ok := arg.(int); ok {
				arg = int64(n)
			}
			w.args = append(w.args, driver.NamedValue{Ordinal: i + 1, Value: arg})
		}
		result, err = s.ExecContext(ctx, w.args)
		return err
	})
	return result, err
}

// row asks query inside a tx for one row; ok is false when there is none.
func (w *writer) row(ctx context.Context, query string, args []any, dest ...any) (ok bool, err error) {
	s, err := w.stmt(ctx, query)
	if err != nil {
		return false, err
	}
	err = s.QueryRowContext(ctx, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// read runs fn on one snapshot of the file.
func (p *Project) read(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := p.reader.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing was written
	return fn(tx)
}

// each calls scan for every row of query.
func each(ctx context.Context, q querier, query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// querier is what reads: a snapshot, or the writer's connection.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}
