// Command fwreport makes forensic reports of Linux firewall evidence: logs of
// netfilter's LOG target, ulogd2's JSON, packet captures. See fwreport --help.
package main

import (
	"context"
	"math"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones on machines that have none (Windows, minimal images)
)

func main() {
	os.Exit(run("/var/log", machineConfigs()))
}

// run is main with an exit code; logs is the folder of the machine's own logs,
// configs are the files of settings that are read unasked. They are there so that tests can run the command as it is on a machine of
// their making.
func run(logs string, configs configPlaces) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	collectLate(math.MaxInt64)   // what the limit is will be known later
	context.AfterFunc(ctx, stop) // a second signal kills
	ui := newUI(os.Stderr)
	err := newCommand(ui, logs, configs).ExecuteContext(ctx)
	if err != nil && ctx.Err() != nil {
		err = errInterrupted
	}
	return ui.exit(err)
}
