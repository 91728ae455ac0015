# The jobs of the project, one line each; what they do is written where they are called.
# Another Python for the installation: make run PYTHON=python3.12
# Another city than the default of dbt_project.yml: make run CITY=05315

PYTHON ?= python3
BIN := .venv/bin
LOCK := --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make locks'
SCRATCH := $(CURDIR)/target/scratch
# Tests that build with dbt take longest: they come first, else one process ends long after others.
FIRST := $(patsubst %,tests/python/test_%.py,narrow quality other_city snapshots_replay \
	snapshots_registers analyses crisis_question)
UNIT := $(FIRST) $(filter-out $(FIRST),$(sort $(wildcard tests/python/test_*.py)))

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test lint build check unit assets browser screenshots publish locks docs clean environments chromium

# Empty: the default city.
export DATENLABOR_CITY := $(or $(CITY),$(DATENLABOR_CITY))

# Tests build the demo city in a folder of their own; `data/<city>` belongs to `run` and `publish`.
build check unit assets browser screenshots: export DATENLABOR_HOME := $(SCRATCH)

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 20

run: environments ## install, build, publish and serve the city
	$(BIN)/datenlabor run

test: lint build check unit assets browser ## everything that has to be green

lint: environments ## SQL and Python style, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint models snapshots analyses tests/dbt

build: environments ## build and test the demo city with dbt, in target/scratch
	rm -rf target/scratch
	mkdir -p target/scratch
	$(BIN)/python -P -m datenlabor.dbt_process build

check: environments ## conventions and layering of the dbt project
	$(BIN)/dbt parse
	$(BIN)/dbt-bouncer run --config-file dbt-bouncer.yml

unit: build ## tests of the Python code, and the worked examples
	$(BIN)/pytest $(UNIT) --numprocesses auto --maxprocesses 4 --dist loadfile \
		--no-loadscope-reorder

assets: environments ## validate dashboards and generated files, without Superset
	$(BIN)/datenlabor assets validate
	$(BIN)/datenlabor docs --check
	$(BIN)/datenlabor demo --check

browser: build chromium ## open the dashboards in Chromium
	$(BIN)/pytest tests/browser --numprocesses 2 --dist loadfile

screenshots: build chromium ## take the pictures of handbook and README
	$(BIN)/pytest tests/browser -k picture --screenshots docs/handbuch/bilder
	# The only one that is no dashboard.
	mv docs/handbuch/bilder/einordnung.png docs/images/

publish: environments ## build if anything changed, and publish a release into data/<city>
	$(BIN)/datenlabor publish

locks: environments ## compile the locked requirements anew
	$(BIN)/uv pip compile --quiet $(LOCK) pyproject.toml --extra dev -o requirements.lock
	$(BIN)/uv pip compile --quiet $(LOCK) superset/requirements.in -o superset/requirements.lock \
		--exclude-newer 2026-05-20 --exclude-newer-package duckdb=2026-12-31

docs: environments ## generate the data dictionary
	$(BIN)/datenlabor docs

clean: ## remove what is generated; keeps data/ and the environments
	rm -rf target logs .pytest_cache .mypy_cache .ruff_cache .hypothesis

environments:
	@$(PYTHON) datenlabor/bootstrap.py warehouse superset

chromium: environments
	@$(BIN)/python datenlabor/bootstrap.py browser
