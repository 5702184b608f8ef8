package geo

import (
	"sort"
	"strings"
	"testing"
	"unicode/utf8"
)

// iso3166 is the list of codes as the time zone database (iso3166.tab) has it.
const iso3166 = `AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK
FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK
ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW`

func TestCountryNames(t *testing.T) {
	names := countryNames()
	codes := strings.Fields(iso3166)
	if len(codes) != 249 {
		t.Fatalf("%d codes in the test's own list", len(codes))
	}
	for _, c := range append(codes, "XK", "EU", "AP", "A1", "A2", "A3", "T1") {
		if names[c] == "" {
			t.Errorf("%s has no name", c)
		}
	}
	if extra := len(names) - 249; extra != 11 {
		t.Errorf("%d codes beyond ISO 3166-1, the README lists 11", extra)
	}
	for code, want := range map[string]string{"DE": "Germany", "KR": "South Korea", "KP": "North Korea", "GB": "United Kingdom",
		"CD": "Congo (Democratic Republic)", "CG": "Congo (Republic)", "XK": "Kosovo", "CI": "Côte d'Ivoire"} {
		if names[code] != want {
			t.Errorf("%s is %q, want %q", code, names[code], want)
		}
	}
}

func TestCountryTableIsClean(t *testing.T) {
	var lines []string
	seen := map[string]string{}
	for line := range strings.Lines(countriesTSV) {
		line = strings.TrimSuffix(line, "\n")
		lines = append(lines, line)
		code, name, ok := strings.Cut(line, "\t")
		if !ok || countryCode(code) != code || name == "" || strings.TrimSpace(name) != name || !utf8.ValidString(name) {
			t.Errorf("bad line %q", line)
		}
		if other := seen[name]; other != "" {
			t.Errorf("%s and %s have the same name %q", other, code, name)
		}
		seen[name] = code
	}
	if !sort.StringsAreSorted(lines) {
		t.Error("the table is not sorted")
	}
}
