package ulogd

import (
	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// A flow is what conntrack knows of one connection (ulogd2, input plugin NFCT).
// Its Event is the original direction; packets, bytes and the reply direction,
// which no table counts, are details.

// flowNames are the handles of what all flows say.
type flowNames struct{ word, by event.Sym }

func newFlowNames(sym *event.Symbols) flowNames {
	dec := action.Flow()
	return flowNames{sym.Of(dec.Action), sym.Of(dec.DecidedBy)}
}

// pass gives e the decision of all flows.
func (n *flowNames) pass(e *event.Event) {
	e.Action, e.DecidedBy, e.Verdict = n.word, n.by, event.Accepted
}

// newFlowDetail is the Detail of a flow.
func newFlowDetail() event.Detail {
	d, dec := event.NewDetail(), action.Flow()
	d.Kind, d.Class, d.ActionSource, d.Flow = "flow", dec.Class, dec.DecidedBy, event.NewFlowDetail()
	return d
}

// fillFlow sets all but the decision; reason says why that cannot be done.
func (p *parser) fillFlow(e *event.Event) (reason string) {
	r := p.rec
	e.Fields |= event.Flow
	if r.flowOpen() {
		e.Fields |= event.FlowOpen
	}
	if !p.flowTime(e) {
		return "timestamp makes no sense"
	}
	p.place(e)
	if !r.addresses(e) || !r.replyAddresses() {
		return "address makes no sense"
	}
	if r.isIPv6() || e.Has(event.HasSrc) && !e.Src.Is4() {
		e.Fields |= event.IPv6
	}
	if r.has(kProto) {
		e.Proto = event.IPProto(uint8(r.num[kProto]))
	}
	r.transport(e)
	return ""
}

// flowOpen reports whether the record announces a connection whose end will be
// another record. Without ct.event that is one that began and has not ended.
func (r *record) flowOpen() bool {
	if r.has(kFlowEvent) {
		_, open := event.FlowEvent(r.num[kFlowEvent])
		return open
	}
	return r.has(kStartSec) && !r.has(kEndSec)
}

// flowTime sets the event's time: the connection's end, else its start, else
// the time of writing.
func (p *parser) flowTime(e *event.Event) (ok bool) {
	if e.Time, ok = p.rec.instant(kEndSec, kEndUsec); ok {
		return true
	}
	if e.Time, ok = p.rec.instant(kStartSec, kStartUsec); ok {
		return true
	}
	if !p.rec.has(kTimestamp) {
		return true // e.Time is event.NoTime
	}
	var flags event.Fields
	e.Time, flags, ok = stamp(p.rec.str(kTimestamp), p.zone)
	e.Fields |= flags | event.TimeImprecise
	return ok
}

// instant is a time in seconds and microseconds, or event.NoTime.
func (r *record) instant(sec, usec key) (ns int64, ok bool) {
	if !r.has(sec) {
		return event.NoTime, false
	}
	ns = int64(r.num[sec]) * 1e9
	if r.has(usec) {
		ns += int64(r.num[usec]) * 1e3
	}
	return ns, true
}

// replyAddresses reports whether the addresses of the reply direction are some,
// if they are given.
func (r *record) replyAddresses() bool {
	for _, k := range [...]key{kReplySrc, kReplyDst} {
		if r.has(k) {
			if _, ok := lex.Addr(r.str(k)); !ok {
				return false
			}
		}
	}
	return true
}

// flowDetails are what the record says beyond its Event.
func (p *parser) flowDetails(e *event.Event) event.Detail {
	d, r := newFlowDetail(), p.rec
	f := d.Flow
	if r.has(kFlowEvent) {
		f.Event, _ = event.FlowEvent(r.num[kFlowEvent])
	}
	f.OrigPackets, f.OrigBytes = r.count(kOrigPackets), r.count(kOrigBytes)
	f.ReplyPackets, f.ReplyBytes = r.count(kReplyPackets), r.count(kReplyBytes)
	if e.Proto.HasPorts() {
		f.ReplySrcPort, f.ReplyDstPort = r.int(kReplySrcPort), r.int(kReplyDstPort)
	}
	if r.all(kReplySrc, kReplyDst) {
		src, _ := lex.Addr(r.str(kReplySrc))
		dst, _ := lex.Addr(r.str(kReplyDst))
		f.Replied(e, src, dst)
	}
	start, began := r.instant(kStartSec, kStartUsec)
	if end, ended := r.instant(kEndSec, kEndUsec); began && ended {
		f.Lasted(start, end)
	}
	return d
}

// count is a counter, or -1 if it is not given.
func (r *record) count(k key) int64 {
	if r.has(k) {
		return int64(r.num[k])
	}
	return -1
}
