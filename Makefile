# make run starts the portal, make test proves it. README.md says more; nothing is installed outside this folder,
# but for Debian's Chromium, clamd and tesseract, and those only as root.
PYTHON ?= python3
VENV ?= .venv
PY := $(VENV)/bin/python
FONT := portal/static/portal/fonts
PYTEST := $(PY) -m pytest
ARGS ?=
TYPED := '*/rules.py' '*/actions.py' ':(glob)portal/*.py' ':(glob)portal/vault/*.py' ':(glob)portal/history/*.py' ':(glob)portal/backup/*.py' bookings/slots.py cases/case/path.py \
  cases/case/people.py cases/case/office_rules.py cases/case/office_ties.py cases/case/directory.py cases/records/days/lead_times.py cases/records/days/verdict.py cases/records/days/legal_clock.py cases/records/items/hops.py \
  cases/case/signatures.py
export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1
# Compiled modules are kept: without them each worker of the tests, and each process they start, compiles all anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup run test test-long test-all test-matrix check fix bench lock browser scanner reader front pooler
.DELETE_ON_ERROR:

run: $(VENV)/.main $(FONT)/figtree.css
	@exec $(PY) -m portal.local_run

setup: $(VENV)/.dev $(FONT)/figtree.css browser scanner reader front pooler

test: setup
	$(PYTEST) -v -n 2 --dist worksteal -m "not full" $(ARGS)

# What `make test` leaves out: with it, all that `make test-all` runs.
test-long: setup
	$(PYTEST) -v -n 2 --dist worksteal -m full $(ARGS)

test-all: setup
	$(PYTEST) -v -n 2 --dist worksteal $(ARGS)

test-matrix: setup
	@tests/matrix $(ARGS)

bench: setup
	$(PY) -m bench $(ARGS)

fix: $(VENV)/.dev
	$(PY) -m ruff check --fix -q .
	$(PY) -m ruff format -q .
	git ls-files -z 'templates/*.html' | xargs -0 -r $(VENV)/bin/djade --target-version 5.2
	PORTAL_ENV=development $(PY) manage.py states

check: $(VENV)/.dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	git ls-files -z $(TYPED) | xargs -0 $(PY) -m mypy
	$(VENV)/bin/lint-imports
	git ls-files -z 'templates/*.html' | xargs -0 -r $(VENV)/bin/djade --check --target-version 5.2
	$(VENV)/bin/djlint --lint --quiet templates
	env $$(grep -v '^#' deploy/check.env) $(PY) manage.py check --deploy --fail-level WARNING
	env $$(grep -v '^#' deploy/check.env) $(PY) -W ignore manage.py makemigrations --check --dry-run
	env $$(grep -v '^#' deploy/check.env) $(PY) manage.py states --check

# --- packages: hashed, by uv; plain pip does the same where uv cannot run ---

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 run"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "Python's venv is missing. On Debian: sudo apt-get install python3-venv"; exit 1; }

$(VENV)/.uv: requirements/bootstrap.txt | $(PY)
	@$(PY) -m pip install -qq --require-hashes -r $< || echo "uv cannot be installed here; pip does its work."
	@touch $@

install = { [ -x $(VENV)/bin/uv ] && $(VENV)/bin/uv pip install -q --compile-bytecode -p $(PY) --require-hashes -r $(1); } \
  || $(PY) -m pip install -qq --require-hashes -r $(1)

$(VENV)/.main: requirements/main.txt | $(VENV)/.uv
	@echo "Installing packages …"
	@$(call install,$<)
	@touch $@

$(VENV)/.dev: requirements/dev.txt requirements/main.txt | $(VENV)/.uv
	@echo "Installing packages, those for development too …"
	@$(call install,$<)
	@touch $(VENV)/.main $@

LOCK := pip compile -q --generate-hashes --no-emit-index-url --universal --python-version 3.11 \
  --fork-strategy fewest --no-header
lock: | $(VENV)/.uv
	for name in bootstrap main dev; do $(VENV)/bin/uv $(LOCK) requirements/$$name.in -o requirements/$$name.txt; done

# --- the font, and axe for the tests; without npm the pages use the system's fonts ---

$(FONT)/figtree.css: package-lock.json
	@if ! command -v npm >/dev/null; then echo "npm is not here: the pages use the system's fonts."; \
	elif npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null; then \
	  deploy/font.sh; \
	else echo "npm could not get the font: the pages use the system's."; fi

# --- a browser for the tests; off Debian any installed Chromium does, or PORTAL_CHROMIUM names one ---

browser:
	@for name in "$$PORTAL_CHROMIUM" chromium chromium-browser google-chrome google-chrome-stable; do \
	  [ -n "$$name" ] && command -v "$$name" >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then echo "Installing Chromium …"; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium; } \
	    </dev/null >/dev/null || echo "Chromium could not be installed: the browser tests are left out."; \
	else echo "No Chromium here: the browser tests are left out. On Debian: sudo apt-get install chromium"; fi

# --- a virus scanner for the tests, without its signatures; PORTAL_CLAMD names another clamd ---

scanner:
	@for name in "$$PORTAL_CLAMD" clamd /usr/sbin/clamd; do [ -n "$$name" ] && command -v "$$name" >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then echo "Installing clamd …"; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends clamav-daemon; } \
	    </dev/null >/dev/null 2>&1 || echo "clamd could not be installed: its tests are left out."; \
	else echo "No clamd here: its tests are left out. On Debian: sudo apt-get install --no-install-recommends clamav-daemon"; fi

# --- the program that reads pictures of text, for the tests; PORTAL_TESSERACT names another ---

reader:
	@for name in "$$PORTAL_TESSERACT" tesseract; do [ -n "$$name" ] && command -v "$$name" >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then echo "Installing tesseract …"; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends tesseract-ocr; } \
	    </dev/null >/dev/null 2>&1 || echo "tesseract could not be installed: its tests are left out."; \
	else echo "No tesseract here: its tests are left out. On Debian: sudo apt-get install tesseract-ocr"; fi

# --- the web server that stands in front, unpacked beside the tests so that none starts; PORTAL_NGINX names another ---

front:
	@for name in "$$PORTAL_NGINX" nginx /usr/sbin/nginx $(VENV)/nginx/usr/sbin/nginx; do \
	  [ -n "$$name" ] && command -v "$$name" >/dev/null && exit 0; done; \
	if command -v apt-get >/dev/null; then echo "Fetching nginx …"; rm -rf $(VENV)/nginx; mkdir -p $(VENV)/nginx; \
	  { [ "$$(id -u)" != 0 ] || apt-get update -qq; cd $(VENV)/nginx && apt-get download -qq nginx && dpkg -x nginx_*.deb . && rm nginx_*.deb; } \
	    </dev/null >/dev/null 2>&1 || echo "nginx could not be fetched: its tests are left out."; \
	else echo "No nginx here: its tests are left out."; fi

# --- the pooler in front of the database, for the tests; PORTAL_PGBOUNCER names another ---

pooler:
	@for name in "$$PORTAL_PGBOUNCER" pgbouncer /usr/sbin/pgbouncer $(VENV)/pooler/usr/sbin/pgbouncer; do \
	  [ -n "$$name" ] && command -v "$$name" >/dev/null && exit 0; done; \
	if command -v apt-get >/dev/null; then echo "Fetching PgBouncer …"; rm -rf $(VENV)/pooler; mkdir -p $(VENV)/pooler; \
	  { [ "$$(id -u)" != 0 ] || apt-get update -qq; cd $(VENV)/pooler && apt-get download -qq pgbouncer libc-ares2 libevent-2.1-7 \
	    && for each in *.deb; do dpkg -x "$$each" .; done && rm ./*.deb; } \
	    </dev/null >/dev/null 2>&1 || echo "PgBouncer could not be fetched: its tests are left out."; \
	else echo "No PgBouncer here: its tests are left out."; fi
