# Everything sets itself up: each target works as the very first command, and again.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: setup demo test test-slow bench check format lint types layers docs pictures lock clean

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; assert (3, 11) <= sys.version_info < (3, 14), "Python 3.11 to 3.13 is needed: make PYTHON=python3.12"'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: $(READY)
	experiments/demo.sh

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-slow: $(READY)
	$(BIN)/python -m pytest -m slow --timeout 1800 -n 2 --dist loadfile

bench: $(READY)
	$(BIN)/python -m benchmarks

check: format lint types layers test

format: $(READY)
	$(BIN)/ruff format --check .

lint: $(READY)
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

layers: $(READY)
	$(BIN)/lint-imports

docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# the terminal and the report of a whole sweep, which takes minutes, and the diagrams; the report's needs chromium
pictures: $(READY)
	$(BIN)/python docs/making/diagrams.py
	$(BIN)/python docs/making/recording.py

# needs uv; the header and anything that names a registry are left out
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --extra dev --extra docs --extra postgresql --extra ray --quiet --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) build *.egg-info
