# Everything a person or CI does here. Needs make and Python 3.11 or later; builds the rest itself.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python
CODE := shared functions local cli tests
STAGE ?= dev
# Of the machines that run the functions; a stage's samconfig.toml names the same.
ARCHITECTURE ?= arm64
# Processes that share the tests, one for each core of the machine that runs CI.
WORKERS ?= 2

# $(call install,ENVIRONMENT,REQUIREMENTS): with uv where it could be had, else with pip.
define install
	@if [ -x $(VENV)/bin/uv ]; then $(VENV)/bin/uv pip install -q -p $(1)/bin/python $(2); \
	else $(PY) -m pip --python $(1)/bin/python install -q $(2); fi
endef

# The Lambda runtime's own Python, for what is compiled into layers.
WITH_LAMBDA_PYTHON = lambda_python=$$(.ci/find-python 3.13) || { \
	echo "Python 3.13 with pip was not found: the Lambda layers cannot be built here."; exit 1; }; \
	PATH="$$(dirname "$$lambda_python"):$(CURDIR)/.envs/sam/bin:$$PATH"; export PATH; \
	SAM_CLI_TELEMETRY=0; export SAM_CLI_TELEMETRY

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- environments ---------------------------------------------------------------------------

.PHONY: .venv
.venv: $(VENV)/.installed

$(VENV)/.installed: requirements/dev.txt
	@[ -x $(PY) ] || { python=$$(.ci/find-python 3.13 3.12 3.11) || { \
		echo "Python 3.11, 3.12 or 3.13 with venv and pip is needed and none of them starts."; \
		exit 1; }; \
	echo "environment: $(VENV) with $$python"; "$$python" -m venv $(VENV); }
	@[ -x $(VENV)/bin/uv ] || $(PY) -m pip install -q "$$(grep '^uv==' requirements/dev.txt)" \
		|| echo "uv could not be had: installing with pip, which is slower"
	@echo "environment: installing requirements/dev.txt into $(VENV)"
	$(call install,$(VENV),-r requirements/dev.txt)
	$(call install,$(VENV),--no-deps -e .)
	@touch $@

.envs/%/.installed: requirements/%.txt | $(VENV)/.installed
	@[ -x .envs/$*/bin/python ] || $(PY) -m venv --without-pip .envs/$*
	@echo "environment: installing requirements/$*.txt into .envs/$*"
	$(call install,.envs/$*,-r requirements/$*.txt)
	@touch $@

.PHONY: .envs/sam .envs/ministack
.envs/sam .envs/ministack: %: %/.installed

.PHONY: envs
envs: $(VENV)/.installed .envs/sam/.installed .envs/ministack/.installed ## Build the three environments

# Node itself is installed too where the machine's is older than the clients ask for.
.envs/node/.installed: $(addprefix tests/conformance/node/,package.json package-lock.json .npmrc)
	@command -v npm >/dev/null || { echo "npm was not found: nothing to install Node clients with"; \
		exit 1; }
	@mkdir -p .envs/node
	@cp $^ .envs/node/
	@echo "environment: installing tests/conformance/node into .envs/node"
	@cd .envs/node && npm ci --ignore-scripts --loglevel=error $$(node -e \
		'process.stdout.write(process.versions.node.split(".")[0] > 22 ? "--omit=optional" : "")')
	@touch $@

.PHONY: node
node: .envs/node/.installed ## Install the Node clients and oracles of tests/conformance (needs npm)

LOCK := $(VENV)/bin/uv pip compile -q --universal --no-header \
	--no-emit-index-url --no-emit-find-links --no-annotate

.PHONY: lock
lock: ## Pin all requirements anew from pyproject.toml and requirements/*.in
	$(LOCK) $(UPGRADE) --python-version 3.11 pyproject.toml --all-extras -o requirements/dev.txt
	$(LOCK) $(UPGRADE) --python-version 3.11 requirements/sam.in -o requirements/sam.txt
	$(LOCK) $(UPGRADE) --python-version 3.11 requirements/ministack.in -o requirements/ministack.txt
	$(LOCK) --python-version 3.13 pyproject.toml -c requirements/dev.txt --generate-hashes \
		--no-emit-package boto3 --no-emit-package botocore --no-emit-package s3transfer \
		--no-emit-package python-dateutil --no-emit-package six \
		-o layers/dependencies/requirements.txt

# --- run it -----------------------------------------------------------------------------------

.PHONY: demo
demo: $(VENV)/.installed .envs/ministack/.installed ## See it all work once: org, cloud, sync, result
	@$(PY) -m local.demo

.PHONY: local
local: $(VENV)/.installed .envs/ministack/.installed ## Keep it running; addresses in .local/endpoints.json
	@$(PY) -m local

.PHONY: bench
bench: $(VENV)/.installed .envs/ministack/.installed ## Count requests and units against the budgets
	@$(PY) -m local.bench

# --- prove it ---------------------------------------------------------------------------------

.PHONY: test
test: envs ## Run every test that CI runs
	@$(MAKE) --no-print-directory node \
		|| echo "test: without the Node clients: their tests are skipped, each with its reason"
	@echo "test: all suites but the deployment"
	@$(PY) -m pytest -rs -n $(WORKERS) --dist loadfile --no-loadscope-reorder
	@if .ci/find-python 3.13 >/dev/null; then $(MAKE) --no-print-directory deploy-test; \
	else echo "test: the deploy test did not run: it needs Python 3.13 with pip"; fi

.PHONY: deploy-test
deploy-test: build .envs/ministack/.installed ## Deploy, update and delete the stack on loopback
	@echo "deploy test: the built layers, then the unmodified template on a cloud on loopback"
	@rm -f .aws-sam/deploy-test.passed
	@$(WITH_LAMBDA_PYTHON); $(PY) -m pytest -m deploy
	@touch .aws-sam/deploy-test.passed

.PHONY: sweep
sweep: envs ## Kill a run before and after every call, and compare what is left
	@SYNCLINE_SWEEP=all $(PY) -m pytest -s tests/faults

.PHONY: mutation
mutation: $(VENV)/.installed ## Break engine and kinds in 2,000 ways: what do the tests miss?
	@$(PY) -m tests.mutation

.PHONY: check
check: envs ## Lint, format, types, import rules, sizes, template
	@echo "check: ruff"
	@$(VENV)/bin/ruff check
	@$(VENV)/bin/ruff format --check
	@echo "check: types"
	@$(VENV)/bin/mypy $(wildcard $(CODE))
	@echo "check: import rules"
	@$(VENV)/bin/lint-imports --no-cache
	@echo "check: sizes"
	@$(PY) -m tests.house.sizes
	@echo "check: template"
	@$(VENV)/bin/cfn-lint template.yaml
	@SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=eu-central-1 .envs/sam/bin/sam validate --lint

.PHONY: format
format: $(VENV)/.installed ## Format the code and mend what ruff can mend
	@$(VENV)/bin/ruff check --fix-only -q
	@$(VENV)/bin/ruff format -q

# --- ship it ----------------------------------------------------------------------------------

.PHONY: build
build: .envs/sam/.installed ## Build functions and layers for Lambda (needs Python 3.13 with pip)
	@$(WITH_LAMBDA_PYTHON); LAMBDA_ARCHITECTURE=$(ARCHITECTURE) sam build --config-env $(STAGE)

.PHONY: deploy
deploy: build ## Deploy to the account you are signed in to (STAGE=dev|prod)
	@.envs/sam/bin/sam deploy --config-env $(STAGE)

.PHONY: clean
clean: ## Remove what was built, and the environments
	rm -rf .aws-sam .local $(VENV) .envs .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
