# Everything that this project does, from a fresh clone with Python 3.11 to 3.13 and make.
PYTHON ?= python3
PORT ?= 8000
MODEL ?= mnist-cnn
CONTAINER ?= docker
IMAGE ?= mnistsite:dev
export VAR_DIR ?= var

BIN := .venv/bin
RUN_STAMP := .venv/.installed-run
TRAIN_STAMP := .venv/.installed-training
TORCH_STAMP := .venv/.installed-torch
DEV_STAMP := .venv/.installed-dev
STATIC_STAMP := $(VAR_DIR)/static/.collected
LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --fork-strategy fewest --python-version 3.11 \
	--generate-hashes --no-annotate --no-emit-index-url --custom-compile-command "make lock"

VERSION_OF_PROJECT = $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)

.DEFAULT_GOAL := help
.PHONY: help run train torch interop checkov openapi alerts messages test test-postgres faults check format lock image sbom pin-base-image \
	bench docs-screenshots clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

run: $(RUN_STAMP) $(STATIC_STAMP) ## Serve the site on http://127.0.0.1:8000 (PORT changes it)
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py first_run --url http://127.0.0.1:$(PORT)
	@exec $(BIN)/gunicorn --config deploy/gunicorn/gunicorn.conf.py --bind 127.0.0.1:$(PORT) mnistsite.wsgi

train: $(TRAIN_STAMP) $(if $(filter %-cnn,$(MODEL)),$(TORCH_STAMP)) $(VAR_DIR)/settings.env ## Train, evaluate, package and sign a model (MODEL=mnist-cnn; DATA_DIR, OTHERS_DIR, SIGNING_KEY, VERSION, OUTPUT)
	@$(BIN)/python manage.py train_model $(MODEL) $(if $(DATA_DIR),--data-dir $(DATA_DIR)) \
		$(if $(OTHERS_DIR),--others-dir $(OTHERS_DIR)) $(if $(SIGNING_KEY),--signing-key $(SIGNING_KEY)) $(if $(VERSION),--version $(VERSION)) \
		$(if $(OUTPUT),--output $(OUTPUT))

torch: $(TORCH_STAMP) ## Install PyTorch, which training the -cnn models needs (`make train` does it by itself)

interop: .venv-interop/.installed ## Install the reference implementation of model signing, to which the tests compare ours

checkov: .venv-checkov/.installed ## Install the scanner of manifests and Dockerfile, which the tests run

test: $(DEV_STAMP) ## Run all tests
	$(BIN)/python -m pytest --numprocesses auto --cov --cov-report term $(PYTEST_ARGS)

test-postgres: $(DEV_STAMP) ## Run the tests on a PostgreSQL and a Redis that are started for them (PYTEST_ARGS)
	$(BIN)/python -m tests.servers $(BIN)/python -m pytest --numprocesses auto $(PYTEST_ARGS)

faults: $(DEV_STAMP) ## Break one part after another under load and count what fails (needs nginx, uwsgi, postgresql, redis-server)
	$(BIN)/python -m tests.deploy.faults

check: $(DEV_STAMP) ## Lint, format, types, migrations, production settings, known vulnerabilities
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy predictor mnistsite mnistsite_client
	$(BIN)/python .ci/production_check.py
	$(BIN)/python .ci/dependency_audit.py

format: $(DEV_STAMP) ## Format the code and mend what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

openapi: $(RUN_STAMP) $(VAR_DIR)/settings.env ## Write docs/openapi.yaml anew from the code
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

alerts: ## Write the alerts anew as a resource of Kubernetes (docs/operations.md)
	@sed -i '/^spec:/q' deploy/kubernetes/components/monitoring/alerts.yaml
	@sed '/^#/d; s/^/  /' deploy/prometheus/alerts.yaml >> deploy/kubernetes/components/monitoring/alerts.yaml

messages: $(DEV_STAMP) ## Gather and compile the words of the pages in every language
	$(BIN)/python .ci/messages.py

lock: $(DEV_STAMP) ## Pin the newest versions and their hashes into requirements*.txt
	$(LOCK) requirements.in --output-file requirements.txt
	$(LOCK) --constraint requirements.txt requirements-tracing.in --output-file requirements-tracing.txt
	$(LOCK) --constraint requirements.txt requirements-training.in --output-file requirements-training.txt
	$(LOCK) --constraint requirements-training.txt --constraint requirements-tracing.txt requirements-dev.in --output-file requirements-dev.txt
	$(LOCK) requirements-interop.in --output-file requirements-interop.txt
	$(LOCK) requirements-checkov.in --output-file requirements-checkov.txt
	$(LOCK) requirements-build.in --output-file requirements-build.txt
	$(LOCK) requirements-uwsgi.in --output-file requirements-uwsgi.txt

image: ## Build the container image (IMAGE=mnistsite:dev, CONTAINER=docker or podman)
	$(CONTAINER) build --tag $(IMAGE) --build-arg VERSION=$(VERSION_OF_PROJECT) --build-arg REVISION=$$(git rev-parse HEAD) .

sbom: ## Write what the image is made of to sbom.cdx.json (CycloneDX)
	$(CONTAINER) run --rm --network none --entrypoint cat $(IMAGE) /sbom.cdx.json > sbom.cdx.json

pin-base-image: ## Pin the image's base by the digest that its registry has today
	deploy/pin-base-image $(CONTAINER)

bench: $(DEV_STAMP) ## Measure against other servers and write docs/performance.md (wrk, nginx and a C compiler; BENCH_ARGS)
	$(BIN)/python -m benchmarks.bench --docs $(BENCH_ARGS)

docs-screenshots: $(DEV_STAMP) ## Take the README's pictures from the running pages (needs chromium)
	$(BIN)/python -m pytest -p no:randomly tests/web/screenshots.py

clean: ## Remove the virtualenv and caches; data and secrets in var/ stay
	rm -rf .venv .venv-interop .venv-checkov .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage $(VAR_DIR)/static

# --- Set-up. A stamp is written last, so an interrupted step is done again.

.venv/.created:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "Python 3.11 to 3.13 is needed; name one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "This Python has no venv module; on Debian: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv --clear .venv
	@touch $@

$(RUN_STAMP): requirements.txt | .venv/.created
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement requirements.txt
	@touch $@

$(TRAIN_STAMP): requirements-training.txt | .venv/.created
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement requirements-training.txt
	@touch $@

$(TORCH_STAMP): requirements-torch.txt | .venv/.created
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-torch.txt
	@touch $@

$(DEV_STAMP): requirements-dev.txt | .venv/.created
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement requirements-dev.txt
	@touch $@

.venv-%/.installed: requirements-%.txt
	$(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement $<
	@touch $@

$(VAR_DIR)/settings.env: | $(RUN_STAMP)
	@$(BIN)/python -m mnistsite.local_settings

$(STATIC_STAMP): $(shell find static -type f) requirements.txt | $(RUN_STAMP) $(VAR_DIR)/settings.env
	@$(BIN)/python manage.py collectstatic --no-input --clear --verbosity 0
	@touch $@
