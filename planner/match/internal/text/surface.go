package text

import "unicode/utf8"

// Surface finds how a folded word is written in the original text: the shortest
// part of it that folds to the word. When there is none, it gives the word itself.
func Surface(original, word string) string {
	if len(original) > maxLen || word == "" {
		return word
	}
	first, _ := utf8.DecodeRuneInString(word)
	n := utf8.RuneCountInString(word)
	for i := range original {
		head, size := utf8.DecodeRuneInString(original[i:])
		if f, _ := utf8.DecodeRuneInString(Fold(original[i : i+size])); f != first && head < 0x300 {
			continue
		}
		// Long vowels and marks of voice make the original longer than the word.
		end, runes := i, 0
		for end < len(original) && runes <= 2*n+2 {
			_, size := utf8.DecodeRuneInString(original[end:])
			end += size
			runes++
			if runes >= (n+1)/2 && Fold(original[i:end]) == word {
				return withMarks(original[i:end], original[end:])
			}
		}
	}
	return word
}

// withMarks adds what belongs to the last character but is dropped in folding: a
// long vowel, a combining mark.
func withMarks(s, rest string) string {
	for i, r := range rest {
		if r != 'ー' && r != 'ｰ' && r != '\u3099' && r != '\u309a' {
			return s + rest[:i]
		}
	}
	return s + rest
}
