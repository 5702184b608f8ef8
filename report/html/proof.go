package html

import "fwreport/report"

// proof is the section on the evidence: what was read, what became of its
// records, and what records and files say about themselves. The first two are of
// the manifest, which every report has; the rest is a section of the report,
// which one read from older JSON may lack.
type proof struct {
	section
	Ledger ledger
	Inputs inputs
	Bare   bool       // there is nothing but the manifest
	Empty  []emptyRow // tables without rows, in one list
}

// emptyRow is a table without rows: what it would list.
type emptyRow struct{ ID, Title, Doc string }

func newProof(r *report.Report, s *report.Section, b tabler) proof {
	filled, empty := s.Split()
	b.records = true
	v := proof{
		section: newSection(&report.Section{
			ID: s.ID, Title: s.Title, Doc: s.Doc, Findings: s.Findings, Notes: s.Notes, Charts: s.Charts, Tables: values(filled),
		}, b),
		Ledger: newLedger(r), Inputs: newInputs(r, b), Bare: len(s.Tables)+len(s.Findings)+len(s.Notes) == 0,
	}
	for _, t := range empty {
		v.Empty = append(v.Empty, emptyRow{anchor("t", t.ID), shown(t.Title), prose(t.Doc)})
	}
	return v
}

func values(list []*report.Table) []report.Table {
	var out []report.Table
	for _, t := range list {
		out = append(out, *t)
	}
	return out
}
