# Every target sets up what it needs, from nothing but a Python with venv and pip.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test check cov matrix soak clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/demo: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[httpx]'
	touch $@

$(VENV)/test: $(VENV)/demo
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group test --group check nox
	touch $@

demo: $(VENV)/demo ## run the quickstart
	$(BIN)/python examples/quickstart.py

test: $(VENV)/test ## run the tests
	$(BIN)/python -m pytest -m "not slow"

check: $(VENV)/test ## lint, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

cov: $(VENV)/test ## run the tests with branch coverage
	$(BIN)/coverage run -m pytest -m "not slow"
	$(BIN)/coverage report

matrix: $(VENV)/test ## run the tests on every interpreter found and both ends of the supported versions
	$(BIN)/nox

soak: $(VENV)/test ## run the slow tests
	$(BIN)/python -m pytest -m slow

clean: ## remove what the other targets made
	rm -rf $(VENV) .nox .mypy_cache .ruff_cache .pytest_cache .coverage dist
