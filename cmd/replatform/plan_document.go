package main

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"

	"github.com/urfave/cli/v2"

	"replatform/crawler/inventory"
	"replatform/planner/report"
)

// listChapters is the value of --chapters that asks for the list of them.
const listChapters = "list"

// documentFlags are how the plan is handed over.
func documentFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "brand", Usage: "YAML `FILE` with name, contact, colour, logo and texts of whoever hands the plan over"},
		&cli.StringSliceFlag{Name: "text", Usage: "YAML `FILE` with texts of your own: a list of chapter, position (before, after), title, ja, en"},
		&cli.StringSliceFlag{Name: "chapters", Usage: "only these chapters of the documents: `ID,ID` or numbers; “list” shows them"},
		&cli.StringSliceFlag{Name: "without", Usage: "leave these chapters out of the documents: `ID,ID` or numbers"},
		&cli.BoolFlag{Name: "anonymise", Usage: "replace hosts, addresses, names and codes by pseudonyms, without redirect files; into the folder plan-anonymous unless --out says otherwise"},
	}
}

// documentOptions reads how the plan is handed over.
func (t *talk) documentOptions(c *cli.Context) (report.Options, error) {
	var o report.Options
	var err error
	if name := c.String("brand"); name != "" {
		if o.Brand, err = report.LoadBrand(name); err != nil {
			return o, err
		}
		for _, s := range o.Brand.Shades() {
			if !strings.EqualFold(s.Used, o.Brand.Colour) {
				t.say("plan.colour", o.Brand.Colour, s.Paper, s.Contrast, s.Used)
			}
		}
	}
	for _, name := range c.StringSlice("text") {
		texts, err := report.LoadTexts(name)
		if err != nil {
			return o, err
		}
		o.Texts = append(o.Texts, texts...)
	}
	if o.LeaveOut, err = report.LeaveOut(c.StringSlice("chapters"), c.StringSlice("without")); errors.Is(err, report.ErrChapter) {
		return o, usageError{err}
	}
	return o, err
}

// anonymousFolder is where a plan with pseudonyms goes unless --out says otherwise: not
// among the files of the real one.
const anonymousFolder = "plan-anonymous"

// metaSecret is the name under which the project keeps the secret of its pseudonyms.
const metaSecret = "pseudonyms"

// pseudonyms are those of the project; the first call makes their secret.
func pseudonyms(ctx context.Context, project *inventory.Project) (*report.Pseudonyms, error) {
	text, err := project.Meta(ctx, metaSecret)
	if err != nil {
		return nil, err
	}
	if text == "" {
		text = rand.Text()
		if err := project.SetMeta(ctx, metaSecret, text); err != nil {
			return nil, err
		}
	}
	return report.NewPseudonyms([]byte(text))
}

// chapterList prints the chapters that a plan can have.
func (t *talk) chapterList() error {
	chapters, err := report.Chapters()
	if err != nil {
		return err
	}
	if t.json {
		return t.document(chapters)
	}
	for _, ch := range chapters {
		t.result("plan.chapter", ch.No, ch.ID, ch.Title.In(t.lang.code))
	}
	return nil
}
