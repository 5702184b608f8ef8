package event

// NewFlowDetail returns a FlowDetail with every number absent.
func NewFlowDetail() *FlowDetail {
	return &FlowDetail{
		OrigPackets: -1, OrigBytes: -1, ReplyPackets: -1, ReplyBytes: -1,
		ReplySrcPort: -1, ReplyDstPort: -1, DurationUS: -1,
	}
}

// Replied notes the addresses of the reply direction and compares it with e, the
// original one: replies of an untranslated connection come from where the
// original went to and go to where it came from. The reply's ports must have
// been set. A port that either direction does not name is not compared.
func (f *FlowDetail) Replied(e *Event, src, dst Addr) {
	f.ReplySrc, f.ReplyDst = src.String(), dst.String()
	f.DNAT = e.Has(HasDst) && src != e.Dst || e.Has(HasDstPort) && portDiffers(f.ReplySrcPort, e.DstPort)
	f.SNAT = e.Has(HasSrc) && dst != e.Src || e.Has(HasSrcPort) && portDiffers(f.ReplyDstPort, e.SrcPort)
}

func portDiffers(reply int, original uint16) bool { return reply >= 0 && reply != int(original) }

// Lasted sets the duration from start to end, both Unix nanoseconds. Where the
// kernel gives no stamps ulogd takes its own for both, and the end can be
// microseconds before the start: that is 0.
func (f *FlowDetail) Lasted(start, end int64) { f.DurationUS = max(end-start, 0) / 1000 }

// FlowEvent is the word for a conntrack message type as ulogd logs it
// (ct.event: NFCT_T_NEW, NFCT_T_UPDATE, NFCT_T_DESTROY of libnetfilter_conntrack).
// open says that the connection's end is still to come; word is "" for other
// numbers.
func FlowEvent(n uint64) (word string, open bool) {
	switch n {
	case 1:
		return "new", true
	case 2:
		return "update", true
	case 4:
		return "destroy", false
	}
	return "", false
}
