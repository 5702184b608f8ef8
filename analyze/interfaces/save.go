package interfaces

import "fwreport/analyze/codec"

// Save implements analyze.Stored: there is nothing to save.
func (state) Save(*codec.Writer) {}

// Load implements analyze.Stored.
func (state) Load(*codec.Reader) {}
