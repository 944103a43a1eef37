.DEFAULT_GOAL := help
.PHONY: help setup run test check lint types fix messages benchmarks

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup: ## make the virtual environment
	@bin/manage check

run: ## run everything on this machine
	@bin/run

test: ## every check and every test
	@bin/test

check: ## exactly what continuous integration runs
	@.ci/run

lint: ## ruff, import contracts, templates, migrations
	@bin/test --check lint --check format --check imports --check templates --check django --check migrations --check locks

types: ## mypy --strict
	@bin/test --check types

fix: ## let ruff mend and format what it can
	@bin/test --fix

messages: ## collect the texts of the sources into locale/, and compile the translations
	@bin/manage messages

benchmarks: ## what is measured, and how to run it
	@ls benchmarks/README.md 2>/dev/null && cat benchmarks/README.md || echo "No benchmarks yet."
