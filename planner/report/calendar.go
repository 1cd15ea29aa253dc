package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"replatform/planner"
)

// reminder is how long before its day a task speaks up: at nine the morning before.
const reminder = "-PT15H"

// Calendar writes the dated tasks and decisions of a plan as an iCalendar file (RFC
// 5545): one all-day event for each time of a task, with a reminder the day before.
// Tasks whose clock is not set are left out; ErrNoDates says that none is left.
// Whoever hands the plan over is named as the contact of each event (RFC 5545, 3.8.4.2),
// not as its organizer: nobody is invited.
func Calendar(w io.Writer, p *planner.Plan, lang string, o Options) error {
	c, err := newComposer(p, lang, o)
	if err != nil {
		return err
	}
	cal := ics.NewCalendarFor("replatform")
	cal.SetProductId("-//replatform//migration plan//" + strings.ToUpper(lang))
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName(c.say("title.of", p.Old.Host0()))
	cal.SetXWRTimezone(p.Clocks.Location().String())
	n := 0
	event := func(id, title, description string, at planner.TaskAt) {
		if at.From.IsZero() {
			return
		}
		n++
		e := cal.AddEvent(id + "-" + strings.NewReplacer("+", "p", "-", "m", ".", "_").Replace(at.Offset) + "@" + p.Old.Host0())
		e.SetDtStampTime(p.Generated.UTC())
		// Days are days wherever the reader is: a date without a zone.
		e.SetProperty(ics.ComponentPropertyDtStart, at.From.Format("20060102"), ics.WithValue(string(ics.ValueDataTypeDate)))
		e.SetProperty(ics.ComponentPropertyDtEnd, at.From.AddDate(0, 0, 1).Format("20060102"), ics.WithValue(string(ics.ValueDataTypeDate)))
		if rule := repetition(at); rule != "" {
			e.AddRrule(rule)
		}
		e.SetSummary(title)
		e.SetDescription(description)
		if o.Brand.Name != "" {
			e.AddProperty(ics.ComponentPropertyContact, o.Brand.signature())
		}
		e.SetTimeTransparency(ics.TransparencyTransparent)
		alarm := e.AddAlarm()
		alarm.SetAction(ics.ActionDisplay)
		alarm.SetTrigger(reminder)
		alarm.SetDescription(title)
	}
	for _, d := range p.Clocks.All() {
		event("clock-"+d.Letter, d.Letter+": "+c.clockMeaning(d.Letter), "", planner.TaskAt{Offset: d.Letter + "+0", From: d.Date})
	}
	for _, t := range p.Tasks {
		if t.Branch == planner.BranchFallback {
			continue // only if the chosen way turns out impossible
		}
		for _, at := range t.Times {
			title := t.ID + " " + c.marked(t)
			if at.Label != "" {
				title += " " + c.or("label."+at.Label, at.Label)
			}
			event(t.ID, title, c.who(t.Who)+"\n"+c.whens([]planner.TaskAt{at})+"\n"+c.say("done.when", c.in(t.Done))+"\n"+c.in(t.Why), at)
		}
	}
	for _, d := range c.decisions {
		if d.Branch == planner.BranchFallback {
			continue
		}
		event(d.ID, c.say("col.decision")+": "+c.in(d.What), c.say("decision.default", c.in(d.Default)), d.Deadline)
	}
	if c.err != nil {
		return c.err
	}
	if n == 0 {
		return ErrNoDates
	}
	if err := cal.SerializeTo(w, ics.WithNewLineWindows); err != nil {
		return fmt.Errorf("writing the calendar: %w", err)
	}
	return nil
}

// repetition is the rule of a task that comes again.
func repetition(at planner.TaskAt) string {
	freq := map[string]string{"daily": "DAILY", "weekly": "WEEKLY", "monthly": "MONTHLY", "yearly": "YEARLY"}[at.Label]
	if freq == "" {
		return ""
	}
	if at.Until.IsZero() {
		if at.Label == "yearly" {
			return "FREQ=YEARLY"
		}
		return ""
	}
	return "FREQ=" + freq + ";UNTIL=" + at.Until.Format("20060102")
}

// dated says whether any date of a plan is known.
func dated(p *planner.Plan) bool {
	for _, d := range p.Clocks.All() {
		if !d.Date.Equal(time.Time{}) {
			return true
		}
	}
	return false
}
