package action

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxText bounds what the rules look at: the end of the prefix, next to IN=,
	// where a logger would have printed its own. Loggers allow 29 (iptables), 63
	// (NFLOG) or 127 bytes (nft); a longer "prefix" is the remnant of other text,
	// and an attacker who can write it must not choose how long the rules work.
	maxText = 4096

	// maxShown bounds a word, chain or rule: no logger allows a longer one.
	maxShown = 127
)

// text is a prefix in the forms that the rules need.
type text struct {
	raw   string // trimmed
	plain string // and without rsyslog's escapes
	full  string // and without quotes around all of it; maxText at most
	bare  string // and without quoted descriptions, which may hold any word
}

func newText(prefix string) text {
	x := text{raw: trim(prefix)}
	x.plain = trim(unescape(x.raw))
	x.full = unquote(tail(x.plain))
	x.bare = trim(dropQuoted(x.full))
	return x
}

func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r < ' ' })
}

// unescape undoes rsyslog's #ooo for control characters. Other octal numbers
// are left alone: rsyslog does not write them, but people write "rule #123".
func unescape(s string) string {
	if !strings.Contains(s, "#") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if c, ok := escaped(s[i:]); ok {
			b = append(b, c)
			i += 3
			continue
		}
		b = append(b, s[i])
	}
	return string(b)
}

func escaped(s string) (c byte, ok bool) {
	if len(s) < 4 || s[0] != '#' {
		return 0, false
	}
	n := 0
	for _, d := range []byte(s[1:4]) {
		if d < '0' || d > '7' {
			return 0, false
		}
		n = n*8 + int(d-'0')
	}
	return byte(n), n < ' ' || n == 0x7f
}

// tail is the end of s that the rules look at, from the start of a word on: half
// a word could be another word (ILLEGAL, LEGAL).
func tail(s string) string {
	if len(s) <= maxText {
		return s
	}
	_, rest, _ := strings.Cut(s[len(s)-maxText:], " ")
	return trim(rest)
}

// unquote takes away quotes around all of s: firewalld's older nft backend
// logged them with the prefix.
func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || strings.IndexByte(s[1:], '"') != len(s)-2 {
		return s
	}
	return trim(s[1 : len(s)-1])
}

// dropQuoted leaves out quoted text and the key before it (UniFi's
// DESCR="Drop all"). A quote that is not closed, because the prefix was cut,
// goes to the end.
func dropQuoted(s string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, `"`)
		if !found {
			b.WriteString(s)
			return b.String()
		}
		if key, ok := strings.CutSuffix(before, "="); ok {
			before = strings.TrimRightFunc(key, func(r rune) bool { return unicode.IsLetter(r) || r == '_' })
		}
		b.WriteString(before)
		_, s, _ = strings.Cut(rest, `"`)
	}
}

// upper is s in upper case, other than ASCII left alone: the bytes may be no
// UTF-8, and are shown as logged.
func upper(s string) string {
	return mapASCII(s, func(c byte) byte {
		if c >= 'a' && c <= 'z' {
			return c - 'a' + 'A'
		}
		return c
	})
}

func lower(s string) string {
	return mapASCII(s, func(c byte) byte {
		if c >= 'A' && c <= 'Z' {
			return c - 'A' + 'a'
		}
		return c
	})
}

func mapASCII(s string, f func(byte) byte) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = f(c)
	}
	return string(b)
}

// clip cuts s to maxShown bytes, not inside a character.
func clip(s string) string {
	if len(s) <= maxShown {
		return s
	}
	n := maxShown
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
