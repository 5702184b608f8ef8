package action

import (
	"strings"
	"unicode"

	"fwreport/reader/event"
)

// Kinds of words that are no class of their own.
const (
	negation = "negation" // takes back the word behind it
	logger   = "logger"   // says no more than that this is a log line
	place    = "place"    // where it was logged
	attack   = "attack"
)

// vocabulary is what people write into prefixes. Words are met case-insensitively
// and whole: LEGAL is not ILLEGAL. The order of the classes is their rank where a
// text has words of several.
var vocabulary = []struct{ kind, words string }{
	{Reject, "REJECT REJECTED REJECTING REJ RJCT"},
	{Drop, "DROP DROPPED DROPPING DROPS DRP DISCARD DISCARDED BLACKHOLE STEALTH TARPIT"},
	{Deny, "DENY DENIED BLOCK BLOCKED BLK CBLK BAN BANNED REFUSE REFUSED FILTERED FORBIDDEN PROHIBITED " +
		"BAD ILLEGAL MARTIAN SPOOF SPOOFED BOGON BLACKLIST BLACKLISTED DISALLOW DISALLOWED"},
	{Limit, "LIMIT LIMITED FLOOD SYNFLOOD RATELIMIT THROTTLE"},
	{Invalid, "INVALID NEWNOTSYN NEW-NOT-SYN UNCLEAN STEALTH-SCAN XMAS NULL"},
	{Accept, "ACCEPT ACCEPTED ALLOW ALLOWED PASS PASSED PERMIT PERMITTED OK ISOK ACC WHITELIST WHITELISTED"},
	{NAT, "DNAT SNAT MASQ MASQUERADE REDIRECT NAT"},
	{Audit, "AUDIT"},
	{Trace, "TRACE"},
	{attack, "ATTACK ATTACKS SCAN PORTSCAN EXPLOIT DDOS"},
	{logger, "LOG LOGGED LOGGING IPTABLES IP6TABLES NETFILTER NFTABLES NFT FW FIREWALL IPT"},
	{place, "INPUT OUTPUT FORWARD PREROUTING POSTROUTING IN OUT FWD"},
	{negation, "NO NOT NON NEVER DONT"},
}

// People glue words together in upper case, where no case change tells them
// apart: LOGDROP, CTINVALID, NODROP, DROPALL. Only these neighbours are known;
// to accept any would read BYPASS as PASS and TEARDROP as DROP.
var (
	leadIns = strings.Fields("LOG AND IPT FW NF CT TCP UDP ICMP INPUT OUTPUT FORWARD FWD IN OUT")
	leadNot = strings.Fields("NO NOT NON UN")
	tails   = strings.Fields("ALL LOG ANDLOG INPUT OUTPUT FORWARD PACKET PACKETS PKT")
)

const (
	minGlued = 4  // letters: shorter words turn up inside other words and numbers (0xBAD)
	maxToken = 32 // bytes; no word is longer, glued ones included
)

var (
	kinds   = vocabularyKinds()
	phrases = vocabularyPhrases()
)

func vocabularyKinds() map[string]string {
	m := map[string]string{}
	for _, v := range vocabulary {
		for _, w := range strings.Fields(v.words) {
			m[w] = v.kind
		}
	}
	return m
}

// vocabularyPhrases are the entries of several words, which need not be written
// with a hyphen.
func vocabularyPhrases() (list [][]string) {
	for _, v := range vocabulary {
		for _, w := range strings.Fields(v.words) {
			if strings.Contains(w, "-") {
				list = append(list, strings.Split(w, "-"))
			}
		}
	}
	return list
}

// word is one word of a text, in upper case.
type word struct{ text, kind string }

// wordsOf splits s at everything that is no letter or digit, and inside tokens
// at changes of case and between letters and digits.
func wordsOf(s string) []word {
	var list []word
	tokens := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, tok := range tokens {
		if k := kinds[upper(tok)]; k != "" {
			list = append(list, word{upper(tok), k})
			continue
		}
		for _, part := range splitCase(tok) {
			list = appendPart(list, upper(part))
		}
	}
	return list
}

// splitCase cuts CamelCase: DropInput, TCPDrop, DROP6.
func splitCase(tok string) []string {
	var parts []string
	start := 0
	for i := 1; i < len(tok); i++ {
		if caseBorder(tok, i) {
			parts = append(parts, tok[start:i])
			start = i
		}
	}
	return append(parts, tok[start:])
}

// caseBorder reports whether a word of tok begins at i.
func caseBorder(tok string, i int) bool {
	a, b := tok[i-1], tok[i]
	if isDigit(a) != isDigit(b) {
		return true
	}
	if !isUpper(b) {
		return false
	}
	return isLower(a) || isUpper(a) && i+1 < len(tok) && isLower(tok[i+1])
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
func isLower(c byte) bool { return c >= 'a' && c <= 'z' }

// appendPart appends part, as the words it is glued of where it is.
func appendPart(list []word, part string) []word {
	if k := gluedKind(part); k != "" {
		return append(list, word{part, k})
	}
	if len(part) <= maxToken {
		if glued := unglue(part); glued != nil {
			return append(list, glued...)
		}
	}
	return append(list, word{text: part})
}

// gluedKind is the kind of a word that stands inside a token.
func gluedKind(w string) string {
	k := kinds[w]
	if len(w) < minGlued && k != negation && k != logger && k != place {
		return ""
	}
	return k
}

// unglue takes w apart into lead-ins and one word, or returns nil.
func unglue(w string) []word {
	if core, k := cutTail(w); k != "" {
		return []word{{core, k}}
	}
	for _, not := range leadNot {
		if core, k := cutTail(strings.TrimPrefix(w, not)); k != "" {
			return []word{{not, negation}, {core, k}}
		}
	}
	for _, lead := range leadIns {
		rest, ok := strings.CutPrefix(w, lead)
		if !ok {
			continue
		}
		if core := unglue(rest); core != nil {
			return append([]word{{lead, kinds[lead]}}, core...)
		}
	}
	return nil
}

// cutTail finds w, with or without one of the tails, among the words of a verdict.
func cutTail(w string) (core, kind string) {
	if k := gluedKind(w); isClass(k) {
		return w, k
	}
	for _, tail := range tails {
		if core, ok := strings.CutSuffix(w, tail); ok && isClass(gluedKind(core)) {
			return core, gluedKind(core)
		}
	}
	return "", ""
}

// isClass reports whether a word of this kind tells what became of the packet.
func isClass(kind string) bool { return rank(kind) >= 0 }

// ranked are the classes in the order in which they win.
var ranked = [...]string{Reject, Drop, Deny, Limit, Invalid, Accept, NAT}

func rank(kind string) int {
	for i, c := range ranked {
		if c == kind {
			return i
		}
	}
	return -1
}

// denies reports whether a word of this kind contradicts ACCEPT, so that the
// later of the two wins. Limit and Invalid tell why a packet was matched; they
// outrank ACCEPT wherever they stand.
func denies(kind string) bool { return kind == Reject || kind == Drop || kind == Deny }

// tally is what the words of a text say together.
type tally struct {
	first    [len(ranked)]string // the first word of each class
	last     word                // the last one that denies or accepts
	seen     map[string]bool     // kinds met
	negated  bool                // a denial was taken back
	onlyLogs bool                // nothing but words for logging and for places
	attack   string              // the first word for an attack
}

// byKeyword reads s by its words alone.
func byKeyword(s string) Decision {
	t := count(wordsOf(s))
	d := t.decide()
	if t.attack != "" && d.Verdict == event.Undetermined {
		d.Category = attack
		if d.DecidedBy == byNone {
			d.DecidedBy = "keyword " + t.attack
		}
	}
	return d
}

func count(words []word) tally {
	t := tally{seen: map[string]bool{}, onlyLogs: true}
	for i := 0; i < len(words); {
		i += t.add(words[i:])
	}
	return t
}

// add takes what begins at words[0] and returns how many words that is.
func (t *tally) add(words []word) int {
	if n := phraseAt(words); n > 0 {
		t.hit(word{join(words[:n]), kinds[join(words[:n])]})
		return n
	}
	w := words[0]
	if w.kind == negation && len(words) > 1 && isClass(words[1].kind) {
		t.negated = t.negated || denies(words[1].kind)
		t.onlyLogs = false
		return 2
	}
	t.hit(w)
	return 1
}

func (t *tally) hit(w word) {
	t.seen[w.kind] = true
	t.onlyLogs = t.onlyLogs && (w.kind == logger || w.kind == place)
	if r := rank(w.kind); r >= 0 && t.first[r] == "" {
		t.first[r] = w.text
	}
	if denies(w.kind) || w.kind == Accept {
		t.last = w
	}
	if w.kind == attack && t.attack == "" {
		t.attack = w.text
	}
}

func phraseAt(words []word) int {
	for _, p := range phrases {
		if len(words) >= len(p) && join(words[:len(p)]) == strings.Join(p, "-") {
			return len(p)
		}
	}
	return 0
}

func join(words []word) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.text
	}
	return strings.Join(texts, "-")
}

func (t *tally) decide() Decision {
	switch w, other := t.winner(); {
	case t.negated:
		return Decision{Action: noWord, Class: Unknown, DecidedBy: "negation"}
	case w.kind != "":
		d := Decision{Action: w.text, Class: w.kind, Verdict: verdictOf(w.kind), DecidedBy: "keyword " + w.text}
		if other != "" {
			d.DecidedBy += ", also " + other
		}
		return d
	case t.seen[Audit]:
		return Decision{Action: "AUDIT", Class: Audit, DecidedBy: "keyword AUDIT"}
	case t.seen[Trace]:
		return Decision{Action: "TRACE", Class: Trace, DecidedBy: "keyword TRACE"}
	case t.onlyLogs && t.seen[logger]:
		return Decision{Action: noWord, Class: Log, DecidedBy: byLogOnly}
	}
	return Decision{Action: noWord, Class: Unknown, DecidedBy: byNone}
}

// winner is the word that decides: the first one of the highest class, or the
// last one where some deny and some accept ("ACCEPT then DROP"); other is then a
// word that it overruled.
func (t *tally) winner() (w word, other string) {
	denied, accepted := word{}, t.first[rank(Accept)]
	for i, text := range t.first {
		if w.kind == "" && text != "" {
			w = word{text, ranked[i]}
		}
		if denied.kind == "" && text != "" && denies(ranked[i]) {
			denied = word{text, ranked[i]}
		}
	}
	if denied.kind == "" || accepted == "" {
		return w, ""
	}
	if t.last.kind == Accept {
		return t.last, denied.text
	}
	return t.last, accepted
}
