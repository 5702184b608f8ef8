package pcap

import (
	"bytes"
	"encoding/csv"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"fwreport/reader"
	"fwreport/reader/event"
	"fwreport/reader/readertest"
)

// corpusRoots are folders of genuine captures, damaged and hostile ones among
// them, that are not part of the project.
var corpusRoots = []string{"../../../shared/corpus", "../../../shared/reference/captured"}

// corpus lists the captures of the corpus; it skips the test where there are none.
func corpus(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, root := range corpusRoots {
		_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && !compressed(d.Name()) && strings.Contains(d.Name(), ".pcap") {
				all = append(all, path)
			}
			return nil
		})
	}
	if len(all) == 0 {
		t.Skipf("no captures in %v", corpusRoots)
	}
	return all
}

// formatOf is the format that takes data, nil if none does.
func formatOf(data []byte) *reader.Format {
	head := data[:min(len(data), 64<<10)]
	for _, f := range []*reader.Format{Format, FormatNG} {
		if f.Sniff(head, len(head) == len(data)) == nil {
			return f
		}
	}
	return nil
}

// packets is how many packet records the ledger accounts for.
func (r *result) packets() uint64 { return uint64(len(r.Events)) + r.Other + r.Malformed }

// TestCorpus reads every capture: the ledger adds up (read holds that) and an
// ending is an error with a place. Where capinfos is installed, its packet count
// is the same wherever it reads a file to the end.
func TestCorpus(t *testing.T) {
	counts := capinfos(t, corpus(t))
	var compared, packets uint64
	for _, path := range corpus(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f := formatOf(data)
		if f == nil {
			if n, ok := counts[path]; ok {
				t.Errorf("%s: no format takes it, capinfos reads %d packets", path, n)
			}
			continue
		}
		r := read(t, f, data)
		packets += r.packets()
		n, ok := counts[path]
		if !ok {
			continue
		}
		compared++
		if r.packets() != n || len(r.errs) > 0 {
			t.Errorf("%s: %d packets %v, capinfos reads %d", path, r.packets(), r.errs, n)
		}
	}
	t.Logf("%d packets; %d captures compared with capinfos", packets, compared)
}

// capinfos asks for the packet counts of the captures that it reads without a
// complaint. It is empty where the program is not installed.
func capinfos(t *testing.T, paths []string) map[string]uint64 {
	t.Helper()
	counts := map[string]uint64{}
	prog, err := exec.LookPath("capinfos")
	if err != nil {
		t.Log("capinfos is not installed: packet counts are not compared")
		return counts
	}
	args := append([]string{"-c", "-M", "-T", "-m", "-r"}, paths...)
	out, _ := exec.Command(prog, args...).Output() // its status tells of the files that it refuses
	rows, err := csv.NewReader(strings.NewReader(string(out))).ReadAll()
	if err != nil {
		t.Fatalf("reading what capinfos printed: %v", err)
	}
	for _, row := range rows {
		if n, err := strconv.ParseUint(row[len(row)-1], 10, 64); err == nil {
			counts[row[0]] = n
		}
	}
	return counts
}

// TestBothWays holds that gopacket's layers and the decoding by hand make the
// same of every packet of the corpus that gopacket is trusted with.
func TestBothWays(t *testing.T) {
	compared := 0
	for _, path := range corpus(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if f := formatOf(data); f != nil {
			compared += bothWays(t, path, f, data)
		}
	}
	if compared == 0 {
		t.Error("no packet was decoded both ways")
	}
	t.Logf("%d packets decoded both ways", compared)
}

// bothWays tries every byte of data as the start of an IP packet: what looks
// like one to ordinary4 or ordinary6 must not need to be one.
func bothWays(t *testing.T, path string, f *reader.Format, data []byte) (compared int) {
	d := newDecoder(readertest.Options(t, ""))
	for _, c := range readertest.Chunks(f, anInput, data) {
		for at := 0; at+28 <= len(c.Data); at++ {
			b := c.Data[at:]
			if !ordinary4(b) && !ordinary6(b) {
				continue
			}
			compared++
			if !sameBothWays(d, b) {
				t.Errorf("%s: chunk at %d, offset %d: the two ways differ", path, c.Offset, at)
				return compared
			}
		}
	}
	return compared
}

// sameBothWays decodes b by gopacket's layers and by hand.
func sameBothWays(d *decoder, b []byte) bool {
	decode := func(way func(target, []byte) fate) (event.Event, string) {
		var e event.Event
		det := event.NewDetail()
		way(target{e: &e, det: &det}, b)
		return e, strings.Join([]string{det.TCPOptions, strconv.Itoa(det.L4Len), strconv.Itoa(det.ICMPID), strconv.Itoa(det.Incomplete)}, " ")
	}
	byLayers, byHand := d.ipv4, d.handIPv4
	if b[0]>>4 == 6 {
		byLayers, byHand = d.ipv6, d.handIPv6
	}
	e1, d1 := decode(byLayers)
	e2, d2 := decode(byHand)
	return e1 == e2 && d1 == d2
}

// TestDamagedCorpus changes a few bytes of every capture and holds that nothing
// panics, the ledger adds up, and cuts make no difference.
func TestDamagedCorpus(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	opt := readertest.Options(t, "")
	for _, path := range corpus(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f := formatOf(data)
		if f == nil || len(data) > 64<<10 {
			continue
		}
		for range 4 {
			bad := bytes.Clone(data)
			for range 1 + rnd.IntN(12) {
				bad[rnd.IntN(len(bad))] = byte(rnd.IntN(256))
			}
			readertest.Fuzz(t, f, opt, bad)
		}
	}
}

// compressed files are read by package reader, not here.
func compressed(name string) bool {
	return strings.HasSuffix(name, ".zst") || strings.HasSuffix(name, ".gz")
}
