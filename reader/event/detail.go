package event

// Detail holds what a record says beyond its Event: fields that no table counts
// but that tests, `show` and a human reader want. Parsers fill it only where
// reader.Options.Detail asks for it, so it may allocate.
type Detail struct {
	Kind     string // packet, flow, nonip, damaged, other, notice
	Tag      string
	PID      int
	HasPID   bool
	PRI      int // -1 if absent
	Facility string
	Level    string
	KmsgSeq  int64 // sequence number of /dev/kmsg, -1 if absent
	VMID     int   // Proxmox' number of the guest, 0 is the host, -1 if absent

	MACRaw             string // MAC= as printed where it is not an Ethernet header
	EtherType          string // four hex digits
	VProto             string
	VLAN, VLANPrio     int // -1 if absent
	TunnelSrc          string
	TunnelDst          string
	GID                uint32
	HasGID             bool
	TOS, Prec          int // as printed: tos & 0x1e, tos & 0xe0; -1 if absent
	TC, FlowLabel      int // IPv6; -1 if absent
	FragID             uint32
	HasFragOff         bool
	HasFragID          bool
	IPOptions          string
	TCPOptions         string // hex as printed, or TRUNCATED
	ExtHeaders         int    // OPT ( … ) groups of IPv6
	L4Len              int    // second LEN of UDP; -1 if absent
	Res                int    // RES=; -1 if absent
	URGP               int
	ICMPID, ICMPSeq    int // -1 if absent
	Gateway            string
	Param, Pointer     int64 // -1 if absent
	MTU                int   // -1 if absent
	SPI                uint32
	HasSPI             bool
	Incomplete         int // bytes present, -1 if the word is absent
	Group              int // NFLOG group, -1 if absent
	Inner              *Inner
	ARP                *ARPDetail
	Flow               *FlowDetail
	Class              string // action.Decision.Class: drop, reject, deny?, … ; Event.Action is the word shown
	ActionSource       string // what decided, where it was not the prefix: ulogd-label
	Chain, Rule        string
	FrontEnd, Category string
	Extra              []string // unknown KEY=value, verbatim
}

// NewDetail returns a Detail with every number absent.
func NewDetail() Detail {
	return Detail{
		PRI: -1, KmsgSeq: -1, VMID: -1, VLAN: -1, VLANPrio: -1, TOS: -1, Prec: -1, TC: -1, FlowLabel: -1, L4Len: -1, Res: -1, URGP: -1,
		ICMPID: -1, ICMPSeq: -1, Param: -1, Pointer: -1, MTU: -1, Incomplete: -1, Group: -1,
	}
}

// Inner is the packet quoted inside an ICMP error. It never nests: a quoted
// ICMP error has no Inner of its own.
type Inner struct {
	Event  Event
	Detail Detail
}

// ARPDetail is the payload of an ARP record; "" is absent.
type ARPDetail struct {
	HType, Op     int // -1 if absent
	PType         string
	MACSrc, IPSrc string
	MACDst, IPDst string
}

// FlowDetail is what a conntrack record says beyond the original direction's
// addresses and ports, which are the Event's. Numbers are -1 if absent.
type FlowDetail struct {
	Event                      string // new, update, destroy; "" if the record does not say
	OrigPackets, OrigBytes     int64  // bytes are of IP packets, headers included
	ReplyPackets, ReplyBytes   int64
	ReplySrc, ReplyDst         string // addresses of the reply direction, "" if absent
	ReplySrcPort, ReplyDstPort int
	DNAT, SNAT                 bool  // the reply's addresses or ports differ from the original's
	DurationUS                 int64 // microseconds, never negative: clocks of start and end may differ
}
