# Every target sets up what it needs, from nothing but a Python with venv and pip.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEER := .venv-peer
ROUNDS := 20

# Each process of the tests would compile the package again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test thorough check cov docs docs-serve matrix native soak bench bench-peer clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/demo: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[httpx]'
	touch $@

$(VENV)/test: $(VENV)/demo
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group test --group beside --group check nox
	touch $@

$(VENV)/bench: $(VENV)/test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group bench
	touch $@

$(VENV)/docs: $(VENV)/test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group docs
	touch $@

# The package that is published by our name, with the versions that it allows, in an environment of its own.
$(PEER)/installed:
	$(PYTHON) -m venv $(PEER)
	$(PEER)/bin/python -m pip install --quiet --disable-pip-version-check 'aiomoto==0.5.8' 'moto[dynamodb,s3,sqs]' fastapi httpx pytest pytest-xdist s3fs
	touch $@

demo: $(VENV)/demo ## run the quickstart
	$(BIN)/python examples/quickstart.py

test: $(VENV)/test ## run the tests
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not thorough and not slow and not native"

thorough: $(VENV)/test ## run the tests that take longer
	$(BIN)/python -m pytest -n auto --dist worksteal -m "thorough and not slow and not native" $(ARGS)

check: $(VENV)/test ## lint, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

cov: $(VENV)/test ## run the tests with branch coverage
	$(BIN)/coverage run -m pytest -m "not slow and not native"
	$(BIN)/coverage report

docs: $(VENV)/docs ## build the site in build/site: warnings, dead links and missing names are errors
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --fresh-env --quiet -b html docs build/site

docs-serve: docs ## build the site, and serve it at http://127.0.0.1:8000
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory build/site 8000

matrix: $(VENV)/test ## run the tests on every interpreter found and both ends of the supported versions
	$(BIN)/nox

native: $(VENV)/test ## run the tests with native clients, in an environment of their own
	$(BIN)/nox -s native

soak: $(VENV)/test ## run the slow tests
	$(BIN)/python -m pytest -m slow

bench: $(VENV)/bench ## compare with Moto's own mock and server, and write the results
	$(BIN)/python benchmarks/run.py --rounds $(ROUNDS) --output benchmarks

bench-peer: $(VENV)/bench $(PEER)/installed ## the same, and with the aiomoto that is published
	$(BIN)/python benchmarks/run.py --rounds $(ROUNDS) --output benchmarks --peer $(PEER)/bin/python

clean: ## remove what the other targets made
	rm -rf $(VENV) $(PEER) .nox .mypy_cache .ruff_cache .pytest_cache .coverage dist build
