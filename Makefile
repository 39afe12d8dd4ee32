# The index of what can be done here; each target's work is in packaging/ or in a tool.

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-slow lint screenshots bench package lock check-bare clean

BIN := .venv/bin
PICTURES := resources/pictures

help:  ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

setup:  ## Install what the other targets need, once
	@sh packaging/setup.sh

demo: setup  ## Start the app on a server of its own; without a display, drive it and take screenshots
	@sh packaging/demo.sh

test: setup  ## Run the tests
	@$(BIN)/python packaging/run_tests.py -m "not slow"

test-slow: setup  ## Run the tests that take their time
	@$(BIN)/python packaging/run_tests.py -m slow

lint: setup  ## Check style, types and import layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache

screenshots: setup  ## Take the pictures of the README anew
	@sh packaging/demo.sh --screenshots $(PICTURES)

bench: setup  ## Measure speed
	@if ls tests/bench/test_*.py >/dev/null 2>&1; \
		then $(BIN)/python packaging/run_tests.py tests/bench; \
		else echo "There is nothing to measure yet."; fi

package: setup  ## Build the wheel into dist/
	@$(BIN)/hatchling build --target wheel

lock:  ## Pin the newest allowed packages in requirements.lock (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-emit-index-url --no-header --no-annotate --output-file requirements.lock

check-bare:  ## Prove demo and test on a bare Debian 12 (as root)
	@sh packaging/check-bare.sh

clean:  ## Remove everything that was made here
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
