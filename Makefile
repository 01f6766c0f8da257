# Development of partsmith-migrate. The recipes are thin; what needs thought is in the scripts of .ci.

FUZZTIME ?= 20s
BENCHTIME ?= 1s
VERSIONS ?= 14 15 16 17 18

.PHONY: help build servers test test-all lint fuzz bench soak golden demo clean

help:
	@echo 'make demo      build, start a throw-away server, show months of maintenance in seconds'
	@echo 'make build     bin/partsmith-migrate'
	@echo 'make test      unit and integration tests, on the newest PostgreSQL found'
	@echo 'make test-all  the same, integration tests on each of PostgreSQL $(VERSIONS)'
	@echo 'make lint      formatting, vet, staticcheck, rules of the house'
	@echo 'make fuzz      each fuzz target for FUZZTIME ($(FUZZTIME))'
	@echo 'make bench     benchmarks, each for BENCHTIME ($(BENCHTIME))'
	@echo 'make soak      every history of policies, every fault at every message on each of PostgreSQL $(VERSIONS); takes hours'
	@echo 'make golden    write the golden files anew'
	@echo 'make servers   install PostgreSQL $(VERSIONS) into .postgres, and PgBouncer where root does it'
	@echo 'make clean     remove what the others made, but for the servers'

build:
	go build -o bin/partsmith-migrate ./cmd/partsmith-migrate

servers:
	@.ci/install bouncer servers $(VERSIONS)

test:
	@.ci/install compiler bouncer server
	@.ci/test all

test-all:
	@.ci/install compiler bouncer servers $(VERSIONS)
	@.ci/test unit
	@.ci/test integration $(VERSIONS)

lint:
	@.ci/lint

fuzz:
	@.ci/test fuzz $(FUZZTIME)

bench:
	@.ci/install server
	@.ci/test bench $(BENCHTIME)

soak:
	@.ci/install servers $(VERSIONS)
	@.ci/test soak $(VERSIONS)

golden:
	@.ci/install server
	@.ci/test golden

demo: build
	@.ci/install server
	bin/partsmith-migrate demo

clean:
	rm -rf bin dist
