// Package filter decides which events are kept. A Spec is what the user says,
// already parsed; Compile turns it into a function for one worker.
//
// Conditions on different fields must all hold; of several on one field one must
// hold, and none of the negated ones. A condition on a field that the record
// does not have is not met, and its negation is.
package filter

import (
	"net/netip"
	"strings"

	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// Spec is a filter. The zero Spec keeps everything.
type Spec struct {
	NoLocal        bool // leave out packets to and from lo
	NoAccept       bool // leave out accepted packets
	ExcludePrivate bool // leave out sources in special-purpose blocks

	Src, Dst, Net []Network // Net: source or destination
	Ports         []Ports   // source or destination port
	Protos        []Proto
	In, Out       []Pattern
	Action        []Pattern // any case
	Prefix        []Pattern // trailing spaces ignored
	Host          []Pattern
}

// Network is a network to match, or not.
type Network struct {
	Not    bool
	Prefix netip.Prefix
}

// Ports is a range of ports to match, or not.
type Ports struct {
	Not      bool
	From, To uint16
}

// Proto is a protocol to match, or not.
type Proto struct {
	Not   bool
	Proto event.Proto
}

// Pattern is a name to match, or not; * in it stands for any text.
type Pattern struct {
	Not  bool
	Text string
}

// Empty reports whether s keeps everything.
func (s *Spec) Empty() bool {
	return !s.NoLocal && !s.NoAccept && !s.ExcludePrivate && len(s.Src)+len(s.Dst)+len(s.Net)+len(s.Ports)+
		len(s.Protos)+len(s.In)+len(s.Out)+len(s.Action)+len(s.Prefix)+len(s.Host) == 0
}

// Compile makes a predicate that is true for events to keep. It remembers what
// names matched and so serves one goroutine only.
func (s *Spec) Compile(symbols *event.Symbols) func(*event.Event) bool {
	var conds []func(*event.Event) bool
	add := func(used bool, c func(*event.Event) bool) {
		if used {
			conds = append(conds, c)
		}
	}
	lo := symbols.Of("lo")
	add(s.NoLocal, func(e *event.Event) bool { return e.In != lo && e.Out != lo })
	add(s.NoAccept, func(e *event.Event) bool { return e.Verdict != event.Accepted })
	add(s.ExcludePrivate, func(e *event.Event) bool { return !e.Has(event.HasSrc) || genuine(e.Src) })
	add(len(s.Src) > 0, func(e *event.Event) bool { return match(s.Src, inSrc(e)) })
	add(len(s.Dst) > 0, func(e *event.Event) bool { return match(s.Dst, inDst(e)) })
	add(len(s.Net) > 0, func(e *event.Event) bool { return match(s.Net, either(inSrc(e), inDst(e))) })
	add(len(s.Ports) > 0, func(e *event.Event) bool { return match(s.Ports, usesPort(e)) })
	add(len(s.Protos) > 0, func(e *event.Event) bool {
		return match(s.Protos, func(p Proto) (bool, bool) { return p.Not, p.Proto == e.Proto })
	})
	for _, c := range []struct {
		patterns []Pattern
		sym      func(*event.Event) event.Sym
		clean    func(string) string
	}{
		{s.In, func(e *event.Event) event.Sym { return e.In }, keep},
		{s.Out, func(e *event.Event) event.Sym { return e.Out }, keep},
		{s.Action, func(e *event.Event) event.Sym { return e.Action }, strings.ToUpper},
		{s.Prefix, func(e *event.Event) event.Sym { return e.Prefix }, trimRight},
		{s.Host, func(e *event.Event) event.Sym { return e.Host }, keep},
	} {
		n := newNames(symbols, c.patterns, c.clean)
		add(len(c.patterns) > 0, func(e *event.Event) bool { return n.match(c.sym(e)) })
	}
	return func(e *event.Event) bool {
		for _, c := range conds {
			if !c(e) {
				return false
			}
		}
		return true
	}
}

// match is the rule for several conditions on one field: test tells of each
// whether it is negated and whether it holds.
func match[C any](conds []C, test func(C) (not, holds bool)) bool {
	positive, found := false, false
	for _, c := range conds {
		not, holds := test(c)
		if not && holds {
			return false
		}
		positive = positive || !not
		found = found || !not && holds
	}
	return found || !positive
}

func inSrc(e *event.Event) func(Network) (bool, bool) {
	return func(n Network) (bool, bool) { return n.Not, e.Has(event.HasSrc) && n.Prefix.Contains(e.Src.Netip()) }
}

func inDst(e *event.Event) func(Network) (bool, bool) {
	return func(n Network) (bool, bool) { return n.Not, e.Has(event.HasDst) && n.Prefix.Contains(e.Dst.Netip()) }
}

func either(a, b func(Network) (bool, bool)) func(Network) (bool, bool) {
	return func(n Network) (bool, bool) {
		_, x := a(n)
		_, y := b(n)
		return n.Not, x || y
	}
}

func usesPort(e *event.Event) func(Ports) (bool, bool) {
	return func(p Ports) (bool, bool) {
		return p.Not, e.Has(event.HasSrcPort) && p.From <= e.SrcPort && e.SrcPort <= p.To ||
			e.Has(event.HasDstPort) && p.From <= e.DstPort && e.DstPort <= p.To
	}
}

// genuine reports whether an address can belong to a host on the Internet; one
// behind NAT64 does.
func genuine(a event.Addr) bool {
	s := a.Special()
	return s == event.NotSpecial || s == event.Translated
}

// names matches symbols against patterns and remembers the answers.
type names struct {
	symbols   *event.Symbols
	wildcards []wildcard
	clean     func(string) string
	known     map[event.Sym]bool
}

type wildcard struct {
	not bool
	lex.Wildcard
}

func newNames(symbols *event.Symbols, patterns []Pattern, clean func(string) string) *names {
	n := &names{symbols: symbols, clean: clean, known: map[event.Sym]bool{}}
	for _, p := range patterns {
		n.wildcards = append(n.wildcards, wildcard{p.Not, lex.NewWildcard(clean(p.Text))})
	}
	return n
}

func (n *names) match(s event.Sym) bool {
	yes, ok := n.known[s]
	if !ok {
		text := n.clean(n.symbols.Name(s))
		yes = match(n.wildcards, func(w wildcard) (bool, bool) { return w.not, w.Match(text) })
		if len(n.known) > 1<<16 {
			clear(n.known)
		}
		n.known[s] = yes
	}
	return yes
}

func keep(s string) string      { return s }
func trimRight(s string) string { return strings.TrimRight(s, " ") }
