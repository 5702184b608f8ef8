// Command gen writes the samples: three weeks of firewall evidence of a small
// made-up network, in every input format and compression that fwreport reads.
// samples/README.md tells the story.
//
//	go run ./samples/gen            rewrites samples/evidence
//	go run ./samples/gen -o DIR     writes elsewhere
//
// Nothing in the output depends on the clock, the machine or a library's random
// numbers: the same program writes the same bytes. The exceptions are bzip2 and
// xz, for which the standard library and our dependencies have no compressor:
// such a file is left alone if it holds what it should, else the command of that
// name is run.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	dir := flag.String("o", "samples/evidence", "folder to write to")
	flag.Parse()
	if err := writeAll(*dir); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}
