package report

import (
	"strings"
	"testing"

	"fwreport/reader/evidence"
)

func TestSplitEvidence(t *testing.T) {
	r := &Report{Sections: []Section{{ID: "a"}, {ID: EvidenceSection, Title: "Its own"}, {ID: "b"}}}
	results, proof := r.SplitEvidence()
	if len(results) != 2 || results[0].ID != "a" || results[1].ID != "b" || proof.Title != "Its own" {
		t.Errorf("%d results, the evidence is %q", len(results), proof.Title)
	}
	r.Sections = r.Sections[:1]
	if results, proof = r.SplitEvidence(); len(results) != 1 || proof.ID != EvidenceSection || proof.Title != "Evidence" {
		t.Errorf("without one: %d results, %+v", len(results), proof)
	}
}

// Losses are among the notes on inputs only where no table lists them; what is
// no loss makes no count a lower bound.
func TestLossesOnce(t *testing.T) {
	r := &Report{Evidence: evidence.Manifest{Inputs: []evidence.Input{
		{Losses: []evidence.Loss{{Class: "kernel_lost", Notices: 2, Lost: 40}, {Class: "boot", Notices: 1}}},
		{Losses: []evidence.Loss{{Class: "relay_lost", Notices: 1, Lost: 2}, {Class: "martian", Notices: 5, Lost: 9}}},
	}}}
	notes := func() string {
		var b strings.Builder
		table := r.InputsTable()
		for row := range table.Rows {
			b.WriteString(row[table.Column("notes")].Str() + "\n")
		}
		return b.String()
	}
	want := "notices, kernel_lost: 2 (records lost: 40); notices, boot: 1 (records lost: not stated)\n" +
		"notices, relay_lost: 1 (records lost: 2); notices, martian: 5 (records lost: 9)\n"
	if got := notes(); got != want {
		t.Errorf("notes %q, want %q", got, want)
	}
	r.Sections = []Section{{ID: EvidenceSection, Tables: []Table{{ID: "losses"}}}}
	if got := notes(); got != "\n\n" {
		t.Errorf("notes %q beside a table of losses", got)
	}
	if notices, lost := LowerBounds(&r.Evidence); notices != 3 || lost != 42 {
		t.Errorf("%d notices of %d records lost, want 3 of 42", notices, lost)
	}
}
