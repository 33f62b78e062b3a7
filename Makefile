# Every target sets up what it needs first; a second run finds it done. `make` alone lists them.
PORT ?= 8000
WORKERS ?= 2
THREADS ?= 4
ARGS ?=

PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run serve setup setup-dev test race lint messages pictures icons lock watch clean python3

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

run: setup ## set up and serve on http://127.0.0.1:8000 with sample data (PORT= for another port)
	@$(PYTHON) bin/run.py $(PORT)

serve: setup ## serve as in production: gunicorn and WhiteNoise (PORT=, WORKERS=, THREADS=)
	@$(PYTHON) bin/serve.py --port $(PORT) --workers $(WORKERS) --threads $(THREADS)

setup: python3 ## install the packages, build the front end and the translations, write .env
	@python3 bin/setup.py

setup-dev: python3
	@python3 bin/setup.py --dev

test: setup-dev ## run all tests: SQLite, PostgreSQL, browser (ARGS="-k words" picks some)
	@$(PYTHON) bin/test.py $(ARGS)

race: setup-dev ## let many writers fight for the same hours, on SQLite and PostgreSQL
	@$(PYTHON) bin/race.py $(ARGS)

lint: setup-dev ## check style, types, layers, migrations, translations and production settings
	@$(PYTHON) bin/lint.py

messages: setup-dev ## bring the translation catalogues up to date with the sources
	@$(PYTHON) bin/messages.py

pictures: setup-dev ## take the README's pictures anew
	@$(PYTHON) bin/pictures.py

icons: setup-dev ## draw the pictures of phones and link previews anew
	@$(PYTHON) bin/icons.py

lock: setup-dev ## pin the newest allowed versions of all packages, with hashes
	@$(PYTHON) bin/lock.py

watch: setup ## build the front end again at every change
	@$(PYTHON) bin/watch.py

clean: ## remove what was installed and built; the database and .env stay
	rm -rf .venv node_modules static/build staticfiles frontend/css/generated-sources.css \
		.cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find . -name '*.mo' -path '*/LC_MESSAGES/*' -delete

python3:
	@command -v python3 >/dev/null || { \
		echo "Tbib needs Python 3.11 or newer: apt install python3 python3-venv"; exit 1; }
