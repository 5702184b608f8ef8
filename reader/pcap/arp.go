package pcap

import (
	"net"
	"net/netip"

	"fwreport/reader/event"
)

// arp decodes an ARP or RARP message (RFC 826). Its addresses are claims inside
// a payload, not those of a packet's header: they are details, and the event has
// neither source nor destination, as in the kernel's log.
func arp(t target, b []byte) fate {
	if len(b) < 8 {
		return fate{cut, "ARP header cut"}
	}
	t.e.Proto = event.ARP
	hardware, protocol := be16(b), be16(b[2:])
	if t.det != nil {
		t.det.ARP = &event.ARPDetail{HType: int(hardware), Op: int(be16(b[6:])), PType: hex16(protocol)}
	}
	if hardware != 1 || protocol != etherIPv4 || b[4] != 6 || b[5] != 4 {
		return fate{}
	}
	if len(b) < 28 {
		t.truncate(b)
		return fate{}
	}
	if t.det != nil {
		describeARP(t.det.ARP, b)
	}
	return fate{}
}

// describeARP takes the addresses of an ARP message for IPv4 over Ethernet.
func describeARP(a *event.ARPDetail, b []byte) {
	a.MACSrc, a.IPSrc = macString(b[8:14]), netip.AddrFrom4([4]byte(b[14:])).String()
	a.MACDst, a.IPDst = macString(b[18:24]), netip.AddrFrom4([4]byte(b[24:])).String()
}

func macString(b []byte) string { return net.HardwareAddr(b).String() }
