# The two commands of the house: `make run` (set up and serve) and `make test` (set up and check everything).
# Relative paths only: the clone may live in a folder whose name holds spaces.
PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check
UV := $(VENV)/bin/uv
# The lock names every package with what it asks for: nothing is looked up again.
LOCKED := --quiet --no-deps --require-hashes
# Compiled at once: an installation that is served may lie in a folder its user cannot write. The tests compile as they go.
UV_COMPILES := --compile-bytecode
# $(call install,FILE): by uv; by pip where uv cannot (an index that pip alone was told of, say).
install = $(UV) pip install --python $(VENV)/bin/python $(LOCKED) $(UV_COMPILES) -r $(1) || $(PIP) install $(LOCKED) $(PIP_COMPILES) -r $(1)
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

# Allowed to fail: pip then installs the rest.
$(VENV)/.installer: $(VENV)/.python requirements-install.txt
	-$(PIP) install $(LOCKED) --no-compile -r requirements-install.txt
	@touch $@

$(VENV)/.runtime: $(VENV)/.installer requirements.txt pyproject.toml
	$(call install,requirements.txt)
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# What the tests alone install is compiled where it is used, and when: most of it never is.
$(VENV)/.dev test test-fast: UV_COMPILES :=
$(VENV)/.dev test test-fast: PIP_COMPILES := --no-compile
$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	$(call install,requirements-dev.txt)
	@touch $@

test: setup
	$(VENV)/bin/python -m tests --install

test-fast: setup
	$(VENV)/bin/python -m tests --install --fast

check: setup-dev
	$(VENV)/bin/python -m tests --checks-only

LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url
lock: $(VENV)/.installer
	$(LOCK) requirements-install.in -o requirements-install.txt
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
	$(LOCK) requirements-reference.in -o requirements-reference.txt
