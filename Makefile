# The two commands of the house: `make run` (set up and serve) and `make test` (set up and check everything).
# Relative paths only: the clone may live in a folder whose name holds spaces.
PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check
# The lock names every package with what it asks for: nothing is looked up again.
LOCKED := --quiet --require-hashes --no-deps
LEVIER := $(VENV)/bin/levier
export PIP_NO_INPUT := 1

.PHONY: run setup setup-dev test test-fast check lock clean-test

run: setup
	$(LEVIER) serve --prepare

setup: $(VENV)/.runtime

setup-dev: $(VENV)/.dev

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Levier demande Python 3.11 ou plus récent ; ici : " + sys.version.split()[0] + ". Lancez « make run PYTHON=python3.12 » par exemple.")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.python requirements.txt pyproject.toml
	$(PIP) install $(LOCKED) $(COMPILED) -r requirements.txt
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# What the tests alone install is compiled where it is used, and when: most of it never is.
$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	$(PIP) install $(LOCKED) --no-compile -r requirements-dev.txt
	@touch $@

# An installation that is served may lie in a folder its user cannot write: it is compiled at once; a clone that is tested, as it goes.
test test-fast: COMPILED := --no-compile

test: setup
	$(VENV)/bin/python -m tests --install

test-fast: setup
	$(VENV)/bin/python -m tests --install --fast

check: setup-dev
	$(VENV)/bin/python -m tests --checks-only

# Compiling the locked requirements needs `uv` (any recent version) on the PATH.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url
lock:
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
	$(LOCK) requirements-reference.in -o requirements-reference.txt
