package ulogd

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/readertest"
)

// withAndWithout are a parser and one that learns no layouts. They share their
// names, so that handles can be compared.
func withAndWithout(opt *reader.Options) (p, q *parser) {
	p, q = newIdentifying(opt), newIdentifying(opt)
	q.layouts.wait = math.MaxInt
	return p, q
}

// oneChunk is data as one chunk, whatever it holds.
func oneChunk(data []byte) *reader.Chunk {
	in := &reader.Input{Format: Format, YearRef: event.NoTime, Index: 3}
	return &reader.Chunk{Input: in, Data: data, First: 11, Records: uint64(bytes.Count(data, []byte("\n")))}
}

// sameBatch reads data with and without layouts.
func sameBatch(t *testing.T, p, q *parser, data []byte) {
	t.Helper()
	var got, want reader.Batch
	p.Parse(&got, oneChunk(data))
	q.Parse(&want, oneChunk(data))
	for i := range min(len(got.Events), len(want.Events)) {
		if got.Events[i] != want.Events[i] {
			t.Fatalf("%s\nevent %d is %+v, want %+v", data, i, got.Events[i], want.Events[i])
		}
	}
	if len(got.Events) != len(want.Events) || got.Other != want.Other || got.Malformed != want.Malformed || got.TZAssumed != want.TZAssumed ||
		!slices.Equal(got.Rejects, want.Rejects) || !slices.Equal(got.Sequences, want.Sequences) || !slices.Equal(got.Bodies, want.Bodies) {
		t.Fatalf("%s\nis %+v\nwant %+v", data, got, want)
	}
}

// kinds are objects of several kinds of packet, %d and %s where they differ.
var kinds = []string{
	`{"timestamp": "2026-03-01T00:00:00.%06[1]d", "dvc": "fw1", "raw.pktlen": %[1]d, "oob.prefix": "%[2]s", "oob.time.sec": 1772323%03[1]d, "oob.time.usec": %[1]d, "oob.mark": 0, "oob.hook": 1, "oob.family": 2, "oob.protocol": 2048, "raw.type": 1, "ip.protocol": 6, "ip.ttl": %[3]d, "ip.totlen": %[1]d, "ip.id": %[1]d, "ip.fragoff": 16384, "src_port": %[1]d, "dest_port": 22, "tcp.seq": 3221226%03[1]d, "tcp.ackseq": 0, "tcp.window": 1024, "tcp.urg": 0, "tcp.ack": 0, "tcp.psh": 0, "tcp.rst": 0, "tcp.syn": 1, "tcp.fin": 0, "tcp.csum": 21949, "oob.in": "eth0", "oob.out": "", "src_ip": "11.0.%[3]d.%[3]d", "dest_ip": "192.0.2.16", "mac.saddr.str": "02:00:5e:00:53:01", "mac.daddr.str": "02:00:5e:00:53:10", "mac.str": "02:00:5e:00:53:10:02:00:5e:00:53:01:08:00"}`,
	`{"timestamp": "2026-03-01T00:00:00.%06[1]d", "dvc": "fw1", "oob.prefix": "%[2]s", "oob.family": 2, "ip.protocol": 17, "ip.ttl": %[3]d, "ip.totlen": %[1]d, "ip.fragoff": %[4]d, "src_port": 53, "dest_port": %[1]d, "udp.len": 60, "oob.in": "%[5]s", "oob.ifindex_in": %[3]d, "oob.out": "%[6]s", "src_ip": "11.0.%[3]d.%[3]d", "dest_ip": "192.0.2.16", "oob.seq.local": %[1]d}`,
	`{"oob.time.sec": 1772323%03[1]d, "oob.prefix": "%[2]s", "oob.protocol": 34525, "ip6.payloadlen": %[1]d, "ip6.hoplimit": %[3]d, "ip6.nexthdr": 58, "ip6.fragoff": %[4]d, "icmpv6.type": %[3]d, "icmpv6.code": 0, "src_ip": "2001:db8::%[3]d", "dest_ip": "2001:db8::1", "oob.uid": %[1]d, "mac.str": "02:00:5e:00:%02[3]d:10:02:00:5e:00:53:01:08:00"}`,
	`{"oob.protocol": %[1]d, "arp.operation": 1, "arp.saddr.str": "1.2.3.%[3]d", "arp.daddr.str": "11.2.3.%[3]d", "oob.time.sec": 1772323%03[1]d, "oob.in": "%[5]s", "oob.prefix": "%[2]s", "raw.type": %[3]d}`,
	`{"timestamp": "2026-03-01T00:00:%02[3]d", "dvc": "fw%[3]d", "orig.ip.protocol": 6, "src_ip": "11.0.%[3]d.%[3]d", "dest_ip": "192.0.2.16", "src_port": %[1]d, "dest_port": 22, "ct.mark": %[4]d, "ct.event": %[3]d, "orig.raw.pktlen": %[1]d, "flow.start.sec": 1772323%03[1]d, "flow.end.sec": 1772323%03[1]d}`,
	`{"oob.prefix": "%[2]s", "action": "%[6]s", "oob.hook": %[3]d, "oob.family": %[3]d, "oob.mark": %[1]d, "ip.protocol": %[3]d, "src_ip": "%[2]s", "dest_ip": "192.0.2.16"}`,
	`{"sum.name": "%[2]s", "sum.pkts": %[1]d, "sum.bytes": %[1]d, "oob.time.sec": 1772323%03[1]d}`,
}

// someLines are n lines of kinds.
func someLines(r *rand.Rand, n int) []byte {
	var b bytes.Buffer
	word := func(words ...string) string { return words[r.IntN(len(words))] }
	for range n {
		fmt.Fprintf(&b, kinds[r.IntN(len(kinds))]+"\n", r.IntN(1000), word("IPT: DROP ", "ACCEPT ", "", "x", "192.0.2.7", `é`, `\"`), r.IntN(70),
			[...]int{0, 16384, 8192, 8193}[r.IntN(4)], word("", "eth0", "eth1", "wlan0"), word("", "eth9", "allowed", "blocked"))
	}
	return b.Bytes()
}

// manyKinds are n lines of kinds that nothing is wrong with.
func manyKinds(n int) []byte {
	var b bytes.Buffer
	r := rand.New(rand.NewPCG(1, 3))
	for range n {
		fmt.Fprintf(&b, kinds[r.IntN(5)]+"\n", r.IntN(1000), [...]string{"IPT: DROP ", "ACCEPT ", "REJECT "}[r.IntN(3)], r.IntN(60), 16384*r.IntN(2), "eth0", "")
	}
	return b.Bytes()
}

// TestLayouts reads lines that are alike and differ in all ways, each in a while
// with a byte that is wrong.
func TestLayouts(t *testing.T) {
	opt := readertest.Options(t, "")
	opt.Detail, opt.Identify = false, event.NewIdentifier()
	const noise = "0123456789\",: {}.\\\n\r\x00\xff-aA"
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		p, q := withAndWithout(opt)
		for range 20 {
			data := someLines(r, 40)
			for range r.IntN(20) {
				data[r.IntN(len(data))] = noise[r.IntN(len(noise))]
			}
			sameBatch(t, p, q, data[:len(data)-r.IntN(2)])
		}
	}
}

// Nearly all lines of a log whose packets are of few kinds have a layout that is
// known, and what has none is still learnt from.
func TestKnown(t *testing.T) {
	opt := readertest.Options(t, "")
	opt.Detail = false
	p, _ := withAndWithout(opt)
	var other bytes.Buffer
	for i := range 2000 { // each of another kind
		fmt.Fprintf(&other, `{"oob.prefix": "", "%s": 1, "%s": 2}`+"\n", spellings[10+i%40].name, spellings[60+i/40].name)
	}
	p.Parse(&reader.Batch{}, oneChunk(other.Bytes()))
	r := rand.New(rand.NewPCG(1, 2))
	var b reader.Batch
	p.Parse(&b, oneChunk(someLines(r, 2000)))
	data := someLines(r, 1000)
	known, lines := 0, 0
	for line := range bytes.Lines(data) {
		if bytes.Contains(line, []byte("sum.name")) || bytes.Contains(line, []byte(`\`)) || bytes.Contains(line, []byte("é")) {
			continue // no event, or not read fast
		}
		lines++
		if p.known(&b, oneChunk(data), 0, append(line, strings.Repeat(" ", 17)...)) > 0 {
			known++
		}
	}
	if known < lines*99/100 || lines < 500 {
		t.Errorf("%d of %d lines have a known layout", known, lines)
	}
}

func FuzzLayouts(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 10 {
		f.Add(someLines(r, 4))
	}
	for _, line := range usualLines {
		f.Add([]byte(line + "\n" + line + "\n"))
	}
	opt := readertest.Options(f, "")
	opt.Detail = false
	f.Fuzz(func(t *testing.T, data []byte) {
		p, q := withAndWithout(opt)
		for range 3 { // learnt, told what differs, known
			sameBatch(t, p, q, data)
		}
	})
}
