package review

import (
	"bytes"
	"testing"

	"replatform/crawler/catalog"
)

// A sheet of proposals is read back by Import: sure rows are decided, the others wait
// for a word, and a word of the project is not touched.
func TestProposalsComeBack(t *testing.T) {
	for _, format := range []Format{CSV, XLSX} {
		t.Run(string(format), func(t *testing.T) {
			p := newProject(t)
			fill(t, p, 5)
			proposals := func(mark func(i int) bool) []Proposal {
				var list []Proposal
				for i := 1; i <= 4; i++ {
					list = append(list, Proposal{Old: oldKey(i), OldURL: oldURL(i), New: newKey(0), Sure: mark(i), Remark: "asked in vain", People: 10 * i, Robots: i})
				}
				list[1].New = newKey(2) // what the matching proposes too
				return append(list, Proposal{Old: oldKey(5), OldURL: oldURL(5)})
			}
			var b bytes.Buffer
			check(t, WriteProposals(t.Context(), p, &b, format, "ja", proposals(func(i int) bool { return i <= 2 })))
			got, err := Import(t.Context(), p, bytes.NewReader(b.Bytes()), format, ImportOptions{Lang: "en", By: "x"})
			check(t, err)
			equalValues(t, "report", ImportReport{Rows: 5, Saved: 2, Unchanged: 3}, got)
			want := map[catalog.Key]string{oldKey(1): "pick " + string(newKey(0)), oldKey(2): "accept " + string(newKey(2))}
			equalValues(t, "decisions", want, saved(t, p))

			b.Reset()
			check(t, WriteProposals(t.Context(), p, &b, format, "en", proposals(func(int) bool { return true })))
			_, err = Import(t.Context(), p, bytes.NewReader(b.Bytes()), format, ImportOptions{Lang: "en", By: "y"})
			check(t, err)
			want[oldKey(3)], want[oldKey(4)] = "pick "+string(newKey(0)), "pick "+string(newKey(0))
			equalValues(t, "decisions after the second sheet", want, saved(t, p))
		})
	}
}

// A person writes one word beside a proposal that is not sure; an address that is
// known only from the log stands in the sheet too.
func TestProposalsAccepted(t *testing.T) {
	p := newProject(t)
	fill(t, p, 2)
	var b bytes.Buffer
	check(t, WriteProposals(t.Context(), p, &b, CSV, "en", []Proposal{
		{Old: oldKey(1), OldURL: oldURL(1), New: newKey(0), People: 3},
		{Old: oldKey(9), OldURL: oldURL(9), Remark: "=1+1", People: 2},
	}))
	rows := records(t, b.Bytes())
	equalValues(t, "figures", []string{"people", "robots", "3", "0"}, append(rows[0][len(SheetColumns()):], rows[1][len(SheetColumns()):]...))
	equalValues(t, "remark", "'=1+1", rows[2][column(t, "remark")])
	for _, word := range []string{"accept", "pick"} {
		rows[1][column(t, "decision")] = word
		got, err := Import(t.Context(), p, bytes.NewReader(sheetOf(t, rows)), CSV, ImportOptions{Lang: "en", By: "x"})
		check(t, err)
		equalValues(t, word+" of an unknown page", []string{"3 unknown-old"}, codes(got))
		equalValues(t, word, map[catalog.Key]string{oldKey(1): "pick " + string(newKey(0))}, saved(t, p))
	}
}
