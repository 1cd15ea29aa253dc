package inventory

import (
	"database/sql"
	"strings"
	"testing"

	"replatform/crawler/catalog"
)

// Who links to which product is answered by one pass over the lists of links: when the
// pass stood inside a loop over products, a shop of 12,000 took more than an hour.
func TestProductLinksReadsListsOnce(t *testing.T) {
	p := started(t)
	check(t, p.SaveVisits(t.Context(), catalog.Old, []Visit{shopPage(1, 50), shopPage(2, 50)}))
	var plan []string
	check(t, each(t.Context(), p.reader, "EXPLAIN QUERY PLAN "+productLinks, []any{"old"}, func(rows *sql.Rows) error {
		var id, parent, unused int
		var step string
		err := rows.Scan(&id, &parent, &unused, &step)
		plan = append(plan, step)
		return err
	}))
	if len(plan) == 0 || plan[0] != "SCAN links" {
		t.Errorf("links are not read first:\n%s", strings.Join(plan, "\n"))
	}
}
