# Every target does its own set-up; the first needs the network, the others do not.
PYTHON ?= python3
VENV ?= .venv
BIN ?= $(VENV)/bin
PY := $(BIN)/python
INSTALL = $(PY) -m pip install -q --disable-pip-version-check
SPEC ?= configs/inception3a.yaml
FUZZ_SECONDS ?= 60
OLDEST ?= python3.10
NEWEST ?= python3.13
# What pyproject.toml asks for at least, as `click==8.1.7`.
LOWEST = $(shell grep -E '^(dependencies|numpy) =' pyproject.toml | grep -oE '[a-z]+>=[0-9.]+' | sed 's/>=/==/')
WHICH = runs $(if $(ARGS),tests: $(ARGS),all tests once: about a minute on 2 processors (ARGS=--full: all repetitions too))
# A moved checkout or a changed pyproject.toml installs again: an editable install knows its folder.
HERE := $(shell pwd | cksum | cut -d' ' -f1)
RUNS := $(VENV)/.runs-$(HERE)#           convcalc itself, for `make run`
STAMP := $(VENV)/.installed-$(HERE)#     and all that the other targets need

.DEFAULT_GOAL := help
.PHONY: help run test plan check format lint types docs update fuzz coverage mutation oldest newest lowest browser pictures bench build clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | expand -t 14

run: $(RUNS) ## compare the two designs of Inception 3a (SPEC=... for another)
	@$(PY) -m convcalc compare $(SPEC)

# Each of the hundreds of processes that tests start would compile the package for itself.
test: export PYTHONDONTWRITEBYTECODE =
test: plan $(STAMP) ## run the tests (ARGS="-k name" for some, ARGS=--full for all repetitions too)
	@$(PY) -m pytest -n auto --dist worksteal $(ARGS)

plan: # what `make test` will do, said first
	@echo "$(if $(wildcard $(STAMP)),,installs the development tools first, once: a minute or two; )$(WHICH)"

oldest: ## run the tests with the lowest versions that pyproject.toml names (OLDEST=python3.10)
	@$(MAKE) --no-print-directory VENV=.venv-oldest PYTHON=$(OLDEST) lowest
	@.venv-oldest/bin/python -m pytest -n auto --dist worksteal $(ARGS)

lowest: $(STAMP)
	@$(INSTALL) $(LOWEST)

newest: ## run the tests with the newest Python that installs everything (NEWEST=python3.13)
	@$(MAKE) --no-print-directory VENV=.venv-newest PYTHON=$(NEWEST) test

check: $(STAMP) ## format, lint, types and the freshness of the docs
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) tests/tools/docs.py --check

format: $(STAMP) ## format the code
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

docs: $(STAMP) ## write the generated pages, or parts of pages, again
	$(PY) tests/tools/docs.py

update: $(STAMP) ## write all that is generated again: expected outputs, pages, schema; read what changes
	$(PY) -m pytest -q --update
	$(PY) tests/tools/docs.py

fuzz: $(STAMP) ## try random files and command lines (FUZZ_SECONDS=600 for longer)
	FUZZ_SECONDS=$(FUZZ_SECONDS) $(PY) -m pytest -q -s tests/test_fuzz.py $(ARGS)

coverage: $(STAMP) ## lines and branches that the tests run, at least 95 %
	@$(PY) -m coverage erase
	@$(PY) -m coverage run -m pytest -q -n auto $(ARGS)
	@$(PY) -m coverage combine -q
	@$(PY) -m coverage report

mutation: $(STAMP) ## put faults into what counts and list those that no test notices
	@$(PY) -m pip install -q --disable-pip-version-check 'mutmut>=3.8'
	@$(PY) tests/tools/mutation.py $(ARGS)

pictures: $(STAMP) ## take the pictures of the docs that only a browser can take, where there is Chromium
	$(PY) tests/tools/page_picture.py

browser: $(STAMP) ## try the pages of --format html and a comment in Chromium, where there is one
	BROWSER_TESTS=1 $(PY) -m pytest -q -rs tests/test_page.py

bench: $(STAMP) ## measure start-up, reading, sweeping, running; writes docs/benchmarks.md
	@mkdir -p docs
	@$(PY) tests/tools/bench.py -o docs/benchmarks.md $(ARGS)

build: $(STAMP) ## build the wheel into dist/
	$(PY) -m pip wheel -q --no-deps --no-build-isolation -w dist .

clean: ## remove everything that was built or installed
	rm -rf $(VENV) dist .mutation .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(STAMP): $(RUNS)
	@echo "installing the development tools ..."
	@$(INSTALL) $(shell $(PY) -c 'import editables, hatchling' 2>/dev/null && echo --no-build-isolation) -e '.[dev]'
	@rm -f $(VENV)/.installed-*
	@touch $@

$(RUNS): pyproject.toml
	@echo "setting up $(VENV) ..."
	@test -x $(PY) && $(PY) -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(INSTALL) $(shell $(PY) -c 'import editables, hatchling' 2>/dev/null && echo --no-build-isolation) -e .
	@rm -f $(VENV)/.runs-*
	@touch $@
