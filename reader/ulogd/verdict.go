package ulogd

import (
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
	table *action.Table
	names *lex.Interner
	known map[question]*answer
	last  question
	found *answer // of last
}

// maxVerdicts bounds the memory that invented prefixes can take.
const maxVerdicts = 1 << 12

func newVerdicts(opt *reader.Options, names *lex.Interner) verdicts {
	return verdicts{table: opt.Actions, names: names, known: map[question]*answer{}}
}

// decide sets action, verdict and what decided.
func (p *parser) decide(e *event.Event) *answer {
	r, v := p.rec, &p.verdicts
	q := question{lost: !r.has(kPrefix)}
	var prefix, label []byte
	if !q.lost {
		prefix = r.str(kPrefix)
		q.prefix = p.prefix.Sym(p.names, prefix)
	}
	if r.has(kLabel) {
		label = r.str(kLabel)
		q.label = p.names.Sym(label)
	}
	if q != v.last || v.found == nil {
		v.last, v.found = q, v.answer(q, prefix, label)
	}
	a := v.found
	e.Prefix, e.Action, e.DecidedBy, e.Reason, e.Verdict = q.prefix, a.word, a.by, a.reason, a.Verdict
	if a.Assumed {
		e.Fields |= event.Assumed
	}
	return a
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
