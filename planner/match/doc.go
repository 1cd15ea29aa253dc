// Package match pairs the pages of an old shop with their places in a new one.
//
// Most callers need two functions: [Match] takes the items of both shops and
// gives one [Pair] for every old item, and [Reason] puts the evidence of a pair
// into words, in English or Japanese. [ReadItems] and [WritePairs] read and
// write the same things as CSV.
//
// A pair names the new page, how sure the matcher is (a probability: of the
// pairs at 0.9 nine in ten are right), and what speaks for it. Pairs below the
// bar where 99 in 100 are right are marked [Pair.NeedsReview]. An old page that
// has no counterpart is left without one: the start page never is a fallback
// (Google, "Redirects and Google Search" and "Site moves", read 2026-11: a
// redirect to an irrelevant page such as the home page may be treated as a
// soft 404).
//
// The package does no input or output besides the CSV functions, keeps no state
// between calls and gives the same answer on every run.
package match
