package main

import (
	"bytes"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oschwald/maxminddb-golang/v2"
)

type place struct {
	Country struct {
		Code string `maxminddb:"iso_code"`
	} `maxminddb:"country"`
	ASN    uint32 `maxminddb:"autonomous_system_number"`
	Org    string `maxminddb:"autonomous_system_organization"`
	Traits struct {
		Anycast bool `maxminddb:"is_anycast"`
		Drop    bool `maxminddb:"is_drop_listed"`
	} `maxminddb:"traits"`
}

// build runs the command on the texts and opens what it wrote.
func build(t *testing.T, output string, texts ...string) *maxminddb.Reader {
	t.Helper()
	dir := t.TempDir()
	args := []string{"-o", filepath.Join(dir, output), "-date", "2026-08-22", "-type", "Test-Country-ASN", "-description", "made for a test"}
	for i, text := range texts {
		name := filepath.Join(dir, string(rune('a'+i)))
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	if err := run(args, io.Discard); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, output))
	if err != nil {
		t.Fatal(err)
	}
	r, err := maxminddb.OpenBytes(raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Verify(); err != nil {
		t.Fatal(err)
	}
	return r
}

func look(t *testing.T, r *maxminddb.Reader, a string) (p place) {
	t.Helper()
	if err := r.Lookup(netip.MustParseAddr(a)).Decode(&p); err != nil {
		t.Fatal(err)
	}
	return p
}

const libloc = `# Location Database Export
#
aut-num: AS13335
name:    Cloudflare, Inc.

aut-num: AS3333
name:    RIPE NCC

net:            1.1.1.0/24
country:        AU
aut-num:        13335
is-anycast:     yes

net:            193.0.0.0/20
country:        NL
aut-num:        AS3333

net:            193.0.14.0/24
drop:           yes

net:            2001:67c:2e8::/48
country:        NL
aut-num:        3333

net:            192.168.0.0/16
country:        XX
`

func TestLibloc(t *testing.T) {
	r := build(t, "x.mmdb", libloc)
	if m := r.Metadata; m.DatabaseType != "Test-Country-ASN" || m.BuildEpoch != 1787356800 || m.RecordSize != 24 || m.Description["en"] != "made for a test" {
		t.Errorf("metadata %+v", m)
	}
	if p := look(t, r, "1.1.1.9"); p.Country.Code != "AU" || p.ASN != 13335 || p.Org != "Cloudflare, Inc." || !p.Traits.Anycast || p.Traits.Drop {
		t.Errorf("1.1.1.9: %+v", p)
	}
	if p := look(t, r, "193.0.6.139"); p.Country.Code != "NL" || p.ASN != 3333 || p.Org != "RIPE NCC" || p.Traits.Drop {
		t.Errorf("193.0.6.139: %+v", p)
	}
	if p := look(t, r, "193.0.14.129"); p.Country.Code != "NL" || p.ASN != 3333 || !p.Traits.Drop {
		t.Errorf("the inner network inherits: %+v", p)
	}
	if p := look(t, r, "2001:67c:2e8::1"); p.Country.Code != "NL" || p.ASN != 3333 {
		t.Errorf("IPv6: %+v", p)
	}
	for _, a := range []string{"192.168.1.1", "8.8.8.8"} {
		if p := look(t, r, a); p != (place{}) {
			t.Errorf("%s: %+v", a, p)
		}
	}
}

func TestLists(t *testing.T) {
	const (
		torCountries = "# by tor\n16777216,16777471,AU\n2a00:1450::,2a00:1450:ffff:ffff:ffff:ffff:ffff:ffff,IE\n16777472,16777727,??\n"
		asns         = "1.0.0.0,1.0.0.127,13335,\"Cloudflare, Inc.\"\n1.0.1.0,1.0.1.255,AS4134,Chinanet\n"
		maxMind      = "network,autonomous_system_number,autonomous_system_organization\n2a00:1450::/32,15169,GOOGLE\n"
		inside       = "network,country_code,city\n1.0.0.64/26,nz,Wellington\n"
	)
	r := build(t, "x.mmdb", torCountries, asns, maxMind, inside)
	for a, want := range map[string]struct {
		country string
		asn     uint32
		org     string
	}{
		"1.0.0.1":          {"AU", 13335, "Cloudflare, Inc."},
		"1.0.0.64":         {"NZ", 13335, "Cloudflare, Inc."},
		"1.0.0.128":        {"AU", 0, ""},
		"1.0.1.255":        {"", 4134, "Chinanet"},
		"1.0.2.0":          {"", 0, ""},
		"2a00:1450:4001::": {"IE", 15169, "GOOGLE"},
	} {
		if p := look(t, r, a); p.Country.Code != want.country || p.ASN != want.asn || p.Org != want.org {
			t.Errorf("%s: %+v, want %+v", a, p, want)
		}
	}
}

func TestSameBytes(t *testing.T) {
	var written [2]bytes.Buffer
	for i := range written {
		dir := t.TempDir()
		in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out.mmdb")
		if err := os.WriteFile(in, []byte(libloc), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := run([]string{"-o", out, "-date", "2026-08-22", in}, io.Discard); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		written[i].Write(b)
	}
	if !bytes.Equal(written[0].Bytes(), written[1].Bytes()) {
		t.Error("two builds of the same input differ")
	}
}

func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		"network,geoname_id\n1.0.0.0/24,2077456\n": "neither a country code nor an AS number",
		"a,b,c\n":                               "no column for the network",
		"1.0.0.0/24,AU\nnonsense/24,DE\n":       "line 2",
		"1.0.0.9,1.0.0.1,AU\n":                  "is no range",
		"network,asn\n1.0.0.0/24,ASxyz\n":       `AS number "ASxyz"`,
		"net: 1.0.0.0/99\n\nnet: 2.0.0.0/8\n\n": "block before line 2",
	} {
		path := filepath.Join(t.TempDir(), "in")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := run([]string{"-o", filepath.Join(t.TempDir(), "out"), "-date", "2026-08-22", path}, io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: %v, want %q and the file's name", text, err, want)
		}
	}
}
