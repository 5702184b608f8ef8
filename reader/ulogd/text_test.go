package ulogd

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/readertest"
)

func parseAs(t testing.TB, f *reader.Format, opt *reader.Options, text string) *reader.Batch {
	t.Helper()
	if opt == nil {
		opt = readertest.Options(t, "")
	}
	return readertest.Parse(f, opt, &reader.Input{Format: f, YearRef: event.NoTime}, []byte(text))
}

func TestTextExamples(t *testing.T) {
	for kind, f := range map[string]*reader.Format{"gprint": FormatGPRINT, "oprint": FormatOPRINT} {
		for _, ex := range readertest.OfKind(t, kind) {
			ex.Run(t, f, []byte(ex.Input))
			if err := f.Sniff([]byte(ex.Input), true); err != nil {
				t.Errorf("%s: not recognised: %v", ex.Name, err)
			}
		}
	}
}

// TestTextAgainstJSON: the text outputs and the JSON of one run of ulogd say
// the same of the same packets, but for the MAC addresses, which text does not
// carry.
func TestTextAgainstJSON(t *testing.T) {
	for _, c := range []struct {
		f          *reader.Format
		text, json string
	}{
		{FormatGPRINT, "ulogd208_tz_utc/gp1.log", "ulogd208_tz_utc/json1.json"},
		{FormatGPRINT, "ulogd208_tz_stjohns/gp1.log", "ulogd208_tz_stjohns/json1.json"},
		{FormatGPRINT, "ulogd208_fragments_arp/gprint.log", "ulogd208_fragments_arp/json.json"},
		{FormatOPRINT, "ulogd208_tz_utc/op1.log", "ulogd208_tz_utc/json1.json"},
		{FormatOPRINT, "ulogd208_tz_stjohns/op1.log", "ulogd208_tz_stjohns/json1.json"},
	} {
		opt := readertest.Options(t, "")
		data := capture(t, c.text)
		if err := c.f.Sniff(data, true); err != nil {
			t.Errorf("%s: not recognised: %v", c.text, err)
		}
		got := parseAs(t, c.f, opt, string(data))
		want := parse(t, opt, string(capture(t, c.json)))
		if len(got.Events) != len(want.Events) || got.Malformed != 0 {
			t.Errorf("%s: %d events, JSON has %d; rejects %+v", c.text, len(got.Events), len(want.Events), got.Rejects)
			continue
		}
		left := map[string]int{}
		for i := range want.Events {
			left[comparable(opt, want, i)]++
		}
		for i := range got.Events {
			if s := comparable(opt, got, i); left[s] == 0 {
				t.Errorf("%s: event %d is\n%s, which the JSON does not say", c.text, i, s)
			} else {
				left[s]--
			}
		}
		readertest.AnyCut(t, c.f, nil, nil, data, 1)
		readertest.NoAlias(t, c.f, nil, nil, data)
	}
}

// comparable is event i of b without what the text outputs cannot carry. Times
// are cut to the second: a packet that the kernel gave none is stamped by each
// of ulogd's stacks by itself, microseconds apart.
func comparable(opt *reader.Options, b *reader.Batch, i int) string {
	m := readertest.Canonical(opt.Symbols, &b.Events[i], &b.Details[i])
	for _, k := range []string{"mac_src", "mac_dst", "mac_raw"} {
		delete(m, k)
	}
	if ts, ok := m["ts"].(string); ok && len(ts) > 19 {
		m["ts"] = ts[:19]
	}
	return fmt.Sprint(m)
}

// TestTextWithoutStrings takes the addresses in text from genuine records away:
// GPRINT's IPv4 addresses are right as they stand, those of OPRINT are turned
// round by the checksum, those of IPv6 are unknown.
func TestTextWithoutStrings(t *testing.T) {
	for name, f := range map[string]*reader.Format{"gp1.log": FormatGPRINT, "op1.log": FormatOPRINT} {
		data := string(capture(t, "ulogd208_tz_utc/"+name))
		bare := strings.NewReplacer("addr.str=", "addr.none=").Replace(data)
		with, without := parseAs(t, f, nil, data), parseAs(t, f, nil, bare)
		if len(with.Events) != len(without.Events) {
			t.Fatalf("%s: %d events, %d without text", name, len(with.Events), len(without.Events))
		}
		turned := 0
		for i := range with.Events {
			w, e := &with.Events[i], &without.Events[i]
			switch {
			case w.Has(event.IPv6):
				if e.Has(event.HasSrc) || e.Has(event.HasDst) || !e.Has(event.AddrUnknown) {
					t.Errorf("%s: event %d: an address from four bytes of IPv6: %v %v", name, i, e.Src, e.Dst)
				}
			case e.Has(event.HasSrc):
				turned++
				if e.Src != w.Src || e.Dst != w.Dst {
					t.Errorf("%s: event %d: %v to %v, want %v to %v", name, i, e.Src, e.Dst, w.Src, w.Dst)
				}
			case w.Has(event.HasSrc):
				t.Logf("%s: event %d: not known: %v to %v", name, i, w.Src, w.Dst)
			}
		}
		if turned < 30 {
			t.Errorf("%s: only %d addresses are known without their text", name, turned)
		}
	}
}

const gline = "oob.prefix=%s,oob.time.sec=1735787045,oob.family=2,oob.protocol=2048,ip.saddr=198.51.100.7,ip.daddr=192.0.2.10,ip.protocol=17,udp.sport=5353,udp.dport=53,oob.in=eth0,oob.out="

func TestGPRINTFields(t *testing.T) {
	for _, c := range []struct {
		text string
		want map[string]any
	}{
		{fmt.Sprintf(gline, ""), map[string]any{"prefix": nil, "src": "198.51.100.7", "dst": "192.0.2.10", "spt": 5353.0, "dpt": 53.0, "in": "eth0", "out": nil}},
		{fmt.Sprintf(gline, "a,b=c, "), map[string]any{"prefix": "a,b=c, "}},
		{fmt.Sprintf(gline, "x,ip.saddr=1.2.3.4,udp.dport=1"), map[string]any{"prefix": "x", "src": "198.51.100.7", "dpt": 53.0}},
		{fmt.Sprintf(gline, ",,=,"), map[string]any{"prefix": ",,=,"}},
		{fmt.Sprintf(gline, "x") + ",new.key=a,b", map[string]any{"prefix": "x", "dpt": 53.0}},
		{"oob.prefix=x,new.key=1,2,ip.ttl=7", map[string]any{"prefix": "x,new.key=1,2", "ttl": 7.0}},
		{"oob.mark=3,new.key=1,2,ip.ttl=7", map[string]any{"mark": 3.0, "ttl": 7.0}},
		{"oob.mark=3,ip.ttl=7,ip.tot", map[string]any{"ttl": 7.0, "truncated": true}},
		{"oob.mark=3,oob.protocol=0,oob.protocol=2054", map[string]any{"proto": "arp"}},
		{"oob.mark=3,oob.family=10,ip.saddr=2001:db8::7,ip.daddr=2001:db8::8,ip6.hoplimit=3", map[string]any{"src": "2001:db8::7", "dst": "2001:db8::8", "ttl": 3.0}},
		{"timestamp=2025/01/02-03:04:05,oob.mark=1", map[string]any{"ts": "2025-01-02T03:04:05Z", "ts_flags": []any{"tz_assumed", "time_imprecise"}}},
		{"timestamp=2025/01/02-03:04:05,oob.mark=1,oob.time.sec=1735787000", map[string]any{"ts": "2025-01-02T03:03:20Z", "ts_flags": nil}},
	} {
		opt := readertest.Options(t, "")
		b := parseAs(t, FormatGPRINT, opt, c.text)
		if len(b.Events) != 1 {
			t.Errorf("%s: no event: %+v", c.text, b.Rejects)
			continue
		}
		readertest.Check(t, readertest.Example{Name: c.text, Expect: c.want}, readertest.CanonicalBatch(opt.Symbols, b))
	}
}

func TestTextLedger(t *testing.T) {
	good := fmt.Sprintf(gline, "p ")
	const block = "===>PACKET BOUNDARY\noob.mark=1\nip.ttl=3\n"
	for _, c := range []struct {
		f                        *reader.Format
		text                     string
		events, other, malformed int
		reason                   string
	}{
		{FormatGPRINT, good + "\r\n\n" + good + "\n\x00\x00\n", 2, 2, 0, ""},
		{FormatGPRINT, "orig.ip.saddr=1.2.3.4,ct.id=3\nsum.name=http,sum.pkts=1\n", 1, 1, 0, ""},
		{FormatGPRINT, "plain text\n", 0, 0, 1, errNoKey.Error()},
		{FormatGPRINT, "oob.mark=-1\n", 0, 0, 1, "value of oob.mark makes no sense"},
		{FormatGPRINT, "oob.mark=1,ip.saddr=300.1.1.1,ip.daddr=1.2.3.4\n", 0, 0, 1, "address makes no sense"},
		{FormatGPRINT, "oob.mark=1,timestamp=2025/02/30-00:00:00\n", 0, 0, 1, "timestamp makes no sense"},
		{FormatGPRINT, good + good, 0, 0, 1, "value of oob.out makes no sense"},
		{FormatOPRINT, block + block, 2, 4, 0, ""},
		{FormatOPRINT, block + strings.ReplaceAll(block, "\n", "\r\n"), 2, 4, 0, ""},
		{FormatOPRINT, "\n\n" + block, 1, 4, 0, ""},
		{FormatOPRINT, block + "oob.mark=x\n" + block, 1, 5, 1, "value of oob.mark makes no sense"},
		{FormatOPRINT, "ip.ttl=2\nip.tos=0\n" + block, 1, 3, 1, "the beginning of the block is missing"},
		{FormatOPRINT, "===>PACKET BOUNDARY\nct.id=3\norig.ip.protocol=6\n", 1, 2, 0, ""},
		{FormatOPRINT, "ct.id=3\norig.ip.protocol=6\n" + block, 1, 3, 1, "the beginning of the block is missing"},
		{FormatOPRINT, "===>PACKET BOUNDARY\nsum.name=x\n", 0, 2, 0, ""},
		{FormatOPRINT, "===>PACKET BOUNDARY\n===>PACKET BOUNDARY", 0, 2, 0, ""},
	} {
		b := parseAs(t, c.f, nil, c.text)
		if len(b.Events) != c.events || int(b.Other) != c.other || int(b.Malformed) != c.malformed {
			t.Errorf("%.90q: %d events, %d other, %d malformed; want %d, %d, %d", c.text, len(b.Events), b.Other, b.Malformed, c.events, c.other, c.malformed)
		} else if c.malformed > 0 && b.Rejects[0].Reason != c.reason {
			t.Errorf("%.90q: reason %q, want %q", c.text, b.Rejects[0].Reason, c.reason)
		}
	}
}

// TestOPRINTPlaces: a packet stands in the line with which its block begins,
// and a value without the end of its line is not believed.
func TestOPRINTPlaces(t *testing.T) {
	b := parseAs(t, FormatOPRINT, nil, "===>PACKET BOUNDARY\noob.mark=1\nip.ttl=3\n===>PACKET BOUNDARY\noob.mark=1\nip.ttl=64\nip.tos=1")
	if len(b.Events) != 2 || b.Events[0].Ref.Record() != 1 || b.Events[1].Ref.Record() != 4 {
		t.Fatalf("events %+v: want them in lines 1 and 4", b.Events)
	}
	if e := b.Events[1]; !e.Has(event.Truncated|event.HasTTL) || e.Has(event.HasTOS) {
		t.Errorf("fields %b: want truncated, with TTL, without TOS", e.Fields)
	}
}

func TestOPRINTOversize(t *testing.T) {
	data := []byte("===>PACKET BOUNDARY\nip.ttl=1\n" + strings.Repeat("x", 3*reader.MaxRecord) + "\nip.ttl=2\n===>PACKET BOUNDARY\nip.ttl=3\n")
	in := &reader.Input{Format: FormatOPRINT}
	b := readertest.Parse(FormatOPRINT, readertest.Options(t, ""), in, data, reader.MaxRecord, 2*reader.MaxRecord)
	if n := len(b.Events); n != 2 || b.Events[1].TTL != 3 {
		t.Errorf("events %+v, rejects %.200v; want those before and behind the long line", b.Events, b.Rejects)
	}
}

func TestTextSniff(t *testing.T) {
	for _, c := range []struct {
		f    *reader.Format
		head string
		want string
	}{
		{FormatGPRINT, "timestamp=2025/01/02-03:04:05,raw.pktlen=1\n", ""},
		{FormatGPRINT, "raw.pktlen=1,x", ""},
		{FormatGPRINT, "orig.ip.saddr=1.2.3.4,ct.id=3\n", ""},
		{FormatGPRINT, "raw.pktlen=1\nip.ttl=5\n", "is no list of key=value with commas between them"},
		{FormatGPRINT, "timestamp=5,dvc=x\n", "has no key that tells a packet, a flow or a sum (oob.prefix, ct.id, sum.name …)"},
		{FormatGPRINT, "Jan  2 03:04:05 fw kernel: oob.mark=1\n", errNoKey.Error()},
		{FormatGPRINT, "", "is empty"},
		{FormatOPRINT, "===>PACKET BOUNDARY\n", ""},
		{FormatOPRINT, "ip.ttl=1\n===>PACKET BOUNDARY\n", ""},
		{FormatOPRINT, "x\n===>PACKET BOUNDARY\n", "does not begin with ===>PACKET BOUNDARY"},
	} {
		err := c.f.Sniff([]byte(c.head), true)
		if c.want == "" && err != nil || c.want != "" && (err == nil || err.Error() != c.want) {
			t.Errorf("%s, %q: %v, want %q", c.f.Name, c.head, err, c.want)
		}
	}
}

// TestOneFormatTakesIt: of all formats here exactly one recognises each genuine
// file.
func TestOneFormatTakesIt(t *testing.T) {
	formats := []*reader.Format{Format, FormatGPRINT, FormatOPRINT, FormatNACCT}
	for name, want := range map[string]*reader.Format{
		"gp1.log": FormatGPRINT, "gp2.log": FormatGPRINT, "gp3_flow.log": FormatGPRINT, "op1.log": FormatOPRINT,
		"nacct.log": FormatNACCT, "json1.json": Format, "json4_flow.json": Format, "emu1.log": nil, "emu2_flow_hash.log": nil,
	} {
		data := capture(t, "ulogd208_tz_utc/"+name)
		for _, f := range formats {
			if err := f.Sniff(data, true); (err == nil) != (f == want) {
				t.Errorf("%s: %s says %v", name, f.Name, err)
			}
		}
	}
}

func textSeeds(t testing.TB, kind string) []byte {
	var data []byte
	for _, ex := range readertest.OfKind(t, kind) {
		data = append(append(data, strings.TrimSuffix(ex.Input, "\n")...), '\n')
	}
	return data
}

func TestTextLaws(t *testing.T) {
	for kind, f := range map[string]*reader.Format{"gprint": FormatGPRINT, "oprint": FormatOPRINT} {
		data := bytes.Repeat(textSeeds(t, kind), 3)
		readertest.NoAlloc(t, f, nil, data)
		damaged := append(bytes.ReplaceAll(data, []byte("=5"), []byte("=,5\nip.tos=-1\n\x00")), "oob.mark=1"...)
		for seed := range uint64(4) {
			readertest.AnyCut(t, f, nil, nil, damaged, seed)
		}
		readertest.NoAlias(t, f, nil, nil, damaged)
	}
}

func FuzzGPRINT(f *testing.F) {
	f.Add(textSeeds(f, "gprint"))
	f.Add([]byte("timestamp=2025/01/02-03:04:05,orig.ip.saddr=192.0.2.1,orig.ip.daddr=192.0.2.2,orig.ip.protocol=6,reply.ip.saddr=1.2.3.4,reply.ip.daddr=::,ct.event=4,flow.end.sec=1"))
	f.Add([]byte("oob.prefix=a,,oob.prefix=\n\x00timestamp=2025/01/02-03:04:05,raw.pktlen=,oob.in="))
	f.Fuzz(func(t *testing.T, data []byte) { readertest.Fuzz(t, FormatGPRINT, nil, data) })
}

func FuzzOPRINT(f *testing.F) {
	f.Add(textSeeds(f, "oprint"))
	f.Add([]byte("===>PACKET BOUNDARY\norig.ip.saddr.str=192.0.2.1\norig.ip.daddr=2.2.0.192\nct.event=1\noob.seq.local=5\n"))
	f.Add([]byte("ip.ttl=1\r\n===>PACKET BOUNDARY\r\nip.saddr=1.2.3.4\nip.daddr=<none>\n===>PACKET BOUNDARY"))
	f.Fuzz(func(t *testing.T, data []byte) { readertest.Fuzz(t, FormatOPRINT, nil, data) })
}
