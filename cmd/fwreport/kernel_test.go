package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"fwreport/report"
	"fwreport/report/json"
)

// ruleset logs and refuses what the test sends, under the prefixes of three
// tools, in a network namespace of its own.
const ruleset = `table inet fwreport {
	chain input {
		type filter hook input priority 0
		policy accept
		tcp dport 22 log prefix "[UFW BLOCK] " reject with tcp reset
		tcp dport 2323 log prefix "IPT: CBLK " flags tcp sequence,options reject with tcp reset
		udp dport 53 log prefix "net-fw DROP " flags all drop
	}
}
`

const allNetns = "/proc/sys/net/netfilter/nf_log_all_netns"

// namespace makes a network namespace in which a kernel logs by rules, or skips.
func namespace(t *testing.T, rules string) (inside func(args ...string) *exec.Cmd) {
	t.Helper()
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("a real kernel's log needs Linux and root")
	}
	for _, tool := range []string{"ip", "nft", "dmesg", "bash"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("a real kernel's log needs %s: %v", tool, err)
		}
	}
	before, err := os.ReadFile(allNetns)
	if err != nil {
		t.Skipf("this kernel does not log for namespaces: %v", err)
	}
	name := fmt.Sprintf("fwreport-test-%d", os.Getpid())
	inside = func(args ...string) *exec.Cmd {
		return exec.Command("ip", append([]string{"netns", "exec", name}, args...)...)
	}
	if out, err := exec.Command("ip", "netns", "add", name).CombinedOutput(); err != nil {
		t.Skipf("network namespaces are not to be had here: %v %s", err, out)
	}
	t.Cleanup(func() {
		_ = exec.Command("ip", "netns", "del", name).Run()
		_ = os.WriteFile(allNetns, before, 0o600)
	})
	if err := os.WriteFile(allNetns, []byte("1"), 0o600); err != nil {
		t.Skipf("logging for namespaces cannot be switched on: %v", err)
	}
	if out, err := inside("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Skipf("the namespace's loopback does not come up: %v %s", err, out)
	}
	load := inside("nft", "-f", "-")
	load.Stdin = strings.NewReader(rules)
	if out, err := load.CombinedOutput(); err != nil {
		t.Skipf("nftables does not load here: %v %s", err, out)
	}
	return inside
}

// logSince is what the kernel logged since a mark that mark left there.
func logSince(t *testing.T, mark string) []byte {
	t.Helper()
	log, err := exec.Command("dmesg").Output()
	if err != nil {
		t.Skipf("the kernel's log is not to be read here: %v", err)
	}
	_, since, ok := bytes.Cut(log, []byte(mark+"\n"))
	if !ok {
		t.Skip("the kernel's log does not keep what is written to it")
	}
	return since
}

// TestRealKernel sends packets past LOG rules of this machine's kernel and counts
// them in the report on what it logged.
func TestRealKernel(t *testing.T) {
	inside := namespace(t, ruleset)
	mark := fmt.Sprintf("fwreport test %d", time.Now().UnixNano())
	if err := os.WriteFile("/dev/kmsg", []byte(mark), 0o600); err != nil {
		t.Skipf("the kernel's log cannot be marked: %v", err)
	}
	want := map[string]uint64{"BLOCK TCP 22": 5, "CBLK TCP 2323": 3, "DROP UDP 53": 4}
	for range 5 {
		_ = inside("bash", "-c", "echo >/dev/tcp/127.0.0.1/22").Run() // refused, as it should be
	}
	for range 3 {
		_ = inside("bash", "-c", "echo >/dev/tcp/127.0.0.1/2323").Run()
	}
	for range 4 {
		_ = inside("bash", "-c", "echo >/dev/udp/127.0.0.1/53").Run()
	}
	log := logSince(t, mark)
	if !bytes.Contains(log, []byte("[UFW BLOCK] IN=lo ")) {
		t.Skip("this kernel logs nothing for namespaces")
	}
	cmd := exec.Command("fwreport", "--tz=UTC", "--format=json", "-q", "-")
	cmd.Stdin = bytes.NewReader(log)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	rep, err := json.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]uint64{}
	ports := rep.Table("denied_ports")
	cell := func(row []report.Value, id string) report.Value { return row[ports.Column(id)] }
	for row := range ports.Rows {
		got[cell(row, "action").Str()+" "+cell(row, "proto").Str()+" "+cell(row, "dport").String()] += cell(row, "count").Uint()
	}
	if !maps.Equal(got, want) {
		t.Errorf("counted %v, sent %v; the kernel said\n%s", got, want, log)
	}
	if l := rep.Evidence.Totals; l.Malformed > 0 || l.Events != 12 {
		t.Errorf("the ledger is %+v, want 12 events", l)
	}
}
