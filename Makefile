# Debian's own Python first: one under somebody's home is out of reach for the ordinary user that some tests run as.
PYTHON ?= $(firstword $(wildcard /usr/bin/python3.11) python3)
BIN := .venv/bin

.PHONY: run test bench check setup setup-dev

run: setup
	@$(BIN)/python -m portal.run

test: setup-dev
	@tests/install-packages
	@tests/run-all

bench: setup-dev
	@tests/install-packages
	@$(BIN)/python -m tests.benchmarks

check: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy .

setup: .venv/.installed
setup-dev: .venv/.installed-dev

.venv/.installed: requirements.txt
	@echo "Installing what Lentil runs on into .venv ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.txt
	@echo "Installing what the tests need into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
