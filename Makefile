# `make run` shows the system at work, `make test` tests it, `make help` lists the rest.

SHELL := /bin/sh
PYTHON ?= python3
VENV := $(if $(filter python3,$(PYTHON)),.venv,.local/venv-$(notdir $(PYTHON)))
BIN := $(VENV)/bin/python
PIP := $(BIN) -m pip --disable-pip-version-check --quiet install
CACHE := .local/cache
BROWSERS := chromium chromium-browser google-chrome

# an environment whose Python has gone is made again
ifneq ($(shell $(BIN) -c 'print(1)' 2>/dev/null),1)
$(shell rm -rf $(VENV))
endif

.DEFAULT_GOAL := help
.PHONY: help install run test bench fuzz lint browser clean
.NOTPARALLEL:

help:
	@echo "make run      install, start everything, do the main job once, serve until Ctrl-C"
	@echo "make test     every check and test, on servers of its own (CI=true: nothing is skipped)"
	@echo "make install  $(VENV) with everything in it, and nothing more"
	@echo "make lint     the checks that read the code without running it"
	@echo "make bench    measure; ONLY=name runs one, SCALE=persons sets the size"
	@echo "make fuzz     hostile input for each parser; ONLY=name runs one, for SECONDS=60"
	@echo "make clean    remove what was installed and everything kept in .local"
	@echo "PYTHON=python3.12 takes another Python than python3; PORT=8080 another port than 8000"

$(VENV)/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed as $(PYTHON): try PYTHON=python3.12" >&2; exit 2; }
	@echo "Installing into $(VENV) (a minute or two the first time) …"
	@test -x $(BIN) || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 2; }
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.installed-tests: $(VENV)/.installed tests/requirements.txt
	@echo "Installing what the tests need …"
	@$(PIP) -r tests/requirements.txt
	@touch $@

install: $(VENV)/.installed-tests

run: $(VENV)/.installed
	@exec $(BIN) manage.py serve

lint: $(VENV)/.installed-tests
	$(BIN) -m ruff check .
	$(BIN) -m ruff format --check .
	$(BIN) -c 'from importlinter.cli import lint_imports_command as main; main()' \
	  --no-logo --cache-dir $(CACHE)/imports
	$(BIN) -m mypy registry/rules payments/rules refunds/rules

browser:
	@for name in $$CHROMIUM $(BROWSERS); do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Chromium for the browser tests …"; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  apt-get update -qq >/dev/null && \
	  apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null && exit 0; \
	fi; \
	echo "The browser tests need Chromium: apt-get install chromium" >&2; \
	if [ "$$CI" = true ]; then exit 2; fi; \
	echo "Without it they are skipped." >&2

test: lint browser
	$(BIN) -m pytest -n 2 --dist worksteal

bench: $(VENV)/.installed-tests
	$(BIN) -m tests.bench

$(VENV)/.installed-fuzz: $(VENV)/.installed-tests tests/fuzz/requirements.txt
	@$(PIP) -r tests/fuzz/requirements.txt
	@touch $@

fuzz: $(VENV)/.installed-fuzz
	$(BIN) -m tests.fuzz

clean:
	rm -rf .venv .local
