# Everything starts here, on a machine with Python 3.11, git and make: each target installs what it needs.
.PHONY: help setup run test lint bench soak mutate ci

help:            ## what there is
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

setup:           ## environment and browser libraries; quick when nothing changed
	@scripts/setup

run:             ## database, demo data, server on http://127.0.0.1:8000 (PORT=…) and worker
	@scripts/run

test:            ## the whole suite, on SQLite and (where its programs are installed) on PostgreSQL
	@scripts/setup --dev
	@scripts/test

lint:            ## the checks that run no test
	@scripts/setup --dev
	@scripts/lint

bench:           ## benchmarks beside their references
	@scripts/setup --dev
	@scripts/bench

soak:            ## long tests: broken files (FUZZ_FILES=…), hostile requests (FUZZ_REQUESTS=…), who may open what
	@scripts/setup --dev
	@scripts/soak

mutate:          ## whether the tests notice small changes in the engine: scripts/mutate for more of them
	@scripts/setup --dev
	@scripts/mutate

ci:              ## what continuous integration runs
	@.ci/run
