package main

import (
	"encoding/json"
	"io/fs"
	"path/filepath"
	"testing"

	"fwreport/reader/evidence"
)

// TestAccount: sources and a report over all evidence name every file, with a
// format or a reason, and every record is accounted for.
func TestAccount(t *testing.T) {
	folders := evidenceFolders(t)
	files := regularFiles(t, folders)
	listed := map[string]bool{}
	for _, s := range sourcesOf(t, folders) {
		if s.Format == "" && s.Skipped == "" {
			t.Errorf("sources says of %s neither what it is nor why it is passed over", s.Path)
		}
		listed[s.Path] = true
	}
	rep := wholeReport(t, folders)
	known, sum := map[string]bool{}, evidence.Ledger{}
	for i := range rep.Evidence.Inputs {
		in := &rep.Evidence.Inputs[i]
		known[in.Path] = true
		sum.Add(in.Records)
		if in.Format == "" && in.Skipped == "" {
			t.Errorf("the report says of %s neither what it is nor why it was passed over", in.Path)
		}
		if err := in.Records.Check(); err != nil {
			t.Errorf("%s: %v", in.Path, err)
		}
		if !listed[in.Path] {
			t.Errorf("%s is in the report, but not in sources", in.Path)
		}
	}
	for _, path := range files {
		if !listed[path] || !known[path] {
			t.Errorf("%s: in sources %v, in the report %v", path, listed[path], known[path])
		}
	}
	if sum != rep.Evidence.Totals || sum.Check() != nil {
		t.Errorf("the inputs' ledgers add up to %+v, the report says %+v", sum, rep.Evidence.Totals)
	}
	t.Logf("%d files, %d inputs, %+v", len(files), len(rep.Evidence.Inputs), rep.Evidence.Totals)
}

func sourcesOf(t *testing.T, folders []string) []source {
	t.Helper()
	var list []source
	out := printed(t, append([]string{"sources", "--tz", "UTC", "-q", "--format", "json"}, folders...)...)
	if err := json.Unmarshal(out, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func regularFiles(t *testing.T, folders []string) (files []string) {
	t.Helper()
	for _, dir := range folders {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}
