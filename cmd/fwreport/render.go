package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"fwreport/report"
	"fwreport/report/json"
)

const renderHelp = `Make any other form of a report from its canonical JSON, without the evidence.
- is standard input. Rows that --limit left out of the JSON cannot come back.`

// renderCommand is fwreport render.
func renderCommand(ui *ui) *cobra.Command {
	f := flags{limit: -1}
	cmd := &cobra.Command{
		Use:   "render [flags] REPORT.json",
		Short: "Make other forms from a report's JSON",
		Long:  renderHelp,
		Example: `  fwreport render report.json                       the text, on the terminal
  fwreport render --format html,xlsx -o case17 report.json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runRender(cmd, ui, &f, args[0])
		},
		ValidArgsFunction: completeFiles("json"),
	}
	f.registerOutput(cmd.Flags())
	registerQuiet(cmd.Flags(), ui)
	return cmd
}

// runRender reads the report whole before anything is written, so that the
// report may replace the file that it was read from.
func runRender(cmd *cobra.Command, ui *ui, f *flags, path string) error {
	out, err := newOutput(ui, f, cmd.OutOrStdout())
	if err != nil {
		return err
	}
	rep, err := loadReport(cmd.Context(), path, cmd.InOrStdin())
	if err != nil {
		return err
	}
	if err := out.write(cmd.Context(), rep); err != nil {
		return err
	}
	return incomplete(ui, &rep.Evidence)
}

// loadReport reads a report's canonical JSON; - is stdin.
func loadReport(ctx context.Context, path string, stdin io.Reader) (*report.Report, error) {
	from := io.Reader(&breakable{ctx: ctx, from: stdin})
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, cannotRead(path, err)
		}
		defer f.Close()
		from = f
	}
	rep, err := json.Decode(bufio.NewReaderSize(from, 1<<16))
	if err != nil {
		return nil, fmt.Errorf("%s is no report that fwreport wrote as JSON: %w", path, err)
	}
	return rep, nil
}

// cannotRead words an error without the operation.
func cannotRead(path string, err error) error {
	return fmt.Errorf("cannot read %s: %w", path, plainReason(err))
}

// completeFiles lets the shell offer files with one of these endings for the
// first argument.
func completeFiles(endings ...string) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return endings, cobra.ShellCompDirectiveFilterFileExt
	}
}
