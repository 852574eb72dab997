# Facetrank. `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/sh

ORG ?= demo
APPLICATIONS ?= 20000
SEED ?= 1

export FACETRANK_CONFIG ?= $(CURDIR)/examples/$(ORG)/organisation.yaml
export OMP_WAIT_POLICY ?= PASSIVE
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: help install demo up down test check-code check-sql check-tests bench lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

install: ## Build .venv from requirements.lock
	@tools/install.sh

demo: install ## Run the main job on a demo organisation (ORG=callbacks, turnover or offers for real files)
	@facetrank demo --applications $(APPLICATIONS) --seed $(SEED)

up: install ## Start Postgres, Airflow with its UI, and the MLflow UI
	@facetrank up --services

down: install ## Stop everything that `make up` started
	@facetrank down

test: install check-code check-sql check-tests ## Run everything CI runs

check-code:
	ruff check .
	ruff format --check .
	mypy

check-sql:
	sqlfluff lint dbt_project ml/warehouse/migrations

check-tests:
	pytest -n 2 --dist loadfile

bench: install ## Compare the fast paths with the naive ones, in one interleaved run
	@python -m benchmarks

lock: ## Resolve requirements.in into requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--output-file requirements.lock requirements.in

clean: ## Remove .venv and everything under var/ (the server is stopped first)
	@if [ -x .venv/bin/facetrank ]; then facetrank down; fi
	@rm -rf .venv .install.lock var build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
