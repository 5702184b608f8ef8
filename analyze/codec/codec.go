// Package codec writes the working memory of analyzers into a stream and reads
// it back: partial results on disk, cached results of inputs, spilled tables.
//
// A [Writer] and a [Reader] know the few kinds of value that a State is made of:
// integers, times, places of records, names and address handles. Each module
// says in its Save and Load which of them it has, in which order; the order is
// the schema, and [Version] changes with it.
//
// # The stream
//
//	file    = magic version(uvarint) section* end
//	section = block(text: name) block* block(empty)
//	end     = block(text: "")
//	block   = length(uint32) payload checksum(uint32)
//
// Numbers of fixed length are little-endian. A block's payload is at most 64
// KiB, so neither side keeps more of a section in memory. Its checksum is the
// CRC-32C of the whole file up to it: each block is known to be sound, and to
// stand in its place, before a value of it is used, and a file that is cut has no
// end. A CRC tells damage, not forgery: whoever can write the file can write its
// checksum, so a Reader trusts no value for being well summed. Numbers that the
// reader indexes with are checked, and memory is taken only as data arrive: a
// length is never a reason to allocate.
//
// Names and addresses are written once, where the first of their handles stands;
// times and places as the difference from the one before, for neighbouring keys
// of a table were met at nearly the same time.
//
// # Errors
//
// Both keep their first error and do nothing afterwards; a Reader then returns
// zeros. So Save and Load are straight lines, and loops over untrusted lengths
// ask Err.
//
// # Rejected
//
// encoding/gob: it needs exported fields or a second set of structs, writes type
// descriptors into each stream, works by reflection, and its documentation says
// that it is not hardened against hostile input. JSON for the tables: five times the
// size, and no 64-bit integers that every reader keeps. A length in front of each
// section instead of blocks: it must be known before the section is written,
// which doubles the memory of the largest table just when memory is short.
//
// A Writer or Reader serves one goroutine. They own their buffers; what a Reader
// returns does not alias them.
package codec

import (
	"errors"
	"hash/crc32"
)

// Version is the version of the stream and of every module's layout in it. It is
// counted up with each change of a Save: old streams are then refused, never
// guessed at.
const Version = 1

const (
	magic    = "fwreport partial\n"
	maxBlock = 64 << 10
	// fullBlock is the length from which on a block is written: the next value
	// still fits.
	fullBlock = maxBlock - 64
	maxName   = 64 // bytes of a section's name
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// How a time is written; see Writer.Time.
const (
	inSeconds = iota
	inMicroseconds
	inNanoseconds
	absolute
)

var errShort = errors.New("the data end before the section does")
