package geo

import (
	"fmt"
	"strings"
	"time"

	"fwreport/report"
)

// maxAge is the distance between log and data from which a report warns: in a
// year a few per cent of all networks change hands.
const maxAge = 365 * 24 * time.Hour

// terms are what is known of a publisher's licence, by the beginning of the
// type; the first that fits counts.
var terms = []struct{ prefix, suffix, licence, credit string }{
	{"IPFire-", "", "CC BY-SA 4.0", "IPFire Location database, https://www.ipfire.org/location, by the IPFire Development Team."},
	{"GeoLite2-", "", "GeoLite End User License Agreement",
		"This report includes GeoLite data created by MaxMind, available from https://www.maxmind.com."},
	{"GeoIP", "", "MaxMind's commercial licence", ""},
	{"DBIP-", "-Lite", "CC BY 4.0", "IP Geolocation by DB-IP, https://db-ip.com."},
	{"DBIP-ASN-Lite", "", "CC BY 4.0", "IP Geolocation by DB-IP, https://db-ip.com."},
	{"DBIP-", "", "DB-IP's commercial licence", ""},
}

// Sources names the databases.
func (db *DB) Sources() []Source {
	sources := make([]Source, 0, len(db.all))
	for _, d := range db.all {
		sources = append(sources, d.source())
	}
	return sources
}

func (d *database) source() Source {
	m := &d.reader.Metadata
	s := Source{Type: m.DatabaseType, Name: m.Description["en"], Path: d.path, Gives: d.kind.String()}
	if m.BuildEpoch != 0 {
		s.Built = m.BuildTime().UTC()
	}
	for _, t := range terms {
		if strings.HasPrefix(s.Type, t.prefix) && strings.HasSuffix(s.Type, t.suffix) {
			s.Licence, s.Credit = t.licence, t.credit
			break
		}
	}
	return s
}

func (s Source) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s from %s", s.Gives, s.Type)
	if s.Name != "" && s.Name != s.Type {
		fmt.Fprintf(&b, " (%s)", s.Name)
	}
	if s.Path == "" {
		b.WriteString(", embedded in the program")
	} else {
		fmt.Fprintf(&b, ", file %s", s.Path)
	}
	if s.Built.IsZero() {
		b.WriteString(", without a date")
	} else {
		fmt.Fprintf(&b, ", built on %s", day(s.Built))
	}
	if s.Licence == "" {
		b.WriteString(", licence not stated in the file.")
	} else {
		fmt.Fprintf(&b, ", licence: %s.", s.Licence)
	}
	return strings.ToUpper(b.String()[:1]) + b.String()[1:]
}

// Note is what a reader must know before relying on the answers: for each
// database its source, date and licence, whether the log (its span) is more
// than a year away from it, and whether part of it was unreadable.
func (db *DB) Note(span report.Span) []string {
	var notes []string
	for _, s := range db.Sources() {
		notes = append(notes, s.String())
		if s.Credit != "" {
			notes = append(notes, s.Credit)
		}
		notes = append(notes, ageNotes(s, span)...)
	}
	if db.country == nil {
		notes = append(notes, "No country data was given: countries are not known.")
	}
	if db.asn == nil {
		notes = append(notes, "No ASN data was given: autonomous systems are not known.")
	}
	for _, d := range db.all {
		if n := d.unreadableRecords(); n > 0 {
			notes = append(notes, fmt.Sprintf("%d records of %s could not be decoded: the places of their networks are not known.",
				n, d.reader.Metadata.DatabaseType))
		}
	}
	return notes
}

func ageNotes(s Source, span report.Span) []string {
	if s.Built.IsZero() {
		return nil
	}
	var notes []string
	if span.Last != report.NoTime {
		if last := time.Unix(0, span.Last).UTC(); last.Sub(s.Built) > maxAge {
			notes = append(notes, fmt.Sprintf("The log is newer than the data by more than a year: it reaches to %s, the data is of %s. "+
				"Networks have changed hands since; newer data can be given with --geo.", day(last), day(s.Built)))
		}
	}
	if span.First != report.NoTime {
		if first := time.Unix(0, span.First).UTC(); s.Built.Sub(first) > maxAge {
			notes = append(notes, fmt.Sprintf("The log is older than the data by more than a year: it begins on %s, the data is of %s. "+
				"It tells who holds a network at that later date, not at the time of the log.", day(first), day(s.Built)))
		}
	}
	return notes
}

func day(t time.Time) string { return t.Format("2006-01-02") }
