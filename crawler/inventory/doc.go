// Package inventory is the project file: one SQLite database that holds both
// shops, the matches with the user's decisions, the plan and its proofs. Any SQLite
// tool can read it; the tables are documented in schema.sql, and the comments are
// stored in the file itself.
//
// Most callers need two functions: [Open], and [Project.Pages], which streams what
// is known of one shop. A crawl lives between [Project.StartCrawl] and
// [Project.FinishCrawl]: it takes pages from [Project.Next] and hands back what came
// of them to [Project.SaveVisits], each call one transaction. A program killed at
// any moment therefore leaves every page either wholly stored or still queued.
//
// Several programs may use one file at a time: writers wait for each other, readers
// see the state at which they began. What they may not do is read the file past
// SQLite within this process: opening and closing it with package os drops the locks
// that POSIX systems keep for a whole process at once
// (https://www.sqlite.org/howtocorrupt.html, section 2.2).
//
// Text from crawled pages is cleaned on its way in: invalid UTF-8 and control
// characters never reach the file, so they never leave it either. The package does
// no network access and knows no platform.
package inventory
