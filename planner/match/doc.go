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
// # How it decides
//
// Titles are folded (entities, width, kana, variant kanji, units) and cut into
// words, amounts and codes. An inverted index finds some twenty candidates for each
// old page; shared codes add more. Each candidate is described by numbers: which
// words, amounts and options agree, which clash, what codes, prices, brands,
// pictures, categories and addresses say, and how it stands among the other
// candidates. What is particular to the move is learnt from pairs that are certain
// anyway: words that one shop writes for the other's, advertising, price ratios,
// category pairs, the numbering of item codes; and from siblings within one shop:
// which words are sizes, colours and flavours. Two sets of boosted trees, trained on
// cases with known answers (train), turn the numbers into a probability. Kana and
// romaji of one name count as a weak sign.
//
// Pictures are compared by file name. Where both shops have hashes of how they look
// ([Item.ImageHash]), these are a sign of their own, and so are lists of variants: the
// same names in the same order, or other names in the same places (S, M, L and 小, 中, 大),
// which are learnt from certain pairs. What such a sign is worth is not built in: it is
// learnt from the pairs of this move that are certain without it, against the nearest
// pages that are certainly not meant, and added to the log-odds. It takes 50 of each;
// with fewer, signs only decide between equals. A picture that more than ten pages of a
// shop show stands for no product and says nothing. The commands evaluate -pictures and
// evaluate -variants show what they bring.
//
// What people decided ([Options.Known]) is answered so and teaches the rest: named pairs
// are examples from which the move is learnt, a few small trees correct the model where
// it errs again and again in this shop, and its trust in itself is set by how often it
// was right. Where too little is certain for anything to be published, decisions open
// the way once they prove, with a confidence of 95 %, that the precision is reached.
// [Explain] says how one page came to its answer.
//
// # How good it is
//
// The command evaluate measures it on cases that the model in use has not seen, and
// a test holds it to these bars: on shop moves a mean F1 of 0.97, 0.92 of the work
// accepted unseen at a precision of 0.99, and a precision of 0.99 of what is
// published without review. Where few pages of either shop can be told for certain,
// everything is left for review. CALIBRATION.md shows stated confidence against
// observed; the command scale measures large catalogues.
//
// The package does no input or output besides the CSV functions, keeps no state
// between calls and gives the same answer on every run.
package match
