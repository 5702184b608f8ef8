package netfilter

import (
	"testing"

	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/reader/lex"
)

// A record that is cut inside the protocol's name is cut: it does not tell of a
// packet without a protocol.
func TestCutInProtocol(t *testing.T) {
	o := &reader.Options{Symbols: event.NewSymbols(), Actions: action.NewTable(action.Options{})}
	const head = "IN=eth0 OUT= SRC=198.51.100.7 DST=192.0.2.10 LEN=44 TOS=0x00 PREC=0x00 TTL=51 ID=54321 "
	for _, c := range []struct {
		tail string
		cut  bool
	}{{"PROTO=", true}, {"PROTO=T", true}, {"PROTO=UD", true}, {"PROTO=47", false}, {"PROTO=47 ", false}, {"PROTO=2 ", false}} {
		var e event.Event
		out, why := NewParser(o, lex.NewInterner(o.Symbols)).Parse(&e, nil, []byte(head+c.tail))
		if out != Packet || e.Has(event.Truncated) != c.cut {
			t.Errorf("%q: %v %s, truncated %v", c.tail, out, why, e.Has(event.Truncated))
		}
	}
}
