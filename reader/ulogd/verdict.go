package ulogd

import (
	"encoding/binary"

	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// byLost names what decided where the prefix is missing: ulogd leaves the key
// out if the prefix is not valid UTF-8, while a rule without a prefix gives "".
const byLost = "prefix-lost"

// question is what a verdict depends on.
type question struct {
	prefix, label event.Sym
	lost          bool
}

// answer is a decision with its names as handles.
type answer struct {
	action.Decision
	word, by, reason event.Sym
}

// verdicts remembers decisions: a firewall has few prefixes.
type verdicts struct {
	table  *action.Table
	names  *lex.Interner
	known  map[question]*answer
	recent [256]recent // each prefix has one place here, few share one
}

// recent is an answer with the texts of its question: finding these again is
// cheaper than finding the names' handles and the answer by them.
type recent struct {
	question
	prefixText, labelText []byte
	found                 *answer // nil: none
}

// maxVerdicts bounds the memory that invented prefixes can take.
const maxVerdicts = 1 << 12

func newVerdicts(opt *reader.Options, names *lex.Interner) verdicts {
	return verdicts{table: opt.Actions, names: names, known: map[question]*answer{}}
}

// decide sets action, verdict and what decided.
func (p *parser) decide(e *event.Event) *answer {
	r := p.rec
	var prefix, label []byte
	lost := !r.has(kPrefix)
	if !lost {
		prefix = r.str(kPrefix)
	}
	if r.has(kLabel) {
		label = r.str(kLabel)
	}
	k := p.verdicts.of(prefix, label, lost)
	a := k.found
	e.Prefix, e.Action, e.DecidedBy, e.Reason, e.Verdict = k.prefix, a.word, a.by, a.reason, a.Verdict
	if a.Assumed {
		e.Fields |= event.Assumed
	}
	return a
}

// of is the answer to a prefix and a label; empty labels are none.
func (v *verdicts) of(prefix, label []byte, lost bool) *recent {
	k := &v.recent[place(prefix)]
	if k.found == nil || k.lost != lost || string(k.prefixText) != string(prefix) || string(k.labelText) != string(label) {
		k.question = question{v.names.Sym(prefix), v.names.Sym(label), lost}
		k.prefixText, k.labelText = append(k.prefixText[:0], prefix...), append(k.labelText[:0], label...)
		k.found = v.answer(k.question, prefix, label)
	}
	return k
}

// place is where in recent a prefix stands.
func place(prefix []byte) uint8 {
	n := len(prefix)
	if n < 4 {
		return uint8(n)
	}
	const odd = 0x9e3779b1 // spreads over the upper bits
	return uint8((binary.LittleEndian.Uint32(prefix)*odd ^ binary.LittleEndian.Uint32(prefix[n-4:])) * odd >> 24)
}

func (v *verdicts) answer(q question, prefix, label []byte) *answer {
	if a := v.known[q]; a != nil {
		return a
	}
	if len(v.known) >= maxVerdicts {
		clear(v.known)
	}
	a := &answer{}
	if q.label != 0 {
		a.Decision = v.table.Label(string(prefix), string(label))
	} else {
		a.Decision = v.table.Decide(string(prefix))
	}
	if q.lost && a.Verdict == event.Undetermined {
		a.DecidedBy = byLost
	}
	a.word, a.by, a.reason = v.sym(a.Action), v.sym(a.DecidedBy), v.sym(a.Reason)
	v.known[q] = a
	return a
}

func (v *verdicts) sym(s string) event.Sym { return v.names.Sym([]byte(s)) }
