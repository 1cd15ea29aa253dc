package report

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"replatform/planner"
)

// ErrNoDates is returned where a calendar is asked for and no date is known.
var ErrNoDates = errors.New("no date of the plan is known")

// TasksHeader is the header of tasks.csv.
func TasksHeader() []string {
	return []string{"id", "phase", "task", "when", "date", "until", "who", "applies", "missing", "branch", "first", "later", "why", "evidence", "done_when", "done", "note"}
}

// TasksCSV writes one line for each time of each task in the language "ja" or "en":
// UTF-8 with a byte order mark; dates are ISO 8601, empty while the clock is not set.
// The columns done and note are for whoever works with the sheet.
func TasksCSV(w io.Writer, p *planner.Plan, lang string) error {
	c, err := newComposer(p, lang, Options{})
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("writing the tasks: %w", err)
	}
	out := csv.NewWriter(w)
	lines := [][]string{TasksHeader()}
	for _, t := range p.Tasks {
		for _, at := range t.Times {
			lines = append(lines, c.taskLine(t, at))
		}
	}
	for _, l := range lines {
		for i := range l {
			l[i] = guard(l[i])
		}
		if err := out.Write(l); err != nil {
			return fmt.Errorf("writing the tasks: %w", err)
		}
	}
	out.Flush()
	if c.err != nil {
		return c.err
	}
	return out.Error()
}

func (c *composer) taskLine(t planner.Task, at planner.TaskAt) []string {
	when := at.Offset
	if at.Label != "" {
		when += " " + c.or("label."+at.Label, at.Label)
	}
	from, until := "", ""
	if !at.From.IsZero() {
		from = at.From.Format("2006-01-02")
	}
	if !at.Until.IsZero() {
		until = at.Until.Format("2006-01-02")
	}
	flag := func(b bool) string {
		if b {
			return "yes"
		}
		return ""
	}
	return []string{t.ID, c.phase(t.Phase), c.in(t.Title), when, from, until, c.who(t.Who), string(t.Applies), strings.Join(t.Missing, " "),
		t.Branch, flag(t.First), flag(t.Later), c.in(t.Why), strings.Join(t.Evidence, " "), c.in(t.Done), "", ""}
}
