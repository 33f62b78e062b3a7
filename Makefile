# Every target sets up what it needs first; a second run finds it done. `make` alone lists them.
# Links in mails and in QR codes follow the port, unless SITE_URL is set.
export PORT ?= 8000
WORKERS ?= 2
THREADS ?= 4
ARGS ?=

PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run serve worker setup setup-dev test race fire trouble bench lint messages pictures icons lock watch clean python3 door

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

# The server takes the place of the shell that started the worker, so the worker ends with it.
run: setup ## set up and serve on http://127.0.0.1:8000 with sample data (PORT= for another port)
	@$(PYTHON) manage.py migrate --verbosity 0
	@$(PYTHON) manage.py seed_doctors --if-empty --count 40
	@echo
	@echo "  Tbib: http://127.0.0.1:$(PORT)"
	@echo
	@echo "  Sample sign-ins, all with the password testpass123:"
	@echo "    dr_smith      a doctor's agenda"
	@echo "    secretaire    the desk"
	@echo "    patient       booking for oneself and one's family"
	@echo "    admin         the site's administration, under /admin/"
	@echo
	@$(PYTHON) manage.py worker --with-parent & exec $(PYTHON) manage.py runserver 127.0.0.1:$(PORT)

# Settings come from the environment, then from .env. A worker shows that it lives by touching a
# file, which must not be on a disk that can stall; the control socket would be one file for every
# server of an account; the graceful time lets a booking that is being written finish.
serve: setup ## serve as in production: gunicorn and WhiteNoise (PORT=, WORKERS=, THREADS=)
	@$(PYTHON) manage.py migrate --noinput --verbosity 0
	@$(PYTHON) manage.py collectstatic --noinput --verbosity 0
	@$(PYTHON) manage.py worker --check
	@exec $(PYTHON) -m gunicorn --bind=127.0.0.1:$(PORT) --workers=$(WORKERS) \
		--config=python:config.gunicorn --worker-class=config.gunicorn_worker.Worker \
		--threads=$(THREADS) $(addprefix --worker-tmp-dir=,$(wildcard /dev/shm)) \
		--no-control-socket --graceful-timeout=30 config.wsgi

worker: setup ## send messages, make offers, run the jobs at set times (any number, anywhere)
	@exec $(PYTHON) manage.py worker

setup: python3 ## install the packages, build the front end and the translations, write .env
	@python3 bin/setup.py

setup-dev: python3
	@python3 bin/setup.py --dev

test: setup-dev ## run all tests: SQLite, PostgreSQL, browser (ARGS="-k words" picks some)
	@$(PYTHON) bin/test.py $(ARGS)

race: setup-dev ## let many writers fight for the same hours, on SQLite and PostgreSQL
	@$(PYTHON) bin/race.py $(ARGS)

fire: setup-dev ## send 10,000 reminders through a bad mail server while workers are killed
	@$(PYTHON) bin/fire.py $(ARGS)

trouble: setup-dev ## lock rows and tables and stop the database under a running site (PostgreSQL)
	@$(PYTHON) bin/trouble.py $(ARGS)

door: setup-dev ## leave half-sent requests at gunicorn and at nginx (needs nginx-light)
	@$(PYTHON) bin/door.py

bench: setup-dev ## measure the site, beside a peer and its own budget (ARGS="--only results", --quick)
	@$(PYTHON) bin/bench.py $(ARGS)

lint: setup-dev ## check style, types, layers, migrations, translations and production settings
	@$(PYTHON) bin/lint.py

messages: setup-dev ## bring the translation catalogues up to date with the sources
	@$(PYTHON) bin/messages.py

pictures: setup-dev ## take the README's pictures anew
	@$(PYTHON) bin/pictures.py

icons: setup-dev ## draw the pictures of phones and link previews anew
	@$(PYTHON) bin/icons.py

# One lock for every platform and every Python that Tbib runs on; the development lock is
# constrained by the runtime one. A lock works with any mirror, so it names no address ("url" is
# where an npm package asks for money).
lock: setup-dev ## pin the newest allowed versions of all packages, with hashes (needs npm)
	@for name in requirements requirements-dev requirements-node; do \
		$(PYTHON) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 \
			--generate-hashes --no-emit-index-url --custom-compile-command "make lock" \
			$$name.in --output-file $$name.txt || exit 1; \
	done
	@npm update --package-lock-only --ignore-scripts --loglevel=error
	@! grep -n '"resolved"\|://' requirements*.txt package-lock.json | grep -v '"url"'

watch: setup ## build the front end again at every change
	@PATH="$(CURDIR)/.venv/bin:$$PATH" node frontend/build.mjs --watch

clean: ## remove what was installed and built; the database and .env stay
	rm -rf .venv node_modules static/build staticfiles frontend/css/generated-sources.css \
		.cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find . -name '*.mo' -path '*/LC_MESSAGES/*' -delete

python3:
	@command -v python3 >/dev/null || { \
		echo "Tbib needs Python 3.11 or newer: apt install python3 python3-venv"; exit 1; }
