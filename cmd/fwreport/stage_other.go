//go:build !linux

package main

import (
	"errors"
	"os"
)

// createNameless is for systems that have files without a name.
func createNameless(string) (*os.File, error) { return nil, errors.ErrUnsupported }

// nameFile is never reached: no file is nameless.
func nameFile(*os.File, string) error { return errors.ErrUnsupported }
