package inventory

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// planPrefix marks what of the meta table belongs to the plan.
const planPrefix = "plan."

// SavePlan replaces the plan, its facts and its rows, in one transaction. The rows
// keep their order. Proofs stay: they are of addresses, not of the plan.
func (p *Project) SavePlan(ctx context.Context, meta map[string]string, rows []PlanRow) error {
	w := p.writer
	err := w.tx(ctx, func(calm context.Context) error {
		if err := w.exec(calm, `DELETE FROM meta WHERE substr(name, 1, length(?1)) = ?1`, planPrefix); err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(meta)) {
			if err := w.setMeta(calm, planPrefix+name, meta[name]); err != nil {
				return err
			}
		}
		if err := w.exec(calm, `DELETE FROM plan_row`); err != nil {
			return err
		}
		for i, r := range rows {
			if i%256 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if err := w.exec(calm, `
				INSERT INTO plan_row (position, old_url, new_url, old_key, action, status, class, confidence, method, reason,
					reason_ja, type, old_title, new_title, sources, priority, needs_review, decided_by, carrier, strength,
					proof, note, note_ja)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
				i+1, address(r.OldURL), address(r.NewURL), keyText(r.OldKey), word(r.Action), r.Status, word(string(r.Class)),
				r.Confidence, prose(r.Method), prose(r.Reason), prose(r.ReasonJA), word(string(r.Type)), prose(r.OldTitle),
				prose(r.NewTitle), list(r.Sources), word(r.Priority), r.NeedsReview, prose(r.DecidedBy), prose(r.Carrier),
				word(r.Strength), word(r.Proof), prose(r.Note), prose(r.NoteJA)); err != nil {
				return fmt.Errorf("row %d: %w", i+1, err)
			}
		}
		return nil
	})
	return nameError(fmt.Sprintf("storing a plan of %d rows", len(rows)), err)
}

// Plan hands out the rows of the plan in the order they were saved.
func (p *Project) Plan(ctx context.Context, fn func(PlanRow) error) error {
	err := each(ctx, p.reader, `
		SELECT old_url, new_url, old_key, action, status, class, confidence, method, reason, reason_ja, type, old_title,
			new_title, sources, priority, needs_review, decided_by, carrier, strength, proof, note, note_ja
		FROM plan_row ORDER BY position`, nil, func(rows *sql.Rows) error {
		var r PlanRow
		var sources string
		if err := rows.Scan(&r.OldURL, &r.NewURL, &r.OldKey, &r.Action, &r.Status, &r.Class, &r.Confidence, &r.Method, &r.Reason,
			&r.ReasonJA, &r.Type, &r.OldTitle, &r.NewTitle, &sources, &r.Priority, &r.NeedsReview, &r.DecidedBy, &r.Carrier,
			&r.Strength, &r.Proof, &r.Note, &r.NoteJA); err != nil {
			return err
		}
		r.Sources = parseJSON[[]string](sources)
		return fn(r)
	})
	return nameError("reading the plan", err)
}

// PlanMeta is what SavePlan was told of the plan; empty when there is no plan.
func (p *Project) PlanMeta(ctx context.Context) (map[string]string, error) {
	meta := map[string]string{}
	err := each(ctx, p.reader, `SELECT name, value FROM meta WHERE substr(name, 1, length(?1)) = ?1`, []any{planPrefix}, func(rows *sql.Rows) error {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return err
		}
		meta[strings.TrimPrefix(name, planPrefix)] = value
		return nil
	})
	return meta, nameError("reading the plan", err)
}

// SetMeta stores a small fact about the project; an empty value removes it. Names
// that begin with "plan." belong to SavePlan.
func (p *Project) SetMeta(ctx context.Context, name, value string) error {
	err := p.writer.tx(ctx, func(ctx context.Context) error {
		if value == "" {
			return p.writer.exec(ctx, `DELETE FROM meta WHERE name = ?`, name)
		}
		return p.writer.setMeta(ctx, name, value)
	})
	return nameError("storing "+name, err)
}

// Meta is what SetMeta stored; empty when it stored nothing.
func (p *Project) Meta(ctx context.Context, name string) (string, error) {
	var value string
	err := p.reader.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = ?`, name).Scan(&value)
	if err == sql.ErrNoRows {
		return "", nil
	}
	return value, nameError("reading "+name, err)
}

func (w *writer) setMeta(ctx context.Context, name, value string) error {
	return w.exec(ctx, `INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
		prose(name), prose(value))
}

// SaveProofs adds answers to old addresses. Earlier answers stay in the file.
func (p *Project) SaveProofs(ctx context.Context, proofs []Proof) error {
	err := p.writer.tx(ctx, func(ctx context.Context) error {
		for _, f := range proofs {
			if err := p.writer.exec(ctx, `
				INSERT INTO proof (old_url, kind, status, location, hops, final, final_code, ok, problem, checked_at, connect_to, asked_for, engine)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
				address(f.OldURL), word(f.Kind), f.Status, address(f.Location), f.Hops, address(f.Final), f.FinalCode, f.OK,
				word(f.Problem), moment(f.CheckedAt), prose(f.ConnectTo), address(f.AskedFor), word(f.Engine)); err != nil {
				return err
			}
		}
		return nil
	})
	return nameError(fmt.Sprintf("storing %d answers", len(proofs)), err)
}

// Proofs hands out the newest answer to each old address, one for each kind and engine,
// ordered by address, kind and time: "engine" before "live", so that of an address the
// strongest proof comes last.
func (p *Project) Proofs(ctx context.Context, fn func(Proof) error) error {
	return p.ProofsBefore(ctx, time.Time{}, fn)
}

// ProofsBefore is Proofs as it was at a moment: of the answers that came before it. The
// zero time stands for now.
func (p *Project) ProofsBefore(ctx context.Context, before time.Time, fn func(Proof) error) error {
	err := each(ctx, p.reader, `
		SELECT old_url, kind, status, location, hops, final, final_code, ok, problem, checked_at, connect_to, asked_for, engine
		FROM proof a
		WHERE id = (SELECT b.id FROM proof b WHERE b.old_url = a.old_url AND b.kind = a.kind AND b.engine = a.engine AND (?1 = '' OR b.checked_at < ?1)
			ORDER BY b.checked_at DESC, b.id DESC LIMIT 1)
		ORDER BY old_url, kind, checked_at, id`, []any{moment(before)}, func(rows *sql.Rows) error {
		var f Proof
		var at string
		if err := rows.Scan(&f.OldURL, &f.Kind, &f.Status, &f.Location, &f.Hops, &f.Final, &f.FinalCode, &f.OK, &f.Problem, &at, &f.ConnectTo, &f.AskedFor, &f.Engine); err != nil {
			return err
		}
		f.CheckedAt = parseMoment(at)
		return fn(f)
	})
	return nameError("reading answers", err)
}
