// Package report writes a plan down for people and programs. Folder writes all of it:
//
//   - plan.html, one self-contained page that asks nothing of the network, and plan.md,
//     each in Japanese and in English with the same chapters, ids and figures;
//   - plan.xlsx and tasks.csv for spreadsheets, plan.ics for calendars once dates are
//     known, plan.json (see Schema) for programs and for Diff;
//   - redirect-map.csv with every row.
//
// The chapters are composed once for a language (document) and rendered as HTML and as
// Markdown. What holds for every shop stands in data/*.yaml, what is counted comes from
// the plan. Texts that come from a shop are shown as text in every format.
package report
