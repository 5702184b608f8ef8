package report

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible returns s with everything spelled out that a reader would not see, or
// that would change how the text around it is shown:
//
//   - controls (C0 and DEL, tab and line feed among them) as \x1b,
//   - bytes that are not UTF-8 as \xff,
//   - C1 controls, bidirectional overrides and isolates, zero-width and other
//     default-ignorable characters, line and paragraph separators, spaces other
//     than U+0020, private-use and unassigned code points as \u202e or \U000e0041.
//
// All other text is returned unchanged, without a copy. A backslash is not
// doubled: log text is full of them, and the output is for reading. Whoever
// must tell `\x1b` logged as four characters from an escape follows the row's
// evidence to the raw record.
//
// Visible is for what people read. The canonical JSON keeps the text itself.
func Visible(s string) string {
	i := firstHidden(s)
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	b.WriteString(s[:i])
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			writeHex(&b, `\x`, uint32(s[i]), 2)
		case !hidden(r):
			b.WriteString(s[i : i+n])
		default:
			spell(&b, r)
		}
		i += n
	}
	return b.String()
}

// firstHidden is the index of the first byte that Visible would not copy.
func firstHidden(s string) int {
	for i, r := range s {
		if r < utf8.RuneSelf {
			if r < ' ' || r == 0x7f {
				return i
			}
			continue
		}
		if r == utf8.RuneError { // U+FFFD itself, or a byte that is not UTF-8?
			if _, n := utf8.DecodeRuneInString(s[i:]); n > 1 {
				continue
			}
			return i
		}
		if hidden(r) {
			return i
		}
	}
	return len(s)
}

// hidden reports whether r has no shape of its own. strconv.IsPrint answers for
// controls, format characters, separators and unassigned code points; the two
// Unicode properties add marks and letters that are drawn as nothing (the
// variation selectors, U+034F, the Hangul fillers).
func hidden(r rune) bool {
	return !strconv.IsPrint(r) || r >= utf8.RuneSelf &&
		(unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || unicode.Is(unicode.Variation_Selector, r))
}

func spell(b *strings.Builder, r rune) {
	switch {
	case r < utf8.RuneSelf:
		writeHex(b, `\x`, uint32(r), 2)
	case r <= 0xffff:
		writeHex(b, `\u`, uint32(r), 4)
	default:
		writeHex(b, `\U`, uint32(r), 8)
	}
}

func writeHex(b *strings.Builder, prefix string, n uint32, digits int) {
	b.WriteString(prefix)
	for shift := (digits - 1) * 4; shift >= 0; shift -= 4 {
		b.WriteByte("0123456789abcdef"[n>>shift&15])
	}
}
