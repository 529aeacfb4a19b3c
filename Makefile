# The commands of the README. Everything runs in .venv, made from requirements.lock.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# The first interpreter that runs and is new enough (a version manager's shim may exist and not run).
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$p; break; }; done)
PORT ?= 3000

export DO_NOT_TRACK := 1

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

run: $(STAMP) ## land, build, check and publish; say where (SOURCE=name: land only that one)
	@$(BIN)/python -m orchestration run $(if $(SOURCE),--source $(SOURCE))

rebuild: $(STAMP) ## make the warehouse anew from landing, check and publish
	@$(BIN)/python -m orchestration build --from-landing

backup: $(STAMP) ## everything that cannot be made again, in one file: make backup TO=folder
	@$(BIN)/python -m orchestration backup --to "$(or $(TO),backups)"

compact: $(STAMP) ## join the small files of many loads in landing; every row stays
	@$(BIN)/python -m orchestration compact

ui: $(STAMP) ## Dagster's UI (webserver and daemon) on the same data, http://127.0.0.1:3000
	@$(BIN)/python -m orchestration ui --port $(PORT)

check: $(STAMP) ## is the sources file right? names the line of what is wrong
	@$(BIN)/python -m orchestration check

metrics: $(STAMP) ## ask the semantic layer; Q="query --metrics win_rate --group-by rep__team" (see docs/semantic-layer.md)
	@home="$$($(BIN)/python -c 'from orchestration.settings import Settings; print(Settings.load().home)')" \
		&& export DBT_TARGET=published PIPELINE_HOME="$$home" && cd dbt_project \
		&& ../$(BIN)/dbt --quiet parse && ../$(BIN)/mf $(Q)

docs: $(STAMP) ## a page per published table: columns, lineage, checks, an example (in PIPELINE_HOME/docs)
	@$(BIN)/python -m orchestration docs

rollback: $(STAMP) ## serve the publication before the current one
	@$(BIN)/python -m orchestration rollback

erase: $(STAMP) ## remove a person everywhere: make erase ID=crm:00Q000000000001AAA (or an e-mail address)
	@$(BIN)/python -m orchestration erase "$(ID)"

test: $(STAMP) ## unit, dbt, architecture and end-to-end tests (under ten minutes)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not server and not real_input and not long"

test-integration: $(STAMP) ## real input, real servers
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "server or real_input or long" tests/integration

test-faults: $(STAMP) ## really kills, fills and corrupts
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder tests/faults

evaluate: $(STAMP) ## how well the rules do on labelled data (under ten minutes)
	@$(BIN)/python -m evaluation

bench: $(STAMP) ## measure speed and memory; BENCH="--sizes 1x,4x --only gate" (see docs/performance.md)
	@$(BIN)/python -m bench $(BENCH)

lint: $(STAMP) ## ruff, sqlfluff, mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --config dbt_project/.sqlfluff --processes 2 dbt_project/models dbt_project/tests

clean: ## remove the environment; data stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache dbt_project/target

$(STAMP): requirements.lock
	@$(if $(PYTHON),,$(error Python 3.11, 3.12 or 3.13 is needed and was not found; install it or run `make PYTHON=/path/to/python`))
	@echo "Setting up $(VENV) from requirements.lock (once; one to three minutes) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock 2> $(VENV)/pip.log \
		|| { cat $(VENV)/pip.log; exit 1; }
	@touch $@

.PHONY: help run rebuild backup compact ui check metrics docs rollback erase test test-integration test-faults evaluate bench lint clean
