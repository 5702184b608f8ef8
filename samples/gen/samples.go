package main

import (
	"net/netip"
	"time"

	"fwreport/samples/gen/stream"
)

// The weeks of the story: logs are rotated on Sundays at midnight.
var (
	week1, week2 = at(1, 0, 0, 0), at(8, 0, 0, 0)
	week3, end   = at(15, 0, 0, 0), at(21, 9, 0, 0)
)

// samples are all files.
func samples() []file {
	var all []file
	for _, machine := range []func() []file{gateway, webServer, mailServer, databases, storage, secondGateway, captures} {
		all = append(all, machine()...)
	}
	return all
}

// MAC addresses of the provider's router and of the gateway's ports.
var (
	routerMAC  = [6]byte{2, 0, 0x5e, 0, 0x53, 0xfe}
	gatewayMAC = [6]byte{2, 0, 0x5e, 0, 0x53, 0x01}
	lanMAC     = [6]byte{2, 0, 0x5e, 0, 0x53, 0x20}
)

// through gives packets a way: received on in by a machine's port, sent out
// of out.
func through(in, out string, from, to [6]byte, ps []stream.Packet) []stream.Packet {
	for i := range ps {
		ps[i].In, ps[i].Out, ps[i].Link, ps[i].MACSrc, ps[i].MACDst = in, out, true, from, to
		ps[i].Hook = stream.Input
		if out != "" {
			ps[i].Hook = stream.Forward
		}
	}
	return ps
}

// block gives addresses net.low to net.high of an IPv4 network.
func block(d *dice, net string, low, high int) func() netip.Addr {
	base := netip.MustParseAddr(net).As4()
	return func() netip.Addr {
		b := base
		b[3] = byte(d.between(low, high))
		return netip.AddrFrom4(b)
	}
}

// spread gives n packets made by each of makers' turns, at times between from and to.
func spread(d *dice, n int, from, to time.Time, makers ...func() stream.Packet) []stream.Packet {
	ps := make([]stream.Packet, n)
	for i := range ps {
		ps[i] = makers[i%len(makers)]()
		ps[i].Time = d.moment(from, to)
	}
	return ps
}

// byFlags tells what connection tracking calls invalid: TCP that belongs to no
// connection and does not begin one.
func byFlags(ps []stream.Packet) (fresh, invalid []stream.Packet) {
	for _, p := range ps {
		if p.Proto == stream.TCP && p.Flags != stream.SYN {
			invalid = append(invalid, p)
		} else {
			fresh = append(fresh, p)
		}
	}
	return fresh, invalid
}
