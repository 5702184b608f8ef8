package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fwreport/report/json"
)

// A chain is a kernel that logs to rsyslogd by its own log and to ulogd2 by
// netlink, both with files in one folder. What is sent has ports of this run, so
// that older lines of the kernel's log are no matter.
type chain struct {
	dir     string
	inside  func(args ...string) *exec.Cmd
	packets []sent
}

// sent is how many packets go to a port, and what the rules make of them.
type sent struct {
	count                         uint64
	proto, match, address, prefix string
	action                        string // that prefix names
	port                          int
	refuse                        string // so that none is sent again
}

func newChain(t *testing.T) *chain {
	port := 20000 + int(time.Now().UnixNano()/1000%40000)
	return &chain{dir: t.TempDir(), packets: []sent{
		{5, "TCP", "ip version 4 tcp dport", "/dev/tcp/127.0.0.1", "[UFW BLOCK] ", "BLOCK", port, "reject with tcp reset"},
		{3, "TCP", "tcp dport", "/dev/tcp/127.0.0.1", "IPT: CBLK ", "CBLK", port + 1, "reject with tcp reset"},
		{4, "UDP", "udp dport", "/dev/udp/127.0.0.1", "net-fw DROP ", "DROP", port + 2, "drop"},
		{2, "TCP", "ip6 version 6 tcp dport", "/dev/tcp/::1", "net2fw REJECT ", "REJECT", port + 3, "reject with tcp reset"},
	}}
}

// rules log each packet in both ways.
func (c *chain) rules() string {
	var b strings.Builder
	b.WriteString("table inet fwreport {\nchain input {\ntype filter hook input priority 0\npolicy accept\n")
	for _, s := range c.packets {
		fmt.Fprintf(&b, "%[1]s %[2]d log prefix \"%[3]s\" flags all\n%[1]s %[2]d log prefix \"%[3]s\" group 7\n%[1]s %[2]d %[4]s\n", s.match, s.port, s.prefix, s.refuse)
	}
	return b.String() + "}\n}\n"
}

// want is what the report has to count; a capture names no action.
func (c *chain) want(capture bool) map[string]uint64 {
	all := map[string]uint64{}
	for _, s := range c.packets {
		if capture {
			s.action = "CAPTURE"
		}
		all[fmt.Sprintf("%s %s %d", s.action, s.proto, s.port)] = s.count
	}
	return all
}

// send sends the packets, one by one.
func (c *chain) send() {
	for _, s := range c.packets {
		for range s.count {
			_ = c.inside("bash", "-c", fmt.Sprintf("echo >%s/%d", s.address, s.port)).Run() // refused, as it should be
		}
	}
}

// rsyslogConf reads the kernel's log and the socket of syslog(3) and writes the
// lines by three templates.
const rsyslogConf = `module(load="imkmsg")
module(load="imuxsock" SysSock.Name="/dev/log")
global(workDirectory="%[1]s")
if $syslogtag startswith "ulogd" then {
	action(type="omfile" file="%[1]s/ulogd.syslog" template="RSYSLOG_FileFormat")
	stop
}
action(type="omfile" file="%[1]s/kern.iso" template="RSYSLOG_FileFormat")
action(type="omfile" file="%[1]s/kern.trad" template="RSYSLOG_TraditionalFileFormat")
action(type="omfile" file="%[1]s/kern.5424" template="RSYSLOG_SyslogProtocol23Format")
`

// ulogdStacks are outputs of ulogd2: the plug-in, the stack behind BASE, its
// settings and the file that it writes.
var ulogdStacks = []struct{ plugin, stack, settings, file string }{
	{"JSON", "ifi1:IFINDEX,ip2str1:IP2STR,mac2str1:HWHDR,json1:JSON", "[json1]\nfile=\"%s/ulogd.json\"\nsync=1\n", "ulogd.json"},
	{"LOGEMU", "ifi1:IFINDEX,ip2str1:IP2STR,mac2str1:HWHDR,print1:PRINTPKT,emu1:LOGEMU", "[emu1]\nfile=\"%s/ulogd.emu\"\nsync=1\n", "ulogd.emu"},
	{"SYSLOG", "ifi1:IFINDEX,ip2str1:IP2STR,mac2str1:HWHDR,print1:PRINTPKT,sys1:SYSLOG", "", "ulogd.syslog"},
	{"GPRINT", "ifi1:IFINDEX,ip2str1:IP2STR,gp1:GPRINT", "[gp1]\nfile=\"%s/ulogd.gprint\"\nsync=1\ntimestamp=1\n", "ulogd.gprint"},
	{"OPRINT", "ifi1:IFINDEX,ip2str1:IP2STR,op1:OPRINT", "[op1]\nfile=\"%s/ulogd.oprint\"\nsync=1\n", "ulogd.oprint"},
	{"PCAP", "pcap1:PCAP", "[pcap1]\nfile=\"%s/ulogd.pcap\"\nsync=1\n", "ulogd.pcap"},
	{"SQLITE3", "ifi1:IFINDEX,ip2str1:IP2STR,db1:SQLITE3", "[db1]\ndb=\"%s/ulogd.sqlite\"\ntable=\"ulog\"\n", "ulogd.sqlite"},
}

// ulogTable is a table for packets: its columns are ulogd's keys.
const ulogTable = `create table ulog (oob_prefix text, oob_time_sec integer, oob_time_usec integer, oob_mark integer, oob_hook integer,
oob_family integer, oob_in text, oob_out text, ip_saddr_str text, ip_daddr_str text, ip_protocol integer, ip_ttl integer, ip_totlen integer,
ip_id integer, ip_fragoff integer, tcp_sport integer, tcp_dport integer, tcp_window integer, tcp_syn integer, udp_sport integer, udp_dport integer);`

// configure writes the settings of both daemons and returns what files they
// will write.
func (c *chain) configure(t *testing.T) (files []string) {
	t.Helper()
	plugins, _ := filepath.Glob("/usr/lib/*/ulogd") // the pattern is good
	if len(plugins) == 0 {
		t.Skip("a real chain needs ulogd2's plug-ins")
	}
	conf := fmt.Sprintf("[global]\nlogfile=\"%s/ulogd.own\"\nloglevel=1\n", c.dir)
	for _, p := range []string{"inppkt_NFLOG", "raw2packet_BASE", "filter_IFINDEX", "filter_IP2STR", "filter_HWHDR", "filter_PRINTPKT", "output_XML"} {
		conf += fmt.Sprintf("plugin=\"%s/ulogd_%s.so\"\n", plugins[0], p)
	}
	conf += "stack=log1:NFLOG,xml1:XML\n"
	settings := fmt.Sprintf("[log1]\ngroup=7\n[xml1]\ndirectory=\"%s/xml\"\nsync=1\n", c.dir)
	for _, s := range ulogdStacks {
		plugin := fmt.Sprintf("%s/ulogd_output_%s.so", plugins[0], s.plugin)
		if !exists(plugin) || s.plugin == "SQLITE3" && !c.database(s.file) {
			t.Logf("%s is not tested: the plug-in, or the program that makes its table, is not here", s.file)
			continue
		}
		conf += fmt.Sprintf("plugin=\"%s\"\nstack=log1:NFLOG,base1:BASE,%s\n", plugin, s.stack)
		if s.settings != "" {
			settings += fmt.Sprintf(s.settings, c.dir)
		}
		files = append(files, s.file)
	}
	c.put(t, "ulogd.conf", conf+settings)
	c.put(t, "rsyslog.conf", fmt.Sprintf(rsyslogConf, c.dir))
	if err := errors.Join(os.Mkdir(filepath.Join(c.dir, "xml"), 0o755), os.Mkdir(filepath.Join(c.dir, "dev"), 0o755)); err != nil {
		t.Fatal(err)
	}
	return append(files, "xml", "kern.iso", "kern.trad", "kern.5424")
}

func (c *chain) put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// database makes the table that ulogd fills: it makes none itself.
func (c *chain) database(name string) bool {
	return exec.Command("sqlite3", filepath.Join(c.dir, name), ulogTable).Run() == nil
}

// daemons runs both until standard input ends. They get a /dev of their own in
// the mount namespace that "ip netns exec" makes, so that their /dev/log is
// nobody else's and goes with them.
const daemons = `set -e
mount -t tmpfs tmpfs "$1/dev"
for f in null zero full random urandom kmsg; do cp -a "/dev/$f" "$1/dev/"; done
mount --move "$1/dev" /dev
rsyslogd -n -f "$1/rsyslog.conf" -i "$1/rsyslog.pid" >&2 & first=$!
for i in $(seq 50); do if [ -S /dev/log ]; then break; fi; sleep 0.1; done
ulogd -c "$1/ulogd.conf" -p "$1/ulogd.pid" >&2 & second=$!
sleep 1
kill -0 $first
kill -0 $second
echo started
read -r line || true
kill $first $second
wait || true
`

// start starts the daemons and returns what stops them and waits for their end.
func (c *chain) start(t *testing.T) (stop func()) {
	t.Helper()
	cmd := c.inside("bash", "-c", daemons, "bash", c.dir)
	var said bytes.Buffer
	cmd.Stderr = &said
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	stop = func() {
		if in != nil {
			_ = in.Close() // which ends the script
			_ = cmd.Wait()
			in = nil
		}
	}
	t.Cleanup(stop)
	if _, err := io.ReadFull(out, make([]byte, len("started"))); err != nil {
		stop()
		own, _ := os.ReadFile(filepath.Join(c.dir, "ulogd.own")) // for the message
		t.Skipf("rsyslogd and ulogd do not start here: %s%s", said.String(), own)
	}
	return stop
}

// await waits until a file has a line for each packet, some seconds at most.
func (c *chain) await(name, key string) {
	for range 100 {
		b, _ := os.ReadFile(filepath.Join(c.dir, name)) // it may not be there yet
		missing := false
		for _, s := range c.packets {
			missing = missing || uint64(strings.Count(string(b), fmt.Sprintf(key, s.port))) < s.count
		}
		if !missing {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// counted is the table of denied ports in a report on one file, as far as the
// ports are those of this run.
func (c *chain) counted(t *testing.T, name string, more ...string) map[string]uint64 {
	t.Helper()
	args := append([]string{"--tz", "local", "-q", "--format", "json", filepath.Join(c.dir, name)}, more...)
	rep, err := json.Decode(bytes.NewReader(printed(t, args...)))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if l := rep.Evidence.Totals; l.Malformed > 0 || l.Check() != nil {
		t.Errorf("%s: the ledger is %+v", name, l)
	}
	got := map[string]uint64{}
	tb := rep.Table("denied_ports")
	for row := range tb.Rows {
		for _, s := range c.packets {
			if port := row[tb.Column("dport")].String(); port == fmt.Sprint(s.port) {
				got[row[tb.Column("action")].Str()+" "+row[tb.Column("proto")].Str()+" "+port] += row[tb.Column("count")].Uint()
			}
		}
	}
	return got
}

// TestRealChain sends packets past rules of this machine's kernel, which logs
// them to rsyslogd and to ulogd2, and counts them in the report on each file that
// the two write.
func TestRealChain(t *testing.T) {
	for _, tool := range []string{"rsyslogd", "ulogd", "mount"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("a real chain needs %s: %v", tool, err)
		}
	}
	c := newChain(t)
	c.inside = namespace(t, c.rules())
	files := c.configure(t)
	stop := c.start(t)
	c.send()
	c.await("ulogd.json", `"dest_port": %d,`)
	c.await("kern.iso", "DPT=%d ")
	stop()
	for _, name := range files {
		var assume []string
		capture := name == "ulogd.pcap"
		if capture {
			assume = []string{"--assume", "deny"}
		}
		if got, want := c.counted(t, name, assume...), c.want(capture); !maps.Equal(got, want) {
			b, _ := os.ReadFile(filepath.Join(c.dir, name)) // for the message
			t.Errorf("%s: counted %v, sent %v\n%.3000s", name, got, want, b)
		}
	}
}
