package engine_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fwreport/reader/evidence"
	"fwreport/report"
	"fwreport/samples/gen/stream"
)

// member is a file to be packed.
type member struct {
	name string
	data []byte
}

// archives pack members. The form's name after ! is the archive in the archive.
var archives = []struct {
	name string
	pack func(*testing.T, []member) []byte
}{
	{"plain.tar", tarred},
	{"stream.tar.gz", func(t *testing.T, ms []member) []byte { return gzipped(t, tarred(t, ms)) }},
	{"a.zip", zipped},
	{"outer.zip!inner.tar", func(t *testing.T, ms []member) []byte { return zipped(t, []member{{"inner.tar", tarred(t, ms)}}) }},
	{"outer.tgz!inner.zip", func(t *testing.T, ms []member) []byte {
		return gzipped(t, tarred(t, []member{{"inner.zip", zipped(t, ms)}}))
	}},
	{"outer.tgz!inner.tgz", func(t *testing.T, ms []member) []byte {
		return gzipped(t, tarred(t, []member{{"inner.tgz", gzipped(t, tarred(t, ms))}}))
	}},
}

var packedAt = time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)

func tarred(t *testing.T, ms []member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range ms {
		err := w.WriteHeader(&tar.Header{Name: m.name, Size: int64(len(m.data)), Mode: 0o600, ModTime: packedAt})
		_, e := w.Write(m.data)
		if err = errors.Join(err, e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipped(t *testing.T, ms []member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range ms {
		f, err := w.CreateHeader(&zip.FileHeader{Name: m.name, Method: zip.Deflate, Modified: packedAt})
		if err == nil {
			_, err = f.Write(m.data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(data)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// logs is one stream of events in three files, one of them compressed, one of
// them packets.
func logs(t *testing.T) []member {
	t.Helper()
	ps := model(3000)
	text := func(ps []stream.Packet) []byte {
		var b bytes.Buffer
		if err := stream.Syslog3164(&b, ps, stream.Kernel{Flags: stream.AllFlags, Uptime: true}, time.UTC); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	var capture bytes.Buffer
	if err := (stream.Capture{Order: le, Link: stream.Ethernet}).Pcap(&capture, ps[2000:]); err != nil {
		t.Fatal(err)
	}
	return []member{
		{"var/log/kern.log.1.gz", gzipped(t, text(ps[:1000]))},
		{"var/log/kern.log", text(ps[1000:2000])},
		{"night.pcap", capture.Bytes()},
	}
}

// perMember is what is known of each member, by its name in the folder or archive.
func perMember(rep *report.Report, prefix string) map[string]evidence.Input {
	all := map[string]evidence.Input{}
	for _, in := range rep.Evidence.Inputs {
		if name, ok := strings.CutPrefix(in.Path, prefix); ok && in.Path != prefix {
			in.Path, in.Family = name, strings.TrimPrefix(in.Family, prefix)
			in.YearFrom = ""
			all[filepath.ToSlash(name)] = in
		}
	}
	return all
}

// TestArchives: one set of logs in a folder and in each form of archive gives
// the same tables and the same facts of each member, with one worker and with several.
func TestArchives(t *testing.T) {
	set := logs(t)
	folder := t.TempDir()
	for _, m := range set {
		path := filepath.Join(folder, m.name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, m.data, 0o600), os.Chtimes(path, packedAt, packedAt)); err != nil {
			t.Fatal(err)
		}
	}
	plain := run{jobs: 2}.report(t, folder)
	want, wantFacts := tables(plain), perMember(plain, folder+string(filepath.Separator))
	if plain.Evidence.Totals.Events < 2900 || len(wantFacts) != len(set) {
		t.Fatalf("the folder gives %d events of %d files", plain.Evidence.Totals.Events, len(wantFacts))
	}
	for i, form := range archives {
		jobs := []int{1, 4}[i%2]
		name, inner, nested := strings.Cut(form.name, "!")
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, form.pack(t, set), 0o600); err != nil {
			t.Fatal(err)
		}
		rep := run{jobs: jobs}.report(t, path)
		prefix := path + "!"
		if nested {
			prefix += inner + "!"
		}
		if diff := cmp.Diff(want, tables(rep)); diff != "" {
			t.Errorf("%s, %d jobs: tables differ:\n%s", form.name, jobs, diff)
		}
		if diff := cmp.Diff(wantFacts, perMember(rep, prefix)); diff != "" {
			t.Errorf("%s, %d jobs: the members' facts differ:\n%s", form.name, jobs, diff)
		}
		if !slices.ContainsFunc(rep.Evidence.Inputs, func(in evidence.Input) bool { return in.Path == path && len(in.SHA256) == 64 }) {
			t.Errorf("%s: the archive has no hash", form.name)
		}
	}
}
