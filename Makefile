# The commands of the workbook. The first one makes .venv from the locked requirements; later ones find it ready.

PYTHON ?= python3
ENGAGEMENT ?= nikkhaneh
BIN := .venv/bin
READY := .venv/.ready
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --nbval
NOTEBOOKS := $(sort $(wildcard notebooks/[0-9]*.ipynb notebooks/fa/[0-9]*.ipynb))

# Without stored bytecode every notebook would compile all its libraries again, which takes seconds each time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help report test soak lint lab notebooks words lock

help:  ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

report: $(READY)  ## run the nine notebooks for ENGAGEMENT (default: the sample) and write its reports to out/
	$(BIN)/cx run $(ENGAGEMENT)

test: lint  ## prove it: lint, tests, doctests, every notebook re-executed and compared
	$(PYTEST) tests cxlib $(NOTEBOOKS)

soak: lint  ## the same with full sizes
	$(PYTEST) --soak tests cxlib $(NOTEBOOKS)

lint: $(READY)  ## style, and built notebooks against their sources
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python notebooks/build.py --check

lab: $(READY)  ## open the workbook in JupyterLab
	$(BIN)/jupyter lab --notebook-dir .

notebooks: $(READY)  ## build the notebooks of both languages from notebooks/src and notebooks/po
	$(BIN)/python notebooks/build.py

words: $(READY)  ## bring the Persian prose catalogue into step with notebooks/src
	$(BIN)/python notebooks/build.py --update

lock: $(READY)  ## renew requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-annotate --no-header --extra dev --extra cluster \
		--output-file requirements.lock pyproject.toml

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "The workbook needs Python 3.11 or newer, and '$(PYTHON)' is not. Name one: make PYTHON=python3.12"; \
		exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)
