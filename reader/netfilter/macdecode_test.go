package netfilter_test

import (
	"testing"

	"fwreport/reader"
	"fwreport/reader/action"
	"fwreport/reader/event"
	"fwreport/reader/lex"
	"fwreport/reader/netfilter"
)

// TestDecodedMAC: the colons of MACSRC= do not make a packet IPv6. The lines
// were logged by Linux 6.18 in a laboratory.
func TestDecodedMAC(t *testing.T) {
	o := &reader.Options{Symbols: event.NewSymbols(), Actions: action.NewTable(action.Options{})}
	p := netfilter.NewParser(o, lex.NewInterner(o.Symbols))
	for _, c := range []struct {
		line string
		six  bool
	}{
		{"LABB: IN=eth0 OUT= MACSRC=02:00:5e:00:53:01 MACDST=02:00:5e:00:53:10 MACPROTO=0800 SRC=198.51.100.7 DST=192.0.2.10 LEN=120 TOS=0x00 PREC=0x00 TTL=64 ID=16 FRAG:185 PROTO=UDP ", false},
		{"LABB: IN=eth0 OUT= MACSRC=02:00:5e:00:53:01 MACDST=02:00:5e:00:53:10 MACPROTO=86dd SRC=2001:0db8:0bad:0000:0000:0000:0000:0007 DST=2001:0db8:0001:0000:0000:0000:0000:0010 LEN=112 TC=0 HOPLIMIT=64 FLOWLBL=0 OPT ( FRAG:1480 ID:0000abcd ) PROTO=UDP ", true},
		{"IN= OUT=eth0 SRC=198.51.100.7 DST=192.0.2.10 LEN=40 TOS=0x00 PREC=0x00 TTL=64 ID=1 PROTO=2 ", false},
	} {
		var e event.Event
		if got, why := p.Parse(&e, nil, []byte(c.line)); got != netfilter.Packet {
			t.Fatalf("%s: %v %s", c.line, got, why)
		}
		if e.Has(event.IPv6) != c.six {
			t.Errorf("IPv6 is %v, want %v: %s", e.Has(event.IPv6), c.six, c.line)
		}
		if e.Has(event.Fragment) && e.FragOff != 1480 {
			t.Errorf("fragment at byte %d, want 1480: %s", e.FragOff, c.line)
		}
	}
}
