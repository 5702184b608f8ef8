package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/inserter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"go4.org/netipx"
)

// entry is what one input says of one network. Zero fields are not stated.
type entry struct {
	network netip.Prefix
	country string
	asn     uint32
	org     string
	traits  []string
}

// data is everything read.
type data struct {
	entries []entry
	names   map[uint32]string // of autonomous systems that a list names apart
}

func newData() *data { return &data{names: map[uint32]string{}} }

func (d *data) readFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening an input: %w", err)
	}
	defer f.Close()
	if err := d.read(bufio.NewReaderSize(f, 1<<16)); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return nil
}

// read tells the formats apart by their head: only libloc's text has lines that
// begin with "net:" or "aut-num:".
func (d *data) read(r *bufio.Reader) error {
	head, err := r.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return err
	}
	for line := range strings.Lines(string(head)) {
		if strings.HasPrefix(line, "net:") || strings.HasPrefix(line, "aut-num:") {
			return d.readLibloc(r)
		}
	}
	return d.readCSV(r)
}

// addRange adds an entry for each network of a range.
func (d *data) addRange(from, to netip.Addr, e entry) error {
	r := netipx.IPRangeFrom(from.Unmap(), to.Unmap())
	if !r.IsValid() {
		return fmt.Errorf("%s to %s is no range", from, to)
	}
	for _, p := range r.Prefixes() {
		e.network = p
		d.entries = append(d.entries, e)
	}
	return nil
}

// tree merges the entries, the widest networks first, so that the narrower ones
// inside them have the last word.
func (d *data) tree(o mmdbwriter.Options) (t *mmdbwriter.Tree, skipped int, err error) {
	t, err = mmdbwriter.New(o)
	if err != nil {
		return nil, 0, fmt.Errorf("starting the database: %w", err)
	}
	slices.SortStableFunc(d.entries, func(a, b entry) int { return cmp.Compare(width(a.network), width(b.network)) })
	for i := range d.entries {
		e := &d.entries[i]
		err := t.InsertFunc(ipNet(e.network), inserter.DeepMergeWith(d.record(e)))
		switch {
		case errors.As(err, new(*mmdbwriter.ReservedNetworkError)), errors.As(err, new(*mmdbwriter.AliasedNetworkError)):
			skipped++
		case err != nil:
			return nil, 0, fmt.Errorf("inserting %s: %w", e.network, err)
		}
	}
	return t, skipped, nil
}

// width is a prefix's length in the tree of 128 bits.
func width(p netip.Prefix) int { return p.Bits() + 128 - p.Addr().BitLen() }

func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}

func (d *data) record(e *entry) mmdbtype.Map {
	m := mmdbtype.Map{}
	if e.country != "" {
		m["country"] = mmdbtype.Map{"iso_code": mmdbtype.String(e.country)}
	}
	if e.asn != 0 {
		m["autonomous_system_number"] = mmdbtype.Uint32(e.asn)
		org := e.org
		if org == "" {
			org = d.names[e.asn]
		}
		if org != "" {
			m["autonomous_system_organization"] = mmdbtype.String(org)
		}
	}
	if len(e.traits) > 0 {
		traits := mmdbtype.Map{}
		for _, t := range e.traits {
			traits[mmdbtype.String(t)] = mmdbtype.Bool(true)
		}
		m["traits"] = traits
	}
	return m
}
