# Everything a newcomer types. Each target sets up what it needs by itself.
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
MAKEFLAGS += --no-print-directory

.DEFAULT_GOAL := help
.PHONY: help setup run test long torture check machine postgres bench mutations lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## install everything into .venv (the others do it by themselves)

run: $(READY) ## the whole story on your screen: two emulated orgs, kept in sync until Ctrl-C
	@$(BIN)/bigin-sync demo

test: $(READY) ## every test but those that take long: make long, make torture, make bench
	@env -u TEST_POSTGRES_URL $(BIN)/pytest -n 2 --dist worksteal

long: $(READY) ## the tests that take longer: the random machine, a share of the torture, orgs that refuse, lag or drift ...
	@env -u TEST_POSTGRES_URL $(BIN)/pytest -n 2 --dist worksteal -m "long and not torture"

torture: $(READY) ## whatever can go wrong, for half an hour, with a table at its end (MINUTES=15 SEED=...)
	@$(BIN)/pytest -n 2 -m torture
	@$(BIN)/python -m tests.torture.main --minutes $(or $(MINUTES),15) $(if $(SEED),--seed $(SEED))

check: $(READY) ## style, types, doors between the rooms, house rules, dependencies with known holes
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/pytest -q tests/unit/test_house.py
	@$(BIN)/python .ci/audit $(BIN)/pip-audit

machine: $(READY) ## people do what they like in two orgs, for a long while (EXAMPLES=80)
	@HYPOTHESIS_PROFILE=machine EXAMPLES=$(or $(EXAMPLES),80) $(BIN)/pytest -m "not torture" tests/machine

postgres: $(READY) ## everything that can be tried on PostgreSQL, on the server of TEST_POSTGRES_URL
	@test -n "$$TEST_POSTGRES_URL" || { echo "TEST_POSTGRES_URL names no server: see docs/postgresql.md" >&2; exit 2; }
	@$(BIN)/pytest -n 2 --dist worksteal -k postgresql -m "not torture" tests/contract tests/flow tests/machine tests/process

bench: $(READY) ## how much, how fast, with how much memory (AGAINST=HEAD~1: beside the program of a commit; SIZES=10000)
	@$(BIN)/python -m tests.bench.main $(if $(AGAINST),--against="$(AGAINST)") $(if $(SIZES),--sizes="$(SIZES)")

mutations: $(READY) ## break every rule and switch off every guard once in a copy of the program, and see what notices
	@$(BIN)/python -m tests.mutations.main
	@$(BIN)/python -m tests.mutations.guards

lock: ## resolve the dependencies anew and write requirements.lock
	@.ci/lock

clean: ## remove what the targets above have made, except your data
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist

# Python 3.11 or later, the first that works: a name may exist and still start nothing.
$(BIN)/python:
	@for python in $(PYTHON) python3.11 python3.12 python3.13 python3.14 python3; do \
	    "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    echo "Setting up $(VENV) with $$("$$python" --version) ..."; \
	    exec "$$python" -m venv $(VENV); \
	done; \
	echo "Python 3.11 or later with venv is needed (on Debian: python3 and python3-venv). Then: make $(MAKECMDGOALS)" >&2; \
	exit 1

# Exact versions with hashes, so an old pip will do, and everybody runs the same program.
$(READY): pyproject.toml requirements.lock | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
