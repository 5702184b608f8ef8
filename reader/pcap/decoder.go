package pcap

import (
	"strconv"

	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// direction of a packet, seen from the capturing machine.
type direction uint8

const (
	unknownDirection direction = iota
	inbound
	outbound
)

// packetType is the direction of a Linux packet type (if_packet.h); 4 is
// PACKET_OUTGOING, all others were received.
func packetType(t uint16) direction {
	if t == 4 {
		return outbound
	}
	return inbound
}

// frame is one packet record, as its container describes it.
type frame struct {
	data   []byte
	time   int64
	fields event.Fields // what is to be known about the record: TimeImprecise
	link   uint32       // link type
	big    order        // of the file or section
	iface  event.Sym    // capturing interface, "" if not named
	dir    direction
}

// target is where one packet is decoded to. det is nil if no details are
// wanted; quoted is set for the packet inside an ICMP error.
type target struct {
	e      *event.Event
	det    *event.Detail
	quoted bool
}

// fate is what becomes of a record.
type fate struct {
	class  fateClass
	reason string // of a reject
}

type fateClass uint8

const (
	kept    fateClass = iota // an event
	foreign                  // a whole frame of another protocol
	cut                      // a header is not all there
	damaged                  // a header says what cannot be
	unsupported
)

// decided is a Decision with its names interned.
type decided struct {
	action.Decision
	word, by, reason event.Sym
	fields           event.Fields
}

// decoder is what both parsers share.
type decoder struct {
	opt                  *reader.Options
	names                *lex.Interner
	layers               *layerStack
	ifaceName            lex.Slot
	options              lex.Slot
	layouts              layouts
	prefix               lex.Slot
	indexes              [64]event.Sym // names of the interfaces with the lowest numbers
	capture              decided
	usualRaw, usualEther template
	prefixes             map[event.Sym]*decided
	scratch              []byte
	rejects              map[uint32]string // by unsupported link type
	numbers              nflogNumbers      // of the last NFLOG record
}

func newDecoder(o *reader.Options) *decoder {
	d := &decoder{
		opt: o, names: lex.NewInterner(o.Symbols), layers: newLayerStack(),
		prefixes: map[event.Sym]*decided{}, rejects: map[uint32]string{}, scratch: make([]byte, 0, 256),
	}
	d.capture = d.intern(o.Actions.Capture())
	d.usualRaw, d.usualEther = d.newTemplate(0, 0), d.newTemplate(etherLen, event.HasMACDst|event.HasMACSrc)
	return d
}

func (d *decoder) intern(a action.Decision) decided {
	r := decided{Decision: a, word: d.opt.Symbols.Of(a.Action), by: d.opt.Symbols.Of(a.DecidedBy), reason: d.opt.Symbols.Of(a.Reason)}
	if a.Assumed {
		r.fields = event.Assumed
	}
	return r
}

// maxPrefixes bounds the cache of decisions: whoever writes a capture can
// invent prefixes.
const maxPrefixes = 1 << 14

// decide is what the table says of a prefix.
func (d *decoder) decide(prefix []byte) (event.Sym, *decided) {
	sym := d.prefix.Sym(d.names, prefix)
	if r, ok := d.prefixes[sym]; ok {
		return sym, r
	}
	if len(d.prefixes) >= maxPrefixes {
		clear(d.prefixes)
	}
	r := d.intern(d.opt.Actions.Decide(string(prefix)))
	d.prefixes[sym] = &r
	return sym, &r
}

// apply gives t the decision r.
func (r *decided) apply(t target) {
	t.e.Action, t.e.DecidedBy, t.e.Reason, t.e.Verdict = r.word, r.by, r.reason, r.Verdict
	t.e.Fields |= r.fields
	if t.det != nil {
		t.det.Class, t.det.ActionSource = r.Class, r.DecidedBy
		t.det.FrontEnd, t.det.Chain, t.det.Rule, t.det.Category = r.FrontEnd, r.Chain, r.Rule, r.Category
	}
}

// packet decodes c's i-th packet and accounts for it in b.
func (d *decoder) packet(b *reader.Batch, c *reader.Chunk, i uint64, f *frame) {
	if !d.usual(b, c.Ref(i), f) {
		d.general(b, c, i, f)
	}
}

// general is packet for all there is.
func (d *decoder) general(b *reader.Batch, c *reader.Chunk, i uint64, f *frame) {
	t := d.open(b)
	t.e.Time, t.e.Ref, t.e.Count, t.e.Fields = f.time, c.Ref(i), 1, f.fields
	var r fate
	if f.link == linkNFLOG {
		r = d.nflog(t, f)
		d.numbers.sequences(b, c.First+i, t.e.Time)
	} else {
		r = d.ordinary(t, f)
	}
	switch r.class {
	case kept:
		return
	case foreign:
		b.Other++
	default:
		b.Reject(c, i, r.reason, f.data)
	}
	d.drop(b)
}

// open appends an event to b.
func (d *decoder) open(b *reader.Batch) target {
	b.Events = append(b.Events, event.Event{})
	t := target{e: &b.Events[len(b.Events)-1]}
	if d.opt.Detail {
		b.Details = append(b.Details, event.NewDetail())
		t.det = &b.Details[len(b.Details)-1]
		t.det.Kind = "packet"
	}
	return t
}

// drop takes the last event back.
func (d *decoder) drop(b *reader.Batch) {
	b.Events = b.Events[:len(b.Events)-1]
	if d.opt.Detail {
		b.Details = b.Details[:len(b.Details)-1]
	}
}

// ordinary decodes a packet that was captured on an interface, not logged by a
// firewall. On the wire there is no verdict: the table's decision for captures
// gives one if the user assumes one.
func (d *decoder) ordinary(t target, f *frame) fate {
	kind, payload, r := d.linkHeader(t, f)
	if r.class != kept {
		return r
	}
	d.capture.apply(t)
	if f.dir == outbound {
		t.e.Out = f.iface
	} else {
		t.e.In = f.iface
	}
	return d.network(t, kind, payload)
}

// indexName is the name shown for an interface that is known by number only.
func (d *decoder) indexName(n uint32) event.Sym {
	if n == 0 {
		return 0
	}
	if n < uint32(len(d.indexes)) && d.indexes[n] != 0 {
		return d.indexes[n]
	}
	d.scratch = strconv.AppendUint(append(d.scratch[:0], "if#"...), uint64(n), 10)
	sym := d.names.Sym(d.scratch)
	if n < uint32(len(d.indexes)) {
		d.indexes[n] = sym
	}
	return sym
}

// unsupportedLink is the fate of a packet of a link type that is not read. The
// reason is made once a type.
func (d *decoder) unsupportedLink(link uint32) fate {
	reason, ok := d.rejects[link]
	if !ok {
		if reason = "link type " + strconv.Itoa(int(link)) + " is not supported"; link == linkNone {
			reason = "interface description cut"
		}
		d.rejects[link] = reason
	}
	return fate{unsupported, reason}
}
