// Command build makes the database that package geo embeds, from lists that
// others publish: CSV files of countries and of autonomous systems, and the text
// form of IPFire's location database (libloc). Several inputs are merged; a
// network inside another one overrides what it states itself and inherits the
// rest.
//
// It is a module of its own so that the writer's library stays out of the
// product's go.mod. The output depends on inputs and flags alone: the date is a
// flag, not the clock's.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/maxmind/mmdbwriter"
)

const usage = `usage: go run . -o FILE -date YYYY-MM-DD [flags] INPUT...

Makes a MaxMind-format database of countries and autonomous systems.
An INPUT is one of

  CSV with a header     network,country_code   network,autonomous_system_number,autonomous_system_organization
                        start_ip,end_ip,country,asn,as_name   and other columns, which are left out
  CSV without a header  FIRST,LAST or NETWORK, then in any order a country code of two letters, an AS
                        number, a name; addresses may be decimal numbers (tor's geoip, ip-location-db)
  libloc's text form    blocks of "net:", "country:", "aut-num:", "is-anycast:" and so on

`

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

type options struct {
	output, date, dbType, description string
	recordSize                        int
	inputs                            []string
}

func parseFlags(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	f := flag.NewFlagSet("build", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() { fmt.Fprint(stderr, usage); f.PrintDefaults() }
	f.StringVar(&o.output, "o", "", "output `FILE`")
	f.StringVar(&o.date, "date", "", "date of the data, `YYYY-MM-DD`: reports show it")
	f.StringVar(&o.dbType, "type", "Country-ASN", "type written into the database")
	f.StringVar(&o.description, "description", "", "description, with source and licence: reports show it")
	f.IntVar(&o.recordSize, "record-size", 24, "bits of a tree record: 24, 28 or 32")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	o.inputs = f.Args()
	if o.output == "" || o.date == "" || len(o.inputs) == 0 {
		f.Usage()
		return nil, errors.New("-o, -date and an input are needed")
	}
	return o, nil
}

func run(args []string, stderr io.Writer) error {
	o, err := parseFlags(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	day, err := time.Parse(time.DateOnly, o.date)
	if err != nil {
		return fmt.Errorf("reading -date: %w", err)
	}
	d := newData()
	for _, path := range o.inputs {
		if err := d.readFile(path); err != nil {
			return err
		}
	}
	tree, skipped, err := d.tree(mmdbwriter.Options{
		BuildEpoch: day.Unix(), DatabaseType: o.dbType, RecordSize: o.recordSize, IPVersion: 6,
		Description: map[string]string{"en": o.description}, Languages: []string{"en"},
	})
	if err != nil {
		return err
	}
	if err := write(o.output, tree); err != nil {
		return fmt.Errorf("writing %s: %w", o.output, err)
	}
	fmt.Fprintf(stderr, "%s: %d networks, %d left out as reserved\n", o.output, len(d.entries)-skipped, skipped)
	return nil
}

// write replaces path only when all is written.
func write(path string, tree io.WriterTo) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".geodata-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	if err := encode(tmp, tree); err != nil {
		return err
	}
	if err := tmp.Chmod(0o644); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

func encode(w io.Writer, tree io.WriterTo) error {
	buffered := bufio.NewWriterSize(w, 1<<20)
	if _, err := tree.WriteTo(buffered); err != nil {
		return err
	}
	return buffered.Flush()
}
