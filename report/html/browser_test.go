package html

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// browser is a headless Chromium with the sample page open, and what it said.
type browser struct {
	context.Context
	t   *testing.T
	url string

	mu       sync.Mutex
	messages []string // of the console, the log and uncaught exceptions
	requests []string
}

// open starts a browser on the page; the test is skipped where there is none.
func open(t *testing.T, page []byte, setup ...chromedp.Action[chromedp.Void]) *browser {
	t.Helper()
	path := chromium()
	if path == "" {
		t.Skip("no Chromium in the search path: the page is not opened")
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, page, 0o644); err != nil {
		t.Fatal(err)
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(slices.Clone(flags),
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1280, 900))...)
	t.Cleanup(stop)
	tab, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	ctx, cancel := context.WithTimeout(tab, 2*time.Minute)
	t.Cleanup(cancel)
	b := &browser{Context: ctx, t: t, url: (&url.URL{Scheme: "file", Path: file}).String()}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	b.run(append(setup, chromedp.Navigate(b.url))...)
	return b
}

var flags = []chromedp.ExecAllocatorOption{
	chromedp.Flag("headless", "new"), chromedp.Flag("no-sandbox", true), chromedp.Flag("disable-gpu", true),
	chromedp.Flag("no-first-run", true), chromedp.Flag("disable-background-networking", true),
	chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
	chromedp.Flag("disable-dev-shm-usage", true),
}

func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome", "chrome-headless-shell"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		b.messages = append(b.messages, fmt.Sprintf("console.%s: %v", e.Type, e.Args))
	case *runtime.EventExceptionThrown:
		b.messages = append(b.messages, "exception: "+fmt.Sprint(e.ExceptionDetails))
	case *log.EventEntryAdded:
		b.messages = append(b.messages, fmt.Sprintf("%s %s: %s", e.Entry.Source, e.Entry.Level, e.Entry.Text))
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	}
}

func (b *browser) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// eval is the value of an expression in the page.
func eval[T any](b *browser, expression string) (v T) {
	b.t.Helper()
	v, err := chromedp.Run(b, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// silent fails the test if the page said or asked for anything.
func (b *browser) silent() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.messages {
		b.t.Errorf("the browser reports: %s", m)
	}
	for _, r := range b.requests {
		if r != b.url && r != "data:," {
			b.t.Errorf("the page asked for %s", r)
		}
	}
}

// column is the text of a column's cells in the rows shown.
func (b *browser) column(table string, index int) []string {
	b.t.Helper()
	return eval[[]string](b, fmt.Sprintf(`Array.from(document.querySelectorAll("#%s tbody tr"))
		.filter(r => r.checkVisibility()).map(r => r.cells[%d].textContent.replace(/,/g, ""))`, table, index))
}

// head is the selector of a column's sort button.
func head(table string, index int) chromedp.CSS {
	return chromedp.CSS(fmt.Sprintf("#%s thead th:nth-child(%d) button", table, index+1))
}

// ariaSort is the state of a column's head.
func (b *browser) ariaSort(table string, index int) string {
	b.t.Helper()
	return eval[string](b, fmt.Sprintf(`document.querySelector("#%s thead th:nth-child(%d)").getAttribute("aria-sort") || ""`, table, index+1))
}

// starts fails the test where the column does not begin with these cells.
func (b *browser) starts(table string, index int, sort string, want ...string) {
	b.t.Helper()
	got := b.column(table, index)
	if !slices.Equal(got[:min(len(want), len(got))], want) {
		b.t.Errorf("column %d of %s begins %q, want %q", index, table, got[:min(len(want), len(got))], want)
	}
	if s := b.ariaSort(table, index); s != sort {
		b.t.Errorf("aria-sort of column %d is %q, want %q", index, s, sort)
	}
}

// TestPageInBrowser works through the page as a reader does, on one browser.
func TestPageInBrowser(t *testing.T) {
	b := open(t, render(t, sample(t), 100))
	for _, step := range []struct {
		name string
		run  func(*browser)
	}{
		{"sort by click", sortByClick}, {"sort by keyboard", sortByKeyboard}, {"sort of values", sortOfValues},
		{"search", search}, {"search everywhere", searchEverywhere}, {"time zone", timeZone}, {"copy", copyRows},
		{"width", width}, {"names", names}, {"print", printed},
	} {
		t.Run(step.name, func(t *testing.T) {
			b.t = t
			step.run(b)
		})
	}
	b.t = t
	b.silent()
}

// TestEvidenceInBrowser works with the section on the evidence: lengths sort by
// value, also those below zero; a link to a table without rows opens the list
// that names it; nothing is too wide, and on paper all is open.
func TestEvidenceInBrowser(t *testing.T) {
	b := open(t, render(t, proven(t), 100))
	b.starts("t-clock", 3, "", "−1 h 23 min", "49 d 15 min 4 s", "−12.5 s")
	b.run(chromedp.Click(head("t-clock", 3)))
	b.starts("t-clock", 3, "descending", "49 d 15 min 4 s", "−12.5 s", "−1 h 23 min")
	b.run(chromedp.Click(head("t-clock", 3)))
	b.starts("t-clock", 3, "ascending", "−1 h 23 min", "−12.5 s", "49 d 15 min 4 s")
	b.run(chromedp.Click(head("t-losses", 0)), chromedp.Click(head("t-losses", 0)))
	b.starts("t-losses", 0, "ascending", "40", "–")
	shown := func(id string) bool {
		return eval[bool](b, fmt.Sprintf(`document.getElementById(%q).checkVisibility()`, id))
	}
	if shown("t-gaps") {
		t.Error("the list of tables without rows is open at first")
	}
	eval[bool](b, `(() => { location.hash = "#t-gaps"; return true })()`)
	b.run(chromedp.Sleep(200 * time.Millisecond))
	if !shown("t-gaps") {
		t.Error("a link to a table without rows does not open the list")
	}
	if n := eval[int64](b, `document.querySelectorAll('.toc a[href="#s-evidence"]').length`); n != 1 {
		t.Errorf("%d entries of the evidence in the contents", n)
	}
	width(b)
	names(b)
	b.silent()
}

// Quantities begin with the largest; the second click turns the order round,
// the third restores the report's. What is absent is last either way.
func sortByClick(b *browser) {
	b.starts("t-sources", 0, "", "2400", "1200", "800")
	port := head("t-sources", 2)
	b.run(chromedp.Click(port))
	b.starts("t-sources", 2, "descending", "121", "120", "119", "118")
	b.run(chromedp.Click(port))
	b.starts("t-sources", 2, "ascending", "22", "23", "25", "26")
	if got := b.column("t-sources", 2); got[len(got)-1] != "–" {
		b.t.Errorf("the last port is %q, want the absent ones last", got[len(got)-1])
	}
	b.run(chromedp.Click(port))
	b.starts("t-sources", 2, "", "22", "23", "–", "25")
}

func sortByKeyboard(b *browser) {
	b.run(chromedp.Focus(head("t-denied_ports", 2)), chromedp.KeyEvent(kb.Enter))
	b.starts("t-denied_ports", 2, "ascending", "ssh", "telnet", "–")
	b.run(chromedp.KeyEvent(" "))
	b.starts("t-denied_ports", 2, "descending", "telnet", "ssh", "–")
	b.run(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter)) // on to the protocol
	b.starts("t-denied_ports", 3, "ascending", "TCP", "TCP", "UDP")
	b.starts("t-denied_ports", 0, "", "5000", "3000", "500") // equal protocols keep the report's order
	b.run(chromedp.KeyEvent(kb.Enter), chromedp.KeyEvent(kb.Enter))
	b.starts("t-denied_ports", 3, "", "TCP", "TCP", "UDP")
}

// Addresses sort by value, evidence by its numbers.
func sortOfValues(b *browser) {
	b.run(chromedp.Click(head("t-sources", 1)))
	b.starts("t-sources", 1, "ascending", "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.5", "192.0.2.6", "192.0.2.7", "192.0.2.8",
		"192.0.2.9", "192.0.2.10", "192.0.2.11")
	b.run(chromedp.Click(head("t-sources", 9)))
	b.starts("t-sources", 9, "ascending", "evidence/kern.log:8", "evidence/kern.log:9", "evidence/kern.log:10")
	b.run(chromedp.Click(head("t-sources", 9)), chromedp.Click(head("t-sources", 9)))
}

func search(b *browser) {
	field := chromedp.CSS(`#t-sources input[type="search"]`)
	b.run(chromedp.SendKeys(field, "192.0.2.2 KERN"))
	got := b.column("t-sources", 1)
	want := []string{"192.0.2.2", "192.0.2.20", "192.0.2.21", "192.0.2.22", "192.0.2.23", "192.0.2.25", "192.0.2.26", "192.0.2.27", "192.0.2.28", "192.0.2.29"}
	if !slices.Equal(got, want) {
		b.t.Errorf("the search shows %q, want %q", got, want)
	}
	status := `document.querySelector("#t-sources [role=status]").textContent`
	if got := eval[string](b, status); got != "10 of 100 rows match" {
		b.t.Errorf("the search says %q", got)
	}
	b.run(chromedp.KeyEvent(kb.Escape))
	if got := len(b.column("t-sources", 1)); got != 100 || eval[string](b, status) != "" {
		b.t.Errorf("%d rows after Escape, want 100", got)
	}
	b.run(chromedp.SendKeys(field, "12345")) // as in the raw value, without the comma that groups
	if got := b.column("t-sources", 5); !slices.Equal(got, []string{"12345", "123450"}) {
		b.t.Errorf("a search for a number finds %q", got)
	}
	b.run(chromedp.KeyEvent(kb.Escape))
}

func searchEverywhere(b *browser) {
	b.run(chromedp.SendKeys(chromedp.CSS(`#tools input`), "zmap"))
	if got := eval[string](b, `document.querySelector("#tools [role=status]").textContent`); got != "1 row in 1 table" {
		b.t.Errorf("the search says %q", got)
	}
	if got := len(b.column("t-sources", 0)); got != 0 {
		b.t.Errorf("%d sources are shown", got)
	}
	b.run(chromedp.KeyEvent(kb.Escape))
	if got := len(b.column("t-sources", 0)); got != 100 {
		b.t.Errorf("%d sources after Escape, want 100", got)
	}
}

func timeZone(b *browser) {
	first, zone := `document.querySelector("#t-actions tbody time").textContent`, `document.querySelector("#t-actions th.time .off").textContent`
	f := func(when, text, offset string) {
		b.t.Helper()
		if got := eval[string](b, first); got != text {
			b.t.Errorf("%s the time is %q, want %q", when, got, text)
		}
		if got := eval[string](b, zone); got != offset {
			b.t.Errorf("%s the head says %q, want %q", when, got, offset)
		}
	}
	f("at first", "2026-03-01 00:00:11", "UTC+09:00")
	b.run(chromedp.Click(chromedp.CSS("#tools button")))
	f("after a click", "2026-02-28 15:00:11", "UTC")
	b.run(chromedp.Click(chromedp.CSS("#tools button")))
	f("after the second", "2026-03-01 00:00:11", "UTC+09:00")
}

// Copied rows are raw values, and none is a formula.
func copyRows(b *browser) {
	eval[bool](b, `navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }, true`)
	b.run(chromedp.Click(chromedp.CSS("#t-actions .bar button")))
	want := "Count\tAction\tVerdict\tShare\tFirst UTC+09:00\tLast UTC+09:00\n" +
		"8500\tDROP\tdenied\t0.849\t2026-02-28T15:00:11Z\t2026-03-03T14:58:40Z\n" +
		"1500\tACCEPT\taccepted\t0.1498\t2026-02-28T15:00:11Z\t2026-03-03T14:58:40Z\n" +
		"12\tLOG\tundetermined\t0.0012\t2026-03-01T00:00:00.25Z\t\n"
	if got := eval[string](b, `window.copied`); got != want {
		b.t.Errorf("copied %q, want %q", got, want)
	}
	b.run(chromedp.Click(chromedp.CSS(`[id^="t-hostile"] .bar button`)))
	for _, line := range strings.Split(eval[string](b, `window.copied`), "\n") {
		for _, c := range strings.Split(line, "\t") {
			if strings.HasPrefix(c, "=") || strings.HasPrefix(c, "+") || strings.HasPrefix(c, "@") {
				b.t.Errorf("copied cell %q begins a formula", c)
			}
		}
	}
}

// The page itself never scrolls sideways: wide tables do, in their own box.
func width(b *browser) {
	for _, w := range []int64{320, 400, 800, 1280, 1600, 2560} {
		b.run(chromedp.EmulateViewport(w, 900))
		if over := eval[int64](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
			b.t.Errorf("at %d pixels the page is %d too wide", w, over)
		}
	}
	b.run(chromedp.ResetViewport())
}

// Everything that can be used has a name for those who do not see it.
func names(b *browser) {
	nameless := eval[[]string](b, `Array.from(document.querySelectorAll("button, input, a, [role=region], [role=img], nav, section"))
		.filter(e => !(e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") || e.textContent.trim()))
		.map(e => e.outerHTML.slice(0, 100))`)
	for _, n := range nameless {
		b.t.Errorf("no name: %s", n)
	}
}

// On paper everything is open and every row is there, whatever is searched for.
func printed(b *browser) {
	b.run(chromedp.SendKeys(chromedp.CSS(`#t-sources input[type="search"]`), "nothing of this kind"))
	media := func(name string) {
		b.t.Helper()
		if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: name}); err != nil {
			b.t.Fatal(err)
		}
	}
	media("print")
	if got := len(b.column("t-sources", 0)); got != 100 {
		b.t.Errorf("%d sources on paper, want 100", got)
	}
	if got := len(b.column("t-timeline", 0)); got != 70 {
		b.t.Errorf("%d rows of the folded timeline on paper, want 70", got)
	}
	if eval[bool](b, `document.querySelector(".side").checkVisibility()`) {
		b.t.Error("the contents are on paper")
	}
	media("")
	b.run(chromedp.Focus(chromedp.CSS(`#t-sources input[type="search"]`)), chromedp.KeyEvent(kb.Escape))
}

// Without JavaScript there are the rows, the charts and the links, and no
// control that would do nothing.
func TestPageWithoutScripts(t *testing.T) {
	off := chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
	b := open(t, render(t, sample(t), 100), off)
	page, err := chromedp.Run(b, chromedp.OuterHTML(chromedp.CSS("html")))
	if err != nil {
		t.Fatal(err)
	}
	d := parse(t, []byte(page))
	if n := len(d.find("button", "")) + len(d.find("input", "")); n > 0 {
		t.Errorf("%d controls without a script", n)
	}
	if n := len((document{d.id("t-sources")}).find("tr", "")); n != 101 {
		t.Errorf("%d rows of sources, want 101 with the head", n)
	}
	for _, id := range []string{"summary", "s-evidence", "ledger", "c-timeline-h", "t-sources", "verify"} {
		b.run(chromedp.WaitVisible(chromedp.ID(id)))
	}
	b.silent()
}

// The policy is not decoration: what would get into the page does not run, and
// loads nothing.
func TestPolicyHolds(t *testing.T) {
	b := open(t, render(t, sample(t), 10))
	eval[bool](b, `(() => {
		window.violations = [];
		addEventListener("securitypolicyviolation", e => violations.push(e.effectiveDirective));
		document.body.insertAdjacentHTML("beforeend",
			'<img src="https://192.0.2.1/x.png" onerror="window.pwned=1"><p style="display:none" onclick="window.pwned=1" id="p">p</p>');
		const s = document.createElement("script");
		s.textContent = "window.pwned=1";
		document.body.append(s);
		document.getElementById("p").click();
		return true;
	})()`)
	b.run(chromedp.Sleep(300 * time.Millisecond))
	if eval[bool](b, `"pwned" in window`) {
		t.Error("a script that is not ours ran")
	}
	got := eval[[]string](b, `Array.from(new Set(violations)).sort()`)
	if want := []string{"img-src", "script-src-attr", "script-src-elem", "style-src-attr"}; !slices.Equal(got, want) {
		t.Errorf("violations of %q, want %q", got, want)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.requests {
		if strings.HasPrefix(r, "https:") && !slices.ContainsFunc(b.messages, func(m string) bool { return strings.Contains(m, r) }) {
			t.Errorf("%s was asked for without being refused", r)
		}
	}
}
