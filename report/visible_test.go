package report

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"":                               "",
		"[UFW BLOCK] IN=eth0":            "[UFW BLOCK] IN=eth0",
		`C:\temp\x1b <b>&amp;`:           `C:\temp\x1b <b>&amp;`,
		"Größe 東京 naïve €":               "Größe 東京 naïve €",
		"e\u0301":                        "e\u0301", // a combining accent has a shape
		"\ufffd":                         "\ufffd",  // the replacement character itself
		"\x1b[31mred\x1b[0m":             `\x1b[31mred\x1b[0m`,
		"a\tb\r\nc\x00\x7f":              `a\x09b\x0d\x0ac\x00\x7f`,
		"\x9b31m":                        `\x9b31m`,   // a byte that is not UTF-8
		"\u009b31m":                      `\u009b31m`, // the C1 control as a character
		"ab\xff\xfe\xc3":                 `ab\xff\xfe\xc3`,
		"\xed\xa0\x80":                   `\xed\xa0\x80`, // a surrogate is not UTF-8
		"\xc0\xaf":                       `\xc0\xaf`,     // overlong slash
		"evil\u202egpj.exe":              `evil\u202egpj.exe`,
		"\u202a\u202b\u202c\u202d":       `\u202a\u202b\u202c\u202d`,
		"\u2066\u2067\u2068\u2069":       `\u2066\u2067\u2068\u2069`,
		"\u200b\u200c\u200d\u200e\u200f": `\u200b\u200c\u200d\u200e\u200f`,
		"\ufeff\u2060\u00ad\u061c":       `\ufeff\u2060\u00ad\u061c`,
		"a\u2028b\u2029c\u0085d":         `a\u2028b\u2029c\u0085d`,
		"a\u00a0b\u3000c":                `a\u00a0b\u3000c`,
		"\u034f\ufe0f\u3164\u115f":       `\u034f\ufe0f\u3164\u115f`,
		"\U000e0041\U000e0101\U0010fffd": `\U000e0041\U000e0101\U0010fffd`,
		"\ue000\ufffe":                   `\ue000\ufffe`,
	} {
		if got := Visible(in); got != want {
			t.Errorf("Visible(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestVisibleDoesNotCopyPrintableText(t *testing.T) {
	s := strings.Repeat("SRC=192.0.2.1 Größe ", 20)
	if n := testing.AllocsPerRun(100, func() { _ = Visible(s) }); n != 0 {
		t.Errorf("%v allocations for printable text, want 0", n)
	}
}

func FuzzVisible(f *testing.F) {
	for _, s := range []string{"plain", "\x1b[2J", "\u202e", "\xff\xfe", "\ufffd", `\x1b`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Visible(s)
		if !utf8.ValidString(got) {
			t.Fatalf("Visible(%q) = %q is not UTF-8", s, got)
		}
		for _, r := range got {
			if hidden(r) {
				t.Fatalf("Visible(%q) = %q leaves %U", s, got, r)
			}
		}
		if again := Visible(got); again != got {
			t.Fatalf("Visible is not idempotent on %q: %q, then %q", s, got, again)
		}
	})
}
