package report

import "fwreport/reader/evidence"

// EvidenceSection is the ID of the section on the evidence itself. Renderers show
// the manifest and this section as one.
const EvidenceSection = "evidence"

// SplitEvidence divides the sections into those on results, in their order, and
// the one on the evidence. Where the report has none, as one read from older
// JSON, an empty one is made, so that the manifest has a place.
func (r *Report) SplitEvidence() (results []*Section, evidence *Section) {
	for i := range r.Sections {
		if s := &r.Sections[i]; s.ID == EvidenceSection && evidence == nil {
			evidence = s
		} else {
			results = append(results, s)
		}
	}
	if evidence == nil {
		evidence = &Section{ID: EvidenceSection, Title: "Evidence"}
	}
	return results, evidence
}

// Split divides the section's tables into those with rows and those without.
func (s *Section) Split() (filled, empty []*Table) {
	for i := range s.Tables {
		if t := &s.Tables[i]; t.TotalRows > 0 {
			filled = append(filled, t)
		} else {
			empty = append(empty, t)
		}
	}
	return filled, empty
}

// LowerBounds sums the notices of all inputs that make counts lower bounds, and
// the records that they say were lost; a boot or a martian packet is no loss.
func LowerBounds(m *evidence.Manifest) (notices, lost uint64) {
	for i := range m.Inputs {
		for _, l := range m.Inputs[i].Losses {
			if l.LowersCounts() {
				notices += l.Notices
				lost += l.Lost
			}
		}
	}
	return notices, lost
}
