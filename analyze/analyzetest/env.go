package analyzetest

import (
	"net/netip"
	"time"

	"fwreport/analyze"
	"fwreport/reader/event"
	"fwreport/reader/evidence"
	"fwreport/report"
)

// inputPaths are the invented inputs that Events refers to; number 2 is a capture.
var inputPaths = [...]string{"kern.log", "kern.log.1", "eth0.pcap"}

const captureInput = 2

// Env is an environment with invented inputs, an open window, the zone UTC and
// the geography of Places. Each call makes a new one: a Set writes into it.
func Env(sym *event.Symbols) *analyze.Env {
	inputs := make([]evidence.Input, len(inputPaths))
	for i, p := range inputPaths {
		inputs[i].Path = p
	}
	return &analyze.Env{
		Shared:  analyze.Shared{Symbols: sym},
		Inputs:  inputs,
		Packets: func(in uint32) bool { return in == captureInput },
		Geo:     Places{},
		Window:  report.Window{Since: event.NoTime, Until: event.NoTime},
		Span:    report.Span{First: event.NoTime, Last: event.NoTime},
		Zone:    time.UTC,
	}
}

// Places is an invented geography, a function of the address alone: public IPv4
// addresses get one of four countries by their first octet and one of eight
// autonomous systems by their second, every fifth of them neither; IPv6 is
// documentation country "ZZ" without an AS; private addresses are unknown.
type Places struct{}

// Locate implements analyze.Locator.
func (Places) Locate(a netip.Addr) analyze.Place {
	if a.IsPrivate() || a.IsLoopback() || a.IsUnspecified() || a.IsMulticast() {
		return analyze.Place{}
	}
	if !a.Is4() {
		return analyze.Place{Country: "ZZ", CountryName: "Nowhere"}
	}
	b := a.As4()
	if b[3]%5 == 4 {
		return analyze.Place{}
	}
	c := [...]analyze.Place{
		{Country: "DE", CountryName: "Germany"}, {Country: "BR", CountryName: "Brazil"},
		{Country: "VN", CountryName: "Vietnam"}, {Country: "US", CountryName: "United States"},
	}[b[0]%4]
	c.ASN = 64496 + uint32(b[1]%8)
	c.Org = [...]string{"Example Net", "Beispiel GmbH", "=cmd|calc", "<b>Org</b>"}[b[1]%4]
	return c
}
