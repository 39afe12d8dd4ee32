# The index of what can be done here; each target's work is in packaging/ or in a tool.

.DEFAULT_GOAL := help
.PHONY: help setup test-servers demo test test-slow test-steady lint screenshots bench bench-ui bench-s3 bench-readme walks package lambda lock check-bare check-aws clean

BIN := .venv/bin
PICTURES := resources/pictures

help:  ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

setup:  ## Install what the other targets need, once
	@sh packaging/setup.sh

test-servers: setup  ## Unpack the servers and clients that tests run against, once
	@sh packaging/unpack-servers.sh

demo: setup  ## Start the app on a server of its own; without a display, drive it and take screenshots
	@sh packaging/demo.sh

test: test-servers  ## Run the tests
	@$(BIN)/python packaging/run_tests.py --numprocesses 2 --dist loadfile -m "not slow"

test-slow: test-servers  ## Run the tests that take their time
	@$(BIN)/python packaging/run_tests.py -m slow

test-steady: test-servers  ## Run the slow tests that can be relied on, as .ci/run does
	@$(BIN)/python packaging/run_tests.py -m "slow and not unsteady"

lint: setup  ## Check style, types and import layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache

screenshots: setup  ## Take the pictures of the README anew
	@sh packaging/demo.sh --screenshots $(PICTURES) build/demo/screens

bench: test-servers  ## Measure speed against other clients, or another checkout (ROWS, LINKS, ROUNDS, FERRYGATE, AGAINST)
	@sh packaging/setup-bench.sh
	@PYTHONPATH=tests $(BIN)/python -m bench $(if $(ROWS),--rows "$(ROWS)") $(if $(LINKS),--links "$(LINKS)") \
		$(if $(ROUNDS),--rounds "$(ROUNDS)") $(if $(FERRYGATE),--program "$(FERRYGATE)") \
		$(if $(AGAINST),--against "$(AGAINST)")

bench-ui: test-servers  ## Measure how quickly the window answers, against its bars (ONLY)
	@PYTHONPATH=tests $(BIN)/python -m bench.ui $(if $(ONLY),--only "$(ONLY)")

bench-s3: setup  ## Measure the sandbox's memory while a file of 5 GiB goes into a bucket and back (GIB)
	@sh packaging/bench-s3.sh $(or $(GIB),5)

bench-readme: setup  ## Put the figures of the latest bench into the README
	@PYTHONPATH=tests $(BIN)/python -m bench.readme

walks: setup  ## Print the ways of four things through the modules, and count their hops
	@PYTHONPATH=tests $(BIN)/python -m walks

package: setup  ## Build the wheel into dist/
	@$(BIN)/hatchling build --target wheel

lambda:  ## Make the identity function's one file, and the template with it, in build/aws (HOMES)
	@sh packaging/aws/lambda.sh $(if $(HOMES),"$(HOMES)")

lock:  ## Pin the newest allowed packages in requirements.lock (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-emit-index-url --no-header --no-annotate --output-file requirements.lock

check-bare:  ## Prove demo and test on a bare Debian 12 (as root)
	@sh packaging/check-bare.sh

check-aws: setup  ## Scan the CloudFormation template with checkov and CloudFormation Guard
	@sh packaging/aws/check.sh

clean:  ## Remove everything that was made here
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
