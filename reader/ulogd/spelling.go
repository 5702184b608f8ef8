package ulogd

import "fwreport/reader/lex"

// spelling is one name of a key.
type spelling struct {
	name  string
	key   key
	max   uint64 // of a number
	class class
}

const (
	bit, u8, u16, u32 = 1, 1<<8 - 1, 1<<16 - 1, 1<<32 - 1
	counter           = 1<<63 - 1
	maxSec            = 1 << 33 // year 2242: Unix nanoseconds fit an int64
)

// spellings are the names of all versions (ulogd2, filter and output plugins):
// since 2.0.4 addresses and ports are renamed for the ELK stack.
var spellings = [...]spelling{
	{"timestamp", kTimestamp, 0, foreign},
	{"@timestamp", kTimestamp, 0, foreign},
	{"@version", kIgnored, 0, foreign},
	{"dvc", kDevice, 0, foreign},
	{"action", kLabel, 0, foreign},
	{"src_ip", kSrc, 0, foreign},
	{"dest_ip", kDst, 0, foreign},
	{"src_port", kSrcPort, u16, foreign},
	{"dest_port", kDstPort, u16, foreign},
	{"raw.pktlen", kIgnored, 0, packet},
	{"raw.pktcount", kIgnored, 0, packet},
	{"raw.label", kIgnored, 0, packet},
	{"raw.type", kLinkType, u16, packet},
	{"raw.mac_len", kIgnored, 0, packet},
	{"raw.mac.addrlen", kIgnored, 0, packet},
	{"oob.prefix", kPrefix, 0, packet},
	{"oob.time.sec", kTimeSec, maxSec, foreign}, // sums have it too
	{"oob.time.usec", kTimeUsec, 999999, foreign},
	{"oob.mark", kMark, u32, packet},
	{"oob.ifindex_in", kIfIn, u32, packet},
	{"oob.ifindex_out", kIfOut, u32, packet},
	{"oob.hook", kHook, u8, packet},
	{"oob.family", kFamily, u8, foreign}, // flows have it too
	{"oob.protocol", kEtherType, u16, foreign},
	{"oob.uid", kUID, u32, packet},
	{"oob.gid", kGID, u32, packet},
	{"oob.seq.local", kSeqLocal, u32, packet},
	{"oob.seq.global", kSeqGlobal, u32, packet},
	{"oob.in", kIn, 0, packet},
	{"oob.out", kOut, 0, packet},
	{"mac.saddr.str", kMACSrc, 0, packet},
	{"mac.daddr.str", kMACDst, 0, packet},
	{"mac.str", kMAC, 0, packet},
	{"ip.saddr.str", kSrc, 0, packet},
	{"ip.daddr.str", kDst, 0, packet},
	{"ip.saddr", kSrc, 0, packet},
	{"ip.daddr", kDst, 0, packet},
	{"ip.protocol", kProto, u8, packet},
	{"ip.tos", kTOS, u8, packet},
	{"ip.ttl", kTTL, u8, packet},
	{"ip.totlen", kTotalLen, u32, packet},
	{"ip.ihl", kIgnored, 0, packet},
	{"ip.csum", kIgnored, 0, packet},
	{"ip.id", kID, u16, packet},
	{"ip.fragoff", kFragOff, u16, packet},
	{"ip6.payloadlen", kPayloadLen, u32 - 40, packet},
	{"ip6.priority", kClass6, u8, packet},
	{"ip6.flowlabel", kFlowLabel, 1<<20 - 1, packet},
	{"ip6.hoplimit", kHopLimit, u8, packet},
	{"ip6.nexthdr", kNextHdr, u8, packet},
	{"ip6.fragoff", kFragOff6, u16, packet},
	{"ip6.fragid", kFragID6, u32, packet},
	{"tcp.sport", kSrcPort, u16, packet},
	{"tcp.dport", kDstPort, u16, packet},
	{"udp.sport", kSrcPort, u16, packet},
	{"udp.dport", kDstPort, u16, packet},
	{"sctp.sport", kSrcPort, u16, packet},
	{"sctp.dport", kDstPort, u16, packet},
	{"sctp.csum", kIgnored, 0, packet},
	{"tcp.seq", kSeq, u32, packet},
	{"tcp.ackseq", kAckSeq, u32, packet},
	{"tcp.window", kWindow, u16, packet},
	{"tcp.offset", kIgnored, 0, packet}, // wrong on little-endian machines,
	{"tcp.reserved", kIgnored, 0, packet},
	{"tcp.res1", kIgnored, 0, packet}, // as these two are
	{"tcp.urg", kURG, bit, packet},
	{"tcp.urgp", kURGP, u16, packet},
	{"tcp.ack", kACK, bit, packet},
	{"tcp.psh", kPSH, bit, packet},
	{"tcp.rst", kRST, bit, packet},
	{"tcp.syn", kSYN, bit, packet},
	{"tcp.fin", kFIN, bit, packet},
	{"tcp.res2", kRes2, 3, packet},
	{"tcp.csum", kIgnored, 0, packet},
	{"udp.len", kUDPLen, u16, packet},
	{"udp.csum", kIgnored, 0, packet},
	{"icmp.type", kICMPType, u8, foreign}, // flows have the ICMP keys too
	{"icmp.code", kICMPCode, u8, foreign},
	{"icmp.echoid", kEchoID, u16, foreign},
	{"icmp.echoseq", kEchoSeq, u16, foreign},
	{"icmp.fragmtu", kMTU, u16, foreign},
	{"icmp.csum", kIgnored, 0, packet},
	{"icmpv6.type", kICMP6Type, u8, foreign},
	{"icmpv6.code", kICMP6Code, u8, foreign},
	{"icmpv6.echoid", kEchoID6, u16, foreign},
	{"icmpv6.echoseq", kEchoSeq6, u16, foreign},
	{"icmpv6.csum", kIgnored, 0, packet},
	{"arp.hwtype", kARPHType, u16, packet},
	{"arp.protocoltype", kARPPType, u16, packet},
	{"arp.operation", kARPOp, u16, packet},
	{"arp.saddr.str", kARPSrc, 0, packet},
	{"arp.daddr.str", kARPDst, 0, packet},
	{"arp.saddr", kIgnored, 0, packet}, // in text only: arp.saddr.str says the same
	{"arp.daddr", kIgnored, 0, packet},
	{"orig.ip.saddr.str", kSrc, 0, flow}, // src_ip in JSON since 2.0.4
	{"orig.ip.daddr.str", kDst, 0, flow},
	{"orig.ip.saddr", kIgnored, 0, flow}, // in text only: see bare
	{"orig.ip.daddr", kIgnored, 0, flow},
	{"reply.ip.saddr", kIgnored, 0, flow},
	{"reply.ip.daddr", kIgnored, 0, flow},
	{"orig.ip.protocol", kProto, u8, flow},
	{"orig.l4.sport", kSrcPort, u16, flow},
	{"orig.l4.dport", kDstPort, u16, flow},
	{"orig.raw.pktlen", kOrigBytes, counter, flow},
	{"orig.raw.pktcount", kOrigPackets, counter, flow},
	{"reply.ip.protocol", kIgnored, 0, flow},
	{"reply.l4.sport", kReplySrcPort, u16, flow},
	{"reply.l4.dport", kReplyDstPort, u16, flow},
	{"reply.raw.pktlen", kReplyBytes, counter, flow},
	{"reply.raw.pktcount", kReplyPackets, counter, flow},
	{"reply.ip.saddr.str", kReplySrc, 0, flow},
	{"reply.ip.daddr.str", kReplyDst, 0, flow},
	{"ct.mark", kMark, u32, flow},
	{"ct.id", kIgnored, 0, flow},
	{"ct.event", kFlowEvent, u8, flow},
	{"flow.start.sec", kStartSec, maxSec, flow},
	{"flow.start.usec", kStartUsec, 999999, flow},
	{"flow.end.sec", kEndSec, maxSec, flow},
	{"flow.end.usec", kEndUsec, 999999, flow},
	{"sum.name", kIgnored, 0, sum},
	{"sum.pkts", kIgnored, 0, sum},
	{"sum.bytes", kIgnored, 0, sum},
}

var byName = func() map[string]uint8 {
	m := make(map[string]uint8, len(spellings))
	for i := range spellings {
		m[spellings[i].name] = uint8(i)
	}
	return m
}()

// leads are the names as jansson, with which ulogd writes JSON, puts them behind
// a member.
var leads = func() (all [len(spellings)]string) {
	for i := range spellings {
		all[i] = `, "` + spellings[i].name + `": `
	}
	return all
}()

// start stands for the place before the first key, unknown for a key that is
// not in the list.
const start, unknown = uint8(len(spellings)), uint8(len(spellings) + 1)

// speller finds spellings. Records of one stack have their keys in one order, so
// it remembers which key followed which: to compare with one name is much
// cheaper than to find the key's end and look it up.
type speller struct {
	next [len(spellings) + 2]uint8
	last uint8
}

func newSpeller() speller { return speller{last: start} }

// guess is the name that is expected next.
func (s *speller) guess() string { return spellings[s.next[s.last]].name }

// expect tells j what is expected next.
func (s *speller) expect(j *lex.JSON) {
	i := s.next[s.last]
	j.Guess, j.Lead = spellings[i].name, leads[i]
}

// find returns the index of name in spellings, or unknown; hit says that it is
// the one that was expected.
func (s *speller) find(name []byte, hit bool) uint8 {
	if hit {
		s.last = s.next[s.last]
		return s.last
	}
	i, ok := byName[string(name)]
	if !ok {
		s.last = unknown
		return unknown
	}
	s.next[s.last] = i
	s.last = i
	return i
}
