//go:build !unix

package spill

import "errors"

// freeSpace is not asked here: a full disk is told when it is met.
func freeSpace(string) (int64, error) { return 0, errors.ErrUnsupported }
