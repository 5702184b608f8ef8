package xlsx

import (
	"bytes"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"fwreport/report/reporttest"

	"github.com/google/go-cmp/cmp"
)

// TestOffice converts the workbook by LibreOffice, sheet by sheet, to CSV, and
// compares what it shows and calculates with what was written.
func TestOffice(t *testing.T) {
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice (soffice) is not installed")
	}
	if testing.Short() {
		t.Skip("starts LibreOffice: left out with -short")
	}
	dir := t.TempDir()
	in := filepath.Join(dir, "r.xlsx")
	if err := os.WriteFile(in, render(t, reporttest.Sample(), Options{}), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(soffice, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to",
		"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1", "--outdir", dir, in)
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, msg)
	}
	sheet := func(name string) [][]string {
		b, err := os.ReadFile(filepath.Join(dir, "r-"+name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	wantDenied := [][]string{
		{"Count", "Source", "Source port", "Port", "Protocol", "Bytes", "Share", "Organisation", "First (UTC)", "Last (UTC)", "Lasted", "First record"},
		{"11,000", "203.0.113.7", "6000", "22", "TCP", "440,000", "91.7%", "EXAMPLE-NET, Example Ltd.", "2026-03-01 00:00:02", "2026-03-07 23:59:58.250", "0:01:30", "logs/kern.log.2.gz:1"},
		{"1,000", "2001:db8:1234:5678:9abc:def0:1234:5678", "", "0", "", "0", "<0.1%", "", "", "", "", "logs/=cap.pcap#3"},
	}
	if d := cmp.Diff(wantDenied, sheet("Denied")); d != "" {
		t.Errorf("Denied: -want +got:\n%s", d)
	}
	if got := sheet("Summary")[6][1]; got != "2026-03-07 23:59:58.250" {
		t.Errorf("the last event is shown as %q", got)
	}
	prefixes := sheet("Rules a b the prefixes of all t")
	for i, s := range attacksAsShown() {
		if got := prefixes[i+1][1]; got != s {
			t.Errorf("prefix %d is %q, want %q", i, got, s)
		}
	}
	inputs := sheet("Inputs")
	if d := cmp.Diff([]string{"Sum of the inputs", "", "12,360", "12,000", "300", "5", "20", "25", "10", "7"}, inputs[5][:10]); d != "" {
		t.Errorf("the sums: -want +got:\n%s", d)
	}
	if inputs[7][2] != "0" {
		t.Errorf("not accounted for: %s", inputs[7][2])
	}
}
