package inventory

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// KeptPlanVersions is how many versions of the plan a project keeps beside the first:
// the newest ones.
const KeptPlanVersions = 20

// ErrNoVersion: the project keeps no version of the plan with this number.
var ErrNoVersion = errors.New("no such version of the plan")

// PlanVersion is one version of the plan as the project keeps it.
type PlanVersion struct {
	Number  int       // from 1; a number is never given twice
	MadeAt  time.Time // when the plan was made
	Summary string    // what a list says of it, as SavePlanVersion was told
	// Same is the number of the oldest version right before this one with the same
	// content, and those between them; its own number where it differs from the one before.
	Same int
}

// SavePlanVersion keeps a version of the plan and gives it the next number. summary and
// content are the caller's; content that equals that of another version is stored once.
// The first version stays, and the KeptPlanVersions newest; those between them go.
func (p *Project) SavePlanVersion(ctx context.Context, madeAt time.Time, summary string, content []byte) (PlanVersion, error) {
	v := PlanVersion{MadeAt: madeAt, Summary: prose(summary)}
	sum := sha256.Sum256(content)
	digest := hex.EncodeToString(sum[:])
	w := p.writer
	err := w.tx(ctx, func(ctx context.Context) error {
		var before int
		var same string
		if _, err := w.row(ctx, `SELECT number, digest FROM plan_version ORDER BY number DESC LIMIT 1`, nil, &before, &same); err != nil {
			return err
		}
		v.Number, v.Same = before+1, before+1
		if before > 0 && same == digest {
			if _, err := w.row(ctx, `SELECT same FROM plan_version WHERE number = ?`, []any{before}, &v.Same); err != nil {
				return err
			}
		}
		if err := w.exec(ctx, `INSERT INTO plan_content (digest, content) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING`, digest, content); err != nil {
			return err
		}
		if err := w.exec(ctx, `INSERT INTO plan_version (number, made_at, summary, same, digest) VALUES (?, ?, ?, ?, ?)`,
			v.Number, moment(madeAt), v.Summary, v.Same, digest); err != nil {
			return err
		}
		if err := w.exec(ctx, `DELETE FROM plan_version WHERE number > 1 AND number <= ?`, v.Number-KeptPlanVersions); err != nil {
			return err
		}
		return w.exec(ctx, `DELETE FROM plan_content WHERE digest NOT IN (SELECT digest FROM plan_version)`)
	})
	return v, nameError("keeping a version of the plan", err)
}

// PlanVersions lists the versions that the project keeps, the oldest first.
func (p *Project) PlanVersions(ctx context.Context) ([]PlanVersion, error) {
	var out []PlanVersion
	err := each(ctx, p.reader, `SELECT number, made_at, summary, same FROM plan_version ORDER BY number`, nil, func(rows *sql.Rows) error {
		var v PlanVersion
		var at string
		if err := rows.Scan(&v.Number, &at, &v.Summary, &v.Same); err != nil {
			return err
		}
		v.MadeAt = parseMoment(at)
		out = append(out, v)
		return nil
	})
	return out, nameError("listing the versions of the plan", err)
}

// PlanVersionContent is the content of a version as SavePlanVersion was told; the error
// is ErrNoVersion where the project does not keep it.
func (p *Project) PlanVersionContent(ctx context.Context, number int) ([]byte, error) {
	var content []byte
	err := p.reader.QueryRowContext(ctx, `SELECT content FROM plan_version JOIN plan_content USING (digest) WHERE number = ?`, number).Scan(&content)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("%w: %d", ErrNoVersion, number)
	}
	return content, nameError("reading a version of the plan", err)
}
