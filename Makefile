# 云呼+: what people and CI run. `make help` lists it.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-installed
DEV_STAMP := $(VENV)/.dev-installed
PEERS ?= 1
# Without compiled files each process compiles 1600 modules again: 3.5 s of the API's start.
unexport PYTHONDONTWRITEBYTECODE

# uv does not read pip's configuration: an index or a certificate that this machine set for pip is handed over. Should
# uv fail all the same (a mirror that only pip can speak to), pip installs the same locked versions.
define install_locked
	@index=$$($(BIN)/python -m pip config get global.index-url 2>/dev/null || true); \
	if [ -n "$$index" ]; then UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$index}"; export UV_DEFAULT_INDEX; fi; \
	cert=$$($(BIN)/python -m pip config get global.cert 2>/dev/null || true); \
	if [ -n "$$cert" ]; then SSL_CERT_FILE="$${SSL_CERT_FILE:-$$cert}"; export SSL_CERT_FILE; fi; \
	{ $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1) \
	  && $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .; } \
	|| { $(BIN)/python -m pip install --quiet --require-hashes -r $(1) \
	  && $(BIN)/python -m pip install --quiet --no-deps -e .; }
endef

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | while IFS="$$(printf '\t')" read -r name text; do \
	printf '  make %-10s %s\n' "$$name" "$$text"; done

.PHONY: run
run: $(RUN_STAMP) ## Install what running needs and start everything: database, API, call node, sandbox, console
	@$(BIN)/python console/build.py & exec $(BIN)/yunhu up

.PHONY: console
console: $(RUN_STAMP) ## Build the console, if anything of it changed
	@$(BIN)/python console/build.py

.PHONY: console-dev
console-dev: $(RUN_STAMP) ## Serve the console from its sources beside a running product (YUNHU_API: its address)
	@$(BIN)/python console/build.py run dev

.PHONY: console-api
console-api: $(RUN_STAMP) ## Write the console's types of the API anew
	@$(BIN)/python console/build.py api

.PHONY: wheel
wheel: console ## Pack the product with its console into dist/
	@$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

.PHONY: test
test: $(DEV_STAMP) ## Install what tests need (with peer programs, where this machine lets us) and run every test
	@$(BIN)/python console/build.py
	@if [ "$(PEERS)" = 1 ] && [ -f tests/support/peers/install.py ]; then $(BIN)/python -m tests.support.peers.install; fi
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

.PHONY: check
check: $(DEV_STAMP) ## Lint, formatting, types, architecture, generated documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/unit/cli/test_reference.py tests/unit/console
	$(BIN)/python console/build.py run types lint unit

.PHONY: format
format: $(DEV_STAMP) ## Put the code in its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: bench
bench: $(DEV_STAMP) ## Measure against real peers and print a table
	$(BIN)/python -m bench $(ARGS)

.PHONY: docs
docs: $(DEV_STAMP) ## Write the generated reference
	$(BIN)/python -m yunhu.entrypoints.commands.reference docs/reference

.PHONY: lock
lock: $(VENV)/.uv ## Pin every dependency anew
	$(BIN)/uv pip compile --quiet pyproject.toml --all-extras --group dev --generate-hashes --universal \
	  --python-version 3.11 -o requirements.lock
	$(BIN)/uv pip compile --quiet pyproject.toml --group console -c requirements.lock --generate-hashes --universal \
	  --python-version 3.11 -o requirements-run.lock

.PHONY: clean
clean: ## Remove what make made; data stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis dist build src/yunhu/console_dist console/node_modules

$(VENV)/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) \
	  || echo "uv cannot be had here; pip will do, more slowly"
	@touch $@

$(RUN_STAMP): requirements-run.lock pyproject.toml | $(VENV)/.uv
	@echo "installing what running needs …"
	$(call install_locked,requirements-run.lock)
	@touch $@

$(DEV_STAMP): requirements.lock pyproject.toml | $(VENV)/.uv
	@echo "installing what checks and tests need …"
	$(call install_locked,requirements.lock)
	@touch $@ $(RUN_STAMP)
