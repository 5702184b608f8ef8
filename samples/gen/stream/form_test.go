package stream

import (
	"io"
	"strings"
	"testing"
	"time"
)

// written is what write makes of one packet, without the lines before the last n.
func written(t *testing.T, write func(io.Writer, []Packet) error, p *Packet, n int) string {
	t.Helper()
	var b strings.Builder
	if err := write(&b, []Packet{*p}); err != nil {
		t.Fatal(err)
	}
	all := strings.SplitAfter(b.String(), "\n")
	return strings.Join(all[max(len(all)-1-n, 0):], "")
}

// TestUlogdText compares with what ulogd2 2.0.8 wrote of one packet in a laboratory.
func TestUlogdText(t *testing.T) {
	p := *labSYN
	p.Prefix, p.Host, p.Hook, p.Time = "IPT: DROP ", "vm", Prerouting, time.Unix(1795254181, 66724000)
	u := Ulogd{Index: map[string]uint32{"eth0": 3}}
	const addresses = "ip.saddr=198.51.100.7,ip.daddr=192.0.2.10,"
	gprint := "timestamp=2026/11/21-09:43:01,raw.pktlen=44,raw.pktcount=1,oob.prefix=IPT: DROP ,oob.time.sec=1795254181,oob.time.usec=66724," +
		"oob.mark=0,oob.ifindex_in=3,oob.hook=0,raw.mac_len=14,oob.family=2,oob.protocol=2048,raw.label=0,raw.type=1,raw.mac.addrlen=6," + addresses +
		"ip.protocol=6,ip.tos=0,ip.ttl=51,ip.totlen=44,ip.ihl=5,ip.csum=34645,ip.id=54321,ip.fragoff=16384,tcp.sport=40000,tcp.dport=22,tcp.seq=1000," +
		"tcp.ackseq=0,tcp.window=1024,tcp.offset=0,tcp.reserved=0,tcp.urg=0,tcp.ack=0,tcp.psh=0,tcp.rst=0,tcp.syn=1,tcp.fin=0,tcp.res1=0,tcp.res2=0," +
		"tcp.csum=1955,oob.protocol=2048,oob.in=eth0,oob.out=,ip.saddr.str=198.51.100.7,ip.daddr.str=192.0.2.10\n"
	for _, c := range []struct {
		name, want string
		write      func(io.Writer, []Packet) error
	}{
		{"LOGEMU", "Nov 21 09:43:01 vm IPT: DROP  IN=eth0 OUT= MAC=02:00:5e:00:53:10:02:00:5e:00:53:01:08:00 SRC=198.51.100.7 DST=192.0.2.10 " +
			"LEN=44 TOS=00 PREC=0x00 TTL=51 ID=54321 DF PROTO=TCP SPT=40000 DPT=22 SEQ=1000 ACK=0 WINDOW=1024 SYN URGP=0 MARK=0x0 \n", u.LOGEMU},
		{"GPRINT", gprint, u.GPRINT},
		{"XML", "<log><when><hour>9</hour><min>43</min><sec>01</sec><wday>7</wday><day>21</day><month>11</month><year>2026</year></when>" +
			"<prefix>IPT: DROP </prefix><hook>0</hook><hw><proto>0800</proto><src>02005e005301</src></hw><indev>3</indev>" +
			"<payload>4500002cd431400033068755c6336407c000020a9c400016000003e8000000006002040007a30000020405b4</payload></log>\n", u.XML},
	} {
		if got := written(t, c.write, &p, 1); got != c.want {
			t.Errorf("%s:\ngot  %swant %s", c.name, got, c.want)
		}
	}
	oprint := written(t, u.OPRINT, &p, 100)
	for _, line := range []string{"===>PACKET BOUNDARY", "ip.saddr=7.100.51.198", "ip.daddr=10.2.0.192", "ip.saddr.str=198.51.100.7", "tcp.csum=1955"} {
		if !strings.Contains(oprint, line+"\n") {
			t.Errorf("OPRINT has no line %s:\n%s", line, oprint)
		}
	}
}

// TestForms compares with what journalctl 252, dmesg (util-linux 2.38) and
// busybox 1.35 printed of messages of the kernel.
func TestForms(t *testing.T) {
	p := &Packet{Time: time.Unix(1735787045, 123456000), Uptime: 12345670000 * time.Microsecond, Host: "fw1", Prefix: "IPT: DROP ",
		In: "eth0", Src: addr("198.51.100.7"), Dst: addr("192.0.2.10"), TTL: 51, ID: 1, Proto: TCP, SrcPort: 4000, DstPort: 22, Window: 1024, Flags: SYN}
	cet := time.FixedZone("CET", 3600)
	want := map[string]string{
		"B: journalctl short-precise":            "Jan 02 04:04:05.123456 fw1 kernel: TEXT",
		"C: journalctl short-full and with-unit": "Thu 2025-01-02 04:04:05 CET fw1 kernel: TEXT",
		"D: journalctl short-iso-precise":        "2025-01-02T04:04:05.123456+0100 fw1 kernel: TEXT",
		"K: busybox syslogd -S":                  "Jan  2 04:04:05 kernel: [12345.670000] TEXT",
		"N: journalctl short-monotonic":          "[12345.670000] fw1 kernel: TEXT",
		"N: journalctl short-delta":              "[12345.670000                ] fw1 kernel: TEXT",
		"N: journalctl short-unix":               "1735787045.123456 fw1 kernel: TEXT",
		"L: dmesg -x":                            "kern  :warn  : [12345.670000] TEXT",
		"L: dmesg -T":                            "[Thu Jan  2 04:04:05 2025] TEXT",
		"L: dmesg --time-format iso":             "2025-01-02T04:04:05,123456+01:00 TEXT",
		"L: dmesg -d":                            "[12345.670000 <    0.000000>] TEXT",
		"L: dmesg -e":                            "[Jan 2 04:04] TEXT",
		"O: journalctl verbose":                  "    MESSAGE=TEXT",
	}
	for _, f := range append(append(SyslogForms(), KernelForms()...), JournalForms()...) {
		line, ok := want[f.Name]
		if !ok {
			continue
		}
		delete(want, f.Name)
		line = strings.Replace(line, "TEXT", p.LogText(LogFlags{}), 1) + "\n"
		got := written(t, func(w io.Writer, ps []Packet) error { return f.Write(w, ps, LogFlags{}, cet) }, p, 1)
		if got != line {
			t.Errorf("%s:\ngot  %swant %s", f.Name, got, line)
		}
	}
	if len(want) > 0 {
		t.Errorf("there are no forms %v", want)
	}
}
