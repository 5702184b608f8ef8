package action

import (
	"strings"

	"fwreport/reader/event"
)

// byIPT reads ipta's convention: the token behind the token IPT: is the action,
// a token ACTION=word anywhere replaces it, and every word but ACCEPT is denied
// (ipta's import-syslog.c and its reports). So INVALID, CBLK and words of one's
// own are denied.
func byIPT(s string) (Decision, bool) {
	word := iptWord(strings.Fields(s))
	if word == "" {
		return Decision{}, false
	}
	d := Decision{Action: upper(word), Class: Accept, DecidedBy: "ipta", FrontEnd: "ipta"}
	if d.Action != "ACCEPT" {
		d.Class, _ = Classify(word)
	}
	if d.Action != "ACCEPT" && verdictOf(d.Class) != event.Denied {
		d.Class = Deny
	}
	d.Verdict = verdictOf(d.Class)
	return d, true
}

// iptWord is the action word, or "" if there is no token IPT: or none behind it.
func iptWord(tokens []string) string {
	word, given, seen := "", "", false
	for _, tok := range tokens {
		if v, ok := strings.CutPrefix(tok, "ACTION="); ok && bareWord(v) != "" {
			given = bareWord(v)
			continue
		}
		if seen && word == "" {
			word = bareWord(tok)
		}
		seen = seen || tok == "IPT:"
	}
	if seen && given != "" {
		return given
	}
	return word
}

// bareWord is a token without the punctuation that people put around a word.
func bareWord(tok string) string { return strings.Trim(tok, ".,:;!*<>()[]{}'\"-=|") }
