package geo

import (
	"math"
	"net/netip"
	"strconv"
	"strings"

	"github.com/oschwald/maxminddb-golang/v2"

	"fwreport/analyze"
)

// The names under which databases keep what we look for, in order of trust;
// dots go one map deeper. They come from MaxMind (country.iso_code,
// autonomous_system_*, traits.*), ip-location-db (country_code), IPinfo
// (country, asn, as_name, name) and IPFire (as MaxMind).
var (
	codeFields    = []string{"country.iso_code", "country_code", "country_iso", "country"}
	countryFields = []string{"country.names.en", "country_name", "country"}
	asnFields     = []string{"autonomous_system_number", "traits.autonomous_system_number", "asn", "as_number"}
	orgFields     = []string{"autonomous_system_organization", "traits.autonomous_system_organization", "as_name",
		"as_organization", "as_org", "name"}
)

// probeRecords is how many records are looked at to learn what an unknown type
// holds. Types are free text ("country ipvAll", "ipinfo standard_location.mmdb"), so the
// records are asked, not the name; a database whose first records lack a field
// by chance has it in one of the next.
const probeRecords = 2000

func probe(r *maxminddb.Reader) kind {
	var k kind
	n := 0
	for res := range r.Networks() {
		if p, err := decodeFields(netip.Addr{}, res); err == nil {
			if p.Country != "" {
				k |= givesCountry
			}
			if p.ASN != 0 {
				k |= givesASN
			}
		}
		if n++; n == probeRecords || k == givesCountry|givesASN {
			break
		}
	}
	return k
}

func decodeFields(_ netip.Addr, r maxminddb.Result) (analyze.Place, error) {
	var record any
	if err := r.Decode(&record); err != nil {
		return analyze.Place{}, err
	}
	return placeOf(record), nil
}

func placeOf(record any) analyze.Place {
	p := analyze.Place{Country: firstOf(record, codeFields, codeOf), ASN: firstOf(record, asnFields, asnOf)}
	if p.Country != "" {
		p.CountryName = firstOf(record, countryFields, nameOf)
	}
	if p.ASN != 0 {
		p.Org = firstOf(record, orgFields, nameOf)
	}
	return p
}

// firstOf is what read makes of the first field that has a usable value.
func firstOf[T comparable](record any, fields []string, read func(any) T) T {
	var none T
	for _, f := range fields {
		if v := read(at(record, f)); v != none {
			return v
		}
	}
	return none
}

// at is the value at a dotted path, nil if there is none.
func at(v any, path string) any {
	for _, key := range strings.Split(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

func codeOf(v any) string {
	s, _ := v.(string)
	return countryCode(s)
}

// nameOf leaves out two-letter words: the field "country" is the code in some
// databases and the name in others.
func nameOf(v any) string {
	s, _ := v.(string)
	if len(s) == 2 {
		return ""
	}
	return s
}

func asnOf(v any) uint32 {
	switch n := v.(type) {
	case uint64:
		return asNumber(n)
	case int:
		return asNumber(uint64(max(n, 0)))
	case string:
		digits := strings.TrimPrefix(strings.ToUpper(n), "AS")
		u, err := strconv.ParseUint(digits, 10, 32)
		if err == nil {
			return uint32(u)
		}
	}
	return 0
}

func asNumber(n uint64) uint32 {
	if n > math.MaxUint32 {
		return 0
	}
	return uint32(n)
}

// countryCode is s in upper case if it has the form of a code (two characters,
// a letter and a letter or digit), else "".
func countryCode(s string) string {
	s = strings.ToUpper(s)
	if len(s) != 2 || s[0] < 'A' || s[0] > 'Z' {
		return ""
	}
	if c := s[1]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
		return ""
	}
	return s
}
