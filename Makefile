# Everything a person or a build does with this repository. `make` alone lints and tests.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Tests of whole processes often wait: three workers keep two processors busy.
WORKERS ?= 3
CACHE := $(or $(SATARK_CACHE_DIR),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/satark)
AUDIT_ENV := $(CACHE)/audit
BENCH_CACHE := $(CACHE)/bench
DISTRIBUTIONS := schemas libs/runtime libs/sandesh libs/standalone libs/uve services/poller services/detector services/notifier services/sandesh-gateway services/analytics simulators
EDITABLE := $(foreach d,$(DISTRIBUTIONS),-e $(d))

.DEFAULT_GOAL := check
.PHONY: tools alerts-tools browser-tools check help install demo test test-fast faults faults-tools lint format audit screenshot bench bench-install soak sizes docs constraints kafka clean compose-test compose-tools images airgap compose-clean

check: lint test ## Lint, then run every test

help: ## Show what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

install: $(STAMP) ## Make the virtual environment with everything in it

$(STAMP): constraints.txt pyproject.toml $(addsuffix /pyproject.toml,$(DISTRIBUTIONS))
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --group dev $(EDITABLE)
	@touch $@

demo: install ## See a simulated WAN link degrade and the alert mail arrive
	$(BIN)/satark up --demo

test: install ## Run every test, on real Apache Kafka where Java and Maven are there
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

test-fast: install ## Run the tests that need neither Kafka nor whole processes
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not kafka and not e2e" $(ARGS)

faults: install ## Kill, fill, cut off and mislead what runs, and see that nothing is lost or doubled (prints the recovery times)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m faults tests/faults $(ARGS)

faults-tools: ## Install what some of the faults need from Debian's packages (root): network namespaces, a clock that jumps
	apt-get install --quiet=2 --yes --no-install-recommends iproute2 util-linux libfaketime

compose-test: install ## Run the stack of docker-compose.yml in a Docker engine (root; SATARK_COMPOSE_TEST=if-possible skips where none runs)
	nice -n 10 $(BIN)/python -m pytest -m compose -p no:randomly -x -s tests/compose $(ARGS)

tools: ## Install all that tests need from Debian's packages (root)
	apt-get update --quiet=2
	$(MAKE) faults-tools compose-tools browser-tools alerts-tools

browser-tools: ## Install the browser that tests of the console open pages in (root)
	apt-get install --quiet=2 --yes --no-install-recommends chromium

alerts-tools: ## Install promtool out of Debian's package of Prometheus, and nothing else of it (root)
	cd "$$(mktemp -d)" && apt-get download --quiet=2 prometheus && \
	  dpkg-deb --fsys-tarfile prometheus_*.deb | tar --extract --file=- --directory=/usr/local/bin --strip-components=3 --no-same-owner ./usr/bin/promtool

compose-clean: ## Remove the images that compose-test has made, and what it downloaded
	rm -rf $(CACHE)/engine $(CACHE)/debian-* $(CACHE)/wheels-*

compose-tools: ## Install what compose-test needs from Debian's packages (root)
	apt-get install --quiet=2 --yes --no-install-recommends docker.io docker-compose debootstrap iproute2 iptables maven util-linux

images: install ## Build the image of every service and show their sizes (ARGS=--airgap: without any registry)
	$(BIN)/python scripts/images.py $(ARGS)

airgap: install ## Make the base images for a network without a registry; prints lines for .env
	@UV=$(BIN)/uv PYTHON=$(BIN)/python deploy/airgap/make.sh

lint: install ## Format check, ruff, mypy --strict, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install ## Format the code and apply safe fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

audit: install ## Look up known weaknesses of everything that constraints.txt pins
	test -x $(AUDIT_ENV)/bin/python || $(BIN)/python -m venv $(AUDIT_ENV)
	$(BIN)/uv pip install --quiet --python $(AUDIT_ENV)/bin/python "pip-audit>=2.10,<3"
	$(BIN)/python scripts/audit.py $(AUDIT_ENV)/bin/pip-audit

screenshot: install ## Take the picture of the console in docs/images anew, from the running demo (Chromium: make browser-tools)
	$(BIN)/python scripts/screenshot.py $(ARGS)

bench-install: install ## Install what bench/detector.py races against (Quix Streams, Kafka Streams), outside the repository
	test -x $(BENCH_CACHE)/quix/bin/python || $(BIN)/python -m venv $(BENCH_CACHE)/quix
	$(BIN)/uv pip install --quiet --python $(BENCH_CACHE)/quix/bin/python --constraint bench/rivals/constraints.txt --group bench
	$(BIN)/python bench/rivals/tools.py

soak: install ## Let an accelerated week of 1,000 links and 200 daemons pass, for 45 minutes: does anything grow or get lost?
	$(BIN)/python bench/soak.py $(ARGS)

bench: install ## Measure the hot paths; each prints a table
	@for script in $(filter-out bench/soak.py,$(wildcard bench/*.py)); do echo "$$script"; $(BIN)/python $$script; done

sizes: install ## Show the sizes of modules and functions
	$(BIN)/python scripts/sizes.py

docs: install ## Generate reference docs, JSON Schemas, AsyncAPI and .env.example
	$(BIN)/satark docs
	$(BIN)/python scripts/faults.py

kafka: ## Fetch Apache Kafka for the tests (Java 17 or newer, Maven)
	mvn -B -q -f deploy/kafka/pom.xml dependency:resolve

constraints: ## Resolve constraints.txt anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url \
	  --group pyproject.toml:dev --group pyproject.toml:images $(addsuffix /pyproject.toml,$(DISTRIBUTIONS)) --all-extras \
	  --no-emit-package satark-schemas --no-emit-package satark-runtime --no-emit-package satark-sandesh --no-emit-package satark-standalone --no-emit-package satark-uve \
	  --no-emit-package satark-poller --no-emit-package satark-detector --no-emit-package satark-notifier --no-emit-package satark-sandesh-gateway --no-emit-package satark-analytics \
	  --no-emit-package satark-simulators -o constraints.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url \
	  --group pyproject.toml:bench -o bench/rivals/constraints.txt

clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis build dist
