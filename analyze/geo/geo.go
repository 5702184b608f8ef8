// Package geo finds the country and the autonomous system of an address in
// databases of MaxMind's format: the one embedded here, or files that the user
// gives. Types that geoip2-golang knows are decoded by it; all others (IPFire,
// ip-location-db, IPinfo, MaxMind's newer names) through a map of field names,
// because geoip2-golang refuses what it does not know.
//
// A DB owns the bytes of its databases and a cache of decoded records keyed by
// their place in the file; it may be used by several goroutines. Files are read
// into memory, not mapped: a mapped file that is cut while it is being read
// kills the process (SIGBUS), and 8 to 60 MB do no harm.
//
// Neither "registered_country" nor "represented_country" stands in for a missing
// country: where a network is registered is not where a packet came from.
package geo

import (
	_ "embed"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"fwreport/analyze"
	"fwreport/reader/event"
)

// The database is embedded as it is, 15 MB: only the pages that are looked at are
// ever loaded. Compressed, it saved 8 MB of the binary, and decoding it took 60 ms
// of every run, which was most of a short one.
//
//go:embed data/ipfire-country-asn.mmdb
var embedded []byte

// DB is one or two databases. It is safe for concurrent use.
type DB struct {
	country, asn *database // the same one if it knows both; nil if none does
	all          []*database
	names        map[string]string // country code to English short name
}

// Source tells where a DB's answers come from.
type Source struct {
	Type    string    // the database's own name of its type: GeoLite2-City
	Name    string    // the database's own description, English if it has one
	Built   time.Time // UTC; zero if the database does not say
	Licence string    // "" if not known
	Credit  string    // the sentence that the licence asks for, "" if none
	Path    string    // "" for the embedded database
	Gives   string    // "countries", "autonomous systems" or both
}

// Embedded opens the database that the program carries.
func Embedded() (*DB, error) {
	one, err := openDatabase(embedded, "")
	if err != nil {
		return nil, fmt.Errorf("opening the embedded country data: %w", err)
	}
	return combine(one)
}

// Open opens the files, at least one: a country or city database, an ASN
// database, one that is both, or one of each kind.
func Open(paths ...string) (*DB, error) {
	if len(paths) == 0 {
		return nil, errors.New("opening country data: no file given")
	}
	var opened []*database
	for _, p := range paths {
		raw, err := os.ReadFile(p)
		if err != nil {
			return nil, fmt.Errorf("reading country data: %w", err)
		}
		one, err := openDatabase(raw, p)
		if err == nil {
			err = one.reader.Verify()
		}
		if err != nil {
			return nil, fmt.Errorf("opening %s as a MaxMind-format database: %w", p, err)
		}
		opened = append(opened, one)
	}
	return combine(opened...)
}

// combine gives each database its part; two for the same part are an error,
// because which of them answered could not be seen in the report.
func combine(opened ...*database) (*DB, error) {
	db := &DB{all: opened, names: countryNames()}
	for _, d := range opened {
		if err := db.take(d); err != nil {
			return nil, err
		}
	}
	return db, nil
}

func (db *DB) take(d *database) error {
	for _, part := range []struct {
		kind kind
		slot **database
	}{{givesCountry, &db.country}, {givesASN, &db.asn}} {
		if d.kind&part.kind == 0 {
			continue
		}
		if have := *part.slot; have != nil {
			return fmt.Errorf("both %s (%s) and %s (%s) give %s: give one of them",
				have.path, have.reader.Metadata.DatabaseType, d.path, d.reader.Metadata.DatabaseType, part.kind)
		}
		*part.slot = d
	}
	return nil
}

// Locate finds the place of a. Special addresses (private, loopback,
// documentation and so on, see event.Special) have none, whatever a database
// says of them. An IPv4 host behind NAT64 has the place of its IPv4 address.
func (db *DB) Locate(a netip.Addr) analyze.Place {
	a = a.Unmap().WithZone("")
	if !a.IsValid() {
		return analyze.Place{}
	}
	if s := event.AddrFrom(a).Special(); s == event.Translated {
		b := a.As16()
		return db.Locate(netip.AddrFrom4([4]byte(b[12:])))
	} else if s != event.NotSpecial {
		return analyze.Place{}
	}
	if db.country == db.asn {
		return db.country.lookup(a, db.names)
	}
	var p analyze.Place
	if db.country != nil {
		r := db.country.lookup(a, db.names)
		p.Country, p.CountryName = r.Country, r.CountryName
	}
	if db.asn != nil {
		r := db.asn.lookup(a, db.names)
		p.ASN, p.Org = r.ASN, r.Org
	}
	return p
}
