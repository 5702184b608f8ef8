package main

import "math/bits"

// packet is one record before it gets a form: a TCP SYN from the Internet.
type packet struct {
	n          int    // from 0
	micros     int64  // since the epoch
	src        uint32 // IPv4 address
	dst        uint8  // host of 192.0.2.0/24
	port       uint16
	sport, id  uint16
	size       uint16
	window     uint16
	ttl        uint8
	action     int // index into actions
	sourceRank uint32
}

// actions are the prefixes of the rules that log. A rule decides by destination,
// so one source with one goal has one action, as on a real gateway.
var actions = [...]string{"DROP", "DROP", "DROP", "REJECT", "ACCEPT"}

var (
	ports   = [...]uint16{22, 23, 80, 443, 445, 3389, 8080}
	windows = [...]uint16{1024, 64240, 65535, 29200}
)

// The log begins on 1 March 2026, UTC, five records a second: a hundred million
// of them end in the same year, which stamps without a year want.
const (
	start      = 1_772_323_200
	uptime     = 100_000 // seconds since the boot at the start
	meanGap    = 200_000 // microseconds
	hosts      = 20      // destinations
	maxSources = 1 << 30
)

// traffic draws packets. Every other one sweeps through all sources, each in its
// turn, so that their number is known; of the rest, few sources send most (the
// logarithm of a source's rank is uniform: Zipf's law of exponent 1). Where a
// sweep of every other packet would not meet all sources, every packet sweeps.
type traffic struct {
	packet
	dice
	lines, sources int
	sweepAll       bool
}

func newTraffic(lines, sources int) *traffic {
	t := &traffic{lines: lines, sources: sources, sweepAll: lines < 2*sources, dice: 1}
	t.n, t.micros = -1, start*1e6
	return t
}

// next draws the next packet, false at the end. It is valid until the next call.
func (t *traffic) next() (*packet, bool) {
	p := &t.packet
	if p.n++; p.n >= t.lines {
		return nil, false
	}
	a, b := t.draw(), t.draw()
	p.micros += int64(a % (2 * meanGap))
	p.sourceRank = t.rank(b)
	p.src = address(p.sourceRank)
	p.dst = uint8(a >> 32 % hosts)
	p.action = int(p.dst) % len(actions)
	port := int(p.sourceRank) % len(ports) // most sources knock at one port only
	if b>>60 == 0 {
		port = int(a>>40) % len(ports)
	}
	p.port = ports[port]
	p.sport = uint16(1024 + a>>48%60000)
	p.id = uint16(b >> 40)
	p.size = uint16(40 + 4*(p.sourceRank%6))
	p.window = windows[p.sourceRank%4]
	p.ttl = uint8(40 + p.sourceRank%80)
	return p, true
}

// rank chooses a source.
func (t *traffic) rank(b uint64) uint32 {
	if t.sweepAll || t.n%2 == 0 {
		turn := uint64(t.n)
		if !t.sweepAll {
			turn /= 2
		}
		return uint32(turn * prime % uint64(t.sources))
	}
	halvings := int(b>>56) * bits.Len(uint(t.sources)) >> 8
	return uint32(b & (1<<32 - 1) % uint64(max(1, t.sources>>halvings)))
}

// prime is larger than any number of sources, so that its multiples visit all of
// them; it is odd, so that they visit every address too.
const prime = 2654435761

// address spreads sources over 11.0.0.0 to 74.255.255.255, where every address
// can come from the Internet: sources that lie side by side would share a country.
func address(source uint32) uint32 {
	v := uint32(uint64(source)*prime) & (maxSources - 1)
	return v + 11<<24
}

// dice is SplitMix64 (Steele, Lea, Flood 2014), the same for ever.
type dice uint64

func (d *dice) draw() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
