package fetch

import (
	"bytes"

	"golang.org/x/text/encoding/japanese"
)

// eucMSExtra is the part of eucJP-ms (eucJP-win, as PHP and MySQL write it) that the
// Encoding Standard's EUC-JP lacks: 0x8FF3F3 to 0x8FF3FE and 0x8FF4A1 to 0x8FF4FE,
// IBM's extensions in their three-byte form. Without it a shop written in PHP loses
// the 髙 of a surname and the ㈱ of a firm. The two-byte form of
// CP51932 (NEC row 13, NEC selected IBM extensions) is in the standard's table.
// Source: glibc, localedata/charmaps/EUC-JP-MS, read 2026-11.
var eucMSExtra = []rune("" +
	"ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ" +
	"＇＂㈱№℡炻仼僴凬匇匤\ufa0e咊坙\ufa0f\ufa10增寬峵嵓" +
	"\ufa11德悅愠敎昻晥\ufa12\uf929栁\ufa13\ufa14橫櫢淸淲瀨\ufa15\ufa16甁" +
	"皂皞\ufa17礰\ufa18\ufa19\ufa1a\ufa1b竧\ufa1c\ufa1d綠緖\ufa1e荢\ufa1f薰\ufa20\ufa21蠇" +
	"\ufa22譿賴赶\ufa23\ufa24\ufa25郞\ufa26鄕\ufa27\ufa28閒\uf9dc\ufa29霻靍靑\ufa2a\ufa2b" +
	"\ufa2c馞髙魲\ufa2d黑")

// decodeEUCJP decodes EUC-JP in all its dialects. Undecodable bytes become U+FFFD.
func decodeEUCJP(body []byte) []byte {
	if !hasEUCMSExtra(body) {
		return decodeWith(japanese.EUCJP, body)
	}
	out := make([]byte, 0, len(body)*3/2)
	start := 0
	for i := 0; i < len(body); {
		n := eucLength(body[i:])
		if n == 3 {
			if r, ok := eucMSRune(body[i : i+3]); ok {
				out = append(out, decodeWith(japanese.EUCJP, body[start:i])...)
				out = append(out, string(r)...)
				start = i + 3
			}
		}
		i += n
	}
	return append(out, decodeWith(japanese.EUCJP, body[start:])...)
}

func hasEUCMSExtra(body []byte) bool {
	return bytes.Contains(body, []byte{0x8f, 0xf3}) || bytes.Contains(body, []byte{0x8f, 0xf4})
}

// eucLength returns how many bytes the character at the start of s takes, 1 where
// the bytes are none.
func eucLength(s []byte) int {
	trail := func(i int) bool { return len(s) > i && s[i] >= 0xa1 && s[i] != 0xff }
	switch c := s[0]; {
	case c == 0x8f && trail(1) && trail(2):
		return 3
	case (c == 0x8e || c >= 0xa1 && c != 0xff) && trail(1):
		return 2
	}
	return 1
}

func eucMSRune(s []byte) (rune, bool) {
	i := -1
	switch {
	case s[1] == 0xf3 && s[2] >= 0xf3:
		i = int(s[2]) - 0xf3
	case s[1] == 0xf4:
		i = int(s[2]) - 0xa1 + 12
	}
	if i < 0 || i >= len(eucMSExtra) {
		return 0, false
	}
	return eucMSExtra[i], true
}
