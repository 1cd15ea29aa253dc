package main

import (
	"errors"
	"io/fs"
	"net"
	"syscall"

	"replatform/crawler"
	"replatform/crawler/fetch"
	"replatform/crawler/inventory"
	"replatform/crawler/platform"
	"replatform/crawler/render"
	"replatform/crawler/sources"
	"replatform/planner"
	"replatform/planner/domain"
	"replatform/planner/report"
	"replatform/planner/review"
	"replatform/planner/workaround"
	"replatform/redirects/dialect"
	"replatform/redirects/verify"
)

// explanation is what the catalogue says of an error: a sentence and a hint. The
// English text of an error that has told says the same already.
type explanation struct {
	key, hint string
	told      bool
}

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
		{inventory.ErrNotExist, explanation{"err.no-project", "hint.crawl-first", false}},
		{inventory.ErrNotProject, explanation{"err.not-project", "hint.other-project", false}},
		{inventory.ErrNewerSchema, explanation{"err.newer-schema", "hint.update", false}},
		{inventory.ErrDamaged, explanation{"err.damaged", "hint.other-project", false}},
		{inventory.ErrNoShop, explanation{"err.no-shop", "hint.shops-first", false}},
		{planner.ErrNothingMatched, explanation{"err.not-matched", "hint.match-first", false}},
		{inventory.ErrBusy, explanation{"err.busy", "hint.busy", false}},
		{inventory.ErrOtherShop, explanation{"err.other-shop", "hint.other-project", false}},
		{crawler.ErrBadStart, explanation{"err.bad-start", "hint.bad-start", false}},
		{crawler.ErrNotHTML, explanation{"err.not-html", "hint.not-html", false}},
		{crawler.ErrRobotsForbid, explanation{"err.robots", "hint.robots", false}},
		{crawler.ErrStartStatus, explanation{"err.start-status", "hint.start-status", false}},
		{crawler.ErrEmptyShop, explanation{"err.empty-shop", "hint.empty-shop", false}},
		{crawler.ErrOldShop, explanation{"err.old-shop", "hint.old-shop", true}},
		{crawler.ErrUnknownPlatform, explanation{"err.unknown-platform", "hint.platforms", false}},
		{crawler.ErrAfterSwitch, explanation{"err.after-switch", "hint.after-switch", false}},
		{crawler.ErrNoPeriod, explanation{"err.no-period", "hint.period", false}},
		{crawler.ErrNotResults, explanation{"err.not-results", "hint.results", false}},
		{crawler.ErrOtherPlatform, explanation{"err.other-platform", "hint.other-platform", false}},
		{crawler.ErrBadHost, explanation{"err.bad-host", "hint.host", true}},
		{crawler.ErrHostOfNewShop, explanation{"err.new-host", "hint.new-host", false}},
		{crawler.ErrMainHost, explanation{"err.main-host", "hint.main-host", false}},
		{crawler.ErrUnknownHost, explanation{"err.unknown-host", "", true}},
		{sources.ErrCutOff, explanation{"err.cut-off", "hint.import-again", false}},
		{sources.ErrBomb, explanation{"err.bomb", "hint.import-bomb", false}},
		{sources.ErrArchive, explanation{"err.archive", "hint.import-again", false}},
		{sources.ErrNothing, explanation{"err.nothing-used", "hint.import-useful", false}},
		{sources.ErrNoGoods, explanation{"err.no-goods", "hint.no-goods", false}},
		{sources.ErrNotText, explanation{"err.not-text", "hint.header", false}},
		{sources.ErrHeader, explanation{"err.header", "hint.header", false}},
		{fetch.ErrPrivateAddress, explanation{"err.private", "hint.private", false}},
		{inventory.ErrReadOnly, explanation{"err.read-only", "hint.permission", false}},
		{inventory.ErrFull, explanation{"err.disk-full", "hint.disk-full", false}},
		{fetch.ErrUnreachable, explanation{"err.unreachable", "hint.unreachable", false}},
		{planner.ErrNoPlan, explanation{"err.no-plan", "hint.plan-first", true}},
		{planner.ErrIndexNowKey, explanation{"err.indexnow-key", "", true}},
		{planner.ErrUnknownEngine, explanation{"err.engine", "", true}},
		{planner.ErrUnknownFact, explanation{"err.fact", "", true}},
		{inventory.ErrNoVersion, explanation{"err.no-version", "", true}},
		{inventory.ErrNoPage, explanation{"err.no-page", "", true}},
		{report.ErrChapter, explanation{"err.chapter", "", true}},
		{report.ErrBrand, explanation{"err.brand", "", true}},
		{report.ErrText, explanation{"err.text", "", true}},
		{report.ErrOtherNames, explanation{"err.other-names", "", true}},
		{report.ErrNotPlan, explanation{"err.not-plan", "", true}},
		{report.ErrNoDates, explanation{"err.no-dates", "", true}},
		{review.ErrFormat, explanation{"err.sheet-format", "", true}},
		{review.ErrSheetHeader, explanation{"err.sheet-header", "hint.sheet", true}},
		{review.ErrAuditHeader, explanation{"err.audit-header", "", true}},
		{review.ErrNothingJudged, explanation{"err.nothing-judged", "", true}},
		{review.ErrRefused, explanation{"err.sheet-refused", "", true}},
		{review.ErrSheet, explanation{"err.sheet", "hint.sheet", true}},
		{workaround.ErrProductFile, explanation{"err.product-file", "", true}},
		{workaround.ErrNewHome, explanation{"err.new-home", "", true}},
		{domain.ErrNotDomain, explanation{"err.not-domain", "", true}},
		{domain.ErrBadServer, explanation{"err.dns-server", "", true}},
		{dialect.ErrUnknownKind, explanation{"err.redirect-kind", "", true}},
		{platform.ErrBadFile, explanation{"err.platform-file", "", true}},
		{platform.ErrExample, explanation{"err.platform-file", "", true}},
		{render.ErrNoBrowser, explanation{"err.no-browser", "", true}},
		{sources.ErrNotLog, explanation{"err.not-log", "", true}},
		{verify.ErrOptions, explanation{"err.usage", "", true}},
		{fetch.ErrBadURL, explanation{"err.bad-start", "hint.bad-start", true}},
		{syscall.ENOSPC, explanation{"err.disk-full", "hint.disk-full", true}},
		{syscall.EROFS, explanation{"err.permission", "hint.permission", true}},
		{fs.ErrPermission, explanation{"err.permission", "hint.permission", true}},
		{fs.ErrNotExist, explanation{"err.no-file", "hint.no-file", true}},
		{syscall.ENOTDIR, explanation{"err.not-folder", "hint.no-file", true}},
		{syscall.EISDIR, explanation{"err.is-folder", "hint.no-file", true}},
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
		return explanation{"err.unreachable", "hint.unreachable", false}
	}
	return explanation{}
}
