// Command fwreport makes forensic reports of Linux firewall evidence: logs of
// netfilter's LOG target, ulogd2's JSON, packet captures. See fwreport --help.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones on machines that have none (Windows, minimal images)
)

func main() {
	os.Exit(run())
}

// run is main with an exit code, so that tests can call it.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ui := newUI(os.Stderr)
	return ui.exit(newCommand(ui).ExecuteContext(ctx))
}
