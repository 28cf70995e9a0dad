# `make` alone says what there is. Everything installed goes into .venv, everything built into .build.
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

# Plain assignments: a HOST that the shell happens to export does not decide what is served, `make serve HOST=…` does.
HOST = 127.0.0.1
PORT = 8000
PYTHON =

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# The domain: what must behave alike on every database.
DOMAIN := tests/sessions tests/artifacts tests/teams tests/accounts tests/trash tests/workspace tests/shares tests/comments tests/audit
STATIC := $(shell find artifacts sessions llmspell_web -path '*/static*')

.PHONY: help install serve test lint format bench lock

help:
	@echo 'make serve [HOST=127.0.0.1] [PORT=8000]   install and serve; the printed link makes the first account'
	@echo 'make install [PYTHON=python3.12]          what serving needs, into .venv'
	@echo 'make test                                 every test, on SQLite and PostgreSQL, with a real browser'
	@echo 'make lint                                 what is checked without running it'
	@echo 'make format                               the code in its one layout'
	@echo 'make bench [SESSIONS=…] [ARTIFACTS=…] [HUGE=…] speed and memory, beside what the parts alone take'
	@echo 'make lock [UPGRADE=--upgrade]             requirements/*.in → *.txt with hashes; UPGRADE takes newest versions'

install: .build/static.stamp

serve: install
	@exec $(BIN)/python -m llmspell_web.serve --host '$(HOST)' --port '$(PORT)'

test: install .venv/test.stamp
	@$(BIN)/python -m tests.tools.chromium
	$(BIN)/python -m pytest tests
	$(BIN)/python -m pytest $(DOMAIN) --database=postgresql

# The checkers read the settings too, and touch nobody's data.
lint: export LLMSPELL_DATA_DIR = .build/data
lint: install .venv/test.stamp
	$(BIN)/ruff check --output-format concise .
	$(BIN)/ruff format --check .
	$(BIN)/mypy llmspell_web sessions artifacts tests
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	env -u DATABASE_URL $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m tests.tools.no_machine_names

format: .venv/test.stamp
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

# How many sessions and artifacts the long lists have; the bytes of the content that memory is watched with.
SESSIONS =
ARTIFACTS =
HUGE =
bench: install .venv/test.stamp
	@$(BIN)/python -m tests.tools.chromium
	@SESSIONS='$(SESSIONS)' ARTIFACTS='$(ARTIFACTS)' HUGE='$(HUGE)' $(BIN)/python -m tests.bench

# One lock file for every platform. What is locked already stays as it is unless asked to upgrade.
UPGRADE =
LOCK = .build/lock/bin/uv pip compile --quiet $(UPGRADE) --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header
lock: .build/lock/bin/uv
	$(LOCK) requirements/run.in -o requirements/run.txt
	$(LOCK) requirements/test.in -o requirements/test.txt

.build/lock/bin/uv: | .venv/run.stamp
	@$(BIN)/python -m venv .build/lock
	@.build/lock/bin/python -m pip --disable-pip-version-check --no-input install -qq uv

.venv/bin/python:
	@echo 'Making .venv …'
	@.ci/make-venv '$(PYTHON)'

.venv/run.stamp: requirements/run.txt | .venv/bin/python
	@echo 'Installing what the product needs …'
	@$(PIP) install -qq --require-hashes -r requirements/run.txt
	@touch $@

.venv/test.stamp: requirements/test.txt .venv/run.stamp
	@echo 'Installing what the tests need …'
	@$(PIP) install -qq --require-hashes -r requirements/run.txt -r requirements/test.txt
	@touch $@

# Style sheets, scripts and the editor, compressed and with a digest in their names. Of the editor only what it can load
# here is taken (Lua, the GitHub themes, search, completion): the rest would take longer than all else together.
UNUSED_STATIC = mode-[!l]* mode-l[!u]* worker-[!l]* theme-[!g]* css/theme/[!g]* keybinding-* ext-[!elps]* snippets/[!l]* \
	snippets/l[!u]*
# Needs nobody's data directory.
.build/static.stamp: .venv/run.stamp $(STATIC)
	@echo 'Building the static files …'
	@mkdir -p .build
	@env -u DATABASE_URL LLMSPELL_DATA_DIR=.build/data $(BIN)/python manage.py collectstatic --no-input --verbosity 0 \
		$(foreach pattern,$(UNUSED_STATIC),--ignore 'django_ace/ace/$(pattern)') --ignore 'django_htmx/*-4*'
	@touch $@
