# PartnerJourney. `make help` lists what there is; every target does its own set-up first.
# PYTHON=/path/to/python3 picks the Python (3.11 or newer), PORT= the port, RESET=1 starts the demo afresh.

PORT ?= 8000
# One more than there are cores: while a test waits for its browser or database another one works.
WORKERS ?= $(shell echo $$(( $$(nproc 2>/dev/null || echo 1) + 1 )))
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
BOOTSTRAP := PYTHON="$(PYTHON)" sh config/bootstrap.sh

# Compiled modules and templates are kept, whatever the shell says: a start without them takes twice as long.
unexport PYTHONDONTWRITEBYTECODE

# The steps of the set-up, each a file that says when it was done.
RUNTIME := $(VENV)/.runtime.done
DEV := $(VENV)/.dev.done
BROWSER := $(VENV)/.browser.done

# A virtual environment knows its own place: after a move it is made anew.
ifneq ($(shell cat $(VENV)/.place 2>/dev/null),$(CURDIR))
$(shell rm -f $(VENV)/.*.done)
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: docs pictures help setup demo serve test check format-check lint types imports templates format bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(RUNTIME) ## make .venv with the locked dependencies and the command partnerjourney
	@echo "Ready: $(BIN)/partnerjourney"

demo: $(RUNTIME) ## set up and serve the demo story on http://127.0.0.1:8000 (PORT=, RESET=1)
	@exec $(BIN)/partnerjourney demo --port $(PORT) $(if $(filter-out 0 no false,$(RESET)),--reset)

serve: $(RUNTIME) ## serve your own database (PORT=)
	@exec $(BIN)/partnerjourney serve --port $(PORT)

test: $(DEV) $(BROWSER) ## everything, on SQLite, PostgreSQL and in Chromium (ARGS= goes to pytest)
	@REQUIRE_PG=1 REQUIRE_BROWSER=1 $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal $(ARGS)

check: format-check lint types imports templates ## layout, lint, types, import contracts, templates

format-check: $(DEV)
	$(BIN)/ruff format --check --quiet .

lint: $(DEV)
	$(BIN)/ruff check --quiet .

types: $(DEV)
	$(BIN)/mypy --no-error-summary

imports: $(DEV)
	$(BIN)/lint-imports --no-logo

templates: $(DEV)
	$(BIN)/djlint --lint --quiet templates

format: $(DEV) ## lay the Python code out as check wants it
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format --quiet .

docs: $(RUNTIME) ## write docs/permissions.md anew from the policy
	@$(BIN)/python -c 'from partnerjourney.core.policy_page import document; print(document(), end="")' > docs/permissions.md

pictures: $(DEV) $(BROWSER) ## take the pictures of the documentation anew
	@PARTNERJOURNEY_PICTURES=1 $(BIN)/python -m pytest -q tests/browser -k sqlite

bench: $(DEV) ## print figures and ratios; never fails on a clock (ARGS= goes to pytest)
	@REQUIRE_PG=1 $(BIN)/python -m pytest -q -s -m bench tests/bench $(ARGS)

lock: ## resolve the dependencies anew within what is locked (UPGRADE=1: the newest)
	@sh config/lock.sh $(if $(UPGRADE),--upgrade)

clean: ## remove .venv and what tools left behind; keeps var/, your data
	rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.python.done: config/bootstrap.sh
	@[ "$$(cat $(VENV)/.place 2>/dev/null)" = '$(CURDIR)' ] || rm -rf $(VENV)
	@python=$$($(BOOTSTRAP) python) && $(BOOTSTRAP) system && "$$python" -m venv $(VENV)
	@printf '%s\n' '$(CURDIR)' > $(VENV)/.place
	@touch $@

$(RUNTIME): config/requirements.txt pyproject.toml $(VENV)/.python.done
	@echo "Installing the locked packages into $(VENV)"
	@$(PIP) install --require-hashes -r config/requirements.txt
	@$(PIP) install --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): config/requirements-dev.txt $(RUNTIME)
	@echo "Installing the locked packages for development into $(VENV)"
	@$(PIP) install --require-hashes -r config/requirements-dev.txt
	@touch $@

$(BROWSER): config/bootstrap.sh $(DEV)
	@$(BOOTSTRAP) browser
	@touch $@
