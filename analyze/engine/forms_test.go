package engine_test

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"fwreport/samples/gen/stream"
)

// textForms are all textual forms of the kernel's records.
func textForms() []stream.Form {
	return slices.Concat(stream.SyslogForms(), stream.KernelForms(), stream.JournalForms())
}

// carried is the stream as far as a form can carry it.
func carried(f stream.Form, ps []stream.Packet) []stream.Packet {
	kept := slices.Clone(ps)
	for i := range kept {
		if !f.Host {
			kept[i].Host = ""
		}
		before := time.Time{}
		if i > 0 {
			before = ps[i-1].Time
		}
		kept[i].Time = f.When(ps[i].Time, before)
	}
	return kept
}

// placed is what there is to count, with the places of the records in the form.
func placed(f stream.Form, ps []stream.Packet) []seen {
	all := look(carried(f, ps))
	for i := range all {
		all[i].number = f.Place(i + 1)
	}
	return all
}

// againstOracles holds all tables that are counted by hand to the count.
func againstOracles(t *testing.T, got map[string]table, all []seen) {
	t.Helper()
	for _, o := range oracles {
		tb, ok := got[o.table]
		if !ok {
			t.Errorf("there is no table %s", o.table)
			continue
		}
		want := naive(all, o.want, o.key, o.say)
		if diff := gocmp.Diff(want, project(t, tb, strings.Fields(o.columns))); diff != "" {
			t.Errorf("%s (- counted by hand, + table)\n%.2000s", o.table, diff)
		}
	}
}

// TestTextForms: one stream, written in each textual form, gives what is counted
// by hand in the model that the form was written from.
func TestTextForms(t *testing.T) {
	ps := model(500)
	for _, f := range textForms() {
		t.Run(f.Name, func(t *testing.T) {
			path := write(t, t.TempDir(), "fw.log", ps, func(w io.Writer, ps []stream.Packet) error {
				return f.Write(w, ps, stream.AllFlags, berlin)
			})
			got := tables(run{zone: berlin, year: 2026, jobs: 2}.report(t, path))
			againstOracles(t, got, placed(f, ps))
		})
	}
}
