package pcap

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/readertest"
)

func parseXML(t testing.TB, opt *reader.Options, text string) *reader.Batch {
	t.Helper()
	return readertest.Parse(FormatXML, opt, &reader.Input{Format: FormatXML, YearRef: event.NoTime}, []byte(text))
}

func TestXMLExamples(t *testing.T) {
	for _, ex := range readertest.OfKind(t, "ulogd_xml") {
		ex.Run(t, FormatXML, []byte(ex.Input))
		if err := FormatXML.Sniff([]byte(ex.Input), true); err != nil {
			t.Errorf("%s: not recognised: %v", ex.Name, err)
		}
	}
}

func capturedFile(t testing.TB, pattern string) []byte {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("../../../shared/reference/captured", pattern))
	if err != nil || len(names) != 1 {
		t.Skipf("the captured records %s are not here", pattern)
	}
	data, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestXMLAgainstJSON: the XML and the JSON of one run of ulogd say the same of
// the same packets, and the XML's time is that of the JSON or up to two seconds
// later. JSON is read by encoding/json here.
func TestXMLAgainstJSON(t *testing.T) {
	for _, c := range []struct{ xml, json, zone string }{
		{"ulogd208_tz_utc/xmlpkt/*.xml", "ulogd208_tz_utc/json1.json", ""},
		{"ulogd208_tz_stjohns/xmlpkt/*.xml", "ulogd208_tz_stjohns/json1.json", "America/St_Johns"},
		{"ulogd208_fragments_arp/xml_unescaped_prefix.xml", "ulogd208_fragments_arp/json.json", ""},
	} {
		data := capturedFile(t, c.xml)
		opt := readertest.Options(t, c.zone)
		b := parseXML(t, opt, string(data))
		times := map[string][]int64{}
		lines := bytes.Split(bytes.TrimSpace(capturedFile(t, c.json)), []byte("\n"))
		if err := FormatXML.Sniff(data, true); err != nil || len(b.Events) != len(lines) || b.Malformed != 0 {
			t.Errorf("%s: %v; %d events, JSON has %d; rejects %+v", c.xml, err, len(b.Events), len(lines), b.Rejects)
			continue
		}
		for _, line := range lines {
			key, at := fromJSON(t, line)
			times[key] = append(times[key], at)
		}
		for i := range b.Events {
			key, at := fromEvent(opt, &b.Events[i]), b.Events[i].Time/1e9
			if len(times[key]) == 0 {
				t.Errorf("%s: event %d is\n%s, which the JSON does not say", c.xml, i, key)
			} else if late := at - times[key][0]; late < 0 || late > 2 {
				t.Errorf("%s: event %d: written %d s after the packet", c.xml, i, late)
			} else {
				times[key] = times[key][1:]
			}
		}
		readertest.AnyCut(t, FormatXML, opt, nil, data, 1)
		readertest.NoAlias(t, FormatXML, opt, nil, data)
	}
}

// fromJSON is what both forms say, with the packet's time in seconds. What the
// JSON says wrongly (transport of later fragments, addresses of ARP) is left out.
func fromJSON(t *testing.T, line []byte) (string, int64) {
	var m map[string]any
	if err := json.Unmarshal(line, &m); err != nil {
		t.Fatal(err)
	}
	num := func(key string) int64 {
		n, _ := m[key].(float64)
		return int64(n)
	}
	s := fmt.Sprintf("%q in %d out %d mark %d hook %d mac %v", m["oob.prefix"], num("oob.ifindex_in"), num("oob.ifindex_out"), num("oob.mark"), num("oob.hook"), orNone(m["mac.saddr.str"]))
	if m["src_ip"] != nil {
		s += fmt.Sprintf(" %v > %v ttl %d id %d tos %d", m["src_ip"], m["dest_ip"], num("ip.ttl")+num("ip6.hoplimit"), num("ip.id"), num("ip.tos")+num("ip6.priority"))
		if num("ip.fragoff")&0x1fff == 0 && (m["src_port"] != nil || m["icmp.type"] != nil || m["icmpv6.type"] != nil) {
			s += fmt.Sprintf(" ports %d %d seq %d window %d icmp %d %d", num("src_port"), num("dest_port"), num("tcp.seq"), num("tcp.window"), num("icmp.type")+num("icmpv6.type"), num("icmp.code")+num("icmpv6.code"))
		}
	}
	return s, num("oob.time.sec")
}

func orNone(v any) any {
	if v == nil {
		return "none"
	}
	return v
}

func fromEvent(opt *reader.Options, e *event.Event) string {
	index := func(s event.Sym) (n int) {
		_, _ = fmt.Sscanf(opt.Symbols.Name(s), "if#%d", &n)
		return n
	}
	mac := "none"
	if e.Has(event.HasMACSrc) {
		mac = macString(e.MACSrc[:])
	}
	s := fmt.Sprintf("%q in %d out %d mark %d hook %d mac %v", opt.Symbols.Name(e.Prefix), index(e.In), index(e.Out), e.Mark, e.Hook, mac)
	if e.Has(event.HasSrc) && !headerOnly(e) {
		s += fmt.Sprintf(" %v > %v ttl %d id %d tos %d", e.Src, e.Dst, e.TTL, e.ID, e.TOS)
		if !e.Has(event.Fragment) && (e.Has(event.HasSrcPort) || e.Has(event.HasICMP)) && !undecoded(e) {
			s += fmt.Sprintf(" ports %d %d seq %d window %d icmp %d %d", e.SrcPort, e.DstPort, e.Seq, e.Window, e.ICMPType, e.ICMPCode)
		}
	}
	return s
}

// undecoded is a packet whose transport header ulogd leaves alone: it is cut, or
// of a protocol that ulogd does not know.
func undecoded(e *event.Event) bool {
	return e.Has(event.Truncated) || e.Proto == event.UDPLite || e.Proto == event.SCTP && e.Has(event.IPv6)
}

// headerOnly is a packet of which ulogd's JSON tells nothing: there is none of
// its payload.
func headerOnly(e *event.Event) bool { return !e.Has(event.IPv6) && e.Len == 20 }

const (
	xmlHead = "<log><when><hour>3</hour><min>04</min><sec>05</sec><wday>5</wday><day>2</day><month>1</month><year>2025</year></when>"
	xmlPkt  = "<payload>4500002cd431400033068755c6336407c000020a9c400016000003e8000000006002040007a30000020405b4</payload></log>"
)

func TestXMLFields(t *testing.T) {
	for _, c := range []struct {
		text string
		want map[string]any
	}{
		{xmlHead + "<prefix>x</prefix><hook>2</hook>" + xmlPkt, map[string]any{"prefix": "x", "hook": "FORWARD", "src": "198.51.100.7", "dpt": 22.0, "in": nil}},
		{xmlHead + "<prefix></payload></prefix><hook>9</hook></log>&</prefix><hook>1</hook>" + xmlPkt, map[string]any{"prefix": "</payload></prefix><hook>9</hook></log>&", "hook": "INPUT", "dpt": 22.0}},
		{xmlHead + "<hook>1</hook><new>7</new>" + xmlPkt, map[string]any{"prefix": nil, "hook": "INPUT", "dpt": 22.0}},
		{xmlHead + "<prefix>x</prefix><hook>1</hook><outdev>3</outdev><physoutdev>4</physoutdev><uid>5</uid><gid>6</gid>" + xmlPkt, map[string]any{"out": "if#3", "physout": "if#4", "uid": 5.0, "gid": 6.0}},
		{xmlHead + "<prefix>x</prefix><hook>0</hook><hw><proto>88cc</proto><src>02005e005301</src></hw><payload>0207</payload></log>", map[string]any{"kind": "nonip", "ethertype": "88cc", "mac_src": "02:00:5e:00:53:01"}},
		{xmlHead + "<prefix>x</prefix><hook>0</hook><hw><proto>0806</proto></hw><payload>00010800060400010200</payload></log>", map[string]any{"proto": "arp", "hook": nil, "truncated": true}},
		{xmlHead + "<prefix>x</prefix><hook>1</hook>" + xmlPkt[:60], map[string]any{"src": "198.51.100.7", "proto": "tcp", "truncated": true}},
		{"<log><when><hour>1" + xmlHead + "<prefix>x</prefix><hook>1</hook>" + xmlPkt, map[string]any{"damaged_before": true, "dpt": 22.0, "ts": "2025-01-02T03:04:05Z"}},
	} {
		opt := readertest.Options(t, "")
		b := parseXML(t, opt, c.text)
		if len(b.Events) != 1 {
			t.Errorf("%s: no event: %+v", c.text, b.Rejects)
			continue
		}
		readertest.Check(t, readertest.Example{Name: c.text, Expect: c.want}, readertest.CanonicalBatch(opt.Symbols, b))
	}
}

func TestXMLLedger(t *testing.T) {
	whole := xmlHead + "<prefix>x</prefix><hook>2</hook>" + xmlPkt
	for _, c := range []struct {
		text                     string
		events, other, malformed int
		reason                   string
	}{
		{"<?xml version=\"1.0\"?>\n<packet>\n" + whole + "\r\n" + whole + "\n</packet>\n", 2, 3, 0, ""},
		{xmlFlowText + "\n\n\x00\n" + xmlFlowText, 2, 2, 0, ""},
		{"<sum>\n<obj><name>x</name></obj>\n", 0, 2, 0, ""},
		{xmlFlowText + xmlFlowText, 0, 0, 1, "two records in one line"},
		{xmlFlowText[:90], 0, 0, 1, "record is cut short"},
		{strings.Replace(xmlFlowText, "<when>", "<then>", 1), 0, 0, 1, "time makes no sense"},
		{strings.Replace(xmlFlowText, "198.51.100.7<", "198.51.100<", 1), 0, 0, 1, "a value makes no sense"},
		{strings.Replace(xmlFlowText, ">40000<", ">70000<", 1), 0, 0, 1, "a value makes no sense"},
		{strings.Replace(xmlFlowText, "<packets>4<", "<packets>-4<", 1), 0, 0, 1, "a value makes no sense"},
		{strings.Replace(xmlFlowText, "</dst>", "</dst", 1), 1, 0, 0, ""},
		{"<flow></flow>", 0, 0, 1, "time makes no sense"},
		{"<flow>x</flow>", 0, 0, 1, "time makes no sense"},
		{whole + whole, 0, 0, 1, "two records in one line"},
		{"text", 0, 0, 1, "is no element of ulogd's XML"},
		{"<log><prefix>", 0, 0, 1, "record is cut short or has no time"},
		{xmlHead + "<prefix>x", 0, 0, 1, "record is cut short"},
		{xmlHead + "<prefix>x</prefix><hook>1</hook><mar", 0, 0, 1, "record is cut short"},
		{strings.Replace(whole, "<hook>2", "<hook>x", 1), 0, 0, 1, "a number makes no sense"},
		{strings.Replace(whole, "<day>2<", "<day>32<", 1), 0, 0, 1, "time makes no sense"},
		{strings.Replace(whole, "<day>2</day>", "", 1), 0, 0, 1, "time makes no sense"},
		{strings.Replace(whole, "<payload>4", "<payload>x", 1), 0, 0, 1, "payload is not in hex"},
		{xmlHead + "<hook>1</hook><hw><proto>x</proto></hw>" + xmlPkt, 0, 0, 1, "value of hw makes no sense"},
	} {
		b := parseXML(t, readertest.Options(t, ""), c.text)
		if len(b.Events) != c.events || int(b.Other) != c.other || int(b.Malformed) != c.malformed {
			t.Errorf("%.90q: %d events, %d other, %d malformed; want %d, %d, %d", c.text, len(b.Events), b.Other, b.Malformed, c.events, c.other, c.malformed)
		} else if c.malformed > 0 && b.Rejects[0].Reason != c.reason {
			t.Errorf("%.90q: reason %q, want %q", c.text, b.Rejects[0].Reason, c.reason)
		}
	}
}

// xmlFlowText is a translated connection, put together from a captured record.
const xmlFlowText = `<flow><meta direction="original"><layer3 protonum="2" protoname="ipv4"><src>198.51.100.7</src><dst>203.0.113.1</dst></layer3>` +
	`<layer4 protonum="6" protoname="tcp"><sport>40000</sport><dport>80</dport></layer4><counters><packets>4</packets><bytes>440</bytes></counters></meta>` +
	`<meta direction="reply"><layer3 protonum="2" protoname="ipv4"><src>192.0.2.10</src><dst>198.51.100.7</dst></layer3>` +
	`<layer4 protonum="6" protoname="tcp"><sport>8080</sport><dport>40000</dport></layer4><counters><packets>3</packets><bytes>1400</bytes></counters></meta>` +
	`<meta direction="independent"><state>CLOSE</state><timeout>120</timeout><mark>7</mark><id>550953213</id><unreplied/><deltatime>2</deltatime></meta>` +
	`<when><hour>4</hour><min>04</min><sec>08</sec><wday>5</wday><day>2</day><month>1</month><year>2025</year></when></flow>`

func TestXMLFlow(t *testing.T) {
	whole := map[string]any{
		"kind": "flow", "ts": "2025-01-02T03:04:08Z", "ts_flags": []any{"tz_assumed", "time_imprecise"}, "action": "accept", "prefix": nil,
		"src": "198.51.100.7", "dst": "203.0.113.1", "proto": "tcp", "spt": 40000.0, "dpt": 80.0, "mark": 7.0,
		"flow": map[string]any{"event": nil, "orig_packets": 4.0, "orig_bytes": 440.0, "reply_packets": 3.0, "reply_bytes": 1400.0,
			"reply_src": "192.0.2.10", "dnat": true, "snat": false, "duration_us": 2e6},
	}
	for _, c := range []struct {
		text string
		want map[string]any
		open bool
	}{
		{xmlFlowText, whole, false},
		{"<flow><meta direct" + xmlFlowText, map[string]any{"damaged_before": true, "dpt": 80.0}, false},
		{strings.Replace(xmlFlowText, "<flow>", `<flow type="new">`, 1), map[string]any{"flow": map[string]any{"event": "new"}}, true},
		{strings.Replace(xmlFlowText, "<mark>7</mark>", "", 1), map[string]any{"mark": nil}, false},
		{strings.ReplaceAll(xmlFlowText, `protonum="6"`, `protonum="47"`), map[string]any{"proto": "gre", "spt": nil}, false},
		{strings.Replace(xmlFlowText, "203.0.113.1", "2001:db8::1", 1), map[string]any{"dst": "2001:db8::1"}, false},
		{"<flow>" + "<when>" + strings.SplitN(xmlFlowText, "<when>", 2)[1], map[string]any{"kind": "flow", "addr_unknown": true, "src": nil, "flow": map[string]any{"orig_packets": nil}}, false},
	} {
		opt := readertest.Options(t, "Asia/Tokyo")
		in := &reader.Input{Format: FormatXML, Zone: time.FixedZone("", 3600)} // outranks Tokyo
		b := readertest.Parse(FormatXML, opt, in, []byte(c.text))
		if len(b.Events) != 1 || !b.Events[0].Has(event.Flow) || b.Events[0].Has(event.FlowOpen) != c.open || b.Events[0].Verdict != event.Accepted {
			t.Errorf("%s: events %+v, rejects %+v", c.text, b.Events, b.Rejects)
			continue
		}
		readertest.Check(t, readertest.Example{Name: c.text, Expect: c.want}, readertest.CanonicalBatch(opt.Symbols, b))
	}
}

func xmlSeeds(t testing.TB) []byte {
	var data []byte
	for _, ex := range readertest.OfKind(t, "ulogd_xml") {
		data = append(append(data, ex.Input...), '\n')
	}
	return data
}

func TestXMLLaws(t *testing.T) {
	data := append(xmlSeeds(t), xmlFlowText+"\n"...)
	readertest.NoAlloc(t, FormatXML, nil, data)
	damaged := append(bytes.Repeat(data, 3), xmlHead+"<prefix>x</prefix><hook>x\n<log>\n<packet>\nend"...)
	for seed := range uint64(4) {
		readertest.AnyCut(t, FormatXML, nil, nil, damaged, seed)
	}
	readertest.NoAlias(t, FormatXML, nil, nil, damaged)
}

func FuzzXML(f *testing.F) {
	f.Add(xmlSeeds(f))
	f.Add([]byte(xmlFlowText + "\n<flow>" + xmlFlowText))
	f.Add([]byte(xmlHead + "<hw><src>02</src></hw><payload>60" + xmlHead + "<hook>1</hook><></><payload>6"))
	f.Fuzz(func(t *testing.T, data []byte) { readertest.Fuzz(t, FormatXML, nil, data) })
}
