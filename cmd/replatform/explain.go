package main

import (
	"errors"
	"net"

	"replatform/crawler"
	"replatform/crawler/fetch"
	"replatform/crawler/inventory"
	"replatform/crawler/sources"
	"replatform/planner"
)

// explanation is what the catalogue says of an error: a sentence and a hint.
type explanation struct{ key, hint string }

// explanations name the errors that a user can act on.
func explanations() []struct {
	is error
	explanation
} {
	type row = struct {
		is error
		explanation
	}
	return []row{
		{inventory.ErrNotExist, explanation{"err.no-project", "hint.crawl-first"}},
		{inventory.ErrNotProject, explanation{"err.not-project", "hint.other-project"}},
		{inventory.ErrNewerSchema, explanation{"err.newer-schema", "hint.update"}},
		{inventory.ErrDamaged, explanation{"err.damaged", "hint.other-project"}},
		{inventory.ErrNoShop, explanation{"err.no-shop", "hint.shops-first"}},
		{planner.ErrNothingMatched, explanation{"err.not-matched", "hint.match-first"}},
		{inventory.ErrBusy, explanation{"err.busy", "hint.busy"}},
		{inventory.ErrOtherShop, explanation{"err.other-shop", "hint.other-project"}},
		{crawler.ErrBadStart, explanation{"err.bad-start", "hint.bad-start"}},
		{crawler.ErrNotHTML, explanation{"err.not-html", "hint.not-html"}},
		{crawler.ErrRobotsForbid, explanation{"err.robots", "hint.robots"}},
		{crawler.ErrStartStatus, explanation{"err.start-status", "hint.start-status"}},
		{crawler.ErrEmptyShop, explanation{"err.empty-shop", "hint.empty-shop"}},
		{crawler.ErrUnknownPlatform, explanation{"err.unknown-platform", "hint.platforms"}},
		{crawler.ErrAfterSwitch, explanation{"err.after-switch", "hint.after-switch"}},
		{crawler.ErrNoPeriod, explanation{"err.no-period", "hint.period"}},
		{crawler.ErrNotResults, explanation{"err.not-results", "hint.results"}},
		{crawler.ErrOtherPlatform, explanation{"err.other-platform", "hint.other-platform"}},
		{sources.ErrCutOff, explanation{"err.cut-off", "hint.import-again"}},
		{sources.ErrBomb, explanation{"err.bomb", "hint.import-bomb"}},
		{sources.ErrArchive, explanation{"err.archive", "hint.import-again"}},
		{sources.ErrNothing, explanation{"err.nothing-used", "hint.import-useful"}},
		{sources.ErrNoGoods, explanation{"err.no-goods", "hint.no-goods"}},
		{sources.ErrNotText, explanation{"err.not-text", "hint.header"}},
		{sources.ErrHeader, explanation{"err.header", "hint.header"}},
		{fetch.ErrPrivateAddress, explanation{"err.private", "hint.private"}},
		{fetch.ErrUnreachable, explanation{"err.unreachable", "hint.unreachable"}},
	}
}

func explain(err error) explanation {
	for _, e := range explanations() {
		if errors.Is(err, e.is) {
			return e.explanation
		}
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return explanation{"err.unreachable", "hint.unreachable"}
	}
	return explanation{}
}
