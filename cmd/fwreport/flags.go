package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"fwreport/analyze/filter"
	"fwreport/reader/action"
	"fwreport/reader/event"
)

// flags are the report command's, as given.
type flags struct {
	since, until, now string
	readAll           bool
	formats           []string
	output            string
	limit             int
	tz, reportTZ      string
	year              int
	assume            event.Verdict
	actionMap         []action.Mapping
	duplicates        string
	geo               []string
	jobs              int
	memory            int64
	cache             string
	savePartial       string
	title             string
	manifest          bool
	rejects           string
	progress          string
	filter            filter.Spec

	places      configPlaces
	configFile  string
	printConfig bool
	config      *config // what it says beyond the flags
}

// formatNames are the output formats, in the order in which they are written.
var formatNames = []string{"html", "csv", "xlsx", "json", "text"}

// countOnce is the default of --duplicates.
const countOnce = "count-once"

var duplicatesWords = []string{countOnce, "keep"}

// neutral are the flags that do not bear on the content of a report: they are
// left out of the command that the report shows, so that the same evidence and
// question give the same bytes.
var neutral = []string{"output", "jobs", "memory", "cache", "save-partial", "manifest", "rejects", "progress", "quiet", "verbose", "config", "print-config"}

func (f *flags) register(fs *pflag.FlagSet, ui *ui) {
	f.limit, f.progress, f.duplicates = -1, "auto", countOnce
	fs.SortFlags = false
	fs.StringVar(&f.since, "since", "", "first `TIME` to count: 7d, 36h, 2w, 2026-11-01, 2026-11-01T06:00, RFC 3339, yesterday, monday")
	fs.StringVar(&f.until, "until", "", "first `TIME` not to count any more, in the same forms")
	fs.StringVar(&f.now, "now", "", "`TIME` that relative times count back from (default the clock)")
	fs.BoolVar(&f.readAll, "read-all", false, "read also the rotated logs that lie wholly outside --since and --until, which are otherwise only hashed")
	f.registerOutput(fs)
	f.registerTZ(fs)
	fs.StringVar(&f.reportTZ, "report-tz", "", "`ZONE` in which the report shows times (default as --tz)")
	f.registerYear(fs)
	f.registerFilters(fs)
	f.registerVerdicts(fs)
	fs.Var(oneOf{&f.duplicates, duplicatesWords, "WHAT"}, "duplicates", "count-once or keep: copies of a record in several log families, such as kern.log and syslog")
	fs.StringArrayVar(&f.geo, "geo", nil, "mmdb `FILE` for countries or ASNs in place of the embedded data; repeatable")
	fs.Var(sizeValue{&f.memory}, "memory", "memory for counting, such as 1GiB; beyond it counters wait on disk (default a quarter of the machine's)")
	fs.IntVar(&f.jobs, "jobs", 0, "`N` workers (default one a core)")
	fs.StringVar(&f.cache, "cache", "", "keep what was counted of each log in `DIR`, and read only what is new")
	fs.StringVar(&f.savePartial, "save-partial", "", "write what was counted to `FILE`, for fwreport merge; without --format or -o, nothing else")
	fs.StringVar(&f.title, "title", "", "title `TEXT` of the report")
	fs.BoolVar(&f.manifest, "manifest", false, "also write SHA256SUMS of inputs and outputs, for sha256sum -c")
	fs.StringVar(&f.rejects, "rejects", "", "also write every record that could not be decoded to `FILE`: place, reason, text")
	fs.Var(oneOf{&f.progress, []string{"auto", "always", "never"}, "WHEN"}, "progress", "draw progress: auto (on a terminal), always or never")
	f.registerConfig(fs)
	fs.BoolVar(&f.printConfig, "print-config", false, "print the settings of flags and config and where each is from, and make no report")
	registerQuiet(fs, ui)
	fs.BoolVarP(&ui.verbose, "verbose", "v", false, "say what is read, as what, and what was passed over")
	fs.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if name == "no-lo" { // the name that ipta gave it
			name = "no-local"
		}
		return pflag.NormalizedName(name)
	})
}

// registerOutput registers what says where a report goes and in which form.
func (f *flags) registerOutput(fs *pflag.FlagSet) {
	fs.SortFlags = false
	fs.Var(listValue{&f.formats, formatNames}, "format", "html csv xlsx json text, several with commas (default text)")
	fs.StringVarP(&f.output, "output", "o", "", "`PATH` of a file or folder, or - for standard output")
	fs.Var(rowsValue{&f.limit}, "limit", "rows a table, 0 for all (default text 10, html 100, csv, xlsx and json all)")
}

// mergeFlags are the flags of the command merge that a config may set.
var mergeFlags = []string{"format", "output", "limit", "report-tz", "geo", "title", "manifest", "quiet"}

// registerMerge registers what bears on a report, but not on what is counted.
func (f *flags) registerMerge(fs *pflag.FlagSet, ui *ui) {
	f.limit, f.duplicates = -1, countOnce
	fs.SortFlags = false
	f.registerOutput(fs)
	fs.StringVar(&f.reportTZ, "report-tz", "", "`ZONE` in which the report shows times (default the machine's)")
	fs.StringArrayVar(&f.geo, "geo", nil, "mmdb `FILE` for countries or ASNs in place of the embedded data; repeatable")
	fs.StringVar(&f.title, "title", "", "title `TEXT` of the report")
	fs.BoolVar(&f.manifest, "manifest", false, "also write SHA256SUMS of inputs and outputs, for sha256sum -c")
	f.registerConfig(fs)
	registerQuiet(fs, ui)
}

func (f *flags) registerTZ(fs *pflag.FlagSet) {
	fs.StringVar(&f.tz, "tz", "", "`ZONE` of stamps that carry none, such as Europe/Berlin (default the machine's)")
}

func (f *flags) registerYear(fs *pflag.FlagSet) {
	fs.IntVar(&f.year, "year", 0, "`YEAR` of the last record, for stamps without a year (default by file times)")
}

func (f *flags) registerVerdicts(fs *pflag.FlagSet) {
	fs.Var(verdictValue{&f.assume}, "assume", "deny, accept or none: verdict of packets whose prefix names none (default none)")
	fs.Var(mapValue{&f.actionMap}, "action-map", "what a log prefix means, such as FORWARDFW=DROP; * stands for any text, repeatable")
}

func (f *flags) registerConfig(fs *pflag.FlagSet) {
	fs.StringVar(&f.configFile, "config", "", "TOML `FILE` of settings in place of the user's and the system's; none for none")
}

// registerDecoding registers what bears on how a record is understood.
func (f *flags) registerDecoding(fs *pflag.FlagSet) {
	f.registerTZ(fs)
	f.registerYear(fs)
	f.registerVerdicts(fs)
}

// decodingFlags are what the other commands take from a config, of those that
// they have: a report's format, title or filter is none of theirs.
var decodingFlags = []string{"tz", "year", "assume", "action-map", "quiet"}

// inputZone is --tz, and checks --year, which goes with it.
func (f *flags) inputZone() (*time.Location, error) {
	if f.year != 0 {
		if err := checkYear("--year", f.year); err != nil {
			return nil, usageError{err}
		}
	}
	return zone("--tz", f.tz, machineZone())
}

// zoneFrom says where inputZone comes from, for the manifest.
func (f *flags) zoneFrom() string {
	if f.tz != "" {
		return "--tz"
	}
	return "this machine's"
}

// checkYear checks a year; name is what errors call it.
func checkYear(name string, year int) error {
	if year < 1990 || year > 2200 {
		return fmt.Errorf("%s %d: give the year of the logs' last record, such as 2026", name, year)
	}
	return nil
}

// checkJobs checks a number of workers.
func checkJobs(name string, n int) error {
	if n < 0 {
		return fmt.Errorf("%s %d: give a number of workers, or 0 for one a core", name, n)
	}
	return nil
}

func registerQuiet(fs *pflag.FlagSet, ui *ui) {
	fs.BoolVarP(&ui.quiet, "quiet", "q", false, "say nothing but errors")
}

func (f *flags) registerFilters(fs *pflag.FlagSet) {
	s := &f.filter
	fs.BoolVar(&s.NoLocal, "no-local", false, "leave out packets to and from the interface lo (also --no-lo)")
	fs.BoolVar(&s.NoAccept, "no-accept", false, "leave out accepted packets")
	fs.BoolVar(&s.ExcludePrivate, "exclude-private", false, "leave out private, loopback, link-local and other special sources")
	fs.Var(condition(&s.Src, filter.ParseNetwork, "CIDR"), "src", "keep only this source address or network; ! before it negates, repeatable")
	fs.Var(condition(&s.Dst, filter.ParseNetwork, "CIDR"), "dst", "keep only this destination")
	fs.Var(condition(&s.Net, filter.ParseNetwork, "CIDR"), "net", "keep only this source or destination")
	fs.Var(condition(&s.Ports, filter.ParsePorts, "PORT"), "port", "keep only this source or destination port, or range 1000-2000")
	fs.Var(condition(&s.Protos, filter.ParseProto, "PROTO"), "proto", "keep only this protocol, by name or number")
	for _, p := range []struct {
		list       *[]filter.Pattern
		name, what string
	}{
		{&s.In, "in", "keep only this input interface; * stands for any text"},
		{&s.Out, "out", "keep only this output interface"},
		{&s.Action, "action", "keep only this action, in any case"},
		{&s.Prefix, "prefix", "keep only this log prefix"},
		{&s.Host, "host", "keep only this host"},
	} {
		parse := func(text string) (filter.Pattern, error) { return filter.ParsePattern(text), nil }
		fs.Var(condition(p.list, parse, "NAME"), p.name, p.what)
	}
}

// values is a repeatable flag whose values are parsed one by one.
type values[T any] struct {
	list  *[]T
	parse func(string) (T, error)
	kind  string
	given *[]string
}

func condition[T any](list *[]T, parse func(string) (T, error), kind string) values[T] {
	return values[T]{list, parse, kind, new([]string)}
}

func (v values[T]) Set(s string) error {
	x, err := v.parse(s)
	if err != nil {
		return err
	}
	*v.list = append(*v.list, x)
	*v.given = append(*v.given, s)
	return nil
}

func (v values[T]) Type() string       { return v.kind }
func (v values[T]) String() string     { return strings.Join(v.GetSlice(), ",") }
func (v values[T]) GetSlice() []string { return given(v.given) }

// Append and Replace complete pflag.SliceValue, which the report's command line
// needs to show each value by itself.
func (v values[T]) Append(s string) error      { return v.Set(s) }
func (v values[T]) Replace(all []string) error { return replaceNone(all) }

func given(list *[]string) []string {
	if list == nil {
		return nil
	}
	return *list
}

func replaceNone(all []string) error {
	if len(all) > 0 {
		return fmt.Errorf("values cannot be replaced")
	}
	return nil
}

// listValue is --format: names with commas.
type listValue struct {
	list  *[]string
	known []string
}

func (v listValue) Set(s string) error {
	for name := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		name = strings.ToLower(name)
		if name == "txt" {
			name = "text"
		}
		if !slices.Contains(v.known, name) {
			return fmt.Errorf("%q is none of %s", name, strings.Join(v.known, ", "))
		}
		if !slices.Contains(*v.list, name) {
			*v.list = append(*v.list, name)
		}
	}
	return nil
}
func (v listValue) Type() string { return "LIST" }
func (v listValue) String() string {
	if v.list == nil {
		return ""
	}
	return strings.Join(*v.list, ",")
}

// rowsValue is --limit; below 0 it is not set.
type rowsValue struct{ n *int }

func (v rowsValue) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return fmt.Errorf("%q is no number of rows, nor 0 for all", s)
	}
	*v.n = n
	return nil
}
func (v rowsValue) Type() string { return "ROWS" }
func (v rowsValue) String() string {
	if v.n == nil || *v.n < 0 {
		return ""
	}
	return strconv.Itoa(*v.n)
}

// oneOf is a choice.
type oneOf struct {
	value *string
	known []string
	kind  string // what --help calls the value
}

func (v oneOf) Set(s string) error {
	if !slices.Contains(v.known, s) {
		return fmt.Errorf("%q is none of %s", s, strings.Join(v.known, ", "))
	}
	*v.value = s
	return nil
}
func (v oneOf) Type() string { return v.kind }
func (v oneOf) String() string {
	if v.value == nil {
		return ""
	}
	return *v.value
}

// verdictValue is --assume.
type verdictValue struct{ v *event.Verdict }

func (v verdictValue) Set(s string) error {
	switch strings.ToLower(s) {
	case "deny":
		*v.v = event.Denied
	case "accept":
		*v.v = event.Accepted
	case "none":
		*v.v = event.Undetermined
	default:
		return fmt.Errorf("%q is none of deny, accept, none", s)
	}
	return nil
}
func (v verdictValue) Type() string { return "VERDICT" }
func (v verdictValue) String() string {
	if v.v == nil {
		return ""
	}
	return [...]string{event.Undetermined: "", event.Denied: "deny", event.Accepted: "accept"}[*v.v]
}

// mapValue is --action-map.
type mapValue struct{ list *[]action.Mapping }

func (v mapValue) Set(s string) error {
	i := strings.LastIndexByte(s, '=')
	if i < 0 || strings.TrimSpace(s[i+1:]) == "" {
		return fmt.Errorf("%q is not of the form PREFIX=ACTION, for example \"FORWARDFW=DROP\"", s)
	}
	*v.list = append(*v.list, action.Mapping{Prefix: s[:i], Action: s[i+1:]})
	return nil
}
func (v mapValue) Type() string { return "PREFIX=ACTION" }
func (v mapValue) String() string {
	return strings.Join(v.GetSlice(), ",")
}
func (v mapValue) GetSlice() (all []string) {
	if v.list != nil {
		for _, m := range *v.list {
			all = append(all, m.Prefix+"="+m.Action)
		}
	}
	return all
}
func (v mapValue) Append(s string) error      { return v.Set(s) }
func (v mapValue) Replace(all []string) error { return replaceNone(all) }

// asGiven is the command line in one canonical spelling: the flags that were
// set and bear on the content, by the user or the config, in the order of
// --help, what only a config can say, then the paths.
func asGiven(fs *pflag.FlagSet, c *config, paths []string) []string {
	var args []string
	fs.VisitAll(func(fl *pflag.Flag) {
		if !fl.Changed || slices.Contains(neutral, fl.Name) {
			return
		}
		if list, ok := fl.Value.(pflag.SliceValue); ok {
			for _, v := range list.GetSlice() {
				args = append(args, "--"+fl.Name+"="+v)
			}
			return
		}
		if fl.Value.Type() == "bool" && fl.Value.String() == "true" {
			args = append(args, "--"+fl.Name)
			return
		}
		args = append(args, "--"+fl.Name+"="+fl.Value.String())
	})
	return append(append(args, c.asGiven()...), paths...)
}

// zones are --tz and --report-tz resolved.
type zones struct{ input, report *time.Location }
