package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// flagOf are libloc's flags and their names in the database.
func flagOf(key string) string {
	switch key {
	case "is-anycast":
		return "is_anycast"
	case "is-anonymous-proxy":
		return "is_anonymous_proxy"
	case "is-satellite-provider":
		return "is_satellite_provider"
	case "drop", "is-drop":
		return "is_drop_listed"
	}
	return ""
}

// readLibloc reads blocks of "key: value" lines between empty lines: networks
// begin with "net:", autonomous systems with "aut-num:".
func (d *data) readLibloc(r io.Reader) error {
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	block, line := map[string]string{}, 0
	end := func() error {
		if len(block) == 0 {
			return nil
		}
		err := d.addBlock(block)
		clear(block)
		if err != nil {
			return fmt.Errorf("block before line %d: %w", line, err)
		}
		return nil
	}
	for s.Scan() {
		line++
		text := strings.TrimSpace(s.Text())
		if text == "" {
			if err := end(); err != nil {
				return err
			}
		}
		if key, value, ok := strings.Cut(text, ":"); ok && !strings.HasPrefix(text, "#") {
			block[key] = strings.TrimSpace(value)
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("after line %d: %w", line, err)
	}
	return end()
}

func (d *data) addBlock(block map[string]string) error {
	asn, err := asNumber(block["aut-num"])
	if err != nil {
		return err
	}
	network, ok := block["net"]
	if !ok {
		if asn != 0 {
			d.names[asn] = block["name"]
		}
		return nil
	}
	p, err := netip.ParsePrefix(network)
	if err != nil {
		return fmt.Errorf("network: %w", err)
	}
	e := entry{network: p.Masked(), country: countryCode(block["country"]), asn: asn}
	for key, value := range block {
		if f := flagOf(key); f != "" && value == "yes" {
			e.traits = append(e.traits, f)
		}
	}
	slices.Sort(e.traits)
	d.entries = append(d.entries, e)
	return nil
}

// columns are the positions of a CSV's columns, -1 where there is none.
type columns struct{ network, from, to, country, asn, org int }

// header reads a first row that is none of data.
func header(row []string) (columns, error) {
	find := func(names ...string) int {
		return slices.IndexFunc(row, func(c string) bool { return slices.Contains(names, strings.ToLower(strings.TrimSpace(c))) })
	}
	c := columns{
		network: find("network", "range", "cidr", "prefix"),
		from:    find("start_ip", "ip_range_start", "range_start", "start", "ip_from"),
		to:      find("end_ip", "ip_range_end", "range_end", "end", "ip_to"),
		country: find("country_code", "country_iso_code", "country", "cc"),
		asn:     find("autonomous_system_number", "asn", "as_number"),
		org:     find("autonomous_system_organization", "as_name", "as_organization", "name", "org"),
	}
	if c.network < 0 && (c.from < 0 || c.to < 0) {
		return c, fmt.Errorf("header %q has no column for the network", row)
	}
	if c.country < 0 && c.asn < 0 {
		return c, fmt.Errorf("header %q has neither a country code nor an AS number", row)
	}
	return c, nil
}

// bare finds the columns of a row of a list without a header by their form.
func bare(row []string) columns {
	c := columns{network: -1, from: -1, to: -1, country: -1, asn: -1, org: -1}
	next := 1
	if strings.Contains(row[0], "/") {
		c.network = 0
	} else {
		c.from, c.to, next = 0, 1, 2
	}
	for i := next; i < len(row); i++ {
		_, err := asNumber(row[i])
		switch {
		case row[i] == "":
		case countryCode(row[i]) != "" && c.country < 0:
			c.country = i
		case err == nil && c.asn < 0:
			c.asn = i
		case c.org < 0:
			c.org = i
		}
	}
	return c
}

func (d *data) readCSV(r io.Reader) error {
	records := csv.NewReader(r)
	records.Comment, records.FieldsPerRecord, records.LazyQuotes, records.ReuseRecord = '#', -1, true, true
	var headed *columns
	for n := 0; ; n++ {
		row, err := records.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if n == 0 && !isData(row) {
			c, err := header(row)
			if err != nil {
				return err
			}
			headed = &c
			continue
		}
		c := headed
		if c == nil {
			b := bare(row)
			c = &b
		}
		if err := d.addRow(row, *c); err != nil {
			line, _ := records.FieldPos(0)
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

// isData reports whether a row begins with an address or a network.
func isData(row []string) bool {
	if _, err := netip.ParsePrefix(row[0]); err == nil {
		return true
	}
	_, err := address(row[0])
	return err == nil
}

func (d *data) addRow(row []string, c columns) error {
	cell := func(i int) string {
		if i < 0 || i >= len(row) {
			return ""
		}
		return strings.TrimSpace(row[i])
	}
	asn, err := asNumber(cell(c.asn))
	if err != nil {
		return err
	}
	e := entry{country: strings.Clone(countryCode(cell(c.country))), asn: asn, org: strings.Clone(cell(c.org))}
	if c.network >= 0 {
		p, err := netip.ParsePrefix(cell(c.network))
		if err != nil {
			return fmt.Errorf("network: %w", err)
		}
		e.network = p.Masked()
		d.entries = append(d.entries, e)
		return nil
	}
	from, err := address(cell(c.from))
	if err != nil {
		return err
	}
	to, err := address(cell(c.to))
	if err != nil {
		return err
	}
	return d.addRange(from, to, e)
}

// address reads an address, or an IPv4 address as a decimal number.
func address(s string) (netip.Addr, error) {
	if n, err := strconv.ParseUint(s, 10, 64); err == nil && n <= math.MaxUint32 {
		return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}), nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return a, fmt.Errorf("address: %w", err)
	}
	return a, nil
}

// asNumber reads "AS64496" or "64496"; "" and "-" are 0, none.
func asNumber(s string) (uint32, error) {
	if s == "" || s == "-" {
		return 0, nil
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(strings.ToUpper(s), "AS"), 10, 32)
	if err != nil {
		return 0, fmt.Errorf("AS number %q: %w", s, err)
	}
	return uint32(n), nil
}

// countryCode is s if it has the form of a country code and names one: "ZZ" and
// tor's "??" are registries' words for "unknown".
func countryCode(s string) string {
	if len(s) != 2 || s == "ZZ" || s == "zz" {
		return ""
	}
	s = strings.ToUpper(s)
	letter := func(c byte) bool { return c >= 'A' && c <= 'Z' }
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	if !letter(s[0]) || !letter(s[1]) && !digit(s[1]) {
		return ""
	}
	return s
}
