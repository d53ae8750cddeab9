# `make run` shows the system at work, `make test` tests it, `make help` lists the rest.
SHELL := /bin/sh
PYTHON ?= python3
VENV := $(if $(filter python3,$(PYTHON)),.venv,.local/venv-$(notdir $(PYTHON)))
BIN := $(VENV)/bin/python
PIP := $(BIN) -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help install run test bench lint clean

help: ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

$(VENV)/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 2; }
	$(PIP) install -r requirements.txt
	@touch $@

$(VENV)/.installed-tests: $(VENV)/.installed tests/requirements.txt
	$(PIP) install -r tests/requirements.txt
	@touch $@

install: $(VENV)/.installed-tests ## make .venv with everything in it

run: $(VENV)/.installed ## start everything and do the main job once
	@exec $(BIN) manage.py serve

lint: $(VENV)/.installed-tests ## the checks that read the code without running it
	$(BIN) -m ruff check .
	$(BIN) -m ruff format --check .

test: lint ## every check and test, on servers of its own
	$(BIN) -m pytest -n 2

bench: $(VENV)/.installed-tests ## measure; ONLY=name runs one, SCALE=persons sets the size
	$(BIN) -m tests.bench

clean: ## remove what was installed and everything kept in .local
	rm -rf .venv .local
