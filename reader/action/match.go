package action

import (
	"regexp"
	"strings"

	"fwreport/reader/event"
)

// rule is one entry of the table of front ends.
type rule struct {
	by       string // Decision.DecidedBy
	frontEnd string // if it is not by; "-" for none
	match    string // regular expression for the whole text
	action   string // the word shown; "" for the group act, codes spelled out
	class    string // "" for the class of the group act
	open     bool   // the verdict is not the class's: the line does not tell it
	cut      bool   // act may be cut at the end of the text
	chain    string // "" for the group chain; may name groups as ${zone}
	category string

	re *regexp.Regexp
}

func compile(rules []rule) []rule {
	for i := range rules {
		r := &rules[i]
		r.re = regexp.MustCompile(`^(?:` + r.match + `)$`)
		switch r.frontEnd {
		case "":
			r.frontEnd = r.by
		case "-":
			r.frontEnd = ""
		}
	}
	return rules
}

// maxFrontEnd is the longest text that a front end can have written: nft's 127
// bytes of prefix, and what a relay may have put before it.
const maxFrontEnd = 512

// byFrontEnd reads s by the first entry of the table that matches.
func byFrontEnd(s string) (Decision, bool) {
	if len(s) > maxFrontEnd {
		return Decision{}, false
	}
	for i := range frontEnds {
		if d, ok := frontEnds[i].read(s); ok {
			return d, true
		}
	}
	return Decision{}, false
}

func (r *rule) read(s string) (Decision, bool) {
	at := r.re.FindStringSubmatchIndex(s)
	if at == nil {
		return Decision{}, false
	}
	d := Decision{Action: r.action, Class: r.class, DecidedBy: r.by, FrontEnd: r.frontEnd, Category: r.category}
	d.Chain, d.Rule = r.expand(r.chain, "chain", s, at), r.expand("", "rule", s, at)
	if d.Action == "" && !r.spell(&d, s, at) {
		return Decision{}, false
	}
	if !r.open {
		d.Verdict = verdictOf(d.Class)
	}
	return d, true
}

// expand fills a template, or the group where there is no template.
func (r *rule) expand(template, group, s string, at []int) string {
	if template == "" {
		template = "${" + group + "}"
	}
	return string(r.re.ExpandString(nil, template, s, at))
}

// spell takes the action, and the class that goes with it, from the group act.
// It fails for a cut word that is the beginning of no disposition.
func (r *rule) spell(d *Decision, s string, at []int) bool {
	act := r.expand("", "act", s, at)
	if r.cut {
		return uncut(d, act, len(s))
	}
	d.Action = upper(act)
	if word, ok := codes[d.Action]; ok {
		d.Action, act = word, word
	}
	if d.Class == "" {
		d.Class, _ = Classify(act) // as logged: its case tells words apart
	}
	return true
}

// shorewallCut is the length from which on Shorewall may have cut a prefix: 28
// bytes, of which the last may have been a space.
const shorewallCut = 27

// uncut sets the action to the disposition that act is, or the only one that it
// can be the beginning of. Where several are possible their common verdict is
// kept, and else none.
func uncut(d *Decision, act string, textLen int) bool {
	list := candidates(act, textLen)
	switch len(list) {
	case 0:
		return false
	case 1:
		d.Action = list[0]
		if word, ok := codes[d.Action]; ok {
			d.Action = word
		}
		d.Class, _ = Classify(d.Action)
		return true
	}
	d.Action, d.Class = act, Unknown
	if allDenied(list) {
		d.Class = Deny
	}
	return true
}

// candidates are the dispositions that act can be: itself, or, at the end of a
// text that may have been cut, those that begin with it.
func candidates(act string, textLen int) (list []string) {
	for _, word := range dispositions {
		if word == act {
			return []string{word}
		}
		if textLen >= shorewallCut && strings.HasPrefix(word, act) {
			list = append(list, word)
		}
	}
	return list
}

func allDenied(words []string) bool {
	for _, w := range words {
		if _, v := Classify(w); v != event.Denied {
			return false
		}
	}
	return true
}
