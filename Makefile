# Everything started by hand. `make` alone lists it; each target sets up what it needs by itself.
# Wanted on the machine: Python 3.11 to 3.13 and make.

BIN    := .venv/bin
PORT   ?= 8080
PYTHON ?=
UV     := uv==0.*
# Most tests wait more than they compute: four processes keep two cores busy. For some tests one does.
WORKERS ?= $(if $(ARGS),0,4)

.DEFAULT_GOAL := help
.PHONY: help setup demo run worker test nightly crashlab bench soak check lint format types imports texts-checked hosts texts configuration release lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' Makefile

setup: ## only the environment, in .venv (PYTHON=python3.12 chooses another Python)
	@PYTHON="$(PYTHON)" sh .ci/setup

demo: setup ## the whole product and its outside world, to chat with in a browser (PORT=8080; NOW=, NUMBERS=, DIALECT=plain, AWKWARD=)
	@exec $(BIN)/myaccount demo --port $(PORT) $(if $(NOW),--now $(NOW)) $(if $(NUMBERS),--numbers $(NUMBERS)) \
		$(if $(DIALECT),--dialect $(DIALECT)) $(if $(AWKWARD),--awkward $(AWKWARD))

run: setup ## the bot, configured by MYACCOUNT_ variables
	@exec $(BIN)/myaccount run

worker: setup ## one more worker on the same database
	@exec $(BIN)/myaccount worker

test: setup ## the tests, with a real browser and a real PostgreSQL (ARGS='-k words' for some; WORKERS=)
	@sh .ci/parts
	$(BIN)/python -m pytest --numprocesses $(WORKERS) $(ARGS)

nightly: setup ## the tests that `make test` leaves for the night: slow, and others show the same
	@sh .ci/parts
	$(BIN)/python -m pytest -m nightly --numprocesses $(WORKERS) $(ARGS)

crashlab: setup ## kill the bot again and again (SIZE=ci, nightly or release; SEED=; DATABASE=postgresql; DIALECT=plain)
	@exec $(BIN)/python -m crashlab --size $(or $(SIZE),ci) --database $(or $(DATABASE),sqlite) \
		--dialect $(or $(DIALECT),kcell) $(if $(SEED),--seed $(SEED)) $(ARGS)

bench: setup ## how fast it is beside its peers, into docs/performance.md (SIZE=quick takes two minutes)
	$(BIN)/python -m bench.run --size $(or $(SIZE),full) --write

soak: setup ## people who tap for minutes, and what grows meanwhile, into docs/performance.md (MINUTES=8; RATE= a second)
	$(BIN)/python -m bench.soak --minutes $(or $(MINUTES),8) --rate $(or $(RATE),25) --write

check: lint format types imports texts-checked hosts ## lint, types, import rule, texts: quick, before each commit

lint: setup
	$(BIN)/ruff check .

format: setup
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

texts-checked: setup
	$(BIN)/myaccount texts

hosts:
	@sh .ci/hosts

texts: setup ## collect the texts of the code into the catalogues
	$(BIN)/python -m bot.texts.catalogues

configuration: setup ## docs/configuration.md and docs/profile.md anew from what is declared
	$(BIN)/python -m bot.config.page
	$(BIN)/python -m carrier.profile.page

release: setup ## the wheel, and its list of parts (SBOM, CycloneDX), into dist/
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@rm -rf build
	$(BIN)/python deploy/release/sbom.py dist/myaccount.cdx.json

lock: setup ## requirements.lock anew from pyproject.toml, with hashes and no index address
	@$(BIN)/python -m uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet '$(UV)'
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --all-extras \
		--generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
		--custom-compile-command 'make lock' --output-file requirements.lock pyproject.toml
	@sh .ci/hosts
