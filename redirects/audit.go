package redirects

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// maxChain is how many redirects Audit follows before it speaks of a loop.
const maxChain = 50

// AuditOptions say what is known of the new shop. The zero value checks what can
// be checked from the map alone.
type AuditOptions struct {
	// Host is the host that will serve the new shop; sources without a host are
	// taken to be on it. Empty: unknown.
	Host string
	// Hosts are further hosts whose requests the map answers, as ParseTarget writes them:
	// the names of the old shop. A target on one of them meets the sources without a
	// host, so that self-redirects, chains and loops over these names are found.
	Hosts []string
	// TargetHosts lists the hosts that targets may be on, as ParseTarget writes
	// them. Empty: any.
	TargetHosts []string
	// Live tells whether the new shop has a page of its own at a raw path, with its
	// query where it has one. Nil: unknown. It is asked for sources that are on Host or
	// without a host.
	Live func(path string) bool
	// Known tells whether a target is a page of the new shop. Nil: unknown.
	Known func(target string) bool
	// MaxFindings bounds the warnings and remarks kept of each code; refusals are
	// all kept. Zero: 10,000. Counts are exact in any case.
	MaxFindings int
}

// AuditResult is what Audit found.
type AuditResult struct {
	Rows     int            // rows read, also unreadable ones
	Accepted Map            // the rows that may be exported, chains flattened
	Kept     int            // how many rows Accepted has
	Findings []Finding      // in order of the rows, refusals and the rest
	Refused  []Finding      // the refusals among Findings: one for each row left out
	Counts   map[string]int // findings by code
}

// Count is how many findings of a severity there are, also of those that Findings leaves
// out above MaxFindings.
func (r *AuditResult) Count(s Severity) int {
	n := 0
	for code, findings := range r.Counts {
		if severity, _, _ := messages(code); severity == s {
			n += findings
		}
	}
	return n
}

// Audit checks a map before export: what each row says, what rows say together
// (duplicates, conflicts, chains, loops), and what the new shop has at these
// addresses. Chains through permanent redirects are flattened. It walks the map
// four times and holds about 100 bytes a row. Rows that cannot be read (RowError)
// are refused; any other error of the map ends the audit.
func Audit(ctx context.Context, m Map, o AuditOptions) (*AuditResult, error) {
	a := &auditor{
		o: o, seed: maphash.MakeSeed(), keys: map[uint64]int32{}, index: map[uint64]entry{}, prefixes: map[string]int32{},
		next: map[int32]int32{}, patch: map[int32]string{}, res: &AuditResult{Counts: map[string]int{}},
	}
	if a.o.MaxFindings == 0 {
		a.o.MaxFindings = 10_000
	}
	groups, err := CollectGroups(readable(m), MaxGroups)
	if err != nil {
		return nil, fmt.Errorf("auditing redirects: %w", err)
	}
	a.groups = groups
	if err := a.walk(ctx, m, a.checkRow); err != nil {
		return nil, err
	}
	if err := a.walk(ctx, m, a.findNext); err != nil {
		return nil, err
	}
	if len(a.next) > 0 {
		if err := a.flatten(ctx, m); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(a.res.Findings, func(x, y Finding) int { return x.Line - y.Line })
	for _, f := range a.res.Findings {
		if f.Severity == SeverityError {
			a.res.Refused = append(a.res.Refused, f)
		}
	}
	a.res.Kept = a.res.Rows - a.out
	a.res.Accepted = a.accepted(m)
	return a.res, nil
}

// readable leaves out the rows that cannot be read.
func readable(m Map) Map {
	return MapFunc(func() iter.Seq2[Rule, error] {
		return func(yield func(Rule, error) bool) {
			for r, err := range m.Rules() {
				var bad *RowError
				if errors.As(err, &bad) {
					continue
				}
				if !yield(r, err) {
					return
				}
			}
		}
	})
}

// capturedRow is a captured row with the host that it answers for.
type capturedRow struct {
	captured
	host string
}

type entry struct {
	row    int32 // ordinal in the walk
	line   int32
	answer uint64 // hash of status and target
}

type auditor struct {
	o        AuditOptions
	seed     maphash.Seed
	groups   *Groups
	keys     map[uint64]int32 // byte-exact key -> line
	index    map[uint64]entry // identity -> first row
	prefixes map[string]int32 // host and path of prefix rows -> row
	captured []capturedRow
	dropped  []uint64 // bit set of rows left out
	out      int
	next     map[int32]int32 // row -> row that answers its target
	patch    map[int32]string
	res      *AuditResult
}

func (a *auditor) hash(s string) uint64 { return maphash.String(a.seed, s) }

func (a *auditor) walk(ctx context.Context, m Map, fn func(row int32, r Rule, err error) error) error {
	row := int32(0)
	for r, err := range m.Rules() {
		var bad *RowError
		if err != nil && !errors.As(err, &bad) {
			return fmt.Errorf("auditing redirects: %w", err)
		}
		if row%1024 == 0 && ctx.Err() != nil {
			return fmt.Errorf("auditing redirects: %w", ctx.Err())
		}
		if err := fn(row, r, err); err != nil {
			return err
		}
		row++
	}
	return nil
}

func (a *auditor) isDropped(row int32) bool {
	return int(row/64) < len(a.dropped) && a.dropped[row/64]&(1<<(row%64)) != 0
}

func (a *auditor) drop(row int32) {
	for int(row/64) >= len(a.dropped) {
		a.dropped = append(a.dropped, 0)
	}
	if !a.isDropped(row) {
		a.dropped[row/64] |= 1 << (row % 64)
		a.out++
	}
}

// report notes a finding and leaves the row out when it is an error.
func (a *auditor) report(row int32, r Rule, code string, details ...string) Severity {
	return a.note(row, newFinding(r, code, details...))
}

func (a *auditor) note(row int32, f Finding) Severity {
	code := f.Code
	a.res.Counts[code]++
	if f.Severity == SeverityError {
		a.drop(row)
	} else if a.res.Counts[code] > a.o.MaxFindings {
		return f.Severity
	}
	a.res.Findings = append(a.res.Findings, f)
	return f.Severity
}

// host is where a source lives.
func (a *auditor) host(s Source) string {
	if s.Host == "" {
		return a.o.Host
	}
	return s.Host
}

// answers says whether a source speaks for the requests to a host, as far as is known.
func (a *auditor) answers(s Source, host string) bool {
	return host != "" && (host == a.host(s) || s.Host == "" && slices.Contains(a.o.Hosts, host))
}

// checkRow looks at one row alone and enters it into the index.
func (a *auditor) checkRow(row int32, r Rule, err error) error {
	a.res.Rows++
	var bad *RowError
	if errors.As(err, &bad) {
		code := CodeBadRow
		if bad.Partly {
			code = CodePartly
		}
		f := newFinding(Rule{Line: bad.Line, Target: bad.New}, code, bad.What().EN, bad.What().JA)
		f.Source = bad.Old
		a.note(row, f)
		return nil
	}
	if code, detail := refusal(r); code != "" {
		a.report(row, r, code, detail)
		return nil
	}
	s := r.Source
	onHost := s.Host == "" || s.Host == a.o.Host
	target := ""
	if r.Gone() {
		if r.Target != "" {
			a.report(row, r, CodeTargetOnGone, strconv.Itoa(r.Status))
		}
	} else {
		target, _ = ParseTarget(r.Target)
		if len(a.o.TargetHosts) > 0 && !slices.Contains(a.o.TargetHosts, targetHost(target)) {
			a.report(row, r, CodeTargetHost, targetHost(target))
			return nil
		}
		if s.IsRoot() && s.Match == Exact && a.answers(s, targetHost(target)) && !isHome(target) {
			a.report(row, r, CodeRoot)
			return nil
		}
	}
	if a.o.Live != nil && onHost && a.o.Live(s.RequestTarget()) && !a.toItself(s, target) {
		a.report(row, r, CodeShadowed)
		return nil
	}
	identity := s
	identity.Host = a.host(s)
	answer := a.hash(strconv.Itoa(r.Status) + strconv.FormatBool(r.KeepQuery) + target)
	id := a.hash(identity.Identity())
	if first, seen := a.index[id]; seen && first.answer != answer {
		a.report(row, r, CodeConflict, fmt.Sprintf("line %d", first.line), fmt.Sprintf("%d 行目", first.line))
		return nil
	}
	key := a.hash(s.Key())
	if line, seen := a.keys[key]; seen {
		a.report(row, r, CodeDuplicate, fmt.Sprintf("line %d", line), fmt.Sprintf("%d 行目", line))
		a.drop(row)
		return nil
	}
	a.keys[key] = int32(r.Line)
	if _, seen := a.index[id]; !seen {
		a.index[id] = entry{row: row, line: int32(r.Line), answer: answer}
	}
	switch s.Match {
	case Prefix:
		a.prefixes[a.host(s)+strings.TrimRight(normalise(s.Path), "/")] = row
	case Captured:
		c, _, _ := r.Capture()
		a.captured = append(a.captured, capturedRow{captured{row, c.upper()}, a.host(s)})
	}
	a.warn(row, r, target)
	return nil
}

// refusal returns the code of what makes a row unusable by itself.
func refusal(r Rule) (code, detail string) {
	s := r.Source
	switch {
	case s.Path == "" || s.Path[0] != '/':
		return CodeBadRow, "no path"
	case s.Fragment != "":
		return CodeFragment, clip(s.Fragment)
	}
	if _, _, err := r.Capture(); err != nil {
		return CodeBadRow, err.Error()
	}
	if p := strings.ToLower(s.Path); s.Match == Exact && (p == "/robots.txt" || p == "/sitemap.xml") {
		return CodeProtected, s.Path
	}
	switch r.Status {
	case 301, 302, 308:
	case 410, 451:
		return "", ""
	default:
		return CodeBadStatus, strconv.Itoa(r.Status)
	}
	if r.Target == "" {
		return CodeTargetMissing, ""
	}
	target, err := ParseTarget(r.Target)
	if err != nil {
		return CodeTargetNotURL, clip(r.Target)
	}
	path, _, _ := strings.Cut(strings.TrimPrefix(target, "https://"), "?")
	path, _, _ = strings.Cut(strings.TrimPrefix(path, "http://"), "#")
	path = path[strings.IndexByte(path, '/'):]
	switch {
	case strings.HasPrefix(path, "//"):
		return CodeOpenRedirect, "//"
	case strings.Contains(path, `\`), strings.HasPrefix(strings.ToLower(path), "/%5c"), strings.HasPrefix(strings.ToLower(path), "/%2f"):
		return CodeOpenRedirect, `\`
	}
	return "", ""
}

// warn notes what a person should look at.
func (a *auditor) warn(row int32, r Rule, target string) {
	if r.Status == 302 {
		a.report(row, r, CodeTemporary)
	}
	if target == "" {
		return
	}
	if strings.HasPrefix(target, "http://") {
		a.report(row, r, CodeTargetHTTP)
	}
	if isHome(target) && !r.Source.IsRoot() {
		a.report(row, r, CodeHomeFallback)
	}
	if c, ok, _ := r.Capture(); ok {
		example := r.Source
		example.Path, example.Query, example.Match = c.Fill(example.Path, "999999"), c.Fill(example.Query, "999999"), Exact
		a.report(row, r, CodeCaptured, example.String())
		target = c.Fill(target, "0")
	}
	if i := strings.IndexAny(target, "${}"); i >= 0 {
		a.report(row, r, CodeTargetTemplate, target[i:i+1])
	}
	if _, query, ok := strings.Cut(target, "?"); ok {
		q := strings.ToLower(query)
		if strings.Contains(q, "=http:") || strings.Contains(q, "=https:") || strings.Contains(q, "=http%3a") || strings.Contains(q, "=https%3a") || strings.Contains(q, "=//") || strings.Contains(q, "=%2f%2f") {
			a.report(row, r, CodeTargetEmbedsURL)
		}
	}
	if a.o.Known != nil && r.Source.Match != Captured && !a.o.Known(target) {
		a.report(row, r, CodeTargetUnknown)
	}
}

func targetHost(target string) string {
	_, rest, _ := strings.Cut(target, "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return rest
}

func isHome(target string) bool {
	_, rest, _ := strings.Cut(target, "://")
	i := strings.IndexByte(rest, '/')
	return i >= 0 && (rest[i:] == "/" || rest[i:] == "/?")
}

// toItself tells whether a target is the very address of the source.
func (a *auditor) toItself(s Source, target string) bool {
	t, err := ParseSource(target)
	if err != nil || target == "" {
		return false
	}
	if !a.answers(s, t.Host) {
		return false
	}
	s.Host = t.Host
	return s.Identity() == t.Identity()
}
