package sqlite

import (
	"testing"

	"fwreport/reader/readertest"
)

func TestExamples(t *testing.T) {
	for _, ex := range readertest.OfKind(t, "sqlite_row") {
		ex.Run(t, Format, []byte(ex.Input))
	}
}
