# Each target sets up what it needs in .venv, once: with uv if it is on the PATH, else with pip.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTHONS := 3.10 3.11 3.12 3.13 3.14 3.15
UV := $(shell command -v uv 2>/dev/null)

ifdef UV
new_environment = uv venv --quiet --clear --seed --python $(1) $(2)
install = uv pip install --quiet --python $(1)/bin/python
else
new_environment = $(1) -m venv --clear $(2) && $(2)/bin/python -m pip install -qq --upgrade 'pip>=25.1'
install = $(1)/bin/python -m pip install -qq
endif

.PHONY: help decks stale annotate test check lint verify lock practice bench fuzz pictures commit-decks clean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

decks: $(VENV)/decks.stamp  ## build every track below this folder into decks_out/
	@$(BIN)/build-decks

stale: $(VENV)/decks.stamp  ## fail if a deck, a ledger or an index is stale
	@$(BIN)/build-decks --check

annotate: $(VENV)/decks.stamp  ## check the cards, and report faults as annotations on a pull request
	@$(BIN)/build-decks check --strict --format github

test: $(VENV)/test.stamp  ## run the tests; ALL=1: also the wrong versions of the exercises, as in CI
	$(BIN)/python -m pytest -n auto$(if $(ALL),, -m 'not heavy')

check: test lint  ## tests, formatter, linter, types, contracts, stale decks: what CI runs

lint: $(VENV)/check.stamp .links/build_decks  ## everything in check except the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/build-decks --check
	$(BIN)/build-decks check --strict
	$(BIN)/build-decks verify --check

# On every supported Python that is installed, each with the packages of verify.lock. The commands of pyenv work only for
# the selected versions, so all are selected here.
verify: export PYENV_VERSION := $(shell pyenv versions --bare 2>/dev/null | paste -sd:)
verify: $(VENV)/decks.stamp  ## run the code of cards and guide on every installed Python
	@for version in $(PYTHONS); do \
	  if python$$version -c "" 2>/dev/null; then \
	    $(MAKE) --silent $(VENV)/verify-$$version.stamp || exit 1; \
	    found="$$found --python $(VENV)/verify-$$version/bin/python"; \
	  else echo "python$$version is not installed: skipped"; fi; \
	done; $(BIN)/build-decks verify $$found

lock: $(VENV)/lock.stamp  ## update the packages pinned in verify.lock
	$(BIN)/uv pip compile --quiet --upgrade --group verify --universal --python-version 3.10 --generate-hashes \
	  --no-header --no-annotate --output-file verify.lock

practice: $(VENV)/test.stamp  ## EX=retry-decorator: copy an exercise and run its tests
	@$(BIN)/python python-backend/_practice/start.py $(EX)

bench: $(VENV)/test.stamp  ## speed and memory, as ratios to a yardstick in the same run
	$(BIN)/python tests/bench.py

fuzz: $(VENV)/test.stamp  ## MINUTES=10: search for input that ends in a traceback or takes too long
	$(BIN)/python tests/fuzz.py $(or $(MINUTES),10)

pictures: $(VENV)/pictures.stamp  ## renew the pictures in docs/; needs Chromium on the PATH
	$(BIN)/python tests/pictures.py

commit-decks: decks  ## build, and commit the decks and ledgers that changed
	git add decks_out '*/_anki'
	git diff --cached --quiet || git commit -m "Rebuild the decks"

clean:  ## remove .venv and everything that tools left behind
	rm -rf $(VENV) .links build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/new.stamp:
	@echo "setting up $(VENV) (once)"
	@$(call new_environment,$(PYTHON),$(VENV))
	@touch $@

$(VENV)/decks.stamp: $(VENV)/new.stamp pyproject.toml
	@echo "installing build-decks into $(VENV)"
	@$(call install,$(VENV)) --editable .
	@touch $@

$(VENV)/%.stamp: $(VENV)/decks.stamp pyproject.toml
	@echo "installing what $* needs into $(VENV)"
	@$(call install,$(VENV)) --group $*
	@touch $@

$(VENV)/verify-%.stamp: verify.lock
	@echo "setting up $(VENV)/verify-$* (once)"
	@$(call new_environment,python$*,$(VENV)/verify-$*)
	@$(call install,$(VENV)/verify-$*) --require-hashes --requirement verify.lock
	@touch $@

# A type checker follows folders: these links show it the installed names of the packages.
.links/build_decks:
	@mkdir -p $@
	@ln -sfn ../../cli $@/cli
	@ln -sfn ../../cards $@/cards
