package engine_test

import (
	"bytes"
	"testing"

	"fwreport/report/json"
)

// Counters that wait on disk change nothing, to the last byte.
func TestSpilledIsTheSame(t *testing.T) {
	for name, paths := range map[string][]string{"mixed": mixedFolder(t), "samples": {"../../samples/evidence"}} {
		var want bytes.Buffer
		if err := json.Render(&want, run{jobs: 2, damaged: true}.report(t, paths...), json.Options{}); err != nil {
			t.Fatal(err)
		}
		for _, jobs := range []int{1, 3} {
			var got bytes.Buffer
			if err := json.Render(&got, run{jobs: jobs, damaged: true, shelve: 100}.report(t, paths...), json.Options{}); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want.Bytes()) {
				at := differ(got.Bytes(), want.Bytes())
				t.Errorf("%s, %d workers: it differs at byte %d:\n%s\n%s", name, jobs, at, around(got.Bytes(), at), around(want.Bytes(), at))
			}
		}
	}
}

func around(b []byte, at int) []byte { return b[max(0, at-200):min(len(b), at+200)] }
