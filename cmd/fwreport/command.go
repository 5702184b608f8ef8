package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"fwreport/report"
)

const longHelp = `fwreport reads firewall logs of Linux machines (netfilter LOG lines in syslog files,
ulogd2 JSON, packet captures; rotated, compressed, mixed in one folder) and writes a
report: what was denied, from where, to which ports, by which rule, with which tool's
marks. Counts are exact, every figure leads to its first and last record, and every
record that was read is accounted for. Nothing is sent anywhere.

Without a PATH it reads this machine's own logs. Settings may stand in a config file:
the user's and the system's are read, or the one that --config names.`

const examples = `  fwreport                                      this machine's logs, top 10 tables on the terminal
  fwreport --since 7d --format html             the last week as one HTML file
  fwreport /mnt/case/var/log                    a copied log folder, rotations and all
  fwreport --since yesterday --until today -o day.xlsx
                                                yesterday for an auditor
  fwreport --tz Europe/Berlin --year 2024 old/  stamps without zone and year
  fwreport --format html,xlsx,csv,json -o case17 evidence/
                                                all of it into the folder case17
  fwreport --assume deny --port 22 trace.pcap   a capture, as if all of it had been dropped
  fwreport --action-map 'FORWARDFW=DROP' logs/  say what a log prefix means
  journalctl -k -o short-iso | fwreport -       standard input

Exit status: 0 done, 1 failed, 2 wrong usage, 3 report written but evidence incomplete.`

// newCommand makes the command with all its subcommands. logs is the folder of
// the machine's own logs, configs are the files of settings read unasked.
func newCommand(ui *ui, logs string, configs configPlaces) *cobra.Command {
	f := flags{places: configs}
	cmd := &cobra.Command{
		Use:           "fwreport [flags] [PATH...]",
		Short:         "Forensic reports of Linux firewall evidence",
		Long:          longHelp,
		Example:       examples,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		Version:       version(),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runReport(cmd, ui, &f, logs, args)
		},
	}
	f.register(cmd.Flags(), ui)
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	cmd.SetVersionTemplate("{{.Version}}\n")
	cmd.AddCommand(sourcesCommand(ui, logs, configs), showCommand(ui, configs), verifyCommand(ui, logs, configs), renderCommand(ui), mergeCommand(ui, configs), versionCommand())
	cmd.CompletionOptions.HiddenDefaultCmd = false
	completeFlags(cmd)
	for _, sub := range cmd.Commands() {
		completeFlags(sub)
	}
	cmd.InitDefaultCompletionCmd()
	for _, sub := range cmd.Commands() {
		wordArgErrors(sub)
	}
	return cmd
}

// wordArgErrors makes wrong arguments of the subcommands usage errors.
func wordArgErrors(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return usageError{err}
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		wordArgErrors(sub)
	}
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print version, Go version and platform",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "fwreport %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return onStdout(err)
		},
	}
}

// release is set by the linker for releases: -X main.release=1.2.3.
var release string

// version is the release, else what the build knows of its commit.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	commit, dirty := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value[:min(len(s.Value), 12)]
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+changes"
		}
	}
	if v := info.Main.Version; commit == "" && v != "" && v != "(devel)" {
		return v
	}
	return strings.Join(nonEmpty("devel", commit+dirty), "-")
}

func nonEmpty(all ...string) []string {
	kept := all[:0]
	for _, s := range all {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

func generator() report.Generator { return report.Generator{Name: "fwreport", Version: version()} }

// completeFlags teaches the shell what values flags take.
func completeFlags(cmd *cobra.Command) {
	fixed := map[string][]string{
		"format":     formatNames,
		"assume":     {"deny", "accept", "none"},
		"progress":   {"auto", "always", "never"},
		"duplicates": duplicatesWords,
		"since":      {"24h", "7d", "30d", "yesterday", "monday"},
		"until":      {"now", "today", "yesterday"},
		"proto":      {"tcp", "udp", "icmp", "icmpv6"},
		"tz":         {"UTC", "local"}, "report-tz": {"UTC", "local"},
	}
	cmd.Flags().VisitAll(func(fl *pflag.Flag) {
		values, ok := fixed[fl.Name]
		if !ok {
			return
		}
		err := cmd.RegisterFlagCompletionFunc(fl.Name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
		if err != nil {
			panic(err) // a flag is registered twice: a mistake in this file
		}
	})
	for name, ending := range map[string]string{"geo": "mmdb", "config": "toml"} {
		if cmd.Flags().Lookup(name) == nil {
			continue
		}
		if err := cmd.MarkFlagFilename(name, ending); err != nil {
			panic(err)
		}
	}
}
