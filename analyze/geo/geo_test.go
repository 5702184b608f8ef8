package geo

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fwreport/analyze"
	"fwreport/report"
)

// What the engine and the analyzers ask of a DB.
var (
	_ analyze.Locator                         = (*DB)(nil)
	_ interface{ Note(report.Span) []string } = (*DB)(nil)
)

const corpus = "../../../shared/corpus/maxmind+MaxMind-DB"

func testFile(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(corpus, "test-data", name+".mmdb")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("MaxMind's test data is not here: %v", err)
	}
	return path
}

func mustOpen(t *testing.T, paths ...string) *DB {
	t.Helper()
	db, err := Open(paths...)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// oracle is the source of a test database: what MaxMind wrote into it.
type oracle struct {
	prefix netip.Prefix
	record struct {
		Country struct {
			Code string `json:"iso_code"`
		} `json:"country"`
		ASN    uint32 `json:"autonomous_system_number"`
		Org    string `json:"autonomous_system_organization"`
		Traits struct {
			ASN uint32 `json:"autonomous_system_number"`
			Org string `json:"autonomous_system_organization"`
		} `json:"traits"`
	}
}

func readOracle(t *testing.T, name string) []oracle {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(corpus, "source-data", name+".json"))
	if err != nil {
		t.Skipf("MaxMind's test data is not here: %v", err)
	}
	var list []map[string]json.RawMessage
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	var all []oracle
	for _, m := range list {
		for k, raw := range m {
			o := oracle{prefix: netip.MustParsePrefix(k)}
			if err := json.Unmarshal(raw, &o.record); err != nil {
				t.Fatalf("%s: %v", k, err)
			}
			if a := o.prefix.Addr(); a.Is6() && strings.HasPrefix(k, "::") { // IPv4 written as ::a.b.c.d/n
				b := a.As16()
				o.prefix = netip.PrefixFrom(netip.AddrFrom4([4]byte(b[12:])), o.prefix.Bits()-96)
			}
			all = append(all, o)
		}
	}
	return all
}

// answer is the longest match, found without any tree.
func answer(all []oracle, a netip.Addr) (best oracle) {
	bits := -1
	for _, o := range all {
		if o.prefix.Contains(a) && o.prefix.Bits() >= bits {
			best, bits = o, o.prefix.Bits()
		}
	}
	return best
}

func TestAgainstMaxMindSources(t *testing.T) {
	for _, name := range []string{"GeoLite2-Country-Test", "GeoIP2-Country-Test", "GeoLite2-City-Test", "GeoIP2-City-Test",
		"GeoLite2-ASN-Test", "GeoIP2-ISP-Test", "GeoIP2-Enterprise-Test", "GeoIP2-Precision-Enterprise-Test"} {
		t.Run(name, func(t *testing.T) {
			db, all := mustOpen(t, testFile(t, name)), readOracle(t, name)
			found := 0
			for _, o := range all {
				a := o.prefix.Addr()
				want := answer(all, a).record
				if want.ASN == 0 {
					want.ASN, want.Org = want.Traits.ASN, want.Traits.Org
				}
				if want.ASN == 0 {
					want.Org = ""
				}
				got := db.Locate(a)
				if got.ASN == 0 {
					got.Org = ""
				}
				if got.Country != want.Country.Code || got.ASN != want.ASN || got.Org != want.Org {
					t.Errorf("%s: got %+v, want %s AS%d %q", a, got, want.Country.Code, want.ASN, want.Org)
				}
				if got != (analyze.Place{}) {
					found++
				}
			}
			if found == 0 {
				t.Error("nothing was found at all")
			}
		})
	}
}

func TestCountryAndASNTogether(t *testing.T) {
	db := mustOpen(t, testFile(t, "GeoLite2-ASN-Test"), testFile(t, "GeoLite2-Country-Test"))
	for a, want := range map[string]analyze.Place{
		"89.160.20.112":        {Country: "SE", CountryName: "Sweden", ASN: 29518, Org: "Bredband2 AB"},
		"81.2.69.142":          {Country: "GB", CountryName: "United Kingdom"},
		"1.128.0.1":            {ASN: 1221, Org: "Telstra Pty Ltd"},
		"::ffff:89.160.20.112": {Country: "SE", CountryName: "Sweden", ASN: 29518, Org: "Bredband2 AB"},
		"64:ff9b::81.2.69.142": {Country: "GB", CountryName: "United Kingdom"},
		"10.0.0.1":             {}, "192.0.2.1": {}, "fe80::1%eth0": {}, "::1": {}, "9.9.9.9": {},
	} {
		if got := db.Locate(netip.MustParseAddr(a)); got != want {
			t.Errorf("%s: got %+v, want %+v", a, got, want)
		}
	}
	if got := db.Locate(netip.Addr{}); got != (analyze.Place{}) {
		t.Errorf("the invalid address: %+v", got)
	}
	if got := len(db.Sources()); got != 2 {
		t.Errorf("%d sources", got)
	}
}

func TestOpenRefuses(t *testing.T) {
	text := filepath.Join(t.TempDir(), "not.mmdb")
	if err := os.WriteFile(text, []byte("network,country\n1.0.0.0/24,AU\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		files []string
		want  string
	}{
		{nil, "no file given"},
		{[]string{filepath.Join(t.TempDir(), "absent.mmdb")}, "absent.mmdb"},
		{[]string{text}, "not.mmdb as a MaxMind-format database"},
		{[]string{"GeoLite2-Country-Test", "GeoIP2-City-Test"}, "give countries: give one of them"},
		{[]string{"GeoLite2-ASN-Test", "GeoIP2-ISP-Test"}, "give autonomous systems: give one of them"},
		{[]string{"GeoIP2-Domain-Test"}, `type "GeoIP2-Domain" gives neither countries nor autonomous systems`},
		{[]string{"GeoIP2-User-Count-Test"}, `type "GeoIP2-User-Count" gives neither`},
		{[]string{"MaxMind-DB-test-decoder"}, `type "MaxMind DB Decoder Test" gives neither`},
	} {
		var files []string
		for _, f := range c.files {
			if !strings.HasSuffix(f, ".mmdb") {
				f = testFile(t, f)
			}
			files = append(files, f)
		}
		if _, err := Open(files...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got %v, want %q", c.files, err, c.want)
		}
	}
}

// TestOtherTypes opens databases in the manner of publishers whose types
// geoip2-golang does not know.
func TestOtherTypes(t *testing.T) {
	countries := writeMMDB(t, "country ipvAll", 1780000000, []network{
		{"1.0.0.0/24", map[string]any{"country_code": "AU"}},
		{"2.0.0.0/8", map[string]any{"country_code": "fr"}},
		{"3.0.0.0/8", map[string]any{"country_code": "<script>"}},
	})
	asns := writeMMDB(t, "ipinfo generic_asn.mmdb", 1780000000, []network{
		{"1.0.0.0/24", map[string]any{"asn": "AS13335", "name": "Cloudflare, Inc.", "route": "1.0.0.0/24"}},
		{"2.0.0.0/8", map[string]any{"asn": uint64(3215), "name": "Orange \t"}},
		{"3.0.0.0/8", map[string]any{"asn": "ASXX", "name": "nobody"}},
	})
	db := mustOpen(t, countries, asns)
	for a, want := range map[string]analyze.Place{
		"1.0.0.7":   {Country: "AU", CountryName: "Australia", ASN: 13335, Org: "Cloudflare, Inc."},
		"2.3.4.5":   {Country: "FR", CountryName: "France", ASN: 3215, Org: "Orange"},
		"3.3.3.3":   {},
		"2600::1":   {}, // IPv6 asked of an IPv4 database
		"1.0.1.0":   {},
		"127.0.0.1": {},
	} {
		if got := db.Locate(netip.MustParseAddr(a)); got != want {
			t.Errorf("%s: got %+v, want %+v", a, got, want)
		}
	}
	if notes := strings.Join(db.Note(report.Span{First: report.NoTime, Last: report.NoTime}), "\n"); !strings.Contains(notes, countries) ||
		!strings.Contains(notes, "country ipvAll") || !strings.Contains(notes, "licence not stated") {
		t.Errorf("notes do not name the file, its type and its licence:\n%s", notes)
	}
}

func TestPlaceOf(t *testing.T) {
	for _, c := range []struct {
		record any
		want   analyze.Place
	}{
		{map[string]any{"country": "DE", "country_name": "Germany", "asn": "AS3320", "as_name": "Deutsche Telekom AG"},
			analyze.Place{Country: "DE", CountryName: "Germany", ASN: 3320, Org: "Deutsche Telekom AG"}},
		{map[string]any{"country": "Germany", "country_code": "DE"}, analyze.Place{Country: "DE", CountryName: "Germany"}},
		{map[string]any{"country": map[string]any{"iso_code": "BR", "names": map[string]any{"en": "Brazil"}}},
			analyze.Place{Country: "BR", CountryName: "Brazil"}},
		{map[string]any{"traits": map[string]any{"autonomous_system_number": uint64(64512)}}, analyze.Place{ASN: 64512}},
		{map[string]any{"asn": uint64(1) << 40, "as_name": "too big"}, analyze.Place{}},
		{map[string]any{"registered_country": map[string]any{"iso_code": "AU"}}, analyze.Place{}},
		{map[string]any{"name": "example.net"}, analyze.Place{}},
		{"a bare string", analyze.Place{}},
		{nil, analyze.Place{}},
	} {
		if got := placeOf(c.record); got != c.want {
			t.Errorf("%v: got %+v, want %+v", c.record, got, c.want)
		}
	}
}

func TestUnreadableRecords(t *testing.T) {
	db := mustOpen(t, writeMMDB(t, "GeoLite2-ASN", 1780000000, []network{
		{"1.0.0.0/24", map[string]any{"autonomous_system_number": uint64(13335), "autonomous_system_organization": "Cloudflare"}},
		{"2.0.0.0/8", map[string]any{"autonomous_system_number": "a word where a number belongs"}},
	}))
	for range 3 {
		for _, a := range []string{"2.1.1.1", "2.2.2.2", "1.0.0.1"} {
			db.Locate(netip.MustParseAddr(a))
		}
	}
	want := "1 records of GeoLite2-ASN could not be decoded: the places of their networks are not known."
	if notes := db.Note(report.Span{First: report.NoTime, Last: report.NoTime}); !slices.Contains(notes, want) {
		t.Errorf("%q is not among %q", want, notes)
	}
	if got := db.Locate(netip.MustParseAddr("1.0.0.1")); got.ASN != 13335 {
		t.Errorf("the sound record: %+v", got)
	}
}

func TestEmbedded(t *testing.T) {
	db, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for a, want := range map[string]analyze.Place{ // holders that have not changed in a decade
		"8.8.8.8":         {Country: "US", CountryName: "United States", ASN: 15169},
		"193.0.6.139":     {Country: "NL", CountryName: "Netherlands", ASN: 3333},
		"2001:67c:2e8::1": {Country: "NL", CountryName: "Netherlands", ASN: 3333},
		"192.168.1.1":     {},
		"203.0.113.5":     {},
	} {
		got := db.Locate(netip.MustParseAddr(a))
		if got.Org == "" && want.ASN != 0 {
			t.Errorf("%s has no organisation", a)
		}
		if got.Org = ""; got != want {
			t.Errorf("%s: got %+v, want %+v", a, got, want)
		}
	}
	s := db.Sources()
	if len(s) != 1 || s[0].Type != "IPFire-Country-ASN" || s[0].Licence != "CC BY-SA 4.0" || s[0].Path != "" ||
		!s[0].Built.Equal(time.Date(2026, 8, 22, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("source: %+v", s)
	}
	if err := db.all[0].reader.Verify(); err != nil {
		t.Error(err)
	}
}

func TestNoteAges(t *testing.T) {
	db, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) int64 {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v.UnixNano()
	}
	for _, c := range []struct {
		first, last  string
		newer, older bool
	}{
		{"2026-03-01T00:00:00Z", "2026-11-01T00:00:00Z", false, false},
		{"2027-01-01T00:00:00Z", "2027-08-22T00:00:00Z", false, false}, // 365 days to the second
		{"2027-01-01T00:00:00Z", "2027-08-22T00:00:01Z", true, false},
		{"2025-08-22T00:00:00Z", "2026-01-01T00:00:00Z", false, false},
		{"2025-08-21T23:59:59Z", "2026-01-01T00:00:00Z", false, true},
		{"2012-01-01T00:00:00Z", "2030-01-01T00:00:00Z", true, true},
	} {
		text := strings.Join(db.Note(report.Span{First: at(c.first), Last: at(c.last)}), "\n")
		if strings.Contains(text, "newer than the data by more than a year") != c.newer ||
			strings.Contains(text, "older than the data by more than a year") != c.older {
			t.Errorf("%s to %s:\n%s", c.first, c.last, text)
		}
		if !strings.Contains(text, "2026-08-22") || !strings.Contains(text, "CC BY-SA 4.0") {
			t.Errorf("date or licence is missing:\n%s", text)
		}
	}
}

func TestConcurrentLocate(t *testing.T) {
	db, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	results := make([][]analyze.Place, 4)
	for w := range results {
		wg.Go(func() {
			for i := range uint32(20000) {
				v := i * 2654435761
				results[w] = append(results[w], db.Locate(netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})))
			}
		})
	}
	wg.Wait()
	for _, r := range results[1:] {
		if !slices.Equal(r, results[0]) {
			t.Fatal("goroutines were told different places")
		}
	}
}

func BenchmarkLocate(b *testing.B) {
	db, err := Embedded()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := range uint32(b.N) {
		v := i % 4096 * 2654435761
		db.Locate(netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}))
	}
}

func BenchmarkEmbedded(b *testing.B) {
	for b.Loop() {
		if _, err := Embedded(); err != nil {
			b.Fatal(err)
		}
	}
}
