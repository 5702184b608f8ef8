//go:build !linux

package spill

import (
	"errors"
	"os"
)

// createNameless is for systems that have files without a name.
func createNameless(string) (*os.File, error) { return nil, errors.ErrUnsupported }
