# The two ways in, for a machine with Python 3.10 or later, pip and make; everything goes into .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint environment clean

demo: .venv/run            ## set up and diagnose an example log
	$(BIN)/spacedoctor --format terminal tests/logs/sqlite-alter-constraint/raw-add-constraint.log || test $$? -eq 1

test: .venv/dev            ## set up and run the tests
	$(BIN)/pytest -n auto

lint: .venv/dev            ## style, types, catalogue
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/spacedoctor patterns lint

.venv/run: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable .
	touch $@

.venv/dev: .venv/run pyproject.toml
	$(BIN)/pip install --quiet "pip>=25.1"
	$(BIN)/pip install --quiet --group dev
	touch $@

clean:
	rm -rf .venv

.PHONY: pages
pages: .venv/run           ## write docs/catalogue anew
	$(BIN)/spacedoctor patterns pages docs/catalogue
