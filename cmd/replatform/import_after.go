package main

import (
	"path/filepath"

	"github.com/urfave/cli/v2"

	"replatform/crawler"
	"replatform/crawler/inventory"
	"replatform/crawler/sources"
)

// importedAfter is one file of the time after the switch as --json prints it.
type importedAfter struct {
	Name    string                  `json:"name"`
	Tables  []importedTable         `json:"tables"`
	Periods []crawler.PeriodResults `json:"periods"`
}

// importAfter stores what files say of the time after the switch.
func (t *talk) importAfter(c *cli.Context, o sources.Options, project *inventory.Project) error {
	var doc struct {
		Files  []importedAfter `json:"files"`
		Failed []failedFile    `json:"failed,omitempty"`
	}
	for _, name := range c.Args().Slice() {
		var done crawler.ImportedResults
		err := t.readImport(name, &o, func(f sources.File) error {
			var err error
			done, err = crawler.ImportResults(c.Context, name, f, o, project)
			return err
		})
		if err != nil {
			if c.Context.Err() != nil {
				return err
			}
			t.sayRows(done.Reading)
			t.fail(explained(name, err))
			doc.Failed = append(doc.Failed, failedFile{filepath.Base(name), err.Error()})
			continue
		}
		for _, r := range done.Tables {
			t.sayTable(done.Name, r)
		}
		t.sayRows(done.Reading)
		for _, p := range done.Periods {
			t.result("import.after", p.Period, p.Addresses, int(p.Clicks), int(p.Impressions))
		}
		file := fileOf(crawler.Imported{Reading: done.Reading})
		doc.Files = append(doc.Files, importedAfter{file.Name, file.Tables, done.Periods})
	}
	if t.json {
		if err := t.document(doc); err != nil {
			return err
		}
	} else if len(doc.Files) > 0 {
		t.result("import.after-plan")
	}
	if len(doc.Failed) > 0 {
		return t.errorf("err.not-imported", len(doc.Failed), c.NArg())
	}
	return nil
}
