package action

import (
	"testing"

	"fwreport/reader/event"
)

func TestConntrackReasons(t *testing.T) {
	for prefix, reason := range map[string]string{
		"nf_ct_proto_6: invalid tcp flag combination ":                                         "invalid tcp flag combination",
		"nf_ct_proto_6: SEQ is over upper bound 65242 (over the window of the receiver) ":      "seq is over upper bound N (over the window of the receiver)",
		"nf_ct_proto_6: ignored ACK under lower bound 1945871792 (possible overly delayed) ":   "ignored ack under lower bound N (possible overly delayed)",
		"nf_ct_proto_6: packet (index 1) in dir 1 ignored, state SYN_RECV ":                    "packet (index N) in dir N ignored, state syn_recv",
		"nf_ct_proto_6: 12 bytes more than expected ":                                          "N bytes more than expected",
		"nf_ct_tcp: invalid packet ignored in state ESTABLISHED ":                              "invalid packet ignored in state established",
		"nf_ct_tcp: SEQ is under the lower bound (already ACKed data retransmitted) ":          "seq is under the lower bound (already acked data retransmitted)",
		"ip_ct_tcp: invalid state ":                                                            "invalid state",
		"nf_ct_proto_1: outer daddr 192.0.2.1 != inner 198.51.100.7 ":                          "outer daddr N != inner N",
		"nf_ct_proto_58: outer daddr 2001:0db8:0000:0000:0000:0000:0000:0001 != inner fe80:: ": "outer daddr N != inner N",
		"nf_ct_proto_58: ICMPv6 checksum failed ":                                              "icmpv6 checksum failed",
		"nf_ct_icmpv6: invalid new with type 136 ":                                             "invalid new with type N",
		"nf_ct_proto_132: nf_ct_sctp: bad CRC  ":                                               "bad crc",
		"nf_ct_proto_17: truncated/malformed packet ":                                          "truncated/malformed packet",
		"nf_ct_proto_33: nf_ct_dccp: not picking up existing connection ":                      "not picking up existing connection",
		"nf_ct_proto_6:#011BUG ":                                                               "bug",
		"nf_ct_proto_6: ":                                                                      "",
	} {
		d := none.Decide(prefix)
		want := Decision{Action: "INVALID", Class: "invalid", DecidedBy: "conntrack", FrontEnd: "conntrack", Reason: reason}
		if d != want {
			t.Errorf("%q:\n got %+v\nwant %+v", prefix, d, want)
		}
	}
}

func TestHelperReallyDrops(t *testing.T) {
	for prefix, reason := range map[string]string{
		"nf_ct_ftp: dropping packet: cannot add expectation ":         "cannot add expectation",
		"nf_ct_ftp: dropping packet: partial matching of `PORT'":      "partial matching of `port'",
		"nf_ct_q931: dropping packet: cannot add 2 expectations 0x1f": "cannot add N expectations N",
	} {
		d := none.Decide(prefix)
		want := Decision{Action: "DROP", Class: "drop", Verdict: event.Denied, DecidedBy: "conntrack helper", FrontEnd: "conntrack", Reason: reason}
		if d != want {
			t.Errorf("%q:\n got %+v\nwant %+v", prefix, d, want)
		}
	}
}

func TestNotConntrack(t *testing.T) {
	for _, prefix := range []string{"nf_ct: x ", "x nf_ct_tcp: DROP ", "nf_ct_proto_6 DROP "} {
		if d := none.Decide(prefix); d.FrontEnd == "conntrack" {
			t.Errorf("%q: %+v", prefix, d)
		}
	}
}
