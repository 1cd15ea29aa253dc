package text

import "strings"

// kanaRows are the kana in the order of the syllabary with their first letters. Folded
// texts have no small kana and no long vowels, so シャ is written シヤ, siya.
var kanaRows = []struct{ consonant, kana string }{
	{"", "アイウエオ"}, {"k", "カキクケコ"}, {"g", "ガギグゲゴ"}, {"s", "サシスセソ"}, {"z", "ザジズゼゾ"}, {"t", "タチツテト"}, {"d", "ダヂヅデド"},
	{"n", "ナニヌネノ"}, {"h", "ハヒフヘホ"}, {"b", "バビブベボ"}, {"p", "パピプペポ"}, {"m", "マミムメモ"}, {"r", "ラリルレロ"},
}

func kanaLetters() map[rune]string {
	m := map[rune]string{'ヤ': "ya", 'ユ': "yu", 'ヨ': "yo", 'ワ': "wa", 'ヲ': "o", 'ン': "n", 'ヴ': "bu", 'ヰ': "i", 'ヱ': "e"}
	for _, row := range kanaRows {
		for i, r := range []rune(row.kana) {
			m[r] = row.consonant + string("aiueo"[i])
		}
	}
	m['ヂ'], m['ヅ'] = "zi", "zu" // said like ジ and ズ
	return m
}

// romaji brings the usual ways of writing Japanese in Latin letters (Hepburn, Kunrei,
// ISO 3602) to the letters of kanaLetters; longer spellings first.
var romaji = strings.NewReplacer(
	"ssha", "tusiya", "sshu", "tusiyu", "ssho", "tusiyo", "sshi", "tusi", "tcha", "tutiya", "tchu", "tutiyu", "tcho", "tutiyo", "tchi", "tuti", "ttsu", "tutu",
	"sha", "siya", "shu", "siyu", "sho", "siyo", "she", "sie", "shi", "si",
	"cha", "tiya", "chu", "tiyu", "cho", "tiyo", "che", "tie", "chi", "ti",
	"ja", "ziya", "ju", "ziyu", "jo", "ziyo", "je", "zie", "ji", "zi",
	"kya", "kiya", "kyu", "kiyu", "kyo", "kiyo", "gya", "giya", "gyu", "giyu", "gyo", "giyo",
	"sya", "siya", "syu", "siyu", "syo", "siyo", "tya", "tiya", "tyu", "tiyu", "tyo", "tiyo",
	"nya", "niya", "nyu", "niyu", "nyo", "niyo", "hya", "hiya", "hyu", "hiyu", "hyo", "hiyo",
	"mya", "miya", "myu", "miyu", "myo", "miyo", "rya", "riya", "ryu", "riyu", "ryo", "riyo",
	"bya", "biya", "byu", "biyu", "byo", "biyo", "pya", "piya", "pyu", "piyu", "pyo", "piyo",
	"tsu", "tu", "fu", "hu", "fa", "hua", "fi", "hui", "fe", "hue", "fo", "huo",
	"kk", "tuk", "ss", "tus", "tt", "tut", "pp", "tup", "mb", "nb", "mp", "np", "mm", "nm",
)

// longVowels are not told apart: Ōsaka is written Osaka, Oosaka and Ousaka.
var longVowels = strings.NewReplacer("ou", "o", "oo", "o", "uu", "u", "aa", "a", "ii", "i", "ee", "e", "ei", "e")

// Romaji gives a folded word in the letters in which kana and romaji of one name are
// equal: カルネ and karune. "" when the word is neither kana throughout nor Latin letters
// that read as Japanese, or is too short to say anything.
func Romaji(word string) string {
	var b strings.Builder
	kana := false
	for i, r := range word {
		if i == 0 {
			kana = IsKana(r)
		}
		switch s := letters[r]; {
		case kana && s != "":
			b.WriteString(s)
		case !kana && r >= 'a' && r <= 'z':
			b.WriteRune(r)
		default:
			return ""
		}
	}
	s := b.String()
	if !kana {
		s = romaji.Replace(s)
	}
	s = longVowels.Replace(s)
	if len(s) < 5 || !syllables(s) {
		return ""
	}
	return s
}

var letters = kanaLetters()

// syllables tells whether s is made of syllables of Japanese: a vowel with at most one
// consonant in front, or n.
func syllables(s string) bool {
	for i := 0; i < len(s); {
		switch {
		case strings.IndexByte("aiueo", s[i]) >= 0:
			i++
		case i+1 < len(s) && strings.IndexByte("kgsztdnhbpmryw", s[i]) >= 0 && strings.IndexByte("aiueo", s[i+1]) >= 0:
			i += 2
		case s[i] == 'n':
			i++
		default:
			return false
		}
	}
	return true
}
