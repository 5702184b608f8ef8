package geo

import (
	_ "embed"
	"strings"
)

//go:embed data/countries.tsv
var countriesTSV string

// countryNames is the table of country codes and English short names. Our own
// names are preferred to a database's, so that a report reads the same
// whichever database answered.
func countryNames() map[string]string {
	names := make(map[string]string, 300)
	for line := range strings.Lines(countriesTSV) {
		code, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		names[code] = name
	}
	return names
}
