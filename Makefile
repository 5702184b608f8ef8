# fwreport: `make` builds the command and runs it on samples/evidence, `make help` lists the rest.

GO       ?= go
FUZZTIME ?= 30s
BENCH    ?= .
COUNT    ?= 1
RUNS     ?= 5
LINES    ?= 2000000
SCALE    ?= 1,10
SOURCES  ?= 10000,100000,1000000,10000000
EXE      := $(if $(filter Windows_NT,$(OS)),.exe)
BIN      := bin/fwreport$(EXE)
OUT      := out
VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null)
LDFLAGS  := -s -w $(if $(VERSION),-X main.release=$(VERSION))
BUILD    := CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)'
TOOL     := $(GO) tool -modfile=.ci/tools/go.mod
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

.PHONY: all build report test bench bench-scale bench-micro bench-tools profile fuzz lint cross geodata samples clean help

all: build report ## build the command and make a report of samples/evidence (the default)

build: ## build bin/fwreport
	$(BUILD) -o $(BIN) ./cmd/fwreport

# Exit status 3 says that the report is written but some input could not be
# read to its end: the samples hold a capture that was cut short on purpose.
report: build ## make a report of samples/evidence in every format
	@rc=0; $(BIN) --tz UTC --year 2026 --format html,csv,xlsx,json,text -o $(OUT) samples/evidence || rc=$$?; \
	if [ $$rc -eq 3 ]; then echo "(exit status 3 is right here: one of the samples was cut short on purpose)"; \
	elif [ $$rc -ne 0 ]; then exit $$rc; fi; \
	echo "The report on samples/evidence is $(OUT)/report.html"

test: ## run all tests
	cd analyze/geo/build && $(GO) test ./...
	$(GO) test ./...

# References that are not installed are left out, and the table says so. On
# Debian: apt-get install mawk goaccess fwlogwatch nodejs npm && make bench-tools
bench: ## compare whole runs with other programs (RUNS=5 LINES=2000000)
	$(GO) test ./cmd/fwreport -count 1 -timeout 0 -run '^TestCompare$$' -args -compare ../../bin/bench -tools ../../bin/bench/tools -runs $(RUNS) -lines $(LINES)
	@cat bin/bench/results.md

bench-tools: ## install DuckDB for bench with npm, below bin/bench
	npm install --prefix bin/bench/tools --no-audit --no-fund @duckdb/node-api@1.5

bench-scale: ## time and memory of ever more lines and sources (SCALE=1,10,100 millions)
	$(GO) test ./cmd/fwreport -count 1 -timeout 0 -run '^TestScale$$' -args -scale ../../bin/bench -scale-lines $(SCALE) -scale-sources $(SOURCES)
	@cat bin/bench/scale.md

bench-micro: ## run the packages' benchmarks, for benchstat (BENCH=regexp COUNT=10)
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) ./...

# The log is written first, so that what is profiled is the command alone.
profile: ## profile the command on 2 M lines and on $FWREPORT_BENCH_LOG, into bin/profile
	@mkdir -p bin/profile
	$(GO) build -o bin/profile/bulk ./samples/gen/bulk
	bin/profile/bulk -lines $(LINES) -sources 20000 -o bin/profile/kern.log
	$(GO) test -c -o bin/profile/fwreport.test ./cmd/fwreport
	@set -e; dir=$$(pwd)/bin/profile; for log in "$$dir/kern.log" "$$FWREPORT_BENCH_LOG"; do \
		[ -n "$$log" ] || continue; to=$$dir; [ "$$log" = "$$dir/kern.log" ] || to=$$dir/given; mkdir -p "$$to"; \
		for kind in cpu alloc; do \
			flag=-test.cpuprofile; [ $$kind = cpu ] || flag=-test.memprofile; \
			(cd cmd/fwreport && FWREPORT_BENCH_LOG="$$log" $$dir/fwreport.test -test.run '^$$' -test.bench '^BenchmarkCommand$$' -test.benchtime 3x $$flag "$$to/$$kind.pprof"); \
			index=; [ $$kind = cpu ] || index=-sample_index=alloc_space; \
			$(GO) tool pprof -top -nodecount 40 $$index $$dir/fwreport.test "$$to/$$kind.pprof" >"$$to/$$kind.txt" 2>/dev/null; \
			echo "$$to/$$kind.pprof, $$to/$$kind.txt"; \
		done; \
	done
	@rm -f bin/profile/kern.log

# Go's fuzzer sometimes ends with "context deadline exceeded" when its time is up
#: a finding is told by the failing input it names.
fuzz: ## run every fuzz target for FUZZTIME (30s)
	@mkdir -p bin; set -e; for pkg in $$($(GO) list ./...); do \
		list=$$($(GO) test -list '^Fuzz' $$pkg); \
		for target in $$(echo "$$list" | grep '^Fuzz' || true); do \
			echo "$$pkg $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x $$pkg >bin/fuzz.log 2>&1 || \
				{ tail -n 1 bin/fuzz.log; grep -q 'context deadline exceeded' bin/fuzz.log && ! grep -q 'Failing input' bin/fuzz.log; } || \
				{ cat bin/fuzz.log; exit 1; }; \
		done; \
	done

lint: ## check format, vet and the linter that .ci/tools/go.mod pins
	@bad=$$(gofmt -l $$($(GO) list -f '{{.Dir}}' ./...)); \
	if [ -n "$$bad" ]; then echo "not formatted by gofmt:"; echo "$$bad"; exit 1; fi
	cd analyze/geo/build && $(GO) vet ./...
	$(GO) vet ./...
	$(TOOL) golangci-lint run ./...

cross: ## build for Linux, macOS and Windows into dist/
	@set -e; for p in $(PLATFORMS); do \
		os=$${p%/*}; arch=$${p#*/}; ext=; [ $$os != windows ] || ext=.exe; \
		echo "dist/fwreport-$$os-$$arch$$ext"; \
		GOOS=$$os GOARCH=$$arch $(BUILD) -o dist/fwreport-$$os-$$arch$$ext ./cmd/fwreport; \
	done

# GEOTEXT is libloc's text form of IPFire's database, which its own command
# writes (Debian: location, libloc-database), GEODATE the day it is of.
geodata: ## rebuild the embedded country data; GEODATE=2026-08-22 GEOTEXT=database.txt
	@test -n '$(GEODATE)' || { echo 'which day is the data of? make geodata GEODATE=2026-08-22 [GEOTEXT=database.txt]'; exit 2; }
	mkdir -p bin
	$(if $(GEOTEXT),cp '$(GEOTEXT)' bin/location.txt,location dump bin/location.txt)
	cd analyze/geo/build && $(GO) run . -o ../data/ipfire-country-asn.mmdb -date '$(GEODATE)' -type IPFire-Country-ASN \
		-description 'IPFire Location database of $(GEODATE), country, ASN and network flags (CC BY-SA 4.0)' ../../../bin/location.txt

samples: ## write samples/ anew
	$(GO) run ./samples/gen

clean: ## remove what was built
	rm -rf bin dist $(OUT)

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 13
