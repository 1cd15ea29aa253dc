package planner

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"replatform/crawler/inventory"
	"replatform/crawler/sources"
)

// MonitorColumns are the columns of MonitorReport.WriteCSV, in order.
//
//	class, reason           see MissClasses and the reasons
//	url                     the address as it was asked most often
//	addresses               how many spellings of the page were missed
//	people, robots          requests in vain, by people and by robots
//	absent, shown, broken   the same by the answer: 404 or 410; 200; 5xx
//	type, title             of the page
//	action, planned_url     what the plan says
//	proposed_url, basis     what is proposed; empty: to be found out
//	sure                    yes: no person needs to look at the proposal
func MonitorColumns() []string {
	return []string{"class", "reason", "url", "addresses", "people", "robots", "absent", "shown", "broken", "type", "title", "action", "planned_url",
		"proposed_url", "basis", "sure"}
}

// WriteCSV writes the rows as CSV: UTF-8, commas, line feeds (RFC 4180 otherwise), text
// that a spreadsheet would take for a formula guarded (see inventory.GuardCell).
func (r *MonitorReport) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(MonitorColumns()); err != nil {
		return fmt.Errorf("writing what was missed: %w", err)
	}
	for _, m := range r.Rows {
		vain := m.Vain()
		sum := func(h sources.Hits) string { return strconv.Itoa(h.People + h.Robots) }
		var p MissProposal
		sure := ""
		if m.Proposal != nil {
			p, sure = *m.Proposal, string(yesNo(m.Proposal.Sure))
		}
		err := out.Write([]string{string(m.Class), m.Reason, inventory.GuardCell(m.URL()), strconv.Itoa(len(m.Spellings) + m.More),
			strconv.Itoa(vain.People), strconv.Itoa(vain.Robots), sum(m.Absent), sum(m.Shown), sum(m.Broken),
			string(m.Type), inventory.GuardCell(m.Title), m.Action, inventory.GuardCell(m.NewURL), inventory.GuardCell(p.NewURL), p.Basis, sure})
		if err != nil {
			return fmt.Errorf("writing what was missed: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing what was missed: %w", err)
	}
	return nil
}
