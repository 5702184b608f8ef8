package sqlite

import (
	"strings"

	"fwreport/reader/ulogd"
)

// meaning is what a column stands for.
type meaning struct {
	lead    string // `, "key": ` as ulogd's JSON has it; "" for addresses
	telling bool   // no program but ulogd has such a column
	form    form   // of an address, notAddress for all else
	slot    slot
	secret  bool // its values are not shown
	family  bool
	ether   bool // oob_protocol
}

// slot is an address that a row may give.
type slot uint8

const slots = 8

// slotNames are the addresses as columns begin, and the keys of their text.
var slotNames = [slots]struct{ column, host, key string }{
	{"ip_saddr", "ip_hsaddr", "ip.saddr.str"},
	{"ip_daddr", "ip_hdaddr", "ip.daddr.str"},
	{"orig_ip_saddr", "orig_ip_hsaddr", "orig.ip.saddr.str"},
	{"orig_ip_daddr", "orig_ip_hdaddr", "orig.ip.daddr.str"},
	{"reply_ip_saddr", "reply_ip_hsaddr", "reply.ip.saddr.str"},
	{"reply_ip_daddr", "reply_ip_hdaddr", "reply.ip.daddr.str"},
	{"arp_saddr", "arp_hsaddr", "arp.saddr.str"},
	{"arp_daddr", "arp_hdaddr", "arp.daddr.str"},
}

// slotLeads are the keys as they stand in ulogd's JSON.
var slotLeads = func() (leads [slots]string) {
	for i, s := range slotNames {
		leads[i] = `, "` + s.key + `": `
	}
	return leads
}()

// form is how a column holds an address, the better the higher: text is exact,
// a number may have lost the half of it.
type form uint8

const (
	notAddress form = iota
	rawNumber       // the bytes of the packet, read as a number of the machine's order
	hostNumber      // filter IP2HBIN: a·2²⁴ + b·2¹⁶ + …, IPv4 only
	hexBytes        // filter IP2BIN: 0x and 16 bytes, IPv4 mapped
	inText          // filter IP2STR
)

// keys are the columns that mean something. ulogd makes a key of a column's name
// by taking each _ for a dot, so that keys with a _ of their own cannot be
// columns.
var keys = func() map[string]meaning {
	m := map[string]meaning{
		"pwsniff_user": {secret: true, telling: true},
		"pwsniff_pass": {secret: true, telling: true},
	}
	for name, telling := range ulogd.Keys() {
		if !strings.Contains(name, "_") {
			m[strings.ReplaceAll(name, ".", "_")] = meaning{
				lead: `, "` + name + `": `, telling: telling,
				family: name == "oob.family", ether: name == "oob.protocol",
			}
		}
	}
	for i, s := range slotNames {
		for name, f := range map[string]form{s.column: rawNumber, s.host: hostNumber, s.column + "_bin": hexBytes, s.column + "_str": inText} {
			m[name] = meaning{telling: true, form: f, slot: slot(i)}
		}
	}
	return m
}()
