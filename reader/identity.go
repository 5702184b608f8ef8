package reader

import "fwreport/reader/event"

// Identity and Identifier are those of package event.
type (
	Identity   = event.Identity
	Identifier = event.Identifier
)

// NewIdentifier makes an Identifier with keys of its own.
func NewIdentifier() *Identifier { return event.NewIdentifier() }
