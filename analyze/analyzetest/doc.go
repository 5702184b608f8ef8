// Package analyzetest checks what every analyzer module must satisfy, and holds
// what the modules' tests share: a random but realistic stream of events
// ([Events]), an [Env] with invented inputs and geography, and helpers that turn
// a section into text ([Render], [Rows]).
//
// The central check is [Laws]: a State is a commutative monoid, so any split of
// the events over Sets, any order of the events, any shape of merging and any
// numbering of names and addresses gives the same section. A module's own tests
// are then left with one question, whether that section is right.
//
// Sections are compared as text, not as values: two cells that print alike are
// alike for every reader of the report, and a difference shows in the test's
// output as the line that it is.
package analyzetest
