package inventory

import "strings"

// guarded are the characters with which a spreadsheet program begins a formula.
// OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection
const guarded = "=+-@\t\r"

// GuardCell makes text from a shop safe in a CSV cell: when it begins like a formula
// (=, +, -, @, tab, carriage return), an apostrophe is put before it, which
// spreadsheet programs read as "this is text". A name "-5℃ gel" becomes "'-5℃ gel".
// Numbers of our own must not go through it: a price of -5 would become text.
func GuardCell(s string) string {
	if s != "" && strings.IndexByte(guarded, s[0]) >= 0 {
		return "'" + s
	}
	return s
}

// UnguardCell is the way back: it takes off an apostrophe that GuardCell may have put
// there, and no other.
func UnguardCell(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.IndexByte(guarded, s[1]) >= 0 {
		return s[1:]
	}
	return s
}
