// Command bulk writes big made-up evidence for benchmarks: a busy gateway's log
// or capture of as many records and sources as asked for, in one of four forms,
// faster than a disk takes it. Nothing in it depends on the clock, the machine or
// a library's random numbers: the same flags give the same records.
//
//	bulk -lines 2000000 -o kern.log             a log of netfilter's LOG target
//	bulk -lines 2000000 -o kern.log.gz -rotate 8    kern.log.8.gz to kern.log.1.gz
//	bulk -form pcap -lines 6000000 -o syn.pcap  a capture of 60-byte packets
//	bulk -lines 100000000 | fwreport -          as a stream
//	bulk -unpack kern.log.gz                    decompression and nothing else
//
// It is apart from samples/gen and samples/gen/stream, which tell a story and
// write every shape there is: their lines go through fmt, and a packet that is a
// struct of forty fields cannot be had five million times a second.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	if err := run(flag.CommandLine, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bulk:", err)
		os.Exit(1)
	}
}

func run(fs *flag.FlagSet, args []string) error {
	lines := fs.Int("lines", 2_000_000, "records to write")
	sources := fs.Int("sources", 20_000, "sources to draw from, up to 2^30; each is met once before any is met twice, if the records are enough for that")
	kind := fs.String("form", "syslog", strings.Join(formNames(), ", "))
	out := fs.String("o", "-", "file to write, compressed if its name ends in .gz or .zst")
	rotate := fs.Int("rotate", 1, "files to write, named as logrotate names them")
	unpack := fs.Bool("unpack", false, "decompress the files that are named, on all cores, and throw the bytes away")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *unpack {
		return unpackAll(fs.Args())
	}
	f, err := formNamed(*kind)
	if err != nil {
		return err
	}
	if *lines < 0 || *sources < 1 || *sources > maxSources || *rotate < 1 {
		return errors.New("give at least no lines, one file, and from 1 to 2^30 sources")
	}
	return writeFiles(f, newTraffic(*lines, *sources), *out, *rotate)
}
