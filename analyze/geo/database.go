package geo

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"

	"github.com/oschwald/geoip2-golang/v2"
	"github.com/oschwald/maxminddb-golang/v2"

	"fwreport/analyze"
)

// kind says what a database knows.
type kind uint8

const (
	givesCountry kind = 1 << iota
	givesASN
)

func (k kind) String() string {
	switch k {
	case givesCountry:
		return "countries"
	case givesASN:
		return "autonomous systems"
	}
	return "countries and autonomous systems"
}

// decoder reads one record. The names of countries are put in by the caller.
type decoder func(a netip.Addr, r maxminddb.Result) (analyze.Place, error)

// database is one open file. All records that an address was ever looked up in
// are kept decoded: there are as many as networks met, at most.
type database struct {
	path   string
	kind   kind
	reader *maxminddb.Reader
	decode decoder

	mu      sync.RWMutex
	records map[uintptr]analyze.Place // by offset

	unreadable int // records that could not be decoded
}

// openDatabase detects what raw holds. raw is kept.
func openDatabase(raw []byte, path string) (*database, error) {
	reader, err := maxminddb.OpenBytes(raw)
	if err != nil {
		return nil, err
	}
	d := &database{path: path, reader: reader, records: map[uintptr]analyze.Place{}}
	known, err := geoip2.OpenBytes(raw)
	switch unknown := (geoip2.UnknownDatabaseTypeError{}); {
	case errors.As(err, &unknown):
		d.kind, d.decode = probe(reader), decodeFields
	case err != nil:
		return nil, err
	default:
		d.kind, d.decode = knownType(known)
	}
	if d.kind == 0 {
		return nil, fmt.Errorf("its type %q gives neither countries nor autonomous systems", reader.Metadata.DatabaseType)
	}
	return d, nil
}

// knownType asks geoip2-golang which questions it will answer: the methods
// refuse by type alone, before they look anything up.
func knownType(r *geoip2.Reader) (kind, decoder) {
	any4 := netip.AddrFrom4([4]byte{1, 1, 1, 1})
	refuses := func(err error) bool { return errors.As(err, new(geoip2.InvalidMethodError)) }
	if _, err := r.Enterprise(any4); !refuses(err) {
		return givesCountry | givesASN, enterprise(r)
	}
	if _, err := r.Country(any4); !refuses(err) {
		return givesCountry, country(r)
	}
	if _, err := r.ASN(any4); !refuses(err) {
		return givesASN, asn(r)
	}
	return 0, nil
}

func enterprise(r *geoip2.Reader) decoder {
	return func(a netip.Addr, _ maxminddb.Result) (analyze.Place, error) {
		e, err := r.Enterprise(a)
		if err != nil {
			return analyze.Place{}, err
		}
		return analyze.Place{
			Country: countryCode(e.Country.ISOCode), CountryName: e.Country.Names.English,
			ASN: asNumber(uint64(e.Traits.AutonomousSystemNumber)), Org: e.Traits.AutonomousSystemOrganization,
		}, nil
	}
}

func country(r *geoip2.Reader) decoder {
	return func(a netip.Addr, _ maxminddb.Result) (analyze.Place, error) {
		c, err := r.Country(a)
		if err != nil {
			return analyze.Place{}, err
		}
		return analyze.Place{Country: countryCode(c.Country.ISOCode), CountryName: c.Country.Names.English}, nil
	}
}

func asn(r *geoip2.Reader) decoder {
	return func(a netip.Addr, _ maxminddb.Result) (analyze.Place, error) {
		s, err := r.ASN(a)
		if err != nil {
			return analyze.Place{}, err
		}
		return analyze.Place{ASN: asNumber(uint64(s.AutonomousSystemNumber)), Org: s.AutonomousSystemOrganization}, nil
	}
}

// lookup is the record of a; the zero Place if the database has none or if it
// cannot be decoded, which is counted once a record.
func (d *database) lookup(a netip.Addr, names map[string]string) analyze.Place {
	if a.Is6() && d.reader.Metadata.IPVersion == 4 {
		return analyze.Place{}
	}
	r := d.reader.Lookup(a)
	if !r.Found() {
		return analyze.Place{}
	}
	d.mu.RLock()
	p, ok := d.records[r.Offset()]
	d.mu.RUnlock()
	if ok {
		return p
	}
	p, err := d.decode(a, r)
	p.Org = strings.TrimSpace(p.Org) // some are published with a blank or TAB at their end
	if name, ok := names[p.Country]; ok {
		p.CountryName = name
	}
	d.keep(r.Offset(), p, err)
	return p
}

// keep caches a decoded record. Another goroutine may have been faster.
func (d *database) keep(offset uintptr, p analyze.Place, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.records[offset]; ok {
		return
	}
	d.records[offset] = p
	if err != nil {
		d.unreadable++
	}
}

// unreadableRecords is how many records that were asked for could not be decoded.
func (d *database) unreadableRecords() int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.unreadable
}
