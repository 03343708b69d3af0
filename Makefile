# `make decks` builds the decks, `make test` runs every test; both set up what they need in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTHONS := 3.10 3.11 3.12 3.13 3.14 3.15

.PHONY: decks stale annotate test check lint verify lock practice bench pictures commit-decks clean

decks: $(VENV)/decks.stamp
	$(BIN)/build-decks

stale: $(VENV)/decks.stamp
	$(BIN)/build-decks --check

annotate: $(VENV)/decks.stamp
	$(BIN)/build-decks check --strict --format github

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest -n auto

check: test lint

lint: $(VENV)/check.stamp .links/build_decks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/build-decks --check
	$(BIN)/build-decks check --strict
	$(BIN)/build-decks verify --check

# Runs the code of the cards on every supported Python that is here, each with the packages of verify.lock. Where
# pyenv manages them, its commands answer only for the versions that are chosen: here all are.
verify: export PYENV_VERSION := $(shell pyenv versions --bare 2>/dev/null | paste -sd:)
verify: $(VENV)/decks.stamp
	@for version in $(PYTHONS); do \
	  if python$$version -c "" 2>/dev/null; then \
	    $(MAKE) --silent $(VENV)/verify-$$version.stamp || exit 1; \
	    found="$$found --python $(VENV)/verify-$$version/bin/python"; \
	  else echo "python$$version is not here: skipped"; fi; \
	done; $(BIN)/build-decks verify $$found

lock: $(VENV)/lock.stamp
	$(BIN)/uv pip compile --quiet --upgrade --group verify --universal --python-version 3.10 --generate-hashes \
	  --no-header --no-annotate --output-file verify.lock

# A working copy of an exercise, in a folder that git ignores, and its tests: make practice EX=retry-decorator
practice: $(VENV)/test.stamp
	@$(BIN)/python python-backend/_practice/start.py $(EX)

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

$(VENV)/verify-%.stamp: verify.lock
	python$* -m venv --clear $(VENV)/verify-$*
	$(VENV)/verify-$*/bin/python -m pip install --quiet --require-hashes --requirement verify.lock
	touch $@

# A type checker follows folders: these links show it the names under which the packages are installed.
.links/build_decks:
	mkdir -p $@
	ln -sfn ../../cli $@/cli
	ln -sfn ../../cards $@/cards

clean:
	rm -rf $(VENV) .links build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
