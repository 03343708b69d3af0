# `make decks` builds the decks, `make test` runs every test; both set up what they need in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: decks stale test check lint bench pictures commit-decks clean

decks: $(VENV)/decks.stamp
	$(BIN)/build-decks

stale: $(VENV)/decks.stamp
	$(BIN)/build-decks --check

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest -n auto

check: test lint

lint: $(VENV)/check.stamp .links/build_decks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/build-decks --check

bench: $(VENV)/test.stamp
	$(BIN)/python tests/bench.py

# Needs Chromium on the PATH.
pictures: $(VENV)/pictures.stamp
	$(BIN)/python tests/pictures.py

commit-decks: decks
	git add decks_out '*/_anki'
	git diff --cached --quiet || git commit -m "Rebuild the decks"

$(VENV)/pip.stamp:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	touch $@

$(VENV)/decks.stamp: $(VENV)/pip.stamp pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/%.stamp: $(VENV)/decks.stamp pyproject.toml
	$(BIN)/python -m pip install --quiet --group $*
	touch $@

# A type checker follows folders: these links show it the names under which the packages are installed.
.links/build_decks:
	mkdir -p $@
	ln -sfn ../../cli $@/cli
	ln -sfn ../../cards $@/cards

clean:
	rm -rf $(VENV) .links build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
